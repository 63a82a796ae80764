//! Systems: does it touch enough of them?
//!
//! The ticket system counts as one if people work the ticket there; chat never does (mining leaves
//! it out). A system that a handful of records mention in passing does not count.

use kompel_mining::{Candidate, SystemFact, SystemFacts};
use kompel_model::Phrase;

use super::pick;
use crate::{Criterion, Policy, Verdict};

/// The systems that count, the ticket system first, then by how often they are seen.
pub(crate) fn counted<'a>(facts: &'a SystemFacts, policy: &Policy) -> Vec<&'a SystemFact> {
    let floor = policy.systems.seen_share;
    let seen = |fact: &&SystemFact| fact.seen.share().is_none_or(|share| share >= floor);
    let mut found: Vec<&SystemFact> = Vec::new();
    for fact in facts.ticket.iter().chain(facts.others.iter().filter(seen)) {
        if !found.iter().any(|other| other.name == fact.name) {
            found.push(fact);
        }
    }
    found
}

/// The sorted names of the systems that count.
pub(crate) fn names(facts: &SystemFacts, policy: &Policy) -> Vec<String> {
    let mut names: Vec<String> =
        counted(facts, policy).into_iter().map(|fact| fact.name.clone()).collect();
    names.sort();
    names
}

/// True if the process is a ticket and one system beside it: then a script may do.
pub(crate) fn script_may_do(facts: &SystemFacts, policy: &Policy) -> bool {
    facts.ticket.is_some() && counted(facts, policy).len() == 2
}

pub(super) fn judge(candidate: &Candidate, policy: &Policy) -> Criterion {
    let facts = &candidate.systems;
    let found = counted(facts, policy);
    let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let (verdict, id) = if count >= policy.systems.minimum {
        let id = if script_may_do(facts, policy) { "systems-met-script" } else { "systems-met" };
        (Verdict::Met, id)
    } else if !facts.observable {
        (Verdict::Unknown, "systems-unknown")
    } else if count == 0 {
        (Verdict::NotMet, "systems-none")
    } else {
        (Verdict::NotMet, "systems-not-met")
    };
    let reason = Phrase::new(id)
        .number("count", count)
        .number("threshold", policy.systems.minimum)
        .text("names", names(facts, policy).join(", "))
        .text("other", found.last().map_or("", |fact| fact.name.as_str()));
    // One record for each system before a second for any.
    let firsts = found.iter().filter_map(|fact| fact.seen.examples.first());
    let rest = found.iter().flat_map(|fact| fact.seen.examples.iter().skip(1));
    Criterion { verdict, reason, evidence: pick(firsts.chain(rest), 5) }
}

#[cfg(test)]
mod tests {
    use kompel_mining::Tally;

    use super::*;
    use crate::fixture;

    fn system(name: &str, count: u32, of: u32) -> SystemFact {
        let seen = Tally { count, of, examples: Vec::new() };
        SystemFact { name: name.to_owned(), seen, learned: false }
    }

    fn check(facts: SystemFacts, verdict: Verdict, reason: &str) {
        let candidate = Candidate { systems: facts.clone(), ..fixture::rich() };
        let found = judge(&candidate, &Policy::default());
        assert_eq!((found.verdict, found.reason.id.as_str()), (verdict, reason), "{facts:?}");
    }

    #[test]
    fn two_systems_are_met_one_is_not() {
        let of = |ticket: Option<SystemFact>, others: Vec<SystemFact>| SystemFacts {
            ticket,
            others,
            observable: true,
        };
        let jira = || Some(system("Jira", 90, 100));
        check(of(jira(), vec![system("VPN", 40, 100)]), Verdict::Met, "systems-met-script");
        let two = vec![system("AWS", 40, 100), system("VPN", 40, 100)];
        check(of(None, two.clone()), Verdict::Met, "systems-met");
        check(of(jira(), two), Verdict::Met, "systems-met");
        check(of(jira(), vec![]), Verdict::NotMet, "systems-not-met");
        check(of(None, vec![]), Verdict::NotMet, "systems-none");
    }

    #[test]
    fn a_system_named_in_passing_does_not_count() {
        let facts = |count| SystemFacts {
            ticket: Some(system("Jira", 100, 100)),
            others: vec![system("VPN", count, 100)],
            observable: true,
        };
        check(facts(10), Verdict::Met, "systems-met-script");
        check(facts(9), Verdict::NotMet, "systems-not-met");
    }

    #[test]
    fn records_that_say_nothing_of_systems_leave_it_unknown() {
        let facts =
            SystemFacts { ticket: Some(system("Jira", 9, 9)), others: vec![], observable: false };
        check(facts, Verdict::Unknown, "systems-unknown");
    }
}
