//! What is stored is not as the rules leave it: that is a fault of ours, answered as one and never as "busy", which would be asked again.

use rusqlite::Connection;
use tests::world::World;

/// Spoils what a box has stored, as no program of ours does.
async fn spoil(world: &mut World, sql: &str) {
    world.stop().await;
    let stored = Connection::open(world.folder().join("appliance.db")).unwrap();
    stored.execute_batch(sql).unwrap();
    drop(stored);
    world.restart().await;
}

#[tokio::test]
async fn a_seat_that_is_not_as_it_was_seen_is_a_fault_and_not_busy() {
    let mut world = World::open().await;
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["D5", "D6"]).await;
    let free_d5 = "UPDATE seat SET state = 'free', holder = NULL WHERE seat = 'D5'";
    spoil(&mut world, free_d5).await;
    let body = serde_json::json!({ "cash_given_minor": 10_000 });
    let clerk = world.again(&clerk);
    let answer = clerk.post(&held.path("/settle"), "once", &body).await;
    assert_eq!(answer.problem(), (500, "internal_error"));
    assert!(!answer.text.contains("seen"), "{}", answer.text);
}

#[tokio::test]
async fn a_unique_index_that_fires_is_a_fault_and_not_busy() {
    let mut world = World::open().await;
    let clerk = world.clerk().await;
    clerk.hold("tonight", &["D5"]).await;
    let one_hold = "CREATE UNIQUE INDEX one_hold_a_showtime ON hold (showtime)";
    spoil(&mut world, one_hold).await;
    let clerk = world.again(&clerk);
    let answer = clerk.ask_for("tonight", &["D6"]).await;
    assert_eq!(answer.problem(), (500, "internal_error"));
}
