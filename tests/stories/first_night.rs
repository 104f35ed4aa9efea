//! The first night: two seats are bought while no hub exists, the ticket is printed and proves itself to a library that is not
//! ours; then the hub comes, and hears of the sale, once.

use appliance::control::Order;
use appliance_api::{LinkState, Status};
use counter_api::TicketKeys;
use service::Clock;
use tests::engine::Engine;
use tests::proof::proven_elsewhere;
use tests::world::{Hub, Seller, World, until};

async fn status(seller: &Seller) -> Status {
    seller.get("/api/v1/status").await.expect(200).body()
}

tests::on_both_engines!(a_sale_without_a_hub_reaches_it_once_it_comes);

async fn a_sale_without_a_hub_reaches_it_once_it_comes(engine: Engine) {
    // The hub goes by the system's clock, so the box does too, for once: the link counts time, and both mean the same day by
    // "today".
    let mut world = World::open_on(Clock::system()).await;
    let guest = world.guest().await;
    let held = guest.hold("tomorrow", &["D4", "D5"]).await;
    held.card().await;
    let sale = held.sale().await;
    let papers = world.printer.papers_cut(2).await;
    let codes: Vec<&str> = papers.iter().flat_map(|paper| paper.codes()).collect();
    assert_eq!(
        codes,
        sale.tickets
            .iter()
            .map(|ticket| ticket.code.as_str())
            .collect::<Vec<_>>()
    );
    assert_eq!(
        (status(&guest).await.link, status(&guest).await.unsent_sales),
        (LinkState::NotEnrolled, 1)
    );

    let keys: TicketKeys = world
        .stranger()
        .get("/api/v1/ticket-keys")
        .await
        .expect(200)
        .body();
    for ticket in &sale.tickets {
        let claims = proven_elsewhere(&ticket.code, &keys.keys[0]);
        assert_eq!(
            (claims["cinema"].as_str(), claims["showtime"].as_str()),
            (Some("metropol"), Some("tomorrow"))
        );
        assert_eq!(
            (claims["ticket"].as_str(), claims["seat"].as_str()),
            (Some(ticket.id.as_str()), Some(ticket.seat.as_str()))
        );
    }

    let hub = Hub::start_on(engine).await;
    world.enrol(&hub).await;
    until("the sale is sent", || async {
        (status(&guest).await.unsent_sales == 0).then_some(())
    })
    .await;
    assert_eq!(status(&guest).await.link, LinkState::Up);
    let today = until("the hub knows the cinema", || hub.sees("metropol"))
        .await
        .today;
    assert_eq!(
        (
            today.sold.sales,
            today.sold.tickets,
            today.sold.total.map(|total| total.minor)
        ),
        (1, 2, Some(2400))
    );

    world.restart().await;
    let guest = world.again(&guest);
    until("the link is up again", || async {
        (status(&guest).await.link == LinkState::Up).then_some(())
    })
    .await;
    guest.hold("tomorrow", &["D1", "D2"]).await.card().await;
    until("the hub hears of the next", || async {
        hub.sees("metropol")
            .await
            .filter(|cinema| cinema.today.sold.sales == 2)
    })
    .await;
    let seen = hub.sees("metropol").await.unwrap().today;
    assert_eq!(
        (seen.sold.sales, seen.sold.tickets),
        (2, 4),
        "nothing twice"
    );
    assert_eq!(world.printer.papers_cut(4).await.len(), 4, "nor on paper");
    // While its hub can acknowledge what is left.
    drop(world);
}

#[tokio::test]
async fn a_code_that_the_hub_never_gave_enrols_nobody() {
    let world = World::open().await;
    let hub = Hub::start().await;
    let refused = world
        .order(Order::Enrol {
            code: "NEVER-GIVEN".into(),
            hub: hub.url(),
        })
        .await
        .unwrap_err();
    assert!(refused.contains("did not enrol"), "{refused}");
    let refused = world
        .order(Order::Enrol {
            code: "X".into(),
            hub: "http://hub.example".into(),
        })
        .await
        .unwrap_err();
    assert!(
        refused.contains("https://"),
        "plain HTTP stays on this machine: {refused}"
    );
}
