//! The queue of one showtime: who may choose, and who waits, in the order in which they came. Pure: it is told what time it is, how many may choose and who
//! holds seats. Whoever is asleep (a phone in a pocket) is passed over and not forgotten: once awake they are the next.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use box_office::DeviceId;

/// For so long a turn lasts in which nothing is held, where others wait. Who holds seats keeps them and the turn.
pub(super) const TURN: Duration = Duration::from_secs(5 * 60);

/// Whoever may choose, holds nothing and has not asked for so long has gone.
const GONE_AFTER: Duration = Duration::from_secs(75);

/// Whoever waits and has missed two times to ask is asleep.
const ASLEEP_AFTER: Duration = Duration::from_secs(25);

/// A turn that was interrupted lasts so long still, however much of it was had.
const LAST_OF_A_TURN: Duration = Duration::from_secs(60);

/// For so long a place is kept for whoever does not ask.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(10 * 60);

/// For so long after the first comes back with a proof of their place no turns are given: until all have come back.
const UNTIL_ALL_ARE_BACK: Duration = Duration::from_secs(30);

/// The same where nothing was sold for a while: whoever was told so asks again after a minute.
const UNTIL_ALL_HAVE_ASKED: Duration = Duration::from_secs(75);

/// How often turns are given.
const ROUND: Duration = Duration::from_secs(1);

/// How long it takes is judged by the turns that were given in so long a time, and not by fewer than so many.
const JUDGED_BY: Duration = Duration::from_secs(10 * 60);
const JUDGED_BY_TURNS: usize = 3;

/// Who may choose seats of a showtime, and who waits.
#[derive(Debug, Default)]
pub(super) struct Queue {
    guests: HashMap<DeviceId, Known>,
    /// When those came who wait and are awake, in order, as of the last round or later.
    waiting: Vec<u64>,
    /// How many wait, and are asleep.
    sleeping: usize,
    /// How many may choose and hold nothing.
    choosing: usize,
    /// Who held seats when it was last looked.
    holding: HashSet<DeviceId>,
    /// When the last one came, in microseconds, one after the other.
    last_us: u64,
    /// When turns were given last, on the monotonic clock.
    round: Option<Duration>,
    /// Since when somebody waits.
    formed: Option<Duration>,
    /// Until when no turns are given, for others are still on their way back.
    rests_until: Option<Duration>,
    /// Since when nothing can be had.
    closed: Option<Duration>,
    /// When the latest turns were given.
    turns: VecDeque<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    arrived_us: u64,
    /// When they asked last, on the monotonic clock.
    seen: Duration,
    stands: Stands,
    /// Since when they have their turn and hold nothing.
    turn: Option<Duration>,
    /// How much they have had of it before, when they seemed to have gone.
    used: Duration,
    /// The least that they were told of those before them.
    told: usize,
    /// Whether they had their turn and came anew: what was before that counts no more.
    is_anew: bool,
    /// When they bought last, or went.
    left: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Waiting,
    Choosing,
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
    /// Where they stood with a hub that was before this one, where that is proved.
    pub(super) before: Option<Before>,
}

/// Where somebody stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Before {
    /// When they had come, in microseconds.
    pub(super) arrived_us: u64,
    pub(super) has_turn: bool,
}

/// How many may choose at once who hold nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Most {
    /// As long as nobody waits.
    pub(super) at_ease: usize,
    /// Where others wait.
    pub(super) in_turn: usize,
}

/// Where a guest stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) has_turn: bool,
    pub(super) ahead: usize,
    pub(super) about_minutes: Option<u32>,
    /// How long the turn lasts still, where others wait for it.
    pub(super) turn_left: Option<Duration>,
    pub(super) arrived_us: u64,
}

impl Known {
    /// How much of their turn they have had: nobody is in a hurry before others wait.
    fn had(&self, formed: Option<Duration>, now: Duration) -> Duration {
        let since = self.turn.zip(formed).map(|(turn, formed)| turn.max(formed));
        self.used + since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }

    /// They seem to have gone: their turn goes on later, for a minute at least. Who has had that minute is the last.
    fn goes(&mut self, formed: Option<Duration>, last_us: &mut u64) {
        const MOST: Duration = TURN.saturating_sub(LAST_OF_A_TURN);
        let had = self.had(formed, self.seen);
        (self.stands, self.turn) = (Stands::Waiting, None);
        if self.used < MOST {
            self.used = had.min(MOST);
            return;
        }
        *last_us += 1;
        (self.arrived_us, self.used) = (*last_us, Duration::ZERO);
        (self.is_anew, self.told) = (true, usize::MAX);
    }
}

impl Queue {
    /// How many guests are known, however they stand.
    pub(super) fn guests(&self) -> usize {
        self.guests.len()
    }

    /// How many wait, and are awake.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether anybody waits, awake or asleep.
    pub(super) fn is_formed(&self) -> bool {
        self.sleeping > 0 || !self.waiting.is_empty()
    }

    /// How many may choose and hold nothing.
    pub(super) fn choosing(&self) -> usize {
        self.choosing
    }

    /// When a guest was seen last, if they have a place here.
    pub(super) fn seen(&self, guest: &DeviceId) -> Option<Duration> {
        let known = self.guests.get(guest);
        let here = known.filter(|known| known.stands != Stands::Left);
        here.map(|known| known.seen)
    }

    /// Who holds seats, as it was found by a look that began and ended then. Whoever left meanwhile does no more.
    pub(super) fn holds(
        &mut self,
        mut holding: HashSet<DeviceId>,
        (began, now): (Duration, Duration),
    ) {
        holding.retain(|guest| {
            let left = self.guests.get(guest).and_then(|known| known.left);
            left.is_none_or(|left| left < began)
        });
        let before = std::mem::replace(&mut self.holding, holding);
        for guest in before.difference(&self.holding) {
            if let Some(known) = self.guests.get_mut(guest) {
                // Their bank may have kept them longer than a place is kept.
                known.seen = known.seen.max(now);
                (known.turn, known.used) = (Some(now), Duration::ZERO);
            }
        }
    }

    /// Nothing can be had.
    pub(super) fn closes(&mut self, now: Duration) {
        self.closed.get_or_insert(now);
    }

    /// It can be had again: those who waited come back first, and turns go on where they stood. A rest ends, however often that happens.
    pub(super) fn opens(&mut self, now: Duration) {
        let Some(closed) = self.closed.take() else {
            return;
        };
        if self.is_formed() && !self.rests(now) {
            self.rests_until = Some(now + UNTIL_ALL_HAVE_ASKED);
        }
        let again = self.rests_until.map_or(now, |until| until.max(now));
        self.turns_go_on(closed, again);
    }

    /// What was had of each turn until then is kept; it goes on later.
    fn turns_go_on(&mut self, until: Duration, later: Duration) {
        for known in self.guests.values_mut() {
            if known.stands == Stands::Choosing {
                known.used = known.had(self.formed, until);
                known.turn = Some(later);
            }
        }
    }

    /// A guest asks while nothing can be had: who is known stays so.
    pub(super) fn asks_in_vain(&mut self, guest: &DeviceId, now: Duration) {
        if let Some(known) = self.guests.get_mut(guest) {
            known.seen = known.seen.max(now);
        }
    }

    /// A guest asks.
    pub(super) fn come(&mut self, guest: &DeviceId, came: Came, most: Most) -> Kept {
        let now = came.now;
        if let Some(before) = came.before {
            self.last_us = self.last_us.max(before.arrived_us);
        }
        let mut wakes = false;
        if let Some(known) = self.guests.get_mut(guest) {
            wakes = now >= known.seen + ASLEEP_AFTER;
            known.seen = now;
            if let (Stands::Waiting, false, Some(before)) =
                (known.stands, known.is_anew, came.before)
            {
                known.arrived_us = known.arrived_us.min(before.arrived_us);
            }
        }
        if self.round.is_none_or(|round| now >= round + ROUND) {
            self.give_turns(now, most);
        }
        let known = self.guests.get(guest).copied();
        let has_seats = self.holding.contains(guest);
        let (arrived_us, is_back) = match known.map(|known| (known, known.stands)) {
            Some((known, Stands::Choosing)) if has_seats || !self.is_over(&known, now) => {
                return self.kept(guest, known, now);
            }
            Some((known, Stands::Choosing)) => {
                self.choosing = self.choosing.saturating_sub(1);
                // Who found nothing free is the next for what comes back.
                let arrived_us = match most.in_turn {
                    0 => known.arrived_us,
                    _ => self.arrival(came.clock_us),
                };
                (arrived_us, None)
            }
            Some((known, Stands::Waiting)) => (known.arrived_us, None),
            Some((_, Stands::Left)) => (self.arrival(came.clock_us), None),
            None => match came.before {
                Some(before) => (before.arrived_us, Some(before)),
                None => (self.arrival(came.clock_us), None),
            },
        };
        // A turn of before the new start goes on as long as turns are kept for those.
        let is_back = is_back.filter(|_| self.rests_until.is_none_or(|until| now < until));
        if is_back.is_some() {
            self.rests_until.get_or_insert(now + UNTIL_ALL_ARE_BACK);
        }
        let is_alone = self.waiting.is_empty() || (wakes && self.waiting == [arrived_us]);
        let has_turn = has_seats
            || match is_back {
                Some(before) => before.has_turn,
                None => is_alone && self.choosing < most.at_ease && !self.rests(now),
            };
        let place = self.waiting.binary_search(&arrived_us);
        match (has_turn, place) {
            (true, Ok(index)) => drop(self.waiting.remove(index)),
            (false, Err(index)) => {
                self.waiting.insert(index, arrived_us);
                self.forms(now);
            }
            (true, Err(_)) | (false, Ok(_)) => {}
        }
        self.choosing += usize::from(has_turn && !has_seats);
        let waited = known.filter(|known| known.stands == Stands::Waiting);
        let known = Known {
            arrived_us,
            seen: now,
            stands: match has_turn {
                true => Stands::Choosing,
                false => Stands::Waiting,
            },
            turn: has_turn.then_some(now),
            used: waited.map_or(Duration::ZERO, |known| known.used),
            told: waited.map_or(usize::MAX, |known| known.told),
            is_anew: known.is_some_and(|known| known.is_anew || known.stands != Stands::Waiting),
            left: known.and_then(|known| known.left),
        };
        self.kept(guest, known, now)
    }

    /// Whether a guest is here, or would not have to wait.
    pub(super) fn has_room(&self, guest: &DeviceId, now: Duration, most: Most) -> bool {
        let has_room = self.waiting.is_empty() && self.choosing < most.at_ease && !self.rests(now);
        let known = self.guests.get(guest);
        let is_here = known.is_some_and(|known| known.stands != Stands::Left);
        is_here || self.holding.contains(guest) || has_room
    }

    /// A guest has bought, or goes.
    pub(super) fn leave(&mut self, guest: &DeviceId, now: Duration) {
        let Some(known) = self.guests.get_mut(guest) else {
            return;
        };
        known.left = Some(now);
        let had_seats = self.holding.remove(guest);
        match std::mem::replace(&mut known.stands, Stands::Left) {
            Stands::Choosing if had_seats => {}
            Stands::Choosing => self.choosing = self.choosing.saturating_sub(1),
            Stands::Waiting => {
                if let Ok(index) = self.waiting.binary_search(&known.arrived_us) {
                    self.waiting.remove(index);
                }
            }
            Stands::Left => {}
        }
    }

    /// Forgets a guest, who has taken places elsewhere. Who holds seats has them; and where some had proofs of before the new start it stays known that
    /// theirs counts no more.
    pub(super) fn forget_one(&mut self, guest: &DeviceId, now: Duration) {
        if !self.holding.contains(guest) {
            self.leave(guest, now);
            if self.rests_until.is_none() {
                self.guests.remove(guest);
            }
        }
    }

    /// Forgets whoever has not asked for long, takes the turn from whoever has gone, and counts the others.
    pub(super) fn forget(&mut self, now: Duration) {
        let holding = &self.holding;
        let (formed, last_us) = (self.formed, &mut self.last_us);
        let (waiting, sleeping) = (&mut self.waiting, &mut self.sleeping);
        let choosing = &mut self.choosing;
        waiting.clear();
        (*sleeping, *choosing) = (0, 0);
        self.guests.retain(|guest, known| {
            let has_seats = holding.contains(guest);
            if known.stands == Stands::Choosing && !has_seats {
                match now < known.seen + GONE_AFTER {
                    true => *choosing += 1,
                    false => known.goes(formed, last_us),
                }
            }
            let is_kept = has_seats || now < known.seen + KEPT_FOR;
            if known.stands == Stands::Waiting && is_kept {
                match now < known.seen + ASLEEP_AFTER {
                    true => waiting.push(known.arrived_us),
                    false => *sleeping += 1,
                }
            }
            is_kept
        });
        waiting.sort_unstable();
        match waiting.is_empty() {
            true => self.dissolves(now),
            false => self.forms(now),
        }
    }

    /// Gives turns to those who are the next of whoever is awake.
    fn give_turns(&mut self, now: Duration, most: Most) {
        self.round = Some(now);
        self.forget(now);
        let room = most.in_turn.saturating_sub(self.choosing);
        let room = room.min(self.waiting.len());
        if room > 0 && !self.rests(now) {
            let last = self.waiting[room - 1];
            for known in self.guests.values_mut() {
                let is_awake = now < known.seen + ASLEEP_AFTER;
                if known.stands == Stands::Waiting && is_awake && known.arrived_us <= last {
                    known.stands = Stands::Choosing;
                    known.turn = Some(now);
                    self.choosing += 1;
                    self.turns.push_back(now);
                }
            }
            self.waiting.drain(..room);
            if self.waiting.is_empty() {
                self.dissolves(now);
            }
        }
        while (self.turns.front()).is_some_and(|turn| now >= *turn + JUDGED_BY) {
            self.turns.pop_front();
        }
    }

    /// Somebody waits.
    fn forms(&mut self, now: Duration) {
        if self.formed.is_none() {
            self.formed = Some(now);
            self.turns.clear();
        }
    }

    /// Nobody waits any more.
    fn dissolves(&mut self, now: Duration) {
        if self.formed.is_some() {
            self.turns_go_on(now, now);
            self.formed = None;
        }
    }

    /// Whether others are still on their way back.
    fn rests(&self, now: Duration) -> bool {
        self.rests_until.is_some_and(|until| now < until)
    }

    /// Whether a turn is over: it had its time while others waited.
    fn is_over(&self, known: &Known, now: Duration) -> bool {
        known.had(self.formed, now) >= TURN && !self.waiting.is_empty()
    }

    /// When somebody comes, after all who came before.
    fn arrival(&mut self, clock_us: u64) -> u64 {
        self.last_us = clock_us.max(self.last_us + 1);
        self.last_us
    }

    fn kept(&mut self, guest: &DeviceId, mut known: Known, now: Duration) -> Kept {
        let has_turn = known.stands == Stands::Choosing;
        let ahead = match has_turn {
            true => 0,
            false => self
                .waiting
                .partition_point(|other| *other < known.arrived_us),
        };
        // Whoever wakes before them makes nobody's way longer that they were told; who is on the way back does.
        known.told = match self.rests(now) {
            true => ahead,
            false => known.told.min(ahead),
        };
        let kept = Kept {
            has_turn,
            ahead: known.told,
            about_minutes: (!has_turn)
                .then(|| self.about_minutes(now, known.told))
                .flatten(),
            turn_left: (has_turn && !self.waiting.is_empty() && !self.holding.contains(guest))
                .then(|| TURN.saturating_sub(known.had(self.formed, now))),
            arrived_us: known.arrived_us,
        };
        self.guests.insert(guest.clone(), known);
        kept
    }

    /// In about how many minutes whoever has so many ahead has their turn, as turns were given lately.
    fn about_minutes(&self, now: Duration, ahead: usize) -> Option<u32> {
        if self.turns.len() < JUDGED_BY_TURNS {
            return None;
        }
        let waited = now.saturating_sub(self.formed?).min(JUDGED_BY);
        let waited = waited.max(ROUND).as_secs();
        let turns = u64::try_from(self.turns.len()).ok()?;
        let ahead = u64::try_from(ahead).ok()?;
        let seconds = ((ahead + 1) * waited).div_ceil(turns);
        u32::try_from(seconds.div_ceil(60)).ok()
    }
}

#[cfg(test)]
mod tests;
