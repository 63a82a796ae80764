//! All task lists of a playbook, outer before inner.

use super::{Playbook, Task, TaskKind};

/// What holds a list of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// Tasks that follow each other.
    Sequence,
    /// The branches of a `fork`: nothing follows anything.
    Branches,
    /// One function of `use.functions`.
    Function,
}

/// A list of tasks.
#[derive(Debug, Clone, Copy)]
pub(super) struct TaskList<'p> {
    pub(super) tasks: &'p [Task],
    pub(super) holder: Holder,
    /// True if a `fork` is anywhere around it.
    pub(super) in_fork: bool,
}

/// All task lists.
pub(super) fn task_lists(playbook: &Playbook) -> Vec<TaskList<'_>> {
    let mut lists = Vec::new();
    add(TaskList { tasks: &playbook.tasks, holder: Holder::Sequence, in_fork: false }, &mut lists);
    for function in playbook.use_.functions.values() {
        let tasks = std::slice::from_ref(function);
        add(TaskList { tasks, holder: Holder::Function, in_fork: false }, &mut lists);
    }
    lists
}

/// All tasks.
pub(super) fn tasks(playbook: &Playbook) -> impl Iterator<Item = &Task> {
    task_lists(playbook).into_iter().flat_map(|list| list.tasks)
}

/// The lists directly within a task.
pub(super) fn inner(task: &Task, in_fork: bool) -> Vec<TaskList<'_>> {
    let sequence = |tasks| TaskList { tasks, holder: Holder::Sequence, in_fork };
    match &task.kind {
        TaskKind::Do(tasks) => vec![sequence(tasks)],
        TaskKind::For(each) => vec![sequence(&each.tasks)],
        TaskKind::Fork(fork) => {
            vec![TaskList { tasks: &fork.branches, holder: Holder::Branches, in_fork: true }]
        }
        TaskKind::Try(attempt) => {
            let handler = attempt.catch.tasks.as_deref();
            [Some(attempt.tasks.as_slice()), handler].into_iter().flatten().map(sequence).collect()
        }
        TaskKind::Listen(listen) => {
            let tasks = listen.foreach.as_ref().and_then(|foreach| foreach.tasks.as_deref());
            tasks.into_iter().map(sequence).collect()
        }
        TaskKind::Call(_)
        | TaskKind::Set(_)
        | TaskKind::Switch(_)
        | TaskKind::Wait(_)
        | TaskKind::Emit(_)
        | TaskKind::Raise(_)
        | TaskKind::Run(_) => Vec::new(),
    }
}

fn add<'p>(list: TaskList<'p>, lists: &mut Vec<TaskList<'p>>) {
    lists.push(list);
    for task in list.tasks {
        for inner in inner(task, list.in_fork) {
            add(inner, lists);
        }
    }
}
