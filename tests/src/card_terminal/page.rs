//! The terminal's web page: how it treats payments, who is waiting, and what it has taken.

use std::sync::Arc;

use appliance::terminal::Payment;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use box_office::TenderId;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Behaviour, Control, Entry, Shared, Till};

/// Payments on the page, newest first.
const SHOWN: usize = 50;

/// The behaviours that have a button: name in the address, words, behaviour.
const BUTTONS: [(&str, &str, Behaviour); 6] = [
    ("approve", "Approve", Behaviour::Approve { after_ms: 1500 }),
    ("decline", "Decline", Behaviour::Decline { after_ms: 1500 }),
    ("ask", "Let me decide", Behaviour::NeverAnswer),
    (
        "late",
        "Take, answer 20 s late",
        Behaviour::AnswerLate { after_ms: 20_000 },
    ),
    ("vanish", "Take and vanish", Behaviour::Vanish),
    ("vanish_before", "Vanish at once", Behaviour::VanishBefore),
];

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken) {
    let router = Router::new()
        .route("/", get(page))
        .route("/till.json", get(till))
        .route("/always/{behaviour}", post(always))
        .route("/payments/{reference}/{decision}", post(decide))
        .with_state(shared);
    tokio::select! {
        _ = async { axum::serve(listener, router).await } => stop.cancel(),
        () = stop.cancelled() => {}
    }
}

async fn till(State(shared): State<Arc<Shared>>) -> Json<Till> {
    Json(shared.book().till())
}

async fn always(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Response {
    let Some((_, _, behaviour)) = BUTTONS.into_iter().find(|(each, _, _)| *each == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    shared.control(Control::Always { behaviour });
    Redirect::to("/").into_response()
}

async fn decide(
    State(shared): State<Arc<Shared>>,
    Path((reference, decision)): Path<(TenderId, String)>,
) -> Response {
    let approve = match decision.as_str() {
        "approve" => true,
        "decline" => false,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    shared.control(Control::Decide { reference, approve });
    Redirect::to("/").into_response()
}

async fn page(State(shared): State<Arc<Shared>>) -> Html<String> {
    let (till, behaviour, rows) = {
        let book = shared.book();
        (
            book.till(),
            book.behaviour(),
            book.newest(SHOWN).map(row).collect::<String>(),
        )
    };
    let buttons: String = BUTTONS
        .iter()
        .map(|(name, words, each)| {
            let pressed = *each == behaviour;
            format!(r#"<form method="post" action="/always/{name}"><button aria-pressed="{pressed}">{words}</button></form>"#)
        })
        .collect();
    let (captured, refunded) = (amount(till.captured_minor), amount(till.refunded_minor));
    Html(format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>Card terminal</title><style>{STYLE}</style>
<h1>Simulated card terminal</h1><p>Taken {captured}, given back {refunded}. Every payment from here on:</p><nav>{buttons}</nav>
<table><thead><tr><th>Reference<th>Amount<th>What became of it<th></tr></thead><tbody>{rows}</tbody></table></html>"#
    ))
}

fn row(entry: &Entry) -> String {
    let (reference, amount) = (&entry.reference, amount(entry.amount_minor));
    let decision = |decision: &str, words: &str| {
        format!(
            r#"<form method="post" action="/payments/{reference}/{decision}"><button>{words}</button></form>"#
        )
    };
    let (became, buttons) = match &entry.payment {
        Payment::Unknown => ("unknown".to_owned(), String::new()),
        Payment::Waiting => (
            "waiting for the guest".to_owned(),
            decision("approve", "Pay") + &decision("decline", "Refuse"),
        ),
        Payment::Approved { slip, .. } => (
            format!("approved, **** {}, {}", slip.last_four, slip.authorisation),
            String::new(),
        ),
        Payment::Declined { reason } => (reason.clone(), String::new()),
        Payment::Cancelled => ("cancelled".to_owned(), String::new()),
        Payment::Refunded { .. } => ("given back".to_owned(), String::new()),
    };
    format!("<tr><td>{reference}<td>{amount}<td>{became}<td>{buttons}</tr>")
}

/// The terminal knows amounts of several currencies; the page writes them with two digits.
fn amount(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

const STYLE: &str = "
body { margin: 24px auto; max-width: 900px; padding: 0 16px; font: 16px system-ui, sans-serif; background: #22262b; color: #fff }
h1 { font-size: 20px } nav, td:last-child { display: flex; flex-wrap: wrap; gap: 8px }
button { font: inherit; padding: 8px 14px; border: 1px solid #8a929c; border-radius: 6px; background: #333940; color: #fff; cursor: pointer }
button[aria-pressed=true] { background: #f2c14e; color: #111; border-color: #f2c14e }
table { width: 100%; margin-top: 20px; border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 8px; border-bottom: 1px solid #4a5058 }";
