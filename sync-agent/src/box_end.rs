//! The box's end of the link, as a task: it reaches for the broker again and again, and selling goes on whether or not it
//! runs at all.

use std::sync::Arc;
use std::time::Duration;

use service::{Clock, Lifecycle, Random};
use tokio::sync::Notify;
use wire::{End, Frames};
use wire::{Generation, Incarnation, Input, Keys, Link, Nonce, SecretKey, Setup};

use crate::backoff::Backoff;
use crate::drive::Drive;
use crate::post::{Happening, Post, PostError};
use crate::presence::Presence;
use crate::topic::{Address, Carries, parse};
use crate::transport::{Approach, Heard, Line, Message, Transport};

/// How often the link looks at the clock.
pub(crate) const TICK: Duration = Duration::from_millis(250);

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

/// The box's end of the link.
#[derive(Debug)]
pub struct BoxEnd<P> {
    /// Who it is.
    pub identity: BoxIdentity,
    /// How it reaches the hub.
    pub transport: Transport,
    /// Its streams.
    pub post: P,
    /// Notified after a commit that wrote events.
    pub written: Arc<Notify>,
    /// The process's clock.
    pub clock: Clock,
    /// The process's randomness.
    pub random: Random,
    /// The process's life; the link ends with it.
    pub life: Lifecycle,
}

impl<P: Post> BoxEnd<P> {
    /// Runs until shutdown.
    pub async fn run(&self) {
        let mut backoff = Backoff::new();
        let shutdown = self.life.shutdown().clone();
        while !shutdown.is_cancelled() {
            match self.connect_and_drive(&mut backoff).await {
                Ok(Ended::Shutdown) => return,
                Ok(Ended::Broken(why)) => self.post.note(Happening::Disconnected(why)),
                Err(error) => {
                    tracing::error!(%error, "the link's database failed; the link begins again");
                    self.post.note(Happening::Disconnected(error.to_string()));
                }
            }
            let wait = backoff.wait(&self.random);
            tokio::select! { () = tokio::time::sleep(wait) => {} () = shutdown.cancelled() => {} }
        }
    }

    async fn connect_and_drive(&self, backoff: &mut Backoff) -> Result<Ended, PostError> {
        let connection = Nonce::from(self.random.bytes());
        let mut line = self
            .transport
            .connect(self.approach(connection), &self.life);
        match line.next().await {
            Heard::Ready => backoff.reset(),
            Heard::Broken(why) => return Ok(Ended::Broken(why)),
            Heard::Message(_) => {}
        }
        self.post.note(Happening::Connected);
        line.sender().send(self.presence(connection, true));
        let mut drive = self.drive(&line).await?;
        drive.tell(Input::Connected { connection }).await?;
        let ended = self.listen(&mut line, &mut drive).await?;
        if let Ended::Shutdown = ended {
            line.sender().send(self.presence(connection, false));
            line.close().await;
        }
        Ok(ended)
    }

    async fn listen(&self, line: &mut Line, drive: &mut Drive<'_, P>) -> Result<Ended, PostError> {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            let input = tokio::select! {
                () = self.life.shutdown().cancelled() => return Ok(Ended::Shutdown),
                heard = line.next() => match heard {
                    Heard::Ready => continue,
                    Heard::Broken(why) => return Ok(Ended::Broken(why)),
                    Heard::Message(message) => match parse(&message.topic) {
                        Some((address, Carries::Link(topic))) if address == self.identity.address => {
                            Input::Received { topic, bytes: message.bytes }
                        }
                        Some((_, Carries::Link(_) | Carries::Presence)) | None => continue,
                    },
                },
                () = self.written.notified() => Input::Written(self.post.written().await?),
                _ = ticks.tick() => Input::Tick,
            };
            drive.tell(input).await?;
        }
    }

    async fn drive<'a>(&'a self, line: &Line) -> Result<Drive<'a, P>, PostError> {
        let identity = &self.identity;
        let setup = Setup {
            end: End::Box,
            key: SecretKey::<Frames>::from_seed(
                identity.address.cinema.clone(),
                &identity.frame_seed,
            ),
            peer: identity.hub.clone(),
            incarnation: identity.incarnation,
            generation: identity.generation,
            program: env!("CARGO_PKG_VERSION").to_owned(),
        };
        Ok(Drive {
            link: Link::new(setup, self.post.standing().await?),
            post: &self.post,
            address: &identity.address,
            sender: line.sender(),
            clock: &self.clock,
            random: &self.random,
            peer: None,
        })
    }

    fn approach(&self, connection: Nonce) -> Approach {
        let address = &self.identity.address;
        Approach {
            client: format!("foyer-{}-{}", address.cinema, address.device),
            subscriptions: address.subscriptions_of_box(),
            will: Some(self.presence(connection, false)),
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

enum Ended {
    Shutdown,
    Broken(String),
}
