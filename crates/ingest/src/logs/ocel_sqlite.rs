//! OCEL 2.0's SQLite form, opened in memory.

use process_mining::core::event_data::object_centric::{
    OCEL,
    ocel_sql::{export_ocel_sqlite_to_vec, import_ocel_sqlite_from_con},
};
use rusqlite::{Connection, MAIN_DB, config::DbConfig};

/// True if the bytes begin as an SQLite database does.
pub(super) fn is_sqlite(bytes: &[u8]) -> bool {
    bytes.starts_with(b"SQLite format 3\0")
}

/// True if what the first pages hold of the schema names a table or column of OCEL 2.0.
pub(super) fn recognise(head: &[u8]) -> bool {
    [&b"event_map_type"[..], b"object_map_type", b"ocel_type_map", b"ocel_object_id"]
        .iter()
        .any(|table| head.windows(table.len()).any(|window| window == *table))
}

/// Reads a log from the bytes of a database.
///
/// The database is opened here and not by `process_mining`, whose own way from bytes hands SQLite
/// memory to write in that it does not own. A view could stand for any amount of work: a database
/// with a view, or a table that is none of its own, is refused.
pub(super) fn import(bytes: &[u8]) -> rusqlite::Result<OCEL> {
    let mut database = Connection::open_in_memory()?;
    database.deserialize_read_exact(MAIN_DB, bytes, bytes.len(), true)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    let foreign = "SELECT count(*) FROM sqlite_schema
        WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'";
    if database.query_row(foreign, [], |row| row.get::<_, i64>(0))? > 0 {
        return Err(rusqlite::Error::InvalidQuery);
    }
    let mut log = import_ocel_sqlite_from_con(database)?;
    // They come in the order of a hash map.
    log.objects.sort_by(|a, b| a.id.cmp(&b.id));
    log.events.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(log)
}

/// The log as the bytes of a database.
pub(super) fn export(log: &OCEL) -> std::io::Result<Vec<u8>> {
    export_ocel_sqlite_to_vec(log).map_err(|error| std::io::Error::other(error.to_string()))
}
