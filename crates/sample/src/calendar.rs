//! When the imaginary provider works: Belgian holidays, office hours, quiet weeks.
//!
//! Owns the world's calendar and its local time. Knows nothing of processes.

use chrono::{
    DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday,
};

/// The first and last day of the world, both included.
pub(crate) fn window() -> (NaiveDate, NaiveDate) {
    (day(2025, 1, 1), day(2026, 6, 30))
}

/// Days in the window.
pub(crate) fn window_days() -> u32 {
    let (from, to) = window();
    (to - from).num_days() as u32 + 1
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("constant dates exist")
}

/// Easter Sunday (Gregorian, the anonymous algorithm of Meeus, Jones and Butcher).
fn easter(year: i32) -> NaiveDate {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    day(year, (n / 31) as u32, (n % 31 + 1) as u32)
}

/// True on a Belgian public holiday.
pub(crate) fn is_holiday(date: NaiveDate) -> bool {
    let fixed = [(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)];
    let after_easter = (date - easter(date.year())).num_days();
    fixed.contains(&(date.month(), date.day())) || [1, 39, 50].contains(&after_easter)
}

/// True on a day people work.
pub(crate) fn is_workday(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(date)
}

/// How busy a working day is, 1 = usual: August and the end of the year are quiet.
pub(crate) fn busyness(date: NaiveDate) -> f64 {
    if !is_workday(date) {
        return 0.0;
    }
    let season = match (date.month(), date.day()) {
        (8, _) => 0.55,
        (7, 12..) => 0.75,
        (12, 22..) | (1, 1..=3) => 0.35,
        (9, 1..=15) | (1, 6..=20) => 1.25,
        _ => 1.0,
    };
    season * if date.weekday() == Weekday::Mon { 1.2 } else { 1.0 }
}

/// The moment `minutes` of office time after `from` (09:00 to 17:30 on working days).
pub(crate) fn after_office_minutes(from: NaiveDateTime, minutes: i64) -> NaiveDateTime {
    let mut at = from;
    let mut left = minutes.clamp(0, 60_000);
    for _ in 0..500 {
        let open = at.date().and_time(clock(9, 0));
        let close = at.date().and_time(clock(17, 30));
        if is_workday(at.date()) && at < close {
            at = at.max(open);
            let room = (close - at).num_minutes();
            if left <= room {
                return at + Duration::minutes(left);
            }
            left -= room;
        }
        at = next_day(at.date()).and_time(clock(9, 0))
            + Duration::seconds(i64::from(
                at.time().signed_duration_since(clock(0, 0)).num_seconds() as i32 % 60,
            ));
    }
    at
}

/// The day after.
pub(crate) fn next_day(date: NaiveDate) -> NaiveDate {
    date.checked_add_days(Days::new(1)).unwrap_or(date)
}

/// A time of day.
pub(crate) fn clock(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).expect("constant times exist")
}

/// Brussels time as universal time; the later reading of the hour that comes twice.
pub(crate) fn to_utc(local: NaiveDateTime) -> DateTime<Utc> {
    let zone = chrono_tz::Europe::Brussels;
    zone.from_local_datetime(&local)
        .latest()
        .unwrap_or_else(|| zone.from_utc_datetime(&(local - Duration::hours(1))))
        .with_timezone(&Utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn belgian_holidays_are_known() {
        for (y, m, d) in [
            (2025, 4, 21),
            (2025, 5, 29),
            (2025, 6, 9),
            (2026, 4, 6),
            (2026, 5, 14),
            (2026, 5, 25),
            (2025, 7, 21),
        ] {
            assert!(is_holiday(day(y, m, d)), "{y}-{m}-{d}");
        }
        assert!(!is_holiday(day(2025, 4, 22)));
    }

    #[test]
    fn office_minutes_skip_nights_weekends_and_holidays() {
        let friday = day(2025, 4, 18).and_time(clock(17, 0));
        let after = after_office_minutes(friday, 60);
        assert_eq!(after, day(2025, 4, 22).and_time(clock(9, 30)), "Easter Monday is skipped");
    }

    #[test]
    fn local_time_follows_summer_time() {
        assert_eq!(
            to_utc(day(2025, 7, 1).and_time(clock(12, 0))).to_rfc3339(),
            "2025-07-01T10:00:00+00:00"
        );
        assert_eq!(
            to_utc(day(2025, 1, 7).and_time(clock(12, 0))).to_rfc3339(),
            "2025-01-07T11:00:00+00:00"
        );
    }
}
