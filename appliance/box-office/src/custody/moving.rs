//! Moving a showtime to another room, or changing its layout: custody, epochs, tickets, holds and late transfers of a seat follow it to the one
//! of its name. A name means one seat of a showtime, whichever room it is in: what tickets, codes and events say of it stays true.

use super::Custodian;
use super::seat::{LoadedSeat, SeatRecord};
use crate::SeatId;
use crate::plan::Plan;

/// A showtime cannot be moved like this: somebody has, or may have, these seats, and the other plan has none of their names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these seats would be nowhere")]
pub struct Nowhere(pub Vec<SeatId>);

/// The seats of a showtime that has moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Every seat of the new plan, in its order: what went along as it was, all others new.
    pub seats: Vec<LoadedSeat>,
    /// The free seats of the cinema that are in no room any more. Should the showtime have one of them again, it goes on from its epoch.
    pub left: Vec<LoadedSeat>,
}

/// The seats of the moved showtime, by the cinema's word: what is not free in its own custody goes along, sold, held, with the hub or in
/// transit, and so does what is free, where the new plan has it: each keeps its epoch. The others begin anew as free seats of the cinema.
/// Nothing that is told of one that is left can still take effect: it was the cinema's when it went.
///
/// # Errors
/// A seat that somebody has or may have would be nowhere.
pub fn moved(seats: &[LoadedSeat], to: &Plan) -> Result<Moved, Nowhere> {
    let matters = |seat: &&LoadedSeat| !seat.record.is_free_for(Custodian::Cinema);
    let goes_nowhere = |seat: &&LoadedSeat| to.place_of(&seat.seat).is_none();
    let nowhere = seats.iter().filter(matters).filter(goes_nowhere);
    let nowhere: Vec<_> = nowhere.map(|seat| seat.seat.clone()).collect();
    if !nowhere.is_empty() {
        return Err(Nowhere(nowhere));
    }
    let mut records = vec![SeatRecord::NEW; to.len()];
    for seat in seats {
        let place = to.place_of(&seat.seat);
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

    #[test]
    fn what_somebody_has_goes_along() {
        let (old, new) = (Room::of(&["....", "X.eh"]), Room::of(&["..", "....."]));
        let left = moved(&loaded(&old), &new.plan).unwrap();
        let at = |name: &str| &left.seats[new.plan.place_of(&seat(name)).unwrap()].record;
        assert_eq!(at("B1"), &old.records[4]);
        assert_eq!(at("B3").epoch, Epoch::new(1), "it is still the hub's");
        assert_eq!(at("B4"), &old.records[7]);
        assert_eq!(at("B5"), &SeatRecord::NEW);
        assert_eq!(left.seats.len(), 7);
    }

    #[test]
    fn who_stays_in_a_seat_of_its_name_keeps_its_epoch() {
        let (mut old, new) = (Room::of(&["X.eh", "...."]), Room::of(&["......", ".."]));
        old.records[6].epoch = Epoch::new(4);
        old.records[0].epoch = Epoch::new(2);
        let seats = loaded(&old);
        let moved = moved(&seats, &new.plan).unwrap();
        for (former, record) in old.records.iter().enumerate().take(6) {
            let seat = old.plan.seat(former);
            let now = new.plan.place_of(seat).unwrap();
            assert_eq!(&moved.seats[now].record, record, "{seat}");
            assert_eq!(&moved.seats[now].seat, seat);
        }
        let left: Vec<_> = moved.left.iter().map(|it| it.seat.as_str()).collect();
        assert_eq!(left, ["B3", "B4"]);
        assert_eq!(moved.left[0].record.epoch, Epoch::new(4));
    }

    #[test]
    fn nobody_loses_a_seat() {
        let old = loaded(&Room::of(&["X.eh"]));
        let refused = |row: &str| moved(&old, &Room::of(&[row]).plan).unwrap_err();
        assert_eq!(refused("..."), Nowhere(vec![seat("A4")]));
        assert_eq!(refused("."), Nowhere(vec![seat("A3"), seat("A4")]));
    }
}
