//! The hub as its use cases see it: everything that they need, opened once.

use std::ops::Deref;
use std::sync::Arc;

use database::{Database, Options, Scope};
use service::{Clock, Lifecycle, Metrics, Random};
use tokio_util::sync::CancellationToken;
use wire::{CinemaId, Frames, Generation, Nonce, SecretKey};

use crate::config::Config;
use crate::enrolments::Tries;
use crate::keys;
use crate::links::{self, Bells, Board, Refusals};
use crate::migrations::MIGRATIONS;

/// The hub. Clones share it.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

/// What the hub has; reached through [`App`].
#[derive(Debug)]
pub struct Inner {
    pub(crate) config: Config,
    pub(crate) database: Database,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) metrics: Metrics,
    pub(crate) life: Lifecycle,
    /// The life of this hub, in which every signed message is made.
    pub(crate) generation: Generation,
    /// How each link stands, as it is shown.
    pub(crate) board: Board,
    /// Where the links are told of changes.
    pub(crate) bells: Bells,
    /// Who was refused and is not written yet.
    pub(crate) refusals: Refusals,
    pub(crate) tries: Tries,
    frame_seed: [u8; 32],
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Why a hub cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or the key in it cannot be read or made.
    #[error("the data folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The database cannot be opened.
    #[error("the database: {0}")]
    Database(#[from] database::OpenError),
    /// What it holds cannot be read.
    #[error("what the database holds: {0}")]
    Content(#[from] database::Error),
}

impl App {
    /// Opens the hub's data on the system's clock and randomness; it ends when `shutdown` is cancelled.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(config: Config, shutdown: CancellationToken) -> Result<Self, OpenError> {
        Self::open_with(config, shutdown, Clock::system(), Random::system()).await
    }

    /// As [`App::open`], with a clock and randomness of the caller's.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_with(
        config: Config,
        shutdown: CancellationToken,
        clock: Clock,
        random: Random,
    ) -> Result<Self, OpenError> {
        let folder = config.data.folder.clone();
        std::fs::create_dir_all(&folder)?;
        let frame_seed = service::seed::seed(&folder, "frame", &random)?;
        let database = Database::open(&folder.join("hub.db"), MIGRATIONS, Options::default())?;
        let fresh = Nonce::from(random.bytes());
        let generation = database
            .write(Scope::of("hub", "generation"), move |tx| {
                links::store::generation(tx, fresh)
            })
            .await?;
        Ok(Self(Arc::new(Inner {
            life: Lifecycle::new(shutdown),
            metrics: Metrics::default(),
            board: Board::new(clock.clone()),
            bells: Bells::default(),
            refusals: Refusals::default(),
            tries: Tries::default(),
            config,
            database,
            clock,
            random,
            generation,
            frame_seed,
        })))
    }

    /// The key that signs frames for a cinema.
    pub(crate) fn frame_key(&self, cinema: &CinemaId) -> SecretKey<Frames> {
        keys::frame_key(&self.frame_seed, cinema)
    }

    /// Lets what is under way end, then closes the database.
    pub async fn close(&self) {
        self.life.shutdown().cancel();
        if !self.life.drain().await {
            tracing::warn!(
                "some background work did not end in time; it goes on at the next start"
            );
        }
        self.database.close().await;
    }
}
