//! Days in free text, Dutch and English.

use std::sync::LazyLock;

use chrono::{Datelike as _, NaiveDate};
use regex::Regex;

/// A day that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FoundDay {
    /// The day.
    pub(super) day: NaiveDate,
    /// True if the text can be read in two ways (03/04/2026 in an English text).
    pub(super) unclear: bool,
}

/// Every day that the text names; `today` gives "today" and a missing year their meaning.
pub(super) fn days(text: &str, today: Option<NaiveDate>) -> Vec<FoundDay> {
    let mut found = Vec::new();
    let dutch = DUTCH.is_match(text);
    for parts in ISO.captures_iter(text) {
        push(&mut found, number(&parts, 1), number(&parts, 2), number(&parts, 3), false);
    }
    for parts in NUMBERS.captures_iter(text) {
        let (day, month) = (number(&parts, 1), number(&parts, 2));
        let year = match number(&parts, 3) {
            short if short < 100 => short + 2000,
            year => year,
        };
        let unclear = !dutch && day <= 12 && month <= 12 && day != month;
        push(&mut found, year, month, day, unclear);
    }
    for parts in DAY_MONTH.captures_iter(text) {
        let year = year(&parts, 3, today, month(&parts, 2), number(&parts, 1));
        push(&mut found, year, month(&parts, 2), number(&parts, 1), false);
    }
    for parts in MONTH_DAY.captures_iter(text) {
        let year = year(&parts, 3, today, month(&parts, 1), number(&parts, 2));
        push(&mut found, year, month(&parts, 1), number(&parts, 2), false);
    }
    if let Some(today) = today {
        if TODAY.is_match(text) {
            found.push(FoundDay { day: today, unclear: false });
        }
        if TOMORROW.is_match(text) {
            found.extend(today.succ_opt().map(|day| FoundDay { day, unclear: false }));
        }
    }
    found
}

/// True if the text wants it done at once, not at the end of a day.
pub(super) fn at_once(text: &str) -> bool {
    AT_ONCE.is_match(text)
}

fn push(found: &mut Vec<FoundDay>, year: u32, month: u32, day: u32, unclear: bool) {
    let year = i32::try_from(year).unwrap_or_default();
    if let Some(day) = NaiveDate::from_ymd_opt(year, month, day)
        && (1990..2100).contains(&year)
        && !found.iter().any(|known| known.day == day)
    {
        found.push(FoundDay { day, unclear });
    }
}

fn number(parts: &regex::Captures<'_>, at: usize) -> u32 {
    parts.get(at).and_then(|part| part.as_str().parse().ok()).unwrap_or(0)
}

fn month(parts: &regex::Captures<'_>, at: usize) -> u32 {
    let word = parts.get(at).map(|part| part.as_str().to_lowercase()).unwrap_or_default();
    let names = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)));
    names.and_then(|at| u32::try_from(at + 1).ok()).unwrap_or(0)
}

/// The year that is written, else the one that makes the day come next.
fn year(
    parts: &regex::Captures<'_>,
    at: usize,
    today: Option<NaiveDate>,
    month: u32,
    day: u32,
) -> u32 {
    if parts.get(at).is_some() {
        return number(parts, at);
    }
    let Some(today) = today else { return 0 };
    let this = NaiveDate::from_ymd_opt(today.year(), month, day);
    let year = if this.is_some_and(|this| this < today) { today.year() + 1 } else { today.year() };
    u32::try_from(year).unwrap_or(0)
}

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of this file")
}

const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb"],
    &["mar", "maa", "mrt"],
    &["apr"],
    &["may", "mei"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec"],
];

const MONTH: &str = r"(jan(?:uari|uary)?|feb(?:ruari|ruary)?|m(?:aart|arch|rt|ar)|apr(?:il)?|mei|may|jun(?:i|e)?|jul(?:i|y)?|aug(?:ustus|ust)?|sep(?:t|tember)?|o[kc]t(?:ober)?|nov(?:ember)?|dec(?:ember)?)";

static ISO: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b"));
static NUMBERS: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b"));
static DAY_MONTH: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"(?i)\b(\d{{1,2}})(?:st|nd|rd|th|ste|e|de)?[ \t]+(?:of[ \t]+)?{MONTH}\b\.?(?:,?[ \t]+(\d{{4}}))?"
    ))
});
static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(r"(?i)\b{MONTH}[ \t]+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?[ \t]+(\d{{4}}))?"))
});
static TODAY: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)\b(?:vandaag|today|per direct|met onmiddellijke ingang|onmiddellijk|immediately|with immediate effect)\b",
    )
});
static AT_ONCE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)\b(?:per direct|met onmiddellijke ingang|onmiddellijk|immediately|with immediate effect)\b",
    )
});
static TOMORROW: LazyLock<Regex> = LazyLock::new(|| compiled(r"(?i)\b(?:morgen|tomorrow)\b"));
static DUTCH: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)\b(?:op|van|gaat|uit dienst|laatste|werkdag|de|het|een|vertrekt|graag|groeten)\b",
    )
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 2);
        for (text, found) in [
            ("op 31/03/2026", vec![("2026-03-31", false)]),
            ("op 3/4/26", vec![("2026-04-03", false)]),
            ("on 3/4/2026 please", vec![("2026-04-03", true)]),
            ("2026-12-01", vec![("2026-12-01", false)]),
            ("1 maart", vec![("2027-03-01", false)]),
            ("15 mei 2026 en 15/05/2026", vec![("2026-05-15", false)]),
            ("the 1st of June 2026", vec![("2026-06-01", false)]),
            ("June 5th, 2026", vec![("2026-06-05", false)]),
            ("per direct", vec![("2026-03-02", false)]),
            ("tomorrow", vec![("2026-03-03", false)]),
            ("31/02/2026 en 99/99/2026", vec![]),
            ("version 1.2.3", vec![]),
        ] {
            let days: Vec<(String, bool)> =
                days(text, today).iter().map(|f| (f.day.to_string(), f.unclear)).collect();
            let found: Vec<(String, bool)> =
                found.iter().map(|(day, unclear)| ((*day).to_owned(), *unclear)).collect();
            assert_eq!(days, found, "{text}");
        }
    }
}
