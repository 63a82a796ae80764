//! The JSON that others rely on: `kompel candidates --json` (design §3).

use std::collections::BTreeMap;

use kompel_mining::{Candidate, Discovery, Rejected, RejectedWhy};
use kompel_model::{Language, MemberRef};
use serde::{Deserialize, Serialize};

use crate::criteria::{round, runs_a_year};
use crate::{Assessed, Assessment, Verdict};

/// Copy-paste signs in at least this share of the runs make `copy_paste` true.
const COPY_PASTE_SHARE: f64 = 0.05;

/// The JSON of design §3 from a hunt and its assessment.
///
/// Candidates stand by rank, rejected groups by id. A judged candidate that the discovery does not
/// hold is left out.
pub fn candidates_out(discovery: &Discovery, assessment: &Assessment) -> CandidatesOut {
    let by_id: BTreeMap<_, _> = discovery.candidates.iter().map(|c| (&c.id, c)).collect();
    let found = assessment.candidates.iter();
    CandidatesOut {
        generated_at: discovery
            .as_of
            .unwrap_or_default()
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        candidates: found
            .filter_map(|a| by_id.get(&a.id).map(|candidate| candidate_out(candidate, a)))
            .collect(),
        rejected: discovery.rejected.iter().map(rejected_out).collect(),
        unassigned: discovery.unassigned,
    }
}

fn candidate_out(candidate: &Candidate, assessed: &Assessed) -> CandidateOut {
    let hours = assessed.gain.hours_per_month;
    CandidateOut {
        id: candidate.id.to_string(),
        title: candidate.title.clone(),
        language: candidate.language,
        rank: assessed.rank,
        score: round(assessed.score, 4),
        qualifies: assessed.qualifies,
        criteria: criteria_out(candidate, assessed),
        resolution_sameness: known(candidate.resolution.sameness, 3),
        gain: GainOut {
            hours_per_month: HoursOut {
                low: hours.map(|h| round(h.low, 1)),
                likely: hours.map(|h| round(h.likely, 1)),
                high: hours.map(|h| round(h.high, 1)),
            },
        },
        members: candidate.members.clone(),
    }
}

fn criteria_out(candidate: &Candidate, assessed: &Assessed) -> CriteriaOut {
    let (rate, human, errors) = (&candidate.rate, &candidate.human, &candidate.errors);
    let verdicts = &assessed.criteria;
    let copied = human.copy_paste.share().is_some_and(|share| share >= COPY_PASTE_SHARE);
    let told = verdicts.errors.verdict != Verdict::Unknown;
    CriteriaOut {
        frequency: FrequencyOut {
            verdict: verdicts.frequency.verdict,
            per_year: runs_a_year(rate),
            observed: ObservedOut { from: rate.from, to: rate.to, days: rate.days },
        },
        systems: SystemsOut { verdict: verdicts.systems.verdict, names: assessed.systems.clone() },
        human_factor: HumanOut {
            verdict: verdicts.human_factor.verdict,
            waiting_hours_median: known(human.waiting_hours_median, 1),
            waits_for: human.waits_for.iter().map(|waits| waits.who.clone()).collect(),
            copy_paste: copied,
        },
        errors: ErrorsOut {
            verdict: verdicts.errors.verdict,
            rework_share: errors.rework.share().filter(|_| told).map(|share| round(share, 3)),
        },
    }
}

/// Rounded; what is not a number is not known.
fn known(value: Option<f64>, decimals: i32) -> Option<f64> {
    value.filter(|number| number.is_finite()).map(|number| round(number, decimals))
}

fn rejected_out(rejected: &Rejected) -> RejectedOut {
    RejectedOut {
        id: rejected.id.to_string(),
        title: rejected.title.clone(),
        reason: reason(&rejected.why),
        members: rejected.members.clone(),
    }
}

fn reason(why: &RejectedWhy) -> String {
    match why {
        RejectedWhy::ResolutionsDiffer { sameness } => {
            format!("resolutions differ (sameness {sameness:.2})")
        }
        RejectedWhy::Burst { records } => {
            format!("burst: {} in one or a few outages", counted(*records))
        }
        RejectedWhy::Import { records } => {
            format!("bulk import: {} loaded at once", counted(*records))
        }
        RejectedWhy::Robot { records } => {
            format!("robot: {} made and closed without a person", counted(*records))
        }
        RejectedWhy::Noise => "noise: announcements or automatic messages, not work".to_owned(),
    }
}

fn counted(records: u32) -> String {
    if records == 1 { "1 record".to_owned() } else { format!("{records} records") }
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidatesOut {
    /// The moment of the newest record, RFC 3339: the same input gives the same bytes.
    pub generated_at: String,
    /// By rank.
    pub candidates: Vec<CandidateOut>,
    /// Groups that are no candidates.
    pub rejected: Vec<RejectedOut>,
    /// Records in no group.
    pub unassigned: kompel_mining::Unassigned,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateOut {
    /// `c-…`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Language of most requests.
    pub language: Language,
    /// 1 = first.
    pub rank: u32,
    /// 0..1.
    pub score: f64,
    /// True if every gate lets it through.
    pub qualifies: bool,
    /// Verdicts.
    pub criteria: CriteriaOut,
    /// 0..1.
    pub resolution_sameness: Option<f64>,
    /// Gain.
    pub gain: GainOut,
    /// Every record, sorted.
    pub members: Vec<MemberRef>,
}

/// The four criteria.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriteriaOut {
    /// Frequency.
    pub frequency: FrequencyOut,
    /// Systems.
    pub systems: SystemsOut,
    /// Human factor.
    pub human_factor: HumanOut,
    /// Errors.
    pub errors: ErrorsOut,
}

/// Frequency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrequencyOut {
    /// Verdict.
    pub verdict: Verdict,
    /// Runs a year.
    pub per_year: Option<f64>,
    /// Over which time.
    pub observed: ObservedOut,
}

/// The observed time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservedOut {
    /// First day.
    pub from: Option<chrono::NaiveDate>,
    /// Last day.
    pub to: Option<chrono::NaiveDate>,
    /// Days really observed.
    pub days: u32,
}

/// Systems.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SystemsOut {
    /// Verdict.
    pub verdict: Verdict,
    /// Sorted names.
    pub names: Vec<String>,
}

/// Human factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HumanOut {
    /// Verdict.
    pub verdict: Verdict,
    /// Median elapsed hours.
    pub waiting_hours_median: Option<f64>,
    /// `role:…` or pseudonyms.
    pub waits_for: Vec<String>,
    /// Copy-paste signs in at least a twentieth of the runs.
    pub copy_paste: bool,
}

/// Errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorsOut {
    /// Verdict.
    pub verdict: Verdict,
    /// Share of the runs with rework.
    pub rework_share: Option<f64>,
}

/// Gain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GainOut {
    /// Hours a month.
    pub hours_per_month: HoursOut,
}

/// Low, likely, high; all `null` if not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HoursOut {
    /// Low.
    pub low: Option<f64>,
    /// Likely.
    pub likely: Option<f64>,
    /// High.
    pub high: Option<f64>,
}

/// A rejected group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RejectedOut {
    /// `g-…`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Why, in English.
    pub reason: String,
    /// Every record, sorted.
    pub members: Vec<MemberRef>,
}

#[cfg(test)]
mod tests {
    use kompel_mining::ResolutionFacts;
    use kompel_model::CandidateId;

    use super::*;
    use crate::{Policy, assess, fixture};

    fn rejected(why: RejectedWhy) -> Rejected {
        Rejected {
            id: CandidateId("g-0001".to_owned()),
            title: "Printer".to_owned(),
            why,
            resolution: ResolutionFacts::default(),
            members: vec![fixture::member(7)],
        }
    }

    #[test]
    fn the_json_has_the_designs_shape() {
        let mut rich = fixture::rich();
        rich.members.truncate(2);
        let mut discovery = fixture::discovery(vec![fixture::claimed(), rich]);
        discovery.rejected.push(rejected(RejectedWhy::ResolutionsDiffer { sameness: 0.214 }));
        let assessment = assess(&discovery, &Policy::default());
        insta::assert_json_snapshot!(candidates_out(&discovery, &assessment));
    }

    #[test]
    fn a_rejection_says_why_with_its_number() {
        let cases = [
            (RejectedWhy::Burst { records: 80 }, "burst: 80 records in one or a few outages"),
            (RejectedWhy::Import { records: 1 }, "bulk import: 1 record loaded at once"),
            (
                RejectedWhy::Robot { records: 9 },
                "robot: 9 records made and closed without a person",
            ),
            (RejectedWhy::Noise, "noise: announcements or automatic messages, not work"),
        ];
        for (why, expected) in cases {
            assert_eq!(reason(&why), expected);
        }
    }

    #[test]
    fn without_any_time_the_answer_is_dated_at_the_epoch() {
        let mut discovery = fixture::discovery(vec![]);
        discovery.as_of = None;
        let out = candidates_out(&discovery, &assess(&discovery, &Policy::default()));
        assert_eq!(out.generated_at, "1970-01-01T00:00:00Z");
    }

    #[test]
    fn rework_that_the_records_cannot_show_is_null() {
        let mut candidate = fixture::rich();
        candidate.errors.observable = false;
        candidate.errors.rework.count = 0;
        let discovery = fixture::discovery(vec![candidate]);
        let out = candidates_out(&discovery, &assess(&discovery, &Policy::default()));
        assert_eq!(out.candidates[0].criteria.errors.rework_share, None);
    }
}
