//! The names of the rows: beside their seats where the plan has room for them, else in a strip of their own at its side, so that they
//! cover no seat however near it is.

use leptos::prelude::*;

use super::board::Board;
use super::room::{DrawnRow, Room};
use super::view::{Size, View};

/// Beside which edge of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// The room that a name takes to each side of its middle, in hundredths of a seat's width.
const ROOM: i32 = 40;
/// How large a name is, in hundredths of a seat's width.
const LETTERS: i32 = 46;
/// No name is smaller than this, in pixels, unless its row is.
const SMALLEST: i32 = 13;
/// And none larger, in pixels.
const LARGEST: i32 = 24;
/// The least distance of two rows, in hundredths of a seat's width.
const CLOSE_ROWS: i32 = 80;

/// The strip at one side. It is as high as the plan and drawn on the same scale, so that each name stands level with its row.
#[component]
pub(super) fn Gutter(
    /// The room.
    board: Board,
    /// Beside which edge.
    side: Side,
) -> impl IntoView {
    let shown = Memo::new(move |_| (board.view.get(), board.size.get()));
    let view_box = move || {
        let (view, _) = shown.get();
        format!("-1 {} 2 {}", view.y, view.height)
    };
    let names = move || {
        let (view, size) = shown.get();
        let letters = letters(view, size);
        let base = base_line(letters);
        board.room.with_value(|room| {
            let rows = room.rows.iter();
            rows.filter_map(|row| Some((level(room, row, view, side)?, row.name.clone())))
                .map(|(y, name)| view! { <text font-size=letters y=y + base>{name}</text> })
                .collect_view()
        })
    };
    view! {
        <svg class="gutter" viewBox=view_box aria-hidden="true">{names}</svg>
    }
}

/// The names that stand in the plan itself.
#[component]
pub(super) fn NamesBeside(
    /// The room.
    board: Board,
) -> impl IntoView {
    let names = move || {
        let (view, size) = (board.view.get(), board.size.get());
        let letters = letters(view, size);
        let base = base_line(letters);
        board.room.with_value(|room| {
            let sides = [Side::Left, Side::Right];
            let places = |row| sides.map(|side| beside(room, row, side)).into_iter();
            let rows = room.rows.iter();
            rows.flat_map(|row| places(row).map(move |place| (place, row.name.clone())))
                .filter(|((x, _), _)| is_inside(*x, view))
                .map(
                    |((x, y), name)| view! { <text font-size=letters x=x y=y + base>{name}</text> },
                )
                .collect_view()
        })
    };
    view! {
        <g class="row-names" aria-hidden="true">{names}</g>
    }
}

/// Where the row's name stands beside its seats.
fn beside(room: &Room, row: &DrawnRow, side: Side) -> (i32, i32) {
    if room.names_beside {
        let [left, right] = room.beside(row);
        return match side {
            Side::Left => left,
            Side::Right => right,
        };
    }
    let x = match side {
        Side::Left => room.frame.x - ROOM,
        Side::Right => room.frame.x + room.frame.width + ROOM,
    };
    (x, room.row_name_y(row, x))
}

/// Whether a name there is within the view as a whole.
fn is_inside(x: i32, view: View) -> bool {
    (view.x + ROOM..=view.x + view.width - ROOM).contains(&x)
}

/// How high the row's name stands in the strip, if it does not stand beside its seats: as long as the row goes on to this edge of the view.
fn level(room: &Room, row: &DrawnRow, view: View, side: Side) -> Option<i32> {
    let (x, _) = beside(room, row, side);
    if is_inside(x, view) {
        return None;
    }
    let edge = match side {
        Side::Left => view.x,
        Side::Right => view.x + view.width,
    };
    if !room.names_beside {
        return Some(room.row_name_y(row, edge));
    }
    let [(left, _), (right, _)] = room.beside(row);
    let goes_on = row.is_level && (left - ROOM..right + ROOM).contains(&edge);
    goes_on.then(|| room.row_name_y(row, edge))
}

/// The names stand on it, below the middle of their row.
fn base_line(letters: i32) -> i32 {
    letters * 35 / 100
}

/// How large the names are, in hundredths of a seat's width: readable, and no higher than a row.
fn letters(view: View, size: Size) -> i32 {
    let of_pixels = |pixels| view.room_length(size, pixels);
    LETTERS
        .max(of_pixels(SMALLEST))
        .min(of_pixels(LARGEST))
        .min(CLOSE_ROWS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_from_afar_and_fit_the_strip_nearby() {
        let size = Size {
            width: 1000,
            height: 500,
        };
        let of = |width| {
            let view = View {
                x: 0,
                y: 0,
                width,
                height: width / 2,
            };
            letters(view, size)
        };
        assert_eq!(of(2000), 46, "23 pixels");
        assert_eq!(of(6000), 78, "13 pixels");
        assert_eq!(
            of(20_000),
            CLOSE_ROWS,
            "smaller than it should be, and still its row's"
        );
        assert_eq!(of(600), 14, "24 pixels");
    }
}
