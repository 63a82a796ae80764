//! Secrets: values that no message, log, journal or file may ever show.

use zeroize::Zeroizing;

/// A secret text. Has no `Debug`, `Display` or `Serialize`, so that it can't slip out by accident,
/// and wipes its memory when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text in.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the one place that hands it to the peer.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}
