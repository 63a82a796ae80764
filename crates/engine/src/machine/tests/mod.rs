mod conformance;
mod driver;
mod properties;
mod semantics;

/// Notes that a task was begun, for the tests that ask in which order tasks run.
pub(super) fn note_begun(task: &str) {
    driver::BEGUN.with_borrow_mut(|begun| begun.push(task.to_owned()));
}

/// Notes that a task's state changed.
pub(super) fn note_transition(transition: (&'static str, &'static str)) {
    driver::CHANGED.with_borrow_mut(|changed| changed.insert(transition));
}
