//! Bytes of tickets, chats, answers and logs to the event log.
//!
//! Pure: takes bytes, readers and keys; opens no file and no socket. People leave this crate as
//! pseudonyms.

mod answers;
mod chats;
mod dates;
mod encoding;
mod error;
mod findings;
mod formats;
mod input;
mod limits;
pub mod logs;
mod mapping;
mod names;
pub mod redact;
mod text;
mod tickets;

pub use error::Error;
pub use formats::{Format, detect, read};
pub use input::{Input, Opener, Options};
pub use limits::Limits;
pub use mapping::{BadMapping, ColumnMapping};
pub use tickets::{
    proposal::{MappedBy, ProposedColumn},
    table::propose_mapping,
};
