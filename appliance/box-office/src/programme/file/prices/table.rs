//! A table of prices: kinds of seat across, kinds of ticket down, `-` where nothing is sold.

use std::collections::{BTreeMap, BTreeSet};

use super::super::section::{Lined, Section};
use super::super::value::{minor_units, shown};
use crate::price::TicketKind;
use crate::{Currency, SeatKind, TicketKindId};

type Prices = BTreeMap<TicketKindId, BTreeMap<SeatKind, i64>>;

/// The prices and the columns of a table; nothing, and the problems, if it is not complete.
pub(super) fn read(
    section: &Section<'_>,
    lines: &[Lined<String>],
    currency: Currency,
    kinds: &[TicketKind],
) -> Option<(Prices, BTreeSet<SeatKind>)> {
    let problems = section.problems();
    let mut rows = lines.iter().filter(|line| !line.value.trim().is_empty());
    let Some(columns) = rows.next().and_then(|head| read_head(section, head)) else {
        problems.push(
            section.line_of("prices"),
            "`prices` begins with a line of seat kinds, as: standard premium",
        );
        return None;
    };
    let mut prices = Prices::new();
    let mut complete = true;
    for row in rows {
        match read_row(row, &columns, currency, kinds) {
            Ok((kind, cells)) => {
                if prices.insert(kind.clone(), cells).is_some() {
                    problems.push(row.line, format!("the prices of {kind} are there already"));
                }
            }
            Err((kind, details)) => {
                complete = false;
                prices.extend(kind.map(|kind| (kind, BTreeMap::new())));
                details
                    .into_iter()
                    .for_each(|detail| problems.push(row.line, detail));
            }
        }
    }
    for kind in kinds.iter().filter(|kind| !prices.contains_key(&kind.id)) {
        problems.push(section.line_of("prices"), format!("`prices` has no line for {} tickets; write - in it for seats that they are not sold for", kind.id));
        complete = false;
    }
    complete.then(|| (prices, columns.into_iter().collect()))
}

fn read_head(section: &Section<'_>, head: &Lined<String>) -> Option<Vec<SeatKind>> {
    let mut columns = Vec::new();
    for word in head.value.split_whitespace() {
        match SeatKind::ALL.into_iter().find(|kind| kind.word() == word) {
            Some(kind) if columns.contains(&kind) => section
                .problems()
                .push(head.line, format!("the column {word} is there twice")),
            Some(kind) => columns.push(kind),
            None => {
                let hint = section
                    .problems()
                    .hint(word, SeatKind::ALL.map(SeatKind::word));
                section.problems().push(
                    head.line,
                    format!("{:?} is not a kind of seat{hint}", shown(word)),
                );
                return None;
            }
        }
    }
    Some(columns)
}

type RowOrProblems =
    Result<(TicketKindId, BTreeMap<SeatKind, i64>), (Option<TicketKindId>, Vec<String>)>;

fn read_row(
    row: &Lined<String>,
    columns: &[SeatKind],
    currency: Currency,
    kinds: &[TicketKind],
) -> RowOrProblems {
    let mut words = row.value.split_whitespace();
    let name = words.next().unwrap_or_default();
    let Some(kind) = kinds.iter().find(|kind| kind.id.as_str() == name) else {
        let hint =
            super::super::suggest::did_you_mean(name, kinds.iter().map(|kind| kind.id.as_str()));
        return Err((
            None,
            vec![format!(
                "{:?} is not one of the price book's ticket kinds{hint}",
                shown(name)
            )],
        ));
    };
    let kind = kind.id.clone();
    let cells: Vec<&str> = words.collect();
    if cells.len() != columns.len() {
        let detail = format!(
            "{kind} has {} prices, and the table has {} kinds of seat; write - for what is not sold",
            cells.len(),
            columns.len()
        );
        return Err((Some(kind), vec![detail]));
    }
    let (mut prices, mut details) = (BTreeMap::new(), Vec::new());
    for (&seat, cell) in columns.iter().zip(cells).filter(|(_, cell)| *cell != "-") {
        match minor_units(cell, currency) {
            Ok(minor) => drop(prices.insert(seat, minor)),
            Err(detail) => details.push(format!("{kind} on {}: {detail}", seat.word())),
        }
    }
    if details.is_empty() {
        Ok((kind, prices))
    } else {
        Err((Some(kind), details))
    }
}
