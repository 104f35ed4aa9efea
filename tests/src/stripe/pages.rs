//! The page of a bank on which a guest says yes or no.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use reqwest::Method;

use super::localstripe::Form;
use super::{Shared, dressing};

pub(super) async fn step(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let (status, payment) = dressing::look(&shared, &id).await;
    if status != 200 {
        return StatusCode::NOT_FOUND.into_response();
    }
    let way_back = shared
        .state()
        .ways_back
        .get(&id)
        .cloned()
        .unwrap_or_default();
    let answers = match payment["status"].as_str() {
        Some("requires_action") => format!(
            r#"<form method="post" action="/steps/{id}/yes"><button>Yes</button></form><form method="post" action="/steps/{id}/no"><button>No</button></form>"#
        ),
        _ => format!(r#"<a href="{way_back}">Back</a>"#),
    };
    Html(format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>A bank of a test</title><h1>A bank of a test</h1>{answers}</html>"#
    ))
    .into_response()
}

pub(super) async fn decide(
    State(shared): State<Arc<Shared>>,
    Path((id, answer)): Path<(String, String)>,
) -> Response {
    match decide_about(&shared, &id, answer == "yes").await {
        Some(()) => Redirect::to(&format!("/steps/{id}")).into_response(),
        None => StatusCode::CONFLICT.into_response(),
    }
}

/// The guest has decided; nothing, if nobody asks.
pub(super) async fn decide_about(shared: &Arc<Shared>, id: &str, yes: bool) -> Option<()> {
    let path = format!("/v1/payment_intents/{id}");
    let (_, payment) = shared.local.ask(Method::GET, &path, &Form::new()).await;
    let secret = payment["client_secret"].as_str()?.to_owned();
    let decided = format!("{path}/_authenticate?success={yes}");
    let form = vec![("client_secret".to_owned(), secret)];
    let (status, _) = shared.local.ask(Method::POST, &decided, &form).await;
    let (_, payment) = shared.local.ask(Method::GET, &path, &Form::new()).await;
    dressing::tell_what_became(shared, &payment);
    (status == 200).then_some(())
}
