//! Applying a schema's history to PostgreSQL, where several processes may start at once and nothing but a table of our own tells what
//! has been applied.

use super::session::Session;
use crate::migration::hash;
use crate::statistics::Counters;
use crate::{Error, Migration, OpenError, Snapshot, Tx, params};

/// The table of what has been applied.
pub(crate) const HISTORY: &str = "applied_migration";

/// Applies those that the database has not seen, each in a transaction of its own; one process at a time.
pub(crate) fn apply(session: &mut Session, migrations: &[Migration]) -> Result<(), OpenError> {
    // It ends with the connection, which is made for this alone.
    session.command("SELECT pg_advisory_lock(hashtextextended('database migrations', 0))")?;
    session.command(&format!(
        "CREATE TABLE IF NOT EXISTS {HISTORY} (number BIGINT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL)"
    ))?;
    let applied = Snapshot::new(session, &Counters::default()).query(
        &format!("SELECT name, hash FROM {HISTORY} ORDER BY number"),
        &[],
        |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)),
    )?;
    if applied.len() > migrations.len() {
        return Err(OpenError::Migration(format!(
            "it has {} of them, and this program knows {}",
            applied.len(),
            migrations.len()
        )));
    }
    for ((name, stored), migration) in applied.iter().zip(migrations) {
        if name != migration.name || *stored != hash(migration) {
            return Err(OpenError::Migration(format!(
                "\"{name}\" was applied in other words than this program's \"{}\"",
                migration.name
            )));
        }
    }
    for (number, migration) in migrations.iter().enumerate().skip(applied.len()) {
        step(session, number, migration).map_err(|error| {
            OpenError::Migration(format!("\"{}\" fails: {error}", migration.name))
        })?;
    }
    Ok(())
}

fn step(session: &mut Session, number: usize, migration: &Migration) -> Result<(), Error> {
    session.command("BEGIN")?;
    session.command(migration.sql)?;
    let sql = format!("INSERT INTO {HISTORY} VALUES ($1, $2, $3)");
    Tx::new(session, &Counters::default())
        .execute(&sql, params![number, migration.name, hash(migration)])?;
    session.command("COMMIT")
}
