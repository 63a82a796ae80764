//! What is wrong with a playbook beyond its form: judged with the action catalogue and the jq
//! compiler at hand.
//!
//! Owns the judgement, not the catalogue and not jq: both are arguments.

mod calls;
mod concurrency;
mod flow;
mod schemas;

pub(crate) use schemas::no_schema;

use kompel_model::{Catalogue, Phrase};

use super::{
    Mistake, Playbook, Retry, RetryPolicy, StandardError, Task, TaskKind,
    mistake::{Fault, known, locate, near},
    parse::nearest,
    place::member,
    walk::{self, task_lists},
};

/// Judges a playbook.
///
/// `variables` compiles a jq program and names the variables that it reads and does not bind
/// itself, without `$`; its error says what is wrong with the program.
///
/// The answer is in the order of the text, errors and warnings; a hundred at most.
pub fn check(
    playbook: &Playbook,
    catalogue: &Catalogue,
    variables: &dyn Fn(&str) -> Result<Vec<String>, Phrase>,
) -> Vec<Mistake> {
    let mut faults = playbook.places.warnings().to_vec();
    faults.extend(expressions(playbook, variables));
    faults.extend(calls::faults(playbook, catalogue));
    faults.extend(flow::faults(playbook));
    faults.extend(concurrency::faults(playbook));
    faults.extend(schemas::faults(playbook));
    faults.extend(exports_in_forks(playbook));
    faults.extend(error_types(playbook));
    faults.extend(endless_retries(playbook));
    locate(faults, &playbook.places)
}

fn expressions(
    playbook: &Playbook,
    variables: &dyn Fn(&str) -> Result<Vec<String>, Phrase>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    for placed in playbook.places.expressions() {
        let span = playbook.places.find(&placed.pointer).value;
        let used = match variables(placed.expression.jq()) {
            Ok(used) => used,
            Err(error) => {
                faults.push(Fault::new("expression", span, error));
                continue;
            }
        };
        let here: Vec<&str> = placed.variables.iter().map(String::as_str).collect();
        for name in used.iter().filter(|name| !here.contains(&name.as_str())) {
            let hint = match nearest(name, &here) {
                Some(name) => near(&format!("${name}")),
                None => known(here.iter().map(|name| format!("${name}"))),
            };
            let says = Phrase::new("mistake-word").text("text", format!("${name}"));
            faults.push(Fault::new("unknown-variable", span, says).hint(hint));
        }
    }
    faults
}

/// Branches run in no order, so what they export would depend on which ends last.
fn exports_in_forks(playbook: &Playbook) -> Vec<Fault> {
    let inside = task_lists(playbook).into_iter().filter(|list| list.in_fork);
    let exports = inside.flat_map(|list| list.tasks).flat_map(exports);
    exports
        .map(|pointer| {
            let span = super::mistake::heading(playbook.places.find(&pointer));
            Fault::new("export-in-fork", span, Phrase::new("mistake-export-in-fork"))
                .hint(Phrase::new("instead-export-in-fork"))
        })
        .collect()
}

/// A filter for an error of the standard that the standard does not have never catches anything.
fn error_types(playbook: &Playbook) -> Vec<Fault> {
    let mut faults = Vec::new();
    for task in walk::tasks(playbook) {
        let TaskKind::Try(attempt) = &task.kind else { continue };
        let Some(kind) = attempt.catch.errors.as_ref().and_then(|filter| filter.kind.as_deref())
        else {
            continue;
        };
        if StandardError::from_uri(kind).is_none() && StandardError::is_standard_place(kind) {
            let pointer = format!("{}/catch/errors/with/type", task.reference);
            let span = playbook.places.find(&pointer).value;
            let names = StandardError::ALL.map(StandardError::name);
            let written = kind.rsplit('/').next().unwrap_or_default();
            let hint = match nearest(written, &names) {
                Some(name) => near(name),
                None => Phrase::new("instead-error-type").text("names", names.join(", ")),
            };
            let message = Phrase::new("mistake-error-type").text("name", written);
            faults.push(Fault::new("error-type", span, message).hint(hint).warning());
        }
    }
    faults
}

/// Without a limit the standard tries again for ever.
fn endless_retries(playbook: &Playbook) -> Vec<Fault> {
    let shared = playbook.use_.retries.iter();
    let shared = shared.map(|(name, policy)| (member("/use/retries", name), policy));
    let inline = walk::tasks(playbook).filter_map(|task| match &task.kind {
        TaskKind::Try(attempt) => match &attempt.catch.retry {
            Some(Retry::Policy(policy)) => {
                Some((format!("{}/catch/retry", task.reference), policy))
            }
            Some(Retry::Named(_)) | None => None,
        },
        _ => None,
    });
    let limited = |policy: &RetryPolicy| {
        let limit = policy.limit.as_ref();
        limit.is_some_and(|limit| limit.attempt_count.is_some() || limit.duration.is_some())
    };
    let endless = shared.chain(inline).filter(|(_, policy)| !limited(policy));
    endless
        .map(|(pointer, _)| {
            let span = super::mistake::heading(playbook.places.find(&pointer));
            let hint = Phrase::new("instead-either")
                .text("first", "`limit: {attempt: {count: 5}}`")
                .text("second", "`limit: {duration: PT1H}`");
            let says = Phrase::new("mistake-endless-retry");
            Fault::new("endless-retry", span, says).hint(hint).warning()
        })
        .collect()
}

/// The pointers of what a task exports.
fn exports(task: &Task) -> Vec<String> {
    let own = task.base.export.is_some().then(|| format!("{}/export", task.reference));
    let each = match &task.kind {
        TaskKind::Listen(listen) => {
            listen.foreach.as_ref().is_some_and(|each| each.export.is_some())
        }
        _ => false,
    };
    own.into_iter().chain(each.then(|| format!("{}/foreach/export", task.reference))).collect()
}

/// Every task as it would be come across when reading from the top, called functions included.
pub(super) fn in_order(playbook: &Playbook) -> Vec<&Task> {
    let mut found = Vec::new();
    let mut calling = Vec::new();
    walk_in_order(playbook, &playbook.tasks, &mut calling, &mut found);
    found
}

fn walk_in_order<'p>(
    playbook: &'p Playbook,
    tasks: &'p [Task],
    calling: &mut Vec<&'p str>,
    found: &mut Vec<&'p Task>,
) {
    for task in tasks {
        if found.len() >= MOST_STEPS {
            return;
        }
        found.push(task);
        if let TaskKind::Call(super::Call::Function(call)) = &task.kind
            && let Some((name, function)) = playbook.use_.functions.get_key_value(&call.name)
            && !calling.contains(&name.as_str())
        {
            calling.push(name);
            walk_in_order(playbook, std::slice::from_ref(function), calling, found);
            calling.pop();
        }
        for list in walk::inner(task, false) {
            walk_in_order(playbook, list.tasks, calling, found);
        }
    }
}

/// Functions that call functions multiply; beyond this the order is no longer followed.
const MOST_STEPS: usize = 20_000;
