//! The reports as their readers get them: on one page, the same bytes each time, in both
//! languages, and with foreign text shown as text.

mod hostile;
mod html;
mod maps;
mod messages;
mod pdf;
mod pitches;
mod sample;
