//! Answers to the coffee-machine question: what, how often, how long, in free words.

mod phrases;
mod table;

pub(crate) use table::{read, recognise};

#[cfg(test)]
mod tests;
