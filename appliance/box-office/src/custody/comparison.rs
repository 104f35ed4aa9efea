//! Comparing custody: what a side expects the other to say at the positions that it names, and what becomes of a seat of which the two say
//! different things. The hash over the claims is the link's.

use super::seat::{LoadedSeat, SeatMove, SeatRecord, SeatState};
use super::{Custodian, Epoch};
use crate::SeatId;

/// What a side says of a seat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The seat.
    pub seat: SeatId,
    /// Its epoch as that side knows it.
    pub epoch: Epoch,
    /// Whether it says that the seat is its own.
    pub is_mine: bool,
}

impl Claim {
    /// What `side` says of a seat whose epoch it knows as this.
    pub fn at(side: Custodian, seat: &SeatId, epoch: Epoch) -> Self {
        Self {
            seat: seat.clone(),
            epoch,
            is_mine: epoch.custodian() == side,
        }
    }
}

/// What `side` expects the other to say, when it has applied exactly as much of the other's stream as the other had written. What it gave
/// itself after the position of its own stream that the other names, and what the other has not scanned, is on its way: `is_on_its_way`.
pub fn expected(
    side: Custodian,
    seats: &[(SeatId, Epoch)],
    is_on_its_way: impl Fn(&SeatId, Epoch) -> bool,
) -> Vec<Claim> {
    let claim = |(seat, epoch): &(SeatId, Epoch)| {
        let before = Epoch::new(epoch.number().saturating_sub(1));
        let is_given = epoch.custodian() != side && *epoch > Epoch::FIRST;
        let known = match is_given && is_on_its_way(seat, *epoch) {
            true => before,
            false => *epoch,
        };
        Claim::at(side.other(), seat, known)
    };
    seats.iter().map(claim).collect()
}

/// What becomes of a seat of which the other side says something else than is expected. Each is a case for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Disagreement {
    /// Both claim it: it stops on both sides.
    BothClaim,
    /// Nobody claims it: it goes to the side of the higher epoch.
    NobodyClaims {
        /// That epoch; its custodian has the seat.
        epoch: Epoch,
    },
    /// One side claims it, but under another epoch than the other knows: it stays there, at the higher one.
    OtherEpoch {
        /// The higher one.
        epoch: Epoch,
    },
    /// Only one side knows the seat.
    UnknownTo(Custodian),
}

/// The seats of which `side` and the other say different things at the same positions.
pub fn compare(
    side: Custodian,
    ours: &[(SeatId, Epoch)],
    expected: &[Claim],
    said: &[Claim],
) -> Vec<(SeatId, Disagreement)> {
    let mut found = Vec::new();
    for claim in expected {
        let theirs = said.iter().find(|other| other.seat == claim.seat);
        let ours = ours.iter().find(|(seat, _)| *seat == claim.seat);
        match (ours, theirs) {
            (_, Some(theirs)) if theirs == claim => {}
            (Some((_, ours)), Some(theirs)) => {
                let is_ours = ours.custodian() == side;
                let epoch = theirs.epoch.max(*ours);
                let disagreement = match (is_ours, theirs.is_mine) {
                    (true, true) => Disagreement::BothClaim,
                    (false, false) => Disagreement::NobodyClaims { epoch },
                    (true, false) | (false, true) => Disagreement::OtherEpoch { epoch },
                };
                found.push((claim.seat.clone(), disagreement));
            }
            (_, None) => {
                found.push((claim.seat.clone(), Disagreement::UnknownTo(side.other())));
            }
            (None, Some(_)) => {}
        }
    }
    let is_new = |claim: &&Claim| !expected.iter().any(|known| known.seat == claim.seat);
    let new = said.iter().filter(is_new);
    found.extend(new.map(|claim| (claim.seat.clone(), Disagreement::UnknownTo(side))));
    found
}

/// How the seat stands on this side once the disagreement is acted on; nothing, where it stays as it is. Whoever has a ticket or a hold keeps
/// it.
pub fn settled(ours: &LoadedSeat, disagreement: Disagreement) -> Option<SeatMove> {
    let SeatRecord { epoch, state } = &ours.record;
    match (disagreement, state) {
        (Disagreement::BothClaim, SeatState::Free) => Some(ours.turning(SeatState::Quarantine)),
        (
            Disagreement::NobodyClaims { epoch: higher }
            | Disagreement::OtherEpoch { epoch: higher },
            SeatState::Free | SeatState::Quarantine,
        ) if higher > *epoch => Some(ours.becoming(SeatRecord {
            epoch: higher,
            state: state.clone(),
        })),
        (
            Disagreement::BothClaim
            | Disagreement::NobodyClaims { .. }
            | Disagreement::OtherEpoch { .. }
            | Disagreement::UnknownTo(_),
            SeatState::Free
            | SeatState::Held(_)
            | SeatState::Sold(_)
            | SeatState::Blocked(_)
            | SeatState::Revoking(_)
            | SeatState::Quarantine
            | SeatState::TakenOver(_),
        ) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(epochs: &[u32]) -> Vec<(SeatId, Epoch)> {
        let seat = |(place, epoch): (usize, &u32)| {
            let name = format!("A{}", place + 1).parse().unwrap();
            (name, Epoch::new(*epoch))
        };
        epochs.iter().enumerate().map(seat).collect()
    }

    /// What is found where the hub has these epochs, of which those at `coming` are on their way, and the box these.
    fn check(hub: &[u32], coming: &[usize], cinema: &[u32], found: &[(usize, Disagreement)]) {
        let (hub, cinema) = (seats(hub), seats(cinema));
        let is_coming = |seat: &SeatId, _| coming.iter().any(|place| hub[*place].0 == *seat);
        let said: Vec<_> = cinema
            .iter()
            .map(|(seat, epoch)| Claim::at(Custodian::Cinema, seat, *epoch))
            .collect();
        let expected = expected(Custodian::Hub, &hub, is_coming);
        let named: Vec<_> = found
            .iter()
            .map(|(place, it)| (format!("A{}", place + 1).parse().unwrap(), *it))
            .collect();
        assert_eq!(compare(Custodian::Hub, &hub, &expected, &said), named);
    }

    #[test]
    fn what_is_on_its_way_is_no_disagreement() {
        check(&[0, 1, 2], &[], &[0, 1, 2], &[]);
        check(&[0, 1, 2], &[2], &[0, 1, 1], &[]);
    }

    #[test]
    fn who_claims_what_the_other_has_is_found() {
        let nobody = |epoch| Disagreement::NobodyClaims {
            epoch: Epoch::new(epoch),
        };
        check(&[1], &[], &[2], &[(0, Disagreement::BothClaim)]);
        check(&[1], &[], &[0], &[(0, Disagreement::BothClaim)]);
        check(&[2], &[], &[1], &[(0, nobody(2))]);
        check(&[0], &[], &[1], &[(0, nobody(1))]);
        let other = |epoch| Disagreement::OtherEpoch {
            epoch: Epoch::new(epoch),
        };
        check(&[0], &[], &[2], &[(0, other(2))]);
        check(&[3], &[], &[1], &[(0, other(3))]);
        let unknown = Disagreement::UnknownTo(Custodian::Cinema);
        check(&[0, 0], &[], &[0], &[(1, unknown)]);
        let unknown = Disagreement::UnknownTo(Custodian::Hub);
        check(&[0], &[], &[0, 0], &[(1, unknown)]);
    }

    #[test]
    fn the_cinema_compares_as_the_hub_does() {
        let side = Custodian::Cinema;
        let (ours, theirs) = (seats(&[1, 0, 2]), [0, 1, 2]);
        let said: Vec<_> = (ours.iter().zip(theirs))
            .map(|((seat, _), epoch)| Claim::at(Custodian::Hub, seat, Epoch::new(epoch)))
            .collect();
        let found = |coming: &[usize]| {
            let is_coming = |seat: &SeatId, _| coming.iter().any(|it| ours[*it].0 == *seat);
            compare(side, &ours, &expected(side, &ours, is_coming), &said)
        };
        let (first, second) = (ours[0].0.clone(), ours[1].0.clone());
        let both = (second, Disagreement::BothClaim);
        assert_eq!(found(&[0]), std::slice::from_ref(&both));
        let epoch = Epoch::new(1);
        assert_eq!(
            found(&[]),
            [(first, Disagreement::NobodyClaims { epoch }), both]
        );
    }

    #[test]
    fn a_seat_stops_or_goes_on_and_whoever_has_a_ticket_keeps_it() {
        let seat = |epoch, state| LoadedSeat {
            place: 0,
            seat: "A1".parse().unwrap(),
            record: SeatRecord {
                epoch: Epoch::new(epoch),
                state,
            },
        };
        let after = |ours: &LoadedSeat, it| {
            settled(ours, it).map(|step| (step.after.epoch.number(), step.after.state))
        };
        let sold = SeatState::Sold(crate::TicketId::from_bits([1; 16]));
        let (free, stopped) = (seat(1, SeatState::Free), seat(1, SeatState::Quarantine));
        let both = Disagreement::BothClaim;
        assert_eq!(after(&free, both), Some((1, SeatState::Quarantine)));
        assert_eq!(after(&stopped, both), None);
        assert_eq!(after(&seat(1, sold.clone()), both), None);
        let nobody = |epoch| Disagreement::NobodyClaims {
            epoch: Epoch::new(epoch),
        };
        assert_eq!(after(&free, nobody(2)), Some((2, SeatState::Free)));
        assert_eq!(after(&stopped, nobody(2)), Some((2, SeatState::Quarantine)));
        assert_eq!(after(&free, nobody(1)), None, "it is the higher one");
        assert_eq!(after(&seat(1, sold), nobody(2)), None);
        let other = Disagreement::OtherEpoch {
            epoch: Epoch::new(3),
        };
        assert_eq!(after(&free, other), Some((3, SeatState::Free)));
        assert_eq!(after(&free, Disagreement::UnknownTo(Custodian::Hub)), None);
    }
}
