//! The first hour of a blockbuster: where more guests want the seats of a showtime than can choose in peace, they wait for their turn in the order in which they came,
//! each shown how many are before them. Nobody waits on any other evening. Places are in memory; each guest's page has a proof of theirs,
//! so that a hub that is started anew knows the order again.

mod busy;
mod proof;
mod queue;
mod refusal;
pub(crate) mod routes;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use box_office::{CinemaId, DeviceId, ShowtimeId};
use counter::catalogue::CatalogueRefused;
use counter::{At, Counter};
use database::Database;
use hub_api::{Place, SeatsLeft};
use parking_lot::Mutex;
use service::Machine;

use busy::Busy;
use proof::Proofs;
use queue::{Came, Kept, LEAST, Queue};

pub(crate) use refusal::PlaceRefused;

/// How often a page that waits asks. It holds no connection meanwhile.
const ASK_AGAIN_SECONDS: u32 = 10;

/// One guest may choose for so many seats that nobody has paid for: two or three seats each are the half that guests may hold unpaid, so that whoever has
/// their turn finds seats.
const SEATS_PER_GUEST: usize = 5;

/// For so long it is known how many seats are left.
const COUNTED_FOR: Duration = Duration::from_secs(1);

/// So many guests are known of at once, those who choose among them: 20 MB or so.
const MOST_GUESTS: usize = 100_000;

/// When whoever finds no room in any queue may try again.
const FULL_FOR: Duration = Duration::from_secs(60);

/// Who may choose, and who waits. Clones share it.
#[derive(Clone)]
pub(crate) struct WaitingRoom {
    database: Database,
    counter: Counter,
    machine: Machine,
    proofs: Proofs,
    turns: Turns,
}

/// The turns of all showtimes, for whoever gives them on. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<Queues>>);

#[derive(Default)]
struct Queues {
    of: HashMap<(CinemaId, ShowtimeId), OfShowtime>,
    /// When those in which nobody is left were last forgotten.
    tidied: Duration,
    busy: Busy,
}

#[derive(Default)]
struct OfShowtime {
    queue: Queue,
    counted: Option<(Duration, counter::SeatsLeft)>,
}

impl fmt::Debug for WaitingRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitingRoom").finish_non_exhaustive()
    }
}

impl Turns {
    /// A guest has bought, or does not want to wait any more.
    pub(crate) fn give_on(&self, of: &(CinemaId, ShowtimeId), guest: &DeviceId) {
        if let Some(known) = self.0.lock().of.get_mut(of) {
            known.queue.leave(guest);
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
            proofs: Proofs::new(key),
            turns,
            machine,
        };
        room.show();
        room
    }

    /// What `/metrics` says of it.
    fn show(&self) {
        let metrics = &self.machine.metrics;
        let waiting = metrics.gauge("guests_waiting", "Guests who wait for their turn to choose");
        let choosing = metrics.gauge("guests_choosing", "Guests whose turn it is to choose");
        let Turns(queues) = self.turns.clone();
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

    /// A guest wants to choose seats of a showtime, or still does: where they stand. `proof` is what an earlier answer had.
    pub(crate) async fn come(
        &self,
        (cinema, showtime): (&CinemaId, &ShowtimeId),
        guest: &DeviceId,
        proof: Option<&str>,
    ) -> Result<Place, PlaceRefused> {
        let at = (self.counter.at(cinema)).ok_or(CatalogueRefused::NoProgramme)?;
        if !at.has_showtime(showtime) {
            return Err(CatalogueRefused::UnknownShowtime.into());
        }
        let of = (cinema.clone(), showtime.clone());
        let most = self.may_choose(&at, &of).await?;
        let (now, clock) = (self.machine.clock.monotonic(), self.machine.clock.now());
        let came = Came {
            now,
            clock_us: u64::try_from(clock.as_microsecond()).unwrap_or(0),
            arrived_us: proof.and_then(|proof| self.proofs.arrival(&of, guest, (proof, clock))),
        };
        let mut queues = self.turns.0.lock();
        queues.tidy(now);
        let is_full = queues.guests() >= MOST_GUESTS;
        let queue = queues.of.entry(of.clone()).or_default();
        if is_full && !queue.queue.knows(guest) {
            return Err(PlaceRefused::Full(FULL_FOR));
        }
        let kept = queue.queue.come(guest, came, most);
        Ok(self.told(&of, guest, kept, queue.counted))
    }

    fn told(
        &self,
        of: &(CinemaId, ShowtimeId),
        guest: &DeviceId,
        kept: Kept,
        counted: Option<(Duration, counter::SeatsLeft)>,
    ) -> Place {
        let whole = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let seats = counted
            .filter(|_| !kept.has_turn)
            .map(|(_, left)| SeatsLeft {
                free: whole(left.free),
                held: whole(left.held),
            });
        let now = self.machine.clock.now();
        Place {
            has_turn: kept.has_turn,
            ahead: whole(kept.ahead),
            about_minutes: kept.about_minutes,
            seats,
            again_seconds: ASK_AGAIN_SECONDS,
            proof: self.proofs.prove(of, guest, (kept.arrived_us, now)),
        }
    }

    /// How many guests may choose seats of a showtime at once. As long as few do, nobody need count.
    async fn may_choose(
        &self,
        at: &At,
        of: &(CinemaId, ShowtimeId),
    ) -> Result<usize, PlaceRefused> {
        let now = self.machine.clock.monotonic();
        {
            let mut queues = self.turns.0.lock();
            let is_busy = queues.busy.is_busy(now);
            let Some(known) = queues.of.get_mut(of).filter(|it| it.queue.is_sought()) else {
                return Ok(LEAST);
            };
            let counted = known.counted.filter(|(at, _)| now < *at + COUNTED_FOR);
            if let Some((_, left)) = counted {
                return Ok(share(left, is_busy));
            }
            // Who asks meanwhile is told by what was counted last.
            if let Some((at, _)) = &mut known.counted {
                *at = now;
            }
        }
        self.database.check().await?;
        let left = counter::seats_left(at, &of.1).await?;
        let took = (self.machine.clock.monotonic()).saturating_sub(now);
        let mut queues = self.turns.0.lock();
        let is_busy = queues.busy.took(took, now);
        if let Some(known) = queues.of.get_mut(of) {
            known.counted = Some((now, left));
        }
        Ok(share(left, is_busy))
    }
}

/// How many may choose where so much is left; while the hub is busy no more than at least may.
fn share(left: counter::SeatsLeft, is_busy: bool) -> usize {
    match is_busy {
        true => LEAST,
        false => ((left.free + left.held) / SEATS_PER_GUEST).max(LEAST),
    }
}

impl Queues {
    fn guests(&self) -> usize {
        self.of.values().map(|it| it.queue.guests()).sum()
    }

    /// Forgets whoever has not asked for long, in every queue, and the queues that are empty.
    fn tidy(&mut self, now: Duration) {
        if now < self.tidied + queue::KEPT_FOR / 10 {
            return;
        }
        self.tidied = now;
        self.of.retain(|_, known| {
            known.queue.forget(now);
            known.queue.guests() > 0
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_choose_as_find_seats_and_four_at_least() {
        let left = |free, held| counter::SeatsLeft { free, held };
        assert_eq!(share(left(400, 0), false), 80);
        assert_eq!(share(left(240, 160), false), 80, "who holds has not bought");
        assert_eq!(share(left(400, 0), true), 4);
        assert_eq!(share(left(3, 0), false), 4);
    }
}
