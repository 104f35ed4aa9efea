//! Seats that are read together, drawn or placed: a room's or a block's, before they stand where they stand in the room.

use crate::Place;

/// The farthest that anything stands from the left wall or from the screen, in hundredths of a seat's width: twice the largest
/// hall there is.
pub(super) const FARTHEST: i32 = 40_000;

/// The squared distance of two chairs up to which nobody can pass between them: one and a half seats' widths.
pub(super) const BESIDE: i64 = 150 * 150;

/// Seats that were read together.
#[derive(Default)]
pub(super) struct Part {
    pub(super) rows: Vec<RowAt>,
    pub(super) places: Vec<Place>,
    pub(super) width: i32,
    /// The last unbroken run of chairs of the room so far.
    pub(super) runs: u32,
}

/// A row: where the file says it, and its first seat.
pub(super) struct RowAt {
    pub(super) line: usize,
    pub(super) label: String,
    pub(super) first: usize,
}

impl Part {
    /// What a block turns about.
    pub(super) fn middle_of_first_row(&self) -> (i32, i32) {
        let end = self.rows.get(1).map_or(self.places.len(), |row| row.first);
        let row = &self.places[..end];
        let stands = |place: Option<&Place>| place.map_or((0, 0), |place| (place.x, place.y));
        let (first, last) = (stands(row.first()), stands(row.last()));
        (
            i32::midpoint(first.0, last.0),
            i32::midpoint(first.1, last.1),
        )
    }
}

impl RowAt {
    pub(super) fn of(line: usize, label: &str, first: usize) -> Self {
        Self {
            line,
            label: label.to_owned(),
            first,
        }
    }
}

/// The squared distance of two points.
pub(super) fn apart(one: (i32, i32), other: (i32, i32)) -> i64 {
    let square = |a: i32, b: i32| (i64::from(a) - i64::from(b)).pow(2);
    square(one.0, other.0) + square(one.1, other.1)
}
