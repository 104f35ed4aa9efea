//! What must hold in every state (design, section 3), and what a cinema can live in.

use stateright::Property;

use super::setup::Setup;
use super::world::{Broken, Guest, Promise, World, names, standing};
use crate::custody::{Custodian, Fact, Money, Proof, SeatState, TicketRecord, TicketState};

pub(super) fn all() -> Vec<Property<Setup>> {
    vec![
        Property::always("no seat is sold twice", |_, world| not_sold_twice(world)),
        Property::always("at most one side can sell a seat", |_, world| {
            one_custodian(world)
        }),
        Property::always("each seat has one custodian or is on its way", is_conserved),
        Property::always("no two tickets are let in for one seat", |_, world| {
            one_admitted(world)
        }),
        Property::always("who is let in twice is marked", |_, world| {
            admitted_once(world)
        }),
        Property::always("who was let in has not been refunded", |_, world| {
            none_inside_refunded(world)
        }),
        Property::always("a live ticket opens the door", |_, world: &World| {
            world.broken != Some(Broken::LiveTicketRefused)
        }),
        Property::always("an epoch never falls", |_, world: &World| {
            world.broken != Some(Broken::EpochFell)
        }),
        Property::always(
            "what is in quarantine or revoking is not sold",
            |_, world: &World| world.broken != Some(Broken::SoldWithoutRight),
        ),
    ]
}

/// One undisputed live ticket, and the box itself sells nothing beside a ticket of its own.
fn not_sold_twice(world: &World) -> bool {
    (0..world.hub.seats.len()).all(|place| {
        let firm = standing(world, place).filter(|guest| !guest.sale.at_risk);
        let of_the_box = |guest: &&Guest| guest.sale.seller == Custodian::Cinema;
        let boxes: Vec<_> = standing(world, place).filter(of_the_box).collect();
        let is_marked = boxes.last().is_some_and(|last| last.sale.at_risk);
        firm.count() <= 1 && (boxes.len() <= 1 || is_marked)
    })
}

fn one_custodian(world: &World) -> bool {
    (0..world.hub.seats.len()).all(|place| {
        let boxes = world.boxes.iter().filter(|it| it.could_sell(place));
        boxes.count() + usize::from(world.hub.could_sell(place)) <= 1
    })
}

/// Cinema, hub and what is between them are all seats, whenever both sides are whole and know each other.
fn is_conserved(setup: &Setup, world: &World) -> bool {
    let [cinema] = world.boxes.as_slice() else {
        return true;
    };
    let hub = &world.hub;
    let agree = cinema.standing.is_whole()
        && hub.standing.is_whole()
        && cinema.standing.other == Some(hub.standing.life)
        && hub.standing.other == Some(cinema.standing.life);
    if !agree {
        return true;
    }
    (0..setup.seats).all(|place| {
        let epochs = [cinema, hub].map(|store| store.seats[place].record.epoch);
        match (cinema.is_ours(place), hub.is_ours(place)) {
            (true, true) => false,
            (true, false) | (false, true) => true,
            (false, false) => {
                let (giver, receiver) = match epochs[0] > epochs[1] {
                    true => (cinema, hub),
                    false => (hub, cinema),
                };
                let epoch = giver.seats[place].record.epoch;
                let seat = &giver.seats[place].seat;
                let tells = |fact: &Fact| match fact {
                    Fact::Given(given) => given.contains(&(seat.clone(), epoch)),
                    Fact::Sold(..)
                    | Fact::TakenOver(..)
                    | Fact::Found(..)
                    | Fact::Admitted(..)
                    | Fact::AskedToRevoke(..)
                    | Fact::Answered(..)
                    | Fact::Quarantined(_)
                    | Fact::OutOfQuarantine(_) => false,
                };
                let coming = giver.own.since(&receiver.heard);
                coming.iter().any(|entry| entry.fact().is_some_and(tells))
            }
        }
    })
}

fn proven(world: &World) -> impl Iterator<Item = usize> {
    let proven = world.admissions.iter();
    let proven = proven.filter(|(_, proof)| *proof == Proof::Proven);
    proven.map(|(guest, _)| *guest)
}

fn one_admitted(world: &World) -> bool {
    world.hub.seats.iter().all(|loaded| {
        let of_seat = proven(world).filter(|nth| world.guests[*nth].sale.seat == loaded.seat);
        let mut guests: Vec<_> = of_seat.collect();
        guests.dedup();
        guests.len() <= 1 || guests.iter().any(|nth| world.guests[*nth].sale.at_risk)
    })
}

/// At most one admission of a ticket says that it is the first.
fn admitted_once(world: &World) -> bool {
    let guests: Vec<_> = proven(world).collect();
    guests.windows(2).all(|pair| pair[0] != pair[1])
}

fn none_inside_refunded(world: &World) -> bool {
    proven(world).all(|nth| {
        let guest = &world.guests[nth];
        let is_refunded = guest.money == Some(Money::Refunded) || guest.promise == Promise::Ended;
        !is_refunded || guest.promise == Promise::EndedUnproven
    })
}

/// What a cinema can live in: nobody is stopped, every seat has one custodian or is in quarantine, and all money has come to rest.
pub(super) fn is_at_rest(world: &World) -> bool {
    let hub = &world.hub;
    let lives = |nth: usize| {
        let cinema = &world.boxes[nth];
        cinema.standing.is_whole()
            && cinema.standing.other == Some(hub.standing.life)
            && hub.standing.other == Some(cinema.standing.life)
            && (0..hub.seats.len()).all(|place| {
                let state = &hub.seats[place].record.state;
                let waits = matches!(state, SeatState::Revoking(_) | SeatState::Held(_));
                (cinema.is_ours(place) != hub.is_ours(place)) && !waits
            })
    };
    let money = world
        .guests
        .iter()
        .zip(&names().tickets)
        .all(|(guest, ticket)| {
            let waits = match guest.promise {
                Promise::None => true,
                // Whoever was never answered, and whom the hub forgot, will try again.
                Promise::Waits => hub.tickets.contains_key(ticket),
                Promise::Sold | Promise::RefundAsked | Promise::Ended | Promise::EndedUnproven => {
                    false
                }
            };
            !waits && guest.money != Some(Money::Open)
        });
    let is_asked = |record: &TicketRecord| record.state == TicketState::Revoking;
    hub.standing.is_whole()
        && world.on_its_way.is_none()
        && money
        && !hub.tickets.values().any(is_asked)
        && (0..world.boxes.len()).any(lives)
}

/// What is told of a world that breaks a property.
pub(super) fn told(world: &World) -> String {
    let guests = world.guests.iter().zip(&names().tickets);
    let lines = guests.map(|(guest, ticket)| format!("{ticket}: {guest:?}"));
    lines.collect::<Vec<_>>().join("\n")
}
