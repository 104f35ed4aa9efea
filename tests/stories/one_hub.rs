//! Two hubs over one PostgreSQL database, each a program with a data folder of its own: one has the database, and the other says so and
//! waits.

use std::future::ready;
use std::path::Path;
use std::sync::mpsc::channel;

use cloud_hub::migrations::POSTGRES_MIGRATIONS;
use database::{Database, Error, Options, Scope};
use postgres_server::Server;
use service::Clock;
use tests::load::appliance_process::{Site, free_address};
use tests::load::connection::Connection;
use tests::tools::program;
use tests::world::until;

fn site(folder: &Path, url: &str) -> Site {
    let broker = free_address();
    let settings = format!("[database]\nurl = \"{url}\"\n[broker]\nlisten = \"{broker}\"\n");
    Site::new(folder, program("cloud-hub"), &settings).unwrap()
}

async fn until_logged(folder: &Path, words: &str) {
    until(words, || async {
        let log = std::fs::read_to_string(folder.join("appliance.log")).unwrap();
        log.contains(words).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_second_hub_says_who_has_the_database_and_waits_for_its_end() {
    let (server, clock) = (Server::shared(), Clock::system());
    let url = server.database();
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [first, second] = [0, 1].map(|which| site(folders[which].path(), &url));
    let running = first.start(&[]).unwrap();
    first.ready(&clock).await.unwrap();

    // Whoever stands by has the keys of the one that it stands by.
    std::fs::create_dir_all(second.data()).unwrap();
    for file in ["frame.key", "ticket.key", "database.name"] {
        std::fs::copy(first.data().join(file), second.data().join(file)).unwrap();
    }
    let mut waiting = second.start(&[]).unwrap();
    let who = format!(" on {} at the server itself since ", first.data().display());
    until_logged(folders[1].path(), &who).await;
    until_logged(folders[1].path(), "another process has the data of the hub").await;
    assert!(waiting.runs());
    assert!(Connection::open(second.address).await.is_err(), "it waits");
    running.stop().unwrap();
    second.ready(&clock).await.unwrap();
    assert!(waiting.runs());
    waiting.stop().unwrap();
}

#[tokio::test]
async fn a_hub_that_finds_another_in_its_place_ends() {
    let (server, folder) = (Server::shared(), tempfile::tempdir().unwrap());
    let url = server.database();
    let hub = site(folder.path(), &url);
    let mut running = hub.start(&[]).unwrap();
    hub.ready(&Clock::system()).await.unwrap();

    let database = Database::connect(&url, POSTGRES_MIGRATIONS, Options::default()).unwrap();
    let (let_go, gate) = channel::<()>();
    let next = database.write(Scope::Nothing, move |tx| {
        let lock = "SELECT CAST(pg_advisory_xact_lock(7079, 1) AS TEXT)";
        tx.query(lock, &[], |_| Ok(()))?;
        // Whoever let go is gone, which is as good.
        let _ = gate.recv();
        Ok::<_, Error>(())
    });
    let ends = async {
        // Once the next one waits, it has the lock before the hub can take it again.
        let cut = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_locks \
            WHERE classid = 7079 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
            AND EXISTS (SELECT 1 FROM pg_locks AS next WHERE next.classid = 7079 AND NOT next.granted \
                AND next.database = pg_locks.database)";
        until("the hub's connection is cut", || async {
            let cut = database.read(|db| db.first(cut, &[], |row| row.get::<i64>(0)));
            let cut: Result<_, Error> = cut.await;
            (cut.unwrap() == Some(1)).then_some(())
        })
        .await;
        until("the hub ends", || ready((!running.runs()).then_some(()))).await;
        drop(let_go);
    };
    let (next, ()) = tokio::join!(next, ends);
    next.unwrap();
    until_logged(folder.path(), "another process has taken the database").await;
}
