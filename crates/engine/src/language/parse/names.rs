//! Names that must name something: targets of `then`, and what is shared under `use`.

use std::collections::BTreeSet;

use kompel_model::Phrase;

use super::reader::one_of;
use crate::language::{
    Authentication, Call, Credentials, FlowDirective, Places, Playbook, Raise, Retry, Task,
    TaskKind, Timeout, UseAuthentication,
    mistake::{Fault, heading},
    place::member,
    walk::{Holder, TaskList, task_lists},
};

/// Names that name nothing, and names that name two things.
pub(super) fn faults(playbook: &Playbook, places: &Places) -> Vec<Fault> {
    let mut names = Names { playbook, places, faults: Vec::new() };
    names.timeout(playbook.timeout.as_ref(), "/timeout");
    for (name, authentication) in &playbook.use_.authentications {
        let pointer = member("/use/authentications", name);
        names.secret(authentication, &pointer);
    }
    for list in task_lists(playbook) {
        names.list(&list);
    }
    names.faults
}

struct Names<'p> {
    playbook: &'p Playbook,
    places: &'p Places,
    faults: Vec<Fault>,
}

impl<'p> Names<'p> {
    fn list(&mut self, list: &TaskList<'p>) {
        let mut seen = BTreeSet::new();
        for task in list.tasks {
            if !seen.insert(task.name.as_str()) {
                let span = heading(self.places.find(&task.reference.0));
                let message = Phrase::new("mistake-repeated-name").text("name", &task.name);
                let fault = Fault::new("repeated-name", span, message);
                self.faults.push(fault.hint(Phrase::new("instead-own-name")));
            }
        }
        let known: Vec<&str> = seen.into_iter().collect();
        for task in list.tasks {
            self.task(task, list.holder, &known);
        }
    }

    fn task(&mut self, task: &Task, holder: Holder, siblings: &[&str]) {
        let at = &task.reference.0;
        self.timeout(task.base.timeout.as_ref(), &format!("{at}/timeout"));
        if let Some(then) = &task.base.then {
            self.flow(then, &format!("{at}/then"), holder, siblings);
        }
        match &task.kind {
            TaskKind::Switch(switch) => {
                for (index, case) in switch.cases.iter().enumerate() {
                    let pointer = member(&format!("{at}/switch/{index}"), &case.name);
                    self.flow(&case.then, &format!("{pointer}/then"), holder, siblings);
                }
            }
            TaskKind::Try(attempt) => {
                if let Some(then) = &attempt.catch.then {
                    self.flow(then, &format!("{at}/catch/then"), holder, siblings);
                }
                if let Some(Retry::Named(name)) = &attempt.catch.retry {
                    let known = self.playbook.use_.retries.keys();
                    self.named(name, known, "retries", &format!("{at}/catch/retry"));
                }
            }
            TaskKind::Raise(Raise::Named(name)) => {
                let known = self.playbook.use_.errors.keys();
                self.named(name, known, "errors", &format!("{at}/raise/error"));
            }
            TaskKind::Call(call) => self.call(call, at),
            TaskKind::Do(_)
            | TaskKind::Set(_)
            | TaskKind::For(_)
            | TaskKind::Fork(_)
            | TaskKind::Wait(_)
            | TaskKind::Listen(_)
            | TaskKind::Emit(_)
            | TaskKind::Raise(Raise::Inline(_))
            | TaskKind::Run(_) => {}
        }
    }

    fn call(&mut self, call: &Call, at: &str) {
        match call {
            Call::Http(http) => {
                let pointer = format!("{at}/with/endpoint/authentication");
                self.authentication(http.endpoint.authentication.as_ref(), &pointer);
            }
            Call::OpenApi(openapi) => {
                let pointer = format!("{at}/with/document/endpoint/authentication");
                self.authentication(openapi.document.authentication.as_ref(), &pointer);
                let pointer = format!("{at}/with/authentication");
                self.authentication(openapi.authentication.as_ref(), &pointer);
            }
            Call::Function(function) if !function.name.contains('.') => {
                let known = self.playbook.use_.functions.keys();
                self.named(&function.name, known, "functions", &format!("{at}/call"));
            }
            Call::Function(_) => {}
        }
    }

    fn authentication(&mut self, used: Option<&UseAuthentication>, pointer: &str) {
        match used {
            Some(UseAuthentication::Named(name)) => {
                let known = self.playbook.use_.authentications.keys();
                let pointer = format!("{pointer}/use");
                self.named(name, known, "authentications", &pointer);
            }
            Some(UseAuthentication::Inline(authentication)) => self.secret(authentication, pointer),
            None => {}
        }
    }

    fn secret(&mut self, authentication: &Authentication, pointer: &str) {
        if let Credentials::Secret(name) = &authentication.credentials {
            let pointer = format!("{pointer}/{}/use", authentication.scheme.keyword());
            let known = self.playbook.use_.secrets.iter();
            self.named(name, known, "secrets", &pointer);
        }
    }

    fn timeout(&mut self, timeout: Option<&Timeout>, pointer: &str) {
        if let Some(Timeout::Named(name)) = timeout {
            let known = self.playbook.use_.timeouts.keys();
            self.named(name, known, "timeouts", pointer);
        }
    }

    fn named<'k>(
        &mut self,
        name: &str,
        known: impl Iterator<Item = &'k String>,
        shared: &str,
        pointer: &str,
    ) {
        let known: Vec<&str> = known.map(String::as_str).collect();
        if known.contains(&name) {
            return;
        }
        let place = format!("`use.{shared}`");
        let hint = match known.as_slice() {
            [] => Phrase::new("instead-under").text("place", &place),
            known => Phrase::new("instead-or-under")
                .arg("instead", one_of(name, known))
                .text("place", &place),
        };
        let says = Phrase::new("mistake-not-shared").text("place", place).text("name", name);
        let span = self.places.find(pointer).value;
        self.faults.push(Fault::new("unknown-name", span, says).hint(hint));
    }

    fn flow(&mut self, then: &FlowDirective, pointer: &str, holder: Holder, siblings: &[&str]) {
        let FlowDirective::To(name) = then else { return };
        let span = self.places.find(pointer).value;
        let fault = match holder {
            Holder::Branches => {
                Fault::new("then", span, Phrase::new("mistake-then-branch").text("name", name))
                    .hint(Phrase::new("instead-then-branch"))
            }
            Holder::Function => Fault::new("then", span, Phrase::new("mistake-then-function"))
                .hint(Phrase::new("instead-then-function")),
            Holder::Sequence if siblings.contains(&name.as_str()) => return,
            Holder::Sequence => {
                let known: Vec<&str> =
                    siblings.iter().copied().chain(["continue", "exit", "end"]).collect();
                Fault::new("then", span, Phrase::new("mistake-no-task-in-list").text("name", name))
                    .hint(one_of(name, &known))
            }
        };
        self.faults.push(fault);
    }
}
