//! The one table of what a call's phase becomes.

use serde::{Deserialize, Serialize};

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The runtime has not taken it up.
    New,
    /// A read is asked for.
    Reading,
    /// What a write would change is being read.
    Planning,
    /// Held against the approved plan.
    Gate,
    /// May be sent.
    Ready,
    /// Was sent; no answer yet.
    Sent,
    /// Was sent; the outcome is unknown; the target can be looked at.
    Lost,
    /// Was done; the target is read again.
    Checking,
    /// A person must say what became of it.
    Asking,
    /// Over, as it should be.
    Done,
    /// Over, with a fault.
    Failed,
    /// Over, because nobody wants it any more.
    Dropped,
}

/// What moves a call: an entry, sorted by what it means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// Taken up as a read.
    BeganRead,
    /// Taken up as a write.
    BeganWrite,
    /// Nothing would change.
    PlannedNothing,
    /// Something would change.
    PlannedChange,
    /// The gate lets it pass.
    Allowed,
    /// It was approved after having been held: look again what it would change.
    Approved,
    /// Its approval was refused, or nobody answered.
    Withheld,
    /// It is being sent.
    Attempting,
    /// The peer answered.
    Answered,
    /// The peer refused and may be asked again.
    RefusedForNow,
    /// The peer refused for good, or too often.
    RefusedForGood,
    /// Unknown outcome, and a repeat does no harm.
    UnknownRepeatable,
    /// Unknown outcome, and the target can be looked at.
    UnknownLookable,
    /// Unknown outcome, and nothing but a person can tell.
    UnknownForGood,
    /// The look found it done.
    SeenDone,
    /// The look found it not done.
    SeenNotDone,
    /// The look could not tell.
    SeenNothing,
    /// The target is as promised.
    Verified,
    /// The target is not as promised.
    Differs,
    /// The target does not show it yet.
    NotYet,
    /// The target has not shown it for too long.
    NotInTime,
    /// A person says it was done.
    SaidDone,
    /// A person says it was not done.
    SaidNotDone,
    /// A person gives it up.
    GaveUp,
    /// Nobody wants it any more, and nothing was sent that could still be done.
    Abandoned,
    /// Nobody wants it any more, but something was sent: see to its end.
    AbandonedLate,
}

/// From where, by what, to where. What is not in here changes nothing.
pub const TRANSITIONS: &[(Phase, Turn, Phase)] = &[
    (Phase::New, Turn::BeganRead, Phase::Reading),
    (Phase::New, Turn::BeganWrite, Phase::Planning),
    (Phase::New, Turn::RefusedForGood, Phase::Failed),
    (Phase::New, Turn::Abandoned, Phase::Dropped),
    (Phase::Reading, Turn::Answered, Phase::Done),
    (Phase::Reading, Turn::RefusedForNow, Phase::Reading),
    (Phase::Reading, Turn::RefusedForGood, Phase::Failed),
    (Phase::Reading, Turn::UnknownRepeatable, Phase::Reading),
    (Phase::Reading, Turn::UnknownForGood, Phase::Failed),
    (Phase::Reading, Turn::Withheld, Phase::Failed),
    (Phase::Reading, Turn::Abandoned, Phase::Dropped),
    (Phase::Planning, Turn::PlannedNothing, Phase::Checking),
    (Phase::Planning, Turn::PlannedChange, Phase::Gate),
    (Phase::Planning, Turn::RefusedForNow, Phase::Planning),
    (Phase::Planning, Turn::RefusedForGood, Phase::Failed),
    (Phase::Planning, Turn::Abandoned, Phase::Dropped),
    (Phase::Gate, Turn::Allowed, Phase::Ready),
    (Phase::Gate, Turn::Approved, Phase::Planning),
    (Phase::Gate, Turn::Withheld, Phase::Failed),
    (Phase::Gate, Turn::Abandoned, Phase::Dropped),
    (Phase::Ready, Turn::Attempting, Phase::Sent),
    (Phase::Ready, Turn::Abandoned, Phase::Dropped),
    (Phase::Sent, Turn::Answered, Phase::Checking),
    (Phase::Sent, Turn::RefusedForNow, Phase::Ready),
    (Phase::Sent, Turn::RefusedForGood, Phase::Failed),
    (Phase::Sent, Turn::UnknownRepeatable, Phase::Ready),
    (Phase::Sent, Turn::UnknownLookable, Phase::Lost),
    (Phase::Sent, Turn::UnknownForGood, Phase::Asking),
    (Phase::Sent, Turn::AbandonedLate, Phase::Sent),
    (Phase::Lost, Turn::SeenDone, Phase::Checking),
    (Phase::Lost, Turn::SeenNotDone, Phase::Ready),
    (Phase::Lost, Turn::SeenNothing, Phase::Asking),
    (Phase::Lost, Turn::RefusedForNow, Phase::Lost),
    (Phase::Lost, Turn::RefusedForGood, Phase::Asking),
    (Phase::Lost, Turn::AbandonedLate, Phase::Lost),
    (Phase::Checking, Turn::Verified, Phase::Done),
    (Phase::Checking, Turn::Differs, Phase::Failed),
    (Phase::Checking, Turn::NotYet, Phase::Checking),
    (Phase::Checking, Turn::NotInTime, Phase::Failed),
    (Phase::Checking, Turn::RefusedForNow, Phase::Checking),
    (Phase::Checking, Turn::RefusedForGood, Phase::Failed),
    (Phase::Checking, Turn::AbandonedLate, Phase::Checking),
    (Phase::Asking, Turn::SaidDone, Phase::Checking),
    (Phase::Asking, Turn::SaidNotDone, Phase::Ready),
    (Phase::Asking, Turn::GaveUp, Phase::Failed),
    (Phase::Asking, Turn::AbandonedLate, Phase::Asking),
];

impl Phase {
    /// Where `turn` leads from here.
    pub fn after(self, turn: Turn) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, by, _)| (*from, *by) == (self, turn)).map(|row| row.2)
    }

    /// True if nothing can move it any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Dropped)
    }
}
