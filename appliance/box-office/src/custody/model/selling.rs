//! What people do at both counters and at the door.

use std::sync::Arc;

use super::action::Action;
use super::setup::Setup;
use super::world::{Broken, Guest, Promise, World, names};
use crate::custody::decide::decide_with;
use crate::custody::{
    Custodian, CustodyRefusal, Input, Loaded, Money, Proof, Sale, SeatState, TicketState,
};

pub(super) fn possible(setup: &Setup, world: &World, actions: &mut Vec<Action>) {
    let may_sell = world.guests.len() < setup.tickets;
    for place in 0..setup.seats {
        for (nth, cinema) in world.boxes.iter().enumerate() {
            if may_sell {
                actions.push(Action::Sell(Custodian::Cinema, nth, place));
            }
            if cinema.seats[place].record.epoch.number() < setup.last_epoch {
                actions.push(Action::Give(Custodian::Cinema, nth, place));
            }
        }
        if may_sell {
            actions.push(match setup.payments {
                true => Action::Hold(place),
                false => Action::Sell(Custodian::Hub, 0, place),
            });
            if world.left.moneyless > 0 {
                actions.push(Action::SellForNothing(place));
            }
            if world.left.takeovers > 0 {
                actions.push(Action::TakeOver(place));
            }
        }
        if world.hub.seats[place].record.epoch.number() < setup.last_epoch {
            actions.push(Action::Give(Custodian::Hub, 0, place));
        }
        if world.left.exits > 0 {
            actions.push(Action::LeaveQuarantine(Custodian::Cinema, place));
            actions.push(Action::LeaveQuarantine(Custodian::Hub, place));
        }
    }
    for (nth, guest) in world.guests.iter().enumerate() {
        of_guest(setup, world, (nth, guest), actions);
    }
}

fn of_guest(
    setup: &Setup,
    world: &World,
    (nth, guest): (usize, &Guest),
    actions: &mut Vec<Action>,
) {
    match guest.money {
        Some(Money::Open) => actions.extend([Action::Capture(nth), Action::Cancel(nth)]),
        Some(Money::Captured) if guest.promise == Promise::None => {
            actions.extend([Action::Settle(nth), Action::LateCapture(nth)]);
        }
        Some(Money::Captured | Money::Refunded | Money::Cancelled) | None => {}
    }
    if world.left.refunds > 0 && guest.promise == Promise::Sold {
        match guest.sale.seller {
            Custodian::Cinema => actions.extend(
                (0..world.boxes.len()).map(|at| Action::Refund(Custodian::Cinema, at, nth)),
            ),
            Custodian::Hub => actions.push(Action::Refund(Custodian::Hub, 0, nth)),
        }
    }
    if setup.ends {
        actions.push(Action::Unanswered(nth));
    }
    let has_a_code = !matches!(guest.promise, Promise::None | Promise::Waits);
    let was_given_money = guest.money == Some(Money::Cancelled);
    if has_a_code && !was_given_money && world.admissions.len() < setup.admissions {
        actions.extend((0..world.boxes.len()).map(|at| Action::Present(at, nth)));
    }
}

fn sold_without_right(world: &World, (side, nth): (Custodian, usize), place: usize) -> bool {
    let store = match side {
        Custodian::Cinema => &world.boxes[nth],
        Custodian::Hub => &world.hub,
    };
    !store.could_sell(place) || world.carries(store, place)
}

/// Holds a place for the next guest.
fn begin(
    setup: &Setup,
    world: &mut World,
    (side, at): (Custodian, usize),
    place: usize,
) -> Option<(usize, Sale)> {
    let nth = world.guests.len();
    let is_wrong = sold_without_right(world, (side, at), place);
    let sale = world.side(side, at).sale(place);
    world
        .side(side, at)
        .hold(setup.rules(), place, &names().holds[nth])?;
    if is_wrong {
        world.broken = Some(Broken::SoldWithoutRight);
    }
    Some((nth, sale))
}

pub(super) fn sell(
    setup: &Setup,
    world: &mut World,
    (side, at): (Custodian, usize),
    place: usize,
) -> Option<()> {
    let (nth, sale) = begin(setup, world, (side, at), place)?;
    let (hold, ticket) = (&names().holds[nth], &names().tickets[nth]);
    world
        .side(side, at)
        .sell(setup.rules(), hold, ticket, &sale)?;
    world.guests.push(Guest {
        sale,
        promise: Promise::Sold,
        money: (side == Custodian::Hub).then_some(Money::Captured),
    });
    Some(())
}

pub(super) fn sell_for_nothing(setup: &Setup, world: &mut World, place: usize) -> Option<()> {
    sell(setup, world, (Custodian::Hub, 0), place)?;
    world.left.moneyless -= 1;
    let guest = world.guests.last_mut()?;
    guest.money = None;
    if setup.guards.moneyless_waits_for_the_box {
        guest.promise = Promise::Waits;
    }
    Some(())
}

pub(super) fn hold(setup: &Setup, world: &mut World, place: usize) -> Option<()> {
    let (_, sale) = begin(setup, world, (Custodian::Hub, 0), place)?;
    world.guests.push(Guest {
        sale,
        promise: Promise::None,
        money: Some(Money::Open),
    });
    Some(())
}

pub(super) fn capture(world: &mut World, guest: usize) -> Option<()> {
    world.guests[guest].money = Some(Money::Captured);
    Some(())
}

/// The hub issues the ticket of a captured charge whose hold it has.
pub(super) fn settle(setup: &Setup, world: &mut World, guest: usize) -> Option<()> {
    let sale = world.guests[guest].sale.clone();
    let (hold, ticket) = (&names().holds[guest], &names().tickets[guest]);
    let place = world.hub.place_of(&sale.seat);
    if world.hub.seats[place].record.state != SeatState::Held(hold.clone()) {
        return None;
    }
    let hub = world.side(Custodian::Hub, 0);
    hub.sell(setup.rules(), hold, ticket, &sale)?;
    world.guests[guest].promise = Promise::Sold;
    Some(())
}

/// The charge is cancelled at the provider, and then its hold ends.
pub(super) fn cancel(setup: &Setup, world: &mut World, guest: usize) -> Option<()> {
    let hold = &names().holds[guest];
    let place = world.hub.place_of(&world.guests[guest].sale.seat);
    if world.hub.seats[place].record.state != SeatState::Held(hold.clone()) {
        return None;
    }
    world.side(Custodian::Hub, 0).release(setup.rules(), hold);
    let guest = &mut world.guests[guest];
    (guest.money, guest.promise) = (Some(Money::Cancelled), Promise::Ended);
    Some(())
}

pub(super) fn late_capture(world: &mut World, guest: usize) -> Option<()> {
    let (hold, ticket) = (&names().holds[guest], &names().tickets[guest]);
    let place = world.hub.place_of(&world.guests[guest].sale.seat);
    let state = &world.hub.seats[place].record.state;
    let is_here = *state == SeatState::Held(hold.clone()) || state.ticket() == Some(ticket);
    if !world.hub.standing.is_whole() || is_here {
        return None;
    }
    let guest = &mut world.guests[guest];
    (guest.money, guest.promise) = (Some(Money::Refunded), Promise::Ended);
    Some(())
}

pub(super) fn give(
    setup: &Setup,
    world: &mut World,
    who: (Custodian, usize),
    place: usize,
) -> Option<()> {
    let seat = setup.plan().seat(place).clone();
    world.run(setup.rules(), who, &Input::Give(vec![seat]))?;
    Some(())
}

pub(super) fn refund(
    setup: &Setup,
    world: &mut World,
    who: (Custodian, usize),
    guest: usize,
) -> Option<()> {
    let ticket = names().tickets[guest].clone();
    world.run(setup.rules(), who, &Input::Refund(ticket.clone()))?;
    world.left.refunds -= 1;
    let (side, at) = who;
    let asked = &mut world.guests[guest];
    match side {
        Custodian::Cinema => {
            let record = world.boxes[at].tickets.get(&ticket)?;
            asked.promise = match record.state {
                TicketState::Unproven => Promise::EndedUnproven,
                TicketState::Live | TicketState::Revoking | TicketState::Revoked => Promise::Ended,
            };
        }
        Custodian::Hub if asked.promise == Promise::Sold => asked.promise = Promise::RefundAsked,
        Custodian::Hub => {}
    }
    Some(())
}

pub(super) fn unanswered(setup: &Setup, world: &mut World, guest: usize) -> Option<()> {
    let ticket = names().tickets[guest].clone();
    let hub = (Custodian::Hub, 0);
    world.run(setup.rules(), hub, &Input::Unanswered(ticket))?;
    Some(())
}

pub(super) fn take_over(setup: &Setup, world: &mut World, place: usize) -> Option<()> {
    let nth = world.guests.len();
    let cinema = &world.boxes[0];
    let sale = Sale {
        at_risk: true,
        ..cinema.sale(place)
    };
    let input = Input::TakeOver {
        seat: sale.seat.clone(),
        ticket: names().tickets[nth].clone(),
        edition: sale.edition,
    };
    world.run(setup.rules(), (Custodian::Cinema, 0), &input)?;
    world.left.takeovers -= 1;
    world.guests.push(Guest {
        sale,
        promise: Promise::Sold,
        money: None,
    });
    Some(())
}

/// From here on what is sold for the seat is sold at the risk of whoever said so.
pub(super) fn leave_quarantine(
    setup: &Setup,
    world: &mut World,
    side: Custodian,
    place: usize,
) -> Option<()> {
    let seat = setup.plan().seat(place).clone();
    let input = Input::LeaveQuarantine(vec![seat.clone()]);
    world.run(setup.rules(), (side, 0), &input)?;
    world.left.exits -= 1;
    for guest in &mut world.guests {
        if guest.sale.seat == seat {
            guest.sale.at_risk = true;
        }
    }
    Some(())
}

fn is_inside(world: &World, guest: usize) -> bool {
    world.admissions.iter().any(|(inside, _)| *inside == guest)
}

pub(super) fn present(setup: &Setup, world: &mut World, at: usize, guest: usize) -> Option<()> {
    let ticket = names().tickets[guest].clone();
    let sale = world.guests[guest].sale.clone();
    let input = Input::Present { ticket, sale };
    let cinema = Arc::clone(&world.boxes[at]);
    let loaded = Loaded {
        plan: Some(super::store::PLAN),
        seats: &cinema.seats,
        tickets: &cinema.tickets,
        has_begun: true,
        doubted: None,
    };
    match decide_with(&setup.guards, &cinema.standing, &loaded, &input) {
        Ok(_) => {}
        Err(CustodyRefusal::Revoked | CustodyRefusal::Superseded)
            if world.guests[guest].promise == Promise::Sold && !is_inside(world, guest) =>
        {
            world.broken = Some(Broken::LiveTicketRefused);
            return Some(());
        }
        Err(_) => return None,
    }
    world.run(setup.rules(), (Custodian::Cinema, at), &input)?;
    let admitted = world.boxes[at].tickets.get(&names().tickets[guest]);
    let proof = admitted.and_then(|record| record.admitted);
    world
        .admissions
        .push((guest, proof.unwrap_or(Proof::Proven)));
    world
        .admissions
        .sort_by_key(|(guest, proof)| (*guest, *proof == Proof::Unproven));
    Some(())
}
