//! Runtime expressions as text. Owns where an expression begins and ends; compiling it is `jq`'s.

/// An expression in a place where the standard expects one (`if`, `when`, `exceptWhen`, `while`,
/// `until`, `in`, `from`, `as`, a correlation's `from`): written as `${ jq }` or as bare jq.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression(String);

impl Expression {
    /// Takes the text as it stands in the playbook.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it stands in the playbook.
    pub fn as_written(&self) -> &str {
        &self.0
    }

    /// The jq program, without `${` and `}`.
    pub fn jq(&self) -> &str {
        embedded_expression(&self.0).unwrap_or(self.0.trim())
    }
}

/// The jq program of a plain value's text that is an expression as a whole (`${ .name }`), the
/// only form in which a value may hold one (the standard's mode `strict`).
pub fn embedded_expression(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?.trim();
    (!inner.is_empty()).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_an_expression_only_as_a_whole() {
        for (text, expected) in [
            ("${ .a }", Some(".a")),
            ("  ${.a}\n", Some(".a")),
            ("${ {a: .b} }", Some("{a: .b}")),
            ("Hello ${ .a }!", None),
            (".a", None),
            ("${}", None),
            ("${ }", None),
            ("${", None),
        ] {
            assert_eq!(embedded_expression(text), expected, "{text}");
        }
    }

    #[test]
    fn where_an_expression_is_expected_it_may_be_bare() {
        assert_eq!(Expression::new(" .a | length ").jq(), ".a | length");
        assert_eq!(Expression::new("${ .a | length }").jq(), ".a | length");
    }
}
