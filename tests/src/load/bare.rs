//! The least that a server can be: axum, one route, the bytes of a file, an ETag. What the box is held against.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;

/// The ETag that it always has.
pub const BARE_ETAG: &str = "\"1\"";

/// Serves `file` at `/` until it is killed.
///
/// # Errors
/// The address is taken, or the file cannot be read.
pub async fn serve(address: SocketAddr, file: &Path) -> io::Result<()> {
    let bytes = Bytes::from(std::fs::read(file)?);
    let router = Router::new().route(
        "/",
        get(move |headers: HeaderMap| {
            let answer = answer(&headers, bytes.clone());
            async move { answer }
        }),
    );
    axum::serve(TcpListener::bind(address).await?, router).await
}

fn answer(headers: &HeaderMap, bytes: Bytes) -> Response {
    match headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known == BARE_ETAG)
    {
        true => (StatusCode::NOT_MODIFIED, [(ETAG, BARE_ETAG)]).into_response(),
        false => (
            [(ETAG, BARE_ETAG), (CONTENT_TYPE, "application/json")],
            bytes,
        )
            .into_response(),
    }
}
