//! PostgreSQL's schema, as it is compared with SQLite's.

use super::address::{Address, Purpose};
use super::session::Session;
use super::{migration, on_a_thread, unusable};
use crate::schema::{Schema, key, kind};
use crate::statistics::Counters;
use crate::{Error, Migration, OpenError, Snapshot, Synchronous, params};

/// The schema that the migrations make in the database at `url`.
pub(crate) fn schema(migrations: &[Migration], url: &str) -> Result<Schema, OpenError> {
    let address = Address::parse(url, Synchronous::Full)?;
    on_a_thread(|| {
        let mut session = address.open(Purpose::Migrate).map_err(unusable)?;
        migration::apply(&mut session, migrations)?;
        Ok(read(&mut session)?)
    })
}

fn read(session: &mut Session) -> Result<Schema, Error> {
    let mut schema = Schema::new();
    let counters = Counters::default();
    let mut snapshot = Snapshot::new(session, &counters);
    let columns = snapshot.query(
        "SELECT c.relname, a.attname, CAST(format_type(a.atttypid, a.atttypmod) AS TEXT), NOT a.attnotnull \
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = CAST(current_schema AS regnamespace) \
           AND c.relname <> $1 AND a.attnum > 0 AND NOT a.attisdropped",
        params![migration::HISTORY],
        |row| {
            let kind = kind(in_our_words(&row.get::<String>(2)?), row.get(3)?);
            Ok((row.get::<String>(0)?, row.get::<String>(1)?, kind))
        },
    )?;
    for (table, column, kind) in columns {
        let table = schema.entry(table).or_default();
        table.columns.insert(column, kind);
    }
    let keys = snapshot.query(
        "SELECT c.relname, CAST(string_agg(COALESCE(a.attname, '(an expression)'), ',') AS TEXT), i.indpred IS NOT NULL \
         FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
         CROSS JOIN LATERAL unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k(number, place) \
         LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number AND k.number > 0 \
         WHERE i.indisunique AND c.relnamespace = CAST(current_schema AS regnamespace) AND c.relname <> $1 \
           AND k.place <= i.indnkeyatts \
         GROUP BY i.indexrelid, c.relname, i.indpred IS NOT NULL",
        params![migration::HISTORY],
        |row| {
            let columns = row.get::<String>(1)?;
            let columns = columns.split(',').map(str::to_owned).collect();
            Ok((row.get::<String>(0)?, key(columns, row.get(2)?)))
        },
    )?;
    for (table, key) in keys {
        schema.entry(table).or_default().keys.insert(key);
    }
    Ok(schema)
}

/// The type as SQLite's STRICT tables call it; one that has no name there is left as it is, and so differs.
fn in_our_words(type_name: &str) -> &str {
    match type_name {
        "bigint" => "INTEGER",
        "text" => "TEXT",
        "bytea" => "BLOB",
        other => other,
    }
}
