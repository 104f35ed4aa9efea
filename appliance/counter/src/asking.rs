//! Guests of this side who wait for seats that the other side has, and word of what has arrived.

use box_office::{HoldId, SeatId};
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::catalogue::ShowtimeKey;

/// Who waits, and what has arrived.
#[derive(Debug)]
pub(crate) struct Asking {
    waiting: Mutex<Vec<Waits>>,
    /// How often custody has arrived, at any cinema.
    arrivals: watch::Sender<u64>,
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
        }
    }

    /// A guest waits.
    pub(crate) fn wait(&self, waits: Waits) -> Waiting<'_> {
        self.waiting.lock().push(waits.clone());
        Waiting(self, waits)
    }

    /// Whether a guest who waits wants one of these seats.
    pub(crate) fn wants(&self, showtime: ShowtimeKey, seats: &[SeatId]) -> bool {
        let wants = |waits: &Waits| {
            waits.showtime == showtime && waits.seats.iter().any(|seat| seats.contains(seat))
        };
        self.waiting.lock().iter().any(wants)
    }

    /// The holds of guests who wait.
    pub(crate) fn holds(&self) -> Vec<HoldId> {
        let waiting = self.waiting.lock();
        let holds = waiting.iter().filter_map(|waits| waits.hold.clone());
        holds.collect()
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
