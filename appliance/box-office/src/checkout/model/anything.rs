//! Any events in any order, at any time of the clock: what nobody would say is said too.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::checkout::payment::Word;

/// The most that a caller lets be paid.
const MOST_MINOR: i64 = 100_000_000;

#[derive(Debug, Clone, Copy)]
enum Move {
    Pay(Means, i64),
    Settle,
    Release,
    Extend(i64),
    Happen(PurchaseFact),
    Payment(Index, PaymentEvent),
    Clock(i64),
}

fn make(world: &mut World, step: Move) {
    match step {
        Move::Pay(means, most_minor) => world.pay(means, most_minor),
        Move::Settle => world.settle(),
        Move::Release => world.release(),
        Move::Extend(time_ms) => world.extend(time_ms),
        Move::Happen(fact) => world.happen(fact),
        Move::Payment(which, event) if !world.payments.is_empty() => {
            let told = world.tell(which.index(world.payments.len()), event);
            let is_word = matches!(event, PaymentEvent::Word(_));
            assert!(told.is_ok() || is_word, "a fact was refused: {event:?}");
        }
        Move::Payment(..) => {}
        Move::Clock(now_ms) => world.now_ms = now_ms,
    }
}

fn times() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => -10_i64..400_000,
        1 => select(vec![i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX]),
    ]
}

fn amounts() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => select(vec![400, 600, 1_000]),
        1 => select(vec![1, 999, 1_001, MOST_MINOR]),
    ]
}

fn events() -> impl Strategy<Value = PaymentEvent> {
    let said = vec![
        Said::NeverHeard,
        Said::Waiting,
        Said::Step,
        Said::Declined,
        Said::Cancelled,
        Said::Returned,
    ];
    let others = vec![
        PaymentEvent::NoAnswer,
        PaymentEvent::Due,
        PaymentEvent::Stop,
        PaymentEvent::Restart,
        PaymentEvent::Deadline,
    ];
    let words = vec![Word::Taken, Word::NotTaken, Word::GivenBack];
    prop_oneof![
        4 => amounts().prop_map(|amount_minor| PaymentEvent::Said(Said::Captured { amount_minor })),
        5 => select(said).prop_map(PaymentEvent::Said),
        3 => select(others),
        2 => select(words).prop_map(PaymentEvent::Word),
    ]
}

fn moves() -> impl Strategy<Value = Move> {
    let facts = vec![
        PurchaseFact::Lapse,
        PurchaseFact::ShowtimeGone,
        PurchaseFact::SeatLost,
        PurchaseFact::BuyerGone,
        PurchaseFact::WaitsForNothing,
    ];
    prop_oneof![
        5 => (select(Means::ALL.to_vec()), amounts()).prop_map(|(means, most_minor)| Move::Pay(means, most_minor)),
        2 => Just(Move::Settle),
        1 => Just(Move::Release),
        1 => times().prop_map(Move::Extend),
        1 => select(facts).prop_map(Move::Happen),
        9 => (any::<Index>(), events()).prop_map(|(which, event)| Move::Payment(which, event)),
        1 => times().prop_map(Move::Clock),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn money_goes_with_a_ticket_or_goes_back(
        total_minor in select(vec![1, 1_000, MOST_MINOR]),
        ends_ms in times(),
        steps in prop::collection::vec(moves(), 1..40),
    ) {
        let mut world = World::new(total_minor, ends_ms);
        for step in steps {
            make(&mut world, step);
            world.check();
        }
        world.showtime_ends();
        for nth in 0..world.payments.len() {
            if world.payments[nth].state == Payment::Case {
                prop_assert!(world.payments[nth].is_asked_of_a_person);
                prop_assert_eq!(world.tell(nth, PaymentEvent::Word(Word::NotTaken)), Ok(()));
            }
        }
        world.check_end();
    }
}
