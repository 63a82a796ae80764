//! The world: options in, records and their truth out.

use chrono::{Duration, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::{clock, window},
    catalogue::Catalogue,
    dice::Dice,
    people::Cast,
    plan::{Case, Plan, What},
    record::{Marks, Who},
    story::Setting,
};

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorldOptions {
    /// The same seed gives the same world, byte for byte.
    pub seed: u64,
    /// From which catalogue.
    pub catalogue: Catalogue,
    /// Multiplies the number of runs; 1 gives some 5,000 tickets, 200 about a million.
    pub scale: f64,
    /// Another number gives the same records in another order of rows.
    pub row_order: u64,
}

impl Default for WorldOptions {
    fn default() -> Self {
        Self { seed: 1, catalogue: Catalogue::A, scale: 1.0, row_order: 0 }
    }
}

/// An imaginary provider's eighteen months.
///
/// Holds the plan and what happened, not the texts: writers word each case again as they stream it,
/// so that a million tickets need no gigabytes.
#[derive(Debug, Clone)]
pub struct World {
    pub(crate) options: WorldOptions,
    pub(crate) setting: Setting,
    pub(crate) marks: Vec<Marks>,
    pub(crate) answers: Vec<Answer>,
}

/// A person of the world, by what he is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    /// First name and surname.
    pub name: &'a str,
    /// First name.
    pub first: &'a str,
    /// Mail address; what stands before the `@` is the login.
    pub mail: &'a str,
}

/// One row of the survey.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub at: NaiveDateTime,
    pub by: Who,
    pub what: String,
    pub how_often: String,
    pub how_long: String,
    /// The process it tells of.
    pub process: Option<usize>,
    /// Bit `i`: it names the `i`-th system.
    pub systems: u64,
}

impl World {
    /// Makes a world.
    pub fn generate(options: &WorldOptions) -> Self {
        let book = options.catalogue.book();
        let scale = options.scale.clamp(0.01, 1_000.0);
        let cast = Cast::draw(&book, options.seed);
        let plan = Plan::draw(&book, options.seed, scale);
        let setting = Setting { book, cast, plan };
        let marks = (0..setting.plan.cases.len()).map(|i| setting.tell(i).marks).collect();
        let answers = draw_answers(&setting, options.seed);
        Self { options: *options, setting, marks, answers }
    }

    /// What it is, in a line a person can read.
    pub fn description(&self) -> String {
        let (from, to) = window();
        format!(
            "{}, an imaginary Belgian security provider, and its {} clients, {from} to {to}: {} tickets, {} chat messages, {} answers (catalogue {}, seed {})",
            self.setting.book.provider,
            self.setting.cast.clients.len(),
            self.ticket_count(),
            self.message_count(),
            self.answers.len(),
            self.options.catalogue.code(),
            self.options.seed,
        )
    }

    /// The provider's name.
    pub fn provider(&self) -> &str {
        &self.setting.book.provider
    }

    /// Number of client companies.
    pub fn client_count(&self) -> usize {
        self.setting.cast.clients.len()
    }

    /// The people whose names stand in the texts, robots left out.
    pub fn people(&self) -> impl Iterator<Item = Named<'_>> {
        self.setting.cast.people.iter().filter(|person| !person.robot).map(|person| Named {
            name: &person.name,
            first: &person.first,
            mail: &person.mail,
        })
    }

    /// The client companies' names.
    pub fn clients(&self) -> impl Iterator<Item = &str> {
        self.setting.cast.clients.iter().map(|client| client.name.as_str())
    }

    /// First and last day.
    pub fn window(&self) -> (chrono::NaiveDate, chrono::NaiveDate) {
        window()
    }

    /// Number of tickets.
    pub fn ticket_count(&self) -> usize {
        self.setting.plan.cases.iter().filter(|case| case.number > 0).count()
    }

    /// Number of chat messages.
    pub fn message_count(&self) -> usize {
        self.marks.iter().map(|marks| usize::from(marks.messages)).sum()
    }

    /// Number of answers.
    pub fn answer_count(&self) -> usize {
        self.answers.len()
    }

    /// Indices of the cases that are tickets, in the order of the rows.
    pub(crate) fn ticket_rows(&self) -> Vec<usize> {
        let cases = &self.setting.plan.cases;
        let mut rows: Vec<usize> = (0..cases.len()).filter(|i| cases[*i].number > 0).collect();
        Dice::branch(self.options.seed ^ self.options.row_order.wrapping_mul(0x9e37), "rows")
            .shuffle(&mut rows);
        rows
    }

    pub(crate) fn case(&self, index: usize) -> Case {
        self.setting.plan.cases[index]
    }
}

fn draw_answers(setting: &Setting, seed: u64) -> Vec<Answer> {
    let mut dice = Dice::branch(seed, "answers");
    let mut answers = Vec::new();
    for (p, process) in setting.book.process.iter().enumerate() {
        if !setting.plan.rates[p].present {
            continue;
        }
        let mut texts: Vec<&[String; 3]> =
            process.nl.answer.iter().chain(&process.en.answer).collect();
        dice.shuffle(&mut texts);
        let count = dice.whole(process.answers[0], process.answers[1]) as usize;
        for text in texts.into_iter().take(count) {
            answers.push(answer(setting, Some(p), text, &mut dice));
        }
    }
    let noise = &setting.book.noise;
    for text in noise.nl.answer.iter().chain(&noise.en.answer) {
        answers.push(answer(setting, None, text, &mut dice));
    }
    dice.shuffle(&mut answers);
    answers
}

fn answer(
    setting: &Setting,
    process: Option<usize>,
    text: &[String; 3],
    dice: &mut Dice,
) -> Answer {
    let at = window().1.and_time(clock(9, 0)) - Duration::days(dice.whole(5, 25))
        + Duration::minutes(dice.whole(0, 480));
    let case = Case { what: What::Noise, at, client: 0, seed: dice.bits(), project: 0, number: 0 };
    let mut scene = setting.scene(case, dice);
    let what = scene.say(&text[0], dice);
    Answer {
        at,
        by: scene.engineer,
        what,
        how_often: text[1].clone(),
        how_long: text[2].clone(),
        process,
        systems: scene.systems,
    }
}
