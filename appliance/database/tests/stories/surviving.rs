//! What is answered is there after the process was killed, and the log stays small.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use database::{Error, Options, Scope, params};

use crate::{MIGRATIONS, World, open_when_free};

const PATH: &str = "DATABASE_OF_THE_KILLED";

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let mut answered = 0;
    for kill in 1..=5 {
        answered = answered.max(write_until_killed(&path, answered + 100));
        let database = open_when_free(&path, MIGRATIONS, &Options::default()).unwrap();
        let (stored, sound) = database
            .read(|snapshot| {
                let stored = snapshot.query("SELECT id FROM film ORDER BY id", &[], |row| {
                    row.get::<u64>(0)
                })?;
                let sound =
                    snapshot.first("PRAGMA integrity_check", &[], |row| row.get::<String>(0))?;
                Ok::<_, Error>((stored, sound))
            })
            .await
            .unwrap();
        assert_eq!(sound.as_deref(), Some("ok"));
        let last = stored.len() as u64;
        assert!(
            last >= answered,
            "kill {kill}: {answered} answered, {last} stored"
        );
        assert_eq!(stored, (1..=last).collect::<Vec<_>>());
        database.close().await;
    }
    assert!(answered >= 500);
}

/// Kills the writing child once it has answered `at_least`, and gives the last number that it answered.
fn write_until_killed(path: &Path, at_least: u64) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "surviving::the_child", "--nocapture"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answered = 0;
    let mut last = |lines: &mut dyn Iterator<Item = std::io::Result<String>>, until| {
        for line in lines {
            if let Some(Ok(number)) = line.unwrap().strip_prefix("answered ").map(str::parse) {
                answered = number;
            }
            if answered >= until {
                break;
            }
        }
        answered
    };
    assert!(last(&mut lines, at_least) >= at_least, "the child gave up");
    child.kill().unwrap();
    child.wait().unwrap();
    last(&mut lines, u64::MAX)
}

/// The child of the test above; run on its own it has nothing to do.
#[tokio::test]
async fn the_child() {
    let Ok(path) = std::env::var(PATH) else {
        return;
    };
    let database = open_when_free(Path::new(&path), MIGRATIONS, &Options::default()).unwrap();
    loop {
        let number = database
            .write(Scope::Nothing, |tx| {
                let number = tx.first("SELECT COALESCE(MAX(id), 0) + 1 FROM film", &[], |row| {
                    row.get::<i64>(0)
                })?;
                tx.execute(
                    "INSERT INTO film (id, title) VALUES ($1, $2)",
                    params![number, number.map(|number| number.to_string())],
                )?;
                Ok::<_, Error>(number.unwrap_or(0))
            })
            .await
            .unwrap();
        println!("\nanswered {number}");
    }
}

#[tokio::test]
async fn the_log_is_emptied_into_the_file() {
    let world = World::new();
    let mut largest = 0;
    for _ in 0..24 {
        world
            .database
            .write(Scope::Nothing, |tx| {
                tx.execute("DELETE FROM film", &[])?;
                let poster = vec![1_u8; 4_000_000];
                tx.execute(
                    "INSERT INTO film (title, poster) VALUES ('Ran', $1)",
                    params![poster],
                )
            })
            .await
            .unwrap();
        largest = largest.max(world.database.statistics().wal_bytes);
    }
    let statistics = world.database.statistics();
    assert!(statistics.checkpoints >= 3, "{statistics:?}");
    assert!(
        (8_000_000..30_000_000).contains(&largest),
        "the log held {largest} bytes"
    );
    let log = std::fs::metadata(world.folder().join("test.db-wal")).unwrap();
    assert!(log.len() < 30_000_000);
}
