//! What one side stores, and one transaction on it: load, decide, save, tell.

use std::collections::{BTreeMap, BTreeSet};

use super::log::Log;
use crate::custody::decide::decide_with;
use crate::custody::{
    Authority, Custodian, Decision, Effect, Fact, Guards, Input, Life, Loaded, LoadedSeat, Sale,
    SeatRecord, Standing, TicketRecord,
};
use crate::ledger::{HoldRules, Ledger};
use crate::plan::Plan;
use crate::programme::SingleSeatMode;
use crate::{HoldId, SeatId, TicketId};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Store {
    pub(super) standing: Standing,
    pub(super) seats: Vec<LoadedSeat>,
    pub(super) tickets: BTreeMap<TicketId, TicketRecord>,
    pub(super) editions: Vec<u32>,
    /// Its own stream, and those of its earlier lives.
    pub(super) own: Log,
    pub(super) own_before: Vec<Log>,
    /// How far it has applied the other's, and those of the other's earlier lives.
    pub(super) heard: Log,
    pub(super) heard_before: Vec<Log>,
    /// How far the other has acknowledged the own one; the hub alone looks at it.
    pub(super) acknowledged: Log,
    /// The last session that was confirmed.
    pub(super) session: u8,
    /// Codes that it remembers, where a variant does.
    pub(super) scanned: BTreeSet<Log>,
}

/// What is decided with, besides what is stored.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) guards: &'a Guards,
    pub(super) plan: &'a Plan,
    pub(super) has_begun: bool,
}

pub(super) const PLAN: u32 = 1;

pub(super) const FIRST_LIFE: Life = Life {
    number: 1,
    random: [0; 16],
};

impl Store {
    pub(super) fn new(side: Custodian, life: Life, other: Life, plan: &Plan) -> Self {
        let seat = |place: usize| LoadedSeat {
            place,
            seat: plan.seat(place).clone(),
            record: SeatRecord::NEW,
        };
        let standing = Standing {
            side,
            life,
            other: Some(other),
            authority: Authority::Whole,
            has_forgotten: false,
        };
        Self {
            standing,
            seats: (0..plan.len()).map(seat).collect(),
            tickets: BTreeMap::new(),
            editions: vec![0; plan.len()],
            own: Log::begin(FIRST_LIFE),
            own_before: Vec::new(),
            heard: Log::begin(FIRST_LIFE),
            heard_before: Vec::new(),
            acknowledged: Log::begin(FIRST_LIFE),
            session: 0,
            scanned: BTreeSet::new(),
        }
    }

    pub(super) fn side(&self) -> Custodian {
        self.standing.side
    }

    pub(super) fn is_ours(&self, place: usize) -> bool {
        self.seats[place].record.epoch.custodian() == self.side()
    }

    pub(super) fn could_sell(&self, place: usize) -> bool {
        self.standing.is_whole() && self.seats[place].record.is_free_for(self.side())
    }

    /// Every stream that it has written, from the first on.
    pub(super) fn written(&self) -> impl Iterator<Item = &Log> {
        self.own_before.iter().chain([&self.own])
    }

    /// Every stream of the other that it has applied, from the first on.
    pub(super) fn applied(&self) -> impl Iterator<Item = &Log> {
        self.heard_before.iter().chain([&self.heard])
    }

    pub(super) fn tell(&mut self, fact: Fact) {
        self.own = self.own.then(self.standing.life, fact);
    }

    /// One transaction. `None` if it is refused; else what is left to do outside, and whether an epoch fell.
    pub(super) fn run(&mut self, rules: Rules<'_>, input: &Input) -> Option<(Decision, bool)> {
        let loaded = Loaded {
            plan: Some(PLAN),
            seats: &self.seats,
            tickets: &self.tickets,
            has_begun: rules.has_begun,
            doubted: None,
        };
        let decision = decide_with(rules.guards, &self.standing, &loaded, input).ok()?;
        let fell = self.save(&decision);
        Some((decision, fell))
    }

    /// Saves a decision by conditional updates, and writes what it tells. Who is fenced writes nothing: it tells it in its next life.
    pub(super) fn save(&mut self, decision: &Decision) -> bool {
        let mut fell = false;
        for step in &decision.seats {
            let known = &mut self.seats[step.place].record;
            assert_eq!(*known, step.before, "{} was changed since", step.seat);
            fell |= step.after.epoch < step.before.epoch;
            known.clone_from(&step.after);
        }
        for moved in &decision.tickets {
            assert_eq!(self.tickets.get(&moved.ticket), moved.before.as_ref());
            self.tickets
                .insert(moved.ticket.clone(), moved.after.clone());
        }
        self.know_editions();
        if self.standing.is_whole() || self.side() == Custodian::Hub {
            for effect in &decision.effects {
                if let Effect::Tell(fact) = effect {
                    self.tell(fact.clone());
                }
            }
        }
        fell
    }

    /// No edition is given twice, as far as is known.
    pub(super) fn know_editions(&mut self) {
        for (loaded, edition) in self.seats.iter().zip(&mut self.editions) {
            let of_seat = self
                .tickets
                .values()
                .filter(|it| it.sale.seat == loaded.seat);
            let highest = of_seat.map(|record| record.sale.edition).max();
            *edition = (*edition).max(highest.unwrap_or(0));
        }
    }

    /// Holds a seat by the ledger, if this side may.
    pub(super) fn hold(&mut self, rules: Rules<'_>, place: usize, hold: &HoldId) -> Option<()> {
        if !self.standing.is_whole() {
            return None;
        }
        let choice = HoldRules {
            single_seats: SingleSeatMode::Off,
            ..HoldRules::default()
        };
        let seat = rules.plan.seat(place).clone();
        let held = self
            .ledger(rules.plan)
            .hold(&[seat], hold, &|_| false, &choice)
            .ok()?;
        self.save(&Decision {
            seats: held.changes,
            ..Decision::default()
        });
        Some(())
    }

    /// Sells the seat of a hold by the ledger, and tells it.
    pub(super) fn sell(
        &mut self,
        rules: Rules<'_>,
        hold: &HoldId,
        ticket: &TicketId,
        sale: &Sale,
    ) -> Option<()> {
        let tickets = [(sale.seat.clone(), ticket.clone())];
        let seats = self.ledger(rules.plan).sell(hold, &tickets).ok()?;
        self.save(&Decision {
            seats,
            ..Decision::default()
        });
        let record = TicketRecord::sold(sale.clone());
        self.tickets.insert(ticket.clone(), record);
        self.know_editions();
        self.tell(Fact::Sold(ticket.clone(), sale.clone()));
        Some(())
    }

    /// Frees the seat of a hold.
    pub(super) fn release(&mut self, rules: Rules<'_>, hold: &HoldId) {
        let seats = self.ledger(rules.plan).release(hold);
        self.save(&Decision {
            seats,
            ..Decision::default()
        });
    }

    /// What the next ticket of a seat is sold as.
    pub(super) fn sale(&self, place: usize) -> Sale {
        Sale {
            seat: self.seats[place].seat.clone(),
            seller: self.side(),
            epoch: self.seats[place].record.epoch,
            edition: self.editions[place] + 1,
            at_risk: false,
        }
    }

    pub(super) fn place_of(&self, seat: &SeatId) -> usize {
        let found = self.seats.iter().position(|loaded| loaded.seat == *seat);
        found.expect("the seats of the model are known")
    }

    fn ledger<'p>(&self, plan: &'p Plan) -> Ledger<'p> {
        let records = self.seats.iter();
        let records = records.map(|loaded| (loaded.place, loaded.record.clone()));
        Ledger::new(plan, self.side(), records)
    }
}
