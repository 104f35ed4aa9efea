//! The hub's end of all its links, as a task: one line to the broker, and a task for each box, so that a slow one delays
//! nobody else.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use service::{Clock, Lifecycle, Random};
use tokio::sync::mpsc;
use wire::{End, Frames, Generation, Incarnation, Input, Keys, Link, Nonce, SecretKey, Setup};

use crate::backoff::Backoff;
use crate::box_end::TICK;
use crate::drive::Drive;
use crate::post::{Happening, Post, PostError};
use crate::presence::Presence;
use crate::topic::{Address, Carries, parse, subscriptions_of_hub};
use crate::transport::{Approach, Heard, Line, Sender, Transport};

/// How many messages of one box may wait; what comes on top is lost, and sent again by the box.
const WAITING: usize = 64;

/// How many changes of boxes may wait: more than a person can make.
const CHANGES: usize = 64;

/// What the hub knows of its boxes.
pub trait Directory: Send + Sync + 'static {
    /// The streams of one cinema.
    type Post: Post;

    /// Every box that was ever enrolled.
    fn boxes(&self) -> impl Future<Output = Result<Vec<Address>, PostError>> + Send;

    /// One of them; `None` if there is no such box.
    fn find(
        &self,
        address: &Address,
    ) -> impl Future<Output = Result<Option<KnownBox<Self::Post>>, PostError>> + Send;

    /// Somebody unknown spoke. It must not block.
    fn stranger(&self, address: &Address);

    /// The broker is reached, or not and why. It must not block.
    fn broker(&self, reached: Result<(), String>);
}

/// A box as the hub knows it.
#[derive(Debug)]
pub struct KnownBox<P> {
    /// The hub's key for frames of this cinema.
    pub key: SecretKey<Frames>,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Events were committed to its `down` stream.
    Written(Address),
    /// It was enrolled, or its keys have changed.
    Keys(Address),
}

/// Where changes are told; made with [`HubEnd::new`]. Clones share it.
#[derive(Debug, Clone)]
pub struct Changes(mpsc::Sender<Change>);

impl Changes {
    /// Tells the links of a change. If too many wait, the links find it at their next connection.
    pub fn tell(&self, change: Change) {
        if let Err(error) = self.0.try_send(change) {
            tracing::warn!(%error, "a change of a box waits for its next connection");
        }
    }
}

/// The hub's end of all its links.
#[derive(Debug)]
pub struct HubEnd<D> {
    directory: Arc<D>,
    transport: Transport,
    clock: Clock,
    random: Random,
    life: Lifecycle,
}

/// What a box's task is told.
enum Told {
    Link(Input),
    Written,
    Presence(Presence),
}

impl<D: Directory> HubEnd<D> {
    /// The links of all boxes of `directory` over one broker, and where changes are told.
    pub fn new(
        directory: Arc<D>,
        transport: Transport,
        clock: Clock,
        random: Random,
        life: Lifecycle,
    ) -> (Self, Changes, Incoming) {
        let (told, changes) = mpsc::channel(CHANGES);
        (
            Self {
                directory,
                transport,
                clock,
                random,
                life,
            },
            Changes(told),
            Incoming(changes),
        )
    }

    /// Runs until shutdown.
    pub async fn run(&self, changes: &mut Incoming) {
        let mut backoff = Backoff::new();
        let shutdown = self.life.shutdown().clone();
        while !shutdown.is_cancelled() {
            match self.connect_and_serve(changes, &mut backoff).await {
                Ok(()) => {}
                Err(why) => self.directory.broker(Err(why)),
            }
            let wait = backoff.wait(&self.random);
            tokio::select! { () = tokio::time::sleep(wait) => {} () = shutdown.cancelled() => {} }
        }
    }

    async fn connect_and_serve(
        &self,
        changes: &mut Incoming,
        backoff: &mut Backoff,
    ) -> Result<(), String> {
        let connection = Nonce::from(self.random.bytes());
        let approach = Approach {
            client: format!("foyer-hub-{connection}"),
            subscriptions: subscriptions_of_hub(),
            will: None,
        };
        let mut line = self.transport.connect(approach, &self.life);
        match line.next().await {
            Heard::Ready | Heard::Message(_) => backoff.reset(),
            Heard::Broken(why) => return Err(why),
        }
        self.directory.broker(Ok(()));
        // Dropped with this connection, which ends the tasks.
        let mut links = HashMap::new();
        for address in self
            .directory
            .boxes()
            .await
            .map_err(|error| error.to_string())?
        {
            self.open(&mut links, address, connection, &line).await?;
        }
        loop {
            tokio::select! {
                () = self.life.shutdown().cancelled() => {
                    drop(links);
                    line.close().await;
                    return Ok(());
                }
                Some(change) = changes.0.recv() => self.change(&mut links, change, connection, &line).await?,
                heard = line.next() => match heard {
                    Heard::Ready => {}
                    Heard::Broken(why) => return Err(why),
                    Heard::Message(message) => self.route(&links, &message.topic, message.bytes),
                },
            }
        }
    }

    fn route(&self, links: &HashMap<Address, mpsc::Sender<Told>>, topic: &str, bytes: Vec<u8>) {
        let Some((address, carries)) = parse(topic) else {
            return;
        };
        let told = match carries {
            Carries::Link(topic) => Told::Link(Input::Received { topic, bytes }),
            Carries::Presence => match Presence::parse(&bytes) {
                Some(presence) => Told::Presence(presence),
                None => return,
            },
        };
        match (links.get(&address), told) {
            (Some(link), told) => tell(link, told),
            (None, Told::Link(_)) => self.directory.stranger(&address),
            (None, Told::Written | Told::Presence(_)) => {}
        }
    }

    async fn change(
        &self,
        links: &mut HashMap<Address, mpsc::Sender<Told>>,
        change: Change,
        connection: Nonce,
        line: &Line,
    ) -> Result<(), String> {
        match change {
            Change::Written(address) => {
                if let Some(link) = links.get(&address) {
                    tell(link, Told::Written);
                }
                Ok(())
            }
            Change::Keys(address) => {
                links.remove(&address);
                self.open(links, address, connection, line).await
            }
        }
    }

    async fn open(
        &self,
        links: &mut HashMap<Address, mpsc::Sender<Told>>,
        address: Address,
        connection: Nonce,
        line: &Line,
    ) -> Result<(), String> {
        let Some(known) = self
            .directory
            .find(&address)
            .await
            .map_err(|error| error.to_string())?
        else {
            return Ok(());
        };
        let (told, inbox) = mpsc::channel(WAITING);
        links.insert(address.clone(), told);
        let task = LinkTask {
            address,
            known,
            connection,
            sender: line.sender(),
            clock: self.clock.clone(),
            random: self.random.clone(),
        };
        self.life.run(task.run(inbox));
        Ok(())
    }
}

fn tell(link: &mpsc::Sender<Told>, told: Told) {
    if let Err(error) = link.try_send(told) {
        tracing::debug!(%error, "a box speaks faster than it is heard; it will say it again");
    }
}

/// Where the hub's end hears of changes.
#[derive(Debug)]
pub struct Incoming(mpsc::Receiver<Change>);

/// One box's link over one connection to the broker.
struct LinkTask<P> {
    address: Address,
    known: KnownBox<P>,
    connection: Nonce,
    sender: Sender,
    clock: Clock,
    random: Random,
}

impl<P: Post> LinkTask<P> {
    async fn run(self, mut inbox: mpsc::Receiver<Told>) {
        let KnownBox {
            key,
            keys,
            incarnation,
            generation,
            post,
        } = self.known;
        let mut setup = Some(Setup {
            end: End::Hub,
            key,
            peer: keys,
            incarnation,
            generation,
            program: env!("CARGO_PKG_VERSION").to_owned(),
        });
        post.note(Happening::Connected);
        while let Some(this_setup) = setup.take() {
            let standing = match post.standing().await {
                Ok(standing) => standing,
                Err(error) => return tracing::error!(%error, "a link cannot be begun"),
            };
            let mut drive = Drive {
                link: Link::new(this_setup, standing),
                post: &post,
                address: &self.address,
                sender: self.sender.clone(),
                clock: &self.clock,
                random: &self.random,
                peer: None,
            };
            match listen(&mut drive, self.connection, &mut inbox).await {
                Ok(()) => break,
                Err(error) => {
                    tracing::error!(%error, cinema = %self.address.cinema, "the link's database failed; the link begins again");
                    tokio::time::sleep(TICK).await;
                    setup = Some(drive.link.into_setup());
                }
            }
        }
        post.note(Happening::Disconnected(
            "the hub's line to the broker has ended".to_owned(),
        ));
    }
}

async fn listen<P: Post>(
    drive: &mut Drive<'_, P>,
    connection: Nonce,
    inbox: &mut mpsc::Receiver<Told>,
) -> Result<(), PostError> {
    drive.tell(Input::Connected { connection }).await?;
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        let told = tokio::select! {
            told = inbox.recv() => match told {
                Some(told) => told,
                None => return Ok(()),
            },
            _ = ticks.tick() => Told::Link(Input::Tick),
        };
        match told {
            Told::Link(input) => drive.tell(input).await?,
            Told::Written => {
                let written = drive.post.written().await?;
                drive.tell(Input::Written(written)).await?;
            }
            Told::Presence(presence) => drive.presence(presence),
        }
    }
}
