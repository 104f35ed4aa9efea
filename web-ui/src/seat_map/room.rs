//! A room as it is drawn: where every seat stands, which row it is in, and how much space the picture takes. All lengths
//! are hundredths of a seat's width.

use std::collections::HashMap;

use box_office::{Bend, Layout, Place, SeatId, SeatKind, turned};

use super::view::View;

/// The space beside the outermost seats.
const SIDE: i32 = 30;
/// The same where the names of rows stand beside them.
const SIDE_WITH_NAMES: i32 = 130;
/// The space above the first row, for the screen.
const ABOVE: i32 = 230;
/// The space below the last row.
const BELOW: i32 = 80;
/// Half a seat.
const HALF: i32 = 50;
/// From the middle of an outermost seat to the middle of its row's name beside it.
const BESIDE: i32 = 86;
/// How far apart the ends of rows may be that are taken for equally long.
const MOST_APART: i32 = 75;
/// From the middle of a block's first row to the base line of its name.
const NAME_ABOVE: i32 = 80;
/// The letters of a block's name: as large as the screen's name, and no smaller than a half of it.
const LARGEST_NAME: i32 = 64;
/// The smallest letters of a block's name.
const SMALLEST_NAME: i32 = 32;

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
    /// The blocks that have a name of their own.
    pub blocks: Vec<DrawnBlock>,
    /// Whether the names of rows stand beside their seats, for rows that do not go through the room, and where the bend leads others past
    /// their ends.
    pub names_beside: bool,
}

/// Where the name of a block is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnBlock {
    /// The name.
    pub name: String,
    /// Its middle.
    pub x: i32,
    /// Its base line.
    pub y: i32,
    /// How large its letters are.
    pub size: i32,
}

/// A seat as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnSeat {
    /// The seat.
    pub seat: SeatId,
    /// The name of its block, if the room has more than one.
    pub block: Option<String>,
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
    /// The name of its block, if the room has more than one.
    pub block: Option<String>,
    /// Its name.
    pub name: String,
    /// Where it stands in the middle of the room.
    pub y: i32,
    /// Whether all its seats stand there in the plan, before it is bent.
    pub is_level: bool,
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
        for row in layout.places.chunk_by(Place::is_in_row_of) {
            let block = layout.block_name(&row[0]).map(str::to_owned);
            for place in row {
                seats.push(DrawnSeat {
                    block: block.clone(),
                    row_index: rows.len(),
                    ..drawn(layout, place, &index, bend)
                });
            }
            rows.push(DrawnRow {
                block,
                name: row[0].row.clone(),
                y: row[0].y,
                is_level: true,
                seats: (seats.len() - row.len()..seats.len()).collect(),
            });
        }
        let gallery_y = layout.gallery_from.as_ref().and_then(|name| {
            let first = rows.iter().position(|row| row.name == *name)?;
            let before = rows[first.checked_sub(1)?].y;
            Some(i32::midpoint(before, rows[first].y))
        });
        for row in &mut rows {
            let mut places = row.seats.iter().map(|&seat| &layout.places[seat]);
            row.is_level = places.all(|place| place.y == row.y);
        }
        let width = |row: &DrawnRow| {
            let x = |seat: Option<&usize>| seat.map_or(0, |&seat| layout.places[seat].x);
            x(row.seats.last()) - x(row.seats.first())
        };
        // A bend leads long rows past the ends of short ones, so that a name at the edge would be taken for another row's.
        let widths = || rows.iter().map(width);
        let differ = widths().max() > widths().min().map(|least| least + 2 * MOST_APART);
        let names_beside = !layout.blocks.is_empty()
            || !rows.iter().all(|row| row.is_level)
            || curve != 0 && differ;
        let blocks = blocks(&seats);
        let mut frame = frame(&seats, if names_beside { SIDE_WITH_NAMES } else { SIDE });
        if let Some(highest) = blocks.iter().map(|block| block.y - block.size).min() {
            let above = (frame.y + ABOVE - highest).max(0);
            frame.y -= above;
            frame.height += above;
        }
        Self {
            frame,
            bend,
            seats,
            rows,
            gallery_y,
            blocks,
            names_beside,
        }
    }

    /// Where the two names of a row stand that are drawn beside it: in line with its outermost seats.
    pub fn beside(&self, row: &DrawnRow) -> [(i32, i32); 2] {
        let at = |nth: Option<usize>| {
            nth.and_then(|nth| row.seats.get(nth))
                .map(|&seat| &self.seats[seat])
        };
        let last = row.seats.len().saturating_sub(1);
        let out = |end: Option<&DrawnSeat>, inner: Option<&DrawnSeat>, side: i32| {
            let Some(end) = end else { return (0, 0) };
            let (dx, dy) = match inner {
                Some(inner) => (end.x - inner.x, end.y - inner.y),
                None => turned((side, 0), end.turn),
            };
            let length = i64::from(dx).pow(2) + i64::from(dy).pow(2);
            let length = i32::try_from(length.isqrt()).unwrap_or(1).max(1);
            (end.x + dx * BESIDE / length, end.y + dy * BESIDE / length)
        };
        [
            out(at(Some(0)), at((last > 0).then_some(1)), -HALF),
            out(at(Some(last)), at(last.checked_sub(1)), HALF),
        ]
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

    /// The part of the room where the seats of a kind are, with a seat's width around it.
    pub fn around(&self, kind: SeatKind) -> Option<View> {
        let of_kind = || self.seats.iter().filter(move |seat| seat.kind == kind);
        let (left, right) = (
            of_kind().map(|seat| seat.x).min()?,
            of_kind().map(|seat| seat.x).max()?,
        );
        let (top, bottom) = (
            of_kind().map(|seat| seat.y).min()?,
            of_kind().map(|seat| seat.y).max()?,
        );
        let margin = 3 * HALF;
        Some(View {
            x: left - margin,
            y: top - margin,
            width: right - left + 2 * margin,
            height: bottom - top + 2 * margin,
        })
    }

    /// The kinds of seat in the room, in the order of [`SeatKind::ALL`].
    pub fn kinds(&self) -> Vec<SeatKind> {
        SeatKind::ALL
            .into_iter()
            .filter(|kind| self.seats.iter().any(|seat| seat.kind == *kind))
            .collect()
    }
}

fn drawn(layout: &Layout, place: &Place, index: &HashMap<&SeatId, usize>, bend: Bend) -> DrawnSeat {
    let other_half = match place.kind {
        SeatKind::LoveSeat => place
            .with
            .as_ref()
            .and_then(|other| index.get(other))
            .copied(),
        SeatKind::Standard | SeatKind::Premium | SeatKind::Wheelchair | SeatKind::Companion => None,
    };
    let other = other_half.map(|other| &layout.places[other]);
    let other_x = other.map(|other| other.x);
    let (x, y) = bend.place((place.x, place.y), other_x);
    let middle = other_x.map_or(place.x, |other| i32::midpoint(place.x, other));
    DrawnSeat {
        seat: place.seat.clone(),
        block: None,
        row: place.row.clone(),
        number: place.number.clone(),
        kind: place.kind,
        x,
        y,
        turn: bend.turn(middle) + place.turn,
        form: form(place, other),
        other_half,
        row_index: 0,
    }
}

/// The outline of a seat, as it is seen from it.
fn form(place: &Place, other: Option<&Place>) -> Form {
    let to_the_right =
        |other: &Place| turned((other.x - place.x, other.y - place.y), -place.turn).0;
    match other.map(to_the_right) {
        None => Form::Single,
        Some(1..) => Form::LeftHalf,
        Some(_) => Form::RightHalf,
    }
}

/// The names of the blocks, each above the middle of its seats and no wider than they are.
fn blocks(seats: &[DrawnSeat]) -> Vec<DrawnBlock> {
    let of_one_block = seats.chunk_by(|one, other| one.block == other.block);
    let named = of_one_block.filter_map(|seats| {
        let name = seats.first()?.block.clone()?;
        let (left, right) = (
            seats.iter().map(|seat| seat.x).min()?,
            seats.iter().map(|seat| seat.x).max()?,
        );
        let letters = i32::try_from(name.chars().count()).unwrap_or(1).max(1);
        Some(DrawnBlock {
            x: i32::midpoint(left, right),
            y: seats.iter().map(|seat| seat.y).min()? - NAME_ABOVE,
            // A letter is about six tenths as wide as it is high.
            size: ((right - left + 2 * HALF) * 5 / 3 / letters).clamp(SMALLEST_NAME, LARGEST_NAME),
            name,
        })
    });
    named.collect()
}

fn frame(seats: &[DrawnSeat], side: i32) -> View {
    let across = || seats.iter().map(|seat| seat.x);
    let down = || seats.iter().map(|seat| seat.y);
    let (left, right) = (across().min().unwrap_or(0), across().max().unwrap_or(0));
    let (top, bottom) = (down().min().unwrap_or(0), down().max().unwrap_or(0));
    let (left, right) = (left - HALF - side, right + HALF + side);
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
                    block: None,
                    row: name.clone(),
                    number: number.to_string(),
                    kind,
                    x: column * 100,
                    y: row * 110,
                    turn: 0,
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
            blocks: Vec::new(),
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
    fn a_name_at_the_edge_is_never_level_with_the_end_of_another_row() {
        let narrow_in_front = layout(&["____....____", "____....____", "............"]);
        let bent = Room::of(&narrow_in_front, 300);
        let (front, back) = (&bent.seats[0], &bent.seats[8]);
        assert!((front.y - back.y).abs() < HALF, "the bend leads past it");
        assert!(bent.names_beside);
        assert!(!Room::of(&narrow_in_front, 0).names_beside);
        let wide = layout(&["............", "............", "............"]);
        assert!(!Room::of(&wide, 300).names_beside);
    }

    #[test]
    fn a_room_without_seats_can_be_drawn() {
        let room = Room::of(&layout(&[]), 0);
        assert!(room.frame.width > 0 && room.frame.height > 0);
        assert_eq!(room.nearest((0, 0)), None);
    }
}
