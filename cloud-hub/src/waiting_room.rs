//! The first hour of a blockbuster: where more guests want the seats of a showtime than can choose in peace, they wait for their turn in the order in which they came,
//! each shown how many are before them. Places are in memory; each guest's page has a proof of theirs, so that a hub that is started anew knows the order
//! again.

mod busy;
mod proof;
mod queue;
mod refusal;
pub(crate) mod routes;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use box_office::{CinemaId, DeviceId, ShowtimeId};
use counter::catalogue::CatalogueRefused;
use counter::{At, Counter, Demand, Fault};
use database::Database;
use hub_api::{Place, SeatsLeft};
use parking_lot::Mutex;
use service::http::{Allowances, Peer};
use service::{Clock, Machine};

use busy::Busy;
use proof::Proofs;
use queue::{Before, Came, Kept, Most, Queue};

pub(crate) use refusal::PlaceRefused;

/// How often a page that waits asks. It holds no connection meanwhile.
const ASK_AGAIN_SECONDS: u32 = 10;

/// So many choose at once as long as nobody waits, however few seats are left: a queue forms where it is needed, and not for some who look.
const AT_EASE: usize = 12;

/// Nobody waits, and nobody looks what is left.
const EASE: Most = Most {
    at_ease: AT_EASE,
    in_turn: AT_EASE,
};

/// So many guests choose at once for so many seats that may yet be held: two or three each.
const GUESTS: usize = 2;
const THEIR_SEATS: usize = 5;

/// So few choose at once for as many seats, one each: of the last seats nobody who only looks keeps all others waiting.
const FEW: usize = 4;

/// A hub that is busy has no more choose at once, of each showtime.
const WHILE_BUSY: usize = 4;

/// For so long it is known who holds seats, and how many are left.
const KNOWN_FOR: Duration = Duration::from_secs(1);

/// So many places a session has at once, one a showtime: who wants another gives up the one that they asked for least lately.
const PLACES: usize = 3;

/// New places before which others wait: so many one address takes at once, and one more every so often, whatever sessions it has.
const AT_ONCE: u32 = 30;
const ONE_MORE_EVERY: Duration = Duration::from_secs(10);

/// So many guests are known of at once, those who choose among them: 20 MB or so.
const MOST_GUESTS: usize = 100_000;

/// When whoever finds no room in any queue may try again.
const FULL_FOR: Duration = Duration::from_secs(60);

/// A cinema's showtime.
type Of = (CinemaId, ShowtimeId);

/// Who may choose, and who waits. Clones share it.
#[derive(Clone)]
pub(crate) struct WaitingRoom {
    database: Database,
    counter: Counter,
    machine: Machine,
    proofs: Proofs,
    turns: Turns,
    placed: Arc<Allowances<Peer>>,
}

/// The turns of all showtimes, for whoever gives them on. Clones share them.
#[derive(Clone)]
pub(crate) struct Turns {
    queues: Arc<Mutex<Queues>>,
    clock: Clock,
}

#[derive(Default)]
struct Queues {
    of: HashMap<Of, OfShowtime>,
    /// When those in which nobody is left were last forgotten.
    tidied: Duration,
    busy: Busy,
}

#[derive(Default)]
struct OfShowtime {
    queue: Queue,
    /// When it was last begun to look who holds seats and what is left.
    looked: Option<Duration>,
    /// What was found, and by a look that began when.
    found: Option<Found>,
    as_of: Duration,
}

/// Who wants a showtime and what is left of it, or why nothing can be had.
type Seen = Result<Demand, CatalogueRefused>;

/// What is left, or why nothing can be had.
type Found = Result<counter::SeatsLeft, CatalogueRefused>;

impl fmt::Debug for WaitingRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitingRoom").finish_non_exhaustive()
    }
}

impl Turns {
    pub(crate) fn new(clock: &Clock) -> Self {
        Self {
            queues: Arc::default(),
            clock: clock.clone(),
        }
    }

    /// Whether guests wait for seats of a showtime that somebody may yet have.
    pub(crate) fn is_waited_for(&self, of: &Of) -> bool {
        let queues = self.queues.lock();
        let nothing = counter::SeatsLeft { free: 0, held: 0 };
        let is_waited_for = |it: &OfShowtime| it.queue.is_formed() && it.found != Some(Ok(nothing));
        queues.of.get(of).is_some_and(is_waited_for)
    }

    /// A guest has bought, or does not want to wait any more.
    pub(crate) fn give_on(&self, of: &Of, guest: &DeviceId) {
        let now = self.clock.monotonic();
        if let Some(known) = self.queues.lock().of.get_mut(of) {
            known.queue.leave(guest, now);
        }
    }
}

impl WaitingRoom {
    pub(crate) fn new(
        (database, machine): (Database, Machine),
        counter: Counter,
        (turns, key): (Turns, [u8; 32]),
    ) -> Self {
        let room = Self {
            database,
            counter,
            proofs: Proofs::new(key, machine.clock.now()),
            turns,
            machine,
            placed: Arc::new(Allowances::steadily(ONE_MORE_EVERY, AT_ONCE)),
        };
        room.show();
        room
    }

    /// What `/metrics` says of it.
    fn show(&self) {
        let metrics = &self.machine.metrics;
        let waiting = metrics.gauge("guests_waiting", "Guests who wait for their turn to choose");
        let choosing = metrics.gauge(
            "guests_choosing",
            "Guests who may choose and hold nothing yet",
        );
        let queues = Arc::clone(&self.turns.queues);
        metrics.before_each_reading(move || {
            let queues = queues.lock();
            let sum = |count: fn(&Queue) -> usize| {
                let all: usize = queues.of.values().map(|it| count(&it.queue)).sum();
                i64::try_from(all).unwrap_or(i64::MAX)
            };
            waiting.set(sum(Queue::waiting));
            choosing.set(sum(Queue::choosing));
        });
    }

    /// A guest at this address wants to choose seats of a showtime, or still does: where they stand. `proof` is what an earlier answer had.
    pub(crate) async fn come(
        &self,
        of: &Of,
        (guest, from): (&DeviceId, Peer),
        proof: Option<&str>,
    ) -> Result<Place, PlaceRefused> {
        let most = self.may_choose(of, guest).await?;
        let (now, clock) = (self.machine.clock.monotonic(), self.machine.clock.now());
        let before = proof.and_then(|proof| self.proofs.stood(of, guest, (proof, clock)));
        let came = Came {
            now,
            clock_us: u64::try_from(clock.as_microsecond()).unwrap_or(0),
            before,
        };
        let (kept, left) = {
            let mut queues = self.turns.queues.lock();
            queues.tidy(now);
            let is_full = queues.guests() >= MOST_GUESTS;
            let known = queues.of.entry(of.clone()).or_default();
            if known.queue.seen(guest).is_none() {
                if !known.queue.has_room(guest, now, most) && before.is_none() {
                    if is_full {
                        return Err(PlaceRefused::Full(FULL_FOR));
                    }
                    let asked = self.placed.ask(from, now);
                    asked.map_err(PlaceRefused::TooManyFromHere)?;
                }
                queues.give_up_others(of, guest, now);
            }
            let known = queues.of.entry(of.clone()).or_default();
            let kept = known.queue.come(guest, came, most);
            let left = known.found.clone().and_then(Result::ok);
            (kept, left)
        };
        Ok(self.told(of, guest, kept, left))
    }

    /// Whether a guest may begin to hold seats of a showtime. Nobody takes a place by that: a program that keeps none waits for nobody.
    pub(crate) async fn has_turn(&self, of: &Of, guest: &DeviceId) -> Result<bool, PlaceRefused> {
        let most = self.may_choose(of, guest).await?;
        let now = self.machine.clock.monotonic();
        let came = Came {
            now,
            clock_us: u64::try_from(self.machine.clock.now().as_microsecond()).unwrap_or(0),
            before: None,
        };
        let mut queues = self.turns.queues.lock();
        queues.tidy(now);
        Ok(queues.has_turn(of, guest, (came, most), MOST_GUESTS))
    }

    fn told(
        &self,
        of: &Of,
        guest: &DeviceId,
        kept: Kept,
        left: Option<counter::SeatsLeft>,
    ) -> Place {
        let whole = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let left = left.filter(|_| !kept.has_turn).map(|left| SeatsLeft {
            free: whole(left.free),
            held: whole(left.held),
        });
        let stood = Before {
            arrived_us: kept.arrived_us,
            has_turn: kept.has_turn,
        };
        let turn_left = kept.turn_left.map(|left| left.as_secs());
        Place {
            has_turn: kept.has_turn,
            ahead: whole(kept.ahead),
            about_minutes: kept.about_minutes,
            turn_seconds: turn_left.map(|left| u32::try_from(left).unwrap_or(0)),
            seats: left,
            again_seconds: ASK_AGAIN_SECONDS,
            proof: (self.proofs).prove(of, guest, (stood, self.machine.clock.now())),
        }
    }

    /// How many guests may choose seats of a showtime at once, as this one asks.
    async fn may_choose(&self, of: &Of, guest: &DeviceId) -> Result<Most, PlaceRefused> {
        let most = self.most_of(of).await;
        if most.is_err() {
            let now = self.machine.clock.monotonic();
            if let Some(known) = self.turns.queues.lock().of.get_mut(of) {
                known.queue.asks_in_vain(guest, now);
            }
        }
        most
    }

    /// As long as few want to choose, nobody need look what is left.
    async fn most_of(&self, of: &Of) -> Result<Most, PlaceRefused> {
        let (cinema, showtime) = of;
        let at = self.counter.at(cinema).ok_or(CatalogueRefused::NoProgramme);
        let at = at.and_then(|at| match at.has_showtime(showtime) {
            true => Ok(at),
            false => Err(CatalogueRefused::UnknownShowtime),
        });
        let now = self.machine.clock.monotonic();
        let at = {
            let mut queues = self.turns.queues.lock();
            let is_busy = queues.busy.is_busy(now);
            let Some(known) = queues.of.get_mut(of) else {
                return Ok(at.map(|_| EASE)?);
            };
            let at = match at {
                Ok(at) => at,
                Err(refused) => {
                    known.found = Some(Err(refused.clone()));
                    known.queue.closes(now);
                    return Err(refused.into());
                }
            };
            if !known.is_sought() {
                known.found = None;
                known.queue.opens(now);
                return Ok(EASE);
            }
            let is_known = known.looked.is_some_and(|looked| now < looked + KNOWN_FOR);
            match (is_known, &known.found) {
                (true, Some(Ok(left))) => return Ok(most(*left, is_busy)),
                (true, Some(Err(refused))) => return Err(refused.clone().into()),
                // Somebody looks at this moment.
                (true, None) => return Ok(Most { in_turn: 0, ..EASE }),
                (false, _) => known.looked = Some(now),
            }
            at
        };
        self.look(&at, of, now).await
    }

    /// Looks who holds seats of a showtime and what is left, and by how long that takes how the hub does.
    async fn look(&self, at: &At, of: &Of, began: Duration) -> Result<Most, PlaceRefused> {
        let seen = self.see(at, &of.1).await;
        let now = self.machine.clock.monotonic();
        let mut queues = self.turns.queues.lock();
        let is_busy = match &seen {
            Ok(_) => queues.busy.took(now.saturating_sub(began), began),
            Err(_) => queues.busy.fails(now),
        };
        let known = queues.of.entry(of.clone()).or_default();
        let found = match (seen, &known.found) {
            (Ok(seen), _) => known.finds(seen, (began, now)),
            // Who waits is told of their place by what was seen last.
            (Err(_), Some(found)) => found.clone(),
            (Err(fault), None) => return Err(fault.into()),
        };
        Ok(most(found?, is_busy))
    }

    async fn see(&self, at: &At, showtime: &ShowtimeId) -> Result<Seen, Fault> {
        self.database.check().await?;
        match counter::demand(at, showtime).await {
            Ok(demand) => Ok(Ok(demand)),
            Err(CatalogueRefused::Fault(fault)) => Err(fault),
            Err(refused) => Ok(Err(refused)),
        }
    }
}

/// How many may choose where so much is left.
fn most(left: counter::SeatsLeft, is_busy: bool) -> Most {
    let fitting = left.more_to_hold() * GUESTS / THEIR_SEATS;
    let few = left.more_to_hold().min(FEW);
    let (at_ease, in_turn) = (fitting.max(AT_EASE), fitting.max(few));
    match is_busy {
        true => Most {
            at_ease: WHILE_BUSY,
            in_turn: in_turn.min(WHILE_BUSY),
        },
        false => Most { at_ease, in_turn },
    }
}

impl OfShowtime {
    /// What was found by a look that began and ended then, unless a later one was faster.
    fn finds(&mut self, seen: Seen, (began, now): (Duration, Duration)) -> Found {
        let found = seen.as_ref().map(|demand| demand.left);
        let found = found.map_err(Clone::clone);
        if began < self.as_of {
            return found;
        }
        self.as_of = began;
        match seen {
            Ok(demand) => {
                let holding = demand.holding.into_iter().collect();
                self.queue.holds(holding, (began, now));
                self.queue.opens(now);
            }
            Err(_) => self.queue.closes(now),
        }
        self.found = Some(found.clone());
        found
    }

    /// Whether so many want to choose that it is looked what is left for them.
    fn is_sought(&self) -> bool {
        self.queue.choosing() >= WHILE_BUSY || self.queue.is_formed()
    }
}

impl Queues {
    fn guests(&self) -> usize {
        self.of.values().map(|it| it.queue.guests()).sum()
    }

    /// Whether a guest who keeps no place may choose. Those who would be too many to know wait, as everybody does then.
    fn has_turn(
        &mut self,
        of: &Of,
        guest: &DeviceId,
        (came, most): (Came, Most),
        most_guests: usize,
    ) -> bool {
        let is_full = self.guests() >= most_guests;
        let queue = &mut self.of.entry(of.clone()).or_default().queue;
        let is_new = queue.seen(guest).is_none();
        let may_ask = queue.has_room(guest, came.now, most) && !(is_new && is_full);
        may_ask && queue.come(guest, came, most).has_turn
    }

    /// A guest takes a place in one queue, and gives up what is too much.
    fn give_up_others(&mut self, of: &Of, guest: &DeviceId, now: Duration) {
        let mut others: Vec<_> = (self.of.iter_mut())
            .filter(|(other, _)| *other != of)
            .filter_map(|(_, known)| Some((known.queue.seen(guest)?, &mut known.queue)))
            .collect();
        others.sort_unstable_by_key(|(seen, _)| std::cmp::Reverse(*seen));
        for (_, queue) in others.into_iter().skip(PLACES - 1) {
            queue.forget_one(guest, now);
        }
    }

    /// Forgets whoever has not asked for long, in every queue, and the queues that are empty.
    fn tidy(&mut self, now: Duration) {
        if now < self.tidied + queue::KEPT_FOR / 10 {
            return;
        }
        self.tidied = now;
        self.of.retain(|_, known| {
            // Where nobody looks any more, nobody is known to hold seats.
            if known
                .looked
                .is_none_or(|looked| now >= looked + queue::KEPT_FOR / 10)
            {
                known.queue.holds(HashSet::new(), (now, now));
            }
            known.queue.forget(now);
            known.queue.guests() > 0
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_in_which_nobody_looks_any_more_is_forgotten_whoever_held_seats() {
        let of: Of = ("metropol".parse().unwrap(), "tonight".parse().unwrap());
        let guest: DeviceId = "guest".parse().unwrap();
        let (mut queues, now) = (Queues::default(), Duration::from_secs(1_000));
        let known = queues.of.entry(of).or_default();
        let four = Most {
            at_ease: 4,
            in_turn: 4,
        };
        known.queue.come(&guest, came(now), four);
        known.queue.holds([guest].into(), (now, now));
        known.looked = Some(now);
        queues.tidy(now + Duration::from_secs(59));
        assert_eq!(queues.guests(), 1);
        for kept in 1..3 {
            queues.tidy(now + kept * (queue::KEPT_FOR + Duration::from_secs(60)));
        }
        assert!(queues.of.is_empty());
    }

    fn came(now: Duration) -> Came {
        Came {
            now,
            clock_us: 1,
            before: None,
        }
    }

    #[test]
    fn where_too_many_are_known_nobody_passes_them() {
        let of: Of = ("metropol".parse().unwrap(), "tonight".parse().unwrap());
        let [known, waits, new] = ["known", "waits", "new"].map(|id| id.parse().unwrap());
        let (mut queues, came) = (Queues::default(), came(Duration::from_secs(1_000)));
        let one = Most {
            at_ease: 1,
            in_turn: 1,
        };
        let mut check =
            |guest, most_guests, most| queues.has_turn(&of, guest, (came, most), most_guests);
        assert!(check(&known, 1, one));
        assert!(check(&known, 1, one), "known already");
        // There is room to choose, and none to know who does.
        let two = Most {
            at_ease: 2,
            in_turn: 2,
        };
        assert!(!check(&new, 1, two));
        let queue = &mut queues.of.get_mut(&of).unwrap().queue;
        assert!(!queue.come(&waits, came, one).has_turn);
        for most_guests in [2, 100] {
            assert!(!queues.has_turn(&of, &waits, (came, one), most_guests));
            assert!(queues.has_turn(&of, &known, (came, one), most_guests));
        }
    }

    #[test]
    fn of_two_looks_the_later_counts_and_what_can_be_had_again_is_had_in_order() {
        let of: Of = ("metropol".parse().unwrap(), "tonight".parse().unwrap());
        let guests = ["first", "second", "third"].map(|id| id.parse::<DeviceId>().unwrap());
        let (mut queues, second) = (Queues::default(), Duration::from_secs(1));
        let most = Most {
            at_ease: 1,
            in_turn: 1,
        };
        let known = queues.of.entry(of).or_default();
        let left = counter::SeatsLeft { free: 9, held: 0 };
        let held = |holding: &[&DeviceId]| {
            let holding = holding.iter().map(|guest| (*guest).clone()).collect();
            Ok(Demand { left, holding })
        };
        let first = &guests[0];
        for guest in &guests[..2] {
            known.queue.come(guest, came(second), most);
        }
        let late = (second * 2, second * 5);
        assert_eq!(
            known.finds(held(&[first]), (second * 3, second * 4)),
            Ok(left)
        );
        assert_eq!(known.finds(held(&[]), late), Ok(left));
        let turns = [0, 1, 2].map(|nth: usize| {
            let kept = known.queue.come(&guests[nth], came(second * 5), most);
            kept.has_turn
        });
        assert_eq!(turns, [true, true, false], "the first holds seats");

        let closed = known.finds(Err(CatalogueRefused::SalesClosed), (second * 6, second * 6));
        assert_eq!(closed, Err(CatalogueRefused::SalesClosed));
        // Who waits hears that, and asks less often: they are as good as asleep.
        known.queue.forget(second * 60);
        assert!(known.is_sought());
        known.queue.leave(&guests[0], second * 60);
        known.queue.leave(&guests[1], second * 60);
        known.finds(held(&[]), (second * 61, second * 61)).unwrap();
        let new: DeviceId = "new".parse().unwrap();
        let kept = known.queue.come(&new, came(second * 62), most);
        assert!(!kept.has_turn, "until all have asked again");
    }

    #[test]
    fn as_many_choose_as_find_seats_and_some_at_ease() {
        let check = |(free, held), is_busy, at_ease, in_turn| {
            let found = most(counter::SeatsLeft { free, held }, is_busy);
            assert_eq!(found, Most { at_ease, in_turn }, "{free} {held} {is_busy}");
        };
        check((400, 0), false, 80, 80);
        check((240, 160), false, 16, 16);
        check((200, 200), false, 12, 0);
        check((400, 0), true, 4, 4);
        // The largest group may hold what is left of so little.
        check((12, 0), false, 12, 4);
        check((5, 0), false, 12, 4);
        check((2, 0), false, 12, 2);
        check((2, 10), false, 12, 0);
        check((0, 0), false, 12, 0);
    }
}
