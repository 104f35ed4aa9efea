//! What a story leaves behind without saying so fails it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use appliance_api::{LinkState, Status};
use serde_json::json;
use service::Clock;
use tests::world::{Hub, World, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_story_fails_that_leaves_events_unsent_beside_a_hub_that_can_be_reached() {
    let hub = Hub::start().await;
    let world = World::open_on(Clock::system()).await;
    world.enrol(&hub).await;
    let clerk = world.clerk().await;
    // Its hub is there, and takes nothing from it any more.
    hub.order(&["revoke", "metropol"]);
    until("the box is refused", || async {
        let status: Status = clerk.get("/api/v1/status").await.expect(200).body();
        (status.link == LinkState::Refused).then_some(())
    })
    .await;
    let kiosk = world.guest().await;
    let calls = kiosk.post("/api/v1/staff-call", "", &json!({})).await;
    calls.expect(200);
    let failed = catch_unwind(AssertUnwindSafe(|| drop(world))).unwrap_err();
    let words = failed.downcast_ref::<String>().unwrap();
    assert!(words.contains("Events: "), "{words}");
}
