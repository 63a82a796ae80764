//! Whose pages these are, of which day, from which sources: the head and the foot of each page.

use chrono::{Datelike, NaiveDate};
use kompel_mining::{Discovery, SourceWindow};
use kompel_model::{MemberRef, Phrase, SourceClass};
use serde::Serialize;

use crate::{Wording, text};

/// What a page says of itself beside its findings.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MapContext {
    /// Whose records these are.
    pub tenant: Option<String>,
    /// The day of the newest record; pages carry no other date.
    pub as_of: Option<NaiveDate>,
    /// What was read, over which time.
    pub sources: Vec<SourceWindow>,
}

impl MapContext {
    /// The context of a hunt's pages: its newest record's day and its sources.
    pub fn of(discovery: &Discovery, tenant: Option<&str>) -> Self {
        Self {
            tenant: tenant.map(str::to_owned),
            as_of: discovery.as_of.map(|moment| moment.date_naive()),
            sources: discovery.sources.clone(),
        }
    }

    /// "Tenant · as of day", what is known of it.
    pub(crate) fn whose(&self, wording: Wording) -> String {
        let tenant = self.tenant.as_deref().map(|name| text::clean(name, 60));
        let as_of = self
            .as_of
            .map(|day| wording.say(&Phrase::new("report-as-of").text("date", wording.date(day))));
        tenant.into_iter().chain(as_of).collect::<Vec<_>>().join(" · ")
    }

    /// The sentences at the foot: sources, and how the page came about.
    pub(crate) fn foot(&self, wording: Wording) -> Vec<String> {
        vec![self.read(wording), wording.word("report-how")]
    }

    /// The sources with their records and time, in one sentence.
    pub(crate) fn read(&self, wording: Wording) -> String {
        if self.sources.is_empty() {
            return wording.word("report-sources-none");
        }
        let windows: Vec<String> =
            self.sources.iter().take(MOST_SOURCES).map(|window| said(window, wording)).collect();
        wording.say(&Phrase::new("report-sources").text("windows", windows.join("; ")))
    }

    /// The day as Typst's `datetime` takes it.
    pub(crate) fn day(&self) -> Option<Day> {
        self.as_of.map(Day::of)
    }
}

/// A date in parts.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Day {
    year: i32,
    month: u32,
    day: u32,
}

impl Day {
    pub(crate) fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), month: day.month(), day: day.day() }
    }
}

/// "Made with Kompel 0.1.0".
pub(crate) fn made_with(wording: Wording) -> String {
    wording.say(&Phrase::new("report-made-with").text("version", env!("CARGO_PKG_VERSION")))
}

/// A record's key as people write it: `OPS-12`, `#ops/1700000000.1234`, "answer 3".
pub(crate) fn reference(member: &MemberRef, wording: Wording) -> String {
    let key = text::clean(&member.key, LONGEST_KEY);
    match member.source.class() {
        SourceClass::Tickets | SourceClass::Log => key,
        SourceClass::Chat => format!("#{key}"),
        SourceClass::Answers => wording.say(&Phrase::new("reference-answer").text("row", key)),
    }
}

fn said(window: &SourceWindow, wording: Wording) -> String {
    let records = window.records as f64;
    wording.say(
        &Phrase::new("report-window")
            .text("source", window.source.title())
            .number("records", records)
            .text("from", wording.short_date(window.from))
            .text("to", wording.short_date(window.to)),
    )
}

const LONGEST_KEY: usize = 30;
const MOST_SOURCES: usize = 4;
