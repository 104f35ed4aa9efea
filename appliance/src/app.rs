//! The box as its use cases see it: everything that they need, opened once.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use appliance_api::TerminalState;
use box_office::Custodian;
use counter::{Counter, Selling, Surroundings};
use database::Database;
use service::process::OpenError;
use service::{Clock, Lifecycle, Metrics, Random};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::devices::Devices;
use crate::link::Link;
use crate::migrations::MIGRATIONS;
use crate::ports::BoxPorts;
use crate::printer::Printer;
use crate::printing::Printing;
use crate::terminal::CardTerminal;
use crate::watched::Watched;

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
    pub(crate) counter: Counter,
    pub(crate) devices: Devices,
    pub(crate) printing: Printing,
    pub(crate) terminal: CardTerminal,
    pub(crate) terminal_state: Watched<TerminalState>,
    pub(crate) link: Link,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Opens the box's data on this clock and randomness; it ends when `shutdown` is cancelled.
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
        let database = config.data.open("appliance.db", MIGRATIONS)?;
        let ticket_seed = service::seed::seed(&folder, "ticket", &random)?;
        let frame_seed = service::seed::seed(&folder, "frame", &random)?;
        let content = |error: &dyn std::fmt::Display| OpenError::Content(error.to_string());
        let (lifecycle, metrics) = (Lifecycle::new(shutdown), Metrics::default());
        let (printer, terminal) = (printer(&config), terminal(&config));
        let printing = Printing::new(
            database.clone(),
            lifecycle.clone(),
            &metrics,
            printer,
            ticket_seed,
        );
        let surroundings = (clock.clone(), random.clone(), lifecycle.clone());
        let broker = config.hub.broker.clone();
        let link = Link::open(frame_seed, database.clone(), surroundings, broker)
            .await
            .map_err(|error| content(&error))?;
        let holds_per_device = config.selling.holds_per_device;
        let surroundings = (clock.clone(), random.clone());
        let devices = Devices::load(database.clone(), surroundings, holds_per_device)
            .await
            .map_err(|error| content(&error))?;
        let selling = Selling {
            hold_time: Duration::from_secs(config.selling.hold_seconds),
        };
        let surroundings = Surroundings {
            clock: clock.clone(),
            random: random.clone(),
            metrics: metrics.clone(),
            lifecycle: lifecycle.clone(),
            life: link.life(),
            ticket_seed,
            ports: Arc::new(BoxPorts {
                printing: printing.clone(),
                terminal: terminal.clone(),
                written: link.written(),
            }),
        };
        let counter = counter::open(Custodian::Cinema, database.clone(), selling, surroundings)
            .await
            .map_err(|error| content(&error))?;
        Ok(Self(Arc::new(Inner {
            terminal_state: Watched::new(if terminal.is_set_up() {
                TerminalState::Unreachable
            } else {
                TerminalState::None
            }),
            config,
            database,
            clock,
            random,
            metrics,
            lifecycle,
            counter,
            devices,
            printing,
            terminal,
            link,
        })))
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
