//! A hall of two blocks whose rows bear the same names: seat 1 of row 20 is there twice, and everybody is told which one it is.

use counter_api::{BestAvailable, ShowtimeWithLayout};
use service::Clock;
use tests::world::{Hub, World, until, with_two_blocks};

#[tokio::test]
async fn two_seats_of_one_row_and_number_are_two_seats() {
    let world = World::open().await;
    let said = world.import(&with_two_blocks()).await.unwrap();
    assert!(said.contains("3 screens"), "{said}");
    let clerk = world.clerk().await;
    let left = clerk.hold("nave", &["L-20-1"]).await.cash(20_00).await;
    let right = clerk.hold("nave", &["R-20-1"]).await.cash(20_00).await;
    let called = |sale: &counter_api::Sale| {
        let ticket = &sale.tickets[0];
        let block = ticket.block.clone().unwrap_or_default();
        format!("{block} {} {}", ticket.row, ticket.number)
    };
    assert_eq!([called(&left), called(&right)], ["Left 20 1", "Right 20 1"]);
    let papers = world.printer.papers_cut(2).await;
    for (paper, block) in papers.iter().zip(["Left", "Right"]) {
        assert!(paper.text().contains(block), "{}", paper.text());
    }
    let page = format!("/tickets/{}", right.tickets[0].id);
    let page = clerk.get(&page).await.expect(200).text;
    assert!(page.contains("<dt>Block</dt><dd>Right</dd>"), "{page}");
    let refused = clerk.ask_for("nave", &["R-20-1"]).await;
    assert_eq!(refused.problem().0, 409);
    assert_eq!(refused.seats(), ["R-20-1"]);
}

#[tokio::test]
async fn the_best_seats_of_a_hall_are_in_one_row_of_one_block() {
    let world = World::open().await;
    world.import(&with_two_blocks()).await.unwrap();
    let clerk = world.clerk().await;
    let best = async |count: u32, nth: u32| {
        let path = format!("/api/v1/showtimes/nave/best-available?count={count}&nth={nth}");
        let proposal: BestAvailable = clerk.get(&path).await.expect(200).body();
        let seats = proposal.seats.iter().map(ToString::to_string);
        seats.collect::<Vec<_>>().join(" ")
    };
    // Nearest to the middle aisle of the best row, now on this side of it, now on that.
    assert_eq!(best(4, 0).await, "L-38-4 L-38-3 L-38-2 L-38-1");
    assert_eq!(best(4, 1).await, "R-38-1 R-38-2 R-38-3 R-38-4");
}

#[tokio::test]
async fn the_hub_knows_a_hall_as_the_box_does() {
    let hub = Hub::start().await;
    let world = World::open_on(Clock::system()).await;
    world.import(&with_two_blocks()).await.unwrap();
    world.enrol(&hub).await;
    let at_the_hub = until("the hub has heard of the hall", || async {
        let path = "/api/v1/cinemas/metropol/showtimes/nave";
        hub.get::<ShowtimeWithLayout>(path).await
    })
    .await;
    let at_the_box: ShowtimeWithLayout = world
        .stranger()
        .get("/api/v1/showtimes/nave")
        .await
        .expect(200)
        .body();
    assert_eq!(at_the_hub.layout, at_the_box.layout);
    assert_eq!(at_the_hub.layout.blocks.len(), 2);
}
