//! What the domains add to the functions that playbooks call, without a peer of their own.
//!
//! Owns the rules of each domain: how a leaver's request is read, what an inventory is. Talks to
//! peers only through their connectors, and starts nothing: that is a playbook's matter.

pub mod leavers;
