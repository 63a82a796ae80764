//! What the asker fills in, held against what can be asked.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kompel_model::LeaverPerson;
use sha2::{Digest as _, Sha256};

use super::Doubt;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wish {
    /// Who leaves: a name, a mail address or a login, at least one of them.
    pub person: LeaverPerson,
    /// The last day of work; `None`: at once.
    pub last_day: Option<NaiveDate>,
    /// Why, and which ticket.
    pub reason: Option<String>,
    /// The doubts that the asker has cleared up, by [`Wish::mark`].
    sure: BTreeSet<String>,
}

/// The fields as they were sent; shown again where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fields {
    pub(super) name: String,
    pub(super) key: String,
    /// `day`, `now` or nothing.
    pub(super) when: String,
    pub(super) day: String,
    pub(super) reason: String,
    /// The account that is meant among several.
    pub(super) meant: String,
    /// Of whom it was chosen, by [`Fields::about`]: of anybody else it means nothing.
    pub(super) meant_of: String,
    pub(super) sure: BTreeSet<String>,
    pub(super) csrf: String,
    pub(super) lang: String,
}

/// What is wrong with a field: the field, and the message that says it.
pub(super) type Mistake = (&'static str, &'static str);

impl Fields {
    /// Takes the pairs of a form in; what it does not know it leaves.
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        let mut fields = Self::default();
        for (name, value) in pairs {
            let value = value.trim();
            let field = match name.as_str() {
                "name" => &mut fields.name,
                "key" => &mut fields.key,
                "when" => &mut fields.when,
                "day" => &mut fields.day,
                "reason" => &mut fields.reason,
                "meant" => &mut fields.meant,
                "meant_of" => &mut fields.meant_of,
                "csrf" => &mut fields.csrf,
                "lang" => &mut fields.lang,
                "sure" if fields.sure.len() < MOST_SURE && value.len() <= LONGEST_KEY => {
                    fields.sure.insert(value.to_owned());
                    continue;
                }
                _ => continue,
            };
            value.clone_into(field);
        }
        if fields.meant_of != fields.about() {
            fields.meant.clear();
        }
        fields
    }

    /// What stands for the person that is asked for.
    pub(super) fn about(&self) -> String {
        short(&format!("{:?} {:?}", self.name, self.key))
    }

    /// The wish, or what is wrong with the fields, in their order.
    pub(super) fn wish(&self) -> Result<Wish, Vec<Mistake>> {
        let mut wrong: Vec<Mistake> = Vec::new();
        let mut person = LeaverPerson::default();
        if self.name.is_empty() && self.key.is_empty() {
            wrong.push(("name", "form-wrong-nobody"));
        }
        if !plain(&self.name, LONGEST_NAME) {
            wrong.push(("name", "form-wrong-name"));
        } else if !self.name.is_empty() {
            person.name = Some(self.name.clone());
        }
        let meant = Some(self.meant.as_str()).filter(|meant| !meant.is_empty() && *meant != UNSURE);
        for (key, of) in [(self.key.as_str(), "key"), (meant.unwrap_or_default(), "meant")] {
            if !plain(key, LONGEST_KEY) || key.contains(char::is_whitespace) {
                wrong.push((of, "form-wrong-key"));
            } else if key.contains('@') {
                person.mails.push(key.to_owned());
            } else if !key.is_empty() {
                person.logins.push(key.to_owned());
            }
        }
        person.mails.dedup();
        person.logins.dedup();
        let last_day = match (self.when.as_str(), self.day.parse::<NaiveDate>()) {
            ("now", _) => None,
            ("day", Ok(day)) if self.day.len() == ISO_DAY => Some(day),
            ("day", _) => {
                wrong.push(("day", "form-wrong-day"));
                None
            }
            _ => {
                wrong.push(("when", "form-wrong-when"));
                None
            }
        };
        if !plain(&self.reason, LONGEST_REASON) {
            wrong.push(("reason", "form-wrong-reason"));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let reason = Some(self.reason.clone()).filter(|reason| !reason.is_empty());
        let mut wish = Wish { person, last_day, reason, sure: self.sure.clone() };
        // What is still doubtful after a choice is asked of the approver.
        if !self.meant.is_empty() {
            let mark = wish.mark(&Doubt::Several(Vec::new()));
            wish.sure.insert(mark);
        }
        Ok(wish)
    }
}

impl Wish {
    /// A wish for this person, with nothing cleared up.
    pub fn new(person: LeaverPerson, last_day: Option<NaiveDate>, reason: Option<String>) -> Self {
        Self { person, last_day, reason, sure: BTreeSet::new() }
    }

    /// True if the asker has cleared this doubt up, for this person and day.
    pub fn is_sure(&self, doubt: &Doubt) -> bool {
        self.sure.contains(&self.mark(doubt))
    }

    /// What stands for a doubt that is cleared up. Of another person or day it means nothing.
    pub(super) fn mark(&self, doubt: &Doubt) -> String {
        let about = match doubt {
            Doubt::PastDay(day) | Doubt::FarDay(day) => format!("day {day}"),
            Doubt::LeftBefore { run, .. } => format!("left {run}"),
            Doubt::Nobody => format!("nobody {}", self.whom()),
            Doubt::Several(_) => format!("several {}", self.whom()),
        };
        short(&about)
    }

    fn whom(&self) -> String {
        let LeaverPerson { name, mails, logins } = &self.person;
        format!("{name:?} {mails:?} {logins:?}")
    }
}

fn short(text: &str) -> String {
    let digest = Sha256::digest(text.to_lowercase());
    digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// True if a text is short enough and has no control characters but line breaks in it.
fn plain(text: &str, longest: usize) -> bool {
    let ends = |c: char| matches!(c, '\n' | '\r') && longest == LONGEST_REASON;
    text.chars().count() <= longest && text.chars().all(|c| !c.is_control() || ends(c))
}

/// "I am not sure which of them": what `meant` holds then.
pub(super) const UNSURE: &str = "?";
const MOST_SURE: usize = 8;
const ISO_DAY: usize = 10;
/// The same bounds as the playbook's.
const LONGEST_NAME: usize = 200;
const LONGEST_KEY: usize = 320;
const LONGEST_REASON: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::of(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn a_wish_names_somebody_and_a_moment() {
        let filled = fields(&[
            ("name", " Jan Janssen "),
            ("key", "jan@acme.test"),
            ("when", "day"),
            ("day", "2026-03-31"),
            ("reason", "HR-12\r\nends"),
            ("unknown", "x"),
        ]);
        let wish = filled.wish().unwrap();
        assert_eq!(wish.person.name.as_deref(), Some("Jan Janssen"));
        assert_eq!((wish.person.mails.len(), wish.person.logins.len()), (1, 0));
        assert_eq!(wish.last_day, "2026-03-31".parse().ok());
        let at_once = fields(&[("key", "jjanssen"), ("when", "now"), ("day", "2026-03-31")]);
        let wish = at_once.wish().unwrap();
        assert_eq!((wish.last_day, &wish.person.logins[0][..]), (None, "jjanssen"));
    }

    #[test]
    fn what_cannot_be_asked_is_told_field_by_field() {
        let (long, j) = ("x".repeat(1_001), fields(&[("key", "j")]).about());
        for (pairs, wrong) in [
            (&[("when", "now")][..], &["name"][..]),
            (&[("name", "Jan")], &["when"]),
            (&[("name", "Jan"), ("when", "day"), ("day", "31/03/2026")], &["day"]),
            (&[("name", "Jan"), ("when", "day"), ("day", "+02026-03-1")], &["day"]),
            (&[("name", "Jan\u{7}"), ("when", "now")], &["name"]),
            (&[("key", "jan janssen"), ("when", "now")], &["key"]),
            (&[("key", "j"), ("meant", "a b"), ("meant_of", &j), ("when", "now")], &["meant"]),
            (&[("name", long.as_str()), ("reason", long.as_str())], &["name", "when", "reason"]),
        ] {
            let told: Vec<_> =
                fields(pairs).wish().unwrap_err().iter().map(|(of, _)| *of).collect();
            assert_eq!(told, wrong, "{pairs:?}");
        }
    }

    #[test]
    fn a_doubt_stays_cleared_up_for_this_person_and_day_only() {
        let jan = [("name", "Jan"), ("when", "day"), ("day", "2020-01-01")];
        let wish = fields(&jan).wish().unwrap();
        let (past, nobody) = (Doubt::PastDay("2020-01-01".parse().unwrap()), Doubt::Nobody);
        assert!(!wish.is_sure(&past) && !wish.is_sure(&nobody));
        let (mark, other) = (wish.mark(&past), wish.mark(&nobody));
        let sure = [&jan[..], &[("sure", &mark), ("sure", &other)]].concat();
        let wish = fields(&sure).wish().unwrap();
        assert!(wish.is_sure(&past) && wish.is_sure(&nobody));
        assert!(!wish.is_sure(&Doubt::PastDay("2020-01-02".parse().unwrap())));
        let piet = [&[("name", "Piet")], &sure[1..]].concat();
        assert!(!fields(&piet).wish().unwrap().is_sure(&nobody));
        let of = fields(&jan).about();
        let chosen = [("meant", "jan@acme.test"), ("meant_of", of.as_str())];
        let wish = fields(&[&jan[..], &chosen].concat()).wish().unwrap();
        assert_eq!(wish.person.mails, ["jan@acme.test"]);
        let changed = fields(&[&piet[..], &chosen].concat()).wish().unwrap();
        assert!(changed.person.mails.is_empty(), "chosen for somebody else");
        let unsure = [&jan[..], &[("meant", UNSURE), chosen[1]]].concat();
        assert!(fields(&unsure).wish().unwrap().is_sure(&Doubt::Several(Vec::new())));
    }
}
