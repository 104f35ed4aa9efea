//! What the network brings: any event that was ever written, in the order of its stream and of the life that the receiver knows; any
//! acknowledgement; any hand-over code.

use std::collections::BTreeSet;

use super::action::Action;
use super::log::Log;
use super::setup::Setup;
use super::store::{PLAN, Store};
use super::world::{Promise, World, nth_ticket};
use crate::custody::transfer::HandOver;
use crate::custody::{Custodian, Fact, Input};

pub(super) fn possible(setup: &Setup, world: &World, actions: &mut Vec<Action>) {
    let ups = world.boxes.iter().map(|cinema| &cinema.own);
    for next in nexts(&world.hub.heard, ups.chain(&world.old_up)) {
        if Some(next.life()) == world.hub.standing.other {
            actions.push(Action::HearUp(next));
        }
    }
    let hears = |nth: &usize| *nth > 0 || !world.waits_for_an_answer;
    for (nth, cinema) in world.boxes.iter().enumerate().filter(|(nth, _)| hears(nth)) {
        for next in nexts(&cinema.heard, downs(world, cinema)) {
            if Some(next.life()) == cinema.standing.other {
                actions.push(Action::HearDown(nth, next));
            }
        }
        if setup.codes {
            let is_grant = |entry: &Log| matches!(entry.fact(), Some(Fact::Given(_)));
            let entries = downs(world, cinema);
            let entries = entries.flat_map(Log::backwards).filter(is_grant);
            let codes: BTreeSet<Log> = entries
                .filter(|entry| Some(entry.life()) == cinema.standing.other)
                .collect();
            actions.extend(codes.into_iter().map(|entry| Action::Scan(nth, entry)));
        }
    }
    let present = world.boxes.iter();
    let present = present.map(|cinema| (cinema.standing.life, &cinema.heard));
    let old = world.old_acknowledgements.iter();
    for (life, position) in present.chain(old.map(|(life, position)| (*life, position))) {
        let is_news = *position != world.hub.acknowledged
            && world.hub.acknowledged.leads_to(position)
            && position.leads_to(&world.hub.own);
        if Some(life) == world.hub.standing.other && is_news {
            actions.push(Action::Acknowledge(position.clone()));
        }
    }
}

/// The hub's streams in frames and codes that are signed for the life of this box.
fn downs<'a>(world: &'a World, cinema: &Store) -> impl Iterator<Item = &'a Log> {
    let life = cinema.standing.life;
    let present = (world.hub.standing.other == Some(life)).then_some(&world.hub.own);
    let old = world.old_down.iter();
    let old = old.filter(move |(signed_for, _)| *signed_for == life);
    present.into_iter().chain(old.map(|(_, head)| head))
}

/// The events after `position` towards each head, once each.
fn nexts<'a>(position: &Log, heads: impl Iterator<Item = &'a Log>) -> BTreeSet<Log> {
    heads
        .filter_map(|head| position.next_towards(head))
        .collect()
}

pub(super) fn hear_up(setup: &Setup, world: &mut World, next: &Log) -> Option<()> {
    hear(setup, world, (Custodian::Hub, 0), next)
}

pub(super) fn hear_down(setup: &Setup, world: &mut World, nth: usize, next: &Log) -> Option<()> {
    hear(setup, world, (Custodian::Cinema, nth), next)
}

fn hear(setup: &Setup, world: &mut World, who: (Custodian, usize), next: &Log) -> Option<()> {
    let fact = next.fact()?.clone();
    let heard = Input::Heard { plan: PLAN, fact };
    let moves_position = world.run(setup.rules(), who, &heard)?;
    assert!(moves_position, "what is heard is done with");
    world.side(who.0, who.1).heard = next.clone();
    Some(())
}

pub(super) fn scan(setup: &Setup, world: &mut World, nth: usize, entry: &Log) -> Option<()> {
    let Some(Fact::Given(seats)) = entry.fact() else {
        return None;
    };
    let cinema = &world.boxes[nth];
    if setup.remembers_codes && cinema.scanned.contains(entry) {
        return None;
    }
    let code = HandOver {
        incarnation: cinema.standing.life,
        generation: entry.life(),
        plan: PLAN,
        seats: seats.clone(),
    };
    let who = (Custodian::Cinema, nth);
    let moves_position = world.run(setup.rules(), who, &Input::Scan(code))?;
    let cinema = world.side(who.0, who.1);
    if moves_position && cinema.heard.leads_to(entry) {
        cinema.heard = entry.clone();
    }
    if setup.remembers_codes {
        cinema.scanned.insert(entry.clone());
    }
    Some(())
}

pub(super) fn acknowledge(setup: &Setup, world: &mut World, position: &Log) -> Option<()> {
    for entry in position.since(&world.hub.acknowledged) {
        match entry.fact() {
            Some(Fact::AskedToRevoke(ticket, _)) => {
                let input = Input::Acknowledged(ticket.clone());
                world.run(setup.rules(), (Custodian::Hub, 0), &input)?;
            }
            Some(Fact::Sold(ticket, _)) => {
                let guest = &mut world.guests[nth_ticket(ticket)];
                if guest.promise == Promise::Waits {
                    guest.promise = Promise::Sold;
                }
            }
            Some(
                Fact::Given(_)
                | Fact::TakenOver(..)
                | Fact::Found(..)
                | Fact::Admitted(..)
                | Fact::Answered(..)
                | Fact::Quarantined(_)
                | Fact::OutOfQuarantine(_),
            )
            | None => {}
        }
    }
    world.side(Custodian::Hub, 0).acknowledged = position.clone();
    Some(())
}
