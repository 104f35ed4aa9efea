//! The plainest evening: a clerk sells, the seats are gone, the money is right, and a repeat is no second sale.

use std::time::Duration;

use appliance::control::{Decision, Order};
use counter_api::{HoldState, Sale, SeatState};
use serde_json::json;
use tests::world::{PROGRAMME, World, new_key, until};

#[tokio::test]
async fn a_clerk_sells_two_seats_for_cash() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["D4", "D5"]).await;
    assert_eq!(
        (held.total_minor(), held.hold.basket.tax.minor),
        (2400, 158),
        "7 % inside each 12.00 is 0.79"
    );
    assert_eq!(clerk.sees("tonight", "D4").await, SeatState::Held);
    let sale = held.cash(5000).await;
    assert_eq!(
        (
            sale.total.minor,
            sale.change.minor,
            sale.receipt_number.as_str()
        ),
        (2400, 2600, "1-000001")
    );
    assert_eq!(
        sale.tickets
            .iter()
            .map(|ticket| ticket.seat.as_str())
            .collect::<Vec<_>>(),
        ["D4", "D5"]
    );
    assert_eq!(clerk.sees("tonight", "D5").await, SeatState::Sold);
    let next = clerk.hold("tonight", &["A1", "A2"]).await.cash(2000).await;
    assert_eq!(
        (next.receipt_number.as_str(), next.change.minor),
        ("1-000002", 0)
    );
}

/// Whatever a client calls its payments, its keys to settle are its own.
#[tokio::test]
async fn a_key_of_a_payment_is_no_key_that_settles() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    for (seat, of_payment, of_settling) in [("A1", "settle:a", "a"), ("A2", "b", "b")] {
        let held = clerk.hold("tonight", &[seat]).await;
        let cash = json!({ "cash": { "given_minor": 5000 } });
        let paid = clerk.post(&held.path("/tenders"), of_payment, &cash).await;
        paid.expect(201);
        let settle = held.path("/settle");
        let settled = clerk.post(&settle, of_settling, &json!({})).await;
        settled.expect(200);
    }
}

#[tokio::test]
async fn whoever_asks_twice_hears_the_same() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let (key, seats) = (
        new_key(),
        json!({ "seats": [{ "seat": "A1" }, { "seat": "A2", "ticket_kind": "child" }] }),
    );
    let holds = "/api/v1/showtimes/tonight/holds";
    let first = clerk.post(holds, &key, &seats).await.expect(201);
    assert_eq!(
        clerk.post(holds, &key, &seats).await.expect(201).json["id"],
        first.json["id"]
    );
    let other = clerk
        .post(holds, &key, &json!({ "seats": [{ "seat": "B1" }] }))
        .await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused"));
    let settle = format!(
        "/api/v1/holds/{}/settle",
        first.json["id"].as_str().unwrap()
    );
    let (key, cash) = (new_key(), json!({ "cash_given_minor": 2000 }));
    let sold: Sale = clerk.post(&settle, &key, &cash).await.expect(200).body();
    let again: Sale = clerk.post(&settle, &key, &cash).await.expect(200).body();
    assert_eq!(
        Sale {
            paper: again.paper,
            ..sold.clone()
        },
        again,
        "the codes too: the signature is deterministic"
    );
    assert_eq!(
        clerk
            .post(&settle, &new_key(), &json!({}))
            .await
            .expect(200)
            .json["id"],
        sold.id.as_str()
    );
    assert_eq!((sold.total.minor, sold.change.minor), (1600, 400));
}

#[tokio::test]
async fn what_is_not_paid_is_not_sold() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["A1", "A2"]).await;
    assert_eq!(held.settle().await.problem(), (409, "not_paid"));
    let part = clerk
        .post(
            &held.path("/tenders"),
            &new_key(),
            &json!({ "cash": { "given_minor": 500 } }),
        )
        .await;
    assert_eq!(part.expect(201).json["amount"]["minor"], 500);
    assert_eq!(held.settle().await.problem(), (409, "not_paid"));
    let told = clerk
        .post(
            &held.path("/settle"),
            &new_key(),
            &json!({ "cash_given_minor": 1500, "total_minor": 1999 }),
        )
        .await;
    assert_eq!(told.problem(), (409, "price_changed"));
    let sale = held.cash(2000).await;
    assert_eq!((sale.change.minor, sale.tenders.len()), (500, 2));
}

#[tokio::test]
async fn a_sale_is_there_after_a_restart() {
    let mut world = World::open().await;
    let clerk = world.clerk().await;
    let sale = clerk.hold("tonight", &["C1", "C2"]).await.cash(2000).await;
    world.restart().await;
    let clerk = world.again(&clerk);
    let found: Sale = clerk
        .get(&format!("/api/v1/sales/{}", sale.id))
        .await
        .expect(200)
        .body();
    assert_eq!(found.tickets, sale.tickets);
    assert_eq!(clerk.sees("tonight", "C1").await, SeatState::Sold);
    assert_eq!(
        clerk.ask_for("tonight", &["C1"]).await.problem(),
        (409, "seats_taken")
    );
}

#[tokio::test]
async fn cash_that_pays_a_part_and_is_left_there_ends_as_a_case() {
    let mut world = World::open().await;
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["A1", "A2"]).await;
    let part = json!({ "cash": { "given_minor": 500 } });
    let tender = clerk.post(&held.path("/tenders"), &new_key(), &part).await;
    let payment = tender.expect(201).json["id"].as_str().unwrap().to_owned();
    world.wait(Duration::from_secs(60 * 60));
    until("the seats are free", || async {
        (clerk.sees("tonight", "A1").await == SeatState::Free).then_some(())
    })
    .await;
    assert_eq!(held.look().await.state, HoldState::Ended);
    world.restart().await;
    let list = world.order(Order::Cases).await.unwrap();
    assert!(list.contains(&payment) && list.contains("5.00"), "{list}");
    let decide = Order::Decide {
        payment: payment.parse().unwrap(),
        decision: Decision::Refunded,
        reason: "the guest came back".to_owned(),
    };
    assert_eq!(world.order(decide).await.unwrap(), "given back");
}

#[tokio::test]
async fn no_cash_is_taken_for_what_is_not_on_sale() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let (paid, unpaid) = (
        clerk.hold("tonight", &["A1"]).await,
        clerk.hold("tonight", &["B1"]).await,
    );
    let cash = json!({ "cash": { "given_minor": 1000 } });
    let tender = clerk.post(&paid.path("/tenders"), &new_key(), &cash).await;
    tender.expect(201);
    let id = "id = \"tonight\"\n";
    let closed = PROGRAMME.replace(id, &format!("{id}status = \"closed\"\n"));
    world.import(&closed).await.unwrap();
    let tender = clerk
        .post(&unpaid.path("/tenders"), &new_key(), &cash)
        .await;
    assert_eq!(tender.problem(), (409, "sales_closed"));
    let cash = json!({ "cash_given_minor": 1000 });
    let settled = clerk.post(&unpaid.path("/settle"), &new_key(), &cash).await;
    assert_eq!(settled.problem(), (409, "sales_closed"));
    // What was paid while it was on sale becomes a ticket.
    paid.settle().await.expect(200);
}
