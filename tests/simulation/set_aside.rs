//! A paper that the printer never confirms has its turns, and then lets the others have theirs.

use std::time::Duration;

use appliance::control::Order;
use appliance::printer::memory::Mishap;
use appliance_api::DeviceKind;
use serde_json::json;

use crate::house::House;
use crate::people::Person;

/// As often a paper is sent before the printer is believed to mean it.
const TURNS: usize = 6;

/// Longer than any pause of the queue.
const PAUSE: Duration = Duration::from_secs(11 * 60);

async fn settle_down(house: &House) {
    while house
        .cinema
        .hand
        .step(0, house.clock.monotonic())
        .await
        .is_some()
    {}
}

#[tokio::test]
async fn a_paper_that_is_never_confirmed_is_set_aside_and_the_next_comes_out() {
    let house = House::open(1).await;
    let mut clerk = Person::come(&house, DeviceKind::Till, "clerk").await;
    for _ in 0..TURNS {
        house.printer.next(Mishap::PaperLost);
    }
    let mut receipts = Vec::new();
    for seat in ["D1", "D3"] {
        let wish = json!({ "seats": [{ "seat": seat }] });
        let holds = "/api/v1/showtimes/tomorrow/holds";
        let (held, _) = clerk.ask(&house, "POST", holds, &wish).await;
        let settle = format!("/api/v1/holds/{}/settle", held.1["id"].as_str().unwrap());
        let cash = json!({ "cash_given_minor": 5_000 });
        let (sold, _) = clerk.ask(&house, "POST", &settle, &cash).await;
        receipts.push(sold.1["receipt_number"].as_str().unwrap().to_owned());
    }
    for _ in 0..TURNS {
        assert_eq!(house.printer.papers().len(), 0);
        settle_down(&house).await;
        house.clock.advance(PAUSE);
    }
    settle_down(&house).await;
    let printed = house.printer.papers();
    assert_eq!(printed.len(), 1, "{printed:#?}");
    assert_eq!(printed[0].receipt_number, receipts[1]);

    let words = house.cinema.order(Order::Status).await;
    assert!(words.contains("never confirmed"), "{words}");
    let order = Order::Reprint {
        receipt: receipts[0].clone(),
        reason: "the printer was mended".to_owned(),
    };
    house.cinema.order(order).await;
    settle_down(&house).await;
    let printed = house.printer.papers();
    assert_eq!(printed[1].receipt_number, receipts[0]);
    assert!(printed[1].copy, "it may have come out before");
}
