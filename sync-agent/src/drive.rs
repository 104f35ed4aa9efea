//! Drives one link: what the state machine wants done is done in its order, each step committed before the next. Only deliveries are
//! waited for later: they are committed in their order, and acknowledged when they are.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use service::Machine;
use wire::link::{ANSWER_WITHIN, WINDOW};
use wire::{Input, Link, Nonce, Output, Position, Topic};

use crate::answering::Answering;
use crate::applying::Applying;
use crate::asks::{Asked, Asking};
use crate::post::{Happening, Post, PostError, Taken, Told};
use crate::presence::Presence;
use crate::topic::Address;
use crate::transport::{Message, Sender};

/// How many deliveries may be on their way into the database: what the other end has on its way, and as much sent again.
const MOST_APPLYING: usize = 2 * WINDOW;

/// What the link is told of a delivery.
fn what_came_of(written: Option<Position>) -> Input {
    written.map_or(Input::Held, Input::Applied)
}

/// A link, the pipe that it talks over, and the database that it keeps.
#[derive(Debug)]
pub(crate) struct Drive<P> {
    pub(crate) link: Link,
    pub(crate) post: Arc<P>,
    pub(crate) address: Address,
    pub(crate) sender: Sender,
    pub(crate) machine: Machine,
    /// The connection that the other end named when the session was opened.
    pub(crate) peer: Option<Nonce>,
    /// What came and is not known to be committed.
    pub(crate) applying: Applying,
    /// What this end asks the other.
    pub(crate) asking: Asking,
    /// What the other asks this one.
    pub(crate) answering: Answering,
    /// When what is handled now was heard.
    pub(crate) heard_at: Duration,
    /// Since when the other end has said nothing to what was called; nothing, once it has answered.
    pub(crate) unanswered_since: Option<Duration>,
    /// After which event the own stream was wanted when it might not be told.
    pub(crate) held_after: Option<u64>,
}

impl<P: Post> Drive<P> {
    /// Asks what is to be asked, and does what has come due.
    ///
    /// # Errors
    /// See [`Drive::tell`].
    pub(crate) async fn run_due(&mut self, now: Duration) -> Result<(), PostError> {
        self.ask().await?;
        match self.next_due() {
            Some(due) if due <= now => self.tell(Input::Tick).await,
            Some(_) | None => Ok(()),
        }
    }

    /// Asks what is to be asked.
    ///
    /// # Errors
    /// See [`Drive::tell`].
    pub(crate) async fn ask(&mut self) -> Result<(), PostError> {
        for (wish, whoever) in self.asking.take() {
            let id = Nonce::from(self.machine.random.bytes());
            self.asking.asked(id, whoever);
            self.tell(Input::Ask { id, wish }).await?;
        }
        Ok(())
    }

    /// Tells the link what was heard at this point of monotonic time.
    ///
    /// # Errors
    /// See [`Drive::tell`].
    pub(crate) async fn hear(
        &mut self,
        topic: Topic,
        bytes: Vec<u8>,
        at: Duration,
    ) -> Result<(), PostError> {
        self.heard_at = at;
        self.tell(Input::Received { topic, bytes }).await
    }

    /// Resolves when something is written that the other end is told of, and says what; `None` if nothing is being written. Nothing is lost if
    /// nobody waits for the end.
    ///
    /// # Errors
    /// See [`Drive::tell`].
    pub(crate) async fn next_done(&mut self) -> Option<Result<Input, PostError>> {
        tokio::select! {
            biased;
            Some((id, reply)) = self.answering.next() => Some(Ok(Input::Answer { id, reply })),
            Some(applied) = self.applying.next() => Some(applied.map(what_came_of)),
            else => None,
        }
    }

    /// Whether nothing is being written.
    pub(crate) fn is_done(&self) -> bool {
        self.applying.len() == 0 && self.answering.is_empty()
    }

    /// When something comes due by itself.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.link.next_due()
    }

    /// Events were committed to the own stream.
    ///
    /// # Errors
    /// See [`Drive::tell`].
    pub(crate) async fn written(&mut self) -> Result<(), PostError> {
        let written = self.post.written().await?;
        self.tell(Input::Written(written)).await?;
        match self.held_after.take() {
            Some(after) => {
                let loaded = self.load(after).await?;
                self.tell(loaded).await
            }
            None => Ok(()),
        }
    }

    /// Tells the link what happened and does all that follows.
    ///
    /// # Errors
    /// The database failed: the link does not fit it any more and must be made anew.
    pub(crate) async fn tell(&mut self, input: Input) -> Result<(), PostError> {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let outputs = self.link.handle(
                input,
                self.machine.clock.monotonic(),
                Nonce::from(self.machine.random.bytes()),
            );
            for output in outputs {
                inputs.extend(self.perform(output).await?);
            }
        }
        Ok(())
    }

    /// Waits until everything that came is committed, and asks what is to be asked meanwhile.
    ///
    /// # Errors
    /// See [`Drive::tell`].
    pub(crate) async fn settle(&mut self) -> Result<(), PostError> {
        while let Some(done) = self.next_done().await {
            self.tell(done?).await?;
            self.ask().await?;
        }
        Ok(())
    }

    async fn perform(&mut self, output: Output) -> Result<Vec<Input>, PostError> {
        match output {
            Output::Send { topic, bytes } => {
                self.sender.send(Message {
                    topic: self.address.topic(topic),
                    bytes,
                    retained: false,
                });
            }
            Output::StoreSession { number, key_list } => {
                let key_list = self.post.store_session(number, key_list).await?;
                let custody = self.post.custody().await?;
                let keeping = self.post.standing().await?.keeping;
                return Ok(vec![Input::SessionStored {
                    number,
                    custody,
                    keeping,
                    key_list,
                }]);
            }
            Output::Load { after } => return Ok(vec![self.load(after).await?]),
            Output::Apply(delivery) => {
                let (post, last) = (Arc::clone(&self.post), delivery.last());
                let mut applied = Vec::new();
                let mut place = self.applying.find_place();
                if place.is_none() || self.applying.len() >= MOST_APPLYING {
                    while let Some(written) = self.applying.next().await {
                        applied.push(what_came_of(written?));
                    }
                }
                if place.is_none() {
                    place = self.applying.wait_for_place().await;
                }
                let writing = async move {
                    let taken = post.apply(delivery).await?;
                    Ok((taken == Taken::Kept).then_some(last))
                };
                self.applying.push(place, writing);
                return Ok(applied);
            }
            Output::Acknowledged(position) => {
                self.post.acknowledged(position).await?;
                self.post.note(Happening::Acknowledged(position));
            }
            Output::Opened {
                session,
                connection,
                program,
                understands,
                ticket_key,
                custody,
                oldest_copy,
                key_list,
            } => {
                let told = Told {
                    ticket_key,
                    custody,
                    understands: Some(understands),
                    oldest_copy,
                    key_list,
                };
                self.post.confirm_session(session, told).await?;
                self.asking.open();
                self.peer = Some(connection);
                self.unanswered_since = None;
                self.post.note(Happening::Opened { session, program });
            }
            Output::Heard => self.post.note(Happening::Heard),
            Output::Quiet => self.post.note(Happening::Quiet),
            Output::Closed(why) => {
                self.asking.close();
                self.peer = None;
                self.unanswered_since = Some(self.machine.clock.monotonic());
                self.post.note(Happening::Closed(why));
            }
            Output::Asked { id, wish } => {
                let (post, until) = (Arc::clone(&self.post), self.heard_at + ANSWER_WITHIN);
                let answering = async move { post.answer(Asked { wish, until }).await };
                self.answering.push(id, answering);
            }
            Output::Answered { id, answered } => self.asking.answered(id, answered),
            Output::Stray(frame) => self.post.stray(*frame).await?,
            Output::Notice(notice) => {
                self.unanswered_since = None;
                self.post.note(Happening::Notice(notice));
            }
        }
        Ok(Vec::new())
    }

    async fn load(&mut self, after: u64) -> Result<Input, PostError> {
        let events = self.post.load(after).await?;
        self.held_after = events.is_empty().then_some(after);
        Ok(Input::Loaded(events))
    }

    /// A presence came. One of a connection before this session's is late, and says nothing.
    pub(crate) fn presence(&self, presence: Presence) {
        if presence.there || self.peer == Some(presence.connection) {
            self.post.note(Happening::Presence(presence));
        }
    }
}
