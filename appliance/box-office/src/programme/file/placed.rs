//! Seats that stand where the file says, one line a row: `A | s1@50,360 s2@150,362 . p3@350,366/10`.

use super::names::{check, seat_id};
use super::part::{BESIDE, FARTHEST, Part, RowAt};
use super::section::{Lined, Section};
use crate::{Place, SeatKind};

/// The steepest turn in degrees: a seat that has its back to the screen.
pub(super) const STEEPEST: i32 = 180;

/// The most seats of one row.
const MOST_SEATS_OF_A_ROW: usize = 200;

/// The seats that `lines` place; nothing, and the problems, if they do not.
pub(super) fn read(
    section: &Section<'_>,
    lines: &[Lined<String>],
    block: Option<&str>,
    run: u32,
) -> Option<Part> {
    let mut part = Part {
        runs: run,
        ..Part::default()
    };
    let mut right = true;
    for line in lines.iter().filter(|line| !line.value.trim().is_empty()) {
        match read_row(&line.value, block, &mut part.runs) {
            Ok(places) => {
                let row = places.first().map_or("", |place| place.row.as_str());
                part.rows.push(RowAt::of(line.line, row, part.places.len()));
                part.places.extend(places);
            }
            Err(details) => {
                right = false;
                for detail in details {
                    section.problems().push(line.line, detail);
                }
            }
        }
    }
    if right && part.places.is_empty() {
        section
            .problems()
            .push(section.line_of("places"), "`places`: no seat is placed");
    }
    (right && !part.places.is_empty()).then_some(part)
}

/// A seat as it is written, and whether an aisle is written before it.
struct Seat<'t> {
    sign: char,
    number: &'t str,
    x: i32,
    y: i32,
    turn: i32,
    after_aisle: bool,
}

fn read_row(text: &str, block: Option<&str>, runs: &mut u32) -> Result<Vec<Place>, Vec<String>> {
    let Some((row, seats)) = text
        .split_once('|')
        .filter(|(_, seats)| !seats.contains('|'))
    else {
        return Err(vec![
            "a row is placed as its label, `|` and its seats: `A | s1@50,360 s2@150,360`"
                .to_owned(),
        ]);
    };
    let row = row.trim();
    let mut problems: Vec<String> = check("row", row).err().into_iter().collect();
    let of_row = |detail: String| format!("row {}: {detail}", super::value::shown(row));
    let (mut read, mut after_aisle) = (Vec::new(), false);
    for word in seats.split_whitespace() {
        if word == "." {
            after_aisle = true;
            continue;
        }
        match read_seat(word, std::mem::take(&mut after_aisle)) {
            Ok(seat) => read.push(seat),
            Err(detail) => problems.push(of_row(detail)),
        }
    }
    if read.len() > MOST_SEATS_OF_A_ROW {
        let seats = read.len();
        problems.push(of_row(format!(
            "has {seats} seats; a row has at most {MOST_SEATS_OF_A_ROW}"
        )));
        return Err(problems);
    }
    if problems.is_empty() && read.is_empty() {
        problems.push(of_row("has no seat".to_owned()));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    in_order(&mut read);
    let places = places(row, block, &read, runs);
    places.map_err(|detail| vec![format!("row {row}: {detail}")])
}

fn read_seat(word: &str, after_aisle: bool) -> Result<Seat<'_>, String> {
    let shown = super::value::shown(word);
    let wanted = || {
        format!(
            "{shown:?} is not a seat: write its kind (s p < > w c), its number, and where it stands, as s7@250,360 or s7@250,360/15"
        )
    };
    let (name, stands) = word.split_once('@').ok_or_else(wanted)?;
    let sign = name.chars().next().ok_or_else(wanted)?;
    if !matches!(sign, 's' | 'p' | '<' | '>' | 'w' | 'c') {
        return Err(wanted());
    }
    let number = &name[1..];
    check("seat", number)?;
    let (point, turn) = stands.split_once('/').unwrap_or((stands, "0"));
    let (x, y) = point.split_once(',').ok_or_else(wanted)?;
    let whole = |text: &str, least: i32, most: i32| match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        Ok(number) => {
            let number: i32 = number;
            Err(format!(
                "{shown:?} stands outside: {number} is not from {least} to {most}"
            ))
        }
        Err(_) => Err(wanted()),
    };
    Ok(Seat {
        sign,
        number,
        x: whole(x, 0, FARTHEST)?,
        y: whole(y, 0, FARTHEST)?,
        turn: whole(turn, -STEEPEST, STEEPEST)?,
        after_aisle,
    })
}

/// Puts the seats into the order in which one passes them from the left, however they are written or numbered: from the end
/// of the row always to the nearest that was not passed yet. An aisle that is written keeps a row as it is written, but for
/// its direction.
fn in_order(seats: &mut Vec<Seat<'_>>) {
    if !seats.iter().any(|seat| seat.after_aisle) {
        let farthest = |from: &Seat<'_>, seats: &[Seat<'_>]| {
            (0..seats.len()).max_by_key(|&at| apart(from, &seats[at]))
        };
        let Some(end) = seats.first().and_then(|first| farthest(first, seats)) else {
            return;
        };
        let mut rest = std::mem::take(seats);
        let mut next = Some(end);
        while let Some(at) = next {
            let passed = rest.swap_remove(at);
            next = (0..rest.len()).min_by_key(|&at| apart(&passed, &rest[at]));
            seats.push(passed);
        }
    }
    let stands = |seat: Option<&Seat<'_>>| seat.map(|seat| (seat.x, seat.y));
    if stands(seats.last()) < stands(seats.first()) {
        let aisles: Vec<bool> = seats.iter().skip(1).map(|seat| seat.after_aisle).collect();
        seats.reverse();
        let before = std::iter::once(false).chain(aisles.into_iter().rev());
        for (seat, after_aisle) in seats.iter_mut().zip(before) {
            seat.after_aisle = after_aisle;
        }
    }
}

/// The squared distance of two seats.
fn apart(one: &Seat<'_>, other: &Seat<'_>) -> i64 {
    super::part::apart((one.x, one.y), (other.x, other.y))
}

fn places(
    row: &str,
    block: Option<&str>,
    seats: &[Seat<'_>],
    runs: &mut u32,
) -> Result<Vec<Place>, String> {
    let beside = |at: usize| {
        let left = at.checked_sub(1).map(|left| &seats[left]);
        left.is_some_and(|left| !seats[at].after_aisle && apart(left, &seats[at]) <= BESIDE)
    };
    let ids: Result<Vec<_>, _> = seats
        .iter()
        .map(|seat| seat_id(block, row, seat.number))
        .collect();
    let ids = ids?;
    let with = partners(seats, beside)?;
    let mut places = Vec::with_capacity(seats.len());
    for (at, seat) in seats.iter().enumerate() {
        // Nobody is the neighbour of a wheelchair place.
        let has_left_neighbour = beside(at) && seat.sign != 'w' && seats[at - 1].sign != 'w';
        *runs += u32::from(!has_left_neighbour);
        places.push(Place {
            seat: ids[at].clone(),
            block: block.map(str::to_owned),
            row: row.to_owned(),
            number: seat.number.to_owned(),
            kind: kind(seat.sign),
            x: seat.x,
            y: seat.y,
            turn: seat.turn,
            with: with[at].map(|other| ids[other].clone()),
            run: *runs,
        });
    }
    Ok(places)
}

fn kind(sign: char) -> SeatKind {
    match sign {
        'p' => SeatKind::Premium,
        'w' => SeatKind::Wheelchair,
        'c' => SeatKind::Companion,
        '<' | '>' => SeatKind::LoveSeat,
        _ => SeatKind::Standard,
    }
}

/// By seat the other half of a love seat, or the wheelchair place of a companion seat; `beside` says whether a seat has one
/// on its left.
fn partners(
    seats: &[Seat<'_>],
    beside: impl Fn(usize) -> bool,
) -> Result<Vec<Option<usize>>, String> {
    let mut with = vec![None; seats.len()];
    let sign = |at: usize| seats[at].sign;
    for at in 1..seats.len() {
        let halves = matches!((sign(at - 1), sign(at)), ('<', '>') | ('>', '<'));
        if halves && beside(at) && with[at - 1].is_none() {
            (with[at - 1], with[at]) = (Some(at), Some(at - 1));
        }
    }
    let mut has_companion = vec![false; seats.len()];
    for at in 0..seats.len() {
        let number = seats[at].number;
        match sign(at) {
            '<' | '>' if with[at].is_none() => {
                return Err(format!(
                    "seat {number} is half of a love seat: place both halves side by side, as <1@50,360 >2@150,360"
                ));
            }
            'c' => {
                let left = beside(at).then(|| at - 1);
                let right = (at + 1 < seats.len() && beside(at + 1)).then_some(at + 1);
                let places = [left, right]
                    .into_iter()
                    .flatten()
                    .filter(|&it| sign(it) == 'w');
                let place = places.min_by_key(|&it| has_companion[it]).ok_or_else(|| {
                    format!("the companion seat {number} has no wheelchair place beside it")
                })?;
                has_companion[place] = true;
                with[at] = Some(place);
            }
            _ => {}
        }
    }
    Ok(with)
}
