//! A room's seats as they are drawn in the file: one line a row, one character the width of a seat.

mod numbering;
mod row;

use super::section::{Lined, Section};
use crate::{Layout, Place};
pub(super) use numbering::Numbering;
use row::{Cell, Row};

/// From the screen to the first row, in hundredths of a seat's width: two metres of floor.
const BEFORE_FIRST_ROW: i32 = 360;

/// The most seats of one room; the largest cinema hall in use has 2 756, and a seat map of more would not be drawn.
const MOST_SEATS: usize = 3000;

/// The most rows of one room.
const MOST_ROWS: usize = 120;

/// What the file says of a room beside its drawing.
pub(super) struct Room<'a> {
    pub(super) version: u32,
    pub(super) row_spacing: i32,
    pub(super) numbering: Numbering,
    pub(super) focus_row: Option<&'a str>,
    pub(super) gallery_from: Option<&'a str>,
}

/// The layout that `lines` draw; nothing, and the problems, if they do not.
pub(super) fn read(
    section: &Section<'_>,
    lines: &[Lined<String>],
    room: &Room<'_>,
) -> Option<Layout> {
    let rows = read_rows(section, lines, room)?;
    let width = rows.iter().map(Row::width).max().unwrap_or(0);
    let mut layout = Layout {
        version: room.version,
        width,
        depth: 0,
        focus: (0, 0),
        gallery_from: room.gallery_from.map(str::to_owned),
        places: Vec::new(),
    };
    let mut builder = Builder {
        section,
        run: 0,
        complete: true,
    };
    for row in &rows {
        builder.add(row, width, &mut layout.places);
    }
    let last = rows.last().map_or(0, |row| row.y);
    layout.depth = last + room.row_spacing;
    layout.focus = (width / 2, focus(section, &rows, room)?);
    check_gallery(section, &rows, room)?;
    builder.complete.then_some(layout)
}

/// The rows with their distance from the screen. An empty line between two rows is an aisle across the room.
fn read_rows(section: &Section<'_>, lines: &[Lined<String>], room: &Room<'_>) -> Option<Vec<Row>> {
    let problems = section.problems();
    let mut rows: Vec<Row> = Vec::new();
    let wall = row::indentation(lines.iter().map(|line| line.value.as_str()));
    let (mut y, mut right) = (BEFORE_FIRST_ROW, true);
    for line in lines {
        if line.value.trim().is_empty() {
            y += if rows.is_empty() { 0 } else { room.row_spacing };
            continue;
        }
        if rows.len() == MOST_ROWS {
            problems.push(line.line, format!("a room has at most {MOST_ROWS} rows"));
            return None;
        }
        match Row::read(&line.value, line.line, wall, room.numbering) {
            Ok(mut row) => {
                // A gallery begins above and behind the row before it.
                y += if room.gallery_from == Some(row.label.as_str()) {
                    room.row_spacing
                } else {
                    0
                };
                row.y = y;
                if let Some(first) = rows.iter().find(|earlier| earlier.label == row.label) {
                    problems.push(
                        line.line,
                        format!("row {} is there already, on line {}", row.label, first.line),
                    );
                    right = false;
                }
                rows.push(row);
            }
            Err(details) => {
                right = false;
                details
                    .into_iter()
                    .for_each(|detail| problems.push(line.line, detail));
            }
        }
        y += room.row_spacing;
    }
    let seats: usize = rows.iter().map(Row::seats).sum();
    match seats {
        0 if right => problems.push(section.line_of("seats"), "`seats`: no seat is drawn"),
        0..=MOST_SEATS => {}
        _ => problems.push(
            section.line_of("seats"),
            format!("`seats`: {seats} seats are drawn; a room has at most {MOST_SEATS}"),
        ),
    }
    (right && (1..=MOST_SEATS).contains(&seats)).then_some(rows)
}

/// How far from the screen the best seats are: the row that is named, else two thirds to the back.
fn focus(section: &Section<'_>, rows: &[Row], room: &Room<'_>) -> Option<i32> {
    match room.focus_row {
        Some(label) => row_named(section, rows, "focus_row", label).map(|row| row.y),
        None => rows.get(rows.len() * 2 / 3).map(|row| row.y),
    }
}

fn check_gallery(section: &Section<'_>, rows: &[Row], room: &Room<'_>) -> Option<()> {
    match room.gallery_from {
        Some(label) => row_named(section, rows, "gallery_from", label).map(|_| ()),
        None => Some(()),
    }
}

fn row_named<'r>(
    section: &Section<'_>,
    rows: &'r [Row],
    key: &'static str,
    label: &str,
) -> Option<&'r Row> {
    let found = rows.iter().find(|row| row.label == label);
    if found.is_none() {
        let labels: Vec<&str> = rows.iter().map(|row| row.label.as_str()).collect();
        section.problems().push(
            section.line_of(key),
            format!(
                "`{key}`: there is no row {}; there are {}",
                super::value::shown(label),
                labels.join(" ")
            ),
        );
    }
    found
}

/// Turns rows into places, numbering the unbroken runs of chairs through the room.
struct Builder<'s, 'p> {
    section: &'s Section<'p>,
    run: u32,
    complete: bool,
}

impl Builder<'_, '_> {
    fn add(&mut self, row: &Row, width: i32, places: &mut Vec<Place>) {
        let named = match row.name_seats(width) {
            Ok(named) => named,
            Err(detail) => return self.refuse(row, detail),
        };
        let mut before = Cell::Gap;
        for (column, &cell) in row.cells.iter().enumerate() {
            let neighbour = std::mem::replace(&mut before, cell);
            let Cell::Chair { kind, with } = cell else {
                continue;
            };
            // Nobody is the neighbour of a gap, of a missing chair or of a wheelchair place.
            self.run += u32::from(!(neighbour.is_ordinary() && cell.is_ordinary()));
            let Some(Some((number, seat))) = named.get(column) else {
                continue;
            };
            let with = with
                .and_then(|column| named.get(column)?.as_ref())
                .map(|(_, seat)| seat.clone());
            places.push(Place {
                seat: seat.clone(),
                row: row.label.clone(),
                number: number.to_string(),
                kind,
                x: row.x(column),
                y: row.y,
                with,
                run: self.run,
            });
        }
    }

    fn refuse(&mut self, row: &Row, detail: String) {
        self.section.problems().push(row.line, detail);
        self.complete = false;
    }
}
