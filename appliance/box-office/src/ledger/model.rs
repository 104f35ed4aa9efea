//! Both sides' ledgers against a naive model of where each seat really is: random moves, transfers that are lost for a while,
//! repeated and overtaken. It checks the invariants of design.md section 3 after every step.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::custody::{
    Authority, Changes, Fact, Input, Life, Loaded, LoadedSeat, SeatRecord, SeatState, Standing,
    decide,
};
use crate::fixture::Room;
use crate::ledger::tests::store;
use crate::ledger::{HoldRules, Ledger};
use crate::plan::Plan;
use crate::programme::SingleSeatMode;
use crate::{BlockId, Custodian, Epoch, HoldId, SeatId, TicketId};

const SEATS: usize = 6;

#[derive(Debug, Clone)]
enum Move {
    Hold(Custodian, Vec<usize>, u8),
    Release(Custodian, u8),
    Sell(Custodian, u8),
    Block(Custodian, Vec<usize>),
    Unblock(Custodian),
    Give(Custodian, Vec<usize>),
    Deliver(prop::sample::Index),
}

/// Where a seat really is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whereabouts {
    With(Custodian),
    OnItsWayTo(Custodian),
}

#[derive(Debug, Clone)]
struct Truth {
    whereabouts: Whereabouts,
    transfers: u32,
    state: SeatState,
}

struct World {
    plan: Plan,
    cinema: Vec<SeatRecord>,
    hub: Vec<SeatRecord>,
    truth: Vec<Truth>,
    /// Every transfer ever told, to be delivered any number of times in any order.
    told: Vec<(Custodian, usize, Epoch)>,
    tickets: u32,
}

impl World {
    fn new() -> Self {
        let room = Room::of(&["......"]);
        let begin = Truth {
            whereabouts: Whereabouts::With(Custodian::Cinema),
            transfers: 0,
            state: SeatState::Free,
        };
        Self {
            plan: room.plan,
            cinema: room.records.clone(),
            hub: room.records,
            truth: vec![begin; SEATS],
            told: Vec::new(),
            tickets: 0,
        }
    }

    fn records(&mut self, side: Custodian) -> &mut Vec<SeatRecord> {
        match side {
            Custodian::Cinema => &mut self.cinema,
            Custodian::Hub => &mut self.hub,
        }
    }

    fn ledger(&self, side: Custodian) -> Ledger<'_> {
        let records = match side {
            Custodian::Cinema => &self.cinema,
            Custodian::Hub => &self.hub,
        };
        Ledger::new(&self.plan, side, records.iter().cloned().enumerate())
    }

    fn names(&self, places: &[usize]) -> Vec<SeatId> {
        places
            .iter()
            .map(|&place| self.plan.seat(place).clone())
            .collect()
    }

    fn is_with(&self, side: Custodian, place: usize) -> bool {
        self.truth[place].whereabouts == Whereabouts::With(side)
    }

    fn all_free(&self, side: Custodian, places: &[usize]) -> bool {
        places
            .iter()
            .all(|&place| self.is_with(side, place) && self.truth[place].state == SeatState::Free)
    }

    fn places_in(&self, side: Custodian, state: &SeatState) -> Vec<usize> {
        (0..SEATS)
            .filter(|&place| self.is_with(side, place) && self.truth[place].state == *state)
            .collect()
    }

    /// Makes a move on the real ledger and on the model; what one refuses the other refuses.
    fn make(&mut self, step: &Move) {
        match step {
            Move::Hold(side, places, hold) => self.hold(*side, places, &named(*hold)),
            Move::Release(side, hold) => {
                let changes = self.ledger(*side).release(&named(*hold));
                let places = self.places_in(*side, &SeatState::Held(named(*hold)));
                self.become_all(*side, &changes, &places, |_| SeatState::Free);
            }
            Move::Sell(side, hold) => self.sell(*side, &named(*hold)),
            Move::Block(side, places) => {
                let house: BlockId = "house".parse().unwrap();
                let decided = self.ledger(*side).block(&self.names(places), &house);
                assert_eq!(decided.is_ok(), self.all_free(*side, places));
                if let Ok(changes) = decided {
                    self.become_all(*side, &changes, places, |_| {
                        SeatState::Blocked(house.clone())
                    });
                }
            }
            Move::Unblock(side) => {
                let house: BlockId = "house".parse().unwrap();
                let changes = self.ledger(*side).unblock(&house);
                let places = self.places_in(*side, &SeatState::Blocked(house));
                self.become_all(*side, &changes, &places, |_| SeatState::Free);
            }
            Move::Give(side, places) => self.give(*side, places),
            Move::Deliver(which) => self.deliver(which),
        }
    }

    fn hold(&mut self, side: Custodian, places: &[usize], hold: &HoldId) {
        let rules = HoldRules {
            single_seats: SingleSeatMode::Off,
            ..HoldRules::default()
        };
        let decided = self
            .ledger(side)
            .hold(&self.names(places), hold, &|_| false, &rules);
        let own = SeatState::Held(hold.clone());
        let had = self.places_in(side, &own);
        let can = places
            .iter()
            .all(|&place| had.contains(&place) || self.all_free(side, &[place]));
        assert_eq!(decided.is_ok(), can && !places.is_empty());
        if let Ok(held) = decided {
            let mut touched = had;
            touched.extend(places);
            self.become_all(side, &held.changes, &touched, |place| {
                if places.contains(&place) {
                    own.clone()
                } else {
                    SeatState::Free
                }
            });
        }
    }

    fn sell(&mut self, side: Custodian, hold: &HoldId) {
        let places = self.places_in(side, &SeatState::Held(hold.clone()));
        let tickets: Vec<TicketId> = places
            .iter()
            .map(|place| format!("t{}-{place}", self.tickets).parse().unwrap())
            .collect();
        self.tickets += 1;
        let named: Vec<_> = self
            .names(&places)
            .into_iter()
            .zip(tickets.iter().cloned())
            .collect();
        let changes = self
            .ledger(side)
            .sell(hold, &named)
            .expect("every seat of the hold has its ticket");
        let ticket = |place| tickets[places.iter().position(|it| *it == place).unwrap()].clone();
        self.become_all(side, &changes, &places, |place| {
            SeatState::Sold(ticket(place))
        });
    }

    /// What custody's machine makes of it, with everything loaded.
    fn decide(&self, side: Custodian, input: &Input) -> Option<(Changes, bool)> {
        let records = match side {
            Custodian::Cinema => &self.cinema,
            Custodian::Hub => &self.hub,
        };
        let load = |(place, record): (usize, &SeatRecord)| LoadedSeat {
            place,
            seat: self.plan.seat(place).clone(),
            record: record.clone(),
        };
        let seats: Vec<_> = records.iter().enumerate().map(load).collect();
        let loaded = Loaded {
            plan: Some(1),
            seats: &seats,
            tickets: &BTreeMap::new(),
            has_begun: false,
            doubted: None,
        };
        let life = Life {
            number: 1,
            random: [0; 16],
        };
        let standing = Standing {
            side,
            life,
            other: None,
            authority: Authority::Whole,
            has_forgotten: false,
        };
        let decision = decide(&standing, &loaded, input).ok()?;
        let is_case = |effect: &_| matches!(effect, crate::custody::Effect::Case(_));
        let has_case = decision.effects.iter().any(is_case);
        Some((decision.seats, has_case))
    }

    fn give(&mut self, side: Custodian, places: &[usize]) {
        let decided = self.decide(side, &Input::Give(self.names(places)));
        assert_eq!(decided.is_some(), self.all_free(side, places));
        let Some((changes, _)) = decided else { return };
        store(self.records(side), &changes);
        for &place in places {
            self.truth[place].transfers += 1;
            self.truth[place].whereabouts = Whereabouts::OnItsWayTo(side.other());
            self.told
                .push((side.other(), place, Epoch::new(self.truth[place].transfers)));
        }
    }

    fn deliver(&mut self, which: &prop::sample::Index) {
        if self.told.is_empty() {
            return;
        }
        let (side, place, epoch) = self.told[which.index(self.told.len())];
        let newest = epoch.number() == self.truth[place].transfers
            && self.truth[place].whereabouts == Whereabouts::OnItsWayTo(side);
        let fact = Fact::Given(vec![(self.plan.seat(place).clone(), epoch)]);
        let heard = Input::Heard { plan: 1, fact };
        let (changes, has_case) = self.decide(side, &heard).expect("nothing is refused");
        assert!(!has_case, "every transfer fits");
        assert_eq!(!changes.is_empty(), newest, "the newest, and no other");
        store(self.records(side), &changes);
        if newest {
            self.truth[place].whereabouts = Whereabouts::With(side);
        }
    }

    /// Stores the changes and does the same to the model.
    fn become_all(
        &mut self,
        side: Custodian,
        changes: &Changes,
        places: &[usize],
        state: impl Fn(usize) -> SeatState,
    ) {
        store(self.records(side), changes);
        for &place in places {
            self.truth[place].state = state(place);
        }
    }

    fn check(&self) {
        for (place, truth) in self.truth.iter().enumerate() {
            let (cinema, hub) = (&self.cinema[place], &self.hub[place]);
            let claims = [(Custodian::Cinema, cinema), (Custodian::Hub, hub)]
                .map(|(side, record)| record.epoch.custodian() == side);
            let expected = match truth.whereabouts {
                Whereabouts::With(Custodian::Cinema) => [true, false],
                Whereabouts::With(Custodian::Hub) => [false, true],
                Whereabouts::OnItsWayTo(_) => [false, false],
            };
            assert_eq!(
                claims, expected,
                "at most one side has custody of place {place}"
            );
            assert_eq!(cinema.epoch.max(hub.epoch).number(), truth.transfers);
            for (record, claims) in [cinema, hub].into_iter().zip(claims) {
                let is_taken = record.state != SeatState::Free;
                assert!(
                    claims || !is_taken,
                    "a hold or a sale is in the custody of the side that made it"
                );
                assert!(!claims || record.state == truth.state);
            }
        }
    }
}

fn named(hold: u8) -> HoldId {
    format!("hold-{hold}").parse().unwrap()
}

fn moves() -> impl Strategy<Value = Move> {
    let side = || prop::sample::select(vec![Custodian::Cinema, Custodian::Hub]);
    let some = || prop::sample::subsequence((0..SEATS).collect::<Vec<_>>(), 1..=3);
    prop_oneof![
        4 => (side(), some(), 0_u8..3).prop_map(|(side, places, hold)| Move::Hold(side, places, hold)),
        1 => (side(), 0_u8..3).prop_map(|(side, hold)| Move::Release(side, hold)),
        2 => (side(), 0_u8..3).prop_map(|(side, hold)| Move::Sell(side, hold)),
        1 => (side(), some()).prop_map(|(side, places)| Move::Block(side, places)),
        1 => side().prop_map(Move::Unblock),
        3 => (side(), some()).prop_map(|(side, places)| Move::Give(side, places)),
        5 => any::<prop::sample::Index>().prop_map(Move::Deliver),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_ledgers_agree_with_where_the_seats_really_are(steps in prop::collection::vec(moves(), 1..80)) {
        let mut world = World::new();
        for step in &steps {
            let before: Vec<_> = world.cinema.iter().chain(&world.hub).map(|record| record.epoch).collect();
            world.make(step);
            world.check();
            let fell = world.cinema.iter().chain(&world.hub).zip(before).any(|(record, before)| record.epoch < before);
            prop_assert!(!fell, "an epoch fell");
        }
    }
}
