//! Sixty-four want the last row: every seat has one winner, every loser is told which seats are gone, nobody sees an error.

use std::collections::HashMap;

use counter_api::SeatState;
use tests::world::{World, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_seat_of_the_last_row_has_exactly_one_winner() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    for row in ["A", "B"] {
        let seats: Vec<String> = (1..=10).map(|number| format!("{row}{number}")).collect();
        clerk
            .hold(
                "strict",
                &seats.iter().map(String::as_str).collect::<Vec<_>>(),
            )
            .await
            .cash(10_000)
            .await;
    }
    let mut rivals = tokio::task::JoinSet::new();
    for number in 0..64_usize {
        let rival = world.clerk().await;
        rivals.spawn(async move {
            let seat = format!("C{}", 1 + 2 * (number % 5));
            let beside = format!("C{}", 2 + 2 * (number % 5));
            let answer = rival.ask_for("strict", &[&seat, &beside]).await;
            match answer.status {
                201 => {
                    let hold = answer.json["id"].as_str().unwrap().to_owned();
                    let cash = serde_json::json!({ "cash_given_minor": 2000 });
                    rival
                        .post(
                            &format!("/api/v1/holds/{hold}/settle"),
                            &format!("win-{number}"),
                            &cash,
                        )
                        .await
                        .expect(200);
                    Some(seat)
                }
                _ => {
                    assert_eq!(answer.problem(), (409, "seats_taken"));
                    assert_eq!(
                        answer.seats(),
                        [seat, beside],
                        "a loser is told which seats are gone"
                    );
                    None
                }
            }
        });
    }
    let mut winners: HashMap<String, u32> = HashMap::new();
    while let Some(won) = rivals.join_next().await {
        if let Some(seat) = won.unwrap() {
            *winners.entry(seat).or_default() += 1;
        }
    }
    assert_eq!(
        winners,
        ["C1", "C3", "C5", "C7", "C9"]
            .map(|seat| (seat.to_owned(), 1))
            .into()
    );
    until("the map shows it", || async {
        (clerk.sees("strict", "C10").await == SeatState::Sold).then_some(())
    })
    .await;
}
