//! What a closure works with: a snapshot to read from, and a transaction to write in, on either engine.

use std::collections::HashSet;
use std::fmt::{self, Debug};
use std::ops::{Deref, DerefMut};

use crate::channels::check_notice;
use crate::many::{MOST_PARAMETERS, Many};
use crate::statistics::Counters;
use crate::{Error, Row, Value};

/// The database as it stood at one moment.
#[derive(Debug)]
pub struct Snapshot<'a> {
    on: &'a mut dyn Transaction,
    counters: &'a Counters,
    failure: Option<Error>,
    statements: u64,
}

/// A transaction of an engine, while a closure has it.
pub(crate) trait Transaction: Debug {
    /// Reads the first rows of the answer, at most so many.
    fn rows(
        &mut self,
        sql: &str,
        parameters: &[Value],
        at_most: usize,
        read: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error>;

    /// Executes a statement and gives the number of rows that it changed.
    fn run(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Error>;

    /// Tells the listeners with the commit, or gives back what does so after it.
    fn notify(&mut self, channel: &str, payload: &str) -> Result<Option<Told>, Error>;
}

/// What is told once a write is committed. See [`Tx::after_commit`].
pub(crate) type Told = Box<dyn FnOnce() + Send>;

impl<'a> Snapshot<'a> {
    pub(crate) fn new(on: &'a mut dyn Transaction, counters: &'a Counters) -> Self {
        Self {
            on,
            counters,
            failure: None,
            statements: 0,
        }
    }

    /// The first statement that failed said this.
    pub(crate) fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
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
        self.rows(sql, parameters, usize::MAX, read)
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
        Ok(self.rows(sql, parameters, 1, read)?.pop())
    }

    /// Whether the answer has a row.
    ///
    /// # Errors
    /// As [`Snapshot::query`].
    pub fn has(&mut self, sql: &str, parameters: &[Value]) -> Result<bool, Error> {
        Ok(self.first(sql, parameters, |_| Ok(()))?.is_some())
    }

    /// The number in the first row of the answer, 0 if there is none.
    ///
    /// # Errors
    /// As [`Snapshot::query`].
    pub fn number(&mut self, sql: &str, parameters: &[Value]) -> Result<i64, Error> {
        Ok(self.first(sql, parameters, |row| row.get(0))?.unwrap_or(0))
    }

    /// Every row of the answer for any of `keys`, as many at a time as there is room for. `find` ends before their list, and `before` are the
    /// parameters that come before it: `SELECT title FROM film WHERE studio = $1 AND id IN`.
    ///
    /// # Errors
    /// As [`Snapshot::query`].
    pub fn query_among<R>(
        &mut self,
        find: &'static str,
        before: &[Value],
        keys: impl IntoIterator<Item = Value>,
        mut read: impl FnMut(&Row<'_>) -> Result<R, Error>,
    ) -> Result<Vec<R>, Error> {
        let (mut keys, mut found) = (keys.into_iter(), Vec::new());
        loop {
            let mut parameters = before.to_vec();
            parameters.extend(keys.by_ref().take(MOST_PARAMETERS));
            let asked = parameters.len() - before.len();
            let Some(last) = parameters.last().filter(|_| asked > 0).cloned() else {
                return Ok(found);
            };
            // The same key again changes nothing, and the statements stay few.
            let rounded = asked.next_power_of_two();
            parameters.resize(before.len() + rounded, last);
            let list = Many {
                begins: find,
                ends: "",
                first: before.len() + 1,
                columns: rounded,
                parameters: rounded,
            };
            found.extend(self.rows(&list.text(), &parameters, usize::MAX, &mut read)?);
        }
    }

    fn rows<R>(
        &mut self,
        sql: &str,
        parameters: &[Value],
        at_most: usize,
        mut read: impl FnMut(&Row<'_>) -> Result<R, Error>,
    ) -> Result<Vec<R>, Error> {
        self.goes_on()?;
        self.statements += 1;
        let mut answer = Vec::new();
        let read = self.on.rows(sql, parameters, at_most, &mut |row| {
            answer.push(read(row)?);
            Ok(())
        });
        self.noting(read)?;
        Ok(answer)
    }

    /// After a failure of disk, server or load nothing is done any more: SQLite would do it outside the transaction, where it has given that up.
    fn goes_on(&self) -> Result<(), Error> {
        let given_up = self.failure.clone();
        let given_up = given_up.filter(|error| error.fault().is_none());
        given_up.map_or(Ok(()), Err)
    }

    /// Remembers the first failure: after one, PostgreSQL refuses the whole transaction, so a closure that goes on is refused
    /// here too.
    fn noting<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &result
            && self.failure.is_none()
        {
            self.counters.count_fault(error);
            self.failure = Some(error.clone());
        }
        result
    }
}

/// A transaction of one's own: everything in it happens, or nothing.
pub struct Tx<'a> {
    snapshot: Snapshot<'a>,
    told: Vec<Told>,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(on: &'a mut dyn Transaction, counters: &'a Counters) -> Self {
        Self {
            snapshot: Snapshot::new(on, counters),
            told: Vec::new(),
        }
    }

    /// Executes a statement and gives the number of rows that it changed.
    ///
    /// # Errors
    /// The statement is refused. From then on so is the transaction, whatever the closure returns.
    pub fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Error> {
        self.goes_on()?;
        self.statements += 1;
        let changed = self.on.run(sql, parameters);
        self.noting(changed)
    }

    /// Inserts rows, as many as there is room for with one statement. `into` is `INSERT INTO film (id, minutes) VALUES`.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn insert<const COLUMNS: usize>(
        &mut self,
        into: &'static str,
        rows: impl IntoIterator<Item = [Value; COLUMNS]>,
    ) -> Result<u64, Error> {
        self.insert_or(into, rows, "")
    }

    /// As [`Tx::insert`], and does what `or` says where another row stands in the way: `ON CONFLICT (id) DO UPDATE ..`, for which no two
    /// of the rows may be alike.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn insert_or<const COLUMNS: usize>(
        &mut self,
        into: &'static str,
        rows: impl IntoIterator<Item = [Value; COLUMNS]>,
        or: &'static str,
    ) -> Result<u64, Error> {
        let mut inserted = 0;
        for_each_insertion(into, rows, or, |sql, values| {
            inserted += self.execute(sql, values)?;
            Ok(())
        })?;
        Ok(inserted)
    }

    /// Inserts those of the rows that no other stands in the way of, and tells which these are by what `returning` names of them:
    /// `ON CONFLICT DO NOTHING RETURNING id`.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn insert_new<const COLUMNS: usize>(
        &mut self,
        into: &'static str,
        rows: impl IntoIterator<Item = [Value; COLUMNS]>,
        returning: &'static str,
    ) -> Result<New, Error> {
        let (mut given, mut inserted) = (0, Vec::new());
        for_each_insertion(into, rows, returning, |sql, values| {
            given += values.len() / COLUMNS;
            inserted.extend(self.query(sql, values, |row| row.get(0))?);
            Ok(())
        })?;
        Ok(match inserted.len() == given {
            true => New::All,
            false => New::Only(inserted.into_iter().collect()),
        })
    }

    /// Does something that may break: all of it is undone then, and the rest of the transaction goes on. It costs a savepoint, in which every page
    /// that is touched is copied, or an answer of the server.
    ///
    /// # Errors
    /// What `work` says, with nothing of it done; or disk, server or load have failed, and with them the whole transaction.
    pub fn attempt<T, E: From<Error>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone().into());
        }
        self.execute("SAVEPOINT attempt", &[])?;
        let told = self.told.len();
        let error = match (work(self), self.failure.take()) {
            (Ok(done), None) => {
                self.execute("RELEASE SAVEPOINT attempt", &[])?;
                return Ok(done);
            }
            // Of disk, server or load: SQLite may have given the whole transaction up, and nothing is to be blamed on what was tried.
            (_, Some(failure)) if failure.fault().is_none() => {
                self.failure = Some(failure.clone());
                return Err(failure.into());
            }
            (Ok(_), Some(failure)) => failure.into(),
            (Err(error), _) => error,
        };
        self.told.truncate(told);
        let undone = self.execute("ROLLBACK TO SAVEPOINT attempt", &[]);
        undone.and_then(|_| self.execute("RELEASE SAVEPOINT attempt", &[]))?;
        Err(error)
    }

    /// Tells all who listen to the channel, in every process that has this database open, once this write is committed; never,
    /// if it is not. What is told in the same words about the same time may arrive once. On SQLite there is one process.
    ///
    /// # Errors
    /// The channel's name is longer than 63 bytes or not one word, the payload is longer than 7,000 bytes, or PostgreSQL refuses.
    pub fn notify(&mut self, channel: &str, payload: &str) -> Result<(), Error> {
        let noted = check_notice(channel, payload).and_then(|()| self.on.notify(channel, payload));
        let left = self.noting(noted)?;
        self.told.extend(left);
        Ok(())
    }

    /// Has `tell` called after the commit, before the caller is answered and in the order of the commits; never, if this
    /// write is not committed. It runs on the writer's thread: it may update what is in memory or ring a bell, not wait.
    pub fn after_commit(&mut self, tell: impl FnOnce() + Send + 'static) {
        self.told.push(Box::new(tell));
    }

    /// What became of it.
    pub(crate) fn into_outcome(self) -> Outcome {
        let snapshot = self.snapshot;
        Outcome {
            failed: snapshot.failure,
            told: self.told,
            statements: snapshot.statements,
        }
    }
}

/// Which of the rows that were to be inserted are new.
#[derive(Debug, PartialEq, Eq)]
pub enum New {
    /// All of them.
    All,
    /// Those that have these names.
    Only(HashSet<String>),
}

impl New {
    /// Whether a row was inserted under this name. Asked again, it tells of the next row of the name, which was not.
    pub fn take(&mut self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.remove(name),
        }
    }
}

/// What became of a write.
pub(crate) struct Outcome {
    /// The first statement that failed said this.
    pub(crate) failed: Option<Error>,
    /// What is to be told once it is committed.
    pub(crate) told: Vec<Told>,
    /// How many statements it took.
    pub(crate) statements: u64,
}

/// One statement after the other, each with as many rows as there is room for, and `or` at its end.
fn for_each_insertion<const COLUMNS: usize>(
    into: &'static str,
    rows: impl IntoIterator<Item = [Value; COLUMNS]>,
    or: &'static str,
    mut insert: impl FnMut(&str, &[Value]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut rows = rows.into_iter();
    loop {
        let most = rows.by_ref().take(MOST_PARAMETERS / COLUMNS.max(1));
        let together: Vec<Value> = most.flatten().collect();
        if together.is_empty() {
            return Ok(());
        }
        let insertion = Many {
            begins: into,
            ends: or,
            first: 1,
            columns: COLUMNS,
            parameters: together.len(),
        };
        insert(&insertion.text(), &together)?;
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

impl Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
