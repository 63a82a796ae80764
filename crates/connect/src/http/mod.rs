//! The one way in which connectors speak HTTP: bounded, without redirects, errors already sorted.
//!
//! Owns the client, what a status or a broken exchange means to the contract, and OAuth 2 tokens.
//! Knows no peer: what a body says is the connector's to read.

mod answer;
mod assertion;
mod client;
mod guard;
pub mod oauth2;
#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use client::{Exchange, Http, HttpSettings, Stake, read_authorities};
pub use guard::{AllowList, unreachable_on_purpose};
pub use reqwest::{Method, RequestBuilder};
