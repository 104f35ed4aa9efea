//! The box as its use cases see it: everything that they need, opened once.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use appliance_api::{PrinterState, TerminalState};
use database::{Database, Options, Scope};
use service::{Clock, Lifecycle, Metrics, Random};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::catalogue::CatalogueCell;
use crate::config::{Config, Synchronous};
use crate::devices::Devices;
use crate::link::Link;
use crate::migrations::MIGRATIONS;
use crate::printer::Printer;
use crate::seats::live::LiveSeats;
use crate::tenders::InHand;
use crate::terminal::CardTerminal;
use crate::watched::Watched;
use crate::{holds, programme};

/// The box. Clones share it.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

/// What the box has; reached through [`App`].
#[derive(Debug)]
pub struct Inner {
    pub(crate) config: Config,
    pub(crate) database: Database,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) metrics: Metrics,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) devices: Devices,
    pub(crate) catalogue: CatalogueCell,
    pub(crate) live: LiveSeats,
    pub(crate) ticket_seed: [u8; 32],
    pub(crate) printer: Printer,
    pub(crate) printer_state: Watched<PrinterState>,
    pub(crate) terminal: CardTerminal,
    pub(crate) terminal_state: Watched<TerminalState>,
    /// Payments that a task follows to their outcome.
    pub(crate) followed: InHand,
    /// Payments that the terminal is giving back at this moment.
    pub(crate) refunds: InHand,
    /// Payments that wait for a person.
    pub(crate) open_cases: Watched<i64>,
    pub(crate) link: Link,
    /// Rung when a ticket waits to be printed.
    pub(crate) print_bell: Notify,
    /// Rung when a payment waits for the terminal.
    pub(crate) payment_bell: Notify,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Why a box cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or a key in it cannot be read or made.
    #[error("the data folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The database cannot be opened.
    #[error("the database: {0}")]
    Database(#[from] database::OpenError),
    /// What it holds cannot be read.
    #[error("what the database holds: {0}")]
    Content(String),
}

impl App {
    /// Opens the box's data on the system's clock and randomness; it ends when `shutdown` is cancelled.
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
        let options = Options {
            synchronous: synchronous(config.data.synchronous),
            reserve_bytes: u64::from(config.data.keep_free_mebibytes) * 1024 * 1024,
            ..Options::default()
        };
        let database = Database::open(&folder.join("appliance.db"), MIGRATIONS, options)?;
        let ticket_seed = service::seed::seed(&folder, "ticket", &random)?;
        let frame_seed = service::seed::seed(&folder, "frame", &random)?;
        let content = |error: &dyn std::fmt::Display| OpenError::Content(error.to_string());
        let since = clock.monotonic();
        database
            .write(Scope::of("hold", "all"), move |tx| {
                holds::store::begin_again(tx, since)
            })
            .await
            .map_err(|error: database::Error| content(&error))?;
        let catalogue = CatalogueCell::default();
        catalogue.set(
            programme::load(&database, &ticket_seed, clock.now())
                .await
                .map_err(|error| content(&error))?,
        );
        let (printer, terminal) = (printer(&config), terminal(&config));
        let link = Link::open(frame_seed, &database, &clock, &random)
            .await
            .map_err(|error| content(&error))?;
        Ok(Self(Arc::new(Inner {
            devices: Devices::load(&database)
                .await
                .map_err(|error| content(&error))?,
            live: LiveSeats::new(clock.now().as_millisecond()),
            metrics: Metrics::default(),
            lifecycle: Lifecycle::new(shutdown),
            printer_state: Watched::new(if printer.is_set_up() {
                PrinterState::Unreachable
            } else {
                PrinterState::None
            }),
            terminal_state: Watched::new(if terminal.is_set_up() {
                TerminalState::Unreachable
            } else {
                TerminalState::None
            }),
            followed: InHand::default(),
            refunds: InHand::default(),
            open_cases: Watched::new(0),
            print_bell: Notify::new(),
            payment_bell: Notify::new(),
            config,
            database,
            clock,
            random,
            catalogue,
            ticket_seed,
            printer,
            terminal,
            link,
        })))
    }

    /// Lets what is under way end, then closes the database.
    pub async fn close(&self) {
        self.lifecycle.shutdown().cancel();
        if !self.lifecycle.drain().await {
            tracing::warn!(
                "some background work did not end in time; it goes on at the next start"
            );
        }
        let now = self.clock.monotonic();
        let written = self.database.write(Scope::of("hold", "all"), move |tx| {
            holds::store::write_time_left(tx, now)
        });
        if let Err(error) = written.await {
            let error: database::Error = error;
            tracing::warn!(%error, "the time left of the holds could not be written; they get some of it again");
        }
        self.database.close().await;
    }
}

fn synchronous(setting: Synchronous) -> database::Synchronous {
    match setting {
        Synchronous::Full => database::Synchronous::Full,
        Synchronous::Off => database::Synchronous::Off,
    }
}

fn printer(config: &Config) -> Printer {
    match (&config.printer.address, &config.printer.file) {
        (Some(address), _) => Printer::network(address.to_string()),
        (None, Some(file)) => Printer::file(file),
        (None, None) => Printer::None,
    }
}

fn terminal(config: &Config) -> CardTerminal {
    config
        .terminal
        .simulated
        .map_or(CardTerminal::None, |address| {
            CardTerminal::Simulated(address.to_string())
        })
}

/// How often the terminal is asked whether it can be paid with.
const TERMINAL_ASKED_EVERY: Duration = Duration::from_secs(5);

/// Keeps the last known state of the terminal.
pub(crate) async fn watch_terminal(app: App) {
    while !app.lifecycle.shutdown().is_cancelled() {
        app.terminal_state.set(app.terminal.ready().await);
        tokio::select! {
            () = tokio::time::sleep(TERMINAL_ASKED_EVERY) => {}
            () = app.lifecycle.shutdown().cancelled() => {}
        }
    }
}
