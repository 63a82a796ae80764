//! View models: findings put in words and in the shape a page needs. No rules of discovery.

mod badge;
mod context;
mod hunt;
mod leaver;
mod map;
mod months;
mod pitch;
mod plots;

pub use context::MapContext;
pub use hunt::{HuntView, hunt_html};
pub use leaver::{leaver_pdf, open_in_words};
pub use map::map_pdf;
pub use pitch::pitch_pdf;
