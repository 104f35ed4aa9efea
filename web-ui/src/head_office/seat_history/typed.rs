//! Which seat somebody means who types what stands on the chair, or picks it by its name. Pure.

use box_office::{Layout, SeatId};

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// This seat.
    Seat(SeatId),
    /// One of several in different blocks, of which this is the name of the first.
    Several(String),
    /// None that there can be.
    Nothing,
}

/// The seat that somebody means. Spaces, dashes and capitals count only where seats differ by nothing else; where the room is not known the
/// hub must know the seat as it is typed.
pub(super) fn seat_typed(typed: &str, layout: Option<&Layout>) -> Typed {
    let Some(layout) = layout else {
        let plain: String = typed.split_whitespace().collect();
        let seat = plain.to_uppercase().parse();
        return seat.map_or(Typed::Nothing, Typed::Seat);
    };
    let label = |seat: &SeatId| layout.label(seat).unwrap_or_default();
    let seats = || layout.places.iter().map(|place| &place.seat);
    for alike in [exactly, loosely] {
        let wanted = alike(typed);
        let by_name = |seat: &&SeatId| {
            let names = [seat.to_string(), label(seat)];
            names.iter().any(|name| alike(name) == wanted)
        };
        if let Some(seat) = the_only(seats().filter(by_name)) {
            return Typed::Seat(seat.clone());
        }
    }
    let wanted = loosely(typed);
    let on_the_chair = |place: &&box_office::layout::Place| {
        loosely(&format!("{}{}", place.row, place.number)) == wanted
    };
    let places = || layout.places.iter().filter(on_the_chair);
    match (the_only(places()), places().next()) {
        (Some(place), _) => Typed::Seat(place.seat.clone()),
        (None, Some(place)) => Typed::Several(label(&place.seat)),
        (None, None) => Typed::Nothing,
    }
}

fn the_only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn exactly(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

fn loosely(name: &str) -> String {
    let counts = name.chars().filter(|sign| sign.is_alphanumeric());
    counts.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A room with these seats: id, block, row and number.
    fn room(seats: &[(&str, Option<&str>, &str, &str)]) -> Layout {
        let place = |(seat, block, row, number): &(&str, Option<&str>, &str, &str)| json!({ "seat": seat, "block": block, "row": row, "number": number, "kind": "standard", "x": 0, "y": 0, "with": null, "run": 0 });
        let places: Vec<_> = seats.iter().map(place).collect();
        let blocks = json!([{ "id": "L", "name": "Left" }, { "id": "R", "name": "Right" }]);
        let has_blocks = seats.iter().any(|seat| seat.1.is_some());
        let blocks = if has_blocks { blocks } else { json!([]) };
        let layout = json!({ "version": 1, "width": 100, "depth": 100, "focus": [0, 0], "gallery_from": null, "blocks": blocks, "places": places });
        serde_json::from_value(layout).unwrap()
    }

    fn seat(id: &str) -> Typed {
        Typed::Seat(id.parse().unwrap())
    }

    #[test]
    fn a_seat_is_found_however_it_is_typed() {
        let one = room(&[
            ("F7", None, "F", "7"),
            ("1-12", None, "1", "12"),
            ("11-2", None, "11", "2"),
        ]);
        for typed in ["F7", "f7", " F 7 ", "f-7"] {
            assert_eq!(seat_typed(typed, Some(&one)), seat("F7"), "{typed}");
        }
        assert_eq!(seat_typed("11-2", Some(&one)), seat("11-2"));
        assert_eq!(
            seat_typed("112", Some(&one)),
            Typed::Several("1-12".to_owned())
        );
        for typed in ["F8", "", "🍿"] {
            assert_eq!(seat_typed(typed, Some(&one)), Typed::Nothing, "{typed}");
        }
    }

    #[test]
    fn in_a_hall_of_several_blocks_the_block_is_named_where_it_must_be() {
        let hall = room(&[
            ("L-F7", Some("L"), "F", "7"),
            ("R-F7", Some("R"), "F", "7"),
            ("R-F8", Some("R"), "F", "8"),
        ]);
        for typed in ["L-F7", "left f7", "l f7"] {
            assert_eq!(seat_typed(typed, Some(&hall)), seat("L-F7"), "{typed}");
        }
        assert_eq!(seat_typed("F8", Some(&hall)), seat("R-F8"));
        assert_eq!(
            seat_typed("f7", Some(&hall)),
            Typed::Several("Left F7".to_owned())
        );
    }

    #[test]
    fn where_the_room_is_not_known_the_hub_is_asked_for_what_is_typed() {
        assert_eq!(seat_typed("l-f 7", None), seat("L-F7"));
        for typed in ["", "../x", "🍿"] {
            assert_eq!(seat_typed(typed, None), Typed::Nothing, "{typed}");
        }
    }
}
