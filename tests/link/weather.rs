//! Both ends with real databases over a network in bad weather, on a manual clock: lost, repeated, reordered, damaged and replayed
//! messages, cuts, and ends that are stopped and started.

use std::sync::Arc;
use std::time::Duration;

use database::Database;
use mailbox::{Scope, StreamKey, outbox};
use service::{Clock, Lifecycle, Machine, Random};
use sync_agent::{
    Address, Asked, Asks, Change, Changes, Desk, Directory, Enrolled, HubEnd, KnownBox, Network,
    Post, PostError, Transport, Weather,
};
use tokio_util::sync::CancellationToken;
use wire::event::{Content, ContentAdopted};
use wire::{End, Generation, KeyBytes, Keys, Nonce, NotGiven, Reply, SecretKey, Wish};

use crate::cinema::{self, Cinema, Remembers, address, box_keys, incarnation, journal};

fn generation() -> Generation {
    Generation::first(Nonce::from([4; 16]))
}

fn hub_key() -> SecretKey<wire::Frames> {
    SecretKey::from_seed(address().cinema, &[2; 32])
}

/// The hub's end of one link, with a database.
#[derive(Clone)]
struct OneBox {
    database: Database,
    clock: Clock,
    remembers: Arc<Remembers>,
}

impl OneBox {
    async fn desk(&self) -> Result<Desk<Remembers>, PostError> {
        let lives = (incarnation(), generation());
        Desk::open(
            self.database.clone(),
            self.clock.clone(),
            End::Hub,
            address().cinema,
            lives,
            Arc::clone(&self.remembers),
        )
        .await
    }
}

impl Directory for OneBox {
    type Post = Desk<Remembers>;

    async fn boxes(&self) -> Result<Vec<Address>, PostError> {
        Ok(vec![address()])
    }

    async fn find(&self, _: &Address) -> Result<Option<Enrolled<Self::Post>>, PostError> {
        let post = self.desk().await?;
        Ok(Some(Enrolled::Known(Box::new(KnownBox {
            key: hub_key(),
            ticket_key: KeyBytes::from([3; 32]),
            keys: box_keys(),
            incarnation: incarnation(),
            generation: generation(),
            post,
        }))))
    }

    fn stranger(&self, address: &Address, _: Option<wire::KeyId>) -> SecretKey<wire::Frames> {
        panic!("{address:?} is no stranger");
    }

    fn broker(&self, _: Result<(), sync_agent::Trouble>) {}
}

struct World {
    network: Network,
    clock: Clock,
    random: Random,
    cinema: Cinema,
    hub: OneBox,
    hub_life: Lifecycle,
    changes: Changes,
}

impl World {
    async fn new(seed: u64) -> Self {
        let random = Random::seeded(seed);
        let clock = Clock::manual("2026-11-23T20:00:00Z".parse().unwrap());
        let network = Network::new(random.clone());
        let transport = Transport::Memory(network.clone());
        let keys = Keys::valid([hub_key().public().clone()]);
        let database = cinema::database(None);
        let mut cinema = Cinema::new(
            database,
            clock.clone(),
            random.clone(),
            keys,
            generation(),
            transport,
        );
        cinema.connect().await;
        let hub = OneBox {
            database: cinema::database(None),
            clock: clock.clone(),
            remembers: Arc::default(),
        };
        let (hub_life, changes) = start_hub(&hub, &network, &clock, &random);
        Self {
            network,
            clock,
            random,
            cinema,
            hub,
            hub_life,
            changes,
        }
    }

    async fn restart_hub(&mut self) {
        self.hub_life.shutdown().cancel();
        assert!(self.hub_life.drain().await);
        (self.hub_life, self.changes) =
            start_hub(&self.hub, &self.network, &self.clock, &self.random);
    }

    async fn hub_writes(&self, count: usize) {
        let own = self.hub.desk().await.unwrap().own();
        let body = ContentAdopted {
            content: Content::Film("stalker".parse().unwrap()),
            version: 1,
        };
        let random = self.random.clone();
        let writing = self.hub.database.write(Scope::Nothing, move |tx| {
            let draft = |_| outbox::Draft {
                id: box_office::EventId::from_bits(random.bytes()),
                body: body.clone().into(),
            };
            let drafts: Vec<_> = (0..count).map(draft).collect();
            outbox::push(tx, own, 0, &drafts, None)
        });
        writing.await.unwrap();
        self.changes.tell(Change::Written(address()));
    }

    /// Moves the manual clock; the runtime's own, which is paused, goes along whenever everybody waits.
    async fn pass(&self, time: Duration) {
        let step = Duration::from_millis(50);
        let mut steps = tokio::time::interval(step);
        for _ in 0..time.as_millis() / step.as_millis() {
            self.clock.advance(step);
            steps.tick().await;
        }
    }

    /// Whether each side has committed all that the other wrote, and the other knows it.
    async fn is_settled(&self) -> bool {
        let own = self.hub.desk().await.unwrap().own();
        let reading = self.hub.database.read(move |snapshot| {
            Ok::<_, mailbox::Error>((
                outbox::written(snapshot, own)?,
                outbox::acknowledged(snapshot, own)?,
            ))
        });
        let (written, acknowledged) = reading.await.unwrap();
        written == acknowledged
            && self.cinema.acknowledged().await == self.cinema.written().await.len() as u64
    }

    async fn settle(&self) {
        self.network.mend();
        self.network.weather(Weather::default());
        for _ in 0..300 {
            if self.is_settled().await {
                return;
            }
            self.pass(Duration::from_secs(1)).await;
        }
        let happened = self.cinema.remembers.happened.lock().unwrap().clone();
        panic!(
            "the streams did not settle: {:?}",
            happened.iter().rev().take(12).collect::<Vec<_>>()
        );
    }

    async fn check_equal(&self) {
        let up = journal(
            &self.hub.database,
            StreamKey::up(address().cinema, incarnation()),
            box_keys(),
        )
        .await;
        assert!(up == self.cinema.written().await, "up, byte for byte");
        let own = self.hub.desk().await.unwrap().own();
        let reading = self.hub.database.read(move |snapshot| {
            let mut events = Vec::new();
            loop {
                let more = outbox::after(snapshot, own, events.len() as u64)?;
                if more.is_empty() {
                    return Ok::<_, mailbox::Error>(events);
                }
                events.extend(more.iter().map(|event| event.bytes().to_vec()));
            }
        });
        let keys = Keys::valid([hub_key().public().clone()]);
        let down = journal(
            &self.cinema.database,
            StreamKey::down(address().cinema, generation()),
            keys,
        )
        .await;
        assert!(down == reading.await.unwrap(), "down, byte for byte");
    }
}

fn start_hub(
    hub: &OneBox,
    network: &Network,
    clock: &Clock,
    random: &Random,
) -> (Lifecycle, Changes) {
    let machine = Machine {
        clock: clock.clone(),
        random: random.clone(),
        ..Machine::system(CancellationToken::new())
    };
    let life = machine.lifecycle.clone();
    let transport = Transport::Memory(network.clone());
    let (end, changes) = HubEnd::new(hub.clone(), transport, Asks::default(), machine);
    end.start();
    (life, changes)
}

async fn check(seed: u64, weather: Weather) {
    let mut world = World::new(seed).await;
    world.cinema.schedule().await;
    world.network.weather(weather);
    for round in 0..6 {
        world.cinema.sell(150).await;
        world.hub_writes(150).await;
        world.pass(Duration::from_secs(6)).await;
        match round % 3 {
            0 => world.network.cut(),
            1 => {
                world.cinema.disconnect().await;
                world.cinema.connect().await;
            }
            _ => world.restart_hub().await,
        }
        world.pass(Duration::from_secs(2)).await;
        world.network.mend();
        // What was said in any earlier session is said once more.
        for message in world.network.overheard() {
            world.network.inject(&message.topic, message.bytes);
        }
    }
    world.settle().await;
    world.check_equal().await;
    let compared = *world.hub.remembers.compared.lock().unwrap();
    assert!(compared > 0, "whatever the weather, custody is compared");
    world.cinema.disconnect().await;
    world.hub_life.shutdown().cancel();
}

#[tokio::test(start_paused = true)]
async fn lost_messages_come_again() {
    check(
        1,
        Weather {
            lose: 30,
            ..Weather::default()
        },
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn repeated_messages_count_once() {
    check(
        2,
        Weather {
            repeat: 50,
            ..Weather::default()
        },
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn reordered_messages_are_applied_in_order() {
    check(
        3,
        Weather {
            reorder: 40,
            ..Weather::default()
        },
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn damaged_messages_are_refused() {
    check(
        4,
        Weather {
            flip: 20,
            ..Weather::default()
        },
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn everything_at_once() {
    for seed in 5..9 {
        check(
            seed,
            Weather {
                lose: 20,
                repeat: 20,
                reorder: 20,
                flip: 5,
            },
        )
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_ask_that_waited_for_the_database_too_long_is_refused() {
    let clock = Clock::manual("2026-11-23T20:00:00Z".parse().unwrap());
    let random = Random::seeded(1);
    let transport = Transport::Memory(Network::new(random.clone()));
    let cinema = Cinema::new(
        cinema::database(None),
        clock.clone(),
        random,
        Keys::default(),
        generation(),
        transport,
    );
    let desk = cinema.desk().await;
    let asked = || Asked {
        wish: Wish {
            showtime: "s1".parse().unwrap(),
            auditorium: "1".parse().unwrap(),
            plan: 1,
            seats: vec!["A1".parse().unwrap()],
        },
        until: Duration::from_secs(2),
    };
    assert_eq!(desk.answer(asked()).await, Reply::Given);
    clock.advance(Duration::from_secs(2));
    let too_slow = Reply::Refused(NotGiven::TooSlow);
    assert_eq!(desk.answer(asked()).await, too_slow);
    assert_eq!(cinema.remembers.asked.lock().unwrap().len(), 1);
}
