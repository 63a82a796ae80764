//! Why an expression can't be used or gave nothing.

/// What is wrong with an expression, or went wrong in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is longer than allowed.
    #[error("the expression is {bytes} bytes long; at most {most} are allowed")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The most.
        most: usize,
    },
    /// Brackets or operators are nested deeper than allowed.
    #[error("the expression is nested too deeply or has too many operators; split it in two tasks")]
    TooNested,
    /// It is no `jq`.
    #[error("not a jq expression: expected {expected} at {at:?}")]
    Syntax {
        /// What was expected.
        expected: String,
        /// What stood there.
        at: String,
    },
    /// It uses something that exists in `jq` and not here.
    #[error("{name} is not available in a playbook: {why}")]
    Refused {
        /// What.
        name: String,
        /// Why, and what to write instead.
        why: &'static str,
    },
    /// A function that does not exist.
    #[error("there is no function {name} with {arity} arguments")]
    UnknownFunction {
        /// Its name.
        name: String,
        /// How many arguments were given.
        arity: usize,
    },
    /// A variable that is not given here.
    #[error("there is no variable ${0} here")]
    UnknownVariable(String),
    /// The expression failed by itself: a type that does not fit, or `error(…)`.
    #[error("{0}")]
    Failed(String),
    /// More than one value came out.
    #[error("the expression gives more than one value; write [ … ] for all or first( … ) for one")]
    Several,
    /// It took more steps than allowed.
    #[error("the expression takes more than {0} steps")]
    Steps(u64),
    /// It made a value that is larger than allowed.
    #[error("the expression makes a value of more than {0} bytes")]
    Size(u64),
    /// It recursed or nested values deeper than allowed.
    #[error("the expression goes more than {0} levels deep")]
    Depth(usize),
    /// A template has `${ }` within a longer text.
    #[error(
        "{0:?} has an expression within a text: write it as ${{ \"text \\(expression) text\" }}"
    )]
    Embedded(String),
}
