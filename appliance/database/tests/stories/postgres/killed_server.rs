//! The server is killed in the midst of commits. What a killed process had handed to the system is still written, so this shows what
//! is answered when; that an answer waits for the disk is the server's promise, with its `fsync` on as here.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use database::{Database, Error, Options, Scope, params};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::POSTGRES_MIGRATIONS;
use postgres_server::Server;

/// Writes that wait for their answers at any time.
const CLIENTS: u32 = 24;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_nothing_that_was_answered() {
    let server = Server::durable();
    let url = server.database();
    let processes =
        [(); 2].map(|()| Database::connect(&url, POSTGRES_MIGRATIONS, Options::default()).unwrap());
    let log = Arc::new(Log::default());
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let database = processes[client as usize % 2].clone();
        let log = Arc::clone(&log);
        clients.spawn(async move {
            while !log.is_closed.load(SeqCst) {
                let number = log.next.fetch_add(1, SeqCst);
                let scope = Scope::of("series", (client % 6).to_string());
                let answer = database.write(scope, move |tx| {
                    let row = params![number, number.to_string()].to_vec();
                    tx.execute("INSERT INTO film (id, title) VALUES ($1, $2)", &row)
                });
                log.note(number, answer.await);
            }
        });
    }
    for kill in 1..=3 {
        log.until_stored(200 * kill).await;
        server.kill();
        server.start_again();
    }
    log.until_stored(800).await;
    log.is_closed.store(true, SeqCst);
    clients.join_all().await;

    let stored = processes[0].read(|snapshot| {
        snapshot.query("SELECT id FROM film ORDER BY id", &[], |row| {
            row.get::<i64>(0)
        })
    });
    let stored: Result<_, Error> = stored.await;
    log.compare(&stored.unwrap().into_iter().collect());
    assert!(processes[0].statistics().connections_lost >= 3);
}

/// What was answered.
#[derive(Default)]
struct Log {
    next: AtomicI64,
    stored: watch::Sender<u32>,
    is_closed: AtomicBool,
    answers: Mutex<Vec<(i64, Result<u64, Error>)>>,
}

impl Log {
    fn note(&self, number: i64, answer: Result<u64, Error>) {
        self.stored
            .send_modify(|count| *count += u32::from(answer.is_ok()));
        self.answers.lock().unwrap().push((number, answer));
    }

    async fn until_stored(&self, count: u32) {
        let mut stored = self.stored.subscribe();
        stored.wait_for(|stored| *stored >= count).await.unwrap();
    }

    fn compare(&self, stored: &BTreeSet<i64>) {
        let mut unknown = [0, 0];
        for (number, answer) in &*self.answers.lock().unwrap() {
            let is_stored = stored.contains(number);
            match answer {
                Ok(changed) => assert!(
                    is_stored && *changed == 1,
                    "{number} was answered and is lost"
                ),
                Err(Error::OutcomeUnknown) => unknown[usize::from(is_stored)] += 1,
                Err(error) => assert!(!is_stored, "{number} was refused ({error}) and is there"),
            }
        }
        println!(
            "of unknown outcome: {} not there, {} there",
            unknown[0], unknown[1]
        );
    }
}
