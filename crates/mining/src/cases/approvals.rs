//! Fields of tickets that tell of an approval.

/// What an approval field tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Approval {
    /// It is asked.
    Awaited,
    /// It was answered.
    Given,
}

/// What a value of an approval field means; `None` where it says that none is needed.
pub(crate) fn approval(value: &str) -> Option<Approval> {
    let value = value.trim().to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| value.contains(word));
    if has(&["not ", "niet", "none", "geen", "n/a", "skip"]) {
        return None;
    }
    if has(&["request", "pending", "wait", "aangevraagd", "wacht"]) {
        return Some(Approval::Awaited);
    }
    has(&["approved", "reject", "declined", "goedgekeurd", "geweigerd", "afgekeurd"])
        .then_some(Approval::Given)
}
