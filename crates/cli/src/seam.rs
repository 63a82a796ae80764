//! Stand-ins for `ingest` and `mining::discover` until they are merged.

pub(crate) mod ingest {
    use std::{collections::BTreeMap, str::FromStr};

    use kompel_model::{
        Answer, Counts, Effect, EventLog, Finding, FindingCode, MemberRef, PersonId, Place,
        Reading, SourceClass, SourceKind, Ticket, Timestamp,
    };

    #[derive(Debug)]
    pub(crate) enum Input {
        File { name: String, bytes: Vec<u8> },
        Folder { name: String, files: Vec<(String, Vec<u8>)> },
    }
    #[derive(Debug, Default, Clone)]
    pub(crate) struct Limits {}
    pub(crate) type ColumnMapping = BTreeMap<String, String>;
    pub(crate) struct Options<'a> {
        pub(crate) timezone: chrono_tz::Tz,
        pub(crate) limits: Limits,
        pub(crate) mapping: &'a ColumnMapping,
        pub(crate) progress: &'a (dyn Fn(u64) + Sync),
    }
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Format {
        JiraCsv,
        AnswersTable,
    }
    #[derive(Debug, thiserror::Error)]
    #[error("not a table")]
    pub(crate) struct Error;
    impl Format {
        pub(crate) const ALL: &'static [Self] = &[Self::JiraCsv, Self::AnswersTable];
        pub(crate) fn code(self) -> &'static str {
            match self {
                Self::JiraCsv => "jira-csv",
                Self::AnswersTable => "answers-table",
            }
        }
        pub(crate) fn class(self) -> SourceClass {
            match self {
                Self::JiraCsv => SourceClass::Tickets,
                Self::AnswersTable => SourceClass::Answers,
            }
        }
    }
    impl FromStr for Format {
        type Err = Error;
        fn from_str(s: &str) -> Result<Self, Error> {
            Self::ALL.iter().copied().find(|f| f.code() == s).ok_or(Error)
        }
    }
    pub(crate) fn detect(input: &Input) -> Option<Format> {
        let Input::File { bytes, .. } = input else { return None };
        let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(500))?);
        if head.contains("Issue key") {
            Some(Format::JiraCsv)
        } else if head.contains("Hoe vaak") || head.contains("How often") {
            Some(Format::AnswersTable)
        } else {
            None
        }
    }
    pub(crate) fn read(format: Format, input: &Input, _: &Options<'_>) -> Result<Reading, Error> {
        let Input::File { bytes, name } = input else { return Err(Error) };
        let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
        let head = csv.headers().map_err(|_| Error)?.clone();
        let mut reading = Reading::default();
        for (row, record) in (1u64..).zip(csv.records()) {
            reading.counts.rows += 1;
            let drop = |code, detail: &str, effect| Finding {
                place: Place { file: name.clone(), row: Some(row), column: None },
                code,
                effect,
                detail: detail.to_owned(),
            };
            let Ok(record) = record else {
                reading.findings.push(drop(FindingCode::BadRow, "unreadable", Effect::Skipped));
                continue;
            };
            let get = |name: &str| {
                head.iter().position(|h| h == name).and_then(|at| record.get(at)).unwrap_or("")
            };
            match format {
                Format::JiraCsv => {
                    if get("Issue key").is_empty() {
                        let found = drop(FindingCode::MissingKey, "no key", Effect::Skipped);
                        reading.findings.push(found);
                        continue;
                    }
                    let mut t = Ticket::new(SourceKind::Jira, get("Issue key"));
                    get("Summary").clone_into(&mut t.title);
                    get("Description").clone_into(&mut t.description);
                    t.reporter = Some(PersonId::new(get("Reporter")));
                    t.created = moment(get("Created"));
                    t.updated = moment(get("Updated"));
                    reading.log.people.entry(PersonId::new(get("Reporter"))).or_default();
                    reading.log.tickets.push(t);
                }
                Format::AnswersTable => reading.log.answers.push(Answer {
                    id: MemberRef {
                        source: SourceKind::Survey,
                        key: row.to_string().as_str().into(),
                    },
                    author: None,
                    at: None,
                    what: record.get(2).unwrap_or("").to_owned(),
                    how_often: record.get(3).unwrap_or("").to_owned(),
                    how_long: record.get(4).unwrap_or("").to_owned(),
                    per_year: None,
                    minutes: None,
                }),
            }
        }
        reading.log.sort();
        reading.counts.records = reading.log.len() as u64;
        let _ = Counts::default();
        Ok(reading)
    }
    fn moment(text: &str) -> Option<Timestamp> {
        ["%d/%b/%y %I:%M %p", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|f| chrono::NaiveDateTime::parse_from_str(text, f).ok())
            .map(|n| n.and_utc())
    }
    pub(crate) struct Redactor([u8; 32]);
    impl Redactor {
        pub(crate) fn new(key: &[u8; 32]) -> Self {
            Self(*key)
        }
        pub(crate) fn off() -> Self {
            Self([0; 32])
        }
        pub(crate) fn apply(&self, log: &mut EventLog) -> BTreeMap<PersonId, String> {
            let mut names = BTreeMap::new();
            let mask = |p: &PersonId| {
                let mut print = kompel_runtime::Fingerprint::default();
                print.add(&self.0);
                print.add(p.as_str().as_bytes());
                PersonId::new(&format!("p-{}", &print.finish()[..8]))
            };
            for t in &mut log.tickets {
                if let Some(p) = &mut t.reporter {
                    let masked = mask(p);
                    names.insert(masked.clone(), p.as_str().to_owned());
                    *p = masked;
                }
            }
            log.people =
                std::mem::take(&mut log.people).into_iter().map(|(p, x)| (mask(&p), x)).collect();
            names
        }
    }
}

pub(crate) mod mining {
    use std::collections::BTreeMap;

    use chrono_tz::Tz;
    use kompel_mining::*;
    use kompel_model::{CandidateId, EventLog, Language, MemberRef};

    #[derive(Debug, Clone, Copy)]
    pub(crate) enum Stage {
        Grouping,
    }
    pub(crate) struct Settings {
        pub(crate) previous: Vec<(CandidateId, Vec<MemberRef>)>,
        pub(crate) timezone: Tz,
    }
    pub(crate) fn discover(log: &EventLog, _: &Settings, progress: &dyn Fn(Stage)) -> Discovery {
        progress(Stage::Grouping);
        let mut groups: BTreeMap<String, Vec<&kompel_model::Ticket>> = BTreeMap::new();
        for t in &log.tickets {
            let words = t.title.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
            groups.entry(words.to_lowercase()).or_default().push(t);
        }
        let as_of = log.tickets.iter().filter_map(|t| t.updated).max();
        let candidates = groups
            .into_iter()
            .filter(|(_, g)| g.len() > 30)
            .map(|(words, g)| {
                let mut print = kompel_runtime::Fingerprint::default();
                print.add(words.as_bytes());
                Candidate {
                    id: CandidateId(format!("c-{}", &print.finish()[..4])),
                    title: g[0].title.clone(),
                    language: Language::Nl,
                    languages: BTreeMap::new(),
                    members: g.iter().map(|t| t.id.clone()).collect(),
                    runs: g.len() as u32,
                    request: RequestFacts::default(),
                    resolution: ResolutionFacts::default(),
                    rate: RateFacts {
                        per_year: Some(g.len() as f64 / 1.5),
                        days: 540,
                        counted: g.len() as u32,
                        weeks_observed: 77,
                        weeks_with_run: 60,
                        ..RateFacts::default()
                    },
                    systems: SystemFacts::default(),
                    human: HumanFacts::default(),
                    errors: ErrorFacts::default(),
                    effort: Effort::default(),
                    triggers: vec![],
                    inputs: vec![],
                    steps: vec![],
                    chat: ChatFacts::default(),
                    answers: vec![],
                }
            })
            .collect();
        Discovery {
            as_of,
            sources: vec![],
            candidates,
            rejected: vec![],
            unassigned: Unassigned::default(),
        }
    }
}
