//! What a caller of the database may rely on, told through its public interface alone.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod failing;
mod grouping;
mod opening;
mod reading;
mod surviving;

use std::sync::mpsc::{Sender, channel};

use database::{Database, Error, Migration, Options, Scope, Snapshot, Tx, params};
use tempfile::TempDir;
use tokio::task::JoinSet;

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "films",
    sql:
        "CREATE TABLE film (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, poster BLOB) STRICT;
          CREATE TABLE review (id INTEGER PRIMARY KEY, film INTEGER NOT NULL
              REFERENCES film(id) DEFERRABLE INITIALLY DEFERRED) STRICT;",
}];

/// A database in a folder that goes away with it.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) database: Database,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("test.db"), MIGRATIONS, options).unwrap();
        Self { folder, database }
    }

    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("test.db")
    }

    pub(crate) async fn add(&self, title: &str) -> Result<(), Error> {
        let title = title.to_owned();
        self.database
            .write(Scope::Nothing, move |tx| add(tx, &title))
            .await
    }

    pub(crate) async fn titles(&self) -> Vec<String> {
        self.database.read(titles).await.unwrap()
    }

    /// Keeps the writer busy until the sender is used or dropped.
    pub(crate) async fn hold_the_writer(
        &self,
        tasks: &mut JoinSet<Result<(), Error>>,
    ) -> Sender<()> {
        let (release, gate) = channel::<()>();
        let (started, mut has_started) = tokio::sync::mpsc::unbounded_channel();
        let database = self.database.clone();
        tasks.spawn(async move {
            database
                .write(Scope::Nothing, move |_| {
                    let _ = started.send(());
                    let _ = gate.recv();
                    Ok(())
                })
                .await
        });
        has_started.recv().await.unwrap();
        release
    }

    /// Waits until this many writes wait.
    pub(crate) async fn until_waiting(&self, count: u64) {
        while self.database.statistics().queue_length < count {
            tokio::task::yield_now().await;
        }
    }
}

pub(crate) fn add(tx: &mut Tx<'_>, title: &str) -> Result<(), Error> {
    tx.execute("INSERT INTO film (title) VALUES ($1)", params![title])?;
    Ok(())
}

pub(crate) fn titles(snapshot: &mut Snapshot<'_>) -> Result<Vec<String>, Error> {
    snapshot.query("SELECT title FROM film ORDER BY title", &[], |row| {
        row.get(0)
    })
}
