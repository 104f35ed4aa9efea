//! The migration is killed at each of its statements. The next start finds the old tables whole and makes of them what an undisturbed one
//! makes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use appliance::migrations::MIGRATIONS;
use database::{Database, Options, Synchronous};
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch, Connection};
use tempfile::TempDir;

use crate::old_box::{counter, file, left_behind, version};
use crate::stored::{Dump, dump};

/// The files that a process leaves behind that dies with the database open.
const FILES: [&str; 3] = ["appliance.db", "appliance.db-wal", "appliance.db-shm"];

/// So little memory that what is not committed goes to the write-ahead log at once, where the next start must leave it out.
const PAGES: i64 = 1;

/// The folder as it lies on the disk at this moment.
fn copy(folder: &Path) -> TempDir {
    let image = tempfile::tempdir().unwrap();
    for name in FILES {
        if folder.join(name).exists() {
            std::fs::copy(folder.join(name), image.path().join(name)).unwrap();
        }
    }
    image
}

/// What a box has that starts on this folder.
async fn started(folder: &Path) -> Dump {
    let options = Options {
        synchronous: Synchronous::Off,
        ..Options::default()
    };
    let database = Database::open(&file(folder), MIGRATIONS, options).unwrap();
    database.close().await;
    dump(&file(folder))
}

fn begin(folder: &Path) -> Connection {
    let database = Connection::open(file(folder)).unwrap();
    database.pragma_update(None, "foreign_keys", true).unwrap();
    database.pragma_update(None, "cache_size", PAGES).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    database
}

/// How many statements the migration has: each ends a line.
fn all_statements() -> usize {
    counter()
        .sql
        .lines()
        .filter(|line| line.ends_with(';'))
        .count()
}

/// Asserts that `found` is `wanted`, and names the table that is not.
fn check(found: &Dump, wanted: &Dump, killed: &str) {
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        wanted.keys().collect::<Vec<_>>(),
        "killed {killed}"
    );
    for (table, rows) in wanted {
        assert_eq!(found.get(table), Some(rows), "{table}, killed {killed}");
    }
}

#[tokio::test]
async fn killed_after_any_statement_the_next_start_does_it_as_if_nothing_had_been() {
    let old = left_behind().await;
    let wanted = started(copy(old.path()).path()).await;
    let database = begin(old.path());
    let mut batch = Batch::new(&database, counter().sql);
    let (mut statements, mut largest_log) = (0, 0);
    while let Some(mut statement) = batch.next().unwrap() {
        statement.execute([]).unwrap();
        statements += 1;
        let log = old.path().join("appliance.db-wal");
        largest_log = largest_log.max(std::fs::metadata(log).map_or(0, |log| log.len()));
        let image = copy(old.path());
        check(
            &started(image.path()).await,
            &wanted,
            &format!("after {statements}"),
        );
    }
    assert_eq!(statements, all_statements(), "it was not taken apart");
    assert!(
        largest_log > 100_000,
        "{largest_log}: nothing of it was on the disk"
    );
    database
        .pragma_update(None, "user_version", i64::try_from(version()).unwrap())
        .unwrap();
    check(
        &started(copy(old.path()).path()).await,
        &wanted,
        "before the commit",
    );
    database.execute_batch("COMMIT").unwrap();
    check(
        &started(copy(old.path()).path()).await,
        &wanted,
        "after the commit",
    );
}

/// Where the process that is to be killed finds the file, and how many statements it does.
const CHILD: [&str; 2] = ["FOYER_UPGRADE_FOLDER", "FOYER_UPGRADE_STATEMENTS"];

const REACHED: &str = "so many statements are done";

#[tokio::test]
async fn a_process_that_is_killed_leaves_the_same() {
    let old = left_behind().await;
    let wanted = started(copy(old.path()).path()).await;
    let all = all_statements();
    for statements in [1, all / 3, all * 2 / 3, all] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "killed::the_process_that_is_killed",
                "--nocapture",
            ])
            .envs(
                CHILD
                    .into_iter()
                    .zip([old.path().to_str().unwrap(), &statements.to_string()]),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(
            lines.any(|line| line.unwrap().contains(REACHED)),
            "it came to {statements}"
        );
        child.kill().unwrap();
        child.wait().unwrap();
        let log = std::fs::metadata(old.path().join("appliance.db-wal")).unwrap();
        assert!(
            log.len() > 0 || statements == 1,
            "nothing was written at {statements}"
        );
        check(
            &started(copy(old.path()).path()).await,
            &wanted,
            &format!("at {statements}"),
        );
    }
}

/// Does what it is told by its surroundings, then waits to be killed: the test above starts it. By itself it has nothing to do.
#[test]
fn the_process_that_is_killed() {
    let [Ok(folder), Ok(statements)] = CHILD.map(std::env::var) else {
        return;
    };
    let database = begin(Path::new(&folder));
    let mut batch = Batch::new(&database, counter().sql);
    for _ in 0..statements.parse().unwrap() {
        batch.next().unwrap().unwrap().execute([]).unwrap();
    }
    writeln!(std::io::stdout(), "{REACHED}").unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
