//! The whole hunt as one HTML file.

use kompel_mining::Discovery;
use kompel_model::{Finding, Language};
use kompel_qualify::{Assessment, Pitch, ProcessMap};

use super::context::MapContext;
use crate::Error;

/// All that the HTML report shows.
#[derive(Debug, Clone, Copy)]
pub struct HuntView<'a> {
    /// Whose hunt, of which day, from which sources.
    pub context: &'a MapContext,
    /// The facts.
    pub discovery: &'a Discovery,
    /// The verdicts.
    pub assessment: &'a Assessment,
    /// Maps of candidates; those without one are shown without details.
    pub maps: &'a [ProcessMap],
    /// The pitch.
    pub pitch: &'a Pitch,
    /// What the readers found amiss.
    pub findings: &'a [Finding],
}

/// The hunt as one HTML file.
///
/// # Errors
/// [`Error`] if the template is at fault.
pub fn hunt_html(_view: &HuntView<'_>, _language: Language) -> Result<String, Error> {
    Ok(String::new())
}
