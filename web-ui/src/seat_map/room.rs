//! A room as it is drawn: where every seat stands, which row it is in, and how much space the picture takes. All lengths
//! are hundredths of a seat's width.

use std::collections::HashMap;

use box_office::{Layout, SeatId, SeatKind};

use super::bend::Bend;
use super::view::View;

/// The space beside the outermost seats, for the letters of the rows.
const SIDE: i32 = 130;
/// The space above the first row, for the screen.
const ABOVE: i32 = 230;
/// The space below the last row.
const BELOW: i32 = 80;
/// From the edge to the middle of a row's name.
pub(super) const NAME: i32 = 65;
/// Half a seat.
const HALF: i32 = 50;

/// A room as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The seats, in the layout's order.
    pub seats: Vec<DrawnSeat>,
    /// The rows, from the screen.
    pub rows: Vec<DrawnRow>,
    /// How the rows are bent.
    pub bend: Bend,
    /// Everything that is drawn.
    pub frame: View,
    /// Where the gallery begins: between two rows, in the middle of the room.
    pub gallery_y: Option<i32>,
}

/// A seat as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnSeat {
    /// The seat.
    pub seat: SeatId,
    /// Its row's name.
    pub row: String,
    /// Its number in the row.
    pub number: String,
    /// Its kind.
    pub kind: SeatKind,
    /// Its middle.
    pub x: i32,
    /// Its middle.
    pub y: i32,
    /// How many degrees it is turned, clockwise.
    pub turn: i32,
    /// Its outline.
    pub form: Form,
    /// The other half of a love seat, by its index.
    pub other_half: Option<usize>,
    /// The row, by its index.
    pub row_index: usize,
}

/// The outline of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A seat of its own.
    Single,
    /// The left half of a love seat, open to the right.
    LeftHalf,
    /// The right half of a love seat, open to the left.
    RightHalf,
}

/// A row as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnRow {
    /// Its name.
    pub name: String,
    /// Where it stands in the middle of the room.
    pub y: i32,
    /// Its seats from left to right, by their indices.
    pub seats: Vec<usize>,
}

impl Room {
    /// Draws a layout whose rows are curved by `curve`.
    pub fn of(layout: &Layout, curve: i32) -> Self {
        let bend = Bend::new(layout.width, curve);
        let index: HashMap<_, _> = layout
            .places
            .iter()
            .enumerate()
            .map(|(index, place)| (&place.seat, index))
            .collect();
        let mut rows: Vec<DrawnRow> = Vec::new();
        let mut seats = Vec::with_capacity(layout.places.len());
        for (place_index, place) in layout.places.iter().enumerate() {
            let row_index = match rows
                .iter()
                .rposition(|row| row.name == place.row && row.y == place.y)
            {
                Some(row_index) => row_index,
                None => {
                    rows.push(DrawnRow {
                        name: place.row.clone(),
                        y: place.y,
                        seats: Vec::new(),
                    });
                    rows.len() - 1
                }
            };
            rows[row_index].seats.push(place_index);
            let other_half = match place.kind {
                SeatKind::LoveSeat => place
                    .with
                    .as_ref()
                    .and_then(|other| index.get(other))
                    .copied(),
                SeatKind::Standard
                | SeatKind::Premium
                | SeatKind::Wheelchair
                | SeatKind::Companion => None,
            };
            let other_x = other_half.map(|other| layout.places[other].x);
            let (x, y) = bend.place((place.x, place.y), other_x);
            seats.push(DrawnSeat {
                seat: place.seat.clone(),
                row: place.row.clone(),
                number: place.number.clone(),
                kind: place.kind,
                x,
                y,
                turn: bend.turn(other_x.map_or(place.x, |other| i32::midpoint(place.x, other))),
                form: form(place.x, other_x),
                other_half,
                row_index,
            });
        }
        let gallery_y = layout.gallery_from.as_ref().and_then(|name| {
            let first = rows.iter().position(|row| row.name == *name)?;
            let before = rows[first.checked_sub(1)?].y;
            Some(i32::midpoint(before, rows[first].y))
        });
        Self {
            frame: frame(&seats),
            bend,
            seats,
            rows,
            gallery_y,
        }
    }

    /// Where the name of a row stands at `x`: on the bend of its seats, and level with the last one beside them, so that a
    /// short row is not taken for the next.
    pub fn row_name_y(&self, row: &DrawnRow, x: i32) -> i32 {
        let across = || row.seats.iter().filter_map(|place| self.seats.get(*place));
        let left = across().map(|seat| seat.x).min().unwrap_or(x);
        let right = across().map(|seat| seat.x).max().unwrap_or(x);
        row.y - self.bend.lift(x.clamp(left, right))
    }

    /// The seats that a touch on one of them means: both halves of a love seat.
    pub fn together(&self, place: usize) -> Vec<SeatId> {
        let Some(touched) = self.seats.get(place) else {
            return Vec::new();
        };
        let other = touched.other_half.and_then(|other| self.seats.get(other));
        std::iter::once(touched)
            .chain(other)
            .map(|drawn| drawn.seat.clone())
            .collect()
    }

    /// The seat whose middle is nearest, if it is within reach of a finger that aimed at it.
    pub fn nearest(&self, (x, y): (i32, i32)) -> Option<usize> {
        let reach = i64::from(HALF + HALF / 2).pow(2);
        let distance =
            |seat: &DrawnSeat| i64::from(seat.x - x).pow(2) + i64::from(seat.y - y).pow(2);
        let (index, seat) = self
            .seats
            .iter()
            .enumerate()
            .min_by_key(|(_, seat)| distance(seat))?;
        (distance(seat) <= reach).then_some(index)
    }

    /// Where a seat is in the list.
    pub fn place(&self, seat: &SeatId) -> Option<usize> {
        self.seats.iter().position(|drawn| drawn.seat == *seat)
    }

    /// The kinds of seat in the room, in the order of [`SeatKind::ALL`].
    pub fn kinds(&self) -> Vec<SeatKind> {
        SeatKind::ALL
            .into_iter()
            .filter(|kind| self.seats.iter().any(|seat| seat.kind == *kind))
            .collect()
    }
}

fn form(x: i32, other_x: Option<i32>) -> Form {
    match other_x {
        None => Form::Single,
        Some(other) if other > x => Form::LeftHalf,
        Some(_) => Form::RightHalf,
    }
}

fn frame(seats: &[DrawnSeat]) -> View {
    let across = || seats.iter().map(|seat| seat.x);
    let down = || seats.iter().map(|seat| seat.y);
    let (left, right) = (across().min().unwrap_or(0), across().max().unwrap_or(0));
    let (top, bottom) = (down().min().unwrap_or(0), down().max().unwrap_or(0));
    let (left, right) = (left - HALF - SIDE, right + HALF + SIDE);
    let top = top - HALF - ABOVE;
    View {
        x: left,
        y: top,
        width: right - left,
        height: bottom + HALF + BELOW - top,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use box_office::Place;

    use super::*;

    /// A layout with rows such as `..LL_W`: `.` standard, `L` half of a love seat, `W` wheelchair, `_` a gap.
    pub(in crate::seat_map) fn layout(rows: &[&str]) -> Layout {
        let mut places = Vec::new();
        for (row, text) in (0_i32..).zip(rows) {
            let name = char::from(b'A' + u8::try_from(row).unwrap()).to_string();
            let mut number = 0;
            let mut open_love_seat = false;
            for (column, letter) in (0_i32..).zip(text.chars()) {
                if letter == '_' {
                    continue;
                }
                number += 1;
                let seat = |number: i32| format!("{name}{number}").parse().unwrap();
                let (kind, with) = match letter {
                    'L' => {
                        open_love_seat = !open_love_seat;
                        (
                            SeatKind::LoveSeat,
                            Some(seat(if open_love_seat {
                                number + 1
                            } else {
                                number - 1
                            })),
                        )
                    }
                    'W' => (SeatKind::Wheelchair, None),
                    _ => (SeatKind::Standard, None),
                };
                places.push(Place {
                    seat: seat(number),
                    row: name.clone(),
                    number: number.to_string(),
                    kind,
                    x: column * 100,
                    y: row * 110,
                    with,
                    run: 0,
                });
            }
        }
        Layout {
            version: 1,
            width: 1000,
            depth: 1000,
            focus: (0, 0),
            gallery_from: None,
            places,
        }
    }

    #[test]
    fn a_love_seat_is_one_wide_form_and_one_touch() {
        let room = Room::of(&layout(&["..LL"]), 0);
        assert_eq!(
            [room.seats[2].form, room.seats[3].form],
            [Form::LeftHalf, Form::RightHalf]
        );
        let names: Vec<_> = room
            .together(3)
            .iter()
            .map(|seat| seat.as_str().to_owned())
            .collect();
        assert_eq!(names, ["A4", "A3"]);
        assert_eq!(room.together(0).len(), 1);
    }

    #[test]
    fn a_finger_finds_the_seat_that_it_aimed_at() {
        let room = Room::of(&layout(&["...", "._."]), 0);
        assert_eq!(room.nearest((140, 20)), Some(1));
        assert_eq!(room.nearest((100, 160)), None, "a gap is no seat");
    }

    #[test]
    fn a_finger_finds_the_seats_of_a_curved_row_where_they_are_drawn() {
        let room = Room::of(&layout(&["..........", ".........."]), 200);
        let (end, middle) = (&room.seats[10], &room.seats[14]);
        assert!(middle.y - end.y > 100, "the end is nearer to the screen");
        assert!(end.turn > 0 && room.seats[19].turn < 0);
        assert_eq!(room.nearest((end.x, end.y)), Some(10));
        let name = |x| room.row_name_y(&room.rows[1], x);
        assert_eq!(name(end.x), end.y, "its row's name stands beside it");
        assert_eq!(name(end.x - 500), end.y, "and no higher farther out");
    }

    #[test]
    fn a_room_without_seats_can_be_drawn() {
        let room = Room::of(&layout(&[]), 0);
        assert!(room.frame.width > 0 && room.frame.height > 0);
        assert_eq!(room.nearest((0, 0)), None);
    }
}
