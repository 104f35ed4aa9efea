//! No ticket comes out at a cinema: head office sees it and since when, as long as it is so, whatever restarts meanwhile.

use std::time::Duration;

use appliance::control::Order;
use box_office::PrinterTrouble::{self, CoverOpen, PaperOut};
use tests::engine::Engine;
use tests::virtual_printer::State;
use tests::world::{Hub, World, until};

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
