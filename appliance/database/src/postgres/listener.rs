//! The one connection that hears what other processes, and this one, have told with their commits. It passes on words, and tells its
//! listeners when some may have been lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use super::address::{Address, Purpose};
use super::session::{NOTICES, Session};
use super::unusable;
use crate::channels::Channels;
use crate::shared::Shared;
use crate::statistics::Counters;
use crate::{Error, OpenError};

/// How long it is silent before the line is tried and the end of the database noticed.
const SILENCE: Duration = Duration::from_secs(1);

/// The longest pause before a lost server is looked for again.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The pause after the first loss; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

#[derive(Debug)]
pub(crate) struct Listener(Arc<AtomicBool>);

impl Listener {
    /// Starts to listen: what is committed after this has returned is heard.
    pub(crate) fn start(address: Arc<Address>, shared: &Shared) -> Result<Self, OpenError> {
        let has_ended = Arc::new(AtomicBool::new(false));
        let ear = Ear {
            address,
            has_ended: Arc::clone(&has_ended),
            channels: Arc::clone(&shared.channels),
            counters: Arc::clone(&shared.counters),
        };
        let (begun, beginning) = sync_channel(1);
        let listening = crate::thread::start("database listener", move || match ear.open() {
            Ok(session) => {
                drop(begun.send(Ok(())));
                ear.listen(session);
            }
            Err(error) => drop(begun.send(Err(error))),
        });
        drop(listening.map_err(OpenError::Thread)?);
        beginning
            .recv()
            .unwrap_or(Err(Error::Panicked))
            .map_err(unusable)?;
        Ok(Self(has_ended))
    }

    /// Ends the listening soon.
    pub(crate) fn end(&self) {
        self.0.store(true, Relaxed);
    }
}

struct Ear {
    address: Arc<Address>,
    has_ended: Arc<AtomicBool>,
    channels: Arc<Channels>,
    counters: Arc<Counters>,
}

impl Ear {
    fn open(&self) -> Result<Session, Error> {
        let mut session = self.address.open(Purpose::Listen)?;
        session.command(&format!("LISTEN {NOTICES}"))?;
        Ok(session)
    }

    fn listen(&self, first: Session) {
        let mut session = first;
        while !self.has_ended.load(Relaxed) {
            let heard = session.hear(SILENCE, |notice| self.pass_on(notice));
            if heard.is_ok() {
                continue;
            }
            drop(session);
            Counters::add(&self.counters.connections_lost, 1);
            let Some(next) = self.open_again() else {
                return;
            };
            session = next;
            self.channels.missed();
        }
    }

    fn pass_on(&self, notice: &str) {
        if let Some((channel, payload)) = notice.split_once(' ') {
            self.channels.tell(channel, payload.to_owned());
        }
    }

    /// Nothing if the database is closed meanwhile.
    fn open_again(&self) -> Option<Session> {
        let mut pause = FIRST_PAUSE;
        while !self.has_ended.load(Relaxed) {
            match self.open() {
                Ok(session) => return Some(session),
                Err(error) => tracing::warn!(%error, "the database server cannot be reached"),
            }
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        None
    }
}
