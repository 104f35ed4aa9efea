//! A hub that has forgotten begins a new generation: it gets its own events back from the box, takes over what the box knows of custody,
//! asks the provider, and only then is whole.

use std::collections::BTreeMap;

use super::decision::{Fact, Loaded};
use super::seat::{LoadedSeat, SeatRecord, SeatState};
use super::ticket::{Sale, TicketRecord, TicketState};
use super::{Custodian, Epoch, Guards, revocation};
use crate::{HoldId, SeatId, TicketId};

/// What the box gives back of one showtime.
#[derive(Debug, Clone, Copy)]
pub struct Testimony<'a> {
    /// Its seats.
    pub seats: &'a [LoadedSeat],
    /// The hub's own events that the box had applied and the hub lacks, in order.
    pub forgotten: &'a [Fact],
    /// The box's events that the hub lacks, in order.
    pub unheard: &'a [Fact],
    /// The hub's own events that the box has not applied, in order: they are told again, as far as they still hold.
    pub untold: &'a [Fact],
}

/// What the provider says of a booking's money; it names the ticket and what it was sold as in its metadata.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Charge {
    /// The ticket.
    pub ticket: TicketId,
    /// What it was, or would be, sold as.
    pub sale: Sale,
    /// The hold that it was opened for.
    pub hold: HoldId,
    /// What became of it.
    pub money: Money,
}

/// What became of money at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Money {
    /// Not taken yet: it is cancelled before anything else.
    Open,
    /// Taken.
    Captured,
    /// Taken and given back.
    Refunded,
    /// Never taken.
    Cancelled,
}

/// The hub after it recovered: stored in one transaction, with a new generation whose first events are these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Every seat of the showtime.
    pub seats: Vec<LoadedSeat>,
    /// Every ticket of the showtime.
    pub tickets: BTreeMap<TicketId, TicketRecord>,
    /// What is told as the first events of the new generation.
    pub tells: Vec<Fact>,
    /// Charges that are cancelled at the provider, before the freeze ends.
    pub cancel: Vec<TicketId>,
    /// Captures that are given back: their seat is not the hub's.
    pub give_back: Vec<TicketId>,
}

/// Recovers one showtime.
pub fn recover(
    seats: &[LoadedSeat],
    tickets: &BTreeMap<TicketId, TicketRecord>,
    testimony: &Testimony<'_>,
    charges: &[Charge],
) -> Recovered {
    recover_with(&Guards::ALL, (seats, tickets), testimony, charges)
}

pub(crate) fn recover_with(
    guards: &Guards,
    (seats, tickets): (&[LoadedSeat], &BTreeMap<TicketId, TicketRecord>),
    testimony: &Testimony<'_>,
    charges: &[Charge],
) -> Recovered {
    let mut hub = Recovered {
        seats: seats.to_vec(),
        tickets: tickets.clone(),
        ..Recovered::default()
    };
    if guards.the_box_gives_back {
        hub.take_custody(testimony);
        hub.remember(testimony.forgotten);
        hub.hear(testimony.unheard);
    }
    if guards.payments_are_reconciled {
        hub.reconcile(guards, charges);
    }
    if guards.quarantine_is_told {
        hub.keep_in_quarantine(testimony.seats);
    }
    if guards.the_box_gives_back {
        hub.tell_again(testimony);
    }
    hub.give_back.sort();
    hub.give_back.dedup();
    hub
}

impl Recovered {
    /// The higher epoch is right; what was on its way to the box is told again.
    fn take_custody(&mut self, testimony: &Testimony<'_>) {
        for theirs in testimony.seats {
            let Some(ours) = self.seats.iter_mut().find(|ours| ours.seat == theirs.seat) else {
                continue;
            };
            if theirs.record.epoch > ours.record.epoch {
                ours.record = SeatRecord {
                    epoch: theirs.record.epoch,
                    state: SeatState::Free,
                };
            } else if is_one_above(ours.record.epoch, theirs.record.epoch)
                && ours.record.epoch.custodian() == Custodian::Cinema
            {
                let given = (ours.seat.clone(), ours.record.epoch);
                self.tells.push(Fact::Given(vec![given]));
            }
        }
    }

    /// Its own events, which the box had applied.
    fn remember(&mut self, forgotten: &[Fact]) {
        for fact in forgotten {
            match fact {
                Fact::Sold(ticket, sale) => {
                    let record = TicketRecord::sold(sale.clone());
                    self.tickets.entry(ticket.clone()).or_insert(record);
                }
                Fact::AskedToRevoke(ticket, sale) => {
                    let record = TicketRecord::sold(sale.clone());
                    let record = self.tickets.entry(ticket.clone()).or_insert(record);
                    record.state = TicketState::Revoking;
                }
                Fact::Given(_)
                | Fact::TakenOver(..)
                | Fact::Found(..)
                | Fact::Admitted(..)
                | Fact::Answered(..)
                | Fact::Quarantined(_)
                | Fact::OutOfQuarantine(_) => {}
            }
        }
        self.seat_the_tickets();
    }

    /// What the box tells of tickets. Custody has been settled by epoch.
    fn hear(&mut self, unheard: &[Fact]) {
        for fact in unheard {
            match fact {
                Fact::Sold(ticket, sale)
                | Fact::Found(ticket, sale)
                | Fact::TakenOver(ticket, sale) => {
                    let record = TicketRecord::sold(sale.clone());
                    self.tickets.entry(ticket.clone()).or_insert(record);
                }
                Fact::Admitted(ticket, proof) => {
                    if let Some(record) = self.tickets.get_mut(ticket) {
                        record.admitted = record.admitted.or(Some(*proof));
                    }
                }
                Fact::Answered(ticket, answer) => self.hear_answer(ticket, *answer),
                Fact::Given(_)
                | Fact::AskedToRevoke(..)
                | Fact::Quarantined(_)
                | Fact::OutOfQuarantine(_) => {}
            }
        }
    }

    fn hear_answer(&mut self, ticket: &TicketId, answer: super::Answer) {
        let loaded = Loaded {
            plan: Some(0),
            seats: &self.seats,
            tickets: &self.tickets,
            has_begun: false,
            doubted: None,
        };
        let decision = revocation::answered(Custodian::Hub, &loaded, ticket, answer);
        for step in decision.seats {
            if let Some(ours) = self.seats.iter_mut().find(|ours| ours.seat == step.seat) {
                ours.record = step.after;
            }
        }
        for moved in decision.tickets {
            self.tickets.insert(moved.ticket, moved.after);
        }
        for effect in decision.effects {
            if let super::Effect::Refund(ticket, event) = effect
                && !matches!(event, crate::checkout::RefundEvent::AlreadyAdmitted)
            {
                self.give_back.push(ticket);
            }
        }
    }

    /// Seats that the hub's own standing tickets were sold under.
    fn seat_the_tickets(&mut self) {
        for ours in &mut self.seats {
            let epoch = ours.record.epoch;
            if epoch.custodian() != Custodian::Hub || ours.record.state.ticket().is_some() {
                continue;
            }
            let is_of = |record: &TicketRecord| {
                record.sale.seat == ours.seat
                    && record.sale.epoch == epoch
                    && record.sale.seller == Custodian::Hub
                    && record.stands()
            };
            let standing = self.tickets.iter().filter(|(_, record)| is_of(record));
            let latest = standing.max_by_key(|(_, record)| record.sale.edition);
            if let Some((ticket, record)) = latest {
                ours.record.state = carrying(ticket, record.state);
            }
        }
    }

    fn reconcile(&mut self, guards: &Guards, charges: &[Charge]) {
        let mut charges: Vec<_> = charges.iter().collect();
        charges.sort_by_key(|charge| (charge.sale.edition, charge.ticket.clone()));
        let imports = guards.refunds_are_imported;
        for charge in charges
            .iter()
            .filter(|charge| charge.money == Money::Refunded && imports)
        {
            self.unseat(&charge.ticket, &charge.sale.seat);
        }
        for charge in &charges {
            self.end_hold(charge);
            match charge.money {
                Money::Open => self.cancel.push(charge.ticket.clone()),
                Money::Captured => self.seat_or_give_back(charge),
                Money::Refunded | Money::Cancelled => {}
            }
        }
        for charge in charges
            .iter()
            .rev()
            .filter(|charge| charge.money == Money::Refunded && imports)
        {
            self.revoke_again(charge);
        }
    }

    fn unseat(&mut self, ticket: &TicketId, seat: &SeatId) {
        if let Some(ours) = self.seat_mut(seat)
            && ours.record.state.ticket() == Some(ticket)
        {
            ours.record.state = SeatState::Free;
        }
    }

    /// A hold whose charge has an outcome, or is cancelled now, is over.
    fn end_hold(&mut self, charge: &Charge) {
        if let Some(ours) = self.seat_mut(&charge.sale.seat)
            && ours.record.state == SeatState::Held(charge.hold.clone())
        {
            ours.record.state = SeatState::Free;
        }
    }

    fn seat_or_give_back(&mut self, charge: &Charge) {
        let known = self.tickets.get(&charge.ticket);
        let stands = known.is_none_or(TicketRecord::stands);
        let state = known.map_or(TicketState::Live, |record| record.state);
        let Some(ours) = self.seat_mut(&charge.sale.seat) else {
            return;
        };
        let carries = ours.record.state.ticket() == Some(&charge.ticket);
        let epoch = charge.sale.epoch;
        // What was sold and not given back has not changed hands since: the charge proves the transfer that both sides forgot.
        let is_proof = epoch > ours.record.epoch && epoch.custodian() == Custodian::Hub;
        let is_free = ours.record.is_free_for(Custodian::Hub) && ours.record.epoch == epoch;
        if !carries && stands && (is_free || is_proof) {
            let state = carrying(&charge.ticket, state);
            ours.record = SeatRecord { epoch, state };
        } else if !carries {
            self.give_back.push(charge.ticket.clone());
            return;
        }
        let record = TicketRecord::sold(charge.sale.clone());
        self.tickets.entry(charge.ticket.clone()).or_insert(record);
    }

    /// Refunded there: not free until the box has answered, again if need be.
    fn revoke_again(&mut self, charge: &Charge) {
        let record = TicketRecord::sold(charge.sale.clone());
        let known = self.tickets.entry(charge.ticket.clone()).or_insert(record);
        known.state = TicketState::Revoking;
        if let Some(ours) = self.seat_mut(&charge.sale.seat)
            && ours.record.is_free_for(Custodian::Hub)
            && ours.record.epoch == charge.sale.epoch
        {
            ours.record.state = SeatState::Revoking(charge.ticket.clone());
        }
    }

    fn keep_in_quarantine(&mut self, theirs: &[LoadedSeat]) {
        for theirs in theirs {
            if theirs.record.epoch.custodian() == Custodian::Hub
                && theirs.record.state == SeatState::Quarantine
                && let Some(ours) = self.seat_mut(&theirs.seat)
                && ours.record.is_free_for(Custodian::Hub)
            {
                ours.record.state = SeatState::Quarantine;
            }
        }
    }

    /// Questions that are still open, and what the box never heard; a seat that it took over and that is free here is given.
    fn tell_again(&mut self, testimony: &Testimony<'_>) {
        for fact in testimony.untold {
            if let Fact::Sold(ticket, _) = fact
                && self.tickets.get(ticket).is_some_and(TicketRecord::stands)
            {
                self.tells.push(fact.clone());
            }
        }
        for (ticket, record) in &self.tickets {
            if record.state == TicketState::Revoking && record.sale.seller == Custodian::Hub {
                let sale = record.sale.clone();
                self.tells.push(Fact::AskedToRevoke(ticket.clone(), sale));
            }
        }
        for theirs in testimony.seats {
            let ours = self.seats.iter_mut().find(|ours| ours.seat == theirs.seat);
            if let (SeatState::TakenOver(_), Some(ours)) = (&theirs.record.state, ours)
                && ours.record.is_free_for(Custodian::Hub)
                && let Some(epoch) = ours.record.epoch.next()
            {
                ours.record.epoch = epoch;
                self.tells
                    .push(Fact::Given(vec![(ours.seat.clone(), epoch)]));
            }
        }
        let lost = self.seats.iter().filter(|ours| {
            ours.record.epoch.custodian() == Custodian::Hub
                && ours.record.state == SeatState::Quarantine
        });
        let lost: Vec<_> = lost.map(|ours| ours.seat.clone()).collect();
        if !lost.is_empty() {
            self.tells.push(Fact::Quarantined(lost));
        }
    }

    fn seat_mut(&mut self, seat: &SeatId) -> Option<&mut LoadedSeat> {
        self.seats.iter_mut().find(|ours| ours.seat == *seat)
    }
}

fn carrying(ticket: &TicketId, state: TicketState) -> SeatState {
    match state {
        TicketState::Live => SeatState::Sold(ticket.clone()),
        TicketState::Revoking => SeatState::Revoking(ticket.clone()),
        TicketState::Revoked => SeatState::Free,
        TicketState::Unproven => SeatState::Quarantine,
    }
}

fn is_one_above(upper: Epoch, lower: Epoch) -> bool {
    lower.next() == Some(upper)
}
