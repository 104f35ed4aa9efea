//! The door: what a box needs to prove a ticket while the line is cut, and whom it lets in.

use counter_api::TicketKeys;
use database::Scope;
use service::Clock;
use tests::world::{Hub, Seller, World, until};

async fn keys(seller: &Seller) -> TicketKeys {
    let path = "/api/v1/ticket-keys";
    seller.get(path).await.expect(200).body()
}

async fn both_keys(world: &World) -> TicketKeys {
    until("the box knows the hub's key", || async {
        let known = keys(&world.stranger()).await;
        (known.keys.len() == 2).then_some(known)
    })
    .await
}

#[tokio::test]
async fn a_box_has_the_hubs_key_from_its_enrolment_and_an_older_one_from_the_next_session() {
    let hub = Hub::start().await;
    let mut world = World::open_on(Clock::system()).await;
    let own = keys(&world.stranger()).await;
    assert_eq!(own.keys.len(), 1, "there is no hub yet");
    world.enrol(&hub).await;
    let known = keys(&world.stranger()).await;
    assert_eq!(known.keys.len(), 2, "the enrolment's answer brought it");
    assert_eq!(known.keys[0], own.keys[0]);
    let at_the_hub: TicketKeys = until("the hub knows the cinema", || {
        hub.get("/api/v1/cinemas/metropol/ticket-keys")
    })
    .await;
    assert_eq!(known.keys[1], at_the_hub.keys[0]);

    world.stop().await;
    let database = world.database();
    let forgetting = database.write(Scope::Nothing, |tx| {
        tx.execute("DELETE FROM hub_ticket_key", &[])
    });
    let forgotten: Result<_, database::Error> = forgetting.await;
    let as_before = "as if it had been enrolled by a program of the first version";
    assert_eq!(forgotten, Ok(1), "{as_before}");
    database.close().await;
    world.restart().await;
    assert_eq!(both_keys(&world).await, known);
    world.restart().await;
    assert_eq!(keys(&world.stranger()).await, known, "it is stored");
}
