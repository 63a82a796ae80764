//! Reads the top of a playbook.

use kompel_model::Phrase;
use serde_json::{Map, Value};

use super::reader::{Position, Reader, Spot};
use crate::{
    TaskRef,
    language::{
        Document, Places, Playbook, Schedule, Use, embedded_expression,
        mistake::{Fault, write},
        place::member,
        yaml::Kind,
    },
};

impl Reader {
    pub(super) fn playbook(&mut self, spot: &Spot<'_>) -> Option<Playbook> {
        let fields = self.fields(spot, Phrase::new("part-playbook"), &TOP)?;
        let document = self.need(&fields, "document", Phrase::new("instead-document"));
        let document = document.and_then(|spot| self.document(&spot));
        let input = self.optional(&fields, "input", |reader, spot| {
            reader.input_rule(spot, Position::PlaybookInput)
        });
        let evaluate = self.optional(&fields, "evaluate", Self::evaluate);
        let use_ = self.optional(&fields, "use", Self::use_);
        let schedule = self.optional(&fields, "schedule", Self::schedule);
        let timeout = self.optional(&fields, "timeout", Self::timeout);
        let tasks = self.need(&fields, "do", Phrase::new("instead-do"));
        let tasks = tasks.and_then(|spot| self.tasks(&spot));
        let output = self.optional(&fields, "output", |reader, spot| {
            reader.output_rule(spot, "`output`", Position::PlaybookOutput)
        });
        Some(Playbook {
            document: document?,
            input: input?,
            output: output?,
            use_: use_?.unwrap_or_default(),
            timeout: timeout?,
            schedule: schedule?,
            tasks: tasks?,
            evaluate: evaluate?,
            places: Places::default(),
        })
    }

    fn document(&mut self, spot: &Spot<'_>) -> Option<Document> {
        let fields = self.fields(spot, "`document`", &DOCUMENT)?;
        let dsl = self.need(&fields, "dsl", write("`dsl: '1.0.3'`"));
        let dsl = dsl.and_then(|spot| self.dsl(&spot));
        let namespace = self.need(&fields, "namespace", Phrase::new("instead-namespace"));
        let namespace = namespace.and_then(|spot| self.label(&spot));
        let name = self.need(&fields, "name", Phrase::new("instead-name"));
        let name = name.and_then(|spot| self.label(&spot));
        let version = self.need(&fields, "version", write("`version: '0.1.0'`"));
        let version = version.and_then(|spot| self.version(&spot));
        let title = self.optional(&fields, "title", Self::text);
        let summary = self.optional(&fields, "summary", Self::text);
        let tags = self.optional(&fields, "tags", |reader, spot| reader.free(spot, "`tags`"));
        let metadata =
            self.optional(&fields, "metadata", |reader, spot| reader.free(spot, "`metadata`"));
        Some(Document {
            dsl: dsl?,
            namespace: namespace?,
            name: name?,
            version: version?,
            title: title?,
            summary: summary?,
            tags: tags?,
            metadata: metadata?,
        })
    }

    fn dsl(&mut self, spot: &Spot<'_>) -> Option<String> {
        let text = self.version(spot)?;
        if text.starts_with("1.0.") {
            return Some(text);
        }
        let fault =
            Fault::new("dsl", spot.node.span, Phrase::new("mistake-dsl").text("version", text));
        self.fault(fault.hint(write("`dsl: '1.0.3'`")));
        None
    }

    /// A semantic version.
    pub(super) fn version(&mut self, spot: &Spot<'_>) -> Option<String> {
        let text = self.text(spot)?;
        let core = text.split(['-', '+']).next().unwrap_or_default();
        let plain = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && (part == "0" || !part.starts_with('0'))
        };
        let rest = &text[core.len()..];
        let rest_fits = !rest.ends_with(['-', '+', '.'])
            && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-+.".contains(c));
        if core.split('.').count() == 3 && core.split('.').all(plain) && rest_fits {
            return Some(text);
        }
        let fault = Fault::new(
            "version",
            spot.node.span,
            Phrase::new("mistake-version").text("text", text),
        );
        self.fault(fault.hint(Phrase::new("instead-version")));
        None
    }

    /// A namespace or name as DNS has them.
    pub(super) fn label(&mut self, spot: &Spot<'_>) -> Option<String> {
        let text = self.text(spot)?;
        if is_label(&text) {
            return Some(text);
        }
        let fault =
            Fault::new("name", spot.node.span, Phrase::new("mistake-name").text("text", text));
        self.fault(fault.hint(Phrase::new("instead-label")));
        None
    }

    fn evaluate(&mut self, spot: &Spot<'_>) -> Option<Map<String, Value>> {
        let fields = self.fields(spot, "`evaluate`", &["language", "mode"])?;
        let language = fields.get("language").map(|spot| self.word(&spot, &[("jq", ())]));
        let mode = match fields.get("mode") {
            Some(spot) if matches!(&spot.node.kind, Kind::Text(text) if text == "loose") => {
                let fault = Fault::new(
                    "refused",
                    spot.node.span,
                    Phrase::new("mistake-refused").text("what", "mode: loose"),
                );
                self.fault(fault.hint(Phrase::new("instead-strict").text("code", "${ }")));
                Some(None)
            }
            Some(spot) => Some(self.word(&spot, &[("strict", ())])),
            None => None,
        };
        if language == Some(None) || mode == Some(None) {
            return None;
        }
        self.free(spot, "`evaluate`")
    }

    fn use_(&mut self, spot: &Spot<'_>) -> Option<Use> {
        let fields = self.fields(spot, "`use`", &USE)?;
        let authentications = self.optional(&fields, "authentications", |reader, spot| {
            reader.named(spot, "`authentications`", |reader, _, spot| reader.authentication(spot))
        });
        let errors = self.optional(&fields, "errors", |reader, spot| {
            reader.named(spot, "`errors`", |reader, _, spot| reader.error_definition(spot))
        });
        let functions = self.optional(&fields, "functions", |reader, spot| {
            reader.named(spot, "`functions`", |reader, name, spot| {
                let reference = TaskRef(member("/use/functions", name));
                reader.task(name, reference, spot)
            })
        });
        let retries = self.optional(&fields, "retries", |reader, spot| {
            reader.named(spot, "`retries`", |reader, _, spot| {
                reader.within(&["error"], |reader| reader.retry_policy(spot))
            })
        });
        let timeouts = self.optional(&fields, "timeouts", |reader, spot| {
            reader.named(spot, "`timeouts`", |reader, _, spot| reader.shared_timeout(spot))
        });
        let secrets = self.optional(&fields, "secrets", |reader, spot| {
            let items = reader.items(spot, "`secrets`")?;
            let names: Vec<_> = items
                .iter()
                .enumerate()
                .map(|(index, item)| reader.name(&spot.item(index, item)))
                .collect();
            names.into_iter().collect::<Option<Vec<_>>>()
        });
        Some(Use {
            authentications: authentications?.unwrap_or_default(),
            errors: errors?.unwrap_or_default(),
            functions: functions?.unwrap_or_default(),
            retries: retries?.unwrap_or_default(),
            secrets: secrets?.unwrap_or_default(),
            timeouts: timeouts?.unwrap_or_default(),
        })
    }

    fn shared_timeout(&mut self, spot: &Spot<'_>) -> Option<crate::language::Duration> {
        let fields = self.fields(spot, Phrase::new("part-timeout"), &["after"])?;
        let after = self.need(&fields, "after", write("`after: PT30S`"))?;
        self.duration(&after)
    }

    fn schedule(&mut self, spot: &Spot<'_>) -> Option<Schedule> {
        let known = ["every", "cron", "after", "on", "read"];
        let fields = self.fields(spot, "`schedule`", &known)?;
        if !known[..4].iter().any(|key| fields.has(key)) {
            let fault = Fault::new(
                "missing-field",
                fields.span,
                Phrase::new("mistake-schedule-without-time"),
            );
            self.fault(fault.hint(
                Phrase::new("instead-one-of").text("names", "`cron`, `every`, `after`, `on`"),
            ));
        }
        if let (Some(read), false) = (fields.get("read"), fields.has("on")) {
            let fault = Fault::new(
                "read-without-on",
                read.heading(),
                Phrase::new("mistake-read-without-on"),
            );
            self.fault(fault.hint(Phrase::new("instead-read-without-on")));
        }
        let every = self.optional(&fields, "every", Self::fixed_duration);
        let cron = self.optional(&fields, "cron", Self::cron);
        let after = self.optional(&fields, "after", Self::fixed_duration);
        let on = self.optional(&fields, "on", Self::consumption);
        if let (Some(Some(events)), Some(spot)) = (&on, fields.get("on"))
            && !events.is_plain()
        {
            let says = Phrase::new("mistake-event-start");
            let fault = Fault::new("event-start", spot.heading(), says);
            self.fault(fault.hint(Phrase::new("instead-event-start")));
        }
        let read = self.optional(&fields, "read", Self::read_as);
        Some(Schedule { every: every?, cron: cron?, after: after?, on: on?, read: read? })
    }

    /// A duration that must be known before there is a run.
    fn fixed_duration(&mut self, spot: &Spot<'_>) -> Option<crate::language::Duration> {
        if let Kind::Text(text) = &spot.node.kind
            && embedded_expression(text).is_some()
        {
            let fault =
                Fault::new("duration", spot.node.span, Phrase::new("mistake-duration-before-run"));
            self.fault(fault.hint(Phrase::new("instead-fixed-duration")));
            return None;
        }
        let duration = self.duration(spot)?;
        if let crate::language::Duration::Fixed(fixed) = &duration
            && fixed.milliseconds() < SHORTEST_INTERVAL_MS
        {
            let fault = Fault::new("too-often", spot.node.span, Phrase::new("mistake-too-often"));
            self.fault(fault.hint(Phrase::new("instead-too-often")));
            return None;
        }
        Some(duration)
    }

    fn cron(&mut self, spot: &Spot<'_>) -> Option<String> {
        let text = self.name(spot)?;
        let parser = croner::parser::CronParser::builder()
            .seconds(croner::parser::Seconds::Disallowed)
            .year(croner::parser::Year::Disallowed)
            .build();
        match parser.parse(&text) {
            Ok(_) => Some(text),
            Err(_) => {
                let says = Phrase::new("mistake-cron").text("text", text);
                let fault = Fault::new("cron", spot.node.span, says);
                self.fault(fault.hint(Phrase::new("instead-cron")));
                None
            }
        }
    }
}

/// True for what the standard allows as namespace and name.
pub(super) fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

const TOP: [&str; 8] =
    ["document", "input", "use", "do", "timeout", "output", "schedule", "evaluate"];
const DOCUMENT: [&str; 8] =
    ["dsl", "namespace", "name", "version", "title", "summary", "tags", "metadata"];
const USE: [&str; 6] = ["authentications", "errors", "functions", "retries", "secrets", "timeouts"];
const SHORTEST_INTERVAL_MS: u64 = 1_000;
