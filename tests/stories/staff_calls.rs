//! Somebody before a kiosk calls the staff: whoever asks the box hears it, head office if the line is up, and it ends when a person has been there.

use std::time::Duration;

use appliance::control::Order;
use appliance_api::{LinkState, StaffCall, Status};
use box_office::DeviceId;
use serde_json::json;
use tests::engine::Engine;
use tests::world::{Hub, Seller, World, until};

const CALL: &str = "/api/v1/staff-call";

async fn calls(guest: &Seller) -> StaffCall {
    guest.post(CALL, "", &json!({})).await.expect(200).body()
}

async fn device(guest: &Seller) -> DeviceId {
    let device: appliance_api::Device = guest.get("/api/v1/device").await.expect(200).body();
    device.id
}

#[tokio::test]
async fn a_call_is_heard_at_the_box_without_a_hub_and_a_person_ends_it() {
    let mut world = World::open().await;
    let guest = world.guest().await;
    let kiosk = device(&guest).await;
    let status = async |world: &World| world.order(Order::Status).await.unwrap();
    assert!(!status(&world).await.contains("staff is called"));

    let first = calls(&guest).await;
    assert_eq!((first.times, first.head_office), (1, false));
    assert_eq!(first.since, "2026-11-23T19:00:00+01:00");
    assert_eq!(calls(&guest).await, first, "pressed twice is called once");

    world.wait(Duration::from_secs(90));
    let again = calls(&guest).await;
    assert_eq!((again.times, &again.since), (2, &first.since));
    let line = format!(
        "staff is called to \"Kiosk 1\" since 2026-11-23 19:00 (2 times, last 2026-11-23 19:01); \
         `appliance attend {kiosk}` once somebody has been there"
    );
    assert!(
        status(&world).await.contains(&line),
        "{}",
        status(&world).await
    );

    // A restart forgets nobody who waits.
    world.restart().await;
    assert!(status(&world).await.contains(&line));
    let attend = |device: &DeviceId| {
        world.order(Order::Attend {
            device: device.clone(),
        })
    };
    assert_eq!(attend(&kiosk).await.unwrap(), "\"Kiosk 1\" calls no more");
    assert!(!status(&world).await.contains("staff is called"));
    let refused = attend(&kiosk).await.unwrap_err();
    assert!(
        refused.contains("Nobody calls the staff there"),
        "{refused}"
    );
}

tests::on_both_engines!(head_office_sees_who_calls_as_long_as_they_wait);

async fn head_office_sees_who_calls_as_long_as_they_wait(engine: Engine) {
    let hub = Hub::start_on(engine).await;
    let world = World::open().await;
    let guest = world.guest().await;
    let kiosk = device(&guest).await;
    world.enrol(&hub).await;
    until("the line is up", || async {
        let status: Status = guest.get("/api/v1/status").await.expect(200).body();
        (status.link == LinkState::Up).then_some(())
    })
    .await;
    assert!(calls(&guest).await.head_office, "the guest is told so");
    world.wait(Duration::from_secs(61));
    let last = calls(&guest).await;
    assert_eq!(last.times, 2);
    let seen = until("head office sees the call", || async {
        let calls = hub.sees("metropol").await?.staff_calls;
        calls.into_iter().find(|call| call.times == last.times)
    })
    .await;
    assert_eq!((seen.device, &*seen.name), (kiosk.clone(), "Kiosk 1"));
    assert_eq!((seen.since, seen.called_at), (last.since, last.called_at));

    world.order(Order::Attend { device: kiosk }).await.unwrap();
    until("head office sees that somebody was there", || async {
        hub.sees("metropol")
            .await?
            .staff_calls
            .is_empty()
            .then_some(())
    })
    .await;
}
