//! The printer's web page: its papers as pictures, and buttons for what goes wrong with printers.

use std::sync::Arc;

use axum::extract::{Path, Query, State as Extracted};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::document::Document;
use super::mechanism::State;
use super::{Shared, picture};

/// Papers on the page, newest first: more than anybody scrolls through.
const SHOWN: usize = 40;

/// The states that have a button, with its words.
const BUTTONS: [(State, &str); 6] = [
    (State::Ready, "Ready (refill, close)"),
    (State::PaperLow, "Paper low"),
    (State::PaperOut, "Paper out"),
    (State::CoverOpen, "Cover open"),
    (State::Offline, "Offline"),
    (State::CutterJam, "Cutter jam"),
];

/// `/papers.json`: everything that was printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Papers {
    /// How the printer is.
    pub state: State,
    /// Its papers, oldest first.
    pub papers: Vec<Document>,
}

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken) {
    let router = Router::new()
        .route("/", get(page))
        .route("/papers.json", get(papers))
        .route("/papers/{number}", get(paper))
        .route("/state/{state}", post(set_state))
        .route("/changed", get(changed))
        .with_state(shared);
    // Dropped and not drained: a browser that waits for a change would keep it open.
    tokio::select! {
        _ = async { axum::serve(listener, router).await } => stop.cancel(),
        () = stop.cancelled() => {}
    }
}

async fn papers(Extracted(shared): Extracted<Arc<Shared>>) -> Json<Papers> {
    let mechanism = shared.mechanism();
    Json(Papers {
        state: mechanism.state(),
        papers: mechanism.papers(),
    })
}

async fn paper(Extracted(shared): Extracted<Arc<Shared>>, Path(name): Path<String>) -> Response {
    let papers = shared.mechanism().papers();
    let number = name
        .strip_suffix(".svg")
        .and_then(|number| number.parse::<u32>().ok());
    match papers.iter().find(|paper| Some(paper.number) == number) {
        Some(paper) => ([("content-type", "image/svg+xml")], picture::svg(paper)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn set_state(
    Extracted(shared): Extracted<Arc<Shared>>,
    Path(state): Path<State>,
) -> Redirect {
    shared.change(|mechanism| mechanism.set(state));
    Redirect::to("/")
}

#[derive(Deserialize)]
struct Since {
    since: u64,
}

/// Answers as soon as something has happened after `since`.
async fn changed(
    Extracted(shared): Extracted<Arc<Shared>>,
    Query(Since { since }): Query<Since>,
) -> String {
    let mut changes = shared.changes.subscribe();
    match changes.wait_for(|changes| *changes > since).await {
        Ok(changes) => changes.to_string(),
        Err(_) => since.to_string(),
    }
}

async fn page(Extracted(shared): Extracted<Arc<Shared>>) -> Html<String> {
    let changes = *shared.changes.borrow();
    let (state, papers) = {
        let mechanism = shared.mechanism();
        (mechanism.state(), mechanism.papers())
    };
    let buttons: String = BUTTONS
        .iter()
        .map(|button| self::button(*button, state))
        .collect();
    let shown: String = papers.iter().rev().take(SHOWN).map(figure).collect();
    let shown = if shown.is_empty() {
        "<p>Nothing has been printed yet.</p>".to_owned()
    } else {
        shown
    };
    let count = papers.len();
    Html(format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>Virtual printer</title><style>{STYLE}</style>
<header><h1>Virtual printer</h1><p>{count} papers</p>{buttons}</header><main>{shown}</main>
<script>fetch("/changed?since={changes}").then(() => location.reload(), () => setTimeout(() => location.reload(), 2000))</script></html>"#
    ))
}

fn button((state, words): (State, &str), now: State) -> String {
    let name = serde_json::to_value(state)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default();
    let pressed = state == now;
    format!(
        r#"<form method="post" action="/state/{name}"><button aria-pressed="{pressed}">{words}</button></form>"#
    )
}

fn figure(paper: &Document) -> String {
    let note = if paper.cut { "" } else { ", not cut" };
    format!(
        r#"<figure>{}<figcaption>Paper {}{note}</figcaption></figure>"#,
        picture::svg(paper),
        paper.number
    )
}

const STYLE: &str = "
body { margin: 0; font: 16px system-ui, sans-serif; background: #4a5058; color: #fff }
header { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; padding: 12px 20px; background: #22262b }
h1 { font-size: 18px; margin: 0 } header p { margin: 0 12px 0 0; opacity: .8 }
button { font: inherit; padding: 8px 14px; border: 1px solid #8a929c; border-radius: 6px; background: #333940; color: #fff; cursor: pointer }
button[aria-pressed=true] { background: #f2c14e; color: #111; border-color: #f2c14e }
main { display: flex; flex-wrap: wrap; gap: 24px; padding: 24px; align-items: flex-start }
figure { margin: 0; width: 320px } figure svg { display: block; filter: drop-shadow(0 2px 6px #0008) }
figcaption { padding: 6px 2px; font-size: 13px; opacity: .8 }";
