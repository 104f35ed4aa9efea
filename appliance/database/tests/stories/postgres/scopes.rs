//! A scope is had by one process at a time; two handles on one database are two processes.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use database::{Database, Error, Migration, Options, Scope, ScopeLock, Tx, params};
use tokio::task::JoinSet;

use crate::World;
use postgres_server::Server;

const SEATS: &[Migration] = &[Migration {
    name: "seats",
    sql: "CREATE TABLE seat (id BIGINT PRIMARY KEY, sold BIGINT NOT NULL DEFAULT 0);
          INSERT INTO seat (id) SELECT generate_series(1, 200);
          CREATE FUNCTION collide() RETURNS BIGINT LANGUAGE plpgsql AS
              'BEGIN RAISE EXCEPTION USING ERRCODE = ''40001''; END';",
}];

/// Long enough for any machine; a story that waits so long has failed.
const TOO_LONG: Duration = Duration::from_secs(60);

/// Two processes with one database of 200 seats.
struct Cinemas {
    processes: [Database; 2],
    _server: Arc<Server>,
}

impl Cinemas {
    fn with(scope_lock: ScopeLock) -> Self {
        let server = Server::shared();
        let url = server.database();
        let options = Options {
            scope_lock,
            ..Options::default()
        };
        let processes = [(); 2].map(|()| Database::connect(&url, SEATS, options.clone()).unwrap());
        Self {
            processes,
            _server: server,
        }
    }

    async fn sold(&self) -> Vec<i64> {
        let sold = self.processes[0].read(|snapshot| {
            snapshot.query("SELECT sold FROM seat ORDER BY id", &[], |row| {
                row.get::<i64>(0)
            })
        });
        let sold: Result<_, Error> = sold.await;
        sold.unwrap()
    }
}

fn the_cinema() -> Scope {
    Scope::of("cinema", "odeon")
}

fn first_free(tx: &mut Tx<'_>) -> Result<Option<i64>, Error> {
    tx.first(
        "SELECT id FROM seat WHERE sold = 0 ORDER BY id",
        &[],
        |row| row.get(0),
    )
}

fn sell(tx: &mut Tx<'_>, seat: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE seat SET sold = sold + 1 WHERE id = $1",
        params![seat],
    )?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_guests_fight_for_two_hundred_seats_and_each_is_sold_once() {
    let cinemas = Cinemas::with(ScopeLock::Taken);
    let mut guests = JoinSet::new();
    for guest in 0..64 {
        let database = cinemas.processes[guest % 2].clone();
        guests.spawn(async move {
            let mut bought = 0;
            loop {
                let sale = database.write(the_cinema(), |tx| {
                    let seat = first_free(tx)?;
                    seat.map(|seat| sell(tx, seat)).transpose()
                });
                let sale: Result<_, Error> = sale.await;
                match sale.unwrap() {
                    Some(()) => bought += 1,
                    None => return bought,
                }
            }
        });
    }
    let bought: i64 = guests.join_all().await.into_iter().sum();
    assert_eq!(bought, 200);
    assert_eq!(cinemas.sold().await, [1; 200]);
    for process in &cinemas.processes {
        let statistics = process.statistics();
        assert!(statistics.committed > 0, "both sold: {statistics:?}");
    }
}

/// One process has looked for a free seat and not sold it yet when the other comes; how often the seat is sold.
async fn sold_while_another_looks(lock: ScopeLock) -> i64 {
    let cinemas = Cinemas::with(lock);
    let [one, other] = cinemas.processes.clone();
    let (has_looked, mut looked) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, gate) = channel::<()>();
    let mut sales = JoinSet::new();
    sales.spawn(async move {
        one.write(the_cinema(), move |tx| {
            let seat = tx.first("SELECT sold FROM seat WHERE id = 7", &[], |row| {
                row.get::<i64>(0)
            })?;
            let _ = has_looked.send(());
            let _ = gate.recv_timeout(TOO_LONG);
            if seat == Some(0) {
                sell(tx, 7)
            } else {
                Err(Error::Conflict)
            }
        })
        .await
    });
    looked.recv().await.unwrap();
    let mut others = JoinSet::new();
    let second = others.spawn(async move {
        other
            .write(the_cinema(), move |tx| {
                let seat = tx.first("SELECT sold FROM seat WHERE id = 7", &[], |row| {
                    row.get::<i64>(0)
                })?;
                if seat == Some(0) {
                    sell(tx, 7)
                } else {
                    Err(Error::Conflict)
                }
            })
            .await
    });
    while !second.is_finished() && !somebody_waits(&cinemas.processes[0]).await {}
    drop(go_on);
    assert_eq!(sales.join_all().await, [Ok(())]);
    let second = others.join_all().await;
    let sold = cinemas.sold().await[6];
    assert_eq!(second == [Ok(())], sold == 2, "{second:?}");
    sold
}

async fn somebody_waits(database: &Database) -> bool {
    let waits = database.read(|snapshot| {
        snapshot.first(
            "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database \
             WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()",
            &[],
            |row| row.get::<i64>(0),
        )
    });
    let waits: Result<_, Error> = waits.await;
    waits.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_is_sold_twice_only_where_the_lock_is_left_out() {
    assert_eq!(sold_while_another_looks(ScopeLock::Taken).await, 1);
    assert_eq!(sold_while_another_looks(ScopeLock::LeftOut).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn different_scopes_are_written_at_the_same_time() {
    let cinemas = Cinemas::with(ScopeLock::Taken);
    let database = &cinemas.processes[0];
    for others in [Scope::of("cinema", "rex"), Scope::Nothing] {
        let (answered, is_answered) = channel::<()>();
        let (started, mut has_started) = tokio::sync::mpsc::unbounded_channel();
        let mut waiting = JoinSet::new();
        waiting.spawn({
            let database = database.clone();
            async move {
                database
                    .write(the_cinema(), move |_| {
                        let _ = started.send(());
                        match is_answered.recv_timeout(TOO_LONG) {
                            Ok(()) => Ok(()),
                            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                                Err(Error::Busy)
                            }
                        }
                    })
                    .await
            }
        });
        has_started.recv().await.unwrap();
        database.write(others, |tx| sell(tx, 1)).await.unwrap();
        answered.send(()).unwrap();
        assert_eq!(waiting.join_all().await, [Ok(())]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_settled_by_running_again() {
    let cinemas = Cinemas::with(ScopeLock::Taken);
    let both_have_one = Arc::new(Barrier::new(2));
    let runs = Arc::new(AtomicU32::new(0));
    let mut sales = JoinSet::new();
    for (database, seats) in cinemas.processes.clone().into_iter().zip([[1, 2], [2, 1]]) {
        let (both_have_one, runs) = (Arc::clone(&both_have_one), Arc::clone(&runs));
        sales.spawn(async move {
            let mut is_first = true;
            database
                .write(Scope::Nothing, move |tx| {
                    runs.fetch_add(1, SeqCst);
                    sell(tx, seats[0])?;
                    if std::mem::take(&mut is_first) {
                        both_have_one.wait();
                    }
                    sell(tx, seats[1])
                })
                .await
        });
    }
    assert_eq!(sales.join_all().await, [Ok(()), Ok(())]);
    assert_eq!(cinemas.sold().await[..3], [2, 2, 0]);
    assert!(runs.load(SeqCst) >= 3, "one of them had to give way");
}

#[tokio::test]
async fn who_always_collides_is_told_so_in_the_end() {
    let cinemas = Cinemas::with(ScopeLock::Taken);
    let database = &cinemas.processes[0];
    let runs = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&runs);
    let refused = database.write(the_cinema(), move |tx| {
        counter.fetch_add(1, SeqCst);
        sell(tx, 1)?;
        tx.first("SELECT collide()", &[], |row| row.get::<i64>(0))
    });
    assert_eq!(refused.await, Err(Error::Busy));
    assert_eq!(runs.load(SeqCst), 7);
    assert_eq!(cinemas.sold().await[0], 0);
    database.check().await.unwrap();
}

#[tokio::test]
async fn any_text_names_a_scope() {
    let world = World::on_postgres();
    for id in [
        "",
        "o'clock",
        "'; DROP TABLE film; --",
        "zero\0byte",
        "\\",
        "Ä",
    ] {
        let written = world
            .database
            .write(Scope::of("cinema", id), |_| Ok::<_, Error>(()));
        written.await.unwrap();
    }
    world.add("Ran").await.unwrap();
}
