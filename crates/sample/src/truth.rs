//! The truth: which processes are in a world, with every verdict counted from what was generated.

use std::collections::BTreeSet;

use kompel_model::{MemberRef, SourceKind};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::{window, window_days},
    catalogue::{Decoy, Kind, Process},
    plan::What,
    record::Marks,
    world::World,
    write::slack_key,
};

/// What is in a world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// The world's seed.
    pub seed: u64,
    /// The catalogue's letter.
    pub catalogue: String,
    /// First and last day.
    pub from: chrono::NaiveDate,
    /// Last day.
    pub to: chrono::NaiveDate,
    /// Days.
    pub days: u32,
    /// A line a person can read.
    pub description: String,
    /// Tickets in the export.
    pub tickets: usize,
    /// Messages in the export.
    pub messages: usize,
    /// Answers in the export.
    pub answers: usize,
    /// Tickets that belong to no process (decoys that are no process included).
    pub noise_tickets: usize,
    /// Planted processes and decoys.
    pub processes: Vec<TruthProcess>,
}

/// One planted process or decoy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TruthProcess {
    /// Short name.
    pub id: String,
    /// Dutch name.
    pub name_nl: String,
    /// English name.
    pub name_en: String,
    /// What records it leaves.
    pub kind: Kind,
    /// What trap it is, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoy: Option<Decoy>,
    /// True if by the design's definitions it qualifies.
    pub qualifies: bool,
    /// The verdicts.
    pub criteria: TruthCriteria,
    /// Runs in the records; none of what is known from answers only.
    pub runs: u32,
    /// Hours of work a month that it really takes: the true value.
    pub hours_per_month: f64,
    /// 1 = the most hours a month among those that qualify.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_rank: Option<u32>,
    /// Share of Dutch requests.
    pub dutch_share: f64,
    /// Share that ends in "done manually" or the like.
    pub manual_share: f64,
    /// Every record of it, sorted.
    pub records: Vec<MemberRef>,
}

/// The verdicts with their numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TruthCriteria {
    /// Frequency.
    pub frequency: TruthVerdict,
    /// Runs a year over the observed time.
    pub per_year: f64,
    /// Share of the weeks with a run.
    pub weeks_share: f64,
    /// Systems.
    pub systems: TruthVerdict,
    /// Systems that at least a fifth of the runs name, sorted; the ticket system if worked there.
    pub system_names: Vec<String>,
    /// Human factor.
    pub human_factor: TruthVerdict,
    /// Share of the runs that wait.
    pub waiting_share: f64,
    /// Share with copy-paste signs.
    pub copy_paste_share: f64,
    /// Share with either.
    pub touched_share: f64,
    /// Median hours waited, elapsed.
    pub waiting_hours_median: Option<f64>,
    /// For whom.
    pub waits_for: Option<String>,
    /// Errors.
    pub errors: TruthVerdict,
    /// Share reopened, redone or corrected.
    pub rework_share: f64,
}

/// Met, not met, or not to be told from the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TruthVerdict {
    /// Met.
    Met,
    /// Not met.
    NotMet,
    /// The records can't tell.
    Unknown,
}

impl TruthVerdict {
    fn of(met: bool) -> Self {
        if met { Self::Met } else { Self::NotMet }
    }
}

impl World {
    /// Counts the truth.
    pub fn truth(&self) -> Truth {
        let (from, to) = window();
        let mut by_process: Vec<Vec<usize>> = vec![Vec::new(); self.setting.book.process.len()];
        for (index, case) in self.setting.plan.cases.iter().enumerate() {
            if let What::Process(p) = case.what {
                by_process[usize::from(p)].push(index);
            }
        }
        let mut processes: Vec<TruthProcess> = (0..by_process.len())
            .filter(|p| self.setting.plan.rates[*p].present)
            .map(|p| self.process_truth(p, &by_process[p]))
            .collect();
        rank(&mut processes);
        let owned: usize = processes
            .iter()
            .filter(|p| p.decoy.is_none() && p.kind == Kind::Ticket)
            .map(|p| p.runs as usize)
            .sum();
        Truth {
            seed: self.options.seed,
            catalogue: self.options.catalogue.code().to_owned(),
            from,
            to,
            days: window_days(),
            description: self.description(),
            tickets: self.ticket_count(),
            messages: self.message_count(),
            answers: self.answers.len(),
            noise_tickets: self.ticket_count() - owned,
            processes,
        }
    }

    fn process_truth(&self, p: usize, cases: &[usize]) -> TruthProcess {
        let process = &self.setting.book.process[p];
        let marks: Vec<Marks> = cases.iter().map(|i| self.marks[*i]).collect();
        let share = |of: fn(&Marks) -> bool| {
            if marks.is_empty() {
                0.0
            } else {
                marks.iter().filter(|m| of(m)).count() as f64 / marks.len() as f64
            }
        };
        let criteria = if process.kind == Kind::Answer {
            self.told_criteria(p, process)
        } else {
            self.seen_criteria(process, cases, &marks)
        };
        let minutes: f64 = if process.kind == Kind::Answer {
            criteria.per_year * 1.5 * (process.touch[0] + process.touch[1]) / 2.0
        } else {
            marks.iter().map(|m| f64::from(m.touch_minutes)).sum()
        };
        TruthProcess {
            id: process.id.clone(),
            name_nl: process.name_nl.clone(),
            name_en: process.name_en.clone(),
            kind: process.kind,
            decoy: process.decoy,
            qualifies: qualifies(process, &criteria),
            runs: cases.len() as u32,
            hours_per_month: (minutes / 60.0 / 18.0 * 100.0).round() / 100.0,
            value_rank: None,
            dutch_share: share(|m| m.dutch),
            manual_share: share(|m| m.manual),
            records: self.records(p, cases),
            criteria,
        }
    }

    fn seen_criteria(&self, process: &Process, cases: &[usize], marks: &[Marks]) -> TruthCriteria {
        let runs = marks.len().max(1) as f64;
        let share =
            |of: &dyn Fn(&Marks) -> bool| marks.iter().filter(|m| of(m)).count() as f64 / runs;
        let gap = if process.kind == Kind::Chat { 14.0 } else { 0.0 };
        let per_year = marks.len() as f64 / (f64::from(window_days()) - gap) * 365.25;
        let start = window().0;
        let week = |i: &usize| (self.case(*i).at.date() - start).num_days() / 7;
        let weeks: BTreeSet<i64> = cases.iter().map(week).collect();
        let weeks_share = weeks.len() as f64 / ((f64::from(window_days()) - gap) / 7.0);
        let mut names: Vec<String> =
            self.names(|bit| share(&|m| (m.systems >> bit) & 1 == 1) >= 0.2);
        if process.kind == Kind::Ticket && process.decoy != Some(Decoy::PollingRobot) {
            names.push("Jira".to_owned());
        }
        names.sort();
        let touched = share(&|m| m.waiting || m.copy);
        let mut hours: Vec<f32> =
            marks.iter().filter(|m| m.wait_hours > 0.0).map(|m| m.wait_hours).collect();
        hours.sort_by(f32::total_cmp);
        let waiting = share(&|m| m.waiting);
        TruthCriteria {
            frequency: TruthVerdict::of(per_year >= 50.0 || weeks_share >= 0.8),
            per_year: (per_year * 10.0).round() / 10.0,
            weeks_share,
            systems: TruthVerdict::of(names.len() >= 2),
            system_names: names,
            human_factor: TruthVerdict::of(touched >= 0.2),
            waiting_share: waiting,
            copy_paste_share: share(&|m| m.copy),
            touched_share: touched,
            waiting_hours_median: hours.get(hours.len() / 2).map(|h| f64::from(*h)),
            waits_for: (waiting >= 0.05).then(|| process.waits_for.code().to_owned()),
            errors: TruthVerdict::of(share(&|m| m.rework) >= 0.03),
            rework_share: share(&|m| m.rework),
        }
    }

    /// The criteria of what is known from answers only.
    fn told_criteria(&self, p: usize, process: &Process) -> TruthCriteria {
        let mine = || self.answers.iter().filter(|a| a.process == Some(p));
        let systems = mine().fold(0u64, |all, a| all | a.systems);
        let per_year = (process.per_year[0] + process.per_year[1]) / 2.0;
        let copies = process.copy[1] > 0.0;
        let waits = process.waiting[1] > 0.0;
        let names = self.names(|bit| (systems >> bit) & 1 == 1);
        let human = if copies || waits { TruthVerdict::Met } else { TruthVerdict::Unknown };
        TruthCriteria {
            frequency: TruthVerdict::of(per_year >= 50.0),
            per_year,
            weeks_share: (per_year / 52.0).min(1.0),
            systems: TruthVerdict::of(names.len() >= 2),
            system_names: names,
            human_factor: human,
            waiting_share: process.waiting[1],
            copy_paste_share: process.copy[1],
            touched_share: process.waiting[1].max(process.copy[1]),
            waiting_hours_median: None,
            waits_for: waits.then(|| process.waits_for.code().to_owned()),
            errors: TruthVerdict::Unknown,
            rework_share: 0.0,
        }
    }

    fn names(&self, holds: impl Fn(usize) -> bool) -> Vec<String> {
        let systems = self.setting.book.systems.values().enumerate();
        let mut names: Vec<String> =
            systems.filter(|(bit, _)| holds(*bit)).map(|(_, a)| a[0].clone()).collect();
        names.sort();
        names
    }

    fn records(&self, p: usize, cases: &[usize]) -> Vec<MemberRef> {
        let mut records = Vec::new();
        for &index in cases {
            let case = self.case(index);
            if case.number > 0 {
                records.push(MemberRef {
                    source: SourceKind::Jira,
                    key: self.setting.key(case).into(),
                });
            }
            if self.marks[index].messages > 0 {
                for message in self.setting.tell(index).messages {
                    records.push(MemberRef {
                        source: SourceKind::Slack,
                        key: slack_key(&message).into(),
                    });
                }
            }
        }
        for (row, answer) in self.answers.iter().enumerate() {
            if answer.process == Some(p) {
                records.push(MemberRef {
                    source: SourceKind::Survey,
                    key: (row + 1).to_string().into(),
                });
            }
        }
        records.sort();
        records
    }
}

fn qualifies(process: &Process, criteria: &TruthCriteria) -> bool {
    let never = matches!(
        process.decoy,
        Some(
            Decoy::OutageBurst
                | Decoy::PollingRobot
                | Decoy::BulkImport
                | Decoy::DifferingResolutions
                | Decoy::Junk
        )
    );
    !never
        && criteria.frequency == TruthVerdict::Met
        && criteria.systems == TruthVerdict::Met
        && criteria.human_factor != TruthVerdict::NotMet
}

fn rank(processes: &mut [TruthProcess]) {
    let mut order: Vec<usize> = (0..processes.len()).filter(|i| processes[*i].qualifies).collect();
    order.sort_by(|a, b| processes[*b].hours_per_month.total_cmp(&processes[*a].hours_per_month));
    for (rank, index) in order.into_iter().enumerate() {
        processes[index].value_rank = Some(rank as u32 + 1);
    }
}
