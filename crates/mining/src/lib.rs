//! Event log to candidates: request groups, resolution sameness, rates, systems, waiting, rework.
//!
//! Deterministic: the same records give the same [`Discovery`], whatever the order of rows. Knows
//! nothing of money, scores or verdicts; those are `qualify`'s.

mod facts;
mod fold;
mod lexicon;
mod signs;
mod systems;

pub use facts::{
    AnswerFact, Burst, BurstKind, Candidate, ChatFacts, Discovery, Effort, EffortBasis, ErrorFacts,
    HumanFacts, InputFact, InputKind, MonthCount, Quote, RateFacts, Rejected, RejectedWhy,
    RequestFacts, ResolutionFacts, SourceWindow, Spread, StepFact, SystemFact, SystemFacts, Tally,
    TriggerFact, TriggerKind, Unassigned, WaitsFor,
};
pub use fold::{fold, fold_into, words};
pub use lexicon::{ConceptId, ConceptKind, Lexicon, LexiconError, Meaning, Unit, WordCache};
pub use signs::{Awaited, Sign, SignSet, Signs, SignsError, StatusClass};
pub use systems::{SystemId, Systems, SystemsError};
