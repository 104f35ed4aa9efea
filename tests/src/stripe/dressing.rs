//! What `localstripe` keeps, in the form in which Stripe answers it, and what Stripe does that `localstripe` does not.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use super::localstripe::Form;
use super::{Shared, days};

/// Stripe's names of cards for tests that `localstripe` does not know: the number that it knows for what they do, and why their bank says no.
const CARDS: [(&str, &str, &str); 4] = [
    ("pm_card_authenticationRequired", "4000002500003155", ""),
    (
        "pm_card_visa_chargeDeclined",
        "4000000000000341",
        "generic_decline",
    ),
    (
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "4000000000000341",
        "insufficient_funds",
    ),
    (
        "pm_card_chargeDeclinedExpiredCard",
        "4000000000000341",
        "expired_card",
    ),
];

/// The same of numbers, as a browser sends them.
const NUMBERS: [(&str, &str, &str); 2] = [
    ("4000000000000002", "4000000000000341", "generic_decline"),
    ("4000000000009995", "4000000000000341", "insufficient_funds"),
];

/// Until when what a bank fetches back may be answered: 2096-10-02.
const ANSWER_BY: i64 = 4_000_000_000;

/// What a form says under a name.
pub(super) fn said<'f>(form: &'f Form, name: &str) -> Option<&'f str> {
    form.iter()
        .find(|(it, _)| it == name)
        .map(|(_, value)| value.as_str())
}

/// A payment is made.
pub(super) async fn make(shared: &Arc<Shared>, form: Form) -> (u16, Value) {
    let (status, payment) = shared
        .local
        .ask(Method::POST, "/v1/payment_intents", &form)
        .await;
    match status {
        200 => {
            is_made(shared, &payment);
            tell(shared, "payment_intent.created", &payment);
            (200, dressed(shared, payment).await)
        }
        _ => (status, payment),
    }
}

/// Another program makes a payment in the same account.
pub(super) async fn make_others(shared: &Arc<Shared>) {
    let form = [("amount", "500"), ("currency", "usd")];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (status, payment) = shared
        .local
        .ask(Method::POST, "/v1/payment_intents", &form.to_vec())
        .await;
    assert_eq!(status, 200);
    is_made(shared, &payment);
}

/// A card is tried: Stripe takes it, and the way back, with the wish to try it.
pub(super) async fn confirm(shared: &Arc<Shared>, id: &str, form: Form) -> (u16, Value) {
    let path = format!("/v1/payment_intents/{id}");
    let (status, before) = shared.local.ask(Method::GET, &path, &Form::new()).await;
    if status != 200 {
        return (status, before);
    }
    // It takes it for one that may be tried again, which Stripe does not do here.
    let stands = before["status"].as_str().unwrap_or_default();
    if !matches!(stands, "requires_payment_method" | "requires_confirmation") {
        let error =
            json!({ "type": "invalid_request_error", "code": "payment_intent_unexpected_state" });
        return (400, json!({ "error": error }));
    }
    if let Some(page) = said(&form, "return_url") {
        let page = page.to_owned();
        shared.state().ways_back.insert(id.to_owned(), page);
    }
    let card = card(shared, said(&form, "payment_method").unwrap_or_default()).await;
    let method = format!("/v1/payment_methods/{card}");
    if shared.local.ask(Method::GET, &method, &Form::new()).await.0 != 200 {
        let error = json!({ "type": "invalid_request_error", "code": "resource_missing", "param": "payment_method",
            "message": "No such PaymentMethod" });
        return (400, json!({ "error": error }));
    }
    let reason = shared.state().reasons.get(&card).copied();
    if let Some(reason) = reason {
        shared.state().declined.insert(id.to_owned(), reason);
    }
    let with = vec![("payment_method".to_owned(), card)];
    let (status, refused) = shared.local.ask(Method::POST, &path, &with).await;
    if status != 200 {
        return (status, refused);
    }
    let confirm = format!("{path}/confirm");
    let (status, body) = shared.local.ask(Method::POST, &confirm, &Form::new()).await;
    let (_, payment) = shared.local.ask(Method::GET, &path, &Form::new()).await;
    tell_what_became(shared, &payment);
    match status {
        200 => (200, dressed(shared, body).await),
        _ => (status, body),
    }
}

/// A card of tests by its name, as `localstripe` knows it.
async fn card(shared: &Arc<Shared>, name: &str) -> String {
    let Some((_, number, reason)) = CARDS.iter().find(|(card, _, _)| *card == name) else {
        return name.to_owned();
    };
    method(shared, number, reason).await
}

/// A payment method with this number.
async fn method(shared: &Arc<Shared>, number: &str, reason: &'static str) -> String {
    let form = [
        ("type", "card"),
        ("card[number]", number),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "2099"),
        ("card[cvc]", "123"),
    ];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (_, made) = shared
        .local
        .ask(Method::POST, "/v1/payment_methods", &form.to_vec())
        .await;
    let id = made["id"].as_str().unwrap_or_default().to_owned();
    if !reason.is_empty() {
        shared.state().reasons.insert(id.clone(), reason);
    }
    id
}

/// A browser makes a payment method of what was typed.
pub(super) async fn typed(shared: &Arc<Shared>, number: &str) -> (u16, Value) {
    let known = NUMBERS.iter().find(|(typed, _, _)| *typed == number);
    let id = match known {
        Some((_, number, reason)) => method(shared, number, reason).await,
        None => method(shared, number, "").await,
    };
    match id.is_empty() {
        true => {
            let error = json!({ "type": "card_error", "code": "incorrect_number", "message": "Your card number is incorrect." });
            (402, json!({ "error": error }))
        }
        false => (200, json!({ "id": id, "object": "payment_method" })),
    }
}

/// A payment is stopped.
pub(super) async fn cancel(shared: &Arc<Shared>, id: &str) -> (u16, Value) {
    let path = format!("/v1/payment_intents/{id}/cancel");
    let (status, body) = shared.local.ask(Method::POST, &path, &Form::new()).await;
    match status {
        200 => {
            tell(shared, "payment_intent.canceled", &body);
            (200, dressed(shared, body).await)
        }
        _ => (status, body),
    }
}

/// What became of a payment.
pub(super) async fn look(shared: &Arc<Shared>, id: &str) -> (u16, Value) {
    let path = format!("/v1/payment_intents/{id}");
    let (status, body) = shared.local.ask(Method::GET, &path, &Form::new()).await;
    match status {
        200 => (200, dressed(shared, body).await),
        _ => (status, body),
    }
}

/// Every payment, the newest first.
pub(super) async fn all_payments(shared: &Arc<Shared>) -> Vec<Value> {
    let ids = shared.state().made.clone().into_iter().rev();
    let mut payments = Vec::new();
    for (id, _) in ids {
        payments.push(look(shared, &id).await.1);
    }
    payments
}

/// A payment is made: `localstripe` takes seconds to list a thousand, and does nothing else meanwhile.
fn is_made(shared: &Shared, payment: &Value) {
    let id = payment["id"].as_str().unwrap_or_default().to_owned();
    let at = payment["created"].as_i64().unwrap_or(0);
    shared.state().made.push((id, at));
}

/// A piece of the list of payments.
pub(super) async fn list(shared: &Arc<Shared>, query: &Form) -> (u16, Value) {
    let number = |name: &str| said(query, name).and_then(|text| text.parse::<i64>().ok());
    let (strange, mut made) = {
        let state = shared.state();
        (state.strange.clone(), state.made.clone())
    };
    made.reverse();
    let text = |object: &Value| object["id"].as_str().unwrap_or_default().to_owned();
    let first = strange
        .iter()
        .map(|object| (text(object), object["created"].as_i64().unwrap_or(0)));
    let mut listed: Vec<(String, i64)> = first.chain(made).collect();
    listed.retain(|(_, made)| {
        number("created[gte]").is_none_or(|from| *made >= from)
            && number("created[lte]").is_none_or(|to| *made <= to)
    });
    if let Some(after) = said(query, "starting_after") {
        let place = listed.iter().position(|(id, _)| id == after);
        listed.drain(..place.map_or(0, |place| place + 1));
    }
    let most = number("limit")
        .and_then(|most| usize::try_from(most).ok())
        .unwrap_or(10);
    let has_more = listed.len() > most;
    listed.truncate(most);
    let mut payments = Vec::new();
    for (id, _) in listed {
        payments.push(match strange.iter().find(|object| object["id"] == *id) {
            Some(object) => object.clone(),
            None => look(shared, &id).await.1,
        });
    }
    (
        200,
        json!({ "object": "list", "data": payments, "has_more": has_more }),
    )
}

/// Money back: not more than was taken, whatever was given back before.
pub(super) async fn refund(shared: &Arc<Shared>, form: Form) -> (u16, Value) {
    if shared.state().refuses_refunds {
        let error = json!({ "type": "invalid_request_error", "code": "charge_disputed" });
        return (400, json!({ "error": error }));
    }
    let id = said(&form, "payment_intent").unwrap_or_default().to_owned();
    let path = format!("/v1/payment_intents/{id}");
    let (_, payment) = shared.local.ask(Method::GET, &path, &Form::new()).await;
    let charge = &payment["latest_charge"];
    let number = |name: &str| charge[name].as_i64().unwrap_or(0);
    let left = number("amount") - number("amount_refunded");
    let wanted = said(&form, "amount")
        .and_then(|amount| amount.parse().ok())
        .unwrap_or(left);
    if wanted > left || left == 0 {
        let code = if left == 0 {
            "charge_already_refunded"
        } else {
            "amount_too_large"
        };
        return (
            400,
            json!({ "error": { "type": "invalid_request_error", "code": code } }),
        );
    }
    let (status, mut refund) = shared.local.ask(Method::POST, "/v1/refunds", &form).await;
    if status == 200 {
        become_now(shared, &mut refund);
        let mut about = charge.clone();
        about["payment_intent"] = json!(id);
        tell(shared, "charge.refunded", &about);
    }
    (status, refund)
}

/// What was given back of a payment.
pub(super) async fn refunds(shared: &Arc<Shared>, query: &str) -> (u16, Value) {
    let path = format!("/v1/refunds?{query}");
    let (status, mut list) = shared.local.ask(Method::GET, &path, &Form::new()).await;
    for refund in list["data"].as_array_mut().into_iter().flatten() {
        become_now(shared, refund);
    }
    (status, list)
}

/// What banks fetch back of a payment.
pub(super) fn disputes(shared: &Shared, query: &Form) -> (u16, Value) {
    let payment = said(query, "payment_intent").unwrap_or_default();
    let known = shared.state().disputes.get(payment).cloned();
    let object = |(amount, status)| {
        json!({ "object": "dispute", "payment_intent": payment, "amount": amount, "currency": "eur", "status": status,
            "evidence_details": { "due_by": ANSWER_BY } })
    };
    let all: Vec<Value> = known.into_iter().flatten().map(object).collect();
    (
        200,
        json!({ "object": "list", "data": all, "has_more": false }),
    )
}

/// Calls about what a bank fetches back of a payment.
pub(super) fn tell_of_dispute(shared: &Shared, payment: &Value, status: &str) {
    let kind = match status {
        "needs_response" => "charge.dispute.created",
        "won" | "lost" => "charge.dispute.closed",
        _ => "charge.dispute.updated",
    };
    let dispute = json!({ "object": "dispute", "payment_intent": payment["id"], "amount": 1, "currency": "eur", "status": status });
    tell(shared, kind, &dispute);
}

/// A refund is where all of them are at this moment, if they are anywhere but there.
fn become_now(shared: &Shared, refund: &mut Value) {
    if let Some(status) = shared.state().refunds_are {
        refund["status"] = json!(status);
    }
}

/// Calls about the refunds of a payment.
pub(super) fn tell_of_refunds(shared: &Shared, payment: &Value) {
    let refund = json!({ "object": "refund", "payment_intent": payment["id"] });
    tell(shared, "refund.updated", &refund);
}

/// Calls about what became of a payment.
pub(super) fn tell_what_became(shared: &Shared, payment: &Value) {
    let kind = match payment["status"].as_str() {
        Some("succeeded") => "payment_intent.succeeded",
        Some("requires_action") => "payment_intent.requires_action",
        _ => "payment_intent.payment_failed",
    };
    tell(shared, kind, payment);
}

fn tell(shared: &Shared, kind: &str, object: &Value) {
    let (number, way) = {
        let mut state = shared.state();
        state.events += 1;
        let way = days::way(&mut state);
        (state.events, way)
    };
    if let Some(way) = way {
        shared.telling.by(way);
    }
    let id = format!("evt_{number}");
    let event = json!({ "id": id, "object": "event", "type": kind, "data": { "object": object } });
    shared.telling.tell(Some(&event), 1);
}

/// A payment as Stripe answers it.
pub(super) async fn dressed(shared: &Arc<Shared>, mut payment: Value) -> Value {
    let id = payment["id"].as_str().unwrap_or_default().to_owned();
    if payment["status"] == "requires_action" {
        let page = format!("{}/steps/{id}", shared.origin);
        payment["next_action"] =
            json!({ "type": "redirect_to_url", "redirect_to_url": { "url": page } });
    }
    let reason = shared.state().declined.get(&id).copied();
    if let (Some(reason), true) = (reason, payment["last_payment_error"].is_object()) {
        payment["last_payment_error"]["decline_code"] = json!(reason);
    }
    if payment["status"] == "succeeded" {
        payment["amount_received"] = payment["amount"].clone();
        let method = payment["latest_charge"]["payment_method"]
            .as_str()
            .unwrap_or_default();
        let path = format!("/v1/payment_methods/{method}");
        let (_, method) = shared.local.ask(Method::GET, &path, &Form::new()).await;
        let card = json!({ "card": { "last4": method["card"]["last4"] } });
        payment["latest_charge"]["payment_method_details"] = card;
    }
    payment
}
