//! One drawn row: its label, its chairs, and what it does differently from its room.

use super::super::names;
use super::numbering::Numbering;
use crate::{SeatId, SeatKind};

/// The widest row in seats' widths.
const MOST_COLUMNS: usize = 200;

/// The width of a seat: the unit of a layout is a hundredth of it.
const SEAT: i32 = 100;

/// What is drawn at one place of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing: an aisle, a pillar, the wall.
    Gap,
    /// A chair that is not there and whose number is left out.
    Missing,
    /// A seat, and the column of the seat that it belongs to.
    Chair { kind: SeatKind, with: Option<usize> },
}

impl Cell {
    /// Whether somebody can sit or stand there.
    pub(super) fn is_chair(self) -> bool {
        match self {
            Self::Chair { .. } => true,
            Self::Gap | Self::Missing => false,
        }
    }

    /// Whether it is a chair that can have neighbours.
    pub(super) fn is_ordinary(self) -> bool {
        self.is_chair() && !self.is_kind(SeatKind::Wheelchair)
    }

    fn is_kind(self, wanted: SeatKind) -> bool {
        match self {
            Self::Chair { kind, .. } => kind == wanted,
            Self::Gap | Self::Missing => false,
        }
    }
}

/// A row as it is drawn.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) label: String,
    pub(super) cells: Vec<Cell>,
    pub(super) y: i32,
    numbering: Numbering,
}

impl Row {
    /// Reads `A | sss ss | from right`; the left wall is `wall` spaces after the first `|`.
    pub(super) fn read(
        text: &str,
        line: usize,
        wall: usize,
        room: Numbering,
    ) -> Result<Self, Vec<String>> {
        let mut parts = text.split('|');
        let (label, drawing, options, more) = (
            parts.next().unwrap_or_default().trim(),
            parts.next(),
            parts.next(),
            parts.next(),
        );
        let Some(drawing) = drawing.filter(|_| more.is_none()) else {
            return Err(vec!["a row is drawn as its label, `|`, its seats, and perhaps `|` and how it is numbered: `A | sssss`".to_owned()]);
        };
        let mut problems = Vec::new();
        problems.extend(names::check("row", label).err());
        let numbering = room
            .with(options.unwrap_or_default())
            .unwrap_or_else(|detail| {
                problems.push(format!(
                    "row {}: {detail}",
                    super::super::value::shown(label)
                ));
                room
            });
        let cells = read_cells(
            drawing
                .get(wall..)
                .unwrap_or_default()
                .trim_end_matches(' '),
        )
        .unwrap_or_else(|details| {
            problems.extend(
                details
                    .into_iter()
                    .map(|detail| format!("row {}: {detail}", super::super::value::shown(label))),
            );
            Vec::new()
        });
        if problems.is_empty() {
            Ok(Self {
                line,
                label: label.to_owned(),
                cells,
                y: 0,
                numbering,
            })
        } else {
            Err(problems)
        }
    }

    /// From the left wall to the right end of the row.
    pub(super) fn width(&self) -> i32 {
        self.x(self.cells.len()) - SEAT / 2
    }

    /// From the left wall to the middle of a seat.
    pub(super) fn x(&self, column: usize) -> i32 {
        i32::try_from(column).unwrap_or(0) * SEAT + SEAT / 2 + self.numbering.shift
    }

    /// The number and the name of each seat, by column.
    pub(super) fn name_seats(
        &self,
        room_width: i32,
        block: Option<&str>,
    ) -> Result<Vec<Option<(u32, SeatId)>>, String> {
        let columns: Vec<usize> = (0..self.cells.len())
            .filter(|&column| self.cells[column] != Cell::Gap)
            .collect();
        let left = columns
            .iter()
            .filter(|&&column| self.x(column) < room_width / 2)
            .count();
        let mut named = vec![None; self.cells.len()];
        for (&column, number) in columns
            .iter()
            .zip(self.numbering.numbers(columns.len(), left))
        {
            if self.cells[column].is_chair() {
                let seat = names::seat_id(block, &self.label, &number.to_string())?;
                named[column] = Some((number, seat));
            }
        }
        Ok(named)
    }
}

/// How many spaces every row begins with: the outermost seat of a room stands at its left wall.
pub(super) fn indentation<'l>(lines: impl Iterator<Item = &'l str>) -> usize {
    let drawings = lines.filter_map(|line| line.split('|').nth(1));
    let spaces = drawings
        .filter(|drawing| !drawing.trim_end_matches(' ').is_empty())
        .map(|drawing| drawing.len() - drawing.trim_start_matches(' ').len());
    spaces.min().unwrap_or(0)
}

fn read_cells(drawing: &str) -> Result<Vec<Cell>, Vec<String>> {
    let drawn: Vec<char> = drawing.chars().collect();
    if drawn.len() > MOST_COLUMNS {
        return Err(vec![format!("is wider than {MOST_COLUMNS} seats")]);
    }
    let mut problems = Vec::new();
    let mut cells = Vec::with_capacity(drawn.len());
    let chair = |kind, with| Cell::Chair { kind, with };
    for (column, &c) in drawn.iter().enumerate() {
        let (next, before) = (
            drawn.get(column + 1),
            column.checked_sub(1).and_then(|left| drawn.get(left)),
        );
        cells.push(match c {
            ' ' | '.' => Cell::Gap,
            'x' => Cell::Missing,
            's' => chair(SeatKind::Standard, None),
            'p' => chair(SeatKind::Premium, None),
            'w' => chair(SeatKind::Wheelchair, None),
            'c' => chair(SeatKind::Companion, None),
            '<' if next == Some(&'>') => chair(SeatKind::LoveSeat, Some(column + 1)),
            '>' if before == Some(&'<') => chair(SeatKind::LoveSeat, Some(column - 1)),
            '<' | '>' => {
                problems.push(format!("place {} is half of a love seat: draw both halves, as <>", column + 1));
                Cell::Gap
            }
            other => {
                let known = "s standard, p premium, <> love seat, w wheelchair, c companion, x missing chair, space or . nothing";
                problems.push(format!("{other:?} at place {} is not known: {known}", column + 1));
                Cell::Gap
            }
        });
    }
    pair_companions(&mut cells, &mut problems);
    if problems.is_empty() && !cells.iter().any(|cell| cell.is_chair()) {
        problems
            .push("has no seat: leave the line empty to draw an aisle across the room".to_owned());
    }
    if problems.is_empty() {
        Ok(cells)
    } else {
        Err(problems)
    }
}

/// Gives each companion seat the wheelchair place beside it, one that has no companion yet if there is a choice.
fn pair_companions(cells: &mut [Cell], problems: &mut Vec<String>) {
    let mut taken = vec![false; cells.len()];
    for column in 0..cells.len() {
        if !cells[column].is_kind(SeatKind::Companion) {
            continue;
        }
        let beside = [column.checked_sub(1), Some(column + 1)];
        let places = beside.into_iter().flatten().filter(|&place| {
            cells
                .get(place)
                .is_some_and(|cell| cell.is_kind(SeatKind::Wheelchair))
        });
        match places.min_by_key(|&place| taken[place]) {
            Some(place) => {
                taken[place] = true;
                cells[column] = Cell::Chair {
                    kind: SeatKind::Companion,
                    with: Some(place),
                };
            }
            None => problems.push(format!(
                "the companion seat at place {} has no wheelchair place beside it: draw wc or cw",
                column + 1
            )),
        }
    }
}
