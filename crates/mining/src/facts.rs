//! What discovery finds: plain facts with their counts and examples, no judgement.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kompel_model::{CandidateId, Language, MemberRef, SourceKind, Timestamp};
use serde::{Deserialize, Serialize};

/// The result of a hunt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Discovery {
    /// The time of the newest record; `None` if no record has a time.
    pub as_of: Option<Timestamp>,
    /// Over which time each source was really observed.
    pub sources: Vec<SourceWindow>,
    /// Groups whose requests and resolutions are alike, in order of id.
    pub candidates: Vec<Candidate>,
    /// Groups that are no candidates, with the reason, in order of id.
    pub rejected: Vec<Rejected>,
    /// What belongs to no group.
    pub unassigned: Unassigned,
}

/// The time over which a source was observed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceWindow {
    /// The source.
    pub source: SourceKind,
    /// First and last observed day.
    pub from: NaiveDate,
    /// Last observed day.
    pub to: NaiveDate,
    /// Days really observed, gaps left out.
    pub days: u32,
    /// Stretches between `from` and `to` in which the source was not really observed.
    pub gaps: Vec<(NaiveDate, NaiveDate)>,
    /// Records with a time.
    pub records: u64,
}

/// Cases, messages and answers that look like one process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Stable while its cases mostly stay.
    pub id: CandidateId,
    /// A typical request, scrubbed and without its particulars.
    pub title: String,
    /// The language most of its requests are in.
    pub language: Language,
    /// Requests by language.
    pub languages: BTreeMap<Language, u32>,
    /// All records, sorted.
    pub members: Vec<MemberRef>,
    /// How many times the process ran in the records (a ticket and the chat about it are one run).
    pub runs: u32,
    /// What the requests have in common.
    pub request: RequestFacts,
    /// How the cases end.
    pub resolution: ResolutionFacts,
    /// How often it runs.
    pub rate: RateFacts,
    /// Which systems it touches.
    pub systems: SystemFacts,
    /// Waiting, hand-overs, copy-paste.
    pub human: HumanFacts,
    /// Reopened, redone, corrected, escalated.
    pub errors: ErrorFacts,
    /// How long people work on it.
    pub effort: Effort,
    /// What starts it, most frequent first.
    pub triggers: Vec<TriggerFact>,
    /// What one must know to do it, most frequent first.
    pub inputs: Vec<InputFact>,
    /// What people do, in order.
    pub steps: Vec<StepFact>,
    /// The chat that belongs to it.
    pub chat: ChatFacts,
    /// The answers that belong to it.
    pub answers: Vec<AnswerFact>,
}

/// So many of so many, with a few of them named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// How many show it.
    pub count: u32,
    /// Of how many that could show it.
    pub of: u32,
    /// At most five of them, the earliest first.
    pub examples: Vec<MemberRef>,
}

impl Tally {
    /// The share in 0..1; `None` if nothing could show it.
    pub fn share(&self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.count) / f64::from(self.of))
    }
}

/// A text from a record, scrubbed, shortened to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The words.
    pub text: String,
    /// The record.
    pub of: MemberRef,
}

/// What the requests have in common.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RequestFacts {
    /// Words (or concepts) that most requests share, the most telling first.
    pub words: Vec<String>,
    /// Up to three typical requests.
    pub examples: Vec<Quote>,
    /// Words of the hunt's lexicon ("reset", "certificaat") found in it.
    pub lexicon: Vec<String>,
}

/// How the cases end.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ResolutionFacts {
    /// The share, in 0..1, of the ended cases that end in the dominating way; `None` if no case
    /// says how it ended.
    pub sameness: Option<f64>,
    /// The dominating resolution, quoted.
    pub dominant: Option<Quote>,
    /// Cases that end so.
    pub alike: Tally,
    /// Cases that say "done manually" or the like.
    pub done_manual: Tally,
    /// The other ends, most frequent first, at most five, with their counts.
    pub others: Vec<(Quote, u32)>,
}

/// How often the process runs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RateFacts {
    /// Runs a year over the observed time, bursts and imports left out; `None` if times are
    /// lacking and no answer says how often.
    pub per_year: Option<f64>,
    /// First observed day of the sources it was seen in.
    pub from: Option<NaiveDate>,
    /// Last observed day.
    pub to: Option<NaiveDate>,
    /// Days observed.
    pub days: u32,
    /// Whole weeks observed.
    pub weeks_observed: u32,
    /// Of those, weeks with at least one run.
    pub weeks_with_run: u32,
    /// Runs that count.
    pub counted: u32,
    /// Runs by month of the observed time, also the empty months.
    pub months: Vec<MonthCount>,
    /// Peaks that are no runs of a process, and were counted as one or not at all.
    pub bursts: Vec<Burst>,
    /// Runs a year that people's answers claim (the median), shown beside the count.
    pub claimed_per_year: Option<f64>,
}

/// Runs in one calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthCount {
    /// The month's first day.
    pub month: NaiveDate,
    /// Runs in it.
    pub runs: u32,
}

/// A peak in the number of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burst {
    /// What made it.
    pub kind: BurstKind,
    /// Its first moment.
    pub from: Timestamp,
    /// Its last moment.
    pub to: Timestamp,
    /// Records in it.
    pub records: u32,
}

/// What made a peak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BurstKind {
    /// One outage, many reports.
    Outage,
    /// Records loaded in bulk.
    Import,
    /// A robot that polls.
    Robot,
}

/// Which systems the process touches.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SystemFacts {
    /// The ticket system, if people work the ticket there.
    pub ticket: Option<SystemFact>,
    /// The other systems, most frequent first. Chat is not among them.
    pub others: Vec<SystemFact>,
    /// True if the records say enough to tell (texts or components are present).
    pub observable: bool,
}

impl SystemFacts {
    /// The names of all, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.ticket.iter().chain(&self.others).map(|s| s.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}

/// One system that the process touches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SystemFact {
    /// Its name in the gazetteer, or as the data spells it.
    pub name: String,
    /// Records that name it.
    pub seen: Tally,
    /// True if the name is not in the gazetteer but was found in the data.
    pub learned: bool,
}

/// Waiting, hand-overs, copy-paste.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct HumanFacts {
    /// True if the records could show waiting (comments, status history or replies are present).
    pub observable: bool,
    /// Runs that wait for a person's approval or answer.
    pub waiting: Tally,
    /// Runs that wait for a person or show copy-paste signs (the union of the two).
    pub touched: Tally,
    /// Median hours from the asking to the answer, elapsed.
    pub waiting_hours_median: Option<f64>,
    /// The same in working hours of the tenant's calendar.
    pub waiting_working_hours_median: Option<f64>,
    /// For whom, most frequent first.
    pub waits_for: Vec<WaitsFor>,
    /// Runs with signs of copying by hand.
    pub copy_paste: Tally,
    /// Runs handed to another person or team.
    pub handovers: Tally,
    /// Runs that went from one to another and back.
    pub ping_pong: Tally,
    /// Words that show the waiting, quoted.
    pub quotes: Vec<Quote>,
}

/// Whom a process waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitsFor {
    /// `role:manager` or a pseudonym.
    pub who: String,
    /// Runs.
    pub runs: u32,
}

/// Errors.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ErrorFacts {
    /// True if the records could show rework.
    pub observable: bool,
    /// Runs reopened, redone or corrected (the union).
    pub rework: Tally,
    /// Runs reopened.
    pub reopened: Tally,
    /// Runs in which something wrong was put right.
    pub corrected: Tally,
    /// Runs escalated; not counted as rework.
    pub escalated: Tally,
    /// Words that show it, quoted.
    pub quotes: Vec<Quote>,
}

/// Low, likely and high.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// A low estimate (a quarter of the runs are below it).
    pub low: f64,
    /// The median.
    pub likely: f64,
    /// A high estimate (a quarter of the runs are above it).
    pub high: f64,
}

/// How long people work on a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Effort {
    /// Minutes of work a run; `None` if nothing tells.
    pub touch_minutes: Option<Spread>,
    /// What tells.
    pub basis: EffortBasis,
    /// On how many runs (or answers) it rests.
    pub samples: u32,
    /// Minutes of work of a redo, where runs with rework show it.
    pub redo_minutes: Option<f64>,
    /// Median hours from request to end, elapsed.
    pub elapsed_hours_median: Option<f64>,
}

/// What the touch time rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffortBasis {
    /// Nothing.
    #[default]
    None,
    /// Work logged on the tickets.
    Worklog,
    /// Durations stated in comments ("15 min").
    Stated,
    /// What people answered.
    Answers,
    /// Active stretches between events, capped; a rough estimate.
    Activity,
}

/// What starts the process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TriggerFact {
    /// What.
    pub kind: TriggerKind,
    /// Runs that start so.
    pub seen: Tally,
    /// A particular: the weekday ("friday"), the day of the month ("1"), the asking team's role.
    pub detail: Option<String>,
}

/// The kinds of trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    /// A person makes a ticket.
    Ticket,
    /// A mail becomes a ticket.
    Mail,
    /// A robot or monitoring makes a ticket.
    Alert,
    /// Someone asks in chat.
    ChatAsk,
    /// Someone does it and says so in chat.
    ChatReport,
    /// The calendar: every such weekday or day of the month.
    Calendar,
    /// Known by an answer only.
    Answer,
}

/// Something one must know to do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFact {
    /// What.
    pub kind: InputKind,
    /// Requests that state it.
    pub seen: Tally,
}

/// The kinds of input data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// The person concerned.
    Person,
    /// The client company.
    Client,
    /// A host or device name.
    Host,
    /// A domain or web address.
    Domain,
    /// An IP address or network.
    Address,
    /// A port or protocol.
    Port,
    /// A mail address.
    Mail,
    /// A date.
    Date,
    /// A ticket or change number.
    Reference,
    /// A group, role or licence.
    Group,
    /// An amount or other number.
    Number,
}

/// Something people do in the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepFact {
    /// What, in the words of a typical comment or the status's name.
    pub text: Quote,
    /// Runs that show it.
    pub seen: Tally,
    /// The systems named in it.
    pub systems: Vec<String>,
    /// True if it is a wait rather than work.
    pub waiting: bool,
}

/// The chat that belongs to a candidate.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ChatFacts {
    /// Threads or messages that ask ("kan iemand …").
    pub asks: Tally,
    /// Threads or messages that report ("heb X herstart").
    pub reports: Tally,
    /// Typical ones.
    pub quotes: Vec<Quote>,
}

/// An answer that belongs to a candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerFact {
    /// The chore in the person's words.
    pub what: Quote,
    /// Runs a year, as read from the words.
    pub per_year: Option<f64>,
    /// Minutes a run, as read from the words.
    pub minutes: Option<f64>,
}

/// A group that is no candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// `g-` and hexadecimal digits.
    pub id: CandidateId,
    /// A typical request.
    pub title: String,
    /// Why.
    pub why: RejectedWhy,
    /// Its resolution facts.
    pub resolution: ResolutionFacts,
    /// All records, sorted.
    pub members: Vec<MemberRef>,
}

/// Why a group is no candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RejectedWhy {
    /// The requests are alike, the resolutions are not.
    ResolutionsDiffer {
        /// The sameness found, 0..1.
        sameness: f64,
    },
    /// Most of it is one or a few bursts from an outage.
    Burst {
        /// Records in bursts.
        records: u32,
    },
    /// Most of it came in one bulk import.
    Import {
        /// Records imported.
        records: u32,
    },
    /// A robot makes and closes them; no person's hand is seen.
    Robot {
        /// Records a robot made.
        records: u32,
    },
    /// Not work: announcements, newsletters, automatic replies.
    Noise,
}

/// Records in no group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Unassigned {
    /// Tickets.
    pub tickets: u64,
    /// Messages.
    pub messages: u64,
    /// Answers.
    pub answers: u64,
}
