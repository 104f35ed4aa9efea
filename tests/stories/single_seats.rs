//! Strict single seats: the box loads a part of the room for a hold, and answers what the whole room would.

use std::time::Duration;

use box_office::ledger::{HoldRefusal, HoldRules, Ledger, MOST_SEATS_PER_HOLD};
use box_office::programme::{Programme, SingleSeatMode};
use box_office::{Custodian, Epoch, Plan, SeatId, SeatRecord, SeatState};
use counter_api::{SeatMap, SeatState as Shown};
use service::Random;
use tests::world::{PROGRAMME, Seller, World};

/// Choices that are compared in one run; the room is sold out several times less often than it is asked.
const CHOICES: usize = 120;

/// The plan of the showtime `strict`.
fn plan() -> Plan {
    let now = "2026-11-23T18:00:00Z".parse().unwrap();
    let programme = Programme::parse_at(PROGRAMME, now).unwrap();
    let room = programme
        .auditoriums
        .into_iter()
        .find(|room| room.id.as_str() == "screen-2");
    Plan::new(room.unwrap().layout)
}

/// The whole room as everybody sees it.
async fn room(seller: &Seller) -> Vec<SeatRecord> {
    let map: SeatMap = seller
        .get("/api/v1/showtimes/strict/seats")
        .await
        .expect(200)
        .body();
    let state = |shown| match shown {
        Shown::Free => SeatState::Free,
        Shown::Held => SeatState::Held("another".parse().unwrap()),
        Shown::Sold | Shown::Blocked | Shown::OutOfReach => {
            SeatState::Sold("ticket".parse().unwrap())
        }
    };
    let seats = map.seats.iter().map(|seat| SeatRecord {
        epoch: Epoch::FIRST,
        state: state(seat.state),
    });
    seats.collect()
}

#[tokio::test]
async fn every_answer_is_the_whole_rooms() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let (plan, random) = (plan(), Random::seeded(20_261_123));
    let rules = HoldRules {
        most_seats: MOST_SEATS_PER_HOLD,
        single_seats: SingleSeatMode::Strict,
    };
    let (mut refused, mut let_pass) = (0, 0);
    for choice in 0..CHOICES {
        let [first, wide, keep] = random.bytes::<3>().map(usize::from);
        let first = first % plan.len();
        let places = first..(first + 1 + wide % 4).min(plan.len());
        let wanted: Vec<SeatId> = places
            .map(|place| plan.layout().places[place].seat.clone())
            .collect();
        let records = room(&clerk).await.into_iter().enumerate();
        let expected = Ledger::new(&plan, Custodian::Cinema, records).hold(
            &wanted,
            &"mine".parse().unwrap(),
            &|_| false,
            &rules,
        );
        let names: Vec<&str> = wanted.iter().map(SeatId::as_str).collect();
        let answer = clerk.ask_for("strict", &names).await;
        match expected {
            Ok(held) => {
                assert_eq!(
                    answer.status, 201,
                    "choice {choice}, {names:?}: {}",
                    answer.text
                );
                let hold: counter_api::Hold = answer.body();
                let left: Vec<SeatId> = hold
                    .warnings
                    .into_iter()
                    .flat_map(|warning| warning.seats)
                    .collect();
                assert_eq!(left, held.left_alone.seats, "choice {choice}, {names:?}");
                let_pass += usize::from(!left.is_empty());
                let path = format!("/api/v1/holds/{}", hold.id);
                if keep % 3 == 0 {
                    clerk.delete(&path).await.expect(204);
                } else {
                    let cash = serde_json::json!({ "cash_given_minor": hold.basket.total.minor });
                    let key = tests::world::new_key();
                    clerk
                        .post(&format!("{path}/settle"), &key, &cash)
                        .await
                        .expect(200);
                }
            }
            Err(HoldRefusal::SingleSeatLeft { seats }) => {
                assert_eq!(
                    answer.problem(),
                    (409, "single_seat_left"),
                    "choice {choice}, {names:?}"
                );
                assert_eq!(
                    answer.seats(),
                    seats.iter().map(SeatId::as_str).collect::<Vec<_>>()
                );
                refused += 1;
            }
            Err(_) => assert_eq!(
                answer.problem(),
                (409, "seats_taken"),
                "choice {choice}, {names:?}"
            ),
        }
    }
    assert!(
        refused > 0 && let_pass > 0,
        "both sides of the rule were met: {refused} refused, {let_pass} let pass"
    );
}

#[tokio::test]
async fn the_last_three_chairs_are_sold_and_a_lapsed_hold_elsewhere_counts_as_free() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let row = |row: char, from: u32| -> Vec<String> {
        (from..=10).map(|number| format!("{row}{number}")).collect()
    };
    for seats in [row('A', 4), row('B', 1)] {
        let names: Vec<&str> = seats.iter().map(String::as_str).collect();
        clerk.hold("strict", &names).await.cash(10_000).await;
    }
    let last = row('C', 1);
    let names: Vec<&str> = last.iter().map(String::as_str).collect();
    clerk.hold("strict", &names).await;
    let warned = clerk.ask_for("strict", &["A1", "A2"]).await.expect(201);
    assert_eq!(warned.json["warnings"][0]["seats"][0], "A3");
    let path = format!("/api/v1/holds/{}", warned.json["id"].as_str().unwrap());
    clerk.delete(&path).await.expect(204);

    world.wait(Duration::from_secs(8 * 60));
    let refused = clerk.ask_for("strict", &["A1", "A2"]).await;
    assert_eq!(
        (refused.problem(), refused.seats()),
        ((409, "single_seat_left"), vec!["A3".to_owned()]),
        "row C can be had again"
    );
}
