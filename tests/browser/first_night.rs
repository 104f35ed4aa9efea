//! The first night as guest and head office see it: two seats are bought while no hub exists, then the hub comes and shows the sale, once.

use appliance::control::Order;
use counter_api::TicketKeys;
use service::Clock;
use tests::proof::proven_elsewhere;
use tests::world::{Hub, PROGRAMME, World, until};

use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PORTRAIT};

/// The programme of the stories with a showtime that can be bought at every hour of a business day, since the link needs the system's clock.
fn programme() -> String {
    let at_the_end_of_the_day = PROGRAMME.replacen("time = \"20:15\"", "time = \"28:45\"", 1);
    assert_ne!(
        at_the_end_of_the_day, PROGRAMME,
        "the programme has such a showtime"
    );
    at_the_end_of_the_day
}

/// From the attract screen to the ticket.
async fn buys_two(guest: &Guest, total: &str) {
    guest.touches("time-tonight").await;
    guest.touches("together").await;
    guest.reads("total", total).await;
    guest.touches("pay").await;
    guest.reads("done-title", "Take your tickets").await;
    guest.touches("finished").await;
}

/// Waits until the box tells its staff this. A guest hears nothing of it.
async fn staff_read(world: &World, words: &str) {
    until(&format!("`appliance status` says {words:?}"), || async {
        let said = world.order(Order::Status).await.ok()?;
        said.contains(words).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_seats_bought_without_a_hub_are_shown_by_the_hub_that_comes_later() {
    let mut world = World::without_programme_on(Clock::system()).await;
    world
        .import(&programme())
        .await
        .expect("the programme is right");
    let guest = Guest::arrives(&world, PORTRAIT).await;
    buys_two(&guest, "€24.00").await;
    staff_read(&world, "not enrolled with a hub; 1 sales not yet").await;
    assert!(!guest.is_there("status-link").await, "it is no fault");

    let keys: TicketKeys = world
        .stranger()
        .get("/api/v1/ticket-keys")
        .await
        .expect(200)
        .body();
    let papers = world.printer.papers_cut(2).await;
    let mut seats = Vec::new();
    for code in papers.iter().flat_map(|paper| paper.codes()) {
        let claims = proven_elsewhere(code, &keys.keys[0]);
        assert_eq!(
            (claims["cinema"].as_str(), claims["showtime"].as_str()),
            (Some("metropol"), Some("tonight"))
        );
        seats.push(claims["seat"].as_str().unwrap_or_default().to_owned());
    }
    seats.sort_unstable();
    seats.dedup();
    assert_eq!(seats.len(), 2, "each paper is for a seat of its own");

    let hub = Hub::start().await;
    world.enrol(&hub).await;
    staff_read(&world, "link: up; 0 sales not yet").await;
    // What works is not talked of, once the kiosk has heard of it.
    guest.sees_no_more("status-link").await;
    guest.leaves().await;

    let office = Guest::at_head_office(&hub, LANDSCAPE).await;
    let link = "[data-testid='cinema-metropol'] [data-testid='link-state']";
    office.finds(&format!("{link}[data-state='good']")).await;
    office.reads("sales", "1").await;
    office.reads("tickets", "2").await;
    office.reads("takings", "€24.00").await;
    office.reads("showtime-tonight", "2 of").await;

    world.stop().await;
    office.finds(&format!("{link}[data-state='warn']")).await;
    world.restart().await;
    office.finds(&format!("{link}[data-state='good']")).await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    buys_two(&guest, "€20.00").await;
    guest.leaves().await;
    office.reads("takings", "€44.00").await;
    office.reads("sales", "2").await;
    office.reads("tickets", "4").await;
    office.reads("showtime-tonight", "4 of").await;
    assert_eq!(
        world.printer.papers_cut(4).await.len(),
        4,
        "nothing twice on paper"
    );
    let till = world.terminal.till();
    assert_eq!((till.captured_minor, till.refunded_minor), (4400, 0));
    office.leaves().await;
    // While its hub can acknowledge what is left.
    drop(world);
}
