//! What a closure works with: a snapshot to read from, and a transaction to write in. Statements are cached, and their
//! parameters bound by name, since `$1` is a name in SQLite and a position in PostgreSQL.

use std::ops::{Deref, DerefMut};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

use crate::{Error, Row, Value};

/// The names of the parameters, of which a statement has at most this many: the widest table of ours has fewer columns.
const NAMES: [&str; 32] = [
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15",
    "$16", "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$26", "$27", "$28",
    "$29", "$30", "$31", "$32",
];

/// The database as it stood at one moment.
#[derive(Debug)]
pub struct Snapshot<'a> {
    connection: &'a Connection,
    may_write: bool,
    failure: Option<Error>,
}

impl<'a> Snapshot<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            may_write: false,
            failure: None,
        }
    }

    /// Every row of the answer, each read by `read`.
    ///
    /// # Errors
    /// The statement is refused, or `read` refuses a row.
    pub fn query<R>(
        &mut self,
        sql: &str,
        parameters: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<R, Error>,
    ) -> Result<Vec<R>, Error> {
        let rows = self.rows(sql, parameters, usize::MAX, read);
        self.noting(rows)
    }

    /// The first row of the answer, if there is one.
    ///
    /// # Errors
    /// As [`Snapshot::query`].
    pub fn first<R>(
        &mut self,
        sql: &str,
        parameters: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<R, Error>,
    ) -> Result<Option<R>, Error> {
        let rows = self.rows(sql, parameters, 1, read);
        Ok(self.noting(rows)?.pop())
    }

    fn rows<R>(
        &self,
        sql: &str,
        parameters: &[Value],
        at_most: usize,
        mut read: impl FnMut(&Row<'_>) -> Result<R, Error>,
    ) -> Result<Vec<R>, Error> {
        let mut statement = self.prepare(sql, parameters)?;
        if !self.may_write && !statement.readonly() {
            return Err(Error::engine("a read may not change anything"));
        }
        let mut rows = statement.raw_query();
        let mut answer = Vec::new();
        while answer.len() < at_most
            && let Some(row) = rows.next()?
        {
            answer.push(read(&Row(row))?);
        }
        Ok(answer)
    }

    fn prepare(&self, sql: &str, parameters: &[Value]) -> Result<CachedStatement<'a>, Error> {
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement, parameters)?;
        Ok(statement)
    }

    /// Remembers the first failure: after one, PostgreSQL refuses the whole transaction, so a closure that goes on is refused
    /// here too.
    fn noting<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &result {
            self.failure.get_or_insert_with(|| error.clone());
        }
        result
    }
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
            .parameter_index(name)?
            .ok_or_else(|| Error::engine(format!("a statement has no parameter {name}")))?;
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// A transaction of one's own: everything in it happens, or nothing.
#[derive(Debug)]
pub struct Tx<'a>(Snapshot<'a>);

impl<'a> Tx<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Self {
        Self(Snapshot {
            connection,
            may_write: true,
            failure: None,
        })
    }

    /// Executes a statement and gives the number of rows that it changed.
    ///
    /// # Errors
    /// The statement is refused. From then on so is the transaction, whatever the closure returns.
    pub fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Error> {
        let changed = self.run(sql, [parameters]);
        self.noting(changed)
    }

    /// Executes a statement once for each list of parameters and gives the number of rows changed in all.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn execute_many<P: AsRef<[Value]>>(
        &mut self,
        sql: &str,
        rows: impl IntoIterator<Item = P>,
    ) -> Result<u64, Error> {
        let changed = self.run(sql, rows);
        self.noting(changed)
    }

    fn run<P: AsRef<[Value]>>(
        &self,
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
                    statement.raw_execute()?
                }
                None => prepared
                    .insert(self.prepare(sql, parameters)?)
                    .raw_execute()?,
            };
            changed += count as u64;
        }
        Ok(changed)
    }

    pub(crate) fn into_failure(self) -> Option<Error> {
        self.0.failure
    }
}

impl<'a> Deref for Tx<'a> {
    type Target = Snapshot<'a>;

    fn deref(&self) -> &Snapshot<'a> {
        &self.0
    }
}

impl<'a> DerefMut for Tx<'a> {
    fn deref_mut(&mut self) -> &mut Snapshot<'a> {
        &mut self.0
    }
}
