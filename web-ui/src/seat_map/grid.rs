//! Arrow keys on the seats: to the neighbour in the row, or to the nearest seat of the next row.

use super::room::Room;

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
}

impl Step {
    /// The step of a key by its name in `KeyboardEvent.key`.
    pub fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            "Home" => Self::RowStart,
            "End" => Self::RowEnd,
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
        Step::Up => seat
            .row_index
            .checked_sub(1)
            .and_then(|index| nearest_in_row(room, index, seat.x)),
        Step::Down => nearest_in_row(room, seat.row_index + 1, seat.x),
    };
    target.unwrap_or(from)
}

fn nearest_in_row(room: &Room, row: usize, x: i32) -> Option<usize> {
    room.rows
        .get(row)?
        .seats
        .iter()
        .copied()
        .min_by_key(|place| (room.seats[*place].x - x).abs())
}

#[cfg(test)]
mod tests {
    use super::super::room::tests::layout;
    use super::*;

    #[test]
    fn arrows_walk_over_gaps_and_stop_at_walls() {
        // Row A: A1 A2 . A3; row B: one seat under A3; row C: four seats.
        let room = Room::of(&layout(&[".._.", "___.", "...."]), 0);
        let check = |from: &str, key, to: &str| {
            let place = |name: &str| room.place(&name.parse().unwrap()).unwrap();
            let reached = step(&room, place(from), key);
            assert_eq!(room.seats[reached].seat.as_str(), to, "{from} {key:?}");
        };
        check("A2", Step::Right, "A3");
        check("A1", Step::Left, "A1");
        check("A1", Step::Down, "B1");
        check("B1", Step::Down, "C4");
        check("C1", Step::Up, "B1");
        check("C2", Step::RowEnd, "C4");
        check("C3", Step::RowStart, "C1");
        check("A1", Step::Up, "A1");
        check("C4", Step::Down, "C4");
    }
}
