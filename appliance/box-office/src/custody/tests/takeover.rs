//! A manager's word over a seat that the hub may have sold, and what the hub makes of it.

use super::*;

/// What is decided of the only seat where its showtime has begun.
fn begun(
    standing: &Standing,
    (epoch, state): (u32, SeatState),
    input: &Input,
) -> Result<Decision, CustodyRefusal> {
    let epoch = Epoch::new(epoch);
    let seats = [LoadedSeat {
        place: 0,
        seat: seat(),
        record: SeatRecord { epoch, state },
    }];
    let loaded = Loaded {
        plan: Some(2),
        seats: &seats,
        tickets: &BTreeMap::new(),
        has_begun: true,
        doubted: None,
    };
    decide(standing, &loaded, input)
}

fn take_over(name: &str) -> Input {
    Input::TakeOver {
        seat: name.parse().unwrap(),
        ticket: ticket("ours"),
        edition: 3,
    }
}

#[test]
fn a_seat_of_the_hub_is_taken_over_where_it_is_and_told_as_sold_at_risk() {
    let cinema = standing(Custodian::Cinema);
    let decision = begun(&cinema, (1, SeatState::Free), &take_over("A1")).unwrap();
    let taken_over = SeatState::TakenOver(ticket("ours"));
    assert_eq!(after(&decision), [(1, taken_over)], "custody does not move");
    let sale = Sale {
        at_risk: true,
        seller: Custodian::Cinema,
        ..sale(1, 3)
    };
    let told = Fact::TakenOver(ticket("ours"), sale.clone());
    assert_eq!(decision.effects, [Effect::Tell(told)]);
    let [moved] = &decision.tickets[..] else {
        panic!("it is one ticket's: {:?}", decision.tickets);
    };
    let new = (None, TicketRecord::sold(sale));
    assert_eq!((moved.before.clone(), moved.after.clone()), new);
}

#[test]
fn nobody_takes_over_elsewhere_or_what_somebody_has() {
    let cinema = standing(Custodian::Cinema);
    let free = || (1, SeatState::Free);
    let at_hub = begun(&standing(Custodian::Hub), free(), &take_over("A1"));
    let not_here = Err(CustodyRefusal::NotThisSide(Custodian::Cinema));
    assert_eq!(at_hub, not_here);
    let stopped = begun(&cinema.stopped(Stopped::Copy), free(), &take_over("A1"));
    assert_eq!(stopped, Err(CustodyRefusal::Stopped));
    let unknown = begun(&cinema, free(), &take_over("Z9"));
    assert_eq!(unknown, Err(CustodyRefusal::Unknown));
    let not_free = Err(CustodyRefusal::NotFree(vec![seat()]));
    let taken = SeatState::TakenOver(ticket("t"));
    for of_somebody in [(0, SeatState::Free), (1, SeatState::Quarantine), (1, taken)] {
        let refused = begun(&cinema, of_somebody.clone(), &take_over("A1"));
        assert_eq!(refused, not_free, "{of_somebody:?}");
    }
}

/// What the hub makes of a seat that the lobby has taken over, where it has this ticket for it.
fn heard(seat: (u32, SeatState), known: &[(&str, TicketRecord)], name: &str) -> Decision {
    let sale = Sale {
        seat: name.parse().unwrap(),
        ..Sale::new(super::seat(), Custodian::Cinema, Epoch::new(1), 3)
    };
    let fact = Fact::TakenOver(ticket("theirs"), sale);
    let told = Input::Heard { plan: 2, fact };
    decided(&standing(Custodian::Hub), seat, known, &told).unwrap()
}

#[test]
fn what_the_hub_has_not_sold_is_the_cinemas() {
    let decision = heard((1, SeatState::Free), &[], "A1");
    assert_eq!(after(&decision), [(2, SeatState::Free)]);
    let told = Fact::Given(vec![(seat(), Epoch::new(2))]);
    assert_eq!(decision.effects, [Effect::Tell(told)]);
    assert_eq!(decision.tickets.len(), 1, "and the ticket is known");
}

#[test]
fn what_the_hub_has_otherwise_is_a_case() {
    let taken_over = Effect::Case(Case::TakenOver {
        seat: seat(),
        ticket: ticket("theirs"),
    });
    let held = heard((1, SeatState::Held("guest".parse().unwrap())), &[], "A1");
    assert_eq!(after(&held), [], "its guest has it yet");
    assert_eq!(held.effects, std::slice::from_ref(&taken_over));
    let sold = (1, SeatState::Sold(ticket("ours")));
    let records = [("ours", TicketRecord::sold(sale(1, 1)))];
    let two = Effect::Case(Case::TwoTickets {
        seat: seat(),
        ours: ticket("ours"),
        theirs: ticket("theirs"),
    });
    assert_eq!(heard(sold, &records, "A1").effects, [two], "and no other");
}

#[test]
fn what_went_to_the_cinema_meanwhile_is_only_known() {
    for (epoch, state) in [(2, SeatState::Free), (0, SeatState::Quarantine)] {
        let decision = heard((epoch, state), &[], "A1");
        assert_eq!((after(&decision), decision.effects), (vec![], vec![]));
        assert_eq!(decision.tickets.len(), 1);
    }
    let nowhere = heard((1, SeatState::Free), &[], "Z9");
    assert_eq!((after(&nowhere), nowhere.effects), (vec![], vec![]));
    assert_eq!(nowhere.tickets.len(), 1);
}
