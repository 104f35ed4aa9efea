//! The queue of one showtime: who may choose, and who waits, in the order in which they came. Pure: it is told what time it is and how many may choose.
//! Whoever is asleep (a phone in a pocket, a page in the background) is passed over and not forgotten: once awake they are the next.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use box_office::DeviceId;

/// So many guests choose at once, however few seats are left: with two or three seats each they hold no more than one group may.
pub(super) const LEAST: usize = 4;

/// For so long a guest's turn lasts: as long as a hold with what it may be given more. Who holds seats by then keeps them as ever.
const TURN: Duration = Duration::from_secs(10 * 60);

/// Whoever may choose and has not asked for so long has gone: browsers let a page in the background ask once a minute.
const GONE_AFTER: Duration = Duration::from_secs(75);

/// Whoever waits and has missed two times to ask is asleep.
const ASLEEP_AFTER: Duration = Duration::from_secs(25);

/// For so long a place is kept for whoever does not ask.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(10 * 60);

/// How often turns are given.
const ROUND: Duration = Duration::from_secs(1);

/// How long it takes is judged by the turns that were given in so long a time, and not by fewer than so many.
const JUDGED_BY: Duration = Duration::from_secs(60);
const JUDGED_BY_TURNS: usize = 3;

/// Who may choose seats of a showtime, and who waits.
#[derive(Debug, Default)]
pub(super) struct Queue {
    guests: HashMap<DeviceId, Known>,
    /// When those came who wait, in order, as of the last round or later.
    waiting: Vec<u64>,
    choosing: usize,
    /// When the last one came, in microseconds, one after the other.
    last_us: u64,
    /// When turns were given last, on the monotonic clock.
    round: Option<Duration>,
    /// When the latest turns were given.
    turns: VecDeque<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    arrived_us: u64,
    /// When they asked last, on the monotonic clock.
    seen: Duration,
    stands: Stands,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Waiting,
    /// May choose since then.
    Choosing(Duration),
    /// Has bought, or went: their place is no more.
    Left,
}

/// How a guest comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came {
    /// When, on the monotonic clock.
    pub(super) now: Duration,
    /// The same by the calendar, in microseconds.
    pub(super) clock_us: u64,
    /// When they had come first, where that is proved.
    pub(super) arrived_us: Option<u64>,
}

/// Where a guest stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) has_turn: bool,
    pub(super) ahead: usize,
    pub(super) about_minutes: Option<u32>,
    pub(super) arrived_us: u64,
}

impl Queue {
    /// How many guests are known, however they stand.
    pub(super) fn guests(&self) -> usize {
        self.guests.len()
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How many may choose.
    pub(super) fn choosing(&self) -> usize {
        self.choosing
    }

    /// Whether more want to choose than at least may.
    pub(super) fn is_sought(&self) -> bool {
        self.choosing >= LEAST || !self.waiting.is_empty()
    }

    pub(super) fn knows(&self, guest: &DeviceId) -> bool {
        self.guests.contains_key(guest)
    }

    /// A guest asks; `most` may choose at once.
    pub(super) fn come(&mut self, guest: &DeviceId, came: Came, most: usize) -> Kept {
        let now = came.now;
        if let Some(known) = self.guests.get_mut(guest) {
            known.seen = now;
        }
        let is_due = self.round.is_none_or(|round| now >= round + ROUND);
        if is_due {
            self.give_turns(now, most);
        }
        let known = self.guests.get(guest).copied();
        let arrived_us = match known.map(|known| (known.stands, known.arrived_us)) {
            Some((Stands::Waiting, arrived_us)) => arrived_us,
            Some((Stands::Choosing(since), arrived_us)) if now < since + TURN => {
                return self.kept(now, arrived_us, true);
            }
            Some((Stands::Choosing(_), _)) => {
                self.choosing -= 1;
                self.arrival(came.clock_us)
            }
            Some((Stands::Left, _)) => self.arrival(came.clock_us),
            None => match came.arrived_us {
                Some(arrived_us) => arrived_us,
                None => self.arrival(came.clock_us),
            },
        };
        let has_turn = self.waiting.is_empty() && self.choosing < most;
        let stands = match has_turn {
            true => {
                self.choosing += 1;
                Stands::Choosing(now)
            }
            false => {
                self.put(arrived_us);
                Stands::Waiting
            }
        };
        let known = Known {
            arrived_us,
            seen: now,
            stands,
        };
        self.guests.insert(guest.clone(), known);
        self.kept(now, arrived_us, has_turn)
    }

    /// A guest has bought, or goes.
    pub(super) fn leave(&mut self, guest: &DeviceId) {
        let Some(known) = self.guests.get_mut(guest) else {
            return;
        };
        match std::mem::replace(&mut known.stands, Stands::Left) {
            Stands::Choosing(_) => self.choosing -= 1,
            Stands::Waiting => {
                if let Ok(index) = self.waiting.binary_search(&known.arrived_us) {
                    self.waiting.remove(index);
                }
            }
            Stands::Left => {}
        }
    }

    /// Forgets whoever has not asked for long, and takes the turn from whoever has gone.
    pub(super) fn forget(&mut self, now: Duration) {
        self.guests.retain(|_, known| {
            if matches!(known.stands, Stands::Choosing(_)) && now >= known.seen + GONE_AFTER {
                known.stands = Stands::Waiting;
            }
            now < known.seen + KEPT_FOR
        });
        let stands = |of: fn(&Stands) -> bool| {
            let guests = self.guests.values();
            guests.filter(move |known| of(&known.stands))
        };
        self.choosing = stands(|it| matches!(it, Stands::Choosing(_))).count();
        let waiting = stands(|it| *it == Stands::Waiting).map(|known| known.arrived_us);
        self.waiting = waiting.collect();
        self.waiting.sort_unstable();
    }

    /// Gives turns to those who are the next of whoever is awake.
    fn give_turns(&mut self, now: Duration, most: usize) {
        self.round = Some(now);
        self.forget(now);
        let room = most.saturating_sub(self.choosing);
        if room > 0 && !self.waiting.is_empty() {
            let is_next = |known: &&mut Known| {
                known.stands == Stands::Waiting && now < known.seen + ASLEEP_AFTER
            };
            let mut next: Vec<&mut Known> = self.guests.values_mut().filter(is_next).collect();
            next.sort_unstable_by_key(|known| known.arrived_us);
            for known in next.into_iter().take(room) {
                known.stands = Stands::Choosing(now);
                self.turns.push_back(now);
            }
            self.forget(now);
        }
        while (self.turns.front()).is_some_and(|turn| now >= *turn + JUDGED_BY) {
            self.turns.pop_front();
        }
    }

    /// When somebody comes, after all who came before.
    fn arrival(&mut self, clock_us: u64) -> u64 {
        self.last_us = clock_us.max(self.last_us + 1);
        self.last_us
    }

    fn put(&mut self, arrived_us: u64) {
        if let Err(index) = self.waiting.binary_search(&arrived_us) {
            self.waiting.insert(index, arrived_us);
        }
    }

    fn kept(&self, now: Duration, arrived_us: u64, has_turn: bool) -> Kept {
        let ahead = match has_turn {
            true => 0,
            false => self.waiting.partition_point(|other| *other < arrived_us),
        };
        let about_minutes = (!has_turn)
            .then(|| self.about_minutes(now, ahead))
            .flatten();
        Kept {
            has_turn,
            ahead,
            about_minutes,
            arrived_us,
        }
    }

    /// In about how many minutes whoever has so many ahead has their turn, as turns were given lately.
    fn about_minutes(&self, now: Duration, ahead: usize) -> Option<u32> {
        let first = *self.turns.front()?;
        if self.turns.len() < JUDGED_BY_TURNS {
            return None;
        }
        let since = now.saturating_sub(first).max(ROUND).as_secs();
        let turns = u64::try_from(self.turns.len()).ok()?;
        let ahead = u64::try_from(ahead).ok()?;
        let seconds = ((ahead + 1) * since).div_ceil(turns);
        u32::try_from(seconds.div_ceil(60)).ok()
    }
}

#[cfg(test)]
mod tests;
