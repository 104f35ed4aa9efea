//! What only PostgreSQL can show: that it takes every statement of the hub, and that of two counters in two processes over one database
//! each decides alone about a cinema, by the scope of its writes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod apply;
mod lapse;
mod last_row;
mod one_key;
mod pruning;
mod statements;

use std::sync::Arc;

use cloud_hub::migrations::POSTGRES_MIGRATIONS;
use database::{Database, Error, Options};
use postgres_server::Server;
use tests::one_counter::{How, OneCounter};
use tests::world::PROGRAMME;

/// A cinema that is sold by two counters.
struct TwoCounters {
    counters: [OneCounter; 2],
    database: Database,
    _server: Arc<Server>,
}

impl TwoCounters {
    /// With the programme of the stories.
    async fn open(how: How) -> Self {
        Self::with(how, PROGRAMME).await
    }

    async fn with(how: How, programme: &str) -> Self {
        let server = Server::shared();
        let url = server.database();
        let first = OneCounter::start(&url, how);
        first.import(programme).await;
        // A counter reads the catalogue when it opens.
        let second = OneCounter::start(&url, how);
        Self {
            counters: [first, second],
            database: Database::connect(&url, POSTGRES_MIGRATIONS, Options::default()).unwrap(),
            _server: server,
        }
    }
}

/// What must never be in a counter's database, each with the rows that show it.
const WRONG: [(&str, &str); 5] = [
    (
        "a seat is held by no hold that is under way",
        "SELECT COUNT(*) FROM seat WHERE state = 'held' AND NOT EXISTS \
         (SELECT 1 FROM hold WHERE hold.id = seat.holder AND hold.state IN ('open', 'paying', 'releasing'))",
    ),
    (
        "a sold seat has no ticket",
        "SELECT COUNT(*) FROM seat WHERE state = 'sold' AND NOT EXISTS \
         (SELECT 1 FROM ticket WHERE ticket.id = seat.holder AND ticket.live = 1 AND ticket.seat = seat.seat)",
    ),
    (
        "a ticket has no seat",
        "SELECT COUNT(*) FROM ticket WHERE live = 1 AND NOT EXISTS (SELECT 1 FROM seat WHERE seat.holder = ticket.id)",
    ),
    (
        "a settled hold has no sale",
        "SELECT COUNT(*) FROM hold WHERE state = 'settled' AND NOT EXISTS (SELECT 1 FROM sale WHERE sale.hold = hold.id)",
    ),
    (
        "a hold ended beside money that was taken and is not to be given back",
        "SELECT COUNT(*) FROM hold JOIN payment ON payment.hold = hold.id WHERE hold.state = 'ended' AND payment.state = 'captured'",
    ),
];

/// What is wrong with a counter's database.
async fn wrong(database: &Database) -> Vec<&'static str> {
    let read = database.read(|snapshot| {
        let mut found = Vec::new();
        for (words, sql) in WRONG {
            let rows = snapshot.first(sql, &[], |row| row.get::<i64>(0))?;
            if rows != Some(0) {
                found.push(words);
            }
        }
        Ok::<_, Error>(found)
    });
    read.await.unwrap()
}

/// A number from the database.
async fn number(database: &Database, sql: &'static str) -> i64 {
    let read = database.read(move |snapshot| snapshot.first(sql, &[], |row| row.get::<i64>(0)));
    let read: Result<_, Error> = read.await;
    read.unwrap().unwrap_or(0)
}
