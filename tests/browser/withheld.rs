//! What the hub does not sell, head office sees: a box that was set up anew has another film under a version that the hub knows.

use appliance::control::Order;
use service::Clock;
use tests::world::{Hub, PROGRAMME, World};

use crate::chromium::{LANDSCAPE, Size};
use crate::guest::Guest;

/// A phone in an upright hand.
const PHONE: Size = (390, 844);

/// A box with this programme, enrolled with the hub.
async fn a_box(hub: &Hub, programme: &str) -> World {
    let world = World::without_programme_on(Clock::system()).await;
    world
        .import(programme)
        .await
        .expect("the programme is right");
    let order = Order::Enrol {
        code: hub.code("metropol"),
        hub: hub.url(),
    };
    world.order(order).await.expect("the hub takes the box");
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn head_office_reads_why_the_hub_does_not_sell_a_showtime() {
    let hub = Hub::start().await;
    let tonight = PROGRAMME.replacen("time = \"20:15\"", "time = \"28:45\"", 1);
    let first = a_box(&hub, &tonight).await;
    let office = Guest::before(&format!("{}/head-office", hub.url()), LANDSCAPE).await;
    office.reads("showtime-tonight", "0 of").await;
    drop(first);
    hub.order(&["revoke", "metropol"]);

    let other = tonight.replacen(
        "title = \"Metropolis\"",
        "title = \"Metropolis, restored\"",
        1,
    );
    assert_ne!(other, tonight);
    let _second = a_box(&hub, &other).await;
    office
        .reads("showtime-tonight", "Not sold: other film or prices")
        .await;
    let findings = office.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    office.leaves().await;
    let office = Guest::before(&format!("{}/head-office", hub.url()), PHONE).await;
    office
        .reads("showtime-tonight", "Not sold: other film or prices")
        .await;
    let findings = office.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    office.leaves().await;
}
