//! The sandbox payment provider over HTTP.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use box_office::TenderId;
use cloud_hub::payments::protocol::{Charge, ChargeState, Charges, Event};
use cloud_hub::payments::signature;
use counter_api::DeclineReason;
use serde_json::{Value, json};
use service::Clock;
use tests::payment_provider::{Delivery, PaymentProvider, SECRET};
use tests::world::client;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Somebody who is told of changes, and answers 503 to the first `deaf` of them.
async fn listener(deaf: usize) -> (String, mpsc::UnboundedReceiver<Event>, JoinSet<()>) {
    let (heard, hears) = mpsc::unbounded_channel();
    let state = (heard, Arc::new(AtomicUsize::new(deaf)));
    let router = Router::new().route("/events", post(hear)).with_state(state);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (format!("http://{address}/events"), hears, tasks)
}

type Hears = (mpsc::UnboundedSender<Event>, Arc<AtomicUsize>);

async fn hear(State((heard, deaf)): State<Hears>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signed = headers[signature::HEADER].to_str().unwrap();
    let now = Clock::system().now();
    signature::verify([SECRET.as_bytes()], signed, &body, now).unwrap();
    if deaf
        .fetch_update(Relaxed, Relaxed, |deaf| deaf.checked_sub(1))
        .is_ok()
    {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    heard.send(serde_json::from_slice(&body).unwrap()).unwrap();
    StatusCode::OK
}

fn wish(reference: &str, card: &str) -> Value {
    json!({ "reference": reference, "amount_minor": 1250, "currency": "EUR", "card": card,
        "metadata": { "cinema": "metropol", "hold": "h1" }, "return_to": "https://cinema.example/" })
}

async fn ask(provider: &PaymentProvider, path: &str, body: &Value) -> (u16, String) {
    let asked = client()
        .post(format!("{}{path}", provider.url()))
        .json(body);
    let answer = asked.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn charge(provider: &PaymentProvider, reference: &str, card: &str) -> Charge {
    let (status, text) = ask(provider, "/v1/charges", &wish(reference, card)).await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

async fn get(provider: &PaymentProvider, path: &str) -> (u16, String) {
    let asked = client().get(format!("{}{path}", provider.url()));
    let answer = asked.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn id(text: &str) -> TenderId {
    text.parse().unwrap()
}

#[tokio::test]
async fn each_card_does_what_it_is_named_after_and_a_repeat_takes_nothing() {
    let provider = PaymentProvider::start().await;
    for _again in 0..2 {
        let taken = charge(&provider, "a", "card_approve").await;
        assert!(matches!(
            taken.state,
            ChargeState::Captured {
                amount_minor: 1250,
                ..
            }
        ));
        let declined = charge(&provider, "b", "card_not_enough_money").await;
        let reason = DeclineReason::NotEnoughMoney;
        assert_eq!(declined.state, ChargeState::Declined { reason });
        let step = charge(&provider, "c", "card_step").await;
        assert!(matches!(step.state, ChargeState::Step { .. }));
        charge(&provider, "d", "card_late_1").await;
        let vanished = ask(&provider, "/v1/charges", &wish("e", "card_vanish")).await;
        assert_eq!(vanished.0, 502);
    }
    let sums = provider.sums();
    assert_eq!((sums.captured_minor, sums.charges.len()), (3 * 1250, 5));
    let (status, _) = ask(&provider, "/v1/charges", &wish("f", "4242424242424242")).await;
    assert_eq!(status, 422, "no number of a card");
    let mut other = wish("a", "card_approve");
    other["amount_minor"] = json!(1);
    assert_eq!(ask(&provider, "/v1/charges", &other).await.0, 409);
    assert_eq!(get(&provider, "/v1/charges/never").await.0, 404);
    let (_, listed) = get(&provider, "/v1/charges?since=2").await;
    let listed: Charges = serde_json::from_str(&listed).unwrap();
    let references = listed
        .charges
        .iter()
        .map(|charge| charge.reference.as_str());
    assert_eq!(references.collect::<Vec<_>>(), ["c", "d", "e"]);
}

#[tokio::test]
async fn a_guest_says_yes_or_no_at_the_page_of_their_bank_which_says_what_it_is() {
    let provider = PaymentProvider::start().await;
    charge(&provider, "a", "card_step").await;
    let (_, page) = get(&provider, "/steps/a").await;
    assert!(
        page.contains("This is a sandbox") && page.contains("12.50 EUR"),
        "{page}"
    );
    assert_eq!(ask(&provider, "/steps/a/perhaps", &json!({})).await.0, 404);
    assert_eq!(provider.sums().captured_minor, 0);
    let (_, page) = ask(&provider, "/steps/a/yes", &json!({})).await;
    assert!(page.contains("https://cinema.example/"), "{page}");
    assert_eq!(provider.sums().captured_minor, 1250);
    ask(&provider, "/steps/a/no", &json!({})).await;
    assert_eq!(provider.sums().captured_minor, 1250, "it is decided");
    let (_, page) = get(&provider, "/").await;
    assert!(
        page.contains("This is a sandbox") && page.contains("4242"),
        "{page}"
    );
}

#[tokio::test]
async fn a_bank_that_never_answers_is_cancelled_and_takes_nothing_afterwards() {
    let provider = PaymentProvider::start().await;
    let paying = charge(&provider, "a", "card_never");
    let cancelling = async {
        provider.wait_until(|sums| sums.charges.len() == 1).await;
        ask(&provider, "/v1/charges/a/cancel", &json!({})).await
    };
    let (paid, (status, _)) = tokio::join!(paying, cancelling);
    assert_eq!((paid.state, status), (ChargeState::Cancelled, 200));
    provider.decide(&id("a"), true);
    ask(&provider, "/v1/charges/b/cancel", &json!({})).await;
    charge(&provider, "b", "card_approve").await;
    assert_eq!(provider.sums().captured_minor, 0);
}

#[tokio::test]
async fn changes_are_told_signed_until_they_are_heard_and_twice_late_or_backwards_as_is_wanted() {
    let provider = PaymentProvider::start().await;
    let (address, mut heard, _listens) = listener(2).await;
    provider.tells(&address);
    charge(&provider, "a", "card_approve").await;
    assert_eq!(
        heard.recv().await.unwrap().reference,
        id("a"),
        "the third time"
    );
    charge(&provider, "b", "card_twice").await;
    let (one, other) = (heard.recv().await.unwrap(), heard.recv().await.unwrap());
    assert_eq!((&one.reference, &one), (&id("b"), &other));
    provider.delivers(Delivery::Kept);
    charge(&provider, "c", "card_step").await;
    ask(&provider, "/steps/c/yes", &json!({})).await;
    assert!(heard.try_recv().is_err());
    provider.delivers(Delivery::Late { after_ms: 1 });
    let (one, other) = (heard.recv().await.unwrap(), heard.recv().await.unwrap());
    assert!(one.changed > other.changed, "the last of them first");
    let refund = json!({ "amount_minor": 1250 });
    assert_eq!(
        ask(&provider, "/v1/charges/a/refunds", &refund).await.0,
        200
    );
    assert_eq!(heard.recv().await.unwrap().reference, id("a"));
    let told = provider.wait_until(|sums| sums.told == 6).await;
    assert_eq!(told.refunded_minor, 1250);
}

#[tokio::test]
async fn the_providers_own_restart_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("book");
    let any = "127.0.0.1:0".parse().unwrap();
    let open = async || {
        PaymentProvider::start_at(any, Some(book.clone()), SECRET)
            .await
            .unwrap()
    };
    let provider = open().await;
    let taken = charge(&provider, "a", "card_approve").await;
    provider.stop().await;
    let provider = open().await;
    assert_eq!(charge(&provider, "a", "card_approve").await, taken);
    assert_eq!(provider.sums().captured_minor, 1250);
}
