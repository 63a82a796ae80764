//! Working time: the hours and days in which a desk works, in the tenant's zone and country.
//!
//! Owns the calendar only; what is measured with it belongs to the callers.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::Tz;
use kompel_model::Timestamp;

use crate::holidays::Country;

/// Days looked at one by one; longer stretches are scaled.
const LONGEST: i64 = 3_660;

/// Working days from 9:00 to 17:30, Monday to Friday, the country's holidays off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar {
    zone: Tz,
    country: Country,
}

impl Calendar {
    /// The calendar of a country in a zone.
    pub(crate) fn new(zone: Tz, country: Country) -> Self {
        Self { zone, country }
    }

    /// True from Monday to Friday outside the holidays.
    pub(crate) fn is_working_day(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.country.is_holiday(day)
    }

    /// The day it was there.
    pub(crate) fn day(&self, at: Timestamp) -> NaiveDate {
        self.local(at).date()
    }

    /// The day and time it was there.
    pub(crate) fn local(&self, at: Timestamp) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }

    /// True within working hours of a working day.
    pub(crate) fn at_work(&self, at: Timestamp) -> bool {
        let local = self.local(at);
        let (open, close) = hours();
        self.is_working_day(local.date()) && (open..close).contains(&local.time())
    }

    /// Working hours from one moment to a later one; 0 if it is not later.
    pub(crate) fn working_hours_between(&self, from: Timestamp, to: Timestamp) -> f64 {
        if to <= from {
            return 0.0;
        }
        let (from, to) = (self.local(from), self.local(to));
        let days = (to.date() - from.date()).num_days();
        if days > LONGEST {
            return (days as f64) * 5.0 / 7.0 * WORKING_HOURS;
        }
        let (open, close) = hours();
        let minutes: i64 = from
            .date()
            .iter_days()
            .take_while(|day| *day <= to.date())
            .filter(|day| self.is_working_day(*day))
            .map(|day| {
                let begin = from.max(day.and_time(open));
                let end = to.min(day.and_time(close));
                (end - begin).num_seconds().max(0)
            })
            .sum();
        minutes as f64 / 3_600.0
    }

    /// Working days from one day to another, without the first; negative never.
    pub(crate) fn working_days_apart(&self, a: Timestamp, b: Timestamp) -> u32 {
        let (from, to) = (self.day(a.min(b)), self.day(a.max(b)));
        let days = (to - from).num_days();
        if days > 60 {
            return u32::try_from(days).unwrap_or(u32::MAX);
        }
        let count = from.iter_days().skip(1).take_while(|day| *day <= to);
        u32::try_from(count.filter(|day| self.is_working_day(*day)).count()).unwrap_or(u32::MAX)
    }

    /// A local midnight as a moment; where a change of clocks skips it, the same in universal time.
    #[cfg(test)]
    pub(crate) fn moment(&self, local: NaiveDateTime) -> Timestamp {
        use chrono::{DateTime, TimeZone};
        let at: Option<DateTime<Tz>> = self.zone.from_local_datetime(&local).earliest();
        at.map_or_else(|| local.and_utc(), |at| at.to_utc())
    }
}

/// Hours of a working day.
const WORKING_HOURS: f64 = 8.5;

fn hours() -> (NaiveTime, NaiveTime) {
    let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    (time(9, 0), time(17, 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn working_hours_leave_out_nights_weekends_and_holidays() {
        let calendar = Calendar::new(chrono_tz::Europe::Brussels, Country::Be);
        let check = |from: &str, to: &str, hours: f64| {
            let found = calendar.working_hours_between(at(from), at(to));
            assert!((found - hours).abs() < 1e-9, "{from} to {to}: {found}");
        };
        check("2025-03-03T08:00:00Z", "2025-03-03T10:30:00Z", 2.5);
        check("2025-03-03T15:30:00Z", "2025-03-04T09:00:00Z", 2.0);
        check("2025-03-07T15:30:00Z", "2025-03-10T08:30:00Z", 1.5);
        check("2025-07-18T15:00:00Z", "2025-07-22T07:30:00Z", 1.0);
        check("2025-03-04T09:00:00Z", "2025-03-03T09:00:00Z", 0.0);
        // Across the change to summer time: 9:00 is 8:00 UTC before it and 7:00 UTC after.
        check("2025-03-28T16:00:00Z", "2025-03-31T08:00:00Z", 1.5);
    }

    #[test]
    fn another_country_rests_on_other_days() {
        let (from, to) = (at("2025-07-18T15:00:00Z"), at("2025-07-22T07:30:00Z"));
        let hours = |country| {
            Calendar::new(chrono_tz::Europe::Brussels, country).working_hours_between(from, to)
        };
        assert_eq!((hours(Country::Be), hours(Country::Nl)), (1.0, 9.5));
    }
}
