//! Playbooks as programs: compiled once, kept by the digest of their text.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use kompel_engine::{CallId, PlaybookRef, Start, language::parse, machine::Program};
use kompel_model::TenantId;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::key::to_hex;

/// A playbook's text and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it is called, with the digest of its text.
    pub reference: PlaybookRef,
    /// The text.
    pub text: String,
}

impl Source {
    /// A playbook's text under its own names.
    pub fn new(namespace: &str, name: &str, version: &str, text: String) -> Self {
        let digest = to_hex(&Sha256::digest(text.as_bytes()));
        let reference = PlaybookRef {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
            digest,
        };
        Self { reference, text }
    }
}

/// Where playbooks that other playbooks run are found.
pub trait Library: Send + Sync {
    /// The tenant's playbook of this name; `version` may be `latest`.
    fn find(&self, tenant: &TenantId, namespace: &str, name: &str, version: &str)
    -> Option<Source>;

    /// True if a run of this playbook that is under way with the first input does already what the
    /// second asks for. Asked again so, no run begins: it becomes a note on the one under way.
    fn does_already(&self, _playbook: &PlaybookRef, _under_way: &Value, _asked: &Value) -> bool {
        false
    }
}

/// No playbooks to run from others.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLibrary;

impl Library for NoLibrary {
    fn find(&self, _: &TenantId, _: &str, _: &str, _: &str) -> Option<Source> {
        None
    }
}

/// Compiled playbooks by digest.
#[derive(Default)]
pub(crate) struct Programs(Mutex<BTreeMap<String, Arc<Program>>>);

impl Programs {
    /// The program of this text.
    ///
    /// # Errors
    /// Why it can't be compiled, in words.
    pub(crate) fn compiled(&self, digest: &str, text: &str) -> Result<Arc<Program>, String> {
        if let Some(known) = self.known(digest) {
            return Ok(known);
        }
        let program = Arc::new(compile(text)?);
        if let Ok(mut known) = self.0.lock() {
            if known.len() >= MOST_KEPT {
                known.clear();
            }
            known.insert(digest.to_owned(), Arc::clone(&program));
        }
        Ok(program)
    }

    /// The program with this digest, if it was compiled before.
    pub(crate) fn known(&self, digest: &str) -> Option<Arc<Program>> {
        self.0.lock().ok().and_then(|known| known.get(digest).cloned())
    }
}

fn compile(text: &str) -> Result<Program, String> {
    let words = |mistakes: Vec<kompel_engine::language::Mistake>| {
        mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    let playbook = parse(text, "playbook.yaml").map_err(words)?;
    Program::new(playbook).map_err(words)
}

/// How a run that another run starts begins. The same call starts the same run, however often.
pub(crate) fn start_of_child(
    tenant: &TenantId,
    parent: &str,
    source: &Source,
    input: &Value,
) -> Start {
    Start {
        run: String::new(),
        tenant: tenant.clone(),
        playbook: source.reference.clone(),
        input: input.clone(),
        requester: String::new(),
        trigger: format!("run {parent}"),
        seed: 0,
        flags: Vec::new(),
    }
}

/// The id and seed of the run that this call starts.
pub(crate) fn child_id(parent: &str, call: CallId) -> (String, u64) {
    let digest = Sha256::digest(format!("{parent} starts {}", call.0));
    let seed = digest[16..24].iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    (format!("r-{}", to_hex(&digest[..8])), seed)
}

const MOST_KEPT: usize = 512;
