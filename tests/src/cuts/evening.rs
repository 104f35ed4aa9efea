//! A Friday played by simulated time: guests come to both counters, seats change hands while the line is up, and nothing does while it is down.

use std::ops::AddAssign;

use box_office::SeatId;
use box_office::custody::{Custodian, CustodyRefusal};
use serde::Serialize;

use super::demand::{Assumptions, Friday, Group, MINUTE};
use super::policy::Policy;
use super::showtime::Showtime;

/// The sides look at their shares after each guest, and this often without one, in seconds.
const LOOK_EVERY: i64 = 5 * MINUTE;

/// From so long before a start on they look without a guest.
const LOOK_FROM: i64 = 180 * MINUTE;

/// Which seats a guest is offered, or chooses, while the line is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Offers {
    /// The best of the room, whoever has them: so do guests who choose on the map.
    WholeRoom,
    /// The best of the counter's own as long as they are side by side, else the best of the room.
    OwnFirst,
}

/// What asks cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Groups who wanted seats.
    pub wanted: u64,
    /// Groups who got them.
    pub sales: u64,
    /// Asks that were sent.
    pub asks: u64,
    /// Those that were refused, because too few would be left.
    pub refused: u64,
    /// Those that took so long that the guest gave up.
    pub too_slow: u64,
    /// Seats that changed hands by asks.
    pub seats_by_ask: u64,
    /// Seats that changed hands by the policy.
    pub seats_by_policy: u64,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.wanted += other.wanted;
        self.sales += other.sales;
        self.asks += other.asks;
        self.refused += other.refused;
        self.too_slow += other.too_slow;
        self.seats_by_ask += other.seats_by_ask;
        self.seats_by_policy += other.seats_by_policy;
    }
}

/// The cinema at a moment of the day.
#[derive(Debug, Clone)]
pub struct Evening<'a> {
    assumed: &'a Assumptions,
    friday: &'a Friday,
    policy: Policy,
    offers: Offers,
    /// Each showtime as it stands.
    pub showtimes: Vec<Showtime<'a>>,
    /// The number of the next group.
    next: usize,
    /// When the sides look at their shares next.
    looks: i64,
    /// What asks have cost so far.
    pub cost: Cost,
}

impl Offers {
    /// Both.
    pub const ALL: [Self; 2] = [Self::WholeRoom, Self::OwnFirst];
}

impl<'a> Evening<'a> {
    /// Before the first ticket is sold.
    pub fn new(
        assumed: &'a Assumptions,
        friday: &'a Friday,
        policy: Policy,
        offers: Offers,
    ) -> Self {
        let showtimes = friday.showtimes.iter();
        let showtimes = showtimes
            .map(|it| Showtime::new(assumed.plan(it.room), it.starts))
            .collect();
        Self {
            assumed,
            friday,
            policy,
            offers,
            showtimes,
            next: 0,
            looks: 0,
            cost: Cost::default(),
        }
    }

    /// Everything until `end` happens with the line up, which it is until then.
    pub fn play_until(&mut self, end: i64) {
        while let Some(group) = self.friday.groups.get(self.next) {
            if group.at >= end {
                break;
            }
            self.look_until(group.at);
            self.serve(group, end);
            self.next += 1;
        }
        self.look_until(end);
        for showtime in &mut self.showtimes {
            showtime.hear_until(end);
        }
    }

    fn look_until(&mut self, now: i64) {
        while self.looks <= now {
            for number in 0..self.showtimes.len() {
                let left = self.showtimes[number].starts() - self.looks;
                if (0..=LOOK_FROM).contains(&left) {
                    self.divide(number, self.looks);
                }
            }
            self.looks += LOOK_EVERY;
        }
    }

    fn divide(&mut self, showtime: usize, now: i64) {
        let showtime = &mut self.showtimes[showtime];
        showtime.hear_until(now);
        self.cost.seats_by_policy += self.policy.divide(showtime, now) as u64;
    }

    fn serve(&mut self, group: &Group, line_drops: i64) {
        self.cost.wanted += 1;
        self.divide(group.showtime, group.at);
        let wish = self.offered(group);
        let Some(seats) = wish else { return };
        let showtime = &mut self.showtimes[group.showtime];
        let away = showtime.away(group.side, &seats);
        if away.is_empty() {
            showtime.sell(group.side, &seats);
            self.cost.sales += 1;
            return;
        }
        self.cost.asks += 1;
        let takes_s = i64::try_from(group.ask_takes_ms.div_ceil(1_000)).unwrap_or(i64::MAX);
        if group.at.saturating_add(takes_s) >= line_drops {
            self.cost.too_slow += 1;
            return;
        }
        let gives_up =
            group.side == Custodian::Hub && group.ask_takes_ms > self.assumed.gives_up_after_ms;
        let floor = self.policy.floor(group.side.other(), showtime, group.at);
        let number_away = away.len() as u64;
        match showtime.ask(group.side, away, floor) {
            Ok(()) if gives_up => {
                self.cost.seats_by_ask += number_away;
                self.cost.too_slow += 1;
            }
            Ok(()) => {
                self.cost.seats_by_ask += number_away;
                showtime.sell(group.side, &seats);
                self.cost.sales += 1;
            }
            Err(CustodyRefusal::Floor) => {
                self.cost.refused += 1;
                self.cost.sales += u64::from(sell_own(showtime, group));
            }
            Err(why) => panic!("{:?} asks for free seats and is refused: {why}", group.side),
        }
    }

    fn offered(&self, group: &Group) -> Option<Vec<SeatId>> {
        let showtime = &self.showtimes[group.showtime];
        let own = match self.offers {
            Offers::OwnFirst => showtime.best(&showtime.free_for(group.side), group.size),
            Offers::WholeRoom => None,
        };
        let own_together = own.filter(|(_, together)| *together);
        let found = own_together.or_else(|| showtime.best(&showtime.free(), group.size));
        taken(group, found)
    }

    /// The line is down from here on for so many minutes. Gives who came, by showtime.
    pub fn in_cut(&self, minutes: i64) -> Vec<Vec<&'a Group>> {
        let end = self.friday.cut_begins + minutes * MINUTE;
        let mut came = vec![Vec::new(); self.showtimes.len()];
        for group in &self.friday.groups {
            if (self.friday.cut_begins..end).contains(&group.at) {
                came[group.showtime].push(group);
            }
        }
        came
    }
}

/// Groups of each side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Served {
    /// In the lobby.
    pub cinema: u64,
    /// At home.
    pub hub: u64,
}

impl AddAssign for Served {
    fn add_assign(&mut self, other: Self) {
        self.cinema += other.cinema;
        self.hub += other.hub;
    }
}

impl Served {
    /// One more.
    pub fn add(&mut self, side: Custodian) {
        match side {
            Custodian::Cinema => self.cinema += 1,
            Custodian::Hub => self.hub += 1,
        }
    }

    /// Both sides.
    pub fn all(self) -> u64 {
        self.cinema + self.hub
    }
}

/// The line is down: each side sells what it has.
pub fn serve_in_cut(mut showtime: Showtime<'_>, came: &[&Group]) -> Served {
    let mut served = Served::default();
    for group in came {
        if sell_own(&mut showtime, group) {
            served.add(group.side);
        }
    }
    assert_eq!(showtime.sold_twice(), 0, "a seat was sold twice");
    served
}

fn sell_own(showtime: &mut Showtime<'_>, group: &Group) -> bool {
    let found = showtime.best(&showtime.free_for(group.side), group.size);
    let Some(seats) = taken(group, found) else {
        return false;
    };
    showtime.sell(group.side, &seats);
    true
}

/// What the group takes of what was found.
fn taken(group: &Group, found: Option<(Vec<SeatId>, bool)>) -> Option<Vec<SeatId>> {
    let (seats, together) = found?;
    (together || !group.only_together).then_some(seats)
}
