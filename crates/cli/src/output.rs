//! What goes to the screen: sentences, tables, JSON, failures.
//!
//! Answers go to standard output, everything else to standard error. A reader that closes the pipe
//! early (`kompel candidates | head`) ends the program quietly.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, IsTerminal as _, Write as _},
};

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, TableComponent, presets};
use kompel_model::{PersonId, Phrase};
use kompel_report::Wording;
use miette::{GraphicalTheme, MietteHandlerOpts, ReportHandler as _};

use crate::{args::Global, diagnostics::Failure, exit::Exit, progress::Progress};

/// The screen.
pub(crate) struct Output {
    wording: Wording,
    json: bool,
    quiet: bool,
    colour: bool,
    /// Where lines end on a terminal; a file or pipe gets each sentence on a line.
    folds_at: Option<usize>,
    names: RefCell<BTreeMap<PersonId, String>>,
}

impl Output {
    pub(crate) fn new(global: &Global, wording: Wording) -> Self {
        Self {
            wording,
            json: global.json,
            quiet: global.quiet,
            colour: colour_wanted(),
            folds_at: io::stdout().is_terminal().then(|| usize::from(width())),
            names: RefCell::default(),
        }
    }

    pub(crate) fn wording(&self) -> Wording {
        self.wording
    }

    /// True if the answer is to be JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// From now on people's output shows these names instead of their pseudonyms.
    pub(crate) fn show_names(&self, names: BTreeMap<PersonId, String>) {
        *self.names.borrow_mut() = names;
    }

    /// One line of an answer, as it is.
    pub(crate) fn line(&self, text: &str) {
        let text = unmasked(text, &self.names.borrow());
        match self.folds_at {
            Some(width) => text.split('\n').for_each(|line| self.put(&folded(line, width))),
            None => self.put(&text),
        }
    }

    fn put(&self, text: &str) {
        written(writeln!(io::stdout().lock(), "{text}"));
    }

    /// One sentence of an answer.
    pub(crate) fn say(&self, phrase: &Phrase) {
        self.line(&self.wording.say(phrase));
    }

    /// A remark beside the answer: nothing if quiet, and nothing if the answer is JSON.
    pub(crate) fn remark(&self, phrase: &Phrase) {
        if !self.quiet && !self.json {
            self.say(phrase);
        }
    }

    /// An empty line between remarks.
    pub(crate) fn gap(&self) {
        if !self.quiet && !self.json {
            self.line("");
        }
    }

    /// A heading.
    pub(crate) fn heading(&self, text: &str) {
        if self.colour { self.line(&format!("\x1b[1m{text}\x1b[0m")) } else { self.line(text) }
    }

    /// The whole answer as JSON.
    pub(crate) fn json(&self, value: &impl serde::Serialize) -> Result<Exit, Failure> {
        let text = serde_json::to_string_pretty(value).map_err(|error| {
            Failure::new(Exit::Unexpected, Phrase::new("fail-unexpected")).because(&error)
        })?;
        written(writeln!(io::stdout().lock(), "{text}"));
        Ok(Exit::Done)
    }

    /// A table that fits the screen; `right` names the columns to align right.
    pub(crate) fn table(&self, head: &[String], rows: Vec<Vec<Cell>>, right: &[usize]) {
        let mut table = Table::new();
        table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
        table.remove_style(TableComponent::HorizontalLines);
        table.remove_style(TableComponent::MiddleIntersections);
        table.remove_style(TableComponent::LeftBorderIntersections);
        table.remove_style(TableComponent::RightBorderIntersections);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        if !self.colour {
            table.force_no_tty();
        }
        table.set_width(width());
        table.set_header(head);
        for row in rows {
            table.add_row(row);
        }
        for at in right {
            if let Some(column) = table.column_mut(*at) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let text = table.to_string();
        for line in text.lines() {
            self.put(&unmasked(line.trim_end(), &self.names.borrow()));
        }
    }

    /// A cell, coloured where colours are wanted.
    pub(crate) fn cell(&self, text: impl Into<String>, colour: comfy_table::Color) -> Cell {
        let cell = Cell::new(text.into());
        if self.colour { cell.fg(colour) } else { cell }
    }

    /// Progress bars: on a terminal, unless the user wants quiet or JSON.
    pub(crate) fn progress(&self) -> Progress {
        Progress::new(!self.quiet && !self.json && io::stderr().is_terminal())
    }

    /// Shows a failure on standard error.
    pub(crate) fn complain(&self, failure: &Failure) {
        if self.json {
            let _ = writeln!(io::stderr().lock(), "{}", failure.json(self.wording));
            return;
        }
        let colour = self.colour && io::stderr().is_terminal();
        let theme =
            if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = MietteHandlerOpts::new()
            .color(colour)
            .unicode(true)
            .graphical_theme(theme)
            .width(width().into())
            .build();
        let worded = failure.worded(self.wording);
        let _ = writeln!(io::stderr().lock(), "{}", Drawn(&handler, &worded));
    }
}

struct Drawn<'a>(&'a miette::MietteHandler, &'a crate::diagnostics::Worded<'a>);

impl std::fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.debug(self.1, f)
    }
}

fn written(result: io::Result<()>) {
    if result.is_err() {
        // Nobody reads on: there is nothing left to say and nowhere to say it.
        std::process::exit(Exit::Done.number().into());
    }
}

/// The text with the names of `names` instead of their pseudonyms.
fn unmasked(text: &str, names: &BTreeMap<PersonId, String>) -> String {
    if names.is_empty() {
        return text.to_owned();
    }
    let mut shown = text.to_owned();
    for (person, name) in names {
        if shown.contains(person.as_str()) {
            shown = shown.replace(person.as_str(), name);
        }
    }
    shown
}

/// The line in lines of at most `width`, broken between words and indented as it was.
///
/// A command stays whole, for it is there to be copied.
fn folded(line: &str, width: usize) -> String {
    let words = line.trim_start_matches(' ');
    if line.chars().count() <= width || words.starts_with("kompel ") || line.contains('\x1b') {
        return line.to_owned();
    }
    let indent = &line[..line.len() - words.len()];
    let (mut text, mut at) = (indent.to_owned(), indent.len());
    for (i, word) in words.split(' ').enumerate() {
        let long = word.chars().count();
        if i > 0 && at + 1 + long > width {
            text.push('\n');
            text.push_str(indent);
            at = indent.len();
        } else if i > 0 {
            text.push(' ');
            at += 1;
        }
        text.push_str(word);
        at += long;
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
fn colour_wanted() -> bool {
    let refused = std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty());
    let dumb = std::env::var("TERM").is_ok_and(|value| value == "dumb");
    !refused && !dumb && io::stdout().is_terminal()
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
fn width() -> u16 {
    let stated = std::env::var("COLUMNS").ok().and_then(|value| value.parse().ok());
    let found = stated.or_else(|| Table::new().width());
    found.unwrap_or(USUAL_WIDTH).clamp(60, 160)
}

const USUAL_WIDTH: u16 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_break_between_words_and_keep_their_indent() {
        for (line, expected) in [
            ("", ""),
            ("short", "short"),
            ("één twee drie vier", "één twee\ndrie vier"),
            ("  aan de hoofding te zien", "  aan de\n  hoofding\n  te zien"),
            ("a-word-longer-than-the-line b", "a-word-longer-than-the-line\nb"),
            ("  kompel explain c-7f3a --json", "  kompel explain c-7f3a --json"),
        ] {
            assert_eq!(folded(line, 10), expected, "{line}");
        }
    }

    #[test]
    fn names_take_the_place_of_pseudonyms_only_if_given() {
        let names = BTreeMap::from([(PersonId::new("p-00000001"), "Jan Janssen".to_owned())]);
        assert_eq!(unmasked("by p-00000001", &names), "by Jan Janssen");
        assert_eq!(unmasked("by p-00000001", &BTreeMap::new()), "by p-00000001");
    }
}
