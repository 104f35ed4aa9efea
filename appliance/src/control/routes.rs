//! HTTP over the box's own socket.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use service::http::{Json, Refusal};
use tokio::net::UnixListener;

use super::{Done, Order, SOCKET, perform};
use crate::app::App;

/// A programme of a year has some megabytes.
const LARGEST_ORDER: usize = 16 * 1024 * 1024;

/// Opens the socket; one that an earlier life left behind is replaced (the lock on the database says that nobody else runs).
pub(crate) fn open(folder: &Path) -> io::Result<UnixListener> {
    let path = folder.join(SOCKET);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers orders until shutdown.
pub(crate) async fn serve(app: App, listener: UnixListener) {
    let shutdown = app.lifecycle.shutdown().clone();
    let router = Router::new()
        .route("/orders", post(order))
        .layer(DefaultBodyLimit::max(LARGEST_ORDER))
        .with_state(app);
    let served = axum::serve(listener, router)
        .with_graceful_shutdown(shutdown.cancelled_owned())
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "the box's own socket failed");
    }
}

async fn order(State(app): State<App>, Json(order): Json<Order>) -> Result<Json<Done>, Refusal> {
    perform(&app, order).await.map(Json)
}
