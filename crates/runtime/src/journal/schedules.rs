//! When each schedule fired last, fires next, and which times it missed.

use kompel_model::{TenantId, Timestamp};
use rusqlite::{Transaction, params};

use super::{JournalError, to_micros};

/// A schedule as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScheduleRow {
    /// Its name: the playbook's namespace and name.
    pub(crate) name: String,
    /// The rule it was kept under; another rule starts afresh.
    pub(crate) rule: String,
    /// When it fired last.
    pub(crate) last: Option<Timestamp>,
    /// When it fires next; `None` while it waits for its run to end (`after`).
    pub(crate) next: Option<Timestamp>,
}

/// Keeps a schedule, replacing what was kept under its name.
pub(crate) fn keep_schedule(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    row: &ScheduleRow,
) -> Result<(), JournalError> {
    transaction
        .prepare_cached(
            "INSERT INTO schedules (tenant, name, rule, last, next) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (tenant, name) DO UPDATE
             SET rule = excluded.rule, last = excluded.last, next = excluded.next",
        )?
        .execute(params![
            tenant.as_str(),
            row.name,
            row.rule,
            row.last.map(to_micros),
            row.next.map(to_micros)
        ])?;
    Ok(())
}

/// Moves a schedule on, if it still stands where the caller saw it; false if another was faster.
pub(crate) fn set_fired(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    seen: &ScheduleRow,
    last: Option<Timestamp>,
    next: Option<Timestamp>,
) -> Result<bool, JournalError> {
    let changed = transaction
        .prepare_cached(
            "UPDATE schedules SET last = ?4, next = ?5
             WHERE tenant = ?1 AND name = ?2 AND next IS ?3",
        )?
        .execute(params![
            tenant.as_str(),
            seen.name,
            seen.next.map(to_micros),
            last.map(to_micros),
            next.map(to_micros)
        ])?;
    Ok(changed == 1)
}

/// Notes that a time was missed.
pub(crate) fn note_missed(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    name: &str,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), JournalError> {
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO missed (tenant, name, at, seen) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![tenant.as_str(), name, to_micros(at), to_micros(now)])?;
    Ok(())
}
