//! Events that came in, the listeners that wait for them, and which was brought to whom.

use std::collections::{BTreeMap, BTreeSet};

use kompel_engine::{EventFilter, ListenerId};
use kompel_model::{TenantId, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde_json::Value;

use super::{
    AuditSink, JournalError, Message, NewRun, RunKey, create_once, from_micros, post, to_micros,
};

/// What became of an event that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventOutcome {
    /// It is new, and was brought to these runs.
    New {
        /// The runs; one that was under way and does already what the event asks for is among them.
        runs: Vec<String>,
    },
    /// An event with this source and id was there already.
    Known,
}

/// Where an event comes from. What others call their events takes nothing away from Kompel's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A run of this workspace emitted it.
    Run,
    /// It was brought.
    Outside,
}

impl Origin {
    /// The source by which an event is known.
    pub(crate) fn known_as(self, source: &str) -> String {
        match self {
            Self::Run => source.to_owned(),
            Self::Outside => format!("outside:{source}"),
        }
    }
}

/// Takes an event in: brings it to every run that listens for it, and begins the runs that it starts.
/// One that is known already does neither.
pub(crate) fn publish(
    transaction: &Transaction<'_>,
    audit: &dyn AuditSink,
    (tenant, at): (&TenantId, Timestamp),
    (event, from): (&Value, Origin),
    starts: &[NewRun],
) -> Result<EventOutcome, JournalError> {
    let outcome = deliver(transaction, tenant, at, event, from)?;
    let EventOutcome::New { mut runs } = outcome else { return Ok(outcome) };
    for run in starts {
        runs.push(create_once(transaction, audit, run)?.run);
    }
    Ok(EventOutcome::New { runs })
}

/// Keeps an event and brings it to every run that listens for it.
fn deliver(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    at: Timestamp,
    event: &Value,
    from: Origin,
) -> Result<EventOutcome, JournalError> {
    let text = |name: &'static str| {
        event
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .ok_or(JournalError::NoEvent(name))
    };
    let (source, id, kind) = (text("source")?, text("id")?, text("type")?);
    let inserted = transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO events (tenant, source, id, type, at, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            tenant.as_str(),
            from.known_as(source),
            id,
            kind,
            to_micros(at),
            event.to_string()
        ])?;
    if inserted == 0 {
        return Ok(EventOutcome::Known);
    }
    let seq = transaction.last_insert_rowid();
    let mut runs = Vec::new();
    for (run, listeners) in listening(transaction, tenant, kind, event)? {
        bring(transaction, &RunKey::new(tenant, &run), &listeners, seq, at, event)?;
        runs.push(run);
    }
    Ok(EventOutcome::New { runs })
}

/// The runs with listeners that the event may fit, in order.
fn listening(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    kind: &str,
    event: &Value,
) -> Result<BTreeMap<String, BTreeSet<i64>>, JournalError> {
    let mut statement = transaction.prepare_cached(
        "SELECT run, exactly, listener FROM listeners WHERE tenant = ?1 AND type = ?2
         UNION ALL
         SELECT run, exactly, listener FROM listeners WHERE tenant = ?1 AND type IS NULL",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), kind])?;
    let mut runs: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let exactly: BTreeMap<String, Value> =
            serde_json::from_str(&row.get::<_, String>(1)?).unwrap_or_default();
        if fits(&EventFilter { exactly }, event) {
            runs.entry(row.get(0)?).or_default().insert(row.get(2)?);
        }
    }
    Ok(runs)
}

/// True if the event has every attribute exactly so.
pub(crate) fn fits(filter: &EventFilter, event: &Value) -> bool {
    filter.exactly.iter().all(|(name, wanted)| event.get(name) == Some(wanted))
}

fn bring(
    transaction: &Transaction<'_>,
    key: &RunKey,
    listeners: &BTreeSet<i64>,
    seq: i64,
    at: Timestamp,
    event: &Value,
) -> Result<(), JournalError> {
    let mut first = 0;
    for listener in listeners {
        first += transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO deliveries (tenant, run, listener, event)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![key.tenant.as_str(), key.run, listener, seq])?;
    }
    if first > 0 {
        post(transaction, key, at, &Message::Event { event: event.clone() })?;
    }
    Ok(())
}

/// Keeps a listener, and brings the events that came since the run's start and may fit.
pub(super) fn listen(
    transaction: &Transaction<'_>,
    key: &RunKey,
    at: Timestamp,
    listener: ListenerId,
    filters: &[EventFilter],
) -> Result<(), JournalError> {
    let number = i64::try_from(listener.0).unwrap_or(i64::MAX);
    // No filter at all: any event.
    let any = [EventFilter::default()];
    let filters = if filters.is_empty() { &any[..] } else { filters };
    for (place, filter) in (0i64..).zip(filters) {
        let exactly = serde_json::to_string(&filter.exactly)
            .map_err(|source| JournalError::Unwritable { what: "listener", source })?;
        let kind = filter.exactly.get("type").and_then(Value::as_str);
        transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO listeners (tenant, run, listener, filter, type, exactly)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![key.tenant.as_str(), key.run, number, place, kind, exactly])?;
        for (seq, event) in since_start(transaction, key, kind)? {
            if fits(filter, &event) {
                bring(transaction, key, &BTreeSet::from([number]), seq, at, &event)?;
            }
        }
    }
    Ok(())
}

fn since_start(
    transaction: &Transaction<'_>,
    key: &RunKey,
    kind: Option<&str>,
) -> Result<Vec<(i64, Value)>, JournalError> {
    let started: Option<i64> = transaction
        .prepare_cached("SELECT started FROM runs WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![key.tenant.as_str(), key.run], |row| row.get(0))
        .optional()?;
    let started = to_micros(from_micros(started.unwrap_or(0)));
    let sql = if kind.is_some() {
        "SELECT seq, body FROM events WHERE tenant = ?1 AND at >= ?2 AND type = ?3 ORDER BY seq"
    } else {
        "SELECT seq, body FROM events WHERE tenant = ?1 AND at >= ?2 AND ?3 IS NULL ORDER BY seq"
    };
    let mut statement = transaction.prepare_cached(sql)?;
    let rows = statement.query_map(params![key.tenant.as_str(), started, kind], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut events = Vec::new();
    for row in rows {
        let (seq, body) = row?;
        if let Ok(event) = serde_json::from_str(&body) {
            events.push((seq, event));
        }
    }
    Ok(events)
}

/// Forgets a listener; `None`: all of the run's.
pub(super) fn unlisten(
    transaction: &Transaction<'_>,
    key: &RunKey,
    listener: Option<ListenerId>,
) -> Result<(), JournalError> {
    let number = listener.map(|listener| i64::try_from(listener.0).unwrap_or(i64::MAX));
    transaction
        .prepare_cached(
            "DELETE FROM listeners
             WHERE tenant = ?1 AND run = ?2 AND (?3 IS NULL OR listener = ?3)",
        )?
        .execute(params![key.tenant.as_str(), key.run, number])?;
    Ok(())
}
