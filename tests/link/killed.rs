//! The broker and the hub's process are killed and come again, while a cinema sells.

use hub_api::LinkState;
use tests::engine::Engine;

use crate::cinema::{address, box_keys, incarnation, journal};
use crate::site::{Pipe, Site, enrolled, received};

tests::on_both_engines!(broker_and_hub_are_killed_and_the_streams_end_equal);

async fn broker_and_hub_are_killed_and_the_streams_end_equal(engine: Engine) {
    let site = Site::new(engine, Pipe::Mosquitto);
    let mut mosquitto = site.mosquitto();
    let mut hub = site.hub();
    site.until("the hub's start", |_| true).await;
    let mut cinema = enrolled(&site, site.folder.path()).await;
    cinema.schedule().await;
    cinema.connect().await;
    for _ in 0..3 {
        cinema.sell(400).await;
        let before = received(
            &site
                .until("the hub has some events", |picture| received(picture) > 0)
                .await,
        );
        cinema.sell(400).await;
        mosquitto.kill();
        cinema.sell(10).await;
        mosquitto = site.mosquitto();
        site.until("events come after the broker's death", |picture| {
            received(picture) > before
        })
        .await;
        cinema.sell(400).await;
        hub.kill();
        cinema.sell(10).await;
        hub = site.hub();
    }
    let total = 1 + cinema.sold();
    let picture = site
        .until("everything has come", |picture| received(picture) == total)
        .await;
    let metropol = &picture.cinemas[0];
    assert_eq!(
        (metropol.link.state, picture.cases.len()),
        (LinkState::Up, 0),
        "{picture:#?}"
    );
    assert_eq!(metropol.today.sold.sales, cinema.sold());
    while cinema.acknowledged().await < total {
        tokio::task::yield_now().await;
    }

    site.revoke();
    cinema.sell(1).await;
    site.until("the revoked box is refused", |picture| {
        picture
            .refused
            .iter()
            .any(|contact| contact.code == "revoked_key")
    })
    .await;

    cinema.disconnect().await;
    hub.kill();
    mosquitto.kill();
    let at_hub = site.hub_database();
    let key = mailbox::StreamKey::up(address().cinema, incarnation());
    let arrived = journal(&at_hub, key, box_keys()).await;
    let mut written = cinema.written().await;
    assert_eq!(
        written.pop().map(|_| written.len() as u64),
        Some(total),
        "what was sold after the revocation did not go"
    );
    assert!(
        arrived == written,
        "byte for byte: {} and {}",
        arrived.len(),
        written.len()
    );
}

tests::on_both_engines!(a_hub_is_killed_together_with_its_own_broker_and_the_streams_end_equal);

async fn a_hub_is_killed_together_with_its_own_broker_and_the_streams_end_equal(engine: Engine) {
    let site = Site::new(engine, Pipe::Embedded);
    let mut hub = site.hub();
    site.until("the hub's start", |_| true).await;
    let mut cinema = enrolled(&site, site.folder.path()).await;
    cinema.schedule().await;
    cinema.connect().await;
    let mut before = 0;
    for _ in 0..3 {
        cinema.sell(600).await;
        let picture = site
            .until("some of it comes", |picture| received(picture) > before)
            .await;
        before = received(&picture);
        hub.kill();
        cinema.sell(10).await;
        hub = site.hub();
    }
    let total = 1 + cinema.sold();
    let picture = site
        .until("everything has come", |picture| received(picture) == total)
        .await;
    assert_eq!(picture.cases, []);
    assert_eq!(picture.cinemas[0].today.sold.sales, cinema.sold());
    cinema.disconnect().await;
    hub.kill();
    let key = mailbox::StreamKey::up(address().cinema, incarnation());
    let arrived = journal(&site.hub_database(), key, box_keys()).await;
    assert!(arrived == cinema.written().await, "byte for byte");
}
