//! Moving a showtime to another room, or changing its layout: a new plan version, and where each seat that matters went. Custody, epochs,
//! tickets, holds and late transfers follow it.

use std::collections::BTreeMap;

use super::Custodian;
use super::seat::{LoadedSeat, SeatRecord};
use crate::SeatId;
use crate::plan::Plan;

/// Where the seats of one plan version went in the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanMap(BTreeMap<SeatId, SeatId>);

/// Why a showtime cannot be moved like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveRefusal {
    /// Somebody has, or may have, these seats, and they would be nowhere.
    #[error("these seats would be nowhere")]
    Nowhere(Vec<SeatId>),
    /// Two seats would become one.
    #[error("two seats would be one")]
    Twice(Vec<SeatId>),
    /// The room to which they would go has no such seats.
    #[error("the other room has no such seats")]
    Unknown(Vec<SeatId>),
}

impl PlanMap {
    /// A map from old seats to new ones.
    ///
    /// # Errors
    /// Two old seats would become one.
    pub fn new(pairs: impl IntoIterator<Item = (SeatId, SeatId)>) -> Result<Self, MoveRefusal> {
        let map: BTreeMap<_, _> = pairs.into_iter().collect();
        let mut images: Vec<_> = map.values().collect();
        images.sort();
        let twice = images.windows(2).filter(|pair| pair[0] == pair[1]);
        let mut twice: Vec<SeatId> = twice.map(|pair| pair[0].clone()).collect();
        twice.dedup();
        match twice.is_empty() {
            true => Ok(Self(map)),
            false => Err(MoveRefusal::Twice(twice)),
        }
    }

    /// Every seat to the one that has its name in the other room, where there is one.
    pub fn of_same_names<'a>(seats: impl IntoIterator<Item = &'a SeatId>, to: &Plan) -> Self {
        let known = |seat: &&SeatId| to.place_of(seat).is_some();
        let same = seats.into_iter().filter(known);
        Self(same.map(|seat| (seat.clone(), seat.clone())).collect())
    }

    /// Where a seat went.
    pub fn image(&self, seat: &SeatId) -> Option<&SeatId> {
        self.0.get(seat)
    }
}

/// A seat's name by now, through the maps of all versions after the one that names it: for late transfers, tickets and the door. `None` if
/// it is in no room any more.
pub fn translated<'a>(
    seat: &'a SeatId,
    maps: impl IntoIterator<Item = &'a PlanMap>,
) -> Option<&'a SeatId> {
    maps.into_iter().try_fold(seat, |seat, map| map.image(seat))
}

/// The seats of a showtime that has moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Every seat of the new plan, in its order: what went along as it was, all others new.
    pub seats: Vec<LoadedSeat>,
    /// The free seats of the cinema that are in no room any more. Should the showtime have one of them again, it goes on from its epoch.
    pub left: Vec<LoadedSeat>,
}

/// The seats of the moved showtime, by the cinema's word: what is not free in its own custody goes along, sold, held, with the hub or in
/// transit, and so does what is free, where the map has it: each keeps its epoch. The others begin anew as free seats of the cinema. Nothing
/// that is told of one that the map leaves out can still take effect: it was the cinema's when it went.
///
/// # Errors
/// A seat that somebody has or may have goes nowhere, or the room has no such seat.
pub fn moved(seats: &[LoadedSeat], map: &PlanMap, to: &Plan) -> Result<Moved, MoveRefusal> {
    let matters = |seat: &&LoadedSeat| !seat.record.is_free_for(Custodian::Cinema);
    let goes_nowhere = |seat: &&LoadedSeat| map.image(&seat.seat).is_none();
    let nowhere = seats.iter().filter(matters).filter(goes_nowhere);
    let nowhere: Vec<_> = nowhere.map(|seat| seat.seat.clone()).collect();
    if !nowhere.is_empty() {
        return Err(MoveRefusal::Nowhere(nowhere));
    }
    let unknown = map.0.values().filter(|image| to.place_of(image).is_none());
    let unknown: Vec<_> = unknown.cloned().collect();
    if !unknown.is_empty() {
        return Err(MoveRefusal::Unknown(unknown));
    }
    let mut records = vec![SeatRecord::NEW; to.len()];
    for seat in seats {
        let place = map.image(&seat.seat).and_then(|image| to.place_of(image));
        if let Some(record) = place.and_then(|place| records.get_mut(place)) {
            record.clone_from(&seat.record);
        }
    }
    let seat = |(place, record)| LoadedSeat {
        place,
        seat: to.seat(place).clone(),
        record,
    };
    Ok(Moved {
        seats: records.into_iter().enumerate().map(seat).collect(),
        left: seats.iter().filter(goes_nowhere).cloned().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::custody::Epoch;
    use crate::fixture::Room;

    fn seat(name: &str) -> SeatId {
        name.parse().unwrap()
    }

    fn loaded(room: &Room) -> Vec<LoadedSeat> {
        let load = |(place, record): (usize, &SeatRecord)| LoadedSeat {
            place,
            seat: room.plan.seat(place).clone(),
            record: record.clone(),
        };
        room.records.iter().enumerate().map(load).collect()
    }

    fn map(pairs: &[(&str, &str)]) -> Result<PlanMap, MoveRefusal> {
        PlanMap::new(pairs.iter().map(|(from, to)| (seat(from), seat(to))))
    }

    #[test]
    fn what_somebody_has_goes_along() {
        let (old, new) = (Room::of(&["X.eh"]), Room::of(&["..", "...."]));
        let map = map(&[("A1", "B1"), ("A3", "B2"), ("A4", "B3")]).unwrap();
        let moved = moved(&loaded(&old), &map, &new.plan).unwrap().seats;
        let at = |name: &str| &moved[new.plan.place_of(&seat(name)).unwrap()].record;
        assert_eq!(at("B1"), &old.records[0]);
        assert_eq!(at("B2").epoch, Epoch::new(1), "it is still the hub's");
        assert_eq!(at("B3"), &old.records[3]);
        assert_eq!(at("A1"), &SeatRecord::NEW);
        assert_eq!(moved.len(), 6);
    }

    #[test]
    fn who_stays_in_a_seat_of_its_name_keeps_its_epoch() {
        let (mut old, new) = (Room::of(&["X.eh", "...."]), Room::of(&["......", ".."]));
        old.records[6].epoch = Epoch::new(4);
        old.records[0].epoch = Epoch::new(2);
        let seats = loaded(&old);
        let map = PlanMap::of_same_names(seats.iter().map(|it| &it.seat), &new.plan);
        let moved = moved(&seats, &map, &new.plan).unwrap();
        for (former, record) in old.records.iter().enumerate().take(6) {
            let seat = old.plan.seat(former);
            let now = new.plan.place_of(seat).unwrap();
            assert_eq!(&moved.seats[now].record, record, "{seat}");
            assert_eq!(&moved.seats[now].seat, seat);
        }
        let left: Vec<_> = moved.left.iter().map(|it| it.seat.as_str()).collect();
        assert_eq!(left, ["B3", "B4"]);
        assert_eq!(moved.left[0].record.epoch, Epoch::new(4));
        let small = Room::of(&["..."]);
        let map = PlanMap::of_same_names(seats.iter().map(|it| &it.seat), &small.plan);
        let refused = super::moved(&seats, &map, &small.plan);
        assert_eq!(refused, Err(MoveRefusal::Nowhere(vec![seat("A4")])));
    }

    #[test]
    fn nobody_loses_a_seat() {
        let (old, new) = (loaded(&Room::of(&["X.eh"])), Room::of(&["...."]));
        let lost = map(&[("A1", "A1"), ("A4", "A4")]).unwrap();
        let refused = moved(&old, &lost, &new.plan);
        assert_eq!(refused, Err(MoveRefusal::Nowhere(vec![seat("A3")])));
        let unknown = map(&[("A1", "A1"), ("A3", "Z1"), ("A4", "A4")]).unwrap();
        let refused = moved(&old, &unknown, &new.plan);
        assert_eq!(refused, Err(MoveRefusal::Unknown(vec![seat("Z1")])));
        let twice = map(&[("A1", "A1"), ("A3", "A1")]);
        assert_eq!(twice, Err(MoveRefusal::Twice(vec![seat("A1")])));
    }

    #[test]
    fn late_transfers_follow_every_move() {
        let maps = [
            map(&[("A1", "B1"), ("A2", "B2")]).unwrap(),
            map(&[("B1", "C1")]).unwrap(),
        ];
        assert_eq!(translated(&seat("A1"), &maps), Some(&seat("C1")));
        assert_eq!(translated(&seat("B1"), &maps[1..]), Some(&seat("C1")));
        assert_eq!(translated(&seat("A2"), &maps), None);
    }
}
