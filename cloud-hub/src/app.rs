//! The hub as its use cases see it: everything that they need, opened once.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use box_office::Custodian;
use counter::{Counter, Selling, Surroundings};
use database::{Database, Scope};
use service::process::OpenError;
use service::{Clock, Lifecycle, Metrics, Random};
use tokio_util::sync::CancellationToken;
use wire::{CinemaId, Frames, Generation, Nonce, SecretKey};

use crate::config::Config;
use crate::enrolments::Tries;
use crate::keys;
use crate::links::{self, Bells, Board, Refusals};
use crate::migrations::MIGRATIONS;
use crate::ports::HubPorts;

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
    /// What the hub does with the seats in its custody.
    pub(crate) counter: Counter,
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

/// How long a guest at home has: longer than in the lobby, for nobody waits behind them.
const HOLD_TIME: Duration = Duration::from_secs(12 * 60);

impl App {
    /// Opens the hub's data on this clock and randomness; it ends when `shutdown` is cancelled.
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
        let database = config.data.open("hub.db", MIGRATIONS)?;
        let frame_seed = service::seed::seed(&folder, "frame", &random)?;
        let fresh = Nonce::from(random.bytes());
        let generation = database
            .write(Scope::of("hub", "generation"), move |tx| {
                links::generation(tx, fresh)
            })
            .await?;
        let ticket_seed = service::seed::seed(&folder, "ticket", &random)?;
        let (life, metrics, bells) = (
            Lifecycle::new(shutdown),
            Metrics::default(),
            Bells::default(),
        );
        let surroundings = Surroundings {
            clock: clock.clone(),
            random: random.clone(),
            metrics: metrics.clone(),
            lifecycle: life.clone(),
            life: generation.0,
            ticket_seed,
            ports: Arc::new(HubPorts {
                bells: bells.clone(),
            }),
        };
        let selling = Selling {
            hold_time: HOLD_TIME,
        };
        let counter = counter::open(Custodian::Hub, database.clone(), selling, surroundings).await;
        let counter = counter.map_err(|fault| OpenError::Content(fault.to_string()))?;
        Ok(Self(Arc::new(Inner {
            board: Board::new(clock.clone()),
            refusals: Refusals::default(),
            tries: Tries::default(),
            life,
            metrics,
            bells,
            counter,
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
}
