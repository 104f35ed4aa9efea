//! The provider's pages: its book, and the page of a bank on which a guest says yes or no. Both say that no money moves.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use box_office::TenderId;
use cloud_hub::payments::protocol::{Charge, ChargeState};

use super::Shared;

/// Charges on the page, newest first.
const SHOWN: usize = 50;

pub(super) async fn book(State(shared): State<Arc<Shared>>) -> Html<String> {
    let sums = shared.sums();
    let rows: String = sums.charges.iter().rev().take(SHOWN).map(row).collect();
    let (captured, refunded) = (decimal(sums.captured_minor), decimal(sums.refunded_minor));
    Html(format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="2"><title>Sandbox payment provider</title><style>{STYLE}</style>
<h1>Sandbox payment provider</h1>{SANDBOX}<p>Taken {captured}, given back {refunded}.</p>
<div class="wide"><table><thead><tr><th>Reference<th>Cinema<th>Amount<th>What became of it<th></tr></thead><tbody>{rows}</tbody></table></div></html>"#
    ))
}

fn row(charge: &Charge) -> String {
    let reference = &charge.reference;
    let cinema = charge
        .metadata
        .as_ref()
        .map_or_else(String::new, |metadata| metadata.cinema.to_string());
    let (became, buttons) = match &charge.state {
        ChargeState::Waiting => ("the bank is waited for".to_owned(), answers(reference)),
        ChargeState::Step { .. } => (
            format!(r#"the guest is <a href="/steps/{reference}">asked by their bank</a>"#),
            answers(reference),
        ),
        ChargeState::Captured {
            last_four,
            authorisation,
            ..
        } => (
            format!("taken, **** {last_four}, {authorisation}"),
            String::new(),
        ),
        ChargeState::Declined { reason } => {
            (format!("declined: {}", reason.as_str()), String::new())
        }
        ChargeState::Cancelled => ("cancelled".to_owned(), String::new()),
        ChargeState::Refunded { amount_minor } => (
            format!("given back: {}", decimal(*amount_minor)),
            String::new(),
        ),
    };
    format!(
        "<tr><td>{reference}<td>{cinema}<td>{}<td>{became}<td><nav>{buttons}</nav></tr>",
        amount(charge)
    )
}

pub(super) async fn step(
    State(shared): State<Arc<Shared>>,
    Path(reference): Path<TenderId>,
) -> Response {
    let Some(charge) = shared.book().find(&reference).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let amount = amount(&charge);
    let (question, answers) = match &charge.state {
        ChargeState::Waiting | ChargeState::Step { .. } => (
            format!("Do you want to pay {amount}?"),
            answers(&charge.reference),
        ),
        ChargeState::Captured { .. } => (format!("You have paid {amount}."), back(&charge)),
        ChargeState::Declined { .. } | ChargeState::Cancelled => {
            ("You have not paid.".to_owned(), back(&charge))
        }
        ChargeState::Refunded { .. } => ("You have your money back.".to_owned(), back(&charge)),
    };
    Html(format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sandbox bank</title><style>{STYLE}</style>
<h1>Sandbox bank</h1>{SANDBOX}<p>{question}</p><nav>{answers}</nav></html>"#
    ))
    .into_response()
}

pub(super) async fn decide(
    State(shared): State<Arc<Shared>>,
    Path((reference, answer)): Path<(TenderId, String)>,
) -> Response {
    let approve = match answer.as_str() {
        "yes" => true,
        "no" => false,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    shared.decide(&reference, approve);
    Redirect::to(&format!("/steps/{reference}")).into_response()
}

fn answers(reference: &TenderId) -> String {
    let answer = |answer: &str, words: &str| {
        format!(
            r#"<form method="post" action="/steps/{reference}/{answer}"><button>{words}</button></form>"#
        )
    };
    answer("yes", "Yes, pay") + &answer("no", "No")
}

/// The way back to whoever sent the guest here, if that is an address of the web.
fn back(charge: &Charge) -> String {
    let Some(address) = charge.return_to.as_ref() else {
        return String::new();
    };
    let is_web = ["https://", "http://"]
        .iter()
        .any(|web| address.starts_with(web));
    let is_plain = !address.contains(['"', '<', '>', '&', '\'']);
    match is_web && is_plain {
        true => format!(r#"<a href="{address}">Back to the cinema</a>"#),
        false => String::new(),
    }
}

fn amount(charge: &Charge) -> String {
    let currency = charge
        .currency
        .map_or_else(String::new, |currency| format!(" {currency}"));
    format!("{}{currency}", decimal(charge.amount_minor))
}

/// The provider knows amounts of several currencies; the pages write them with two digits.
fn decimal(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

const SANDBOX: &str =
    "<p class=\"sandbox\">This is a sandbox: no card is charged, and no money moves.</p>";

const STYLE: &str = "
body { margin: 24px auto; max-width: 1000px; padding: 0 16px; font: 16px system-ui, sans-serif; background: #1f2a24; color: #fff }
h1 { font-size: 20px } nav { display: flex; gap: 8px } .wide { overflow-x: auto }
.sandbox { padding: 10px 14px; border-radius: 6px; background: #f2c14e; color: #111; font-weight: 600 }
a { color: #f2c14e } button { font: inherit; padding: 10px 16px; border: 1px solid #8a9c92; border-radius: 6px; background: #334039; color: #fff; cursor: pointer }
table { width: 100%; margin-top: 20px; border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 8px; border-bottom: 1px solid #4a5850; white-space: nowrap }";
