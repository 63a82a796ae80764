mod conformance;
mod driver;
mod properties;
mod semantics;

/// Notes that a task was begun, for the tests that ask in which order tasks run.
pub(super) fn note_begun(task: &str) {
    driver::BEGUN.with_borrow_mut(|begun| begun.push(task.to_owned()));
}
