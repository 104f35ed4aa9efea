//! Both counters say at a Hello who has custody: what is on its way is no disagreement, and what somebody has changed is found by name.

use service::process::Process as _;
use std::collections::BTreeMap;

use box_office::price::Channel;
use counter::checkout::{Takeover, take_over};
use counter::{Buyer, BuyerKind, Limits, custody};
use counter_api::SeatChoice;
use database::{Database, Error, Scope};

use super::{Both, count, epochs};

const CLAIMED: &str = "SELECT COUNT(*) FROM event WHERE kind = 'custody_claimed'";
const CASES: &str = "SELECT COUNT(*) FROM case_file WHERE kind = 'disagreement' AND open = 1";

async fn change(database: &Database, sql: &'static str) {
    let changing = database.write(Scope::Nothing, move |tx| tx.execute(sql, &[]));
    let changed: Result<u64, Error> = changing.await;
    assert_eq!(changed, Ok(1));
}

/// The line is cut and mended, so that the box says Hello again, while both give what cannot arrive.
async fn meet_again(both: &Both, hub_gives: &[&str], box_gives: &[&str]) {
    both.house.network.cut();
    if !hub_gives.is_empty() {
        both.hub_gives(hub_gives).await.unwrap();
    }
    if !box_gives.is_empty() {
        both.box_gives(box_gives).await.unwrap();
    }
    both.settle_down().await;
    both.house.network.mend();
    both.settle_down().await;
}

#[tokio::test]
async fn what_is_on_its_way_is_no_disagreement_and_what_is_changed_is_found() {
    let both = Both::open(5).await;
    let (cinema, hub) = (
        both.house.cinema.app.database().clone(),
        both.house.hub.app.database().clone(),
    );
    both.box_gives(&["A1", "A2", "B1", "B2", "C1"])
        .await
        .unwrap();
    both.settle_down().await;
    meet_again(&both, &["A1", "A2"], &["D1", "D2"]).await;
    meet_again(&both, &["D1"], &["A1"]).await;
    for database in [&cinema, &hub] {
        assert_eq!(count(database, CLAIMED).await, 0, "they agree");
        assert_eq!(count(database, CASES).await, 0);
    }
    assert_eq!(epochs(&cinema).await, epochs(&hub).await);

    change(
        &cinema,
        "UPDATE seat SET epoch = 2 WHERE seat = 'B1' AND epoch = 1",
    )
    .await;
    change(
        &hub,
        "UPDATE seat SET epoch = 2 WHERE seat = 'B2' AND epoch = 1",
    )
    .await;
    change(
        &cinema,
        "UPDATE seat SET epoch = 3 WHERE seat = 'C1' AND epoch = 1",
    )
    .await;
    meet_again(&both, &["D2"], &[]).await;
    let said = |lines: Vec<String>| {
        let of = |line: &String| {
            let (about, stage) = line.split_once("  since ").unwrap();
            let (_, stage) = stage.rsplit_once("  ").unwrap();
            let stage = stage.split(':').next().unwrap();
            (about.to_owned(), stage.to_owned())
        };
        lines.iter().map(of).collect::<BTreeMap<_, _>>()
    };
    let found = [
        ("metropol/tomorrow/B1", "claimed by both"),
        ("metropol/tomorrow/B2", "claimed by nobody"),
        ("metropol/tomorrow/C1", "other epoch"),
    ];
    let found = found.map(|(about, stage)| (about.to_owned(), stage.to_owned()));
    let (at_box, at_hub) = (
        both.house.cinema.app.counter().clone(),
        both.house.hub.app.counter().clone(),
    );
    for counter in [&at_box, &at_hub] {
        assert_eq!(
            said(custody::list(counter).await.unwrap()),
            found.clone().into()
        );
    }
    let (here, there) = (epochs(&cinema).await, epochs(&hub).await);
    assert_eq!((here["B1"], there["B1"]), (2, 1));
    assert_eq!((here["B2"], there["B2"]), (2, 2));
    assert_eq!((here["C1"], there["C1"]), (3, 3));
    let stopped = "SELECT COUNT(*) FROM seat WHERE state = 'quarantine' AND seat = 'B1'";
    for database in [&cinema, &hub] {
        assert_eq!(count(database, stopped).await, 1, "it stops on both sides");
    }

    // What both claim differs still: it is compared again, and nothing more is done about it.
    let compared = count(&hub, CLAIMED).await;
    meet_again(&both, &[], &[]).await;
    assert_eq!(count(&hub, CLAIMED).await, compared + 1);
    for counter in [&at_box, &at_hub] {
        assert_eq!(
            said(custody::list(counter).await.unwrap()),
            found.clone().into()
        );
    }

    // What becomes of such a seat beside that is a case of its own, and neither hides the other.
    let here = at_box.here().unwrap();
    let buyer = Buyer {
        kind: BuyerKind::Device,
        id: "box".parse().unwrap(),
        channel: Channel::Till,
        limits: Limits {
            holds: 1,
            cash: true,
            crowd: None,
        },
    };
    let takeover = Takeover {
        showtime: "tomorrow".parse().unwrap(),
        seats: vec![SeatChoice {
            seat: "B1".parse().unwrap(),
            ticket_kind: None,
        }],
        reason: "the hall was counted".to_owned(),
    };
    take_over(&here, &buyer, takeover).await.unwrap();
    both.settle_down().await;
    for _ in 0..2 {
        for counter in [&at_box, &at_hub] {
            let listed = custody::list(counter).await.unwrap();
            let of_seat = listed.iter().filter(|line| line.contains("/B1  "));
            let mut stages: Vec<_> = of_seat
                .map(|line| line.rsplit_once("  ").unwrap().1)
                .collect();
            stages.sort_unstable();
            let [claimed, taken_over] = stages[..] else {
                panic!("{stages:?}");
            };
            assert!(claimed.starts_with("claimed by both"), "{claimed}");
            assert_eq!(taken_over, "taken over");
        }
        meet_again(&both, &[], &[]).await;
    }
    let about = "metropol/tomorrow/B1".to_owned();
    assert!(
        custody::close_case(&here, about, "seen".to_owned())
            .await
            .unwrap()
            .is_some()
    );
    let listed = custody::list(&at_box).await.unwrap();
    assert!(
        !listed.iter().any(|line| line.contains("/B1  ")),
        "both end"
    );
}
