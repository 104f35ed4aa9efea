//! One evening: guests, faults and the background work of every process, one thing at a time in the order that the seed decides; then everything is
//! mended, what is left is done, and the audit reads the databases.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use appliance::printer::PrinterStatus;
use appliance::printer::memory::Mishap;
use cloud_hub::control::SeatsWanted;
use cloud_hub::payments::protocol::{Charge, ChargeState};
use counter::refunds::{self, Decision, Said as RefundSaid};
use database::WhileItRuns;
use jiff::SignedDuration;
use service::http::{Peer, Refusal};
use service::process::Process as _;
use sync_agent::Weather;
use wire::hand_over::HAND_OVER_PREFIX;

use super::chain::{CINEMAS, Chain, House, Who, programme_of};
use super::dice::Dice;
use super::faults::{Fault, Kind, What, faults, moves, pause, take_as_it_is};
use super::guest::{For, Guest, SHOWTIMES};
use super::matrix::{self, Matrix, State, states};
use super::reference::{Reference, Seller};
use super::side::{Answer, answered, request};
use crate::chaos::stored::{self, Kept};
use crate::logged::Logged;
use crate::proving;

/// What an evening is made of. The same plan is the same evening, byte for byte.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What chance begins with.
    pub seed: u64,
    /// In how many steps guests come and faults happen.
    pub steps: usize,
    /// The guests who come, by number.
    pub guests: Vec<usize>,
    /// What goes wrong.
    pub faults: Vec<Fault>,
}

/// As many steps, guests and faults a whole evening has.
const STEPS: usize = 6_000;
const GUESTS: usize = 260;
const FAULTS: usize = 30;

/// The most moves of showtimes in an evening that has any.
const MOST_MOVES: usize = 6;

/// One evening of so many is whole. Of the others each is so many times shorter and knows some kinds of faults only: what others would hide is met
/// more often, and more of them are played.
const WHOLE: u64 = 5;
const SHORTER: usize = 3;

/// The showtimes that have begun by a clock that is so far ahead, and are not over.
const BEGIN_AT_ONCE: [&str; 2] = ["tonight", "strict"];
const HAVE_BEGUN_IN: SignedDuration = SignedDuration::from_hours(2);

/// More steps than everybody needs to come to an end once all is mended.
const LAST_STEPS: usize = 60_000;

/// So many steps after all is mended somebody looks whether the hub waits for them, and again after as many: more than it needs to hear from its
/// boxes what it has forgotten.
const PERSON_LOOKS_EVERY: usize = 5_000;

/// What everything has to come to rest, and how often it is given it: a printer whose paper was in doubt pauses for minutes.
const REST: Duration = Duration::from_secs(15 * 60);
const RESTS: usize = 12;

/// What is said aloud where a hub was put back.
const PUT_BACK: [&str; 6] = [
    "the hub's data is not what was answered last",
    "nothing of this cinema is sold here until the right data is put back",
    "money was taken of which this side knows nothing",
    "and the hub has another or none",
    "knows a later life of this hub",
    "the link is refused",
];

impl Plan {
    /// The one of a seed.
    pub fn of(seed: u64) -> Self {
        let dice = Dice::seeded(seed ^ 0x0066_6175_6c74_7300);
        if seed.is_multiple_of(WHOLE) {
            return Self {
                seed,
                steps: STEPS,
                guests: (0..GUESTS).collect(),
                faults: faults(&dice, FAULTS, STEPS),
            }
            .with_moves()
            .with_persons();
        }
        let kinds: BTreeSet<Kind> = Kind::ALL
            .into_iter()
            .filter(|kind| !matches!(kind, Kind::Moved | Kind::HubTakenAsItIs))
            .filter(|_| dice.below(2) == 0)
            .collect();
        let steps = STEPS / SHORTER;
        let mut faults = faults(&dice, FAULTS, steps);
        faults.retain(|fault| kinds.contains(&fault.what.kind()));
        Self {
            seed,
            steps,
            guests: (0..GUESTS / SHORTER).collect(),
            faults,
        }
        .with_moves()
        .with_persons()
    }

    /// A person takes some of the copies as they are that are put back.
    fn with_persons(mut self) -> Self {
        let dice = Dice::seeded(self.seed ^ 0x0070_6572_736f_6e00);
        take_as_it_is(&dice, &mut self.faults);
        self
    }

    /// In every other evening showtimes are moved.
    fn with_moves(mut self) -> Self {
        let dice = Dice::seeded(self.seed ^ 0x006d_6f76_6573_0000);
        if dice.below(2) == 0 {
            let count = 1 + dice.below(MOST_MOVES);
            self.faults.extend(moves(&dice, count, self.steps));
            self.faults.sort_by_key(|fault| fault.at);
        }
        self
    }
}

/// What came of an evening.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What must not be.
    pub wrong: Vec<String>,
    /// What happened, in its order.
    pub trace: Vec<String>,
    /// How many steps that were.
    pub steps: usize,
    /// How many faults really happened.
    pub faults: usize,
    /// Seats that were sold twice.
    pub double_sales: u64,
    /// Tickets that were sold, and those of them at home.
    pub sold: [usize; 2],
    /// Which faults met which states.
    pub matrix: Matrix,
    /// What the files of all databases hold at the end: the hub's first.
    pub files: Vec<Vec<u8>>,
}

/// Something that a process is in the middle of.
struct Work {
    of: Who,
    /// Whose request it is, if it is one; else it is background work.
    guest: Option<usize>,
    future: Pin<Box<dyn Future<Output = Ended>>>,
    woken: Arc<Woken>,
}

enum Ended {
    Job(Option<&'static str>),
    Answer(Answer),
    /// What head office is told that hands seats over to this cinema.
    HandedOver(usize, Result<String, Refusal>),
    /// What the box of the first cinema says of a code for the second.
    Scanned([usize; 2], Result<String, Refusal>),
    /// What the manager of a cinema is told who puts a showtime into another room.
    Moved(usize, Result<String, Refusal>),
    /// What a person is told who takes what the hub has of a cinema as it is.
    TakenAsItIs(usize, Result<String, Refusal>),
    /// What somebody is told who takes over these seats of a showtime.
    TakenOver(TakenOver, Result<String, Refusal>),
}

/// Seats that somebody takes over.
#[derive(Debug, Clone)]
struct TakenOver {
    cinema: usize,
    showtime: &'static str,
    seats: Vec<String>,
}

/// Whether something can go on.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

/// What is over at a step.
#[derive(Debug, Clone, Copy)]
enum Over {
    Fault(What),
    Down(Who),
}

/// A copy of the hub's database that is to be put back.
struct Copied {
    files: [Vec<u8>; 2],
    /// How many tickets were sold by then.
    sold: usize,
    /// Whether a person takes it as it is.
    is_taken: bool,
}

struct Play {
    chain: Chain,
    plan: Plan,
    dice: Dice,
    guests: Vec<Guest>,
    works: Vec<Work>,
    reference: Reference,
    outcome: Outcome,
    next_fault: usize,
    over: BTreeMap<usize, Vec<Over>>,
    /// How long a process is down whose power goes.
    down_for: BTreeMap<Who, usize>,
    cut: BTreeSet<Option<usize>>,
    /// The hand-over codes that somebody has on their phone, each with its cinema.
    codes: Vec<(usize, String)>,
    /// The copies of the hub's database that are to be put back.
    copies: VecDeque<Copied>,
    /// What was answered as taken over.
    taken_over: Vec<TakenOver>,
}

/// The evening of this plan.
///
/// # Panics
/// The thread cannot wait for anything.
pub fn evening(plan: &Plan) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let played = catch_unwind(AssertUnwindSafe(|| {
        // A task that does much in one go would be held up by tokio.
        runtime.block_on(tokio::task::unconstrained(play(plan)))
    }));
    played.unwrap_or_else(|why| {
        let words = why.downcast_ref::<String>().cloned();
        let words = words.or_else(|| why.downcast_ref::<&str>().map(|it| (*it).to_owned()));
        let words = words.unwrap_or_default();
        Outcome {
            wrong: vec![format!("it panicked: {words}")],
            ..Outcome::default()
        }
    })
}

async fn play(plan: &Plan) -> Outcome {
    let log = Logged::default();
    let _logged = log.begin();
    let chain = Chain::open(plan.seed).await;
    let guests = plan.guests.iter();
    let mut play = Play {
        guests: guests
            .map(|number| Guest::new(plan.seed, *number, plan.steps))
            .collect(),
        dice: Dice::seeded(plan.seed ^ 0x6f72_6465_7200),
        plan: plan.clone(),
        chain,
        works: Vec::new(),
        reference: Reference::default(),
        outcome: Outcome::default(),
        next_fault: 0,
        over: BTreeMap::new(),
        down_for: BTreeMap::new(),
        cut: BTreeSet::new(),
        codes: Vec::new(),
        copies: VecDeque::new(),
        taken_over: Vec::new(),
    };
    play.evening().await;
    let mut expected = match play.reference.forgotten.is_empty() {
        true => Vec::new(),
        false => PUT_BACK.map(str::to_owned).to_vec(),
    };
    if plan
        .faults
        .iter()
        .any(|it| it.what.kind() == Kind::Takeover)
    {
        expected.push("the hub sold what does not fit".to_owned());
    }
    let errors = log.errors_but(&expected);
    play.outcome.wrong.extend(errors);
    play.outcome
}

impl Play {
    async fn evening(&mut self) {
        for _ in 0..self.plan.steps {
            self.step().await;
        }
        self.mend().await;
        self.guests.iter_mut().for_each(Guest::comes_no_more);
        for step in 1..=LAST_STEPS {
            if self.guests.iter().all(|it| it.is_gone) && self.works.is_empty() {
                break;
            }
            self.step().await;
            // Guests wait for a hub that waits for a person.
            if step % PERSON_LOOKS_EVERY == 0 {
                self.begins_anew().await;
            }
        }
        self.come_to_rest().await;
        self.look_through().await;
        self.outcome.wrong.append(&mut self.reference.wrong);
        self.outcome.double_sales += self.reference.double_sales;
        let tickets = self.reference.tickets();
        let home = tickets.iter().filter(|it| it.seller == Seller::Home);
        self.outcome.sold = [tickets.len(), home.count()];
    }

    fn tell(&mut self, words: String) {
        self.outcome.trace.push(words);
    }

    /// One thing happens.
    async fn step(&mut self) {
        self.go_wrong().await;
        let begin = self.dice.below(20);
        let mut is_done = false;
        for turn in 0..3 {
            is_done = match (begin / 7 + turn) % 3 {
                0 => self.somebody_acts().await,
                1 => self.something_goes_on(),
                _ => self.something_is_due(),
            };
            if is_done {
                break;
            }
        }
        if !is_done || begin > 17 {
            self.time_goes_by(!is_done);
        }
        self.outcome.steps += 1;
    }

    /// A moment, or whatever it takes until somebody has something to do.
    fn time_goes_by(&mut self, is_idle: bool) {
        // Whoever waits for the other side has a deadline that no job keeps.
        let longest = match self.works.is_empty() {
            true => Duration::from_secs(60),
            false => Duration::from_millis(500),
        };
        let time = match is_idle {
            true => self.until_somebody_acts(),
            false => pause(&self.dice),
        };
        let time = time.clamp(Duration::from_millis(1), longest);
        self.chain.advance(time);
        self.tell(format!("{time:?} go by"));
    }

    fn until_somebody_acts(&self) -> Duration {
        let passed = self.chain.passed();
        let there = self
            .guests
            .iter()
            .filter(|it| !it.is_gone && !it.is_waiting);
        let there = there.filter(|it| it.comes_at <= self.outcome.steps);
        let rests = there.map(|it| it.rests_until().saturating_sub(passed));
        let due = self.chain.until_due().into_iter();
        due.chain(rests).min().unwrap_or(Duration::from_secs(1))
    }

    async fn somebody_acts(&mut self) -> bool {
        let (step, passed) = (self.outcome.steps, self.chain.passed());
        let ready = self.guests.iter().enumerate();
        let ready: Vec<usize> = ready
            .filter(|(_, it)| it.is_ready(step, passed))
            .map(|(number, _)| number)
            .collect();
        if ready.is_empty() {
            return false;
        }
        let number = self.dice.one_of(&ready);
        let guest = &mut self.guests[number];
        let Some(asked) = guest.acts(&mut self.chain).await else {
            return true;
        };
        let said = format!(
            "{} {} {} {}",
            guest.name, asked.method, asked.path, asked.body
        );
        let Some(router) = self.chain.router(asked.to).cloned() else {
            guest.hears_nothing(&self.chain);
            self.tell(format!("{said}: {} is down", asked.to.name()));
            return true;
        };
        guest.is_waiting = true;
        self.tell(said);
        let mut sent = request(
            asked.method,
            &asked.path,
            (&asked.token, &asked.key),
            &asked.body,
        );
        sent.extensions_mut().insert(Peer(asked.from));
        self.begins(
            asked.to,
            Some(number),
            Box::pin(async move { Ended::Answer(answered(&router, sent).await) }),
        );
        true
    }

    /// Begins what is due at some process.
    fn something_is_due(&mut self) -> bool {
        let due: Vec<(Who, usize)> = Who::all()
            .filter_map(|who| {
                let due = self.chain.hand(who)?.due(self.chain.clock(who).monotonic());
                (due > 0).then_some((who, due))
            })
            .collect();
        if due.is_empty() {
            return false;
        }
        let (who, count) = self.dice.one_of(&due);
        let which = self.dice.below(count);
        let Some(hand) = self.chain.hand(who).cloned() else {
            return false;
        };
        let now = self.chain.clock(who).monotonic();
        self.begins(
            who,
            None,
            Box::pin(async move { Ended::Job(hand.step(which, now).await) }),
        );
        true
    }

    /// Something that waited goes on.
    fn something_goes_on(&mut self) -> bool {
        let woken = self.works.iter().enumerate();
        let woken: Vec<usize> = woken
            .filter(|(_, work)| work.woken.0.load(Ordering::Acquire))
            .map(|(number, _)| number)
            .collect();
        if woken.is_empty() {
            return false;
        }
        let number = self.dice.one_of(&woken);
        self.goes_on(number);
        true
    }

    fn begins(
        &mut self,
        of: Who,
        guest: Option<usize>,
        future: Pin<Box<dyn Future<Output = Ended>>>,
    ) {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        self.works.push(Work {
            of,
            guest,
            future,
            woken,
        });
        self.goes_on(self.works.len() - 1);
    }

    fn goes_on(&mut self, number: usize) {
        let work = &mut self.works[number];
        let of = work.of;
        work.woken.0.store(false, Ordering::Release);
        let waker = Waker::from(Arc::clone(&work.woken));
        let polled = work.future.as_mut().poll(&mut Context::from_waker(&waker));
        if self.chain.mains(of).is_gone() {
            return self.power_is_gone(of);
        }
        let Poll::Ready(ended) = polled else {
            return;
        };
        let guest = self.works.remove(number).guest;
        match (ended, guest) {
            (Ended::Answer(answer), Some(guest)) => {
                let name = self.guests[guest].name.clone();
                let code = answer.1["code"].as_str().or(answer.1["state"].as_str());
                self.tell(format!("{name} hears {} {}", answer.0, code.unwrap_or("")));
                self.guests[guest].hears(&answer, &mut self.chain, &mut self.reference);
            }
            (Ended::Job(name), _) => {
                let done = name.unwrap_or("nothing");
                self.tell(format!("{}: {done}", of.name()));
            }
            (Ended::Answer(_), None) => {}
            (Ended::HandedOver(cinema, said), _) => self.is_handed_over(cinema, said),
            (Ended::Scanned(cinemas, said), _) => self.is_scanned(cinemas, said),
            (Ended::TakenOver(what, said), _) => self.is_taken_over(what, said),
            (Ended::Moved(cinema, said), _) => self.is_moved(cinema, said),
            (Ended::TakenAsItIs(cinema, said), _) => self.is_taken_as_it_is(cinema, said),
        }
    }

    fn power_is_gone(&mut self, who: Who) {
        self.tell(format!("{} is without power", who.name()));
        let lasts = self.down_for.remove(&who).unwrap_or(1);
        self.ends(who);
        let at = self.outcome.steps + lasts;
        self.over.entry(at).or_default().push(Over::Down(who));
    }

    /// Its process ends, with all that it was in the middle of.
    fn ends(&mut self, who: Who) {
        let (ended, left) = std::mem::take(&mut self.works)
            .into_iter()
            .partition(|work: &Work| work.of == who);
        self.works = left;
        let ended: Vec<Work> = ended;
        self.down_for.remove(&who);
        for guest in ended.iter().filter_map(|work| work.guest) {
            self.guests[guest].hears_nothing(&self.chain);
        }
        drop(ended);
        self.chain.kill(who);
    }

    /// What goes wrong at this step, and what is over.
    async fn go_wrong(&mut self) {
        let now = self.outcome.steps;
        let rest = self.over.split_off(&(now + 1));
        let over = std::mem::replace(&mut self.over, rest);
        for over in over.into_values().flatten() {
            self.is_over(over).await;
        }
        while let Some(fault) = self.plan.faults.get(self.next_fault).cloned() {
            if fault.at > now {
                break;
            }
            self.next_fault += 1;
            self.begins_to_go_wrong(&fault).await;
        }
    }

    /// Head office hands some seats over, if the hub runs.
    fn hands_over(&mut self, cinema: usize) {
        let Some(hub) = &self.chain.hub.process else {
            return;
        };
        let seats = match self.dice.below(4) {
            0 => SeatsWanted::All,
            _ => SeatsWanted::Count(1 + self.dice.below(20)),
        };
        let showtime = self.dice.one_of(&SHOWTIMES);
        let order = cloud_hub::control::Order::HandOver {
            cinema: CINEMAS[cinema].parse().expect("an id"),
            showtime: showtime.parse().expect("an id"),
            seats,
        };
        let app = hub.app.clone();
        let given = async move { Ended::HandedOver(cinema, app.perform(order).await) };
        self.begins(Who::Hub, None, Box::pin(given));
    }

    fn is_handed_over(&mut self, cinema: usize, said: Result<String, Refusal>) {
        match said {
            Ok(said) => {
                let codes = said
                    .lines()
                    .filter(|line| line.starts_with(HAND_OVER_PREFIX));
                let codes: Vec<_> = codes.map(|code| (cinema, code.to_owned())).collect();
                self.tell(format!(
                    "{}: {}",
                    CINEMAS[cinema],
                    said.lines().next().unwrap_or("")
                ));
                self.codes.extend(codes);
            }
            Err(why) => self.tell(format!(
                "{}: nothing is handed over: {why:?}",
                CINEMAS[cinema]
            )),
        }
    }

    /// Somebody at a cinema scans one of the codes, mostly one for it, if its box runs.
    fn scans(&mut self, cinema: usize) {
        let codes = self.codes.iter();
        let codes: Vec<_> = codes
            .filter(|(of, _)| *of == cinema || self.dice.below(8) == 0)
            .cloned()
            .collect();
        if !codes.is_empty() {
            let code = codes[self.dice.below(codes.len())].clone();
            self.scans_this(cinema, code);
        }
    }

    fn scans_this(&mut self, cinema: usize, (of, code): (usize, String)) {
        let Some(at) = &self.chain.cinemas[cinema].host.process else {
            return;
        };
        let (app, order) = (at.app.clone(), appliance::control::Order::HandOver { code });
        let scanned = async move { Ended::Scanned([cinema, of], app.perform(order).await) };
        self.begins(Who::Box(cinema), None, Box::pin(scanned));
    }

    fn is_scanned(&mut self, [cinema, of]: [usize; 2], said: Result<String, Refusal>) {
        let at = CINEMAS[cinema];
        match said {
            Ok(said) if cinema == of => self.tell(format!("{at} scans: {said}")),
            Ok(said) => (self.outcome.wrong).push(format!("{at} takes another's code: {said}")),
            Err(why) => self.tell(format!("{at} scans in vain: {why:?}")),
        }
    }

    /// Somebody at a cinema whose film has begun, by its clock, sells seats that are the hub's, as far as it knows.
    async fn takes_over(&mut self, cinema: usize) {
        let Some(at) = &self.chain.cinemas[cinema].host.process else {
            return;
        };
        let app = at.app.clone();
        let showtime = self.dice.one_of(&BEGIN_AT_ONCE);
        let theirs = matrix::seats_elsewhere(app.database(), showtime).await;
        if theirs.is_empty() {
            return;
        }
        let first = self.dice.below(theirs.len());
        let seats: Vec<String> = (theirs.into_iter().skip(first))
            .take(1 + self.dice.below(3))
            .collect();
        let order = appliance::control::Order::Takeover {
            showtime: showtime.parse().expect("an id"),
            seats: (seats.iter())
                .map(|seat| seat.parse().expect("an id"))
                .collect(),
            kind: None,
            till: None,
            reason: "nobody came".to_owned(),
        };
        let what = TakenOver {
            cinema,
            showtime,
            seats,
        };
        let taken = async move { Ended::TakenOver(what, app.perform(order).await) };
        self.begins(Who::Box(cinema), None, Box::pin(taken));
    }

    fn is_taken_over(&mut self, what: TakenOver, said: Result<String, Refusal>) {
        let at = CINEMAS[what.cinema];
        match said {
            Ok(_) => {
                let TakenOver {
                    showtime, seats, ..
                } = &what;
                self.tell(format!("{at}: {showtime} {seats:?} are taken over"));
                self.taken_over.push(what);
            }
            Err(why) => self.tell(format!("{at}: nothing is taken over: {why:?}")),
        }
    }

    /// The manager of a cinema whose box runs imports the programme with some showtimes in large rooms and perhaps a new layout of another, or with
    /// all as it was.
    fn moves(&mut self, cinema: usize, is_away: bool) {
        let Some(at) = &self.chain.cinemas[cinema].host.process else {
            return;
        };
        let away: Vec<&str> = (SHOWTIMES.into_iter())
            .filter(|_| is_away && self.dice.below(2) == 0)
            .collect();
        let (app, consent) = (at.app.clone(), appliance::control::Consent::Given);
        let house = House {
            away: &away,
            has_a_broken_chair: is_away && self.dice.below(2) == 0,
        };
        let programme = programme_of(CINEMAS[cinema], house);
        let order = appliance::control::Order::Import { programme, consent };
        let moved = async move { Ended::Moved(cinema, app.perform(order).await) };
        self.begins(Who::Box(cinema), None, Box::pin(moved));
    }

    fn is_moved(&mut self, cinema: usize, said: Result<String, Refusal>) {
        let at = CINEMAS[cinema];
        match said {
            Ok(said) => {
                let said: Vec<&str> = said.lines().map(str::trim).collect();
                self.tell(format!("{at}: {}", said.join("; ")));
            }
            Err(why) => self.tell(format!("{at}: nothing is moved: {why:?}")),
        }
    }

    async fn begins_to_go_wrong(&mut self, fault: &Fault) {
        let what = fault.what;
        // What is so already is no fault.
        let is_so = match what {
            What::LineCut(cinema) => self.cut.contains(&Some(cinema)),
            What::BrokerGone => self.cut.contains(&None),
            What::Killed(who) => !self.chain.is_up(who),
            What::PowerCut(who, _) => !self.chain.is_up(who) || self.down_for.contains_key(&who),
            What::HubPutBack | What::HubTakenAsItIs => !self.chain.is_up(Who::Hub),
            What::Takeover(cinema) | What::Moved(cinema) => !self.chain.is_up(Who::Box(cinema)),
            What::Code(cinema) => {
                let is_none = !self.codes.iter().any(|(of, _)| *of == cinema);
                let nobody_scans = is_none || !self.chain.is_up(Who::Box(cinema));
                !self.chain.is_up(Who::Hub) && nobody_scans
            }
            What::Storm(_)
            | What::ClockSet(..)
            | What::PrinterOff(_)
            | What::TerminalOff(_)
            | What::ProviderOff => false,
        };
        if is_so {
            return;
        }
        self.outcome.faults += 1;
        self.meets(what).await;
        self.tell(format!("step {}: {}", self.outcome.steps, what.words()));
        let mut over = Over::Fault(what);
        match what {
            What::LineCut(cinema) => {
                self.cut.insert(Some(cinema));
                self.chain.network.cut_off(&Chain::line_of(cinema));
            }
            What::BrokerGone => {
                self.cut.insert(None);
                self.chain.network.forget();
            }
            What::Storm(weather) => self.chain.network.weather(weather),
            What::Killed(who) => {
                self.ends(who);
                over = Over::Down(who);
            }
            What::PowerCut(who, kept) => {
                self.chain.mains(who).goes(kept);
                self.down_for.insert(who, fault.lasts);
                return;
            }
            What::ClockSet(who, by) => {
                let time = self.chain.true_time() + SignedDuration::from_secs(by);
                self.chain.clock(who).set(time);
            }
            What::PrinterOff(cinema) => {
                let printer = &self.chain.cinemas[cinema].printer;
                match self.dice.below(3) {
                    0 => printer.set(PrinterStatus::PaperOut),
                    1 => printer.next(Mishap::AnswerLost),
                    _ => printer.next(Mishap::PaperLost),
                }
            }
            What::TerminalOff(cinema) => {
                self.chain.cinemas[cinema].terminal.set_out_of_reach(true);
            }
            What::ProviderOff => self.chain.provider.set_out_of_reach(true),
            What::Code(cinema) => {
                self.hands_over(cinema);
                self.scans(cinema);
            }
            What::HubPutBack | What::HubTakenAsItIs => {
                let copied = Copied {
                    files: self.chain.hub_now(),
                    sold: self.reference.tickets().len(),
                    is_taken: what == What::HubTakenAsItIs,
                };
                self.copies.push_back(copied);
            }
            What::Takeover(cinema) => {
                let begun = self.chain.true_time() + HAVE_BEGUN_IN;
                self.chain.clock(Who::Box(cinema)).set(begun);
                self.takes_over(cinema).await;
            }
            What::Moved(cinema) => self.moves(cinema, true),
        }
        let at = self.outcome.steps + fault.lasts;
        self.over.entry(at).or_default().push(over);
    }

    /// Notes which states it meets.
    async fn meets(&mut self, what: What) {
        for cinema in what.cinemas() {
            let waits = |work: &&Work| {
                let guest = work.guest.map(|it| &self.guests[it]);
                guest.is_some_and(|it| {
                    let asks = it.asks.as_ref().map(|asked| asked.purpose);
                    it.cinema() == cinema && matches!(asks, Some(For::Hold | For::Change))
                })
            };
            let is_asked = self.works.iter().any(|work| waits(&work));
            let is_cut = self.cut.contains(&None) || self.cut.contains(&Some(cinema));
            let met: BTreeSet<State> = states(&self.chain, cinema, is_asked, is_cut).await;
            self.outcome.matrix.count(what.kind(), &met);
        }
    }

    async fn is_over(&mut self, over: Over) {
        match over {
            Over::Down(who) => {
                self.chain.start(who).await;
                self.tell(format!("{} begins again", who.name()));
            }
            Over::Fault(what) => {
                match what {
                    What::LineCut(cinema) => {
                        self.cut.remove(&Some(cinema));
                        self.chain.network.take_in(&Chain::line_of(cinema));
                    }
                    What::BrokerGone => {
                        self.cut.remove(&None);
                        self.chain.network.mend();
                    }
                    What::Storm(_) => self.chain.network.weather(Weather::default()),
                    What::ClockSet(who, _) => {
                        let time = self.chain.true_time();
                        self.chain.clock(who).set(time);
                    }
                    What::Takeover(cinema) => {
                        let time = self.chain.true_time();
                        self.chain.clock(Who::Box(cinema)).set(time);
                    }
                    What::PrinterOff(cinema) => {
                        self.chain.cinemas[cinema].printer.set(PrinterStatus::Ready);
                    }
                    What::TerminalOff(cinema) => {
                        self.chain.cinemas[cinema].terminal.set_out_of_reach(false);
                    }
                    What::ProviderOff => self.chain.provider.set_out_of_reach(false),
                    What::Code(cinema) => {
                        self.scans(cinema);
                        self.scans(cinema);
                    }
                    What::HubPutBack | What::HubTakenAsItIs => self.puts_the_hub_back().await,
                    What::Moved(cinema) => self.moves(cinema, false),
                    What::Killed(_) | What::PowerCut(..) => {}
                }
                self.tell(format!("over: {}", what.words()));
            }
        }
    }

    /// The oldest copy that is to be put back is.
    async fn puts_the_hub_back(&mut self) {
        let Some(Copied {
            files,
            sold,
            is_taken,
        }) = self.copies.pop_front()
        else {
            return;
        };
        let was_up = self.chain.is_up(Who::Hub);
        if was_up {
            self.ends(Who::Hub);
        }
        self.chain.put_back(&files);
        self.reference
            .forgotten
            .push(sold..self.reference.tickets().len());
        if was_up {
            self.chain.start(Who::Hub).await;
            if is_taken {
                (0..CINEMAS.len()).for_each(|cinema| self.takes_the_hub_as_it_is(cinema));
            }
        }
    }

    /// A person takes what the hub has of a cinema as it is.
    fn takes_the_hub_as_it_is(&mut self, cinema: usize) {
        let Some(hub) = &self.chain.hub.process else {
            return;
        };
        let order = cloud_hub::control::Order::AcceptLoss {
            cinema: CINEMAS[cinema].parse().expect("an id"),
            reason: "nothing else is left".to_owned(),
        };
        let app = hub.app.clone();
        let taken = async move { Ended::TakenAsItIs(cinema, app.perform(order).await) };
        self.begins(Who::Hub, None, Box::pin(taken));
    }

    fn is_taken_as_it_is(&mut self, cinema: usize, said: Result<String, Refusal>) {
        let at = CINEMAS[cinema];
        match said {
            Ok(said) => self.tell(format!("{at}: {}", said.lines().next().unwrap_or(""))),
            Err(why) => self.tell(format!("{at}: nothing is taken as it is: {why:?}")),
        }
    }

    /// A hub that has learned by a Hello that it has forgotten something begins once more.
    async fn begins_anew(&mut self) {
        let Some(hub) = &self.chain.hub.process else {
            return;
        };
        let stopped = counter::custody::list_stopped(hub.app.counter()).await;
        if stopped.is_ok_and(|lines| !lines.is_empty()) {
            self.ends(Who::Hub);
            self.chain.start(Who::Hub).await;
            self.tell("the hub is started once more".to_owned());
        }
    }

    async fn mend(&mut self) {
        self.over.clear();
        self.down_for.clear();
        self.cut.clear();
        self.next_fault = self.plan.faults.len();
        while !self.copies.is_empty() {
            self.puts_the_hub_back().await;
        }
        self.chain.mend().await;
        self.tell("everything is mended".to_owned());
        for (cinema, code) in self.codes.clone() {
            self.scans_this(cinema, (cinema, code));
        }
    }

    /// Does all that comes due, oldest first, until nothing is left to do.
    async fn come_to_rest(&mut self) {
        let mut left = Vec::new();
        for _ in 0..RESTS {
            let end = self.chain.passed() + REST;
            while self.chain.passed() < end {
                if !self.something_goes_on() && !self.something_is_due() {
                    let due = self.chain.until_due().unwrap_or(REST);
                    let waits = !self.works.is_empty();
                    let most = if waits {
                        Duration::from_millis(500)
                    } else {
                        REST
                    };
                    self.chain
                        .advance(due.clamp(Duration::from_millis(1), most));
                }
            }
            self.persons_decide().await;
            self.begins_anew().await;
            left = self.left_to_do().await;
            if left.is_empty() {
                return;
            }
        }
        self.outcome.wrong.extend(left);
        let gone = self.guests.iter().filter(|it| !it.is_gone);
        let there: Vec<String> = gone.map(|it| format!("{it:?}")).collect();
        self.outcome.wrong.extend(there);
    }

    /// A person at head office keeps the money of whoever went in before the cinema was asked.
    async fn persons_decide(&mut self) {
        let Some(hub) = &self.chain.hub.process else {
            return;
        };
        let counter = hub.app.counter();
        for ticket in self.reference.tickets() {
            if let Ok(id) = ticket.id.parse() {
                let by = RefundSaid {
                    by: "office",
                    reason: "the guest was let in",
                    given_minor: None,
                    about: None,
                };
                // Nothing is to be decided of most.
                let _ = refunds::decide(counter, id, Decision::Keep, by).await;
            }
        }
        for charge in self.chain.provider.sums().charges {
            let word = counter::checkout::Decision::Taken;
            let reason = "its guest has tickets, or comes and asks".to_owned();
            // Of most of them the hub knows.
            let payment = (charge.reference, None);
            let _ = counter::checkout::decide(counter, payment, word, reason).await;
        }
    }

    async fn left_to_do(&self) -> Vec<String> {
        let mut left = Vec::new();
        let hub = Kept::File(self.chain.hub.database().to_owned());
        let mut heads = BTreeSet::new();
        for cinema in &self.chain.cinemas {
            let database = cinema.host.database();
            match stored::unfinished(database) {
                Ok(open) if open.payments == 0 && open.papers == 0 => {}
                open => left.push(format!("{}: {open:?}", database.display())),
            }
            match Kept::File(database.to_owned()).present_heads().await {
                Ok(ours) => heads.extend(ours),
                Err(error) => left.push(error.to_string()),
            }
        }
        match hub.present_heads().await {
            Ok(theirs) if theirs == heads => {}
            theirs => left.push(format!("the streams differ: {heads:?} {theirs:?}")),
        }
        for (what, open) in [
            ("payments", hub.open_payments().await),
            ("refunds", hub.open_refunds().await),
        ] {
            if !matches!(open, Ok(0)) {
                left.push(format!("{what} at the hub: {open:?}"));
            }
        }
        left
    }

    /// Everything is compared with everything.
    async fn look_through(&mut self) {
        let mut wrong = Vec::new();
        let hub = Kept::File(self.chain.hub.database().to_owned());
        let stored = hub.stored().await.expect("the hub's database");
        let price = |it: &stored::StoredTicket| (it.id.clone(), it.price_minor);
        let here: BTreeMap<String, i64> = stored.tickets.iter().map(price).collect();
        let at_hub = stored.tickets;
        let disputes = hub.disputes().await.expect("the hub's database");
        let mut told = self.reference.live(Seller::Home, None);
        let forgotten = self.reference.may_be_forgotten();
        told.retain(|id, _| here.contains_key(id) || !forgotten.contains(id));
        // Whoever a hub that was put back told that it knows nothing of their payment has gone, and another copy of it knew: the tickets are paid.
        let mut here_told = here.clone();
        if !self.reference.forgotten.is_empty() {
            let known = self.reference.tickets().iter();
            let known: BTreeSet<&str> = known.map(|it| it.id.as_str()).collect();
            here_told.retain(|id, _| known.contains(id.as_str()));
        }
        differs(&mut wrong, "the hub", &here_told, &told);
        let sums = self.chain.provider.sums();
        let (kept, sold): (i64, i64) = (
            sums.captured_minor - sums.refunded_minor,
            here.values().sum(),
        );
        // What a hub has forgotten that was put back a person has looked at.
        let decided = hub.charges_kept().await.expect("the hub's database");
        let of_persons = sums
            .charges
            .iter()
            .filter(|it| decided.contains(it.reference.as_str()));
        let of_persons: i64 = of_persons.map(kept_minor).sum();
        if kept != sold + of_persons {
            wrong.push(format!(
                "the provider has {kept} for tickets of {sold} and forgotten ones of {of_persons}"
            ));
        }
        for (number, cinema) in self.chain.cinemas.iter().enumerate() {
            let id = CINEMAS[number];
            let database = cinema.host.database();
            let stored = stored::read(database).expect("the box's database");
            // What was taken over no guest here has asked for; it is paid in cash.
            let at_risk = stored::at_risk(database).expect("the box's database");
            for it in self.taken_over.iter().filter(|it| it.cinema == number) {
                let is_there = |seat: &&String| {
                    let of = |sold: &stored::StoredTicket| {
                        sold.showtime == it.showtime && sold.seat == **seat
                    };
                    stored
                        .tickets
                        .iter()
                        .any(|sold| of(sold) && at_risk.contains(&sold.id))
                };
                for seat in it.seats.iter().filter(|seat| !is_there(seat)) {
                    wrong.push(format!(
                        "{id}: {} {seat} was taken over and is not",
                        it.showtime
                    ));
                }
            }
            let of = |database, state| stored::seats_that_are(database, id, state);
            let taken_over = of(database, "taken_over").expect("the box's database");
            let free = of(self.chain.hub.database(), "free").expect("the hub's database");
            for (showtime, seat) in taken_over.intersection(&free) {
                wrong.push(format!(
                    "{id}: {showtime} {seat} is taken over, and the hub has it free"
                ));
            }
            // Two guests for one seat: head office knows of it, as the cinema does.
            let is_known = |showtime: &str, seat: &str| {
                let words = format!("seat {seat} of {showtime} ");
                disputes.iter().any(|it| it.contains(&words))
            };
            let both = stored.tickets.iter().filter(|it| at_risk.contains(&it.id));
            for ours in both {
                let is_same = |it: &&stored::StoredTicket| {
                    it.cinema == id && it.showtime == ours.showtime && it.seat == ours.seat
                };
                if at_hub.iter().any(|it| is_same(&it)) && !is_known(&ours.showtime, &ours.seat) {
                    let stored::StoredTicket { showtime, seat, .. } = ours;
                    wrong.push(format!(
                        "{id}: {showtime} {seat} has two guests, and head office does not know"
                    ));
                }
            }
            let asked_for = stored.tickets.iter().filter(|it| !at_risk.contains(&it.id));
            let here: BTreeMap<String, i64> = asked_for.map(price).collect();
            differs(
                &mut wrong,
                id,
                &here,
                &self.reference.live(Seller::Lobby, Some(number)),
            );
            let (captured, returned) = cinema.terminal.captured_and_refunded();
            let cash = self.reference.cash_minor.get(&number).copied().unwrap_or(0);
            let sold: i64 = here.values().sum();
            if captured - returned + cash != sold {
                wrong.push(format!(
                    "{id}: {captured} - {returned} by card and {cash} in cash for tickets of {sold}"
                ));
            }
            let papers: BTreeSet<String> =
                (cinema.printer.papers().into_iter().map(|it| it.code)).collect();
            let aside = stored::unfinished(database).map_or(0, |it| it.aside);
            let without = here.len() - here.len().min(papers.len());
            if without as i64 > aside {
                wrong.push(format!(
                    "{id}: {without} tickets have no paper, {aside} wait"
                ));
            }
        }
        // Whoever asks for money back from inside the room is one; and who comes with a ticket that neither side knows any more.
        let is_found = |it: &str| {
            let ticket = it.strip_prefix("admission: ticket ");
            let ticket = ticket.and_then(|rest| rest.split_once(' '));
            ticket.is_some_and(|(id, rest)| {
                forgotten.contains(id) && rest.ends_with("was in no record")
            })
        };
        // A person is told what was sold on both sides once it was taken over.
        let is_at_risk = |it: &str| it.starts_with("taken_over");
        let is_wrong =
            |it: &String| !it.starts_with("refund_admitted") && !is_found(it) && !is_at_risk(it);
        wrong.extend(disputes.into_iter().filter(is_wrong));
        self.outcome.files = self.chain.close().await;
        let folders = [self.chain.hub.folder()].into_iter();
        let folders = folders.chain(self.chain.cinemas.iter().map(|it| it.host.folder()));
        let read: Result<Vec<_>, String> = folders
            .map(|folder| {
                let source = proving::source(folder)?;
                ::audit::read(&source, WhileItRuns::Refused).map_err(|why| why.to_string())
            })
            .collect();
        match read {
            Ok(evidence) => {
                let verdict = ::audit::prove(&evidence);
                self.outcome.double_sales += verdict.count(::audit::Name::is_double_sale);
                wrong.extend(verdict.findings.iter().map(|it| {
                    format!(
                        "{}: {} {}: {}",
                        it.name.as_str(),
                        it.cinema,
                        it.about,
                        it.words
                    )
                }));
                wrong.extend(verdict.waiting.iter().map(|it| format!("waits: {it}")));
            }
            Err(why) => wrong.push(why),
        }
        self.outcome.wrong.extend(wrong);
    }
}

/// What was taken and not given back, in minor units.
fn kept_minor(charge: &Charge) -> i64 {
    let given: i64 = charge.parts.iter().map(|part| part.amount_minor).sum();
    match charge.state {
        ChargeState::Captured { amount_minor, .. } => amount_minor - given,
        ChargeState::Waiting
        | ChargeState::Step { .. }
        | ChargeState::Declined { .. }
        | ChargeState::Cancelled
        | ChargeState::Refunded { .. } => 0,
    }
}

fn differs(
    wrong: &mut Vec<String>,
    at: &str,
    stored: &BTreeMap<String, i64>,
    told: &BTreeMap<String, i64>,
) {
    for (ticket, price) in told {
        if stored.get(ticket) != Some(price) {
            let there = stored.get(ticket);
            wrong.push(format!(
                "{at}: ticket {ticket} at {price} was told and is {there:?}"
            ));
        }
    }
    for ticket in stored.keys().filter(|it| !told.contains_key(*it)) {
        wrong.push(format!(
            "{at}: ticket {ticket} is stored and was told nobody"
        ));
    }
}
