//! Bytes of tickets, chats, answers and logs to the event log.
//!
//! Pure: takes bytes, readers and keys; opens no file and no socket. People leave this crate as
//! pseudonyms.

pub mod redact;
