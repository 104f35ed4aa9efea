//! The screens that a process serves: their pages and assets, as `bundle` has them.

use axum::Router;
use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

/// These pages and the assets of all; whoever asks for no page is led to the first.
pub fn screens<S: Clone + Send + Sync + 'static>(pages: &[&'static str]) -> Router<S> {
    let router = screens_beside(pages);
    match pages.first() {
        Some(&first) => router.route("/", get(move || async move { Redirect::temporary(first) })),
        None => router,
    }
}

/// These pages and the assets of all, where another answers whoever asks for no page.
pub fn screens_beside<S: Clone + Send + Sync + 'static>(pages: &[&'static str]) -> Router<S> {
    let router = Router::new().route("/assets/{*path}", get(file));
    (pages.iter()).fold(router, |router, page| router.route(page, get(file)))
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
