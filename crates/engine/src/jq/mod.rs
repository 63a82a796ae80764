//! Runtime expressions: `jq`, bounded.
//!
//! Owns what an expression of a playbook means and how much it may cost. The text is read by
//! `jaq`'s lexer and parser and then evaluated here, step by counted step: `jaq`'s own evaluator has
//! no way to stop an inner loop, overflows the stack on deep recursion, and would let a new version
//! of it change what a journal replays to. Steps, sizes and depths stand for time and memory, so
//! that the same expression fails at the same place on every machine. Has no clock, no environment,
//! no files, no modules and no definitions by the user.
//!
//! Differs from `jq` where that is safer: an expression gives one value (none is `null`, several are
//! an error that says to write `[…]` or `first(…)`), members of objects are in the order of their
//! names, and slices can be read but not assigned to.

mod builtins;
mod compile;
mod error;
mod eval;
mod limits;
mod making;
mod math;
mod paths;
mod prelude;
mod regex;
mod template;
mod text;
mod time;
mod value;

use std::{collections::BTreeMap, sync::Arc};

use kompel_model::Phrase;
use serde_json::Value;

use crate::language::embedded_expression;

pub use error::{Error, Why};
pub use limits::Limits;
pub use template::{fill, fill_members, interpolate};

/// A compiled expression; cheap to clone, may be shared between threads.
#[derive(Debug, Clone)]
pub struct Expression {
    text: Arc<str>,
    node: Arc<compile::Node>,
}

impl Expression {
    /// Reads `text`: an expression with or without `${ }` around it.
    ///
    /// # Errors
    /// If it is too long, nested too deeply, not `jq`, uses a function that does not exist or is not
    /// available here, defines one, or reads `$secrets`, `$ENV` or `$__loc__`.
    pub fn compile(text: &str) -> Result<Self, Error> {
        let bare = embedded_expression(text).unwrap_or(text);
        Ok(Self { text: bare.into(), node: Arc::new(compile::compile(bare)?) })
    }

    /// The expression without its `${ }`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of the variables that it reads and does not bind itself, without `$`, in order.
    pub fn variables(&self) -> Vec<&str> {
        compile::free_variables(&self.node)
    }

    /// Evaluates it on `input`; `variables` are named without `$`.
    ///
    /// # Errors
    /// If the expression itself fails, reads a variable that is not given, gives several values, or
    /// costs more than `limits` allow.
    pub fn run(
        &self,
        input: &Value,
        variables: &BTreeMap<&str, Value>,
        limits: &Limits,
    ) -> Result<Value, Error> {
        eval::run(&self.node, input, variables, limits)
    }
}

/// Compiles a program and names the variables that it reads and does not bind itself, without `$`:
/// what the playbook's checker asks.
///
/// # Errors
/// What is wrong with the program, in words.
pub fn compiles(program: &str) -> Result<Vec<String>, Phrase> {
    let expression = Expression::compile(program).map_err(|error| error.phrase())?;
    Ok(expression.variables().into_iter().map(str::to_owned).collect())
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

#[cfg(test)]
mod tests;
