//! Event log to candidates: request groups, resolution sameness, rates, systems, waiting, rework.
//!
//! Deterministic: the same records give the same [`Discovery`], whatever the order of rows. Knows
//! nothing of money, scores or verdicts; those are `qualify`'s.

mod cases;
mod corpus;
mod facts;
mod lexicon;
mod quote;
mod signs;
mod systems;
mod tally;

pub use cases::{Concurrency, Transition, handovers, ping_pongs, transitions};
pub use facts::{
    AnswerFact, Burst, BurstKind, Candidate, ChatFacts, Discovery, Effort, EffortBasis, ErrorFacts,
    HumanFacts, InputFact, InputKind, MonthCount, Quote, RateFacts, Rejected, RejectedWhy,
    RequestFacts, ResolutionFacts, SourceWindow, Spread, StepFact, SystemFact, SystemFacts, Tally,
    TriggerFact, TriggerKind, Unassigned, WaitsFor,
};
