//! A whole box and a whole hub in one thread. They stand on databases without threads, a clock that is moved by hand, and a printer, a
//! card terminal and a network in memory; one seed decides what people do, what breaks, and which thing that is due is done next. So the
//! same seed is the same evening, byte for byte.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod by_hand;
mod custody;
mod door;
mod evening;
mod house;
mod people;
mod pruning;
mod refunds;
mod seeds;
mod set_aside;
mod standing_still;
mod week;

use evening::{Evening, evening};

/// As many things happen in an evening.
const HAPPENINGS: usize = 1_500;

#[tokio::test]
async fn one_seed_is_one_evening_byte_for_byte() {
    let (first, second) = (evening(7, HAPPENINGS).await, evening(7, HAPPENINGS).await);
    let differs = first
        .trace
        .iter()
        .zip(&second.trace)
        .position(|(one, other)| one != other);
    if let Some(place) = differs {
        panic!(
            "they part at {place}: {} | {}",
            first.trace[place], second.trace[place]
        );
    }
    assert_eq!(first.trace.len(), second.trace.len());
    assert!(first.cinema == second.cinema, "the box's database differs");
    assert!(first.hub == second.hub, "the hub's database differs");
    let other = evening(8, HAPPENINGS).await;
    assert!(first.cinema != other.cinema && first.hub != other.hub);
}

#[tokio::test]
async fn whatever_happens_both_promises_are_kept_and_nothing_is_left_to_do() {
    let mut sold = 0;
    for seed in 0..6 {
        let Evening { tickets, wrong, .. } = evening(seed, HAPPENINGS).await;
        assert!(wrong.is_empty(), "seed {seed}: {wrong:#?}");
        sold += tickets;
    }
    assert!(
        sold > 100,
        "only {sold} tickets were sold: nothing is shown"
    );
}
