//! The link's state machine, the same code at both ends and pure: what happened goes in, what is to be done comes out.
//! It opens sessions, pumps the own stream, takes the other's in order, and believes nothing that is not signed for this
//! session. Whoever runs it does the I/O, and answers `Load`, `Apply` and `StoreSession` when they are done.

mod asks;
mod intake;
mod opening;
mod pump;
mod session;
#[cfg(test)]
mod tests;

use std::time::Duration;

use box_office::CinemaId;

use crate::ask::{Reply, Wish};
use crate::bytes::{KeyBytes, Nonce};
use crate::context::{Context, End, Generation, Incarnation};
use crate::event::{Event, EventError, Kinds, Position};
use crate::frame::{Frame, Verified};
use crate::hello::{CustodyHashes, Keeping, OldestCopy};
use crate::key::{Frames, SecretKey};
use crate::key_list::ToldKeyList;
use crate::seal::{Keys, Refusal};
pub use asks::{ANSWER_WITHIN, Answered};
pub use intake::Delivery;
use opening::Opening;
pub use opening::turn_away_stranger;
pub use pump::WINDOW;
use session::Session;

/// After how long of silence a session is given up: three heartbeats.
pub const LOST_AFTER: Duration = Duration::from_secs(45);

/// How often each end says in a session that it is there, if it has nothing else to say.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long an answer that is due may fail to come until the other end is quiet: what is sent is sent again twice by then.
pub const QUIET_AFTER: Duration = Duration::from_secs(10);

/// A kind of message, which is also the end of its topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Frames of the cinema.
    Up,
    /// The hub's acknowledgements of them.
    UpAck,
    /// Frames of the hub.
    Down,
    /// The box's acknowledgements of them.
    DownAck,
    /// Hellos of both.
    Hello,
    /// Asks of the box.
    UpAsk,
    /// The hub's answers to them.
    UpAnswer,
    /// Asks of the hub.
    DownAsk,
    /// The box's answers to them.
    DownAnswer,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 9] = [
        Self::Up,
        Self::UpAck,
        Self::Down,
        Self::DownAck,
        Self::Hello,
        Self::UpAsk,
        Self::UpAnswer,
        Self::DownAsk,
        Self::DownAnswer,
    ];

    /// The end of the topic's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::UpAck => "up/ack",
            Self::Down => "down",
            Self::DownAck => "down/ack",
            Self::Hello => "hello",
            Self::UpAsk => "up/ask",
            Self::UpAnswer => "up/answer",
            Self::DownAsk => "down/ask",
            Self::DownAnswer => "down/answer",
        }
    }

    /// Who speaks on it: one end, so that nobody hears themselves, and both on that of Hellos alone.
    pub fn is_written_by(self, end: End) -> bool {
        match self {
            Self::Up | Self::DownAck | Self::UpAsk | Self::DownAnswer => end == End::Box,
            Self::Down | Self::UpAck | Self::UpAnswer | Self::DownAsk => end == End::Hub,
            Self::Hello => true,
        }
    }

    /// Whether the pipe need not see to it that the other end gets it: an ask that is lost is refused when its time is over, and one that
    /// comes late or again is of no use.
    pub fn may_be_lost(self) -> bool {
        match self {
            Self::UpAsk | Self::DownAsk => true,
            Self::Up
            | Self::UpAck
            | Self::Down
            | Self::DownAck
            | Self::Hello
            | Self::UpAnswer
            | Self::DownAnswer => false,
        }
    }
}

/// Who speaks with whom.
#[derive(Debug)]
pub struct Setup {
    /// Which end this is.
    pub end: End,
    /// The key that signs what this end sends.
    pub key: SecretKey<Frames>,
    /// The keys of the other end.
    pub peer: Keys,
    /// The life of the box.
    pub incarnation: Incarnation,
    /// The life of the hub.
    pub generation: Generation,
    /// This program's version, for people.
    pub program: String,
    /// At the hub, the key that signs its tickets of this cinema.
    pub ticket_key: Option<KeyBytes>,
}

/// What this end remembers from before it started; all of it is in its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The last event that it has written.
    pub written: Position,
    /// The last event of the other that it has applied and committed.
    pub applied: Position,
    /// The number of the last session in which the other end was heard.
    pub confirmed: u64,
    /// At the hub, the highest number that it has ever stored, to give it to a box.
    pub given: u64,
    /// At the box, the numbers above `confirmed` that it has stored.
    pub pending: Vec<u64>,
    /// What it keeps, and what it may need if it is put back.
    pub keeping: Keeping,
}

impl Standing {
    /// Nothing has ever happened.
    pub const START: Self = Self {
        written: Position::START,
        applied: Position::START,
        confirmed: 0,
        given: 0,
        pending: Vec::new(),
        keeping: Keeping::ALL,
    };
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// There is a way to the other end, which named this connection in its presence.
    Connected {
        /// Random bits that name the connection.
        connection: Nonce,
    },
    /// There is none any more.
    Disconnected,
    /// A message came, perhaps damaged, late, twice or forged.
    Received {
        /// The topic that it came on.
        topic: Topic,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Time went on.
    Tick,
    /// Events were committed to the own stream; it ends at this one.
    Written(Position),
    /// Answer to [`Output::Load`]: events of the own stream from the one after it, a few frames' worth.
    Loaded(Vec<Event>),
    /// Answer to [`Output::Apply`]: everything up to this event of the other's stream has been committed.
    Applied(Position),
    /// Answer to [`Output::Apply`]: this end is stopped and has applied nothing of it. It comes again, as whatever is not acknowledged.
    Held,
    /// Answer to [`Output::StoreSession`]: it has been committed.
    SessionStored {
        /// The number.
        number: u64,
        /// At the box, who has custody of which seat: the Hello that opens the session says it.
        custody: Option<CustodyHashes>,
        /// What this end keeps by then: it prunes while a link lives.
        keeping: Keeping,
        /// The newest list of keys that is stored by then: the Hello that comes next tells it.
        key_list: Option<ToldKeyList>,
    },
    /// Seats of the other end are wanted; said back with the same id as [`Output::Answered`], once.
    Ask {
        /// 128 fresh random bits.
        id: Nonce,
        /// What is wanted.
        wish: Wish,
    },
    /// Answer to [`Output::Asked`]: what is given is committed.
    Answer {
        /// The ask.
        id: Nonce,
        /// What became of it.
        reply: Reply,
    },
    /// The other end's keys are these from here on: the session ends, and who still has a key opens another.
    KeysChanged(Keys),
}

/// What is to be done, in this order.
#[derive(Debug, Clone)]
pub enum Output {
    /// Send a message. It may be lost.
    Send {
        /// The topic.
        topic: Topic,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Commit the number of a session, at the hub as given, at the box as pending, then say [`Input::SessionStored`].
    StoreSession {
        /// The number.
        number: u64,
        /// At the box, the list of keys that the hub offers the session with: what of it counts is committed with the number, so that the
        /// Hello which opens the session acknowledges it.
        key_list: Option<ToldKeyList>,
    },
    /// Read events of the own stream after this number, then say [`Input::Loaded`].
    Load {
        /// The number of the last event that is not wanted.
        after: u64,
    },
    /// Apply verified events in order, with the position in the same transaction, then say [`Input::Applied`]. It never fails. There are
    /// none in it if the first must be understood and is not: that the stream stands before it is stored.
    Apply(Delivery),
    /// The other end has committed the own stream up to here.
    Acknowledged(Position),
    /// A session is open. Both ends commit its number as confirmed before they do what comes after it; the box may then
    /// forget the lower ones that it stored.
    Opened {
        /// Its number.
        session: u64,
        /// The connection that the other end named, as in its presence.
        connection: Nonce,
        /// The version of the other end's program.
        program: String,
        /// The event types that it understands.
        understands: Kinds,
        /// The key that signs the other end's tickets, if it has told one.
        ticket_key: Option<KeyBytes>,
        /// Who has custody of which seat, as the other end has said it with its last word before the session.
        custody: Option<CustodyHashes>,
        /// What the oldest copy of the other end has that may be put back, if it has told that.
        oldest_copy: Option<OldestCopy>,
        /// The newest list of keys that the other end has.
        key_list: Option<ToldKeyList>,
    },
    /// The other end wants seats of this one: give all of them or none, then say [`Input::Answer`].
    Asked {
        /// The ask.
        id: Nonce,
        /// What is wanted.
        wish: Wish,
    },
    /// What became of an ask of this end.
    Answered {
        /// The ask.
        id: Nonce,
        /// What became of it.
        answered: Answered,
    },
    /// The other end was heard in the session.
    Heard,
    /// The other end has not answered for [`QUIET_AFTER`]: nobody knows whether it is there, until it is heard again or the session is over.
    Quiet,
    /// The session is over.
    Closed(Closed),
    /// A frame that is signed right, but for another session, that tells another history, or that brings nothing new and may tell
    /// another history of what is known: a fact at most. It moves nothing.
    Stray(Box<Frame<Verified>>),
    /// Something that a person may want to know.
    Notice(Notice),
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The connection is gone.
    Disconnected,
    /// Nothing was heard for [`LOST_AFTER`].
    Silent,
    /// A new session takes its place, or is called for.
    Replaced,
    /// One end will not talk to the other.
    Refused,
    /// The keys have changed.
    KeysChanged,
}

/// Something that a person may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// This end refuses what came.
    Refused(Refusal),
    /// The other end refuses this one.
    RefusedByPeer(Refusal),
    /// The other end sent an event that must be understood and is not: its stream stands until this program is updated.
    UpdateNeeded {
        /// The event's type.
        kind: String,
        /// Its number.
        seq: u64,
    },
    /// The next event of the own stream is of a type that the other end must understand and does not.
    PeerMustUpdate {
        /// The event's type.
        kind: String,
        /// Its number.
        seq: u64,
    },
    /// The other end has proven that it knows more of the own stream than this end has, or something else: this end has forgotten.
    OwnStreamForgotten {
        /// How far it knows it.
        known: Position,
    },
    /// The other end proves that the hub has begun a later life than the one that this end knows: a box tells it what it knows of custody, and a
    /// hub is a copy of before.
    LaterLife(Generation),
    /// Something could not be written.
    Unwritable(EventError),
}

/// How the link stands, for a status line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// No way to the other end, or it does not answer.
    Down,
    /// A session is open.
    Up {
        /// Its number.
        session: u64,
    },
    /// One end refuses the other: somebody must look.
    Refused(Refusal),
}

/// One end of the link of one cinema.
#[derive(Debug)]
pub struct Link {
    setup: Setup,
    standing: Standing,
    /// The last event of the other that was handed over to be applied; ahead of `standing.applied` while that is done.
    received: Position,
    connection: Option<Nonce>,
    opening: Opening,
    session: Option<Session>,
    refused: Option<Refusal>,
    /// Why the hub opens no session any more: it has been shown that its own stream is not what it once told.
    forgot: Option<Refusal>,
    /// The newest list of keys that is stored, as far as this link has heard.
    key_list: Option<ToldKeyList>,
}

/// What one call of [`Link::handle`] has to work with.
pub(crate) struct Turn {
    now: Duration,
    nonce: Nonce,
    outputs: Vec<Output>,
}

impl Turn {
    fn push(&mut self, output: Output) {
        self.outputs.push(output);
    }

    fn notice(&mut self, notice: Notice) {
        self.outputs.push(Output::Notice(notice));
    }

    fn send(&mut self, topic: Topic, bytes: Result<Vec<u8>, EventError>) {
        match bytes {
            Ok(bytes) => self.push(Output::Send { topic, bytes }),
            Err(error) => self.notice(Notice::Unwritable(error)),
        }
    }
}

impl Link {
    /// A link that is not connected.
    pub fn new(setup: Setup, standing: Standing) -> Self {
        let received = standing.applied;
        let opening = Opening::new(setup.end);
        Self {
            setup,
            standing,
            received,
            connection: None,
            opening,
            session: None,
            refused: None,
            forgot: None,
            key_list: None,
        }
    }

    /// What is to be done about `input`, at `now` since some fixed moment. `nonce` is 128 fresh random bits at every call.
    pub fn handle(&mut self, input: Input, now: Duration, nonce: Nonce) -> Vec<Output> {
        let mut turn = Turn {
            now,
            nonce,
            outputs: Vec::new(),
        };
        match input {
            Input::Connected { connection } => {
                self.close(Closed::Replaced, &mut turn);
                self.connection = Some(connection);
                self.begin_opening(&mut turn);
            }
            Input::Disconnected => {
                self.connection = None;
                self.opening = Opening::new(self.setup.end);
                self.close(Closed::Disconnected, &mut turn);
            }
            Input::Received { topic, bytes } => self.receive(topic, bytes, &mut turn),
            Input::Tick => self.tick(&mut turn),
            Input::Written(written) => {
                if written.seq > self.standing.written.seq {
                    self.standing.written = written;
                }
                self.pump(&mut turn);
            }
            Input::Loaded(events) => self.loaded(events, &mut turn),
            Input::Applied(applied) => {
                if applied.seq > self.standing.applied.seq {
                    self.standing.applied = applied;
                }
                // What was held before and is applied now was taken for new again.
                if self.received.seq < applied.seq {
                    self.received = applied;
                }
                self.acknowledge(&mut turn);
            }
            Input::Held => {
                self.received = self.standing.applied;
                self.acknowledge(&mut turn);
            }
            Input::SessionStored {
                number,
                custody,
                keeping,
                key_list,
            } => {
                self.standing.keeping = keeping;
                self.key_list = key_list;
                self.session_stored(number, custody, &mut turn);
            }
            Input::Ask { id, wish } => self.ask(id, wish, &mut turn),
            Input::Answer { id, reply } => self.answer(id, reply, &mut turn),
            Input::KeysChanged(keys) => {
                self.setup.peer = keys;
                self.close(Closed::KeysChanged, &mut turn);
                self.begin_opening(&mut turn);
            }
        }
        turn.outputs
    }

    /// How the link stands.
    pub fn status(&self) -> Status {
        match (&self.refused, &self.session) {
            (Some(refusal), _) => Status::Refused(refusal.clone()),
            (None, Some(session)) if session.confirmed => Status::Up {
                session: session.context.session,
            },
            (None, Some(_) | None) => Status::Down,
        }
    }

    /// The cinema whose link this is.
    pub fn cinema(&self) -> &CinemaId {
        self.setup.key.cinema()
    }

    /// Forgets all but who speaks with whom: what is stored is not what this link believed.
    pub fn begin_anew(&mut self, standing: Standing) {
        self.received = standing.applied;
        self.standing = standing;
        self.connection = None;
        self.opening = Opening::new(self.setup.end);
        self.session = None;
        self.refused = None;
    }

    /// When the next [`Input::Tick`] has something to do, if none of the other inputs come before.
    pub fn next_due(&self) -> Option<Duration> {
        self.connection?;
        let session = self.session.as_ref().map(Session::next_due);
        [self.opening.next_due(), session]
            .into_iter()
            .flatten()
            .min()
    }

    /// What it would remember after a restart.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    fn receive(&mut self, topic: Topic, bytes: Vec<u8>, turn: &mut Turn) {
        if self.connection.is_none() {
            return;
        }
        // The own messages, as a broker gives them back to whoever subscribed to all.
        if !topic.is_written_by(self.setup.end.other()) {
            return;
        }
        match topic {
            Topic::Hello => self.receive_hello(&bytes, turn),
            Topic::Up | Topic::Down => self.receive_frame(bytes, turn),
            Topic::UpAck | Topic::DownAck => self.receive_acknowledgement(&bytes, turn),
            Topic::UpAsk | Topic::DownAsk => self.receive_ask(&bytes, turn),
            Topic::UpAnswer | Topic::DownAnswer => self.receive_answer(&bytes, turn),
        }
    }

    fn context(&self, session: u64) -> Context {
        Context {
            cinema: self.cinema().clone(),
            incarnation: self.setup.incarnation,
            generation: self.setup.generation,
            session,
        }
    }

    /// The other end knows the own stream up to here, and it does not fit. A hub goes on speaking for what it has, once it is asked, but opens
    /// nothing: whatever it told from here on would be another history.
    fn forgotten(&mut self, known: Position, refusal: &Refusal, turn: &mut Turn) {
        if self.setup.end == End::Hub {
            self.forgot.get_or_insert_with(|| refusal.clone());
        }
        turn.notice(Notice::OwnStreamForgotten { known });
    }

    fn close(&mut self, why: Closed, turn: &mut Turn) {
        if let Some(session) = self.session.take() {
            session.asks.fail(turn);
            turn.push(Output::Closed(why));
        }
    }

    /// Something came that this end will have nothing to do with.
    fn refuse(&mut self, refusal: Refusal, turn: &mut Turn) {
        turn.notice(Notice::Refused(refusal));
    }
}
