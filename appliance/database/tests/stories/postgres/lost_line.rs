//! The line to the server is cut at every word that matters: what can be known is made good, and what cannot is said to be unknown.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use database::{Database, Error, Options, Scope};

use crate::line::{Cut, Line};
use crate::{POSTGRES_MIGRATIONS, World, add, titles};

/// The whole message, since other statements have the word in them.
const COMMIT: &str = "COMMIT\0";

struct Cable {
    world: World,
    line: Line,
    /// The database at the end of the line.
    database: Database,
}

impl Cable {
    fn new() -> Self {
        Self::of(Options::default())
    }

    fn of(options: Options) -> Self {
        let world = World::on_postgres();
        let (server, url) = world.server();
        let line = Line::to(server);
        let database = Database::connect(&line.address(url), POSTGRES_MIGRATIONS, options);
        Self {
            database: database.unwrap(),
            world,
            line,
        }
    }

    /// Writes a film by the line: the answer, and how often the closure ran.
    async fn add(&self, title: &'static str) -> (Result<(), Error>, u32) {
        let runs = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&runs);
        let answer = self.database.write(Scope::of("films", "all"), move |tx| {
            counter.fetch_add(1, SeqCst);
            add(tx, title)
        });
        (answer.await, runs.load(SeqCst))
    }
}

#[tokio::test]
async fn a_line_that_is_cut_before_the_commit_is_made_good() {
    for cut in [
        Cut::Before("BEGIN"),
        Cut::After("pg_advisory_xact_lock"),
        Cut::Before("INSERT INTO film"),
        Cut::After("INSERT INTO film"),
    ] {
        let cable = Cable::new();
        cable.line.cut(cut, 2);
        let (answer, runs) = cable.add("Ran").await;
        assert_eq!(answer, Ok(()), "{cut:?}");
        assert!(cable.line.is_whole(), "{cut:?} never happened");
        assert!(runs == 1 || runs == 3, "{cut:?}: {runs}");
        assert_eq!(cable.world.titles().await, ["Ran"]);
    }
}

#[tokio::test]
async fn a_line_that_is_cut_during_the_commit_leaves_the_outcome_unknown() {
    for (cut, stored) in [
        (Cut::Before(COMMIT), &[][..]),
        (Cut::After(COMMIT), &["Ran"][..]),
    ] {
        let cable = Cable::new();
        cable.line.cut(cut, 1);
        let (answer, runs) = cable.add("Ran").await;
        assert_eq!((answer, runs), (Err(Error::OutcomeUnknown), 1), "{cut:?}");
        assert_eq!(cable.world.titles().await, stored, "{cut:?}");
        assert_eq!(
            cable.add("Ikiru").await,
            (Ok(()), 1),
            "the next is not harmed"
        );
        assert_eq!(cable.database.statistics().connections_lost, 1);
    }
}

#[tokio::test]
async fn whoever_leads_ends_after_a_commit_of_unknown_outcome_to_take_up_what_follows_it() {
    let cable = Cable::of(Options {
        leads_as: Some("the hub".to_owned()),
        ..Options::default()
    });
    let failed = cable.database.failed();
    cable.line.cut(Cut::After(COMMIT), 1);
    let (answer, runs) = cable.add("Ran").await;
    assert_eq!((answer, runs), (Err(Error::OutcomeUnknown), 1));
    assert!(failed.await.to_string().contains("unknown"));
    assert_eq!(cable.add("Ikiru").await, (Err(Error::Closed), 0));
    assert_eq!(cable.world.titles().await, ["Ran"]);
}

#[tokio::test]
async fn whoever_leads_goes_on_once_its_server_is_found_to_be_the_same() {
    let cable = Cable::of(Options {
        leads_as: Some("the hub".to_owned()),
        ..Options::default()
    });
    cable.line.cut(Cut::Before("INSERT INTO film"), 1);
    // It waits until the server was looked at, and on a busy machine says that it does.
    let answer = loop {
        match cable.add("Ran").await.0 {
            Err(Error::Busy) => {}
            answer => break answer,
        }
    };
    assert_eq!(answer, Ok(()));
    assert_eq!(cable.world.titles().await, ["Ran"]);
    assert_eq!(cable.add("Ikiru").await, (Ok(()), 1));
}

#[tokio::test]
async fn an_idle_line_that_was_cut_is_noticed_by_nobody() {
    let cable = Cable::new();
    assert_eq!(cable.add("Ran").await, (Ok(()), 1));
    assert_eq!(cable.database.read(titles).await.unwrap(), ["Ran"]);
    cable.line.cut_all();
    assert_eq!(cable.add("Ikiru").await, (Ok(()), 1));
    for _ in 0..8 {
        assert_eq!(cable.database.read(titles).await.unwrap(), ["Ikiru", "Ran"]);
    }
}

#[tokio::test]
async fn a_line_that_stays_cut_is_busy_and_nothing_is_over() {
    let cable = Cable::new();
    cable.line.cut(Cut::Before("INSERT INTO film"), u32::MAX);
    assert_eq!(cable.add("Ran").await, (Err(Error::Busy), 7));
    cable.line.cut(Cut::Before("never said"), 1);
    assert_eq!(cable.add("Ran").await, (Ok(()), 1));
    cable.database.check().await.unwrap();
    assert!(cable.database.has_room());
}

#[tokio::test]
async fn a_read_whose_line_is_cut_is_told_to_come_again() {
    let cable = Cable::new();
    cable.line.cut(Cut::Before("SELECT title"), 1);
    assert_eq!(cable.database.read(titles).await, Err(Error::Busy));
    for _ in 0..4 {
        assert_eq!(cable.database.read(titles).await, Ok(Vec::new()));
    }
}
