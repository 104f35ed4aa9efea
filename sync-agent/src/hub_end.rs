//! The hub's end of all its links, in steps: one line to the broker, and a job for each box, so that a slow one delays nobody else.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use service::{Bell, Due, Machine};
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{Mutex, mpsc};
use wire::link::turn_away_stranger;
use wire::{
    End, Frames, Generation, Incarnation, Input, KeyBytes, KeyId, Keys, Link, LinkTrouble, Nonce,
    SecretKey, Setup, Standing, Topic,
};

use crate::answering::Answering;
use crate::applying::{Applying, Room};
use crate::asks::{Asking, Asks};
use crate::backoff::Backoff;
use crate::box_end::AT_ONCE;
use crate::drive::Drive;
use crate::post::{Happening, Post, PostError, Step};
use crate::presence::Presence;
use crate::topic::{Address, Carries, parse, subscriptions_of_hub};
use crate::transport::{Approach, Heard, Line, Message, Transport};
use crate::trouble::Trouble;

/// How many messages of one box may wait; what comes on top is lost, and sent again by the box.
const WAITING: usize = 64;

/// The longest wait between two attempts to reach the broker: every cinema waits for it, and nobody else reaches at the same time.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The shortest time between two strangers that are answered: whoever may send can be a thousand of them.
const BETWEEN_STRANGERS: Duration = Duration::from_millis(100);

/// The pause after the database has failed: long enough not to fill the log, short enough for a lobby.
const PAUSE_AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// What the hub knows of its boxes.
pub trait Directory: Send + Sync + 'static {
    /// The streams of one cinema.
    type Post: Post;

    /// Every box that was ever enrolled, also those whose place another has taken.
    fn boxes(&self) -> impl Future<Output = Result<Vec<Address>, PostError>> + Send;

    /// One of them; `None` if there is no such box.
    fn find(
        &self,
        address: &Address,
    ) -> impl Future<Output = Result<Option<Enrolled<Self::Post>>, PostError>> + Send;

    /// Somebody spoke who is unknown, or a box whose place another has taken, with its former key. Gives the hub's key for their cinema, with
    /// which they are told so. It must not block.
    fn stranger(&self, address: &Address, former: Option<KeyId>) -> SecretKey<Frames>;

    /// The broker is reached, or not and why, once for each reason. It must not block.
    fn broker(&self, reached: Result<(), Trouble>);
}

/// A box that was enrolled.
#[derive(Debug)]
pub enum Enrolled<P> {
    /// The one of its cinema.
    Known(Box<KnownBox<P>>),
    /// One whose place another has taken: it is told so, and nothing of it counts.
    Former(KeyId),
}

/// A box as the hub knows it.
#[derive(Debug)]
pub struct KnownBox<P> {
    /// The hub's key for frames of this cinema.
    pub key: SecretKey<Frames>,
    /// The hub's key for its tickets of this cinema.
    pub ticket_key: KeyBytes,
    /// The box's keys.
    pub keys: Keys,
    /// The life of the box.
    pub incarnation: Incarnation,
    /// The life of the hub.
    pub generation: Generation,
    /// Its streams.
    pub post: P,
}

/// Something about a box that its link must know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Events were committed to its `down` stream.
    Written(Address),
    /// It was enrolled, or its keys have changed.
    Keys(Address),
}

/// Where changes are told; made with [`HubEnd::new`]. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Changes(Arc<std::sync::Mutex<BTreeSet<Change>>>, Bell);

impl Changes {
    /// Tells the links of a change. The same change twice is one, and no other is in its way.
    pub fn tell(&self, change: Change) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(change);
        drop(waiting);
        self.1.ring();
    }

    fn take(&self) -> BTreeSet<Change> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting)
    }
}

/// The hub's end of all its links.
#[derive(Debug)]
pub struct HubEnd<D> {
    directory: D,
    transport: Transport,
    machine: Machine,
    changes: Changes,
    room: Room,
    asks: Asks,
    backoff: Backoff,
    /// When to reach for the broker, if there is no line.
    again_at: Duration,
    /// Whether it has been reached for: a broker that starts beside the hub may not listen yet.
    has_tried: bool,
    /// Why there is none, as it was told.
    broken: Option<Trouble>,
    /// When the next stranger may be answered.
    turns_away_at: Duration,
    line: Option<OnLine>,
}

/// A line to the broker, and the links over it by their boxes; they end with it.
#[derive(Debug)]
struct OnLine {
    line: Line,
    connection: Nonce,
    /// Whether anything was heard on it.
    is_ready: bool,
    /// Whether all boxes are known.
    is_listed: bool,
    links: BTreeMap<Address, Inbox>,
    /// The boxes whose place another has taken, by their keys.
    former: BTreeMap<Address, KeyId>,
    /// The boxes whose links are still to be opened, and when that is tried.
    unopened: BTreeSet<Address>,
    open_at: Option<Duration>,
}

impl<D: Directory> HubEnd<D> {
    /// The links of all boxes of `directory` over one broker, and where changes are told; the process asks the boxes by `asks`.
    pub fn new(
        directory: D,
        transport: Transport,
        asks: Asks,
        machine: Machine,
    ) -> (Self, Changes) {
        let changes = Changes::default();
        let end = Self {
            directory,
            transport,
            machine,
            changes: changes.clone(),
            room: Room::new(),
            asks,
            backoff: Backoff::up_to(LONGEST_WAIT),
            again_at: Duration::ZERO,
            has_tried: false,
            broken: None,
            turns_away_at: Duration::ZERO,
            line: None,
        };
        (end, changes)
    }

    /// Runs as jobs of its machine.
    pub fn start(self) {
        let (machine, bell) = (self.machine.clone(), self.changes.1.clone());
        let end = Arc::new(Mutex::new(self));
        machine.job("links", &bell, &end, |end, now| async move {
            end.lock().await.run_due(now).await
        });
    }

    async fn run_due(&mut self, now: Duration) -> Due {
        // Taken, so that a step that panics leaves none.
        let stepped = match self.line.take() {
            Some(mut on) => self.step(&mut on, now).await.map(|due| (on, due)),
            None if now < self.again_at => return Due::At(self.again_at),
            None => Ok((self.connect(), Due::At(now))),
        };
        match stepped {
            Ok((on, due)) => {
                self.line = Some(on);
                due
            }
            Err(why) => {
                let has_tried = std::mem::replace(&mut self.has_tried, true);
                let is_soon = !has_tried && why.kind == LinkTrouble::Unreachable;
                if !is_soon && self.broken.as_ref() != Some(&why) {
                    self.directory.broker(Err(why.clone()));
                    self.broken = Some(why);
                }
                let wait = self.backoff.wait(&self.machine.random);
                self.again_at = self.machine.clock.monotonic() + wait;
                Due::At(self.again_at)
            }
        }
    }

    fn connect(&self) -> OnLine {
        let connection = Nonce::from(self.machine.random.bytes());
        let approach = Approach {
            client: format!("foyer-hub-{connection}"),
            subscriptions: subscriptions_of_hub(),
            will: None,
            bell: self.changes.1.clone(),
        };
        OnLine {
            line: self.transport.connect(approach, &self.machine),
            connection,
            is_ready: false,
            is_listed: false,
            links: BTreeMap::new(),
            former: BTreeMap::new(),
            unopened: BTreeSet::new(),
            open_at: None,
        }
    }

    /// Handles what has changed and what was heard.
    ///
    /// # Errors
    /// Why the line is not used any more.
    async fn step(&mut self, on: &mut OnLine, now: Duration) -> Result<Due, Trouble> {
        for _ in 0..AT_ONCE {
            let heard = on.line.try_next();
            if let Some(Heard::Broken(why) | Heard::Closed(why)) = heard {
                return Err(why);
            }
            // A box may speak before the last subscription is confirmed.
            if heard.is_some() && !on.is_ready {
                on.is_ready = true;
                self.has_tried = true;
                on.open_at = Some(now);
                self.backoff.reset();
                self.broken = None;
                self.directory.broker(Ok(()));
            }
            if on.is_ready {
                self.take_changes(on);
                self.open_due(on).await;
            }
            match heard {
                None => return Ok(on.open_at.into()),
                Some(Heard::Message(message)) => {
                    self.route(on, &message.topic, message.bytes, now);
                }
                Some(Heard::Ready | Heard::Broken(_) | Heard::Closed(_)) => {}
            }
        }
        Ok(Due::At(now))
    }

    fn take_changes(&self, on: &mut OnLine) {
        for change in self.changes.take() {
            match change {
                Change::Written(address) => {
                    if let Some(link) = on.links.get(&address) {
                        link.tell(Told::Written);
                    }
                }
                Change::Keys(address) => {
                    on.links.remove(&address);
                    on.former.remove(&address);
                    on.unopened.insert(address);
                    on.open_at.get_or_insert_default();
                }
            }
        }
    }

    /// Opens the links that wait for it. One that the database refuses waits on, and nobody with it.
    async fn open_due(&self, on: &mut OnLine) {
        let now = self.machine.clock.monotonic();
        let Some(_due) = on.open_at.take_if(|at| *at <= now) else {
            return;
        };
        if !on.is_listed {
            match self.directory.boxes().await {
                Ok(boxes) => on.unopened.extend(boxes),
                Err(error) => return self.open_later(on, &error),
            }
            on.is_listed = true;
        }
        for address in std::mem::take(&mut on.unopened) {
            if let Err(error) = self.open(on, address.clone()).await {
                on.unopened.insert(address);
                self.open_later(on, &error);
            }
        }
    }

    fn open_later(&self, on: &mut OnLine, error: &PostError) {
        tracing::warn!(%error, "the database refuses to open a link; it is tried again");
        on.open_at = Some(self.machine.clock.monotonic() + PAUSE_AFTER_TROUBLE);
    }

    fn route(&mut self, on: &OnLine, topic: &str, bytes: Vec<u8>, now: Duration) {
        let Some((address, carries)) = parse(topic) else {
            return;
        };
        let told = match carries {
            Carries::Link(topic) => Told::Link {
                topic,
                bytes,
                at: self.machine.clock.monotonic(),
            },
            Carries::Presence => match Presence::parse(&bytes) {
                Some(presence) => Told::Presence(presence),
                None => return,
            },
        };
        match (on.links.get(&address), told) {
            (Some(link), told) => link.tell(told),
            (None, Told::Link { topic, bytes, .. })
                if on.is_listed && !on.unopened.contains(&address) =>
            {
                let former = on.former.get(&address).copied();
                let key = self.directory.stranger(&address, former);
                if topic == Topic::Hello {
                    self.turn_away(on, (&address, former), &bytes, &key, now);
                }
            }
            (None, Told::Link { .. } | Told::Written | Told::Presence(_)) => {}
        }
    }

    /// Tells a box that calls, and that nobody has enrolled or whose place another has taken, that it is so.
    fn turn_away(
        &mut self,
        on: &OnLine,
        (address, former): (&Address, Option<KeyId>),
        hello: &[u8],
        key: &SecretKey<Frames>,
        now: Duration,
    ) {
        if now < self.turns_away_at {
            return;
        }
        let nonce = Nonce::from(self.machine.random.bytes());
        if let Some(bytes) = turn_away_stranger(hello, former, key, nonce) {
            self.turns_away_at = now + BETWEEN_STRANGERS;
            on.line.sender().send(Message {
                topic: address.topic(Topic::Hello),
                bytes,
                retained: false,
            });
        }
    }

    async fn open(&self, on: &mut OnLine, address: Address) -> Result<(), PostError> {
        let known = match self.directory.find(&address).await? {
            Some(Enrolled::Known(known)) => known,
            Some(Enrolled::Former(key)) => {
                on.former.insert(address, key);
                return Ok(());
            }
            None => return Ok(()),
        };
        let (told, inbox) = mpsc::channel(WAITING);
        let bell = Bell::default();
        on.links.insert(
            address.clone(),
            Inbox {
                told: Some(told),
                bell: bell.clone(),
            },
        );
        known.post.note(Happening::Connected);
        let setup = Setup {
            end: End::Hub,
            key: known.key,
            peer: known.keys,
            incarnation: known.incarnation,
            generation: known.generation,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            ticket_key: Some(known.ticket_key),
        };
        let task = LinkTask {
            drive: Drive {
                link: Link::new(setup, Standing::START),
                post: Arc::new(known.post),
                asking: Asking::new(&self.asks, address.cinema.clone(), &bell),
                answering: Answering::default(),
                heard_at: Duration::ZERO,
                address,
                sender: on.line.sender(),
                machine: self.machine.clone(),
                peer: None,
                unanswered_since: None,
                applying: Applying::new(&self.room),
                held_after: None,
            },
            connection: on.connection,
            inbox,
            begun: false,
            again_at: Duration::ZERO,
        };
        let task = Arc::new(Mutex::new(task));
        self.machine
            .job("link", &bell, &task, |task, now| async move {
                task.lock().await.run_due(now).await
            });
        Ok(())
    }
}

/// What a box's job is told.
#[derive(Debug)]
enum Told {
    /// A message, and the point of monotonic time at which it was heard.
    Link {
        topic: Topic,
        bytes: Vec<u8>,
        at: Duration,
    },
    Written,
    Presence(Presence),
}

/// Where a box's job is told; without it the job ends.
#[derive(Debug)]
struct Inbox {
    told: Option<mpsc::Sender<Told>>,
    bell: Bell,
}

impl Inbox {
    fn tell(&self, told: Told) {
        if let Some(Err(error)) = self.told.as_ref().map(|to| to.try_send(told)) {
            tracing::debug!(%error, "a box speaks faster than it is heard; it will say it again");
        }
        self.bell.ring();
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.told = None;
        self.bell.ring();
    }
}

/// One box's link over one connection to the broker.
struct LinkTask<P> {
    drive: Drive<P>,
    connection: Nonce,
    inbox: mpsc::Receiver<Told>,
    /// Whether the link fits what is stored.
    begun: bool,
    again_at: Duration,
}

impl<P: Post> LinkTask<P> {
    async fn run_due(&mut self, now: Duration) -> Due {
        if now < self.again_at {
            return Due::At(self.again_at);
        }
        let _step = Step(Arc::clone(&self.drive.post));
        match self.step(now).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, cinema = %self.drive.address.cinema, "the link's database failed; the link begins again");
                self.drive.post.note(Happening::Failed(error));
                self.again_at = self.drive.machine.clock.monotonic() + PAUSE_AFTER_TROUBLE;
                Due::At(self.again_at)
            }
        }
    }

    async fn step(&mut self, now: Duration) -> Result<Due, PostError> {
        // A step that fails or panics leaves a link that begins again.
        if !std::mem::take(&mut self.begun) {
            self.drive.asking.close();
            while self.drive.next_done().await.is_some() {}
            let standing = self.drive.post.standing().await?;
            self.drive.link.begin_anew(standing);
            let connection = self.connection;
            self.drive.tell(Input::Connected { connection }).await?;
        }
        self.drive.run_due(now).await?;
        for _ in 0..AT_ONCE {
            self.drive.ask().await?;
            let told = if self.drive.is_done() {
                self.inbox.try_recv()
            } else {
                tokio::select! {
                    biased;
                    Some(done) = self.drive.next_done() => {
                        self.drive.tell(done?).await?;
                        continue;
                    }
                    told = self.inbox.recv() => told.ok_or(TryRecvError::Disconnected),
                }
            };
            match told {
                Ok(Told::Link { topic, bytes, at }) => self.drive.hear(topic, bytes, at).await?,
                Ok(Told::Written) => self.drive.written().await?,
                Ok(Told::Presence(presence)) => self.drive.presence(presence),
                Err(TryRecvError::Empty) => {
                    self.begun = true;
                    return Ok(self.drive.link.next_due().into());
                }
                Err(TryRecvError::Disconnected) => {
                    let why = "the hub's line to the broker has ended";
                    let trouble = Trouble::unreachable(why);
                    self.drive.post.note(Happening::Disconnected(trouble));
                    return Ok(Due::Never);
                }
            }
        }
        self.begun = true;
        Ok(Due::At(now))
    }
}
