//! Catalogues: which processes, traps and noise a world holds, and in which words, as data.
//!
//! Owns the shape of `catalogue/*.toml` and loading it. Draws nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which catalogue a world is made from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Catalogue {
    /// The demo's.
    #[default]
    A,
    /// Other processes in other words, to keep discovery honest.
    B,
    /// A third set of processes and words, written without a look at what discovery knows.
    C,
    /// C's processes told in words that nobody tuned on.
    D,
    /// A's processes told by others.
    E,
    /// B's processes told by others.
    F,
    /// B's processes told in words that nobody tuned on.
    G,
    /// C's processes told by others.
    H,
    /// A's processes told by others still.
    I,
    /// B's processes at another company, every word of it: nobody tuned on it.
    J,
}

impl Catalogue {
    /// All of them.
    pub const ALL: [Self; 10] =
        [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F, Self::G, Self::H, Self::I, Self::J];

    /// Its letter.
    pub fn code(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::D => "d",
            Self::E => "e",
            Self::F => "f",
            Self::G => "g",
            Self::H => "h",
            Self::I => "i",
            Self::J => "j",
        }
    }

    /// True if nobody may tune discovery on its words: it is for a final measurement only.
    pub fn is_held_out(self) -> bool {
        matches!(self, Self::D | Self::G | Self::J)
    }

    /// Its contents.
    pub(crate) fn book(self) -> Book {
        let (text, manners) = match self {
            Self::A => (include_str!("../catalogue/a.toml"), ""),
            Self::B => (include_str!("../catalogue/b.toml"), ""),
            Self::C => (include_str!("../catalogue/c.toml"), ""),
            Self::D => (include_str!("../catalogue/c.toml"), include_str!("../catalogue/d.toml")),
            Self::E => (include_str!("../catalogue/a.toml"), include_str!("../catalogue/e.toml")),
            Self::F => (include_str!("../catalogue/b.toml"), include_str!("../catalogue/f.toml")),
            Self::G => (include_str!("../catalogue/b.toml"), include_str!("../catalogue/g.toml")),
            Self::H => (include_str!("../catalogue/c.toml"), include_str!("../catalogue/h.toml")),
            Self::I => (include_str!("../catalogue/a.toml"), include_str!("../catalogue/i.toml")),
            Self::J => (include_str!("../catalogue/j.toml"), ""),
        };
        retold(text, manners).expect("the catalogues are part of the program and tested")
    }
}

impl std::str::FromStr for Catalogue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|catalogue| catalogue.code() == text)
            .ok_or_else(|| format!("unknown catalogue {text:?}: use one letter of a to i"))
    }
}

/// A catalogue in which the manners of writing are replaced by those of another file.
fn retold(text: &str, manners: &str) -> Result<Book, toml::de::Error> {
    let mut book: toml::Table = toml::from_str(text)?;
    let manners: BTreeMap<String, toml::Table> = toml::from_str(manners)?;
    for (language, words) in manners {
        if let Some(toml::Value::Table(manner)) = book.get_mut(&language) {
            manner.extend(words);
        }
    }
    book.try_into()
}

/// A catalogue's contents.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Book {
    /// The provider's name.
    pub provider: String,
    /// The client companies.
    pub clients: Vec<String>,
    /// Ticket projects: key and name.
    pub projects: Vec<[String; 2]>,
    /// Systems: id → the ways people write it, the proper name first.
    pub systems: BTreeMap<String, Vec<String>>,
    /// Words for `{x:list}` slots.
    pub lists: BTreeMap<String, Vec<String>>,
    /// Manners of writing.
    pub nl: Manner,
    /// Manners of writing.
    pub en: Manner,
    /// Tickets and chat of no process.
    pub noise: Noise,
    /// The planted processes and decoys.
    pub process: Vec<Process>,
}

/// How people write in one language, whatever it is about.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manner {
    pub greet: Vec<String>,
    pub bye: Vec<String>,
    pub urge: Vec<String>,
    pub prefix: Vec<String>,
    pub signature: Vec<String>,
    pub ack: Vec<String>,
    pub ask: Vec<String>,
    pub reply: Vec<String>,
    pub wait: Vec<String>,
    pub nudge: Vec<String>,
    pub approve: Vec<String>,
    pub copy: Vec<String>,
    pub manual: Vec<String>,
    pub closing: Vec<String>,
    pub thanks: Vec<String>,
    pub reopen: Vec<String>,
    pub correct: Vec<String>,
    pub again: Vec<String>,
    pub escalate: Vec<String>,
    pub handover: Vec<String>,
    pub handback: Vec<String>,
    pub cancel: Vec<String>,
    pub away: Vec<String>,
    pub chat_key: Vec<String>,
    pub chat_yes: Vec<String>,
    pub chat_ok: Vec<String>,
    pub chat_thanks: Vec<String>,
    pub chat_wrong: Vec<String>,
}

/// Tickets and chat of no process: parts that are combined.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Noise {
    /// Tickets of this kind a year.
    pub per_year: [f64; 2],
    /// Chat threads of this kind a year.
    pub chat_per_year: [f64; 2],
    pub nl: NoiseWords,
    pub en: NoiseWords,
    /// What monitoring bots post.
    pub bot: Vec<String>,
}

/// The parts of noise in one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoiseWords {
    pub thing: Vec<String>,
    pub trouble: Vec<String>,
    pub detail: Vec<String>,
    pub look: Vec<String>,
    pub cause: Vec<String>,
    pub cure: Vec<String>,
    pub project: Vec<String>,
    pub chat: Vec<String>,
    pub chat_reply: Vec<String>,
    pub answer: Vec<[String; 3]>,
}

/// One planted process or decoy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Process {
    pub id: String,
    pub name_nl: String,
    pub name_en: String,
    #[serde(default)]
    pub kind: Kind,
    #[serde(default)]
    pub decoy: Option<Decoy>,
    /// Runs a year, drawn in this span; 0 for what is known from answers only.
    #[serde(default)]
    pub per_year: [f64; 2],
    #[serde(default)]
    pub rhythm: Rhythm,
    /// Share of Dutch requests.
    #[serde(default = "half")]
    pub dutch: [f64; 2],
    #[serde(default)]
    pub waiting: [f64; 2],
    #[serde(default)]
    pub copy: [f64; 2],
    #[serde(default)]
    pub rework: [f64; 2],
    #[serde(default)]
    pub escalated: f64,
    #[serde(default)]
    pub handover: f64,
    /// Share that ends in "done manually" or the like.
    #[serde(default)]
    pub manual: f64,
    /// Share of the requests that come by mail.
    #[serde(default)]
    pub mail: f64,
    /// Minutes of work a run.
    #[serde(default)]
    pub touch: [f64; 2],
    /// Share of the runs that have work logged.
    #[serde(default)]
    pub logged: f64,
    /// Share of the runs with chat about them.
    #[serde(default)]
    pub chat: f64,
    /// Number of answers about it.
    #[serde(default)]
    pub answers: [i64; 2],
    /// Whose approval or answer it waits for.
    #[serde(default)]
    pub waits_for: Role,
    /// Index of the ticket project, or name of the chat channel.
    #[serde(default)]
    pub project: usize,
    #[serde(default)]
    pub channel: String,
    #[serde(default)]
    pub issue_type: Vec<String>,
    #[serde(default)]
    pub request_type: String,
    /// System ids that may stand in the components field.
    #[serde(default)]
    pub components: Vec<String>,
    #[serde(default)]
    pub labels: Vec<String>,
    #[serde(default)]
    pub nl: Wording,
    #[serde(default)]
    pub en: Wording,
}

fn half() -> [f64; 2] {
    [0.45, 0.8]
}

/// The words of one process in one language.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wording {
    /// Request phrasings: subjects.
    pub title: Vec<String>,
    /// Request phrasings: bodies.
    pub body: Vec<String>,
    /// A form's text, for requests made from a template.
    pub form: Vec<String>,
    /// What people write while working.
    pub work: Vec<String>,
    /// Resolution phrasings.
    pub done: Vec<String>,
    /// Chat that asks for it (the trigger of a ticket, or the root of a chat-only case).
    pub chat: Vec<String>,
    /// Chat that reports it.
    pub report: Vec<String>,
    /// Replies in the thread.
    pub reply: Vec<String>,
    /// Answers: what, how often, how long.
    pub answer: Vec<[String; 3]>,
}

/// What sort of records a process leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Tickets, with or without chat and answers.
    #[default]
    Ticket,
    /// Chat only.
    Chat,
    /// Answers only.
    Answer,
}

/// Things that look like a process and must not qualify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decoy {
    /// One outage, many reports in a day.
    OutageBurst,
    /// A monitoring robot opens and closes them.
    PollingRobot,
    /// Loaded in one minute from an older system.
    BulkImport,
    /// The same request, each time another resolution.
    DifferingResolutions,
    /// One system only.
    SingleSystem,
    /// A few times a year.
    TooRare,
    /// Neither waiting nor copying by hand.
    NoHumanFactor,
    /// Newsletters, automatic replies, advertising.
    Junk,
}

/// When the runs of a process fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rhythm {
    /// Spread over the working days.
    #[default]
    Steady,
    /// On one weekday (Friday), nearly every week.
    Weekly,
    /// In the first days of each month, for several clients.
    Monthly,
    /// Once in three months.
    Quarterly,
    /// All within hours of one day.
    OneDay,
    /// All within one minute.
    OneMinute,
    /// Day and night.
    Clockwork,
}

/// Whose turn it is while a run waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// The requester's manager.
    #[default]
    Manager,
    /// The provider's or client's CISO.
    Ciso,
    /// The client's contact.
    Client,
    /// The team lead.
    Lead,
    /// Human resources.
    Hr,
}

impl Role {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Manager => "role:manager",
            Self::Ciso => "role:ciso",
            Self::Client => "role:client",
            Self::Lead => "role:lead",
            Self::Hr => "role:hr",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_text(book: &Book) -> Vec<&String> {
        let mut texts = Vec::new();
        for process in &book.process {
            for words in [&process.nl, &process.en] {
                for list in [&words.title, &words.body, &words.form, &words.work, &words.done] {
                    texts.extend(list);
                }
                for list in [&words.chat, &words.report, &words.reply] {
                    texts.extend(list);
                }
            }
        }
        texts
    }

    #[test]
    fn every_slot_names_a_system_or_list_that_exists() {
        for catalogue in Catalogue::ALL {
            let book = catalogue.book();
            for text in every_text(&book) {
                for slot in text.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
                    match slot.split_once(':') {
                        Some(("s", id)) => assert!(book.systems.contains_key(id), "{text}"),
                        Some(("x", id)) => assert!(book.lists.contains_key(id), "{text}"),
                        _ => assert!(crate::text::PLAIN_SLOTS.contains(&slot), "{slot}: {text}"),
                    }
                }
            }
        }
    }

    #[test]
    fn ticket_processes_have_ten_request_phrasings_in_both_languages() {
        for catalogue in Catalogue::ALL {
            for process in catalogue.book().process {
                if process.kind == Kind::Ticket && process.decoy.is_none() {
                    for words in [&process.nl, &process.en] {
                        let requests = words.title.len() + words.body.len();
                        assert!(words.title.len() >= 8 && requests >= 12, "{}", process.id);
                        assert!(words.done.len() >= 3 && words.work.len() >= 3, "{}", process.id);
                    }
                }
            }
        }
    }
}
