//! What breaks in a run: a box is killed in every turn, and one more fault is drawn, as from a deck of cards, so that none stays away for long.

use std::collections::BTreeMap;

use serde::Serialize;
use service::Random;

use crate::engine::Engine;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// A box is killed and started again.
    BoxKilled,
    /// The hub is killed and started again, or another has its place.
    HubKilled,
    /// The broker is killed and started again.
    BrokerRestarted,
    /// The cable between a box and the broker is pulled.
    LineCut,
    /// A printer runs out of paper, loses its power or its answer.
    PrinterDisturbed,
    /// The wall clock of a box or of the hub is set.
    ClockSet,
    /// A box is started on an older copy of its folder.
    BoxRestored,
    /// A clone of a box is started beside it.
    BoxCloned,
    /// A backup of the hub is put back in place of what it has written since.
    HubRestored,
}

/// How often a hub is put back in one run: each time the seats that it had free are sold to nobody any more.
const MOST_HUBS_RESTORED: u64 = 3;

/// What is drawn from: what costs little more often than what costs much.
const DECK: [Fault; 11] = [
    Fault::HubKilled,
    Fault::BrokerRestarted,
    Fault::LineCut,
    Fault::LineCut,
    Fault::PrinterDisturbed,
    Fault::PrinterDisturbed,
    Fault::ClockSet,
    Fault::ClockSet,
    Fault::BoxRestored,
    Fault::BoxCloned,
    Fault::HubRestored,
];

/// The faults of a run.
#[derive(Debug)]
pub struct Faults {
    left: Vec<Fault>,
    deck: Vec<Fault>,
    /// How many of each kind there were.
    pub happened: BTreeMap<Fault, u64>,
}

impl Faults {
    /// None yet; those that are made where the hub has its database on this engine.
    pub fn of(engine: Engine) -> Self {
        let is_made = |fault: &Fault| match engine {
            Engine::Sqlite => true,
            // That is the server's own business.
            Engine::Postgres => *fault != Fault::HubRestored,
        };
        let deck: Vec<_> = DECK.into_iter().filter(is_made).collect();
        let kinds = deck.iter().chain([&Fault::BoxKilled]);
        Self {
            left: Vec::new(),
            happened: kinds.map(|kind| (*kind, 0)).collect(),
            deck,
        }
    }

    /// The next, by chance.
    pub fn draw(&mut self, random: &Random) -> Fault {
        if self.left.is_empty() {
            self.left.clone_from(&self.deck);
        }
        let [chance] = random.bytes::<1>();
        let drawn = self.left.swap_remove(usize::from(chance) % self.left.len());
        match drawn == Fault::HubRestored && self.count_of(drawn) >= MOST_HUBS_RESTORED {
            true => Fault::HubKilled,
            false => drawn,
        }
    }

    /// It has happened.
    pub fn count(&mut self, fault: Fault) {
        *self.happened.entry(fault).or_default() += 1;
    }

    /// How many boxes were killed.
    pub fn kills(&self) -> u64 {
        self.count_of(Fault::BoxKilled)
    }

    fn count_of(&self, fault: Fault) -> u64 {
        self.happened.get(&fault).copied().unwrap_or(0)
    }

    /// How many turns it takes until each kind has happened.
    pub fn turns_for_all(&self) -> u64 {
        self.deck.len() as u64
    }

    /// The kinds of which there were fewer than this.
    pub fn rarer_than(&self, least: u64) -> Vec<String> {
        let rare = self.happened.iter().filter(|(_, count)| **count < least);
        rare.map(|(kind, count)| format!("{kind:?} has happened {count} times only"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_in_every_deck() {
        let mut faults = Faults::of(Engine::Sqlite);
        let random = Random::seeded(1);
        for _ in 0..faults.turns_for_all() {
            let fault = faults.draw(&random);
            faults.count(fault);
        }
        assert_eq!(
            faults.rarer_than(1),
            ["BoxKilled has happened 0 times only"]
        );
        faults.count(Fault::BoxKilled);
        assert_eq!(faults.rarer_than(1), [""; 0]);
        assert_eq!(faults.rarer_than(2).len(), 6);
    }
}
