//! The screens that a process serves: their pages and assets, as `bundle` has them.

use axum::Router;
use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

/// These pages and the assets of all; whoever asks for no page is led to the first.
pub fn screens<S: Clone + Send + Sync + 'static>(pages: &[&'static str]) -> Router<S> {
    let mut router = Router::new().route("/assets/{*path}", get(file));
    if let Some(&first) = pages.first() {
        router = router.route("/", get(move || async move { Redirect::temporary(first) }));
    }
    for page in pages {
        router = router.route(page, get(file));
    }
    router
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
