//! Ticket readers on their fixtures.
