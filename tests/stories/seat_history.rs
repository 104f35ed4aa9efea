//! What became of a seat: told to staff at the box and to operators at the hub, each as far as their side keeps it.

use appliance::control::Order;
use counter_api::{SeatDeed, SeatHistory, TenderState};
use serde_json::json;
use tests::engine::Engine;
use tests::world::{Seller, World, client, new_key, until};

use crate::two_counters::{House, Sides};

fn path(seat: &str) -> String {
    format!("/api/v1/showtimes/tomorrow/seats/{seat}/history")
}

async fn ask(staff: &Seller, seat: &str) -> SeatHistory {
    staff.get(&path(seat)).await.expect(200).body()
}

fn deeds(history: &SeatHistory) -> Vec<SeatDeed> {
    history.happenings.iter().map(|it| it.deed).collect()
}

fn order(seat: &str) -> Order {
    Order::SeatHistory {
        showtime: "tomorrow".parse().unwrap(),
        seat: seat.parse().unwrap(),
    }
}

tests::on_both_engines!(both_sides_tell_what_became_of_a_seat);

async fn both_sides_tell_what_became_of_a_seat(engine: Engine) {
    use SeatDeed::{Admitted, GivenToTheCinema, GivenToTheHub, Held, Sold, SoldElsewhere};
    let house = House::open(engine).await;
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let (clerk, usher) = (house.world.clerk().await, house.world.usher().await);
    let online = theirs[0].as_str();
    let given_up = home.hold("tomorrow", &[online]).await;
    home.delete(&given_up.path("")).await.expect(204);
    let bought = home.hold("tomorrow", &[online]).await;
    assert_eq!(bought.pay_with("card_approve").await, TenderState::Approved);
    let ticket = bought.sale().await.tickets.remove(0);
    let scan = json!({ "code": ticket.code, "showtime": "tomorrow" });
    until("the box lets the guest in", || async {
        let scanned = usher
            .post("/api/v1/door/admissions", &new_key(), &scan)
            .await;
        (scanned.status == 201).then_some(())
    })
    .await;
    // A seat of the hub's that is bought in the lobby.
    let fetched = theirs[2].as_str();
    lobby
        .hold("tomorrow", &[fetched, &theirs[3]])
        .await
        .card()
        .await;

    let at_box = until("the box knows who bought it", || async {
        let told = ask(&usher, online).await;
        deeds(&told).contains(&SoldElsewhere).then_some(told)
    })
    .await;
    assert_eq!(deeds(&at_box), [GivenToTheHub, SoldElsewhere, Admitted]);
    assert!(at_box.happenings[1].words.contains(ticket.id.as_str()));
    assert!(
        at_box.happenings.iter().all(|it| it.at.ends_with("+01:00")),
        "{at_box:?}"
    );
    let brought = ask(&clerk, fetched).await;
    assert_eq!(
        deeds(&brought),
        [GivenToTheHub, GivenToTheCinema, Held, Sold]
    );
    assert_eq!(
        brought.happenings[2].by.as_deref(),
        Some("Kiosk 1"),
        "{brought:?}"
    );
    assert!(
        brought.happenings[3].words.contains("receipt 1-000001"),
        "{brought:?}"
    );
    let untouched = ask(&clerk, &ours[0]).await;
    assert_eq!(
        (deeds(&untouched).len(), untouched.now.as_str()),
        (0, "the cinema's, free")
    );
    let said = house.world.order(order(fetched)).await.unwrap();
    for words in [
        "the hub gave it back to the cinema",
        "held, and bought (Kiosk 1)",
        "not kept: ",
    ] {
        assert!(said.contains(words), "{said}");
    }

    let at_hub = async |seat: &str| {
        let path =
            format!("/api/v1/head-office/cinemas/metropol/showtimes/tomorrow/seats/{seat}/history");
        house.hub.get::<SeatHistory>(&path).await
    };
    let sold = until("the hub knows who was let in", || async {
        let told = at_hub(online).await.unwrap();
        deeds(&told).contains(&Admitted).then_some(told)
    })
    .await;
    assert_eq!(deeds(&sold), [GivenToTheHub, Held, Held, Sold, Admitted]);
    assert!(
        sold.happenings[1].words.contains("given up or lapsed"),
        "{sold:?}"
    );
    let lent = until("the hub knows who bought it", || async {
        let told = at_hub(fetched).await.unwrap();
        deeds(&told).contains(&SoldElsewhere).then_some(told)
    })
    .await;
    assert_eq!(
        deeds(&lent),
        [GivenToTheHub, GivenToTheCinema, SoldElsewhere]
    );
    assert_eq!(lent.now, "the cinema's to sell, or on its way there");
    assert!(at_hub("Z99").await.is_none());
}

#[tokio::test]
async fn guests_are_told_nothing_and_nonsense_is_refused_in_words() {
    let world = World::open().await;
    let (kiosk, clerk) = (world.guest().await, world.clerk().await);
    let refused = kiosk.get(&path("A1")).await;
    assert_eq!(refused.problem(), (403, "not_for_guests"));
    let stranger = world.stranger().get(&path("A1")).await;
    assert_eq!(stranger.problem(), (401, "not_paired"));
    let there_is_none = |answer: (u16, &str)| assert_eq!(answer.0, 404, "{answer:?}");
    assert_eq!(
        clerk.get(&path("Z99")).await.problem(),
        (404, "unknown_seat")
    );
    let unknown = clerk.get("/api/v1/showtimes/never/seats/A1/history").await;
    assert_eq!(unknown.problem(), (404, "unknown_showtime"));
    for nonsense in ["..", "%00", "A1%20OR%201", "%F0%9F%8D%BF", &"A".repeat(65)] {
        let answer = client().get(format!("{}{}", world.url(), path(nonsense)));
        let asked = answer
            .bearer_auth(clerk.token().unwrap())
            .send()
            .await
            .unwrap();
        let problem: serde_json::Value = asked.json().await.unwrap();
        there_is_none((
            u16::try_from(problem["status"].as_u64().unwrap()).unwrap(),
            nonsense,
        ));
    }
    let said = world.order(order("Z99")).await.unwrap_err();
    assert!(said.contains("no such seat"), "{said}");
}
