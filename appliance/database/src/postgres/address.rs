//! Where the server is, and what every connection to it is told before it is used.

use std::error::Error as _;
use std::sync::OnceLock;
use std::time::Duration;

use ::postgres::config::TargetSessionAttrs;
use ::postgres::{Config, NoTls};

use super::error::cannot_connect;
use super::place::{Place, place};
use super::session::Session;
use crate::{Error, OpenError, Synchronous};

/// How long a server may take to accept a connection; one in the same network takes a few milliseconds.
const CONNECTING: Duration = Duration::from_secs(5);

/// How long a silent line may be idle before the system asks whether the other end is still there.
const IDLE_LINE: Duration = Duration::from_secs(10);

/// How long data may be on its way without an answer from the other end's system before the line counts as cut.
const SILENT_LINE: Duration = Duration::from_secs(15);

/// The server and the database on it.
#[derive(Debug)]
pub(crate) struct Address {
    config: Config,
    synchronous: Synchronous,
    /// The database that was found there, where it is compared.
    found: OnceLock<Place>,
}

/// What a connection is for, which decides how long its statements may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Write,
    Read,
    Listen,
    Migrate,
    Look,
}

impl Address {
    pub(crate) fn parse(url: &str, synchronous: Synchronous) -> Result<Self, OpenError> {
        // The words of the parser never hold the password.
        let mut config: Config = url.parse().map_err(|error: ::postgres::Error| {
            let why = error.source().map(ToString::to_string).unwrap_or_default();
            OpenError::Server(format!("{error}: {why}"))
        })?;
        config
            .application_name("foyer")
            .connect_timeout(CONNECTING)
            .keepalives_idle(IDLE_LINE)
            .tcp_user_timeout(SILENT_LINE)
            // After a fail-over the old server may answer still, but takes no writes.
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .notice_callback(|notice| {
                tracing::debug!(
                    notice = notice.message(),
                    "the database server says something"
                )
            });
        Ok(Self {
            config,
            synchronous,
            found: OnceLock::new(),
        })
    }

    /// Whatever is written and read from here on is this database's: an address may lead to several.
    pub(crate) fn is_of(&self, place: Place) {
        let _known = self.found.set(place);
    }

    /// A connection, ready for use. Only for threads of this module's own.
    ///
    /// # Errors
    /// Nobody is there; or another database than the one that was found before, which is fatal.
    pub(crate) fn open(&self, purpose: Purpose) -> Result<Session, Error> {
        let client = self
            .config
            .connect(NoTls)
            .map_err(|error| cannot_connect(&error))?;
        let mut session = Session::new(client);
        session.command(&self.settings(purpose))?;
        let is_compared = matches!(purpose, Purpose::Write | Purpose::Read);
        if let Some(found) = self.found.get().filter(|_| is_compared)
            && place(&mut session)? != *found
        {
            let words = "another database answers at the address of the one that is used";
            return Err(Error::final_one(words.to_owned()));
        }
        Ok(session)
    }

    fn settings(&self, purpose: Purpose) -> String {
        let (statement, lock) = match purpose {
            // Every wait has an end: a lock that is held so long is held by a process that hangs, and the next is told to try later.
            Purpose::Write => ("30s", "10s"),
            // As SQLite's readers: a few seconds, since a long snapshot keeps the server from cleaning up.
            Purpose::Read | Purpose::Listen => ("5s", "5s"),
            // Another process may be migrating a large table.
            Purpose::Migrate => ("0", "10min"),
            // A person waits, and years of sales are read.
            Purpose::Look => ("10min", "10s"),
        };
        let synchronous = match self.synchronous {
            // What waits for a standby as well is left as the server has it.
            Synchronous::Full => {
                "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')"
            }
            Synchronous::Off => "SET synchronous_commit = off",
        };
        format!(
            "SET standard_conforming_strings = on; SET statement_timeout = '{statement}'; SET lock_timeout = '{lock}'; \
             SET idle_in_transaction_session_timeout = '60s'; SET tcp_keepalives_idle = 10; \
             SET default_transaction_isolation = 'read committed'; SET client_min_messages = warning; {synchronous}"
        )
    }
}
