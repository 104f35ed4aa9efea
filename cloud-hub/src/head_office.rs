//! What head office sees: every cinema with its link and its day, as of this moment; the showtimes of any day; and what became of a seat.

pub(crate) mod routes;
mod store;
mod waiting;

use std::collections::BTreeMap;

use box_office::business_day::{BusinessDays, DayTime};
use box_office::{SeatId, ShowtimeId};
use counter::catalogue::{CatalogueRefused, local};
use counter::history::{self, HistoryRefused};
use counter::{Counter, Fault, allotment};
use counter_api::{HeardSoFar, SeatHistory};
use database::{Database, Snapshot};
use hub_api::{BrokerTrouble, Cinema, DayShowtimes, HeadOffice, Link, LinkState, Today};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use mailbox::inbox::Halt;
use mailbox::{StreamKey, inbox, outbox, stream};
use wire::{CinemaId, Generation, LinkTrouble};

use crate::links::{Links, OnBoard};
use crate::payments::Trouble;
use crate::told;
use store::CinemaRow;

/// How many refused contacts and cases are shown: what fits a page; the rest is in the database.
const SHOWN: u32 = 50;

/// How many days ahead advance sales are shown for.
const DAYS_AHEAD: i32 = 14;

/// Everything that head office sees.
pub(crate) async fn look(
    counter: &Counter,
    database: &Database,
    links: &Links,
    (troubles, now): (Vec<Trouble>, Timestamp),
) -> Result<HeadOffice, Fault> {
    let selling = counter.clone();
    let (board, generation) = (links.board().read(), links.generation());
    let broker = links.board().broker().map(|trouble| BrokerTrouble {
        trouble: trouble.kind,
        words: trouble.words,
    });
    let seen = database.read(move |snapshot| {
        let (mut cinemas, mut zones) = (Vec::new(), BTreeMap::new());
        for row in store::cinemas(snapshot)? {
            let positions = positions(snapshot, &row, generation)?;
            let days = days(&row)?;
            let zone = days.zone().clone();
            let date = days.day_of(now);
            let day = date.to_string();
            let last = date.saturating_add(DAYS_AHEAD.days()).to_string();
            let ahead = store::ahead(snapshot, &row.id, (&day, &last))?;
            let online = store::sold_online(snapshot, &row.id, span(&days, date))?;
            let mut sold = told::day_sum(snapshot, &row.id, &day)?;
            sold.add(&online);
            let today = Today {
                sold: sold.shown(row.currency),
                online: online.shown(row.currency),
                showtimes: store::showtimes(snapshot, &row.id, &day, &zone)?,
                day,
            };
            let at = selling.at(&row.id).filter(|_| row.incarnation.is_some());
            let if_cut = at.map(|at| allotment::if_cut(snapshot, &at, now));
            cinemas.push(Cinema {
                if_cut: if_cut.transpose()?,
                link: link(&row, positions, &board, &zone),
                now: local(now, &zone),
                name: row.name.unwrap_or_else(|| row.id.to_string()),
                id: row.id.clone(),
                today,
                ahead,
                staff_calls: store::staff_calls(snapshot, &row.id, &zone)?,
                printer: store::printer(snapshot, &row.id, &zone)?,
            });
            zones.insert(row.id.to_string(), zone);
        }
        let zone_of = |cinema: &str| zones.get(cinema).cloned().unwrap_or(TimeZone::UTC);
        let mut cases = waiting::all(snapshot, (&selling, &troubles[..]), &zone_of)?;
        cases.extend(store::disputes(snapshot, SHOWN, &zone_of)?);
        Ok::<_, Fault>(HeadOffice {
            now: now.to_string(),
            broker,
            cinemas,
            refused: store::refused(snapshot, SHOWN, &zone_of)?,
            cases,
        })
    });
    seen.await
}

/// The showtimes of a business day of a cinema, also of one that is long over; today's, if none is named.
///
/// # Errors
/// The cinema has told nothing of itself.
pub(crate) async fn showtimes(
    database: &Database,
    cinema: CinemaId,
    (day, now): (Option<Date>, Timestamp),
) -> Result<DayShowtimes, CatalogueRefused> {
    let looking = database.read(move |snapshot| {
        let row = row_of(snapshot, &cinema)?.ok_or(CatalogueRefused::NoProgramme)?;
        let days = days(&row)?;
        let (zone, day) = (days.zone(), day.unwrap_or_else(|| days.day_of(now)));
        let day = day.to_string();
        Ok::<_, CatalogueRefused>(DayShowtimes {
            showtimes: store::showtimes(snapshot, &cinema, &day, zone)?,
            day,
        })
    });
    looking.await
}

/// What became of a seat, as far as the hub keeps it and its cinema has told.
///
/// # Errors
/// There is no such showtime or seat.
pub(crate) async fn seat_history(
    (counter, database, links): (&Counter, &Database, &Links),
    cinema: &CinemaId,
    (showtime, seat): (ShowtimeId, SeatId),
) -> Result<SeatHistory, HistoryRefused> {
    let at = counter.at(cinema).ok_or(CatalogueRefused::NoProgramme)?;
    let (board, generation) = (links.board().read(), links.generation());
    let looking = database.read(move |db| {
        let told = told::sold_seat(db, at.cinema(), &showtime, &seat)?;
        let history = history::of_seat(db, &at, (&showtime, &seat), told, &|_| None)?;
        let heard = match row_of(db, at.cinema())? {
            None => None,
            Some(row) => {
                let positions = positions(db, &row, generation).map_err(Fault::from)?;
                let link = link(&row, positions, &board, at.catalogue().zone());
                Some(HeardSoFar {
                    is_up: link.state == LinkState::Up,
                    last_contact: link.last_contact,
                })
            }
        };
        Ok::<_, HistoryRefused>(SeatHistory { heard, ..history })
    });
    looking.await
}

fn row_of(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Option<CinemaRow>, database::Error> {
    let all = store::cinemas(snapshot)?;
    Ok(all.into_iter().find(|row| row.id == *cinema))
}

/// How far both streams of a cinema have come.
#[derive(Debug, Clone, Default)]
struct Positions {
    received: u64,
    written: u64,
    acknowledged: u64,
    /// The event before which the cinema's stream stands.
    halt: Option<Halt>,
}

fn positions(
    snapshot: &mut Snapshot<'_>,
    row: &CinemaRow,
    generation: Generation,
) -> Result<Positions, mailbox::Error> {
    let Some(incarnation) = row.incarnation else {
        return Ok(Positions::default());
    };
    let up = stream::find(snapshot, &StreamKey::up(row.id.clone(), incarnation))?;
    let down = stream::find(snapshot, &StreamKey::down(row.id.clone(), generation))?;
    let (Some(up), Some(down)) = (up, down) else {
        return Ok(Positions::default());
    };
    Ok(Positions {
        received: inbox::position(snapshot, up)?.seq,
        written: outbox::written(snapshot, down)?.seq,
        acknowledged: outbox::acknowledged(snapshot, down)?.seq,
        halt: inbox::halt(snapshot, up)?,
    })
}

fn link(
    row: &CinemaRow,
    positions: Positions,
    board: &BTreeMap<CinemaId, OnBoard>,
    zone: &TimeZone,
) -> Link {
    let on_board = board.get(&row.id).cloned().unwrap_or_default();
    let (state, trouble) = match (row.incarnation.is_some(), row.revoked, &positions.halt) {
        (false, _, _) => (LinkState::NotEnrolled, None),
        (true, true, _) => (LinkState::Refused, Some(LinkTrouble::KeyRevoked)),
        (true, false, Some(_)) => (LinkState::UpdateNeeded, Some(LinkTrouble::HubMustUpdate)),
        (true, false, None) => (on_board.state.unwrap_or(LinkState::Down), on_board.trouble),
    };
    let revoked = row
        .revoked
        .then(|| "the keys of this box are revoked".to_owned());
    let halted = positions.halt.map(|halt| {
        let Halt { seq, kind } = halt;
        format!("event {seq}, a {kind:?}, cannot be applied by this version of the hub")
    });
    let heard = on_board.heard.max(row.heard);
    Link {
        state,
        trouble,
        last_contact: heard.map(|at| local(at, zone)),
        received: positions.received,
        written: positions.written,
        acknowledged: positions.acknowledged,
        program: on_board.program.or_else(|| row.program.clone()),
        attention: revoked.or(halted).or(on_board.attention),
    }
}

/// The cinema's business days; by UTC until it has told a zone that is known here.
fn days(row: &CinemaRow) -> Result<BusinessDays, Fault> {
    let begins = DayTime::after_minutes(row.day_starts);
    let begins = begins.ok_or_else(|| Fault::Broken(format!("{} begins no day", row.id)))?;
    let zone = row.zone.as_deref().unwrap_or("UTC");
    let days = BusinessDays::new(zone, begins).or_else(|_| BusinessDays::new("UTC", begins));
    days.map_err(|error| Fault::Broken(error.to_string()))
}

/// When a business day begins, and when the next does.
fn span(days: &BusinessDays, day: Date) -> (Timestamp, Timestamp) {
    // Beyond the calendar nothing is sold.
    let begins = |day: Date| days.begins(day).unwrap_or(Timestamp::MAX);
    (begins(day), begins(day.saturating_add(1.day())))
}

#[cfg(test)]
mod tests;
