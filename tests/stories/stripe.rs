//! A guest at home pays by Stripe: a running `localstripe` behind a proxy of ours that adds what Stripe promises and has bad days. Whatever is cut,
//! killed, repeated or lost, what was taken has tickets or is back, once.

use std::path::Path;

use appliance::control::Consent;
use cloud_hub::payments::signature;
use counter_api::{DeclineReason, HoldState, Refund, RefundState, Refunds, Sale, TenderState};
use serde_json::{Value, json};
use service::Clock;
use tests::engine::Engine;
use tests::payment_provider::Delivery;
use tests::stripe::{Asked, Fault, SIGNS_WITH, Stripe, Taken, days};
use tests::world::{
    Held, House, Hub, PROGRAMME, Seller, Sides, client, new_key, until, with_refund_rules,
};

use crate::forgotten::until_it_has_recovered;
use crate::guests_at_home::hub_with_seats;
use crate::put_back::{Backup, expects, found};
use crate::refund_rules::KEEPS_A_EURO;

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
    // Francs have no smaller unit there.
    let francs = PROGRAMME.replace("\"EUR\"", "\"RWF\"");
    let bounds = "data-least=\"100\" data-most=\"9999999900\" data-step=\"100\"";
    check(
        francs.replace(REGULAR, "10.50"),
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
    assert_eq!(other, bundle::CONTENT_SECURITY_POLICY);
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

/// A house whose guests at home pay by Stripe, and two tickets that one of them has bought.
struct Evening {
    house: House,
    stripe: Stripe,
    home: Seller,
    theirs: Vec<String>,
    sale: Sale,
}

impl Evening {
    async fn open(engine: Engine) -> Self {
        Self::open_with(engine, PROGRAMME).await
    }

    async fn open_with(engine: Engine, programme: &str) -> Self {
        let stripe = Stripe::start().await;
        let house = House::open_paying(engine, programme, &stripe.settings()).await;
        stripe.tells(&house.hears_of_payments());
        let Sides { home, theirs, .. } = house.until_both_sell().await;
        let held = home.hold("tomorrow", &[&theirs[0], &theirs[1]]).await;
        assert_eq!(held.pay_with(VISA).await, TenderState::Approved);
        let sale = held.sale().await;
        Self {
            house,
            stripe,
            home,
            theirs,
            sale,
        }
    }

    fn path(&self) -> String {
        format!("/api/v1/sales/{}/refunds", self.sale.id)
    }

    async fn asks_back(&self, nth: usize) {
        let body = json!({ "tickets": [self.sale.tickets[nth].id] });
        self.home
            .post(&self.path(), &new_key(), &body)
            .await
            .expect(202);
    }

    async fn until_all(&self, state: RefundState) {
        until("all refunds are there", || async {
            let now: Refunds = self.home.get(&self.path()).await.expect(200).body();
            let is_there = now.refunds.iter().all(|refund| refund.state == state);
            (is_there && !now.refunds.is_empty()).then_some(())
        })
        .await;
    }

    async fn money(&self) -> (i64, i64) {
        let Taken {
            captured, refunded, ..
        } = self.stripe.taken().await;
        (captured, refunded)
    }

    /// What goes back for each ticket that was asked back, and what is kept of it.
    async fn back(&self) -> Vec<(i64, i64)> {
        let now: Refunds = self.home.get(&self.path()).await.expect(200).body();
        let kept = |refund: &Refund| refund.kept.map_or(0, |kept| kept.minor);
        let each = now.refunds.iter();
        each.map(|refund| (refund.amount.minor, kept(refund)))
            .collect()
    }

    /// Comes to rest, and has the audit read what both sides have stored.
    async fn ends_proved(self) {
        let House {
            mut world, mut hub, ..
        } = self.house.comes_to_rest().await;
        world.stop().await;
        hub.kill();
        let folders: [&Path; 2] = [&hub.settings(), world.folder()];
        let found = tests::proving::found(&tests::proving::evidence(&folders));
        assert_eq!(found, Vec::<String>::new());
    }

    /// The cinema calls the showtime off.
    async fn is_called_off(&self) {
        let id = "id = \"tomorrow\"\n";
        let cancelled = PROGRAMME.replace(id, &format!("{id}status = \"cancelled\"\n"));
        let world = &self.house.world;
        let import = world.import_with(&cancelled, Consent::Given).await;
        import.expect("it is meant so");
    }

    /// The one case of this code, once it is there.
    async fn until_case(&self, code: &str) -> hub_api::Case {
        until(code, || async {
            let mut cases = self.house.hub.cases().await.into_iter();
            cases.find(|case| case.code == code)
        })
        .await
    }

    /// There is one case, of this code.
    async fn only_case(&self, code: &str) {
        let cases = self.house.hub.cases().await;
        let codes: Vec<&str> = cases.iter().map(|case| &*case.code).collect();
        assert_eq!(codes, [code]);
    }

    /// Every refund is at this status, and the hub has heard so.
    async fn says_that_refunds_are(&self, status: &'static str) {
        let told = self.stripe.told();
        self.stripe.refunds_are(Some(status)).await;
        self.stripe.until_told(told + 1).await;
    }

    /// What the bank fetches back has come so far, and the hub has heard so.
    async fn says_that_it_is_disputed(&self, amount: i64, status: &'static str) {
        let told = self.stripe.told();
        self.stripe.is_disputed(amount, status).await;
        self.stripe.until_told(told + 1).await;
    }

    async fn until_no_cases(&self) {
        until("no case is left", || async {
            self.house.hub.cases().await.is_empty().then_some(())
        })
        .await;
    }
}

tests::on_both_engines!(what_is_paid_in_vain_goes_back_whole_and_is_followed_after_that);

async fn what_is_paid_in_vain_goes_back_whole_and_is_followed_after_that(engine: Engine) {
    let evening = Evening::open(engine).await;
    // Another guest is at their bank when the showtime is called off; the tickets of the others go back one by one.
    let guest = evening.house.hub.guest("metropol").await;
    let held = guest.hold("tomorrow", &[&evening.theirs[2]]).await;
    held.begin_with(ASKS_FIRST).await.expect(202);
    page_of_the_bank(&held).await;
    evening.is_called_off().await;
    until("the others have their money", || async {
        (evening.money().await == (2_000, 2_000)).then_some(())
    })
    .await;
    // Stripe says no at first, as for good: a person is asked at once, with its words, and it is asked again.
    for _try in 0..3 {
        evening.stripe.next(Asked::Refund, Fault::OtherWords);
    }
    evening.stripe.answers_at_the_bank(true).await;
    evening.until_case("online_payment_owed").await;
    let words = evening.house.hub.order(&["cases"]);
    assert!(words.contains("same parameters"), "{words}");
    until("it is given back", || async {
        (evening.money().await == (3_000, 3_000)).then_some(())
    })
    .await;
    evening.until_no_cases().await;
    assert_eq!(held.outcome().await, TenderState::Refunded);

    // Days later the whole payment did not arrive.
    let hub = &evening.house.hub;
    let payment = held.look().await.tenders[0].id.to_string();
    evening.stripe.refunds_are(Some("failed")).await;
    let case = evening.until_case("online_payment_not_arrived").await;
    let fact = |what: &str| {
        let found = case.facts.iter().find(|fact| fact.what == what);
        found.map(|fact| fact.name.clone()).unwrap_or_default()
    };
    let expected = ("10.00 EUR".to_owned(), payment.clone());
    assert_eq!((fact("amount"), fact("payment")), expected);
    assert_eq!(fact("showtime"), "tomorrow");
    let words = hub.order(&["cases"]);
    assert!(
        words.contains("it did not arrive: give it by hand"),
        "{words}"
    );
    let kept = ["decide", &payment, "taken", "--reason", "no"];
    assert!(hub.try_order(&kept).is_err(), "that is not what is asked");
    // A person gives it again at Stripe, and that does not arrive either.
    evening.stripe.refunds_are(Some("pending")).await;
    evening.until_no_cases().await;
    evening.stripe.refunds_are(Some("failed")).await;
    evening.until_case("online_payment_not_arrived").await;
    let by_hand = ["decide", &payment, "refunded", "--reason", "by hand"];
    hub.order(&by_hand);
    evening.until_no_cases().await;
    // It says so again: a person has decided.
    evening.says_that_refunds_are("failed").await;
    assert!(hub.cases().await.is_empty());
    assert!(hub.try_order(&by_hand).is_err());
    // It was given again after that all the same, and comes back.
    evening.says_that_refunds_are("pending").await;
    assert!(hub.cases().await.is_empty());
    evening.stripe.refunds_are(Some("failed")).await;
    evening.until_case("online_payment_not_arrived").await;
    // What Stripe has said before is not what stands, however late it arrives.
    evening.says_that_refunds_are("pending").await;
    evening.until_no_cases().await;
    let (told, looks) = (evening.stripe.told(), evening.stripe.heard(Asked::Refunds));
    evening.stripe.next(Asked::Refunds, Fault::Slow);
    evening.stripe.refunds_are(Some("pending")).await;
    evening.stripe.until_asked(Asked::Refunds, looks + 1).await;
    evening.stripe.refunds_are(Some("failed")).await;
    evening.stripe.until_told(told + 2).await;
    evening.only_case("online_payment_not_arrived").await;
}

#[tokio::test]
async fn a_payment_that_a_bank_fetches_back_is_a_case_until_it_is_decided() {
    let evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    let payment = evening.sale.tenders[0].id.to_string();
    evening.stripe.is_disputed(1_500, "needs_response").await;
    let case = evening.until_case("online_payment_disputed").await;
    let facts = case
        .facts
        .iter()
        .map(|fact| (&*fact.what, fact.name.clone()));
    let expected = [
        ("payment", payment.clone()),
        ("amount", "15.00 EUR".to_owned()),
        ("showtime", "tomorrow".to_owned()),
        ("answer_by", "2096-10-02".to_owned()),
        ("sale", evening.sale.id.to_string()),
    ];
    assert_eq!(facts.collect::<Vec<_>>(), expected);
    let words = hub.order(&["cases"]);
    assert!(
        words.contains(&payment) && words.contains("answer at the provider by 2096-10-02"),
        "{words}"
    );
    evening.stripe.is_disputed(1_500, "under_review").await;
    until("it is answered", || async {
        let words = hub.order(&["cases"]);
        words
            .contains("has their bank fetch it, which decides")
            .then_some(())
    })
    .await;
    assert_eq!(hub.cases().await.len(), 1);
    // It is decided for us: nobody need do anything.
    evening.stripe.is_disputed(1_500, "won").await;
    evening.until_no_cases().await;

    // The same guest has it fetched again, and more of it; and that is lost.
    evening.stripe.is_disputed_again(500).await;
    evening.until_case("online_payment_disputed").await;
    evening.stripe.is_disputed(2_000, "needs_response").await;
    until("it is more", || async {
        let words = hub.order(&["cases"]);
        words.contains("20.00 EUR").then_some(())
    })
    .await;
    // A person takes it for won.
    let decide = |word: &str| {
        let order = [
            "decide",
            &payment,
            word,
            "--about",
            "dispute",
            "--reason",
            "so they say",
        ];
        hub.order(&order).trim().to_owned()
    };
    assert_eq!(decide("taken"), "taken: the money stays");
    evening
        .says_that_it_is_disputed(2_000, "under_review")
        .await;
    assert!(hub.cases().await.is_empty(), "a person has decided");
    evening.stripe.is_disputed(2_000, "lost").await;
    let lost = evening.until_case("online_payment_dispute_lost").await;
    let order = format!("cloud-hub decide {payment} refunded --about dispute --reason ..");
    assert_eq!(lost.order, Some(order));
    assert_eq!(decide("refunded"), "given back");
    evening.says_that_it_is_disputed(2_000, "lost").await;
    assert!(hub.cases().await.is_empty());
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn a_right_that_the_key_lacks_is_told_and_a_dispute_all_the_same() {
    let evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    evening.stripe.forbids(Some(Asked::Disputes));
    evening.stripe.is_disputed(1_500, "needs_response").await;
    let case = evening.until_case("online_payment_disputed").await;
    // How much of it nobody says: all of it may be.
    let amount = case.facts.iter().find(|fact| fact.what == "amount");
    assert_eq!(amount.map(|fact| &*fact.name), Some("20.00 EUR"));
    let case = evening.until_case("online_payments_right_missing").await;
    assert!(case.words.contains("read disputes"), "{}", case.words);
    assert!(hub.order(&["cases"]).contains("lacks a right"));
    evening.stripe.forbids(None);
    evening
        .says_that_it_is_disputed(1_500, "needs_response")
        .await;
    evening.only_case("online_payment_disputed").await;
    let words = hub.order(&["cases"]);
    assert!(words.contains("15.00 EUR"), "{words}");
    // What is settled is settled, also where nobody may look.
    evening.stripe.forbids(Some(Asked::Disputes));
    evening.stripe.is_disputed(1_500, "won").await;
    until("it is settled", || async {
        let words = hub.order(&["cases"]);
        (!words.contains("has their bank fetch it")).then_some(())
    })
    .await;
}

tests::on_both_engines!(a_person_says_which_of_two_cases_of_a_payment_is_decided);

async fn a_person_says_which_of_two_cases_of_a_payment_is_decided(engine: Engine) {
    let evening = Evening::open(engine).await;
    let guest = evening.house.hub.guest("metropol").await;
    let held = guest.hold("tomorrow", &[&evening.theirs[2]]).await;
    held.begin_with(ASKS_FIRST).await.expect(202);
    page_of_the_bank(&held).await;
    evening.is_called_off().await;
    until("the others have their money", || async {
        (evening.money().await == (2_000, 2_000)).then_some(())
    })
    .await;
    // Stripe says no for long, and the guest has their bank fetch it as well.
    evening.stripe.refuses_refunds(true);
    evening.stripe.answers_at_the_bank(true).await;
    evening.until_case("online_payment_owed").await;
    evening.stripe.is_disputed(1_000, "needs_response").await;
    evening.until_case("online_payment_disputed").await;

    let hub = &evening.house.hub;
    let payment = held.look().await.tenders[0].id.to_string();
    let order = |word: &str, about: &[&str]| {
        let order = ["decide", &payment, word, "--reason", "by hand"];
        let order: Vec<&str> = order.into_iter().chain(about.iter().copied()).collect();
        hub.try_order(&order)
    };
    let refused = order("refunded", &[]).expect_err("which of them?");
    assert!(
        refused.contains("`--about payment` or `--about dispute`"),
        "{refused}"
    );
    assert_eq!(hub.cases().await.len(), 2);
    // The bank decided for us: that says nothing of what is owed.
    let said = order("taken", &["--about", "dispute"]).expect("it is asked");
    assert_eq!(said.trim(), "taken: the money stays");
    evening.only_case("online_payment_owed").await;
    // One is left, and need not be named. Stripe gives nothing beside it.
    let said = order("refunded", &[]).expect("it is asked");
    assert_eq!(said.trim(), "given back");
    assert!(hub.cases().await.is_empty());
    evening.stripe.refuses_refunds(false);
    assert_eq!(held.outcome().await, TenderState::Refunded);
    assert_eq!(evening.money().await, (3_000, 2_000));
}

#[tokio::test]
async fn a_refund_that_was_asked_for_in_other_words_is_found_or_for_a_person() {
    let evening = Evening::open(Engine::Sqlite).await;
    for _try in 0..3 {
        evening.stripe.next(Asked::Refund, Fault::OtherWords);
    }
    evening.asks_back(0).await;
    evening.until_case("online_refund_owed").await;
    let words = evening.house.hub.order(&["cases"]);
    assert!(words.contains("same parameters"), "{words}");
    // It is asked for again, and then it is given.
    evening.until_all(RefundState::Returned).await;
    evening.until_no_cases().await;
    assert_eq!(evening.money().await, (2_000, 1_000));
    // It was given, and an error of Stripe's own is kept for it: it is looked for.
    evening.stripe.next(Asked::Refund, Fault::DoneErrorKept);
    evening.asks_back(1).await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money().await, (2_000, 2_000));
    // The bank sends both back, also the one that a person was asked about before: nobody has decided about it.
    evening.stripe.refunds_are(Some("failed")).await;
    let hub = &evening.house.hub;
    until("a person is asked about both", || async {
        let cases = hub.cases().await;
        let is_owed = |case: &hub_api::Case| case.code == "online_refund_owed";
        (cases.len() == 2 && cases.iter().all(is_owed)).then_some(())
    })
    .await;
    for ticket in &evening.sale.tickets {
        let ticket = ticket.id.to_string();
        let reason = ["--reason", "by hand"];
        let order = ["decide-refund", &ticket, "given-back"];
        hub.order(&[&order[..], &reason].concat());
    }
    evening.says_that_refunds_are("failed").await;
    assert!(hub.cases().await.is_empty(), "a person has decided");
    evening.house.comes_to_rest().await;
}

tests::on_both_engines!(each_ticket_goes_back_once_whatever_becomes_of_the_answer);

async fn each_ticket_goes_back_once_whatever_becomes_of_the_answer(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    evening.stripe.next(Asked::Refund, Fault::Twice);
    evening.asks_back(0).await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money().await, (2_000, 1_000));
    // It is given, and the hub is killed before it hears so.
    evening.stripe.next(Asked::Refund, Fault::Silent);
    let asked = evening.stripe.heard(Asked::Refund);
    evening.asks_back(1).await;
    evening.stripe.until_asked(Asked::Refund, asked + 1).await;
    assert_eq!(evening.money().await, (2_000, 2_000));
    evening.house.hub.kill();
    evening.house.hub.start_again().await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money().await, (2_000, 2_000));
    assert_eq!(
        evening.stripe.heard(Asked::Refund),
        asked + 1,
        "it was looked for first"
    );
    // All of it went back ticket by ticket, as it was wanted: no case.
    assert!(evening.house.hub.cases().await.is_empty());
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn money_on_its_way_back_is_not_given_twice_and_what_does_not_arrive_is_for_a_person() {
    let evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    let ticket = evening.sale.tickets[0].id.to_string();
    let decide = [
        "decide-refund",
        &ticket,
        "given-back",
        "--reason",
        "by hand",
    ];

    // The bank takes its time: nobody is asked, and it is not asked for again.
    evening.stripe.refunds_are(Some("pending")).await;
    evening.asks_back(0).await;
    evening.stripe.until_asked(Asked::Refund, 1).await;
    let looks = evening.stripe.heard(Asked::Refunds);
    evening.stripe.until_asked(Asked::Refunds, looks + 3).await;
    assert_eq!(evening.stripe.heard(Asked::Refund), 1);
    assert!(hub.cases().await.is_empty());
    evening.stripe.refunds_are(None).await;
    evening.until_all(RefundState::Returned).await;

    // Days later it has not arrived.
    evening.stripe.refunds_are(Some("failed")).await;
    let case = until("a person is asked", || async {
        let mut cases = hub.cases().await;
        (cases.len() == 1).then(|| cases.remove(0))
    })
    .await;
    assert_eq!(case.code, "online_refund_owed");
    let words = hub.order(&["cases"]);
    assert!(
        words.contains(&ticket) && words.contains("given-back by hand?"),
        "{words}"
    );
    assert_eq!(hub.order(&decide).trim(), "given back");
    assert!(hub.cases().await.is_empty());
    // It says so again: a person has decided.
    evening.stripe.refunds_are(Some("failed")).await;
    assert!(hub.try_order(&decide).is_err());
    assert!(hub.cases().await.is_empty());
    assert_eq!(evening.stripe.heard(Asked::Refund), 1);
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn what_a_person_gave_back_at_stripe_is_seen_and_not_given_again() {
    let evening = Evening::open(Engine::Sqlite).await;
    // A part without a word for what: no ticket's price is left whole.
    evening.stripe.gives_back_by_hand(Some(1_500)).await;
    evening.asks_back(0).await;
    let hub = &evening.house.hub;
    until("a person is asked", || async {
        let is_it = |case: &hub_api::Case| case.code == "online_refund_owed";
        hub.cases().await.iter().any(is_it).then_some(())
    })
    .await;
    assert_eq!(evening.money().await, (2_000, 1_500));
    // The rest as well: all is back, and the hub hears it by Stripe's call.
    evening.stripe.gives_back_by_hand(None).await;
    until("the payment is seen to be back", || async {
        let sale = format!("/api/v1/sales/{}", evening.sale.id);
        let sale: Sale = evening.home.get(&sale).await.expect(200).body();
        (sale.tenders[0].state == TenderState::Refunded).then_some(())
    })
    .await;
    evening.until_all(RefundState::Returned).await;
    assert!(hub.cases().await.is_empty());
    assert_eq!(evening.money().await, (2_000, 2_000));
}

tests::on_both_engines!(what_is_kept_of_tickets_stays_and_goes_with_the_rest_of_the_sale);

async fn what_is_kept_of_tickets_stays_and_goes_with_the_rest_of_the_sale(engine: Engine) {
    let programme = with_refund_rules(1, KEEPS_A_EURO);
    let evening = Evening::open_with(engine, &programme).await;
    evening.stripe.next(Asked::Refund, Fault::Twice);
    evening.asks_back(0).await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money().await, (2_000, 900));
    assert_eq!(evening.back().await, [(900, 100)]);
    // A person gives back all that is left of the sale.
    evening.stripe.gives_back_by_hand(None).await;
    until("nothing is kept", || async {
        (evening.back().await == [(1_000, 0), (1_000, 0)]).then_some(())
    })
    .await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money().await, (2_000, 2_000));
    assert!(evening.house.hub.cases().await.is_empty());
    evening.ends_proved().await;
}

#[tokio::test]
async fn what_stripe_gave_back_on_other_terms_is_written_down_as_it_went() {
    let programme = with_refund_rules(1, KEEPS_A_EURO);
    let mut evening = Evening::open_with(Engine::Sqlite, &programme).await;
    expects(&evening.house.hub, &evening.house.world);
    evening.house = evening.house.comes_to_rest().await;
    let backup = Backup::of(&evening.house.hub);
    evening.asks_back(0).await;
    evening.until_all(RefundState::Returned).await;
    // It is forgotten, and who had asked: it goes back whole by now, and Stripe has given it less the fee.
    backup.put_back(&mut evening.house.hub).await;
    until_it_has_recovered(&evening.house.hub).await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.back().await, [(900, 100)]);
    assert_eq!(evening.money().await, (2_000, 900));
    assert_eq!(evening.stripe.heard(Asked::Refund), 1, "it was looked for");
    let cases = evening.house.hub.order(&["cases"]);
    assert!(!cases.contains("by hand"), "{cases}");
    let House { world, hub, .. } = &mut evening.house;
    world.stop().await;
    hub.kill();
    assert_eq!(found(hub, &[world]), [""; 0]);
}

#[tokio::test]
async fn a_hub_that_was_put_back_finds_in_stripes_list_what_it_has_forgotten() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    expects(&evening.house.hub, &evening.house.world);
    let backup = Backup::of(&evening.house.hub);
    let guest = evening.house.hub.guest("metropol").await;
    let bought = guest.hold("tomorrow", &[&evening.theirs[2]]).await;
    assert_eq!(bought.pay_with(VISA).await, TenderState::Approved);
    let at_the_bank = guest.hold("tomorrow", &[&evening.theirs[3]]).await;
    at_the_bank.begin_with(ASKS_FIRST).await.expect(202);
    page_of_the_bank(&at_the_bank).await;
    evening.stripe.delivers(Delivery::Never);
    backup.put_back(&mut evening.house.hub).await;
    let hub = &evening.house.hub;
    let forgotten = || hub.order(&["cases"]).matches("forgotten here").count();
    until("what was taken is found", || async {
        (forgotten() == 1).then_some(())
    })
    .await;
    let payments = until("what was at the bank is stopped", || async {
        let payments = evening.stripe.taken().await.payments;
        (payments[0]["status"] == "canceled").then_some(payments)
    })
    .await;
    // A person gives it back at Stripe, and the hub reads so when it reads the list next, which tells nothing new.
    let sold = &payments[1];
    assert_eq!(sold["status"], "succeeded");
    evening.stripe.gives_back_by_hand_of(sold, None).await;
    // By now it stands before what is read, and Stripe does not say at once what became of it: that says nothing against the list.
    evening.stripe.has_made_all_earlier(1_200);
    // Not before it is started anew: what it asks until then is of something else.
    evening.house.hub.kill();
    for _try in 0..3 {
        evening.stripe.next(Asked::Look, Fault::Down);
    }
    let looks = evening.stripe.heard(Asked::Look);
    evening.house.hub.start_again().await;
    evening.stripe.until_asked(Asked::Look, looks + 3).await;
    let hub = &evening.house.hub;
    let log = || std::fs::read_to_string(hub.log()).unwrap();
    until("it is asked about again", || async {
        let is_told = log().contains("what became of a payment that waits for a person");
        is_told.then_some(())
    })
    .await;
    assert!(!log().contains("the list of charges cannot be compared"));
    assert!(hub.order(&["cases"]).contains("forgotten here"));
    evening.house.hub.kill();
    evening.house.hub.start_again().await;
    let hub = &evening.house.hub;
    until("its case is over", || async {
        (!hub.order(&["cases"]).contains("forgotten here")).then_some(())
    })
    .await;
    assert_eq!(evening.money().await, (3_000, 1_000));
}

#[tokio::test]
async fn what_others_have_in_the_account_hides_nothing_of_ours() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    expects(&evening.house.hub, &evening.house.world);
    let backup = Backup::of(&evening.house.hub);
    let guest = evening.house.hub.guest("metropol").await;
    let bought = guest.hold("tomorrow", &[&evening.theirs[2]]).await;
    assert_eq!(bought.pay_with(VISA).await, TenderState::Approved);
    let unreadable = "what whoever takes the money lists as ours cannot be read";
    evening.house.hub.expects_error(unreadable);
    // Ours stands behind two pages of theirs, and behind what cannot be read.
    evening.stripe.is_used_by_others(230).await;
    evening.stripe.delivers(Delivery::Never);
    let lists = evening.stripe.heard(Asked::List);
    backup.put_back(&mut evening.house.hub).await;
    let hub = &evening.house.hub;
    until("what was taken is found", || async {
        let is_found = hub.order(&["cases"]).contains("forgotten here");
        is_found.then_some(())
    })
    .await;
    assert!(evening.stripe.heard(Asked::List) >= lists + 3);
    let all = evening.stripe.taken().await.payments;
    let others = all.iter().filter(|it| it["currency"] == "usd");
    let untouched = others.filter(|it| it["status"] == "requires_payment_method");
    assert_eq!(untouched.count(), 230, "what is theirs is left alone");
    let log = std::fs::read_to_string(hub.log()).unwrap();
    assert!(log.contains("in Stripe's list cannot be read"));
    // One that is named as ours is for a person, who finds it at Stripe.
    let words = hub.order(&["cases"]);
    assert!(words.contains("there named pi_like_ours"), "{words}");
    hub.order(&["decide", "p", "refunded", "--reason", "it is nobody's"]);
    let words = hub.order(&["cases"]);
    assert!(!words.contains("pi_like_ours"), "{words}");
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
