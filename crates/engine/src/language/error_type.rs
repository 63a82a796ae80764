//! The standard's error types, which have had two hosts and two paths.
//!
//! # Source
//! dsl-reference.md, "Standard Error Types" (`…/spec/1.0.0/errors/…`); its examples and the
//! conformance kit write `…/dsl/errors/types/…`; before July 2026 the host was
//! `serverlessworkflow.io`.

/// A kind of error that the standard names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StandardError {
    /// A setting is missing or wrong.
    Configuration,
    /// Data does not fit its schema.
    Validation,
    /// An expression can't be evaluated.
    Expression,
    /// The peer does not know who asks.
    Authentication,
    /// The peer does not allow it.
    Authorization,
    /// It took too long.
    Timeout,
    /// The peer can't be reached, or answers with an error.
    Communication,
    /// Anything else that goes wrong while running.
    Runtime,
}

impl StandardError {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Configuration,
        Self::Validation,
        Self::Expression,
        Self::Authentication,
        Self::Authorization,
        Self::Timeout,
        Self::Communication,
        Self::Runtime,
    ];

    /// Its name, the last part of the type's URI.
    pub fn name(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Validation => "validation",
            Self::Expression => "expression",
            Self::Authentication => "authentication",
            Self::Authorization => "authorization",
            Self::Timeout => "timeout",
            Self::Communication => "communication",
            Self::Runtime => "runtime",
        }
    }

    /// The URI that we write: the conformance kit's form.
    pub fn uri(self) -> String {
        format!("https://open-workflow-specification.org/dsl/errors/types/{}", self.name())
    }

    /// The status that goes with it unless a better one is known.
    pub fn status(self) -> u16 {
        match self {
            Self::Configuration | Self::Validation | Self::Expression => 400,
            Self::Authentication => 401,
            Self::Authorization => 403,
            Self::Timeout => 408,
            Self::Communication | Self::Runtime => 500,
        }
    }

    /// The kind that this URI names, whichever host and path it uses.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let name = standard_name(uri)?;
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// True if the URI stands where the standard keeps its errors, known or not.
    pub fn is_standard_place(uri: &str) -> bool {
        standard_name(uri).is_some()
    }
}

fn standard_name(uri: &str) -> Option<&str> {
    let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/')?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    if host != "open-workflow-specification.org" && host != "serverlessworkflow.io" {
        return None;
    }
    path.strip_prefix("dsl/errors/types/").or_else(|| path.strip_prefix("spec/1.0.0/errors/"))
}

/// True if both URIs name the same kind of error.
pub fn same_error_type(one: &str, other: &str) -> bool {
    one == other
        || StandardError::from_uri(one)
            .is_some_and(|kind| StandardError::from_uri(other) == Some(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_hosts_and_both_paths_name_the_same_error() {
        let ours = StandardError::Communication.uri();
        for uri in [
            "https://open-workflow-specification.org/dsl/errors/types/communication",
            "https://open-workflow-specification.org/spec/1.0.0/errors/communication",
            "https://serverlessworkflow.io/dsl/errors/types/communication",
            "https://serverlessworkflow.io/spec/1.0.0/errors/communication",
        ] {
            assert!(same_error_type(&ours, uri), "{uri}");
            assert!(same_error_type(uri, &ours), "{uri}");
        }
        for uri in [
            "https://open-workflow-specification.org/dsl/errors/types/timeout",
            "https://serverlessworkflow.io/errors/communication",
            "https://example.org/dsl/errors/types/communication",
            "communication",
        ] {
            assert!(!same_error_type(&ours, uri), "{uri}");
        }
        assert!(same_error_type(
            "https://kompel.dev/errors/rejected",
            "https://kompel.dev/errors/rejected"
        ));
    }
}
