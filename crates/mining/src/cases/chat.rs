//! Chat and answers that belong to a group.

use super::Group;
use crate::{AnswerFact, ChatFacts, Quote, quote::quote, signs::Sign, tally::Tallied};

/// Typical messages quoted.
const QUOTES: usize = 3;

/// Answers shown.
const ANSWERS: usize = 20;

/// What the group's threads do: ask or report.
pub(crate) fn chat(group: &Group<'_>) -> ChatFacts {
    let (mut asks, mut reports) = (Tallied::default(), Tallied::default());
    let mut quotes: Vec<Quote> = Vec::new();
    for thread in &group.threads {
        let Some(first) = thread.messages.first() else { continue };
        let ask = thread.signs.has(Sign::ChatAsk) || thread.signs.has(Sign::ApprovalAsk);
        let report = !ask && thread.signs.has(Sign::ChatReport);
        asks.see(&first.id, Some(first.at), ask);
        reports.see(&first.id, Some(first.at), report);
        if (ask || report) && quotes.len() < QUOTES {
            let new = quote(&first.text, &first.id);
            if quotes.iter().all(|q| q.text != new.text) {
                quotes.push(new);
            }
        }
    }
    ChatFacts { asks: asks.into(), reports: reports.into(), quotes }
}

/// The group's answers, in order of their rows.
pub(crate) fn answers(group: &Group<'_>) -> Vec<AnswerFact> {
    let mut all = group.answers.clone();
    all.sort_by(|a, b| {
        let row = |key: &str| key.parse::<u64>().unwrap_or(u64::MAX);
        (row(&a.id.key), &a.id).cmp(&(row(&b.id.key), &b.id))
    });
    all.into_iter()
        .take(ANSWERS)
        .map(|a| AnswerFact {
            what: quote(&a.what, &a.id),
            per_year: a.per_year,
            minutes: a.minutes,
        })
        .collect()
}
