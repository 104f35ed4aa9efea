//! Best available: the seats that a good clerk would offer. Near the focus of the room, together as far as the room still
//! allows it, and without leaving single seats over. It knows which seats can be had and nothing else of a showtime.

mod groups;
#[cfg(test)]
mod halls;
#[cfg(test)]
mod tests;
mod wheelchairs;

use crate::ledger::MOST_SEATS_PER_HOLD;
use crate::plan::Plan;
use crate::programme::SingleSeatMode;
use crate::single_seats::{FreeSeats, LeftOver};
use crate::{SeatId, SeatKind};

/// What a guest asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// How many seats, wheelchair places among them.
    pub count: usize,
    /// How many of them are wheelchair places. Companion seats are offered only with them.
    pub wheelchairs: usize,
    /// Seats of this kind only, apart from wheelchair places and companions; any kind if absent, love seats last.
    pub only: Option<SeatKind>,
    /// Whether seats left over alone matter.
    pub single_seats: SingleSeatMode,
    /// Which proposal: 0 is the best, 1 the best that shares no seat with it, and so on.
    pub nth: usize,
}

/// How close together the seats of a proposal are, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// Side by side.
    SideBySide,
    /// In one row, with an aisle between.
    AcrossAnAisle,
    /// In two rows, one part behind the other.
    OneBehindTheOther,
    /// In several places.
    Scattered,
}

/// Seats for a guest. Nothing is held by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The seats, in the order of the layout.
    pub seats: Vec<SeatId>,
    /// How close together they are.
    pub closeness: Closeness,
    /// Whether the next proposal exists.
    pub more: bool,
}

/// Proposes seats, the best first; `None` if there is no such proposal. `free` says by place which seats can be had.
///
/// It relaxes step by step: side by side, across an aisle, one behind the other, scattered. Within a step the seats whose
/// squared distances from the focus sum up to the least come first, those at the front and left first among equals. A larger party
/// sits on love seats, which cost more, only when nothing else is left at any step.
pub fn best_available(plan: &Plan, free: &[bool], wish: &Wish) -> Option<Proposal> {
    if wish.count == 0 || wish.count > MOST_SEATS_PER_HOLD || wish.wheelchairs > wish.count {
        return None;
    }
    let room = FreeSeats::new(plan, free.to_vec(), true);
    let mut offered: Vec<Candidate> = Vec::new();
    let without_first = wish.only.is_none() && wish.count > FOR_TWO;
    let passes = [without_first.then_some(false), Some(true)];
    for (with_love_seats, step) in passes
        .into_iter()
        .flatten()
        .flat_map(|pass| STEPS.map(|step| (pass, step)))
    {
        if offered.len() > wish.nth + 1 {
            break;
        }
        let finder = Finder {
            room: &room,
            only: wish.only,
            with_love_seats,
        };
        let mut candidates = match wish.wheelchairs {
            0 => finder.groups(step, wish.count),
            wheelchairs => finder.with_wheelchairs(step, wheelchairs, wish.count - wheelchairs),
        };
        candidates.sort();
        for candidate in candidates {
            if offered.len() > wish.nth + 1 {
                break;
            }
            let is_new = offered
                .iter()
                .all(|before| before.shares_no_seat_with(&candidate));
            if is_new && leaves_nobody_alone(&room, &candidate, wish.single_seats) {
                offered.push(candidate);
            }
        }
    }
    let more = offered.len() > wish.nth + 1;
    let best = offered.into_iter().nth(wish.nth)?;
    let seats = best
        .places
        .iter()
        .map(|&place| plan.seat(place).clone())
        .collect();
    Some(Proposal {
        seats,
        closeness: best.closeness,
        more,
    })
}

const STEPS: [Closeness; 4] = [
    Closeness::SideBySide,
    Closeness::AcrossAnAisle,
    Closeness::OneBehindTheOther,
    Closeness::Scattered,
];

/// A love seat is made for so many: for them it is as good as two seats side by side, and better than two apart.
const FOR_TWO: usize = 2;

/// Whether strict mode would let a guest hold these seats.
fn leaves_nobody_alone(room: &FreeSeats<'_>, candidate: &Candidate, mode: SingleSeatMode) -> bool {
    match mode {
        SingleSeatMode::Off => true,
        SingleSeatMode::Strict | SingleSeatMode::Lenient => match room.left_over(&candidate.places)
        {
            LeftOver::None | LeftOver::Unavoidable(_) => true,
            LeftOver::Avoidable(_) => false,
        },
    }
}

/// Seats that might be proposed. Smaller is better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    closeness: Closeness,
    /// Halves of love seats in it: offered when nothing else is as close together, or when asked for.
    love_seats: usize,
    /// Squared distances in squares of a hundredth of a seat's width.
    badness: i64,
    /// In the order of the layout.
    places: Vec<usize>,
}

impl Candidate {
    fn shares_no_seat_with(&self, other: &Self) -> bool {
        self.places
            .iter()
            .all(|place| !other.places.contains(place))
    }
}

/// Finds seats in a room.
#[derive(Debug, Clone, Copy)]
struct Finder<'a> {
    room: &'a FreeSeats<'a>,
    only: Option<SeatKind>,
    with_love_seats: bool,
}

impl Finder<'_> {
    fn plan(&self) -> &Plan {
        self.room.plan()
    }

    /// A candidate of these places; `apart` is what its parts' distance from each other adds to its badness.
    fn candidate(&self, closeness: Closeness, mut places: Vec<usize>, apart: i64) -> Candidate {
        places.sort_unstable();
        let love_seats = places
            .iter()
            .filter(|&&place| self.plan().kind(place) == SeatKind::LoveSeat)
            .count();
        let focus = self.plan().layout().focus;
        let badness = places
            .iter()
            .map(|&place| squared(self.stands(place), focus))
            .sum::<i64>()
            .saturating_add(apart);
        Candidate {
            closeness,
            love_seats,
            badness,
            places,
        }
    }

    fn stands(&self, place: usize) -> (i32, i32) {
        let place = &self.plan().layout().places[place];
        (place.x, place.y)
    }

    /// Squared distance of two places.
    fn apart(&self, one: usize, other: usize) -> i64 {
        squared(self.stands(one), self.stands(other))
    }
}

fn squared(one: (i32, i32), other: (i32, i32)) -> i64 {
    let square = |a: i32, b: i32| i64::from(a.abs_diff(b)).saturating_mul(i64::from(a.abs_diff(b)));
    square(one.0, other.0).saturating_add(square(one.1, other.1))
}
