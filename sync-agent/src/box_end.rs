//! The box's end of the link, in steps: it reaches for the broker again and again, and selling goes on whether or not it
//! runs at all.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use service::{Bell, Due, Machine};
use tokio::sync::Mutex;
use wire::{
    End, Frames, Generation, Incarnation, Input, Keys, Link, LinkTrouble, Nonce, SecretKey, Setup,
};

use crate::answering::Answering;
use crate::applying::{Applying, Room};
use crate::asks::{Asking, Asks};
use crate::backoff::Backoff;
use crate::drive::Drive;
use crate::post::{ComesAs, Happening, Post, PostError, Step};
use crate::presence::Presence;
use crate::topic::{Address, Carries, parse};
use crate::transport::{Approach, Heard, Line, Message, Transport};
use crate::trouble::Trouble;

/// How much of what was heard is handled before the time is looked at again.
pub(crate) const AT_ONCE: usize = 256;

/// The longest wait between two attempts to reach the broker: a mended line is used within half a minute.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long a line must last before the next wait is short again. Another box with this identity breaks it as soon as it reaches the
/// broker itself: longer than either waits, so that they do not go on like that at full speed.
const LASTING: Duration = Duration::from_secs(60);

/// How many short lines in a row the broker closes while it takes connections, until that is another box with this identity: a broker that
/// fails takes none for a moment.
const THROWN_OFF: u32 = 5;

/// How long nobody may answer on a line before it is begun anew, with the certificate read anew: five calls. A broker may take the
/// subscriptions of a client whose messages it drops.
const UNANSWERED: Duration = Duration::from_secs(40);

/// After how long the line is begun anew with a hub in another life: until the broker has noticed that the last one is gone.
const RENEWED_AFTER: Duration = Duration::from_secs(1);

/// How often a box that may be a copy looks whether somebody has taken it for the right one.
const LOOKED_AGAIN: Duration = Duration::from_secs(1);

/// What a line is ended with on which nobody answers.
const NOBODY_ANSWERS: &str = "the broker is reached, and nobody answers: the hub does not run or does not hear it, or the broker drops what this box says; \
    look at the hub, and whether the box's certificate and the broker's access list are for this cinema";

/// What the box is in its link.
#[derive(Debug, Clone)]
pub struct BoxIdentity {
    /// The cinema and the box's name.
    pub address: Address,
    /// The seed of the key that signs frames.
    pub frame_seed: [u8; 32],
    /// The hub's keys for frames.
    pub hub: Keys,
    /// The life of this box.
    pub incarnation: Incarnation,
    /// The life of the hub, as told at enrolment.
    pub generation: Generation,
}

/// Tells a box's end that events were committed. Clones tell the same end.
#[derive(Debug, Clone, Default)]
pub struct Written(Arc<AtomicBool>, Bell);

impl Written {
    /// Events were committed.
    pub fn tell(&self) {
        self.0.store(true, Ordering::Release);
        self.1.ring();
    }
}

/// Where a box's end is told that the hub has begun another life. Clones tell the same end.
#[derive(Debug, Clone)]
pub struct Renewals(Arc<std::sync::Mutex<Option<Generation>>>, Bell);

impl Renewals {
    /// The link begins anew with the hub in this life.
    pub fn renew(&self, generation: Generation) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(generation);
        self.1.ring();
    }

    fn wanted(&self) -> Option<Generation> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The box's end of the link.
#[derive(Debug)]
pub struct BoxEnd<P> {
    identity: BoxIdentity,
    transport: Transport,
    post: Arc<P>,
    written: Written,
    asks: Asks,
    renewals: Renewals,
    machine: Machine,
    backoff: Backoff,
    /// When to reach for the broker, if there is no line.
    again_at: Duration,
    line: Option<OnLine<P>>,
    /// How many short lines in a row the broker has closed.
    closed_in_a_row: u32,
}

/// A line, and the link over it once the line is ready.
#[derive(Debug)]
struct OnLine<P> {
    line: Line,
    connection: Nonce,
    drive: Option<Drive<P>>,
    /// Since when it is ready.
    ready_at: Option<Duration>,
}

impl<P: Post> BoxEnd<P> {
    /// The end of `identity`, which reaches the hub by `transport` and has its streams in `post`; the process asks the
    /// hub by `asks`.
    pub fn new(
        identity: BoxIdentity,
        transport: Transport,
        post: P,
        written: Written,
        asks: Asks,
        machine: Machine,
    ) -> Self {
        Self {
            identity,
            transport,
            post: Arc::new(post),
            renewals: Renewals(Arc::default(), written.1.clone()),
            written,
            asks,
            machine,
            backoff: Backoff::up_to(LONGEST_WAIT),
            again_at: Duration::ZERO,
            line: None,
            closed_in_a_row: 0,
        }
    }

    /// Where it is told that the hub has begun another life.
    pub fn renewals(&self) -> Renewals {
        self.renewals.clone()
    }

    /// Runs as a job of its machine.
    pub fn start(self) {
        let (machine, bell) = (self.machine.clone(), self.written.1.clone());
        let end = Arc::new(Mutex::new(self));
        machine.job("link", &bell, &end, |end, now| async move {
            end.lock().await.run_due(now).await
        });
    }

    async fn run_due(&mut self, now: Duration) -> Due {
        let wanted = self.renewals.wanted();
        if let Some(generation) = wanted.filter(|wanted| *wanted != self.identity.generation) {
            self.line = None;
            self.again_at = now + RENEWED_AFTER;
            match self.post.with_hub_in(generation).await {
                Ok(post) => {
                    self.identity.generation = generation;
                    self.post = Arc::new(post);
                }
                Err(error) => {
                    tracing::error!(%error, "the link cannot begin anew with the hub in another life; it is tried again");
                    return Due::At(self.again_at);
                }
            }
        }
        let _step = Step(Arc::clone(&self.post));
        // Taken, so that a step that panics leaves none.
        let stepped = match self.line.take() {
            Some(mut on) => match self.step(&mut on, now).await {
                Ok(due) => Ok((on, due)),
                Err(ended) => Err(self.ended(&on, ended, now)),
            },
            None if now < self.again_at => return Due::At(self.again_at),
            None if self.post.comes_as() == ComesAs::Nobody => {
                self.again_at = now + LOOKED_AGAIN;
                return Due::At(self.again_at);
            }
            None => {
                let connection = Nonce::from(self.machine.random.bytes());
                let line = self
                    .transport
                    .connect(self.approach(connection), &self.machine);
                Ok((
                    OnLine {
                        line,
                        connection,
                        drive: None,
                        ready_at: None,
                    },
                    Due::At(now),
                ))
            }
        };
        match stepped {
            Ok((on, due)) => {
                self.line = Some(on);
                due
            }
            Err(trouble) => {
                self.post.note(Happening::Disconnected(trouble));
                let wait = self.backoff.wait(&self.machine.random);
                self.again_at = self.machine.clock.monotonic() + wait;
                Due::At(self.again_at)
            }
        }
    }

    /// A line has ended: if it had lasted, the next wait is short again. Says what that was.
    fn ended(&mut self, on: &OnLine<P>, ended: Ended, now: Duration) -> Trouble {
        let lasted = on.ready_at.map(|ready_at| now.saturating_sub(ready_at));
        let has_lasted = lasted.is_some_and(|lasted| lasted >= LASTING);
        let is_thrown_off = lasted.is_some() && !has_lasted && matches!(ended, Ended::Closed(_));
        self.closed_in_a_row = if is_thrown_off {
            self.closed_in_a_row.saturating_add(1)
        } else {
            0
        };
        if has_lasted {
            self.backoff.reset();
        }
        match ended {
            Ended::Closed(trouble) if self.closed_in_a_row >= THROWN_OFF => Trouble {
                kind: LinkTrouble::SameIdentity,
                ..trouble
            },
            Ended::Closed(trouble) | Ended::Broken(trouble) => trouble,
            Ended::Unanswered => Trouble::unreachable(NOBODY_ANSWERS),
            Ended::Failed(error) => {
                tracing::error!(%error, "the link's database failed; the link begins again");
                Trouble::unreachable(error.0)
            }
        }
    }

    /// Handles what was heard and what is due.
    async fn step(&mut self, on: &mut OnLine<P>, now: Duration) -> Result<Due, Ended> {
        if let Some(drive) = &mut on.drive {
            if self.written.0.swap(false, Ordering::AcqRel) {
                drive.written().await?;
            }
            drive.run_due(now).await?;
            let since = drive.unanswered_since;
            if since.is_some_and(|since| now.saturating_sub(since) >= UNANSWERED) {
                return Err(Ended::Unanswered);
            }
        }
        for _ in 0..AT_ONCE {
            match (on.line.try_next(), &mut on.drive) {
                (None, None) => return Ok(Due::WhenRung),
                (None, Some(drive)) => {
                    drive.settle().await?;
                    return Ok(drive.next_due().into());
                }
                (Some(Heard::Broken(why)), _) => return Err(Ended::Broken(why)),
                (Some(Heard::Closed(why)), _) => return Err(Ended::Closed(why)),
                (Some(Heard::Ready), None) => {
                    on.drive = Some(self.begin(&on.line, on.connection).await?);
                    on.ready_at = Some(now);
                }
                (Some(Heard::Message(message)), Some(drive)) => {
                    if let Some((address, Carries::Link(topic))) = parse(&message.topic)
                        && address == self.identity.address
                    {
                        let at = self.machine.clock.monotonic();
                        drive.hear(topic, message.bytes, at).await?;
                    }
                }
                // What comes before the line is ready comes again.
                (Some(Heard::Ready), Some(_)) | (Some(Heard::Message(_)), None) => {}
            }
        }
        Ok(Due::At(now))
    }

    async fn begin(&mut self, line: &Line, connection: Nonce) -> Result<Drive<P>, PostError> {
        self.post.note(Happening::Connected);
        if self.post.comes_as() == ComesAs::Itself {
            line.sender().send(self.presence(connection, true));
        }
        let identity = &self.identity;
        let cinema = identity.address.cinema.clone();
        let setup = Setup {
            end: End::Box,
            key: SecretKey::<Frames>::from_seed(cinema, &identity.frame_seed),
            peer: identity.hub.clone(),
            incarnation: identity.incarnation,
            generation: identity.generation,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            ticket_key: None,
        };
        let mut drive = Drive {
            link: Link::new(setup, self.post.standing().await?),
            post: Arc::clone(&self.post),
            address: identity.address.clone(),
            sender: line.sender(),
            machine: self.machine.clone(),
            peer: None,
            unanswered_since: Some(self.machine.clock.monotonic()),
            applying: Applying::new(&Room::new()),
            asking: Asking::new(&self.asks, identity.address.cinema.clone(), &self.written.1),
            answering: Answering::default(),
            heard_at: Duration::ZERO,
            held_after: None,
        };
        drive.tell(Input::Connected { connection }).await?;
        Ok(drive)
    }

    fn approach(&self, connection: Nonce) -> Approach {
        let address = &self.identity.address;
        let name = format!("foyer-{}-{}", address.cinema, address.device);
        // A broker ends the line of whoever has the same name, and keeps one presence for both.
        let (client, will) = match self.post.comes_as() {
            ComesAs::Itself => (name, Some(self.presence(connection, false))),
            ComesAs::Copy | ComesAs::Nobody => (format!("{name}-{connection}"), None),
        };
        Approach {
            client,
            subscriptions: address.subscriptions_of_box(),
            will,
            bell: self.written.1.clone(),
        }
    }

    fn presence(&self, connection: Nonce, there: bool) -> Message {
        let bytes = Presence { connection, there }.to_bytes();
        Message {
            topic: self.identity.address.presence(),
            bytes,
            retained: true,
        }
    }
}

/// Why a line is not used any more.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("{}", .0.words)]
    Broken(Trouble),
    #[error("{}", .0.words)]
    Closed(Trouble),
    #[error("{NOBODY_ANSWERS}")]
    Unanswered,
    #[error(transparent)]
    Failed(#[from] PostError),
}
