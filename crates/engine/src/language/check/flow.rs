//! Which tasks can ever be reached.

use kompel_model::Phrase;

use crate::language::{
    FlowDirective, Playbook, Task, TaskKind,
    mistake::{Fault, heading},
    walk::{Holder, task_lists},
};

pub(super) fn faults(playbook: &Playbook) -> Vec<Fault> {
    let mut faults = Vec::new();
    let sequences = task_lists(playbook).into_iter().filter(|list| list.holder == Holder::Sequence);
    for list in sequences {
        let reached = reached(list.tasks);
        for (task, _) in list.tasks.iter().zip(reached).filter(|(_, reached)| !reached) {
            let span = heading(playbook.places.find(&task.reference.0));
            let message = Phrase::new("mistake-unreachable").text("name", &task.name);
            let hint = Phrase::new("instead-unreachable");
            faults.push(Fault::new("unreachable", span, message).hint(hint).warning());
        }
    }
    faults
}

fn reached(tasks: &[Task]) -> Vec<bool> {
    let mut reached = vec![false; tasks.len()];
    let mut todo = vec![0];
    while let Some(index) = todo.pop() {
        if let Some(seen) = reached.get_mut(index)
            && !*seen
        {
            *seen = true;
            todo.extend(next(tasks, index));
        }
    }
    reached
}

/// Where a task may lead within its list.
fn next(tasks: &[Task], index: usize) -> Vec<usize> {
    let task = &tasks[index];
    let target = |directive: &FlowDirective| match directive {
        FlowDirective::Continue => Some(index + 1),
        FlowDirective::Exit | FlowDirective::End => None,
        FlowDirective::To(name) => tasks.iter().position(|task| task.name == *name),
    };
    let own = task.base.then.as_ref().unwrap_or(&FlowDirective::Continue);
    let mut found: Vec<Option<usize>> = Vec::new();
    match &task.kind {
        TaskKind::Switch(switch) => {
            found.extend(switch.cases.iter().map(|case| target(&case.then)));
            if switch.cases.iter().all(|case| case.when.is_some()) {
                found.push(target(own));
            }
        }
        TaskKind::Raise(_) => {}
        TaskKind::Try(attempt) => {
            found.push(target(own));
            found.push(attempt.catch.then.as_ref().and_then(target));
        }
        TaskKind::Do(_)
        | TaskKind::Call(_)
        | TaskKind::Set(_)
        | TaskKind::For(_)
        | TaskKind::Fork(_)
        | TaskKind::Wait(_)
        | TaskKind::Listen(_)
        | TaskKind::Emit(_)
        | TaskKind::Run(_) => found.push(target(own)),
    }
    if task.base.if_.is_some() {
        found.push(Some(index + 1));
    }
    found.into_iter().flatten().collect()
}
