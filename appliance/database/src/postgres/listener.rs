//! The one connection that hears what other processes, and this one, have told with their commits. It passes on words, and tells its
//! listeners when some may have been lost. Whoever leads the database does so on this connection, for it is watched.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use super::address::{Address, Purpose};
use super::lead::Lead;
use super::mark;
use super::session::{NOTICES, Session};
use super::unusable;
use crate::shared::Shared;
use crate::statistics::Counters;
use crate::{Doubt, Error, OpenError};

/// How long it is silent before the line is tried and the end of the database noticed.
const SILENCE: Duration = Duration::from_secs(1);

/// The longest pause before a lost server is looked for again.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The pause after the first loss; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

#[derive(Debug)]
pub(crate) struct Listener(Arc<AtomicBool>);

impl Listener {
    /// Starts to listen, and to lead if that is asked for: what is committed after this has returned is heard.
    pub(crate) fn start(address: Arc<Address>, shared: &Shared) -> Result<Self, OpenError> {
        let has_ended = Arc::new(AtomicBool::new(false));
        let mut ear = Ear {
            address,
            has_ended: Arc::clone(&has_ended),
            lead: shared.options.leads_as.as_deref().map(Lead::new),
            shared: shared.clone(),
        };
        let (begun, beginning) = sync_channel(1);
        let listening = crate::thread::start("database listener", move || match ear.open() {
            Ok(Ok(session)) => {
                drop(begun.send(Ok(())));
                ear.listen(session);
            }
            Ok(Err(other)) => drop(begun.send(Err(OpenError::InUse(other)))),
            Err(error) => drop(begun.send(Err(unusable(error)))),
        });
        drop(listening.map_err(OpenError::Thread)?);
        let begun = beginning.recv();
        begun.unwrap_or(Err(OpenError::Engine(Error::Panicked)))?;
        Ok(Self(has_ended))
    }

    /// Ends the listening soon.
    pub(crate) fn end(&self) {
        self.0.store(true, Relaxed);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.end();
    }
}

struct Ear {
    address: Arc<Address>,
    has_ended: Arc<AtomicBool>,
    lead: Option<Lead>,
    shared: Shared,
}

impl Ear {
    /// A connection, or who leads the database where this process should.
    fn open(&mut self) -> Result<Result<Session, String>, Error> {
        let mut session = self.address.open(Purpose::Listen)?;
        if let Some(lead) = &mut self.lead
            && let Err(other) = lead.take(&mut session)?
        {
            return Ok(Err(other));
        }
        session.command(&format!("LISTEN {NOTICES}"))?;
        Ok(Ok(session))
    }

    fn listen(&mut self, first: Session) {
        let mut session = first;
        while !self.has_ended.load(Relaxed) {
            let heard = session.hear(SILENCE, |notice| self.pass_on(notice));
            if heard.is_ok() {
                // A writer that has lost its own connection waits for this: it is the same server still.
                self.shared.may_write(true);
                continue;
            }
            self.shared.may_write(self.lead.is_none());
            drop(session);
            Counters::add(&self.shared.counters.connections_lost, 1);
            let Some(next) = self.open_again() else {
                return;
            };
            session = next;
            self.shared.may_write(true);
            self.shared.channels.missed();
        }
    }

    fn pass_on(&self, notice: &str) {
        if let Some((channel, payload)) = notice.split_once(' ') {
            self.shared.channels.tell(channel, payload.to_owned());
        }
    }

    /// What a server that is met again lacks of what was marked. What is in doubt already is looked at no more.
    fn missing(&self, session: &mut Session) -> Result<Option<Doubt>, Error> {
        match &self.shared.options.mark {
            Some(mark) if self.shared.doubt().is_none() => mark::missing(session, mark),
            Some(_) | None => Ok(None),
        }
    }

    /// Nothing if the database is closed meanwhile, or another process leads it, or something of it is missing: then this one must end.
    fn open_again(&mut self) -> Option<Session> {
        let mut pause = FIRST_PAUSE;
        while !self.has_ended.load(Relaxed) {
            match self.open() {
                Ok(Ok(mut session)) => match self.missing(&mut session) {
                    Ok(None) => return Some(session),
                    Ok(Some(doubt)) => {
                        self.shared.has_forgotten(&doubt);
                        return None;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the database server cannot be compared with the mark");
                    }
                },
                Ok(Err(other)) => {
                    let words = format!("another process has taken the database: {other}");
                    self.shared.fail(&Error::engine(words));
                    return None;
                }
                Err(error) => tracing::warn!(%error, "the database server cannot be reached"),
            }
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        None
    }
}
