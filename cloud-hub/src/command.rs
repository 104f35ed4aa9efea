//! The commands of the program. An order is sent to the hub that runs on the same data folder; if none does, it is done here.

use std::io::Write as _;
use std::path::Path;

use box_office::CinemaId;
use clap::Subcommand;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Config;
use crate::control::{self, Order};
use crate::run;

/// What the program can be told to do; without a command it runs the hub.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a one-time code by which the box of a cinema enrols.
    Enrol {
        /// The cinema's id, as in its programme file.
        cinema: CinemaId,
    },
    /// Revokes the keys of a cinema's box: nothing that it sends counts any more.
    Revoke {
        /// The cinema's id.
        cinema: CinemaId,
    },
}

/// Why a command could not be done, in words for whoever typed it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CommandError(String);

impl CommandError {
    pub(crate) fn new(what: &str, why: &dyn std::fmt::Display) -> Self {
        Self(format!("{what}: {why}"))
    }
}

/// Does what was asked; returns when it is done or, for the hub itself, when it was told to stop.
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
            None => run_hub(config).await,
            Some(Command::Enrol { cinema }) => give(config, Order::Enrol { cinema }).await,
            Some(Command::Revoke { cinema }) => give(config, Order::Revoke { cinema }).await,
        }
    })
}

async fn run_hub(config: Config) -> Result<(), CommandError> {
    let listener = TcpListener::bind(config.http.listen).await;
    let listener = listener.map_err(|why| {
        CommandError::new(&format!("cannot listen on {}", config.http.listen), &why)
    })?;
    let shutdown = service::lifecycle::on_signals()
        .map_err(|why| CommandError::new("cannot hear signals", &why))?;
    run(config, listener, shutdown)
        .await
        .map_err(|why| CommandError::new("the hub stopped", &why))
}

/// Sends the order to the running hub, or performs it here; prints what came of it.
async fn give(config: Config, order: Order) -> Result<(), CommandError> {
    let answer = match control::send(&config.data.folder, &order).await {
        Some(answer) => answer,
        None => {
            let app = App::open(config, CancellationToken::new()).await;
            let app = app.map_err(|why| CommandError::new("cannot open the hub's data", &why))?;
            let answer = control::perform(&app, order).await;
            app.close().await;
            answer
        }
    };
    let words = answer.map_err(|why| CommandError::new("refused", &why))?;
    let mut out = std::io::stdout();
    writeln!(out, "{words}")
        .and_then(|()| out.flush())
        .map_err(|why| CommandError::new("cannot print the answer", &why))
}
