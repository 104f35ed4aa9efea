//! Single decisions, and what the model does not have: plans that are not known yet, codes for another life, the table of Hello.

mod hub_recovery;
mod quarantine;
mod recovery;
mod revoking;
mod takeover;

use std::collections::BTreeMap;

use super::{
    Arrival, Authority, Case, Custodian, CustodyRefusal, Decision, Effect, Epoch, Fact, HandOver,
    Input, Life, Loaded, LoadedSeat, Proof, Sale, SeatRecord, SeatState, Standing, Stopped,
    TicketRecord, TicketState, arrival, decide,
};
use crate::checkout::RefundEvent;
use crate::{SeatId, TicketId};

fn life(number: u64) -> Life {
    Life {
        number,
        random: [7; 16],
    }
}

fn standing(side: Custodian) -> Standing {
    Standing {
        side,
        life: life(1),
        other: Some(life(1)),
        authority: Authority::Whole,
        has_forgotten: false,
    }
}

fn seat() -> SeatId {
    "A1".parse().unwrap()
}

fn ticket(name: &str) -> TicketId {
    name.parse().unwrap()
}

fn sale(epoch: u32, edition: u32) -> Sale {
    Sale {
        seat: seat(),
        seller: Epoch::new(epoch).custodian(),
        epoch: Epoch::new(epoch),
        edition,
        at_risk: false,
    }
}

/// What is decided where the only seat is at this epoch in this state.
fn decided(
    standing: &Standing,
    seat: (u32, SeatState),
    tickets: &[(&str, TicketRecord)],
    input: &Input,
) -> Result<Decision, CustodyRefusal> {
    decided_where(None, standing, seat, tickets, input)
}

/// The same where whoever bought the seat up to this epoch may have it still.
fn decided_where(
    doubted: Option<u32>,
    standing: &Standing,
    (epoch, state): (u32, SeatState),
    tickets: &[(&str, TicketRecord)],
    input: &Input,
) -> Result<Decision, CustodyRefusal> {
    let tickets: BTreeMap<_, _> = tickets
        .iter()
        .map(|(name, record)| (ticket(name), record.clone()))
        .collect();
    let seats = [LoadedSeat {
        place: 0,
        seat: seat(),
        record: SeatRecord {
            epoch: Epoch::new(epoch),
            state,
        },
    }];
    let loaded = Loaded {
        plan: Some(2),
        seats: &seats,
        tickets: &tickets,
        has_begun: false,
        doubted: doubted.map(Epoch::new),
    };
    decide(standing, &loaded, input)
}

fn given(plan: u32, seat: &str, epoch: u32) -> Input {
    Input::Heard {
        plan,
        fact: Fact::Given(vec![(seat.parse().unwrap(), Epoch::new(epoch))]),
    }
}

fn after(decision: &Decision) -> Vec<(u32, SeatState)> {
    let seats = decision.seats.iter();
    seats
        .map(|step| (step.after.epoch.number(), step.after.state.clone()))
        .collect()
}

#[test]
fn a_transfer_takes_effect_only_in_turn() {
    let hub = standing(Custodian::Hub);
    let hear =
        |known, told| decided(&hub, (known, SeatState::Free), &[], &given(2, "A1", told)).unwrap();
    assert_eq!(after(&hear(0, 1)), [(1, SeatState::Free)]);
    assert_eq!(hear(1, 1).effects, [], "old ones are passed over");
    for (known, told) in [(0, 3), (1, 2)] {
        let decision = hear(known, told);
        assert!(decision.seats.is_empty() && decision.moves_position);
        assert!(matches!(
            decision.effects[..],
            [Effect::Case(Case::OutOfTurn { .. })]
        ));
    }
}

#[test]
fn a_seat_that_both_claim_is_left_to_one() {
    let hub = standing(Custodian::Hub);
    let leave = |state, known| {
        let (seat, known) = (seat(), Epoch::new(known));
        let input = Input::LeaveToTheOther { seat, known };
        decided(&hub, (1, state), &[], &input)
    };
    for (known, epoch) in [(0, 2), (2, 2), (4, 4), (5, 6)] {
        let left = leave(SeatState::Quarantine, known).unwrap();
        assert_eq!(after(&left), [(epoch, SeatState::Quarantine)]);
        let told = Fact::Given(vec![(seat(), Epoch::new(epoch))]);
        assert_eq!(left.effects, [Effect::Tell(told)]);
    }
    let sold = leave(SeatState::Sold(ticket("t")), 2);
    assert_eq!(sold, Err(CustodyRefusal::NotFree(vec![seat()])));

    let cinema = standing(Custodian::Cinema);
    let hear = |known, state| decided(&cinema, (known, state), &[], &given(2, "A1", 6)).unwrap();
    let left_to_us = hear(2, SeatState::Quarantine);
    assert_eq!(after(&left_to_us), [(6, SeatState::Quarantine)]);
    assert_eq!(left_to_us.effects, []);
    for (known, state) in [(2, SeatState::Free), (3, SeatState::Quarantine)] {
        let out_of_turn = hear(known, state);
        assert!(out_of_turn.seats.is_empty(), "{known}");
    }
}

#[test]
fn what_is_not_known_yet_is_kept() {
    let cinema = standing(Custodian::Cinema);
    let check = |input: &Input, fact: &Fact, plan| {
        let decision = decided(&cinema, (1, SeatState::Free), &[], input).unwrap();
        assert!(decision.seats.is_empty() && decision.moves_position);
        let fact = fact.clone();
        assert_eq!(decision.effects, [Effect::Keep { plan, fact }]);
    };
    for (plan, name) in [(3, "A1"), (2, "Z1")] {
        let input = given(plan, name, 2);
        let Input::Heard { fact, .. } = &input else {
            panic!("it is heard")
        };
        check(&input, fact, plan);
    }
}

#[test]
fn a_given_seat_keeps_its_ticket() {
    let cinema = standing(Custodian::Cinema);
    let hear = |state| decided(&cinema, (1, state), &[], &given(2, "A1", 2)).unwrap();
    let risk = hear(SeatState::TakenOver(ticket("t")));
    assert_eq!(after(&risk), [(2, SeatState::Sold(ticket("t")))]);
    let odd = hear(SeatState::Sold(ticket("t")));
    assert_eq!(after(&odd), [(2, SeatState::Sold(ticket("t")))]);
    assert!(matches!(
        odd.effects[..],
        [Effect::Case(Case::GivenWithTicket { .. })]
    ));
    assert_eq!(
        after(&hear(SeatState::Quarantine)),
        [(2, SeatState::Quarantine)]
    );
}

#[test]
fn who_is_stopped_gives_scans_and_hears_nothing() {
    let cinema = standing(Custodian::Cinema).stopped(Stopped::Copy);
    let code = Input::Scan(HandOver {
        incarnation: life(1),
        generation: life(1),
        plan: 2,
        seats: vec![(seat(), Epoch::new(2))],
    });
    for input in [Input::Give(vec![seat()]), given(2, "A1", 2), code] {
        let refused = decided(&cinema, (1, SeatState::Free), &[], &input);
        assert_eq!(refused, Err(CustodyRefusal::Stopped));
    }
}

#[test]
fn two_tickets_of_one_edition_are_a_case() {
    let cinema = standing(Custodian::Cinema);
    let hear = |known: TicketRecord| {
        let fact = Fact::Sold(ticket("t"), sale(1, 2));
        let told = Input::Heard { plan: 2, fact };
        let known = [("u", known)];
        decided(&cinema, (1, SeatState::Free), &known, &told).unwrap()
    };
    let of_edition = |edition| TicketRecord::sold(sale(1, edition));
    let twins = Case::TwoTickets {
        seat: seat(),
        ours: ticket("u"),
        theirs: ticket("t"),
    };
    assert_eq!(hear(of_edition(2)).effects, [Effect::Case(twins)]);
    assert_eq!(hear(of_edition(1)).effects, [], "its sale rose");
    let given_back = TicketRecord {
        state: TicketState::Revoked,
        ..of_edition(2)
    };
    assert_eq!(hear(given_back).effects, []);
}

#[test]
fn a_code_is_for_two_lives_and_is_listed() {
    let cinema = standing(Custodian::Cinema);
    let scan = |incarnation, generation| {
        let code = HandOver {
            incarnation: life(incarnation),
            generation: life(generation),
            plan: 2,
            seats: vec![(seat(), Epoch::new(2))],
        };
        decided(&cinema, (1, SeatState::Free), &[], &Input::Scan(code))
    };
    let decision = scan(1, 1).unwrap();
    assert_eq!(after(&decision), [(2, SeatState::Free)]);
    assert_eq!(
        decision.effects,
        [Effect::ListInHello(seat(), Epoch::new(2))]
    );
    assert!(!decision.moves_position);
    assert_eq!(scan(2, 1), Err(CustodyRefusal::OldCode));
    assert_eq!(scan(1, 2), Err(CustodyRefusal::OldCode));
}

fn present(name: &str, sale: Sale) -> Input {
    Input::Present {
        ticket: ticket(name),
        sale,
    }
}

#[test]
fn the_door_admits_once_and_only_the_latest() {
    let cinema = standing(Custodian::Cinema);
    let record = |edition| TicketRecord::sold(sale(1, edition));
    let inside = TicketRecord {
        admitted: Some(Proof::Proven),
        ..record(1)
    };
    let back = TicketRecord {
        state: TicketState::Revoked,
        ..record(1)
    };
    let at = |seat: (u32, SeatState), tickets: &[(&str, TicketRecord)], sale| {
        decided(&cinema, seat, tickets, &present("t", sale))
            .map(|decision| decision.tickets[0].after.admitted)
    };
    let hubs = || (1, SeatState::Free);
    let proven = Ok(Some(Proof::Proven));
    assert_eq!(at(hubs(), &[("t", record(1))], sale(1, 1)), proven);
    assert_eq!(
        at(hubs(), &[("t", inside)], sale(1, 1)),
        Err(CustodyRefusal::AlreadyAdmitted)
    );
    assert_eq!(
        at(hubs(), &[("t", back)], sale(1, 1)),
        Err(CustodyRefusal::Revoked)
    );
    let later = [("t", record(1)), ("u", record(2))];
    assert_eq!(
        at(hubs(), &later, sale(1, 1)),
        Err(CustodyRefusal::Superseded)
    );
    let replaced = at(hubs(), &[("t", record(2))], sale(1, 1));
    assert_eq!(replaced, Err(CustodyRefusal::Superseded));
    let given_back = at((2, SeatState::Free), &[], sale(1, 1));
    assert_eq!(given_back, Err(CustodyRefusal::Superseded));
}

#[test]
fn whoever_bought_what_nobody_can_say_anything_of_is_let_in() {
    let cinema = standing(Custodian::Cinema);
    let effects = |doubted, seat: (u32, SeatState), tickets: &[(&str, TicketRecord)]| {
        let presented = present("t", sale(1, 1));
        decided_where(doubted, &cinema, seat, tickets, &presented).map(|decided| decided.effects)
    };
    let two = |theirs: &str| {
        Effect::Case(Case::TwoTickets {
            seat: seat(),
            ours: ticket(theirs),
            theirs: ticket("t"),
        })
    };
    let later = [("u", TicketRecord::sold(sale(3, 1)))];
    let sold = (2, SeatState::Sold(ticket("v")));
    let superseded = Err(CustodyRefusal::Superseded);
    assert!(effects(None, (2, SeatState::Quarantine), &[]).is_ok());
    assert_eq!(effects(None, sold.clone(), &[]), superseded);
    assert_eq!(effects(Some(0), sold.clone(), &[]), superseded);
    assert!(effects(Some(1), sold, &[]).unwrap().contains(&two("v")));
    let away = effects(Some(1), (3, SeatState::Free), &later);
    assert!(away.unwrap().contains(&two("u")));
    let home = effects(Some(1), (2, SeatState::Free), &[]).unwrap();
    assert_eq!(home.len(), 3, "found, let in, and a case: {home:?}");
}

#[test]
fn what_was_sold_at_risk_supersedes_nothing_and_nothing_supersedes_it() {
    let cinema = standing(Custodian::Cinema);
    let at_risk = |edition| Sale {
        at_risk: true,
        ..sale(1, edition)
    };
    let of_another_seat = Sale {
        seat: "A2".parse().unwrap(),
        ..sale(1, 2)
    };
    for (presented, other) in [
        (sale(1, 1), at_risk(2)),
        (at_risk(1), sale(1, 2)),
        (sale(1, 1), of_another_seat),
    ] {
        let records = [presented.clone(), other].map(TicketRecord::sold);
        let [ours, other] = records;
        let records = [("t", ours), ("u", other)];
        let hubs = (1, SeatState::Free);
        let decision = decided(&cinema, hubs, &records, &present("t", presented));
        let admitted = decision.map(|it| it.tickets[0].after.admitted);
        assert_eq!(admitted, Ok(Some(Proof::Proven)), "{records:?}");
    }
}

#[test]
fn a_ticket_that_no_record_knows_proves_its_seat() {
    let cinema = Standing {
        has_forgotten: true,
        ..standing(Custodian::Cinema)
    };
    let input = present("t", sale(2, 1));
    // In quarantine, or free again by a person's word.
    for state in [SeatState::Quarantine, SeatState::Free] {
        let decision = decided(&cinema, (2, state), &[], &input).unwrap();
        assert_eq!(after(&decision), [(2, SeatState::Sold(ticket("t")))]);
        assert_eq!(decision.tickets[0].after.admitted, Some(Proof::Unproven));
        assert_eq!(
            decision.effects[0],
            Effect::Tell(Fact::Found(ticket("t"), sale(2, 1)))
        );
    }
}

#[test]
fn a_ticket_that_may_have_been_used_is_let_in_unproven() {
    let cinema = standing(Custodian::Cinema);
    let record = TicketRecord {
        maybe_admitted: true,
        ..TicketRecord::sold(sale(0, 1))
    };
    let sold = || (0, SeatState::Sold(ticket("t")));
    let input = present("t", sale(0, 1));
    let decision = decided(&cinema, sold(), &[("t", record.clone())], &input).unwrap();
    assert_eq!(decision.tickets[0].after.admitted, Some(Proof::Unproven));
    let refund = Input::Refund(ticket("t"));
    let decision = decided(&cinema, sold(), &[("t", record)], &refund).unwrap();
    assert_eq!(
        after(&decision),
        [(0, SeatState::Quarantine)],
        "not sold again"
    );
}

#[test]
fn a_seat_is_taken_over_after_the_start_only() {
    let input = Input::TakeOver {
        seat: seat(),
        ticket: ticket("t"),
        edition: 1,
    };
    let cinema = standing(Custodian::Cinema);
    let at = |seat| decided(&cinema, seat, &[], &input).map(|decision| after(&decision));
    assert_eq!(at((1, SeatState::Free)), Err(CustodyRefusal::NotBegun));
    assert_eq!(
        at((0, SeatState::Free)),
        Err(CustodyRefusal::NotFree(vec![seat()]))
    );
    let out = at((0, SeatState::Quarantine));
    assert_eq!(out, Ok(vec![(0, SeatState::Sold(ticket("t")))]));
}

#[test]
fn whoever_bought_a_seat_that_was_taken_over_is_let_in_and_a_person_is_told() {
    let cinema = standing(Custodian::Cinema);
    let taken_over = SeatState::TakenOver(ticket("ours"));
    let ours = Sale::new(seat(), Custodian::Cinema, Epoch::new(1), 1);
    assert!(ours.at_risk, "it was the hub's");
    let records = [("ours", TicketRecord::sold(ours.clone()))];
    let theirs = present("theirs", sale(1, 1));
    let decision = decided(&cinema, (1, taken_over.clone()), &records, &theirs).unwrap();
    let two = Effect::Case(Case::TwoTickets {
        seat: seat(),
        ours: ticket("ours"),
        theirs: ticket("theirs"),
    });
    assert!(decision.effects.contains(&two), "{:?}", decision.effects);
    assert_eq!(after(&decision), [], "the seat stays as it is");
    // Given since, it is theirs whom it was taken over for.
    let given = (2, SeatState::Sold(ticket("ours")));
    let decision = decided(&cinema, given, &records, &present("ours", ours)).unwrap();
    assert_eq!(decision.tickets[0].after.admitted, Some(Proof::Proven));
}

#[test]
fn a_copy_knows_itself_by_its_lineage() {
    let hub = standing(Custodian::Hub);
    assert!(hub.started([1; 16], Some([1; 16])).is_whole());
    for outside in [None, Some([2; 16])] {
        let started = hub.started([1; 16], outside);
        assert_eq!(started.authority, Authority::Lost(Stopped::Copy));
    }
    let stale = hub.stopped(Stopped::Stale).stopped(Stopped::Copy);
    assert_eq!(
        stale.authority,
        Authority::Lost(Stopped::Stale),
        "the first stays"
    );
}

#[test]
fn even_epochs_are_the_cinemas() {
    assert_eq!(Epoch::FIRST.custodian(), Custodian::Cinema);
    assert_eq!(
        Epoch::FIRST.next().map(Epoch::custodian),
        Some(Custodian::Hub)
    );
    assert_eq!(Epoch::new(u32::MAX).next(), None);
    assert_eq!(Custodian::Hub.other(), Custodian::Cinema);
}

#[test]
fn a_transfer_takes_effect_only_exactly_one_above() {
    let check = |ours, known, told, becomes| {
        assert_eq!(arrival(ours, Epoch::new(known), Epoch::new(told)), becomes);
    };
    check(Custodian::Hub, 0, 1, Arrival::TakesEffect);
    check(Custodian::Hub, 1, 1, Arrival::Old);
    check(Custodian::Hub, 2, 1, Arrival::Old);
    check(Custodian::Hub, 0, 3, Arrival::TooEarly);
    check(Custodian::Hub, 0, 2, Arrival::NotForUs);
    check(Custodian::Cinema, 1, 2, Arrival::TakesEffect);
    check(Custodian::Cinema, 1, 4, Arrival::TooEarly);
    check(Custodian::Cinema, 0, 1, Arrival::NotForUs);
    check(Custodian::Hub, u32::MAX, 1, Arrival::Old);
}

#[test]
fn whose_guest_is_known_to_be_inside_has_no_money_back_because_nobody_answered() {
    let hub = standing(Custodian::Hub);
    let at_hub = |admitted: Option<Proof>| {
        let record = TicketRecord {
            state: TicketState::Revoking,
            admitted,
            ..TicketRecord::sold(sale(1, 1))
        };
        let seat = (1, SeatState::Revoking(ticket("t")));
        let unanswered = Input::Unanswered(ticket("t"));
        decided(&hub, seat, &[("t", record)], &unanswered).unwrap()
    };
    let silent = at_hub(None);
    assert_eq!(after(&silent), [(1, SeatState::Quarantine)]);
    let inside = at_hub(Some(Proof::Proven));
    assert_eq!(after(&inside), [(1, SeatState::Sold(ticket("t")))]);
    let told = |decision: &Decision| {
        let refunds = decision.effects.iter().filter_map(|effect| match effect {
            Effect::Refund(_, event) => Some(*event),
            Effect::Tell(_) | Effect::Keep { .. } | Effect::ListInHello(..) | Effect::Case(_) => {
                None
            }
        });
        refunds.collect::<Vec<_>>()
    };
    assert_eq!(told(&silent), [RefundEvent::Deadline]);
    assert_eq!(told(&inside), [RefundEvent::AlreadyAdmitted]);
}
