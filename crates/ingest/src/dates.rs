//! Dates and durations as exports write them: local, abbreviated, in four languages, in any order.
//!
//! A column of dates is looked over as a whole first ([`DateColumn::observe`]), since one value
//! such as `3/4/2025` does not tell day from month; then each value is read in the order found.

use chrono::{
    DateTime, Datelike, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset,
    TimeZone, Utc,
};
use chrono_tz::Tz;
use kompel_model::Timestamp;

/// Which of two numbers is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum DateOrder {
    /// `24/11/2025`, as in Europe.
    #[default]
    DayFirst,
    /// `11/24/2025`, as in the United States.
    MonthFirst,
}

/// What the values of one column say of their order.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DateColumn {
    day_first: u64,
    month_first: u64,
    open: u64,
}

impl DateColumn {
    /// Takes a value into account.
    pub(crate) fn observe(&mut self, text: &str) {
        if let Some(Parts { date: DateParts::Either(first, second, _), .. }) = split(text) {
            match (first > 12, second > 12) {
                (true, false) => self.day_first += 1,
                (false, true) => self.month_first += 1,
                (false, false) if first != second => self.open += 1,
                (true, true) | (false, false) => {}
            }
        }
    }

    /// The order of most values that tell it; the European order if none does.
    pub(crate) fn order(self) -> DateOrder {
        if self.month_first > self.day_first { DateOrder::MonthFirst } else { DateOrder::DayFirst }
    }

    /// How many values could be read either way while nothing, or both ways, decides.
    pub(crate) fn ambiguous(self) -> u64 {
        let decided = (self.day_first == 0) != (self.month_first == 0);
        if decided { 0 } else { self.open }
    }

    /// True if some values have the day first and others the month.
    pub(crate) fn is_mixed(self) -> bool {
        self.day_first > 0 && self.month_first > 0
    }
}

/// Reads a date, a date with time, or an epoch number; `None` if it is none of these.
///
/// A value whose numbers rule out `order` is read in the other one.
pub(crate) fn parse(text: &str, order: DateOrder, timezone: Tz) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() < 6 || text.len() > 64 || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let moment = epoch(text)
        .or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|t| t.to_utc()))
        .or_else(|| DateTime::parse_from_rfc2822(text).ok().map(|t| t.to_utc()))
        .or_else(|| pieces(text, order, timezone))?;
    let years = 1970..=2200;
    years.contains(&moment.year()).then_some(moment)
}

/// A local time as a moment: of an hour that occurs twice the first, of one that the clock skips
/// the moment as if the clock had not been changed.
pub(crate) fn local(time: NaiveDateTime, timezone: Tz) -> Timestamp {
    match timezone.from_local_datetime(&time) {
        LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => moment.to_utc(),
        LocalResult::None => {
            let before = timezone.offset_from_utc_datetime(&(time - Duration::hours(3)));
            Utc.from_utc_datetime(&(time - before.fix()))
        }
    }
}

/// True if the text reads as a date in some order; plain numbers do not.
pub(crate) fn is_date(text: &str) -> bool {
    let text = text.trim();
    !text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && parse(text, DateOrder::DayFirst, Tz::UTC).is_some()
}

fn epoch(text: &str) -> Option<Timestamp> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if !whole.bytes().all(|b| b.is_ascii_digit()) || text.matches('.').count() > 1 {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    match whole.len() {
        9 | 10 => DateTime::from_timestamp(number, 0),
        12 | 13 => DateTime::from_timestamp_millis(number),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum DateParts {
    /// Year, month, day.
    Sure(i32, u32, u32),
    /// Two numbers in an order that the column tells, and the year.
    Either(u32, u32, i32),
}

#[derive(Debug, Clone, Copy)]
struct Parts {
    date: DateParts,
    time: NaiveTime,
    offset_seconds: Option<i32>,
}

fn pieces(text: &str, order: DateOrder, timezone: Tz) -> Option<Timestamp> {
    let parts = split(text)?;
    let (year, month, day) = match parts.date {
        DateParts::Sure(year, month, day) => (year, month, day),
        DateParts::Either(first, second, year) => match order {
            DateOrder::DayFirst if second <= 12 => (year, second, first),
            DateOrder::MonthFirst if first > 12 => (year, second, first),
            DateOrder::DayFirst | DateOrder::MonthFirst => (year, first, second),
        },
    };
    let time = NaiveDate::from_ymd_opt(year, month, day)?.and_time(parts.time);
    match parts.offset_seconds {
        Some(offset) => Some(Utc.from_utc_datetime(&(time - Duration::seconds(offset.into())))),
        None => Some(local(time, timezone)),
    }
}

/// Splits a text into its words and numbers and tells what each is.
fn split(text: &str) -> Option<Parts> {
    let text = text.trim();
    let (date, rest) = date_of(text)?;
    let (time, offset_seconds) = time_of(rest)?;
    Some(Parts { date, time, offset_seconds })
}

/// Takes the date off the front: three groups of digits or a month's name.
fn date_of(text: &str) -> Option<(DateParts, &str)> {
    let mut rest = skip_weekday(text);
    let mut groups: [&str; 3] = [""; 3];
    for (index, group) in groups.iter_mut().enumerate() {
        if index > 0 {
            rest = rest.trim_start_matches(['/', '-', '.', ' ', ',', '\u{a0}', '\u{202f}']);
        }
        let is_number = rest.starts_with(|c: char| c.is_ascii_digit());
        let end =
            rest.find(|c: char| if is_number { !c.is_ascii_digit() } else { !c.is_alphabetic() });
        let end = end.unwrap_or(rest.len());
        (*group, rest) = rest.split_at(end);
        if group.is_empty() || group.len() > 12 {
            return None;
        }
        if is_number {
            let ordinal = ["st ", "nd ", "rd ", "th "];
            rest = ordinal.iter().find_map(|o| rest.strip_prefix(o)).unwrap_or(rest);
        }
    }
    let number = |text: &str| text.parse::<u32>().ok();
    let [a, b, c] = groups;
    let date = match (number(a), number(b), number(c)) {
        (Some(year), Some(month), Some(day)) if a.len() == 4 && b.len() <= 2 && c.len() <= 2 => {
            DateParts::Sure(i32::try_from(year).ok()?, month, day)
        }
        (Some(first), Some(second), Some(_)) if a.len() <= 2 && b.len() <= 2 => {
            DateParts::Either(first, second, year_of(c)?)
        }
        (Some(day), None, Some(_)) if a.len() <= 2 => {
            DateParts::Sure(year_of(c)?, month_of(b)?, day)
        }
        (Some(_), None, Some(day)) if a.len() == 4 => {
            DateParts::Sure(year_of(a)?, month_of(b)?, day)
        }
        (None, Some(day), Some(_)) => DateParts::Sure(year_of(c)?, month_of(a)?, day),
        _ => return None,
    };
    Some((date, rest))
}

fn skip_weekday(text: &str) -> &str {
    let word = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    if word.is_empty() || month_of(word).is_some() {
        return text;
    }
    text[word.len()..].trim_start_matches(['.', ',', ' '])
}

fn year_of(text: &str) -> Option<i32> {
    let year: i32 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 => Some(if year < 70 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

fn month_of(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let names = MONTHS.iter().find(|(name, _)| *name == word);
    names.map(|(_, month)| *month)
}

/// Reads what follows the date: a time, AM or PM, an offset. Nothing at all is midnight.
fn time_of(text: &str) -> Option<(NaiveTime, Option<i32>)> {
    let text = text.trim_start_matches(|c: char| {
        c.is_whitespace() || c == ',' || c == '\u{a0}' || c == '\u{202f}'
    });
    let text = text.strip_prefix('T').or_else(|| text.strip_prefix("om ")).unwrap_or(text);
    let text = text.strip_prefix("at ").or_else(|| text.strip_prefix("à ")).unwrap_or(text);
    if text.is_empty() {
        return Some((NaiveTime::MIN, None));
    }
    let end =
        text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ',' | 'h' | 'u')));
    let (clock, rest) = text.split_at(end.unwrap_or(text.len()));
    let mut numbers = clock.split([':', '.', ',', 'h', 'u']);
    let hour: u32 = numbers.next()?.parse().ok()?;
    let minute: u32 = numbers.next().filter(|m| !m.is_empty()).unwrap_or("0").parse().ok()?;
    let second: u32 = numbers.next().filter(|s| !s.is_empty()).unwrap_or("0").parse().ok()?;
    let fraction = numbers.next().unwrap_or("0");
    let nanos = format!("{:0<9}", fraction.get(..9).unwrap_or(fraction)).parse().ok()?;
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{202f}');
    let (half, rest) = half_of_day(rest);
    let hour = match (half, hour) {
        (Some(true), 1..=11) => hour + 12,
        (Some(false), 12) => 0,
        _ => hour,
    };
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?;
    Some((time, offset_of(rest)?))
}

/// Whether it is the afternoon, if the text says so.
fn half_of_day(text: &str) -> (Option<bool>, &str) {
    let lower = text.to_ascii_lowercase();
    for (mark, afternoon) in [("a.m.", false), ("p.m.", true), ("am", false), ("pm", true)] {
        if lower.starts_with(mark) {
            return (Some(afternoon), text[mark.len()..].trim_start());
        }
    }
    (None, text)
}

/// The offset in seconds; the outer `None` says that the text is no offset.
fn offset_of(text: &str) -> Option<Option<i32>> {
    let text = text.trim().trim_start_matches("GMT").trim_start_matches("UTC").trim();
    match text {
        "" => return Some(None),
        "Z" | "z" => return Some(Some(0)),
        "CET" | "MEZ" => return Some(Some(3_600)),
        "CEST" | "MESZ" => return Some(Some(7_200)),
        _ => {}
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let all_digits = digits.bytes().all(|b| b.is_ascii_digit());
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 if all_digits => (digits.parse().ok()?, 0),
        4 if all_digits => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(Some(sign * (hours * 3_600 + minutes * 60)))
}

/// Months in English, Dutch, French and German, in full and as Java and Excel shorten them.
const MONTHS: &[(&str, u32)] = &[
    ("jan", 1),
    ("january", 1),
    ("januari", 1),
    ("janv", 1),
    ("janvier", 1),
    ("januar", 1),
    ("jän", 1),
    ("jänner", 1),
    ("feb", 2),
    ("february", 2),
    ("februari", 2),
    ("févr", 2),
    ("fév", 2),
    ("février", 2),
    ("februar", 2),
    ("fevr", 2),
    ("mar", 3),
    ("march", 3),
    ("mrt", 3),
    ("maart", 3),
    ("mars", 3),
    ("mär", 3),
    ("märz", 3),
    ("mrz", 3),
    ("apr", 4),
    ("april", 4),
    ("avr", 4),
    ("avril", 4),
    ("may", 5),
    ("mei", 5),
    ("mai", 5),
    ("jun", 6),
    ("june", 6),
    ("juni", 6),
    ("juin", 6),
    ("jul", 7),
    ("july", 7),
    ("juli", 7),
    ("juil", 7),
    ("juillet", 7),
    ("aug", 8),
    ("august", 8),
    ("augustus", 8),
    ("août", 8),
    ("aout", 8),
    ("sep", 9),
    ("sept", 9),
    ("september", 9),
    ("septembre", 9),
    ("oct", 10),
    ("october", 10),
    ("okt", 10),
    ("oktober", 10),
    ("octobre", 10),
    ("nov", 11),
    ("november", 11),
    ("novembre", 11),
    ("dec", 12),
    ("december", 12),
    ("déc", 12),
    ("décembre", 12),
    ("dez", 12),
    ("dezember", 12),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str, order: DateOrder) -> String {
        let moment = parse(text, order, Tz::Europe__Brussels);
        moment.map_or_else(|| "none".to_owned(), |t| t.format("%Y-%m-%dT%H:%M:%S").to_string())
    }

    #[test]
    fn the_forms_of_exports_are_read() {
        use DateOrder::{DayFirst, MonthFirst};
        let cases = [
            ("24/Nov/25 3:04 PM", DayFirst, "2025-11-24T14:04:00"),
            ("24/nov/25 15:04", DayFirst, "2025-11-24T14:04:00"),
            ("24/nov./25 15:04", DayFirst, "2025-11-24T14:04:00"),
            ("3/mrt/25 09:00", DayFirst, "2025-03-03T08:00:00"),
            ("3 mei 2025 09:00", DayFirst, "2025-05-03T07:00:00"),
            ("ma 3 maart 2025 om 9u05", DayFirst, "2025-03-03T08:05:00"),
            ("12. März 2025 08:00", DayFirst, "2025-03-12T07:00:00"),
            ("12 févr. 2025 à 08h15", DayFirst, "2025-02-12T07:15:00"),
            ("3/4/2025", DayFirst, "2025-04-02T22:00:00"),
            ("3/4/2025", MonthFirst, "2025-03-03T23:00:00"),
            ("3/14/2025 1:02 AM", DayFirst, "2025-03-14T00:02:00"),
            ("24/11/2025 12:30 AM", MonthFirst, "2025-11-23T23:30:00"),
            ("29/2/2016 01:16", DayFirst, "2016-02-29T00:16:00"),
            ("24-11-2025 15:04:05", DayFirst, "2025-11-24T14:04:05"),
            ("24.11.2025 15:04", DayFirst, "2025-11-24T14:04:00"),
            ("2025-11-24", DayFirst, "2025-11-23T23:00:00"),
            ("2025-11-24 15:04:05", DayFirst, "2025-11-24T14:04:05"),
            ("2025-11-24 15:04:05.123456", DayFirst, "2025-11-24T14:04:05"),
            ("2025-11-24T15:04:05Z", DayFirst, "2025-11-24T15:04:05"),
            ("2025-11-24T15:04:05.000+0200", DayFirst, "2025-11-24T13:04:05"),
            ("2025-11-24 15:04:05-05:00", DayFirst, "2025-11-24T20:04:05"),
            ("2025/11/24 15:04", DayFirst, "2025-11-24T14:04:00"),
            ("Mon, 24 Nov 2025 15:04:05 +0100", DayFirst, "2025-11-24T14:04:05"),
            ("Nov 24, 2025 03:04 PM", DayFirst, "2025-11-24T14:04:00"),
            ("November 24th 2025", DayFirst, "2025-11-23T23:00:00"),
            ("1764000000", DayFirst, "2025-11-24T16:00:00"),
            ("1764000000000", DayFirst, "2025-11-24T16:00:00"),
            ("31/02/2025", DayFirst, "none"),
            ("2025-13-01", DayFirst, "none"),
            ("OPS-12", DayFirst, "none"),
            ("12", DayFirst, "none"),
            ("10.0.0.12", DayFirst, "none"),
            ("", DayFirst, "none"),
        ];
        for (text, order, expected) in cases {
            assert_eq!(iso(text, order), expected, "{text} {order:?}");
        }
    }

    #[test]
    fn clock_changes_lose_no_time_and_repeat_none() {
        let order = DateOrder::DayFirst;
        assert_eq!(iso("2025-03-30 02:30", order), "2025-03-30T01:30:00");
        assert_eq!(iso("2025-10-26 02:30", order), "2025-10-26T00:30:00");
        assert_eq!(iso("2025-10-26 03:30", order), "2025-10-26T02:30:00");
    }

    #[test]
    fn a_column_tells_day_from_month_by_all_its_values() {
        let column = |values: &[&str]| {
            let mut column = DateColumn::default();
            values.iter().for_each(|value| column.observe(value));
            (column.order(), column.ambiguous())
        };
        use DateOrder::{DayFirst, MonthFirst};
        assert_eq!(column(&["3/4/2025", "14/4/2025", "2025-04-05"]), (DayFirst, 0));
        assert_eq!(column(&["3/4/2025", "4/14/2025"]), (MonthFirst, 0));
        assert_eq!(column(&["3/4/2025", "5/6/2025", "7/7/2025"]), (DayFirst, 2));
        assert_eq!(column(&["3/4/2025", "4/14/2025", "14/4/2025"]), (DayFirst, 1));
        assert_eq!(column(&["24/Nov/25", "3/mrt/25"]), (DayFirst, 0));
    }
}
