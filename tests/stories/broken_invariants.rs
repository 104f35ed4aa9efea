//! What is stored is not as the rules leave it: that is a fault of ours, answered as one, logged and counted, whoever meets it.

use std::time::Duration;

use tests::chaos::stored;
use tests::world::{Left, World, until};

const STATE: &str = r#"foyer_broken_invariants_total{kind="state"}"#;
const CONFLICT: &str = r#"foyer_broken_invariants_total{kind="conflict"}"#;

/// Spoils what a box has stored, as no program of ours does.
async fn spoil(world: &mut World, sql: &str) {
    world.leaves(Left::Faults);
    world.stop().await;
    stored::spoil(&world.folder().join("appliance.db"), sql).unwrap();
    world.restart().await;
}

#[tokio::test]
async fn a_seat_that_is_not_as_it_was_seen_is_a_fault_and_not_busy() {
    let mut world = World::open().await;
    world.expects_error("was not as it was seen");
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["D5", "D6"]).await;
    spoil(
        &mut world,
        "UPDATE seat SET state = 'free', holder = NULL WHERE seat = 'D5'",
    )
    .await;
    assert_eq!(world.counts(STATE).await, 0);
    let body = serde_json::json!({ "cash_given_minor": 10_000 });
    let clerk = world.again(&clerk);
    let answer = clerk.post(&held.path("/settle"), "once", &body).await;
    assert_eq!(answer.problem(), (500, "internal_error"));
    assert!(!answer.text.contains("seen"), "{}", answer.text);
    assert_eq!(world.counts(STATE).await, 1);
}

#[tokio::test]
async fn a_fault_of_background_work_is_counted_too() {
    let mut world = World::open().await;
    world.expects_error("a hold cannot go on; trying again");
    let clerk = world.clerk().await;
    clerk.hold("tonight", &["D5", "D6"]).await;
    spoil(
        &mut world,
        "UPDATE seat SET state = 'free', holder = NULL WHERE seat = 'D5'",
    )
    .await;
    world.wait(Duration::from_secs(3_600));
    let counted = || async { (world.counts(STATE).await > 0).then_some(()) };
    until("the fault is counted", counted).await;
}

#[tokio::test]
async fn a_unique_index_that_fires_is_a_fault_and_not_busy() {
    let mut world = World::open().await;
    world.expects_error("a statement failed");
    world.expects_error("the schema refuses the change");
    let clerk = world.clerk().await;
    clerk.hold("tonight", &["D5"]).await;
    spoil(
        &mut world,
        "CREATE UNIQUE INDEX one_hold_a_showtime ON hold (showtime)",
    )
    .await;
    let clerk = world.again(&clerk);
    let answer = clerk.ask_for("tonight", &["D6"]).await;
    assert_eq!(answer.problem(), (500, "internal_error"));
    assert_eq!(world.counts(CONFLICT).await, 1);
}
