//! The proxy's HTTP: which question it is, what its key says, and what goes wrong.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::keys::Says;
use super::localstripe::Form;
use super::{Asked, Fault, SECRET_KEY, SLOW, Shared, dressing, pages};

/// What `localstripe`'s script leaves out: fields in one line that come in a frame and say when they are there, and a payment method of what was typed.
const DRAWS_AND_NAMES: &str = "
;(() => {
  const made = Stripe;
  const withFrame = element => {
    const mount = element.mount.bind(element);
    element.mount = async place => {
      const frame = await fetch(`${LOCALSTRIPE_BASE_API}/frame`);
      if (!frame.ok || !element._stripeElements._cardElement) return;
      mount(place);
      // In one line, as Stripe draws them.
      place.style.cssText = 'display: flex; gap: 4px; overflow: hidden';
      place.querySelector('span').remove();
      for (const field of place.children) field.style.cssText = 'min-width: 0; flex: 1; height: 22px; border: 0; padding: 0; font: 18px sans-serif; background: none; color: inherit';
      (element.listeners.ready || []).forEach(told => told());
    };
    return element;
  };
  const createPaymentMethod = key => async ({ card }) => {
    if (!card.value) return { error: { code: 'incomplete_number', message: 'Your card number is incomplete.' } };
    const answer = await fetch(`${LOCALSTRIPE_BASE_API}/v1/payment_methods`,
      { method: 'POST', body: JSON.stringify({ key, type: 'card', card: card.value.card }) });
    const body = await answer.json();
    return body.error ? { error: body.error } : { paymentMethod: body };
  };
  const elements = stripe => () => {
    const all = stripe.elements(), create = all.create;
    all.create = (...wishes) => withFrame(create.apply(all, wishes));
    return all;
  };
  Stripe = key => {
    const stripe = made(key);
    return { ...stripe, elements: elements(stripe), createPaymentMethod: createPaymentMethod(key) };
  };
})();
";

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let stop = shared.stop.clone();
    let router = Router::new()
        .route("/v1/payment_intents", post(make).get(list))
        .route("/v1/payment_intents/{id}", get(look))
        .route("/v1/payment_intents/{id}/confirm", post(confirm))
        .route("/v1/payment_intents/{id}/cancel", post(cancel))
        .route("/v1/refunds", post(refund).get(refunds))
        .route("/v1/disputes", get(disputes))
        .route("/v1/payment_methods", post(typed))
        .route("/js.stripe.com/v3/", get(script))
        .route("/frame", get(frame))
        .route("/steps/{id}", get(pages::step))
        .route("/steps/{id}/{answer}", post(pages::decide))
        .with_state(shared);
    tokio::select! {
        _ = async { axum::serve(listener, router).await } => stop.cancel(),
        () = stop.cancelled() => {}
    }
}

/// Pages of others may read the answer.
const ANYBODY: [(header::HeaderName, &str); 1] = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];

type Here = State<Arc<Shared>>;

async fn make(State(shared): Here, headers: HeaderMap, body: Bytes) -> Response {
    answer(shared, Deed::Make, &headers, &body).await
}

async fn confirm(
    State(shared): Here,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(shared, Deed::Confirm(id), &headers, &body).await
}

async fn cancel(
    State(shared): Here,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(shared, Deed::Cancel(id), &headers, &body).await
}

async fn look(State(shared): Here, Path(id): Path<String>, headers: HeaderMap) -> Response {
    answer(shared, Deed::Look(id), &headers, b"").await
}

async fn list(State(shared): Here, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    answer(shared, Deed::List, &headers, query.as_bytes()).await
}

async fn refund(State(shared): Here, headers: HeaderMap, body: Bytes) -> Response {
    answer(shared, Deed::Refund, &headers, &body).await
}

async fn refunds(State(shared): Here, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let deed = Deed::Refunds(query.unwrap_or_default());
    answer(shared, deed, &headers, b"").await
}

async fn disputes(State(shared): Here, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    answer(shared, Deed::Disputes, &headers, query.as_bytes()).await
}

/// A browser asks, which has the key that everybody may know.
async fn typed(State(shared): Here, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let is_ours = asked["key"]
        .as_str()
        .is_some_and(|key| key.starts_with("pk_"));
    let number = asked["card"]["number"].as_str().unwrap_or_default();
    shared.hears(Asked::Name, 200);
    // It goes on for as long as this is there.
    let _ = shared.names.subscribe().wait_for(|names| *names).await;
    let (status, body) = match is_ours {
        true => dressing::typed(&shared, number).await,
        false => (401, json!({ "error": { "message": "Unauthorized" } })),
    };
    (ANYBODY, answered(status, &body)).into_response()
}

/// The frame in which fields come.
async fn frame(State(shared): Here) -> Response {
    let status = match shared.state().keeps_its_frames {
        true => StatusCode::SERVICE_UNAVAILABLE,
        false => StatusCode::NO_CONTENT,
    };
    (ANYBODY, status).into_response()
}

async fn script(State(shared): Here) -> Response {
    if shared.state().keeps_its_script {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    // It says `class Element` to the whole page, which then takes no part of itself for one.
    let script = format!(
        "(() => {{\n{}\n{DRAWS_AND_NAMES}\n}})();\n",
        shared.local.script().await
    );
    ([(header::CONTENT_TYPE, "application/javascript")], script).into_response()
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Deed {
    Make,
    Confirm(String),
    Cancel(String),
    Look(String),
    List,
    Refund,
    Refunds(String),
    Disputes,
}

impl Deed {
    fn asked(&self) -> Asked {
        match self {
            Self::Make => Asked::Make,
            Self::Confirm(_) => Asked::Confirm,
            Self::Cancel(_) => Asked::Cancel,
            Self::Look(_) => Asked::Look,
            Self::List => Asked::List,
            Self::Refund => Asked::Refund,
            Self::Refunds(_) => Asked::Refunds,
            Self::Disputes => Asked::Disputes,
        }
    }

    async fn act(self, shared: &Arc<Shared>, form: Form) -> (u16, Value) {
        match self {
            Self::Make => dressing::make(shared, form).await,
            Self::Confirm(id) => dressing::confirm(shared, &id, form).await,
            Self::Cancel(id) => dressing::cancel(shared, &id).await,
            Self::Look(id) => dressing::look(shared, &id).await,
            Self::List => dressing::list(shared, &form).await,
            Self::Refund => dressing::refund(shared, form).await,
            Self::Refunds(query) => dressing::refunds(shared, &query).await,
            Self::Disputes => dressing::disputes(shared, &form),
        }
    }
}

/// Something is asked with the secret key.
async fn answer(shared: Arc<Shared>, deed: Deed, headers: &HeaderMap, body: &[u8]) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let asked = deed.asked();
    let is_known = text("authorization") == Some(&format!("Bearer {SECRET_KEY}"));
    if !is_known || shared.state().refuses_the_key {
        shared.hears(asked, 401);
        let key = text("authorization").unwrap_or_default();
        let words = format!("Invalid API Key provided: {key}");
        let error = json!({ "type": "invalid_request_error", "message": words });
        return answered(401, &json!({ "error": error }));
    }
    if shared.state().forbidden == Some(asked) {
        shared.hears(asked, 403);
        let error = json!({ "type": "invalid_request_error", "message": "The provided key does not have the required permissions" });
        return answered(403, &json!({ "error": error }));
    }
    let fault = shared.state().goes_wrong(asked);
    let refused = match fault {
        Some(Fault::Down) => Some((503, json!({ "error": { "type": "api_error" } }))),
        Some(Fault::TooMany) => Some((429, json!({ "error": { "code": "rate_limit" } }))),
        Some(Fault::NotAllowed) => Some((400, not_allowed())),
        Some(Fault::OtherWords) => Some((400, other_words())),
        Some(Fault::UsedBefore) => Some((400, used_before())),
        Some(
            Fault::CutAfter
            | Fault::Silent
            | Fault::Twice
            | Fault::Slow
            | Fault::ErrorKept
            | Fault::DoneErrorKept
            | Fault::AfterYes,
        )
        | None => None,
    };
    let (status, body) = match refused {
        Some(refused) => refused,
        None => {
            let key = text("idempotency-key").map(str::to_owned);
            let body = String::from_utf8_lossy(body).into_owned();
            // Whoever asks may be gone before it is done.
            let (doing, here) = (Arc::clone(&shared), Arc::clone(&shared));
            let times = if fault == Some(Fault::Twice) { 2 } else { 1 };
            let done = here.tasks.spawn(async move {
                if let (Some(Fault::AfterYes), Deed::Cancel(id)) = (fault, &deed) {
                    // Nobody may have been asked.
                    let _ = pages::decide_about(&doing, id, true).await;
                }
                if let (Some(Fault::ErrorKept), Some(key)) = (fault, &key) {
                    let kept = doing.keys.ask(key, &question(&deed, &body));
                    if kept == Says::New {
                        doing.keys.keep(key, broken());
                    }
                }
                let mut last = (500, Value::Null);
                for _time in 0..times {
                    last = done(&doing, deed.clone(), key.as_deref(), &body).await;
                }
                if let (Some(Fault::DoneErrorKept), Some(key)) = (fault, &key) {
                    doing.keys.keep(key, broken());
                    last = broken();
                }
                last
            });
            done.await.unwrap_or((500, Value::Null))
        }
    };
    shared.hears(asked, status);
    match fault {
        Some(Fault::CutAfter) => cut(),
        Some(Fault::Silent) => {
            shared.stop.cancelled().await;
            cut()
        }
        Some(Fault::Slow) => {
            tokio::time::sleep(SLOW).await;
            answered(status, &body)
        }
        Some(
            Fault::Down
            | Fault::TooMany
            | Fault::Twice
            | Fault::ErrorKept
            | Fault::DoneErrorKept
            | Fault::OtherWords
            | Fault::NotAllowed
            | Fault::UsedBefore
            | Fault::AfterYes,
        )
        | None => answered(status, &body),
    }
}

/// It is done, unless its key says that it was.
async fn done(shared: &Arc<Shared>, deed: Deed, key: Option<&str>, body: &str) -> (u16, Value) {
    let url = reqwest::Url::parse(&format!("http://form/?{body}")).expect("a form");
    let form = url.query_pairs().into_owned();
    let form: Form = form.filter(|(name, _)| name != "expand[]").collect();
    let Some(key) = key else {
        return deed.act(shared, form).await;
    };
    match shared.keys.ask(key, &question(&deed, body)) {
        Says::Answer(status, body) => (status, body),
        Says::New => {
            let answer = deed.act(shared, form).await;
            shared.keys.keep(key, answer.clone());
            answer
        }
    }
}

/// What is asked under a key.
fn question(deed: &Deed, body: &str) -> String {
    format!("{deed:?} {body}")
}

/// An error of its own.
fn broken() -> (u16, Value) {
    (500, json!({ "error": { "type": "api_error" } }))
}

/// What an account is told that may charge nobody.
fn not_allowed() -> Value {
    json!({ "error": { "type": "invalid_request_error", "code": "testmode_charges_only",
        "message": "Your account cannot currently make live charges." } })
}

/// What is said of a card that was used before.
fn used_before() -> Value {
    json!({ "error": { "type": "invalid_request_error",
        "message": "The provided PaymentMethod was previously used and may not be used again." } })
}

/// What is said to another question under a key.
fn other_words() -> Value {
    json!({ "error": { "type": "idempotency_error",
        "message": "Keys for idempotent requests can only be used with the same parameters" } })
}

fn answered(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    (status, axum::Json(body.clone())).into_response()
}

/// An answer of which nothing but its beginning arrives.
fn cut() -> Response {
    let broken = std::io::Error::other("the line is cut");
    let pieces = [Ok::<_, std::io::Error>("{"), Err(broken)];
    Response::new(Body::from_stream(stream::iter(pieces)))
}
