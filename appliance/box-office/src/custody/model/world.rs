//! Everything that there is in one state of the model: both sides, what is on its way or kept by the network, the provider, and the
//! truth that nobody in it knows whole: what each guest was told, and who sits in the hall.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::log::Log;
use super::setup::Setup;
use super::store::{FIRST_LIFE, Rules, Store};
use crate::checkout::{Refund, RefundEffect, RefundEvent, RefundTold};
use crate::custody::{
    Charge, Custodian, Effect, Input, Life, Money, Proof, Sale, SeatState, Snapshot,
};
use crate::fixture::Room;
use crate::plan::Plan;
use crate::{HoldId, TicketId};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct World {
    /// The box, and a second one if there is a clone.
    pub(super) boxes: Vec<Arc<Store>>,
    pub(super) hub: Arc<Store>,
    pub(super) box_backup: Option<Arc<Store>>,
    pub(super) hub_backup: Option<Arc<Store>>,
    /// Streams of lives that are lost, whose frames may still come.
    pub(super) old_up: BTreeSet<Log>,
    /// Those of the hub, each with the life of the box that its frames were signed for.
    pub(super) old_down: BTreeSet<(Life, Log)>,
    /// Acknowledgements of lives that are lost.
    pub(super) old_acknowledgements: BTreeSet<(Life, Log)>,
    /// The snapshot that the hub has made for a box, until it is installed or lost.
    pub(super) on_its_way: Option<Arc<OnItsWay>>,
    /// A Hello that the network kept.
    pub(super) kept_hello: Option<Arc<KeptHello>>,
    /// Whether the box has said it and heard no answer.
    pub(super) waits_for_an_answer: bool,
    pub(super) guests: Vec<Guest>,
    pub(super) admissions: Vec<(usize, Proof)>,
    /// What may still happen.
    pub(super) left: Left,
    /// What a step did that no step may do.
    pub(super) broken: Option<Broken>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct OnItsWay {
    pub(super) to: usize,
    pub(super) lives: (Life, Life),
    pub(super) snapshot: Snapshot,
    /// What the hub has of the box's streams.
    pub(super) up: Vec<Log>,
    /// Its own streams, with its head.
    pub(super) down: Vec<Log>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct KeptHello {
    /// The hub's nonce that it answers.
    pub(super) answers: u8,
    pub(super) cinema: Store,
}

/// A ticket, or one that is about to be, as its guest knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Guest {
    pub(super) sale: Sale,
    pub(super) promise: Promise,
    /// What the provider has; `None` if no money moves there.
    pub(super) money: Option<Money>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Promise {
    /// Nothing yet.
    None,
    /// Nothing yet: a booking without money waits for the box.
    Waits,
    Sold,
    RefundAsked,
    /// Refunded, or never sold.
    Ended,
    /// Refunded although nobody knows whether it was used.
    EndedUnproven,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Broken {
    EpochFell,
    SoldWithoutRight,
    LiveTicketRefused,
}

/// How often each of what is bounded may still happen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Left {
    pub(super) box_restores: u8,
    pub(super) hub_restores: u8,
    pub(super) replacements: u8,
    pub(super) clones: u8,
    pub(super) crashes: u8,
    pub(super) refunds: u8,
    pub(super) takeovers: u8,
    pub(super) moneyless: u8,
    pub(super) exits: u8,
    pub(super) codes_of_managers: u8,
}

/// Ids and plans that every state uses.
pub(super) struct Names {
    pub(super) tickets: Vec<TicketId>,
    pub(super) holds: Vec<HoldId>,
    plans: [Plan; 2],
}

pub(super) fn names() -> &'static Names {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| Names {
        tickets: (0..8)
            .map(|nth| format!("t{nth}").parse().unwrap())
            .collect(),
        holds: (0..8)
            .map(|nth| format!("h{nth}").parse().unwrap())
            .collect(),
        plans: [Room::of(&["."]).plan, Room::of(&[".."]).plan],
    })
}

impl World {
    pub(super) fn new(setup: &Setup) -> Self {
        let plan = setup.plan();
        let of = |side| Arc::new(Store::new(side, FIRST_LIFE, FIRST_LIFE, plan));
        Self {
            boxes: vec![of(Custodian::Cinema)],
            hub: of(Custodian::Hub),
            box_backup: None,
            hub_backup: None,
            old_up: BTreeSet::new(),
            old_down: BTreeSet::new(),
            old_acknowledgements: BTreeSet::new(),
            on_its_way: None,
            kept_hello: None,
            waits_for_an_answer: false,
            guests: Vec::new(),
            admissions: Vec::new(),
            left: setup.left.clone(),
            broken: None,
        }
    }

    pub(super) fn side(&mut self, side: Custodian, nth: usize) -> &mut Store {
        match side {
            Custodian::Cinema => Arc::make_mut(&mut self.boxes[nth]),
            Custodian::Hub => Arc::make_mut(&mut self.hub),
        }
    }

    /// One transaction of a side, and what follows from it outside. Gives whether the position in the other's stream moves with it.
    pub(super) fn run(
        &mut self,
        rules: Rules<'_>,
        (side, nth): (Custodian, usize),
        input: &Input,
    ) -> Option<bool> {
        let (decision, fell) = self.side(side, nth).run(rules, input)?;
        if fell {
            self.broken = Some(Broken::EpochFell);
        }
        for effect in &decision.effects {
            if let Effect::Refund(ticket, event) = effect {
                self.refund(nth_ticket(ticket), *event);
            }
        }
        Some(decision.moves_position)
    }

    /// What checkout's machine makes of an answer: money goes back or does not, and the guest is told.
    pub(super) fn refund(&mut self, nth: usize, event: RefundEvent) {
        let guest = &mut self.guests[nth];
        let state = match guest.money {
            Some(Money::Refunded) => Refund::Done,
            Some(Money::Open | Money::Captured | Money::Cancelled) | None
                if guest.promise == Promise::EndedUnproven =>
            {
                Refund::Done
            }
            Some(Money::Open | Money::Captured | Money::Cancelled) | None => Refund::Revoking,
        };
        let Ok(step) = state.on(event) else { return };
        for effect in step.effects {
            match effect {
                RefundEffect::GiveBack => {
                    guest.money = guest.money.map(|_| Money::Refunded);
                    guest.promise = match event {
                        RefundEvent::Unproven | RefundEvent::Deadline => Promise::EndedUnproven,
                        RefundEvent::Due
                        | RefundEvent::Revoked
                        | RefundEvent::AlreadyAdmitted
                        | RefundEvent::Returned
                        | RefundEvent::Word(_) => Promise::Ended,
                    };
                }
                RefundEffect::Tell(RefundTold::Refused) => guest.promise = Promise::Sold,
                RefundEffect::Tell(_) | RefundEffect::AskToRevoke | RefundEffect::Free => {}
            }
        }
    }

    /// What the provider lists.
    pub(super) fn charges(&self) -> Vec<Charge> {
        let charged = self.guests.iter().enumerate().filter_map(|(nth, guest)| {
            Some(Charge {
                ticket: names().tickets[nth].clone(),
                sale: guest.sale.clone(),
                hold: names().holds[nth].clone(),
                money: guest.money?,
            })
        });
        charged
            .filter(|charge| charge.sale.seller == Custodian::Hub)
            .collect()
    }

    /// A life has random bits, which are played by what may still happen: it changes with every fault.
    pub(super) fn random(&self) -> [u8; 16] {
        let left = &self.left;
        let mut random = [0; 16];
        let faults = [
            left.box_restores,
            left.hub_restores,
            left.replacements,
            left.clones,
            left.crashes,
            left.codes_of_managers,
        ];
        random[..6].copy_from_slice(&faults);
        random
    }

    /// What the hub has written so far may be in frames for the life that it takes for the box's.
    pub(super) fn keep_down(&mut self) {
        if let Some(life) = self.hub.standing.other {
            self.old_down.insert((life, self.hub.own.clone()));
        }
    }

    pub(super) fn carries(&self, side: &Store, place: usize) -> bool {
        matches!(
            side.seats[place].record.state,
            SeatState::Revoking(_) | SeatState::Quarantine | SeatState::Sold(_)
        )
    }
}

pub(super) fn nth_ticket(ticket: &TicketId) -> usize {
    let nth = ticket.as_str()[1..].parse();
    nth.expect("tickets of the model are numbered")
}

impl Names {
    pub(super) fn plan(&self, seats: usize) -> &Plan {
        &self.plans[seats - 1]
    }
}

/// The tickets that stand for a seat, by their guests' word.
pub(super) fn standing(world: &World, place: usize) -> impl Iterator<Item = &Guest> {
    let seat = world.hub.seats[place].seat.clone();
    let of_seat = world
        .guests
        .iter()
        .filter(move |guest| guest.sale.seat == seat);
    of_seat.filter(|guest| matches!(guest.promise, Promise::Sold | Promise::RefundAsked))
}
