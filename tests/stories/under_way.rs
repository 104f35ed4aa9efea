//! A screen that has forgotten everything but who it is asks the box what of its own is under way.

use std::time::Duration;

use counter_api::{Hold, HoldState, Sale, UnderWay};
use jiff::SignedDuration;
use serde_json::json;
use tests::card_terminal::Behaviour;
use tests::world::{Left, Seller, World, until};

async fn under_way(seller: &Seller) -> Vec<Hold> {
    let answer = seller.get("/api/v1/holds").await.expect(200);
    answer.body::<UnderWay>().holds
}

async fn bought(guest: &Seller, showtime: &str, seats: &[&str]) -> Sale {
    let held = guest.hold(showtime, seats).await;
    held.card().await;
    held.sale().await
}

#[tokio::test]
async fn what_is_chosen_paid_or_sold_is_found_again_after_a_restart() {
    let mut world = World::open().await;
    let (guest, other) = (world.guest().await, world.guest().await);
    assert_eq!(under_way(&guest).await, []);
    let sale = bought(&guest, "tonight", &["A1", "A2"]).await;
    let chosen = guest.hold("tonight", &["B1", "B2"]).await;
    world.terminal.next(Behaviour::NeverAnswer);
    let paying = guest.hold("tonight", &["C1", "C2"]).await;
    paying.begin_card().await.expect(202);
    let till = world.terminal.wait_until(|till| till.payments.len() == 2);
    till.await;
    world.restart().await;
    let (guest, other) = (world.again(&guest), world.again(&other));
    let found = under_way(&guest).await;
    let states: Vec<_> = found.iter().map(|hold| (&hold.id, hold.state)).collect();
    assert_eq!(
        states,
        [
            (&paying.hold.id, HoldState::Paying),
            (&chosen.hold.id, HoldState::Open),
            (&sale.hold, HoldState::Settled)
        ]
    );
    assert_eq!(found[2].sale.as_ref(), Some(&sale.id));
    assert_eq!(under_way(&other).await, [], "it is nobody else's");
    world.leaves(Left::Payments);
}

#[tokio::test]
async fn what_is_over_is_not_under_way() {
    let world = World::open().await;
    let guest = world.guest().await;
    let path = |sale: &Sale| format!("/api/v1/sales/{}/handed-over", sale.id);
    let taken = bought(&guest, "tomorrow", &["A1", "A2"]).await;
    let stranger = world.guest().await;
    let refused = stranger.post(&path(&taken), "", &json!({})).await;
    assert_eq!(refused.problem(), (404, "unknown_sale"));
    assert_eq!(under_way(&guest).await.len(), 1);
    guest.post(&path(&taken), "", &json!({})).await.expect(204);
    guest.post(&path(&taken), "", &json!({})).await.expect(204);
    assert_eq!(under_way(&guest).await, [], "the guest has the tickets");

    let held = guest.hold("tomorrow", &["A3", "A4"]).await;
    guest.delete(&held.path("")).await.expect(204);
    assert_eq!(under_way(&guest).await, [], "given back");
    guest.hold("tomorrow", &["A3", "A4"]).await;
    bought(&guest, "tomorrow", &["A5", "A6"]).await;
    assert_eq!(under_way(&guest).await.len(), 2);
    world.wait(Duration::from_secs(9 * 60));
    assert_eq!(under_way(&guest).await.len(), 1, "the hold's time is over");
    world.wait(Duration::from_secs(2 * 60));
    assert_eq!(under_way(&guest).await, [], "the guest has long gone");
}

#[tokio::test]
async fn what_was_sold_before_the_power_was_off_for_hours_is_no_other_guests() {
    let mut world = World::open().await;
    let guest = world.guest().await;
    bought(&guest, "tomorrow", &["A1", "A2"]).await;
    world.stop().await;
    world.wait(Duration::from_secs(60));
    world.restart().await;
    let guest = world.again(&guest);
    assert_eq!(under_way(&guest).await.len(), 1, "the guest still waits");
    world.stop().await;
    world.wait(Duration::from_secs(11 * 60 * 60));
    world.restart().await;
    let guest = world.again(&guest);
    assert_eq!(under_way(&guest).await, [], "whoever comes now is another");
}

#[tokio::test]
async fn the_running_time_of_an_idle_box_is_written_down_until_a_sale_is_long_ago() {
    let world = World::open().await;
    let guest = world.guest().await;
    bought(&guest, "tomorrow", &["A1", "A2"]).await;
    let stored = || {
        let file = rusqlite::Connection::open(world.folder().join("appliance.db")).unwrap();
        let sql =
            "SELECT COALESCE((SELECT ms FROM counter_time), 0), (SELECT MAX(sold_ms) FROM sale)";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        file.query_row(sql, [], read).unwrap()
    };
    until("the sale is ten minutes ago, whatever happens", || async {
        world.wait(Duration::from_secs(5));
        let (written_ms, sold_ms): (i64, i64) = stored();
        (written_ms >= sold_ms + 10 * 60 * 1000).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_set_keeps_no_sale_under_way_and_changes_no_order() {
    let world = World::open().await;
    let guest = world.guest().await;
    let now = world.clock.now();
    let sale = bought(&guest, "tomorrow", &["A1", "A2"]).await;
    world.clock.set(now - SignedDuration::from_hours(2));
    let first = guest.hold("tomorrow", &["B1", "B2"]).await;
    world.clock.set(now - SignedDuration::from_hours(4));
    world.wait(Duration::from_secs(60));
    let second = guest.hold("tomorrow", &["C1", "C2"]).await;
    let ids: Vec<_> = under_way(&guest)
        .await
        .into_iter()
        .map(|hold| hold.id)
        .collect();
    assert_eq!(
        ids,
        [&second.hold.id, &first.hold.id, &sale.hold].map(Clone::clone)
    );
    world.wait(Duration::from_secs(9 * 60 + 30));
    assert_eq!(under_way(&guest).await, [], "ten minutes are over");
    let sale = bought(&guest, "tomorrow", &["D1", "D2"]).await;
    world.clock.set(now);
    let found = under_way(&guest).await;
    assert_eq!(found.len(), 1, "a clock set forward hides no sale");
    assert_eq!(found[0].sale.as_ref(), Some(&sale.id));
}
