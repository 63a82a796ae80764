//! Public holidays: the days off of the countries that Kompel knows.
//!
//! Owns which days are free by law in the whole country. Regional days (Alsace, Bavaria) and
//! habits (the bridge after Ascension) are not here. Hours and weekends are the calendar's.

use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// A country whose holidays are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Country {
    /// Belgium.
    #[default]
    Be,
    /// The Netherlands.
    Nl,
    /// France.
    Fr,
    /// Germany.
    De,
    /// Luxembourg.
    Lu,
}

/// A country that is not known; the message names those that are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown country `{0}` in calendar.country: use BE, NL, FR, DE or LU")]
pub struct UnknownCountry(pub String);

impl Country {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Be, Self::Nl, Self::Fr, Self::De, Self::Lu];

    /// Its two letters (ISO 3166).
    pub fn code(self) -> &'static str {
        match self {
            Self::Be => "BE",
            Self::Nl => "NL",
            Self::Fr => "FR",
            Self::De => "DE",
            Self::Lu => "LU",
        }
    }

    /// True on its public holidays.
    pub(crate) fn is_holiday(self, day: NaiveDate) -> bool {
        self.fixed().contains(&(day.month(), day.day()))
            || self.moving(day)
            || easter(day.year()).is_some_and(|sunday| {
                self.around_easter().iter().any(|n| sunday + Days::new(*n) == day)
                    || (self == Self::De && sunday - Days::new(2) == day)
            })
    }

    /// Days of the same date every year: month and day.
    fn fixed(self) -> &'static [(u32, u32)] {
        match self {
            Self::Be => &[(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)],
            Self::Nl => &[(1, 1), (12, 25), (12, 26)],
            Self::Fr => &[(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)],
            Self::De => &[(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)],
            Self::Lu => &[(1, 1), (5, 1), (6, 23), (8, 15), (11, 1), (12, 25), (12, 26)],
        }
    }

    /// Days after Easter Sunday: Easter Monday, Ascension, Whit Monday, everywhere.
    fn around_easter(self) -> [u64; 3] {
        match self {
            Self::Be | Self::Nl | Self::Fr | Self::De | Self::Lu => [1, 39, 50],
        }
    }

    /// Days that a rule of their own puts or has put there.
    fn moving(self, day: NaiveDate) -> bool {
        let (year, date) = (day.year(), (day.month(), day.day()));
        match self {
            Self::Nl => is_kings_day(day) || (date == (5, 5) && year % 5 == 0),
            Self::Lu => date == (5, 9) && year >= 2019,
            Self::Be | Self::Fr | Self::De => false,
        }
    }
}

/// The king's birthday, the Saturday before if it is a Sunday; before 2014 the queen's, 30 April.
fn is_kings_day(day: NaiveDate) -> bool {
    let birthday = if day.year() >= 2014 { 27 } else { 30 };
    match day.day() {
        _ if day.month() != 4 => false,
        of if of == birthday => day.weekday() != Weekday::Sun,
        of if of + 1 == birthday => day.weekday() == Weekday::Sat,
        _ => false,
    }
}

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|c| c.code().eq_ignore_ascii_case(text.trim()));
        known.ok_or_else(|| UnknownCountry(text.to_owned()))
    }
}

/// Easter Sunday of the Gregorian calendar.
///
/// # Source
/// The anonymous computus (Meeus, Astronomical Algorithms, chapter 8).
fn easter(year: i32) -> Option<NaiveDate> {
    let golden = year.rem_euclid(19);
    let (century, rest) = (year.div_euclid(100), year.rem_euclid(100));
    let leap = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - leap + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late + 114;
    let month = u32::try_from(days / 31).ok()?;
    let day = u32::try_from(days % 31 + 1).ok()?;
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for sunday in ["1999-04-04", "2000-04-23", "2024-03-31", "2025-04-20", "2026-04-05"] {
            assert_eq!(easter(date(sunday).year()), Some(date(sunday)));
        }
    }

    /// All holidays of a year.
    fn check(country: Country, year: i32, expected: &[&str]) {
        let days = date(&format!("{year}-01-01")).iter_days().take_while(|d| d.year() == year);
        let found: Vec<String> = days
            .filter(|d| country.is_holiday(*d))
            .map(|d| d.format("%m-%d").to_string())
            .collect();
        assert_eq!(found, expected, "{country:?} {year}");
    }

    #[test]
    fn each_country_has_the_holidays_of_its_law() {
        check(
            Country::Be,
            2025,
            &[
                "01-01", "04-21", "05-01", "05-29", "06-09", "07-21", "08-15", "11-01", "11-11",
                "12-25",
            ],
        );
        check(Country::Nl, 2026, &["01-01", "04-06", "04-27", "05-14", "05-25", "12-25", "12-26"]);
        check(
            Country::Fr,
            2026,
            &[
                "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01",
                "11-11", "12-25",
            ],
        );
        check(
            Country::De,
            2026,
            &["01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26"],
        );
        check(
            Country::Lu,
            2026,
            &[
                "01-01", "04-06", "05-01", "05-09", "05-14", "05-25", "06-23", "08-15", "11-01",
                "12-25", "12-26",
            ],
        );
    }

    #[test]
    fn days_that_a_rule_moves_are_where_it_puts_them() {
        for (country, day, free) in [
            // 27 April 2025 was a Sunday; Liberation Day is a day off every fifth year.
            (Country::Nl, "2025-04-26", true),
            (Country::Nl, "2025-04-27", false),
            (Country::Nl, "2025-05-05", true),
            (Country::Nl, "2026-05-05", false),
            (Country::Nl, "2013-04-30", true),
            (Country::Nl, "2013-04-27", false),
            (Country::Lu, "2018-05-09", false),
            (Country::Lu, "2019-05-09", true),
            (Country::Be, "2025-04-18", false),
            (Country::De, "2025-04-18", true),
        ] {
            assert_eq!(country.is_holiday(date(day)), free, "{country:?} {day}");
        }
    }

    #[test]
    fn a_country_goes_by_its_letters_and_an_unknown_one_is_told_which_there_are() {
        assert_eq!("nl".parse(), Ok(Country::Nl));
        assert_eq!(" LU".parse(), Ok(Country::Lu));
        let error = "XX".parse::<Country>().unwrap_err().to_string();
        for part in ["`XX`", "calendar.country", "BE, NL, FR, DE or LU"] {
            assert!(error.contains(part), "{error}");
        }
    }
}
