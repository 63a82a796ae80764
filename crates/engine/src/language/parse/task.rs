//! Reads tasks.

use kompel_model::Phrase;

use super::{
    reader::{Fields, Position, Reader, Spot, one_of},
    refused,
};
use crate::{
    TaskRef,
    language::{
        Call, Case, Catch, ErrorFilter, For, ForIn, Fork, FunctionCall, HttpCall, OpenApiCall,
        Raise, RunPlaybook, Set, Switch, Task, TaskBase, TaskKind, Try, embedded_expression,
        mistake::{Fault, write},
        yaml::Kind,
    },
};

impl Reader {
    pub(super) fn tasks(&mut self, spot: &Spot<'_>) -> Option<Vec<Task>> {
        let items = self.items(spot, Phrase::new("part-tasks"))?;
        if items.is_empty() {
            let fault = Fault::new("empty", spot.heading(), Phrase::new("mistake-no-tasks"));
            self.fault(fault.hint(Phrase::new("instead-task").text("code", "`- name: {…}`")));
            return None;
        }
        let read: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.list_item(&spot.item(index, item)))
            .collect();
        read.into_iter().collect()
    }

    fn list_item(&mut self, spot: &Spot<'_>) -> Option<Task> {
        let members = self.members(spot, Phrase::new("part-named-task"))?;
        let [entry] = members else {
            let message =
                Phrase::new("mistake-several-tasks").text("count", members.len().to_string());
            let at = members.get(1).map_or(spot.node.span, |entry| entry.key_span);
            let fault = Fault::new("several-tasks", at, message);
            self.fault(fault.hint(Phrase::new("instead-own-item").text("code", "`- `")));
            return None;
        };
        let spot = spot.entry(entry);
        self.task(&entry.key, TaskRef(spot.pointer.clone()), &spot)
    }

    pub(super) fn task(&mut self, name: &str, reference: TaskRef, spot: &Spot<'_>) -> Option<Task> {
        self.tasks += 1;
        if self.tasks > MOST_TASKS {
            if self.tasks == MOST_TASKS + 1 {
                let fault = Fault::new(
                    "too-large",
                    spot.heading(),
                    Phrase::new("mistake-too-many-tasks").text("most", MOST_TASKS.to_string()),
                );
                self.fault(fault.hint(Phrase::new("instead-split")));
            }
            return None;
        }
        if name.trim().is_empty() || matches!(name, "continue" | "exit" | "end") {
            let fault = Fault::new(
                "task-name",
                spot.heading(),
                Phrase::new("mistake-task-name").text("name", name),
            );
            self.fault(fault.hint(Phrase::new("instead-task-name")));
        }
        let keyword = self.keyword(spot)?;
        let own =
            KEYWORDS.iter().find(|(name, _)| *name == keyword).map_or(&[][..], |(_, own)| own);
        let known: Vec<&str> = BASE.iter().chain(own).copied().collect();
        let fields =
            self.fields(spot, Phrase::new("part-task-of").text("kind", keyword), &known)?;
        let base = self.base(&fields);
        let main = fields.get(keyword)?;
        let kind = self.kind(keyword, &main, &fields);
        Some(Task { name: name.to_owned(), reference, base: base?, kind: kind? })
    }

    /// The one keyword that says what the task does.
    fn keyword(&mut self, spot: &Spot<'_>) -> Option<&'static str> {
        let members = self.members(spot, Phrase::new("part-task"))?;
        let has = |key: &str| members.iter().any(|entry| entry.key == key);
        let found: Vec<&'static str> = KEYWORDS
            .iter()
            .map(|(keyword, _)| *keyword)
            .filter(|keyword| has(keyword) && !(*keyword == "do" && has("for")))
            .collect();
        match found.as_slice() {
            [keyword] => Some(keyword),
            [] => {
                self.no_keyword(spot);
                None
            }
            [first, second, ..] => {
                let message = Phrase::new("mistake-several-kinds")
                    .text("first", *first)
                    .text("second", *second);
                let fault = Fault::new("several-kinds", spot.heading(), message);
                self.fault(fault.hint(Phrase::new("instead-two-tasks")));
                None
            }
        }
    }

    fn no_keyword(&mut self, spot: &Spot<'_>) {
        let Some(members) = self.members(spot, Phrase::new("part-task")) else { return };
        let keywords: Vec<&str> = KEYWORDS.iter().map(|(keyword, _)| *keyword).collect();
        let unknown: Vec<_> =
            members.iter().filter(|entry| !BASE.contains(&entry.key.as_str())).collect();
        if unknown.is_empty() {
            let fault = Fault::new("no-kind", spot.heading(), Phrase::new("mistake-no-kind"));
            self.fault(fault.hint(one_of("", &keywords)));
        }
        for entry in unknown {
            let fault = match refused::field("part-task", &entry.key) {
                Some((says, hint)) => Fault::new("refused", entry.key_span, says).hint(hint),
                None => Fault::new(
                    "unknown-field",
                    entry.key_span,
                    Phrase::new("mistake-no-task-has").text("name", &entry.key),
                )
                .hint(one_of(&entry.key, &keywords)),
            };
            self.fault(fault);
        }
    }

    fn base(&mut self, fields: &Fields<'_>) -> Option<TaskBase> {
        let if_ = self
            .optional(fields, "if", |reader, spot| reader.expression(spot, Position::BeforeTask));
        let input = self.optional(fields, "input", |reader, spot| {
            reader.input_rule(spot, Position::BeforeTask)
        });
        let output = self.optional(fields, "output", |reader, spot| {
            reader.output_rule(spot, "`output`", Position::TaskOutput)
        });
        let export = self.optional(fields, "export", |reader, spot| {
            reader.output_rule(spot, "`export`", Position::Export)
        });
        let timeout = self.optional(fields, "timeout", Self::timeout);
        let then = self.optional(fields, "then", Self::flow);
        let metadata = self.optional(fields, "metadata", |reader, spot| {
            let metadata = reader.free(spot, "`metadata`")?;
            if let Kind::Map(members) = &spot.node.kind {
                for entry in members.iter().filter(|entry| entry.key == "maxConcurrency") {
                    reader.whole(&spot.entry(entry), 1, 1_000)?;
                }
            }
            Some(metadata)
        });
        Some(TaskBase {
            if_: if_?,
            input: input?,
            output: output?,
            export: export?,
            timeout: timeout?,
            then: then?,
            metadata: metadata?,
        })
    }

    fn kind(&mut self, keyword: &str, main: &Spot<'_>, fields: &Fields<'_>) -> Option<TaskKind> {
        match keyword {
            "do" => self.tasks(main).map(TaskKind::Do),
            "call" => self.call(main, fields).map(TaskKind::Call),
            "set" => self.set(main).map(TaskKind::Set),
            "switch" => self.switch(main).map(TaskKind::Switch),
            "for" => self.for_(main, fields).map(TaskKind::For),
            "fork" => self.fork(main).map(TaskKind::Fork),
            "try" => self.try_(main, fields).map(|kind| TaskKind::Try(Box::new(kind))),
            "wait" => self.duration(main).map(TaskKind::Wait),
            "listen" => {
                let listen = self.listen(main, fields.get("foreach"));
                listen.map(|kind| TaskKind::Listen(Box::new(kind)))
            }
            "emit" => self.emit(main).map(TaskKind::Emit),
            "raise" => self.raise(main).map(TaskKind::Raise),
            _ => self.run(main).map(TaskKind::Run),
        }
    }

    fn call(&mut self, main: &Spot<'_>, fields: &Fields<'_>) -> Option<Call> {
        let name = self.name(main)?;
        if let Some(hint) = refused::call(&name) {
            let fault = Fault::new(
                "refused",
                main.node.span,
                Phrase::new("mistake-refused").text("what", format!("call: {name}")),
            );
            self.fault(fault.hint(hint));
            return None;
        }
        if name.contains(['/', ':', '@']) {
            let message = Phrase::new("mistake-catalogue-elsewhere").text("name", name);
            let fault = Fault::new("refused", main.node.span, message);
            self.fault(fault.hint(Phrase::new("instead-function")));
            return None;
        }
        if name == "http" || name == "openapi" {
            let with = self.need(fields, "with", Phrase::new("instead-with"))?;
            return if name == "http" { self.http(&with) } else { self.openapi(&with) };
        }
        let with = self.optional(fields, "with", |reader, spot| {
            reader.object(spot, "`with`", Position::Definition)
        });
        Some(Call::Function(FunctionCall { name, with: with? }))
    }

    fn http(&mut self, spot: &Spot<'_>) -> Option<Call> {
        let known = ["method", "endpoint", "headers", "body", "query", "output", "redirect"];
        let fields = self.fields(spot, "`with` of `http`", &known)?;
        let method = self.need(&fields, "method", write("`method: get`"));
        let method = method.and_then(|spot| self.text_or_expression(&spot, Position::Definition));
        let endpoint = self.need(&fields, "endpoint", write("`endpoint: https://…`"));
        let endpoint = endpoint.and_then(|spot| self.endpoint(&spot));
        let headers =
            self.optional(&fields, "headers", |reader, spot| reader.texts(spot, "`headers`"));
        let body = fields.get("body").map(|spot| self.template(&spot, Position::Definition));
        let query = self.optional(&fields, "query", |reader, spot| reader.texts(spot, "`query`"));
        let output = self.optional(&fields, "output", Self::http_output);
        let redirect = self.optional(&fields, "redirect", Self::boolean);
        Some(Call::Http(Box::new(HttpCall {
            method: method?,
            endpoint: endpoint?,
            headers: headers?,
            body,
            query: query?,
            output: output?,
            redirect: redirect?,
        })))
    }

    fn openapi(&mut self, spot: &Spot<'_>) -> Option<Call> {
        let known =
            ["document", "operationId", "parameters", "authentication", "output", "redirect"];
        let fields = self.fields(spot, "`with` of `openapi`", &known)?;
        let document = self.need(&fields, "document", write("`document: {endpoint: https://…}`"));
        let document = document.and_then(|spot| {
            let fields = self.fields(&spot, "`document`", &["name", "endpoint"])?;
            let name = self.optional(&fields, "name", Self::text);
            let endpoint = self.need(&fields, "endpoint", write("`endpoint: https://…`"));
            let endpoint = endpoint.and_then(|spot| self.endpoint(&spot));
            Some((name?, endpoint?))
        });
        let operation = self.need(&fields, "operationId", Phrase::new("instead-operation"));
        let operation =
            operation.and_then(|spot| self.text_or_expression(&spot, Position::Definition));
        let parameters = self.optional(&fields, "parameters", |reader, spot| {
            reader.object(spot, "`parameters`", Position::Definition)
        });
        let authentication = self.optional(&fields, "authentication", Self::use_authentication);
        let output = self.optional(&fields, "output", Self::http_output);
        let redirect = self.optional(&fields, "redirect", Self::boolean);
        let (document_name, document) = document?;
        Some(Call::OpenApi(Box::new(OpenApiCall {
            document_name,
            document,
            operation_id: operation?,
            parameters: parameters?,
            authentication: authentication?,
            output: output?,
            redirect: redirect?,
        })))
    }

    fn set(&mut self, spot: &Spot<'_>) -> Option<Set> {
        if let Kind::Text(text) = &spot.node.kind {
            if embedded_expression(text).is_some() {
                return self.expression(spot, Position::Definition).map(Set::Expression);
            }
            return self.text_or_expression(spot, Position::Definition).map(Set::Text);
        }
        let values = self.object(spot, "`set`", Position::Definition)?;
        if values.is_empty() {
            let fault = Fault::new("empty", spot.heading(), Phrase::new("mistake-empty-set"));
            self.fault(fault.hint(Phrase::new("instead-lines")));
            return None;
        }
        Some(Set::Values(values))
    }

    fn switch(&mut self, spot: &Spot<'_>) -> Option<Switch> {
        let items = self.items(spot, Phrase::new("part-cases"))?;
        if items.is_empty() {
            let fault = Fault::new("empty", spot.heading(), Phrase::new("mistake-empty-switch"));
            self.fault(fault.hint(write("`- name: {when: …, then: …}`")));
            return None;
        }
        let read: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.case(&spot.item(index, item)))
            .collect();
        Some(Switch { cases: read.into_iter().collect::<Option<_>>()? })
    }

    fn case(&mut self, spot: &Spot<'_>) -> Option<Case> {
        let members = self.members(spot, Phrase::new("part-named-case"))?;
        let [entry] = members else {
            let message =
                Phrase::new("mistake-several-cases").text("count", members.len().to_string());
            self.fault(
                Fault::new("several-tasks", spot.node.span, message)
                    .hint(Phrase::new("instead-own-item").text("code", "`- `")),
            );
            return None;
        };
        let fields =
            self.fields(&spot.entry(entry), Phrase::new("part-case"), &["when", "then"])?;
        let when = self.optional(&fields, "when", |reader, spot| {
            reader.expression(spot, Position::Definition)
        });
        let then = self.need(&fields, "then", Phrase::new("instead-then"));
        let then = then.and_then(|spot| self.flow(&spot));
        Some(Case { name: entry.key.clone(), when: when?, then: then? })
    }

    fn for_(&mut self, spot: &Spot<'_>, outer: &Fields<'_>) -> Option<For> {
        let fields = self.fields(spot, "`for`", &["each", "in", "at"])?;
        let each = self.optional(&fields, "each", Self::variable);
        let at = self.optional(&fields, "at", Self::variable);
        let in_ = self.need(&fields, "in", Phrase::new("instead-list"));
        let in_ = in_.and_then(|spot| self.for_in(&spot));
        let (each, at) = (each?, at?);
        let names = [each.as_deref().unwrap_or("item"), at.as_deref().unwrap_or("index")];
        let body = self.need(outer, "do", Phrase::new("instead-body"));
        let (while_, tasks) = self.within(&names, |reader| {
            let while_ = reader.optional(outer, "while", |reader, spot| {
                reader.expression(spot, Position::Definition)
            });
            (while_, body.and_then(|spot| reader.tasks(&spot)))
        });
        Some(For { in_: in_?, while_: while_?, tasks: tasks?, each, at })
    }

    fn for_in(&mut self, spot: &Spot<'_>) -> Option<ForIn> {
        let Kind::List(items) = &spot.node.kind else {
            return self.expression(spot, Position::Definition).map(ForIn::Expression);
        };
        self.template(spot, Position::Definition);
        Some(ForIn::Items(items.iter().map(|item| item.to_value()).collect()))
    }

    fn fork(&mut self, spot: &Spot<'_>) -> Option<Fork> {
        let fields = self.fields(spot, "`fork`", &["branches", "compete"])?;
        let branches = self.need(&fields, "branches", Phrase::new("instead-branches"));
        let branches = branches.and_then(|spot| self.tasks(&spot));
        let compete = self.optional(&fields, "compete", Self::boolean);
        Some(Fork { branches: branches?, compete: compete? })
    }

    fn try_(&mut self, spot: &Spot<'_>, outer: &Fields<'_>) -> Option<Try> {
        let tasks = self.tasks(spot);
        let catch = self.need(outer, "catch", Phrase::new("instead-catch"));
        let catch = catch.and_then(|spot| self.catch(&spot));
        Some(Try { tasks: tasks?, catch: catch? })
    }

    fn catch(&mut self, spot: &Spot<'_>) -> Option<Catch> {
        let known = ["errors", "as", "when", "exceptWhen", "retry", "do", "then"];
        let fields = self.fields(spot, "`catch`", &known)?;
        let errors = self.optional(&fields, "errors", Self::caught_errors);
        let as_ = self.optional(&fields, "as", Self::variable)?;
        let then = self.optional(&fields, "then", Self::flow);
        let variable = as_.as_deref().unwrap_or("error");
        let (when, except_when, retry, tasks) = self.within(&[variable], |reader| {
            let when = reader.optional(&fields, "when", |reader, spot| {
                reader.expression(spot, Position::Definition)
            });
            let except_when = reader.optional(&fields, "exceptWhen", |reader, spot| {
                reader.expression(spot, Position::Definition)
            });
            let retry = reader.optional(&fields, "retry", Self::retry);
            (when, except_when, retry, reader.optional(&fields, "do", Self::tasks))
        });
        Some(Catch {
            errors: errors?,
            when: when?,
            except_when: except_when?,
            retry: retry?,
            tasks: tasks?,
            then: then?,
            as_,
        })
    }

    fn caught_errors(&mut self, spot: &Spot<'_>) -> Option<ErrorFilter> {
        let fields = self.fields(spot, "`errors`", &["with"])?;
        let with = self.need(
            &fields,
            "with",
            Phrase::new("instead-errors").text("code", "`with: {type: …}`"),
        )?;
        self.error_filter(&with)
    }

    fn raise(&mut self, spot: &Spot<'_>) -> Option<Raise> {
        let fields = self.fields(spot, "`raise`", &["error"])?;
        let error = self.need(
            &fields,
            "error",
            Phrase::new("instead-error").text("code", "`error: {type: …, status: 500}`"),
        )?;
        match error.node.kind {
            Kind::Text(_) => self.name(&error).map(Raise::Named),
            _ => self.error_definition(&error).map(Raise::Inline),
        }
    }

    fn run(&mut self, spot: &Spot<'_>) -> Option<RunPlaybook> {
        let fields = self.fields(spot, "`run`", &["workflow", "await"])?;
        let await_ = self.optional(&fields, "await", Self::boolean);
        if !fields.has("workflow")
            && ["script", "shell", "container"].iter().any(|key| fields.has(key))
        {
            return None;
        }
        let workflow = self.need(
            &fields,
            "workflow",
            write("`workflow: {namespace: …, name: …, version: …}`"),
        )?;
        let known = ["namespace", "name", "version", "input"];
        let fields = self.fields(&workflow, "`workflow`", &known)?;
        let namespace = self.need(&fields, "namespace", Phrase::new("instead-whose"));
        let namespace = namespace.and_then(|spot| self.label(&spot));
        let name = self.need(&fields, "name", Phrase::new("instead-playbook-name"));
        let name = name.and_then(|spot| self.label(&spot));
        let version = self.need(&fields, "version", Phrase::new("instead-its-version"));
        let version = version.and_then(|spot| match &spot.node.kind {
            Kind::Text(text) if text == "latest" => Some(text.clone()),
            _ => self.version(&spot),
        });
        let input = self.optional(&fields, "input", |reader, spot| {
            reader.object(spot, "`input`", Position::Definition)
        });
        Some(RunPlaybook {
            namespace: namespace?,
            name: name?,
            version: version?,
            input: input?,
            await_: await_?,
        })
    }
}

/// What every task may have.
const BASE: [&str; 7] = ["if", "input", "output", "export", "timeout", "then", "metadata"];

/// The keyword of each kind of task, and the members that go with it.
const KEYWORDS: [(&str, &[&str]); 12] = [
    ("do", &["do"]),
    ("call", &["call", "with"]),
    ("set", &["set"]),
    ("switch", &["switch"]),
    ("for", &["for", "while", "do"]),
    ("fork", &["fork"]),
    ("try", &["try", "catch"]),
    ("wait", &["wait"]),
    ("listen", &["listen", "foreach"]),
    ("emit", &["emit"]),
    ("raise", &["raise"]),
    ("run", &["run"]),
];

const MOST_TASKS: usize = 2_000;
