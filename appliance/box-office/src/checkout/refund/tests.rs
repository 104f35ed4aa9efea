//! The rules of a refund, one test each.

use super::RefundEffect::{AskToRevoke, Free, GiveBack, Tell};
use super::*;

const ASKED: [Refund; 2] = [Refund::Requested, Refund::Revoking];

#[track_caller]
fn check(state: Refund, event: RefundEvent, next: Refund, effects: &[RefundEffect]) {
    let step = Step {
        state: next,
        effects: effects.to_vec(),
    };
    assert_eq!(state.on(event), Ok(step), "{state:?} on {event:?}");
}

#[test]
fn the_cinema_is_asked_until_it_answers() {
    for state in ASKED {
        check(state, RefundEvent::Due, Refund::Revoking, &[AskToRevoke]);
    }
    for answered in [Refund::Owed, Refund::Done, Refund::Refused] {
        check(answered, RefundEvent::Due, answered, &[]);
    }
}

#[test]
fn only_a_revoked_ticket_frees_its_seat() {
    let told = Tell(RefundTold::Owed);
    for state in ASKED {
        let freed = [Free, GiveBack, told];
        check(state, RefundEvent::Revoked, Refund::Owed, &freed);
        for event in [RefundEvent::Unproven, RefundEvent::Deadline] {
            check(state, event, Refund::Owed, &[GiveBack, told]);
        }
    }
    for state in [Refund::Owed, Refund::Done, Refund::Refused] {
        check(state, RefundEvent::Revoked, state, &[]);
    }
}

#[test]
fn who_was_admitted_gets_nothing_back_unless_a_manager_says_so() {
    let (admitted, refused) = (RefundEvent::AlreadyAdmitted, Refund::Refused);
    for state in ASKED {
        check(state, admitted, refused, &[Tell(RefundTold::Refused)]);
    }
    for event in [admitted, RefundEvent::Unproven, RefundEvent::Deadline] {
        check(refused, event, refused, &[]);
    }
    let [give_back, keep] = [RefundWord::GiveBack, RefundWord::Keep].map(RefundEvent::Word);
    let owed = [GiveBack, Tell(RefundTold::Owed)];
    check(refused, give_back, Refund::Owed, &owed);
    check(refused, keep, refused, &[Tell(RefundTold::Kept)]);
    for state in [
        Refund::Requested,
        Refund::Revoking,
        Refund::Owed,
        Refund::Done,
    ] {
        assert_eq!(state.on(give_back), Err(WordRefusal::Closed));
        assert_eq!(state.on(keep), Err(WordRefusal::Closed));
    }
}

#[test]
fn it_is_done_when_the_money_is_back() {
    let done = [Tell(RefundTold::Done)];
    check(Refund::Owed, RefundEvent::Returned, Refund::Done, &done);
    for state in ASKED {
        check(state, RefundEvent::Returned, state, &[]);
    }
    let known = [Tell(RefundTold::AdmittedAfterAll)];
    for state in [Refund::Owed, Refund::Done] {
        check(state, RefundEvent::AlreadyAdmitted, state, &known);
    }
}

#[test]
fn what_is_owed_is_unfinished() {
    for state in [Refund::Requested, Refund::Revoking, Refund::Owed] {
        assert!(state.is_unfinished(), "{state:?}");
    }
    assert!(!Refund::Done.is_unfinished() && !Refund::Refused.is_unfinished());
}
