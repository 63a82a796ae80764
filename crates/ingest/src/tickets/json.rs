//! Typed access to the loose JSON of ticket systems.
