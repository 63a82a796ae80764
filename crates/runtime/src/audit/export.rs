//! The export: one file that holds all that `verify` needs but the public key.
//!
//! JSON Lines, each line canonical: a header; one line for each entry in order, with the event or
//! (another tenant's) only its hash; a checkpoint; a seal. The checkpoint signs the tree. The seal
//! signs every byte before it, and so the things that the tree does not hold: whose export it is,
//! which entries it shows, and the texts beside them.

use std::{collections::BTreeMap, io::Write};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kompel_model::{TenantId, canonical_json};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    checkpoint::Checkpoint,
    event::Salted,
    key::{AuditKey, VerifierKey},
    note,
    trail::Trail,
};
use crate::{Error, key::to_hex};

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) kompel_audit_export: u32,
    pub(super) key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tenant: Option<String>,
    pub(super) size: u64,
}

/// A line after the header.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    /// An entry that is shown.
    Shown(Shown),
    /// An entry of which only the hash is given.
    Hidden(Hidden),
    /// The signed checkpoint.
    Checkpoint(Signed),
    /// The signed seal.
    Seal(Sealed),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shown {
    pub(super) event: Value,
    pub(super) leaf: String,
    pub(super) place: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) texts: BTreeMap<String, Salted>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hidden {
    pub(super) leaf: String,
    pub(super) place: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signed {
    pub(super) checkpoint: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    pub(super) seal: String,
}

/// The text that the seal signs. Its first line keeps it from ever being read as a checkpoint.
pub(super) fn seal_text(key: &VerifierKey, bytes: Sha256) -> String {
    let hash = STANDARD.encode(bytes.finalize());
    format!("kompel audit export seal {VERSION}\n{}\n{hash}\n", key.name())
}

pub(super) struct Exporter<'a> {
    trail: &'a Trail<'a>,
    tenant: Option<&'a TenantId>,
}

impl<'a> Exporter<'a> {
    pub(super) fn new(trail: &'a Trail<'a>, tenant: Option<&'a TenantId>) -> Self {
        Self { trail, tenant }
    }

    /// Writes the export and gives how many entries it shows.
    pub(super) fn write(&self, key: &AuditKey, writer: &mut dyn Write) -> Result<u64, Error> {
        self.trail.still(|trail| self.lines(trail, key, writer))
    }

    fn lines(
        &self,
        trail: &Trail<'_>,
        key: &AuditKey,
        writer: &mut dyn Write,
    ) -> Result<u64, Error> {
        let size = trail.size()?;
        let mut out = Out { writer, hash: Sha256::new() };
        out.line(&Header {
            kompel_audit_export: VERSION,
            key: key.verifier().to_string(),
            tenant: self.tenant.map(|tenant| tenant.as_str().to_owned()),
            size,
        })?;
        let (mut next, mut shown) = (0, 0);
        trail.each(self.tenant, |row| {
            hide(trail, next..row.place, &mut out)?;
            next = row.place + 1;
            shown += 1;
            let event =
                serde_json::from_str(&row.body).map_err(|_| Error::UnreadableEntry(row.place))?;
            let leaf = to_hex(&trail.leaf(row.place)?);
            out.line(&Shown { event, leaf, place: row.place, texts: row.texts })
        })?;
        hide(trail, next..size, &mut out)?;
        let checkpoint = Checkpoint::of(&trail.edge(size)?).sign(key);
        out.line(&Signed { checkpoint })?;
        let seal = note::sign(&seal_text(key.verifier(), out.hash.clone()), key);
        out.line(&Sealed { seal })?;
        Ok(shown)
    }
}

fn hide(trail: &Trail<'_>, places: std::ops::Range<u64>, out: &mut Out<'_>) -> Result<(), Error> {
    for place in places {
        let leaf = to_hex(&trail.leaf(place)?);
        out.line(&Hidden { leaf, place })?;
    }
    Ok(())
}

struct Out<'a> {
    writer: &'a mut dyn Write,
    hash: Sha256,
}

impl Out<'_> {
    fn line(&mut self, line: &impl Serialize) -> Result<(), Error> {
        let value = serde_json::to_value(line)
            .map_err(|source| Error::Unwritable { what: "audit export", source })?;
        let text = canonical_json(&value) + "\n";
        self.hash.update(&text);
        self.writer.write_all(text.as_bytes()).map_err(Error::Export)
    }
}

/// The export's form.
pub(super) const VERSION: u32 = 1;
