//! The cast: the provider's people and robots, the clients and theirs.
//!
//! Owns names, accounts and addresses, all invented (addresses end in the reserved `.example`).

use std::ops::Range;

use crate::{catalogue::Book, catalogue::Role, dice::Dice};

/// One person or service account.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub name: String,
    pub first: String,
    pub mail: String,
    /// Jira account id.
    pub account: String,
    /// Slack user id.
    pub slack: String,
    pub title: String,
    pub robot: bool,
}

/// One client company.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub name: String,
    pub domain: String,
    /// How its hosts are called: `srv-brw`.
    pub code: String,
    pub people: Range<usize>,
}

/// Everyone.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub people: Vec<Person>,
    pub clients: Vec<Client>,
    /// Engineers, desk and analysts of the provider.
    pub staff: Range<usize>,
    pub leads: Range<usize>,
    /// Monitoring, migration, mail handler.
    pub robots: Range<usize>,
}

impl Cast {
    /// Draws everyone.
    pub(crate) fn draw(book: &Book, seed: u64) -> Self {
        let mut dice = Dice::branch(seed, "people");
        let mut cast = Self {
            people: Vec::new(),
            clients: Vec::new(),
            staff: 0..0,
            leads: 0..0,
            robots: 0..0,
        };
        let home = slug(&book.provider);
        for i in 0..28 {
            let title = if i >= 25 { LEADS[i - 25] } else { TITLES[i % TITLES.len()] };
            cast.add(&mut dice, title, &home);
        }
        cast.staff = 0..25;
        cast.leads = 25..28;
        for name in ROBOTS {
            cast.add(&mut dice, "", &home);
            let robot = cast.people.last_mut().expect("just added");
            robot.name = (*name).to_owned();
            robot.first = (*name).to_owned();
            robot.mail = format!("{}@{home}.example", slug(name));
            robot.robot = true;
        }
        cast.robots = 28..28 + ROBOTS.len();
        for name in &book.clients {
            let from = cast.people.len();
            let host = slug(name);
            for i in 0..dice.whole(24, 48) as usize {
                let title = CLIENT_TITLES[i.min(CLIENT_TITLES.len() - 1)];
                cast.add(&mut dice, title, &host);
            }
            let code: String = host.chars().filter(|c| !"aeiou-".contains(*c)).take(3).collect();
            let domain = format!("{host}.example");
            cast.clients.push(Client {
                name: name.clone(),
                domain,
                code,
                people: from..cast.people.len(),
            });
        }
        cast
    }

    fn add(&mut self, dice: &mut Dice, title: &str, host: &str) {
        let first = FIRST[dice.below(FIRST.len())];
        let last = LAST[dice.below(LAST.len())];
        let number = self.people.len() as u64;
        let account = format!("{:08x}{:016x}", 0x5b10_0000_u64 + number, dice.bits());
        let slack = format!("U0{}", base36(dice.bits(), 8));
        self.people.push(Person {
            name: format!("{first} {last}"),
            first: first.to_owned(),
            mail: format!("{}.{}@{host}.example", slug(first), slug(last)),
            account,
            slack,
            title: title.to_owned(),
            robot: false,
        });
    }

    /// Who decides for this client in this role.
    pub(crate) fn decider(&self, client: usize, role: Role, dice: &mut Dice) -> usize {
        let people = &self.clients[client].people;
        match role {
            Role::Ciso => people.start,
            Role::Manager => people.start + 1 + dice.below(3),
            Role::Hr => people.start + 4,
            Role::Client => people.start + 5,
            Role::Lead => self.leads.start + dice.below(self.leads.len()),
        }
    }
}

/// Lower case, accents dropped, anything else a hyphen.
pub(crate) fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'é' | 'è' | 'ë' => out.push('e'),
            'ï' | 'ı' => out.push('i'),
            'ö' => out.push('o'),
            'ü' => out.push('u'),
            'ç' => out.push('c'),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// So many characters in base 36, upper case.
pub(crate) fn base36(mut bits: u64, length: usize) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    (0..length)
        .map(|_| {
            let digit = DIGITS[(bits % 36) as usize];
            bits /= 36;
            char::from(digit)
        })
        .collect()
}

const ROBOTS: &[&str] =
    &["Monitoring Bot", "Migratie Import", "Automation for Jira", "Servicedesk Mailbox"];
const LEADS: &[&str] = &["Service Delivery Manager", "CISO", "Team Lead Cloud"];
const TITLES: &[&str] = &[
    "Service Desk Engineer",
    "SOC Analyst",
    "Cloud Engineer",
    "Network Engineer",
    "Service Desk Agent",
];
const CLIENT_TITLES: &[&str] = &[
    "CISO",
    "IT Manager",
    "Finance Manager",
    "Operations Manager",
    "HR Officer",
    "IT Coördinator",
    "Medewerker",
];
const FIRST: &[&str] = &[
    "Jan",
    "Pieter",
    "Sofie",
    "Lotte",
    "Bram",
    "Ruben",
    "Els",
    "An",
    "Tom",
    "Wout",
    "Karen",
    "Joris",
    "Nele",
    "Stijn",
    "Liesbeth",
    "Dries",
    "Eline",
    "Jef",
    "Marieke",
    "Koen",
    "Xander",
    "Yasmina",
    "Mehmet",
    "Fatima",
    "Aleksandra",
    "Piotr",
    "Émilie",
    "Laurent",
    "Chloé",
    "Thomas",
    "Sarah",
    "Kevin",
    "Femke",
    "Hanne",
    "Griet",
    "Luc",
    "Rita",
    "Wim",
    "Bart",
    "Ilse",
    "Noor",
    "Arne",
    "Sien",
    "Maarten",
    "Veerle",
    "Filip",
    "Inge",
    "Geert",
    "Hilde",
    "Mohamed",
    "Youssef",
    "Emma",
    "Louis",
    "Mila",
    "Kobe",
    "Jana",
    "Robbe",
    "Silke",
    "Tine",
    "Ward",
    "Zoë",
    "Hendrik",
    "Greet",
    "Patrick",
];
const LAST: &[&str] = &[
    "Peeters",
    "Janssens",
    "Maes",
    "Jacobs",
    "Mertens",
    "Willems",
    "Claes",
    "Goossens",
    "Wouters",
    "De Smet",
    "Vermeulen",
    "Van den Broeck",
    "Dubois",
    "Lambert",
    "Van Damme",
    "De Backer",
    "Hermans",
    "Aerts",
    "Verhoeven",
    "Van de Velde",
    "Segers",
    "Lemmens",
    "Michiels",
    "Desmet",
    "Van Hoof",
    "Declercq",
    "Bogaert",
    "Baert",
    "Coppens",
    "Martens",
    "Smets",
    "Pauwels",
    "Wauters",
    "Cools",
    "Verstraete",
    "Lauwers",
    "Yilmaz",
    "El Amrani",
    "Nowak",
    "Kowalska",
    "Benali",
    "Devos",
    "Thijs",
    "Hendrickx",
    "Stevens",
    "Vandenberghe",
    "Van Acker",
    "Temmerman",
    "Cuypers",
    "Roels",
];
