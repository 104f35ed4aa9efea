//! What cannot go on is set aside, is seen, has a way out, and stops nothing else.

use std::time::Duration;

use appliance::control::Order;
use appliance_api::Status;
use counter_api::{PaperState, Sale};
use rusqlite::Connection;
use tests::virtual_printer::{Document, State};
use tests::world::{PATIENCE, Seller, World, until};
use tokio::time::timeout;

/// From the beginning of the story to the next morning.
const UNTIL_MORNING: Duration = Duration::from_secs(13 * 60 * 60);

const ASIDE: &str = "foyer_print_jobs_set_aside";

async fn reprint(world: &World, sale: &Sale) -> String {
    let order = Order::Reprint {
        receipt: sale.receipt_number.clone(),
        reason: "the guest stands here".to_owned(),
    };
    world.order(order).await.unwrap()
}

/// As many papers as that, once they have come out.
async fn papers_cut(world: &World, count: usize) -> Vec<Document> {
    let cut = timeout(PATIENCE, world.printer.papers_cut(count)).await;
    cut.unwrap_or_else(|_| panic!("{:#?}", world.printer.papers()))
}

async fn until_counted(world: &World, papers: u64) {
    let counted = || async { (world.counts(ASIDE).await == papers).then_some(()) };
    until("the papers are counted", counted).await;
}

async fn paper(seller: &Seller, sale: &Sale) -> PaperState {
    let path = format!("/api/v1/sales/{}", sale.id);
    let sale: Sale = seller.get(&path).await.expect(200).body();
    sale.paper
}

async fn set_aside(seller: &Seller) -> u64 {
    let status: Status = seller.get("/api/v1/status").await.expect(200).body();
    status.set_aside
}

#[tokio::test]
async fn last_nights_tickets_do_not_come_out_in_the_morning() {
    let mut world = World::open().await;
    let clerk = world.clerk().await;
    world.printer.set(State::PaperOut);
    let tonight = clerk.hold("tonight", &["D1", "D2"]).await.cash(5_000).await;
    let tomorrow = clerk.hold("tomorrow", &["D1"]).await.cash(5_000).await;
    world.restart().await;
    world.wait(UNTIL_MORNING);
    world.printer.set(State::Ready);
    let papers = papers_cut(&world, 1).await;
    assert!(papers[0].text().contains(&tomorrow.receipt_number));

    until_counted(&world, 2).await;
    let clerk = world.again(&clerk);
    assert_eq!(set_aside(&clerk).await, 2);
    assert_eq!(paper(&clerk, &tonight).await, PaperState::SetAside);
    let words = world.order(Order::Status).await.unwrap();
    let receipt = &tonight.receipt_number;
    assert!(words.contains("set aside: 2"), "{words}");
    assert!(
        words.contains(&format!("appliance reprint {receipt}")) && words.contains("was over"),
        "{words}"
    );

    let words = reprint(&world, &tonight).await;
    assert!(words.contains("had no paper yet"), "{words}");
    let papers = papers_cut(&world, 3).await;
    assert!(papers.iter().all(|paper| !paper.is_copy()));
    until_counted(&world, 0).await;
    assert_eq!(set_aside(&clerk).await, 0);
    assert_eq!(paper(&clerk, &tonight).await, PaperState::Printed);
}

#[tokio::test]
async fn a_ticket_of_last_week_is_printed_again_when_somebody_asks() {
    let mut world = World::open().await;
    let clerk = world.clerk().await;
    let sale = clerk.hold("tonight", &["D1"]).await.cash(5_000).await;
    papers_cut(&world, 1).await;
    world.wait(Duration::from_secs(7 * 24 * 60 * 60));
    world.restart().await;
    let words = reprint(&world, &sale).await;
    assert!(words.contains("one copy"), "{words}");
    assert!(papers_cut(&world, 2).await[1].is_copy());
}

#[tokio::test]
async fn a_ticket_that_cannot_be_read_stops_no_other() {
    let mut world = World::open().await;
    world.expects_error("a ticket to be printed cannot be read");
    let clerk = world.clerk().await;
    world.printer.set(State::PaperOut);
    let spoiled = clerk.hold("tonight", &["D1"]).await.cash(5_000).await;
    let whole = clerk.hold("tonight", &["D3"]).await.cash(5_000).await;
    world.stop().await;
    let stored = Connection::open(world.folder().join("appliance.db")).unwrap();
    let spoil = "UPDATE print_job SET paper = '{}' WHERE sale = ?1";
    stored.execute(spoil, [spoiled.id.as_str()]).unwrap();
    drop(stored);
    world.restart().await;

    world.printer.set(State::Ready);
    let papers = papers_cut(&world, 1).await;
    assert!(papers[0].text().contains(&whole.receipt_number));
    until_counted(&world, 1).await;
    reprint(&world, &spoiled).await;
    let papers = papers_cut(&world, 2).await;
    assert!(papers[1].text().contains(&spoiled.receipt_number));
    until_counted(&world, 0).await;
}
