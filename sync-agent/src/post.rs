//! What an end of the link needs from the process that it runs in: its streams, each step one transaction. What is answered
//! has been committed.

use std::future::Future;
use std::sync::Arc;

use wire::event::Kinds;
use wire::link::Closed;
use wire::{
    CustodyHashes, Delivery, Event, Frame, Generation, KeyBytes, Notice, OldestCopy, Position,
    Reply, Standing, ToldKeyList, Verified,
};

use crate::asks::Asked;
use crate::presence::Presence;
use crate::trouble::Trouble;

/// The database did not do what it was asked. The link is taken down and begins again from what is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PostError(pub String);

/// The streams of one cinema at one end.
pub trait Post: Send + Sync + Sized + 'static {
    /// Where this end stands.
    fn standing(&self) -> impl Future<Output = Result<Standing, PostError>> + Send;

    /// Where its own stream ends.
    fn written(&self) -> impl Future<Output = Result<Position, PostError>> + Send;

    /// Events of its own stream after `after`, in order, a few frames' worth: at most some hundred. None, if it may not be told now.
    fn load(&self, after: u64) -> impl Future<Output = Result<Vec<Event>, PostError>> + Send;

    /// Applies the delivery's events, keeps its frame for the journal and moves the position, in one transaction; or does nothing at all,
    /// while this side may decide nothing.
    fn apply(&self, delivery: Delivery) -> impl Future<Output = Result<Taken, PostError>> + Send;

    /// Keeps how far the other end has committed the own stream.
    fn acknowledged(
        &self,
        position: Position,
    ) -> impl Future<Output = Result<(), PostError>> + Send;

    /// Keeps the number of a session: at the hub as given, at the box as pending, with what counts of the list of keys that the hub offers the
    /// session with. Gives the newest list that is stored by then.
    fn store_session(
        &self,
        number: u64,
        offered: Option<ToldKeyList>,
    ) -> impl Future<Output = Result<Option<ToldKeyList>, PostError>> + Send;

    /// At the box, who has custody of which seat, with the positions at which that is so. Whoever says nothing is not compared with the hub.
    fn custody(&self) -> impl Future<Output = Result<Option<CustodyHashes>, PostError>> + Send {
        async { Ok(None) }
    }

    /// Keeps the number of a session as confirmed; the box forgets the pending ones up to it, and keeps the key with which the hub signs
    /// its tickets. The hub compares custody with what the box has said of it, once it has applied as much of the box's stream. Both keep
    /// what the other may need if it is put back.
    fn confirm_session(
        &self,
        number: u64,
        told: Told,
    ) -> impl Future<Output = Result<(), PostError>> + Send;

    /// A frame came that is signed right, but for another session, or with nothing new: kept if it tells what is not known, and it
    /// moves nothing.
    fn stray(&self, frame: Frame<Verified>) -> impl Future<Output = Result<(), PostError>> + Send;

    /// Answers an ask of the other end: gives all of the seats or none, in one transaction. If the database fails, it gives none.
    fn answer(&self, asked: Asked) -> impl Future<Output = Reply> + Send;

    /// The streams of the same cinema with the hub in another life; those of that life begin empty the first time.
    fn with_hub_in(
        &self,
        generation: Generation,
    ) -> impl Future<Output = Result<Self, PostError>> + Send;

    /// How this end may come to its line, where it may be a copy of another that is there.
    fn comes_as(&self) -> ComesAs {
        ComesAs::Itself
    }

    /// Something happened that may be shown. It must not block.
    fn note(&self, happening: Happening);
}

/// What the other end has told with its last word before a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// The key that signs its tickets.
    pub ticket_key: Option<KeyBytes>,
    /// Who has custody of which seat.
    pub custody: Option<CustodyHashes>,
    /// The event types that it understands.
    pub understands: Option<Kinds>,
    /// What the oldest copy of it has that may be put back.
    pub oldest_copy: Option<OldestCopy>,
    /// The newest list of keys that it has.
    pub key_list: Option<ToldKeyList>,
}

/// How a box comes to its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComesAs {
    /// As itself: whoever else has its name is thrown off by that.
    Itself,
    /// Beside whoever has its name, for the hub has told it that it is a copy.
    Copy,
    /// Not at all: it knows by itself that it may be a copy, and would be taken for the one that it is a copy of.
    Nobody,
}

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is applied, and committed.
    Kept,
    /// This side is stopped: nothing of it is applied, and it is not acknowledged.
    Held,
}

/// Held through each step of a link: a step that panics is told like a failure of the database, so that nobody goes on saying that the link
/// is up.
#[derive(Debug)]
pub(crate) struct Step<P: Post>(pub(crate) Arc<P>);

impl<P: Post> Drop for Step<P> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let why = "a fault of this program; the link begins again";
            self.0.note(Happening::Failed(PostError(why.to_owned())));
        }
    }
}

/// Something about a link that may be shown.
#[derive(Debug, Clone)]
pub enum Happening {
    /// The pipe is reached; nobody has been heard.
    Connected,
    /// The pipe is not reached.
    Disconnected(Trouble),
    /// The database failed: nothing is received until the link has begun again.
    Failed(PostError),
    /// A session is open.
    Opened {
        /// Its number.
        session: u64,
        /// The version of the program at the other end.
        program: String,
    },
    /// The other end has committed the own stream up to here, and it is the same.
    Acknowledged(Position),
    /// The other end was heard in the session.
    Heard,
    /// The other end has not answered for some seconds; the session goes on if it is heard again.
    Quiet,
    /// The session is over.
    Closed(Closed),
    /// The other end's presence says that it is there, or that its connection of this session is gone.
    Presence(Presence),
    /// A person may want to know.
    Notice(Notice),
}
