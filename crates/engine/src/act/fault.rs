//! What a playbook sees of a peer's refusal: the standard's error types.

use crate::Fault;

use super::{Refusal, RefusalKind};

/// Where Kompel's own error types live.
pub const KOMPEL_ERRORS: &str = "https://kompel.dev/errors/";

const STANDARD_ERRORS: &str = "https://open-workflow-specification.org/dsl/errors/types/";

/// The fault that a refusal for good becomes.
pub fn fault_of(refusal: &Refusal) -> Fault {
    let (kind, status, title) = match refusal.kind {
        RefusalKind::Denied if refusal.code == Some(401) => {
            ("authentication", 401, "the peer does not know us")
        }
        RefusalKind::Denied => ("authorization", 403, "the peer does not permit it"),
        RefusalKind::Absent => ("communication", 404, "the object is not there"),
        RefusalKind::Conflict => ("communication", 409, "the object is in another state"),
        RefusalKind::Limited => ("communication", 429, "too many requests"),
        RefusalKind::Invalid => ("validation", 400, "the request can't be right"),
        RefusalKind::Unsupported => ("communication", 501, "the peer does not offer it"),
        RefusalKind::Unreachable => ("communication", 503, "the peer can't be reached"),
        RefusalKind::OutcomeUnknown => ("timeout", 408, "no answer came"),
        RefusalKind::Unexpected => ("communication", 500, "the peer failed"),
        RefusalKind::Configuration => ("configuration", 400, "not configured"),
    };
    let told = refusal.code.and_then(|code| u16::try_from(code).ok());
    Fault {
        kind: format!("{STANDARD_ERRORS}{kind}"),
        status: told.filter(|code| (400..600).contains(code)).unwrap_or(status),
        title: Some(title.to_owned()),
        detail: Some(refusal.detail.clone()),
        instance: None,
    }
}

/// A fault that only Kompel knows (`not-verified`, `rejected`, `no-answer`, …).
pub fn kompel_fault(kind: &str, status: u16, title: &str, detail: &str) -> Fault {
    Fault {
        kind: format!("{KOMPEL_ERRORS}{kind}"),
        status,
        title: Some(title.to_owned()),
        detail: Some(detail.to_owned()),
        instance: None,
    }
}
