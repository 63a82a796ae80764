//! Readers of chats: one file per format, and what they share.

mod collect;

pub(crate) mod admin_log;
pub(crate) mod slack;
pub(crate) mod teams;

#[cfg(test)]
mod tests;
