//! What a side begins with that has forgotten what it did.

use super::*;
use crate::HoldId;
use crate::custody::{Answer, AtHub, Charge, Money, Snapshot, Testimony, begin, recover, snapshot};

pub(super) fn at(epoch: u32, state: SeatState) -> LoadedSeat {
    let epoch = Epoch::new(epoch);
    LoadedSeat {
        place: 0,
        seat: seat(),
        record: SeatRecord { epoch, state },
    }
}

pub(super) fn known(records: &[(&str, TicketRecord)]) -> BTreeMap<TicketId, TicketRecord> {
    let known = records.iter().cloned();
    known.map(|(name, it)| (ticket(name), it)).collect()
}

/// What the hub recovers of a seat that both know so, where the provider has taken money for it.
fn recovered(hub: (u32, SeatState), cinema: (u32, SeatState), money: Option<Money>) -> LoadedSeat {
    let testimony = Testimony {
        seats: &[at(cinema.0, cinema.1)],
        forgotten: &[],
        unheard: &[],
        untold: &[],
    };
    let charge = |money| Charge {
        ticket: ticket("t"),
        sale: sale(1, 1),
        hold: hold(),
        money,
    };
    let charges: Vec<_> = money.into_iter().map(charge).collect();
    let mut hub = recover(&[at(hub.0, hub.1)], &BTreeMap::new(), &testimony, &charges);
    hub.seats.remove(0)
}

pub(super) fn hold() -> HoldId {
    "guest".parse().unwrap()
}

#[test]
fn a_hub_that_has_forgotten_takes_the_higher_epoch() {
    let free = || SeatState::Free;
    assert_eq!(recovered((1, free()), (2, free()), None), at(2, free()));
    assert_eq!(recovered((2, free()), (1, free()), None), at(2, free()));
    let held = SeatState::Held(hold());
    let stays = recovered((1, held.clone()), (1, free()), None);
    assert_eq!(stays, at(1, held), "of one epoch it knows its own");
    let in_quarantine = recovered((1, free()), (1, SeatState::Quarantine), None);
    assert_eq!(in_quarantine, at(1, SeatState::Quarantine));
}

#[test]
fn a_hub_that_has_forgotten_seats_whoever_has_paid() {
    let free = || (1, SeatState::Free);
    let held = || (1, SeatState::Held(hold()));
    let sold = at(1, SeatState::Sold(ticket("t")));
    let paid = Some(Money::Captured);
    assert_eq!(recovered(free(), free(), paid), sold);
    assert_eq!(recovered(held(), free(), paid), sold);
    let forgotten_by_both = recovered((0, SeatState::Free), (0, SeatState::Free), paid);
    assert_eq!(forgotten_by_both, sold, "the charge proves the transfer");
    let given_since = recovered((2, SeatState::Free), (2, SeatState::Free), paid);
    assert_eq!(given_since, at(2, SeatState::Free));
    let never_paid = recovered(held(), free(), Some(Money::Cancelled));
    assert_eq!(never_paid, at(1, SeatState::Free), "its hold is over");
    let given_back = recovered(free(), free(), Some(Money::Refunded));
    assert_eq!(given_back, at(1, SeatState::Revoking(ticket("t"))));
}

#[test]
fn a_new_box_has_only_proven_seats() {
    let check = |record: LoadedSeat, has_begun, tickets: &[(&str, TicketRecord)], state| {
        let (seats, tickets) = ([record], known(tickets));
        let hub = AtHub {
            seats: &seats,
            tickets: &tickets,
            on_their_way: &[],
            has_begun,
        };
        let (snapshot, decision) = snapshot(&hub, false);
        assert_eq!(snapshot.seats[0].record.state, state);
        assert!(decision.seats.is_empty());
    };
    let of_the_cinema = [("t", TicketRecord::sold(sale(0, 1)))];
    let sold = SeatState::Sold(ticket("t"));
    check(at(0, SeatState::Free), false, &of_the_cinema, sold);
    check(at(0, SeatState::Free), false, &[], SeatState::Quarantine);
    check(at(1, SeatState::Free), false, &[], SeatState::Free);
    check(at(1, SeatState::Free), true, &[], SeatState::Quarantine);
    let ours = Sale::new(seat(), Custodian::Cinema, Epoch::new(1), 1);
    let at_risk = [("t", TicketRecord::sold(ours))];
    let taken_over = SeatState::TakenOver(ticket("t"));
    check(at(1, SeatState::Free), true, &at_risk, taken_over);
}

#[test]
fn when_both_have_forgotten_no_free_seat_is_proven() {
    let seats = [at(1, SeatState::Free)];
    let hub = AtHub {
        seats: &seats,
        tickets: &BTreeMap::new(),
        on_their_way: &[],
        has_begun: false,
    };
    let (snapshot, decision) = snapshot(&hub, true);
    assert_eq!(snapshot.seats[0].record.state, SeatState::Quarantine);
    assert_eq!(after(&decision), [(1, SeatState::Quarantine)]);
}

#[test]
fn a_new_life_knows_that_it_has_forgotten_and_tells_whom_it_let_in() {
    let old = standing(Custodian::Cinema).stopped(Stopped::Copy);
    let inside = TicketRecord {
        admitted: Some(Proof::Proven),
        ..TicketRecord::sold(sale(0, 1))
    };
    let remembered = known(&[("t", inside.clone()), ("found", inside)]);
    let snapshot = Snapshot {
        seats: vec![at(0, SeatState::Sold(ticket("t")))],
        tickets: known(&[("t", TicketRecord::sold(sale(0, 1)))]),
    };
    let begun = begin(&old, (&[], &remembered), &snapshot, (life(2), life(3)));
    let expected = Standing {
        life: life(2),
        other: Some(life(3)),
        has_forgotten: true,
        ..standing(Custodian::Cinema)
    };
    assert_eq!(begun.standing, expected);
    assert_eq!(begun.seats, snapshot.seats);
    let told = [
        Fact::Admitted(ticket("t"), Proof::Unproven),
        Fact::Found(ticket("found"), sale(0, 1)),
        Fact::Admitted(ticket("found"), Proof::Unproven),
    ];
    assert_eq!(begun.effects(), told.map(Effect::Tell));
    let admitted = begun.tickets.values().map(|record| record.admitted);
    assert!(admitted.eq([Some(Proof::Unproven); 2]));
}

/// How a new box has the only seat, of which the hub knows these tickets before the start.
fn begins_with(hub: (u32, SeatState), tickets: &[(&str, TicketRecord)]) -> SeatState {
    let (seats, tickets) = ([at(hub.0, hub.1)], known(tickets));
    let hub = AtHub {
        seats: &seats,
        tickets: &tickets,
        on_their_way: &[],
        has_begun: false,
    };
    let (mut snapshot, _) = snapshot(&hub, false);
    snapshot.seats.remove(0).record.state
}

#[test]
fn only_a_standing_ticket_of_the_cinema_proves_its_seat() {
    let proves = |sale: Sale, state| {
        let record = TicketRecord {
            state,
            ..TicketRecord::sold(sale)
        };
        begins_with((2, SeatState::Free), &[("t", record)])
    };
    let sold = SeatState::Sold(ticket("t"));
    assert_eq!(proves(sale(2, 1), TicketState::Live), sold);
    let of_the_hub = Sale {
        seller: Custodian::Hub,
        ..sale(2, 1)
    };
    let of_another_seat = Sale {
        seat: "A2".parse().unwrap(),
        ..sale(2, 1)
    };
    for (sale, state) in [
        (of_the_hub, TicketState::Live),
        (of_another_seat, TicketState::Live),
        (sale(0, 1), TicketState::Live),
        (sale(2, 1), TicketState::Revoked),
    ] {
        assert_eq!(proves(sale, state), SeatState::Quarantine);
    }
    let at_risk = Sale {
        at_risk: true,
        ..sale(0, 3)
    };
    assert_eq!(proves(at_risk.clone(), TicketState::Live), sold);
    let of_edition = |edition| TicketRecord::sold(sale(2, edition));
    let tickets = [
        ("risk", TicketRecord::sold(at_risk)),
        ("u", of_edition(2)),
        ("v", of_edition(1)),
    ];
    let latest = begins_with((2, SeatState::Free), &tickets);
    assert_eq!(latest, SeatState::Sold(ticket("u")));
}

#[test]
fn of_the_hubs_seats_only_what_was_taken_over_of_late_or_is_in_quarantine_stands_out() {
    let taken = |epoch, at_risk| {
        let sale = Sale {
            at_risk,
            seller: Custodian::Cinema,
            ..sale(epoch, 1)
        };
        begins_with((3, SeatState::Free), &[("t", TicketRecord::sold(sale))])
    };
    assert_eq!(taken(3, true), SeatState::TakenOver(ticket("t")));
    assert_eq!(taken(1, true), SeatState::Free, "it came home since");
    assert_eq!(taken(3, false), SeatState::Free);
    let in_quarantine = begins_with((1, SeatState::Quarantine), &[]);
    assert_eq!(in_quarantine, SeatState::Quarantine);
    let sold = begins_with((1, SeatState::Sold(ticket("t"))), &[]);
    assert_eq!(sold, SeatState::Free, "nobody's here");
}

#[test]
fn when_both_have_forgotten_only_what_the_hub_may_have_sold_changes_there() {
    let away = LoadedSeat {
        place: 1,
        seat: "A2".parse().unwrap(),
        ..at(1, SeatState::Sold(ticket("t")))
    };
    let seats = [at(2, SeatState::Free), away];
    let hub = AtHub {
        seats: &seats,
        tickets: &BTreeMap::new(),
        on_their_way: &[],
        has_begun: false,
    };
    let (snapshot, decision) = snapshot(&hub, true);
    assert_eq!(after(&decision), []);
    let states = snapshot.seats.into_iter().map(|it| it.record.state);
    assert!(states.eq([SeatState::Quarantine, SeatState::Free]));
}

#[test]
fn what_was_asked_of_the_lost_life_is_answered_by_what_is_remembered() {
    let old = standing(Custodian::Cinema).stopped(Stopped::Copy);
    let asked = |sale| TicketRecord {
        state: TicketState::Revoking,
        ..TicketRecord::sold(sale)
    };
    let inside = |record| TicketRecord {
        admitted: Some(Proof::Proven),
        ..record
    };
    let told = [
        ("inside", inside(TicketRecord::sold(sale(1, 1)))),
        ("maybe", asked(sale(1, 2))),
        ("ours", asked(sale(0, 3))),
        ("remembered", asked(sale(1, 4))),
    ];
    let remembered = known(&[
        ("inside", inside(asked(sale(1, 1)))),
        ("remembered", inside(asked(sale(1, 4)))),
        ("unused", asked(sale(1, 5))),
    ]);
    let snapshot = Snapshot {
        seats: Vec::new(),
        tickets: known(&told),
    };
    let begun = begin(&old, (&[], &remembered), &snapshot, (life(2), life(3)));
    assert!(begun.at_the_head);
    let facts = [
        Fact::Answered(ticket("maybe"), Answer::Unproven),
        Fact::Admitted(ticket("remembered"), Proof::Unproven),
        Fact::Answered(ticket("remembered"), Answer::AlreadyAdmitted),
    ];
    assert_eq!(begun.tells, facts);
    let of = |name: &str| {
        let TicketRecord {
            state,
            admitted,
            maybe_admitted,
            ..
        } = begun.tickets[&ticket(name)];
        (state, admitted, maybe_admitted)
    };
    let (live, asked) = (TicketState::Live, TicketState::Revoking);
    let unproven = TicketState::Unproven;
    assert_eq!(of("inside"), (live, Some(Proof::Proven), false));
    assert_eq!(of("maybe"), (unproven, None, true));
    assert_eq!(of("ours"), (asked, None, true), "its own till asks nobody");
    assert_eq!(of("remembered"), (live, Some(Proof::Unproven), true));
    assert_eq!(begun.tickets.len(), 4, "what let nobody in is forgotten");
}
