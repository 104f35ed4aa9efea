//! Where a process asks the other end of a link for seats, and waits for what becomes of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use service::Bell;
use tokio::sync::oneshot;
use wire::{Answered, CinemaId, Nonce, Wish};

/// How many asks may wait for one link to take them up. Whoever comes on top is told at once that the seats are out of reach.
const MOST_WAITING: usize = 64;

/// What a guest of the other end wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What is wanted.
    pub wish: Wish,
    /// The point of monotonic time after which nobody waits for the answer.
    pub until: Duration,
}

/// Where a process asks, by cinema. Clones share it; it belongs to one end, which [`Asks::default`] is given to.
#[derive(Clone, Default)]
pub struct Asks(Arc<Mutex<Open>>);

/// The links over which may be asked now.
#[derive(Default)]
struct Open {
    by_cinema: BTreeMap<CinemaId, Slot>,
    /// How many were ever opened.
    count: u64,
}

/// Where one link takes up what is to be asked.
struct Slot {
    number: u64,
    bell: Bell,
    waiting: Vec<(Wish, Whoever)>,
}

/// Whoever waits for what becomes of an ask; told nothing, it is out of reach.
type Whoever = oneshot::Sender<Answered>;

impl fmt::Debug for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open: Vec<_> = self.lock().by_cinema.keys().cloned().collect();
        f.debug_tuple("Asks").field(&open).finish()
    }
}

impl Asks {
    /// Asks the other end of the cinema's link, and waits for what becomes of it: out of reach at once, if there is no session, and no longer
    /// than an answer counts.
    pub async fn ask(&self, cinema: &CinemaId, wish: Wish) -> Answered {
        let (tell, answered) = oneshot::channel();
        {
            let mut open = self.lock();
            match open.by_cinema.get_mut(cinema) {
                Some(slot) if slot.waiting.len() < MOST_WAITING => {
                    slot.waiting.push((wish, tell));
                    slot.bell.ring();
                }
                Some(_) | None => return Answered::OutOfReach,
            }
        }
        answered.await.unwrap_or(Answered::OutOfReach)
    }

    /// Whether the other end of this cinema's link can be asked now.
    pub fn is_open(&self, cinema: &CinemaId) -> bool {
        self.lock().by_cinema.contains_key(cinema)
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one link has to ask, and has asked. Whoever waits is told that it is out of reach when this is closed or gone.
pub(crate) struct Asking {
    asks: Asks,
    cinema: CinemaId,
    bell: Bell,
    /// The number of its slot, while it is open.
    number: Option<u64>,
    asked: BTreeMap<Nonce, Whoever>,
}

impl Asking {
    /// Nothing, and nobody may ask yet. The bell calls the link.
    pub(crate) fn new(asks: &Asks, cinema: CinemaId, bell: &Bell) -> Self {
        Self {
            asks: asks.clone(),
            cinema,
            bell: bell.clone(),
            number: None,
            asked: BTreeMap::new(),
        }
    }

    /// From now on it may be asked over this link.
    pub(crate) fn open(&mut self) {
        let mut open = self.asks.lock();
        open.count += 1;
        self.number = Some(open.count);
        let slot = Slot {
            number: open.count,
            bell: self.bell.clone(),
            waiting: Vec::new(),
        };
        open.by_cinema.insert(self.cinema.clone(), slot);
    }

    /// From now on it may not.
    pub(crate) fn close(&mut self) {
        self.asked.clear();
        let Some(number) = self.number.take() else {
            return;
        };
        let mut open = self.asks.lock();
        let is_ours = |slot: &&mut Slot| slot.number == number;
        if open
            .by_cinema
            .get_mut(&self.cinema)
            .filter(is_ours)
            .is_some()
        {
            open.by_cinema.remove(&self.cinema);
        }
    }

    /// What is to be asked.
    pub(crate) fn take(&mut self) -> Vec<(Wish, Whoever)> {
        let mut open = self.asks.lock();
        match open.by_cinema.get_mut(&self.cinema) {
            Some(slot) if self.number == Some(slot.number) => std::mem::take(&mut slot.waiting),
            Some(_) | None => Vec::new(),
        }
    }

    /// It is asked under this id.
    pub(crate) fn asked(&mut self, id: Nonce, whoever: Whoever) {
        self.asked.insert(id, whoever);
    }

    /// Whoever waits for it is told.
    pub(crate) fn answered(&mut self, id: Nonce, answered: Answered) {
        if let Some(whoever) = self.asked.remove(&id) {
            // Whoever does not wait any more is not told.
            whoever.send(answered).unwrap_or_default();
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking")
            .field("cinema", &self.cinema)
            .field("asked", &self.asked.len())
            .finish_non_exhaustive()
    }
}
