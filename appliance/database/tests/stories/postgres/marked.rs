//! Whoever leads a database on a server knows when it was put back.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use database::{
    Database, Doubt, Error, Mark, Migration, OpenError, Options, POSTGRES_MARK_MIGRATION, Scope,
    params,
};
use postgres_server::{SOCKET, Server, address, programs};
use tokio::time::timeout;

use crate::POSTGRES_MIGRATIONS;

const MARKED: &[Migration] = &[POSTGRES_MIGRATIONS[0], POSTGRES_MARK_MIGRATION];

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Puts what is marked back.
const A_SECOND_EARLIER: &str =
    "UPDATE answered SET last = last - 1 WHERE last = (SELECT MAX(last) FROM answered)";

static RUNS: AtomicU8 = AtomicU8::new(1);

/// A process that leads the database, whose mark lies in `folder`.
fn lead(url: &str, folder: &Path) -> Database {
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let options = Options {
        leads_as: Some("the hub".to_owned()),
        mark: Some(Mark {
            file: folder.join("test.mark"),
            was: None,
            born: [run; 16],
            run: [run; 16],
        }),
        ..Options::default()
    };
    loop {
        match Database::connect(url, MARKED, options.clone()) {
            // The lead ends a moment after its process has closed the database.
            Err(OpenError::InUse(_)) => std::thread::sleep(Duration::from_millis(50)),
            opened => return opened.unwrap(),
        }
    }
}

/// Sells something, and waits until that is marked.
async fn sell(database: &Database, folder: &Path, title: &'static str) {
    let mark = || std::fs::read(folder.join("test.mark")).unwrap();
    let said = mark();
    let scope = Scope::of("films", "all");
    let selling = database.write(scope, move |tx| crate::add(tx, title));
    selling.await.unwrap();
    let marked = async {
        while mark() == said {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, marked).await.unwrap();
}

/// Does something to the database while nobody leads it.
async fn meanwhile(url: &str, sql: &'static str) {
    let database = Database::connect(url, MARKED, Options::default()).unwrap();
    let done = database.write(Scope::Nothing, move |tx| {
        tx.execute(sql, params![]).map(drop)
    });
    done.await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn a_database_that_was_put_back_is_in_doubt_until_somebody_takes_it() {
    let (server, folder) = (Server::shared(), tempfile::tempdir().unwrap());
    let url = server.database();
    let first = lead(&url, folder.path());
    assert_eq!(first.doubt(), None);
    sell(&first, folder.path(), "Ran").await;
    first.close().await;
    let second = lead(&url, folder.path());
    assert_eq!(second.doubt(), None, "nothing was put back");
    sell(&second, folder.path(), "Tampopo").await;
    second.close().await;

    meanwhile(&url, A_SECOND_EARLIER).await;
    for _ in 0..2 {
        let behind = lead(&url, folder.path());
        assert_eq!(behind.doubt(), Some(Doubt::Behind { commits: 1 }));
        behind.close().await;
    }
    let taken = lead(&url, folder.path());
    assert_eq!(taken.accept().await, Ok(None));
    assert_eq!(taken.doubt(), None);
    sell(&taken, folder.path(), "Ikiru").await;
    taken.close().await;

    // As it was a start earlier.
    let back = "DELETE FROM answered WHERE last = (SELECT MAX(last) FROM answered)";
    meanwhile(&url, back).await;
    let other = lead(&url, folder.path());
    assert_eq!(other.doubt(), Some(Doubt::OtherRun));
    other.close().await;
}

#[tokio::test]
async fn a_server_that_is_put_back_while_it_is_used_is_written_no_more() {
    let (server, folder) = (Server::shared(), tempfile::tempdir().unwrap());
    let url = server.database();
    let leading = lead(&url, folder.path());
    sell(&leading, folder.path(), "Ran").await;
    // The same server comes back after a moment, and has all of it.
    cut_off(&url, "SELECT 1").await;
    sell(&leading, folder.path(), "Tampopo").await;
    assert_eq!(leading.doubt(), None);

    let failed = leading.failed();
    cut_off(&url, A_SECOND_EARLIER).await;
    let failed = timeout(PATIENCE, failed).await.unwrap();
    assert!(failed.to_string().contains("has forgotten"), "{failed}");
    let scope = Scope::of("films", "all");
    let selling = leading.write(scope, move |tx| crate::add(tx, "Ikiru"));
    assert!(selling.await.is_err());
    leading.close().await;
    let next = lead(&url, folder.path());
    assert_eq!(next.doubt(), Some(Doubt::Behind { commits: 1 }));
    // And once more, while it is in doubt: with what it commits next that is noticed too.
    let failed = next.failed();
    cut_off(&url, A_SECOND_EARLIER).await;
    let selling = async {
        loop {
            let scope = Scope::of("films", "all");
            let selling = next.write(scope, move |tx| crate::add(tx, "Dodeskaden"));
            // It waits until it has the lead again.
            if selling.await != Err(Error::Busy) {
                break;
            }
        }
    };
    timeout(PATIENCE, async { tokio::join!(selling, failed) })
        .await
        .unwrap();
    next.close().await;
}

/// Ends every connection of whoever leads the database, once this is done to it.
async fn cut_off(url: &str, sql: &'static str) {
    let database = Database::connect(url, MARKED, Options::default()).unwrap();
    let ended = database.write(Scope::Nothing, move |tx| {
        tx.query(sql, &[], |_| Ok(()))?;
        let others = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
            WHERE datname = current_database() AND application_name = 'the hub'";
        tx.number(others, &[])
    });
    let ended: Result<i64, Error> = ended.await;
    assert_eq!(ended, Ok(1));
    database.close().await;
}

#[tokio::test]
async fn a_machine_on_which_nobody_led_takes_the_server_that_was_led_last_and_no_other() {
    let (server, folders) = (
        Server::shared(),
        [(); 3].map(|()| tempfile::tempdir().unwrap()),
    );
    let url = server.database();
    let first = lead(&url, folders[0].path());
    sell(&first, folders[0].path(), "Ran").await;
    first.close().await;
    let second = lead(&url, folders[1].path());
    assert_eq!(second.doubt(), None);
    sell(&second, folders[1].path(), "Tampopo").await;
    second.close().await;
    // Whoever led before has missed nothing.
    let first = lead(&url, folders[0].path());
    assert_eq!(first.doubt(), None);
    first.close().await;
    // The history of another server ends in these.
    meanwhile(&url, "UPDATE answered SET run = decode(md5(run), 'hex')").await;
    let promoted = lead(&url, folders[2].path());
    assert_eq!(promoted.doubt(), Some(Doubt::NoMark));
    promoted.close().await;
}

#[tokio::test]
async fn a_mark_that_is_taken_away_is_missed() {
    let (server, folder) = (Server::shared(), tempfile::tempdir().unwrap());
    let url = server.database();
    let leading = lead(&url, folder.path());
    sell(&leading, folder.path(), "Ran").await;
    let mark = folder.path().join("test.mark");
    std::fs::remove_file(&mark).unwrap();
    let scope = Scope::of("films", "all");
    let selling = leading.write(scope, move |tx| crate::add(tx, "Tampopo"));
    selling.await.unwrap();
    let missed = async {
        while leading.doubt().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, missed).await.unwrap();
    assert_eq!(leading.doubt(), Some(Doubt::Gone(mark)));
    leading.close().await;
}

/// Runs a program of the server's with the address of a database.
fn run(program: &str, url: &str, arguments: &[&str]) {
    let ran = Command::new(programs().join(program))
        .args(arguments)
        .arg(url)
        .stdout(Stdio::null())
        .status();
    assert!(ran.unwrap().success(), "{program}");
}

#[tokio::test]
async fn a_dump_that_is_put_back_on_the_same_server_is_found_on_any_machine() {
    let (server, folders) = (
        Server::shared(),
        [(); 2].map(|()| tempfile::tempdir().unwrap()),
    );
    let url = server.database();
    let first = lead(&url, folders[0].path());
    sell(&first, folders[0].path(), "Ran").await;
    first.close().await;
    let dump = folders[0].path().join("friday.dump");
    let dump = dump.to_str().unwrap();
    run("pg_dump", &url, &["--clean", "--file", dump, "--dbname"]);
    run("psql", &url, &["--quiet", "--file", dump, "--dbname"]);
    // That nothing was committed since neither the machine that led can know nor another.
    for (folder, doubt) in [(1, Doubt::NoMark), (0, Doubt::Copied)] {
        let put_back = lead(&url, folders[folder].path());
        assert_eq!(put_back.doubt(), Some(doubt));
        put_back.close().await;
    }
}

#[tokio::test]
async fn an_address_that_leads_to_another_server_too_is_written_no_more() {
    let (server, other) = (Server::durable(), Server::durable());
    let (url, twin) = (server.database(), other.database());
    let (folder, sockets) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let name = url.rsplit('/').next().unwrap();
    assert_eq!(twin.rsplit('/').next().unwrap(), name);
    meanwhile(&twin, "SELECT 1 WHERE FALSE").await;
    let socket = sockets.path().join(SOCKET);
    symlink(server.socket(), &socket).unwrap();
    let leading = lead(&address(sockets.path(), name), folder.path());
    sell(&leading, folder.path(), "Ran").await;
    // Whoever connects from here on meets the other; the lead keeps its connection.
    std::fs::remove_file(&socket).unwrap();
    symlink(other.socket(), &socket).unwrap();
    meanwhile(
        &url,
        "DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name = 'foyer' AND pid <> pg_backend_pid(); END $$",
    )
    .await;
    let failed = leading.failed();
    let selling = async {
        loop {
            let scope = Scope::of("films", "all");
            let selling = leading.write(scope, move |tx| crate::add(tx, "Ikiru"));
            match selling.await {
                Ok(()) => panic!("it was sold on another server"),
                Err(Error::Busy) => {}
                Err(_) => break,
            }
        }
    };
    let (failed, ()) = timeout(PATIENCE, async { tokio::join!(failed, selling) })
        .await
        .unwrap();
    assert!(failed.to_string().contains("has forgotten"), "{failed}");
    leading.close().await;
}
