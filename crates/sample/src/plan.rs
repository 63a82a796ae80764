//! The plan: which cases happen when, for which client. Small enough for a million.
//!
//! Owns moments, keys and the draw of each process's rates. Writes no text.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime};

use crate::{
    calendar::{busyness, clock, is_workday, next_day, window, window_days},
    catalogue::{Book, Kind, Process, Rhythm},
    dice::Dice,
};

/// What a case is a case of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// The book's process of this index.
    Process(u16),
    /// A ticket of no process.
    Noise,
    /// Chat of no process.
    Chatter,
}

/// One case, before its text is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub what: What,
    pub at: NaiveDateTime,
    pub client: u8,
    pub seed: u64,
    pub project: u8,
    /// Number within the project; 0 for chat.
    pub number: u32,
}

/// What the seed drew for one process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    pub present: bool,
    pub per_year: f64,
    pub dutch: f64,
    pub waiting: f64,
    pub copy: f64,
    pub rework: f64,
}

/// The whole plan.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub cases: Vec<Case>,
    pub rates: Vec<Rates>,
    /// Days the chat export lacks.
    pub gap: (NaiveDate, NaiveDate),
}

impl Plan {
    /// Draws it. `scale` multiplies the rates of all that is not rare by nature.
    pub(crate) fn draw(book: &Book, seed: u64, scale: f64) -> Self {
        let rates = draw_rates(book, seed);
        let gap = draw_gap(seed);
        let days = Days::new();
        let mut cases = Vec::new();
        let recorded = |i: usize| rates[i].present && book.process[i].kind != Kind::Answer;
        for (index, process) in book.process.iter().enumerate().filter(|(i, _)| recorded(*i)) {
            let mut dice = Dice::branch(seed, &process.id);
            for at in moments(process, rates[index].per_year, scale, &days, &mut dice) {
                if process.kind == Kind::Chat && in_gap(at.date(), gap) {
                    continue;
                }
                cases.push(case(What::Process(index as u16), at, book, process.project, &mut dice));
            }
        }
        let mut dice = Dice::branch(seed, "noise");
        for (what, span) in
            [(What::Noise, book.noise.per_year), (What::Chatter, book.noise.chat_per_year)]
        {
            for _ in 0..runs(dice.between(span), scale) {
                let at = days.moment(&mut dice);
                if what == What::Noise || !in_gap(at.date(), gap) {
                    let project = dice.below(book.projects.len());
                    cases.push(case(what, at, book, project, &mut dice));
                }
            }
        }
        number(&mut cases, book);
        Self { cases, rates, gap }
    }
}

/// Keys in order of creation, per project, as a ticket system gives them.
fn number(cases: &mut [Case], book: &Book) {
    cases.sort_by_key(|case| (case.at, case.seed));
    let mut next = vec![1u32; book.projects.len()];
    for case in cases {
        let chat = match case.what {
            What::Process(i) => book.process[usize::from(i)].kind != Kind::Ticket,
            What::Noise => false,
            What::Chatter => true,
        };
        if !chat {
            let slot = &mut next[usize::from(case.project)];
            case.number = *slot;
            *slot += 1;
        }
    }
}

fn case(what: What, at: NaiveDateTime, book: &Book, project: usize, dice: &mut Dice) -> Case {
    // A few clients ask for most of the work.
    let of = book.clients.len();
    let client = dice.below(of).min(dice.below(of + of / 2)) as u8;
    Case { what, at, client, seed: dice.bits(), project: project as u8, number: 0 }
}

fn draw_rates(book: &Book, seed: u64) -> Vec<Rates> {
    let mut dice = Dice::branch(seed, "rates");
    let optional: Vec<usize> = (0..book.process.len())
        .filter(|i| book.process[*i].decoy.is_none() && book.process[*i].kind == Kind::Ticket)
        .collect();
    let mut left_out = optional.clone();
    dice.shuffle(&mut left_out);
    left_out.truncate(dice.below(optional.len().saturating_sub(8) + 1));
    book.process
        .iter()
        .enumerate()
        .map(|(i, p)| Rates {
            present: !left_out.contains(&i),
            per_year: dice.between(p.per_year),
            dutch: dice.between(p.dutch),
            waiting: dice.between(p.waiting),
            copy: dice.between(p.copy),
            rework: dice.between(p.rework),
        })
        .collect()
}

fn draw_gap(seed: u64) -> (NaiveDate, NaiveDate) {
    let mut dice = Dice::branch(seed, "gap");
    let from = window().0 + Duration::days(dice.whole(60, 480));
    (from, from + Duration::days(13))
}

/// True if the chat export lacks this day (or a thread begun on it would run into one it lacks).
pub(crate) fn in_gap(date: NaiveDate, gap: (NaiveDate, NaiveDate)) -> bool {
    date >= gap.0 - Duration::days(3) && date <= gap.1
}

fn runs(per_year: f64, scale: f64) -> usize {
    (per_year * scale * f64::from(window_days()) / 365.25).round() as usize
}

/// The moments of one process's runs.
fn moments(
    p: &Process,
    per_year: f64,
    scale: f64,
    days: &Days,
    dice: &mut Dice,
) -> Vec<NaiveDateTime> {
    let steady = |dice: &mut Dice| (0..runs(per_year, scale)).map(|_| days.moment(dice)).collect();
    match p.rhythm {
        Rhythm::Steady => steady(dice),
        Rhythm::Weekly => days.fridays(dice, scale.max(1.0).round() as usize),
        Rhythm::Monthly => days.month_starts(dice, runs(per_year, scale) / 18),
        Rhythm::Quarterly => days.quarters(dice),
        Rhythm::OneDay => {
            let start = days.moment(dice).date().and_time(clock(9, 5));
            let spread = |dice: &mut Dice| start + Duration::seconds(dice.wait(4_000.0) as i64);
            (0..per_year as usize).map(|_| spread(dice)).collect()
        }
        Rhythm::OneMinute => {
            let start = days.moment(dice).date().and_time(clock(21, 40));
            (0..runs(per_year, 1.0)).map(|_| start + Duration::seconds(dice.whole(0, 55))).collect()
        }
        Rhythm::Clockwork => {
            let from = window().0.and_time(clock(0, 0));
            let span = i64::from(window_days()) * 86_400 - 1;
            (0..runs(per_year, scale))
                .map(|_| from + Duration::seconds(dice.whole(0, span)))
                .collect()
        }
    }
}

/// The working days of the window with their weights.
struct Days {
    days: Vec<NaiveDate>,
    /// Running sums of the days' busyness.
    sums: Vec<f64>,
}

impl Days {
    fn new() -> Self {
        let (from, to) = window();
        let mut days = Vec::new();
        let mut sums = Vec::new();
        let mut sum = 0.0;
        let mut date = from;
        while date <= to {
            if busyness(date) > 0.0 {
                sum += busyness(date);
                days.push(date);
                sums.push(sum);
            }
            date = next_day(date);
        }
        Self { days, sums }
    }

    /// A moment in office hours; now and then in the evening.
    fn moment(&self, dice: &mut Dice) -> NaiveDateTime {
        let at = dice.unit() * self.sums.last().copied().unwrap_or(1.0);
        let index = self.sums.partition_point(|sum| *sum < at).min(self.days.len() - 1);
        self.days[index].and_time(clock(0, 0)) + Duration::seconds(second_of_day(dice))
    }

    fn fridays(&self, dice: &mut Dice, times: usize) -> Vec<NaiveDateTime> {
        let (mut date, to) = window();
        let mut out = Vec::new();
        while date <= to {
            if date.weekday() == chrono::Weekday::Fri && !dice.chance(0.04) {
                let mut day = date;
                while !is_workday(day) {
                    day -= Duration::days(1);
                }
                for _ in 0..times {
                    out.push(
                        day.and_time(clock(13, 30)) + Duration::seconds(dice.whole(0, 11_000)),
                    );
                }
            }
            date = next_day(date);
        }
        out
    }

    fn month_starts(&self, dice: &mut Dice, times: usize) -> Vec<NaiveDateTime> {
        let (mut date, to) = window();
        let mut out = Vec::new();
        while date <= to {
            if date.day() == 1 {
                for _ in 0..times.max(1) {
                    let mut day = date + Duration::days(dice.whole(0, 3));
                    while !is_workday(day) {
                        day = next_day(day);
                    }
                    out.push(day.and_time(clock(0, 0)) + Duration::seconds(second_of_day(dice)));
                }
            }
            date = next_day(date);
        }
        out
    }

    fn quarters(&self, dice: &mut Dice) -> Vec<NaiveDateTime> {
        (0..6)
            .map(|q| {
                let index = self.days.len() * q / 6 + dice.below(15);
                self.days[index.min(self.days.len() - 1)].and_time(clock(10, 0))
                    + Duration::seconds(dice.whole(0, 9_000))
            })
            .collect()
    }
}

fn second_of_day(dice: &mut Dice) -> i64 {
    if dice.chance(0.05) {
        return dice.whole(18 * 3_600, 22 * 3_600);
    }
    // Two peaks, mid-morning and early afternoon.
    let base = if dice.chance(0.6) { 8.2 } else { 12.8 };
    ((base + 4.2 * (dice.unit() + dice.unit()) / 2.0) * 3_600.0) as i64 + dice.whole(0, 59)
}
