//! A rich candidate for the tests: an imaginary VPN reset with everything the records can tell.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeZone, Utc};
use kompel_mining::*;
use kompel_model::{CandidateId, Language, MemberRef, SourceKind};

pub(crate) fn member(number: u32) -> MemberRef {
    MemberRef { source: SourceKind::Jira, key: format!("OPS-{number}").as_str().into() }
}

fn tally(count: u32, of: u32) -> Tally {
    Tally { count, of, examples: (1..=count.min(5)).map(member).collect() }
}

fn quote(text: &str) -> Quote {
    Quote { text: text.to_owned(), of: member(1) }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

pub(crate) fn system(name: &str, count: u32, of: u32) -> SystemFact {
    SystemFact { name: name.to_owned(), seen: tally(count, of), learned: false }
}

#[expect(clippy::too_many_lines, reason = "a candidate with every fact, as one literal")]
pub(crate) fn rich() -> Candidate {
    Candidate {
        id: CandidateId("c-7f3a".to_owned()),
        title: "Wachtwoord reset VPN".to_owned(),
        language: Language::Nl,
        languages: BTreeMap::from([(Language::Nl, 150), (Language::En, 30)]),
        members: (1..=190).map(member).collect(),
        runs: 180,
        request: RequestFacts {
            words: vec!["wachtwoord".to_owned(), "vpn".to_owned()],
            examples: vec![quote("Ik geraak niet meer op de VPN, wachtwoord verlopen")],
            lexicon: vec!["reset".to_owned()],
        },
        resolution: ResolutionFacts {
            sameness: Some(0.94),
            dominant: Some(quote("Wachtwoord gereset en doorgegeven")),
            alike: tally(169, 180),
            done_manual: tally(52, 180),
            others: vec![(quote("Account was geblokkeerd"), 11)],
        },
        rate: RateFacts {
            per_year: Some(120.0),
            from: Some(day(2025, 1, 1)),
            to: Some(day(2026, 6, 30)),
            days: 540,
            weeks_observed: 77,
            weeks_with_run: 70,
            counted: 178,
            months: (1..=12)
                .map(|month| MonthCount { month: day(2025, month, 1), runs: 10 })
                .collect(),
            bursts: vec![Burst {
                kind: BurstKind::Outage,
                from: Utc.with_ymd_and_hms(2025, 3, 4, 8, 0, 0).unwrap(),
                to: Utc.with_ymd_and_hms(2025, 3, 4, 10, 0, 0).unwrap(),
                records: 12,
            }],
            claimed_per_year: Some(104.0),
        },
        systems: SystemFacts {
            ticket: Some(system("Jira", 180, 180)),
            others: vec![system("Active Directory", 120, 180), system("VPN", 90, 180)],
            observable: true,
        },
        human: HumanFacts {
            observable: true,
            waiting: tally(64, 180),
            touched: tally(80, 180),
            waiting_hours_median: Some(26.5),
            waiting_working_hours_median: Some(9.0),
            waits_for: vec![
                WaitsFor { who: "role:manager".to_owned(), runs: 60 },
                WaitsFor { who: "p-1f3a9c20".to_owned(), runs: 4 },
            ],
            copy_paste: tally(30, 180),
            handovers: tally(41, 180),
            ping_pong: tally(9, 180),
            quotes: vec![quote("Wacht nog op akkoord van de manager")],
        },
        errors: ErrorFacts {
            observable: true,
            rework: tally(9, 180),
            reopened: tally(6, 180),
            corrected: tally(4, 180),
            escalated: tally(5, 180),
            quotes: vec![quote("Verkeerde account gereset")],
        },
        effort: Effort {
            touch_minutes: Some(Spread { low: 20.0, likely: 30.0, high: 45.0 }),
            basis: EffortBasis::Worklog,
            samples: 88,
            redo_minutes: Some(40.0),
            elapsed_hours_median: Some(31.0),
        },
        triggers: vec![
            TriggerFact { kind: TriggerKind::Ticket, seen: tally(172, 180), detail: None },
            TriggerFact { kind: TriggerKind::ChatAsk, seen: tally(8, 180), detail: None },
        ],
        inputs: vec![
            InputFact { kind: InputKind::Person, seen: tally(171, 180) },
            InputFact { kind: InputKind::Client, seen: tally(140, 180) },
            InputFact { kind: InputKind::Host, seen: tally(9, 180) },
        ],
        steps: vec![
            StepFact {
                text: quote("Identiteit nagekeken"),
                seen: tally(150, 180),
                systems: vec![],
                waiting: false,
            },
            StepFact {
                text: quote("Wachten op akkoord"),
                seen: tally(64, 180),
                systems: vec![],
                waiting: true,
            },
            StepFact {
                text: quote("Wachtwoord gereset in AD"),
                seen: tally(160, 180),
                systems: vec!["Active Directory".to_owned()],
                waiting: false,
            },
        ],
        chat: ChatFacts { asks: tally(8, 12), reports: tally(4, 12), quotes: vec![] },
        answers: vec![AnswerFact {
            what: Quote {
                text: "VPN-wachtwoorden resetten".to_owned(),
                of: MemberRef { source: SourceKind::Survey, key: "3".into() },
            },
            per_year: Some(104.0),
            minutes: Some(30.0),
        }],
    }
}

/// A candidate known by one answer only.
pub(crate) fn claimed() -> Candidate {
    let rich = rich();
    Candidate {
        id: CandidateId("c-a001".to_owned()),
        title: "Rapport kopiëren naar SharePoint".to_owned(),
        members: vec![rich.answers[0].what.of.clone()],
        languages: BTreeMap::from([(Language::Nl, 1)]),
        runs: 0,
        request: RequestFacts::default(),
        resolution: ResolutionFacts::default(),
        rate: RateFacts {
            per_year: Some(52.0),
            claimed_per_year: Some(52.0),
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
        ..rich
    }
}

pub(crate) fn discovery(candidates: Vec<Candidate>) -> Discovery {
    Discovery {
        as_of: Some(Utc.with_ymd_and_hms(2026, 6, 30, 16, 0, 0).unwrap()),
        sources: vec![],
        candidates,
        rejected: vec![],
        unassigned: Unassigned { tickets: 3, messages: 4, answers: 1 },
    }
}
