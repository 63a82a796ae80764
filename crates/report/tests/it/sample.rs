//! An imaginary hunt for the tests: a VPN reset, certificates, leavers, and an answer alone.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeZone, Utc};
use kompel_mining::{
    AnswerFact, Candidate, ChatFacts, Discovery, Effort, EffortBasis, ErrorFacts, HumanFacts,
    InputFact, InputKind, MonthCount, Quote, RateFacts, Rejected, RejectedWhy, RequestFacts,
    ResolutionFacts, SourceWindow, Spread, StepFact, SystemFact, SystemFacts, Tally, TriggerFact,
    TriggerKind, Unassigned, WaitsFor,
};
use kompel_model::{
    CandidateId, Effect, Finding, FindingCode, Language, MemberRef, Phrase, Place, SourceKind,
};
use kompel_qualify::{Assessment, Pitch, Policy, ProcessMap, assess, pitch, process_map};
use kompel_report::MapContext;

/// A hunt with everything made of it.
pub(crate) struct Hunt {
    pub(crate) context: MapContext,
    pub(crate) discovery: Discovery,
    pub(crate) assessment: Assessment,
    pub(crate) maps: Vec<ProcessMap>,
    pub(crate) pitch: Pitch,
    pub(crate) findings: Vec<Finding>,
}

/// The hunt over these candidates.
pub(crate) fn hunt_of(candidates: Vec<Candidate>) -> Hunt {
    let discovery = Discovery {
        as_of: Some(Utc.with_ymd_and_hms(2026, 6, 30, 16, 0, 0).unwrap()),
        sources: vec![window(SourceKind::Jira, 4312), window(SourceKind::Slack, 18_240)],
        candidates,
        rejected: rejected(),
        unassigned: Unassigned { tickets: 123, messages: 4560, answers: 2 },
    };
    let policy = Policy { organisation: Some("Secamo".to_owned()), ..Policy::default() };
    let assessment = assess(&discovery, &policy);
    let maps = assessment
        .candidates
        .iter()
        .map(|assessed| {
            let candidate =
                discovery.candidates.iter().find(|c| c.id == assessed.id).expect("assessed");
            process_map(candidate, assessed, &policy)
        })
        .collect();
    let context = MapContext::of(&discovery, Some("Brugwacht NV"));
    Hunt {
        pitch: pitch(&discovery, &assessment, &policy),
        context,
        discovery,
        assessment,
        maps,
        findings: findings(),
    }
}

/// Four candidates, of which three qualify.
pub(crate) fn hunt() -> Hunt {
    hunt_of(vec![vpn(), certificates(), leavers(), claimed()])
}

pub(crate) fn jira(number: u32) -> MemberRef {
    MemberRef { source: SourceKind::Jira, key: format!("OPS-{number}").as_str().into() }
}

pub(crate) fn tally(count: u32, of: u32, from: u32) -> Tally {
    Tally { count, of, examples: (0..count.min(5)).map(|at| jira(from + at * 17)).collect() }
}

pub(crate) fn quote(text: &str, number: u32) -> Quote {
    Quote { text: text.to_owned(), of: jira(number) }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn window(source: SourceKind, records: u64) -> SourceWindow {
    SourceWindow {
        source,
        from: day(2025, 1, 1),
        to: day(2026, 6, 30),
        days: 540,
        gaps: vec![],
        records,
    }
}

fn months(runs: [u32; 18]) -> Vec<MonthCount> {
    (0u32..)
        .zip(runs)
        .map(|(at, runs)| MonthCount {
            month: day(2025 + i32::try_from(at / 12).unwrap(), at % 12 + 1, 1),
            runs,
        })
        .collect()
}

fn rate(per_year: f64, runs: [u32; 18]) -> RateFacts {
    RateFacts {
        per_year: Some(per_year),
        from: Some(day(2025, 1, 1)),
        to: Some(day(2026, 6, 30)),
        days: 540,
        weeks_observed: 77,
        weeks_with_run: 70,
        counted: runs.iter().sum(),
        months: months(runs),
        bursts: vec![],
        claimed_per_year: None,
    }
}

fn step(text: &str, count: u32, of: u32, system: &str, waiting: bool) -> StepFact {
    StepFact {
        text: quote(text, count),
        seen: tally(count, of, 31),
        systems: if system.is_empty() { vec![] } else { vec![system.to_owned()] },
        waiting,
    }
}

fn system(name: &str, count: u32, of: u32) -> SystemFact {
    SystemFact { name: name.to_owned(), seen: tally(count, of, 12), learned: false }
}

fn waits(who: &str, runs: u32) -> WaitsFor {
    WaitsFor { who: who.to_owned(), runs }
}

/// Dutch; waits for a manager.
#[expect(clippy::too_many_lines, reason = "a candidate with every fact, as one literal")]
pub(crate) fn vpn() -> Candidate {
    let of = 318;
    Candidate {
        id: CandidateId("c-7f3a".to_owned()),
        title: "Wachtwoord reset VPN".to_owned(),
        language: Language::Nl,
        languages: BTreeMap::from([(Language::Nl, 270), (Language::En, 48)]),
        members: (1..=331).map(jira).collect(),
        runs: of,
        request: RequestFacts {
            words: ["wachtwoord", "vpn", "verlopen"].map(str::to_owned).to_vec(),
            examples: vec![quote("Ik geraak niet meer op de VPN, wachtwoord verlopen", 12)],
            lexicon: vec!["reset".to_owned()],
        },
        resolution: ResolutionFacts {
            sameness: Some(0.94),
            dominant: Some(quote("Wachtwoord gereset en telefonisch doorgegeven", 44)),
            alike: tally(299, of, 44),
            done_manual: tally(92, of, 51),
            others: vec![(quote("Account was geblokkeerd, vrijgegeven", 61), 19)],
        },
        rate: rate(212.0, [14, 18, 21, 16, 19, 12, 9, 8, 24, 20, 18, 15, 22, 19, 23, 21, 20, 19]),
        systems: SystemFacts {
            ticket: Some(system("Jira", of, of)),
            others: vec![system("Active Directory", 240, of), system("VPN", 301, of)],
            observable: true,
        },
        human: HumanFacts {
            observable: true,
            waiting: tally(121, of, 18),
            touched: tally(160, of, 18),
            waiting_hours_median: Some(26.5),
            waiting_working_hours_median: Some(9.0),
            waits_for: vec![waits("role:manager", 110), waits("p-1f3a9c20", 4)],
            copy_paste: tally(48, of, 80),
            handovers: tally(71, of, 90),
            ping_pong: tally(12, of, 33),
            quotes: vec![quote("Wacht nog op akkoord van de manager", 35)],
        },
        errors: ErrorFacts {
            observable: true,
            rework: tally(16, of, 21),
            reopened: tally(11, of, 21),
            corrected: tally(7, of, 22),
            escalated: tally(5, of, 23),
            quotes: vec![quote("Oei, verkeerde account gereset. Rechtgezet.", 87)],
        },
        effort: Effort {
            touch_minutes: Some(Spread { low: 20.0, likely: 30.0, high: 45.0 }),
            basis: EffortBasis::Worklog,
            samples: 88,
            redo_minutes: Some(40.0),
            elapsed_hours_median: Some(31.0),
        },
        triggers: vec![
            TriggerFact { kind: TriggerKind::Ticket, seen: tally(296, of, 12), detail: None },
            TriggerFact { kind: TriggerKind::ChatAsk, seen: chatted(22, of), detail: None },
        ],
        inputs: vec![
            InputFact { kind: InputKind::Person, seen: tally(302, of, 12) },
            InputFact { kind: InputKind::Client, seen: tally(240, of, 13) },
            InputFact { kind: InputKind::Mail, seen: tally(61, of, 14) },
        ],
        steps: vec![
            step("Identiteit nagekeken bij de aanvrager", 250, of, "", false),
            step("akkoord van de manager", 121, of, "", true),
            step("Wachtwoord gereset in AD", 280, of, "Active Directory", false),
            step("VPN-profiel opnieuw gekoppeld", 201, of, "VPN", false),
            step("Nieuw wachtwoord doorgebeld", 190, of, "", false),
        ],
        chat: ChatFacts { asks: tally(8, 12, 1), reports: tally(4, 12, 1), quotes: vec![] },
        answers: vec![AnswerFact {
            what: Quote { text: "VPN-wachtwoorden resetten".to_owned(), of: answer("3") },
            per_year: Some(104.0),
            minutes: Some(30.0),
        }],
    }
}

fn chatted(count: u32, of: u32) -> Tally {
    let key = "ops-vragen/1748339201.0042".into();
    Tally { count, of, examples: vec![MemberRef { source: SourceKind::Slack, key }] }
}

fn answer(row: &str) -> MemberRef {
    MemberRef { source: SourceKind::Survey, key: row.into() }
}

/// The seed's own example.
pub(crate) fn certificates() -> Candidate {
    let of = 97;
    Candidate {
        id: CandidateId("c-2b91".to_owned()),
        title: "Certificaat vernieuwen op de load balancer".to_owned(),
        members: (400..=505).map(jira).collect(),
        runs: of,
        rate: rate(66.0, [4, 6, 5, 6, 7, 4, 3, 6, 5, 6, 7, 5, 4, 7, 6, 5, 6, 5]),
        resolution: ResolutionFacts {
            sameness: Some(0.97),
            dominant: Some(quote("Nieuw certificaat geïnstalleerd en nagekeken", 411)),
            alike: tally(94, of, 411),
            done_manual: tally(40, of, 412),
            others: vec![],
        },
        systems: SystemFacts {
            ticket: Some(system("Jira", of, of)),
            others: vec![system("F5", 66, of), system("DigiCert", 88, of)],
            observable: true,
        },
        human: HumanFacts {
            observable: true,
            waiting: tally(20, of, 430),
            touched: tally(52, of, 430),
            waiting_hours_median: Some(18.0),
            waiting_working_hours_median: Some(6.0),
            waits_for: vec![waits("role:client", 20)],
            copy_paste: tally(40, of, 431),
            quotes: vec![quote("Wachten op de klant voor de DNS-validatie", 433)],
            ..HumanFacts::default()
        },
        errors: ErrorFacts {
            observable: true,
            rework: tally(9, of, 440),
            reopened: tally(6, of, 440),
            corrected: tally(3, of, 441),
            escalated: tally(2, of, 442),
            quotes: vec![quote("Vergeten te checken, site lag plat tot 9u", 448)],
        },
        triggers: vec![TriggerFact {
            kind: TriggerKind::Alert,
            seen: tally(80, of, 402),
            detail: None,
        }],
        inputs: vec![
            InputFact { kind: InputKind::Domain, seen: tally(95, of, 401) },
            InputFact { kind: InputKind::Date, seen: tally(70, of, 401) },
            InputFact { kind: InputKind::Client, seen: tally(60, of, 401) },
        ],
        steps: vec![
            step("Vervaldatum nagekeken in de kalender", 60, of, "", false),
            step("CSR gemaakt en besteld bij de provider", 88, of, "DigiCert", false),
            step("validatie door de klant", 20, of, "", true),
            step("Certificaat geüpload op de load balancer", 66, of, "F5", false),
        ],
        answers: vec![],
        ..vpn()
    }
}

/// English, safe, with errors.
pub(crate) fn leavers() -> Candidate {
    let of = 88;
    Candidate {
        id: CandidateId("c-90de".to_owned()),
        title: "Offboarding: disable accounts of a leaver".to_owned(),
        language: Language::En,
        languages: BTreeMap::from([(Language::En, 70), (Language::Nl, 18)]),
        members: (600..=690).map(jira).collect(),
        runs: of,
        rate: rate(59.0, [5, 4, 5, 6, 4, 7, 5, 3, 6, 4, 5, 5, 4, 5, 6, 4, 5, 5]),
        systems: SystemFacts {
            ticket: Some(system("Jira", of, of)),
            others: vec![system("Active Directory", 85, of), system("Microsoft 365", 80, of)],
            observable: true,
        },
        resolution: ResolutionFacts {
            sameness: Some(0.81),
            dominant: Some(quote("All accounts disabled, mailbox archived", 611)),
            alike: tally(71, of, 611),
            ..ResolutionFacts::default()
        },
        human: HumanFacts {
            observable: true,
            waiting: tally(60, of, 630),
            touched: tally(66, of, 630),
            waiting_hours_median: Some(49.0),
            waiting_working_hours_median: Some(13.0),
            waits_for: vec![waits("role:hr", 60)],
            quotes: vec![quote("Still waiting for HR to confirm the last day", 633)],
            ..HumanFacts::default()
        },
        errors: ErrorFacts { observable: false, ..ErrorFacts::default() },
        steps: vec![
            step("Disabled the user", 85, of, "Active Directory", false),
            step("confirmation of HR", 60, of, "", true),
            step("Revoked the licence", 80, of, "Microsoft 365", false),
        ],
        answers: vec![],
        ..vpn()
    }
}

/// Known by one answer only.
pub(crate) fn claimed() -> Candidate {
    Candidate {
        id: CandidateId("c-a001".to_owned()),
        title: "Rapport kopiëren naar SharePoint".to_owned(),
        members: vec![answer("3")],
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
        ..vpn()
    }
}

fn rejected() -> Vec<Rejected> {
    [
        ("g-11aa", "Laptop traag", RejectedWhy::ResolutionsDiffer { sameness: 0.21 }, 48),
        ("g-22bb", "Mail down", RejectedWhy::Burst { records: 133 }, 140),
        ("g-33cc", "Disk space alert", RejectedWhy::Robot { records: 900 }, 900),
        ("g-44dd", "Asset import", RejectedWhy::Import { records: 2000 }, 2000),
        ("g-55ee", "Nieuwsbrief", RejectedWhy::Noise, 12),
    ]
    .into_iter()
    .map(|(id, title, why, records)| Rejected {
        id: CandidateId(id.to_owned()),
        title: title.to_owned(),
        why,
        resolution: ResolutionFacts::default(),
        members: (1000..1000 + records).map(jira).collect(),
    })
    .collect()
}

fn findings() -> Vec<Finding> {
    (1..=9)
        .map(|row| Finding {
            place: Place {
                file: "export.csv".to_owned(),
                row: Some(row * 31),
                column: Some("Created".to_owned()),
            },
            code: if row < 7 { FindingCode::BadDate } else { FindingCode::Duplicate },
            effect: if row < 7 { Effect::Repaired } else { Effect::Merged },
            times: 1,
            detail: Phrase::new("detail-date").text("value", "\"31/02/2025\""),
        })
        .collect()
}
