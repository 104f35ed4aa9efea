//! The seats of a room put together: drawn or placed, as one or block by block.

use std::collections::{HashMap, HashSet};

use toml::de::DeValue;

use super::drawing::{self, Drawn, Numbering};
use super::names;
use super::part::{FARTHEST, Part, RowAt, apart};
use super::placed::{self, STEEPEST};
use super::section::{Section, sections};
use super::value;
use crate::layout::turned;
use crate::{Block, Layout, Place, SeatId};

/// From the screen to the first row, in hundredths of a seat's width: two metres of floor.
const BEFORE_FIRST_ROW: i32 = 360;

/// The most seats of one room; the largest cinema hall in use has 2 756, and a seat map of more would not be drawn.
const MOST_SEATS: usize = 3000;

/// The most blocks of one room: an opera house has thirty boxes on a tier.
const MOST_BLOCKS: usize = 40;

/// Between two blocks that stand side by side: an aisle of two seats' widths.
const BETWEEN_BLOCKS: i32 = 200;

/// The distance below which two chairs would stand on each other.
const REACH: i32 = 40;

/// Its square.
const REACH_SQUARED: i64 = 40 * 40;

/// Half a seat's width.
const HALF: i32 = 50;

/// The longest name of a block in characters: it stands on a line of a ticket and above the block's seats.
const LONGEST_BLOCK_NAME: usize = 30;

/// What the file says of a room beside its seats.
pub(super) struct Room<'a> {
    pub(super) version: u32,
    pub(super) row_spacing: i32,
    pub(super) numbering: Numbering,
    pub(super) focus: Option<(i32, i32)>,
    pub(super) focus_row: Option<&'a str>,
    pub(super) gallery_from: Option<&'a str>,
}

/// The layout that a room's section describes; nothing, and the problems, if it does not.
pub(super) fn read(section: &Section<'_>, room: &Room<'_>) -> Option<Layout> {
    let problems = section.problems();
    let blocks = sections(section, "block");
    let ways = [
        section.has("seats"),
        section.has("places"),
        section.has("block"),
    ];
    if ways.iter().filter(|way| **way).count() != 1 {
        problems.push(
            section.line(),
            "[[auditorium]] needs its seats in one way: drawn as `seats`, placed as `places`, or in tables [[auditorium.block]]",
        );
        return None;
    }
    let mut hall = Hall {
        section,
        room,
        part: Part::default(),
        blocks: Vec::new(),
        right: true,
    };
    if blocks.is_empty() {
        match read_part(section, room, None, 0) {
            Some(part) if section.has("seats") => hall.add(part, (0, BEFORE_FIRST_ROW), 0),
            Some(part) => hall.add(part, (0, 0), 0),
            None => return None,
        }
    } else {
        hall.read_blocks(&blocks);
    }
    hall.finish()
}

/// The seats of a room without blocks, or of one block.
fn read_part(
    section: &Section<'_>,
    room: &Room<'_>,
    block: Option<&str>,
    run: u32,
) -> Option<Part> {
    if section.has("places") {
        return placed::read(section, &section.lines("places")?, block, run);
    }
    let drawn = Drawn {
        block,
        row_spacing: room.row_spacing,
        numbering: room.numbering,
        gallery_from: room.gallery_from.filter(|_| block.is_none()),
    };
    drawing::read(section, &section.lines("seats")?, drawn, run)
}

/// A room on its way.
struct Hall<'s, 'p> {
    section: &'s Section<'p>,
    room: &'s Room<'s>,
    part: Part,
    blocks: Vec<Block>,
    right: bool,
}

impl Hall<'_, '_> {
    fn refuse(&mut self, line: usize, detail: impl Into<String>) {
        self.section.problems().push(line, detail);
        self.right = false;
    }

    fn read_blocks(&mut self, sections: &[Section<'_>]) {
        if sections.len() > MOST_BLOCKS {
            return self.refuse(
                self.section.line(),
                format!(
                    "has {} blocks; a room has at most {MOST_BLOCKS}",
                    sections.len()
                ),
            );
        }
        if self.room.gallery_from.is_some() {
            self.refuse(
                self.section.line_of("gallery_from"),
                "`gallery_from` is for a room without blocks: a gallery is a block of its own",
            );
        }
        let mut right_end = None;
        for section in sections {
            // Whoever has drawn too many is told so of what is there by now.
            if self.part.places.len() > MOST_SEATS {
                return;
            }
            let read = self.read_block(section, right_end);
            section.finish();
            match read {
                Some(end) => right_end = Some(end),
                None => self.right = false,
            }
        }
    }

    /// Reads a block and gives where it ends on the right.
    fn read_block(&mut self, section: &Section<'_>, right_end: Option<i32>) -> Option<i32> {
        let id = section.required("id", |value| {
            let id = value::text(value)?;
            names::check("block", &id).map(|()| id)
        });
        let name = section.required("name", block_name);
        let at = section.optional("at", value::point(FARTHEST));
        let turn = section.optional("turn", value::whole(-i64::from(STEEPEST), STEEPEST.into()));
        let numbering = section.optional("numbers", |value| {
            self.room.numbering.with(&value::text(value)?)
        });
        if section.has("seats") == section.has("places") {
            self.refuse(
                section.line(),
                "[[auditorium.block]] needs its seats drawn as `seats` or placed as `places`, one of them",
            );
            return None;
        }
        let room = Room {
            numbering: numbering.unwrap_or(self.room.numbering),
            ..*self.room
        };
        let part = read_part(section, &room, id.as_deref(), self.part.runs);
        let (id, name, part) = (id?, name?, part?);
        for (what, of) in [("id", &id), ("name", &name)] {
            let known =
                |block: &&Block| [&block.id, &block.name][usize::from(what == "name")] == of;
            if self.blocks.iter().find(known).is_some() {
                self.refuse(
                    section.line_of(what),
                    format!("a block with the {what} {of:?} is there already"),
                );
            }
        }
        let placed = section.has("places");
        let beside = match (placed, right_end) {
            (true, _) => (0, 0),
            (false, None) => (0, BEFORE_FIRST_ROW),
            (false, Some(end)) => (end + BETWEEN_BLOCKS, BEFORE_FIRST_ROW),
        };
        self.blocks.push(Block { id, name });
        let first = self.part.places.len();
        self.add(part, at.unwrap_or(beside), turn.unwrap_or(0));
        let ends = self.part.places[first..].iter().map(|place| place.x);
        ends.max().map(|x| x + HALF)
    }

    /// Adds seats, moved to where they stand and turned about the middle of their first row.
    fn add(&mut self, part: Part, (x, y): (i32, i32), turn: i32) {
        let pivot = part.middle_of_first_row();
        let first = self.part.places.len();
        self.part
            .rows
            .extend(part.rows.into_iter().map(|row| RowAt {
                first: row.first + first,
                ..row
            }));
        self.part.runs = part.runs;
        self.part.width = part.width;
        self.part
            .places
            .extend(part.places.into_iter().map(|place| {
                let (aside, behind) = turned((place.x - pivot.0, place.y - pivot.1), turn);
                Place {
                    x: x + pivot.0 + aside,
                    y: y + pivot.1 + behind,
                    turn: place.turn + turn,
                    ..place
                }
            }));
    }

    fn finish(mut self) -> Option<Layout> {
        self.check_rows();
        self.check_seats();
        let focus = self.focus();
        if !self.right {
            return None;
        }
        let (places, is_drawn) = (self.part.places, self.section.has("seats"));
        let last = places.iter().map(|place| place.y).max().unwrap_or(0);
        let right = places.iter().map(|place| place.x + HALF).max().unwrap_or(0);
        let left = places.iter().map(|place| place.x - HALF).min().unwrap_or(0);
        // The drawing of a whole room says where its walls are.
        let (width, middle) = match is_drawn {
            true => (self.part.width, self.part.width / 2),
            false => (right, i32::midpoint(left, right)),
        };
        Some(Layout {
            version: self.room.version,
            width,
            depth: last + self.room.row_spacing,
            focus: self.room.focus.or(focus.map(|y| (middle, y)))?,
            gallery_from: self.room.gallery_from.map(str::to_owned),
            blocks: self.blocks,
            places,
        })
    }

    /// No row of a block is there twice.
    fn check_rows(&mut self) {
        let mut known: HashMap<(Option<&str>, &str), usize> = HashMap::new();
        for row in &self.part.rows {
            let block = self.part.places[row.first].block.as_deref();
            if let Some(first) = known.get(&(block, &row.label)) {
                self.section.problems().push(
                    row.line,
                    format!("row {} is there already, on line {first}", row.label),
                );
                self.right = false;
            } else {
                known.insert((block, &row.label), row.line);
            }
        }
    }

    /// There are not too many seats, each has a name of its own, and none stands outside or on another.
    fn check_seats(&mut self) {
        let seats = self.part.places.len();
        if seats > MOST_SEATS {
            let detail = format!("{seats} seats are there; a room has at most {MOST_SEATS}");
            return self.refuse(self.section.line_of("seats"), detail);
        }
        let mut known: HashSet<&SeatId> = HashSet::new();
        let mut problems = Vec::new();
        for (at, place) in self.part.places.iter().enumerate() {
            let seat = &place.seat;
            if !known.insert(seat) {
                problems.push((at, format!("seat {seat} is there twice")));
            }
            let outside = match (place.x - HALF, place.y - HALF) {
                (..0, _) => Some("to the left of the left wall"),
                (_, ..0) => Some("before the screen"),
                (FARTHEST.., _) | (_, FARTHEST..) => Some("outside any hall"),
                (_, _) => None,
            };
            if let Some(outside) = outside {
                let (x, y) = (place.x, place.y);
                problems.push((at, format!("seat {seat} stands {outside}, at {x},{y}")));
            }
        }
        for (one, other) in on_each_other(&self.part.places) {
            let (one, place) = (&self.part.places[one].seat, &self.part.places[other]);
            let (other_seat, x, y) = (&place.seat, place.x, place.y);
            problems.push((
                other,
                format!("seats {one} and {other_seat} stand on each other, at {x},{y}"),
            ));
        }
        self.right &= problems.is_empty();
        for (at, detail) in problems {
            self.section.problems().push(self.line_of(at), detail);
        }
    }

    /// The line of the row in which a seat is.
    fn line_of(&self, seat: usize) -> usize {
        let row = self.part.rows.iter().rfind(|row| row.first <= seat);
        row.map_or(self.section.line(), |row| row.line)
    }

    /// How far from the screen the best seats are: the first row of the name that is given, else two thirds to the back.
    fn focus(&mut self) -> Option<i32> {
        let y = |seat: usize| self.part.places.get(seat).map(|place| place.y);
        let rows = &self.part.rows;
        let named = |key: &'static str, label: &str| {
            let found = rows.iter().find(|row| row.label == label);
            if found.is_none() {
                self.section.problems().push(
                    self.section.line_of(key),
                    format!(
                        "`{key}`: there is no row {}; there are {}",
                        value::shown(label),
                        labels(rows)
                    ),
                );
            }
            found
        };
        let gallery = self
            .room
            .gallery_from
            .filter(|_| self.blocks.is_empty())
            .map(|label| named("gallery_from", label).is_some());
        let focus = match self.room.focus_row {
            Some(label) => named("focus_row", label).and_then(|row| {
                let next = rows.iter().find(|next| next.first > row.first);
                let end = next.map_or(self.part.places.len(), |next| next.first);
                y(usize::midpoint(row.first, end))
            }),
            None if self.section.has("seats") => {
                rows.get(rows.len() * 2 / 3).and_then(|row| y(row.first))
            }
            None => {
                let mut depths: Vec<i32> = self.part.places.iter().map(|place| place.y).collect();
                depths.sort_unstable();
                depths.get(depths.len() * 2 / 3).copied()
            }
        };
        self.right &= gallery != Some(false) && focus.is_some();
        focus
    }
}

/// The names of rows, each once and not more than a line takes.
fn labels(rows: &[RowAt]) -> String {
    let mut labels: Vec<&str> = Vec::new();
    for row in rows {
        if !labels.contains(&row.label.as_str()) {
            labels.push(&row.label);
        }
    }
    labels.join(" ")
}

/// Pairs of seats of which nobody could sit on both.
fn on_each_other(places: &[Place]) -> Vec<(usize, usize)> {
    let mut by_x: Vec<usize> = (0..places.len()).collect();
    by_x.sort_unstable_by_key(|&at| (places[at].x, at));
    let mut found = Vec::new();
    for (nth, &one) in by_x.iter().enumerate() {
        let stands = |at: usize| (places[at].x, places[at].y);
        let near = by_x[nth + 1..]
            .iter()
            .take_while(|&&other| places[other].x - places[one].x < REACH);
        let on_it = near.filter(|&&other| apart(stands(one), stands(other)) < REACH_SQUARED);
        found.extend(on_it.map(|&other| (one.min(other), one.max(other))));
        if found.len() > super::MOST_PROBLEMS {
            break;
        }
    }
    found
}

/// The name of a block, short enough to stand beside its seats.
fn block_name(value: &DeValue<'_>) -> Result<String, String> {
    let name = value::text(value)?;
    match name.chars().count() {
        ..=LONGEST_BLOCK_NAME => Ok(name),
        _ => Err(format!("has more than {LONGEST_BLOCK_NAME} characters")),
    }
}

#[cfg(test)]
mod tests;
