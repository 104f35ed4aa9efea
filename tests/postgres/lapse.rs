//! Holds lapse at both counters at the very moment at which somebody pays in cash at either.

use std::time::Duration;

use serde_json::json;
use tests::one_counter::How;
use tests::world::{Answer, Seller, new_key, until};
use tokio::task::JoinSet;

use crate::{TwoCounters, number, wrong};

/// Short, so that it ends soon; long enough to be looked at many times.
const HOLD_TIME: Duration = Duration::from_millis(1_500);

/// How many milliseconds before the end of the hold the cash comes: well before it, at the end, and after it.
const BEFORE_THE_END: [u64; 6] = [700, 40, 20, 10, 5, 0];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_lapses_beside_cash_is_sold_or_over_and_no_cash_is_lost() {
    let cinema = TwoCounters::open(How {
        hold_time: HOLD_TIME,
        ..How::AT_A_CINEMA
    })
    .await;
    let mut guests = JoinSet::new();
    let rows = ['A', 'B', 'C', 'D'].into_iter();
    let seats = rows.flat_map(|row| (1..=8).map(move |seat| format!("{row}{seat}")));
    for (place, seat) in seats.enumerate() {
        let name = format!("till-{seat}");
        let [here, there] = [place, place + 1].map(|which| cinema.counters[which % 2].till(&name));
        let before_the_end = BEFORE_THE_END[place % BEFORE_THE_END.len()];
        // Every other guest pays a part first.
        let pays_all = place % 4 < 2;
        guests.spawn(async move {
            let hold = here.hold("tomorrow", &[&seat]).await.hold.id;
            let path = format!("/api/v1/holds/{hold}");
            until_left(&there, &path, before_the_end).await;
            pay(&there, &path, pays_all).await
        });
    }
    let answers = guests.join_all().await;
    let (mut sold, mut refused) = (0, 0);
    for (pays_all, answer) in &answers {
        match (answer.status, pays_all) {
            (200, true) => sold += 1,
            (201, false) => {}
            (400..500, _) => refused += 1,
            _ => panic!("{}", answer.text),
        }
    }
    assert!(sold > 0 && refused > 0, "{sold} sold, {refused} refused");
    until("every hold is over", || async {
        let open = "SELECT COUNT(*) FROM hold WHERE state NOT IN ('settled', 'ended')";
        (number(&cinema.database, open).await == 0).then_some(())
    })
    .await;
    assert_eq!(wrong(&cinema.database).await, [""; 0]);
    let sales = "SELECT COUNT(*) FROM sale";
    assert_eq!(number(&cinema.database, sales).await, sold);
}

async fn until_left(till: &Seller, path: &str, at_most_ms: u64) {
    until("the hold nears its end", || async {
        let hold = till.get(path).await.expect(200);
        (hold.json["expires_in_ms"].as_u64()? <= at_most_ms).then_some(())
    })
    .await;
}

async fn pay(till: &Seller, path: &str, all: bool) -> (bool, Answer) {
    let (rest, body) = if all {
        ("settle", json!({ "cash_given_minor": 5_000 }))
    } else {
        ("tenders", json!({ "cash": { "given_minor": 100 } }))
    };
    let path = format!("{path}/{rest}");
    (all, till.post(&path, &new_key(), &body).await)
}
