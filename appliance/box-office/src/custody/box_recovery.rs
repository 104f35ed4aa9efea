//! A box that has forgotten begins a new incarnation: from a signed snapshot at the hub's head, never from its own old position. What
//! was in its custody or on its way to it, and is not proven sold, is in quarantine.

use std::collections::BTreeMap;

use super::decision::{Decision, Effect, Fact};
use super::revocation;
use super::seat::{LoadedSeat, SeatRecord, SeatState};
use super::ticket::{Proof, TicketRecord, TicketState};
use super::{Custodian, Epoch, Guards, Life, Standing};
use crate::{SeatId, TicketId};

/// One showtime as the hub knows it: its own seats and tickets, and what it was told.
#[derive(Debug, Clone, Copy)]
pub struct AtHub<'a> {
    /// Every seat of the plan.
    pub seats: &'a [LoadedSeat],
    /// Every ticket, of both sides.
    pub tickets: &'a BTreeMap<TicketId, TicketRecord>,
    /// Seats whose last grant the box had not acknowledged.
    pub on_their_way: &'a [SeatId],
    /// Whether the showtime had begun when the box was lost, so that seats may have been taken over.
    pub has_begun: bool,
}

/// What the new incarnation begins with: one for each showtime, at one position of the `down` stream.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Snapshot {
    /// The seats.
    pub seats: Vec<LoadedSeat>,
    /// The tickets.
    pub tickets: BTreeMap<TicketId, TicketRecord>,
}

/// The snapshot, and what the hub changes and tells in the transaction in which it takes the new incarnation for the box's. When both sides
/// recover in one Hello, no memory proves a free seat of either.
pub fn snapshot(hub: &AtHub<'_>, both_recover: bool) -> (Snapshot, Decision) {
    snapshot_with(&Guards::ALL, hub, both_recover)
}

pub(crate) fn snapshot_with(
    guards: &Guards,
    hub: &AtHub<'_>,
    both_recover: bool,
) -> (Snapshot, Decision) {
    let is_doubtful = |loaded: &&LoadedSeat| loaded.record.is_free_for(Custodian::Hub);
    let lost = hub.seats.iter().filter(is_doubtful);
    let lost: Vec<_> = match both_recover && guards.both_lost_prove_nothing {
        true => lost
            .map(|seat| seat.turning(SeatState::Quarantine))
            .collect(),
        false => Vec::new(),
    };
    let decision = Decision::of(lost, [], []);
    let is_lost = |seat: &SeatId| decision.seats.iter().any(|step| step.seat == *seat);
    let of = |loaded: &LoadedSeat| LoadedSeat {
        record: if loaded.record.epoch.custodian() == Custodian::Hub {
            hubs(guards, hub, loaded, is_lost(&loaded.seat))
        } else {
            cinemas(guards, hub, loaded)
        },
        ..loaded.clone()
    };
    let snapshot = Snapshot {
        seats: hub.seats.iter().map(of).collect(),
        tickets: hub.tickets.clone(),
    };
    (snapshot, decision)
}

/// A seat of the hub as the new incarnation knows it.
fn hubs(guards: &Guards, hub: &AtHub<'_>, loaded: &LoadedSeat, is_lost: bool) -> SeatRecord {
    let in_quarantine = is_lost || loaded.record.state == SeatState::Quarantine;
    let maybe_taken_over = hub.has_begun && guards.maybe_taken_over_is_quarantined;
    let taken_over = standing_ticket(hub, loaded, |record| {
        record.sale.at_risk && record.sale.epoch == loaded.record.epoch
    });
    let state = match taken_over {
        Some(ticket) => SeatState::TakenOver(ticket),
        None if in_quarantine && guards.quarantine_is_told => SeatState::Quarantine,
        None if maybe_taken_over => SeatState::Quarantine,
        None => SeatState::Free,
    };
    let epoch = loaded.record.epoch;
    SeatRecord { epoch, state }
}

/// A seat that was the lost box's, or on its way to it.
fn cinemas(guards: &Guards, hub: &AtHub<'_>, loaded: &LoadedSeat) -> SeatRecord {
    let epoch = loaded.record.epoch;
    let proven = standing_ticket(hub, loaded, |_| true);
    if proven.is_none() && !guards.on_its_way_is_lost_too && hub.on_their_way.contains(&loaded.seat)
    {
        let before = Epoch::new(epoch.number().saturating_sub(1));
        return SeatRecord {
            epoch: before,
            state: SeatState::Free,
        };
    }
    let state = proven.map_or(SeatState::Quarantine, SeatState::Sold);
    SeatRecord { epoch, state }
}

/// The ticket of the cinema that is proven to stand for the seat.
fn standing_ticket(
    hub: &AtHub<'_>,
    loaded: &LoadedSeat,
    is_meant: impl Fn(&TicketRecord) -> bool,
) -> Option<TicketId> {
    let proves = |record: &TicketRecord| {
        record.sale.seat == loaded.seat
            && record.sale.seller == Custodian::Cinema
            && (record.sale.at_risk || record.sale.epoch == loaded.record.epoch)
            && record.stands()
            && is_meant(record)
    };
    let found = hub.tickets.iter().filter(|(_, record)| proves(record));
    let latest = found.max_by_key(|(_, record)| (!record.sale.at_risk, record.sale.edition));
    latest.map(|(ticket, _)| ticket.clone())
}

/// The life of a box after it recovered: all of it is stored in one transaction, and what it tells goes into the new stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Who it is by now.
    pub standing: Standing,
    /// Every seat of the showtime.
    pub seats: Vec<LoadedSeat>,
    /// Every ticket of the showtime.
    pub tickets: BTreeMap<TicketId, TicketRecord>,
    /// What is told as the first events of the new incarnation.
    pub tells: Vec<Fact>,
    /// Whether it applies the hub's stream from the position of the snapshot on.
    pub at_the_head: bool,
}

/// The new incarnation of a box. Admissions that it still remembers are told again; what was asked of the lost life is answered.
pub fn begin(
    old: &Standing,
    (seats, tickets): (&[LoadedSeat], &BTreeMap<TicketId, TicketRecord>),
    snapshot: &Snapshot,
    (life, generation): (Life, Life),
) -> Begun {
    begin_with(
        &Guards::ALL,
        old,
        (seats, tickets),
        snapshot,
        (life, generation),
    )
}

pub(crate) fn begin_with(
    guards: &Guards,
    old: &Standing,
    (old_seats, old_tickets): (&[LoadedSeat], &BTreeMap<TicketId, TicketRecord>),
    snapshot: &Snapshot,
    (life, generation): (Life, Life),
) -> Begun {
    let mut tells = Vec::new();
    let mut tickets = snapshot.tickets.clone();
    for (ticket, record) in &mut tickets {
        record.maybe_admitted = record.admitted.is_none();
        let remembered = old_tickets.get(ticket).and_then(|old| old.admitted);
        if let (None, Some(_)) = (record.admitted, remembered) {
            record.admitted = Some(Proof::Unproven);
            tells.push(Fact::Admitted(ticket.clone(), Proof::Unproven));
        }
        if record.state == TicketState::Revoking && record.sale.seller == Custodian::Hub {
            let answer = revocation::answer(guards, record);
            record.state = revocation::state_after(answer);
            tells.push(Fact::Answered(ticket.clone(), answer));
        }
    }
    for (ticket, old) in old_tickets {
        if let (false, Some(_)) = (tickets.contains_key(ticket), old.admitted) {
            tells.push(Fact::Found(ticket.clone(), old.sale.clone()));
            tells.push(Fact::Admitted(ticket.clone(), Proof::Unproven));
            let admitted = Some(Proof::Unproven);
            tickets.insert(
                ticket.clone(),
                TicketRecord {
                    admitted,
                    ..old.clone()
                },
            );
        }
    }
    let seats = match guards.lives_begin_at_the_head {
        true => snapshot.seats.clone(),
        false => from_its_own_rows(old_seats, &snapshot.seats),
    };
    let standing = Standing {
        has_forgotten: true,
        ..old.whole_again(life, generation)
    };
    Begun {
        standing,
        seats,
        tickets,
        tells,
        at_the_head: guards.lives_begin_at_the_head,
    }
}

/// What a box would do that trusts its own old rows \[B7\].
fn from_its_own_rows(old: &[LoadedSeat], snapshot: &[LoadedSeat]) -> Vec<LoadedSeat> {
    let own = |told: &LoadedSeat| {
        let known = old.iter().find(|known| known.seat == told.seat);
        match known.filter(|known| known.record.epoch < told.record.epoch) {
            Some(known) => known.clone(),
            None => told.clone(),
        }
    };
    snapshot.iter().map(own).collect()
}

impl Begun {
    /// The effects that write what is told.
    pub fn effects(&self) -> Vec<Effect> {
        self.tells.iter().cloned().map(Effect::Tell).collect()
    }
}
