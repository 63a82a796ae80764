//! A leaver's file: what was asked, approved, done and read back, and how each system stands.
//!
//! The JSON of these types is what `docs/leaver-report.md` describes: fields may be added, not
//! renamed; what is not known is `null`, what is empty is `[]`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{PlannedChange, Timestamp};

/// The form of [`LeaverReport`] that this version writes.
pub const LEAVER_REPORT: &str = "kompel-leaver-report/1";

/// How one person stands in one system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Every account there was read, and none can be used.
    Closed,
    /// The owner of a system that is not connected closed it, and said what proves it.
    ClosedByHand,
    /// It was asked, and the person has no account there.
    NotThere,
    /// An account can be used, or may be for all that is known.
    Open,
    /// The owner of a system that is not connected has not said yet that it is closed.
    OpenByHand,
    /// The system did not answer: nothing is known of it.
    NoAnswer,
    /// Nobody has asked it for this person.
    NotAsked,
}

impl Standing {
    /// True if someone must still act.
    pub fn is_open(self) -> bool {
        match self {
            Self::Closed | Self::ClosedByHand | Self::NotThere => false,
            Self::Open | Self::OpenByHand | Self::NoAnswer | Self::NotAsked => true,
        }
    }

    /// Its one word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::ClosedByHand => "closed_by_hand",
            Self::NotThere => "not_there",
            Self::Open => "open",
            Self::OpenByHand => "open_by_hand",
            Self::NoAnswer => "no_answer",
            Self::NotAsked => "not_asked",
        }
    }
}

/// Someone who asked, approved or owns, by the short name in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Who {
    /// The short name.
    pub id: String,
    /// The name as people write it.
    pub name: Option<String>,
}

/// The person who leaves, as the run was given them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeaverPerson {
    /// The name as people write it.
    pub name: Option<String>,
    /// Mail addresses.
    pub mails: Vec<String>,
    /// Logins.
    pub logins: Vec<String>,
}

impl LeaverPerson {
    /// The best name there is: the name, else an address, else a login.
    pub fn called(&self) -> &str {
        let known = self.name.iter().chain(&self.mails).chain(&self.logins);
        known.map(String::as_str).find(|text| !text.is_empty()).unwrap_or("?")
    }
}

/// One system as a column of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LeaverSystem {
    /// True if no connection reaches it: its owner closes it.
    pub by_hand: bool,
    /// The connection's name; the system's own where none reaches it.
    pub id: String,
    /// What people call it.
    pub system: String,
}

/// One leaver in one system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaverCell {
    /// The column's id.
    pub id: String,
    /// How it stands.
    pub standing: Standing,
    /// The logins there.
    pub logins: Vec<String>,
    /// When the system was last read, or its owner spoke.
    pub at: Option<Timestamp>,
}

/// One leaver in every system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaverRow {
    /// Who.
    pub person: LeaverPerson,
    /// The day from which they are gone, where it is known: `YYYY-MM-DD`.
    pub last_day: Option<String>,
    /// The newest offboarding run.
    pub run: String,
    /// Its state ("completed").
    pub state: String,
    /// All runs about this person that were looked at, the newest first.
    pub runs: Vec<String>,
    /// True if the offboarding was taken back as a mistake: nothing of it is open.
    pub taken_back: bool,
    /// One cell for each column, in their order.
    pub cells: Vec<LeaverCell>,
    /// What is open, and whose turn it is.
    pub open: Vec<OpenItem>,
}

/// All leavers of a tenant in all its systems.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LeaverMatrix {
    /// The systems: connected ones first, then those closed by hand.
    pub systems: Vec<LeaverSystem>,
    /// The leavers, the newest first.
    pub leavers: Vec<LeaverRow>,
}

/// Something that is open, and whose turn it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenItem {
    /// What people call the system; `null` if it is about the run as a whole.
    pub system: Option<String>,
    /// The connection, if there is one.
    pub connection: Option<String>,
    /// The login.
    pub login: Option<String>,
    /// What is open.
    pub what: OpenKind,
    /// Why, as far as it is known: a peer's or a playbook's own words.
    pub because: Option<String>,
    /// Whose turn it is; empty: whoever operates Kompel.
    pub turn: Vec<Who>,
    /// The approval that waits for them.
    pub approval: Option<String>,
    /// When the run goes on by itself, if that is what it waits for.
    pub until: Option<Timestamp>,
}

/// What sort of thing is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenKind {
    /// An account that can be used.
    Account,
    /// Something that an action had to leave as it was.
    Kept,
    /// An attempt whose outcome nobody knows.
    Unknown,
    /// A system that is closed by hand.
    ByHand,
    /// A system that did not answer.
    NoAnswer,
    /// Accounts that may be theirs or somebody else's.
    Doubtful,
    /// An approval that nobody has given yet.
    Approval,
    /// The run did not come to its end.
    Run,
}

/// What became of one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeedState {
    /// Done, and read back as promised.
    Verified,
    /// Nothing had to be changed: it was so already.
    Already,
    /// Taken back later in the same run.
    TakenBack,
    /// Not finished yet.
    UnderWay,
    /// Sent, and nobody knows whether it was done.
    Unknown,
    /// Done, and not read back as promised.
    NotVerified,
    /// Not done.
    Failed,
}

/// One write to one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deed {
    /// The step's number in the run, as `kompel show` has it.
    pub step: u64,
    /// The action ("ad.disable").
    pub action: String,
    /// Through which connection.
    pub connection: Option<String>,
    /// What became of it.
    pub state: DeedState,
    /// When it was last sent, or found to be so already.
    pub at: Option<Timestamp>,
    /// What it changed, property by property.
    pub changes: Vec<PlannedChange>,
    /// SHA-256 of the plan of this one step.
    pub plan_hash: Option<String>,
    /// The approval that it went under.
    pub approval: Option<String>,
    /// How many times it was sent.
    pub attempts: u32,
    /// When the target was read again and was as promised.
    pub read_back: Option<Timestamp>,
    /// What the peer said, where it did not go as it should.
    pub because: Option<String>,
    /// What the action had to leave as it was.
    pub kept: Vec<Value>,
}

/// An account as a system showed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountReading {
    /// When.
    pub at: Timestamp,
    /// False if the account was not there.
    pub found: bool,
    /// True if someone could log in with it; `null` if the system does not tell.
    pub enabled: Option<bool>,
    /// Live sessions; `null` if the system does not tell.
    pub sessions: Option<u32>,
}

/// One account from before to after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaverAccount {
    /// What people call the system.
    pub system: String,
    /// The connector.
    pub connector: String,
    /// The connection.
    pub connection: String,
    /// The account, as the system's own actions know it.
    pub id: String,
    /// The login as people know it.
    pub login: String,
    /// As it was found first.
    pub before: AccountReading,
    /// What was done to it.
    pub deeds: Vec<Deed>,
    /// As it was read last, after everything else; `null` if it was read only once.
    pub after: Option<AccountReading>,
    /// How it stands.
    pub standing: Standing,
}

/// An answer to an approval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaverAnswer {
    /// Who.
    pub who: Who,
    /// True if yes.
    pub yes: bool,
    /// When.
    pub at: Timestamp,
    /// Through what ("command line", "mail").
    pub through: String,
    /// What they said.
    pub why: String,
}

/// A question to people, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaverApproval {
    /// Its id.
    pub id: String,
    /// The question.
    pub question: String,
    /// True if the yes is to exactly a plan; false for a question about nothing else.
    pub binds_plan: bool,
    /// True if people were asked again because the plan had changed.
    pub plan_changed: bool,
    /// SHA-256 of the plan that was shown (of the question, if no plan is bound).
    pub plan_hash: String,
    /// How many steps the plan had that change something.
    pub steps: u32,
    /// When it was asked.
    pub asked: Timestamp,
    /// Until when it could be answered.
    pub until: Option<Timestamp>,
    /// Who could answer.
    pub people: Vec<Who>,
    /// How many of them had to say yes.
    pub needed: u32,
    /// Who answered.
    pub answers: Vec<LeaverAnswer>,
    /// How it ended ("approved", "rejected", "no_answer", …); `null` while it is open.
    pub closed: Option<String>,
}

/// A system that people close, and what proves that they did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaverByHand {
    /// The system.
    pub system: String,
    /// Who looks after it.
    pub owner: Option<Who>,
    /// When they were asked.
    pub asked: Option<Timestamp>,
    /// Their answer; the proof is its `why`.
    pub answer: Option<LeaverAnswer>,
    /// How it stands.
    pub standing: Standing,
}

/// A system that was asked, and what came of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaverPlace {
    /// The connection.
    pub connection: String,
    /// What people call the system.
    pub system: String,
    /// Why it did not answer; `null` where it did.
    pub because: Option<String>,
}

/// The run that the report is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaverRun {
    /// Its id.
    pub id: String,
    /// The playbook ("kompel/offboarding").
    pub playbook: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the playbook's text.
    pub digest: String,
    /// How it stands ("completed").
    pub state: String,
    /// Why it ended so, in the playbook's own words.
    pub because: Option<String>,
    /// What started it.
    pub trigger: String,
    /// Who asked for it.
    pub requester: Who,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// One entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailEntry {
    /// Its place in the log, from 0.
    pub place: u64,
    /// When, as the entry has it.
    pub at: String,
    /// What happened ("run.started").
    pub kind: String,
    /// Who did it.
    pub who: Option<String>,
    /// SHA-256 of the leaf (RFC 6962), in hexadecimal.
    pub leaf: String,
}

/// Where the run stands in the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaverTrail {
    /// The run's entries.
    pub entries: Vec<TrailEntry>,
    /// The size of the log with the last of them.
    pub size: u64,
    /// The root of the tree of that size, in base64.
    pub root: String,
    /// The first signed checkpoint that covers them (a C2SP signed note); `null` if none was signed.
    pub checkpoint: Option<String>,
}

/// Whose leaver it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaverTenant {
    /// The short name in the configuration.
    pub id: String,
    /// The name as people write it.
    pub name: Option<String>,
}

/// Everything that was asked, approved, done and read back for one leaver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaverReport {
    /// [`LEAVER_REPORT`].
    pub format: String,
    /// Whose leaver.
    pub tenant: LeaverTenant,
    /// Who.
    pub person: LeaverPerson,
    /// Why, in the words of whoever asked.
    pub reason: Option<String>,
    /// The day from which they are gone: `YYYY-MM-DD`.
    pub last_day: Option<String>,
    /// When the last thing happened that this report tells: it is true as of then.
    pub as_of: Timestamp,
    /// True if the run is completed and nothing is open.
    pub all_closed: bool,
    /// The run.
    pub run: LeaverRun,
    /// The approvals, in the order of asking; those about systems closed by hand are not here.
    pub approvals: Vec<LeaverApproval>,
    /// The accounts, in the order of connections and ids.
    pub accounts: Vec<LeaverAccount>,
    /// Systems that people close.
    pub by_hand: Vec<LeaverByHand>,
    /// Systems that were asked and have no account of this person.
    pub not_there: Vec<LeaverPlace>,
    /// Systems that did not answer when they were last asked.
    pub no_answer: Vec<LeaverPlace>,
    /// What else the run wrote: tickets, mails.
    pub other_deeds: Vec<Deed>,
    /// What is open, and whose turn it is.
    pub open: Vec<OpenItem>,
    /// The audit trail's entries of the run.
    pub trail: Option<LeaverTrail>,
}
