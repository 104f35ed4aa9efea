//! What only the whole file can show: two audiences in one room, and seats without a price.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::prices::BookSection;
use super::problems::Problems;
use super::section::Listed;
use super::showtimes::Planned;
use crate::programme::{Auditorium, Film, ShowtimeStatus};
use crate::{AuditoriumId, FilmId, PriceBookId};

/// Reports every showtime that begins before the one before it in its room is over and the room is turned around. A clash
/// that comes back on many days is told once.
pub(super) fn no_two_in_one_room(
    problems: &Problems<'_>,
    planned: &[Planned],
    films: &Listed<FilmId, Film>,
    rooms: &Listed<AuditoriumId, Auditorium>,
) {
    let mut by_room: BTreeMap<&AuditoriumId, Vec<&Planned>> = BTreeMap::new();
    for one in planned.iter().filter(|one| takes_place(one)) {
        by_room
            .entry(&one.showtime.auditorium)
            .or_default()
            .push(one);
    }
    let mut told: BTreeMap<(usize, usize, u16, u16), (String, usize)> = BTreeMap::new();
    for (room, mut showtimes) in by_room {
        let Some(Some(room)) = rooms.get(room) else {
            continue;
        };
        showtimes.sort_by_key(|one| (one.showtime.starts_at, one.showtime.ends_at));
        let mut last: Option<&Planned> = None;
        for next in showtimes {
            if let Some(before) =
                last.filter(|before| next.showtime.starts_at < free_again(before, room))
            {
                let key = (
                    next.line,
                    before.line,
                    next.showtime.time.minutes(),
                    before.showtime.time.minutes(),
                );
                told.entry(key)
                    .or_insert_with(|| (clash(before, next, room, films), 0))
                    .1 += 1;
            }
            if last.is_none_or(|before| before.showtime.ends_at <= next.showtime.ends_at) {
                last = Some(next);
            }
        }
    }
    for ((line, ..), (detail, times)) in told {
        let often = if times > 1 {
            format!(" (on {times} days)")
        } else {
            String::new()
        };
        problems.push(line, format!("{detail}{often}"));
    }
}

fn takes_place(planned: &Planned) -> bool {
    match planned.showtime.status {
        ShowtimeStatus::Open | ShowtimeStatus::Closed => true,
        ShowtimeStatus::Cancelled => false,
    }
}

fn free_again(planned: &Planned, room: &Auditorium) -> Timestamp {
    let end = planned.showtime.ends_at;
    end.saturating_add(SignedDuration::from_mins(room.turnaround_minutes.into()))
        .unwrap_or(end)
}

fn clash(
    before: &Planned,
    next: &Planned,
    room: &Auditorium,
    films: &Listed<FilmId, Film>,
) -> String {
    let title = |planned: &Planned| match films.get(&planned.showtime.film) {
        Some(Some(film)) => film.title.clone(),
        Some(None) | None => planned.showtime.film.to_string(),
    };
    let wait = next
        .showtime
        .starts_at
        .duration_until(free_again(before, room))
        .as_mins();
    format!(
        "{:?} at {} on {} in {:?} comes {wait} minutes too early: {:?} of {} (line {}) is on, or the {} minutes of turnaround after it",
        title(next),
        next.showtime.time,
        next.showtime.business_day,
        room.name,
        title(before),
        before.showtime.time,
        before.line,
        room.turnaround_minutes
    )
}

/// Reports every kind of seat that a room has and the price book of one of its showtimes has not.
pub(super) fn every_seat_has_a_price(
    problems: &Problems<'_>,
    planned: &[Planned],
    rooms: &Listed<AuditoriumId, Auditorium>,
    books: &Listed<PriceBookId, BookSection>,
) {
    let pairs: BTreeSet<(&PriceBookId, &AuditoriumId)> = planned
        .iter()
        .map(|one| (&one.showtime.price_book, &one.showtime.auditorium))
        .collect();
    for (book, room) in pairs {
        let (Some(Some(book)), Some(Some(room))) = (books.get(book), rooms.get(room)) else {
            continue;
        };
        let Some(full) = book.book.ticket_kinds.first() else {
            continue;
        };
        for (band, (line, columns)) in book.book.time_bands.iter().zip(&book.tables) {
            for kind in room.seat_kinds() {
                let word = kind.word();
                if !columns.contains(&kind) {
                    problems.push(
                        *line,
                        format!(
                            "the prices of {:?} have no column {word}, and {:?} has {word} seats",
                            band.name, room.name
                        ),
                    );
                } else if !band
                    .prices
                    .get(&full.id)
                    .is_some_and(|prices| prices.contains_key(&kind))
                {
                    problems.push(*line, format!("{} tickets are the default and must have a price for {word} seats, which {:?} has", full.id, room.name));
                }
            }
        }
    }
}
