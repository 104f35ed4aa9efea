//! Cards: the outcome is what the terminal says, and money is never taken without a ticket or a refund.

use std::time::Duration;

use appliance::control::Consent;
use appliance::terminal::{CardSlip, Payment};
use box_office::TenderId;
use counter_api::{HoldState, SeatState, TenderState};
use serde_json::{Value, json};
use tests::card_terminal::Behaviour;
use tests::world::{Held, PROGRAMME, World, choices, new_key, until};

/// A card that the terminal has in hand.
async fn at_the_terminal(world: &World, held: &Held) -> TenderId {
    world.terminal.next(Behaviour::NeverAnswer);
    let tender = held.begin_card().await.expect(202);
    let tender = tender.json["id"].as_str().unwrap().parse().unwrap();
    world
        .terminal
        .wait_until(|till| till.payments.iter().any(|entry| entry.reference == tender))
        .await;
    tender
}

fn approved(amount_minor: i64) -> Payment {
    let (last_four, authorisation) = ("4242".to_owned(), "000001".to_owned());
    Payment::Approved {
        amount_minor,
        slip: CardSlip {
            last_four,
            authorisation,
        },
    }
}

#[tokio::test]
async fn an_approved_card_settles_by_itself() {
    let world = World::open().await;
    let guest = world.guest().await;
    let held = guest.hold("tonight", &["D1", "D2"]).await;
    assert_eq!(held.card().await, TenderState::Approved);
    let sale = held.sale().await;
    assert_eq!(sale.total.minor, 2400);
    assert_eq!(held.settle().await.expect(200).json["id"], sale.id.as_str());
    assert_eq!(world.terminal.till().captured_minor, 2400);
}

#[tokio::test]
async fn a_declined_card_leaves_the_seats_to_the_guest() {
    let world = World::open().await;
    let guest = world.guest().await;
    let held = guest.hold("tonight", &["D1", "D2"]).await;
    world.terminal.next(Behaviour::Decline { after_ms: 0 });
    assert_eq!(held.card().await, TenderState::Declined);
    assert_eq!(held.look().await.state, HoldState::Open);
    assert_eq!(guest.sees("tonight", "D1").await, SeatState::Held);
    assert_eq!(
        held.card().await,
        TenderState::Approved,
        "and may try another card"
    );
    assert_eq!(world.terminal.till().captured_minor, 2400);
}

#[tokio::test]
async fn a_hold_does_not_lapse_while_a_payment_is_under_way() {
    let world = World::open().await;
    let guest = world.guest().await;
    let held = guest.hold("tonight", &["D1"]).await;
    world.wait(Duration::from_secs(7 * 60));
    let tender = at_the_terminal(&world, &held).await;
    world.wait(Duration::from_secs(2 * 60));
    let rival = world.guest().await;
    let refused = rival.ask_for("tonight", &["D1"]).await;
    assert_eq!(refused.problem(), (409, "seats_taken"));
    assert_eq!(
        guest.delete(&held.path("")).await.problem(),
        (409, "payment_under_way")
    );
    world.terminal.decide(&tender, true);
    assert_eq!(held.outcome().await, TenderState::Approved);
    assert_eq!(held.sale().await.tickets.len(), 1);
}

#[tokio::test]
async fn a_payment_that_nobody_makes_is_stopped_and_its_seats_are_somebody_elses() {
    let world = World::open().await;
    let guest = world.guest().await;
    let held = guest.hold("tonight", &["D1"]).await;
    at_the_terminal(&world, &held).await;
    until("the terminal has stopped", || async {
        world.wait(Duration::from_secs(20));
        (held.look().await.tenders[0].state == TenderState::Cancelled).then_some(())
    })
    .await;
    until("the seat is free", || async {
        world.wait(Duration::from_secs(20));
        (guest.sees("tonight", "D1").await == SeatState::Free).then_some(())
    })
    .await;
    assert_eq!(held.look().await.state, HoldState::Ended);
    assert_eq!(world.terminal.till().captured_minor, 0);
}

#[tokio::test]
async fn a_terminal_that_vanishes_after_taking_the_money_is_asked_again() {
    let world = World::open().await;
    let guest = world.guest().await;
    let held = guest.hold("tonight", &["D1", "D2"]).await;
    world.terminal.next(Behaviour::Vanish);
    assert_eq!(held.card().await, TenderState::Approved);
    assert_eq!(
        (
            held.sale().await.total.minor,
            world.terminal.till().captured_minor
        ),
        (2400, 2400)
    );
}

#[tokio::test]
async fn a_card_taken_for_a_cancelled_showtime_is_given_back() {
    let world = World::open().await;
    let guest = world.guest().await;
    let held = guest.hold("tonight", &["D1"]).await;
    world.terminal.next(Behaviour::NeverAnswer);
    let tender = held.begin_card().await.expect(202).json["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    world
        .terminal
        .wait_until(|till| !till.payments.is_empty())
        .await;
    let tonight = "id = \"tonight\"\n";
    world
        .import_with(
            &PROGRAMME.replace(tonight, &format!("{tonight}status = \"cancelled\"\n")),
            Consent::Given,
        )
        .await
        .unwrap();
    world.terminal.decide(&tender, true);
    until("the money is given back", || async {
        held.look()
            .await
            .tenders
            .iter()
            .all(|tender| tender.state == TenderState::Refunded)
            .then_some(())
    })
    .await;
    let till = world.terminal.till();
    assert_eq!((till.captured_minor, till.refunded_minor), (1200, 1200));
    assert_eq!(held.look().await.state, HoldState::Ended);
}

#[tokio::test]
async fn a_card_that_pays_a_part_is_shown_and_told_with_that_part() {
    let world = World::open().await;
    let guest = world.guest().await;
    let held = guest.hold("tonight", &["D1"]).await;
    let tender = at_the_terminal(&world, &held).await;
    world.terminal.becomes(&tender, approved(700));
    assert_eq!(held.outcome().await, TenderState::Approved);
    assert_eq!(held.look().await.tenders[0].amount.minor, 700);
    assert_eq!(held.card().await, TenderState::Approved, "the rest");
    let amounts = |tenders: &[counter_api::Tender]| {
        let amounts = tenders.iter().map(|tender| tender.amount.minor);
        amounts.collect::<Vec<_>>()
    };
    assert_eq!(amounts(&held.sale().await.tenders), [700, 500]);
    assert_eq!(world.terminal.till().captured_minor, 1200);
}

#[tokio::test]
async fn an_amount_that_cannot_be_is_no_outcome() {
    let world = World::open().await;
    let guest = world.guest().await;
    let nonsense = [0, -100, i64::MIN, 10_000_000_000];
    for (amount_minor, seat) in nonsense.into_iter().zip(["D1", "D2", "D3", "D4"]) {
        let held = guest.hold("tonight", &[seat]).await;
        let tender = at_the_terminal(&world, &held).await;
        world.terminal.becomes(&tender, approved(amount_minor));
        for _look in 0..3 {
            world.wait(Duration::from_secs(2));
            let hold = held.look().await;
            assert_eq!(
                (hold.state, hold.tenders[0].state),
                (HoldState::Paying, TenderState::Pending),
                "{amount_minor}"
            );
        }
        world.terminal.becomes(&tender, approved(1200));
        until("it says what it took", || async {
            world.wait(Duration::from_secs(2));
            (held.look().await.state == HoldState::Settled).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn an_order_that_was_changed_on_another_page_is_not_paid_before_it_is_shown() {
    let world = World::open().await;
    let guest = world.guest().await;
    let held = guest.hold("tonight", &["A1", "A2"]).await;
    let choose = async |wanted: Value| guest.put(&held.path("/seats"), &wanted).await.expect(200);
    let pay = async |shown: Value| {
        let card = json!({ "card": shown });
        guest.post(&held.path("/tenders"), &new_key(), &card).await
    };
    let settle = async |shown: Value| guest.post(&held.path("/settle"), &new_key(), &shown).await;
    let two = json!([{ "seat": "A1", "ticket_kind": "adult" }, { "seat": "A2" }]);
    let shown = json!({ "total_minor": 2000, "seats": two });

    choose(choices(&["A1", "A2", "A3"])).await;
    let total = json!({ "total_minor": 2000 });
    assert_eq!(pay(total).await.problem(), (409, "price_changed"));
    let refused = pay(shown.clone()).await;
    assert_eq!(refused.problem(), (409, "order_changed"));
    choose(choices(&["B1", "B2"])).await;
    let refused = pay(shown.clone()).await;
    assert_eq!(
        refused.problem(),
        (409, "order_changed"),
        "it costs as much"
    );
    let refused = settle(json!({ "seats": two })).await;
    assert_eq!(refused.problem(), (409, "order_changed"));
    choose(json!({ "seats": [{ "seat": "A1", "ticket_kind": "child" }, { "seat": "A2" }] })).await;
    let refused = pay(shown.clone()).await;
    assert_eq!(refused.problem(), (409, "order_changed"), "a child's");
    assert_eq!(held.look().await.state, HoldState::Open);
    assert!(world.terminal.till().payments.is_empty());

    choose(choices(&["A2", "A1"])).await;
    let refused = pay(choices(&["A1", "A1"])).await;
    assert_eq!(refused.problem(), (409, "order_changed"), "one of them");
    pay(shown).await.expect(202);
    assert_eq!(held.outcome().await, TenderState::Approved);
    assert_eq!(world.terminal.till().captured_minor, 2000);
}
