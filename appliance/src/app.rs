//! The box as its use cases see it: everything that they need, opened once.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use appliance_api::TerminalState;
use box_office::Custodian;
use counter::{Counter, Selling};
use database::Database;
use mailbox::outbox::Look;
use parking_lot::Mutex;
use service::process::{Base, OpenError};
use service::seed::Seeds;
use service::{Due, Machine};
use sync_agent::{Broker, TlsFiles, Transport};

use crate::config::Config;
use crate::devices::Devices;
use crate::link::Link;
use crate::ports::BoxPorts;
use crate::printer::Printer;
use crate::printer_watch::PrinterWatch;
use crate::printing::Printing;
use crate::proof::Proof;
use crate::terminal::CardTerminal;

/// The box. Clones share it.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

/// What the box has; reached through [`App`].
#[derive(Debug)]
pub struct Inner {
    pub(crate) base: Base<Config>,
    pub(crate) counter: Counter,
    pub(crate) devices: Devices,
    pub(crate) printing: Printing,
    pub(crate) printer_watch: PrinterWatch,
    pub(crate) terminal: CardTerminal,
    pub(crate) terminal_state: Mutex<TerminalState>,
    pub(crate) link: Link,
    pub(crate) proof: Proof,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// What is around a box, as values: another world for a story or a simulation.
#[derive(Debug)]
pub struct Surroundings {
    /// Time, randomness and the life of the process.
    pub machine: Machine,
    /// What the box's keys grow from.
    pub seeds: Seeds,
    /// The ticket printer.
    pub printer: Printer,
    /// The card terminal.
    pub terminal: CardTerminal,
    /// What carries messages to the hub; the broker that the hub named at enrolment, if none is given.
    pub transport: Option<Transport>,
    /// How that broker is trusted, if it speaks TLS.
    pub broker_tls: Option<TlsFiles>,
}

impl Surroundings {
    /// Those that the settings name.
    ///
    /// # Errors
    /// The keys do not belong to the database, or cannot be read or made, or the broker's address is none.
    pub async fn of(
        config: &Config,
        machine: Machine,
        database: &Database,
    ) -> Result<Self, OpenError> {
        let wrong = |why: &dyn std::fmt::Display| OpenError::Settings(format!("[hub] {why}"));
        let broker_tls = config.hub.tls().map_err(|why| wrong(&why))?;
        // Selling does not wait for the hub: what is wrong is said, and looked at again with each try to reach it.
        if let Some(Err(why)) = broker_tls
            .as_ref()
            .map(|tls| tls.check(machine.clock.now()))
        {
            tracing::error!(%why, "the hub's broker cannot be reached like that");
        }
        let broker = config.hub.broker.as_deref();
        let broker = broker.map(|address| Broker::parse(address, broker_tls.clone()));
        Ok(Self {
            seeds: Seeds::in_folder(&config.data.folder, database, &machine.random).await?,
            machine,
            printer: printer(config),
            terminal: terminal(config),
            transport: broker
                .transpose()
                .map_err(|why| wrong(&why))?
                .map(Transport::Mqtt),
            broker_tls,
        })
    }
}

impl App {
    /// What is done with the seats in its custody.
    pub fn counter(&self) -> &Counter {
        &self.counter
    }

    /// Opens the box on its database.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_on(
        config: Config,
        database: Database,
        surroundings: Surroundings,
    ) -> Result<Self, OpenError> {
        let Surroundings {
            machine,
            seeds,
            printer,
            terminal,
            transport,
            broker_tls,
        } = surroundings;
        let printing = Printing::new(database.clone(), &machine, printer, seeds.ticket);
        let proof = Proof::open(database.clone(), machine.clone()).await?;
        let link = Link::open(
            seeds.frame,
            database.clone(),
            machine.clone(),
            (transport, broker_tls),
            proof.clone(),
        )
        .await?;
        let holds_per_device = config.selling.holds_per_device;
        let how = (holds_per_device, config.http.is_encrypted());
        let devices = Devices::load(database.clone(), machine.clone(), how).await?;
        let selling = Selling {
            hold_time: Duration::from_secs(config.selling.hold_seconds),
        };
        let who = counter::Who {
            side: Custodian::Cinema,
            life: link.life(),
            ticket_seed: counter::TicketSeed::OfOne(seeds.ticket),
            ports: Arc::new(BoxPorts {
                devices: devices.clone(),
                printing: printing.clone(),
                terminal: terminal.clone(),
                link: link.clone(),
                proof: proof.clone(),
                public: config.http.public.clone(),
            }),
        };
        if let Some(words) = counter::unfit(&database).await? {
            return Err(OpenError::OtherVersion(words));
        }
        let counter = counter::open(who, database.clone(), machine.clone(), selling).await;
        let counter = counter.map_err(|fault| OpenError::Content(fault.to_string()))?;
        if let Some(at) = counter.here() {
            let stream = at.stream().clone();
            let checked = proof.check(stream, Look::New).await;
            checked.map_err(|fault| OpenError::Content(fault.to_string()))?;
        }
        let printer_watch = PrinterWatch::new(
            (database.clone(), machine.clock.clone()),
            printing.clone(),
            counter.clone(),
            proof.clone(),
        );
        Ok(Self(Arc::new(Inner {
            terminal_state: Mutex::new(if terminal.is_set_up() {
                TerminalState::Unreachable
            } else {
                TerminalState::None
            }),
            counter,
            base: Base {
                settings: config,
                database,
                machine,
            },
            devices,
            printing,
            printer_watch,
            terminal,
            link,
            proof,
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
pub(crate) async fn watch_terminal(app: App, now: Duration) -> Due {
    let state = app.terminal.ready().await;
    *app.terminal_state.lock() = state;
    match app.terminal.is_set_up() {
        true => Due::At(now + TERMINAL_ASKED_EVERY),
        false => Due::Never,
    }
}
