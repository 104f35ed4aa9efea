//! From the command line: a process runs, or an order goes to the one that runs on the same data, or is done here if none does.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::net::{TcpListener, UnixStream};
use tokio_util::sync::CancellationToken;

use super::life::{close, run};
use super::{OpenError, Process};
use crate::control::{self, OrderError};
use crate::log::Lines;
use crate::{Machine, lifecycle, log, settings};

/// How long to wait for data that another process has: longer than any order and any start with its migrations, shorter than the
/// patience of whoever typed the command.
const WAIT_FOR_DATA: Duration = Duration::from_secs(60);

/// How often data that another process has is looked at: nobody notices it, and looking costs some system calls.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Why a command could not be done, in words for whoever typed it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CommandError(String);

impl CommandError {
    /// Says `what` went wrong and why.
    pub fn new(what: &str, why: &dyn std::fmt::Display) -> Self {
        Self(format!("{what}: {why}"))
    }
}

impl From<OrderError> for CommandError {
    fn from(error: OrderError) -> Self {
        Self(error.to_string())
    }
}

/// The whole `main` of a process: runs it, or has the order done and prints what came of it.
pub fn main<P: Process>(
    settings: &Path,
    order: impl FnOnce() -> Result<Option<P::Order>, CommandError>,
) -> ExitCode {
    let lines = log::start();
    match perform::<P>(settings, order, &lines) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The `main` of what needs no process that runs: does it with the settings, and prints what came of it.
pub fn answer<S: DeserializeOwned>(
    settings: &Path,
    work: impl FnOnce(S) -> Result<String, CommandError>,
) -> ExitCode {
    let _lines = log::start();
    let read = settings::read(settings, std::env::vars());
    let done = read.map_err(|why| CommandError(why.to_string()));
    match done.and_then(work).and_then(|words| print(&words)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn perform<P: Process>(
    settings: &Path,
    order: impl FnOnce() -> Result<Option<P::Order>, CommandError>,
    lines: &Lines,
) -> Result<(), CommandError> {
    let settings =
        settings::read(settings, std::env::vars()).map_err(|why| CommandError(why.to_string()))?;
    let order = order()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|why| CommandError::new("cannot start", &why))?;
    runtime.block_on(async {
        match order {
            None => run_until_told::<P>(settings, lines).await,
            Some(order) => print(&give::<P>(settings, order).await?),
        }
    })
}

async fn run_until_told<P: Process>(
    settings: P::Settings,
    lines: &Lines,
) -> Result<(), CommandError> {
    let shutdown =
        lifecycle::on_signals().map_err(|why| CommandError::new("cannot hear signals", &why))?;
    let address = P::http(&settings).listen.unwrap_or(P::LISTENS);
    let opened = tokio::select! {
        biased;
        opened = open_or_reach::<P>(settings, shutdown.clone()) => opened?,
        () = shutdown.cancelled() => return Ok(()),
    };
    let process = match opened {
        Opened::Here(process) => process,
        Opened::Elsewhere(_) => {
            return Err(CommandError(format!(
                "the {} runs already on this data folder",
                P::NAME
            )));
        }
    };
    lines.watch(process.machine());
    let bind = async {
        let bound = TcpListener::bind(address).await;
        bound
            .map_err(|why| io::Error::new(why.kind(), format!("cannot listen on {address}: {why}")))
    };
    run(&process, bind)
        .await
        .map_err(|why| CommandError::new(&format!("the {} stopped", P::NAME), &why))
}

/// Sends the order to the process that runs, or does it here.
async fn give<P: Process>(settings: P::Settings, order: P::Order) -> Result<String, CommandError> {
    match open_or_reach::<P>(settings, CancellationToken::new()).await? {
        Opened::Elsewhere(stream) => Ok(control::exchange(stream, &order).await?),
        Opened::Here(process) => {
            let done = process.clone().perform(order).await;
            close(&process).await;
            done.map_err(|refusal| OrderError::Refused(refusal.problem()).into())
        }
    }
}

fn print(words: &str) -> Result<(), CommandError> {
    let mut out = io::stdout();
    writeln!(out, "{words}")
        .and_then(|()| out.flush())
        .map_err(|why| CommandError::new("cannot print the answer", &why))
}

/// Who has the data.
enum Opened<P> {
    /// This process.
    Here(P),
    /// One that runs, and takes orders on this connection.
    Elsewhere(UnixStream),
}

/// Opens the data, or reaches the process that runs on it. While another one has the data and takes no orders (it starts, stops, or does
/// an order itself), this waits.
async fn open_or_reach<P: Process>(
    settings: P::Settings,
    shutdown: CancellationToken,
) -> Result<Opened<P>, CommandError> {
    let name = P::NAME;
    // Only the waiting is counted: a migration of years of sales may take its time.
    let mut waited = Duration::ZERO;
    loop {
        if let Some(stream) = control::reach(&P::data(&settings).folder).await {
            return Ok(Opened::Elsewhere(stream));
        }
        let who = match P::open(settings.clone(), Machine::system(shutdown.clone())).await {
            Ok(process) => return Ok(Opened::Here(process)),
            Err(OpenError::Database(database::OpenError::InUse(who))) => who,
            Err(why) => {
                return Err(CommandError::new(
                    &format!("cannot open the data of the {name}"),
                    &why,
                ));
            }
        };
        if waited.is_zero() {
            tracing::info!("another process has the data of the {name}, {who}; waiting for it");
        }
        if waited >= WAIT_FOR_DATA {
            return Err(CommandError(format!(
                "another process has had the data of the {name} for {} s, and takes no orders here: {who}; end it, or try again",
                WAIT_FOR_DATA.as_secs()
            )));
        }
        tokio::time::sleep(LOOK_EVERY).await;
        waited += LOOK_EVERY;
    }
}

#[cfg(test)]
mod tests;
