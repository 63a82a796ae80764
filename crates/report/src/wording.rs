//! Phrases and numbers in Dutch and English.
//!
//! Messages come from `/locales/<language>/*.ftl`, compiled in. Fluent isolates no arguments here:
//! the marks it would add show up in terminals and PDFs.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use fluent_templates::fluent_bundle::{FluentValue, types::FluentNumber};
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};
use kompel_model::{Arg, Language, Phrase};

static_loader! {
    static LOCALES = {
        locales: "../../locales",
        fallback_language: "en",
        customise: |bundle| {
            bundle.set_use_isolating(false);
            let dutch = bundle.locales.first() == Some(&NL);
            bundle.set_formatter(Some(if dutch {
                |value, _| formatted(value, Marks::DUTCH)
            } else {
                |value, _| formatted(value, Marks::ENGLISH)
            }));
        },
    };
}

/// Words phrases in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wording {
    language: Language,
}

/// The wording in `language`.
pub fn wording(language: Language) -> Wording {
    Wording::new(language)
}

impl Wording {
    /// The wording in `language`; Dutch and English are spoken, for others English stands in.
    pub fn new(language: Language) -> Self {
        match language {
            Language::Nl => Self { language: Language::Nl },
            Language::En | Language::Fr | Language::De => Self { language: Language::En },
        }
    }

    /// The language spoken: Dutch or English.
    pub fn language(self) -> Language {
        self.language
    }

    /// The sentence; for an id without a message, the id in brackets.
    pub fn say(self, phrase: &Phrase) -> String {
        let args: HashMap<Cow<'static, str>, FluentValue<'_>> = phrase
            .args
            .iter()
            .map(|(name, arg)| (Cow::Owned(name.clone()), self.value(arg)))
            .collect();
        LOCALES
            .try_lookup_with_args(self.identifier(), &phrase.id, &args)
            .unwrap_or_else(|| format!("[{}]", phrase.id))
    }

    /// The message without arguments.
    pub fn word(self, id: &str) -> String {
        LOCALES.try_lookup(self.identifier(), id).unwrap_or_else(|| format!("[{id}]"))
    }

    /// A number as the language writes it: at most two decimals below 1, one below 100, else none.
    pub fn number(self, value: f64) -> String {
        self.marks().write(value, 0, decimals(value))
    }

    /// A share of 0..1 as a percentage without decimals.
    pub fn percent(self, share: f64) -> String {
        let number = self.marks().write(share * 100.0, 0, 0);
        if self.language == Language::Nl {
            format!("{number}\u{A0}%")
        } else {
            format!("{number}%")
        }
    }

    /// A date in words ("30 juni 2026").
    pub fn date(self, date: NaiveDate) -> String {
        format!("{} {} {}", date.day(), self.month_name(date), date.year())
    }

    /// A date with the month shortened ("30 jun 2026").
    pub fn short_date(self, date: NaiveDate) -> String {
        format!("{} {}", date.day(), self.month(date))
    }

    /// A month's name ("juni").
    pub fn month_name(self, date: NaiveDate) -> String {
        self.word(MONTHS[date.month0() as usize])
    }

    /// A month's short name and its year ("jun 2026").
    pub fn month(self, date: NaiveDate) -> String {
        format!("{} {}", self.word(SHORT_MONTHS[date.month0() as usize]), date.year())
    }

    fn value(self, arg: &Arg) -> FluentValue<'_> {
        match arg {
            Arg::Number(number) => FluentValue::from(*number),
            Arg::Text(text) => FluentValue::from(text.as_str()),
            Arg::Phrase(phrase) => FluentValue::from(self.say(phrase)),
        }
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        if self.language == Language::Nl { &NL } else { &EN }
    }

    fn marks(self) -> Marks {
        if self.language == Language::Nl { Marks::DUTCH } else { Marks::ENGLISH }
    }
}

/// The decimal mark and the mark between thousands.
#[derive(Clone, Copy)]
struct Marks {
    decimal: char,
    thousands: char,
}

impl Marks {
    const DUTCH: Self = Self { decimal: ',', thousands: '.' };
    const ENGLISH: Self = Self { decimal: '.', thousands: ',' };

    /// Writes `value` with between `least` and `most` decimals, trailing zeros left out.
    fn write(self, value: f64, least: usize, most: usize) -> String {
        if !value.is_finite() {
            return "?".to_owned();
        }
        let most = most.min(MOST_DECIMALS);
        // Halves go up, as in the JSON: 4.55 is 4.6 there, and a plain format would say 4.5.
        let factor = 10_f64.powi(i32::try_from(most).unwrap_or_default());
        let rounded = (value * factor).round() / factor;
        let rounded = if rounded.is_finite() { rounded } else { value };
        let plain = format!("{rounded:.most$}");
        let (sign, plain) = match plain.strip_prefix('-') {
            Some(rest) if rest.bytes().any(|b| (b'1'..=b'9').contains(&b)) => ("-", rest),
            Some(rest) => ("", rest),
            None => ("", plain.as_str()),
        };
        let (whole, decimals) = plain.split_once('.').unwrap_or((plain, ""));
        let mut kept = decimals.trim_end_matches('0').to_owned();
        while kept.len() < least.min(most) {
            kept.push('0');
        }
        let mut text = String::from(sign);
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push(self.thousands);
            }
            text.push(digit);
        }
        if !kept.is_empty() {
            text.push(self.decimal);
            text.push_str(&kept);
        }
        text
    }
}

/// Fluent's numbers as the language writes them; the message's own options go first.
fn formatted(value: &FluentValue<'_>, marks: Marks) -> Option<String> {
    let FluentValue::Number(FluentNumber { value, options }) = value else { return None };
    let most = options.maximum_fraction_digits.unwrap_or_else(|| decimals(*value));
    let least = options.minimum_fraction_digits.unwrap_or(0);
    Some(marks.write(*value, least, most.max(least)))
}

/// How many decimals a number is worth.
fn decimals(value: f64) -> usize {
    match value.abs() {
        size if size < 1.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    }
}

static NL: LanguageIdentifier = langid!("nl");
static EN: LanguageIdentifier = langid!("en");

const MOST_DECIMALS: usize = 6;

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8",
    "month-9", "month-10", "month-11", "month-12",
];
const SHORT_MONTHS: [&str; 12] = [
    "month-short-1",
    "month-short-2",
    "month-short-3",
    "month-short-4",
    "month-short-5",
    "month-short-6",
    "month-short-7",
    "month-short-8",
    "month-short-9",
    "month-short-10",
    "month-short-11",
    "month-short-12",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_does() {
        let cases = [
            (0.0, "0", "0"),
            (0.834, "0,83", "0.83"),
            (9.5, "9,5", "9.5"),
            (4.55, "4,6", "4.6"),
            (9.0, "9", "9"),
            (26.04, "26", "26"),
            (212.4, "212", "212"),
            (4312.0, "4.312", "4,312"),
            (1_234_567.0, "1.234.567", "1,234,567"),
            (-0.001, "0", "0"),
            (-1500.0, "-1.500", "-1,500"),
            (f64::NAN, "?", "?"),
            (f64::INFINITY, "?", "?"),
        ];
        for (value, dutch, english) in cases {
            assert_eq!(wording(Language::Nl).number(value), dutch);
            assert_eq!(wording(Language::En).number(value), english);
        }
    }

    #[test]
    fn numbers_inside_phrases_are_written_as_the_language_does() {
        let phrase = Phrase::new("map-hours").number("hours", 1234.5);
        assert!(wording(Language::Nl).say(&phrase).contains("1.235"), "Dutch");
        assert!(wording(Language::En).say(&phrase).contains("1,235"), "English");
        let phrase = Phrase::new("map-hours").number("hours", 2.25);
        assert!(wording(Language::Nl).say(&phrase).contains("2,3"), "Dutch");
    }

    #[test]
    fn an_id_without_a_message_is_shown_in_brackets() {
        assert_eq!(wording(Language::Nl).say(&Phrase::new("no-such-id")), "[no-such-id]");
        assert_eq!(wording(Language::En).word("no-such-id"), "[no-such-id]");
    }

    #[test]
    fn french_and_german_fall_back_to_english() {
        for language in [Language::Fr, Language::De] {
            assert_eq!(Wording::new(language).language(), Language::En);
            assert_eq!(wording(language).number(1.5), "1.5");
        }
    }

    #[test]
    fn an_argument_may_be_a_phrase_of_its_own() {
        let inner = Phrase::new("map-hours").number("hours", 2.5);
        let outer = Phrase::new("map-more").arg("count", inner.clone());
        for language in [Language::Nl, Language::En] {
            let words = wording(language);
            assert!(words.say(&outer).contains(&words.say(&inner)), "{}", words.say(&outer));
        }
    }

    #[test]
    fn text_arguments_are_never_read_as_messages() {
        let phrase = Phrase::new("map-more").text("count", "{ map-more } \\u0041 $x");
        assert!(wording(Language::En).say(&phrase).contains("{ map-more } \\u0041 $x"));
    }
}
