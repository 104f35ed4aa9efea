//! Hello, and what each side does because of it.

use std::sync::Arc;

use super::action::Action;
use super::log::Log;
use super::setup::Setup;
use super::store::Store;
use super::world::{KeptHello, OnItsWay, Promise, World, names};
use crate::SeatId;
use crate::custody::box_recovery::{AtHub, begin_with, snapshot_with};
use crate::custody::hub_recovery::{Testimony, recover_with};
use crate::custody::meeting::judge_with;
use crate::custody::{
    Authority, Custodian, Fact, Has, Life, Meeting, Money, Sessions, Stopped, TicketState, Verdict,
};

pub(super) fn possible(setup: &Setup, world: &World, actions: &mut Vec<Action>) {
    for nth in 0..world.boxes.len() {
        // While a snapshot is on its way, the session in which it comes is open.
        if world.on_its_way.is_none() {
            actions.push(Action::Hello(nth));
            if world.left.codes_of_managers > 0 {
                actions.push(Action::HelloWithCode(nth));
            }
        }
        if setup.opens_on_hello {
            actions.push(Action::OpenAgain(nth));
        }
    }
    if setup.old_hello {
        match world.kept_hello {
            None => actions.push(Action::KeepHello),
            Some(_) => actions.push(Action::OldHello),
        }
    }
    if world.on_its_way.is_some() {
        actions.push(Action::Install);
        if world.left.crashes > 0 {
            actions.push(Action::Crash);
        }
    }
}

fn has(mine: &Log, theirs: &Log) -> Has {
    match (mine.leads_to(theirs), theirs.leads_to(mine)) {
        (true, true) => Has::TheSame,
        (true, false) => Has::Less,
        (false, true) => Has::More,
        (false, false) => Has::Other,
    }
}

/// What both say of each other.
fn meeting(world: &World, cinema: &Store, is_chosen: bool) -> Meeting {
    let hub = &world.hub;
    let next = hub.heard.next_towards(&cinema.own);
    Meeting {
        is_fresh: true,
        cinema: cinema.standing,
        hub: hub.standing,
        up: has(&cinema.own, &hub.heard),
        up_goes_on: next.is_some_and(|next| Some(next.life()) == hub.standing.other),
        down: has(&cinema.heard, &hub.own),
        acknowledged: match has(&cinema.heard, &hub.acknowledged) {
            // What was acknowledged is of a stream that the hub itself forgot.
            Has::Less if !hub.acknowledged.leads_to(&hub.own) => Has::TheSame,
            compared @ (Has::TheSame | Has::Less | Has::More | Has::Other) => compared,
        },
        sessions: sessions(world, cinema),
        // The worst that can be: whoever else there is, is out of reach.
        another_is_live: false,
        is_chosen,
    }
}

/// The chain breaks when another box began a life after the one that this box knows.
fn sessions(world: &World, cinema: &Store) -> Sessions {
    if cinema.session < world.hub.session {
        return Sessions::Stale;
    }
    Sessions::Whole
}

pub(super) fn meet(setup: &Setup, world: &mut World, nth: usize, is_chosen: bool) -> Option<()> {
    let cinema = Arc::clone(&world.boxes[nth]);
    let waited = nth == 0 && std::mem::take(&mut world.waits_for_an_answer);
    if is_chosen {
        world.left.codes_of_managers -= 1;
    }
    match judge_with(&setup.guards, &meeting(world, &cinema, is_chosen)) {
        Verdict::GoOn | Verdict::NotFresh | Verdict::BoxDeliversFirst => waited.then_some(()),
        Verdict::Refuse(why) => {
            let refused = world.side(Custodian::Cinema, nth);
            if refused.standing.is_whole() {
                refused.standing = refused.standing.stopped(why);
                return Some(());
            }
            waited.then_some(())
        }
        Verdict::BoxRecovers => {
            recover_box(setup, world, nth, false);
            Some(())
        }
        Verdict::HubRecovers => {
            recover_hub(setup, world, &cinema, Some(nth));
            Some(())
        }
        Verdict::BothRecover => {
            recover_hub(setup, world, &cinema, Some(nth));
            recover_box(setup, world, nth, true);
            Some(())
        }
    }
}

/// The hub's part: it takes the new life for the box's, and makes the snapshot.
fn recover_box(setup: &Setup, world: &mut World, nth: usize, both: bool) {
    let random = world.random();
    world.keep_down();
    let cinema = world.side(Custodian::Cinema, nth);
    cinema.standing = cinema.standing.stopped(Stopped::Behind);
    let told = cinema.standing.life;
    let hub = Arc::make_mut(&mut world.hub);
    let life = Life::after_with(
        &setup.guards,
        hub.standing.other.unwrap_or(told),
        told,
        random,
    );
    let at_hub = AtHub {
        seats: &hub.seats,
        tickets: &hub.tickets,
        on_their_way: &on_their_way(hub),
        has_begun: setup.rules().has_begun,
    };
    let (snapshot, decision) = snapshot_with(&setup.guards, &at_hub, both);
    hub.save(&decision);
    let heard = std::mem::replace(&mut hub.heard, Log::begin(life));
    hub.heard_before.push(heard);
    hub.standing.other = Some(life);
    hub.session += u8::from(setup.has_clones());
    world.on_its_way = Some(Arc::new(OnItsWay {
        to: nth,
        lives: (life, hub.standing.life),
        snapshot,
        up: hub.heard_before.clone(),
        down: hub.written().cloned().collect(),
    }));
}

/// Seats whose last grant the box had not acknowledged.
fn on_their_way(hub: &Store) -> Vec<SeatId> {
    let mut seats = Vec::new();
    for entry in hub.own.since(&hub.acknowledged) {
        if let Some(Fact::Given(given)) = entry.fact() {
            for (seat, epoch) in given {
                let known = hub.seats.iter().find(|loaded| loaded.seat == *seat);
                if known.is_some_and(|loaded| loaded.record.epoch == *epoch) {
                    seats.push(seat.clone());
                }
            }
        }
    }
    seats
}

/// The box's part, if the snapshot comes.
pub(super) fn install(setup: &Setup, world: &mut World) -> Option<()> {
    let came = world.on_its_way.take()?;
    let session = world.hub.session;
    let nth = came.to;
    let old = Arc::clone(&world.boxes[nth]);
    let begun = begin_with(
        &setup.guards,
        &old.standing,
        (&old.seats, &old.tickets),
        &came.snapshot,
        came.lives,
    );
    world.old_up.insert(old.own.clone());
    let cinema = world.side(Custodian::Cinema, nth);
    cinema.standing = begun.standing;
    cinema.seats = begun.seats;
    cinema.tickets = begun.tickets;
    cinema.own = Log::begin(came.lives.0);
    cinema.own_before = came.up.clone();
    cinema.session = session;
    if begun.at_the_head {
        let mut down = came.down.clone();
        cinema.heard = down.pop()?;
        cinema.heard_before = down;
    }
    cinema.scanned.clear();
    cinema.know_editions();
    for fact in begun.tells {
        cinema.tell(fact);
    }
    Some(())
}

pub(super) fn crash(world: &mut World) -> Option<()> {
    world.on_its_way = None;
    world.left.crashes -= 1;
    Some(())
}

/// The hub recovers from what a box says, and begins a new generation; the box that speaks takes it for the hub's in the same step.
fn recover_hub(setup: &Setup, world: &mut World, cinema: &Store, speaks: Option<usize>) {
    let random = world.random();
    let charges = world.charges();
    world.keep_down();
    let hub = Arc::make_mut(&mut world.hub);
    let lacking = |theirs: Vec<&Log>, ours: Vec<&Log>| -> Vec<Fact> {
        let ours = || ours.iter().copied();
        let entries = theirs.iter().flat_map(|stream| stream.unknown_to(ours()));
        entries.filter_map(|entry| entry.fact().cloned()).collect()
    };
    let (written, applied) = (
        hub.written().collect::<Vec<_>>(),
        cinema.applied().collect::<Vec<_>>(),
    );
    let testimony = Testimony {
        seats: &cinema.seats,
        forgotten: &lacking(applied.clone(), written.clone()),
        unheard: &lacking(cinema.written().collect(), hub.applied().collect()),
        untold: &lacking(written, applied),
    };
    let recovered = recover_with(
        &setup.guards,
        (&hub.seats, &hub.tickets),
        &testimony,
        &charges,
    );
    let life = Life::after_with(
        &setup.guards,
        hub.standing.life,
        cinema.standing.other.unwrap_or(hub.standing.life),
        random,
    );
    hub.standing.life = life;
    hub.standing.authority = Authority::Whole;
    hub.standing.has_forgotten = true;
    let known = hub.standing.other.map_or(0, |life| life.number);
    if cinema.standing.life.number > known {
        hub.standing.other = Some(cinema.standing.life);
    }
    hub.session = hub.session.max(cinema.session);
    hub.seats = recovered.seats;
    hub.tickets = recovered.tickets;
    hub.know_editions();
    let has_all = |hub: &Log| cinema.written().any(|stream| hub.leads_to(stream));
    if setup.guards.the_box_gives_back && has_all(&hub.heard) {
        hub.heard = cinema.own.clone();
        hub.heard_before = cinema.own_before.clone();
    }
    let root = Log::begin(life);
    hub.own = root.clone();
    hub.own_before = cinema.applied().cloned().collect();
    hub.acknowledged = root.clone();
    for fact in recovered.tells {
        hub.tell(fact);
    }
    for ticket in recovered.cancel {
        let guest = &mut world.guests[super::world::nth_ticket(&ticket)];
        (guest.money, guest.promise) = (Some(Money::Cancelled), Promise::Ended);
    }
    for ticket in recovered.give_back {
        let state = world.hub.tickets.get(&ticket).map(|record| record.state);
        let guest = &mut world.guests[super::world::nth_ticket(&ticket)];
        // What went back before went back for the reason of then.
        if guest.money != Some(Money::Refunded) {
            guest.promise = match state {
                Some(TicketState::Unproven) => Promise::EndedUnproven,
                Some(TicketState::Live | TicketState::Revoking | TicketState::Revoked) | None => {
                    Promise::Ended
                }
            };
        }
        guest.money = guest.money.map(|_| Money::Refunded);
    }
    settle_promises(world, cinema);
    if let Some(nth) = speaks {
        let position = (cinema.standing.life, cinema.heard.clone());
        world.old_acknowledgements.insert(position);
        let cinema = world.side(Custodian::Cinema, nth);
        cinema.standing.other = Some(life);
        let heard = std::mem::replace(&mut cinema.heard, root);
        cinema.heard_before.push(heard);
    }
}

/// What the hub's tickets say by now, guests are told.
fn settle_promises(world: &mut World, cinema: &Store) {
    for (nth, guest) in world.guests.iter_mut().enumerate() {
        let ticket = &names().tickets[nth];
        let Some(record) = world.hub.tickets.get(ticket) else {
            continue;
        };
        let is_sale = |entry: Log| matches!(entry.fact(), Some(Fact::Sold(of, _)) if of == ticket);
        if guest.promise == Promise::Waits && cinema.applied().flat_map(Log::backwards).any(is_sale)
        {
            guest.promise = Promise::Sold;
        }
        let is_captured = guest.money == Some(Money::Captured);
        if guest.promise == Promise::None && is_captured && record.stands() {
            guest.promise = Promise::Sold;
        }
    }
}

pub(super) fn keep(setup: &Setup, world: &mut World) -> Option<()> {
    world.kept_hello = Some(Arc::new(KeptHello {
        answers: nonce(world),
        cinema: (*world.boxes[0]).clone(),
    }));
    world.waits_for_an_answer = setup.guards.who_waits_is_deaf;
    Some(())
}

/// The hub asks for another nonce after every start.
fn nonce(world: &World) -> u8 {
    world.left.hub_restores
}

pub(super) fn bring_old(setup: &Setup, world: &mut World) -> Option<()> {
    let kept = world.kept_hello.clone()?;
    let old = Meeting {
        is_fresh: kept.answers == nonce(world),
        ..meeting(world, &kept.cinema, false)
    };
    let verdict = judge_with(&setup.guards, &old);
    if world.hub.standing.is_whole() || verdict != Verdict::HubRecovers {
        return None;
    }
    recover_hub(setup, world, &kept.cinema, None);
    Some(())
}

/// A variant: nothing is missing, as far as the hub can tell, and so the box sells again.
pub(super) fn open_again(world: &mut World, nth: usize) -> Option<()> {
    let cinema = Arc::clone(&world.boxes[nth]);
    let found = meeting(world, &cinema, false);
    let is_alike = world.hub.standing.is_whole()
        && found.cinema.other == Some(found.hub.life)
        && matches!(found.up, Has::TheSame | Has::More)
        && matches!(found.down, Has::TheSame | Has::Less)
        && matches!(found.acknowledged, Has::TheSame | Has::More);
    if !is_alike || found.cinema.authority != Authority::Lost(Stopped::Behind) {
        return None;
    }
    world.side(Custodian::Cinema, nth).standing.authority = Authority::Whole;
    Some(())
}
