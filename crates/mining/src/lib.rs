//! Event log to candidates: request groups, resolution sameness, rates, systems, waiting, rework.
//!
//! Deterministic: the same records give the same [`Discovery`], whatever the order of rows. Knows
//! nothing of money, scores or verdicts; those are `qualify`'s.

mod cases;
mod cluster;
mod corpus;
mod discover;
mod drafts;
mod facts;
mod fold;
mod holidays;
mod identity;
mod lexicon;
mod quote;
mod resolution;
mod settings;
mod signs;
mod spelling;
mod systems;
mod tally;
mod text;
mod threads;
mod title;
mod twins;
mod vector;

pub use cases::{Concurrency, Transition, handovers, ping_pongs, transitions};
pub use discover::{Stage, discover};
pub use facts::{
    AnswerFact, Burst, BurstKind, Candidate, ChatFacts, Discovery, Effort, EffortBasis, ErrorFacts,
    HumanFacts, InputFact, InputKind, MonthCount, Quote, RateFacts, Rejected, RejectedWhy,
    RequestFacts, ResolutionFacts, SourceWindow, Spread, StepFact, SystemFact, SystemFacts, Tally,
    TriggerFact, TriggerKind, Unassigned, WaitsFor,
};
pub use fold::{fold, fold_into, words};
pub use holidays::{Country, UnknownCountry};
pub use identity::Previous;
pub use lexicon::{ConceptId, ConceptKind, Lexicon, LexiconError, Meaning, Unit, WordCache};
pub use settings::Settings;
pub use signs::{Awaited, Sign, SignSet, Signs, SignsError, StatusClass};
pub use systems::{Category, SystemId, Systems, SystemsError};
