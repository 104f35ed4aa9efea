//! SQL of the programme. Rooms, films and price books are kept as documents under id and version and never change.

use std::collections::HashMap;
use std::sync::Arc;

use box_office::programme::{Auditorium, Cinema, Film, Showtime, ShowtimeStatus};
use box_office::{AuditoriumId, FilmId, Layout, Plan, PriceBook, PriceBookId, ShowtimeId};
use database::{Error, Snapshot, Tx, Value, params};
use jiff::Timestamp;
use serde::Serialize;

use super::Kept;
use crate::catalogue::Scheduled;
use crate::column;

pub(crate) fn cinema(db: &mut Snapshot<'_>) -> Result<Option<Cinema>, Error> {
    db.first("SELECT body FROM cinema", params![], |row| {
        column::json(row, 0)
    })
}

/// Keeps the cinema; says whether anything changed.
pub(crate) fn keep_cinema(tx: &mut Tx<'_>, cinema: &Cinema) -> Result<bool, Error> {
    let sql = "INSERT INTO cinema (one, body) VALUES (1, $1) \
        ON CONFLICT (one) DO UPDATE SET body = excluded.body WHERE cinema.body <> excluded.body";
    Ok(tx.execute(sql, params![column::text(cinema)?])? > 0)
}

pub(crate) fn keep_auditorium(tx: &mut Tx<'_>, room: &Auditorium) -> Result<Kept, Error> {
    let known = "SELECT body FROM auditorium WHERE id = $1 AND plan = $2";
    let add = "INSERT INTO auditorium (id, plan, body) VALUES ($1, $2, $3)";
    keep(tx, known, add, room.id.as_str(), room.layout.version, room)
}

pub(crate) fn keep_film(tx: &mut Tx<'_>, film: &Film) -> Result<Kept, Error> {
    let known = "SELECT body FROM film WHERE id = $1 AND version = $2";
    let add = "INSERT INTO film (id, version, body) VALUES ($1, $2, $3)";
    keep(tx, known, add, film.id.as_str(), film.version, film)
}

pub(crate) fn keep_price_book(tx: &mut Tx<'_>, book: &PriceBook) -> Result<Kept, Error> {
    let known = "SELECT body FROM price_book WHERE id = $1 AND version = $2";
    let add = "INSERT INTO price_book (id, version, body) VALUES ($1, $2, $3)";
    keep(tx, known, add, book.id.as_str(), book.version, book)
}

fn keep<T: Serialize>(
    tx: &mut Tx<'_>,
    known: &str,
    add: &str,
    id: &str,
    version: u32,
    document: &T,
) -> Result<Kept, Error> {
    let body = column::text(document)?;
    let stored: Option<String> =
        tx.first(known, params![id, i64::from(version)], |row| row.get(0))?;
    match stored {
        Some(stored) if stored == body => Ok(Kept::Same),
        Some(_) => Ok(Kept::OtherContent),
        None => tx
            .execute(add, params![id, i64::from(version), body])
            .map(|_| Kept::New),
    }
}

/// A showtime with the versions of what it names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored<'a> {
    pub(crate) showtime: &'a Showtime,
    pub(crate) film: &'a Film,
    pub(crate) auditorium: &'a Auditorium,
    pub(crate) book_version: u32,
}

/// A showtime as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) showtime: Showtime,
    pub(crate) plan: u32,
    film_version: u32,
    book_version: u32,
}

impl Known {
    /// Whether it is this one, unchanged.
    pub(crate) fn is(&self, wanted: &Stored<'_>) -> bool {
        let versions = (
            wanted.auditorium.layout.version,
            wanted.film.version,
            wanted.book_version,
        );
        self.showtime == *wanted.showtime
            && (self.plan, self.film_version, self.book_version) == versions
    }
}

pub(crate) fn showtime(db: &mut Snapshot<'_>, id: &ShowtimeId) -> Result<Option<Known>, Error> {
    let sql = "SELECT body, plan, film_version, price_book_version FROM showtime WHERE id = $1";
    db.first(sql, params![id.as_str()], |row| {
        let (plan, film_version) = (row.get(1)?, row.get(2)?);
        Ok(Known {
            showtime: column::json(row, 0)?,
            plan,
            film_version,
            book_version: row.get(3)?,
        })
    })
}

fn values(stored: &Stored<'_>) -> Result<Vec<Value>, Error> {
    let showtime = stored.showtime;
    Ok(params![
        showtime.id.as_str(),
        showtime.auditorium.as_str(),
        i64::from(stored.auditorium.layout.version),
        showtime.film.as_str(),
        i64::from(stored.film.version),
        showtime.price_book.as_str(),
        i64::from(stored.book_version),
        showtime.starts_at.as_millisecond(),
        showtime.sales_end_at().as_millisecond(),
        showtime.ends_at.as_millisecond(),
        status_text(showtime.status),
        column::text(showtime)?,
    ]
    .to_vec())
}

pub(crate) fn add_showtime(tx: &mut Tx<'_>, stored: &Stored<'_>) -> Result<(), Error> {
    let sql = "INSERT INTO showtime (id, auditorium, plan, film, film_version, price_book, price_book_version, starts_at, \
        sales_end_at, ends_at, state, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    tx.execute(sql, &values(stored)?).map(drop)
}

pub(crate) fn change_showtime(tx: &mut Tx<'_>, stored: &Stored<'_>) -> Result<(), Error> {
    let sql = "UPDATE showtime SET auditorium = $2, plan = $3, film = $4, film_version = $5, price_book = $6, \
        price_book_version = $7, starts_at = $8, sales_end_at = $9, ends_at = $10, state = $11, body = $12 WHERE id = $1";
    tx.execute(sql, &values(stored)?).map(drop)
}

pub(crate) fn add_seats(
    tx: &mut Tx<'_>,
    showtime: &ShowtimeId,
    layout: &Layout,
) -> Result<(), Error> {
    let sql = "INSERT INTO seat (showtime, place, seat) VALUES ($1, $2, $3)";
    for (place, seat) in (0_i64..).zip(&layout.places) {
        tx.execute(sql, params![showtime.as_str(), place, seat.seat.as_str()])?;
    }
    Ok(())
}

pub(crate) fn remove_seats(tx: &mut Tx<'_>, showtime: &ShowtimeId) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM seat WHERE showtime = $1",
        params![showtime.as_str()],
    )
    .map(drop)
}

/// Whether a seat of it is held, sold, blocked, or was ever given away.
pub(crate) fn is_any_seat_taken(
    db: &mut Snapshot<'_>,
    showtime: &ShowtimeId,
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM seat WHERE showtime = $1 AND (state <> 'free' OR epoch > 0 OR edition > 0) LIMIT 1";
    Ok(db
        .first(sql, params![showtime.as_str()], |_| Ok(()))?
        .is_some())
}

/// How many seats of each of a day's showtimes can be had; those without one are missing.
pub(crate) fn free_seats(
    db: &mut Snapshot<'_>,
    showtimes: &[ShowtimeId],
) -> Result<HashMap<ShowtimeId, u32>, Error> {
    let mut free = HashMap::new();
    for showtime in showtimes {
        let sql =
            "SELECT COUNT(*) FROM seat WHERE showtime = $1 AND state = 'free' AND epoch % 2 = 0";
        let count = db.first(sql, params![showtime.as_str()], |row| row.get(0))?;
        free.insert(showtime.clone(), count.unwrap_or(0));
    }
    Ok(free)
}

pub(crate) fn status(text: &str) -> Result<ShowtimeStatus, Error> {
    match text {
        "open" => Ok(ShowtimeStatus::Open),
        "closed" => Ok(ShowtimeStatus::Closed),
        "cancelled" => Ok(ShowtimeStatus::Cancelled),
        other => Err(Error::Column(format!("{other} is no state of a showtime"))),
    }
}

fn status_text(status: ShowtimeStatus) -> &'static str {
    match status {
        ShowtimeStatus::Open => "open",
        ShowtimeStatus::Closed => "closed",
        ShowtimeStatus::Cancelled => "cancelled",
    }
}

/// Every room, film and price book in every version.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) films: HashMap<(FilmId, u32), Arc<Film>>,
    rooms: HashMap<(AuditoriumId, u32), (Arc<Auditorium>, Arc<Plan>)>,
    books: HashMap<(PriceBookId, u32), Arc<PriceBook>>,
}

pub(crate) fn parts(db: &mut Snapshot<'_>) -> Result<Parts, Error> {
    let films: Vec<Film> = db.query("SELECT body FROM film", params![], |row| {
        column::json(row, 0)
    })?;
    let rooms: Vec<Auditorium> = db.query("SELECT body FROM auditorium", params![], |row| {
        column::json(row, 0)
    })?;
    let books: Vec<PriceBook> = db.query("SELECT body FROM price_book", params![], |row| {
        column::json(row, 0)
    })?;
    Ok(Parts {
        films: films
            .into_iter()
            .map(|film| ((film.id.clone(), film.version), Arc::new(film)))
            .collect(),
        rooms: rooms
            .into_iter()
            .map(|room| ((room.id.clone(), room.layout.version), with_plan(room)))
            .collect(),
        books: books
            .into_iter()
            .map(|book| ((book.id.clone(), book.version), Arc::new(book)))
            .collect(),
    })
}

fn with_plan(room: Auditorium) -> (Arc<Auditorium>, Arc<Plan>) {
    let plan = Arc::new(Plan::new(room.layout.clone()));
    (Arc::new(room), plan)
}

/// The showtimes that end after `since`, with their parts.
pub(crate) fn scheduled(
    db: &mut Snapshot<'_>,
    since: Timestamp,
    parts: &Parts,
) -> Result<Vec<Scheduled>, Error> {
    // One with a payment that waits for an outcome is needed to decide it, however long ago it ended.
    let sql = "SELECT body, plan, film_version, price_book_version FROM showtime WHERE ends_at > $1 \
        OR id IN (SELECT h.showtime FROM hold h JOIN tender t ON t.hold = h.id WHERE t.state IN ('pending', 'refunding'))";
    let found = db.query(sql, params![since.as_millisecond()], |row| {
        let (plan, film_version): (u32, u32) = (row.get(1)?, row.get(2)?);
        Ok((
            column::json::<Showtime>(row, 0)?,
            plan,
            film_version,
            row.get::<u32>(3)?,
        ))
    })?;
    let whole = |(showtime, version, film_version, book_version): (Showtime, u32, u32, u32)| {
        let film = Arc::clone(parts.films.get(&(showtime.film.clone(), film_version))?);
        let (auditorium, plan) = parts
            .rooms
            .get(&(showtime.auditorium.clone(), version))?
            .clone();
        let price_book = Arc::clone(
            parts
                .books
                .get(&(showtime.price_book.clone(), book_version))?,
        );
        Some(Scheduled {
            showtime,
            film,
            auditorium,
            plan,
            price_book,
        })
    };
    Ok(found.into_iter().filter_map(whole).collect())
}
