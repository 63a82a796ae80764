//! What a hunt can be told.

use chrono_tz::Tz;

use crate::{
    holidays::Country, identity::Previous, lexicon::Lexicon, signs::Signs, systems::Systems,
};

/// Everything discovery takes beside the log.
pub struct Settings {
    /// The concept lexicon.
    pub lexicon: Lexicon,
    /// The signs in texts.
    pub signs: Signs,
    /// The gazetteer of systems.
    pub systems: Systems,
    /// The zone in which people work.
    pub timezone: Tz,
    /// The country whose holidays are free.
    pub country: Country,
    /// Records that a group needs to be a candidate.
    pub least_records: u32,
    /// Below this share of like ends a group is rejected, 0..1.
    pub least_sameness: f64,
    /// Above this share of records in bursts, imports or robots' rounds a group is rejected, 0..1.
    pub most_unnatural: f64,
    /// Words that weigh: requests that hold one of them are what the hunt looks for first.
    pub hunt_words: Vec<String>,
    /// Groups of the hunt before, so that ids stay.
    pub previous: Previous,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lexicon: Lexicon::builtin(),
            signs: Signs::builtin(),
            systems: Systems::builtin(),
            timezone: chrono_tz::Europe::Brussels,
            country: Country::default(),
            least_records: 5,
            least_sameness: 0.45,
            most_unnatural: 0.5,
            hunt_words: HUNT_WORDS.iter().map(|word| (*word).to_owned()).collect(),
            previous: Previous::new(),
        }
    }
}

/// The mission's own search words.
const HUNT_WORDS: [&str; 8] =
    ["reset", "provision", "access", "toegang", "create", "aanmaken", "certificate", "certificaat"];
