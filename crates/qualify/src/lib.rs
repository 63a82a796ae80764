//! Candidates to verdicts, gain, ease, rank, process map and pitch.
//!
//! Reads `mining`'s facts only, never raw records. Every number carries its origin.

mod criteria;
mod ease;
#[cfg(test)]
mod fixture;
mod gain;
mod map;
mod origins;
mod output;
#[cfg(test)]
mod phrases;
mod pitch;
mod policy;
mod rank;
mod verdict;

pub use map::{MapLine, MapRow, MapRowKind, ProcessMap, TimeUse, process_map};
pub use output::{
    CandidateOut, CandidatesOut, CriteriaOut, ErrorsOut, FrequencyOut, GainOut, HoursOut, HumanOut,
    ObservedOut, RejectedOut, SystemsOut, candidates_out,
};
pub use pitch::{Pitch, PitchEntry, PitchRole, pitch};
pub use policy::{
    CriterionName, EasePolicy, ErrorsPolicy, FrequencyPolicy, GainPolicy, HumanPolicy, Policy,
    RankPolicy, SystemsPolicy, Unknowns,
};
pub use rank::assess;
pub use verdict::{Assessed, Assessment, Criteria, Criterion, Ease, Factor, Gain, Origin, Verdict};
