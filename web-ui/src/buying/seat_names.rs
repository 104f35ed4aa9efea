//! What seats are called wherever they are bought: in the words of the tickets, those of one row together.

use box_office::{Layout, Place, SeatId};

use super::words::Words;
use crate::words::{seat_name, seats_name};

/// Seats as they are called in the room: "Row F, seats 7, 8; Row G, seat 7".
pub fn seat_names(seats: &[SeatId], room: Option<&Layout>, words: &Words) -> String {
    let place = |seat: &SeatId| {
        let places = room.map(|room| &room.places);
        places?.iter().find(|place| place.seat == *seat)
    };
    let (known, unknown): (Vec<_>, Vec<_>) = seats.iter().partition(|seat| place(seat).is_some());
    let places: Vec<&Place> = known.into_iter().filter_map(place).collect();
    let of_a_row = places.chunk_by(|one, other| one.is_in_row_of(other));
    let rows = of_a_row.filter_map(|places| {
        let (first, block) = (places.first()?, room?.block_name(places.first()?));
        let numbers: Vec<_> = places.iter().map(|place| place.number.as_str()).collect();
        Some(match numbers[..] {
            [number] => seat_name(words, block, &first.row, number),
            _ => seats_name(words, block, &first.row, &numbers.join(", ")),
        })
    });
    let unknown = unknown.into_iter().map(SeatId::to_string);
    rows.chain(unknown).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn the_seats_of_a_row_are_named_together() {
        let place = |row: &str, number: &str| Place {
            seat: format!("{row}{number}").parse().unwrap(),
            block: None,
            row: row.into(),
            number: number.into(),
            kind: box_office::SeatKind::Standard,
            x: 0,
            y: 0,
            turn: 0,
            with: None,
            run: 0,
        };
        let room = Layout {
            version: 1,
            width: 1000,
            depth: 1000,
            focus: (0, 0),
            gallery_from: None,
            blocks: Vec::new(),
            places: vec![place("F", "7"), place("F", "8"), place("G", "7")],
        };
        let check = |seats: &[&str], room: Option<&Layout>, expected: &str| {
            let seats: Vec<_> = seats.iter().map(|seat| seat.parse().unwrap()).collect();
            let names = seat_names(&seats, room, Language::English.buying());
            assert_eq!(names, expected);
        };
        check(&["F7"], Some(&room), "Row F, seat 7");
        check(
            &["F7", "F8", "G7"],
            Some(&room),
            "Row F, seats 7, 8; Row G, seat 7",
        );
        check(&["F7"], None, "F7");
    }
}
