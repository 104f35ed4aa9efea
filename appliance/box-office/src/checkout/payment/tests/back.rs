//! The rules of money that goes back, one test each.

use super::*;

const RETURN: PaymentEffect = PaymentEffect::Return {
    amount_minor: AMOUNT_MINOR,
};

fn give_back(by_hand: bool) -> PaymentEvent {
    PaymentEvent::GiveBack { by_hand }
}

#[test]
fn a_card_goes_back_by_its_means_and_cash_by_a_hand() {
    for by_hand in [false, true] {
        let returning = Payment::Returning(TAKEN);
        check(
            Payment::Captured(TAKEN),
            give_back(by_hand),
            returning,
            &[RETURN],
        );
    }
    let owed: &[_] = &[Tell(Told::StillOwed)];
    for (by_hand, next, effects) in [
        (true, Payment::Returned(BACK), &[][..]),
        (false, Payment::Owed(TAKEN), owed),
    ] {
        let (taken, event) = (Payment::Captured(TAKEN), give_back(by_hand));
        check_by(Means::Cash, taken, event, Ok((next, effects)));
    }
}

#[test]
fn only_what_is_taken_goes_back() {
    let not_here = [
        Payment::Declined,
        CANCELLED,
        Payment::Owed(TAKEN),
        Payment::Returning(TAKEN),
        Payment::Returned(BACK),
    ];
    for state in without_outcome().chain(not_here) {
        for means in Means::ALL {
            check_by(means, state, give_back(true), Ok((state, &[])));
        }
    }
}

#[test]
fn they_are_asked_to_give_back_until_they_have() {
    let returning = Payment::Returning(TAKEN);
    for event in [PaymentEvent::Due, PaymentEvent::Restart] {
        check(returning, event, returning, &[Look]);
    }
    check_said(returning, CAPTURED, returning, &[RETURN]);
    check(returning, PaymentEvent::NoAnswer, returning, &[LookLater]);
    for said in [Said::NeverHeard, Said::Waiting, Said::Step, Said::Declined] {
        check_said(returning, said, returning, &[LookLater]);
    }
    let returned = [Tell(Told::Returned)];
    let back = Payment::Returned(BACK);
    check_said(returning, Said::Returned, back, &returned);
    check_said(back, Said::Returned, back, &[]);
}

/// Somebody gave it back at the terminal itself: it pays for nothing, whoever has said that it was taken.
#[test]
fn what_went_back_outside_is_seen() {
    for taken in [TAKEN, ON_WORD] {
        let (captured, back) = (Payment::Captured(taken), Payment::Returned(BACK));
        let unasked = [Tell(Told::ReturnedUnasked)];
        check_said(captured, Said::Returned, back, &unasked);
    }
    assert_eq!(Payment::Returned(BACK).paid_minor(), 0);
}

/// They refuse to give back what they have not taken: what only a person said is looked at before it is asked for again.
#[test]
fn what_a_person_said_to_be_taken_goes_back_as_they_say() {
    let returning = Payment::Returning(ON_WORD);
    check(
        Payment::Captured(ON_WORD),
        give_back(false),
        returning,
        &[RETURN],
    );
    for event in [PaymentEvent::Due, PaymentEvent::Restart] {
        check(returning, event, returning, &[Look]);
    }
    let less = Payment::Returning(Taken::whole(700));
    let back = PaymentEffect::Return { amount_minor: 700 };
    let said = Said::Captured { amount_minor: 700 };
    check_said(returning, said, less, &[back]);
    for owed in [returning, Payment::Owed(ON_WORD)] {
        for said in [Said::Declined, Said::Cancelled] {
            check_said(owed, said, CANCELLED, &[Tell(Told::Failed)]);
        }
    }
}

#[test]
fn after_the_showtime_a_person_sees_what_is_owed() {
    for state in [Payment::Owed(TAKEN), Payment::Returning(TAKEN)] {
        let owed = [Tell(Told::StillOwed)];
        check(state, PaymentEvent::Deadline, state, &owed);
    }
}

/// A person handed it out while they could not be asked, and they gave it back too.
#[test]
fn what_went_back_twice_is_seen() {
    let (by_hand, back) = (Payment::Returned(BACK_ON_WORD), Payment::Returned(BACK));
    check_said(by_hand, CAPTURED, back, &[]);
    check_said(by_hand, Said::Waiting, by_hand, &[LookLater]);
    let twice = [Tell(Told::ReturnedTwice)];
    check_said(by_hand, Said::Returned, back, &twice);
}

#[test]
fn a_hand_gives_back_what_is_owed() {
    let given = PaymentEvent::Word(Word::GivenBack);
    let told: &[_] = &[Tell(Told::Returned)];
    let back = Payment::Returned(BACK);
    check_by(Means::Cash, Payment::Owed(TAKEN), given, Ok((back, told)));
    // They may have been asked to give it back before, and must say that they have not.
    let looked_at = [Tell(Told::Returned), LookLater];
    let on_word = Payment::Returned(BACK_ON_WORD);
    for taken in [TAKEN, ON_WORD] {
        check(Payment::Returning(taken), given, on_word, &looked_at);
    }
    for word in [Word::Taken, Word::NotTaken] {
        for state in [Payment::Owed(TAKEN), Payment::Returning(TAKEN)] {
            let refused = Err(WordRefusal::NotTheQuestion);
            check_by(Means::Card, state, PaymentEvent::Word(word), refused);
        }
    }
}
