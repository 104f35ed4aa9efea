//! No ticket comes out at a cinema: head office sees it and since when, as long as it is so, whatever restarts meanwhile. And what must not come
//! out, of a box that may be an older copy of itself.

use std::time::Duration;

use appliance::control::Order;
use box_office::PrinterTrouble::{self, CoverOpen, PaperOut};
use tests::engine::Engine;
use tests::virtual_printer::State;
use tests::world::{Hub, Left, World, until};

use crate::forgotten::{DATABASE, accept, copied, put_back};

/// What head office is told of the cinema's printer, and since when it is so, once it is told `trouble`.
async fn told(hub: &Hub, trouble: Option<PrinterTrouble>) -> Option<String> {
    until(&format!("head office sees {trouble:?}"), || async {
        let printer = hub.sees("metropol").await?.printer;
        let is_so = printer.as_ref().map(|printer| printer.trouble) == trouble;
        is_so.then_some(printer.map(|printer| printer.since))
    })
    .await
}

tests::on_both_engines!(head_office_sees_that_no_ticket_comes_out_until_they_do);

async fn head_office_sees_that_no_ticket_comes_out_until_they_do(engine: Engine) {
    let hub = Hub::start_on(engine).await;
    let mut world = World::open().await;
    world.printer.set(State::PaperOut);
    world.enrol(&hub).await;
    let since = told(&hub, Some(PaperOut)).await;
    let told_at = since.as_deref().unwrap();
    assert!(told_at.starts_with("2026-11-23T19:0"), "{told_at}");

    // Whoever brings paper opens the cover: it prints nothing since the paper was out.
    world.wait(Duration::from_secs(90));
    world.restart().await;
    world.printer.set(State::CoverOpen);
    assert_eq!(told(&hub, Some(CoverOpen)).await, since);
    world.printer.set(State::Ready);
    assert_eq!(told(&hub, None).await, None);

    world.wait(Duration::from_secs(90));
    world.printer.set(State::PaperOut);
    assert!(told(&hub, Some(PaperOut)).await > since, "it began anew");
    world.printer.set(State::PaperLow);
    assert_eq!(told(&hub, None).await, None, "it still prints");
    let status = world.order(Order::Status).await.unwrap();
    assert!(status.contains("printer: ready"), "{status}");
}

#[tokio::test]
async fn a_box_that_may_be_a_copy_prints_nothing_and_then_copies() {
    let mut world = World::open().await;
    world.expects_error("cannot prove that it has all that it answered");
    world.printer.set(State::PaperOut);
    let clerk = world.clerk().await;
    clerk
        .hold("tomorrow", &["D4", "D5"])
        .await
        .cash(5_000)
        .await;
    world.stop().await;
    let older = copied(world.folder());
    world.printer.set(State::Ready);
    world.restart().await;
    let papers = world.printer.papers_cut(2).await;
    assert!(papers.iter().all(|paper| !paper.is_copy()));
    world.stop().await;
    put_back(&older, &world, &DATABASE);
    world.restart().await;
    // It has looked at its queue, and at its printer.
    until("the printer is seen", || async {
        let status = world.order(Order::Status).await.unwrap();
        status.contains("printer: ready").then_some(())
    })
    .await;
    for _ in 0..3 {
        world.wait(Duration::from_secs(10));
        let status = world.order(Order::Status).await.unwrap();
        assert!(status.starts_with("selling: stopped"), "{status}");
    }
    assert_eq!(world.printer.papers().len(), 2, "they have come out");
    accept(&world).await.unwrap();
    let papers = world.printer.papers_cut(4).await;
    let copies = papers.iter().filter(|paper| paper.is_copy());
    assert_eq!(copies.count(), 2, "nobody knows whether they had");
    world.leaves(Left::Events);
}
