//! What `doctor` says of the audit trail and of secrets.

use kompel_model::{Phrase, TenantId};
use kompel_runtime::{
    Error, Store, Workspace,
    audit::{AuditKey, Checkpoint, VerifierKey},
    secrets::{Reference, SecretName, Secrets},
};

use super::{Check, check, named, too_open};
use crate::{args::shown, output::Output, session};

pub(super) fn checks(workspace: &Workspace, output: &Output) -> Vec<Check> {
    let mut checks = vec![check("audit-key", &workspace.audit_key(), audit_key(workspace))];
    if let Ok(store) = workspace.inspect_store()
        && let Ok(key) = workspace.read_public_audit_key()
    {
        checks.extend(trail(&store, &key, output));
    }
    let secrets = session::secrets(workspace);
    checks.push(kept(workspace, &secrets, output));
    checks.extend(references(workspace, &secrets, output));
    checks
}

fn audit_key(workspace: &Workspace) -> Vec<String> {
    let public = workspace.read_public_audit_key();
    let mut wrong: Vec<String> = match (&AuditKey::read(&workspace.audit_key()), &public) {
        (Ok(key), Ok(public)) if key.verifier() != public => {
            vec![format!("{} is not its public half", shown(&workspace.public_audit_key()))]
        }
        (Ok(_), Ok(_)) => Vec::new(),
        (Err(Error::Missing(_)), Err(Error::Missing(_))) => {
            vec!["missing: kompel init".to_owned()]
        }
        (Err(error), _) | (Ok(_), Err(error)) => vec![error.to_string()],
    };
    wrong.extend(too_open(&workspace.audit_key()));
    wrong
}

fn trail(store: &Store, key: &VerifierKey, output: &Output) -> Vec<Check> {
    let trail = store.trail();
    let (report, last) = match (trail.check(key, None), trail.last_checkpoint()) {
        (Ok(report), Ok(last)) => (report, last),
        (Err(error), _) | (_, Err(error)) => {
            return vec![named("audit-trail", key.name().to_owned(), vec![error.to_string()])];
        }
    };
    let unsound = format!("{} problems: kompel audit verify", report.problems.len());
    let wrong = if report.is_sound() { Vec::new() } else { vec![unsound] };
    let says = match last.and_then(|(note, at)| Some((Checkpoint::open(&note, key)?, at))) {
        Some((checkpoint, at)) => Phrase::new("doctor-checkpoint-of")
            .text("size", checkpoint.size.to_string())
            .text("entries", report.size.to_string())
            .text("at", at.get(..19).unwrap_or(&at).replace('T', " ")),
        None => Phrase::new("doctor-checkpoint-none"),
    };
    vec![
        named("audit-trail", key.to_string(), wrong),
        named("checkpoint", output.wording().say(&says), Vec::new()),
    ]
}

fn kept(workspace: &Workspace, secrets: &Secrets, output: &Output) -> Check {
    let vault = secrets.vault();
    let count = if vault.file().exists() { vault.count().map(Some) } else { Ok(None) };
    let variables = secrets.variables().count();
    let of = Phrase::new("doctor-secrets-of")
        .text("file", shown(&workspace.secrets()))
        .text(
            "kept",
            match &count {
                Ok(None) => output.wording().word("doctor-secrets-none"),
                Ok(Some(count)) => count.to_string(),
                Err(_) => "?".to_owned(),
            },
        )
        .text("variables", variables.to_string());
    let mut wrong: Vec<String> = count.err().iter().map(ToString::to_string).collect();
    wrong.extend(too_open(vault.key()));
    named("secrets", output.wording().say(&of), wrong)
}

/// Every `secret://…` in `kompel.toml`: those below `[tenant.<name>]` are that tenant's, the others
/// the default tenant's.
fn references(workspace: &Workspace, secrets: &Secrets, output: &Output) -> Vec<Check> {
    let text = std::fs::read_to_string(workspace.config()).unwrap_or_default();
    let Ok(table) = text.parse::<toml::Table>() else { return Vec::new() };
    let mut found = Vec::new();
    walk(&toml::Value::Table(table), &mut Vec::new(), &mut found);
    let one = |(path, reference): (Vec<String>, String)| {
        let tenant = match path.as_slice() {
            [first, name, ..] if first == "tenant" => name.parse().unwrap_or_default(),
            _ => TenantId::default(),
        };
        let wrong = unresolved(&tenant, &reference, secrets, output);
        named("reference", format!("{tenant}: {reference} ({})", path.join(".")), wrong)
    };
    found.into_iter().map(one).collect()
}

fn unresolved(
    tenant: &TenantId,
    reference: &str,
    secrets: &Secrets,
    output: &Output,
) -> Vec<String> {
    let Some(Ok(name)) = SecretName::referred(reference) else {
        return vec![output.wording().word("advice-secret-place")];
    };
    match secrets.whence(tenant, &name) {
        Ok(Reference::Environment | Reference::Vault) => {
            secrets.find(tenant, &name).err().iter().map(ToString::to_string).collect()
        }
        Ok(Reference::Nowhere) => {
            let says = Phrase::new("doctor-reference-unknown")
                .text("name", name.as_str())
                .text("tenant", tenant.as_str());
            vec![output.wording().say(&says)]
        }
        Err(error) => vec![error.to_string()],
    }
}

fn walk(value: &toml::Value, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, String)>) {
    match value {
        toml::Value::String(text) if text.contains("secret://") => {
            found.push((path.clone(), text.clone()));
        }
        toml::Value::Table(table) => {
            for (name, inner) in table {
                path.push(name.clone());
                walk(inner, path, found);
                path.pop();
            }
        }
        toml::Value::Array(items) => items.iter().for_each(|item| walk(item, path, found)),
        _ => {}
    }
}
