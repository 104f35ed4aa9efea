//! Statements on SQLite: cached, and their parameters bound by name, since `$1` is a name here and no position.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

use super::error::told;
use crate::row::Source;
use crate::{Error, Row, Value};

/// The names of the parameters, of which a statement has at most this many: the widest table of ours has fewer columns.
const NAMES: [&str; 32] = [
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15",
    "$16", "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$26", "$27", "$28",
    "$29", "$30", "$31", "$32",
];

/// The first rows of the answer.
pub(crate) fn rows<R>(
    connection: &Connection,
    may_write: bool,
    sql: &str,
    parameters: &[Value],
    at_most: usize,
    mut read: impl FnMut(&Row<'_>) -> Result<R, Error>,
) -> Result<Vec<R>, Error> {
    let mut statement = prepare(connection, sql, parameters)?;
    if !may_write && !statement.readonly() {
        return Err(Error::engine("a read may not change anything"));
    }
    let mut rows = statement.raw_query();
    let mut answer = Vec::new();
    while answer.len() < at_most
        && let Some(row) = rows.next().map_err(|error| told(&error))?
    {
        answer.push(read(&Row::new(Source::Sqlite(row)))?);
    }
    Ok(answer)
}

/// Executes once for each list of parameters and gives the number of rows changed in all.
pub(crate) fn run<P: AsRef<[Value]>>(
    connection: &Connection,
    sql: &str,
    rows: impl IntoIterator<Item = P>,
) -> Result<u64, Error> {
    let mut changed = 0;
    let mut prepared: Option<CachedStatement<'_>> = None;
    for row in rows {
        let parameters = row.as_ref();
        let count = match &mut prepared {
            Some(statement) => {
                bind(statement, parameters)?;
                statement.raw_execute()
            }
            None => prepared
                .insert(prepare(connection, sql, parameters)?)
                .raw_execute(),
        };
        changed += count.map_err(|error| told(&error))? as u64;
    }
    Ok(changed)
}

fn prepare<'a>(
    connection: &'a Connection,
    sql: &str,
    parameters: &[Value],
) -> Result<CachedStatement<'a>, Error> {
    let mut statement = connection
        .prepare_cached(sql)
        .map_err(|error| told(&error))?;
    bind(&mut statement, parameters)?;
    Ok(statement)
}

fn bind(statement: &mut CachedStatement<'_>, parameters: &[Value]) -> Result<(), Error> {
    let (has, given, most) = (statement.parameter_count(), parameters.len(), NAMES.len());
    if has != given || given > most {
        return Err(Error::engine(format!(
            "a statement with {has} parameters, of at most {most}, got {given}"
        )));
    }
    for (name, value) in NAMES.iter().zip(parameters) {
        let index = statement
            .parameter_index(name)
            .map_err(|error| told(&error))?
            .ok_or_else(|| Error::engine(format!("a statement has no parameter {name}")))?;
        statement
            .raw_bind_parameter(index, Bound(value))
            .map_err(|error| told(&error))?;
    }
    Ok(())
}

/// A value on its way into a statement.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Integer(integer) => ValueRef::Integer(*integer),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
