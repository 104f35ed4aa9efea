//! Who listens to what inside this process. How a notice gets here, from a commit of this process or of another, is the engine's matter.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::Error;

/// Notices that a listener may leave unread: a listener acts on them at once or loads anew, so more would only be older.
const UNREAD_NOTICES: usize = 256;

/// The longest name of a channel, as PostgreSQL has it.
const CHANNEL_BYTES: usize = 63;

/// The longest payload: PostgreSQL takes less than 8,000 bytes together with the channel's name. What is larger stands in a table.
const PAYLOAD_BYTES: usize = 7_000;

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The payload of a committed write.
    Told(String),
    /// Something may have been told that did not arrive, because the connection was lost or too much was left unread: what was made
    /// of earlier notices is to be loaded anew.
    Missed,
}

/// One listener at one channel. See [`crate::Database::listen`].
#[derive(Debug)]
pub struct Listening(broadcast::Receiver<Heard>);

impl Listening {
    /// The next that is heard, in the order of the commits; nothing once the database is gone.
    pub async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(heard) => Some(heard),
            Err(RecvError::Lagged(_)) => Some(Heard::Missed),
            Err(RecvError::Closed) => None,
        }
    }
}

/// The channels that somebody listens to.
#[derive(Debug, Default)]
pub(crate) struct Channels(Mutex<HashMap<String, broadcast::Sender<Heard>>>);

impl Channels {
    pub(crate) fn listen(&self, channel: &str) -> Listening {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = channels
            .entry(channel.to_owned())
            .or_insert_with(|| broadcast::Sender::new(UNREAD_NOTICES));
        Listening(sender.subscribe())
    }

    pub(crate) fn tell(&self, channel: &str, payload: String) {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let heard_by_nobody = channels
            .get(channel)
            .is_some_and(|sender| sender.send(Heard::Told(payload)).is_err());
        if heard_by_nobody {
            channels.remove(channel);
        }
    }

    /// Tells every listener that something may have escaped it.
    pub(crate) fn missed(&self) {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels.retain(|_, sender| sender.send(Heard::Missed).is_ok());
    }

    /// Ends every listening.
    pub(crate) fn close(&self) {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels.clear();
    }
}

/// Whether either engine can tell this.
pub(crate) fn check_notice(channel: &str, payload: &str) -> Result<(), Error> {
    let is_a_word = !channel.is_empty() && !channel.contains(|it: char| it.is_whitespace());
    if !is_a_word || channel.len() > CHANNEL_BYTES {
        return Err(Error::engine("a channel's name is one short word"));
    }
    if payload.len() > PAYLOAD_BYTES {
        return Err(Error::engine(
            "a notice is too long: tell where it is to be read",
        ));
    }
    Ok(())
}
