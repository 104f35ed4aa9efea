//! What stands around every route: [`layers`] for the router, [`serve`] for the socket, extractors whose refusals are problems.

mod extract;
mod layers;
mod problem;

pub use extract::{Body, IdempotencyKey, Json, Parts, Path, Query};
pub use layers::{Limits, layers, probes};
pub use problem::{FieldProblem, Problem, Refusal, request_id};

use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long open requests may go on after shutdown has begun: a sale takes milliseconds, a slow device some seconds.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// Serves `router` until `shutdown`, then takes no new connection and lets the open requests end.
///
/// # Errors
/// The socket fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection was gone before it was served");
        }
    });
    let stop = shutdown.clone();
    let served =
        axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await });
    tokio::select! {
        result = async { served.await } => result,
        () = async { shutdown.cancelled().await; tokio::time::sleep(LAST_REQUESTS).await } => {
            tracing::warn!("some connections did not end in time and were cut");
            Ok(())
        }
    }
}
