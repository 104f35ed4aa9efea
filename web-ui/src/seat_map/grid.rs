//! Arrow keys on the seats: to the neighbour in the row, or to the nearest seat of the next row; where a block ends, to the next
//! block on that side.

use super::room::{DrawnSeat, Room};

/// A key that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// To the row nearer to the screen.
    Up,
    /// To the row behind.
    Down,
    /// To the first seat of the row.
    RowStart,
    /// To the last seat of the row.
    RowEnd,
    /// To the first seat of the room.
    RoomStart,
    /// To the last seat of the room.
    RoomEnd,
}

impl Step {
    /// The step of a key by its name in `KeyboardEvent.key`, with the control key or without, as in any grid.
    pub fn of_key(key: &str, with_control: bool) -> Option<Self> {
        Some(match (key, with_control) {
            ("ArrowLeft", false) => Self::Left,
            ("ArrowRight", false) => Self::Right,
            ("ArrowUp", false) => Self::Up,
            ("ArrowDown", false) => Self::Down,
            ("Home", false) => Self::RowStart,
            ("End", false) => Self::RowEnd,
            ("Home", true) => Self::RoomStart,
            ("End", true) => Self::RoomEnd,
            _ => return None,
        })
    }
}

/// Where a step leads from a seat; the seat itself at the edge of the room.
pub fn step(room: &Room, from: usize, step: Step) -> usize {
    let Some(seat) = room.seats.get(from) else {
        return from;
    };
    let row = &room.rows[seat.row_index].seats;
    let column = row
        .iter()
        .position(|other| *other == from)
        .unwrap_or_default();
    let target = match step {
        Step::Left => column
            .checked_sub(1)
            .and_then(|column| row.get(column))
            .copied(),
        Step::Right => row.get(column + 1).copied(),
        Step::RowStart => row.first().copied(),
        Step::RowEnd => row.last().copied(),
        Step::RoomStart => room.rows.iter().find_map(|row| row.seats.first().copied()),
        Step::RoomEnd => room
            .rows
            .iter()
            .rev()
            .find_map(|row| row.seats.last().copied()),
        Step::Up => seat
            .row_index
            .checked_sub(1)
            .and_then(|index| nearest_in_row(room, index, seat)),
        Step::Down => nearest_in_row(room, seat.row_index + 1, seat),
    };
    target
        .or_else(|| in_another_block(room, seat, step))
        .unwrap_or(from)
}

/// The nearest seat of another block on this side, one that lies more ahead than aside.
fn in_another_block(room: &Room, seat: &DrawnSeat, step: Step) -> Option<usize> {
    let ahead_and_aside = |other: &DrawnSeat| {
        let (right, down) = (other.x - seat.x, other.y - seat.y);
        Some(match step {
            Step::Left => (-right, down.abs()),
            Step::Right => (right, down.abs()),
            Step::Up => (-down, right.abs()),
            Step::Down => (down, right.abs()),
            Step::RowStart | Step::RowEnd | Step::RoomStart | Step::RoomEnd => return None,
        })
    };
    let others = room.seats.iter().enumerate();
    others
        .filter(|(_, other)| other.block != seat.block)
        .filter_map(|(place, other)| Some((place, ahead_and_aside(other)?)))
        .filter(|(_, (ahead, aside))| ahead > aside)
        .min_by_key(|(_, (ahead, aside))| ahead + 2 * aside)
        .map(|(place, _)| place)
}

/// The nearest seat of a row of the same block.
fn nearest_in_row(room: &Room, row: usize, seat: &DrawnSeat) -> Option<usize> {
    let apart = |place: &usize| {
        let other = &room.seats[*place];
        i64::from(other.x - seat.x).pow(2) + i64::from(other.y - seat.y).pow(2)
    };
    let row = room.rows.get(row).filter(|row| row.block == seat.block)?;
    row.seats.iter().copied().min_by_key(apart)
}

#[cfg(test)]
mod tests {
    use super::super::room::tests::layout;
    use super::*;

    fn leads(room: &Room, (from, key): (&str, Step), to: &str) {
        let from_place = room.place(&from.parse().unwrap()).unwrap();
        let reached = step(room, from_place, key);
        assert_eq!(room.seats[reached].seat.as_str(), to, "{from} {key:?}");
    }

    #[test]
    fn arrows_walk_over_gaps_and_stop_at_walls() {
        // Row A: A1 A2 . A3; row B: one seat under A3; row C: four seats.
        let room = Room::of(&layout(&[".._.", "___.", "...."]), 0);
        let check = |from: &str, key, to: &str| leads(&room, (from, key), to);
        check("A2", Step::Right, "A3");
        check("A1", Step::Left, "A1");
        check("A1", Step::Down, "B1");
        check("B1", Step::Down, "C4");
        check("C1", Step::Up, "B1");
        check("C2", Step::RowEnd, "C4");
        check("C3", Step::RowStart, "C1");
        check("C3", Step::RoomStart, "A1");
        check("A2", Step::RoomEnd, "C4");
        check("A1", Step::Up, "A1");
        check("C4", Step::Down, "C4");
    }

    #[test]
    fn home_and_end_are_those_of_the_row_and_with_control_those_of_the_room() {
        let check = |key, with_control, expected| {
            assert_eq!(Step::of_key(key, with_control), expected);
        };
        check("Home", false, Some(Step::RowStart));
        check("Home", true, Some(Step::RoomStart));
        check("End", true, Some(Step::RoomEnd));
        check("ArrowLeft", true, None);
    }

    /// Two blocks side by side, rows A and B in each, and a third behind them.
    #[test]
    fn arrows_go_on_in_the_next_block_where_one_ends() {
        let mut hall = layout(&["..", "..", "..", "..", "..."]);
        for (place, (block, row, x, y)) in hall.places.iter_mut().zip([
            ("L", "A", 0, 0),
            ("L", "A", 100, 0),
            ("L", "B", 0, 110),
            ("L", "B", 100, 110),
            ("R", "A", 400, 0),
            ("R", "A", 500, 0),
            ("R", "B", 400, 110),
            ("R", "B", 500, 110),
            ("M", "A", 150, 400),
            ("M", "A", 250, 400),
            ("M", "A", 350, 400),
        ]) {
            place.seat = format!("{block}-{row}{x}").parse().unwrap();
            (place.block, place.row) = (Some(block.to_owned()), row.to_owned());
            (place.x, place.y) = (x, y);
        }
        for id in ["L", "R", "M"] {
            hall.blocks.push(box_office::Block {
                id: id.into(),
                name: id.into(),
            });
        }
        let room = Room::of(&hall, 0);
        let check = |from: &str, key, to: &str| leads(&room, (from, key), to);
        check("L-A100", Step::Right, "R-A400");
        check("R-B400", Step::Left, "L-B100");
        check("R-A500", Step::Right, "R-A500");
        check("L-B100", Step::Down, "M-A150");
        check("R-B400", Step::Down, "M-A350");
        check("R-B400", Step::Up, "R-A400");
        check("R-A400", Step::Up, "R-A400");
        check("M-A350", Step::Up, "R-B400");
        check("R-B500", Step::RowStart, "R-B400");
        assert_eq!(
            room.blocks.iter().map(|block| block.x).collect::<Vec<_>>(),
            [50, 450, 250]
        );
        let [left, right] = room.beside(&room.rows[0]);
        assert_eq!(
            (left, right),
            ((-86, 0), (186, 0)),
            "the row's name stands at both of its ends"
        );
    }
}
