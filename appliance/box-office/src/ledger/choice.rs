//! Holding seats: all or none, by the rules of the house.

use std::ops::Range;

use crate::custody::{Changes, SeatState};
use crate::ledger::{HoldRefusal, Ledger, SeatsRefusal};
use crate::plan::Plan;
use crate::programme::SingleSeatMode;
use crate::single_seats::LeftOver;
use crate::{HoldId, SeatId, SeatKind};

/// The most seats of one hold: what a family or a small group takes; a larger one is a matter for the office.
pub const MOST_SEATS_PER_HOLD: usize = 10;

/// The rules of the house for a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldRules {
    /// The most seats of one hold.
    pub most_seats: usize,
    /// What becomes of a choice that leaves a single seat over.
    pub single_seats: SingleSeatMode,
}

impl Default for HoldRules {
    fn default() -> Self {
        Self {
            most_seats: MOST_SEATS_PER_HOLD,
            single_seats: SingleSeatMode::Lenient,
        }
    }
}

/// Seats that can be held.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a hold that is not stored has not been made"]
pub struct Held {
    /// The seats wanted become the hold's; those that it had and are not wanted any more become free.
    pub changes: Changes,
    /// What this choice leaves over alone, which a clerk would mention.
    pub left_alone: LeftAlone,
    /// Lapsed holds of which seats were taken, once each: whoever stores the changes also ends these and frees the rest of
    /// their seats.
    pub lapsed_holds: Vec<HoldId>,
}

/// Seats that a choice leaves over alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftAlone {
    /// The seats.
    pub seats: Vec<SeatId>,
    /// What leaves none: as many seats of the same kinds, as near as can be in the same row. Empty, if there are no such.
    pub instead: Vec<SeatId>,
}

/// The ranges of places to load before [`Ledger::hold`] is asked for these seats (those wanted, and those that the hold has
/// already): whole runs of chairs with the seats that go with them, in order and without overlap.
///
/// # Errors
/// Unknown or repeated seats.
pub fn places_needed<'s>(
    plan: &Plan,
    seats: impl IntoIterator<Item = &'s SeatId>,
) -> Result<Vec<Range<usize>>, SeatsRefusal> {
    let places = places_of(plan, seats.into_iter())?;
    let with_partners = places
        .iter()
        .flat_map(|&place| [Some(place), plan.partner(place)])
        .flatten();
    let mut runs: Vec<_> = with_partners.map(|place| plan.run_of(place)).collect();
    runs.sort_by_key(|run| run.start);
    runs.dedup();
    let mut ranges: Vec<Range<usize>> = Vec::with_capacity(runs.len());
    for run in runs {
        match ranges.last_mut() {
            Some(last) if last.end == run.start => last.end = run.end,
            Some(_) | None => ranges.push(run),
        }
    }
    Ok(ranges)
}

/// The places of seats that are all known and all different, in the order given.
pub(super) fn places_of<'s>(
    plan: &Plan,
    seats: impl Iterator<Item = &'s SeatId>,
) -> Result<Vec<usize>, SeatsRefusal> {
    let (mut places, mut unknown, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    for seat in seats {
        match plan.place_of(seat) {
            None if unknown.contains(seat) => {}
            None => unknown.push(seat.clone()),
            Some(place) if !places.contains(&place) => places.push(place),
            Some(_) if repeated.contains(seat) => {}
            Some(_) => repeated.push(seat.clone()),
        }
    }
    if !unknown.is_empty() {
        return Err(SeatsRefusal::Unknown { seats: unknown });
    }
    if !repeated.is_empty() {
        return Err(SeatsRefusal::Repeated { seats: repeated });
    }
    Ok(places)
}

impl Ledger<'_> {
    /// Holds exactly these seats for a guest: all or none. Seats that the hold has already may stay; those that it gives up
    /// are freed in the same changes. A seat of a hold that `lapsed` says is over can be had.
    ///
    /// # Errors
    /// The first rule that the choice breaks, with all the seats concerned: what was named, who has the seats, what goes
    /// together, what is left over.
    pub fn hold(
        &self,
        wanted: &[SeatId],
        hold: &HoldId,
        lapsed: &dyn Fn(&HoldId) -> bool,
        rules: &HoldRules,
    ) -> Result<Held, HoldRefusal> {
        if wanted.is_empty() {
            return Err(HoldRefusal::NoneGiven);
        }
        if wanted.len() > rules.most_seats {
            return Err(HoldRefusal::TooMany {
                limit: rules.most_seats,
            });
        }
        let mut places = self.places(wanted.iter())?;
        places.sort_unstable();
        self.check_can_be_had(&places, hold, lapsed)?;
        self.check_goes_together(&places)?;
        let left_alone = self.check_single_seats(&places, hold, lapsed, rules.single_seats)?;
        let mut lapsed_holds = Vec::new();
        for &place in &places {
            if let Some(SeatState::Held(of)) = self.ours_at(place)
                && of != hold
                && !lapsed_holds.contains(of)
            {
                lapsed_holds.push(of.clone());
            }
        }
        let given_up = self
            .seats
            .keys()
            .copied()
            .filter(|&place| self.is_in(place, hold) && places.binary_search(&place).is_err());
        let freed = given_up.map(|place| (place, SeatState::Free));
        let taken = places
            .iter()
            .map(|&place| (place, SeatState::Held(hold.clone())));
        Ok(Held {
            changes: self.changes(freed.chain(taken)),
            left_alone,
            lapsed_holds,
        })
    }

    fn is_in(&self, place: usize, hold: &HoldId) -> bool {
        matches!(self.ours_at(place), Some(SeatState::Held(of)) if of == hold)
    }

    fn check_can_be_had(
        &self,
        places: &[usize],
        hold: &HoldId,
        lapsed: &dyn Fn(&HoldId) -> bool,
    ) -> Result<(), HoldRefusal> {
        let (mut held, mut sold, mut blocked, mut not_ours) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for &place in places {
            match self.ours_at(place) {
                None => not_ours.push(place),
                Some(SeatState::Free) => {}
                Some(SeatState::Held(of)) if of == hold || lapsed(of) => {}
                Some(SeatState::Held(_)) => held.push(place),
                Some(SeatState::Sold(_) | SeatState::Revoking(_) | SeatState::TakenOver(_)) => {
                    sold.push(place)
                }
                Some(SeatState::Blocked(_) | SeatState::Quarantine) => blocked.push(place),
            }
        }
        if !held.is_empty() || !sold.is_empty() {
            return Err(HoldRefusal::Taken {
                held: self.names(held),
                sold: self.names(sold),
            });
        }
        if !blocked.is_empty() {
            return Err(HoldRefusal::Blocked {
                seats: self.names(blocked),
            });
        }
        if !not_ours.is_empty() {
            return Err(HoldRefusal::NotOurs {
                seats: self.names(not_ours),
            });
        }
        Ok(())
    }

    fn check_goes_together(&self, places: &[usize]) -> Result<(), HoldRefusal> {
        let alone = |kind: SeatKind| {
            let has_partner = |place| {
                let partner = self.plan.partner(place);
                partner.is_some_and(|partner| places.binary_search(&partner).is_ok())
            };
            let without_partner =
                |&place: &usize| self.plan.kind(place) == kind && !has_partner(place);
            self.names(places.iter().copied().filter(without_partner))
        };
        let halves = alone(SeatKind::LoveSeat);
        if !halves.is_empty() {
            return Err(HoldRefusal::LoveSeatSplit { seats: halves });
        }
        let companions = alone(SeatKind::Companion);
        if !companions.is_empty() {
            return Err(HoldRefusal::CompanionWithoutWheelchair { seats: companions });
        }
        Ok(())
    }

    /// The seats that a clerk would mention.
    fn check_single_seats(
        &self,
        places: &[usize],
        hold: &HoldId,
        lapsed: &dyn Fn(&HoldId) -> bool,
        mode: SingleSeatMode,
    ) -> Result<LeftAlone, HoldRefusal> {
        let room = self.free_seats(Some(hold), lapsed);
        let left = match mode {
            SingleSeatMode::Off => LeftOver::None,
            SingleSeatMode::Lenient | SingleSeatMode::Strict => room.left_over(places),
        };
        let (mut left, is_avoidable) = match left {
            LeftOver::None => (Vec::new(), false),
            LeftOver::Avoidable(left) => (left, true),
            LeftOver::Unavoidable(left) => (left, false),
        };
        // Of seats that were asked for of the other side any may be let go: the one beside it is theirs.
        let is_own =
            |place: &usize| matches!(self.ours_at(*place), Some(SeatState::Held(of)) if of == hold);
        if places.iter().all(is_own) {
            left.retain(|place| !self.is_beside_theirs(*place));
        }
        match (left.is_empty(), mode) {
            (true, _) => Ok(LeftAlone::default()),
            (false, SingleSeatMode::Strict) if is_avoidable => Err(HoldRefusal::SingleSeatLeft {
                seats: self.names(left),
            }),
            (false, SingleSeatMode::Strict | SingleSeatMode::Lenient | SingleSeatMode::Off) => {
                Ok(LeftAlone {
                    seats: self.names(left),
                    instead: self.names(room.moved_along(places).unwrap_or_default()),
                })
            }
        }
    }

    /// Whether a chair stands beside this one that is the other side's. Whole runs are loaded; a seat of one that is not here was never anybody's but
    /// theirs.
    fn is_beside_theirs(&self, place: usize) -> bool {
        let run = self.plan.run_of(place);
        let is_theirs = |place: usize| {
            let record = self.at(place);
            record.is_none_or(|record| {
                record.epoch.custodian() != self.ours
                    && !matches!(record.state, SeatState::TakenOver(_))
            })
        };
        let is_chair = |place: usize| match self.plan.kind(place) {
            SeatKind::Standard | SeatKind::Premium => true,
            SeatKind::LoveSeat | SeatKind::Wheelchair | SeatKind::Companion => false,
        };
        let beside = [place.checked_sub(1), Some(place + 1)];
        (beside.into_iter().flatten())
            .any(|place| run.contains(&place) && is_chair(place) && is_theirs(place))
    }
}
