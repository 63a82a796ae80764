//! Leavers: who leaves, which client, from when; and every account that they have.

mod asking;
mod audit;
mod finding;
mod functions;
mod inventory;
mod ledger;
mod matching;
mod policy;
mod read;
mod record;
#[cfg(test)]
mod tests;
mod when;

pub use asking::{Asking, asked, asks_no_sooner};
pub use audit::{Audit, Gone, Lingering, RowTrouble, Untold, UnusableRow, audit, gone, read_list};
pub use functions::connector;
pub use inventory::{
    Asked, ByHand, Doubts, Found, Inventory, Memory, Reachable, Rights, Systems, Unconnected,
    Unreachable,
};
pub use ledger::{
    CallFacts, LeaverFile, OFFBOARDING, RELATED, RunFacts, UNBLOCK, leaver_of, leavers, matrix,
    same_person,
};
pub use policy::{Days, NoWish, Policy, Recipient, Reply, Wishes};
pub use read::{Client, Doubt, DoubtKind, Leaver, Letter, read};
pub use record::report;
