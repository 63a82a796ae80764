//! Reads which events are waited for and published.

use std::collections::BTreeMap;

use kompel_model::Phrase;

use super::reader::{Position, Reader, Spot};
use crate::language::{
    Correlation, Emit, EventConsumption, EventPattern, Foreach, Listen, Until,
    mistake::{Fault, write},
    yaml::Kind,
};

impl Reader {
    pub(super) fn listen(&mut self, spot: &Spot<'_>, foreach: Option<Spot<'_>>) -> Option<Listen> {
        let fields = self.fields(spot, "`listen`", &["to", "read"])?;
        let to = self.need(&fields, "to", write("`to: {one: {with: {type: …}}}`"));
        let to = to.and_then(|spot| self.consumption(&spot));
        let read = self.optional(&fields, "read", Self::read_as);
        let foreach = match foreach {
            Some(spot) => self.foreach(&spot).map(Some),
            None => Some(None),
        };
        Some(Listen { to: to?, read: read?, foreach: foreach? })
    }

    fn foreach(&mut self, spot: &Spot<'_>) -> Option<Foreach> {
        let known = ["item", "at", "do", "output", "export"];
        let fields = self.fields(spot, "`foreach`", &known)?;
        let item = self.optional(&fields, "item", Self::variable)?;
        let at = self.optional(&fields, "at", Self::variable)?;
        let names = [item.as_deref().unwrap_or("item"), at.as_deref().unwrap_or("index")];
        let (tasks, output, export) = self.within(&names, |reader| {
            let tasks = reader.optional(&fields, "do", Self::tasks);
            let output = reader.optional(&fields, "output", |reader, spot| {
                reader.output_rule(spot, "`output`", Position::TaskOutput)
            });
            let export = reader.optional(&fields, "export", |reader, spot| {
                reader.output_rule(spot, "`export`", Position::Export)
            });
            (tasks, output, export)
        });
        Some(Foreach { tasks: tasks?, output: output?, export: export?, item, at })
    }

    pub(super) fn consumption(&mut self, spot: &Spot<'_>) -> Option<EventConsumption> {
        let fields =
            self.fields(spot, Phrase::new("part-events"), &["all", "any", "one", "until"])?;
        let chosen: Vec<&str> =
            ["all", "any", "one"].into_iter().filter(|key| fields.has(key)).collect();
        let [chosen] = chosen.as_slice() else {
            let fault = Fault::new("events", fields.span, Phrase::new("mistake-events"));
            self.fault(fault.hint(Phrase::new("instead-one-of-them")));
            return None;
        };
        let until = fields.get("until");
        if let (Some(until), true) = (&until, *chosen != "any") {
            let fault = Fault::new(
                "until",
                until.heading(),
                Phrase::new("mistake-until").text("chosen", *chosen),
            );
            self.fault(fault.hint(Phrase::new("instead-until")));
            return None;
        }
        let events = fields.get(chosen)?;
        match *chosen {
            "one" => self.pattern(&events).map(EventConsumption::One),
            "all" => self.patterns(&events).map(EventConsumption::All),
            _ => {
                let filters = self.patterns(&events);
                let until = match until {
                    Some(spot) => self.until(&spot).map(Some),
                    None => Some(None),
                };
                Some(EventConsumption::Any { filters: filters?, until: until? })
            }
        }
    }

    fn until(&mut self, spot: &Spot<'_>) -> Option<Until> {
        if !matches!(spot.node.kind, Kind::Map(_)) {
            return self.expression(spot, Position::Definition).map(Until::Condition);
        }
        let inner = self.consumption(spot)?;
        if let EventConsumption::Any { until: Some(_), .. } = inner {
            let fault = Fault::new("until", spot.heading(), Phrase::new("mistake-until-within"));
            self.fault(fault.hint(Phrase::new("instead-until-within")));
            return None;
        }
        Some(Until::Consumed(Box::new(inner)))
    }

    fn patterns(&mut self, spot: &Spot<'_>) -> Option<Vec<EventPattern>> {
        let items = self.items(spot, Phrase::new("part-event-filters"))?;
        let read: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.pattern(&spot.item(index, item)))
            .collect();
        read.into_iter().collect()
    }

    fn pattern(&mut self, spot: &Spot<'_>) -> Option<EventPattern> {
        let fields = self.fields(spot, Phrase::new("part-event-filter"), &["with", "correlate"])?;
        let with = self.need(&fields, "with", write("`with: {type: …}`"));
        let with = with.and_then(|spot| {
            let with = self.object(&spot, "`with`", Position::Definition)?;
            if with.is_empty() {
                let fault =
                    Fault::new("empty", spot.heading(), Phrase::new("mistake-empty-event-filter"));
                self.fault(fault.hint(Phrase::new("instead-event-filter")));
                return None;
            }
            Some(with)
        });
        let correlate = match fields.get("correlate") {
            Some(spot) => {
                self.named(&spot, "`correlate`", |reader, _, spot| reader.correlation(spot))
            }
            None => Some(BTreeMap::new()),
        };
        Some(EventPattern { with: with?, correlate: correlate? })
    }

    fn correlation(&mut self, spot: &Spot<'_>) -> Option<Correlation> {
        let fields = self.fields(spot, Phrase::new("part-correlation"), &["from", "expect"])?;
        let from = self.need(&fields, "from", Phrase::new("instead-event-expression"));
        let from = from.and_then(|spot| self.expression(&spot, Position::Definition));
        let expect = self.optional(&fields, "expect", |reader, spot| {
            reader.text_or_expression(spot, Position::Definition)
        });
        Some(Correlation { from: from?, expect: expect? })
    }

    pub(super) fn emit(&mut self, spot: &Spot<'_>) -> Option<Emit> {
        let fields = self.fields(spot, "`emit`", &["event"])?;
        let event = self.need(&fields, "event", write("`event: {with: {source: …, type: …}}`"))?;
        let fields = self.fields(&event, "`event`", &["with"])?;
        let spot = self.need(&fields, "with", write("`with: {source: …, type: …}`"))?;
        let with = self.object(&spot, "`with`", Position::Definition)?;
        if !with.contains_key("type") {
            let fault = Fault::new(
                "missing-field",
                spot.heading(),
                Phrase::new("mistake-missing-field").text("name", "type"),
            );
            self.fault(fault.hint(Phrase::new("instead-event-type")));
            return None;
        }
        Some(Emit { with })
    }
}
