//! The thresholds and weights of qualification: the `[qualify]` table of `kompel.toml`.
//!
//! Owns every number that is a choice rather than a fact. Its defaults are the mission's.

use std::collections::BTreeMap;

use kompel_mining::Spread;
use serde::{Deserialize, Serialize};

/// All choices of qualification; a configuration file overrides single fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// The criteria that a candidate must pass to qualify.
    pub gate: Vec<CriterionName>,
    /// Frequency.
    pub frequency: FrequencyPolicy,
    /// Systems.
    pub systems: SystemsPolicy,
    /// Human factor.
    pub human_factor: HumanPolicy,
    /// Errors.
    pub errors: ErrorsPolicy,
    /// A candidate whose ends are known to be less alike than this does not qualify.
    pub sameness_floor: f64,
    /// A candidate with fewer counted runs does not qualify; claimed runs are not counted so.
    pub minimum_cases: u32,
    /// Gain.
    pub gain: GainPolicy,
    /// Ease.
    pub ease: EasePolicy,
    /// Rank.
    pub rank: RankPolicy,
    /// Whom the pitch asks; a blank on the page if not stated.
    pub decider: Option<String>,
    /// For which organisation the pitch asks; left out of the question if not stated.
    pub organisation: Option<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            gate: vec![
                CriterionName::Frequency,
                CriterionName::Systems,
                CriterionName::HumanFactor,
            ],
            frequency: FrequencyPolicy::default(),
            systems: SystemsPolicy::default(),
            human_factor: HumanPolicy::default(),
            errors: ErrorsPolicy::default(),
            sameness_floor: 0.5,
            minimum_cases: 5,
            gain: GainPolicy::default(),
            ease: EasePolicy::default(),
            rank: RankPolicy::default(),
            decider: None,
            organisation: None,
        }
    }
}

/// The names of the criteria, as `gate` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CriterionName {
    /// Weekly, or often enough a year.
    Frequency,
    /// Enough systems.
    Systems,
    /// Waiting, copy-paste.
    HumanFactor,
    /// Error-proneness.
    Errors,
}

/// What a gate does with a verdict of `unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknowns {
    /// Unknown does not pass: the criterion must be met.
    Stop,
    /// Unknown passes: the criterion must only not be `not_met`.
    Pass,
}

/// When a process runs often enough.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FrequencyPolicy {
    /// Runs a year.
    pub per_year: f64,
    /// Or a run in at least this share of the observed weeks.
    pub weekly_share: f64,
    /// Observations of fewer whole weeks are called short: they can show "often", not "seldom".
    pub minimum_weeks: u32,
    /// What unknown does at the gate.
    pub unknown: Unknowns,
}

impl Default for FrequencyPolicy {
    fn default() -> Self {
        Self { per_year: 50.0, weekly_share: 0.8, minimum_weeks: 8, unknown: Unknowns::Stop }
    }
}

/// When a process touches enough systems.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SystemsPolicy {
    /// Systems, the ticket system among them if people work the ticket there.
    pub minimum: u32,
    /// A system counts if at least this share of the records that could name it do so.
    pub seen_share: f64,
    /// What unknown does at the gate.
    pub unknown: Unknowns,
}

impl Default for SystemsPolicy {
    fn default() -> Self {
        Self { minimum: 2, seen_share: 0.10, unknown: Unknowns::Stop }
    }
}

/// When a process has a human factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HumanPolicy {
    /// Share of the runs that wait for a person or show copy-paste work.
    pub share: f64,
    /// Those waited for are named on the map if in at least this share of the waiting runs.
    pub visible_share: f64,
    /// What unknown does at the gate.
    pub unknown: Unknowns,
}

impl Default for HumanPolicy {
    fn default() -> Self {
        Self { share: 0.2, visible_share: 0.1, unknown: Unknowns::Pass }
    }
}

/// When a process is error-prone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ErrorsPolicy {
    /// Share of the runs that are reopened, redone or corrected.
    pub share: f64,
    /// What unknown does at the gate, if `gate` names the errors.
    pub unknown: Unknowns,
}

impl Default for ErrorsPolicy {
    fn default() -> Self {
        Self { share: 0.03, unknown: Unknowns::Pass }
    }
}

/// The assumptions of the gain, used where the records tell nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GainPolicy {
    /// The share of the work that a machine can take over.
    pub automatable: Spread,
    /// Minutes of work a run where nothing tells; without it such a gain stays unknown.
    pub touch_minutes: Option<Spread>,
    /// Minutes of work of a redo where nothing tells.
    pub redo_minutes: f64,
}

impl Default for GainPolicy {
    fn default() -> Self {
        Self {
            automatable: Spread { low: 0.5, likely: 0.7, high: 0.9 },
            touch_minutes: Some(Spread { low: 5.0, likely: 10.0, high: 20.0 }),
            redo_minutes: 15.0,
        }
    }
}

/// What makes a process easy to automate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EasePolicy {
    /// Weight of the systems with a connector here.
    pub connectors_weight: f64,
    /// Weight of the sameness of the resolutions.
    pub sameness_weight: f64,
    /// Weight of needing few decisions of people.
    pub decisions_weight: f64,
    /// Weight of how well the records document the work.
    pub documentation_weight: f64,
    /// Systems that have a connector here, each with the connector's name. A list in the
    /// configuration stands instead of this one.
    pub connectors: BTreeMap<String, String>,
}

impl Default for EasePolicy {
    fn default() -> Self {
        Self {
            connectors_weight: 0.35,
            sameness_weight: 0.3,
            decisions_weight: 0.2,
            documentation_weight: 0.15,
            connectors: CONNECTORS
                .iter()
                .map(|(system, connector)| ((*system).to_owned(), (*connector).to_owned()))
                .collect(),
        }
    }
}

impl EasePolicy {
    /// The connector for a system, whatever the case its name is written in.
    pub fn connector(&self, system: &str) -> Option<&str> {
        let wanted = system.to_lowercase();
        self.connectors
            .iter()
            .find(|(name, _)| name.to_lowercase() == wanted)
            .map(|(_, connector)| connector.as_str())
    }
}

/// What raises and lowers the rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RankPolicy {
    /// Value of an error-prone candidate is raised by this share.
    pub errors_bonus: f64,
    /// Value of a candidate whose requests use a word of the hunt's own list is raised by this.
    pub hunt_words_bonus: f64,
    /// Value of a candidate for which a script may do is multiplied by this.
    pub script_factor: f64,
    /// Certainty of a candidate known by claims only is multiplied by this.
    pub claimed_factor: f64,
    /// Runs at which half of the certainty that a sample can give is reached.
    pub half_certain_runs: f64,
}

impl Default for RankPolicy {
    fn default() -> Self {
        Self {
            errors_bonus: 0.25,
            hunt_words_bonus: 0.1,
            script_factor: 0.6,
            claimed_factor: 0.5,
            half_certain_runs: 10.0,
        }
    }
}

/// Systems that Kompel's connectors speak to, by the names people use.
const CONNECTORS: &[(&str, &str)] = &[
    ("AD", "ad"),
    ("Active Directory", "ad"),
    ("Azure AD", "graph"),
    ("Azure Active Directory", "graph"),
    ("Entra ID", "graph"),
    ("Exchange Online", "exchange"),
    ("FreeRADIUS", "radius"),
    ("Intune", "graph"),
    ("Jira", "jira"),
    ("LDAP", "ad"),
    ("M365", "graph"),
    ("Microsoft 365", "graph"),
    ("Microsoft Entra ID", "graph"),
    ("Microsoft Teams", "graph"),
    ("ocserv", "ocserv"),
    ("Office 365", "graph"),
    ("OneDrive", "graph"),
    ("OpenConnect", "ocserv"),
    ("OpenVPN", "openvpn"),
    ("RADIUS", "radius"),
    ("Request Tracker", "rt"),
    ("SharePoint", "graph"),
    ("Teams", "graph"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_overrides_single_fields_and_keeps_the_rest() {
        let text = "gate = [\"frequency\"]\ndecider = \"Ann\"\n[frequency]\nper_year = 30.0\n\
                    [ease.connectors]\nVPN = \"vpn\"\n";
        let policy: Policy = toml::from_str(text).unwrap();
        assert_eq!(policy.gate, [CriterionName::Frequency]);
        assert_eq!(policy.frequency.per_year, 30.0);
        assert_eq!(policy.frequency.weekly_share, 0.8);
        assert_eq!(policy.ease.connector("vpn"), Some("vpn"));
        assert_eq!(policy.decider.as_deref(), Some("Ann"));
    }

    #[test]
    fn an_unknown_field_is_refused() {
        for text in ["frequenzy = 1", "[frequency]\nper_yaer = 3.0", "gate = [\"speed\"]"] {
            assert!(toml::from_str::<Policy>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_default_written_as_a_table_reads_back_as_itself() {
        let text = toml::to_string(&Policy::default()).unwrap();
        assert_eq!(toml::from_str::<Policy>(&text).unwrap(), Policy::default());
    }
}
