#![doc = include_str!("../README.md")]

mod app;
pub mod command;
pub mod config;
pub mod router;

mod devices;
mod link;
mod papers;
mod ports;
pub mod printer;
mod printing;
mod screens;
mod status;
pub mod terminal;

pub mod control;
mod database_meters;
mod migrations;
pub mod openapi;
mod watched;

use std::sync::Arc;

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

/// Starts the background work.
fn start(app: &App) -> std::io::Result<()> {
    database_meters::show(&app.metrics, &app.database);
    let socket = control::routes::open(&app.config.data.folder)?;
    let life = &app.lifecycle;
    life.run(control::routes::serve(app.clone(), socket));
    let counter = app.counter.clone();
    life.supervise("checkout", move || counter::checkout::run(counter.clone()));
    let supervised = app.clone();
    life.supervise("terminal", move || app::watch_terminal(supervised.clone()));
    let printing = app.printing.clone();
    life.supervise("printing", move || printing.clone().run());
    let (link, counter) = (app.link.clone(), app.counter.clone());
    let arriving = Arc::new(ports::Arriving {
        counter: counter.clone(),
        link: link.clone(),
    });
    life.supervise("link", move || {
        let counter = counter.clone();
        let cinema = move || counter.here().map(|at| at.cinema().clone());
        link.clone().run(cinema, Arc::clone(&arriving))
    });
    Ok(())
}
