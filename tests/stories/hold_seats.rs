//! Holds: all or none, for a time, for whoever made them.

use std::time::Duration;

use counter_api::{HoldState, SeatState};
use tests::world::{World, choices, standing_still, until};

#[tokio::test]
async fn seats_that_are_held_are_refused_by_name() {
    let world = World::open().await;
    let (one, two) = (world.clerk().await, world.guest().await);
    one.hold("tonight", &["A1", "A2"]).await;
    let refused = two.ask_for("tonight", &["A2", "A3"]).await;
    assert_eq!(refused.problem(), (409, "seats_taken"));
    assert_eq!(refused.seats(), ["A2"]);
    assert_eq!(
        two.sees("tonight", "A3").await,
        SeatState::Free,
        "all or none"
    );
}

#[tokio::test]
async fn a_guest_chooses_anew_within_a_hold() {
    let world = World::open().await;
    let guest = world.guest().await;
    let held = guest.hold("tonight", &["A1", "A2"]).await;
    guest
        .put(&held.path("/seats"), &choices(&["A2", "A3", "A4"]))
        .await
        .expect(200);
    assert_eq!(guest.sees("tonight", "A1").await, SeatState::Free);
    assert_eq!(guest.sees("tonight", "A4").await, SeatState::Held);
    let other = world.clerk().await;
    other.hold("tonight", &["B1", "B2"]).await;
    let refused = guest.put(&held.path("/seats"), &choices(&["B1"])).await;
    assert_eq!(refused.problem(), (409, "seats_taken"));
    assert_eq!(
        held.look().await.basket.lines.len(),
        3,
        "a refusal changes nothing"
    );
    assert_eq!(
        other.get(&held.path("")).await.problem(),
        (404, "unknown_hold"),
        "it is not theirs"
    );
    guest.delete(&held.path("")).await.expect(204);
    guest.delete(&held.path("")).await.expect(204);
    assert_eq!(guest.sees("tonight", "A4").await, SeatState::Free);
}

#[tokio::test]
async fn a_hold_has_more_time_ten_times_and_is_freed_at_last() {
    let world = World::open_on(standing_still()).await;
    let guest = world.guest().await;
    let held = guest.hold("tomorrow", &["A1", "A2"]).await;
    let more = async || {
        let nothing = serde_json::json!({});
        guest.post(&held.path("/extend"), "", &nothing).await
    };
    // To ask again at once gains nothing, and costs nothing.
    for _ in 0..20 {
        let time = more().await.expect(200);
        assert_eq!(time.json["expires_in_ms"], 8 * 60 * 1000);
        assert_eq!(time.json["extendable"], true);
    }
    for _ in 0..10 {
        world.wait(Duration::from_secs(7 * 60 + 40));
        let time = more().await.expect(200);
        assert_eq!(time.json["expires_in_ms"], 8 * 60 * 1000);
    }
    // What is left of ten times its time: ten times 20 seconds.
    world.wait(Duration::from_secs(7 * 60));
    let time = more().await.expect(200);
    assert_eq!(time.json["expires_in_ms"], (60 + 200) * 1000);
    assert_eq!(time.json["extendable"], false);
    assert_eq!(more().await.problem(), (409, "no_more_time"));
    world.wait(Duration::from_secs(8 * 60));
    assert_eq!(held.begin_card().await.problem(), (409, "hold_lapsed"));
    world.clerk().await.hold("tomorrow", &["A2", "A3"]).await;
    assert_eq!(held.look().await.state, HoldState::Ended);
}

#[tokio::test]
async fn lapsed_seats_are_shown_free_by_themselves() {
    let world = World::open().await;
    let guest = world.guest().await;
    guest.hold("tonight", &["A1"]).await;
    world.wait(Duration::from_secs(8 * 60));
    until("the seat is free", || async {
        (guest.sees("tonight", "A1").await == SeatState::Free).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_time_left_goes_on_after_a_restart() {
    let mut world = World::open().await;
    let guest = world.guest().await;
    let held = guest.hold("tonight", &["A1", "A2"]).await;
    world.wait(Duration::from_secs(5 * 60));
    world.restart().await;
    let left = world
        .again(&guest)
        .get(&held.path(""))
        .await
        .expect(200)
        .json["expires_in_ms"]
        .as_u64()
        .unwrap();
    assert!(
        left <= 180_000,
        "{left} ms: time that passed before the restart is gone"
    );
}

#[tokio::test]
async fn love_seats_companions_and_single_seats() {
    let world = World::open().await;
    let guest = world.guest().await;
    let check = async |showtime: &str, seats: &[&str], code: &str, named: &[&str]| {
        let refused = guest.ask_for(showtime, seats).await;
        assert_eq!(refused.problem(), (409, code), "{seats:?}");
        assert_eq!(refused.seats(), named);
    };
    check("tonight", &["E1"], "love_seat_split", &["E1"]).await;
    check("tonight", &["F2"], "companion_without_wheelchair", &["F2"]).await;
    check("strict", &["A2", "A3"], "single_seat_left", &["A1"]).await;
    let warned = guest.ask_for("tonight", &["A2", "A3"]).await.expect(201);
    assert_eq!(warned.json["warnings"][0]["code"], "single_seat_left");
    assert_eq!(warned.json["warnings"][0]["seats"][0], "A1");
    guest.ask_for("tonight", &["E1", "E2"]).await.expect(201);
    guest.ask_for("tonight", &["F1", "F2"]).await.expect(201);
}

#[tokio::test]
async fn a_device_has_only_so_many_holds() {
    let world = World::open().await;
    let guest = world.guest().await;
    for seat in ["A1", "B1", "C1", "D1"] {
        guest.hold("tonight", &[seat]).await;
    }
    assert_eq!(
        guest.ask_for("tonight", &["A8"]).await.problem(),
        (409, "too_many_holds")
    );
    world.wait(Duration::from_secs(8 * 60));
    guest.hold("tonight", &["A8"]).await;
}

#[tokio::test]
async fn what_is_not_on_sale_is_not_held() {
    let world = World::open().await;
    let guest = world.guest().await;
    assert_eq!(
        guest.ask_for("over", &["A1"]).await.problem(),
        (409, "showtime_over")
    );
    assert_eq!(
        guest.ask_for("closed", &["A1"]).await.problem(),
        (409, "sales_closed")
    );
    guest.hold("tonight", &["A1"]).await;
    world.wait(Duration::from_secs(75 * 60 + 14 * 60));
    guest.hold("tonight", &["B1"]).await;
    world.wait(Duration::from_secs(60));
    assert_eq!(
        guest.ask_for("tonight", &["C1"]).await.problem(),
        (409, "sales_closed"),
        "a quarter of an hour after the start"
    );
}
