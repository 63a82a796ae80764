//! Progress bars on standard error, for whatever may take over two seconds.

use std::{borrow::Cow, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

/// Where progress is shown, or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    shown: bool,
}

/// One bar; goes away when dropped.
pub(crate) struct Bar(ProgressBar);

impl Progress {
    pub(crate) fn new(shown: bool) -> Self {
        Self { shown }
    }

    /// A bar that fills up to `length`.
    pub(crate) fn bar(self, says: impl Into<Cow<'static, str>>, length: u64) -> Bar {
        self.drawn(ProgressBar::new(length), "{spinner} {msg:32} {wide_bar} {percent:>3}%", says)
    }

    /// A count of rows where the number of them is not known.
    pub(crate) fn counter(self, says: impl Into<Cow<'static, str>>) -> Bar {
        self.drawn(ProgressBar::new_spinner(), "{spinner} {msg} {human_pos} {elapsed}", says)
    }

    /// A sign of life where the length is not known.
    pub(crate) fn spinner(self, says: impl Into<Cow<'static, str>>) -> Bar {
        self.drawn(ProgressBar::new_spinner(), "{spinner} {msg} {elapsed}", says)
    }

    fn drawn(self, bar: ProgressBar, template: &str, says: impl Into<Cow<'static, str>>) -> Bar {
        if !self.shown {
            return Bar(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template(template).expect("the template is right");
        bar.set_style(style);
        bar.set_message(says);
        bar.enable_steady_tick(Duration::from_millis(120));
        Bar(bar)
    }
}

impl Bar {
    pub(crate) fn at(&self, position: u64) {
        self.0.set_position(position);
    }

    pub(crate) fn says(&self, text: impl Into<Cow<'static, str>>) {
        self.0.set_message(text);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
