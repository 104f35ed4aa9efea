//! Seats as they are drawn in the file: one line a row, one character the width of a seat.

mod numbering;
mod row;

use super::part::{Part, RowAt};
use super::section::{Lined, Section};
use crate::Place;
pub(super) use numbering::Numbering;
use row::{Cell, Row};

/// The most rows of one drawing.
const MOST_ROWS: usize = 120;

/// What the file says of a drawing beside it.
#[derive(Clone, Copy)]
pub(super) struct Drawn<'a> {
    /// The block that is drawn, by its id.
    pub(super) block: Option<&'a str>,
    pub(super) row_spacing: i32,
    pub(super) numbering: Numbering,
    pub(super) gallery_from: Option<&'a str>,
}

/// The seats that `lines` draw, from the left end of the drawing and from its first row; nothing, and the problems, if they do
/// not.
pub(super) fn read(
    section: &Section<'_>,
    lines: &[Lined<String>],
    drawn: Drawn<'_>,
    run: u32,
) -> Option<Part> {
    let rows = read_rows(section, lines, drawn)?;
    let width = rows.iter().map(Row::width).max().unwrap_or(0);
    let mut builder = Builder {
        section,
        block: drawn.block,
        part: Part {
            width,
            runs: run,
            ..Part::default()
        },
        complete: true,
    };
    for row in &rows {
        builder.add(row);
    }
    builder.complete.then_some(builder.part)
}

/// The rows with their distance from the screen. An empty line between two rows is an aisle across the room.
fn read_rows(section: &Section<'_>, lines: &[Lined<String>], room: Drawn<'_>) -> Option<Vec<Row>> {
    let problems = section.problems();
    let mut rows: Vec<Row> = Vec::new();
    let wall = row::indentation(lines.iter().map(|line| line.value.as_str()));
    let (mut y, mut right) = (0, true);
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
    if right && rows.is_empty() {
        problems.push(section.line_of("seats"), "`seats`: no seat is drawn");
    }
    (right && !rows.is_empty()).then_some(rows)
}

/// Turns rows into places, numbering the unbroken runs of chairs through the room.
struct Builder<'s, 'p> {
    section: &'s Section<'p>,
    block: Option<&'s str>,
    part: Part,
    complete: bool,
}

impl Builder<'_, '_> {
    fn add(&mut self, row: &Row) {
        let named = match row.name_seats(self.part.width, self.block) {
            Ok(named) => named,
            Err(detail) => return self.refuse(row, detail),
        };
        let first = self.part.places.len();
        let mut before = Cell::Gap;
        for (column, &cell) in row.cells.iter().enumerate() {
            let neighbour = std::mem::replace(&mut before, cell);
            let Cell::Chair { kind, with } = cell else {
                continue;
            };
            // Nobody is the neighbour of a gap, of a missing chair or of a wheelchair place.
            self.part.runs += u32::from(!(neighbour.is_ordinary() && cell.is_ordinary()));
            let Some(Some((number, seat))) = named.get(column) else {
                continue;
            };
            let with = with
                .and_then(|column| named.get(column)?.as_ref())
                .map(|(_, seat)| seat.clone());
            self.part.places.push(Place {
                seat: seat.clone(),
                block: self.block.map(str::to_owned),
                row: row.label.clone(),
                number: number.to_string(),
                kind,
                x: row.x(column),
                y: row.y,
                turn: 0,
                with,
                run: self.part.runs,
            });
        }
        self.part.rows.push(RowAt::of(row.line, &row.label, first));
    }

    fn refuse(&mut self, row: &Row, detail: String) {
        self.section.problems().push(row.line, detail);
        self.complete = false;
    }
}
