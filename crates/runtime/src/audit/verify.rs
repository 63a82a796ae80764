//! Verification: reads an export, needs nothing but the public key, and says what does not hold.
//!
//! What is found without a kept checkpoint: any change, deletion, swap or truncation of an export,
//! because its seal and checkpoint no longer fit. What takes a checkpoint kept elsewhere: that the
//! installation itself, which has the private key, rewrote or shortened its log and signed it anew.

use std::{
    collections::BTreeMap,
    io::{BufRead, Read as _},
};

use kompel_model::canonical_json;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    checkpoint::Checkpoint,
    event::{Body, Salted},
    export::{Header, Line, Sealed, Shown, Signed, VERSION, seal_text},
    key::VerifierKey,
    note,
    tree::{Edge, Hash, leaf_hash},
};
use crate::{
    Error,
    key::{from_hex, to_hex},
};

/// What a verification saw.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The log's name.
    pub origin: String,
    /// Whose export it is; `None` if it holds all tenants.
    pub tenant: Option<String>,
    /// How many entries the log has.
    pub size: u64,
    /// The tree's root, in base64.
    pub root: String,
    /// How many entries are shown.
    pub shown: u64,
    /// How many are there by their hash only.
    pub hidden: u64,
    /// How many texts were erased.
    pub erased: u64,
    /// The size in the checkpoint kept elsewhere, if one was given and is genuine.
    pub kept: Option<u64>,
    /// What does not hold, in the order in which it was found; at most 100.
    pub problems: Vec<Problem>,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line of the export, from 1.
    pub line: Option<u64>,
    /// The entry's place in the log, from 0.
    pub place: Option<u64>,
    /// What is wrong.
    #[serde(flatten)]
    pub trouble: Trouble,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "trouble")]
pub enum Trouble {
    /// Not what stands in such a place: altered or no part of the log.
    Unreadable,
    /// The export names another key than the one given.
    OtherKey,
    /// Entries are missing, doubled or swapped.
    WrongPlace {
        /// The place that should come here.
        expected: u64,
    },
    /// An entry of a tenant is missing, doubled or swapped.
    WrongTurn {
        /// The turn that should come here.
        expected: u64,
    },
    /// The entry is not what its hash says: it was changed.
    WrongLeaf,
    /// A text is not what its entry says.
    WrongText,
    /// An entry of another tenant, or one that is hidden though it should be shown.
    WrongTenant,
    /// The entries do not make the tree that was signed.
    WrongRoot,
    /// There are more or fewer entries than stated.
    WrongSize {
        /// How many were stated.
        expected: u64,
    },
    /// The checkpoint is not signed by this key.
    BadCheckpoint,
    /// The export was changed after it was sealed.
    BadSeal,
    /// The export ends too early.
    CutOff,
    /// Something follows the end.
    Trailing,
    /// The kept checkpoint is not signed by this key.
    BadKept,
    /// The log has fewer entries than the kept checkpoint: it was truncated.
    ShorterThanKept,
    /// The log's beginning is not what the kept checkpoint signed: it was rewritten.
    OtherThanKept,
}

/// Verifies an export with the log's public key, and against a checkpoint kept elsewhere if one is
/// given. A report without problems says that every entry stands as it was written.
///
/// # Errors
/// `Export` if the reader fails. Whatever the bytes hold is a problem in the report, not an error.
pub fn verify(
    reader: &mut dyn BufRead,
    key: &VerifierKey,
    kept: Option<&str>,
) -> Result<Report, Error> {
    let mut marks = BTreeMap::new();
    let mut report = Report::new(key.name(), None);
    report.take_kept(kept, key, &mut marks);
    let mut reading = Reading {
        report,
        key,
        kept: marks,
        edge: Edge::default(),
        turns: BTreeMap::new(),
        stated: None,
        state: State::Header,
        hash: Sha256::new(),
    };
    reading.report.compare(&reading.edge, &mut reading.kept);
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        (&mut *reader).take(LONGEST_LINE).read_until(b'\n', &mut bytes).map_err(Error::Export)?;
        if bytes.is_empty() {
            break;
        }
        reading.line(number, &bytes);
        if reading.report.problems.len() >= MOST_PROBLEMS {
            break;
        }
    }
    Ok(reading.finish())
}

/// How far into the export we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Header,
    Entries,
    Seal,
    End,
}

struct Reading<'a> {
    report: Report,
    key: &'a VerifierKey,
    kept: BTreeMap<u64, Vec<Hash>>,
    edge: Edge,
    turns: BTreeMap<String, u64>,
    stated: Option<u64>,
    state: State,
    hash: Sha256,
}

impl Reading<'_> {
    fn line(&mut self, number: u64, bytes: &[u8]) {
        let before = self.hash.clone();
        self.hash.update(bytes);
        let Some(value) = canonical(bytes) else {
            return self.report.find(Some(number), None, Trouble::Unreadable);
        };
        if self.state == State::Header {
            self.state = State::Entries;
            return self.header(number, value);
        }
        match (self.state, serde_json::from_value(value)) {
            (State::End, _) => self.report.find(Some(number), None, Trouble::Trailing),
            (State::Entries, Ok(Line::Shown(entry))) => self.shown(number, &entry),
            (State::Entries, Ok(Line::Hidden(entry))) => {
                if self.report.tenant.is_none() {
                    self.report.find(Some(number), Some(entry.place), Trouble::WrongTenant);
                }
                self.report.hidden += 1;
                self.leaf(number, entry.place, &entry.leaf);
            }
            (State::Entries, Ok(Line::Checkpoint(Signed { checkpoint }))) => {
                self.state = State::Seal;
                self.checkpoint(number, &checkpoint);
            }
            (State::Seal, Ok(Line::Seal(Sealed { seal }))) => {
                self.state = State::End;
                let text = seal_text(self.key, before);
                if note::open(&seal, self.key) != Some(text.as_str())
                    || note::signatures(&seal) != 1
                {
                    self.report.find(Some(number), None, Trouble::BadSeal);
                }
            }
            (State::Header | State::Entries | State::Seal, _) => {
                self.report.find(Some(number), None, Trouble::Unreadable);
            }
        }
    }

    fn header(&mut self, number: u64, value: Value) {
        match serde_json::from_value::<Header>(value) {
            Ok(header) if header.kompel_audit_export == VERSION => {
                if header.key != self.key.to_string() {
                    self.report.find(Some(number), None, Trouble::OtherKey);
                }
                self.report.tenant = header.tenant;
                self.stated = Some(header.size);
            }
            _ => self.report.find(Some(number), None, Trouble::Unreadable),
        }
    }

    fn shown(&mut self, number: u64, entry: &Shown) {
        let (line, place) = (Some(number), Some(entry.place));
        let text = canonical_json(&entry.event);
        match Body::read(&text) {
            Some(body) => {
                if self.report.tenant.as_ref().is_some_and(|tenant| *tenant != body.tenant) {
                    self.report.find(line, place, Trouble::WrongTenant);
                }
                let turn = self.turns.entry(body.tenant.clone()).or_default();
                if body.turn != *turn {
                    self.report.find(line, place, Trouble::WrongTurn { expected: *turn });
                }
                *turn = body.turn.saturating_add(1);
                self.report.see_texts(line, entry.place, &body, &entry.texts);
            }
            None => self.report.find(line, place, Trouble::Unreadable),
        }
        if to_hex(&leaf_hash(text.as_bytes())) != entry.leaf {
            self.report.find(line, place, Trouble::WrongLeaf);
        }
        self.report.shown += 1;
        self.leaf(number, entry.place, &entry.leaf);
    }

    fn leaf(&mut self, number: u64, place: u64, leaf: &str) {
        let expected = self.edge.size();
        if place != expected {
            self.report.find(Some(number), Some(place), Trouble::WrongPlace { expected });
        }
        match from_hex(leaf).filter(|hash: &Hash| to_hex(hash) == leaf) {
            Some(hash) => drop(self.edge.push(hash)),
            None => self.report.find(Some(number), Some(place), Trouble::Unreadable),
        }
        self.report.compare(&self.edge, &mut self.kept);
    }

    fn checkpoint(&mut self, number: u64, checkpoint: &str) {
        let trouble = match Checkpoint::open(checkpoint, self.key) {
            None => Trouble::BadCheckpoint,
            Some(found) if found.size != self.edge.size() => {
                Trouble::WrongSize { expected: found.size }
            }
            Some(found) if found.root != self.edge.root() => Trouble::WrongRoot,
            Some(_) => return,
        };
        self.report.find(Some(number), None, trouble);
    }

    fn finish(mut self) -> Report {
        if self.state != State::End {
            self.report.find(None, None, Trouble::CutOff);
        }
        if let Some(expected) = self.stated.filter(|stated| *stated != self.edge.size()) {
            self.report.find(None, None, Trouble::WrongSize { expected });
        }
        self.report.close(&self.edge, &self.kept);
        self.report
    }
}

impl Report {
    pub(super) fn new(origin: &str, tenant: Option<String>) -> Self {
        Self {
            origin: origin.to_owned(),
            tenant,
            size: 0,
            root: String::new(),
            shown: 0,
            hidden: 0,
            erased: 0,
            kept: None,
            problems: Vec::new(),
        }
    }

    /// True if everything holds.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    pub(super) fn find(&mut self, line: Option<u64>, place: Option<u64>, trouble: Trouble) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem { line, place, trouble });
        }
    }

    /// Reads the kept checkpoint, so that the log can be held against it on the way.
    pub(super) fn take_kept(
        &mut self,
        kept: Option<&str>,
        key: &VerifierKey,
        marks: &mut BTreeMap<u64, Vec<Hash>>,
    ) {
        match kept.map(|note| Checkpoint::open(note, key)) {
            None => {}
            Some(Some(found)) => {
                self.kept = Some(found.size);
                marks.entry(found.size).or_default().push(found.root);
            }
            Some(None) => self.find(None, None, Trouble::BadKept),
        }
    }

    /// Holds the tree against the checkpoints of its size.
    pub(super) fn compare(&mut self, edge: &Edge, marks: &mut BTreeMap<u64, Vec<Hash>>) {
        let Some(roots) = marks.remove(&edge.size()) else { return };
        let root = edge.root();
        if roots.iter().any(|kept| *kept != root) {
            self.find(None, None, Trouble::OtherThanKept);
        }
    }

    /// Notes the whole tree; checkpoints that are left are of a longer log.
    pub(super) fn close(&mut self, edge: &Edge, marks: &BTreeMap<u64, Vec<Hash>>) {
        let whole = Checkpoint::of(edge);
        (self.size, self.root) = (whole.size, whole.root());
        if !marks.is_empty() {
            self.find(None, None, Trouble::ShorterThanKept);
        }
    }

    pub(super) fn see_texts(
        &mut self,
        line: Option<u64>,
        place: u64,
        body: &Body,
        texts: &BTreeMap<String, Salted>,
    ) {
        let fits = |(name, text): (&String, &Salted)| body.texts.get(name) == Some(&text.hash());
        if !texts.iter().all(fits) {
            self.find(line, Some(place), Trouble::WrongText);
        }
        let erased = body.texts.keys().filter(|name| !texts.contains_key(*name)).count();
        self.erased += erased as u64;
    }
}

/// The line as JSON, if these are exactly the bytes that would be written for it.
fn canonical(bytes: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let value = serde_json::from_str(text).ok()?;
    (canonical_json(&value) == text).then_some(value)
}

const MOST_PROBLEMS: usize = 100;

/// The longest line that is read, in bytes: a leaf and its texts fit many times over.
const LONGEST_LINE: u64 = 4 << 20;
