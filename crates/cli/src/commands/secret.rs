//! `kompel secret`: keeps secrets in the encrypted file. No value is ever an argument or an answer.

use std::io::{self, IsTerminal as _, Read as _};

use clap::{Args, Subcommand};
use kompel_model::{Phrase, Secret};
use kompel_runtime::{
    audit::AuditEvent,
    clock,
    secrets::{SecretName, Vault},
};

use crate::{args::Global, diagnostics::Failure, exit::Exit, output::Output, session::Session};

#[derive(Debug, Args)]
pub(crate) struct SecretArgs {
    #[command(subcommand)]
    action: SecretAction,
}

#[derive(Debug, Subcommand)]
enum SecretAction {
    Set(NameArgs),
    List,
    Remove(NameArgs),
    Rotate,
}

#[derive(Debug, Args)]
struct NameArgs {
    #[arg(value_name = "NAME")]
    name: String,
}

pub(crate) fn run(args: &SecretArgs, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let session = Session::open(global, output, "secret")?;
    match &args.action {
        SecretAction::Set(args) => set(args.name.parse()?, session),
        SecretAction::List => list(session),
        SecretAction::Remove(args) => remove(args.name.parse()?, session),
        SecretAction::Rotate => rotate(session),
    }
}

/// The audit trail hears of a change first: no change goes without an entry.
fn on_record(session: &mut Session<'_>, kind: &'static str, name: &str) -> Result<(), Failure> {
    let event = AuditEvent::new(kind, clock::now()).by("operator").detail("name", name);
    session.scope().audit(&event)?;
    Ok(())
}

fn set(name: SecretName, mut session: Session<'_>) -> Result<Exit, Failure> {
    let value = asked(&name, session.output)?;
    Vault::accepts(&name, &value)?;
    on_record(&mut session, "secret.set", name.as_str())?;
    let vault = session.secrets();
    let replaced = vault.vault().set(session.tenant(), &name, value, clock::now())?;
    if session.output.is_json() {
        let answer = serde_json::json!({ "name": name, "replaced": replaced });
        return session.output.json(&answer);
    }
    let id = if replaced { "secret-replaced" } else { "secret-set" };
    session.output.say(&Phrase::new(id).text("name", name.as_str()));
    Ok(Exit::Done)
}

fn list(session: Session<'_>) -> Result<Exit, Failure> {
    let secrets = session.secrets();
    let kept = secrets.vault().list(session.tenant())?;
    if session.output.is_json() {
        return session.output.json(&serde_json::json!({ "secrets": kept }));
    }
    if kept.is_empty() {
        session.output.say(&Phrase::new("secret-none"));
    }
    for secret in kept {
        let set = secret.set.get(..19).unwrap_or(&secret.set).replace('T', " ");
        session.output.line(&format!("secret://{:40}  {set}", secret.name));
    }
    Ok(Exit::Done)
}

fn remove(name: SecretName, mut session: Session<'_>) -> Result<Exit, Failure> {
    let secrets = session.secrets();
    let vault = secrets.vault();
    if vault.find(session.tenant(), &name)?.is_none() {
        let says = Phrase::new("fail-no-secret").text("name", name.as_str());
        return Err(Failure::new(Exit::NotFound, says).advise(Phrase::new("advice-secret-list")));
    }
    on_record(&mut session, "secret.removed", name.as_str())?;
    vault.remove(session.tenant(), &name)?;
    if session.output.is_json() {
        return session.output.json(&serde_json::json!({ "name": name, "removed": true }));
    }
    session.output.say(&Phrase::new("secret-removed").text("name", name.as_str()));
    Ok(Exit::Done)
}

fn rotate(mut session: Session<'_>) -> Result<Exit, Failure> {
    on_record(&mut session, "secret.key-rotated", "*")?;
    let count = session.secrets().vault().rotate()?;
    if session.output.is_json() {
        return session.output.json(&serde_json::json!({ "secrets": count }));
    }
    session.output.say(&Phrase::new("secret-rotated").text("count", count.to_string()));
    session.output.remark(&Phrase::new("secret-rotated-next"));
    Ok(Exit::Done)
}

/// The value: typed unseen on a terminal, else all of standard input but its last line break.
fn asked(name: &SecretName, output: &Output) -> Result<Secret, Failure> {
    let fails = |error: io::Error| {
        Failure::new(Exit::Input, Phrase::new("fail-secret-input")).because(&error)
    };
    if io::stdin().is_terminal() {
        let says = output.wording().say(&Phrase::new("secret-ask").text("name", name.as_str()));
        let terminal = console::Term::stderr();
        terminal.write_str(&format!("{says} ")).map_err(fails)?;
        return terminal.read_secure_line().map(Secret::new).map_err(fails);
    }
    let mut text = String::new();
    let read = io::stdin().lock().take(MOST_BYTES).read_to_string(&mut text).map_err(fails)?;
    if read as u64 == MOST_BYTES {
        return Err(Failure::new(Exit::Input, Phrase::new("fail-secret-large")));
    }
    let end = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).map_or(read, str::len);
    text.truncate(end);
    Ok(Secret::new(text))
}

const MOST_BYTES: u64 = 1 << 20;
