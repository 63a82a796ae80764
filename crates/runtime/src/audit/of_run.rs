//! One run's entries in the log, and the tree that proves them.

use kompel_model::{LeaverTrail, TenantId, TrailEntry};
use rusqlite::params;

use super::{checkpoint::Checkpoint, event::Body, trail::Trail};
use crate::{Error, Scope, key::to_hex};

impl Scope<'_> {
    /// The entries of this tenant's run, the oldest first, with the root of the smallest tree that
    /// holds them all and the first signed checkpoint that covers it. The same answer each time,
    /// whatever others add, until such a checkpoint is signed. `None` if the run has no entry.
    ///
    /// # Errors
    /// `UnreadableEntry` if another program wrote one, `Database` if SQLite refuses.
    pub fn audit_of_run(&mut self, run: &str) -> Result<Option<LeaverTrail>, Error> {
        let tenant = &self.tenant;
        Trail { connection: self.connection }.still(|trail| {
            let mut entries = Vec::new();
            trail.of_run(tenant, run, |place, body| {
                let body = Body::read(&body).ok_or(Error::UnreadableEntry(place))?;
                let leaf = to_hex(&trail.leaf(place)?);
                let (at, kind, who) = (body.at, body.kind, body.who);
                entries.push(TrailEntry { place, at, kind, who, leaf });
                Ok(())
            })?;
            let Some(last) = entries.last() else { return Ok(None) };
            let edge = trail.edge(last.place + 1)?;
            let root = Checkpoint::of(&edge).root();
            let (size, checkpoint) = (edge.size(), trail.first_checkpoint(edge.size())?);
            Ok(Some(LeaverTrail { entries, size, root, checkpoint }))
        })
    }
}

impl Trail<'_> {
    fn of_run(
        &self,
        tenant: &TenantId,
        run: &str,
        mut see: impl FnMut(u64, String) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT place, body FROM audit_entries
             WHERE tenant = ?1 AND json_extract(body, '$.run') = ?2 ORDER BY place",
        )?;
        let mut rows = statement.query(params![tenant.as_str(), run])?;
        while let Some(row) = rows.next()? {
            let place: i64 = row.get(0)?;
            see(place.unsigned_abs(), row.get(1)?)?;
        }
        Ok(())
    }

    fn first_checkpoint(&self, size: u64) -> Result<Option<String>, Error> {
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached(
            "SELECT note FROM audit_checkpoints WHERE size >= ?1 ORDER BY size LIMIT 1",
        )?;
        let mut rows = statement.query([size])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }
}

#[cfg(test)]
mod tests {
    use kompel_model::TenantId;

    use crate::{
        Store,
        audit::{AuditEvent, AuditKey, Checkpoint},
    };

    #[test]
    fn a_runs_entries_come_with_the_root_that_proves_them_whatever_is_added_later() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("kompel.db")).unwrap();
        let tenant = |name: &str| name.parse::<TenantId>().unwrap();
        let (acme, globex) = (tenant("acme"), tenant("globex"));
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        let event = |run: &str| AuditEvent::new("step.done", at).of_run(run);
        for (tenant, run) in [(&acme, "r-1"), (&globex, "r-1"), (&acme, "r-2"), (&acme, "r-1")] {
            store.tenant(tenant.clone()).audit(&event(run)).unwrap();
        }
        let key = AuditKey::from_seed([5; 32]);
        let early = store.tenant(acme.clone()).audit_of_run("r-1").unwrap().unwrap();
        let places: Vec<u64> = early.entries.iter().map(|entry| entry.place).collect();
        assert_eq!((places, early.size), (vec![0, 3], 4));
        assert_eq!(early.checkpoint, None);
        let note = store.trail().checkpoint(&key, at).unwrap();
        assert_eq!(Checkpoint::open(&note, key.verifier()).unwrap().root(), early.root);
        store.tenant(acme.clone()).audit(&event("r-3")).unwrap();
        store.trail().checkpoint(&key, at).unwrap();
        let late = store.tenant(acme.clone()).audit_of_run("r-1").unwrap().unwrap();
        assert_eq!((&late.root, late.checkpoint), (&early.root, Some(note)));
        assert_eq!(store.tenant(acme).audit_of_run("r-9").unwrap(), None);
    }
}
