//! What the model explores: how many seats, transfers, tickets and faults, and which rules are kept.

use super::store::Rules;
use super::world::{Left, names};
use crate::custody::Guards;
use crate::plan::Plan;

#[derive(Debug, Clone)]
pub(super) struct Setup {
    pub(super) name: &'static str,
    pub(super) seats: usize,
    /// The highest epoch that a seat is given at.
    pub(super) last_epoch: u32,
    /// How many tickets are sold in all.
    pub(super) tickets: usize,
    /// How many guests are let in.
    pub(super) admissions: usize,
    pub(super) left: Left,
    /// Online sales are held, charged, and settled.
    pub(super) payments: bool,
    /// Any grant may be on somebody's phone.
    pub(super) codes: bool,
    /// The showtime ends: who was not answered for is refunded.
    pub(super) ends: bool,
    /// The network may keep a Hello and bring it later.
    pub(super) old_hello: bool,
    /// A variant: the box opens again as soon as a Hello finds nothing missing.
    pub(super) opens_on_hello: bool,
    /// A variant: the box scans a code once.
    pub(super) remembers_codes: bool,
    /// A variant: the number of the last session is in the hub's database alone.
    pub(super) forgets_sessions: bool,
    pub(super) guards: Guards,
}

impl Setup {
    pub(super) const fn new(name: &'static str, last_epoch: u32, tickets: usize) -> Self {
        Self {
            name,
            seats: 1,
            last_epoch,
            tickets,
            admissions: 0,
            left: Left {
                box_restores: 0,
                hub_restores: 0,
                replacements: 0,
                clones: 0,
                crashes: 0,
                refunds: 0,
                takeovers: 0,
                moneyless: 0,
                exits: 0,
                codes_of_managers: 0,
            },
            payments: false,
            codes: false,
            ends: false,
            old_hello: false,
            opens_on_hello: false,
            remembers_codes: false,
            forgets_sessions: false,
            guards: Guards::ALL,
        }
    }

    pub(super) fn plan(&self) -> &'static Plan {
        names().plan(self.seats)
    }

    pub(super) const fn has_clones(&self) -> bool {
        self.left.clones > 0
    }

    pub(super) fn rules(&self) -> Rules<'_> {
        Rules {
            guards: &self.guards,
            plan: self.plan(),
            has_begun: self.left.takeovers > 0,
        }
    }

    pub(super) const fn seats(mut self, seats: usize) -> Self {
        self.seats = seats;
        self
    }

    /// So many restores of the box and of the hub.
    pub(super) const fn restores(mut self, of_box: u8, of_hub: u8) -> Self {
        (self.left.box_restores, self.left.hub_restores) = (of_box, of_hub);
        self
    }

    pub(super) const fn replacements(mut self, replacements: u8) -> Self {
        self.left.replacements = replacements;
        self
    }

    /// So many clones, and so many one-time codes for the box that a manager chooses.
    pub(super) const fn clones(mut self, clones: u8, codes: u8) -> Self {
        (self.left.clones, self.left.codes_of_managers) = (clones, codes);
        self
    }

    pub(super) const fn crashes(mut self, crashes: u8) -> Self {
        self.left.crashes = crashes;
        self
    }

    /// So many refunds and admissions.
    pub(super) const fn door(mut self, refunds: u8, admissions: usize) -> Self {
        (self.left.refunds, self.admissions) = (refunds, admissions);
        self
    }

    pub(super) const fn takeovers(mut self, takeovers: u8) -> Self {
        self.left.takeovers = takeovers;
        self
    }

    pub(super) const fn moneyless(mut self, moneyless: u8) -> Self {
        self.left.moneyless = moneyless;
        self
    }

    pub(super) const fn exits(mut self, exits: u8) -> Self {
        self.left.exits = exits;
        self
    }

    pub(super) const fn payments(mut self) -> Self {
        self.payments = true;
        self
    }

    pub(super) const fn codes(mut self) -> Self {
        self.codes = true;
        self
    }

    pub(super) const fn ends(mut self) -> Self {
        self.ends = true;
        self
    }

    pub(super) const fn old_hello(mut self) -> Self {
        self.old_hello = true;
        self
    }

    pub(super) fn without(mut self, switch_off: fn(&mut Guards)) -> Self {
        switch_off(&mut self.guards);
        self
    }
}
