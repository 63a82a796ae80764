//! A planted secret goes every way that a secret goes, and is then looked for in every byte.

use std::{fs, io::Write as _, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kompel_connect::ErrorKind;
use kompel_model::{Secret, TenantId};
use serde_json::json;

use super::*;
use crate::{
    Workspace,
    audit::AuditEvent,
    backup::{Keys, back_up},
    key::to_hex,
};

const SECRET: &str = "Zeer/Geheim+2026 \"x\"";

/// The forms in which the secret is looked for.
fn forms() -> Vec<String> {
    let core = STANDARD.encode(SECRET);
    let shifted = STANDARD.encode(format!("user:{SECRET}"));
    vec![
        SECRET.to_owned(),
        json!(SECRET).to_string().trim_matches('"').to_owned(),
        core.trim_end_matches('=')[..core.len() - 4].to_owned(),
        shifted[8..shifted.len() - 4].to_owned(),
        to_hex(SECRET.as_bytes()),
        "Zeer%2FGeheim%2B2026%20%22x%22".to_owned(),
        "Zeer%2FGeheim%2B2026+%22x%22".to_owned(),
    ]
}

/// What a connector says that repeats all it was given.
fn complaint(secret: &Secret) -> String {
    let secret = secret.reveal();
    let basic = STANDARD.encode(format!("user:{secret}"));
    let text = format!(
        "POST https://a/?p=Zeer%2FGeheim%2B2026%20%22x%22 (form p=Zeer%2FGeheim%2B2026+%22x%22): 401, \
         sent Authorization: Basic {basic}, password {secret:?}, as hex {}, body {}",
        to_hex(secret.as_bytes()),
        json!({ "password": secret }),
    );
    kompel_connect::Error::new(ErrorKind::Denied, text).to_string()
}

/// The files below a folder that hold the secret in any form.
fn holding(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for form in forms() {
            if bytes.windows(form.len()).any(|window| window == form.as_bytes()) {
                found.push(format!("{form} in {}", path.display()));
            }
        }
    }
    found
}

/// Keeps what was said wherever things are kept.
fn spread(workspace: &Workspace, said: &str, scrubber: Scrubber) {
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    let mut body = json!({ "error": { "detail": said }, said: [said] });
    scrubber.scrub_json(&mut body);
    let clean = scrubber.scrub(said).into_owned();
    let event = AuditEvent::new("attempt.refused", at).detail("error", body).text("said", clean);
    let mut store = workspace.open_store().unwrap();
    store.tenant(TenantId::default()).audit(&event).unwrap();
    let file = fs::File::create(workspace.root().join("kompel.log")).unwrap();
    let mut log = Scrubbed::new(file, scrubber);
    for part in said.as_bytes().chunks(7) {
        log.write_all(part).unwrap();
    }
    drop(log);
    let key = workspace.open_audit_key(&store).unwrap();
    let mut export = fs::File::create(workspace.root().join("trail.jsonl")).unwrap();
    store.trail().export(&key, &mut export).unwrap();
    back_up(workspace, &workspace.root().join("backup"), Keys::LeftOut, at).unwrap();
}

fn planted() -> (tempfile::TempDir, Workspace, Secrets) {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, _) = Workspace::init(folder.path(), "").unwrap();
    let vault = Vault::new(workspace.secrets(), workspace.secrets_key());
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    let (tenant, name) = (TenantId::default(), "ad".parse().unwrap());
    vault.set(&tenant, &name, Secret::new(SECRET.to_owned()), at).unwrap();
    (folder, workspace, Secrets::new([], vault))
}

#[test]
fn a_planted_secret_is_found_in_no_file() {
    let (folder, workspace, secrets) = planted();
    let table = json!({ "url": "https://a", "password": "secret://ad" });
    let settings = secrets.resolve(&TenantId::default(), table.as_object().unwrap()).unwrap();
    let said = complaint(settings.secret("password").unwrap());
    spread(&workspace, &said, secrets.scrubber().unwrap());
    assert!(fs::read_to_string(workspace.root().join("kompel.log")).unwrap().contains("[secret]"));
    assert_eq!(holding(folder.path()), Vec::<String>::new());
}

#[test]
fn the_search_finds_a_secret_that_was_not_scrubbed() {
    let (folder, workspace, _) = planted();
    let said = complaint(&Secret::new(SECRET.to_owned()));
    spread(&workspace, &said, Scrubber::new([]));
    let found = holding(folder.path());
    for name in ["kompel.log", "kompel.db", "trail.jsonl", "backup/kompel.db"] {
        assert!(found.iter().any(|line| line.ends_with(name)), "{name}: {found:?}");
    }
}
