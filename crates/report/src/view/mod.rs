//! View models: findings put in words and in the shape a page needs. No rules of discovery.

mod badge;
mod context;
mod hunt;
mod map;
mod months;
mod pitch;
mod plots;

pub use context::MapContext;
pub use hunt::{HuntView, hunt_html};
pub use map::map_pdf;
pub use pitch::pitch_pdf;
