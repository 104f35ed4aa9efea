//! What a hub that has forgotten makes of its own events, of the box's, and of what its provider has taken.

use super::recovery::{at, hold, known};
use super::*;
use crate::custody::{Answer, Charge, Money, Recovered, Testimony, recover};

/// What both sides, their streams and the provider say.
#[derive(Default)]
struct Said<'a> {
    /// The hub's seats and tickets.
    seats: &'a [LoadedSeat],
    tickets: &'a [(&'a str, TicketRecord)],
    /// The box's seats.
    theirs: &'a [LoadedSeat],
    forgotten: &'a [Fact],
    unheard: &'a [Fact],
    untold: &'a [Fact],
    charges: &'a [Charge],
}

impl Said<'_> {
    fn recovered(self) -> Recovered {
        let testimony = Testimony {
            seats: self.theirs,
            forgotten: self.forgotten,
            unheard: self.unheard,
            untold: self.untold,
        };
        recover(self.seats, &known(self.tickets), &testimony, self.charges)
    }

    /// How its only seat stands then.
    fn stands(self) -> (u32, SeatState) {
        let recovered = self.recovered();
        let [seat] = &recovered.seats[..] else {
            panic!("there is one seat: {:?}", recovered.seats);
        };
        (seat.record.epoch.number(), seat.record.state.clone())
    }
}

/// Beside the only seat of most tests.
fn neighbour(epoch: u32, state: SeatState) -> LoadedSeat {
    LoadedSeat {
        place: 1,
        seat: "A2".parse().unwrap(),
        ..at(epoch, state)
    }
}

fn sold_to(name: &str) -> SeatState {
    SeatState::Sold(ticket(name))
}

fn record(edition: u32, state: TicketState) -> TicketRecord {
    TicketRecord {
        state,
        ..TicketRecord::sold(sale(1, edition))
    }
}

fn charge(name: &str, edition: u32, money: Money) -> Charge {
    Charge {
        ticket: ticket(name),
        sale: sale(1, edition),
        hold: hold(),
        money,
    }
}

fn sold(name: &str, edition: u32) -> Fact {
    Fact::Sold(ticket(name), sale(1, edition))
}

const FREE: SeatState = SeatState::Free;

#[test]
fn each_seat_has_the_epoch_that_the_box_says_of_it() {
    let recovered = Said {
        seats: &[at(0, FREE), neighbour(0, FREE)],
        theirs: &[neighbour(1, FREE)],
        ..Said::default()
    };
    let recovered = recovered.recovered();
    assert_eq!(recovered.seats, [at(0, FREE), neighbour(1, FREE)]);
    assert_eq!(recovered.tells, []);
}

#[test]
fn what_was_on_its_way_to_the_box_is_told_again() {
    let told = |hub, cinema| {
        let said = Said {
            seats: &[at(hub, FREE)],
            theirs: &[at(cinema, FREE)],
            ..Said::default()
        };
        said.recovered().tells
    };
    let given = Fact::Given(vec![(seat(), Epoch::new(2))]);
    assert_eq!(told(2, 1), [given]);
    for (hub, cinema) in [(1, 0), (2, 0), (2, 2), (3, 2)] {
        assert_eq!(told(hub, cinema), [], "{hub} {cinema}");
    }
}

#[test]
fn its_own_sales_that_the_box_gives_back_are_sold() {
    let remembered = |forgotten: &[Fact], tickets: &[(&str, TicketRecord)]| {
        let said = Said {
            seats: &[at(1, FREE)],
            theirs: &[at(1, FREE)],
            tickets,
            forgotten,
            ..Said::default()
        };
        said.recovered()
    };
    let recovered = remembered(&[sold("t", 1), sold("u", 2)], &[]);
    assert_eq!(recovered.seats, [at(1, sold_to("u"))], "the later one");
    assert_eq!(recovered.tickets.len(), 2);
    let asked = Fact::AskedToRevoke(ticket("t"), sale(1, 1));
    let recovered = remembered(std::slice::from_ref(&asked), &[]);
    let revoking = SeatState::Revoking(ticket("t"));
    assert_eq!(recovered.seats, [at(1, revoking)]);
    assert_eq!(recovered.tells, [asked], "and asked again");
    let back = [("t", record(1, TicketState::Revoked))];
    let recovered = remembered(&[sold("t", 1)], &back);
    assert_eq!(recovered.seats, [at(1, FREE)], "what it knows of it stays");
}

#[test]
fn a_ticket_seats_its_guest_only_where_it_was_sold() {
    let of = |sale: Sale| [("t", TicketRecord::sold(sale))];
    let stands = |hub: (u32, SeatState), tickets: &[(&str, TicketRecord)]| {
        let (seats, theirs) = ([at(hub.0, hub.1)], [at(hub.0, FREE)]);
        let said = Said {
            seats: &seats,
            theirs: &theirs,
            tickets,
            ..Said::default()
        };
        said.stands()
    };
    assert_eq!(stands((1, FREE), &of(sale(1, 1))), (1, sold_to("t")));
    let elsewhere = Sale {
        seat: "A2".parse().unwrap(),
        ..sale(1, 1)
    };
    let at_the_cinema = Sale {
        seller: Custodian::Cinema,
        ..sale(1, 1)
    };
    for other in [elsewhere, at_the_cinema, sale(3, 1)] {
        assert_eq!(
            stands((1, FREE), &of(other.clone())),
            (1, FREE),
            "{other:?}"
        );
    }
    let back = [("t", record(1, TicketState::Revoked))];
    assert_eq!(stands((1, FREE), &back), (1, FREE));
    let odd = Sale {
        seller: Custodian::Hub,
        ..sale(2, 1)
    };
    assert_eq!(stands((2, FREE), &of(odd)), (2, FREE), "the cinema's");
    let has_one = (1, sold_to("first"));
    assert_eq!(stands(has_one.clone(), &of(sale(1, 1))), has_one);
}

#[test]
fn what_the_box_tells_of_tickets_is_known() {
    let (ours, theirs) = (sale(1, 1), sale(0, 1));
    let proof = |name: &str, proof| Fact::Admitted(ticket(name), proof);
    let said = Said {
        seats: &[at(1, FREE)],
        unheard: &[
            Fact::Sold(ticket("a"), theirs.clone()),
            Fact::Found(ticket("b"), ours.clone()),
            Fact::TakenOver(ticket("c"), theirs.clone()),
            proof("a", Proof::Unproven),
            proof("a", Proof::Proven),
            proof("unknown", Proof::Proven),
        ],
        ..Said::default()
    };
    let tickets = said.recovered().tickets;
    let inside = TicketRecord {
        admitted: Some(Proof::Unproven),
        ..TicketRecord::sold(theirs.clone())
    };
    let expected = [
        ("a", inside),
        ("b", TicketRecord::sold(ours)),
        ("c", TicketRecord::sold(theirs)),
    ];
    assert_eq!(tickets, known(&expected));
}

#[test]
fn what_the_box_has_answered_frees_that_seat_and_gives_the_money_back_once() {
    let seats = [neighbour(1, sold_to("v")), at(1, sold_to("t"))];
    let answered = |answer, charges: &[Charge]| {
        let said = Said {
            seats: &seats,
            tickets: &[("t", record(1, TicketState::Revoking))],
            unheard: &[Fact::Answered(ticket("t"), answer)],
            charges,
            ..Said::default()
        };
        said.recovered()
    };
    let back = answered(Answer::Revoked, &[charge("t", 1, Money::Captured)]);
    assert_eq!(back.seats, [seats[0].clone(), at(1, FREE)]);
    assert_eq!(back.tickets[&ticket("t")].state, TicketState::Revoked);
    assert_eq!(back.give_back, [ticket("t")]);
    let inside = answered(Answer::AlreadyAdmitted, &[]);
    assert_eq!(inside.seats, seats);
    assert_eq!(inside.give_back, []);
    let unproven = answered(Answer::Unproven, &[]);
    assert_eq!(unproven.seats[1], at(1, SeatState::Quarantine));
    assert_eq!(unproven.give_back, [ticket("t")]);
    let told = Fact::Quarantined(vec![seat()]);
    assert_eq!(unproven.tells, [told]);
}

#[test]
fn an_open_payment_is_cancelled_and_its_hold_is_over() {
    let other = SeatState::Held("other".parse().unwrap());
    let seats = [at(1, SeatState::Held(hold())), neighbour(1, other.clone())];
    let said = Said {
        seats: &seats,
        charges: &[charge("t", 1, Money::Open)],
        ..Said::default()
    };
    let recovered = said.recovered();
    assert_eq!(recovered.seats, [at(1, FREE), neighbour(1, other.clone())]);
    assert_eq!(recovered.cancel, [ticket("t")]);
    assert_eq!(recovered.give_back, []);
    let of_another_guest = Said {
        seats: &[at(1, other.clone())],
        charges: &[charge("t", 1, Money::Cancelled)],
        ..Said::default()
    };
    assert_eq!(of_another_guest.stands(), (1, other));
}

/// How the only seat stands after a capture, and whether the money goes back.
fn captured(hub: (u32, SeatState), known: Option<TicketRecord>, sale: Sale) -> (LoadedSeat, bool) {
    let known: Vec<_> = known.into_iter().map(|record| ("t", record)).collect();
    let said = Said {
        seats: &[at(hub.0, hub.1)],
        tickets: &known,
        charges: &[Charge {
            sale,
            ..charge("t", 1, Money::Captured)
        }],
        ..Said::default()
    };
    let mut recovered = said.recovered();
    let goes_back = recovered.give_back == [ticket("t")];
    assert!(goes_back || recovered.tickets.contains_key(&ticket("t")));
    (recovered.seats.remove(0), goes_back)
}

#[test]
fn whoever_has_paid_is_seated_where_the_seat_is_still_theirs() {
    let seated = |hub| captured(hub, None, sale(1, 1));
    assert_eq!(seated((1, FREE)), (at(1, sold_to("t")), false));
    assert_eq!(seated((0, FREE)), (at(1, sold_to("t")), false));
    assert_eq!(seated((1, sold_to("t"))), (at(1, sold_to("t")), false));
    let others = SeatState::Held("other".parse().unwrap());
    for lost in [(1, sold_to("u")), (1, others), (2, FREE), (3, FREE)] {
        assert_eq!(seated(lost.clone()), (at(lost.0, lost.1), true));
    }
    let of_the_cinemas = captured((0, FREE), None, sale(2, 1));
    assert_eq!(of_the_cinemas, (at(0, FREE), true), "it proves nothing");
}

#[test]
fn a_capture_is_seated_as_its_ticket_stands() {
    let seated = |state| captured((1, FREE), Some(record(1, state)), sale(1, 1));
    let revoking = SeatState::Revoking(ticket("t"));
    assert_eq!(seated(TicketState::Revoking), (at(1, revoking), false));
    assert_eq!(seated(TicketState::Revoked), (at(1, FREE), true));
    assert_eq!(seated(TicketState::Unproven), (at(1, FREE), true));
}

#[test]
fn of_two_that_paid_for_one_seat_the_first_has_it() {
    let of = |name: &str, edition| charge(name, edition, Money::Captured);
    let recovered = |charges: &[Charge]| {
        let said = Said {
            seats: &[at(1, FREE)],
            charges,
            ..Said::default()
        };
        said.recovered()
    };
    let expected = ([at(1, sold_to("t"))], [ticket("u")]);
    for charges in [[of("u", 2), of("t", 1)], [of("t", 1), of("u", 1)]] {
        let recovered = recovered(&charges);
        assert_eq!(recovered.seats, expected.0);
        assert_eq!(recovered.give_back, expected.1);
    }
}

#[test]
fn what_was_refunded_there_is_asked_back_and_not_free_until_it_is_answered() {
    let refunded = |hub: (u32, SeatState), charges: &[Charge]| {
        let said = Said {
            seats: &[at(hub.0, hub.1)],
            charges,
            ..Said::default()
        };
        said.recovered()
    };
    let one = [charge("t", 1, Money::Refunded)];
    let revoking = SeatState::Revoking(ticket("t"));
    let recovered = refunded((1, sold_to("t")), &one);
    assert_eq!(recovered.seats, [at(1, revoking)]);
    let asked = Fact::AskedToRevoke(ticket("t"), sale(1, 1));
    assert_eq!(recovered.tells, [asked]);
    assert_eq!(recovered.tickets[&ticket("t")].state, TicketState::Revoking);
    for elsewhere in [(1, sold_to("u")), (3, FREE), (2, FREE)] {
        let recovered = refunded(elsewhere.clone(), &one);
        assert_eq!(recovered.seats, [at(elsewhere.0, elsewhere.1)]);
    }
    let sold_anew = [charge("u", 2, Money::Captured), one[0].clone()];
    let recovered = refunded((1, sold_to("t")), &sold_anew);
    assert_eq!(recovered.seats, [at(1, sold_to("u"))]);
    assert_eq!(recovered.give_back, []);
    let both = [one[0].clone(), charge("u", 2, Money::Refunded)];
    let recovered = refunded((1, FREE), &both);
    let later = SeatState::Revoking(ticket("u"));
    assert_eq!(recovered.seats, [at(1, later)]);
}

#[test]
fn what_the_box_has_in_quarantine_of_the_hubs_stays_there() {
    let quarantine = SeatState::Quarantine;
    let stands = |hub: (u32, SeatState), cinema: (u32, SeatState)| {
        let said = Said {
            seats: &[at(hub.0, hub.1)],
            theirs: &[at(cinema.0, cinema.1)],
            ..Said::default()
        };
        let recovered = said.recovered();
        let is_told = recovered.tells == [Fact::Quarantined(vec![seat()])];
        (recovered.seats[0].record.state.clone(), is_told)
    };
    let kept = (quarantine.clone(), true);
    assert_eq!(stands((1, FREE), (1, quarantine.clone())), kept);
    let theirs_alone = stands((1, FREE), (0, quarantine.clone()));
    assert_eq!(theirs_alone, (FREE, false));
    assert_eq!(stands((1, FREE), (1, FREE)), (FREE, false));
    let sold = stands((1, sold_to("t")), (1, quarantine.clone()));
    assert_eq!(sold, (sold_to("t"), false));
    let of_the_cinemas = stands((2, quarantine.clone()), (2, FREE));
    assert_eq!(
        of_the_cinemas,
        (quarantine, false),
        "is not the hub's to tell"
    );
}

#[test]
fn what_still_holds_is_told_again() {
    let tickets = [
        ("t", record(1, TicketState::Live)),
        ("u", record(2, TicketState::Revoked)),
    ];
    let said = Said {
        seats: &[at(1, sold_to("t"))],
        tickets: &tickets,
        untold: &[sold("t", 1), sold("u", 2), sold("unknown", 3)],
        ..Said::default()
    };
    assert_eq!(said.recovered().tells, [sold("t", 1)]);
    let at_the_cinema = TicketRecord {
        state: TicketState::Revoking,
        ..TicketRecord::sold(sale(0, 1))
    };
    let said = Said {
        seats: &[at(0, FREE)],
        tickets: &[("t", at_the_cinema)],
        ..Said::default()
    };
    assert_eq!(said.recovered().tells, [], "its own till asks nobody");
}

#[test]
fn a_seat_that_the_lobby_took_over_is_given_where_it_is_free() {
    let taken_over = [at(1, SeatState::TakenOver(ticket("c")))];
    let recovered = |seats: &[LoadedSeat]| {
        let said = Said {
            seats,
            theirs: &taken_over,
            ..Said::default()
        };
        said.recovered()
    };
    let given = recovered(&[neighbour(1, FREE), at(1, FREE)]);
    assert_eq!(given.seats, [neighbour(1, FREE), at(2, FREE)]);
    let told = Fact::Given(vec![(seat(), Epoch::new(2))]);
    assert_eq!(given.tells, [told]);
    let sold = recovered(&[at(1, sold_to("t"))]);
    assert_eq!(
        (sold.seats, sold.tells),
        (vec![at(1, sold_to("t"))], vec![])
    );
}
