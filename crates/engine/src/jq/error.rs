//! Why an expression can't be used or gave nothing.

use std::fmt;

use kompel_model::{Arg, Phrase};

use crate::language::english;

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
        why: Why,
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

impl Error {
    /// The error as a sentence to be worded.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::TooLong { bytes, most } => Phrase::new("mistake-jq-too-long")
                .text("bytes", bytes.to_string())
                .text("most", most.to_string()),
            Self::TooNested => Phrase::new("mistake-jq-too-nested"),
            Self::Syntax { expected, at } => Phrase::new("mistake-jq-syntax")
                .arg("expected", expectation(expected))
                .arg("at", if at == END { part("part-jq-end") } else { format!("{at:?}").into() }),
            Self::Refused { name, why } => {
                Phrase::new("mistake-jq-refused").text("name", name).arg("why", why.phrase())
            }
            Self::UnknownFunction { name, arity } => Phrase::new("mistake-jq-unknown-function")
                .text("name", name)
                .text("arity", arity.to_string()),
            Self::UnknownVariable(name) => {
                Phrase::new("mistake-jq-unknown-variable").text("name", format!("${name}"))
            }
            Self::Failed(_)
            | Self::Several
            | Self::Steps(_)
            | Self::Size(_)
            | Self::Depth(_)
            | Self::Embedded(_) => Phrase::new("mistake-jq-fails").text("error", self.to_string()),
        }
    }
}

/// What the parser expected, by its own word for it.
fn expectation(word: &str) -> Arg {
    match word {
        "digit" => part("part-jq-digit"),
        "identifier" => part("part-jq-identifier"),
        "string escape sequence" => part("part-jq-escape"),
        "4-digit hexadecimal UTF-8 code point" => part("part-jq-code-point"),
        "token" | "a token" => part("part-jq-token"),
        "variable" => part("part-jq-variable"),
        "pattern" => part("part-jq-pattern"),
        "else or end" => part("part-jq-else"),
        "comma or right bracket" => part("part-jq-comma-bracket"),
        "comma or right brace" => part("part-jq-comma-brace"),
        "semicolon or right parenthesis" => part("part-jq-semicolon"),
        "term" | "a term" => part("part-jq-term"),
        "key" => part("part-jq-key"),
        "argument" => part("part-jq-argument"),
        "string" => part("part-jq-string"),
        "a number" => part("part-jq-number"),
        "nothing" => part("part-jq-end"),
        other => Arg::Text(format!("`{other}`")),
    }
}

fn part(id: &str) -> Arg {
    Arg::Phrase(Phrase::new(id))
}

/// What a syntax error is at where the text ends.
pub(super) const END: &str = "the end";

/// Why something of `jq` can't be used in a playbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It defines or loads.
    Defines,
    /// It reads what the playbook does not give it.
    Sees,
    /// It reads the clock.
    Clock,
    /// It reaches outside the expression.
    Outside,
    /// It would put a secret into the data.
    Secret,
    /// It has no meaning here.
    Meaningless,
}

impl Why {
    fn phrase(self) -> Phrase {
        match self {
            Self::Defines => Phrase::new("part-jq-defines"),
            Self::Sees => Phrase::new("part-jq-sees"),
            Self::Clock => Phrase::new("part-jq-clock"),
            Self::Outside => Phrase::new("part-jq-outside"),
            Self::Secret => Phrase::new("part-jq-secret"),
            Self::Meaningless => Phrase::new("part-jq-meaningless"),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&english(&self.phrase()))
    }
}
