//! One process at a time leads a database, by a lock on a connection that is watched.

use std::time::Duration;

use database::{Database, Error, OpenError, Options, Scope};
use tokio::time::timeout;

use crate::line::{Cut, Line};
use crate::{POSTGRES_MIGRATIONS, World};

/// The connections that lead, and those that wait for it.
const LOCKS: &str = "FROM pg_locks WHERE locktype = 'advisory' AND classid = 7079 \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND ";

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn connect(world: &World, name: &str) -> Result<Database, OpenError> {
    connect_to(world.server().1, name)
}

fn connect_to(url: &str, name: &str) -> Result<Database, OpenError> {
    let options = Options {
        leads_as: Some(name.to_owned()),
        ..Options::default()
    };
    Database::connect(url, POSTGRES_MIGRATIONS, options)
}

/// Has the server do something, by a connection of nobody's, and gives the first number of the answer.
async fn tell(by: &Database, sql: String) -> Option<i64> {
    let told = by.write(Scope::Nothing, move |tx| {
        tx.first(&sql, &[], |row| row.get(0))
    });
    told.await.unwrap()
}

/// Waits until the server answers so.
async fn until(by: &Database, sql: &str, wanted: i64) {
    let answers = async { while tell(by, sql.to_owned()).await != Some(wanted) {} };
    timeout(PATIENCE, answers).await.expect(sql);
}

async fn end_the_leading_connection(world: &World) {
    let end = format!("SELECT COUNT(pg_terminate_backend(pid)) {LOCKS} granted");
    assert_eq!(tell(&world.database, end).await, Some(1));
}

async fn add(database: &Database, title: &'static str) -> Result<(), Error> {
    let scope = Scope::of("films", "all");
    database.write(scope, move |tx| crate::add(tx, title)).await
}

#[tokio::test]
async fn a_second_process_that_would_lead_is_told_who_does() {
    // Which shares the database, and so did not ask.
    let world = World::on_postgres();
    let first = connect(&world, "the hub of o'hara").unwrap();
    let second = connect(&world, "another").unwrap_err();
    let OpenError::InUse(who) = &second else {
        panic!("{second}");
    };
    assert!(
        who.starts_with("the hub of o'hara at the server itself since 2"),
        "{who}"
    );
    add(&first, "Ran").await.unwrap();
    first.close().await;
    let free = async {
        loop {
            match connect(&world, "another") {
                Err(OpenError::InUse(_)) => tokio::task::yield_now().await,
                opened => return opened.unwrap(),
            }
        }
    };
    let second = timeout(PATIENCE, free).await.unwrap();
    add(&second, "Ikiru").await.unwrap();
    assert_eq!(world.titles().await, ["Ikiru", "Ran"]);
}

#[tokio::test]
async fn who_loses_the_leading_connection_takes_it_again() {
    let world = World::on_postgres();
    let leader = connect(&world, "leader").unwrap();
    for title in ["Ran", "Ikiru", "Dodeskaden"] {
        end_the_leading_connection(&world).await;
        add(&leader, title).await.unwrap();
        let leading = format!("SELECT COUNT(*) {LOCKS} granted");
        until(&world.database, &leading, 1).await;
    }
    assert_eq!(world.titles().await.len(), 3);
}

#[tokio::test]
async fn a_leading_connection_that_the_server_has_not_missed_is_no_other_process() {
    let world = World::on_postgres();
    let (server, url) = world.server();
    let line = Line::to(server);
    let leader = connect_to(&line.address(url), "leader").unwrap();
    line.tear_all();
    let written = async { while add(&leader, "Ran").await.is_err() {} };
    timeout(PATIENCE, written).await.expect("it leads again");
    // The first may be written before the loss is noticed.
    let leading = format!("SELECT COUNT(*) {LOCKS} granted");
    until(&world.database, &leading, 1).await;
    let written = async { while add(&leader, "Ikiru").await.is_err() {} };
    timeout(PATIENCE, written).await.expect("it leads still");
}

#[tokio::test]
async fn nothing_is_written_before_the_lead_is_taken_again() {
    let world = World::on_postgres();
    let (server, url) = world.server();
    let line = Line::to(server);
    let leader = connect_to(&line.address(url), "leader").unwrap();
    add(&leader, "Ran").await.unwrap();
    line.cut(Cut::Before("pg_try_advisory_lock"), u32::MAX);
    end_the_leading_connection(&world).await;
    // One may be under way before the loss is noticed.
    let refused = async { while add(&leader, "Ikiru").await != Err(Error::Busy) {} };
    timeout(PATIENCE, refused).await.expect("it must wait");
    let before = world.titles().await;
    assert_eq!(add(&leader, "Dodeskaden").await, Err(Error::Busy));
    assert_eq!(world.titles().await, before);
    line.cut(Cut::Before("nothing of the kind"), 1);
    let written = async { while add(&leader, "Dodeskaden").await.is_err() {} };
    timeout(PATIENCE, written).await.expect("it leads again");
}

#[tokio::test]
async fn who_finds_another_in_its_place_fails() {
    let world = World::on_postgres();
    let leader = connect(&world, "leader").unwrap();
    let next = world.other_process(Options::default());
    let failed = leader.failed();
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let waits = next.write(Scope::Nothing, move |tx| {
        // For this transaction, which is as good for a test.
        let lock = "SELECT CAST(pg_advisory_xact_lock(7079, 1) AS TEXT)";
        tx.query(lock, &[], |_| Ok(()))?;
        let _ = gate.recv();
        Ok::<_, Error>(())
    });
    let ends = async {
        let waiting = format!("SELECT COUNT(*) {LOCKS} NOT granted");
        until(&world.database, &waiting, 1).await;
        end_the_leading_connection(&world).await;
        let why = timeout(PATIENCE, failed).await.unwrap().to_string();
        drop(release);
        why
    };
    let (waited, why) = tokio::join!(waits, ends);
    waited.unwrap();
    assert!(
        why.contains("another process has taken the database: foyer at"),
        "{why}"
    );
    assert_eq!(add(&leader, "Ran").await, Err(Error::Closed));
}
