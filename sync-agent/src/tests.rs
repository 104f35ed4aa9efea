//! Both ends over a network in bad weather, with streams in memory: cut, mended and killed, they end equal.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use service::{Bell, Clock, Lifecycle, Machine, Random};
use tokio_util::sync::CancellationToken;
use wire::event::{Content, ContentAdopted, ShowtimeCancelled};
use wire::{
    Answered, Body, Delivery, Event, Frames, Generation, Incarnation, Keeping, KeyBytes, KeyId,
    Keys, Nonce, NotGiven, Position, Reply, SecretKey, Standing, ToldKeyList, Topic, Wish,
};

use crate::transport::{Approach, Message};
use crate::*;

/// The streams of one end, which outlive it.
#[derive(Clone, Default)]
struct Streams(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    written: Vec<Event>,
    applied: Vec<Event>,
    acknowledged: u64,
    given: u64,
    pending: Vec<u64>,
    confirmed: u64,
    happened: Vec<Happening>,
    /// Whether nothing can be kept.
    is_full: bool,
    /// Whether nothing may be applied, and how many deliveries were not.
    is_stopped: bool,
    held: u32,
    /// Whether what is written may not be told.
    is_secret: bool,
    /// Deliveries that wait for the disk, while it takes its time.
    waiting: Option<usize>,
    /// How many reads of where the streams stand fail, and how many after that end the task.
    unreadable: u32,
    panics: u32,
    /// How many deliveries the disk refuses from here on, and whether it ever did.
    refusals: u32,
    has_refused: bool,
    /// What it was asked, and whether it gives what it is asked for.
    asked: Vec<Asked>,
    gives_nothing: bool,
}

impl Streams {
    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, body: &Body) {
        self.with(|streams| {
            let head = end(&streams.written);
            let id = format!("e{}", head.seq + 1).parse().unwrap();
            streams
                .written
                .push(Event::after(&head, id, 0, body).unwrap());
        });
    }
}

impl Streams {
    async fn wait_for_the_disk(&self) {
        let wait = |streams: &mut Inner| streams.waiting.as_mut().map(|waiting| *waiting += 1);
        if self.with(wait).is_none() {
            return;
        }
        while self.with(|streams| streams.waiting.is_some()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Whether somebody was told so.
    fn told(&self, notice: &wire::Notice) -> bool {
        let is_it =
            |happened: &Happening| matches!(happened, Happening::Notice(seen) if seen == notice);
        self.with(|streams| streams.happened.iter().any(is_it))
    }
}

/// Whether there was one to take.
fn take_one(left: &mut u32) -> bool {
    let there = *left > 0;
    *left = left.saturating_sub(1);
    there
}

fn end(events: &[Event]) -> Position {
    events.last().map_or(Position::START, Event::position)
}

impl Post for Streams {
    async fn standing(&self) -> Result<Standing, PostError> {
        if self.with(|streams| take_one(&mut streams.unreadable)) {
            return Err(PostError("it cannot be read".to_owned()));
        }
        if self.with(|streams| take_one(&mut streams.panics)) {
            panic!("a fault of ours");
        }
        Ok(self.with(|streams| Standing {
            written: end(&streams.written),
            applied: end(&streams.applied),
            confirmed: streams.confirmed,
            given: streams.given,
            pending: streams.pending.clone(),
            keeping: Keeping::ALL,
        }))
    }

    async fn written(&self) -> Result<Position, PostError> {
        Ok(self.with(|streams| end(&streams.written)))
    }

    async fn load(&self, after: u64) -> Result<Vec<Event>, PostError> {
        let after = usize::try_from(after).unwrap();
        Ok(self.with(|streams| {
            let most = if streams.is_secret { 0 } else { 300 };
            streams
                .written
                .iter()
                .skip(after)
                .take(most)
                .cloned()
                .collect()
        }))
    }

    async fn apply(&self, delivery: Delivery) -> Result<Taken, PostError> {
        self.wait_for_the_disk().await;
        if self.with(|streams| streams.is_full) {
            return Err(PostError("the disk is full".to_owned()));
        }
        self.with(|streams| {
            if streams.is_stopped {
                streams.held += 1;
                return Ok(Taken::Held);
            }
            if streams.refusals > 0 {
                streams.refusals -= 1;
                streams.has_refused = true;
                return Err(PostError("the disk refuses".to_owned()));
            }
            if delivery.before() != end(&streams.applied) {
                assert!(streams.has_refused, "out of order");
                return Err(PostError("a gap".to_owned()));
            }
            streams
                .applied
                .extend(delivery.events().map(|(event, _)| event.clone()));
            Ok(Taken::Kept)
        })
    }

    async fn acknowledged(&self, position: Position) -> Result<(), PostError> {
        self.with(|streams| streams.acknowledged = streams.acknowledged.max(position.seq));
        Ok(())
    }

    async fn store_session(
        &self,
        number: u64,
        offered: Option<ToldKeyList>,
    ) -> Result<Option<ToldKeyList>, PostError> {
        self.with(|streams| {
            streams.given = streams.given.max(number);
            streams.pending.push(number);
        });
        Ok(offered)
    }

    async fn confirm_session(&self, number: u64, _: Told) -> Result<(), PostError> {
        self.with(|streams| {
            streams.confirmed = number;
            streams.pending.retain(|&pending| pending > number);
        });
        Ok(())
    }

    async fn answer(&self, asked: Asked) -> Reply {
        self.with(|streams| {
            streams.asked.push(asked);
            match streams.gives_nothing {
                true => Reply::Refused(NotGiven::Floor),
                false => Reply::Given,
            }
        })
    }

    async fn stray(&self, _frame: wire::Frame<wire::Verified>) -> Result<(), PostError> {
        Ok(())
    }

    async fn with_hub_in(&self, _: Generation) -> Result<Self, PostError> {
        Ok(self.clone())
    }

    fn note(&self, happening: Happening) {
        self.with(|streams| streams.happened.push(happening));
    }
}

fn key(seed: u8) -> SecretKey<Frames> {
    SecretKey::from_seed("metropol".parse().unwrap(), &[seed; 32])
}

fn address(cinema: &str) -> Address {
    Address {
        cinema: cinema.parse().unwrap(),
        device: "box-1".parse().unwrap(),
    }
}

struct Cinemas {
    streams: Streams,
    revoked: Arc<AtomicBool>,
    former: Arc<AtomicBool>,
    strangers: Strangers,
    busy: Arc<AtomicBool>,
    /// Whether anybody has asked for all boxes.
    asked: AtomicBool,
    reached: Reached,
}

type Reached = Arc<Mutex<Vec<Result<(), Trouble>>>>;

type Strangers = Arc<Mutex<BTreeMap<String, u32>>>;

impl Directory for Cinemas {
    type Post = Streams;

    async fn boxes(&self) -> Result<Vec<Address>, PostError> {
        if !self.asked.swap(true, Ordering::SeqCst) && self.busy.load(Ordering::SeqCst) {
            return Err(PostError("busy".to_owned()));
        }
        Ok(vec![address("astor"), address("metropol")])
    }

    async fn find(&self, wanted: &Address) -> Result<Option<Enrolled<Streams>>, PostError> {
        if *wanted == address("astor") && self.busy.load(Ordering::SeqCst) {
            return Err(PostError("busy".to_owned()));
        }
        let box_key = key(1).public().clone();
        let keys = match self.revoked.load(Ordering::SeqCst) {
            false => Keys::valid([box_key]),
            true => Keys {
                revoked: vec![box_key.id()],
                ..Keys::default()
            },
        };
        if *wanted == address("metropol") && self.former.load(Ordering::SeqCst) {
            return Ok(Some(Enrolled::Former(key(1).public().id())));
        }
        Ok((*wanted == address("metropol")).then(|| {
            Enrolled::Known(Box::new(KnownBox {
                key: key(2),
                ticket_key: KeyBytes::from([3; 32]),
                keys,
                incarnation: Incarnation::first(Nonce::from([1; 16])),
                generation: Generation::first(Nonce::from([2; 16])),
                post: self.streams.clone(),
            }))
        }))
    }

    fn stranger(&self, address: &Address, _: Option<KeyId>) -> SecretKey<Frames> {
        *self
            .strangers
            .lock()
            .unwrap()
            .entry(address.cinema.to_string())
            .or_default() += 1;
        SecretKey::from_seed(address.cinema.clone(), &[2; 32])
    }

    fn broker(&self, reached: Result<(), Trouble>) {
        self.reached.lock().unwrap().push(reached);
    }
}

/// A box and a hub, each with its own life.
struct World {
    network: Network,
    clock: Clock,
    random: Random,
    up: Streams,
    down: Streams,
    /// Where the box asks, and where the hub does.
    asks: [Asks; 2],
    /// Whether the hub has revoked the box's keys.
    revoked: Arc<AtomicBool>,
    /// Whether another has taken the box's place.
    former: Arc<AtomicBool>,
    /// Whether the hub's database has no time for the box of the Astor.
    busy: Arc<AtomicBool>,
    /// What the hub was told of the broker.
    reached: Reached,
}

impl World {
    fn new(seed: u64) -> Self {
        let random = Random::seeded(seed);
        let clock = Clock::manual("2026-11-23T20:00:00Z".parse().unwrap());
        Self {
            network: Network::new(random.clone()),
            clock,
            random,
            up: Streams::default(),
            down: Streams::default(),
            asks: Default::default(),
            revoked: Arc::default(),
            former: Arc::default(),
            busy: Arc::default(),
            reached: Arc::default(),
        }
    }

    fn machine(&self) -> Machine {
        Machine {
            clock: self.clock.clone(),
            random: self.random.clone(),
            ..Machine::system(CancellationToken::new())
        }
    }

    fn start_box(&self, cinema: &str) -> (Lifecycle, Written) {
        let (machine, written) = (self.machine(), Written::default());
        let life = machine.lifecycle.clone();
        let hub = SecretKey::<Frames>::from_seed(address(cinema).cinema, &[2; 32]);
        let identity = BoxIdentity {
            address: address(cinema),
            frame_seed: [1; 32],
            hub: Keys::valid([hub.public().clone()]),
            incarnation: Incarnation::first(Nonce::from([1; 16])),
            generation: Generation::first(Nonce::from([2; 16])),
        };
        let transport = Transport::Memory(self.network.clone());
        BoxEnd::new(
            identity,
            transport,
            self.up.clone(),
            written.clone(),
            self.asks[0].clone(),
            machine,
        )
        .start();
        (life, written)
    }

    fn start_hub(&self) -> (Lifecycle, Strangers, Changes) {
        let machine = self.machine();
        let life = machine.lifecycle.clone();
        let strangers = Strangers::default();
        let cinemas = Cinemas {
            streams: self.down.clone(),
            revoked: Arc::clone(&self.revoked),
            former: Arc::clone(&self.former),
            strangers: Arc::clone(&strangers),
            busy: Arc::clone(&self.busy),
            asked: AtomicBool::default(),
            reached: Arc::clone(&self.reached),
        };
        let transport = Transport::Memory(self.network.clone());
        let (end, changes) = HubEnd::new(cinemas, transport, self.asks[1].clone(), machine);
        end.start();
        (life, strangers, changes)
    }

    async fn pass(&self, time: Duration) {
        let step = Duration::from_millis(50);
        let mut passed = Duration::ZERO;
        while passed < time {
            self.clock.advance(step);
            tokio::time::sleep(step).await;
            passed += step;
        }
    }

    /// Whether the box reaches for the broker.
    fn reaches(&self) -> bool {
        !matches!(stands(&self.up), Some(Happening::Opened { .. }))
    }

    /// Whether the box has ever said that another comes with its identity.
    fn accuses_another(&self) -> bool {
        let is_told = |happened: &Happening| matches!(happened, Happening::Disconnected(trouble) if trouble.kind == wire::LinkTrouble::SameIdentity);
        self.up.with(|streams| streams.happened.iter().any(is_told))
    }

    fn is_equal(&self) -> bool {
        let (written_up, acknowledged_up) = self.up.with(|s| (s.written.clone(), s.acknowledged));
        let (written_down, acknowledged_down) =
            self.down.with(|s| (s.written.clone(), s.acknowledged));
        self.down.with(|s| s.applied == written_up)
            && self.up.with(|s| s.applied == written_down)
            && acknowledged_up == written_up.len() as u64
            && acknowledged_down == written_down.len() as u64
    }

    async fn settle(&self) {
        for _ in 0..200 {
            if self.is_equal() {
                return;
            }
            self.pass(Duration::from_secs(1)).await;
        }
        let happened = self
            .up
            .with(|s| format!("{:?}", s.happened.iter().rev().take(9).collect::<Vec<_>>()));
        panic!("the streams did not become equal; the box saw last: {happened}");
    }
}

fn cancelled() -> Body {
    ShowtimeCancelled {
        showtime: "s1".parse().unwrap(),
        reason: "x".repeat(400),
    }
    .into()
}

fn adopted() -> Body {
    ContentAdopted {
        content: Content::Film("stalker".parse().unwrap()),
        version: 1,
    }
    .into()
}

#[tokio::test(start_paused = true)]
async fn streams_end_equal_through_bad_weather_cuts_and_deaths() {
    for seed in 0..8 {
        let world = World::new(seed);
        world.network.weather(Weather {
            lose: 20,
            repeat: 20,
            reorder: 20,
            flip: 5,
        });
        let (mut box_life, mut written) = world.start_box("metropol");
        let (mut hub_life, _, mut changes) = world.start_hub();
        for round in 0..6 {
            for _ in 0..200 {
                world.up.write(&cancelled());
                world.down.write(&adopted());
            }
            written.tell();
            changes.tell(Change::Written(address("metropol")));
            world.pass(Duration::from_secs(5)).await;
            match round % 3 {
                0 => world.network.cut(),
                1 => {
                    box_life.shutdown().cancel();
                    (box_life, written) = world.start_box("metropol");
                }
                _ => {
                    hub_life.shutdown().cancel();
                    (hub_life, _, changes) = world.start_hub();
                }
            }
            world.pass(Duration::from_secs(3)).await;
            world.network.mend();
        }
        world.network.weather(Weather::default());
        world.settle().await;
        box_life.shutdown().cancel();
        hub_life.shutdown().cancel();
        assert!(box_life.drain().await && hub_life.drain().await);
    }
}

#[tokio::test(start_paused = true)]
async fn selling_goes_on_without_the_task_and_catches_up_with_it() {
    let world = World::new(1);
    let (_hub, _, _) = world.start_hub();
    for _ in 0..1000 {
        world.up.write(&cancelled());
    }
    let (_box, _) = world.start_box("metropol");
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn a_revoked_box_is_told_and_a_stranger_is_noticed() {
    let world = World::new(1);
    world.up.write(&cancelled());
    world.revoked.store(true, Ordering::SeqCst);
    let (_hub, strangers, _) = world.start_hub();
    let (_box, _) = world.start_box("metropol");
    world.pass(Duration::from_secs(5)).await;
    let refusal = wire::Refusal::RevokedKey(key(1).public().id());
    assert!(world.up.told(&wire::Notice::RefusedByPeer(refusal.clone())));
    assert!(world.down.told(&wire::Notice::Refused(refusal)));
    assert!(world.down.with(|s| s.applied.is_empty()));
    let (_stranger, _) = world.start_box("odeon");
    world.pass(Duration::from_secs(5)).await;
    assert!(strangers.lock().unwrap().contains_key("odeon"));
    let unknown = wire::Refusal::UnknownKey(key(1).public().id());
    assert!(world.up.told(&wire::Notice::RefusedByPeer(unknown)));
}

#[tokio::test(start_paused = true)]
async fn a_box_whose_place_another_has_taken_is_told_that_it_is_revoked() {
    let world = World::new(1);
    let (_hub, strangers, changes) = world.start_hub();
    let (_box, _) = world.start_box("metropol");
    world.settle().await;
    assert!(strangers.lock().unwrap().is_empty(), "it is known");
    world.former.store(true, Ordering::SeqCst);
    changes.tell(Change::Keys(address("metropol")));
    world.pass(Duration::from_secs(60)).await;
    let refusal = wire::Refusal::RevokedKey(key(1).public().id());
    assert!(world.up.told(&wire::Notice::RefusedByPeer(refusal)));
    assert!(strangers.lock().unwrap().contains_key("metropol"));
}

#[tokio::test(start_paused = true)]
async fn a_box_is_revoked_however_much_else_has_changed_at_that_moment() {
    let world = World::new(1);
    world.up.write(&cancelled());
    let (_hub, _, changes) = world.start_hub();
    let (_box, written) = world.start_box("metropol");
    world.settle().await;
    for _ in 0..10_000 {
        changes.tell(Change::Written(address("metropol")));
    }
    world.revoked.store(true, Ordering::SeqCst);
    changes.tell(Change::Keys(address("metropol")));
    world.pass(Duration::from_secs(5)).await;
    world.up.write(&cancelled());
    written.tell();
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(world.down.with(|s| s.applied.len()), 1);
    let refusal = wire::Refusal::RevokedKey(key(1).public().id());
    assert!(world.up.told(&wire::Notice::RefusedByPeer(refusal)));
}

#[tokio::test(start_paused = true)]
async fn a_box_that_is_heard_before_the_hub_is_ready_is_no_stranger() {
    let world = World::new(1);
    let approach = Approach {
        client: "early".to_owned(),
        subscriptions: Vec::new(),
        will: None,
        bell: Bell::default(),
    };
    let transport = Transport::Memory(world.network.clone());
    let line = transport.connect(approach, &world.machine());
    for cinema in ["metropol", "odeon"] {
        // What is retained comes before the last subscription is confirmed.
        line.sender().send(Message {
            topic: address(cinema).topic(Topic::Up),
            bytes: vec![7],
            retained: true,
        });
    }
    let (_hub, strangers, _) = world.start_hub();
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(
        strangers.lock().unwrap().keys().collect::<Vec<_>>(),
        ["odeon"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_comes_late_is_reached_at_once_and_missed_once() {
    for seed in 0..4 {
        let world = World::new(seed);
        world.network.cut();
        let (_hub, _, _) = world.start_hub();
        world.pass(Duration::from_secs(100)).await;
        world.network.mend();
        world.pass(Duration::from_millis(2_100)).await;
        let missed = Err(Trouble::unreachable("the network is cut"));
        assert_eq!(*world.reached.lock().unwrap(), [missed, Ok(())]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_starts_beside_its_hub_is_not_missed() {
    let world = World::new(1);
    world.network.cut();
    let (_hub, _, _) = world.start_hub();
    world.pass(Duration::from_millis(50)).await;
    world.network.mend();
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(*world.reached.lock().unwrap(), [Ok(())]);
    world.network.cut();
    world.pass(Duration::from_millis(50)).await;
    assert_eq!(world.reached.lock().unwrap().len(), 2, "missed at once");
}

#[tokio::test(start_paused = true)]
async fn a_box_that_the_database_has_no_time_for_keeps_nobody_waiting() {
    let world = World::new(1);
    world.up.write(&cancelled());
    world.busy.store(true, Ordering::SeqCst);
    let (_hub, strangers, _) = world.start_hub();
    let (_astor, _) = world.start_box("astor");
    let (_box, _) = world.start_box("metropol");
    world.settle().await;
    assert_eq!(*world.reached.lock().unwrap(), [Ok(())], "one line");
    assert!(strangers.lock().unwrap().is_empty(), "it is known");
    world.busy.store(false, Ordering::SeqCst);
    world.pass(Duration::from_secs(40)).await;
    let strangers = strangers.lock().unwrap();
    assert_eq!(strangers.keys().collect::<Vec<_>>(), ["astor"], "looked up");
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_cannot_keep_what_comes_is_told_so_and_goes_on_when_it_can() {
    let world = World::new(1);
    let (_hub, _, _) = world.start_hub();
    let (_box, written) = world.start_box("metropol");
    world.settle().await;
    world.down.with(|streams| streams.is_full = true);
    world.up.write(&cancelled());
    written.tell();
    world.pass(Duration::from_secs(5)).await;
    let failed = |happened: &Happening| matches!(happened, Happening::Failed(why) if why.0 == "the disk is full");
    assert!(
        world
            .down
            .with(|streams| streams.happened.iter().any(failed))
    );
    world.down.with(|streams| streams.is_full = false);
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_is_stopped_applies_nothing_keeps_the_session_and_hears_it_all_later() {
    let world = World::new(1);
    let (_hub, _, _) = world.start_hub();
    let (_box, written) = world.start_box("metropol");
    world.settle().await;
    world.down.with(|streams| streams.is_stopped = true);
    for _ in 0..20 {
        world.up.write(&cancelled());
        written.tell();
        world.pass(Duration::from_secs(1)).await;
    }
    let ended = |it: &Happening| matches!(it, Happening::Failed(_) | Happening::Closed(_));
    world.down.with(|streams| {
        assert!(streams.applied.is_empty());
        assert!(streams.held > 1, "it is told again");
        assert!(!streams.happened.iter().any(ended), "the session goes on");
        streams.is_stopped = false;
    });
    world.settle().await;
    assert_eq!(world.down.with(|streams| streams.applied.len()), 20);
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_told_waits_until_it_may() {
    let world = World::new(1);
    world.up.with(|streams| streams.is_secret = true);
    world.up.write(&cancelled());
    world.down.write(&adopted());
    let (_hub, _, _) = world.start_hub();
    let (_box, written) = world.start_box("metropol");
    for _ in 0..2 {
        world.pass(Duration::from_secs(60)).await;
        assert_eq!(world.down.with(|streams| streams.applied.len()), 0);
        world.up.write(&cancelled());
        written.tell();
    }
    assert_eq!(
        world.up.with(|streams| streams.applied.len()),
        1,
        "it hears"
    );
    world.up.with(|streams| streams.is_secret = false);
    written.tell();
    world.settle().await;
}

/// What was told last of how the link stands.
fn stands(streams: &Streams) -> Option<Happening> {
    let says = |happened: &&Happening| {
        matches!(
            happened,
            Happening::Opened { .. } | Happening::Failed(_) | Happening::Disconnected(_)
        )
    };
    streams.with(|streams| streams.happened.iter().rev().find(says).cloned())
}

#[tokio::test(start_paused = true)]
async fn a_link_whose_task_cannot_read_or_panics_says_so_and_is_begun_again() {
    let world = World::new(1);
    let (hub, _, changes) = world.start_hub();
    let (cinema, written) = world.start_box("metropol");
    world.settle().await;
    for of_hub in [true, false] {
        for (unreadable, panics) in [(2, 0), (0, 2)] {
            let (streams, life) = match of_hub {
                true => (&world.down, &hub),
                false => (&world.up, &cinema),
            };
            streams.with(|streams| (streams.unreadable, streams.panics) = (unreadable, panics));
            // Both begin anew.
            world.network.cut();
            world.pass(Duration::from_millis(100)).await;
            world.network.mend();
            let left = || streams.with(|streams| streams.unreadable + streams.panics);
            while left() > 0 {
                world.pass(Duration::from_millis(50)).await;
                let failed = stands(streams);
                let is_open = matches!(failed, Some(Happening::Opened { .. }));
                assert!(
                    !is_open,
                    "of the hub: {of_hub}, {panics} panics: {failed:?}"
                );
            }
            let failing = life.failures().failing();
            assert_eq!(failing.len(), usize::from(panics > 0), "{failing:?}");
            world.up.write(&cancelled());
            world.down.write(&adopted());
            written.tell();
            changes.tell(Change::Written(address("metropol")));
            world.settle().await;
        }
    }
}

/// A box and a hub whose disk takes its time, with several deliveries on their way into it.
async fn handed_over_to_a_busy_disk(world: &World) -> [Lifecycle; 2] {
    let (hub, _, _) = world.start_hub();
    let (cinema, written) = world.start_box("metropol");
    world.settle().await;
    world.down.with(|streams| streams.waiting = Some(0));
    for _ in 0..1000 {
        world.up.write(&cancelled());
    }
    written.tell();
    world.pass(Duration::from_secs(1)).await;
    let waiting = world.down.with(|streams| streams.waiting);
    assert!(waiting > Some(1), "{waiting:?} deliveries are handed over");
    [hub, cinema]
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_the_disk_is_busy_is_handed_over_and_acknowledged_once_it_is_kept() {
    let world = World::new(1);
    let _running = handed_over_to_a_busy_disk(&world).await;
    assert_eq!(world.up.with(|streams| streams.acknowledged), 0);
    world.pass(Duration::from_secs(30)).await;
    let is_quiet = |happened: &Happening| matches!(happened, Happening::Quiet);
    let quiet = world
        .up
        .with(|streams| streams.happened.iter().any(is_quiet));
    assert!(!quiet, "a hub that is busy answers");
    world.down.with(|streams| streams.waiting = None);
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn deliveries_after_one_that_cannot_be_kept_are_read_again() {
    let world = World::new(1);
    let _running = handed_over_to_a_busy_disk(&world).await;
    // The first is refused, so that those after it find a gap.
    world.down.with(|streams| {
        streams.waiting = None;
        streams.refusals = 1;
    });
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn two_boxes_with_one_identity_throw_each_other_off_ever_more_seldom() {
    let world = World::new(1);
    let (_hub, _, _) = world.start_hub();
    let (_box, _) = world.start_box("metropol");
    let (_copy, _) = world.start_box("metropol");
    let connected = || {
        let is_one = |happened: &&Happening| matches!(happened, Happening::Connected);
        world
            .up
            .with(|streams| streams.happened.iter().filter(is_one).count())
    };
    world.pass(Duration::from_secs(300)).await;
    let early = connected();
    world.pass(Duration::from_secs(300)).await;
    let late = connected() - early;
    // At half a minute's wait of each at the most, and at a quarter of one at the least.
    assert!((10..=45).contains(&late), "{early}, then {late}");
    assert!(world.accuses_another());
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_fails_again_and_again_is_no_other_box_with_this_identity() {
    for (away, there) in [(80, 4), (1, 20), (31, 1)] {
        let world = World::new(1);
        let (_hub, _, _) = world.start_hub();
        let (_box, _) = world.start_box("metropol");
        world.pass(Duration::from_secs(4)).await;
        for _ in 0..8 {
            world.network.cut();
            world.pass(Duration::from_secs(away)).await;
            world.network.mend();
            while world.reaches() {
                world.pass(Duration::from_millis(50)).await;
            }
            world.pass(Duration::from_secs(there)).await;
        }
        assert!(!world.accuses_another(), "{away} s away, {there} s there");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_does_not_answer_is_quiet_within_seconds_and_the_line_stays() {
    let world = World::new(1);
    let (hub, _, _) = world.start_hub();
    let (_box, written) = world.start_box("metropol");
    world.settle().await;
    let count = |is_it: fn(&Happening) -> bool| {
        let happened = |streams: &mut Inner| streams.happened.iter().filter(|it| is_it(it)).count();
        world.up.with(happened)
    };
    let quiet = || count(|happened| matches!(happened, Happening::Quiet));
    // An evening in which nothing is sold.
    world.pass(Duration::from_secs(300)).await;
    assert_eq!(quiet(), 0);
    hub.shutdown().cancel();
    world.up.write(&cancelled());
    written.tell();
    world.pass(Duration::from_secs(9)).await;
    assert_eq!(quiet(), 0);
    world.pass(Duration::from_secs(2)).await;
    assert_eq!(quiet(), 1);
    world.pass(Duration::from_secs(30)).await;
    assert_eq!(quiet(), 1, "it is said once");
    let lines = count(|happened| matches!(happened, Happening::Connected));
    assert_eq!(lines, 1);
    let (hub, _, _) = world.start_hub();
    world.settle().await;
    hub.shutdown().cancel();
    world.pass(Duration::from_secs(26)).await;
    assert_eq!(quiet(), 2, "without a word to say, too");
}

/// As on a broker that takes a box's subscriptions and drops what it says, because its certificate is another cinema's.
#[tokio::test(start_paused = true)]
async fn a_line_on_which_nobody_answers_is_begun_anew_and_says_so() {
    let world = World::new(1);
    let (_box, _) = world.start_box("metropol");
    let count = |is_it: fn(&Happening) -> bool| {
        let happened = |streams: &mut Inner| streams.happened.iter().filter(|it| is_it(it)).count();
        world.up.with(happened)
    };
    let lines = || count(|happened| matches!(happened, Happening::Connected));
    world.pass(Duration::from_secs(300)).await;
    assert!((3..=8).contains(&lines()), "{} lines", lines());
    let told = count(
        |happened| matches!(happened, Happening::Disconnected(why) if why.words.contains("nobody answers")),
    );
    assert!(told >= 2, "{told} times");
    let (_hub, _, _) = world.start_hub();
    world.pass(Duration::from_secs(60)).await;
    let before = lines();
    world.pass(Duration::from_secs(300)).await;
    assert_eq!(lines(), before, "a line on which somebody answers stays");
}

fn wish(seat: usize) -> Wish {
    Wish {
        showtime: "s1".parse().unwrap(),
        auditorium: "1".parse().unwrap(),
        plan: 1,
        seats: vec![format!("A{seat}").parse().unwrap()],
    }
}

impl World {
    /// A box and a hub in a session.
    async fn in_session(seed: u64) -> (Self, Lifecycle, Lifecycle) {
        let world = Self::new(seed);
        let (hub, _, _) = world.start_hub();
        let (the_box, _) = world.start_box("metropol");
        world.pass(Duration::from_secs(5)).await;
        assert!(world.can_ask());
        (world, the_box, hub)
    }

    fn can_ask(&self) -> bool {
        let metropol = address("metropol").cinema;
        self.asks.iter().all(|asks| asks.is_open(&metropol))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "whoever waits is no task of an end"
    )]
    fn begin_asking(&self, asker: usize, seat: usize) -> tokio::task::JoinHandle<Answered> {
        let asks = self.asks[asker].clone();
        tokio::spawn(async move { asks.ask(&address("metropol").cinema, wish(seat)).await })
    }

    /// What comes of an ask without any wait.
    fn ask_at_once(&self, asker: usize) -> Option<Answered> {
        let cinema = address("metropol").cinema;
        self.asks[asker].ask(&cinema, wish(1)).now_or_never()
    }

    /// Asks, and gives what came of it and after how long.
    async fn ask(&self, asker: usize, seat: usize) -> (Answered, Duration) {
        let asking = self.begin_asking(asker, seat);
        let mut passed = Duration::ZERO;
        let step = Duration::from_millis(50);
        while !asking.is_finished() && passed < Duration::from_secs(60) {
            self.pass(step).await;
            passed += step;
        }
        (asking.await.unwrap(), passed)
    }
}

fn seats_asked(streams: &Streams) -> Vec<Wish> {
    streams.with(|s| s.asked.iter().map(|asked| asked.wish.clone()).collect())
}

#[tokio::test(start_paused = true)]
async fn each_end_asks_the_other_and_is_answered() {
    let (world, _box, _hub) = World::in_session(1).await;
    let soon = Duration::from_millis(200);
    let (answered, after) = world.ask(0, 1).await;
    assert_eq!(answered, Answered::Replied(Reply::Given));
    assert!(after <= soon, "{after:?}");
    assert_eq!(seats_asked(&world.down), [wish(1)]);
    world.up.with(|streams| streams.gives_nothing = true);
    let (answered, after) = world.ask(1, 2).await;
    assert_eq!(answered, Answered::Replied(Reply::Refused(NotGiven::Floor)));
    assert!(after <= soon, "{after:?}");
    assert_eq!(seats_asked(&world.up), [wish(2)]);
    let known = |streams: &Streams| streams.with(|s| s.asked[0].until);
    assert!(known(&world.down) < known(&world.up));
}

#[tokio::test(start_paused = true)]
async fn without_a_session_an_ask_is_out_of_reach_at_once() {
    let world = World::new(1);
    assert_eq!(world.ask_at_once(0), Some(Answered::OutOfReach));
    let (world, _box, _hub) = World::in_session(1).await;
    world.network.cut();
    let (answered, after) = world.ask(0, 1).await;
    assert_eq!(answered, Answered::OutOfReach);
    assert!(after <= Duration::from_millis(100), "{after:?}");
    world.pass(Duration::from_millis(100)).await;
    for asker in [0, 1] {
        assert_eq!(world.ask_at_once(asker), Some(Answered::OutOfReach));
    }
    world.network.mend();
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(world.ask(0, 1).await.0, Answered::Replied(Reply::Given));
}

#[tokio::test(start_paused = true)]
async fn an_end_that_falls_silent_is_waited_for_until_the_deadline() {
    let (world, _box, hub) = World::in_session(1).await;
    hub.shutdown().cancel();
    world.pass(Duration::from_millis(50)).await;
    let (answered, after) = world.ask(0, 1).await;
    assert_eq!(answered, Answered::Late);
    let within = wire::link::ANSWER_WITHIN;
    let slack = Duration::from_millis(100);
    assert!((within..=within + slack).contains(&after), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_cut_while_one_waits_is_out_of_reach_then() {
    let (world, _box, hub) = World::in_session(1).await;
    hub.shutdown().cancel();
    world.pass(Duration::from_millis(50)).await;
    let asking = world.begin_asking(0, 1);
    world.pass(Duration::from_millis(500)).await;
    assert!(!asking.is_finished());
    world.network.cut();
    world.pass(Duration::from_millis(100)).await;
    assert!(asking.is_finished());
    assert_eq!(asking.await.unwrap(), Answered::OutOfReach);
}

#[tokio::test(start_paused = true)]
async fn an_ask_waits_behind_no_backlog() {
    let world = World::new(1);
    let (_hub, _, _) = world.start_hub();
    let (_box, written) = world.start_box("metropol");
    world.pass(Duration::from_secs(5)).await;
    world.down.with(|streams| streams.waiting = Some(0));
    for _ in 0..5_000 {
        world.up.write(&cancelled());
    }
    written.tell();
    world.pass(Duration::from_secs(1)).await;
    let (answered, after) = world.ask(0, 1).await;
    assert_eq!(answered, Answered::Replied(Reply::Given));
    assert!(after <= Duration::from_millis(200), "{after:?}");
    assert!(world.down.with(|streams| streams.applied.is_empty()));
    assert!(world.down.with(|streams| streams.waiting.take()) > Some(0));
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn whatever_the_weather_an_ask_is_over_in_time_and_asked_once() {
    let mut given = 0;
    for seed in 0..8 {
        let (world, _box, _hub) = World::in_session(seed).await;
        world.network.weather(Weather {
            lose: 15,
            repeat: 25,
            reorder: 25,
            flip: 10,
        });
        let mut asking = Vec::new();
        for seat in 0..40 {
            for asker in [0, 1] {
                asking.push((asker, seat, world.begin_asking(asker, seat)));
            }
            world.pass(Duration::from_millis(50)).await;
        }
        let slack = Duration::from_millis(100);
        world.pass(wire::link::ANSWER_WITHIN + slack).await;
        let asked = [seats_asked(&world.down), seats_asked(&world.up)];
        for (asker, seat, asking) in asking {
            assert!(asking.is_finished(), "{seed}: {asker} {seat}");
            let times = asked[asker].iter().filter(|it| **it == wish(seat)).count();
            assert!(times <= 1, "asked {times} times");
            match asking.await.unwrap() {
                Answered::Replied(Reply::Given) => {
                    assert_eq!(times, 1);
                    given += 1;
                }
                Answered::OutOfReach | Answered::Late => {}
                other @ Answered::Replied(Reply::Refused(_) | Reply::Taken(_)) => {
                    panic!("{other:?}")
                }
            }
        }
    }
    assert!(given > 200, "{given}");
}

#[tokio::test(start_paused = true)]
async fn an_ask_of_an_older_session_counts_no_more_nor_does_a_forged_one() {
    let (world, _box, _hub) = World::in_session(1).await;
    world.ask(0, 1).await;
    world.ask(1, 2).await;
    let overheard = || {
        let is_ours = |message: &Message| {
            [
                Topic::UpAsk,
                Topic::UpAnswer,
                Topic::DownAsk,
                Topic::DownAnswer,
            ]
            .into_iter()
            .any(|topic| message.topic == address("metropol").topic(topic))
        };
        let all = world.network.overheard();
        all.into_iter().filter(is_ours).collect::<Vec<_>>()
    };
    let first = overheard();
    assert_eq!(first.len(), 4);
    world.network.cut();
    world.pass(Duration::from_secs(1)).await;
    world.network.mend();
    world.pass(Duration::from_secs(60)).await;
    assert!(world.can_ask());
    for message in &first {
        world.network.inject(&message.topic, message.bytes.clone());
    }
    world.pass(Duration::from_secs(1)).await;
    let none_more = |world: &World| {
        assert_eq!(seats_asked(&world.down), [wish(1)]);
        assert_eq!(seats_asked(&world.up), [wish(2)]);
    };
    none_more(&world);
    // One of this session, on another topic and with each byte changed.
    world.ask(0, 1).await;
    world.down.with(|streams| streams.asked.pop());
    let Some(ask) = overheard().into_iter().nth_back(1) else {
        panic!("it was asked")
    };
    assert!(ask.topic.ends_with("/ask"));
    let answer = address("metropol").topic(Topic::UpAnswer);
    world.network.inject(&answer, ask.bytes.clone());
    for place in 0..ask.bytes.len() {
        let mut bytes = ask.bytes.clone();
        bytes[place] ^= 0x10;
        world.network.inject(&ask.topic, bytes);
        world.pass(Duration::from_millis(50)).await;
    }
    none_more(&world);
}
