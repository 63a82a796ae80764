//! The audit: everyone who left, asked after again in every system; only reads.
//!
//! Owns who counts as gone, and how HR's list is read. What is open is the inventory's to say.

use chrono::{Datelike as _, NaiveDate};
use kompel_model::{LeaverPerson, PersonQuery, TenantId, Timestamp};
use serde::Serialize;

use super::{Inventory, LeaverFile, Systems, same_person};

/// Someone who left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// Who.
    pub person: LeaverPerson,
    /// Their last day, where it is known.
    pub last_day: Option<NaiveDate>,
    /// The offboarding run that says so, if one does.
    pub run: Option<String>,
    /// The row of HR's list that says so (1 = the first after the header), if one does.
    pub row: Option<u32>,
}

/// A row of HR's list that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnusableRow {
    /// Which; 1 = the first after the header, 0 = the header.
    pub row: u32,
    /// Why not.
    pub because: RowTrouble,
}

/// Why a row could not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowTrouble {
    /// The file is no CSV there.
    Unreadable,
    /// None of the columns `name`, `mail` and `login` is there.
    NoColumns,
    /// It names nobody.
    Nobody,
    /// Its last day is no date.
    NoDate,
    /// The list is longer than what is read.
    TooMany,
}

/// An account that someone who left can still use.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lingering {
    /// Who.
    pub person: LeaverPerson,
    /// Their last day.
    pub last_day: Option<NaiveDate>,
    /// How many days ago that was.
    pub days: Option<i64>,
    /// What people call the system.
    pub system: String,
    /// The connection.
    pub connection: String,
    /// The login.
    pub login: String,
    /// True if someone can log in with it; `None` if the system does not tell.
    pub enabled: Option<bool>,
    /// Live sessions, where the system tells.
    pub sessions: Option<u32>,
}

/// Something that could not be told, so that it may be open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Untold {
    /// Of whom.
    pub person: LeaverPerson,
    /// Where.
    pub connection: String,
    /// Why: what the system said; `None` if more than one person may be meant.
    pub because: Option<String>,
}

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Audit {
    /// Everyone who was asked after.
    pub people: Vec<Gone>,
    /// The accounts that are still open, the oldest first.
    pub open: Vec<Lingering>,
    /// What could not be told.
    pub untold: Vec<Untold>,
    /// Systems that nobody can ask: their owners must look.
    pub not_connected: Vec<String>,
    /// How many accounts were found closed.
    pub closed: usize,
    /// Rows of HR's list that could not be taken.
    pub unusable: Vec<UnusableRow>,
}

impl Audit {
    /// True if every system told of everyone that nothing is open.
    pub fn is_clean(&self) -> bool {
        self.open.is_empty() && self.untold.is_empty() && self.unusable.is_empty()
    }

    /// Takes in what the systems say of this person.
    pub fn take(&mut self, gone: &Gone, inventory: &Inventory, today: NaiveDate) {
        let person = &gone.person;
        for found in &inventory.accounts {
            // Where more than one person may be meant, only what is surely this one's counts.
            let keys = person.mails.iter().chain(&person.logins);
            let account = &found.account;
            let theirs = [Some(&account.login), account.mail.as_ref()];
            let sure = keys
                .clone()
                .any(|key| theirs.iter().flatten().any(|own| own.eq_ignore_ascii_case(key)));
            if inventory.ambiguous.contains(&found.connection) && !sure {
                continue;
            }
            if !found.is_open() {
                self.closed += 1;
                continue;
            }
            self.open.push(Lingering {
                person: person.clone(),
                last_day: gone.last_day,
                days: gone.last_day.map(|day| (today - day).num_days()),
                system: found.system.clone(),
                connection: found.connection.clone(),
                login: found.account.login.clone(),
                enabled: found.account.enabled,
                sessions: found.account.sessions,
            });
        }
        let untold = |connection: &str, because: Option<String>| Untold {
            person: person.clone(),
            connection: connection.to_owned(),
            because,
        };
        let silent = inventory.unreachable.iter();
        self.untold.extend(silent.map(|it| untold(&it.connection, Some(it.because.clone()))));
        self.untold.extend(inventory.ambiguous.iter().map(|it| untold(it, None)));
        for known in &inventory.unconnected {
            if !self.not_connected.contains(&known.system) {
                self.not_connected.push(known.system.clone());
            }
        }
    }
}

/// Asks every system of the tenant after everyone who is gone; `see` is told how many are done.
pub async fn audit(
    systems: &Systems,
    tenant: &TenantId,
    people: Vec<Gone>,
    at: Timestamp,
    mut see: impl FnMut(usize),
) -> Audit {
    let mut audit = Audit::default();
    for (gone, done) in people.iter().zip(1..) {
        let query = PersonQuery {
            name: gone.person.name.clone(),
            mails: gone.person.mails.clone(),
            logins: gone.person.logins.clone(),
        };
        let inventory = systems.inventory(tenant, &query, at).await;
        audit.take(gone, &inventory, at.date_naive());
        see(done);
    }
    let key = |it: &Lingering| (it.days.map(|days| -days), it.connection.clone(), it.login.clone());
    audit.open.sort_by_key(key);
    audit.people = people;
    audit
}

/// Everyone who left: by the runs, and by HR's list. A person that both name is asked after once.
pub fn gone(leavers: &[LeaverFile<'_>], listed: Vec<Gone>, today: NaiveDate) -> Vec<Gone> {
    let mut all: Vec<Gone> = leavers.iter().filter_map(|leaver| left(leaver, today)).collect();
    for mut row in listed {
        if row.last_day.is_some_and(|day| day >= today) {
            continue;
        }
        match all.iter_mut().find(|known| same_person(&known.person, &row.person)) {
            Some(known) => {
                known.last_day = row.last_day.or(known.last_day);
                known.row = known.row.or(row.row);
                known.person.name = known.person.name.take().or(row.person.name.take());
                known.person.mails.append(&mut row.person.mails);
                known.person.logins.append(&mut row.person.logins);
                for keys in [&mut known.person.mails, &mut known.person.logins] {
                    keys.sort();
                    keys.dedup();
                }
            }
            None => all.push(row),
        }
    }
    all
}

/// The person as one who left, unless they still work or their offboarding was refused or taken back.
fn left(leaver: &LeaverFile<'_>, today: NaiveDate) -> Option<Gone> {
    let run = &leaver.run.run;
    let refused = matches!(run.state.as_str(), "rejected" | "cancelled");
    let stated = leaver.last_day().and_then(date);
    // Gone since the first offboarding that ended, however often it was looked at again.
    let ended = std::iter::once(&leaver.run).chain(&leaver.earlier).filter_map(|it| it.run.ended);
    let last_day = stated.or_else(|| ended.min().map(|at| at.date_naive()))?;
    let works = stated.is_some_and(|day| day >= today);
    (!refused && !works && !leaver.is_taken_back()).then(|| Gone {
        person: leaver.person(),
        last_day: Some(last_day),
        run: Some(run.id.clone()),
        row: None,
    })
}

/// Reads HR's list: CSV with a header, columns `name`, `mail`, `login` and `last day` in any order
/// and in Dutch or English, parted by commas or semicolons. Rows that can't be taken are told.
pub fn read_list(bytes: &[u8]) -> (Vec<Gone>, Vec<UnusableRow>) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |of: u8| first.iter().filter(|byte| **byte == of).count();
    let mark = if count(b';') > count(b',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mark)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let unusable = |row, because| UnusableRow { row, because };
    let Ok(head) = reader.headers().cloned() else {
        return (Vec::new(), vec![unusable(0, RowTrouble::Unreadable)]);
    };
    let columns: Vec<Option<Column>> = head.iter().map(Column::of).collect();
    if !columns.iter().flatten().any(|column| *column != Column::LastDay) {
        return (Vec::new(), vec![unusable(0, RowTrouble::NoColumns)]);
    }
    let (mut people, mut faults) = (Vec::new(), Vec::new());
    for (record, row) in reader.records().zip(1u32..) {
        if row > MOST_ROWS {
            faults.push(unusable(row, RowTrouble::TooMany));
            break;
        }
        match record.map_err(|_| RowTrouble::Unreadable).and_then(|it| person(&it, &columns)) {
            Ok(gone) => people.push(Gone { row: Some(row), ..gone }),
            Err(because) => faults.push(unusable(row, because)),
        }
    }
    (people, faults)
}

fn person(record: &csv::StringRecord, columns: &[Option<Column>]) -> Result<Gone, RowTrouble> {
    let mut gone = Gone { person: LeaverPerson::default(), last_day: None, run: None, row: None };
    for (text, column) in record.iter().zip(columns) {
        let text: String = text.chars().take(LONGEST).collect();
        match column {
            Some(_) if text.is_empty() => {}
            Some(Column::Name) => gone.person.name = Some(text),
            Some(Column::Mail) => gone.person.mails.push(text),
            Some(Column::Login) => gone.person.logins.push(text),
            Some(Column::LastDay) => {
                gone.last_day = Some(date(&text).ok_or(RowTrouble::NoDate)?);
            }
            None => {}
        }
    }
    let person = &gone.person;
    let named = person.name.is_some() || !person.mails.is_empty() || !person.logins.is_empty();
    if named { Ok(gone) } else { Err(RowTrouble::Nobody) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    Mail,
    Login,
    LastDay,
}

impl Column {
    fn of(head: &str) -> Option<Self> {
        let plain: String =
            head.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        match plain.as_str() {
            "name" | "naam" | "fullname" | "volledigenaam" => Some(Self::Name),
            "mail" | "email" | "emailadres" | "emailaddress" | "mailadres" => Some(Self::Mail),
            "login" | "account" | "username" | "gebruikersnaam" => Some(Self::Login),
            "lastday" | "laatstedag" | "uitdienst" | "datumuitdienst" | "enddate" | "einddatum" => {
                Some(Self::LastDay)
            }
            _ => None,
        }
    }
}

/// A day as lists have it: `2026-11-28`, `28/11/2026`, `28-11-2026`, `28.11.2026`.
fn date(text: &str) -> Option<NaiveDate> {
    let day = text.split([' ', 'T']).next().unwrap_or(text);
    ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(day, form).ok())
        .filter(|day| (1900..10_000).contains(&day.year()))
}

const MOST_ROWS: u32 = 50_000;
const LONGEST: usize = 320;

#[cfg(test)]
mod tests {
    use kompel_model::Account;

    use super::*;
    use crate::leavers::{Found, Unreachable};

    fn day(text: &str) -> NaiveDate {
        date(text).unwrap()
    }

    #[test]
    fn lists_are_read_in_both_languages_and_bad_rows_are_told() {
        let dutch = "Naam;E-mail;Uit dienst\nJan Janssen;jan@a.test;28/11/2025\n;;\nAn;;gisteren\n";
        let (people, faults) = read_list(dutch.as_bytes());
        assert_eq!(people.len(), 1);
        assert_eq!(people[0].person.mails, ["jan@a.test"]);
        assert_eq!((people[0].last_day, people[0].row), (Some(day("2025-11-28")), Some(1)));
        let told: Vec<_> = faults.iter().map(|fault| (fault.row, fault.because)).collect();
        assert_eq!(told, [(2, RowTrouble::Nobody), (3, RowTrouble::NoDate)]);
        let (people, faults) = read_list("\u{FEFF}login,last day,cost centre\njj,,7\n".as_bytes());
        assert_eq!((people[0].person.logins.len(), people[0].last_day), (1, None));
        assert!(faults.is_empty());
        for (bytes, because) in [
            (&b"colour,size\nred,3\n"[..], RowTrouble::NoColumns),
            (&b"\xff\xfe,\xff\n"[..], RowTrouble::Unreadable),
            (&b""[..], RowTrouble::NoColumns),
        ] {
            assert_eq!(read_list(bytes).1, [UnusableRow { row: 0, because }]);
        }
    }

    #[test]
    fn a_person_who_still_works_is_not_asked_after() {
        let listed = |mail: &str, last: &str| Gone {
            person: LeaverPerson { mails: vec![mail.to_owned()], ..LeaverPerson::default() },
            last_day: Some(day(last)),
            run: None,
            row: Some(1),
        };
        let rows = vec![listed("a@a.test", "2026-01-31"), listed("b@a.test", "2026-02-01")];
        let asked = gone(&[], rows, day("2026-02-01"));
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].person.mails, ["a@a.test"]);
    }

    #[test]
    fn what_could_not_be_told_is_never_clean() {
        let gone = Gone {
            person: LeaverPerson::default(),
            last_day: Some(day("2026-01-01")),
            run: None,
            row: None,
        };
        let account = |enabled| Found {
            system: "AD".to_owned(),
            connector: "ad".to_owned(),
            connection: "corp".to_owned(),
            account: Account {
                id: "1".to_owned(),
                login: "jan".to_owned(),
                name: None,
                mail: None,
                enabled,
                sessions: None,
                facts: serde_json::Map::new(),
            },
            left: Vec::new(),
            leavers_unit: None,
        };
        let take = |inventory: &Inventory| {
            let mut audit = Audit::default();
            audit.take(&gone, inventory, day("2026-01-31"));
            audit
        };
        let closed = Inventory { accounts: vec![account(Some(false))], ..Inventory::default() };
        assert!(take(&closed).is_clean());
        let open = take(&Inventory { accounts: vec![account(None)], ..Inventory::default() });
        assert_eq!((open.is_clean(), open.open[0].days), (false, Some(30)));
        let silent = Unreachable { connection: "corp".to_owned(), because: "no route".to_owned() };
        let silent = Inventory { unreachable: vec![silent], ..Inventory::default() };
        assert!(!take(&silent).is_clean());
        let two = Inventory {
            accounts: vec![account(Some(true))],
            ambiguous: vec!["corp".to_owned()],
            ..Inventory::default()
        };
        assert!(!take(&two).is_clean() && take(&two).open.is_empty());
    }
}
