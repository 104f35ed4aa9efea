//! A guest at home pays by Stripe: a running `localstripe` behind a proxy of ours that adds what Stripe promises and has bad days. Whatever is cut,
//! killed, repeated or lost, what was taken has tickets or is back, once.

mod disputes;
mod evening;
mod lists;
mod refunds;

use cloud_hub::payments::signature;
use counter_api::{DeclineReason, HoldState, TenderState};
use serde_json::{Value, json};
use service::Clock;
use tests::engine::Engine;
use tests::payment_provider::Delivery;
use tests::stripe::{Asked, Fault, SIGNS_WITH, Stripe, Taken, days};
use tests::world::{Held, Hub, PROGRAMME, client, until};

use crate::guests_at_home::hub_with_seats;

const VISA: &str = "pm_card_visa";
/// What a seat costs, and less than Stripe charges.
const REGULAR: &str = "10.00";
const CHEAP: &str = "0.40";
const ASKS_FIRST: &str = "pm_card_authenticationRequired";

/// A hub that sells, without a box, and whoever takes its money.
struct Online {
    hub: Hub,
    stripe: Stripe,
}

impl Online {
    async fn open(engine: Engine) -> Self {
        let stripe = Stripe::start().await;
        let payments = format!("[payments]\n{}", stripe.settings());
        let hub = hub_with_seats(engine, &payments, PROGRAMME).await;
        let online = Self { hub, stripe };
        online.stripe.tells(&online.hears());
        online
    }

    fn hears(&self) -> String {
        format!("{}/api/v1/payment-events", self.hub.url())
    }

    /// A new guest holds a seat.
    async fn holds(&self, seat: &str) -> Held {
        let guest = self.hub.guest("metropol").await;
        guest.hold("tomorrow", &[seat]).await
    }

    async fn money(&self) -> (i64, i64) {
        let Taken {
            captured, refunded, ..
        } = self.stripe.taken().await;
        (captured, refunded)
    }

    /// Somebody calls as Stripe.
    async fn call(&self, signed: &str, body: &str) -> u16 {
        let called = client()
            .post(self.hears())
            .header("stripe-signature", signed)
            .body(body.to_owned());
        called.send().await.unwrap().status().as_u16()
    }
}

/// The page of the bank that asks first.
async fn page_of_the_bank(held: &Held) -> String {
    until("the bank asks", || async {
        held.look().await.tenders.last()?.step.clone()
    })
    .await
}

/// Why the last card was declined.
async fn reason(held: &Held) -> Option<DeclineReason> {
    held.look().await.tenders.last()?.declined
}

tests::on_both_engines!(a_guest_pays_by_stripe_and_the_payment_says_what_it_is_for);

async fn a_guest_pays_by_stripe_and_the_payment_says_what_it_is_for(engine: Engine) {
    let online = Online::open(engine).await;
    let guest = online.hub.guest("metropol").await;
    let held = guest.hold("tomorrow", &["A1", "A2"]).await;
    assert_eq!(held.pay_with(VISA).await, TenderState::Approved);
    let sale = held.sale().await;
    assert_eq!(sale.tickets.len(), 2);
    let taken = online.stripe.taken().await;
    assert_eq!((taken.captured, taken.payments.len()), (2_000, 1));
    let payment = &taken.payments[0];
    assert_eq!(payment["currency"], "eur");
    let expected = json!({
        "foyer_payment": sale.tenders[0].id, "foyer_cinema": "metropol", "foyer_hold": held.hold.id,
        "foyer_showtime": "tomorrow", "foyer_seats": "A1 A2",
    });
    assert_eq!(payment["metadata"], expected);
    let slip = sale.tenders[0].card.clone().unwrap();
    assert_eq!(slip.last_four, "4242");
    assert_eq!(
        payment["id"], *slip.authorisation,
        "by which name Stripe knows it"
    );
    // A card of nobody's is declined, and says so.
    let held = online.holds("A3").await;
    assert_eq!(held.pay_with("pm_of_nobody").await, TenderState::Declined);
    assert_eq!(
        online.stripe.taken().await.payments[0]["status"],
        "canceled"
    );
    let log = std::fs::read_to_string(online.hub.log()).unwrap();
    assert!(!log.contains(tests::stripe::SECRET_KEY) && !log.contains(SIGNS_WITH));
}

#[tokio::test]
async fn a_bank_that_says_no_says_why_and_another_card_pays() {
    let online = Online::open(Engine::Sqlite).await;
    let held = online.holds("A1").await;
    let cards = [
        ("pm_card_visa_chargeDeclined", DeclineReason::Refused),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            DeclineReason::NotEnoughMoney,
        ),
        ("pm_card_chargeDeclinedExpiredCard", DeclineReason::Expired),
    ];
    for (card, expected) in cards {
        assert_eq!(held.pay_with(card).await, TenderState::Declined, "{card}");
        assert_eq!(reason(&held).await, Some(expected), "{card}");
    }
    assert_eq!(held.pay_with(VISA).await, TenderState::Approved);
    assert_eq!(online.money().await, (1_000, 0));
    // What was declined can bring nothing any more.
    let mut all = online.stripe.taken().await.payments;
    let paid = all.remove(0);
    assert_eq!((all.len(), &paid["status"]), (3, &json!("succeeded")));
    for declined in all {
        assert_eq!(declined["status"], "canceled", "{declined}");
    }
    // Where it cannot be closed the guest is told all the same, and it is closed when Stripe calls.
    let held = online.holds("A2").await;
    for _try in 0..3 {
        online.stripe.next(Asked::Cancel, Fault::Down);
    }
    let declined = held.pay_with("pm_card_visa_chargeDeclined").await;
    assert_eq!(declined, TenderState::Declined);
    until("it is closed", || async {
        let newest = &online.stripe.taken().await.payments[0];
        (newest["status"] == "canceled").then_some(())
    })
    .await;
    assert_eq!(reason(&held).await, Some(DeclineReason::Refused));
}

#[tokio::test]
async fn an_account_that_may_not_charge_is_told_as_ours_and_head_office_sees_it() {
    let online = Online::open(Engine::Sqlite).await;
    let is_told = async || {
        let cases = online.hub.cases().await;
        cases
            .iter()
            .any(|case| case.code == "online_payments_refused")
    };
    let held = online.holds("A1").await;
    online.stripe.next(Asked::Make, Fault::NotAllowed);
    assert_eq!(held.pay_with(VISA).await, TenderState::Declined);
    assert_eq!(reason(&held).await, Some(DeclineReason::Unavailable));
    assert!(is_told().await);
    let words = online.hub.order(&["cases"]);
    assert!(
        words.contains("cannot currently make live charges"),
        "{words}"
    );
    assert_eq!(held.pay_with(VISA).await, TenderState::Approved);
    assert!(!is_told().await, "it charges again");

    // A card that was used before, which Stripe says in words that name nothing: its guest's matter.
    let held = online.holds("A3").await;
    online.stripe.next(Asked::Confirm, Fault::UsedBefore);
    assert_eq!(held.pay_with(VISA).await, TenderState::Declined);
    assert_eq!(reason(&held).await, Some(DeclineReason::Refused));
    assert!(!is_told().await);
    // Payments are made, and no card is tried: one trouble, however many guests meet it.
    for seat in ["A4", "A5"] {
        let held = online.holds(seat).await;
        online.stripe.next(Asked::Confirm, Fault::NotAllowed);
        assert_eq!(held.pay_with(VISA).await, TenderState::Declined);
        assert_eq!(reason(&held).await, Some(DeclineReason::Unavailable));
        assert!(is_told().await);
    }
    assert_eq!(held.pay_with(VISA).await, TenderState::Approved);
    assert!(!is_told().await, "a card was tried");

    // A key that was withdrawn: nothing was tried, and that is certain.
    let held = online.holds("A2").await;
    online.stripe.knows_the_secret_key(false);
    assert_eq!(held.pay_with(VISA).await, TenderState::Declined);
    assert_eq!(reason(&held).await, Some(DeclineReason::Unavailable));
    assert!(is_told().await);
    let words = online.hub.order(&["cases"]);
    assert!(words.contains("Invalid API Key provided"), "{words}");
    assert!(!words.contains(tests::stripe::SECRET_KEY), "{words}");
    online.stripe.knows_the_secret_key(true);
    assert_eq!(held.pay_with("pm_of_nobody").await, TenderState::Declined);
    let why = reason(&held).await;
    assert_eq!(why, Some(DeclineReason::Refused), "the card's matter");
    assert!(!is_told().await);
    // Of a card that was tried already nothing is known while the key is not.
    online.stripe.next(Asked::Confirm, Fault::Silent);
    let asked = online.stripe.heard(Asked::Confirm);
    held.begin_with(VISA).await.expect(202);
    online.stripe.until_asked(Asked::Confirm, asked + 1).await;
    online.stripe.knows_the_secret_key(false);
    let looks = online.stripe.heard(Asked::Make);
    online.stripe.until_asked(Asked::Make, looks + 1).await;
    assert_eq!(held.look().await.state, HoldState::Paying);
    online.stripe.knows_the_secret_key(true);
    assert_eq!(held.outcome().await, TenderState::Approved);
    assert_eq!(online.money().await, (3_000, 0));
    let log = std::fs::read_to_string(online.hub.log()).unwrap();
    let told = log.matches("Stripe takes nothing for this account");
    // What it was told of makes, of cards, and of the key twice.
    assert_eq!(told.count(), 4, "each trouble once");
    assert!(log.contains("Invalid API Key provided"));
    assert!(!log.contains(tests::stripe::SECRET_KEY));
    assert!(
        !log.contains("previously used"),
        "what a guest's browser sent"
    );
}

#[tokio::test]
async fn what_stripe_does_not_charge_is_told_before_a_card_is_typed() {
    let stripe = Stripe::start().await;
    let payments = format!("[payments]\n{}", stripe.settings());
    let check = async |programme: String, code: &str, bounds: &str| {
        assert_ne!(programme, PROGRAMME);
        let hub = hub_with_seats(Engine::Sqlite, &payments, &programme).await;
        let guest = hub.guest("metropol").await;
        let held = guest.hold("tomorrow", &["A1"]).await;
        let refused = held.begin_with(VISA).await;
        assert_eq!(refused.problem(), (409, code));
        assert_eq!(held.look().await.state, HoldState::Open);
        assert!(stripe.taken().await.payments.is_empty());
        let page = format!("{}/cinemas/metropol/showtimes/tomorrow", hub.url());
        let page = client().get(page).send().await.unwrap();
        let page = page.text().await.unwrap();
        assert!(page.contains(bounds), "{page}");
    };
    let cheap = PROGRAMME.replace(REGULAR, CHEAP);
    let bounds = "data-least=\"50\" data-most=\"99999999\"";
    check(cheap, "too_little_to_charge", bounds).await;
    // Ariary have no smaller unit there.
    let ariary = PROGRAMME.replace("\"EUR\"", "\"MGA\"");
    let bounds = "data-least=\"100\" data-most=\"9999999900\" data-step=\"100\"";
    check(
        ariary.replace(REGULAR, "10.50"),
        "not_round_to_charge",
        bounds,
    )
    .await;
}

#[tokio::test]
async fn a_bank_that_asks_first_is_a_step_and_its_answer_is_the_outcome() {
    let online = Online::open(Engine::Sqlite).await;
    let held = online.holds("A1").await;
    held.begin_with(ASKS_FIRST).await.expect(202);
    let page = page_of_the_bank(&held).await;
    let no = client().post(format!("{page}/no")).send().await.unwrap();
    assert!(no.status().is_success());
    let back = no.text().await.unwrap();
    let way_back = format!(
        "{}/cinemas/metropol/holds/{}",
        online.hub.url(),
        held.hold.id
    );
    assert!(back.contains(&way_back), "{back}");
    assert_eq!(held.outcome().await, TenderState::Declined);
    assert_eq!(reason(&held).await, Some(DeclineReason::NotConfirmed));
    assert_eq!(online.money().await, (0, 0));

    // The hub hears of a yes by localstripe's own call, with the signature that it makes.
    online.stripe.delivers(Delivery::Never);
    online.stripe.is_told_by_localstripe(&online.hears()).await;
    held.begin_with(ASKS_FIRST).await.expect(202);
    page_of_the_bank(&held).await;
    online.stripe.answers_at_the_bank(true).await;
    assert_eq!(held.outcome().await, TenderState::Approved);
    assert_eq!(online.money().await, (1_000, 0));

    // One whom nobody answers is stopped, and its seat is free.
    let guest = online.hub.guest("metropol").await;
    let held = guest.hold("tomorrow", &["A2"]).await;
    let begun = held.begin_with(ASKS_FIRST).await.expect(202);
    page_of_the_bank(&held).await;
    let id = begun.json["id"].as_str().unwrap();
    guest
        .delete(&format!("/api/v1/tenders/{id}"))
        .await
        .expect(202);
    assert_eq!(held.outcome().await, TenderState::Cancelled);
    let newest = &online.stripe.taken().await.payments[0];
    assert_eq!(newest["status"], "canceled");
}

#[tokio::test]
async fn a_guest_who_says_yes_as_it_is_stopped_has_their_tickets() {
    let online = Online::open(Engine::Sqlite).await;
    online.stripe.delivers(Delivery::Never);
    let guest = online.hub.guest("metropol").await;
    let held = guest.hold("tomorrow", &["A1"]).await;
    let begun = held.begin_with(ASKS_FIRST).await.expect(202);
    page_of_the_bank(&held).await;
    online.stripe.next(Asked::Cancel, Fault::AfterYes);
    let id = begun.json["id"].as_str().unwrap();
    guest
        .delete(&format!("/api/v1/tenders/{id}"))
        .await
        .expect(202);
    assert_eq!(held.outcome().await, TenderState::Approved);
    assert_eq!(held.sale().await.tickets.len(), 1);
    assert_eq!(online.money().await, (1_000, 0));
    assert_eq!(online.stripe.heard(Asked::Cancel), 1);
}

#[tokio::test]
async fn an_error_that_stripe_keeps_under_a_key_is_no_outcome() {
    let online = Online::open(Engine::Sqlite).await;
    online.stripe.delivers(Delivery::Never);
    // Made, and said to have failed for as long as the key is kept: no card was tried, and it is closed.
    let held = online.holds("A1").await;
    online.stripe.next(Asked::Make, Fault::DoneErrorKept);
    assert_eq!(held.pay_with(VISA).await, TenderState::Cancelled);
    let all = online.stripe.taken().await.payments;
    assert_eq!((all.len(), &all[0]["status"]), (1, &json!("canceled")));
    // Taken, and said to have failed.
    online.stripe.next(Asked::Confirm, Fault::DoneErrorKept);
    assert_eq!(held.pay_with(VISA).await, TenderState::Approved);
    // Not taken, and said to have failed.
    let held = online.holds("A2").await;
    online.stripe.next(Asked::Confirm, Fault::ErrorKept);
    assert_eq!(held.pay_with(VISA).await, TenderState::Cancelled);
    assert_eq!(online.money().await, (1_000, 0));
    assert_eq!(held.pay_with(VISA).await, TenderState::Approved);
    assert_eq!(online.money().await, (2_000, 0));
    let confirmed = online.stripe.heard(Asked::Confirm);
    assert!(
        confirmed > 4,
        "each was asked again under its key: {confirmed}"
    );
}

tests::on_both_engines!(a_hub_that_is_killed_before_the_answer_finds_what_became_of_it);

async fn a_hub_that_is_killed_before_the_answer_finds_what_became_of_it(engine: Engine) {
    let mut online = Online::open(engine).await;
    // Nobody tells it: it asks by itself.
    online.stripe.delivers(Delivery::Never);
    let taken = online.holds("A1").await;
    online.stripe.next(Asked::Confirm, Fault::Silent);
    taken.begin_with(VISA).await.expect(202);
    online.stripe.until_asked(Asked::Confirm, 1).await;
    let made = online.holds("A2").await;
    online.stripe.next(Asked::Make, Fault::Silent);
    made.begin_with(VISA).await.expect(202);
    online.stripe.until_asked(Asked::Make, 2).await;
    online.hub.kill();
    online.hub.start_again().await;
    assert_eq!(taken.outcome().await, TenderState::Approved);
    assert_eq!(taken.sale().await.tickets.len(), 1);
    // No card was tried for the other, and none will be: its guest pays anew.
    assert_eq!(made.outcome().await, TenderState::Cancelled);
    assert_eq!(online.money().await, (1_000, 0));
    assert_eq!(made.pay_with(VISA).await, TenderState::Approved);
    let all = online.stripe.taken().await;
    assert_eq!((all.captured, all.payments.len()), (2_000, 3));
}

/// What keys are for: without them the hub finds another payment than the one whose answer it has lost.
#[tokio::test]
async fn without_idempotency_keys_the_same_order_is_charged_twice() {
    let mut online = Online::open(Engine::Sqlite).await;
    online.stripe.knows_keys(false);
    online.stripe.delivers(Delivery::Never);
    let held = online.holds("A1").await;
    online.stripe.next(Asked::Confirm, Fault::Silent);
    held.begin_with(VISA).await.expect(202);
    online.stripe.until_asked(Asked::Confirm, 1).await;
    online.hub.kill();
    online.hub.start_again().await;
    assert_eq!(held.outcome().await, TenderState::Cancelled);
    assert_eq!(held.pay_with(VISA).await, TenderState::Approved);
    assert_eq!(online.money().await, (2_000, 0), "twice for one seat");
}

#[tokio::test]
async fn what_is_cut_refused_for_now_or_arrives_twice_is_taken_once() {
    let online = Online::open(Engine::Sqlite).await;
    let days: [(&str, &[(Asked, Fault)]); 8] = [
        ("A1", &[(Asked::Make, Fault::Down)]),
        ("A2", &[(Asked::Make, Fault::CutAfter)]),
        ("A3", &[(Asked::Make, Fault::Twice)]),
        ("A4", &[(Asked::Confirm, Fault::Down)]),
        ("A5", &[(Asked::Confirm, Fault::CutAfter)]),
        ("A6", &[(Asked::Confirm, Fault::Twice)]),
        (
            "A7",
            &[
                (Asked::Confirm, Fault::TooMany),
                (Asked::Confirm, Fault::TooMany),
            ],
        ),
        (
            "A8",
            &[(Asked::Look, Fault::CutAfter), (Asked::Look, Fault::Down)],
        ),
    ];
    for (seat, faults) in days {
        for (asked, fault) in faults {
            online.stripe.next(*asked, *fault);
        }
        let held = online.holds(seat).await;
        assert_eq!(
            held.pay_with(VISA).await,
            TenderState::Approved,
            "{faults:?}"
        );
        assert_eq!(held.sale().await.tickets.len(), 1, "{faults:?}");
    }
    let taken = online.stripe.taken().await;
    assert_eq!((taken.captured, taken.payments.len()), (8_000, 8));

    // Away for longer than anybody repeats it: the outcome is unknown, the seat is kept, and it ends by what Stripe says.
    online.stripe.delivers(Delivery::Never);
    for _try in 0..3 {
        online.stripe.next(Asked::Confirm, Fault::CutAfter);
    }
    let held = online.holds("B1").await;
    held.begin_with(VISA).await.expect(202);
    online.stripe.until_asked(Asked::Confirm, 14).await;
    assert_eq!(held.outcome().await, TenderState::Approved);
    assert_eq!(online.money().await, (9_000, 0));
}

#[tokio::test]
async fn what_stripe_calls_late_twice_backwards_or_not_at_all_counts_once() {
    let online = Online::open(Engine::Sqlite).await;
    let ways = [
        ("A1", Delivery::Twice),
        ("A2", Delivery::Late { after_ms: 200 }),
        ("A3", Delivery::Never),
        ("A4", Delivery::Kept),
    ];
    for (seat, delivery) in ways {
        online.stripe.delivers(delivery);
        let held = online.holds(seat).await;
        held.begin_with(ASKS_FIRST).await.expect(202);
        page_of_the_bank(&held).await;
        online.stripe.answers_at_the_bank(true).await;
        if delivery == Delivery::Kept {
            online.stripe.delivers(Delivery::AtOnce);
        }
        assert_eq!(held.outcome().await, TenderState::Approved, "{delivery:?}");
        assert_eq!(held.sale().await.tickets.len(), 1);
    }
    assert_eq!(online.money().await, (4_000, 0));
}

#[tokio::test]
async fn only_stripe_is_heard_and_what_it_says_is_asked_again() {
    let online = Online::open(Engine::Sqlite).await;
    let held = online.holds("A1").await;
    online.stripe.delivers(Delivery::Never);
    held.begin_with(ASKS_FIRST).await.expect(202);
    page_of_the_bank(&held).await;
    let id = online.stripe.taken().await.payments[0]["id"].clone();
    let event = |kind: &str, object: Value| {
        json!({ "id": "evt_x", "type": kind, "data": { "object": object } }).to_string()
    };
    let says_taken = event(
        "payment_intent.succeeded",
        json!({ "id": id, "object": "payment_intent", "status": "succeeded" }),
    );
    let now = Clock::system().now();
    let sign = |secret: &str, seconds: i64, body: &str| {
        let at = now - jiff::SignedDuration::from_secs(seconds);
        signature::sign(secret.as_bytes(), at, body.as_bytes())
    };
    for (secret, seconds) in [
        ("whsec_of_somebody_else", 0),
        (SIGNS_WITH, 600),
        (SIGNS_WITH, -600),
    ] {
        let signed = sign(secret, seconds, &says_taken);
        assert_eq!(
            online.call(&signed, &says_taken).await,
            403,
            "{secret} {seconds}"
        );
    }
    let other = says_taken.replace("succeeded", "Succeeded");
    assert_eq!(
        online.call(&sign(SIGNS_WITH, 0, &says_taken), &other).await,
        403
    );
    // It is said to be taken, and is not.
    let signed = sign(SIGNS_WITH, 0, &says_taken);
    assert_eq!(online.call(&signed, &says_taken).await, 204);
    assert_eq!(held.look().await.state, HoldState::Paying);
    // What is nobody's payment here is heard and left alone.
    let nobodys = json!({ "id": "pi_of_somebody_else", "object": "payment_intent" });
    let hostile = json!({ "id": "pi_/../refunds", "object": "payment_intent" });
    let others = [
        event("payment_intent.succeeded", nobodys),
        event("payment_intent.succeeded", hostile),
        event(
            "customer.created",
            json!({ "id": "cus_1", "object": "customer" }),
        ),
        event(
            "customer.updated",
            json!({ "object": "customer", "note": "x".repeat(100_000) }),
        ),
        event("balance.available", json!({ "object": "balance" })),
    ];
    for body in others {
        assert_eq!(
            online.call(&sign(SIGNS_WITH, 0, &body), &body).await,
            204,
            "{body}"
        );
    }
    assert_eq!(online.call(&sign(SIGNS_WITH, 0, "{"), "{").await, 422);
    // While Stripe does not answer, it is told to call again.
    for _try in 0..3 {
        online.stripe.next(Asked::Look, Fault::Down);
    }
    assert_eq!(online.call(&signed, &says_taken).await, 503);
    online.stripe.answers_at_the_bank(true).await;
    assert_eq!(online.call(&signed, &says_taken).await, 204);
    assert_eq!(
        held.look().await.state,
        HoldState::Settled,
        "when it is answered, it is done"
    );
}

#[tokio::test]
async fn the_page_of_a_showtime_alone_may_load_stripes_fields() {
    let online = Online::open(Engine::Sqlite).await;
    let url = online.stripe.url();
    let page = async |path: &str, known: &str| {
        let asked = client()
            .get(format!("{}{path}", online.hub.url()))
            .header("if-none-match", known);
        let answer = asked.send().await.unwrap();
        let said = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let (policy, etag) = (said("content-security-policy"), said("etag"));
        (
            answer.status().as_u16(),
            policy,
            etag,
            answer.text().await.unwrap(),
        )
    };
    let showtime = "/cinemas/metropol/showtimes/tomorrow";
    let (status, policy, etag, text) = page(showtime, "none").await;
    assert_eq!(status, 200);
    for part in ["script-src", "frame-src", "connect-src 'self'"] {
        assert!(
            policy.contains(&format!("{part} {url}")),
            "{part}: {policy}"
        );
    }
    for part in [
        format!("data-fields-script=\"{url}/js.stripe.com/v3/\""),
        format!("data-fields-key=\"{}\"", tests::stripe::PUBLISHABLE_KEY),
    ] {
        assert!(text.contains(&part), "{part}");
    }
    assert!(!text.contains(tests::stripe::SECRET_KEY));
    let (status, again, ..) = page(showtime, &etag).await;
    assert_eq!(
        (status, again),
        (304, policy),
        "what the browser has keeps its policy"
    );
    let (_, other, ..) = page("/cinemas/metropol", "none").await;
    assert!(!other.contains(&url), "{other}");
    assert!(
        other.contains("; script-src 'self' 'wasm-unsafe-eval';"),
        "{other}"
    );
}

/// In short what `stripe_days` does for minutes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_bad_days_and_kills_whatever_was_taken_has_tickets_or_is_back() {
    let became = days::go_by(Engine::Sqlite, 40, 2).await;
    assert_eq!(became.captured_without_ticket_or_refund, 0, "{became:?}");
    assert_eq!(became.tickets_without_payment, 0, "{became:?}");
    assert!(became.captured >= 40, "{became:?}");
    let seen = became.faults.values().chain(&became.calls);
    assert_eq!(became.faults.len(), 6, "{became:?}");
    assert!(seen.min() > Some(&0), "{became:?}");
}

#[test]
fn a_hub_whose_account_is_set_up_wrongly_does_not_start() {
    let check = |lines: &str, words: &str| {
        let listen =
            "listen = \"127.0.0.1:1\"\n[payments]\nwebhook_secret = \"whsec_sixteen_letters\"\n";
        let said = Hub::refuses_to_start(&format!("{listen}{lines}"));
        assert!(said.contains(words), "{lines}: {said}");
        assert!(!said.contains("sk_test_secret"), "{said}");
    };
    let stripe = "stripe = \"https://api.stripe.com\"\n";
    let secret = "stripe_secret_key = \"sk_test_secret\"\n";
    check(
        &format!("{stripe}sandbox = \"http://127.0.0.1:9300\"\n"),
        "both set",
    );
    check(secret, "stripe_secret_key is set and nobody is asked");
    check(stripe, "FOYER_PAYMENTS__STRIPE_SECRET_KEY");
    check(
        &format!("{stripe}{secret}"),
        "stripe_publishable_key is missing",
    );
    check(
        &format!("{stripe}{secret}stripe_publishable_key = \"pk_live_1\"\n"),
        "do not belong together",
    );
}
