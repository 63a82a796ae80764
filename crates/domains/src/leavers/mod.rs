//! Leavers: who leaves, which client, from when; and every account that they have.

mod finding;
mod functions;
mod inventory;
mod matching;
mod read;
mod when;

pub use functions::connector;
pub use inventory::{
    Asked, ByHand, Doubts, Found, Inventory, Memory, Reachable, Systems, Unconnected, Unreachable,
};
pub use read::{Client, Doubt, DoubtKind, Leaver, Letter, read};
