//! Kompel.
