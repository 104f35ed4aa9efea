//! Statements on SQLite: cached, and their parameters bound by number. `$1` is a name here, and each name would be looked for
//! among all of them, so that it is written `?1`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

use super::error::{refused, told};
use crate::channels::Channels;
use crate::tx::{Told, Transaction};
use crate::{Error, Row, Value};

/// A transaction of SQLite, while a closure has it.
#[derive(Debug)]
pub(crate) struct Lent<'a> {
    pub(crate) connection: &'a Connection,
    /// Who hears of what is committed; nobody where nothing may be changed.
    pub(crate) channels: Option<&'a Arc<Channels>>,
}

impl Transaction for Lent<'_> {
    fn rows(
        &mut self,
        sql: &str,
        parameters: &[Value],
        at_most: usize,
        read: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut statement = prepare(self.connection, sql, parameters)?;
        if self.channels.is_none() && !statement.readonly() {
            return Err(Error::engine("a read may not change anything"));
        }
        let mut rows = statement.raw_query();
        for _ in 0..at_most {
            match rows.next().map_err(|error| refused(sql, &error))? {
                Some(row) => read(&Row::new(row))?,
                None => break,
            }
        }
        Ok(())
    }

    fn run(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Error> {
        let changed = prepare(self.connection, sql, parameters)?.raw_execute();
        changed
            .map(|count| count as u64)
            .map_err(|error| refused(sql, &error))
    }

    fn notify(&mut self, channel: &str, payload: &str) -> Result<Option<Told>, Error> {
        let (channel, payload) = (channel.to_owned(), payload.to_owned());
        Ok(self.channels.map(|channels| {
            let channels = Arc::clone(channels);
            Box::new(move || channels.tell(&channel, payload)) as Told
        }))
    }
}

fn prepare<'a>(
    connection: &'a Connection,
    sql: &str,
    parameters: &[Value],
) -> Result<CachedStatement<'a>, Error> {
    let cached = |numbered: &str| connection.prepare_cached(numbered);
    let prepared = NUMBERED.with_borrow_mut(|known| cached(known.numbered(sql)));
    let mut statement = prepared.map_err(|error| refused(sql, &error))?;
    bind(&mut statement, parameters)?;
    Ok(statement)
}

thread_local! {
    static NUMBERED: RefCell<Numbered> = RefCell::default();
}

/// Statements that were numbered before, found by where they lie in memory: most are of the program itself.
#[derive(Default)]
struct Numbered(HashMap<usize, (String, String)>);

impl Numbered {
    fn numbered(&mut self, sql: &str) -> &str {
        if self.0.len() > MOST_NUMBERED {
            self.0.clear();
        }
        let (of, known) = self.0.entry(sql.as_ptr().addr()).or_default();
        if of != sql {
            *known = numbered(sql).into_owned();
            sql.clone_into(of);
        }
        known
    }
}

/// More than both services have.
const MOST_NUMBERED: usize = 512;

/// The statement with `?1` for `$1`. A dollar before anything but a digit stays.
fn numbered(sql: &str) -> Cow<'_, str> {
    if !sql.contains('$') {
        return Cow::Borrowed(sql);
    }
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(dollar) = rest.find('$') {
        let (before, after) = (&rest[..dollar], &rest[dollar + 1..]);
        text.push_str(before);
        text.push(if after.starts_with(|next: char| next.is_ascii_digit()) {
            '?'
        } else {
            '$'
        });
        rest = after;
    }
    text.push_str(rest);
    Cow::Owned(text)
}

fn bind(statement: &mut CachedStatement<'_>, parameters: &[Value]) -> Result<(), Error> {
    let (has, given) = (statement.parameter_count(), parameters.len());
    if has != given {
        return Err(Error::engine(format!(
            "a statement with {has} parameters got {given}"
        )));
    }
    for (index, value) in (1..).zip(parameters) {
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

#[cfg(test)]
mod tests {
    use super::{Numbered, numbered};

    #[test]
    fn another_statement_at_the_same_place_is_another() {
        let mut known = Numbered::default();
        let mut text = "SELECT $1".to_owned();
        assert_eq!(known.numbered(&text), "SELECT ?1");
        text.replace_range(7.., "$2");
        assert_eq!(known.numbered(&text), "SELECT ?2");
        assert_eq!(known.0.len(), 1);
    }

    #[test]
    fn only_parameters_are_numbered() {
        let same = "SELECT '$', '$.film' FROM film";
        assert_eq!(numbered(same), same);
        assert_eq!(
            numbered("UPDATE film SET b = $2, c = '$.x' WHERE a = $1 AND d = $10"),
            "UPDATE film SET b = ?2, c = '$.x' WHERE a = ?1 AND d = ?10"
        );
    }
}
