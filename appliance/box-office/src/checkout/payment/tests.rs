//! The rules of a payment, one test each.

mod back;

use super::PaymentEffect::{Look, LookLater, LookSoon, Stop, Tell};
use super::*;

const AMOUNT_MINOR: i64 = 1_200;
const OPEN: [Payment; 3] = [Payment::Intended, Payment::Asked, Payment::StepNeeded];
const CANCELLED: Payment = Payment::Cancelled { heard: true };
const CANCELLED_ON_WORD: Payment = Payment::Cancelled { heard: false };
const TAKEN: Taken = Taken {
    captured_minor: AMOUNT_MINOR,
    returned_minor: 0,
    heard: true,
};
const ON_WORD: Taken = Taken {
    heard: false,
    ..TAKEN
};
const BACK: Taken = Taken {
    returned_minor: AMOUNT_MINOR,
    ..TAKEN
};
const BACK_ON_WORD: Taken = Taken {
    heard: false,
    ..BACK
};
const CAPTURED: Said = Said::Captured {
    amount_minor: AMOUNT_MINOR,
};

/// Every state of a payment without an outcome.
fn without_outcome() -> impl Iterator<Item = Payment> {
    OPEN.into_iter().chain([Payment::Stopping, Payment::Case])
}

/// Every state in which only a person has spoken.
fn on_word() -> [Payment; 3] {
    [
        Payment::Captured(ON_WORD),
        CANCELLED_ON_WORD,
        Payment::Returned(BACK_ON_WORD),
    ]
}

#[track_caller]
fn check_by(
    means: Means,
    state: Payment,
    event: PaymentEvent,
    comes_to: Result<(Payment, &[PaymentEffect]), WordRefusal>,
) {
    let comes_to = comes_to.map(|(state, effects)| Step {
        state,
        effects: effects.to_vec(),
    });
    let step = state.on(means, AMOUNT_MINOR, event);
    assert_eq!(step, comes_to, "{state:?} on {event:?}");
}

#[track_caller]
fn check(state: Payment, event: PaymentEvent, next: Payment, effects: &[PaymentEffect]) {
    check_by(Means::Card, state, event, Ok((next, effects)));
}

#[track_caller]
fn check_said(state: Payment, said: Said, next: Payment, effects: &[PaymentEffect]) {
    check(state, PaymentEvent::Said(said), next, effects);
}

#[test]
fn a_card_is_asked_for_and_cash_is_there() {
    let card = Payment::begin(Means::Card, AMOUNT_MINOR);
    assert_eq!(card, Step::doing(Payment::Intended, [PaymentEffect::Ask]));
    let cash = Payment::begin(Means::Cash, AMOUNT_MINOR);
    assert_eq!(cash, Step::quiet(Payment::Captured(TAKEN)));
}

#[test]
fn the_money_is_never_asked_for_again() {
    for event in [PaymentEvent::Due, PaymentEvent::Restart] {
        let unknown = OPEN.into_iter().chain([Payment::Case]);
        for state in unknown.chain(on_word()) {
            check(state, event, state, &[Look]);
        }
        check(Payment::Stopping, event, Payment::Stopping, &[Stop]);
        for ended in [Payment::Captured(TAKEN), Payment::Declined, CANCELLED] {
            check(ended, event, ended, &[]);
        }
    }
}

#[test]
fn no_answer_is_no_outcome() {
    for state in without_outcome().chain(on_word()) {
        check(state, PaymentEvent::NoAnswer, state, &[LookLater]);
    }
    let ended = Payment::Captured(TAKEN);
    check(ended, PaymentEvent::NoAnswer, ended, &[]);
}

#[test]
fn what_was_never_heard_of_is_stopped_for_good() {
    for state in OPEN {
        check_said(state, Said::NeverHeard, Payment::Stopping, &[Stop]);
    }
    for state in on_word().into_iter().chain([Payment::Case]) {
        check_said(state, Said::NeverHeard, state, &[Stop]);
    }
    // It may have been said before they were asked to stop.
    let stopping = Payment::Stopping;
    check_said(stopping, Said::NeverHeard, stopping, &[LookLater]);
    check_said(CANCELLED, Said::NeverHeard, CANCELLED, &[]);
}

#[test]
fn whoever_is_waited_for_is_looked_at_again() {
    for state in OPEN {
        check_said(state, Said::Waiting, Payment::Asked, &[LookSoon]);
        check_said(state, Said::Step, Payment::StepNeeded, &[LookSoon]);
    }
    for said in [Said::Waiting, Said::Step] {
        check_said(Payment::Stopping, said, Payment::Stopping, &[LookSoon]);
        for state in on_word().into_iter().chain([Payment::Case]) {
            check_said(state, said, state, &[LookLater]);
        }
        check_said(CANCELLED, said, CANCELLED_ON_WORD, &[LookLater]);
        check_said(Payment::Declined, said, Payment::Declined, &[]);
    }
}

#[test]
fn what_was_taken_is_accepted_however_late() {
    let late = [Payment::Declined, CANCELLED, CANCELLED_ON_WORD];
    for state in without_outcome().chain(late) {
        for amount_minor in [700, AMOUNT_MINOR, 1_500] {
            let said = Said::Captured { amount_minor };
            let captured = Payment::Captured(Taken::whole(amount_minor));
            check_said(state, said, captured, &[Tell(Told::Captured)]);
        }
    }
    for ended in [Payment::Captured(TAKEN), Payment::Returned(BACK)] {
        check_said(ended, CAPTURED, ended, &[]);
    }
}

#[test]
fn they_know_better_than_a_person_how_much_it_was() {
    let less = Taken {
        captured_minor: 700,
        ..TAKEN
    };
    let said = Said::Captured { amount_minor: 700 };
    let (captured, on_word) = (Payment::Captured, Payment::Captured(ON_WORD));
    check_said(on_word, said, captured(less), &[]);
    check_said(on_word, CAPTURED, captured(TAKEN), &[]);
    check_said(captured(TAKEN), said, captured(TAKEN), &[]);
}

#[test]
fn a_failure_is_told_once() {
    let failed = [Tell(Told::Failed)];
    for state in without_outcome() {
        check_said(state, Said::Declined, Payment::Declined, &failed);
        check_said(state, Said::Cancelled, CANCELLED, &failed);
        let nothing = Payment::Returned(Taken::whole(0));
        check_said(state, Said::Returned, nothing, &failed);
    }
    for said in [Said::Declined, Said::Cancelled] {
        let captured = Payment::Captured(TAKEN);
        check_said(Payment::Captured(ON_WORD), said, captured, &[]);
    }
    for said in [Said::Declined, Said::Cancelled, Said::Returned] {
        let declined = Payment::Declined;
        check_said(declined, said, declined, &[]);
        check_said(CANCELLED_ON_WORD, said, CANCELLED, &[]);
    }
    for said in [Said::Declined, Said::Cancelled] {
        let returned = Payment::Returned(BACK);
        check_said(Payment::Returned(BACK_ON_WORD), said, returned, &[]);
    }
}

#[test]
fn they_are_asked_to_stop_once() {
    for state in OPEN {
        check(state, PaymentEvent::Stop, Payment::Stopping, &[Stop]);
    }
    for state in [
        Payment::Stopping,
        Payment::Case,
        Payment::Captured(TAKEN),
        Payment::Declined,
        CANCELLED,
        Payment::Returning(TAKEN),
    ] {
        check(state, PaymentEvent::Stop, state, &[]);
    }
}

#[test]
fn the_showtimes_end_makes_a_case_of_what_has_no_outcome() {
    let unknown = [Tell(Told::Unknown), LookLater];
    for state in OPEN.into_iter().chain([Payment::Stopping]) {
        check(state, PaymentEvent::Deadline, Payment::Case, &unknown);
    }
    for state in on_word().into_iter().chain([Payment::Case, CANCELLED]) {
        check(state, PaymentEvent::Deadline, state, &[]);
    }
}

#[test]
fn a_person_says_whether_it_was_taken_only_if_nobody_else_does() {
    let word = PaymentEvent::Word;
    let taken = [Tell(Told::Captured), LookLater];
    let on_word = Payment::Captured(ON_WORD);
    check(Payment::Case, word(Word::Taken), on_word, &taken);
    let failed = [Tell(Told::Failed), LookLater];
    let not = word(Word::NotTaken);
    check(Payment::Case, not, CANCELLED_ON_WORD, &failed);
    let refused = Err(WordRefusal::NotTheQuestion);
    check_by(Means::Card, Payment::Case, word(Word::GivenBack), refused);
    for said in [Word::Taken, Word::NotTaken, Word::GivenBack] {
        let closed = [Payment::Captured(TAKEN), on_word, CANCELLED];
        for state in OPEN.into_iter().chain([Payment::Stopping]).chain(closed) {
            check_by(Means::Card, state, word(said), Err(WordRefusal::Closed));
        }
    }
}

#[test]
fn what_is_not_finished_is_either_asked_about_or_owed() {
    for state in without_outcome() {
        assert!(state.is_without_outcome() && state.must_be_asked());
        assert!(state.is_unfinished() && !state.is_without_effect());
    }
    for state in on_word() {
        assert!(state.must_be_asked() && state.is_unfinished());
        assert!(!state.is_without_outcome(), "{state:?}");
    }
    let owed = Payment::Owed(TAKEN);
    assert!(owed.is_unfinished() && !owed.must_be_asked());
    for state in [Payment::Declined, CANCELLED, Payment::Returned(BACK)] {
        assert!(state.is_without_effect() && !state.is_unfinished());
    }
    assert!(!Payment::Captured(TAKEN).is_unfinished());
}

#[test]
fn only_what_is_taken_and_not_owed_back_pays() {
    assert_eq!(Payment::Captured(TAKEN).paid_minor(), AMOUNT_MINOR);
    assert_eq!(Payment::Captured(BACK).paid_minor(), 0);
    for state in [
        Payment::Owed(TAKEN),
        Payment::Returning(TAKEN),
        Payment::Case,
    ] {
        assert_eq!(state.paid_minor(), 0, "{state:?}");
    }
}
