//! Somebody sets the box's wall clock, or its battery is empty: nothing is lost by it, and it need not be started again.

use std::time::Duration;

use counter_api::{HoldState, TenderState};
use jiff::{SignedDuration, Timestamp};
use tests::world::{World, until};

const A_MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

fn set(world: &World, by: SignedDuration) -> Timestamp {
    let now = world.clock.now();
    world.clock.set(now + by);
    now
}

#[tokio::test]
async fn a_clock_that_was_ahead_at_the_start_leaves_no_empty_programme_behind() {
    let mut world = World::open().await;
    let clerk = world.clerk().await;
    world.stop().await;
    set(&world, A_MONTH);
    world.restart().await;
    let clerk = world.again(&clerk);
    let unknown = clerk.ask_for("tonight", &["A1"]).await;
    assert_eq!(unknown.status, 404, "{}", unknown.text);
    set(&world, -A_MONTH);
    let sold = || async {
        let asked = clerk.ask_for("tonight", &["A1"]).await;
        (asked.status == 201).then_some(())
    };
    until("the programme is back", sold).await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_or_forward_ends_no_hold_and_no_payment() {
    let world = World::open().await;
    let guest = world.guest().await;
    for (seat, by) in [
        ("D1", SignedDuration::from_secs(-60)),
        ("D3", SignedDuration::from_hours(-26)),
        ("D5", SignedDuration::from_mins(40)),
    ] {
        let held = guest.hold("tonight", &[seat]).await;
        let before = set(&world, by);
        world.wait(Duration::from_secs(2));
        assert_eq!(held.look().await.state, HoldState::Open, "{by:#}");
        assert_eq!(held.card().await, TenderState::Approved, "{by:#}");
        held.sale().await;
        world.clock.set(before);
    }
}
