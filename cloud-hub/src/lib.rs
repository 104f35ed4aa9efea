#![doc = include_str!("../README.md")]

mod app;
pub mod command;
pub mod config;
mod error;
pub mod router;

mod enrolments;
mod head_office;
mod links;
mod screens;
mod told;

mod broker;
mod column;
mod control;
mod keys;
pub mod migrations;
mod ports;

use service::http::Door;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use app::{App, OpenError};
pub use config::Config;

/// Why the hub stopped.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It has no way to its boxes.
    #[error(transparent)]
    Broker(#[from] broker::BrokerError),
    /// Its sockets failed.
    #[error("its sockets: {0}")]
    Sockets(#[from] std::io::Error),
    /// Its database failed: nothing may be answered any more.
    #[error("its database: {0}")]
    Database(database::Error),
}

/// Runs the hub on `listener` until `shutdown`, then lets everything end well.
///
/// # Errors
/// See [`RunError`].
pub async fn run(
    config: Config,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), RunError> {
    let app = App::open(config, shutdown.clone()).await?;
    let transport = broker::transport(&app.config.broker)?;
    let socket = control::open(&app.config.data.folder)?;
    app.life.run(control::serve(app.clone(), socket));
    links::start(&app, transport);
    tracing::info!(address = %listener.local_addr()?, "the hub is open");
    let served = tokio::select! {
        () = service::http::serve(listener, router::router(&app), Door::default(), shutdown) => Ok(()),
        error = app.database.failed() => {
            // Nobody knows what the disk holds: nothing more is answered, and the next start reads what is there.
            tracing::error!(%error, "the database failed; stopping at once");
            return Err(RunError::Database(error));
        }
    };
    app.close().await;
    served
}
