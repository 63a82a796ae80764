//! Migrations: numbered, forward only, counted in SQLite's `user_version`.

use rusqlite::Connection;

use crate::Error;

const STEPS: &[&str] = &[
    include_str!("../../../../migrations/0001_records.sql"),
    include_str!("../../../../migrations/0002_runs.sql"),
    include_str!("../../../../migrations/0003_audit.sql"),
    include_str!("../../../../migrations/0004_form_links.sql"),
];

/// Runs the steps that the database lacks, each in its own transaction.
pub(crate) fn bring_up(connection: &mut Connection) -> Result<(), Error> {
    let done = known(connection)?;
    for (number, step) in (1u32..).zip(STEPS).skip(done as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The database's version, if this Kompel knows it.
pub(crate) fn known(connection: &Connection) -> Result<u32, Error> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(STEPS.len()).expect("there are few migrations");
    if found > known { Err(Error::TooNew { found, known }) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_brought_up_once_and_a_newer_one_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        bring_up(&mut connection).unwrap();
        bring_up(&mut connection).unwrap();
        assert_eq!(known(&connection).unwrap() as usize, STEPS.len());
        connection.pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(bring_up(&mut connection), Err(Error::TooNew { found: 999, .. })));
    }

    /// Databases as earlier versions made them, as SQL.
    const EARLIER: &[(u32, &str)] = &[(1, include_str!("fixtures/version-1.sql"))];

    #[test]
    fn databases_of_every_earlier_version_come_up_with_all_they_hold() {
        for (version, sql) in EARLIER {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("kompel.db");
            let old = Connection::open(&path).unwrap();
            old.execute_batch(sql).unwrap();
            assert_eq!(known(&old).unwrap(), *version);
            drop(old);
            let mut store = crate::Store::open(&path).unwrap();
            assert!(store.damage().unwrap().is_empty());
            let mut scope = store.tenant("acme".parse().unwrap());
            assert_eq!(scope.read_log(&|_| ()).unwrap().tickets.len(), 3);
            assert_eq!(scope.decisions().unwrap()[0].by, "Xander");
            assert_eq!(scope.reveals().unwrap()[0].why, "to thank them");
            assert_eq!(scope.identity_count().unwrap(), 2);
            assert!(scope.read_discovery().unwrap().is_some());
            assert!(scope.audit_entries(9).unwrap().is_empty());
            let at = "2026-01-01T00:00:00Z".parse().unwrap();
            scope.write_reveal(&kompel_model::PersonId::new("p-1"), "why", at).unwrap();
            assert_eq!(scope.audit_entries(9).unwrap().len(), 1);
        }
    }

    /// What a new database holds and what one that was brought up holds must be the same form.
    #[test]
    fn an_old_database_and_a_new_one_have_the_same_form() {
        let form = |connection: &Connection| -> Vec<String> {
            connection
                .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
                .unwrap()
                .query_map([], |row| row.get(0))
                .unwrap()
                .map(Result::unwrap)
                .collect()
        };
        let mut new = Connection::open_in_memory().unwrap();
        bring_up(&mut new).unwrap();
        for (_, sql) in EARLIER {
            let mut old = Connection::open_in_memory().unwrap();
            old.execute_batch(sql).unwrap();
            bring_up(&mut old).unwrap();
            assert_eq!(form(&old), form(&new));
        }
    }
}
