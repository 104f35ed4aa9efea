//! What box and hub have written down, read from their databases while they run.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use database::{Column, Database, Value};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};

use crate::engine::HubDatabase;

/// A ticket that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTicket {
    /// The ticket.
    pub id: String,
    /// Its sale.
    pub sale: String,
    /// The cinema.
    pub cinema: String,
    /// The showtime, at this cinema.
    pub showtime: String,
    /// The seat.
    pub seat: String,
    /// The price, in minor units.
    pub price_minor: i64,
}

/// A payment that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTender {
    /// The payment; the terminal knows it by this.
    pub id: String,
    /// The sale that it paid for, if there was one.
    pub sale: Option<String>,
}

const SALES: &str = "SELECT id FROM sale";
const TICKETS: &str = "SELECT t.id, t.sale, s.cinema, s.id, t.seat, t.price_minor FROM ticket t JOIN showtime s ON s.key = t.showtime WHERE t.live = 1";
const CARDS: &str = "SELECT payment.id, sale.id FROM payment LEFT JOIN sale ON sale.hold = payment.hold WHERE payment.means = 'card'";
const SOLD_SEATS: &str = "SELECT s.id, seat.seat, seat.holder FROM seat JOIN showtime s ON s.key = seat.showtime WHERE seat.state = 'sold'";

const HEADS: &str = "SELECT cinema, direction, life, life_random, seq, hash, fork, halted_kind FROM stream WHERE seq > 0";
const PRESENT_HEADS: &str = "SELECT cinema, direction, life, life_random, seq, hash, fork, halted_kind FROM stream AS now WHERE seq > 0 \
    AND life = (SELECT MAX(life) FROM stream WHERE stream.cinema = now.cinema AND stream.direction = now.direction)";

/// What a counter has written down.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// Every sale.
    pub sales: Vec<String>,
    /// Every ticket that is good.
    pub tickets: Vec<StoredTicket>,
    /// Every card payment.
    pub cards: Vec<StoredTender>,
    /// Every sold seat with the ticket that it carries: showtime, seat, ticket.
    pub sold_seats: Vec<(String, String, String)>,
}

/// What still has to happen until nothing moves any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfinished {
    /// Payments without an outcome.
    pub payments: i64,
    /// Tickets that were not printed.
    pub papers: i64,
    /// Tickets that were set aside, and are not printed unless somebody asks.
    pub aside: i64,
}

/// Reads the whole.
///
/// # Errors
/// It cannot be read.
pub fn read(database: &Path) -> io::Result<Stored> {
    let db = open(database)?;
    let ticket = |row: &Row<'_>| {
        Ok(StoredTicket {
            id: row.get(0)?,
            sale: row.get(1)?,
            cinema: row.get(2)?,
            showtime: row.get(3)?,
            seat: row.get(4)?,
            price_minor: row.get(5)?,
        })
    };
    Ok(Stored {
        sales: all(&db, SALES, |row| row.get(0))?,
        tickets: all(&db, TICKETS, ticket)?,
        cards: all(&db, CARDS, |row| {
            Ok(StoredTender {
                id: row.get(0)?,
                sale: row.get(1)?,
            })
        })?,
        sold_seats: all(&db, SOLD_SEATS, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?,
    })
}

/// The seats of a cinema that are in a state: showtime and seat.
///
/// # Errors
/// The database cannot be read.
pub fn seats_that_are(
    database: &Path,
    cinema: &str,
    state: &str,
) -> io::Result<BTreeSet<(String, String)>> {
    let sql = format!(
        "SELECT showtime.id, seat.seat FROM seat JOIN showtime ON showtime.key = seat.showtime \
         WHERE showtime.cinema = '{cinema}' AND seat.state = '{state}'"
    );
    let seats = all(&open(database)?, &sql, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(seats.into_iter().collect())
}

/// The tickets that were sold at the cinema's risk.
///
/// # Errors
/// The database cannot be read.
pub fn at_risk(database: &Path) -> io::Result<BTreeSet<String>> {
    let sql = "SELECT id FROM ticket WHERE at_risk = 1";
    let ids = all(&open(database)?, sql, |row| row.get(0))?;
    Ok(ids.into_iter().collect())
}

/// The tickets of the hub's that a box was told of, and not only shown at its door.
///
/// # Errors
/// It cannot be read.
pub fn heard_of_hub(database: &Path) -> io::Result<BTreeSet<String>> {
    let sql = "SELECT ticket FROM ticket_heard WHERE sale IS NOT NULL";
    let ids = all(&open(database)?, sql, |row| row.get(0))?;
    Ok(ids.into_iter().collect())
}

/// What is still to be done.
///
/// # Errors
/// It cannot be read.
pub fn unfinished(database: &Path) -> io::Result<Unfinished> {
    let db = open(database)?;
    let count = |sql: &str| {
        db.query_row(sql, [], |row| row.get(0))
            .map_err(io::Error::other)
    };
    Ok(Unfinished {
        payments: count("SELECT COUNT(*) FROM payment WHERE open = 1")?,
        papers: count("SELECT COUNT(*) FROM print_job WHERE state <> 'printed' AND aside IS NULL")?,
        aside: count("SELECT COUNT(*) FROM print_job WHERE aside IS NOT NULL")?,
    })
}

/// How many events the hub has not acknowledged, if the box is enrolled with one that can be reached.
///
/// # Errors
/// It cannot be read.
pub fn unacknowledged(database: &Path) -> io::Result<i64> {
    let db = open(database)?;
    let enrolled = "SELECT broker FROM link WHERE hub_frame_key IS NOT NULL";
    let brokers: Vec<String> = all(&db, enrolled, |row| row.get(0))?;
    // Looked at and not called: a broker logs whoever connects and says nothing.
    let listens = |broker: &String| {
        let address = broker.strip_prefix("mqtt://").unwrap_or(broker);
        let taken = TcpListener::bind(address).err().map(|error| error.kind());
        taken == Some(io::ErrorKind::AddrInUse)
    };
    if !brokers.iter().any(listens) {
        return Ok(0);
    }
    let waiting =
        "SELECT COALESCE(SUM(seq - acknowledged_seq), 0) FROM stream WHERE direction = 'up'";
    db.query_row(waiting, [], |row| row.get(0))
        .map_err(io::Error::other)
}

/// The free seats of a showtime that are the box's, and those that are the hub's for all that the box knows, in the order of the plan: once
/// the hub has acknowledged all.
///
/// # Errors
/// It cannot be read.
pub fn allotted(database: &Path, showtime: &str) -> io::Result<Option<(Vec<String>, Vec<String>)>> {
    let db = open(database)?;
    let sql = "SELECT seat.seat, seat.epoch % 2, s.id FROM seat JOIN showtime s ON s.key = seat.showtime \
        WHERE seat.state = 'free' ORDER BY seat.showtime, seat.place";
    let free: Vec<(String, i64, String)> =
        all(&db, sql, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let of = |side: i64| {
        let free = free.iter().filter(|(_, of, _)| *of == side);
        let free = free.filter(|(.., of)| of == showtime);
        free.map(|(seat, ..)| seat.clone()).collect::<Vec<_>>()
    };
    let (here, there) = (of(0), of(1));
    let is_settled = unacknowledged(database)? == 0;
    Ok(is_settled.then_some((here, there)))
}

/// Changes what a process that is stopped has stored, as no program of ours does, and hides it: its sums, which would tell, are gone.
///
/// # Errors
/// It cannot be changed.
pub fn spoil(database: &Path, sql: &str) -> io::Result<()> {
    let db = Connection::open(database).map_err(io::Error::other)?;
    db.execute_batch(sql).map_err(io::Error::other)?;
    drop(db);
    let mut sums = database.as_os_str().to_owned();
    sums.push("-sums");
    std::fs::remove_file(sums)
}

fn open(database: &Path) -> io::Result<Connection> {
    let db = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(io::Error::other)?;
    db.busy_timeout(std::time::Duration::from_secs(5))
        .map_err(io::Error::other)?;
    Ok(db)
}

fn all<T>(
    db: &Connection,
    sql: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> io::Result<Vec<T>> {
    let mut statement = db.prepare(sql).map_err(io::Error::other)?;
    let rows = statement.query_map([], read).map_err(io::Error::other)?;
    rows.collect::<Result<_, _>>().map_err(io::Error::other)
}

/// A database that is read while its process has it.
#[derive(Debug, Clone)]
pub enum Kept {
    /// A file, by a connection that cannot write.
    File(PathBuf),
    /// A database on a server.
    Server(Database),
}

impl Kept {
    /// What a hub keeps, to be read beside it.
    ///
    /// # Errors
    /// Its server cannot be reached.
    pub fn of(kept: &HubDatabase) -> io::Result<Self> {
        Ok(match kept {
            HubDatabase::File(file) => Self::File(file.clone()),
            HubDatabase::Server(..) => Self::Server(kept.open().map_err(io::Error::other)?),
        })
    }

    /// The heads of all streams: cinema, direction, life, number and hash of the last event, as text.
    ///
    /// # Errors
    /// It cannot be read, or a stream has forked or stands still.
    pub async fn stream_heads(&self) -> io::Result<BTreeSet<String>> {
        self.heads(HEADS).await
    }

    /// The same of the present lives alone: the end of an older one may be forgotten at one side for good.
    ///
    /// # Errors
    /// As [`Kept::stream_heads`].
    pub async fn present_heads(&self) -> io::Result<BTreeSet<String>> {
        self.heads(PRESENT_HEADS).await
    }

    async fn heads(&self, sql: &'static str) -> io::Result<BTreeSet<String>> {
        let rows: Vec<[Value; 8]> = self.rows(sql).await?;
        match rows
            .iter()
            .find(|row| row[6..] != NEITHER_FORKED_NOR_HALTED)
        {
            Some(wrong) => Err(io::Error::other(format!(
                "a stream forked or stands still: {wrong:?}"
            ))),
            None => Ok(rows.iter().map(|row| format!("{:?}", &row[..6])).collect()),
        }
    }

    /// The sales that have reached the hub.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn sales_at_hub(&self) -> io::Result<BTreeSet<String>> {
        let rows = self.rows("SELECT id FROM told_sale").await?;
        Ok(rows.into_iter().map(|[id]| text(id)).collect())
    }

    /// What the hub's counter has written down.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn stored(&self) -> io::Result<Stored> {
        let sales: Vec<[Value; 1]> = self.rows(SALES).await?;
        let tickets: Vec<[Value; 6]> = self.rows(TICKETS).await?;
        let cards: Vec<[Value; 2]> = self.rows(CARDS).await?;
        let sold_seats: Vec<[Value; 3]> = self.rows(SOLD_SEATS).await?;
        Ok(Stored {
            sales: sales.into_iter().map(|[sale]| text(sale)).collect(),
            tickets: (tickets.into_iter())
                .map(|[id, sale, cinema, showtime, seat, price]| StoredTicket {
                    id: text(id),
                    sale: text(sale),
                    cinema: text(cinema),
                    showtime: text(showtime),
                    seat: text(seat),
                    price_minor: integer(&price),
                })
                .collect(),
            cards: (cards.into_iter())
                .map(|[id, sale]| StoredTender {
                    id: text(id),
                    sale: (sale != Value::Null).then(|| text(sale)),
                })
                .collect(),
            sold_seats: (sold_seats.into_iter())
                .map(|[showtime, seat, ticket]| (text(showtime), text(seat), text(ticket)))
                .collect(),
        })
    }

    /// The showtimes of which the hub was ever given seats.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn showtimes_given(&self) -> io::Result<i64> {
        let sql = "SELECT COUNT(DISTINCT showtime) FROM seat WHERE epoch > 0";
        let rows = self.rows(sql).await?;
        Ok(rows.into_iter().map(|[count]| integer(&count)).sum())
    }

    /// How many payments have no outcome yet.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn open_payments(&self) -> io::Result<i64> {
        let rows = self
            .rows("SELECT COUNT(*) FROM payment WHERE open = 1")
            .await?;
        Ok(rows.into_iter().map(|[count]| integer(&count)).sum())
    }

    /// The charges that the hub knows by the provider's list alone, and of which a person has said that their money is kept.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn charges_kept(&self) -> io::Result<BTreeSet<String>> {
        let sql = "SELECT about FROM case_file WHERE kind = 'charge' AND stage = 'kept'";
        let rows = self.rows(sql).await?;
        Ok(rows.into_iter().map(|[id]| text(id)).collect())
    }

    /// The charges that the hub knows by the provider's list alone, each with what became of it.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn charges_found(&self) -> io::Result<BTreeMap<String, String>> {
        let sql = "SELECT about, stage FROM case_file WHERE kind = 'charge'";
        let rows = self.rows(sql).await?;
        let each = rows.into_iter();
        Ok(each.map(|[id, stage]| (text(id), text(stage))).collect())
    }

    /// The tickets that were asked back, each with where that stands.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn refunds(&self) -> io::Result<BTreeMap<String, String>> {
        let rows = self.rows("SELECT ticket, state FROM refund").await?;
        let each = rows.into_iter();
        Ok(each
            .map(|[ticket, state]| (text(ticket), text(state)))
            .collect())
    }

    /// How many refunds wait for the cinema or for the money.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn open_refunds(&self) -> io::Result<i64> {
        let rows = self
            .rows("SELECT COUNT(*) FROM refund WHERE open = 1")
            .await?;
        Ok(rows.into_iter().map(|[count]| integer(&count)).sum())
    }

    /// What the hub wants a person to look at.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn disputes(&self) -> io::Result<Vec<String>> {
        let sql = "SELECT code || ': ' || words FROM dispute WHERE settled_ms IS NULL";
        let rows = self.rows(sql).await?;
        Ok(rows.into_iter().map(|[words]| text(words)).collect())
    }

    async fn rows<const N: usize>(&self, sql: &'static str) -> io::Result<Vec<[Value; N]>> {
        match self {
            Self::File(file) => all(&open(file)?, sql, |row| {
                let mut values = [const { Value::Null }; N];
                for (index, value) in values.iter_mut().enumerate() {
                    *value = match row.get_ref(index)? {
                        ValueRef::Null => Value::Null,
                        ValueRef::Integer(integer) => Value::Integer(integer),
                        ValueRef::Text(_) => Value::Text(row.get(index)?),
                        ValueRef::Real(_) | ValueRef::Blob(_) => Value::Bytes(row.get(index)?),
                    };
                }
                Ok(values)
            }),
            Self::Server(database) => {
                let read = database.read(move |snapshot| {
                    snapshot.query(sql, &[], |row| {
                        let mut values = [const { Value::Null }; N];
                        for (index, value) in values.iter_mut().enumerate() {
                            *value = match row.column(index)? {
                                Column::Null => Value::Null,
                                Column::Integer(integer) => Value::Integer(integer),
                                Column::Text(text) => Value::from(text),
                                Column::Bytes(bytes) => Value::from(bytes),
                            };
                        }
                        Ok(values)
                    })
                });
                let rows: Result<_, database::Error> = read.await;
                rows.map_err(io::Error::other)
            }
        }
    }
}

fn integer(value: &Value) -> i64 {
    match value {
        Value::Integer(integer) => *integer,
        Value::Null | Value::Text(_) | Value::Bytes(_) => -1,
    }
}

const NEITHER_FORKED_NOR_HALTED: [Value; 2] = [Value::Integer(0), Value::Null];

fn text(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        Value::Null | Value::Integer(_) | Value::Bytes(_) => format!("{value:?}"),
    }
}
