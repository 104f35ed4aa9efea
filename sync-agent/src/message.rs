//! What goes over a line and comes out of it, whatever carries it.

use service::Bell;
use tokio::sync::mpsc::error::TryRecvError;

use crate::trouble::Trouble;

/// How many messages may wait to be read or sent on a line; what comes on top is lost, as pipes do.
pub(crate) const QUEUE: usize = 4096;

/// A message and the full name of its topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The topic's full name.
    pub topic: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether the pipe keeps it as the topic's last word.
    pub retained: bool,
}

/// How to come to the pipe.
#[derive(Debug, Clone)]
pub(crate) struct Approach {
    /// The name that the broker knows this client by; a second one of the same name ends the first.
    pub(crate) client: String,
    /// The topics to hear, perhaps with `+` for one part.
    pub(crate) subscriptions: Vec<String>,
    /// What the broker says when the line breaks.
    pub(crate) will: Option<Message>,
    /// Rung whenever there is something to hear.
    pub(crate) bell: Bell,
}

/// What comes out of a line that is read through a queue.
pub(crate) fn ended(received: Result<Heard, TryRecvError>) -> Option<Heard> {
    match received {
        Ok(heard) => Some(heard),
        Err(TryRecvError::Empty) => None,
        Err(TryRecvError::Disconnected) => {
            Some(Heard::Broken(Trouble::unreachable("the line has ended")))
        }
    }
}

/// What comes out of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It is connected and hears what was subscribed to.
    Ready,
    /// A message came.
    Message(Message),
    /// It is broken.
    Broken(Trouble),
    /// The broker had let this client in, closed it, and takes connections.
    Closed(Trouble),
}
