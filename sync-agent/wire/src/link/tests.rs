//! Two links over a channel that loses, repeats, reorders and damages, with ends that are killed: whatever happens, each
//! end has applied a beginning of what the other wrote, and in the end all of it.

use proptest::prelude::*;

use super::*;
use crate::ask::NotGiven;
use crate::context::{Generation, Incarnation};
use crate::event::{Body, ContentAdopted, Meaning, ShowtimeCancelled};
use crate::event::{Content, hash_of};
use crate::hello::{CustodyHashes, Step};

/// A number generator that a seed repeats (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.roll() % sides as u64).unwrap()
    }

    fn nonce(&mut self) -> Nonce {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.roll().to_be_bytes());
        bytes[8..].copy_from_slice(&self.roll().to_be_bytes());
        Nonce::from(bytes)
    }
}

/// What an end's database holds: it outlives the end.
#[derive(Default)]
struct Store {
    written: Vec<Event>,
    applied: Vec<Event>,
    given: u64,
    pending: Vec<u64>,
    confirmed: u64,
    acknowledged: u64,
    keeping: Option<Keeping>,
    /// What the other end may need, as it has told with the last session.
    needed: Option<OldestCopy>,
}

impl Store {
    fn standing(&self) -> Standing {
        let end = |events: &[Event]| events.last().map_or(Position::START, Event::position);
        Standing {
            written: end(&self.written),
            applied: end(&self.applied),
            given: self.given,
            pending: self.pending.clone(),
            confirmed: self.confirmed,
            keeping: self.keeping.unwrap_or(Keeping::ALL),
        }
    }

    fn write(&mut self, body: &Body) -> Position {
        let head = self.standing().written;
        let event = Event::after(
            &head,
            format!("e{}", head.seq + 1).parse().unwrap(),
            0,
            body,
        )
        .unwrap();
        self.written.push(event);
        self.standing().written
    }
}

/// What a box with this store says of custody.
/// What the hub of these tests has signed; only a process looks into it.
fn key_list_of_hub() -> ToldKeyList {
    ToldKeyList {
        root: KeyBytes::from([8; 32]),
        list: crate::bytes::Blob(vec![1]),
    }
}

fn custody(store: &Store) -> CustodyHashes {
    let standing = store.standing();
    CustodyHashes {
        up: standing.written.seq,
        down: standing.applied.seq,
        codes: 0,
        showtimes: Vec::new(),
        scanned: Vec::new(),
    }
}

/// A question that the link has asked its store, and that may wait or die.
enum Job {
    Load(u64),
    Apply(Delivery),
    Store(u64, Option<ToldKeyList>),
}

struct Node {
    end: End,
    link: Link,
    store: Store,
    jobs: Vec<Job>,
    notices: Vec<Notice>,
    strays: Vec<Event>,
    /// What it was asked, and what became of what it asked.
    asked: Vec<(Nonce, Wish)>,
    answered: Vec<(Nonce, Answered)>,
}

const INCARNATION: [u8; 16] = [1; 16];

fn link(end: End, standing: Standing) -> Link {
    let cinema: CinemaId = "metropol".parse().unwrap();
    let key = |end| {
        SecretKey::<Frames>::from_seed(cinema.clone(), &[if end == End::Box { 1 } else { 2 }; 32])
    };
    let setup = Setup {
        end,
        key: key(end),
        peer: Keys::valid([key(end.other()).public().clone()]),
        incarnation: Incarnation::first(Nonce::from(INCARNATION)),
        generation: Generation::first(Nonce::from([2; 16])),
        program: "test".into(),
        ticket_key: (end == End::Hub).then(|| KeyBytes::from([3; 32])),
    };
    Link::new(setup, standing)
}

impl Node {
    fn new(end: End) -> Self {
        let store = Store::default();
        Self {
            end,
            link: link(end, store.standing()),
            store,
            jobs: Vec::new(),
            notices: Vec::new(),
            strays: Vec::new(),
            asked: Vec::new(),
            answered: Vec::new(),
        }
    }
}

struct Asking {
    asker: usize,
    id: Nonce,
    asked_at: Duration,
}

fn wish() -> Wish {
    Wish {
        showtime: "s1".parse().unwrap(),
        auditorium: "1".parse().unwrap(),
        plan: 1,
        seats: vec!["F7".parse().unwrap()],
    }
}

/// What is answered to an ask, whoever asks.
fn reply_to(id: Nonce) -> Reply {
    match id.as_bytes()[0] % 2 {
        0 => Reply::Given,
        _ => Reply::Refused(NotGiven::NotFree),
    }
}

struct World {
    dice: Dice,
    now: Duration,
    nodes: [Node; 2],
    /// What is on its way, to which node.
    channel: Vec<(usize, Topic, Vec<u8>)>,
    /// Everything that was ever sent, for an adversary that has kept it.
    heard: Vec<(usize, Topic, Vec<u8>)>,
    /// The asks of ends that live of which nothing is said yet.
    asks: Vec<Asking>,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            dice: Dice(seed),
            now: Duration::ZERO,
            nodes: [Node::new(End::Box), Node::new(End::Hub)],
            channel: Vec::new(),
            heard: Vec::new(),
            asks: Vec::new(),
        }
    }

    fn ask(&mut self, asker: usize) -> Nonce {
        self.ask_for(asker, wish())
    }

    fn ask_something(&mut self, asker: usize) {
        self.ask(asker);
    }

    fn ask_for(&mut self, asker: usize, wish: Wish) -> Nonce {
        let (id, asked_at) = (self.dice.nonce(), self.now);
        let asking = Asking {
            asker,
            id,
            asked_at,
        };
        self.asks.push(asking);
        self.tell(asker, Input::Ask { id, wish });
        id
    }

    /// An ask is over: for the first time, with what the other end does answer to it or with none.
    fn answered(&mut self, asker: usize, id: Nonce, answered: &Answered) {
        let is_it = |ask: &Asking| (ask.asker, ask.id) == (asker, id);
        let place = self.asks.iter().position(is_it).expect("it is open");
        let asked_at = self.asks.swap_remove(place).asked_at;
        if let Answered::Replied(reply) = answered {
            assert_eq!(*reply, reply_to(id));
            assert!(self.now < asked_at + ANSWER_WITHIN);
        }
    }

    /// A node answers the oldest ask that it has.
    fn answer(&mut self, node: usize) {
        if !self.nodes[node].asked.is_empty() {
            let (id, _) = self.nodes[node].asked.remove(0);
            let reply = reply_to(id);
            self.tell(node, Input::Answer { id, reply });
        }
    }

    /// Nobody waits for an answer beyond its time.
    fn check_asks(&self) {
        for ask in &self.asks {
            let due = self.nodes[ask.asker].link.next_due();
            assert!(due.is_some_and(|due| due <= ask.asked_at + ANSWER_WITHIN));
        }
    }

    fn tell(&mut self, node: usize, input: Input) {
        let nonce = self.dice.nonce();
        let tick = matches!(input, Input::Tick);
        let link = &mut self.nodes[node].link;
        let is_due = link.next_due().is_some_and(|due| due <= self.now);
        let outputs = link.handle(input, self.now, nonce);
        if tick {
            assert!(is_due || outputs.is_empty(), "a tick before its time");
            assert!(link.next_due().is_none_or(|due| due > self.now));
        }
        for output in outputs {
            let here = &mut self.nodes[node];
            match output {
                Output::Send { topic, bytes } => {
                    assert!(topic.is_written_by(here.end));
                    self.heard.push((1 - node, topic, bytes.clone()));
                    self.channel.push((1 - node, topic, bytes.clone()));
                    if topic == Topic::Hello {
                        self.channel.push((node, topic, bytes));
                    }
                }
                Output::StoreSession { number, key_list } => {
                    here.jobs.push(Job::Store(number, key_list));
                }
                Output::Load { after } => here.jobs.push(Job::Load(after)),
                Output::Apply(delivery) => here.jobs.push(Job::Apply(delivery)),
                Output::Acknowledged(position) => {
                    here.store.acknowledged = here.store.acknowledged.max(position.seq);
                }
                Output::Opened {
                    session,
                    ticket_key,
                    custody,
                    oldest_copy,
                    key_list,
                    ..
                } => {
                    here.store.needed = oldest_copy;
                    // The hub hears what the box has kept of what it was offered.
                    assert_eq!(key_list, Some(key_list_of_hub()));
                    // The hub alone has one.
                    assert_eq!(ticket_key.is_some(), here.link.setup.end == End::Box);
                    // The box alone says it, and has said it of what the hub has not passed.
                    assert_eq!(custody.is_some(), here.link.setup.end == End::Hub);
                    let applied = here.store.standing().applied.seq;
                    assert!(custody.is_none_or(|it| it.up >= applied));
                    here.store.confirmed = session;
                    here.store.pending.retain(|&pending| pending > session);
                }
                Output::Stray(frame) => here.strays.extend_from_slice(frame.events()),
                Output::Asked { id, wish } => here.asked.push((id, wish)),
                Output::Answered { id, answered } => {
                    here.answered.push((id, answered.clone()));
                    self.answered(node, id, &answered);
                }
                Output::Heard | Output::Quiet | Output::Closed(_) => {}
                Output::Notice(notice) => here.notices.push(notice),
            }
        }
    }

    /// Does the oldest job of a node, as a runner with one queue would.
    fn work(&mut self, node: usize) {
        if self.nodes[node].jobs.is_empty() {
            return;
        }
        let here = &mut self.nodes[node];
        let answer = match here.jobs.remove(0) {
            Job::Load(after) => {
                let after = usize::try_from(after).unwrap();
                Input::Loaded(
                    here.store
                        .written
                        .iter()
                        .skip(after)
                        .take(40)
                        .cloned()
                        .collect(),
                )
            }
            Job::Apply(delivery) => {
                assert_eq!(
                    delivery.before(),
                    here.store.standing().applied,
                    "in order, without a gap"
                );
                here.store
                    .applied
                    .extend(delivery.events().map(|(event, _)| event.clone()));
                Input::Applied(delivery.last())
            }
            Job::Store(number, key_list) => {
                let key_list = match here.end {
                    End::Hub => Some(key_list_of_hub()),
                    End::Box => key_list,
                };
                here.store.given = here.store.given.max(number);
                here.store.pending.push(number);
                let custody = (here.end == End::Box).then(|| custody(&here.store));
                Input::SessionStored {
                    number,
                    custody,
                    keeping: here.store.standing().keeping,
                    key_list,
                }
            }
        };
        self.tell(node, answer);
    }

    fn write(&mut self, node: usize) {
        let position = self.nodes[node].store.write(&body(self.nodes[node].end));
        self.tell(node, Input::Written(position));
    }

    fn restart(&mut self, node: usize) {
        let here = &mut self.nodes[node];
        here.jobs.clear();
        self.asks.retain(|ask| ask.asker != node);
        here.link = link(here.end, here.store.standing());
        self.connect(node);
    }

    fn connect(&mut self, node: usize) {
        let connection = self.dice.nonce();
        self.tell(node, Input::Connected { connection });
    }

    /// The naive model: whatever was applied is a beginning of what was written, and whatever was acknowledged was applied.
    fn check(&self) {
        for (reader, writer) in [(0, 1), (1, 0)] {
            let (applied, written) = (
                &self.nodes[reader].store.applied,
                &self.nodes[writer].store.written,
            );
            assert!(written.starts_with(applied));
            assert!(self.nodes[writer].store.acknowledged <= applied.len() as u64);
        }
    }

    /// Two honest ends never part: what they refuse was damaged on the way.
    fn check_notices(&self) {
        for notice in self.nodes.iter().flat_map(|node| &node.notices) {
            let (Notice::Refused(refusal) | Notice::RefusedByPeer(refusal)) = notice else {
                panic!("{notice:?}")
            };
            let damage = matches!(
                refusal,
                Refusal::Unreadable | Refusal::UnknownKey(_) | Refusal::WrongSignature
            );
            assert!(damage, "{refusal}");
        }
    }

    /// A line that does what it should: what was sent first arrives first, and what is to be done is done.
    fn as_it_should(&mut self) {
        let node = self.dice.below(2);
        match self.dice.below(12) {
            10 => self.ask_something(node),
            11 => self.answer(node),
            0 => self.write(node),
            1..=4 => self.work(node),
            5 => self.let_pass(500),
            _ => self.deliver(0),
        }
    }

    fn anything_at_all(&mut self) {
        let node = self.dice.below(2);
        match self.dice.below(44) {
            40..=41 => self.ask_something(node),
            42..=43 => self.answer(node),
            0..=3 => self.write(node),
            4..=11 => self.work(node),
            12..=22 => self.deliver_any(false),
            23..=24 => self.deliver_any(true),
            25..=27 => self.damage(),
            28..=30 => self.lose(),
            31 => self.replay(),
            32 => self.restart(node),
            33 => self.tell(node, Input::Disconnected),
            34 => self.connect(node),
            _ => self.let_pass(4000),
        }
    }

    fn let_pass(&mut self, most_ms: u64) {
        self.now += Duration::from_millis(self.dice.roll() % most_ms);
        let node = self.dice.below(2);
        self.tell(node, Input::Tick);
    }

    /// What is on its way arrives at this place of the queue.
    fn deliver(&mut self, place: usize) {
        if place < self.channel.len() {
            let (node, topic, bytes) = self.channel.remove(place);
            self.tell(node, Input::Received { topic, bytes });
        }
    }

    fn deliver_any(&mut self, again: bool) {
        if self.channel.is_empty() {
            return;
        }
        let place = self.dice.below(self.channel.len());
        let (node, topic, bytes) = self.channel[place].clone();
        if !again {
            self.channel.remove(place);
        }
        self.tell(node, Input::Received { topic, bytes });
    }

    fn damage(&mut self) {
        if self.channel.is_empty() {
            return;
        }
        let place = self.dice.below(self.channel.len());
        let (node, topic, mut bytes) = self.channel[place].clone();
        let bit = self.dice.below(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        self.tell(node, Input::Received { topic, bytes });
    }

    fn lose(&mut self) {
        if !self.channel.is_empty() {
            let place = self.dice.below(self.channel.len());
            self.channel.remove(place);
        }
    }

    /// Something of any earlier session, on a topic of the adversary's choice.
    fn replay(&mut self) {
        if self.heard.is_empty() {
            return;
        }
        let place = self.dice.below(self.heard.len());
        let (node, _, bytes) = self.heard[place].clone();
        let topic = Topic::ALL[self.dice.below(Topic::ALL.len())];
        self.tell(node, Input::Received { topic, bytes });
    }

    fn connect_both(&mut self) {
        self.connect(0);
        self.connect(1);
    }

    /// A good line for two minutes at most.
    fn heal(&mut self) {
        for _ in 0..1200 {
            while !self.channel.is_empty() || self.nodes.iter().any(|node| !node.jobs.is_empty()) {
                self.deliver(0);
                self.work(0);
                self.work(1);
            }
            if self.is_equal() {
                return;
            }
            self.now += Duration::from_millis(100);
            self.tell(0, Input::Tick);
            self.tell(1, Input::Tick);
        }
    }

    fn is_equal(&self) -> bool {
        let done = |node: &Node| node.store.acknowledged == node.store.written.len() as u64;
        let up = |node: &Node| matches!(node.link.status(), Status::Up { .. });
        self.nodes.iter().all(|node| done(node) && up(node))
    }
}

fn body(end: End) -> Body {
    match end {
        End::Box => ShowtimeCancelled {
            showtime: "s1".parse().unwrap(),
            reason: "x".repeat(500),
        }
        .into(),
        End::Hub => ContentAdopted {
            content: Content::Film("stalker".parse().unwrap()),
            version: 1,
        }
        .into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_channel_does_the_streams_end_equal(seed in any::<u64>(), calm in 0..100usize) {
        let mut world = World::new(seed);
        for _ in 0..1500 {
            // What goes wrong between two sessions needs much that went right in the first.
            if world.dice.below(100) < calm {
                world.as_it_should();
            } else {
                world.anything_at_all();
            }
            world.check();
            world.check_asks();
        }
        world.connect_both();
        let before = world.now;
        world.heal();
        world.check();
        world.check_notices();
        prop_assert_eq!(world.now, before, "at once");
        prop_assert!(world.is_equal(), "{:?} {:?}", world.nodes[0].link.status(), world.nodes[1].link.status());
    }
}

/// Two ends with a session open and nothing on its way.
fn in_session() -> World {
    let mut world = World::new(7);
    world.connect_both();
    world.heal();
    assert!(world.is_equal());
    world
}

#[test]
fn three_hellos_open_a_session() {
    let world = in_session();
    assert_eq!(world.nodes[0].link.status(), Status::Up { session: 1 });
    assert_eq!(world.nodes[1].link.status(), Status::Up { session: 1 });
    assert_eq!(
        (
            world.nodes[0].store.confirmed,
            world.nodes[1].store.confirmed
        ),
        (1, 1)
    );
    assert_eq!(
        world
            .heard
            .iter()
            .filter(|(_, topic, _)| *topic == Topic::Hello)
            .count(),
        4,
        "knock, call, offer, open"
    );
}

#[test]
fn a_knock_renews_a_call_that_was_lost_before_the_hub_listened() {
    for called_before_s in [0, 5] {
        let mut world = World::new(7);
        world.connect(0);
        let mut next = world.now;
        while next - world.now < Duration::from_secs(8) {
            world.now = next;
            world.tell(0, Input::Tick);
            next = world.nodes[0].link.next_due().unwrap();
        }
        world.channel.clear();
        world.now += Duration::from_secs(called_before_s);
        let before = world.now;
        world.connect(1);
        world.heal();
        assert!(world.is_equal());
        assert!(world.now - before <= Duration::from_secs(2), "{before:?}");
    }
}

#[test]
fn a_frame_of_the_last_session_that_is_applied_between_offer_and_open_parts_nobody() {
    let mut world = in_session();
    world.write(0);
    world.work(0);
    let (_, topic, bytes) = world.channel.remove(0);
    assert_eq!(topic, Topic::Up, "the frame hangs in the line");
    world.connect(0);
    world.deliver(0);
    world.work(1);
    assert_eq!(world.channel.len(), 3, "the call and the offer twice");
    world.tell(1, Input::Received { topic, bytes });
    world.work(1);
    assert_eq!(world.nodes[1].store.applied, world.nodes[0].store.written);
    let before = world.now;
    world.heal();
    assert!(world.is_equal() && world.now == before, "at once");
    assert_eq!(world.nodes[0].notices, []);
}

#[test]
fn a_thousand_events_go_in_a_window_of_frames() {
    let mut world = in_session();
    for _ in 0..1000 {
        world.nodes[0].store.write(&body(End::Box));
    }
    let written = world.nodes[0].store.standing().written;
    world.tell(0, Input::Written(written));
    world.heal();
    assert_eq!(world.nodes[1].store.applied, world.nodes[0].store.written);
}

/// The event after `head`, of a type that a later version might have.
fn of_a_later_version(head: &Position) -> Event {
    let known = Event::after(head, "later".parse().unwrap(), 0, &body(End::Box)).unwrap();
    let mut bytes = known.bytes().to_vec();
    let place = bytes
        .windows(18)
        .position(|window| window == b"showtime_cancelled")
        .unwrap();
    bytes[place..place + 18].copy_from_slice(b"showtime_cancelleD");
    let later = Event::decode(bytes).unwrap();
    assert_eq!(*later.meaning(), Meaning::UpdateNeeded);
    later
}

/// The hub receives a frame that the box signs for the open session.
fn send_up(world: &mut World, events: &[Event]) {
    let context = world.nodes[0].link.context(1);
    let key = &world.nodes[0].link.setup.key;
    let bytes = crate::frame::sign_frame(key, crate::Stream::Up, &context, events).unwrap();
    let topic = Topic::Up;
    world.tell(1, Input::Received { topic, bytes });
}

#[test]
fn an_event_that_must_be_understood_and_is_not_stops_the_stream_unacknowledged() {
    let mut world = in_session();
    world.write(0);
    let known = world.nodes[0].store.written[0].clone();
    let later = of_a_later_version(&known.position());
    world.channel.clear();
    world.nodes[0].jobs.clear();
    send_up(&mut world, &[known, later]);
    world.work(1);
    assert_eq!(
        world.nodes[1].store.applied, world.nodes[0].store.written,
        "what comes before it is applied"
    );
    let update = Notice::UpdateNeeded {
        kind: "showtime_cancelleD".into(),
        seq: 2,
    };
    assert!(world.nodes[1].notices.contains(&update));
}

#[test]
fn a_halt_on_the_first_event_is_handed_over_once_so_that_it_is_stored() {
    let mut world = in_session();
    let later = of_a_later_version(&Position::START);
    for _ in 0..3 {
        send_up(&mut world, std::slice::from_ref(&later));
    }
    let jobs = &world.nodes[1].jobs;
    assert!(matches!(&jobs[..], [Job::Apply(delivery)] if delivery.is_empty()));
    world.work(1);
    assert_eq!(world.nodes[1].store.applied, []);
    let kind = "showtime_cancelleD".to_owned();
    assert_eq!(
        world.nodes[1].notices,
        [Notice::UpdateNeeded { kind, seq: 1 }]
    );
}

#[test]
fn another_history_within_a_session_is_kept_and_ends_it() {
    let mut world = in_session();
    world.write(0);
    world.heal();
    let other = ShowtimeCancelled {
        showtime: "s2".parse().unwrap(),
        reason: "other".into(),
    };
    let other = Event::after(&Position::START, "other".parse().unwrap(), 0, &other.into());
    let other = other.unwrap();
    send_up(&mut world, std::slice::from_ref(&other));
    assert_eq!(world.nodes[1].strays, [other], "as a fact");
    assert_eq!(
        world.nodes[1].store.applied, world.nodes[0].store.written,
        "without authority"
    );
    assert_eq!(
        world.nodes[1].link.status(),
        Status::Refused(Refusal::Forked(1))
    );
}

#[test]
fn another_history_of_what_is_known_is_handed_over_and_moves_nothing() {
    let mut world = in_session();
    for _ in 0..3 {
        world.write(0);
    }
    world.heal();
    let applied = world.nodes[1].store.applied.clone();
    assert_eq!(applied.len(), 3);
    world.nodes[1].strays.clear();
    let id = "other".parse().unwrap();
    let other = Event::after(&Position::START, id, 0, &body(End::Box)).unwrap();
    send_up(&mut world, std::slice::from_ref(&other));
    assert_eq!(world.nodes[1].strays, [other], "the journal tells");
    assert_eq!(world.nodes[1].store.applied, applied);
}

#[test]
fn a_box_that_was_put_back_is_refused() {
    let mut world = in_session();
    for _ in 0..3 {
        world.write(0);
    }
    world.heal();
    world.nodes[0].store.written.truncate(1);
    world.nodes[0].store.acknowledged = 1;
    world.restart(0);
    let known = world.nodes[1].store.applied.last().map(Event::position);
    world.heal();
    let refusal = Refusal::WriterForgot {
        applied: 3,
        written: 1,
        writer: Some(End::Box),
    };
    assert_eq!(world.nodes[0].link.status(), Status::Refused(refusal));
    let known = known.unwrap();
    let forgotten = Notice::OwnStreamForgotten { known };
    assert!(world.nodes[0].notices.contains(&forgotten));
}

#[test]
fn a_clone_with_an_old_session_is_refused() {
    let mut world = in_session();
    world.connect(0);
    world.heal();
    assert_eq!(world.nodes[1].store.confirmed, 2);
    world.nodes[0].store.confirmed = 1;
    world.restart(0);
    world.heal();
    let refused = Status::Refused(Refusal::StaleSession {
        told: 1,
        confirmed: 2,
    });
    assert_eq!(
        world.nodes[0].link.status(),
        refused,
        "and trying again does not wash it clean"
    );
}

/// An end that has pruned its stream up to this event.
fn pruned(pruned: u64) -> Option<Keeping> {
    Some(Keeping {
        pruned,
        ..Keeping::ALL
    })
}

/// An end that has applied all of the other's stream but the last, of three events.
fn one_behind(reader: usize) -> World {
    let mut world = in_session();
    for _ in 0..3 {
        world.write(1 - reader);
    }
    world.heal();
    world.nodes[reader].store.applied.truncate(2);
    world
}

#[test]
fn each_end_tells_what_it_may_need_if_it_is_put_back() {
    let mut world = in_session();
    let copy = |written, applied| OldestCopy { written, applied };
    for (node, oldest_copy) in [(0, copy(1, 2)), (1, copy(3, 4))] {
        let pruned = 0;
        world.nodes[node].store.keeping = Some(Keeping {
            pruned,
            oldest_copy,
        });
        world.restart(node);
    }
    world.heal();
    let needed = |world: &World| world.nodes.each_ref().map(|node| node.store.needed);
    assert_eq!(needed(&world), [Some(copy(3, 4)), Some(copy(1, 2))]);
}

#[test]
fn what_is_pruned_and_was_applied_is_missed_by_nobody() {
    for reader in [0, 1] {
        let mut world = one_behind(reader);
        world.nodes[1 - reader].store.keeping = pruned(2);
        world.restart(reader);
        world.restart(1 - reader);
        world.heal();
        assert_eq!(world.nodes[reader].store.applied.len(), 3);
    }
}

#[test]
fn an_end_that_is_put_back_from_before_what_is_kept_is_refused_by_both_and_told_why() {
    for (reader, writer) in [(0, End::Hub), (1, End::Box)] {
        let mut world = one_behind(reader);
        world.nodes[1 - reader].store.keeping = pruned(3);
        world.restart(reader);
        world.restart(1 - reader);
        world.heal();
        let refused = Refusal::NotKept {
            applied: 2,
            pruned: 3,
            writer,
        };
        for node in &world.nodes {
            assert_eq!(node.link.status(), Status::Refused(refused.clone()));
            assert!(!has_forgotten(&node.notices), "nobody lacks what they told");
        }
        assert_eq!(world.nodes[reader].store.applied.len(), 2, "and no gap");
    }
}

#[test]
fn a_copy_of_a_box_is_refused_as_one_however_old_it_is() {
    let mut world = one_behind(0);
    world.connect(0);
    world.heal();
    world.nodes[0].store.applied.truncate(2);
    world.nodes[0].store.confirmed = 1;
    world.nodes[1].store.keeping = pruned(3);
    world.restart(0);
    world.restart(1);
    world.heal();
    let refused = Refusal::StaleSession {
        told: 1,
        confirmed: 2,
    };
    assert_eq!(world.nodes[0].link.status(), Status::Refused(refused));
}

#[test]
fn what_was_pruned_since_the_link_began_is_told_with_the_session() {
    let mut world = one_behind(1);
    world.restart(1);
    world.restart(0);
    world.nodes[0].store.keeping = pruned(3);
    world.heal();
    let refused = Refusal::NotKept {
        applied: 2,
        pruned: 3,
        writer: End::Box,
    };
    for node in &world.nodes {
        assert_eq!(node.link.status(), Status::Refused(refused.clone()));
    }
    assert_eq!(world.nodes[1].store.applied.len(), 2);
}

#[test]
fn a_box_opens_nothing_with_a_hub_that_it_cannot_tell_the_rest() {
    let mut world = one_behind(1);
    world.restart(1);
    world.restart(0);
    // The hub has heard by the call that all is kept.
    world.nodes[0].link.standing.keeping.pruned = 3;
    world.heal();
    let refused = Refusal::NotKept {
        applied: 2,
        pruned: 3,
        writer: End::Box,
    };
    assert_eq!(world.nodes[0].link.status(), Status::Refused(refused));
    assert_eq!(world.nodes[1].store.applied.len(), 2);
}

#[test]
fn another_history_under_the_same_numbers_is_refused() {
    let mut world = in_session();
    world.write(0);
    world.heal();
    world.nodes[0].store.written.clear();
    world.nodes[0].store.write(
        &ShowtimeCancelled {
            showtime: "s2".parse().unwrap(),
            reason: "other".into(),
        }
        .into(),
    );
    world.restart(0);
    world.heal();
    assert_eq!(
        world.nodes[0].link.status(),
        Status::Refused(Refusal::Forked(1))
    );
    assert!(has_forgotten(&world.nodes[0].notices));
}

#[test]
fn a_hub_that_was_put_back_learns_it_from_the_call() {
    let mut world = in_session();
    for _ in 0..3 {
        world.write(1);
    }
    world.heal();
    assert!(!has_forgotten(&world.nodes[1].notices));
    world.nodes[1].store.written.truncate(1);
    world.nodes[1].store.acknowledged = 1;
    world.restart(1);
    world.heal();
    let known = world.nodes[0].store.applied.last().map(Event::position);
    let forgotten = Notice::OwnStreamForgotten {
        known: known.unwrap(),
    };
    assert!(world.nodes[1].notices.contains(&forgotten));
    assert!(!has_forgotten(&world.nodes[0].notices), "the box has not");
    let refused = Status::Refused(Refusal::WriterForgot {
        applied: 3,
        written: 1,
        writer: Some(End::Hub),
    });
    assert_eq!(world.nodes[0].link.status(), refused, "and it is told");
    // However often it calls, it is never a session.
    for _ in 0..4 {
        world.restart(0);
        world.heal();
        assert_eq!(world.nodes[0].link.status(), refused);
    }
}

#[test]
fn a_hub_that_went_on_from_a_copy_opens_no_session_twice() {
    let mut world = in_session();
    for _ in 0..2 {
        world.write(1);
    }
    world.heal();
    world.nodes[1].store.written.truncate(1);
    world.nodes[1].store.acknowledged = 1;
    for reason in ["other", "more", "still more"] {
        let body = ShowtimeCancelled {
            showtime: "s2".parse().unwrap(),
            reason: reason.into(),
        };
        world.nodes[1].store.write(&body.into());
    }
    world.restart(1);
    world.heal();
    assert!(has_forgotten(&world.nodes[1].notices));
    assert!(!has_forgotten(&world.nodes[0].notices), "the box has not");
    let refused = Status::Refused(Refusal::Forked(2));
    assert_eq!(world.nodes[0].link.status(), refused);
    for _ in 0..3 {
        world.restart(0);
        world.heal();
        assert_eq!(world.nodes[0].link.status(), refused);
    }
}

/// The hub in a life of this number.
fn in_life(world: &mut World, number: u64) -> Generation {
    let standing = world.nodes[1].store.standing();
    let random = Nonce::from([u8::try_from(number).unwrap(); 16]);
    let generation = Generation(crate::Life { number, random });
    world.nodes[1].link = link(End::Hub, standing);
    world.nodes[1].link.setup.generation = generation;
    generation
}

#[test]
fn a_later_life_of_the_hub_is_told_to_whoever_knows_an_earlier_one() {
    let mut world = in_session();
    let later = in_life(&mut world, 2);
    world.connect_both();
    world.heal();
    let told = Notice::LaterLife(later);
    assert!(world.nodes[0].notices.contains(&told));
    assert!(!world.nodes[1].notices.contains(&told), "it is its own");
    assert_eq!(
        world.nodes[0].link.status(),
        Status::Down,
        "nothing is opened before it is told"
    );
}

#[test]
fn a_hub_of_before_opens_nothing_with_a_box_that_knows_a_later_life() {
    let mut world = in_session();
    let generation = world.nodes[0].link.setup.generation;
    // Beside it, or after it.
    for number in [generation.0.number, generation.0.number + 1] {
        let random = Nonce::from([9; 16]);
        let known = Generation(crate::Life { number, random });
        let standing = world.nodes[0].store.standing();
        world.nodes[0].link = link(End::Box, standing);
        world.nodes[0].link.setup.generation = known;
        world.connect_both();
        world.heal();
        assert!(world.nodes[1].notices.contains(&Notice::LaterLife(known)));
        let refused = Status::Refused(Refusal::OtherGeneration);
        assert_eq!(world.nodes[0].link.status(), refused);
    }
}

fn has_forgotten(notices: &[Notice]) -> bool {
    let is_it = |notice: &Notice| matches!(notice, Notice::OwnStreamForgotten { .. });
    notices.iter().any(is_it)
}

#[test]
fn a_box_that_went_on_from_a_copy_learns_it_when_it_sends() {
    let mut world = in_session();
    for _ in 0..2 {
        world.write(0);
    }
    world.heal();
    world.nodes[0].store.written.truncate(1);
    world.nodes[0].store.acknowledged = 1;
    for reason in ["other", "more", "still more"] {
        let body = ShowtimeCancelled {
            showtime: "s2".parse().unwrap(),
            reason: reason.into(),
        };
        world.nodes[0].store.write(&body.into());
    }
    world.restart(0);
    world.heal();
    assert!(has_forgotten(&world.nodes[0].notices));
    assert!(!has_forgotten(&world.nodes[1].notices), "the hub has not");
}

#[test]
fn unknown_revoked_and_wrong_keys_are_named_and_the_box_is_told() {
    let check = |keys: fn(&SecretKey<Frames>) -> Keys, refusal: fn(KeyId) -> Refusal| {
        let mut world = in_session();
        let key = SecretKey::<Frames>::from_seed("metropol".parse().unwrap(), &[1; 32]);
        world.tell(1, Input::KeysChanged(keys(&key)));
        world.heal();
        assert_eq!(
            world.nodes[0].link.status(),
            Status::Refused(refusal(key.public().id()))
        );
        assert!(
            world.nodes[1]
                .notices
                .contains(&Notice::Refused(refusal(key.public().id())))
        );
    };
    use crate::KeyId;
    check(|_| Keys::default(), Refusal::UnknownKey);
    check(
        |key| Keys {
            revoked: vec![key.public().id()],
            ..Keys::valid([key.public().clone()])
        },
        Refusal::RevokedKey,
    );
}

#[test]
fn an_end_that_speaks_another_version_of_the_protocol_is_refused() {
    let mut world = World::new(3);
    world.connect_both();
    while !matches!(world.channel.first(), Some((0, Topic::Hello, bytes)) if is_offer(bytes)) {
        world.deliver(0);
        world.work(1);
    }
    let (_, _, bytes) = world.channel.remove(0);
    let mut hello = crate::Hello::verify(&bytes, &world.nodes[0].link.setup.peer).unwrap();
    let Step::Offer { state, .. } = &mut hello.step else {
        panic!("it is an offer")
    };
    state.protocol = 2;
    let bytes = hello.sign(&world.nodes[1].link.setup.key).unwrap();
    let topic = Topic::Hello;
    world.tell(0, Input::Received { topic, bytes });
    let refusal = Refusal::OtherProtocol { told: 2, spoken: 1 };
    assert_eq!(world.nodes[0].link.status(), Status::Refused(refusal));
}

fn is_offer(bytes: &[u8]) -> bool {
    let keys = &link(End::Box, Standing::START).setup.peer;
    let hello = crate::Hello::verify(bytes, keys);
    hello.is_ok_and(|hello| matches!(hello.step, Step::Offer { .. }))
}

#[test]
fn an_acknowledgement_of_another_history_parts_the_ends() {
    // Of what was sent in this session, and of what was not: in the middle of the stream, and at its end.
    for (written, sent, seq) in [(1, true, 1), (2, false, 1), (2, false, 2)] {
        let mut world = in_session();
        for _ in 0..written {
            world.write(0);
        }
        if sent {
            world.work(0);
        }
        let hash = hash_of(b"another history");
        acknowledge_up(&mut world, Position { seq, hash });
        while !world.nodes[0].jobs.is_empty() {
            world.work(0);
        }
        let refused = Status::Refused(Refusal::Forked(seq));
        assert_eq!(world.nodes[0].link.status(), refused);
        assert!(has_forgotten(&world.nodes[0].notices));
        assert_eq!(world.nodes[0].store.acknowledged, 0);
    }
}

#[test]
fn an_acknowledgement_of_what_was_never_written_parts_the_ends() {
    let mut world = in_session();
    world.write(0);
    let hash = hash_of(b"a later event");
    acknowledge_up(&mut world, Position { seq: 2, hash });
    let refusal = Refusal::WriterForgot {
        applied: 2,
        written: 1,
        writer: Some(End::Box),
    };
    assert_eq!(world.nodes[0].link.status(), Status::Refused(refusal));
}

/// The box receives an acknowledgement that the hub signs for the open session.
fn acknowledge_up(world: &mut World, applied: Position) {
    let acknowledgement = crate::Acknowledgement {
        stream: crate::Stream::Up,
        context: world.nodes[1].link.context(1),
        applied,
    };
    let key = &world.nodes[1].link.setup.key;
    let (topic, bytes) = (Topic::UpAck, acknowledgement.sign(key).unwrap());
    world.tell(0, Input::Received { topic, bytes });
}

fn ids(asked: &[(Nonce, Wish)]) -> Vec<Nonce> {
    asked.iter().map(|(id, _)| *id).collect()
}

#[test]
fn both_ends_ask_and_are_answered() {
    let mut world = in_session();
    for asker in [0, 1] {
        let id = world.ask(asker);
        assert_eq!(world.channel.len(), 1, "nobody hears themselves");
        let (_, topic, bytes) = world.channel[0].clone();
        world.deliver(0);
        // A broker that gives it back all the same.
        world.tell(asker, Input::Received { topic, bytes });
        assert_eq!(world.nodes[1 - asker].asked, [(id, wish())]);
        assert_eq!(world.nodes[asker].asked, []);
        assert_eq!(world.nodes[asker].notices, []);
        world.answer(1 - asker);
        world.deliver(0);
        let replied = Answered::Replied(reply_to(id));
        assert_eq!(world.nodes[asker].answered, [(id, replied)]);
    }
    assert!(world.nodes.iter().all(|node| node.notices.is_empty()));
}

#[test]
fn an_ask_that_cannot_be_sent_is_out_of_reach_at_once() {
    let mut world = World::new(7);
    world.ask(0);
    world.connect_both();
    world.ask(0);
    // The box has opened, and has not heard the hub in the session.
    while world.nodes[0].link.session.is_none() {
        world.deliver(0);
        world.work(0);
        world.work(1);
    }
    world.ask(0);
    let answered: Vec<_> = world.nodes[0].answered.iter().map(|it| &it.1).collect();
    assert_eq!(answered, [&Answered::OutOfReach; 3]);
    let is_ask =
        |(_, topic, _): &&(usize, Topic, Vec<u8>)| matches!(topic, Topic::UpAsk | Topic::DownAsk);
    assert_eq!(world.heard.iter().filter(is_ask).count(), 0);
}

#[test]
fn a_session_that_ends_leaves_no_ask_open() {
    let mut world = in_session();
    world.ask(0);
    world.deliver(0);
    world.tell(0, Input::Disconnected);
    assert_eq!(world.nodes[0].answered[0].1, Answered::OutOfReach);
    world.connect(0);
    world.heal();
    world.channel.clear();
    world.answer(1);
    assert!(
        world.channel.is_empty(),
        "the answer is of a session that is over"
    );
}

#[test]
fn an_answer_counts_for_two_seconds() {
    for (wait_ms, counts) in [(1_999, true), (2_000, false), (5_000, false)] {
        let mut world = in_session();
        let id = world.ask(0);
        world.deliver(0);
        world.now += Duration::from_millis(wait_ms);
        world.answer(1);
        if wait_ms == 5_000 {
            world.tell(0, Input::Tick);
        }
        while !world.channel.is_empty() {
            world.deliver(0);
        }
        let replied = Answered::Replied(reply_to(id));
        let expected = if counts { replied } else { Answered::Late };
        assert_eq!(world.nodes[0].answered, [(id, expected)]);
    }
}

#[test]
fn an_ask_that_comes_again_or_of_an_older_session_is_passed_over() {
    let mut world = in_session();
    let id = world.ask(0);
    let (node, topic, bytes) = world.channel[0].clone();
    let again = || Input::Received {
        topic,
        bytes: bytes.clone(),
    };
    world.tell(node, again());
    world.answer(node);
    world.tell(node, again());
    assert_eq!(ids(&world.nodes[node].asked), []);
    world.connect(0);
    world.heal();
    world.tell(node, again());
    assert_eq!(ids(&world.nodes[node].asked), []);
    assert!(world.nodes[node].notices.is_empty());
    world.ask(0);
    world.deliver(0);
    assert_ne!(ids(&world.nodes[node].asked), [id]);
    assert_eq!(world.nodes[node].asked.len(), 1);
}

#[test]
fn a_forged_answer_and_one_to_another_ask_count_for_nothing() {
    let mut world = in_session();
    world.ask(0);
    let context = world.nodes[1].link.context(1);
    let other = world.dice.nonce();
    let stranger = SecretKey::<Frames>::from_seed("metropol".parse().unwrap(), &[3; 32]);
    let mut receive = |id: Nonce, key: &SecretKey<Frames>| {
        let answer = crate::ask::Answer {
            from: End::Hub,
            context: context.clone(),
            id,
            reply: Reply::Given,
        };
        let bytes = crate::ask::SentOnce::sign(&answer, key).unwrap();
        let topic = Topic::UpAnswer;
        world.tell(0, Input::Received { topic, bytes });
    };
    let hub = SecretKey::<Frames>::from_seed("metropol".parse().unwrap(), &[2; 32]);
    receive(other, &hub);
    let id = Nonce::from([0; 16]);
    receive(id, &stranger);
    assert_eq!(world.nodes[0].answered, []);
    let unknown = Notice::Refused(Refusal::UnknownKey(stranger.public().id()));
    assert_eq!(world.nodes[0].notices, [unknown]);
}

#[test]
fn nobody_asks_for_more_than_one_hold_may_have() {
    let mut world = in_session();
    let seats = |count: usize| {
        let seat = |number| format!("F{number}").parse().unwrap();
        (0..count).map(seat).collect::<Vec<_>>()
    };
    for count in [0, box_office::MOST_SEATS_PER_HOLD + 1] {
        let seats = seats(count);
        let wish = Wish { seats, ..wish() };
        let id = world.ask_for(0, wish.clone());
        assert_eq!(world.nodes[0].answered, [(id, Answered::OutOfReach)]);
        world.nodes[0].answered.clear();
        let ask = crate::ask::Ask {
            from: End::Box,
            context: world.nodes[0].link.context(1),
            id,
            wish,
        };
        let bytes = crate::ask::SentOnce::sign(&ask, &world.nodes[0].link.setup.key).unwrap();
        let topic = Topic::UpAsk;
        world.tell(1, Input::Received { topic, bytes });
        assert_eq!(world.nodes[1].asked, []);
    }
}
