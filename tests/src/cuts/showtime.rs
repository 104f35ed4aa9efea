//! One showtime as both sides know it. Every sale and every change of custody is decided by the rules of `box_office` and stored only if each
//! seat still is as it was seen; what they refuse to a side about its own seats is a defect, and ends the simulation.

use std::collections::BTreeMap;

use box_office::custody::ask::{Ask, Keeping, answer};
use box_office::custody::{
    Authority, Custodian, CustodyRefusal, Decision, Effect, Fact, Input, Life, Loaded, LoadedSeat,
    SeatState, Standing, decide,
};
use box_office::{
    Changes, Closeness, Epoch, HoldId, HoldRules, Ledger, Place, Plan, SeatId, SeatRecord,
    SingleSeatMode, TicketId, Wish, best_available,
};

/// The seats of a showtime at both sides.
#[derive(Debug, Clone)]
pub struct Showtime<'a> {
    plan: &'a Plan,
    starts: i64,
    cinema: Vec<LoadedSeat>,
    hub: Vec<LoadedSeat>,
    on_its_way: Vec<Transfer>,
    holds: usize,
}

/// Seats that were given, and that the other side has not heard of.
#[derive(Debug, Clone)]
struct Transfer {
    arrives: i64,
    to: Custodian,
    seats: Vec<(SeatId, Epoch)>,
}

impl<'a> Showtime<'a> {
    /// Nothing is sold, and every seat is the cinema's.
    pub fn new(plan: &'a Plan, starts: i64) -> Self {
        let new = |(place, it): (usize, &Place)| LoadedSeat {
            place,
            seat: it.seat.clone(),
            record: SeatRecord::NEW,
        };
        let seats: Vec<_> = plan.layout().places.iter().enumerate().map(new).collect();
        Self {
            plan,
            starts,
            cinema: seats.clone(),
            hub: seats,
            on_its_way: Vec::new(),
            holds: 0,
        }
    }

    /// The room.
    pub fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// When it begins.
    pub fn starts(&self) -> i64 {
        self.starts
    }

    /// As the side knows its seats, by place.
    pub fn seats(&self, side: Custodian) -> &[LoadedSeat] {
        match side {
            Custodian::Cinema => &self.cinema,
            Custodian::Hub => &self.hub,
        }
    }

    /// By place, what the side can sell without asking.
    pub fn free_for(&self, side: Custodian) -> Vec<bool> {
        let seats = self.seats(side).iter();
        seats.map(|it| it.record.is_free_for(side)).collect()
    }

    /// By place, what either side can sell.
    pub fn free(&self) -> Vec<bool> {
        let (cinema, hub) = (
            self.free_for(Custodian::Cinema),
            self.free_for(Custodian::Hub),
        );
        cinema.iter().zip(hub).map(|(it, hub)| *it || hub).collect()
    }

    /// How many seats are free, with those that are on their way.
    pub fn all_free(&self) -> usize {
        let given = self.on_its_way.iter().map(|it| it.seats.len());
        count(&self.free()) + given.sum::<usize>()
    }

    /// How many seats the side has sold.
    pub fn sold(&self, side: Custodian) -> usize {
        let is_sold = |it: &&LoadedSeat| matches!(it.record.state, SeatState::Sold(_));
        self.seats(side).iter().filter(is_sold).count()
    }

    /// How many seats both sides have sold. It must be none.
    pub fn sold_twice(&self) -> usize {
        let both = self.cinema.iter().zip(&self.hub);
        let is_sold = |it: &LoadedSeat| matches!(it.record.state, SeatState::Sold(_));
        both.filter(|(one, other)| is_sold(one) && is_sold(other))
            .count()
    }

    /// The best of these seats for so many, and whether they are side by side.
    pub fn best(&self, free: &[bool], count: usize) -> Option<(Vec<SeatId>, bool)> {
        let wish = Wish {
            count,
            wheelchairs: 0,
            only: None,
            single_seats: SingleSeatMode::Lenient,
            nth: 0,
        };
        let proposal = best_available(self.plan, free, &wish)?;
        let together = proposal.closeness == Closeness::SideBySide;
        Some((proposal.seats, together))
    }

    /// Which of these seats the side could not sell without asking.
    pub fn away(&self, side: Custodian, seats: &[SeatId]) -> Vec<SeatId> {
        let known = self.named(side, seats).into_iter();
        let away = known.filter(|it| it.record.epoch.custodian() != side);
        away.map(|it| it.seat).collect()
    }

    /// The side sells seats that it has: hold, then settle.
    pub fn sell(&mut self, side: Custodian, seats: &[SeatId]) {
        self.holds += 1;
        let hold: HoldId = id(&format!("hold-{}", self.holds));
        let rules = HoldRules::default();
        let held = self.ledger(side).hold(seats, &hold, &|_| false, &rules);
        let held = held.unwrap_or_else(|why| panic!("{side:?} cannot hold what it has: {why}"));
        self.change(side, held.changes);
        let with_ticket = |seat: &SeatId| {
            let ticket: TicketId = id(&format!("{hold}-{seat}", hold = self.holds));
            (seat.clone(), ticket)
        };
        let tickets: Vec<_> = seats.iter().map(with_ticket).collect();
        let sold = self.ledger(side).sell(&hold, &tickets);
        let sold = sold.unwrap_or_else(|why| panic!("{side:?} cannot sell what it holds: {why}"));
        self.change(side, sold);
    }

    /// The side gives free seats away. The other hears of it at `arrives`.
    pub fn give(&mut self, side: Custodian, seats: Vec<SeatId>, arrives: i64) {
        if seats.is_empty() {
            return;
        }
        let known = self.named(side, &seats);
        let decision = self.decided(side, &known, &Input::Give(seats));
        let seats = self.store(side, decision);
        let to = side.other();
        self.on_its_way.push(Transfer { arrives, to, seats });
    }

    /// What arrives by `now` is heard.
    pub fn hear_until(&mut self, now: i64) {
        let on_its_way = std::mem::take(&mut self.on_its_way);
        for transfer in on_its_way {
            match transfer.arrives <= now {
                true => self.hear(transfer.to, transfer.seats),
                false => self.on_its_way.push(transfer),
            }
        }
    }

    /// The side asks the other for seats, of which asks leave as many as `floor`; it has them when this returns.
    ///
    /// # Errors
    /// Why the other does not give them.
    pub fn ask(
        &mut self,
        side: Custodian,
        seats: Vec<SeatId>,
        floor: usize,
    ) -> Result<(), CustodyRefusal> {
        let other = side.other();
        let known = self.named(other, &seats);
        let plan = self.plan.layout().version;
        let keeping = Keeping {
            free: count(&self.free_for(other)),
            floor,
            waiting: &[],
        };
        let ask = Ask { plan, seats };
        let tickets = BTreeMap::new();
        let loaded = loaded(plan, &known, &tickets);
        let granted = answer(&standing(other), &loaded, &ask, &keeping)?;
        let seats = self.store(other, granted.decision);
        self.hear(side, seats);
        Ok(())
    }

    /// The same free seats divided anew: those of `hub` are the hub's. For what is known in hindsight only.
    #[must_use]
    pub fn divided(&self, hub: &[SeatId]) -> Self {
        let mut it = self.clone();
        for side in [Custodian::Cinema, Custodian::Hub] {
            let free = it
                .seats(side)
                .iter()
                .filter(|it| it.record.is_free_for(side));
            let wrong = free.filter(|it| hub.contains(&it.seat) != (side == Custodian::Hub));
            let wrong: Vec<SeatId> = wrong.map(|it| it.seat.clone()).collect();
            if !wrong.is_empty() {
                let known = it.named(side, &wrong);
                let decision = it.decided(side, &known, &Input::Give(wrong));
                let seats = it.store(side, decision);
                it.hear(side.other(), seats);
            }
        }
        it
    }

    fn hear(&mut self, side: Custodian, given: Vec<(SeatId, Epoch)>) {
        let seats: Vec<SeatId> = given.iter().map(|(seat, _)| seat.clone()).collect();
        let known = self.named(side, &seats);
        let heard = Input::Heard {
            plan: self.plan.layout().version,
            fact: Fact::Given(given),
        };
        let decision = self.decided(side, &known, &heard);
        self.store(side, decision);
    }

    fn decided(&self, side: Custodian, known: &[LoadedSeat], input: &Input) -> Decision {
        let tickets = BTreeMap::new();
        let loaded = loaded(self.plan.layout().version, known, &tickets);
        let decision = decide(&standing(side), &loaded, input);
        decision.unwrap_or_else(|why| panic!("{side:?} is refused {input:?}: {why}"))
    }

    /// Stores what was decided, and gives the seats whose transfer it tells.
    fn store(&mut self, side: Custodian, decision: Decision) -> Vec<(SeatId, Epoch)> {
        self.change(side, decision.seats);
        let mut given = Vec::new();
        for effect in decision.effects {
            let Effect::Tell(Fact::Given(seats)) = effect else {
                panic!("{side:?} should have nothing else to do than to tell: {effect:?}");
            };
            given.extend(seats);
        }
        given
    }

    fn change(&mut self, side: Custodian, changes: Changes) {
        let seats = match side {
            Custodian::Cinema => &mut self.cinema,
            Custodian::Hub => &mut self.hub,
        };
        for step in changes {
            let seat = &mut seats[step.place];
            assert_eq!(
                seat.record, step.before,
                "{side:?} {} has changed",
                step.seat
            );
            seat.record = step.after;
        }
    }

    fn ledger(&self, side: Custodian) -> Ledger<'a> {
        let seats = self.seats(side).iter();
        Ledger::new(
            self.plan,
            side,
            seats.map(|it| (it.place, it.record.clone())),
        )
    }

    fn named(&self, side: Custodian, seats: &[SeatId]) -> Vec<LoadedSeat> {
        let places = seats.iter().filter_map(|seat| self.plan.place_of(seat));
        places
            .map(|place| self.seats(side)[place].clone())
            .collect()
    }
}

/// How many of these are true.
pub fn count(free: &[bool]) -> usize {
    free.iter().filter(|free| **free).count()
}

fn loaded<'a>(
    plan: u32,
    seats: &'a [LoadedSeat],
    tickets: &'a BTreeMap<TicketId, box_office::custody::TicketRecord>,
) -> Loaded<'a> {
    Loaded {
        plan: Some(plan),
        seats,
        tickets,
        has_begun: false,
        doubted: None,
    }
}

fn standing(side: Custodian) -> Standing {
    let life = Life {
        number: 1,
        random: [1; 16],
    };
    Standing {
        side,
        life,
        other: Some(life),
        authority: Authority::Whole,
        has_forgotten: false,
    }
}

fn id<T: std::str::FromStr>(text: &str) -> T {
    let id = text.parse().ok();
    id.unwrap_or_else(|| panic!("{text} is no id"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cuts::demand::Assumptions;

    /// The room of 100 seats.
    const ROOM: usize = 3;

    #[test]
    fn what_is_given_is_nobodys_until_it_is_heard() {
        let assumed = Assumptions::read().unwrap();
        let mut showtime = Showtime::new(assumed.plan(ROOM), 0);
        let (seats, together) = showtime.best(&showtime.free(), 4).unwrap();
        assert!(together);
        showtime.give(Custodian::Cinema, seats.clone(), 7);
        showtime.hear_until(6);
        assert_eq!(count(&showtime.free()), 96);
        assert_eq!(showtime.all_free(), 100);
        assert_eq!(showtime.away(Custodian::Cinema, &seats), seats);
        assert_eq!(showtime.away(Custodian::Hub, &seats), seats);
        showtime.hear_until(7);
        assert_eq!(count(&showtime.free_for(Custodian::Hub)), 4);
        showtime.sell(Custodian::Hub, &seats);
        let sides = [Custodian::Cinema, Custodian::Hub];
        assert_eq!(sides.map(|side| showtime.sold(side)), [0, 4]);
        assert_eq!((showtime.sold_twice(), showtime.all_free()), (0, 96));
    }

    #[test]
    fn an_ask_brings_seats_down_to_the_floor() {
        let assumed = Assumptions::read().unwrap();
        let mut showtime = Showtime::new(assumed.plan(ROOM), 0);
        let (seats, _) = showtime.best(&showtime.free(), 2).unwrap();
        let refused = showtime.ask(Custodian::Hub, seats.clone(), 99);
        assert_eq!(refused, Err(CustodyRefusal::Floor));
        assert_eq!(showtime.ask(Custodian::Hub, seats.clone(), 98), Ok(()));
        assert_eq!(showtime.away(Custodian::Hub, &seats), []);
        showtime.sell(Custodian::Hub, &seats);
        let again = showtime.ask(Custodian::Cinema, seats.clone(), 0);
        assert_eq!(again, Err(CustodyRefusal::NotFree(seats)));
    }

    #[test]
    fn free_seats_are_divided_anew() {
        let assumed = Assumptions::read().unwrap();
        let mut showtime = Showtime::new(assumed.plan(ROOM), 0);
        let (seats, _) = showtime.best(&showtime.free(), 6).unwrap();
        showtime.sell(Custodian::Cinema, &seats[..2]);
        let divided = showtime.divided(&seats[2..]);
        let sides = [Custodian::Cinema, Custodian::Hub];
        let free = |of: &Showtime<'_>| sides.map(|side| count(&of.free_for(side)));
        assert_eq!(free(&divided), [94, 4]);
        assert_eq!(free(&divided.divided(&[])), [98, 0]);
    }
}
