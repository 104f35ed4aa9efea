//! An ask for seats that the other side has: answered within seconds, all or none, by a transfer or a refusal with its reason. An ask
//! changes no state by itself, and is never queued or repeated.

use super::decision::{CustodyRefusal, Decision, Effect, Fact, Loaded};
use super::seat::{Changes, LoadedSeat, SeatMove, SeatState};
use super::transfer::passed_on;
use super::{Custodian, Standing};
use crate::{HoldId, SeatId};

/// What the other side asks for, for one guest of its.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The plan version that names the seats.
    pub plan: u32,
    /// All of them, or none.
    pub seats: Vec<SeatId>,
}

/// What this side keeps, and who of its own guests waits for an answer.
#[derive(Debug, Clone, Copy)]
pub struct Keeping<'a> {
    /// How many seats of the showtime are free and this side's.
    pub free: usize,
    /// So many of them asks cannot take; see [`super::allotment::floor`].
    pub floor: usize,
    /// Holds of this side that wait for the answer to an ask of their own.
    pub waiting: &'a [HoldId],
}

/// The answer to an ask that is granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// What is stored and told in one transaction.
    pub decision: Decision,
    /// Holds of this side that give way, and are released in the same transaction: their guests are told that others were faster.
    pub yields: Vec<HoldId>,
}

/// Answers an ask. If two groups collide, each holding what the other asks for, the guest at the cinema wins: the hub gives up its hold,
/// the cinema does not.
///
/// # Errors
/// Why nothing is given.
pub fn answer(
    standing: &Standing,
    loaded: &Loaded<'_>,
    ask: &Ask,
    keeping: &Keeping<'_>,
) -> Result<Granted, CustodyRefusal> {
    if !standing.is_whole() {
        return Err(CustodyRefusal::Stopped);
    }
    if loaded.plan != Some(ask.plan) {
        return Err(CustodyRefusal::OtherPlan);
    }
    let asked: Option<Vec<_>> = ask.seats.iter().map(|seat| loaded.seat(seat)).collect();
    let asked = asked.ok_or(CustodyRefusal::Unknown)?;
    let is_away = |seat: &&&LoadedSeat| seat.record.epoch.custodian() != standing.side;
    let away: Vec<_> = asked
        .iter()
        .filter(is_away)
        .map(|it| it.seat.clone())
        .collect();
    if !away.is_empty() {
        return Err(CustodyRefusal::NotOurs(away));
    }
    let mut yields = Vec::new();
    let mut taken = Vec::new();
    for seat in &asked {
        match &seat.record.state {
            SeatState::Free => {}
            SeatState::Held(hold) if gives_way(standing, keeping, hold) => {
                if !yields.contains(hold) {
                    yields.push(hold.clone());
                }
            }
            SeatState::Held(_)
            | SeatState::Sold(_)
            | SeatState::Blocked(_)
            | SeatState::Revoking(_)
            | SeatState::Quarantine
            | SeatState::TakenOver(_) => taken.push(seat.seat.clone()),
        }
    }
    if !taken.is_empty() {
        return Err(CustodyRefusal::NotFree(taken));
    }
    let of_the_free = asked
        .iter()
        .filter(|seat| seat.record.state == SeatState::Free);
    if keeping.free < keeping.floor.saturating_add(of_the_free.count()) {
        return Err(CustodyRefusal::Floor);
    }
    let moves: Vec<SeatMove> = asked.iter().filter_map(|seat| passed_on(seat)).collect();
    let told = moves
        .iter()
        .map(|step| (step.seat.clone(), step.after.epoch));
    let told = Effect::Tell(Fact::Given(told.collect()));
    let decision = Decision {
        seats: Changes::in_order(moves.into_iter()),
        effects: vec![told],
        ..Decision::default()
    };
    Ok(Granted { decision, yields })
}

fn gives_way(standing: &Standing, keeping: &Keeping<'_>, hold: &HoldId) -> bool {
    standing.side == Custodian::Hub && keeping.waiting.contains(hold)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::custody::{Authority, Epoch, Life, SeatRecord, Stopped};

    fn standing(side: Custodian) -> Standing {
        Standing {
            side,
            life: Life {
                number: 1,
                random: [1; 16],
            },
            other: None,
            authority: Authority::Whole,
            has_forgotten: false,
        }
    }

    fn seats(side: Custodian, letters: &str) -> Vec<LoadedSeat> {
        let epoch = match side {
            Custodian::Cinema => Epoch::new(2),
            Custodian::Hub => Epoch::new(1),
        };
        let seat = |(place, letter): (usize, char)| {
            let state = match letter {
                'X' => SeatState::Sold("ticket".parse().unwrap()),
                'h' => SeatState::Held("guest".parse().unwrap()),
                'q' => SeatState::Quarantine,
                _ => SeatState::Free,
            };
            let epoch = match letter {
                'e' => epoch.next().unwrap(),
                _ => epoch,
            };
            LoadedSeat {
                place,
                seat: format!("A{}", place + 1).parse().unwrap(),
                record: SeatRecord { epoch, state },
            }
        };
        letters.chars().enumerate().map(seat).collect()
    }

    /// What is answered to an ask for every seat of these.
    fn asked(
        standing: &Standing,
        letters: &str,
        (free, floor): (usize, usize),
        waiting: &[HoldId],
    ) -> Result<(usize, usize), CustodyRefusal> {
        let seats = seats(standing.side, letters);
        let loaded = Loaded {
            plan: Some(3),
            seats: &seats,
            tickets: &BTreeMap::new(),
            has_begun: false,
            doubted: None,
        };
        let ask = Ask {
            plan: 3,
            seats: seats.iter().map(|it| it.seat.clone()).collect(),
        };
        let keeping = Keeping {
            free,
            floor,
            waiting,
        };
        let granted = answer(standing, &loaded, &ask, &keeping)?;
        Ok((granted.decision.seats.len(), granted.yields.len()))
    }

    #[test]
    fn all_are_given_or_none() {
        let cinema = standing(Custodian::Cinema);
        let a = |seat: &str| vec![seat.parse().unwrap()];
        assert_eq!(asked(&cinema, "..", (9, 0), &[]), Ok((2, 0)));
        assert_eq!(
            asked(&cinema, ".X", (9, 0), &[]),
            Err(CustodyRefusal::NotFree(a("A2")))
        );
        assert_eq!(
            asked(&cinema, "q.", (9, 0), &[]),
            Err(CustodyRefusal::NotFree(a("A1")))
        );
        assert_eq!(
            asked(&cinema, ".e", (9, 0), &[]),
            Err(CustodyRefusal::NotOurs(a("A2")))
        );
        let stopped = cinema.stopped(Stopped::Copy);
        assert_eq!(
            asked(&stopped, "..", (9, 0), &[]),
            Err(CustodyRefusal::Stopped)
        );
    }

    #[test]
    fn asks_leave_the_floor() {
        let hub = standing(Custodian::Hub);
        assert_eq!(asked(&hub, "..", (6, 4), &[]), Ok((2, 0)));
        assert_eq!(asked(&hub, "..", (6, 5), &[]), Err(CustodyRefusal::Floor));
    }

    #[test]
    fn what_gives_way_is_not_of_the_free_and_each_hold_ends_once() {
        let hub = standing(Custodian::Hub);
        let guest: HoldId = "guest".parse().unwrap();
        let waiting = std::slice::from_ref(&guest);
        assert_eq!(asked(&hub, "hh.", (5, 4), waiting), Ok((3, 1)));
        let floor = Err(CustodyRefusal::Floor);
        assert_eq!(asked(&hub, "hh.", (4, 4), waiting), floor);
    }

    #[test]
    fn what_is_given_is_told_and_named_by_the_plan_of_today() {
        let cinema = standing(Custodian::Cinema);
        let seats = seats(Custodian::Cinema, "..");
        let loaded = Loaded {
            plan: Some(3),
            seats: &seats,
            tickets: &BTreeMap::new(),
            has_begun: false,
            doubted: None,
        };
        let keeping = Keeping {
            free: 9,
            floor: 0,
            waiting: &[],
        };
        let asked = |plan, seat: &str| {
            let seats = vec![seat.parse().unwrap()];
            answer(&cinema, &loaded, &Ask { plan, seats }, &keeping)
        };
        let given = asked(3, "A2").unwrap().decision;
        let told = Fact::Given(vec![("A2".parse().unwrap(), Epoch::new(3))]);
        assert_eq!(given.effects, [Effect::Tell(told)]);
        let given = given.seats.iter().map(|step| step.after.clone());
        let passed = SeatRecord {
            epoch: Epoch::new(3),
            state: SeatState::Free,
        };
        assert_eq!(given.collect::<Vec<_>>(), [passed]);
        assert_eq!(asked(2, "A2"), Err(CustodyRefusal::OtherPlan));
        assert_eq!(asked(3, "A3"), Err(CustodyRefusal::Unknown));
    }

    #[test]
    fn the_guest_at_the_cinema_wins() {
        let guest: HoldId = "guest".parse().unwrap();
        let waiting = std::slice::from_ref(&guest);
        let taken = || Err(CustodyRefusal::NotFree(vec!["A1".parse().unwrap()]));
        assert_eq!(
            asked(&standing(Custodian::Hub), "h.", (9, 0), waiting),
            Ok((2, 1))
        );
        assert_eq!(asked(&standing(Custodian::Hub), "h.", (9, 0), &[]), taken());
        assert_eq!(
            asked(&standing(Custodian::Cinema), "h.", (9, 0), waiting),
            taken()
        );
    }
}
