//! `kompel.toml`: its tables, its defaults, and what to say of a mistake in it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use chrono_tz::Tz;
use clap::ValueEnum;
use kompel_mining::{Country, Systems, SystemsError, UnknownCountry};
use kompel_model::{Language, Phrase, SourceClass, TenantId};
use kompel_qualify::Policy;
use serde::{Deserialize, Serialize};

use crate::{
    args::{Lang, shown},
    diagnostics::{Failure, Spot},
    exit::Exit,
    tenants::Tenant,
};

/// The whole file; a missing table or key has its default.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The language Kompel speaks in this workspace.
    pub(crate) language: Spoken,
    /// The zone of times that carry none.
    pub(crate) timezone: Zone,
    /// Working days.
    pub(crate) calendar: Calendar,
    /// Pseudonyms.
    pub(crate) privacy: Privacy,
    /// The words that discovery goes by.
    pub(crate) lexicon: Lexicon,
    /// Systems that the built-in list lacks or should not know.
    pub(crate) systems: Gazetteer,
    /// Where a bare `kompel hunt` reads.
    pub(crate) source: Vec<Source>,
    /// The thresholds.
    pub(crate) qualify: Policy,
    /// The client companies, by the name that `--tenant` takes.
    pub(crate) tenant: BTreeMap<TenantId, Tenant>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            language: Spoken::En,
            timezone: Zone(Tz::Europe__Brussels),
            calendar: Calendar::default(),
            privacy: Privacy::default(),
            lexicon: Lexicon::default(),
            systems: Gazetteer::default(),
            source: Vec::new(),
            qualify: Policy::default(),
            tenant: BTreeMap::new(),
        }
    }
}

/// The languages Kompel speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Spoken {
    /// Dutch.
    Nl,
    /// English.
    En,
}

/// A time zone by its name in the tz database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Zone(pub(crate) Tz);

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse().map(Self).map_err(|_| {
            format!("unknown time zone `{name}`: use a name such as `Europe/Brussels`")
        })
    }
}

/// Working days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Calendar {
    /// Whose holidays.
    pub(crate) country: Land,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { country: Land(Country::default()) }
    }
}

/// A country by its two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Land(pub(crate) Country);

impl TryFrom<String> for Land {
    type Error = UnknownCountry;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        code.parse().map(Self)
    }
}

/// Pseudonyms.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Privacy {
    /// True if people become pseudonyms as they are read.
    pub(crate) pseudonyms: bool,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { pseudonyms: true }
    }
}

/// The words that discovery goes by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Lexicon {
    /// Words that weigh: requests that hold one are what the hunt looks for first.
    pub(crate) hunt_words: Vec<String>,
    /// A file of concepts, added to the built-in ones.
    pub(crate) concepts: Option<PathBuf>,
}

impl Default for Lexicon {
    fn default() -> Self {
        Self { hunt_words: kompel_mining::Settings::default().hunt_words, concepts: None }
    }
}

/// The user's changes to the list of systems.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "Changes")]
pub(crate) struct Gazetteer(Changes);

/// The changes as the file states them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Changes {
    /// Systems by name, each with the other ways people write it.
    add: BTreeMap<String, Vec<String>>,
    /// Names and spellings that mean no system.
    remove: Vec<String>,
}

impl Gazetteer {
    /// The built-in list with the changes.
    pub(crate) fn gazetteer(&self) -> Result<Systems, SystemsError> {
        Systems::changed(&self.0.add, &self.0.remove)
    }
}

impl TryFrom<Changes> for Gazetteer {
    type Error = String;

    fn try_from(changes: Changes) -> Result<Self, Self::Error> {
        let changed = Self(changes);
        match changed.gazetteer() {
            Ok(_) => Ok(changed),
            Err(error) => Err(format!("systems.add: {}", error.problem)),
        }
    }
}

/// One export that a bare `kompel hunt` reads.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    /// What it holds.
    pub(crate) kind: Kind,
    /// Where it is, seen from the workspace.
    pub(crate) path: PathBuf,
    /// Its format, if detection goes wrong.
    pub(crate) format: Option<String>,
    /// Columns by field, for tables of one's own.
    #[serde(default)]
    pub(crate) map: BTreeMap<String, String>,
}

/// What an input holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Tickets.
    Tickets,
    /// Chat messages.
    Chat,
    /// Answers to the coffee-machine question.
    Answers,
    /// An event log.
    Log,
}

impl From<Kind> for SourceClass {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Tickets => Self::Tickets,
            Kind::Chat => Self::Chat,
            Kind::Answers => Self::Answers,
            Kind::Log => Self::Log,
        }
    }
}

impl Config {
    /// Reads and checks the file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| {
            let says = Phrase::new("fail-config-unreadable").text("file", shown(path));
            Failure::new(Exit::Configuration, says).because(&error)
        })?;
        Self::parse(&text, &shown(path))
    }

    fn parse(text: &str, name: &str) -> Result<Self, Failure> {
        toml::from_str(text).map_err(|error| mistake(&error, text, name))
    }
}

/// The text of a new workspace's `kompel.toml`.
pub(crate) fn template(language: Language) -> &'static str {
    match language {
        Language::Nl => include_str!("../templates/kompel.nl.toml"),
        Language::En | Language::Fr | Language::De => include_str!("../templates/kompel.en.toml"),
    }
}

/// The language a workspace states, even if the rest of its file is wrong.
pub(crate) fn language_of(path: &Path) -> Option<Language> {
    let table: toml::Table = fs::read_to_string(path).ok()?.parse().ok()?;
    let lang = Lang::from_str(table.get("language")?.as_str()?, true).ok()?;
    Some(lang.into())
}

fn mistake(error: &toml::de::Error, text: &str, name: &str) -> Failure {
    let bytes = error.span().unwrap_or(0..0);
    let line = text.get(..bytes.start).map_or(1, |before| before.matches('\n').count() + 1);
    let says = Phrase::new("fail-config").text("file", name).text("line", line.to_string());
    let advice = match nearest(error.message()) {
        Some(near) => Phrase::new("advice-config-nearest").text("near", near),
        None => Phrase::new("advice-config"),
    };
    Failure::new(Exit::Configuration, says).advise(advice).at(Spot {
        name: name.to_owned(),
        text: text.to_owned(),
        bytes,
        label: Phrase::new("mistake-other").text("text", error.message()),
    })
}

/// Of the names that serde expected, the one most like what it found.
fn nearest(message: &str) -> Option<&str> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let found = quoted.next()?;
    quoted
        .map(|name| (strsim::jaro_winkler(found, name), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The template with all its defaults stated.
    fn stated(text: &str) -> String {
        let shows_default = |line: &&str| {
            line.strip_prefix('#')
                .is_some_and(|rest| rest.starts_with(|c: char| !c.is_whitespace()))
        };
        text.lines()
            .map(|line| if shows_default(&line) { &line[1..] } else { line })
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn a_new_file_states_the_defaults() {
        for (language, spoken) in [(Language::Nl, Spoken::Nl), (Language::En, Spoken::En)] {
            let text = template(language);
            let default = Config { language: spoken, ..Config::default() };
            assert_eq!(Config::parse(text, "kompel.toml").unwrap(), default);
            assert_eq!(Config::parse(&stated(text), "kompel.toml").unwrap(), default);
        }
    }

    #[test]
    fn the_connectors_that_a_map_names_are_there() {
        let connectors = kompel_connect::connectors();
        for (system, connector) in Policy::default().ease.connectors {
            assert!(connectors.iter().any(|one| one.name() == connector), "{system}: {connector}");
        }
    }

    #[test]
    fn a_mistake_is_shown_with_its_line_and_the_nearest_name() {
        let wording = kompel_report::wording(Language::En);
        for (text, line, near) in [
            ("language = \"en\"\n\n[privcy]\npseudonyms = true\n", "line 3", Some("privacy")),
            ("[qualify.frequency]\nper_yaer = 60\n", "line 2", Some("per_year")),
            ("timezone = \"Mars/Olympus\"\n", "line 1", None),
            ("[calendar]\ncountry = \"XX\"\n", "line 2", None),
            ("language = \"nl\"\n[systems]\nadd = { Kobra = [\"k\"] }\n", "line 2", None),
            ("language = \"nl\"\nlanguage = \"en\"\n", "line 2", None),
        ] {
            let failure = Config::parse(text, "kompel.toml").unwrap_err();
            let json = failure.json(wording).to_string();
            assert_eq!(failure.exit(), Exit::Configuration);
            assert!(json.contains(line), "{text:?}: {json}");
            if let Some(near) = near {
                assert!(json.contains(near), "{text:?}: {json}");
            }
        }
    }

    #[test]
    fn the_language_is_found_even_in_a_file_with_mistakes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kompel.toml");
        fs::write(&path, "language = \"nl\"\nnonsense = 1\n").unwrap();
        assert_eq!(language_of(&path), Some(Language::Nl));
        fs::write(&path, "language = \"fr\"\n").unwrap();
        assert_eq!(language_of(&path), None);
    }

    #[test]
    fn an_unknown_country_is_told_the_key_and_the_countries_that_are_known() {
        let text = "[calendar]\ncountry = \"XX\"\n";
        let failure = Config::parse(text, "kompel.toml").unwrap_err();
        let json = failure.json(kompel_report::wording(Language::En)).to_string();
        for part in ["`XX`", "calendar.country", "BE, NL, FR, DE or LU"] {
            assert!(json.contains(part), "{json}");
        }
        let config = Config::parse("[calendar]\ncountry = \"nl\"\n", "kompel.toml").unwrap();
        assert_eq!(config.calendar.country, Land(Country::Nl));
    }

    #[test]
    fn systems_of_ones_own_are_found_and_removed_ones_are_not() {
        let text = "[systems]\nadd = { Kobra = [\"cobra-tool\"] }\nremove = [\"Jenkins\"]\n";
        let systems = Config::parse(text, "kompel.toml").unwrap().systems.gazetteer().unwrap();
        let names = |text: &str| -> Vec<String> {
            systems.find(text).into_iter().map(|id| systems.name(id).to_owned()).collect()
        };
        assert_eq!(names("overgetypt in kobra, cobra-tool en Jenkins"), ["Kobra"]);
    }
}
