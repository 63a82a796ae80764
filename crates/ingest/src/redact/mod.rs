//! Redaction: people become pseudonyms, texts lose names, addresses, numbers and secrets.
//!
//! Owns what leaves this crate about people. Facts of the work stay: hosts, IP addresses, ticket
//! keys, client companies. Keeps no key and stores no clear name: it hands both back to the caller.

mod known;
mod names;
mod patterns;
mod people;
mod redactor;
mod sieve;
mod tokens;
mod words;

pub use redactor::{Identities, Redactor};

#[cfg(test)]
mod tests;
