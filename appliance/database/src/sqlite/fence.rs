//! What stands in the head of a file that is a backup, until somebody takes it as it is.

use rusqlite::Connection;

/// `FoyB`.
const BACKUP_ID: i32 = 0x466F_7942;

/// From here on it is a backup.
pub(super) fn make_backup(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", BACKUP_ID)
}

/// Whether it is a backup that nobody has taken as it is.
pub(super) fn is_backup(connection: &Connection) -> rusqlite::Result<bool> {
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    Ok(id == BACKUP_ID)
}

/// From here on it is a file like any other.
pub(super) fn forget_backup(connection: &Connection) -> rusqlite::Result<()> {
    match is_backup(connection)? {
        true => connection.pragma_update(None, "application_id", 0),
        false => Ok(()),
    }
}
