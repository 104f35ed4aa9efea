//! A guest shows a good ticket that no record knows, of a seat that somebody else is about to buy: whoever sits there has it, and nobody pays for it
//! once more.

use appliance_api::Admission;
use box_office::{SeatId, TenderId};
use counter_api::{Hold, HoldState, SeatState, TenderState, Ticket};
use serde_json::json;
use tests::card_terminal::Behaviour;
use tests::engine::Engine;
use tests::world::{House, Seller, Sides, World, new_key, until};

use crate::forgotten;
use crate::put_back::{Backup, a_person_looks_at_what_was_taken, expects, found, scan};

/// Somebody is told that they have lost this seat.
fn has_lost(hold: &Hold, seat: &str) {
    assert_eq!(hold.state, HoldState::Ended);
    let [why] = &hold.warnings[..] else {
        panic!("they are told why: {:?}", hold.warnings);
    };
    assert_eq!(why.code, "seats_lost");
    let lost: Vec<_> = why.seats.iter().map(SeatId::as_str).collect();
    assert_eq!(lost, [seat]);
}

async fn is_sold_to_nobody(seats: &[&str], sellers: &[&Seller]) {
    for seat in seats {
        for seller in sellers {
            let asked = seller.ask_for("tomorrow", &[seat]).await;
            assert_eq!(asked.status, 409, "{seat}: {}", asked.text);
        }
    }
}

async fn is_let_in(usher: &Seller, ticket: &Ticket) {
    let admitted: Admission = scan(usher, ticket).await.expect(201).body();
    assert!(admitted.found);
    assert_eq!(scan(usher, ticket).await.status, 409, "once");
}

#[tokio::test]
async fn whoever_holds_a_seat_in_the_lobby_loses_it_to_whoever_has_a_ticket() {
    let mut world = World::open().await;
    world.expects_error("cannot prove that it has all that it answered");
    let clerk = world.clerk().await;
    world.stop().await;
    let older = forgotten::copied(world.folder());
    world.restart().await;
    let (seats, mut tickets) = (["D4", "D5"], Vec::new());
    for seat in seats {
        let held = world.again(&clerk).hold("tomorrow", &[seat]).await;
        tickets.extend(held.cash(5_000).await.tickets);
    }
    world.stop().await;
    forgotten::put_back(&older, &world, &forgotten::DATABASE);
    world.restart().await;
    forgotten::accept(&world).await.unwrap();
    forgotten::release(&world, "tomorrow").await;

    let (clerk, usher) = (world.again(&clerk), world.usher().await);
    let guest = world.guest().await;
    let chosen = clerk.hold("tomorrow", &["D4", "D6"]).await;
    let paid = guest.hold("tomorrow", &["D5"]).await;
    world.terminal.next(Behaviour::NeverAnswer);
    let tender = paid.begin_card().await.expect(202);
    let tender: TenderId = tender.json["id"].as_str().unwrap().parse().unwrap();
    let is_there = |till: &tests::card_terminal::Till| {
        let mut payments = till.payments.iter();
        payments.any(|entry| entry.reference == tender)
    };
    world.terminal.wait_until(is_there).await;
    for ticket in &tickets {
        is_let_in(&usher, ticket).await;
    }
    let late = json!({ "cash_given_minor": 5_000 });
    let late = clerk.post(&chosen.path("/settle"), &new_key(), &late).await;
    assert_eq!(late.status, 409, "{}", late.text);
    has_lost(&chosen.look().await, "D4");
    assert_eq!(clerk.sees("tomorrow", "D6").await, SeatState::Free);
    assert_ne!(paid.outcome().await, TenderState::Approved);
    has_lost(&paid.look().await, "D5");
    let till = world.terminal.till();
    assert_eq!(till.captured_minor, till.refunded_minor);
    is_sold_to_nobody(&seats, &[&clerk, &guest]).await;
    world.stop().await;
    let evidence = tests::proving::evidence(&[world.folder()]);
    assert_eq!(tests::proving::found(&evidence), [""; 0]);
}

#[tokio::test]
async fn whoever_holds_a_seat_at_home_loses_it_to_whoever_has_a_ticket() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let usher = house.world.usher().await;
    let seats = [0, 1].map(|nth| theirs[nth].as_str());
    let backup = Backup::of(&house.hub);
    house.until_cut(&lobby).await;
    let mut tickets = Vec::new();
    for seat in seats {
        let held = home.hold("tomorrow", &[seat]).await;
        assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
        tickets.extend(held.sale().await.tickets);
    }
    backup.put_back(&mut house.hub).await;
    house.cable.put_in();
    forgotten::until_it_has_recovered(&house.hub).await;
    a_person_looks_at_what_was_taken(&house, 2).await;
    let reason = ["--reason", "nobody has bought since"];
    let release = [&["release", "metropol", "tomorrow"], reason.as_slice()].concat();
    house.hub.order(&release);
    let (one, other) = (
        house.hub.guest("metropol").await,
        house.hub.guest("metropol").await,
    );
    let chosen = one.hold("tomorrow", &seats[..1]).await;
    let paid = other.hold("tomorrow", &seats[1..]).await;
    paid.begin_with("card_never").await.expect(202);
    for ticket in &tickets {
        is_let_in(&usher, ticket).await;
    }
    for (hold, seat) in [(&chosen, seats[0]), (&paid, seats[1])] {
        until("the hub has heard who sits there", || async {
            (hold.look().await.state == HoldState::Ended).then_some(())
        })
        .await;
        has_lost(&hold.look().await, seat);
        assert_eq!(hold.begin_with("card_approve").await.status, 409);
    }
    house = house.comes_to_rest().await;
    is_sold_to_nobody(&seats, &[&home, &one, &lobby]).await;
    house.world.stop().await;
    house.hub.kill();
    assert_eq!(found(&house.hub, &[&house.world]), [""; 0]);
}
