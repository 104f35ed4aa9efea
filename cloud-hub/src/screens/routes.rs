//! HTTP of the screens: pages and their assets, as the bundle has them.

use axum::Router;
use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::app::App;

/// The pages of the hub and their assets.
pub(crate) fn screens() -> Router<App> {
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/head-office") }))
        .route("/head-office", get(file))
        .route("/assets/{*path}", get(file))
}

async fn file(uri: Uri, headers: HeaderMap) -> Response {
    let value = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let answer = bundle::respond(uri.path(), value(ACCEPT_ENCODING), value(IF_NONE_MATCH));
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(*name, value.as_ref());
    }
    response
        .body(Body::from(answer.body.into_owned()))
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
