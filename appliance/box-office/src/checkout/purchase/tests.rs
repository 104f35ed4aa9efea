//! The rules of a purchase, one test each.

use super::*;

const NOW_MS: i64 = 1_000_000;
const OPEN: Purchase = open_for(60_000);
const OVER: Purchase = open_for(0);
const PAYING: Purchase = Purchase::Paying { left_ms: 60_000 };

const NOTHING: Sums = Sums {
    total_minor: 1_200,
    paid_minor: 0,
    in_flight: false,
    may_issue: true,
};
const PART: Sums = Sums {
    paid_minor: 500,
    ..NOTHING
};
const PAID: Sums = Sums {
    paid_minor: 1_200,
    ..NOTHING
};
const TOO_MUCH: Sums = Sums {
    paid_minor: 1_201,
    ..NOTHING
};

const END: [PurchaseEffect; 2] = [
    PurchaseEffect::Free,
    PurchaseEffect::GiveBackAll { by_hand: false },
];
const STOP: [PurchaseEffect; 1] = [PurchaseEffect::StopAll];

const fn open_for(left_ms: i64) -> Purchase {
    Purchase::Open {
        ends_ms: NOW_MS + left_ms,
    }
}

fn flying(sums: Sums) -> Sums {
    Sums {
        in_flight: true,
        ..sums
    }
}

fn gone(sums: Sums) -> Sums {
    Sums {
        may_issue: false,
        ..sums
    }
}

fn to(state: Purchase, effects: &[PurchaseEffect]) -> Moved {
    Step {
        state,
        effects: effects.to_vec(),
    }
}

#[track_caller]
fn check(
    state: Purchase,
    fact: PurchaseFact,
    sums: Sums,
    next: Purchase,
    effects: &[PurchaseEffect],
) {
    let step = state.on(fact, &sums, NOW_MS);
    assert_eq!(step, to(next, effects), "{state:?}, {fact:?}, {sums:?}");
}

#[track_caller]
fn check_tender(
    state: Purchase,
    means: Means,
    sums: Sums,
    comes_to: Result<(Purchase, i64), PurchaseRefusal>,
) {
    let comes_to = comes_to.map(|(next, amount_minor)| (to(next, &[]), amount_minor));
    assert_eq!(state.tender(means, &sums, NOW_MS), comes_to, "{state:?}");
}

#[track_caller]
fn check_settle(state: Purchase, sums: Sums, comes_to: Result<(), PurchaseRefusal>) {
    let sold = to(Purchase::Settled, &[PurchaseEffect::Issue]);
    assert_eq!(state.settle(&sums, NOW_MS), comes_to.map(|()| sold));
}

#[test]
fn what_is_closed_says_why() {
    let closed = [
        (OVER, PurchaseRefusal::Lapsed),
        (PAYING, PurchaseRefusal::PaymentUnderWay),
        (Purchase::Settled, PurchaseRefusal::AlreadySold),
        (Purchase::Releasing, PurchaseRefusal::Lapsed),
        (Purchase::Ended, PurchaseRefusal::Lapsed),
    ];
    for (state, why) in closed {
        assert_eq!(state.check_open(&NOTHING, NOW_MS), Err(why), "{state:?}");
        assert_eq!(state.check_choose(&NOTHING, NOW_MS), Err(why));
        assert_eq!(state.extend(&NOTHING, NOW_MS, 1), Err(why));
        check_tender(state, Means::Card, NOTHING, Err(why));
        check_settle(state, NOTHING, Err(why));
    }
    assert_eq!(OPEN.check_open(&NOTHING, NOW_MS), Ok(()));
    assert_eq!(OVER.check_open(&PART, NOW_MS), Ok(()));
}

#[test]
fn seats_are_chosen_anew_only_while_nothing_is_paid() {
    assert_eq!(OPEN.check_choose(&NOTHING, NOW_MS), Ok(()));
    for sums in [PART, PAID, flying(NOTHING)] {
        let refused = Err(PurchaseRefusal::PaymentUnderWay);
        assert_eq!(OPEN.check_choose(&sums, NOW_MS), refused, "{sums:?}");
    }
}

#[test]
fn more_time_is_never_less() {
    for (time_ms, left_ms) in [(1, 60_000), (60_001, 60_001), (-5, 60_000)] {
        let step = OPEN.extend(&NOTHING, NOW_MS, time_ms);
        assert_eq!(step, Ok(to(open_for(left_ms), &[])), "{time_ms}");
    }
    let step = OVER.extend(&PART, NOW_MS, 7);
    assert_eq!(step, Ok(to(open_for(7), &[])));
}

#[test]
fn time_stands_still_for_a_card_and_runs_on_for_cash() {
    check_tender(OPEN, Means::Card, NOTHING, Ok((PAYING, 1_200)));
    check_tender(OPEN, Means::Card, PART, Ok((PAYING, 700)));
    check_tender(OPEN, Means::Cash, PART, Ok((OPEN, 700)));
    let nothing_left = Purchase::Paying { left_ms: 0 };
    check_tender(OVER, Means::Card, PART, Ok((nothing_left, 700)));
    for means in Means::ALL {
        check_tender(OPEN, means, PAID, Err(PurchaseRefusal::AlreadyPaid));
    }
    check(PAYING, PurchaseFact::Lapse, flying(NOTHING), PAYING, &[]);
}

#[test]
fn tickets_are_issued_for_the_whole_total() {
    check_settle(OPEN, PAID, Ok(()));
    let missing_minor = 700;
    check_settle(OPEN, PART, Err(PurchaseRefusal::NotPaid { missing_minor }));
}

#[test]
fn what_was_counted_in_time_buys_until_somebody_has_it_lapse() {
    check_settle(OVER, PAID, Ok(()));
    check(OVER, PurchaseFact::Lapse, PAID, Purchase::Ended, &END);
    check(OPEN, PurchaseFact::Lapse, NOTHING, OPEN, &[]);
    check(OVER, PurchaseFact::Lapse, NOTHING, Purchase::Ended, &END);
}

#[test]
fn whoever_gives_seats_back_gives_the_cash_back_by_hand() {
    let by_hand = PurchaseEffect::GiveBackAll { by_hand: true };
    for state in [OPEN, OVER] {
        let ended = to(Purchase::Ended, &[PurchaseEffect::Free, by_hand]);
        assert_eq!(state.release(), Ok(ended));
    }
    for ended in [Purchase::Ended, Purchase::Releasing] {
        assert_eq!(ended.release(), Ok(to(ended, &[])));
    }
    assert_eq!(PAYING.release(), Err(PurchaseRefusal::PaymentUnderWay));
    let sold = Purchase::Settled.release();
    assert_eq!(sold, Err(PurchaseRefusal::AlreadySold));
}

#[test]
fn a_card_that_completes_the_total_settles_by_itself() {
    let (captured, settled) = (PurchaseFact::Captured, Purchase::Settled);
    for state in [OPEN, OVER, PAYING] {
        check(state, captured, PAID, settled, &[PurchaseEffect::Issue]);
        // A late one has done it: the guest at the terminal must not pay too.
        let and_stop = [PurchaseEffect::Issue, PurchaseEffect::StopAll];
        check(state, captured, flying(PAID), settled, &and_stop);
    }
}

#[test]
fn nobody_pays_more_than_the_total() {
    let (captured, this) = (PurchaseFact::Captured, [PurchaseEffect::GiveBackThis]);
    let short = open_for(LEAST_TIME_AFTER_A_PAYMENT_MS);
    for state in [OPEN, OVER, PAYING] {
        check(state, captured, TOO_MUCH, short, &this);
    }
    check(PAYING, captured, flying(TOO_MUCH), PAYING, &this);
}

#[test]
fn a_failed_or_partial_payment_leaves_time_to_choose_another_way() {
    let (captured, failed) = (PurchaseFact::Captured, PurchaseFact::Failed);
    let short = open_for(LEAST_TIME_AFTER_A_PAYMENT_MS);
    check(PAYING, failed, NOTHING, short, &[]);
    for state in [PAYING, OPEN, OVER] {
        check(state, captured, PART, short, &[]);
    }
    let long = Purchase::Paying { left_ms: 300_000 };
    check(long, failed, NOTHING, open_for(300_000), &[]);
    for fact in [failed, captured] {
        check(PAYING, fact, flying(PART), PAYING, &[]);
    }
    check(OPEN, failed, NOTHING, OPEN, &[]);
}

#[test]
fn money_that_buys_no_ticket_goes_back() {
    let captured = PurchaseFact::Captured;
    for state in [OPEN, OVER, PAYING] {
        check(state, captured, gone(PAID), Purchase::Ended, &END);
        let waits = flying(gone(PART));
        check(state, captured, waits, Purchase::Releasing, &STOP);
    }
    for state in [Purchase::Settled, Purchase::Ended] {
        check(
            state,
            captured,
            TOO_MUCH,
            state,
            &[PurchaseEffect::GiveBackThis],
        );
    }
    check(
        PAYING,
        PurchaseFact::Failed,
        gone(PART),
        Purchase::Ended,
        &END,
    );
}

#[test]
fn seats_are_never_free_while_a_payment_has_no_outcome() {
    let (ended, releasing) = (Purchase::Ended, Purchase::Releasing);
    for fact in [
        PurchaseFact::ShowtimeGone,
        PurchaseFact::SeatLost,
        PurchaseFact::BuyerGone,
    ] {
        check(OPEN, fact, gone(PART), ended, &END);
        check(PAYING, fact, flying(gone(NOTHING)), releasing, &STOP);
        check(releasing, fact, flying(gone(NOTHING)), releasing, &[]);
    }
    for fact in [PurchaseFact::Failed, PurchaseFact::Captured] {
        check(releasing, fact, flying(PART), releasing, &STOP);
        check(releasing, fact, PAID, ended, &END);
    }
    check(releasing, PurchaseFact::Lapse, flying(PART), releasing, &[]);
}

#[test]
fn what_waits_for_nothing_goes_on() {
    let alone = PurchaseFact::WaitsForNothing;
    let short = open_for(LEAST_TIME_AFTER_A_PAYMENT_MS);
    for sums in [NOTHING, PART, PAID] {
        check(PAYING, alone, sums, short, &[]);
        check(PAYING, alone, gone(sums), Purchase::Ended, &END);
        check(Purchase::Releasing, alone, sums, Purchase::Ended, &END);
        for waits in [PAYING, Purchase::Releasing] {
            check(waits, alone, flying(sums), waits, &[]);
        }
        check(OVER, alone, sums, OVER, &[]);
    }
}

#[test]
fn what_is_over_stays_so() {
    for state in [Purchase::Settled, Purchase::Ended] {
        for fact in [
            PurchaseFact::Failed,
            PurchaseFact::Lapse,
            PurchaseFact::ShowtimeGone,
            PurchaseFact::SeatLost,
            PurchaseFact::BuyerGone,
            PurchaseFact::WaitsForNothing,
        ] {
            check(state, fact, gone(PAID), state, &[]);
        }
    }
}
