//! The event log as XES: a trace per ticket.

use kompel_model::{EventLog, Ticket, Timestamp};
use process_mining::core::event_data::case_centric::{
    Attribute, AttributeValue, Event, EventLog as XesLog, Trace, xes::export_xes_event_log,
};

use super::ocel_out::{Step, steps};

/// Writes every ticket as a trace, in the log's order.
///
/// # Errors
/// If `out` can't be written to.
pub fn to_xes(log: &EventLog, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let xes = XesLog {
        attributes: vec![text("concept:name", "kompel")],
        traces: log.tickets.iter().map(trace).collect(),
        ..XesLog::default()
    };
    export_xes_event_log(out, &xes).map_err(std::io::Error::other)
}

fn trace(ticket: &Ticket) -> Trace {
    let mut attributes = vec![text("concept:name", &ticket.id.key)];
    let heads = [
        ("title", Some(ticket.title.as_str()).filter(|t| !t.is_empty())),
        ("description", Some(ticket.description.as_str()).filter(|t| !t.is_empty())),
        ("source", Some(ticket.id.source.code())),
        ("client", ticket.client.as_deref()),
        ("kind", ticket.kind.as_deref()),
        ("status", ticket.status.as_deref()),
        ("resolution", ticket.resolution.as_deref()),
        ("priority", ticket.priority.as_deref()),
    ];
    attributes.extend(heads.into_iter().filter_map(|(key, value)| Some(text(key, value?))));
    attributes.extend(
        ticket
            .fields
            .iter()
            .filter(|(key, _)| !heads.iter().any(|(head, _)| head == &&***key))
            .map(|(key, value)| text(key, value)),
    );
    Trace { attributes, events: steps(ticket).iter().map(event).collect() }
}

fn event(step: &Step<'_>) -> Event {
    let mut attributes = vec![text("concept:name", &step.name), date("time:timestamp", step.at)];
    let parts = [
        ("org:resource", step.by.map(|p| p.as_str())),
        ("org:group", step.group),
        ("lifecycle:transition", step.transition),
    ];
    attributes.extend(parts.into_iter().filter_map(|(key, value)| Some(text(key, value?))));
    attributes.extend(step.started.map(|at| date("start_timestamp", at)));
    Event { attributes }
}

fn text(key: &str, value: &str) -> Attribute {
    // XML 1.0 has no way to write control characters.
    let legal = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let value = value.chars().filter(legal).collect();
    Attribute::new(key.to_owned(), AttributeValue::String(value))
}

fn date(key: &str, at: Timestamp) -> Attribute {
    Attribute::new(key.to_owned(), AttributeValue::Date(at.fixed_offset()))
}
