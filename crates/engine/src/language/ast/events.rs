//! Which events are waited for and published.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{OutputRule, Task};
use crate::language::{Expression, embedded_expression};

/// Waits for events.
#[derive(Debug, Clone, PartialEq)]
pub struct Listen {
    /// Which.
    pub to: EventConsumption,
    /// What of them.
    pub read: Option<ReadAs>,
    /// What to do with each as it comes.
    pub foreach: Option<Foreach>,
}

/// What of an event is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadAs {
    /// Its data.
    #[default]
    Data,
    /// The whole event.
    Envelope,
    /// Its data as it came.
    Raw,
}

/// Which events end the waiting.
#[derive(Debug, Clone, PartialEq)]
pub enum EventConsumption {
    /// One of each.
    All(Vec<EventPattern>),
    /// Any of these (of all, if empty); only the first, or until something.
    Any {
        /// The patterns.
        filters: Vec<EventPattern>,
        /// Until when.
        until: Option<Until>,
    },
    /// One like this.
    One(EventPattern),
}

impl EventConsumption {
    /// True if one event is enough and its attributes are plain values: what can be judged without a
    /// run, as where a run is to be started.
    pub fn is_plain(&self) -> bool {
        let filters = match self {
            Self::One(pattern) => std::slice::from_ref(pattern),
            Self::Any { until: Some(_), .. } => return false,
            Self::All(filters) if filters.len() > 1 => return false,
            Self::Any { filters, .. } | Self::All(filters) => filters,
        };
        let plain =
            |value: &Value| value.as_str().is_none_or(|text| embedded_expression(text).is_none());
        filters.iter().all(|one| one.correlate.is_empty() && one.with.values().all(plain))
    }
}

/// When `any` has enough.
#[derive(Debug, Clone, PartialEq)]
pub enum Until {
    /// When this is true, evaluated over the events so far.
    Condition(Expression),
    /// When these come (they have no `until` of their own).
    Consumed(Box<EventConsumption>),
}

/// What an event must look like.
#[derive(Debug, Clone, PartialEq)]
pub struct EventPattern {
    /// Attributes: a plain value must be equal, `${ … }` must be true of the attribute's value;
    /// at least one.
    pub with: Map<String, Value>,
    /// Values that must agree, by name.
    pub correlate: BTreeMap<String, Correlation>,
}

/// A value that must agree between events, or with the run.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// Taken from the event.
    pub from: Expression,
    /// What it must be: a plain text or an expression; without, what the first event had.
    pub expect: Option<String>,
}

/// What to do with each event as it comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreach {
    /// The variable that holds the event (`$item` unless named).
    pub item: Option<String>,
    /// The variable that holds the index (`$index` unless named).
    pub at: Option<String>,
    /// The tasks.
    pub tasks: Option<Vec<Task>>,
    /// What each round gives.
    pub output: Option<OutputRule>,
    /// What each round exports.
    pub export: Option<OutputRule>,
}

impl Foreach {
    /// The name of the event's variable.
    pub fn item(&self) -> &str {
        self.item.as_deref().unwrap_or("item")
    }

    /// The name of the index's variable.
    pub fn at(&self) -> &str {
        self.at.as_deref().unwrap_or("index")
    }
}

/// Publishes an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Emit {
    /// Its attributes (`event.with`), with expressions in them; `type` is there.
    pub with: Map<String, Value>,
}
