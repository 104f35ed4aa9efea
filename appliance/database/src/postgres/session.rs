//! One connection with its prepared statements, and what has befallen its transaction. It belongs to one thread of this module's own.

use std::collections::HashMap;
use std::time::Duration;

use ::postgres::fallible_iterator::FallibleIterator as _;
use ::postgres::{Client, Statement};

use super::binding::{self, Bound};
use super::error::{Trouble, refused, told};
use crate::statistics::Counters;
use crate::tx::{Told, Transaction};
use crate::{Error, OpenError, Row, Snapshot, Value, params};

/// Statements that a connection keeps prepared: more than a service has, but for those that are made for a number of rows.
const PREPARED_STATEMENTS: usize = 512;

/// The oldest server that is tried: 13 is the oldest that was still repaired when this was written.
const OLDEST_ENGINE: i64 = 130_000;

/// The server's channel that carries ours, each notice begun with the name of its own, so that nothing is asked of the server when somebody
/// begins to listen.
pub(crate) const NOTICES: &str = "database_notices";

/// How long a server may take to say that it is there.
const LIVENESS: Duration = Duration::from_secs(5);

pub(crate) struct Session {
    client: Client,
    statements: HashMap<String, Statement>,
    trouble: Option<Trouble>,
    /// Statements that may have changed something.
    changes: u64,
}

/// Why the rows of an answer end too early.
enum Stopped {
    ByServer(::postgres::Error),
    ByReader(Error),
}

impl Session {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            statements: HashMap::new(),
            trouble: None,
            changes: 0,
        }
    }

    /// How many of its statements may have changed something.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// What has befallen the transaction.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }

    /// Executes statements without parameters, in one message.
    pub(crate) fn command(&mut self, sql: &str) -> Result<(), Error> {
        let done = self.client.batch_execute(sql);
        done.map_err(|error| self.note(&error))
    }

    /// Ends the transaction without a trace; whether the connection may be used again.
    pub(crate) fn roll_back(&mut self) -> bool {
        if self.trouble == Some(Trouble::Lost) || self.command("ROLLBACK").is_err() {
            return false;
        }
        if self.trouble.take().is_some() {
            // One of them may be why.
            self.statements.clear();
        }
        true
    }

    /// Whether this is a server that keeps what it promises and orders texts as SQLite does.
    pub(crate) fn check_server(&mut self) -> Result<(), OpenError> {
        let facts = Snapshot::new(self, &Counters::default()).query(
            "SELECT CAST(current_setting('server_version_num') AS BIGINT), current_setting('server_version'), \
                    current_setting('server_encoding'), datcollate, current_setting('fsync') \
             FROM pg_database WHERE datname = current_database()",
            &[],
            |row| {
                Ok((
                    row.get::<i64>(0)?,
                    row.get::<String>(1)?,
                    row.get::<String>(2)?,
                    row.get::<String>(3)?,
                    row.get::<String>(4)?,
                ))
            },
        )?;
        for (version, name, encoding, collation, fsync) in facts {
            if version < OLDEST_ENGINE {
                return Err(OpenError::EngineTooOld(format!("PostgreSQL {name}")));
            }
            if encoding != "UTF8" {
                return Err(OpenError::Setting("ENCODING UTF8 of its database"));
            }
            if !matches!(collation.as_str(), "C" | "POSIX" | "C.UTF-8" | "C.utf8") {
                return Err(OpenError::Setting(
                    "LC_COLLATE C of its database, without which texts have another order than on SQLite",
                ));
            }
            if fsync == "off" {
                tracing::warn!(
                    "the database server has fsync switched off: a power cut loses what was answered"
                );
            }
        }
        Ok(())
    }

    /// What was told to listeners until `silence` has passed without a word.
    pub(crate) fn hear(
        &mut self,
        silence: Duration,
        mut heard: impl FnMut(&str),
    ) -> Result<(), Error> {
        let ended = self
            .client
            .notifications()
            .timeout_iter(silence)
            .for_each(|notice| {
                heard(notice.payload());
                Ok(())
            });
        ended
            .and_then(|()| self.client.is_valid(LIVENESS))
            .map_err(|error| self.note(&error))
    }

    fn prepare(&mut self, sql: &str, parameters: &[Value]) -> Result<Statement, Error> {
        let statement = if let Some(statement) = self.statements.get(sql) {
            statement.clone()
        } else {
            if self.statements.len() >= PREPARED_STATEMENTS {
                self.statements.clear();
            }
            let prepared = self.client.prepare(sql);
            let statement = prepared.map_err(|error| self.note_refused(sql, &error))?;
            self.statements.insert(sql.to_owned(), statement.clone());
            statement
        };
        binding::check(statement.params(), parameters)?;
        Ok(statement)
    }

    fn note(&mut self, error: &::postgres::Error) -> Error {
        self.keep(told(error))
    }

    fn note_refused(&mut self, sql: &str, error: &::postgres::Error) -> Error {
        self.keep(refused(sql, error))
    }

    fn keep(&mut self, (error, trouble): (Error, Option<Trouble>)) -> Error {
        self.trouble = self.trouble.or(trouble);
        error
    }
}

impl Transaction for Session {
    fn rows(
        &mut self,
        sql: &str,
        parameters: &[Value],
        at_most: usize,
        read: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        // Whatever else answers with rows may write them as well.
        if !sql.starts_with("SELECT") {
            self.changes += 1;
        }
        let statement = self.prepare(sql, parameters)?;
        let rows = collect(&mut self.client, &statement, parameters, at_most, read);
        rows.map_err(|stopped| match stopped {
            Stopped::ByServer(error) => self.note_refused(sql, &error),
            Stopped::ByReader(error) => error,
        })
    }

    fn run(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Error> {
        self.changes += 1;
        let statement = self.prepare(sql, parameters)?;
        let changed = execute(&mut self.client, &statement, parameters);
        changed.map_err(|error| self.note_refused(sql, &error))
    }

    /// Tells the listeners of every process, with the commit.
    fn notify(&mut self, channel: &str, payload: &str) -> Result<Option<Told>, Error> {
        let sql = format!("SELECT pg_notify('{NOTICES}', $1)");
        let notice = params![format!("{channel} {payload}")];
        self.run(&sql, notice).map(|_| None)
    }
}

fn collect(
    client: &mut Client,
    statement: &Statement,
    parameters: &[Value],
    at_most: usize,
    read: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
) -> Result<(), Stopped> {
    let mut rows = client
        .query_raw(statement, parameters.iter().map(Bound))
        .map_err(Stopped::ByServer)?;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(Stopped::ByServer)? {
        // The rest is read and dropped: an error may come after the first rows.
        if count < at_most {
            read(&Row::new(&row)).map_err(Stopped::ByReader)?;
            count += 1;
        }
    }
    Ok(())
}

fn execute(
    client: &mut Client,
    statement: &Statement,
    parameters: &[Value],
) -> Result<u64, ::postgres::Error> {
    let mut rows = client.query_raw(statement, parameters.iter().map(Bound))?;
    while rows.next()?.is_some() {}
    Ok(rows.rows_affected().unwrap_or(0))
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("trouble", &self.trouble)
            .finish_non_exhaustive()
    }
}
