//! Signs: what a comment, a chat message or a status name says about the work.
//!
//! Owns the reading of wording (asked, waits, approved, redone, copied by hand…) from
//! `data/signs.toml`. A sign is what one text says; what a case means is `human`'s and `errors`'.

mod awaited;
mod load;
mod pattern;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::{Regex, RegexSet};

pub use awaited::Awaited;
pub use load::SignsError;
use pattern::Pattern;

use crate::fold::fold;

/// What a text can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    /// Asks someone to approve.
    ApprovalAsk,
    /// Says that the work waits for an approval.
    WaitingApproval,
    /// Approves.
    ApprovalGiven,
    /// Refuses approval.
    ApprovalRefused,
    /// A short yes, or a reaction that means it; an approval only where permission was asked.
    Consent,
    /// Waits for information, confirmation or a reply.
    WaitingAnswer,
    /// Opened again.
    Reopened,
    /// Something wrong was put right.
    Corrected,
    /// Done again.
    Redone,
    /// Does not work, still or again.
    Unresolved,
    /// Names something as wrong, forgotten or missing.
    Fault,
    /// Says that it is right by now.
    Mended,
    /// Escalated.
    Escalated,
    /// Handed to another person or team.
    HandedOver,
    /// Copied from one system to another by hand.
    CopyPaste,
    /// Done by hand.
    DoneManual,
    /// Asks for something in chat.
    ChatAsk,
    /// Tells what the writer did.
    ChatReport,
    /// Thanks.
    Thanks,
    /// "ok", "on it".
    Ack,
    /// Small talk.
    SmallTalk,
    /// An automatic reply.
    AutoReply,
    /// An announcement or a newsletter.
    Announcement,
    /// Closed or cleared by a machine.
    AutoClosed,
    /// An outage.
    Outage,
}

impl Sign {
    /// All signs with the names of their sections in the file.
    pub const ALL: [(Self, &'static str); 25] = [
        (Self::ApprovalAsk, "approval_ask"),
        (Self::WaitingApproval, "waiting_approval"),
        (Self::ApprovalGiven, "approval_given"),
        (Self::ApprovalRefused, "approval_refused"),
        (Self::Consent, "consent"),
        (Self::WaitingAnswer, "waiting_answer"),
        (Self::Reopened, "reopened"),
        (Self::Corrected, "corrected"),
        (Self::Redone, "redone"),
        (Self::Unresolved, "unresolved"),
        (Self::Fault, "fault"),
        (Self::Mended, "mended"),
        (Self::Escalated, "escalated"),
        (Self::HandedOver, "handed_over"),
        (Self::CopyPaste, "copy_paste"),
        (Self::DoneManual, "done_manual"),
        (Self::ChatAsk, "chat_ask"),
        (Self::ChatReport, "chat_report"),
        (Self::Thanks, "thanks"),
        (Self::Ack, "ack"),
        (Self::SmallTalk, "small_talk"),
        (Self::AutoReply, "auto_reply"),
        (Self::Announcement, "announcement"),
        (Self::AutoClosed, "auto_closed"),
        (Self::Outage, "outage"),
    ];
}

/// The signs found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct SignSet(u32);

impl SignSet {
    /// True if `sign` was found.
    pub fn has(self, sign: Sign) -> bool {
        self.0 & (1 << sign as u32) != 0
    }

    /// Adds a sign.
    pub fn insert(&mut self, sign: Sign) {
        self.0 |= 1 << sign as u32;
    }

    /// What is in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True if nothing was found.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The signs, in the order of [`Sign`].
    pub fn iter(self) -> impl Iterator<Item = Sign> {
        Sign::ALL.into_iter().map(|(sign, _)| sign).filter(move |sign| self.has(*sign))
    }
}

/// What a status name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusClass {
    /// Not yet taken up, or a name that says nothing.
    Open,
    /// Someone works on it.
    Active,
    /// Waits for an approval.
    WaitingApproval,
    /// Waits for a person: client, requester, vendor.
    WaitingPerson,
    /// Ended.
    Done,
    /// Opened again.
    Reopened,
    /// Called off or refused.
    Cancelled,
}

/// The wordings, ready for reading.
#[derive(Debug, Clone)]
pub struct Signs {
    heads: AhoCorasick,
    /// For each head literal, the patterns that begin with it.
    of_head: Vec<Vec<u32>>,
    patterns: Vec<Pattern>,
    starts: Vec<(Sign, Regex)>,
    start_bars: Vec<(Sign, Regex)>,
    before: Vec<Option<Regex>>,
    after: Vec<Option<Regex>>,
    status: Vec<(StatusClass, RegexSet)>,
    roles: awaited::Roles,
    durations: awaited::Durations,
}

/// Texts are read up to this many bytes; what follows is a log or a listing.
const READ_BYTES: usize = 64 * 1024;

impl Signs {
    /// The wordings Kompel comes with.
    pub fn builtin() -> Self {
        Self::with_extra("").expect("the built-in signs are tested")
    }

    /// The built-in wordings with a user's file added.
    ///
    /// # Errors
    /// The line of the first mistake in `extra`, and what would be right.
    pub fn with_extra(extra: &str) -> Result<Self, SignsError> {
        load::signs(extra)
    }

    /// What `text` (as written) says.
    pub fn read(&self, text: &str) -> SignSet {
        self.read_folded(&fold(shortened(text)))
    }

    /// Like [`Self::read`] for a text already folded by [`crate::fold`].
    pub fn read_folded(&self, folded: &str) -> SignSet {
        let mut found = SignSet::default();
        let folded = shortened(folded);
        self.visit(folded, |sign, _, _| {
            found.insert(sign);
            true
        });
        let start =
            folded.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '!' && c != '+');
        for (sign, pattern) in &self.starts {
            let barred = || self.start_bars.iter().any(|(s, bar)| s == sign && bar.is_match(start));
            if !found.has(*sign)
                && pattern.is_match(start)
                && !self.cancelled(*sign, "", start, 0)
                && !barred()
            {
                found.insert(*sign);
            }
        }
        found
    }

    /// What the name of a status means.
    pub fn status(&self, name: &str) -> StatusClass {
        let folded = fold(name).replace(['_', '-'], " ").replace("re open", "reopen");
        let folded = folded.trim();
        self.status
            .iter()
            .find(|(_, patterns)| patterns.is_match(folded))
            .map_or(StatusClass::Open, |(class, _)| *class)
    }

    /// For whom `text` waits, if it asks for or waits for an approval or an answer and says so.
    pub fn awaited(&self, text: &str) -> Option<Awaited> {
        let folded = fold(shortened(text));
        let mut spans = Vec::new();
        self.visit(&folded, |sign, start, end| {
            if matches!(sign, Sign::WaitingApproval | Sign::ApprovalAsk | Sign::WaitingAnswer) {
                spans.push((sign != Sign::WaitingApproval, start, end));
            }
            false
        });
        spans.sort_unstable();
        spans.into_iter().find_map(|(_, start, end)| self.roles.near(&folded, start, end))
    }

    /// The minutes of work that `text` states ("took half an hour"), not of waiting.
    pub fn minutes(&self, text: &str) -> Option<f64> {
        self.durations.stated(&fold(shortened(text)))
    }

    /// Calls `tell` with each sign and its span; if that returns true, the sign's other
    /// occurrences are skipped.
    fn visit(&self, folded: &str, mut tell: impl FnMut(Sign, usize, usize) -> bool) {
        let mut settled = SignSet::default();
        let bytes = folded.as_bytes();
        let mut barred: Vec<(Sign, usize)> = Vec::new();
        for hit in self.heads.find_overlapping_iter(folded) {
            let (start, end) = (hit.start(), hit.end());
            if start > 0 && is_word(bytes[start - 1]) && is_word(bytes[start]) {
                continue;
            }
            for number in &self.of_head[hit.pattern().as_usize()] {
                let pattern = &self.patterns[*number as usize];
                if settled.has(pattern.sign) || barred.contains(&(pattern.sign, start)) {
                    continue;
                }
                let Some(length) = pattern.matches(&folded[end..]) else { continue };
                if pattern.bars {
                    barred.push((pattern.sign, start));
                    continue;
                }
                let before = sentence_before(folded, start);
                if !self.cancelled(pattern.sign, before, folded, end + length)
                    && tell(pattern.sign, start, end + length)
                {
                    settled.insert(pattern.sign);
                }
            }
        }
    }

    fn cancelled(&self, sign: Sign, before: &str, folded: &str, end: usize) -> bool {
        let number = sign as usize;
        self.before[number].as_ref().is_some_and(|r| r.is_match(before))
            || self.after[number].as_ref().is_some_and(|r| r.is_match(&folded[end..]))
    }
}

fn shortened(text: &str) -> &str {
    if text.len() <= READ_BYTES {
        return text;
    }
    &text[..text.floor_char_boundary(READ_BYTES)]
}

/// What stands before `at` in its sentence, at most 48 bytes.
fn sentence_before(text: &str, at: usize) -> &str {
    let from = text.floor_char_boundary(at.saturating_sub(48));
    let before = &text[from..at];
    let cut = before.rfind(['.', '!', '?', '\n', ';', '>']).map_or(0, |place| place + 1);
    before[cut..].trim_start()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

fn automaton(heads: &[String]) -> Result<AhoCorasick, aho_corasick::BuildError> {
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(heads)
}

#[cfg(test)]
mod tests;
