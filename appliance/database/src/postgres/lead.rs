//! The lead: of those that ask for it one process at a time has a database, by a lock that lives as long as the connection on which it
//! was taken.

use std::thread;
use std::time::Duration;

use super::session::Session;
use crate::statistics::Counters;
use crate::{Error, Snapshot, params};

/// Tries to take the lock, which is none of a scope's: those have one number.
const TAKE: &str = "SELECT CAST(pg_try_advisory_lock(7079, 1) AS TEXT)";

/// This connection, as the server knows it among all that it ever had.
const HERE: &str = "SELECT CAST(pid AS TEXT) || ' ' || CAST(backend_start AS TEXT) FROM pg_stat_activity WHERE pid = pg_backend_pid()";

/// The connection that has the lock, and whose it is.
const HOLDER: &str = "SELECT CAST(pid AS TEXT) || ' ' || COALESCE(CAST(backend_start AS TEXT), ''), \
        COALESCE(application_name || ' at ' || COALESCE(host(client_addr), 'the server itself') \
            || ' since ' || CAST(date_trunc('second', backend_start) AS TEXT), 'another user') \
    FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND classid = 7079 AND objid = 1 AND objsubid = 2 \
        AND granted AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Ends a connection, if it is there still.
const END: &str = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity \
    WHERE CAST(pid AS TEXT) || ' ' || CAST(backend_start AS TEXT) = $1";

/// How often it is tried while a connection ends that is this process's own, or that nobody knows any more.
const TRIES: u32 = 80;

/// The pause between two.
const PAUSE: Duration = Duration::from_millis(25);

/// The lead of a database, or the wish for it.
#[derive(Debug)]
pub(crate) struct Lead {
    /// Whose it is, as others are told.
    name: String,
    /// The connection that has it, or had it last, as the server knows it.
    taken_on: Option<String>,
}

impl Lead {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.replace('\0', "").replace('\'', "''"),
            taken_on: None,
        }
    }

    /// Takes it on this connection; gives who has it, if that is another process. A connection of this process's own that the server has not
    /// missed yet is ended.
    pub(crate) fn take(&mut self, session: &mut Session) -> Result<Result<(), String>, Error> {
        session.command(&format!("SET application_name = '{}'", self.name))?;
        for _ in 0..TRIES {
            let counters = Counters::default();
            let mut server = Snapshot::new(session, &counters);
            let taken = server.first(TAKE, &[], |row| row.get::<String>(0))?;
            if taken.as_deref() == Some("true") {
                self.taken_on = server.first(HERE, &[], |row| row.get(0))?;
                return Ok(Ok(()));
            }
            let holder = |row: &crate::Row<'_>| Ok((row.get::<String>(0)?, row.get(1)?));
            match server.first(HOLDER, &[], holder)? {
                Some((connection, _)) if self.taken_on.as_ref() == Some(&connection) => {
                    server.query(END, params![connection], |_| Ok(()))?;
                }
                Some((_, who)) => return Ok(Err(who)),
                None => {}
            }
            thread::sleep(PAUSE);
        }
        Err(Error::Busy)
    }
}

/// Who has the lead, if somebody does.
pub(super) fn holder(session: &mut Session) -> Result<Option<String>, Error> {
    let counters = Counters::default();
    Snapshot::new(session, &counters).first(HOLDER, &[], |row| row.get(1))
}
