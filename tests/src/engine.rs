//! The engines that a hub keeps its database on, so that what is proved is proved on each.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloud_hub::migrations::{MIGRATIONS, POSTGRES_MIGRATIONS};
use database::{Database, Mark, OpenError, Options};
use postgres_server::Server;
use service::Random;

/// An engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file in the hub's data folder.
    Sqlite,
    /// A server of the test's own.
    Postgres,
}

/// Where one hub keeps its database.
#[derive(Debug, Clone)]
pub enum HubDatabase {
    /// In this file.
    File(PathBuf),
    /// On this server, under this address.
    Server(Arc<Server>, String),
}

impl HubDatabase {
    /// An empty one for a hub with this data folder.
    pub fn new(engine: Engine, data: &Path) -> Self {
        match engine {
            Engine::Sqlite => Self::File(data.join("hub.db")),
            Engine::Postgres => {
                let server = Server::shared();
                let url = server.database();
                Self::Server(server, url)
            }
        }
    }

    /// What the hub's settings say of it.
    pub fn settings(&self) -> String {
        match self {
            Self::File(_) => String::new(),
            Self::Server(_, url) => format!("[database]\nurl = \"{url}\"\n"),
        }
    }

    /// Opens it; a file only once its hub is stopped.
    ///
    /// # Errors
    /// As [`Database::open`] and [`Database::connect`].
    pub fn open(&self) -> Result<Database, OpenError> {
        match self {
            Self::File(file) => {
                let options = Options {
                    mark: mark_beside(file),
                    ..Options::default()
                };
                Database::open(file, MIGRATIONS, options)
            }
            Self::Server(_, url) => Database::connect(url, POSTGRES_MIGRATIONS, Options::default()),
        }
    }
}

/// The mark that a hub has of this file, if one was there: whoever writes without it makes the hub doubt its data.
fn mark_beside(file: &Path) -> Option<Mark> {
    let data = file.parent()?;
    let mark = data.with_file_name(format!("{}.hub.mark", data.file_name()?.to_str()?));
    let random = Random::system();
    mark.exists().then(|| Mark {
        file: mark,
        was: None,
        born: random.bytes(),
        run: random.bytes(),
    })
}

/// Two tests of one story, which is given the engine.
#[macro_export]
macro_rules! on_both_engines {
    ($story:ident) => {
        mod $story {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$story($crate::engine::Engine::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$story($crate::engine::Engine::Postgres).await;
            }
        }
    };
}
