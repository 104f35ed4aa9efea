//! A guest calls the staff, and is told honestly who hears it.

use appliance::control::Order;
use appliance_api::{LinkState, Status};
use service::Clock;
use tests::world::{Hub, World, until};

use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PORTRAIT};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_calls_the_staff_hears_that_nobody_but_the_box_knows() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("help").await;
    guest.touches("call-staff").await;
    guest.reads("call-answer", "Noted at 19:00").await;
    guest.reads("call-answer", "cannot be reached").await;
    let status = world.order(Order::Status).await.unwrap();
    assert!(
        status.contains("staff is called to \"Kiosk 1\""),
        "{status}"
    );
    assert_eq!(guest.serious_findings().await, Vec::<String>::new());
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_can_be_called_to_a_kiosk_that_cannot_sell() {
    let world = World::without_programme("").await;
    let guest = Guest::before_a_kiosk(&world, PORTRAIT, "").await;
    guest.sees("screen-out-of-service").await;
    guest.touches("help").await;
    let words = guest.text("help-sheet").await;
    assert!(
        !words.contains("Touch the time"),
        "nothing is said of buying: {words}"
    );
    guest.touches("call-staff").await;
    guest.reads("call-answer", "Noted at").await;
    let status = world.order(Order::Status).await.unwrap();
    assert!(status.contains("staff is called to"), "{status}");
    guest.touches("help-close").await;
    guest.sees_no_more("help-sheet").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn head_office_sees_the_kiosk_that_calls_until_somebody_was_there() {
    let hub = Hub::start().await;
    let world = World::open_on(Clock::system()).await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    world.enrol(&hub).await;
    let asking = world.stranger();
    until("the line is up", || async {
        let status: Status = asking.get("/api/v1/status").await.expect(200).body();
        (status.link == LinkState::Up).then_some(())
    })
    .await;
    guest.touches("help").await;
    guest.touches("call-staff").await;
    guest.reads("call-answer", "Head office sees it now").await;
    guest.leaves().await;

    let office = Guest::at_head_office(&hub, LANDSCAPE).await;
    office.reads("staff-calls", "Kiosk 1").await;
    assert_eq!(office.serious_findings().await, Vec::<String>::new());
    let words = office.text("staff-calls").await;
    let device = words.rsplit(' ').next().unwrap().parse().unwrap();
    world.order(Order::Attend { device }).await.unwrap();
    office.sees_no_more("staff-calls").await;
    office.leaves().await;
}
