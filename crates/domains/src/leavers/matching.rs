//! Whose account is it? What was found is held against what is known of the person; what does not
//! fit plainly is doubtful, and a person must say who is meant.
//!
//! Owns the rules: an address is proof; a login is, unless an address or a name speaks against it; a
//! name alone is only if everything found by it hangs together.

use std::collections::BTreeSet;

use kompel_model::{Account, PersonQuery};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::finding::{By, Hit};

/// What is known of the person, in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    name: Option<String>,
    mails: BTreeSet<String>,
    logins: BTreeSet<String>,
    /// Those of the logins that the requester or a directory tells.
    sure: BTreeSet<String>,
}

impl Known {
    pub(super) fn of(person: &PersonQuery) -> Self {
        let lower = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect();
        Self {
            name: person.name.clone(),
            mails: lower(&person.mails),
            logins: lower(&person.logins),
            sure: lower(&person.logins),
        }
    }

    /// What to ask for that was not asked for before.
    pub(super) fn beyond(&self, asked: &Self) -> PersonQuery {
        PersonQuery {
            name: None,
            mails: self.mails.difference(&asked.mails).take(MOST_TERMS).cloned().collect(),
            logins: self.logins.difference(&asked.logins).take(MOST_TERMS).cloned().collect(),
        }
    }

    /// Everything that can be asked for.
    pub(super) fn everything(&self) -> PersonQuery {
        PersonQuery { logins: self.logins(), ..self.person() }
    }

    /// The person, with the logins that are sure.
    pub(super) fn person(&self) -> PersonQuery {
        PersonQuery {
            name: self.name.clone(),
            mails: self.mails.iter().take(MOST_TERMS).cloned().collect(),
            logins: self.sure(),
        }
    }

    /// True if this account has another address than the person.
    pub(super) fn speaks_against(&self, account: &Account) -> bool {
        mail_of(account).is_some_and(|mail| !self.mails.contains(&mail))
    }

    pub(super) fn sure(&self) -> Vec<String> {
        self.sure.iter().take(MOST_TERMS).cloned().collect()
    }

    pub(super) fn logins(&self) -> Vec<String> {
        self.logins.iter().take(MOST_TERMS).cloned().collect()
    }

    fn learn(&mut self, hit: &Hit) {
        let account = &hit.account;
        if hit.directory {
            self.sure.insert(account.login.to_lowercase());
        }
        self.mails.extend(account.mail.iter().map(|mail| mail.to_lowercase()));
        self.logins.insert(account.login.to_lowercase());
        if account.login.contains('@') {
            self.mails.insert(account.login.to_lowercase());
        }
    }

    /// Judges what was found, and learns the addresses and logins of what is certain; gives for
    /// each hit whether it is the person's. Hits that only come close are not for here.
    pub(super) fn judge(&mut self, hits: &[&Hit]) -> Vec<bool> {
        if self.mails.is_empty() && self.logins.is_empty() {
            return self.by_name(hits);
        }
        // Addresses first: what they lead to tells which other addresses are the person's.
        let mut theirs = vec![false; hits.len()];
        for (at, hit) in hits.iter().enumerate().filter(|(_, hit)| hit.by == By::Mail) {
            theirs[at] = self.name_fits(&hit.account);
            if theirs[at] {
                self.learn(hit);
            }
        }
        let by_login: Vec<usize> = (0..hits.len()).filter(|at| hits[*at].by != By::Mail).collect();
        // Nothing but logins is known: accounts of several addresses may be several people's.
        let addresses: BTreeSet<String> =
            by_login.iter().filter_map(|at| mail_of(&hits[*at].account)).collect();
        let apart = self.mails.is_empty() && addresses.len() > 1;
        let other = |hit: &Hit| {
            let mail = mail_of(&hit.account);
            mail.is_some_and(|mail| !self.mails.is_empty() && !self.mails.contains(&mail))
        };
        let login_of = |hit: &Hit| hit.account.login.to_lowercase();
        // A login that a directory gives to somebody else, and none to this person.
        let directories = |theirs: &[bool], yes: bool| -> BTreeSet<String> {
            let all = hits.iter().zip(theirs).filter(|(hit, _)| hit.directory);
            let judged = all.filter(|(hit, theirs)| if yes { **theirs } else { other(hit) });
            judged.map(|(hit, _)| login_of(hit)).collect()
        };
        let (own, others) = (directories(&theirs, true), directories(&theirs, false));
        for at in by_login {
            let hit = hits[at];
            let login = login_of(hit);
            let contested = hit.account.mail.is_none()
                && others.contains(&login)
                && !own.contains(&login)
                && !self.sure.contains(&login);
            theirs[at] = !apart && !other(hit) && !contested && self.name_fits(&hit.account);
        }
        let certain: Vec<_> = hits.iter().zip(&theirs).filter(|(_, theirs)| **theirs).collect();
        certain.into_iter().for_each(|(hit, _)| self.learn(hit));
        theirs
    }

    /// Nothing but a name is known: it is certain only if everything that was found hangs together
    /// by an address or a login.
    fn by_name(&mut self, hits: &[&Hit]) -> Vec<bool> {
        let accounts: Vec<&Account> = hits.iter().map(|hit| &hit.account).collect();
        let certain = one_person(&accounts);
        if certain {
            hits.iter().for_each(|hit| self.learn(hit));
        }
        vec![certain; hits.len()]
    }

    /// True unless the account's name has no word in common with the person's.
    fn name_fits(&self, account: &Account) -> bool {
        let (Some(name), Some(theirs)) = (&self.name, &account.name) else { return true };
        let (one, other) = (words(name), words(theirs));
        one.is_empty() || other.is_empty() || !one.is_disjoint(&other)
    }
}

fn mail_of(account: &Account) -> Option<String> {
    account.mail.as_ref().map(|mail| mail.to_lowercase())
}

/// True if there is one address at most, and each account hangs together with another.
fn one_person(accounts: &[&Account]) -> bool {
    let addresses: BTreeSet<String> = accounts.iter().filter_map(|one| mail_of(one)).collect();
    if addresses.len() > 1 {
        return false;
    }
    let Some((first, rest)) = accounts.split_first() else { return true };
    let (mut joined, mut apart) = (vec![*first], rest.to_vec());
    while let Some(at) = apart.iter().position(|one| joined.iter().any(|other| linked(one, other)))
    {
        joined.push(apart.remove(at));
    }
    apart.is_empty()
}

/// True for one address, or for one login where one of the two has no address.
fn linked(one: &Account, other: &Account) -> bool {
    match (mail_of(one), mail_of(other)) {
        (Some(one), Some(other)) => one == other,
        (Some(mail), None) | (None, Some(mail)) => {
            let logins = [&one.login, &other.login].map(|login| login.to_lowercase());
            logins[0] == logins[1] || logins.contains(&mail)
        }
        (None, None) => one.login.to_lowercase() == other.login.to_lowercase(),
    }
}

/// The words of a name, in lower case and without accents; particles and initials say nothing.
fn words(name: &str) -> BTreeSet<String> {
    let plain: String = name
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let says = |word: &&str| word.chars().count() > 1 && !PARTICLES.contains(word);
    plain.split_whitespace().filter(says).map(str::to_owned).collect()
}

const PARTICLES: [&str; 11] =
    ["van", "de", "der", "den", "von", "le", "la", "el", "ben", "du", "ten"];

/// The most addresses, and logins, that are asked for.
const MOST_TERMS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(by: By, login: &str, name: &str, mail: &str) -> Hit {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let account = Account {
            id: format!("{login} {mail}"),
            login: login.to_owned(),
            name: text(name),
            mail: text(mail),
            enabled: Some(true),
            sessions: None,
            facts: serde_json::Map::new(),
        };
        Hit { account, by, near: false, directory: false }
    }

    fn person(name: &str, mails: &[&str], logins: &[&str]) -> Known {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
        let name = (!name.is_empty()).then(|| name.to_owned());
        Known::of(&PersonQuery { name, mails: texts(mails), logins: texts(logins) })
    }

    /// What is asked, the request, what was found, and which of it is that person's.
    type Judged = (&'static str, Known, Vec<Hit>, Vec<bool>);

    fn holds(cases: Vec<Judged>) {
        for (says, mut known, hits, theirs) in cases {
            let all: Vec<&Hit> = hits.iter().collect();
            assert_eq!(known.judge(&all), theirs, "{says}");
        }
    }

    #[test]
    fn whose_account_an_address_or_login_is() {
        use By::{Login, Mail};
        let jan = "jan@a.test";
        holds(vec![
            (
                "an address is proof, and its account's login too",
                person("", &[jan], &[]),
                vec![hit(Mail, "jjanssen", "Jan Janssen", jan), hit(Login, "jjanssen", "", "")],
                vec![true, true],
            ),
            (
                "a login with another address is somebody else's",
                person("", &[jan], &["jan"]),
                vec![hit(Mail, "jjanssen", "", jan), hit(Login, "jan", "", "jan@b.test")],
                vec![true, false],
            ),
            (
                "an alias leads to the usual address",
                person("", &["janssen@a.test"], &["jan"]),
                vec![hit(Mail, "jan", "", jan), hit(Login, "jan", "", jan)],
                vec![true, true],
            ),
            (
                "the manager's address in a request about somebody else",
                person("Jan Janssen", &["boss@a.test"], &[]),
                vec![hit(Mail, "boss", "Piet Peeters", "boss@a.test")],
                vec![false],
            ),
            (
                "a name written in another way",
                person("Noël van den Broeck", &["nvb@a.test"], &[]),
                vec![hit(Mail, "nvb", "Van den Broeck, N.", "nvb@a.test")],
                vec![true],
            ),
            (
                "one login, two addresses, and nothing else known",
                person("", &[], &["jan"]),
                vec![hit(Login, "jan", "", jan), hit(Login, "jan", "", "jan@b.test")],
                vec![false, false],
            ),
        ]);
    }

    #[test]
    fn whose_account_a_name_is() {
        use By::Name;
        let jan = "jan@a.test";
        holds(vec![
            (
                "two of that name in two systems",
                person("Jan Janssen", &[], &[]),
                vec![
                    hit(Name, "jjanssen", "Jan Janssen", jan),
                    hit(Name, "jan", "Jan Janssen", "jan@b.test"),
                ],
                vec![false, false],
            ),
            (
                "a chain of logins from one address to another",
                person("Jan Janssen", &[], &[]),
                vec![
                    hit(Name, "jan", "Jan Janssen", jan),
                    hit(Name, "piet", "Jan Janssen", jan),
                    hit(Name, "piet", "Jan Janssen", ""),
                    hit(Name, "piet", "Jan Janssen", "jan@b.test"),
                ],
                vec![false; 4],
            ),
            (
                "one of that name, known by the address in both",
                person("Jan Janssen", &[], &[]),
                vec![
                    hit(Name, "jjanssen", "Jan Janssen", jan),
                    hit(Name, jan, "Jan Janssen", "Jan@a.test"),
                ],
                vec![true, true],
            ),
        ]);
    }

    #[test]
    fn what_is_certain_teaches_what_to_ask_for_next() {
        let mut known = person("Jan Janssen", &[], &[]);
        let asked = known.clone();
        let hits = [hit(By::Name, "JJanssen", "Jan Janssen", "Jan@a.test")];
        known.judge(&hits.iter().collect::<Vec<_>>());
        let next = known.beyond(&asked);
        assert_eq!((next.mails, next.logins), (vec!["jan@a.test".into()], vec!["jjanssen".into()]));
    }
}
