//! The statements of sales and nothing else: one connection without a server, a queue, rules or events to compute, which commits as many
//! at once as the box did. What the box's sales are held against.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use service::Clock;

use super::disk::per_second;

/// How many statements a sale of two seats takes here: as many as at the box, which has no printer, or the comparison is none.
pub const STATEMENTS: u64 = 16;

/// Seats sold per second on a copy of the box's database, in which the box has sold; `together` holds, or settlings, share a commit.
///
/// # Errors
/// The database cannot be copied or is another than the box's is known to be.
pub fn seats_per_second(
    database: &Path,
    copy: &Path,
    together: usize,
    time: Duration,
    clock: &Clock,
) -> io::Result<u64> {
    std::fs::copy(database, copy)?;
    let connection = open(copy).map_err(io::Error::other)?;
    let mut sales = Sales::new(&connection).map_err(io::Error::other)?;
    let begin = clock.monotonic();
    let mut sold = 0;
    while clock.monotonic().saturating_sub(begin) < time {
        sold += sales.sell(together.max(1)).map_err(io::Error::other)?;
    }
    Ok(per_second(
        sold * 2,
        clock.monotonic().saturating_sub(begin),
    ))
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    connection.pragma_update(None, "cache_size", -32 * 1024)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Two neighbours that are free.
struct Pair {
    showtime: i64,
    places: [i64; 2],
    seats: [String; 2],
}

/// Rows of the last sale, to be written again with other ids.
struct Sales<'c> {
    connection: &'c Connection,
    pairs: VecDeque<Pair>,
    hold: Rows,
    payment: Rows,
    sale: Rows,
    tickets: Rows,
    event: Rows,
    last_id: u64,
    last_place: i64,
    number: i64,
}

/// Rows of one table: the insertion, and what it writes.
struct Rows {
    sql: String,
    columns: Vec<String>,
    values: Vec<Vec<Value>>,
}

impl Rows {
    /// As many rows as `which` finds.
    fn read(connection: &Connection, table: &str, which: &str) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} WHERE {which}"))?;
        let columns: Vec<String> = statement
            .column_names()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let rows = statement.query_map([], |row| {
            (0..columns.len())
                .map(|index| row.get(index))
                .collect::<Result<Vec<Value>, _>>()
        })?;
        let values = rows.collect::<Result<Vec<_>, _>>()?;
        let one = format!("({})", vec!["?"; columns.len()].join(", "));
        let all = vec![one; values.len()].join(", ");
        let names = columns.join(", ");
        Ok(Self {
            sql: format!("INSERT INTO {table} ({names}) VALUES {all}"),
            columns,
            values,
        })
    }

    fn set(&mut self, row: usize, changes: &[(&str, Value)]) {
        for (name, value) in changes {
            if let Some(index) = self.columns.iter().position(|column| column == name) {
                self.values[row][index] = value.clone();
            }
        }
    }

    fn insert(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(&self.sql)?;
        statement
            .execute(params_from_iter(self.values.iter().flatten()))
            .map(drop)
    }
}

impl<'c> Sales<'c> {
    fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        let (sale, hold): (String, String) = connection.query_row(
            "SELECT id, hold FROM sale ORDER BY number DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let (last_place, number) = connection.query_row(
            "SELECT (SELECT MAX(place) FROM event), (SELECT MAX(number) FROM sale)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let read = |table: &str, which: &str| Rows::read(connection, table, which);
        Ok(Self {
            connection,
            pairs: free_pairs(connection)?,
            hold: read("hold", &format!("id = '{hold}'"))?,
            payment: read("payment", &format!("hold = '{hold}'"))?,
            sale: read("sale", &format!("id = '{sale}'"))?,
            tickets: read("ticket", &format!("sale = '{sale}'"))?,
            event: read("event", &format!("place = {last_place}"))?,
            last_id: 0,
            last_place,
            number,
        })
    }

    /// Sells so many pairs; says how many there were.
    fn sell(&mut self, most: usize) -> rusqlite::Result<u64> {
        let pairs: Vec<Pair> = (0..most).map_while(|_| self.pairs.pop_front()).collect();
        if pairs.is_empty() {
            return Err(rusqlite::Error::QueryReturnedNoRows);
        }
        self.command("BEGIN IMMEDIATE")?;
        let holds = pairs
            .iter()
            .map(|pair| self.hold(pair))
            .collect::<Result<Vec<_>, _>>()?;
        self.command("COMMIT")?;
        self.command("BEGIN IMMEDIATE")?;
        for (pair, hold) in pairs.iter().zip(&holds) {
            self.settle(pair, hold)?;
        }
        self.command("COMMIT")?;
        Ok(pairs.len() as u64)
    }

    fn command(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// Reads what a decision takes.
    fn look(&self, sql: &str, values: impl rusqlite::Params) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query(values)?;
        while let Some(row) = rows.next()? {
            for index in 0..columns {
                std::hint::black_box(row.get_ref(index)?);
            }
        }
        Ok(())
    }

    /// As an id of the box's: what is made later is sorted later.
    fn id(&mut self) -> String {
        self.last_id += 1;
        format!("7zz{:023}", self.last_id)
    }

    fn hold(&mut self, pair: &Pair) -> rusqlite::Result<String> {
        let hold = self.id();
        let buyer = "bare-till";
        self.look(
            "SELECT * FROM hold WHERE buyer_kind = 'device' AND buyer = ?1 AND key = ?2 UNION ALL \
             SELECT * FROM hold WHERE buyer_kind = 'device' AND buyer = ?1 AND key <> ?2 \
             AND state <> 'settled' AND state <> 'ended'",
            params![buyer, hold],
        )?;
        self.look_at_showtime(pair)?;
        self.look(
            "SELECT place, epoch, state, holder FROM seat WHERE showtime = ?1 AND place >= ?2 AND place < ?3 ORDER BY place",
            params![pair.showtime, pair.places[0] - 6, pair.places[1] + 6],
        )?;
        let mut update = self.connection.prepare_cached(
            "UPDATE seat SET epoch = 0, state = 'held', holder = ?2 WHERE showtime = ?1 AND place >= ?3 AND place <= ?4 \
             AND epoch = 0 AND state = 'free' AND COALESCE(holder, '') = ''",
        )?;
        let [first, second] = pair.places;
        update.execute(params![pair.showtime, hold, first, second])?;
        let changes = [
            ("id", Value::from(hold.clone())),
            ("key", hold.clone().into()),
            ("buyer", buyer.to_owned().into()),
            ("showtime", pair.showtime.into()),
            ("state", "open".to_owned().into()),
            ("ends_ms", i64::MAX.into()),
        ];
        self.hold.set(0, &changes);
        self.hold.insert(self.connection)?;
        Ok(hold)
    }

    fn settle(&mut self, pair: &Pair, hold: &str) -> rusqlite::Result<()> {
        self.look("SELECT * FROM hold WHERE id = ?1", params![hold])?;
        let (payment, sale) = (self.id(), self.id());
        self.look(
            "SELECT key, request_hash FROM payment WHERE buyer_kind = 'device' AND buyer = ?1 AND key = ?2 UNION ALL \
             SELECT key, request_hash FROM sale WHERE buyer_kind = 'device' AND buyer = ?1 AND key = ?2",
            params!["bare-till", payment],
        )?;
        self.look_at_showtime(pair)?;
        let tickets = [self.id(), self.id()];
        let changes = [
            ("id", Value::from(payment.clone())),
            ("hold", hold.to_owned().into()),
            ("buyer", "bare-till".to_owned().into()),
            ("key", payment.into()),
        ];
        self.payment.set(0, &changes);
        self.payment.insert(self.connection)?;
        let mut update = self.connection.prepare_cached(
            "UPDATE hold SET state = 'settled', ends_ms = 0, payments = 1 WHERE id = ?1 AND state = 'open'",
        )?;
        update.execute(params![hold])?;
        self.look(
            "UPDATE seat SET state = 'sold', holder = CASE place WHEN ?3 THEN ?5 WHEN ?4 THEN ?6 END, edition = edition + 1 \
             WHERE showtime = ?1 AND place >= ?3 AND place <= ?4 AND state = 'held' AND holder = ?2 AND epoch % 2 = 0 \
             RETURNING place, epoch, edition",
            params![pair.showtime, hold, pair.places[0], pair.places[1], tickets[0], tickets[1]],
        )?;
        let mut update = self
            .connection
            .prepare_cached("UPDATE receipt_series SET last = last + 1 WHERE last = ?1")?;
        update.execute(params![self.number])?;
        self.number += 1;
        let changes = [
            ("id", Value::from(sale.clone())),
            ("hold", hold.to_owned().into()),
            ("buyer", "bare-till".to_owned().into()),
            ("showtime", pair.showtime.into()),
            ("number", self.number.into()),
        ];
        self.sale.set(0, &changes);
        self.sale.insert(self.connection)?;
        for (nth, ticket) in tickets.iter().enumerate() {
            let changes = [
                ("id", Value::from(ticket.clone())),
                ("sale", sale.clone().into()),
                ("showtime", pair.showtime.into()),
                ("place", pair.places[nth].into()),
                ("seat", pair.seats[nth].clone().into()),
            ];
            self.tickets.set(nth, &changes);
        }
        self.tickets.insert(self.connection)?;
        let mut update = self.connection.prepare_cached(
            "UPDATE stream SET seq = seq + 1, hash = randomblob(32) WHERE direction = 'up'",
        )?;
        update.execute([])?;
        self.last_place += 1;
        self.event.set(0, &[("place", self.last_place.into())]);
        self.event.insert(self.connection)
    }

    fn look_at_showtime(&self, pair: &Pair) -> rusqlite::Result<()> {
        self.look(
            "SELECT state, sales_end_at, ends_at, withheld IS NOT NULL FROM showtime WHERE key = ?1",
            params![pair.showtime],
        )
    }
}

/// Neighbours of the rooms in which nobody sits.
fn free_pairs(connection: &Connection) -> rusqlite::Result<VecDeque<Pair>> {
    let mut statement = connection.prepare(
        "SELECT showtime, place, seat FROM seat WHERE showtime NOT IN \
         (SELECT showtime FROM seat WHERE state <> 'free') ORDER BY showtime, place",
    )?;
    let seats = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let seats: Vec<(i64, i64, String)> = seats.collect::<Result<_, _>>()?;
    let pairs = seats.chunks_exact(2).map(|two| Pair {
        showtime: two[0].0,
        places: [two[0].1, two[1].1],
        seats: [two[0].2.clone(), two[1].2.clone()],
    });
    Ok(pairs.collect())
}
