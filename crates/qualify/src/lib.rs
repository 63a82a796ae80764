//! Candidates to verdicts, gain, ease, rank, process map and pitch.
//!
//! Reads `mining`'s facts only, never raw records. Every number carries its origin.

mod map;
mod output;
mod pitch;
mod verdict;

pub use map::{MapLine, MapRow, MapRowKind, ProcessMap, TimeUse};
pub use output::{
    CandidateOut, CandidatesOut, CriteriaOut, ErrorsOut, FrequencyOut, GainOut, HoursOut, HumanOut,
    ObservedOut, RejectedOut, SystemsOut,
};
pub use pitch::{Pitch, PitchEntry, PitchRole};
pub use verdict::{
    Assessed, Assessment, Criteria, Criterion, Ease, Factor, Gain, Origin, Verdict,
};
