//! The paper is out, and a guest goes without: asked before, so nothing is printed when the paper is back.

use counter_api::{PaperState, Sale};
use serde_json::json;
use tests::virtual_printer::State;
use tests::world::{World, new_key, until};

#[tokio::test]
async fn whoever_goes_without_paper_gets_none_later() {
    let world = World::open().await;
    world.printer.set(State::PaperOut);
    let guest = world.guest().await;
    let status: appliance_api::Status = guest.get("/api/v1/status").await.expect(200).body();
    assert_eq!(status.out_of_service, None, "it sells without paper");

    let held = guest.hold("tonight", &["A1"]).await;
    let paying = json!({"card": {"paperless": true}});
    guest
        .post(&held.path("/tenders"), &new_key(), &paying)
        .await
        .expect(202);
    held.outcome().await;
    let sale: Sale = held.sale().await;
    assert_eq!(sale.paper, PaperState::NoPrinter);

    world.printer.set(State::Ready);
    let next = guest.hold("tonight", &["C1"]).await;
    next.card().await;
    let next = next.sale().await;
    until("the next guest's paper is out", || async {
        let path = format!("/api/v1/sales/{}", next.id);
        let now: Sale = guest.get(&path).await.expect(200).body();
        (now.paper == PaperState::Printed).then_some(())
    })
    .await;
    assert_eq!(world.printer.papers_cut(1).await.len(), 1);
    let path = format!("/api/v1/sales/{}", sale.id);
    let still: Sale = guest.get(&path).await.expect(200).body();
    assert_eq!(still.paper, PaperState::NoPrinter);
}
