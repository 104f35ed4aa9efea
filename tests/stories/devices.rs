//! Kiosks and tills are listed, renamed and revoked at the box: what is revoked is let in no more at once, and leaves nothing half done.

use std::time::Duration;

use appliance::control::{Decision, Order};
use appliance_api::Status;
use counter_api::SeatState;
use jiff::SignedDuration;
use tests::card_terminal::Behaviour;
use tests::chaos::stored;
use tests::virtual_printer::State;
use tests::world::{PATIENCE, Seller, World, client, until};

/// The ids of the devices that are listed, in the order of their pairing.
async fn ids(world: &World) -> Vec<String> {
    let list = world.order(Order::Devices).await.unwrap();
    let first = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    list.lines().map(first).collect()
}

async fn revoke(world: &World, id: &str) -> Result<String, String> {
    let id = id.parse().unwrap();
    world.order(Order::RevokeDevice { id }).await
}

async fn rename(world: &World, id: &str, name: &str) -> Result<String, String> {
    let (id, name) = (id.parse().unwrap(), name.to_owned());
    world.order(Order::RenameDevice { id, name }).await
}

/// An open stream of live seats, of which the first event has come.
async fn stream(world: &World, seller: &Seller) -> reqwest::Response {
    let url = format!("{}/api/v1/showtimes/tonight/seats/events", world.url());
    let asked = client().get(url).bearer_auth(seller.token().unwrap());
    let mut stream = asked.send().await.unwrap();
    assert!(stream.chunk().await.unwrap().is_some());
    stream
}

#[tokio::test]
async fn devices_are_listed_and_renamed() {
    let mut world = World::open().await;
    let none = world.order(Order::Devices).await.unwrap();
    assert!(none.contains("no device is paired"), "{none}");
    let (guest, clerk) = (world.guest().await, world.clerk().await);
    let _watching = stream(&world, &guest).await;
    world.wait(Duration::from_secs(4 * 60));
    clerk.get("/api/v1/device").await.expect(200);
    let list = world.order(Order::Devices).await.unwrap();
    let [kiosk, till] = list.lines().collect::<Vec<_>>()[..] else {
        panic!("not two devices: {list}");
    };
    let said = [
        "kiosk  \"Kiosk 1\"  paired 2026-11-23 19:00  last seen 2026-11-23 19:00  1 stream open",
        "till  \"Till 2\"  paired 2026-11-23 19:00  last seen 2026-11-23 19:04  0 streams open",
    ];
    assert!(kiosk.ends_with(said[0]), "{kiosk}");
    assert!(till.ends_with(said[1]), "{till}");

    let id = &ids(&world).await[0];
    for (name, why) in [
        ("", "1 to 40 characters"),
        (" \t", "signs that nobody sees"),
        ("  ", "1 to 40 characters"),
        (&"x".repeat(41), "1 to 40 characters"),
        ("Kiosk\u{202e}", "signs that nobody sees"),
        ("Kio\u{200b}sk", "signs that nobody sees"),
        ("Kiosk\u{1b}[31m", "signs that nobody sees"),
    ] {
        let refused = rename(&world, id, name).await.unwrap_err();
        assert!(refused.contains(why), "{name:?}: {refused}");
    }
    let renamed = rename(&world, id, " Am Eingang fu\u{308}r alle ")
        .await
        .unwrap();
    assert_eq!(
        renamed,
        "\"Kiosk 1\" is \"Am Eingang für alle\" from now on"
    );
    let device = guest.get("/api/v1/device").await.expect(200).json;
    assert_eq!(device["name"], "Am Eingang für alle");
    let unknown = rename(&world, "nobody", "Kiosk").await.unwrap_err();
    assert!(unknown.contains("no such device"), "{unknown}");

    world.restart().await;
    let again = world.order(Order::Devices).await.unwrap();
    assert!(again.contains("\"Am Eingang für alle\""), "{again}");
    assert!(again.contains("last seen 2026-11-23 19:04"), "{again}");
}

#[tokio::test]
async fn a_revoked_device_is_let_in_no_more_at_once() {
    let mut world = World::open().await;
    let (guest, clerk) = (world.guest().await, world.clerk().await);
    guest.hold("tonight", &["C4", "C5"]).await;
    let kept = clerk.hold("tonight", &["C6"]).await;
    let mut watching = stream(&world, &guest).await;
    let mut others = stream(&world, &clerk).await;

    let ids = ids(&world).await;
    let words = revoke(&world, &ids[0]).await.unwrap();
    assert!(words.contains("\"Kiosk 1\" is revoked"), "{words}");
    let ends = async { while watching.chunk().await.unwrap().is_some() {} };
    let ended = tokio::time::timeout(Duration::from_secs(1), ends).await;
    ended.expect("its stream ends");
    assert_eq!(
        guest.ask_for("tonight", &["B4"]).await.problem(),
        (401, "not_paired")
    );
    let status: Status = guest.get("/api/v1/status").await.expect(200).body();
    assert_eq!(status.device, None);
    assert_eq!(clerk.sees("tonight", "C4").await, SeatState::Free);
    assert_eq!(clerk.sees("tonight", "C6").await, SeatState::Held);
    assert!(others.chunk().await.unwrap().is_some(), "others go on");
    kept.cash(2_000).await;
    let again = revoke(&world, &ids[0]).await.unwrap_err();
    assert!(again.contains("no such device"), "{again}");
    let list = world.order(Order::Devices).await.unwrap();
    assert!(
        !list.contains("Kiosk 1") && list.contains("Till 2"),
        "{list}"
    );

    world.restart().await;
    let guest = world.again(&guest);
    assert_eq!(
        guest.ask_for("tonight", &["B4"]).await.problem(),
        (401, "not_paired")
    );
    let next = world.guest().await.get("/api/v1/device").await.expect(200);
    assert_eq!(next.json["name"], "Kiosk 3", "no name comes back");
}

#[tokio::test]
async fn a_card_that_is_being_paid_with_at_a_revoked_kiosk_is_stopped() {
    let world = World::open().await;
    let (guest, clerk) = (world.guest().await, world.clerk().await);
    world.terminal.next(Behaviour::NeverAnswer);
    let held = guest.hold("tonight", &["C4"]).await;
    held.begin_card().await.expect(202);
    until("the terminal asks for the card", || async {
        (!world.terminal.till().payments.is_empty()).then_some(())
    })
    .await;
    let words = revoke(&world, &ids(&world).await[0]).await.unwrap();
    assert!(words.contains("ends (1)"), "{words}");
    until("the seat is free", || async {
        (clerk.sees("tonight", "C4").await == SeatState::Free).then_some(())
    })
    .await;
    let till = world.terminal.till();
    assert_eq!((till.captured_minor, till.refunded_minor), (0, 0));
}

#[tokio::test]
async fn cash_that_a_revoked_till_has_counted_is_for_a_person() {
    let world = World::open().await;
    let (clerk, other) = (world.clerk().await, world.clerk().await);
    let held = clerk.hold("tonight", &["C4"]).await;
    let body = serde_json::json!({ "cash": { "given_minor": 300 } });
    clerk
        .post(&held.path("/tenders"), "key", &body)
        .await
        .expect(201);
    revoke(&world, &ids(&world).await[0]).await.unwrap();
    assert_eq!(other.sees("tonight", "C4").await, SeatState::Free);
    let cases = world.order(Order::Cases).await.unwrap();
    let payment = cases.split_whitespace().next().unwrap().parse().unwrap();
    let decided = world.order(Order::Decide {
        payment,
        decision: Decision::Refunded,
        reason: "handed back".to_owned(),
    });
    decided.await.unwrap_or_else(|why| panic!("{why}: {cases}"));
}

/// Spoils what a box has stored, as no program of ours does.
async fn spoil(world: &mut World, sql: &str) {
    world.stop().await;
    stored::spoil(&world.folder().join("appliance.db"), sql).unwrap();
    world.restart().await;
}

#[tokio::test]
async fn what_cannot_end_when_a_device_is_revoked_is_told_and_ends_later() {
    let mut world = World::open().await;
    for words in [
        "a statement failed",
        "the schema refuses the change",
        "a hold cannot go on; trying again",
    ] {
        world.expects_error(words);
    }
    let (guest, clerk) = (world.guest().await, world.clerk().await);
    guest.hold("tonight", &["C4"]).await;
    let stuck = "CREATE TRIGGER stuck BEFORE UPDATE ON hold WHEN EXISTS (SELECT 1 FROM device WHERE name = 'Stuck') \
        BEGIN SELECT RAISE(ABORT, 'stuck'); END";
    spoil(&mut world, stuck).await;
    let clerk = world.again(&clerk);
    let ids = ids(&world).await;
    rename(&world, &ids[1], "Stuck").await.unwrap();
    let words = revoke(&world, &ids[0]).await.unwrap();
    assert!(words.contains("is revoked"), "{words}");
    assert!(words.contains("but for 1 that cannot end yet"), "{words}");
    assert_eq!(clerk.sees("tonight", "C4").await, SeatState::Held);

    rename(&world, &ids[1], "Till").await.unwrap();
    until("the seat is free", || async {
        (clerk.sees("tonight", "C4").await == SeatState::Free).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_has_paid_at_a_revoked_device_is_not_left_without_a_ticket() {
    let mut world = World::open().await;
    let clerk = world.clerk().await;
    let early = clerk.hold("tonight", &["D1"]).await.cash(5_000).await;
    world.wait(Duration::from_secs(11 * 60));
    let printed = clerk.hold("tonight", &["D2"]).await.cash(5_000).await;
    let papers = tokio::time::timeout(PATIENCE, world.printer.papers_cut(2));
    papers.await.unwrap();
    world.printer.set(State::PaperOut);
    let bare = clerk.hold("tonight", &["D3"]).await.cash(5_000).await;
    let waits = clerk.hold("tonight", &["D4"]).await.cash(5_000).await;
    let none = format!("DELETE FROM print_job WHERE sale = '{}'", bare.id);
    let early_waits = format!(
        "UPDATE print_job SET state = 'queued' WHERE sale = '{}'",
        early.id
    );
    spoil(&mut world, &format!("{none};{early_waits}")).await;
    world
        .clock
        .set(world.clock.now() + SignedDuration::from_hours(2));
    let words = revoke(&world, &ids(&world).await[0]).await.unwrap();
    let reprint = format!("appliance reprint {} ", waits.receipt_number);
    assert!(words.contains(&reprint), "{words}");
    let page = format!("/tickets/{}", bare.tickets[0].id);
    assert!(words.contains(&page), "{words}");
    for other in [early, printed] {
        assert!(!words.contains(&other.receipt_number), "{words}");
    }
    world.printer.set(State::Ready);
    let papers = tokio::time::timeout(PATIENCE, world.printer.papers_cut(4));
    papers.await.unwrap();
}
