//! The top three on one A4.

use kompel_model::Language;
use kompel_qualify::Pitch;

use super::context::MapContext;
use crate::Error;

/// The pitch as a PDF of one A4.
///
/// # Errors
/// [`Error`] if the template is at fault.
pub fn pitch_pdf(
    _pitch: &Pitch,
    _language: Language,
    _context: &MapContext,
) -> Result<Vec<u8>, Error> {
    Ok(Vec::new())
}
