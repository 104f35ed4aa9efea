//! A guest at home buys at the hub: seats in its custody, money by the sandbox provider. An unknown outcome keeps the seats until it is known.

use std::time::Duration;

use appliance::control::Order;
use box_office::HoldId;
use cloud_hub::payments::protocol::{ChargeState, Event};
use cloud_hub::payments::signature;
use counter::Reference;
use counter_api::{
    DeclineReason, Hold, HoldState, SeatState, ShowtimeState, ShowtimeWithLayout, TenderState,
    UnderWay,
};
use futures_util::future::join_all;
use serde_json::Value;
use service::Clock;
use sha2::{Digest as _, Sha256};
use tests::engine::Engine;
use tests::one_counter::{GivenToTheHub, give_to_the_hub};
use tests::payment_provider::{Delivery, PaymentProvider, SECRET};
use tests::world::{Answer, Held, Hub, PROGRAMME, Seller, World, choices, client, new_key, until};

use crate::head_office::routes_of;

/// The routers of selling.
const COUNTER: &str = include_str!("../../appliance/counter/src/routes.rs");

/// A hub with seats of `tomorrow` in its custody, and whoever takes its money.
pub(crate) struct Online {
    hub: Hub,
    provider: PaymentProvider,
}

impl Online {
    /// With the rows A to D: 32 seats.
    async fn open() -> Self {
        Self::on(Engine::Sqlite).await
    }

    async fn on(engine: Engine) -> Self {
        Self::with(engine, "").await
    }

    /// With a further section of settings.
    async fn with(engine: Engine, section: &str) -> Self {
        Self::selling(engine, section, PROGRAMME).await
    }

    /// With another programme.
    pub(crate) async fn selling(engine: Engine, section: &str, programme: &str) -> Self {
        let provider = PaymentProvider::start().await;
        let payments = format!(
            "[payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n{section}",
            provider.url()
        );
        let hub = hub_with_seats(engine, &payments, programme).await;
        provider.tells(&format!("{}/api/v1/payment-events", hub.url()));
        Self { hub, provider }
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    pub(crate) async fn kill_and_start(&mut self) {
        self.hub.kill();
        self.hub.start_again().await;
    }

    pub(crate) async fn guest(&self) -> Seller {
        self.hub.guest("metropol").await
    }

    fn captured_minor(&self) -> i64 {
        self.provider.sums().captured_minor
    }

    /// Somebody calls as the provider.
    async fn call(&self, secret: &str, seconds_ago: i64, body: &str) -> (u16, String) {
        let at = Clock::system().now() - jiff::SignedDuration::from_secs(seconds_ago);
        let signed = signature::sign(secret.as_bytes(), at, body.as_bytes());
        let called = client()
            .post(format!("{}/api/v1/payment-events", self.hub.url()))
            .header(signature::HEADER, signed)
            .body(body.to_owned());
        let answer = called.send().await.unwrap();
        let status = answer.status().as_u16();
        let problem: Value = answer.json().await.unwrap_or_default();
        (status, problem["code"].as_str().unwrap_or("").to_owned())
    }
}

/// A hub without a box that has been given seats of `tomorrow`, with these further sections of settings.
pub(crate) async fn hub_with_seats(engine: Engine, sections: &str, programme: &str) -> Hub {
    let mut hub = Hub::start_and(engine, sections).await;
    hub.kill();
    let rows = ["A", "B", "C", "D"].into_iter();
    let seats: Vec<String> = rows
        .flat_map(|row| (1..=8).map(move |seat| format!("{row}{seat}")))
        .collect();
    let database = hub.database().open().unwrap();
    let showtime = "tomorrow".parse().unwrap();
    let given = [GivenToTheHub { showtime, seats }];
    give_to_the_hub(&database, programme, &given).await;
    database.close().await;
    hub.start_again().await;
    hub
}

#[tokio::test]
async fn shortly_before_the_start_the_seats_are_the_cinemas_and_it_is_said() {
    let minutes = "[online]\nend_before_start_minutes = 60000\n";
    let online = Online::with(Engine::Sqlite, minutes).await;
    let guest = online.guest().await;
    let path = "/api/v1/showtimes/tomorrow";
    let shown: ShowtimeWithLayout = guest.get(path).await.expect(200).body();
    assert_eq!(shown.showtime.state, ShowtimeState::Closed);
    let refused = guest.ask_for("tomorrow", &["A1"]).await;
    assert_eq!(refused.problem(), (409, "sales_closed"));
}

tests::on_both_engines!(a_guest_buys_two_seats_and_nobody_else_has_them);

async fn a_guest_buys_two_seats_and_nobody_else_has_them(engine: Engine) {
    let online = Online::on(engine).await;
    let (guest, other) = (online.guest().await, online.guest().await);
    assert_eq!(guest.sees("tomorrow", "F1").await, SeatState::OutOfReach);
    let held = guest.hold("tomorrow", &["A1", "A2"]).await;
    assert_eq!(
        other.ask_for("tomorrow", &["A2"]).await.problem(),
        (409, "seats_taken")
    );
    let refused = held.begin_card().await;
    assert_eq!(refused.problem(), (422, "no_card"));
    let number = held.begin_with("4242424242424242").await;
    assert_eq!(number.problem(), (422, "wrong_body"), "no number of a card");
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let sale = held.sale().await;
    assert_eq!((sale.tickets.len(), sale.total.minor), (2, 2_000));
    let reference: Result<Reference, _> = sale.receipt_number.parse();
    assert!(
        reference.is_ok(),
        "{} tells nobody how many there are",
        sale.receipt_number
    );
    assert_eq!(guest.sees("tomorrow", "A1").await, SeatState::Sold);
    let theirs = other.get(&format!("/api/v1/sales/{}", sale.id)).await;
    assert_eq!(theirs.problem(), (404, "unknown_sale"));
    let sums = online.provider.sums();
    let metadata = sums.charges[0].metadata.clone().unwrap();
    assert_eq!(
        (metadata.hold, metadata.cinema.as_str()),
        (sale.hold, "metropol")
    );
    assert_eq!((sums.captured_minor, sums.refunded_minor), (2_000, 0));
}

#[tokio::test]
async fn a_declined_card_says_why_and_another_pays() {
    let online = Online::open().await;
    let held = online.guest().await.hold("tomorrow", &["A1"]).await;
    assert_eq!(
        held.pay_with("card_not_enough_money").await,
        TenderState::Declined
    );
    let tender = held.look().await.tenders.remove(0);
    assert_eq!(tender.declined, Some(DeclineReason::NotEnoughMoney));
    assert_eq!(held.look().await.state, HoldState::Open);
    assert_eq!(held.pay_with("card_twice").await, TenderState::Approved);
    online.provider.wait_until(|sums| sums.told >= 3).await;
    assert_eq!(held.sale().await.tenders.len(), 2);
    assert_eq!(online.captured_minor(), 1_000);
}

#[tokio::test]
async fn a_bank_asks_the_guest_at_its_page_and_the_seats_wait() {
    let online = Online::open().await;
    let guest = online.guest().await;
    for (seat, answer, state) in [
        ("A1", "yes", TenderState::Approved),
        ("A2", "no", TenderState::Declined),
    ] {
        let held = guest.hold("tomorrow", &[seat]).await;
        held.begin_with("card_step").await.expect(202);
        let step = until("the page of the bank", || async {
            held.look().await.tenders[0].step.clone()
        });
        let step = step.await;
        assert_eq!(guest.sees("tomorrow", seat).await, SeatState::Held);
        let page = client().get(&step).send().await.unwrap();
        assert!(page.text().await.unwrap().contains("sandbox"));
        let decided = client().post(format!("{step}/{answer}")).send().await;
        assert!(decided.unwrap().status().is_success());
        assert_eq!(held.outcome().await, state);
        let tender = held.look().await.tenders.remove(0);
        let refused = (state == TenderState::Declined).then_some(DeclineReason::NotConfirmed);
        assert_eq!((tender.step, tender.declined), (None, refused));
    }
    assert_eq!(online.captured_minor(), 1_000);
}

#[tokio::test]
async fn what_the_provider_says_late_twice_backwards_or_not_at_all_counts_once() {
    let online = Online::open().await;
    let guest = online.guest().await;
    let ways = [
        ("A1", "card_late_1500", Delivery::AtOnce),
        ("A2", "card_vanish", Delivery::AtOnce),
        ("A3", "card_approve", Delivery::Twice),
        ("A4", "card_approve", Delivery::Late { after_ms: 200 }),
        ("A5", "card_vanish", Delivery::Never),
    ];
    for (seat, card, delivery) in ways {
        online.provider.delivers(delivery);
        let held = guest.hold("tomorrow", &[seat]).await;
        assert_eq!(held.pay_with(card).await, TenderState::Approved, "{card}");
        assert_eq!(held.sale().await.tickets.len(), 1);
    }
    online.provider.delivers(Delivery::Kept);
    let held = guest.hold("tomorrow", &["A6"]).await;
    held.begin_with("card_step").await.expect(202);
    let step = until("the page of the bank", || async {
        held.look().await.tenders[0].step.clone()
    });
    let answered = client().post(format!("{}/yes", step.await)).send().await;
    assert!(answered.unwrap().status().is_success());
    online.provider.delivers(Delivery::AtOnce);
    assert_eq!(held.outcome().await, TenderState::Approved);
    assert_eq!(online.captured_minor(), 6_000);
}

#[tokio::test]
async fn a_look_that_may_wait_is_answered_once_something_has_become_of_the_payment() {
    let online = Online::open().await;
    let guest = online.guest().await;
    let late = guest.hold("tomorrow", &["A1"]).await;
    let looks = |held: &Held, preference: &'static str| {
        let (guest, path) = (guest.clone(), held.path(""));
        async move {
            // Whoever is not told waits the ten seconds out.
            let looking = guest.get_preferring(&path, preference);
            let looked = tokio::time::timeout(Duration::from_secs(9), looking).await;
            let answer = looked.expect("an answer before the wait is over");
            answer.expect(200).body::<Hold>()
        }
    };
    let open = looks(&late, "wait=10").await;
    assert_eq!(open.state, HoldState::Open, "there is nothing to wait for");
    late.begin_with("card_late_1500").await.expect(202);
    let looked = looks(&late, "handling=lenient, Wait=\"10\"").await;
    assert_eq!(
        looked.state,
        HoldState::Settled,
        "it was not answered before"
    );

    let unknown = guest.hold("tomorrow", &["A2"]).await;
    unknown.begin_with("card_never").await.expect(202);
    let at_once = looks(&unknown, "respond-async, wait=soon; wait=-1").await;
    assert_eq!(at_once.state, HoldState::Paying);

    let asked = guest.hold("tomorrow", &["A3"]).await;
    asked.begin_with("card_step").await.expect(202);
    for _look in ["until its bank asks the guest", "and while it does"] {
        let hold = looks(&asked, "wait=10").await;
        assert_eq!(hold.state, HoldState::Paying);
        assert!(hold.tenders[0].step.is_some());
    }
}

#[tokio::test]
async fn an_unknown_outcome_keeps_the_seats_until_the_guest_stops_it() {
    let online = Online::open().await;
    let (guest, other) = (online.guest().await, online.guest().await);
    let held = guest.hold("tomorrow", &["A1"]).await;
    let tender = held.begin_with("card_never").await.expect(202);
    online
        .provider
        .wait_until(|sums| sums.charges.len() == 1)
        .await;
    let taken = other.ask_for("tomorrow", &["A1"]).await;
    assert_eq!(taken.problem(), (409, "seats_taken"));
    assert_eq!(held.look().await.state, HoldState::Paying);
    let id = tender.json["id"].as_str().unwrap().to_owned();
    guest
        .delete(&format!("/api/v1/tenders/{id}"))
        .await
        .expect(202);
    assert_eq!(held.outcome().await, TenderState::Cancelled);
    guest.delete(&held.path("")).await.expect(204);
    other.hold("tomorrow", &["A1"]).await;
    assert_eq!(
        online.provider.sums().charges[0].state,
        ChargeState::Cancelled
    );
}

tests::on_both_engines!(a_killed_hub_takes_up_what_was_open_and_settles_it_once);

async fn a_killed_hub_takes_up_what_was_open_and_settles_it_once(engine: Engine) {
    let mut online = Online::on(engine).await;
    let guest = online.guest().await;
    let (paid, refused) = (
        guest.hold("tomorrow", &["A1", "A2"]).await,
        guest.hold("tomorrow", &["B1"]).await,
    );
    for held in [&paid, &refused] {
        held.begin_with("card_never").await.expect(202);
    }
    let sums = online.provider.wait_until(|sums| sums.charges.len() == 2);
    let charges = sums.await.charges;
    let of = |hold: &HoldId| {
        let mut found = charges.iter().filter_map(|charge| {
            let is_its = charge.metadata.as_ref()?.hold == *hold;
            is_its.then(|| charge.reference.clone())
        });
        found.next().unwrap()
    };
    online.hub.kill();
    // Nobody tells it: it must ask by itself.
    online.provider.delivers(Delivery::Never);
    online.provider.decide(&of(&paid.hold.id), true);
    online.provider.decide(&of(&refused.hold.id), false);
    online.hub.start_again().await;
    assert_eq!(paid.outcome().await, TenderState::Approved);
    assert_eq!(refused.outcome().await, TenderState::Declined);
    let sale = paid.sale().await;
    assert_eq!(sale.tickets.len(), 2);
    let under_way: UnderWay = guest.get("/api/v1/holds").await.expect(200).body();
    assert_eq!(under_way.holds.len(), 2);
    assert_eq!(online.captured_minor(), 2_000);
}

#[tokio::test]
async fn a_forged_call_is_refused_and_a_repeated_one_does_nothing_twice() {
    let online = Online::open().await;
    let held = online.guest().await.hold("tomorrow", &["A1"]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let before = (held.sale().await, online.provider.sums().captured_minor);
    let event = Event {
        id: "event_1".into(),
        reference: before.0.tenders[0].id.clone(),
        changed: 1,
    };
    let body = serde_json::to_string(&event).unwrap();
    for (secret, seconds_ago) in [("another secret of 24", 0), (SECRET, 600), (SECRET, -600)] {
        let refused = online.call(secret, seconds_ago, &body).await;
        assert_eq!(refused, (403, "not_signed".to_owned()));
    }
    let unsigned = client()
        .post(format!("{}/api/v1/payment-events", online.hub.url()))
        .body(body.clone());
    assert_eq!(unsigned.send().await.unwrap().status().as_u16(), 403);
    let unreadable = online.call(SECRET, 0, "{}").await;
    assert_eq!(unreadable, (422, "wrong_body".to_owned()));
    let endless = online.call(SECRET, 0, &"x".repeat(300_000)).await;
    assert_eq!(endless, (413, "body_too_large".to_owned()));
    for _again in 0..3 {
        assert_eq!(online.call(SECRET, 0, &body).await.0, 204);
    }
    let unknown = Event {
        reference: "never-heard-of".parse().unwrap(),
        ..event
    };
    let body = serde_json::to_string(&unknown).unwrap();
    assert_eq!(online.call(SECRET, 0, &body).await.0, 204);
    assert_eq!((held.sale().await, online.captured_minor()), before);
}

/// Asks for seats with work that fits.
async fn ask_with_work(online: &Online, guest: &Seller, id: &str, seats: &[&str]) -> Answer {
    let key = new_key();
    let solves = |work: &String| {
        let hash = Sha256::digest(format!("{id}:tomorrow:{key}:{work}"));
        hash[..2] == [0, 0] && hash[2] < 0x80
    };
    let work = (0_u64..).map(|nonce| nonce.to_string()).find(solves);
    let path = "/api/v1/cinemas/metropol/showtimes/tomorrow/holds";
    let asked = client()
        .post(format!("{}{path}", online.hub.url()))
        .bearer_auth(guest.token().unwrap())
        .header("idempotency-key", key)
        .header("foyer-work", work.unwrap())
        .json(&choices(seats));
    Answer::of(asked.send().await.unwrap()).await
}

#[tokio::test]
async fn many_who_choose_at_once_do_some_work_and_never_lock_a_house() {
    let online = Online::open().await;
    let row = |row: &str| {
        (1..=8)
            .map(|seat| format!("{row}{seat}"))
            .collect::<Vec<_>>()
    };
    let [a, b, c] = ["A", "B", "C"].map(row);
    let [a, b, c] = [&a, &b, &c].map(|row| row.iter().map(String::as_str).collect::<Vec<_>>());
    online.guest().await.hold("tomorrow", &a).await;
    let second = online.guest().await;
    let eleven: Vec<&str> = b.iter().chain(&c).copied().take(11).collect();
    let refused = second.ask_for("tomorrow", &eleven).await;
    assert_eq!(refused.problem(), (422, "too_many_seats"));
    let refused = second.ask_for("tomorrow", &b).await;
    assert_eq!(refused.problem(), (428, "work_needed"));
    // One seat is no crowd, and grows to none without work.
    let third = online.guest().await;
    let one = third.hold("tomorrow", &["D1"]).await;
    let grown = third.put(&one.path("/seats"), &choices(&c)).await;
    assert_eq!(grown.problem(), (428, "work_needed"));
    let changed = third.put(&one.path("/seats"), &choices(&["D2"])).await;
    changed.expect(200);
    let longer = one.path("/extend");
    third.post(&longer, "", &Value::Null).await.expect(200);
    third.delete(&one.path("")).await.expect(204);
    let known = client()
        .post(format!("{}/api/v1/guests", online.hub.url()))
        .bearer_auth(second.token().unwrap());
    let known: Value = known.send().await.unwrap().json().await.unwrap();
    assert_eq!(known["work_bits"], 17);
    let id = known["id"].as_str().unwrap();
    ask_with_work(&online, &second, id, &b).await.expect(201);
    let full = ask_with_work(&online, &second, id, &c).await;
    assert_eq!(full.problem(), (409, "too_many_choose"));
    let holds: UnderWay = second.get("/api/v1/holds").await.expect(200).body();
    let path = format!("/api/v1/holds/{}", holds.holds[0].id);
    let longer = second
        .post(&format!("{path}/extend"), "", &Value::Null)
        .await;
    assert_eq!(longer.problem(), (409, "no_more_time"));
    // Whoever pays leaves the crowd, and whoever goes.
    second.delete(&path).await.expect(204);
    ask_with_work(&online, &second, id, &c).await.expect(201);
}

tests::on_both_engines!(those_who_ask_at_one_moment_hold_no_more_than_those_who_ask_in_turn);

async fn those_who_ask_at_one_moment_hold_no_more_than_those_who_ask_in_turn(engine: Engine) {
    let online = Online::on(engine).await;
    let guests = join_all((0..8).map(|_| online.guest())).await;
    let rows = ["A", "B", "C", "D"].into_iter();
    let halves = rows.flat_map(|row| {
        [1, 5].map(|first| {
            (first..first + 4)
                .map(|seat| format!("{row}{seat}"))
                .collect()
        })
    });
    let halves: Vec<Vec<String>> = halves.collect();
    let asked = guests.iter().zip(&halves).map(|(guest, half)| async {
        let seats: Vec<&str> = half.iter().map(String::as_str).collect();
        guest.ask_for("tomorrow", &seats).await
    });
    let answers = join_all(asked).await;
    let held = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(held, 2, "eight seats of 32: twelve are more than a quarter");
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.problem(), (428, "work_needed"));
    }
}

#[tokio::test]
async fn five_payments_are_tried_for_a_hold_and_no_more() {
    let online = Online::open().await;
    let guest = online.guest().await;
    let held = guest.hold("tomorrow", &["A1"]).await;
    for _card in 0..5 {
        assert_eq!(held.pay_with("card_refused").await, TenderState::Declined);
    }
    let refused = held.begin_with("card_approve").await;
    assert_eq!(refused.problem(), (409, "too_many_payments"));
    guest.delete(&held.path("")).await.expect(204);
    let again = guest.hold("tomorrow", &["A1"]).await;
    assert_eq!(again.pay_with("card_approve").await, TenderState::Approved);
    assert_eq!(online.captured_minor(), 1_000);
}

#[tokio::test]
async fn a_session_an_address_and_another_site_have_their_limits() {
    let online = Online::open().await;
    let guest = online.guest().await;
    for seat in ["A1", "A2"] {
        guest.hold("tomorrow", &[seat]).await;
    }
    let third = guest.ask_for("tomorrow", &["A3"]).await;
    assert_eq!(third.problem(), (409, "too_many_holds"));
    let url = format!("{}/api/v1/guests", online.hub.url());
    for (name, value, status) in [
        ("origin", "https://evil.example", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-origin", 201),
        ("origin", online.hub.url().as_str(), 201),
    ] {
        let asked = client().post(&url).header(name, value).send().await;
        assert_eq!(asked.unwrap().status().as_u16(), status, "{name}: {value}");
    }
    let refused = until("an address has begun enough", || async {
        let answer = client().post(&url).send().await.unwrap();
        (answer.status().as_u16() != 201).then_some(answer)
    });
    let refused = refused.await;
    assert!(refused.headers().contains_key("retry-after"));
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "too_many_from_here");
}

#[tokio::test]
async fn a_hub_whose_money_nobody_takes_holds_no_seats() {
    let hub = Hub::start().await;
    let guest = hub.guest("metropol").await;
    let refused = guest.ask_for("tomorrow", &["A1"]).await;
    assert_eq!(refused.problem(), (409, "not_selling"));
}

/// What routes of one thing need to be asked in earnest.
fn body_of(route: &str) -> Value {
    let at = |end: &str| route.ends_with(end);
    if at("/seats") {
        choices(&["B1"])
    } else if at("/tenders") {
        serde_json::json!({ "card": { "card": "card_approve" } })
    } else {
        serde_json::json!({})
    }
}

#[tokio::test]
async fn what_is_of_one_cinema_is_unknown_at_every_other() {
    let online = Online::open().await;
    let guest = online.guest().await;
    let sold = guest.hold("tomorrow", &["A1"]).await;
    assert_eq!(sold.pay_with("card_approve").await, TenderState::Approved);
    let sale = sold.sale().await;
    let (paying, open) = (
        guest.hold("tomorrow", &["A2"]).await,
        guest.hold("tomorrow", &["A3"]).await,
    );
    paying.begin_with("card_never").await.expect(202);
    // A second cinema of the chain: films, rooms and showtimes have the same names.
    let odeon = World::without_programme_on(Clock::system()).await;
    let programme = PROGRAMME.replacen("\"metropol\"", "\"odeon\"", 1);
    odeon.import(&programme).await.expect("it is right");
    let enrol = Order::Enrol {
        code: online.hub.code("odeon"),
        hub: online.hub.url(),
    };
    odeon.order(enrol).await.expect("it is enrolled");
    let there = online.hub.guest_with(guest.token().unwrap(), "odeon");
    until("the hub has heard of it", || async {
        let found = there.get("/api/v1/showtimes/tomorrow").await;
        (found.status == 200).then_some(())
    })
    .await;
    let before = async || {
        let (sold, paying, open) = (sold.look().await, paying.look().await, open.look().await);
        (
            sold,
            paying.tenders.len(),
            open.tenders,
            open.basket,
            online.captured_minor(),
        )
    };
    let was = before().await;
    let things = [
        ("/holds/", sold.hold.id.to_string()),
        ("/holds/", paying.hold.id.to_string()),
        ("/holds/", open.hold.id.to_string()),
        ("/tenders/", paying.look().await.tenders[0].id.to_string()),
        ("/sales/", sale.id.to_string()),
        ("/tickets/", sale.tickets[0].id.to_string()),
    ];
    let (selling, _pages) = COUNTER.split_once("pub fn pages").unwrap();
    let mut walked = 0;
    for route in routes_of(selling) {
        let (method, path) = route.split_once(' ').unwrap();
        for (_, id) in things.iter().filter(|(kind, _)| path.starts_with(kind)) {
            let path = format!("/api/v1{}", path.replace("{id}", id));
            let answer = there.ask(method, &path, &body_of(&path)).await;
            let (status, code) = answer.problem();
            assert!(
                status == 404 && code.starts_with("unknown_"),
                "{method} {path}: {status} {code}"
            );
            walked += 1;
        }
    }
    assert_eq!(walked, WALKED);
    assert_eq!(before().await, was);
    let theirs: UnderWay = there.get("/api/v1/holds").await.expect(200).body();
    assert!(theirs.holds.is_empty());
}

/// Six routes of each of three holds, one of a payment, five of a sale, two of a ticket.
const WALKED: usize = 26;

#[test]
fn a_hub_that_cannot_check_its_provider_does_not_start() {
    let listen = "listen = \"127.0.0.1:1\"\n";
    let sandbox = "[payments]\nsandbox = \"http://127.0.0.1:9300\"\n";
    let words = Hub::refuses_to_start(&format!("{listen}{sandbox}"));
    assert!(words.contains("FOYER_PAYMENTS__WEBHOOK_SECRET"), "{words}");
    let short = format!("{listen}{sandbox}webhook_secret = \"short\"\n");
    let words = Hub::refuses_to_start(&short);
    assert!(
        words.contains("16 characters") && !words.contains("short\""),
        "{words}"
    );
}
