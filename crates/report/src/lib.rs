//! View models to PDF (Typst) and HTML, and the wording of phrases in Dutch and English.
//!
//! Owns how findings look on paper and on screen: the A4 of one process ([`map_pdf`]), the pitch
//! of three ([`pitch_pdf`]), a leaver's report ([`leaver_pdf`]) and the whole hunt as one HTML file
//! ([`hunt_html`]). Computes no
//! number of its own beyond counting, reads no file, font, clock or network: templates, fonts and
//! messages are compiled in, and the same input gives the same bytes.

mod error;
mod reasons;
mod render;
mod text;
mod view;
mod wording;
mod world;

pub use error::Error;
pub use reasons::{reason, reason_in_words};
pub use view::{HuntView, MapContext, hunt_html, leaver_pdf, map_pdf, open_in_words, pitch_pdf};
pub use wording::{Wording, wording};
