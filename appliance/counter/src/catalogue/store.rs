//! SQL of the catalogue. Rooms, films and price books are kept as documents under cinema, id and version, and never change.

use std::collections::HashMap;
use std::sync::Arc;

use box_office::programme::{Auditorium, Cinema, Film, Showtime, ShowtimeStatus};
use box_office::{
    AuditoriumId, CinemaId, FilmId, Plan, PriceBook, PriceBookId, RefundRules, ShowtimeId,
};
use database::{Error, Snapshot, Tx, Value, params};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wire::{PublicKey, Tickets};

use super::{Scheduled, ShowtimeKey};
use crate::Fault;
use crate::set_aside::SetAside;
use crate::standing::IS_FROZEN;

/// The cinemas whose catalogues are kept.
pub(super) fn cinemas(db: &mut Snapshot<'_>) -> Result<Vec<CinemaId>, Error> {
    db.query("SELECT id FROM cinema ORDER BY id", params![], |row| {
        row.parse(0)
    })
}

pub(crate) fn cinema(db: &mut Snapshot<'_>, id: &CinemaId) -> Result<Option<Cinema>, Error> {
    db.first(
        "SELECT body FROM cinema WHERE id = $1",
        params![id.as_str()],
        |row| row.json(0),
    )
}

/// How the programme is told today: with what the hub needs to sell.
const TELLING: i64 = 1;

/// It is told to a hub that keeps where the cinema is and by which rules tickets go back.
const KEPT_WHOLE: i64 = 2;

/// Keeps the cinema; says whether anything changed.
pub(crate) fn keep_cinema(tx: &mut Tx<'_>, cinema: &Cinema) -> Result<bool, Error> {
    let sql = "INSERT INTO cinema (id, body, told) VALUES ($1, $2, $3) \
        ON CONFLICT (id) DO UPDATE SET body = excluded.body WHERE cinema.body <> excluded.body";
    let values = params![cinema.id.as_str(), Value::json(cinema)?, TELLING];
    Ok(tx.execute(sql, values)? > 0)
}

/// The programme of this cinema is told in today's fashion; says whether it was not before.
pub(crate) fn tell_anew(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<bool, Error> {
    let sql = "UPDATE cinema SET told = $2 WHERE id = $1 AND told < $2";
    Ok(tx.execute(sql, params![cinema.as_str(), TELLING])? > 0)
}

/// The hub keeps the whole programme of this cinema, or not all of it; says whether it does and did not.
pub(crate) fn hub_keeps_whole(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    is_whole: bool,
) -> Result<bool, Error> {
    let (is, was) = match is_whole {
        true => (KEPT_WHOLE, TELLING),
        false => (TELLING, KEPT_WHOLE),
    };
    let sql = "UPDATE cinema SET told = $2 WHERE id = $1 AND told = $3";
    Ok(tx.execute(sql, params![cinema.as_str(), is, was])? > 0 && is_whole)
}

/// In which currencies amounts were stored with digits that these do not have.
pub(crate) fn former_digits(db: &mut Snapshot<'_>) -> Result<Vec<String>, Error> {
    let sql = "SELECT currency FROM former_digits ORDER BY currency";
    db.query(sql, params![], |row| row.get(0))
}

/// Everything of a cinema's programme that has not ended by `now`: rooms, films and price books in every version, and the showtimes.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) cinema: Cinema,
    pub(crate) rooms: Vec<Auditorium>,
    pub(crate) films: Vec<Film>,
    pub(crate) books: Vec<PriceBook>,
    pub(crate) showtimes: Vec<Known>,
}

pub(crate) fn whole(
    db: &mut Snapshot<'_>,
    id: &CinemaId,
    now: Timestamp,
) -> Result<Option<Whole>, Error> {
    let Some(cinema) = cinema(db, id)? else {
        return Ok(None);
    };
    let sql =
        format!("SELECT {KNOWN} FROM showtime WHERE cinema = $1 AND ends_at > $2 ORDER BY key");
    let values = params![id.as_str(), now.as_millisecond()];
    // What cannot be read is shown by whoever holds the catalogue.
    let mut aside = Vec::new();
    Ok(Some(Whole {
        rooms: all(db, id, &mut aside)?,
        films: all(db, id, &mut aside)?,
        books: all(db, id, &mut aside)?,
        showtimes: all_known(db, &sql, values, &mut aside)?,
        cinema,
    }))
}

/// What became of something with an id and a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It was not known.
    New,
    /// It was known, with this very content.
    Same,
    /// Its version is known with other content.
    OtherContent,
}

/// What is kept as a document under cinema, id and version.
pub(crate) trait Document: Serialize + DeserializeOwned {
    /// Its table, and what the version is called there.
    const TABLE: (&'static str, &'static str);

    /// Its id and version.
    fn name(&self) -> (&str, u32);
}

impl Document for Auditorium {
    const TABLE: (&'static str, &'static str) = ("auditorium", "plan");

    fn name(&self) -> (&str, u32) {
        (self.id.as_str(), self.layout.version)
    }
}

impl Document for Film {
    const TABLE: (&'static str, &'static str) = ("film", "version");

    fn name(&self) -> (&str, u32) {
        (self.id.as_str(), self.version)
    }
}

impl Document for PriceBook {
    const TABLE: (&'static str, &'static str) = ("price_book", "version");

    fn name(&self) -> (&str, u32) {
        (self.id.as_str(), self.version)
    }
}

/// Keeps a document, if its version is not known.
pub(crate) fn keep<T: Document>(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    document: &T,
) -> Result<Kept, Error> {
    let ((table, versioned), (id, version)) = (T::TABLE, document.name());
    let known =
        format!("SELECT body FROM {table} WHERE cinema = $1 AND id = $2 AND {versioned} = $3");
    let name = params![cinema.as_str(), id, version];
    let body = Value::json(document)?;
    match tx.first(&known, name, |row| row.get::<String>(0))? {
        Some(stored) if Value::from(stored.as_str()) == body => Ok(Kept::Same),
        Some(_) => Ok(Kept::OtherContent),
        None => {
            let add = format!(
                "INSERT INTO {table} (cinema, id, {versioned}, body) VALUES ($1, $2, $3, $4)"
            );
            let row = [cinema.as_str().into(), id.into(), version.into(), body];
            tx.execute(&add, &row).map(|_| Kept::New)
        }
    }
}

/// Puts a price book in the place of one that is the same but for rules of refunds which it does not have: a hub of before has dropped them. Says
/// whether it was so.
pub(crate) fn put_rules(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    book: &PriceBook,
) -> Result<bool, Error> {
    let known: Option<PriceBook> = one(tx, cinema, book.id.as_str(), book.version)?;
    let without = PriceBook {
        refunds: RefundRules::default(),
        ..book.clone()
    };
    if known != Some(without) {
        return Ok(false);
    }
    let sql = "UPDATE price_book SET body = $4 WHERE cinema = $1 AND id = $2 AND version = $3";
    let body = Value::json(book)?;
    let row = [
        cinema.as_str().into(),
        book.id.as_str().into(),
        book.version.into(),
        body,
    ];
    Ok(tx.execute(sql, &row)? == 1)
}

/// A showtime with all that it names, as it is stored; `None` if something that it names is not there.
pub(super) fn with_parts(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    known: &Known,
) -> Result<Option<Scheduled>, Error> {
    let Stored {
        showtime,
        film_version,
        plan,
        book_version,
    } = &known.stored;
    let film = one(db, cinema, showtime.film.as_str(), *film_version)?;
    let room = one(db, cinema, showtime.auditorium.as_str(), *plan)?.map(with_plan);
    let book = one(db, cinema, showtime.price_book.as_str(), *book_version)?;
    Ok(film.zip(room).zip(book).map(|((film, room), book)| {
        let (auditorium, plan) = room;
        Scheduled {
            key: known.key,
            showtime: showtime.clone(),
            film: Arc::new(film),
            auditorium,
            plan,
            price_book: Arc::new(book),
        }
    }))
}

/// A room in one of its versions.
pub(crate) fn room_of(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    (auditorium, version): (&AuditoriumId, u32),
) -> Result<Option<Auditorium>, Error> {
    one(db, cinema, auditorium.as_str(), version)
}

/// One version of a document. Whoever can do without one that cannot be read goes on with the transaction, as with what is found below.
fn one<T: Document>(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    id: &str,
    version: u32,
) -> Result<Option<T>, Error> {
    let (table, versioned) = T::TABLE;
    let sql =
        format!("SELECT body FROM {table} WHERE cinema = $1 AND id = $2 AND {versioned} = $3");
    let found = db.first(&sql, params![cinema.as_str(), id, version], |row| {
        Ok(row.json(0))
    });
    found?.transpose()
}

/// Every version of a cinema's documents of this kind; one that cannot be read is set aside and hides no other.
fn all<T: Document>(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    aside: &mut Vec<SetAside>,
) -> Result<Vec<T>, Error> {
    let (what, versioned) = T::TABLE;
    let sql = format!("SELECT body, id, {versioned} FROM {what} WHERE cinema = $1 ORDER BY id");
    let found = db.query(&sql, params![cinema.as_str()], |row| match row.json(0) {
        Ok(document) => Ok(Some(document)),
        Err(error) => {
            let (id, version): (String, u32) = (row.get(1)?, row.get(2)?);
            aside.push(SetAside {
                what,
                id,
                version: Some(version),
                why: format!("{error}; import it under a new version"),
            });
            Ok(None)
        }
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// The showtimes that `sql` finds, whose columns are [`KNOWN`]; one that cannot be read is set aside and hides no other.
fn all_known(
    db: &mut Snapshot<'_>,
    sql: &str,
    values: &[Value],
    aside: &mut Vec<SetAside>,
) -> Result<Vec<Known>, Error> {
    let found = db.query(sql, values, |row| match known(row) {
        Ok(known) => Ok(Some(known)),
        Err(error) => {
            let unreadable = SetAside {
                what: "showtime",
                id: row.get(5)?,
                version: None,
                why: format!("{error}; import it under another id"),
            };
            // It may be asked for twice.
            if !aside.contains(&unreadable) {
                aside.push(unreadable);
            }
            Ok(None)
        }
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// Keeps a room as its writer told it last.
pub(crate) fn put_auditorium(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    room: &Auditorium,
) -> Result<(), Error> {
    let sql = "INSERT INTO auditorium (cinema, id, plan, body) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (cinema, id, plan) DO UPDATE SET body = excluded.body";
    let values = params![
        cinema.as_str(),
        room.id.as_str(),
        room.layout.version,
        Value::json(room)?
    ];
    tx.execute(sql, values).map(drop)
}

pub(crate) fn knows_cinema(db: &mut Snapshot<'_>, id: &CinemaId) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM cinema WHERE id = $1";
    db.has(sql, params![id.as_str()])
}

/// Whether all that a showtime names is known.
pub(crate) fn knows_parts(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    stored: &Stored,
) -> Result<bool, Error> {
    let showtime = &stored.showtime;
    let sql = "SELECT 1 FROM film f, auditorium a, price_book b \
        WHERE f.cinema = $1 AND f.id = $2 AND f.version = $3 AND a.cinema = $1 AND a.id = $4 AND a.plan = $5 \
        AND b.cinema = $1 AND b.id = $6 AND b.version = $7";
    let values = params![
        cinema.as_str(),
        showtime.film.as_str(),
        stored.film_version,
        showtime.auditorium.as_str(),
        stored.plan,
        showtime.price_book.as_str(),
        stored.book_version,
    ];
    db.has(sql, values)
}

/// This side must not sell the showtime, for this reason; or may, for none.
pub(crate) fn withhold(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    reason: Option<&str>,
) -> Result<(), Error> {
    let sql = "UPDATE showtime SET withheld = $2 WHERE key = $1";
    tx.execute(sql, params![showtime.0, reason]).map(drop)
}

/// The showtimes of a cinema that this side must not sell.
pub(crate) fn withheld_of(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Vec<ShowtimeKey>, Error> {
    let sql = "SELECT key FROM showtime WHERE cinema = $1 AND withheld IS NOT NULL";
    db.query(sql, params![cinema.as_str()], |row| {
        Ok(ShowtimeKey(row.get(0)?))
    })
}

/// A showtime with the versions of what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) showtime: Showtime,
    pub(crate) film_version: u32,
    pub(crate) plan: u32,
    pub(crate) book_version: u32,
}

impl Stored {
    /// Whether its seats are those of another plan than of `other`.
    pub(crate) fn seats_are_others(&self, other: &Self) -> bool {
        (&self.showtime.auditorium, self.plan) != (&other.showtime.auditorium, other.plan)
    }

    /// Whether it is at another time, or in another room, than `other`.
    pub(crate) fn is_elsewhere(&self, other: &Self) -> bool {
        let (here, there) = (&self.showtime, &other.showtime);
        (here.starts_at, &here.auditorium) != (there.starts_at, &there.auditorium)
    }

    /// Whether it names this piece of the catalogue, in this very version.
    fn names(&self, piece: &SetAside) -> bool {
        let showtime = &self.showtime;
        let named = [
            (Film::TABLE.0, showtime.film.as_str(), self.film_version),
            (Auditorium::TABLE.0, showtime.auditorium.as_str(), self.plan),
            (
                PriceBook::TABLE.0,
                showtime.price_book.as_str(),
                self.book_version,
            ),
        ];
        let version = piece.version;
        version.is_some_and(|version| named.contains(&(piece.what, piece.id.as_str(), version)))
    }
}

/// A showtime as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) key: ShowtimeKey,
    pub(crate) stored: Stored,
}

const KNOWN: &str = "key, body, plan, film_version, price_book_version, id";

fn known(row: &database::Row<'_>) -> Result<Known, Error> {
    Ok(Known {
        key: ShowtimeKey(row.get(0)?),
        stored: Stored {
            showtime: row.json(1)?,
            plan: row.get(2)?,
            film_version: row.get(3)?,
            book_version: row.get(4)?,
        },
    })
}

/// The showtimes of a cinema that are on sale, by their starts.
pub(crate) fn on_sale(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    now: Timestamp,
) -> Result<Vec<Known>, Error> {
    let sql = format!(
        "SELECT {KNOWN} FROM showtime WHERE cinema = $1 AND ends_at > $2 AND sales_end_at > $2 AND state = 'open' ORDER BY starts_at, id"
    );
    let values = params![cinema.as_str(), now.as_millisecond()];
    all_known(db, &sql, values, &mut Vec::new())
}

/// The showtimes of a cinema that end later, whatever their state, by their starts.
pub(crate) fn ending_after(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    since: Timestamp,
) -> Result<Vec<Known>, Error> {
    let sql = format!(
        "SELECT {KNOWN} FROM showtime WHERE cinema = $1 AND ends_at > $2 ORDER BY starts_at, id"
    );
    let values = params![cinema.as_str(), since.as_millisecond()];
    all_known(db, &sql, values, &mut Vec::new())
}

pub(crate) fn known_showtime(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    id: &ShowtimeId,
) -> Result<Option<Known>, Error> {
    let sql = format!("SELECT {KNOWN} FROM showtime WHERE cinema = $1 AND id = $2");
    let found = db.first(&sql, params![cinema.as_str(), id.as_str()], |row| {
        Ok(known(row))
    });
    found?.transpose()
}

/// The keys of those of the showtimes that are known.
pub(crate) fn showtime_keys<'a>(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    ids: impl Iterator<Item = &'a ShowtimeId>,
) -> Result<Vec<(ShowtimeId, ShowtimeKey)>, Error> {
    db.query_among(
        "SELECT id, key FROM showtime WHERE cinema = $1 AND id IN",
        params![cinema.as_str()],
        ids.map(|id| id.as_str().into()),
        |row| Ok((row.parse(0)?, ShowtimeKey(row.get(1)?))),
    )
}

fn values(cinema: &CinemaId, stored: &Stored) -> Result<Vec<Value>, Error> {
    let showtime = &stored.showtime;
    Ok(params![
        cinema.as_str(),
        showtime.id.as_str(),
        showtime.auditorium.as_str(),
        stored.plan,
        showtime.film.as_str(),
        stored.film_version,
        showtime.price_book.as_str(),
        stored.book_version,
        showtime.starts_at.as_millisecond(),
        showtime.sales_end_at().as_millisecond(),
        showtime.ends_at.as_millisecond(),
        state(showtime.status),
        Value::json(showtime)?,
    ]
    .to_vec())
}

/// Adds a showtime and gives its key.
pub(crate) fn add_showtime(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    stored: &Stored,
) -> Result<ShowtimeKey, Error> {
    let sql = "INSERT INTO showtime (cinema, id, auditorium, plan, film, film_version, price_book, price_book_version, \
        starts_at, sales_end_at, ends_at, state, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
        RETURNING key";
    let added = tx.first(sql, &values(cinema, stored)?, |row| row.get(0))?;
    added
        .map(ShowtimeKey)
        .ok_or_else(|| Error::Column("a showtime that was added is not there".into()))
}

pub(crate) fn change_showtime(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    stored: &Stored,
) -> Result<(), Error> {
    let sql = "UPDATE showtime SET auditorium = $3, plan = $4, film = $5, film_version = $6, price_book = $7, \
        price_book_version = $8, starts_at = $9, sales_end_at = $10, ends_at = $11, state = $12, body = $13 \
        WHERE cinema = $1 AND id = $2";
    tx.execute(sql, &values(cinema, stored)?).map(drop)
}

/// What names a showtime in full, and its end.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) cinema: CinemaId,
    pub(crate) id: ShowtimeId,
    pub(crate) ends_at: Timestamp,
}

/// The keys with which the boxes have signed tickets whose place this one has taken.
pub(super) fn former_keys(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Vec<PublicKey<Tickets>>, Fault> {
    let sql = "SELECT key FROM former_ticket_key WHERE cinema = $1 ORDER BY key";
    let keys = db.query(sql, params![cinema.as_str()], |row| row.get::<[u8; 32]>(0))?;
    let keys = (keys.iter()).map(|key| PublicKey::from_bytes(cinema.clone(), key));
    keys.collect::<Result<_, _>>()
        .map_err(|why| Fault::Broken(why.to_string()))
}

/// What names a showtime, however old it is.
pub(crate) fn named(db: &mut Snapshot<'_>, showtime: ShowtimeKey) -> Result<Named, Fault> {
    let sql = "SELECT cinema, id, ends_at FROM showtime WHERE key = $1";
    let found = db.first(sql, params![showtime.0], |row| {
        Ok(Named {
            cinema: row.parse(0)?,
            id: row.parse(1)?,
            ends_at: row.get(2)?,
        })
    })?;
    found.ok_or_else(|| Fault::Broken(format!("there is no showtime {}", showtime.0)))
}

/// How a showtime is planned by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedNow {
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Whether it does not take place.
    pub is_cancelled: bool,
}

/// How a showtime is planned by now, however old it is; nothing, if it is not known.
///
/// # Errors
/// The database refuses.
pub fn planned_now(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    id: &ShowtimeId,
) -> Result<Option<PlannedNow>, Error> {
    let sql = "SELECT starts_at, ends_at, state FROM showtime WHERE cinema = $1 AND id = $2";
    db.first(sql, params![cinema.as_str(), id.as_str()], |row| {
        Ok(PlannedNow {
            starts_at: row.get(0)?,
            ends_at: row.get(1)?,
            is_cancelled: row.one_of(2, STATES, state)? == ShowtimeStatus::Cancelled,
        })
    })
}

/// Whether and until when a showtime is sold, and as what.
#[derive(Debug, Clone)]
pub(crate) struct Sales {
    pub(crate) known: Known,
    pub(super) state: ShowtimeStatus,
    pub(super) sales_end_at: Timestamp,
    pub(super) ends_at: Timestamp,
    pub(super) is_withheld: bool,
    pub(super) is_frozen: bool,
}

pub(super) fn sales_of(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
) -> Result<Option<Sales>, Error> {
    let sql = format!(
        "SELECT {KNOWN}, state, sales_end_at, ends_at, withheld, {IS_FROZEN} FROM showtime WHERE key = $1"
    );
    let sales = |row: &database::Row<'_>| {
        Ok(Sales {
            known: known(row)?,
            state: row.one_of(6, STATES, state)?,
            sales_end_at: row.get(7)?,
            ends_at: row.get(8)?,
            is_withheld: row.get::<Option<String>>(9)?.is_some(),
            is_frozen: row.get(10)?,
        })
    };
    let found = db.first(&sql, params![showtime.0], |row| Ok(sales(row)));
    found?.transpose()
}

const STATES: [ShowtimeStatus; 3] = [
    ShowtimeStatus::Open,
    ShowtimeStatus::Closed,
    ShowtimeStatus::Cancelled,
];

fn state(status: ShowtimeStatus) -> &'static str {
    match status {
        ShowtimeStatus::Open => "open",
        ShowtimeStatus::Closed => "closed",
        ShowtimeStatus::Cancelled => "cancelled",
    }
}

/// Every room, film and price book of a cinema in every version.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) films: HashMap<(FilmId, u32), Arc<Film>>,
    rooms: HashMap<(AuditoriumId, u32), (Arc<Auditorium>, Arc<Plan>)>,
    books: HashMap<(PriceBookId, u32), Arc<PriceBook>>,
    /// What of them cannot be read.
    unreadable: Vec<SetAside>,
}

pub(super) fn parts(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Parts, Error> {
    let mut unreadable = Vec::new();
    Ok(Parts {
        films: all(db, cinema, &mut unreadable)?
            .into_iter()
            .map(|film: Film| ((film.id.clone(), film.version), Arc::new(film)))
            .collect(),
        rooms: all(db, cinema, &mut unreadable)?
            .into_iter()
            .map(|room: Auditorium| ((room.id.clone(), room.layout.version), with_plan(room)))
            .collect(),
        books: all(db, cinema, &mut unreadable)?
            .into_iter()
            .map(|book: PriceBook| ((book.id.clone(), book.version), Arc::new(book)))
            .collect(),
        unreadable,
    })
}

fn with_plan(room: Auditorium) -> (Arc<Auditorium>, Arc<Plan>) {
    let plan = Arc::new(Plan::new(room.layout.clone()));
    (Arc::new(room), plan)
}

/// The showtimes that end after `since` and those in `also`, with their parts. The keys of the tables see to it that none is missing; those
/// that name what cannot be read are left out, and what they name is set aside; a version that nothing names any more is in nobody's way.
pub(super) fn scheduled(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    (since, also): (Timestamp, &[ShowtimeKey]),
    parts: &Parts,
    aside: &mut Vec<SetAside>,
) -> Result<Vec<Scheduled>, Error> {
    let sql = format!("SELECT {KNOWN} FROM showtime WHERE cinema = $1 AND ends_at > $2");
    let values = params![cinema.as_str(), since.as_millisecond()];
    let mut found = all_known(db, &sql, values, aside)?;
    for key in also {
        if found.iter().all(|known| known.key != *key) {
            let sql = format!("SELECT {KNOWN} FROM showtime WHERE cinema = $1 AND key = $2");
            found.extend(all_known(db, &sql, params![cinema.as_str(), key.0], aside)?);
        }
    }
    let is_named =
        |unreadable: &&SetAside| found.iter().any(|known| known.stored.names(unreadable));
    aside.extend(parts.unreadable.iter().filter(is_named).cloned());
    let whole = |known: Known| {
        let Stored { showtime, .. } = &known.stored;
        let film = (showtime.film.clone(), known.stored.film_version);
        let room = (showtime.auditorium.clone(), known.stored.plan);
        let book = (showtime.price_book.clone(), known.stored.book_version);
        let (auditorium, plan) = parts.rooms.get(&room)?.clone();
        Some(Scheduled {
            key: known.key,
            film: Arc::clone(parts.films.get(&film)?),
            auditorium,
            plan,
            price_book: Arc::clone(parts.books.get(&book)?),
            showtime: known.stored.showtime,
        })
    };
    Ok(found.into_iter().filter_map(whole).collect())
}
