//! Guests of this side who wait for seats that the other side has, and word of what has arrived.

use std::time::Duration;

use box_office::{CinemaId, HoldId, SeatId, ShowtimeId};
use parking_lot::Mutex;
use service::Bell;
use tokio::sync::watch;

use crate::catalogue::ShowtimeKey;

/// Who waits, and what has arrived.
#[derive(Debug)]
pub(crate) struct Asking {
    waiting: Mutex<Vec<Waits>>,
    /// How often custody has arrived, at any cinema.
    arrivals: watch::Sender<u64>,
    left: Mutex<Vec<Left>>,
    /// Rung when somebody has left.
    pub(crate) bell: Bell,
}

/// Seats that were asked for by a guest who has left, or who was told that they cannot be had: they may arrive all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) cinema: CinemaId,
    pub(crate) showtime: ShowtimeId,
    pub(crate) seats: Vec<SeatId>,
    /// When they have arrived, if they do, on the monotonic clock.
    pub(crate) arrived: Duration,
}

/// What a guest has on this side while they wait for the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waits {
    pub(crate) showtime: ShowtimeKey,
    /// The seats of this side that they want as well.
    pub(crate) seats: Vec<SeatId>,
    /// Their hold, if they have one.
    pub(crate) hold: Option<HoldId>,
}

/// Held for as long as a guest waits.
pub(crate) struct Waiting<'a>(&'a Asking, Waits);

impl Asking {
    pub(crate) fn new() -> Self {
        Self {
            waiting: Mutex::default(),
            arrivals: watch::Sender::new(0),
            left: Mutex::default(),
            bell: Bell::default(),
        }
    }

    /// A guest waits.
    pub(crate) fn wait(&self, waits: Waits) -> Waiting<'_> {
        self.waiting.lock().push(waits.clone());
        Waiting(self, waits)
    }

    /// Those of these seats that a guest who waits wants.
    pub(crate) fn wanted(&self, showtime: ShowtimeKey, seats: &[SeatId]) -> Vec<SeatId> {
        let waiting = self.waiting.lock();
        let is_wanted = |seat: &&SeatId| {
            let mut waiting = waiting.iter().filter(|waits| waits.showtime == showtime);
            waiting.any(|waits| waits.seats.contains(seat))
        };
        seats.iter().filter(is_wanted).cloned().collect()
    }

    /// The holds of guests who wait.
    pub(crate) fn holds(&self) -> Vec<HoldId> {
        let waiting = self.waiting.lock();
        let holds = waiting.iter().filter_map(|waits| waits.hold.clone());
        holds.collect()
    }

    /// Somebody has left who asked for these.
    pub(crate) fn leave(&self, left: Left) {
        self.left.lock().push(left);
        self.bell.ring();
    }

    /// What has arrived by `now`, if it has, of those who left; and when the next may have.
    pub(crate) fn left_by(&self, now: Duration) -> (Vec<Left>, Option<Duration>) {
        let mut left = self.left.lock();
        let due = left.extract_if(.., |left| left.arrived <= now).collect();
        (due, left.iter().map(|left| left.arrived).min())
    }

    /// Custody has arrived, and is committed.
    pub(crate) fn arrived(&self) {
        self.arrivals
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Tells of every arrival from here on.
    pub(crate) fn arrivals(&self) -> watch::Receiver<u64> {
        self.arrivals.subscribe()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting.lock();
        if let Some(place) = waiting.iter().position(|waits| *waits == self.1) {
            waiting.swap_remove(place);
        }
    }
}
