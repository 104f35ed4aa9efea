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
pub struct Tx<'a> {
    snapshot: Snapshot<'a>,
    told: Vec<Told>,
}

/// What is told once a write is committed. See [`Tx::after_commit`].
pub(crate) type Told = Box<dyn FnOnce() + Send>;

impl<'a> Tx<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Self {
        let snapshot = Snapshot {
            connection,
            may_write: true,
            failure: None,
        };
        Self {
            snapshot,
            told: Vec::new(),
        }
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

    /// Has `tell` called after the commit, before the caller is answered and in the order of the commits; never, if this
    /// write is not committed. It runs on the writer's thread: it may update what is in memory or ring a bell, not wait.
    pub fn after_commit(&mut self, tell: impl FnOnce() + Send + 'static) {
        self.told.push(Box::new(tell));
    }

    pub(crate) fn into_outcome(self) -> (Option<Error>, Vec<Told>) {
        (self.snapshot.failure, self.told)
    }
}

impl<'a> Deref for Tx<'a> {
    type Target = Snapshot<'a>;

    fn deref(&self) -> &Snapshot<'a> {
        &self.snapshot
    }
}

impl<'a> DerefMut for Tx<'a> {
    fn deref_mut(&mut self) -> &mut Snapshot<'a> {
        &mut self.snapshot
    }
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx")
            .field("told", &self.told.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use crate::{Database, Error, Migration, Options, Place, Scope, Tx};

    const ONE: Migration = Migration {
        name: "one",
        sql: "CREATE TABLE one (n INTEGER PRIMARY KEY) STRICT;",
    };

    #[tokio::test]
    async fn what_is_told_after_a_commit_is_dropped_with_its_savepoint() {
        let database = Database::inline(&Place::Memory, &[ONE], Options::default()).unwrap();
        let (sender, told) = mpsc::channel();
        for (number, keep) in [(1, true), (2, false), (3, true)] {
            let sender = sender.clone();
            let written = database.write(Scope::Nothing, move |tx: &mut Tx<'_>| {
                let sender = sender.clone();
                tx.execute("INSERT INTO one (n) VALUES ($1)", &[number.into()])?;
                tx.after_commit(move || assert!(sender.send(number).is_ok()));
                if keep { Ok(()) } else { Err(Error::Conflict) }
            });
            assert_eq!(written.await.is_ok(), keep);
        }
        drop(sender);
        assert_eq!(told.iter().collect::<Vec<_>>(), [1, 3]);
    }
}
