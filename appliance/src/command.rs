//! The commands of the program. A command that changes something is sent to the box that runs on the same data folder; if none
//! runs, a box is started for just this, without its doors to the outside.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use appliance_api::DeviceKind;
use box_office::TenderId;
use clap::{Subcommand, ValueEnum};
use service::http::Refusal;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::control::{self, Decision, Order};
use crate::{App, run};

/// What the program can be told to do; without a command it runs the box.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Reads a programme file: all of it or nothing. Safe to repeat.
    Import {
        /// The file; see PROGRAMME.md.
        file: PathBuf,
    },
    /// Makes a one-time code that pairs a browser with the box.
    Pair {
        /// What the browser will be.
        kind: PairKind,
    },
    /// Lists the payments that wait for a person: nobody knows whether they were taken, or they are owed back.
    Cases,
    /// Records what became of such a payment, with all that follows from it.
    Decide {
        /// The payment, as `cases` lists it.
        payment: TenderId,
        /// What became of it.
        decision: DecisionWord,
        /// How you know: a statement of the bank, a slip, the guest.
        #[arg(long)]
        reason: String,
    },
    /// Prints the tickets of a sale again, as copies.
    Reprint {
        /// The number of the receipt, as it is printed: `1-000042`.
        receipt: String,
        /// Why: torn, wet, left at home.
        #[arg(long)]
        reason: String,
    },
    /// Makes the box known to the hub by a one-time code from head office.
    Enrol {
        /// The code.
        code: String,
        /// The hub's address: `https://..`, or `http://` on loopback.
        #[arg(long)]
        hub: String,
    },
}

/// The kinds of device, as words of the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum PairKind {
    /// A kiosk in the lobby.
    Kiosk,
    /// A till at the box office.
    Till,
}

/// What a person decides about a payment, as words of the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum DecisionWord {
    /// The money was taken: tickets are issued if they still can be, else it is owed back.
    Taken,
    /// It was not taken: the seats are free.
    NotTaken,
    /// What was owed is given back by hand. Said before the money is handed out: the terminal may be giving it back.
    Refunded,
}

/// Why a command could not be done, in words for whoever typed it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CommandError(String);

impl CommandError {
    /// Says `what` went wrong and why.
    pub(crate) fn new(what: &str, why: &dyn std::fmt::Display) -> Self {
        Self(format!("{what}: {why}"))
    }

    /// Says a refusal with all that was wrong.
    pub(crate) fn of(refusal: &Refusal) -> Self {
        let errors: String = refusal
            .errors()
            .iter()
            .map(|error| format!("\n  {}: {}", error.at, error.detail))
            .collect();
        Self(format!("{}: {}{errors}", refusal.title(), refusal.detail()))
    }
}

/// Does what was asked; returns when it is done or, for the box itself, when it was told to stop.
///
/// # Errors
/// The words for whoever typed it.
pub fn perform(config: &Path, command: Option<Command>) -> Result<(), CommandError> {
    let config: Config = service::settings::read(config, std::env::vars())
        .map_err(|why| CommandError(why.to_string()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|why| CommandError::new("cannot start", &why))?;
    runtime.block_on(async {
        match command {
            None => run_box(config).await,
            Some(Command::Import { file }) => {
                let programme = std::fs::read_to_string(&file);
                let programme = programme.map_err(|why| {
                    CommandError::new(&format!("cannot read {}", file.display()), &why)
                })?;
                give(config, Order::Import { programme }).await
            }
            Some(Command::Pair {
                kind: PairKind::Kiosk,
            }) => {
                give(
                    config,
                    Order::Pair {
                        kind: DeviceKind::Kiosk,
                    },
                )
                .await
            }
            Some(Command::Pair {
                kind: PairKind::Till,
            }) => {
                give(
                    config,
                    Order::Pair {
                        kind: DeviceKind::Till,
                    },
                )
                .await
            }
            Some(Command::Cases) => give(config, Order::Cases).await,
            Some(Command::Decide {
                payment,
                decision,
                reason,
            }) => {
                let decision = match decision {
                    DecisionWord::Taken => Decision::Taken,
                    DecisionWord::NotTaken => Decision::NotTaken,
                    DecisionWord::Refunded => Decision::Refunded,
                };
                let order = Order::Decide {
                    payment,
                    decision,
                    reason,
                };
                give(config, order).await
            }
            Some(Command::Reprint { receipt, reason }) => {
                give(config, Order::Reprint { receipt, reason }).await
            }
            Some(Command::Enrol { code, hub }) => give(config, Order::Enrol { code, hub }).await,
        }
    })
}

async fn run_box(config: Config) -> Result<(), CommandError> {
    let listener = TcpListener::bind(config.http.listen).await;
    let listener = listener.map_err(|why| {
        CommandError::new(&format!("cannot listen on {}", config.http.listen), &why)
    })?;
    let shutdown = service::lifecycle::on_signals()
        .map_err(|why| CommandError::new("cannot hear signals", &why))?;
    run(config, listener, shutdown)
        .await
        .map_err(|why| CommandError::new("the box stopped", &why))
}

/// Sends the order to the running box, or performs it here; prints what came of it.
async fn give(config: Config, order: Order) -> Result<(), CommandError> {
    let answer = match control::send(&config.data.folder, &order).await {
        Some(answer) => answer?,
        None => {
            let app = App::open(config, CancellationToken::new()).await;
            let app = app.map_err(|why| CommandError::new("cannot open the box's data", &why))?;
            let answer = control::perform(&app, order).await;
            app.close().await;
            answer?
        }
    };
    let mut out = std::io::stdout();
    writeln!(out, "{}", answer.0)
        .and_then(|()| out.flush())
        .map_err(|why| CommandError::new("cannot print the answer", &why))
}
