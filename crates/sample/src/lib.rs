//! A seeded imaginary security service provider: its tickets, chats and answers, written as the
//! real products export them, with the truth about the processes in them.
//!
//! Owns the world, its truth and the measures of an output against it. Deliberately knows nothing of how Kompel finds processes: it must
//! be an honest opponent. Pure: same options, same bytes.

mod calendar;
mod catalogue;
mod chat;
mod dice;
mod people;
mod plan;
mod record;
mod request;
mod score;
mod story;
mod text;
mod truth;
mod world;
mod write;

pub use catalogue::{Catalogue, Decoy, Kind};
pub use score::{
    CRITERIA, Candidate, Criteria, Criterion, Fate, Group, Measures, Output, Part, Score, score,
};
pub use truth::{Truth, TruthCriteria, TruthProcess, TruthVerdict};
pub use world::{Named, World, WorldOptions};
pub use write::Error;
