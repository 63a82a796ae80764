//! The store: one SQLite database, every call for one tenant.
//!
//! Opening gives a [`Store`]; nothing can be read or written without naming a tenant, which gives a
//! [`Scope`]. The files of this folder each hold the scope's calls for one sort of row.

mod decisions;
mod discoveries;
mod forms;
mod handle;
mod hunts;
mod intern;
pub(crate) mod migrate;
mod people;
mod records;

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub(crate) use handle::Handle;

pub use decisions::{Decision, NewDecision, Reveal};
pub use discoveries::{KeptCandidate, KeptDiscovery};
pub use forms::{FormLink, new_ticket};
pub use hunts::HuntInput;
pub use records::{RecordCount, Written};

use kompel_model::TenantId;

use crate::Error;

/// An open database.
pub struct Store {
    pub(crate) connection: Handle,
}

/// The store as one tenant sees it.
pub struct Scope<'a> {
    pub(crate) connection: &'a mut Connection,
    pub(crate) tenant: TenantId,
}

impl Scope<'_> {
    /// A transaction that has the right to write from its start, and whose it is: two processes
    /// that append to the audit trail take turns.
    pub(crate) fn immediate(&mut self) -> Result<(Transaction<'_>, &TenantId), Error> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        Ok((transaction, &self.tenant))
    }
}

impl Store {
    /// Opens the database, makes it if there is none, and brings it to this version's form.
    ///
    /// # Errors
    /// `Database` if it can't be opened, `TooNew` if a newer Kompel made it.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let mut connection = Handle::open(|| {
            let connection = Connection::open(path)?;
            connection.busy_timeout(PATIENCE)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            Ok(connection)
        })?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        settle(&connection)?;
        migrate::bring_up(&mut connection)?;
        Ok(Self { connection })
    }

    /// Opens the database for reading only; fails if it is not there.
    ///
    /// # Errors
    /// `Missing` without the file, `Database` if it can't be opened, `TooNew` as above.
    pub fn inspect(path: &Path) -> Result<Self, Error> {
        if !path.is_file() {
            return Err(Error::Missing(path.to_owned()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Handle::open(|| Connection::open_with_flags(path, flags))?;
        settle(&connection)?;
        migrate::known(&connection)?;
        Ok(Self { connection })
    }

    /// The store as this tenant sees it.
    pub fn tenant(&mut self, tenant: TenantId) -> Scope<'_> {
        Scope { connection: &mut self.connection, tenant }
    }

    /// What SQLite's own check finds wrong; empty if nothing.
    ///
    /// # Errors
    /// `Database` if the check can't run.
    pub fn damage(&self) -> Result<Vec<String>, Error> {
        let mut statement = self.connection.prepare("PRAGMA integrity_check(20)")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut lines = Vec::new();
        for line in rows {
            let line = line?;
            if line != "ok" {
                lines.push(line);
            }
        }
        Ok(lines)
    }
}

/// How long one who finds the database locked waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn settle(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    Ok(())
}

#[cfg(test)]
mod matrix;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kompel_model::{
        CandidateId, EventLog, Message, Party, PersonId, SourceKind, Ticket, Timestamp,
    };
    use serde_json::json;

    use super::*;
    use crate::Key;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("kompel.db")).unwrap();
        (folder, store)
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn ticket(key: &str, title: &str, updated: &str) -> Ticket {
        let mut ticket = Ticket::new(SourceKind::Jira, key);
        title.clone_into(&mut ticket.title);
        ticket.updated = Some(at(updated));
        ticket
    }

    fn log(tickets: Vec<Ticket>) -> EventLog {
        EventLog { tickets, ..EventLog::default() }
    }

    fn write(store: &mut Store, log: &EventLog) -> Written {
        store.tenant(TenantId::default()).write_log(log, &|_| ()).unwrap()
    }

    fn read(store: &mut Store, tenant: &str) -> EventLog {
        store.tenant(tenant.parse().unwrap()).read_log(&|_| ()).unwrap()
    }

    #[test]
    fn the_same_records_twice_are_counted_once() {
        let (_folder, mut store) = store();
        let records = log(vec![ticket("A-1", "one", "2026-01-01T00:00:00Z")]);
        assert_eq!(write(&mut store, &records), Written { new: 1, updated: 0, unchanged: 0 });
        assert_eq!(write(&mut store, &records), Written { new: 0, updated: 0, unchanged: 1 });
        assert_eq!(read(&mut store, "default"), records);
    }

    #[test]
    fn the_newer_form_of_a_record_wins_in_any_order() {
        let old = log(vec![ticket("A-1", "old", "2026-01-01T00:00:00Z")]);
        let new = log(vec![ticket("A-1", "new", "2026-02-01T00:00:00Z")]);
        for order in [[&old, &new], [&new, &old]] {
            let (_folder, mut store) = store();
            for records in order {
                write(&mut store, records);
            }
            assert_eq!(read(&mut store, "default"), new);
        }
    }

    #[test]
    fn records_come_back_in_the_order_of_their_ids() {
        let (_folder, mut store) = store();
        let mut records = log(vec![
            ticket("B-2", "x", "2026-01-01T00:00:00Z"),
            ticket("A-10", "y", "2026-01-01T00:00:00Z"),
        ]);
        records.tickets.push(Ticket::new(SourceKind::Table, "A-1"));
        records.tickets.push(Ticket::new(SourceKind::ServiceNow, "Z"));
        records.people.insert(PersonId::new("p-1"), Party { robot: true, role: None });
        records.messages.push(Message {
            id: kompel_model::MemberRef { source: SourceKind::Slack, key: "ops/1.0".into() },
            channel: "ops".into(),
            at: at("2026-01-01T00:00:00Z"),
            author: Some(PersonId::new("p-1")),
            text: "done".to_owned(),
            thread: None,
            robot: false,
            edited: None,
            reactions: Vec::new(),
        });
        write(&mut store, &records);
        records.sort();
        assert_eq!(read(&mut store, "default"), records);
    }

    #[test]
    fn tenants_do_not_see_each_other() {
        let (_folder, mut store) = store();
        write(&mut store, &log(vec![ticket("A-1", "one", "2026-01-01T00:00:00Z")]));
        assert!(read(&mut store, "acme").is_empty());
        assert!(store.tenant("acme".parse().unwrap()).record_counts().unwrap().is_empty());
    }

    #[test]
    fn decisions_and_reveals_can_only_be_added() {
        let (_folder, mut store) = store();
        let mut scope = store.tenant(TenantId::default());
        let decision = NewDecision {
            candidate: CandidateId("c-1".to_owned()),
            yes: true,
            by: "Xander".to_owned(),
            why: "most visible".to_owned(),
        };
        scope.decide(&decision, at("2026-01-01T00:00:00Z")).unwrap();
        scope.write_reveal(&PersonId::new("p-1"), "audit", at("2026-01-01T00:00:00Z")).unwrap();
        assert_eq!(scope.decisions().unwrap().len(), 1);
        assert_eq!(scope.reveals().unwrap().len(), 1);
        for sql in [
            "UPDATE decisions SET yes = 0",
            "DELETE FROM decisions",
            "UPDATE reveals SET why = ''",
            "DELETE FROM reveals",
        ] {
            assert!(store.connection.execute(sql, []).is_err(), "{sql}");
        }
    }

    #[test]
    fn names_are_sealed_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kompel.db");
        let key = Key::create(&folder.path().join("kompel.key")).unwrap();
        let person = PersonId::new("p-1");
        let mut store = Store::open(&path).unwrap();
        let names = BTreeMap::from([(person.clone(), "Jan Janssen".to_owned())]);
        let mut scope = store.tenant(TenantId::default());
        scope.write_identities(&names, &key).unwrap();
        assert_eq!(scope.identity(&person, &key).unwrap().as_deref(), Some("Jan Janssen"));
        assert_eq!(scope.identities(&key).unwrap(), names);
        let other = Key::create(&folder.path().join("other.key")).unwrap();
        assert!(matches!(scope.identity(&person, &other), Err(Error::WrongKey(_))));
        drop(store);
        assert!(!std::fs::read(&path).unwrap().windows(7).any(|bytes| bytes == b"Janssen"));
    }

    #[test]
    fn a_discovery_replaces_the_one_before() {
        let (_folder, mut store) = store();
        let mut scope = store.tenant(TenantId::default());
        assert_eq!(scope.read_discovery().unwrap(), None);
        let kept = |id: &str| KeptDiscovery {
            body: json!({"as_of": null}),
            candidates: vec![KeptCandidate {
                id: CandidateId(id.to_owned()),
                members: vec![ticket("A-1", "", "2026-01-01T00:00:00Z").id],
                body: json!({"title": "x"}),
            }],
        };
        scope.write_discovery(&kept("c-1")).unwrap();
        scope.write_discovery(&kept("c-2")).unwrap();
        assert_eq!(scope.read_discovery().unwrap(), Some(kept("c-2")));
        assert_eq!(scope.previous_candidates().unwrap()[0].0.as_str(), "c-2");
    }

    #[test]
    fn the_last_hunt_that_read_something_is_remembered() {
        let (_folder, mut store) = store();
        let mut scope = store.tenant(TenantId::default());
        assert!(scope.last_hunt().unwrap().is_none());
        let input = HuntInput {
            name: "a.csv".to_owned(),
            format: "jira-csv".to_owned(),
            sha256: "00".to_owned(),
            counts: json!({"rows": 1}),
            findings: json!([]),
        };
        let hunt = scope.begin_hunt(at("2026-01-01T00:00:00Z")).unwrap();
        scope.write_hunt_input(hunt, &input).unwrap();
        scope.begin_hunt(at("2026-01-02T00:00:00Z")).unwrap();
        let (when, inputs) = scope.last_hunt().unwrap().unwrap();
        assert_eq!((when, inputs), (at("2026-01-01T00:00:00Z"), vec![input]));
        assert!(
            scope
                .write_hunt_input(
                    999,
                    &HuntInput {
                        name: String::new(),
                        format: String::new(),
                        sha256: String::new(),
                        counts: json!(null),
                        findings: json!(null),
                    }
                )
                .is_err()
        );
    }

    #[test]
    fn a_store_opened_to_inspect_changes_nothing() {
        let (folder, store) = store();
        drop(store);
        let path = folder.path().join("kompel.db");
        let mut inspected = Store::inspect(&path).unwrap();
        assert!(inspected.damage().unwrap().is_empty());
        let records = log(vec![ticket("A-1", "one", "2026-01-01T00:00:00Z")]);
        assert!(inspected.tenant(TenantId::default()).write_log(&records, &|_| ()).is_err());
        assert!(Store::inspect(&folder.path().join("none.db")).is_err());
    }
}
