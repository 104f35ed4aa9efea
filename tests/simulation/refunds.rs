//! A ticket that was sold at home goes back: the cinema answers whether it may, and from then on it opens no door.

use counter::Fault;
use service::process::Process as _;
use wire::Body;
use wire::event::RefundRequested;

use crate::custody::{metropol, tomorrow};
use crate::door::{Bought, Evening};

/// The hub asks for a ticket for A1, edition 1 of the first epoch.
async fn ask_back(evening: &Evening, ticket: &Bought) {
    let counter = evening.both.house.hub.app.counter().clone();
    let told = RefundRequested {
        ticket: ticket.id.parse().unwrap(),
        sale: "sale".parse().unwrap(),
        showtime: tomorrow(),
        seat: "A1".parse().unwrap(),
        plan: 1,
        epoch: 1,
        edition: 1,
        kind: "adult".parse().unwrap(),
        time: 0,
    };
    let database = evening.both.house.hub.app.database();
    let asked = database.write(counter::scope(&metropol()), move |tx| {
        counter.tell(tx, &metropol(), [Body::from(told.clone())])
    });
    let asked: Result<(), Fault> = asked.await;
    asked.unwrap();
    evening.both.settle_down().await;
}

#[tokio::test]
async fn a_ticket_that_was_asked_back_opens_no_door() {
    let mut evening = Evening::open(31).await;
    let home = evening.buy_at_home(&["A1", "A2"]).await;
    evening.both.settle_down().await;
    assert_eq!(evening.counts().await, (0, 0, 2));
    ask_back(&evening, &home[0]).await;
    let revoked = (409, "ticket_revoked");
    evening.refuses(&home[0].code, revoked).await;
    assert_eq!(evening.counts().await, (0, 0, 1), "it comes no more");
    // Asked again, it is so again.
    ask_back(&evening, &home[0]).await;
    evening.refuses(&home[0].code, revoked).await;
    evening.lets_in(&home[1].code).await;
}

#[tokio::test]
async fn who_is_inside_stays_inside() {
    let mut evening = Evening::open(32).await;
    let home = evening.buy_at_home(&["A1"]).await;
    evening.both.settle_down().await;
    evening.lets_in(&home[0].code).await;
    ask_back(&evening, &home[0]).await;
    evening
        .refuses(&home[0].code, (409, "already_admitted"))
        .await;
    assert_eq!(evening.counts().await, (1, 0, 0));
}
