#![doc = include_str!("../README.md")]

mod app;
pub mod command;
pub mod config;
mod error;
pub mod router;

mod cases;
mod catalogue;
mod devices;
mod holds;
mod link;
mod printing;
mod programme;
mod sales;
mod screens;
mod seats;
mod status;
mod tenders;
mod tickets;

pub mod printer;
pub mod terminal;

mod column;
pub mod control;
mod database_meters;
mod migrations;
pub mod openapi;
mod repeats;
mod watched;

use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use app::{App, OpenError};
pub use config::Config;

/// Why the box stopped.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Its sockets failed.
    #[error("its sockets: {0}")]
    Sockets(#[from] std::io::Error),
    /// Its database failed: nothing may be answered any more.
    #[error("its database: {0}")]
    Database(database::Error),
}

/// Runs the box on `listener` until `shutdown`, then lets everything end well.
///
/// # Errors
/// See [`RunError`].
pub async fn run(
    config: Config,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), RunError> {
    let app = App::open(config, shutdown).await?;
    run_opened(&app, listener).await
}

/// Runs a box that was opened by the caller, as a test does that brings its own clock.
///
/// # Errors
/// As [`run`].
pub async fn run_opened(app: &App, listener: TcpListener) -> Result<(), RunError> {
    let shutdown = app.lifecycle.shutdown().clone();
    start(app)?;
    tracing::info!(address = %listener.local_addr()?, "the box is open");
    let served = tokio::select! {
        () = service::http::serve(listener, router::router(app), app.config.http.door(), shutdown) => Ok(()),
        error = app.database.failed() => {
            // Nobody knows what the disk holds: nothing more is answered, and the next start reads what is there.
            tracing::error!(%error, "the database failed; stopping at once");
            return Err(RunError::Database(error));
        }
    };
    app.close().await;
    served
}

/// The longest pause between two looks at the holds.
const HOLDS_LOOKED_AT: Duration = Duration::from_secs(1);

/// Starts the background work.
fn start(app: &App) -> std::io::Result<()> {
    database_meters::show(&app.metrics, &app.database);
    let socket = control::routes::open(&app.config.data.folder)?;
    app.lifecycle
        .run(control::routes::serve(app.clone(), socket));
    let supervised = app.clone();
    app.lifecycle
        .supervise("holds", move || lapse(supervised.clone()));
    let supervised = app.clone();
    let open_cases = app.metrics.gauge(
        "payment_cases_open",
        "Payments of which nobody knows the outcome, or that are owed back: a person must decide",
    );
    app.lifecycle.supervise("payments", move || {
        tenders::follow_all(supervised.clone(), open_cases.clone())
    });
    let supervised = app.clone();
    app.lifecycle
        .supervise("terminal", move || app::watch_terminal(supervised.clone()));
    let (supervised, meters) = (app.clone(), printing::Meters::new(&app.metrics));
    app.lifecycle.supervise("printing", move || {
        printing::print_all(supervised.clone(), meters.clone())
    });
    let supervised = app.clone();
    app.lifecycle
        .supervise("link", move || link::run(supervised.clone()));
    Ok(())
}

/// Ends the holds whose time is over, as it comes.
async fn lapse(app: App) {
    while !app.lifecycle.shutdown().is_cancelled() {
        let pause = holds::run_due(&app, HOLDS_LOOKED_AT)
            .await
            .unwrap_or_else(|refused| {
                tracing::error!(%refused, "the holds could not be looked at");
                HOLDS_LOOKED_AT
            });
        tokio::select! { () = tokio::time::sleep(pause) => {} () = app.lifecycle.shutdown().cancelled() => {} }
    }
}
