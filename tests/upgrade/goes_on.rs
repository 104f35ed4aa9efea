//! The box goes on with what it had: holds are paid for, payments come to an end, papers come out, a case is decided.

use std::time::Duration;

use appliance::control::{Decision, Order};
use appliance::terminal::CardTerminal;
use appliance_api::Status;
use box_office::{Money, TenderId};
use counter_api::{Hold, HoldState, Sale, SeatState, TenderState};
use serde_json::{Value, json};
use tests::card_terminal::{Behaviour, CardTerminalSimulator};
use tests::virtual_printer::Document;
use tests::world::{Left, PATIENCE, Seller, World, new_key, until};

use crate::old_box::{KIOSK, LATER, PAST, TILL, TOMORROW, file, left_behind, programme};
use crate::stored::{open, rows};

/// The terminal has a payment in hand that the box asked for before it was updated.
async fn has(
    terminal: &CardTerminalSimulator,
    payment: &str,
    amount_minor: i64,
    behaviour: Behaviour,
) {
    terminal.next(behaviour);
    let asked = CardTerminal::Simulated(terminal.address());
    let (reference, amount): (TenderId, _) = (
        payment.parse().unwrap(),
        Money::new(amount_minor, programme().cinema.currency),
    );
    tokio::select! {
        said = asked.pay(&reference, amount) => assert!(said.is_ok(), "{said:?}"),
        _ = terminal.wait_until(|till| till.payments.iter().any(|entry| entry.reference == reference)), if behaviour == Behaviour::NeverAnswer => {}
    }
}

/// The box after its update, beside a terminal that remembers some of its payments.
async fn updated() -> World {
    let folder = left_behind().await;
    let terminal = CardTerminalSimulator::start().await;
    let approves = Behaviour::Approve { after_ms: 0 };
    has(&terminal, "pending", 2200, approves).await;
    has(&terminal, "refunding", 1100, approves).await;
    has(&terminal, "unknown", 2200, Behaviour::NeverAnswer).await;
    let world = World::open_on_data(folder, terminal).await;
    // Some of what was left behind waits for a person.
    world.leaves(Left::Payments);
    // It is made of rows: nobody has told of what stands in them.
    world.leaves(Left::Faults);
    world
}

async fn look(seller: &Seller, hold: &str) -> Hold {
    seller
        .get(&format!("/api/v1/holds/{hold}"))
        .await
        .expect(200)
        .body()
}

async fn settle(seller: &Seller, hold: &str) -> Sale {
    let body = json!({ "cash_given_minor": 10_000 });
    seller
        .post(&format!("/api/v1/holds/{hold}/settle"), &new_key(), &body)
        .await
        .expect(200)
        .body()
}

/// A hold that has this much of its time left, but for what the test has taken since.
fn has_left(hold: &Hold, seconds: u64) {
    let least = seconds.saturating_sub(PATIENCE.as_secs());
    assert!(
        (least * 1000..=seconds * 1000).contains(&hold.expires_in_ms),
        "{hold:?}"
    );
}

#[tokio::test]
async fn an_open_hold_keeps_its_time_and_is_paid_for() {
    let world = updated().await;
    let (kiosk, till) = (world.with_token(KIOSK), world.with_token(TILL));
    let (held, extended) = (
        look(&kiosk, "open").await,
        look(&till, "open-extended").await,
    );
    has_left(&held, 412);
    has_left(&extended, 598);
    assert_eq!((held.extendable, extended.extendable), (true, true));
    assert_eq!(kiosk.sees(LATER, "A3").await, SeatState::Held);
    until("what the terminal took has its receipt", || async {
        (look(&kiosk, "paying").await.state == HoldState::Settled).then_some(())
    })
    .await;
    world.wait(Duration::from_secs(200));
    let sale = settle(&till, "open-half-paid").await;
    assert_eq!(
        (sale.receipt_number.as_str(), sale.total.minor),
        ("1-000006", 2200)
    );
    assert_eq!(till.sees(LATER, "B1").await, SeatState::Sold);
    world.wait(Duration::from_secs(220));
    until("the hold that nobody paid for ends", || async {
        let is_over = look(&kiosk, "open").await.state == HoldState::Ended;
        let is_free = kiosk.sees(LATER, "A3").await == SeatState::Free;
        (is_over && is_free).then_some(())
    })
    .await;
    has_left(&look(&till, "open-extended").await, 178);
}

#[tokio::test]
async fn a_request_that_was_answered_before_is_answered_the_same() {
    let world = updated().await;
    let till = world.with_token(TILL);
    let sale: Sale = till
        .get("/api/v1/sales/settled-mixed")
        .await
        .expect(200)
        .body();
    assert_eq!(
        (sale.receipt_number.as_str(), sale.tickets.len()),
        ("1-000003", 2)
    );
    let again: Value = till
        .post("/api/v1/holds/settled-mixed/settle", &new_key(), &json!({}))
        .await
        .expect(200)
        .json;
    assert_eq!(again["id"], "settled-mixed");
    let other = till
        .post(
            "/api/v1/holds/open-half-paid/settle",
            "settle-mixed",
            &json!({ "cash_given_minor": 9 }),
        )
        .await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused"));
}

#[tokio::test]
async fn payments_come_to_an_end() {
    let world = updated().await;
    let (kiosk, till) = (world.with_token(KIOSK), world.with_token(TILL));
    until("what the terminal took becomes a sale", || async {
        (look(&kiosk, "paying").await.state == HoldState::Settled).then_some(())
    })
    .await;
    until("what it never heard of is let go", || async {
        let hold = look(&till, "paying-stopping").await;
        let is_cancelled = hold
            .tenders
            .iter()
            .any(|tender| tender.state == TenderState::Cancelled);
        (hold.state == HoldState::Open && is_cancelled).then_some(())
    })
    .await;
    until("what it took without a sale is given back", || async {
        (world.terminal.till().refunded_minor == 1100).then_some(())
    })
    .await;
    assert_eq!(settle(&till, "paying-stopping").await.total.minor, 1100);
}

#[tokio::test]
async fn a_case_is_decided() {
    let world = updated().await;
    let kiosk = world.with_token(KIOSK);
    let list = world.order(Order::Cases).await.unwrap();
    let listed: Vec<&str> = list
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    for case in ["unknown", "owed-says-person", "owed-since-the-end"] {
        assert!(listed.contains(&case), "{case} is not in {list}");
    }
    assert!(list.contains(PAST) && list.contains("22.00"), "{list}");
    assert_eq!(kiosk.sees(PAST, "B1").await, SeatState::Held);
    let decide = |payment: &str, decision| {
        let order = Order::Decide {
            payment: payment.parse().unwrap(),
            decision,
            reason: "asked the bank".to_owned(),
        };
        world.order(order)
    };
    let words = decide("unknown", Decision::NotTaken).await.unwrap();
    assert_eq!(words, "not taken: the seats are free");
    assert_eq!(look(&kiosk, "paying-unknown").await.state, HoldState::Ended);
    for owed in ["owed-since-the-end", "owed-says-person"] {
        until("nobody is giving it back at this moment", || async {
            let said = decide(owed, Decision::Refunded).await;
            said.is_ok_and(|words| words == "given back").then_some(())
        })
        .await;
    }
    until("no case is open", || async {
        let status: Status = kiosk.get("/api/v1/status").await.expect(200).body();
        (status.open_cases == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn papers_that_waited_come_out() {
    let world = updated().await;
    let papers = world.printer.papers_cut(4).await;
    let copies: Vec<bool> = papers.iter().map(Document::is_copy).collect();
    assert_eq!(copies[..4], [true, true, false, false]);
    let [mixed, card] = [papers[0].text(), papers[2].text()];
    for words in ["Gravity", "Saal 1", "Adult", "1-000003", "4242", "11.00"] {
        assert!(mixed.contains(words), "{words} is not on it:\n{mixed}");
    }
    for words in [
        "Pans Labyrinth",
        "Saal 4 Atelier",
        "Reihe",
        "Kind",
        "1-000004",
        "4242",
        "A1B2C3",
        "11,00",
    ] {
        assert!(card.contains(words), "{words} is not on it:\n{card}");
    }
    let kiosk = world.with_token(KIOSK);
    let shown: Sale = kiosk
        .get("/api/v1/sales/settled-card")
        .await
        .expect(200)
        .body();
    let codes: Vec<&str> = shown
        .tickets
        .iter()
        .map(|ticket| ticket.code.as_str())
        .collect();
    assert_eq!(
        [papers[2].codes(), papers[3].codes()].concat(),
        codes,
        "the code that the screen shows"
    );
}

/// What differs between two papers of one showtime.
const OWN: [&str; 13] = [
    "/ticket",
    "/seat",
    "/sold_ms",
    "/price_minor",
    "/tax_minor",
    "/receipt",
    "/collection_code",
    "/sold_as/row",
    "/sold_as/number",
    "/paid",
    "/nth",
    "/of",
    "/edition",
];

#[tokio::test]
async fn a_paper_is_as_one_of_a_sale_made_today() {
    let world = updated().await;
    let till = world.with_token(TILL);
    let body = json!({ "seats": [{ "seat": "M9", "ticket_kind": "adult" }], "language": "en" });
    let held: Hold = till
        .post(
            &format!("/api/v1/showtimes/{TOMORROW}/holds"),
            &new_key(),
            &body,
        )
        .await
        .expect(201)
        .body();
    let sale = settle(&till, held.id.as_str()).await;
    let database = open(&file(world.folder()));
    let paper = |sale: &str| {
        let found = rows(
            &database,
            &format!("SELECT paper FROM print_job WHERE sale = '{sale}' ORDER BY id"),
        );
        let mut paper: Value = serde_json::from_str(&found[0]).unwrap();
        for own in OWN {
            let said = paper
                .pointer_mut(own)
                .unwrap_or_else(|| panic!("{own} is not on the paper"));
            *said = Value::Null;
        }
        // A ticket of before does not know its guest's language, and has its page in English.
        let sold_as = paper["sold_as"].as_object_mut();
        sold_as.unwrap().remove("guest_language");
        paper
    };
    assert_eq!(paper("settled-mixed"), paper(sale.id.as_str()));
    let receipt = Order::Reprint {
        receipt: "1-000002".to_owned(),
        reason: "never printed".to_owned(),
    };
    assert!(
        world
            .order(receipt)
            .await
            .unwrap()
            .contains("had no paper yet")
    );
}
