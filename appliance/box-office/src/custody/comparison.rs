//! Comparing custody at a Hello: what the hub expects the box to say at the positions that it names, and what becomes of a seat of which
//! the two say different things. The hash over the claims is the link's.

use super::seat::{LoadedSeat, SeatRecord};
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
    /// What `side` says of a seat in its books.
    pub fn of(side: Custodian, seat: &SeatId, record: &SeatRecord) -> Self {
        Self {
            seat: seat.clone(),
            epoch: record.epoch,
            is_mine: record.epoch.custodian() == side,
        }
    }
}

/// What the hub expects the box to say, when it has applied exactly as much of the `up` stream as the box had written. A grant that stands
/// after the position of the `down` stream that the box names, and that it has not scanned, is on its way: `is_on_its_way`.
pub fn expected(
    seats: &[LoadedSeat],
    is_on_its_way: impl Fn(&SeatId, Epoch) -> bool,
) -> Vec<Claim> {
    let claim = |loaded: &LoadedSeat| {
        let epoch = loaded.record.epoch;
        let before = Epoch::new(epoch.number().saturating_sub(1));
        let is_granted = epoch.custodian() == Custodian::Cinema;
        let known = match is_granted && epoch > Epoch::FIRST && is_on_its_way(&loaded.seat, epoch) {
            true => before,
            false => epoch,
        };
        Claim {
            seat: loaded.seat.clone(),
            epoch: known,
            is_mine: known.custodian() == Custodian::Cinema,
        }
    };
    seats.iter().map(claim).collect()
}

/// What becomes of a seat of which the box says something else than the hub expects. Each is a case for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Disagreement {
    /// Both claim it: it stops on both sides.
    BothClaim,
    /// Nobody claims it: it goes to the side of the higher epoch.
    NobodyClaims {
        /// That epoch; its custodian has the seat.
        epoch: Epoch,
    },
    /// One side claims it, but under another epoch than the other knows: it stays there, at the higher one of that side.
    OtherEpoch,
    /// Only one side knows the seat.
    UnknownTo(Custodian),
}

/// The seats of which hub and box say different things at the same positions.
pub fn compare(
    hub: &[LoadedSeat],
    expected: &[Claim],
    said: &[Claim],
) -> Vec<(SeatId, Disagreement)> {
    let mut found = Vec::new();
    for claim in expected {
        let theirs = said.iter().find(|other| other.seat == claim.seat);
        let ours = hub.iter().find(|loaded| loaded.seat == claim.seat);
        match (ours, theirs) {
            (_, Some(theirs)) if theirs == claim => {}
            (Some(ours), Some(theirs)) => {
                let is_hubs = ours.record.epoch.custodian() == Custodian::Hub;
                let disagreement = match (is_hubs, theirs.is_mine) {
                    (true, true) => Disagreement::BothClaim,
                    (false, false) => Disagreement::NobodyClaims {
                        epoch: ours.record.epoch.max(theirs.epoch),
                    },
                    (true, false) | (false, true) => Disagreement::OtherEpoch,
                };
                found.push((claim.seat.clone(), disagreement));
            }
            (_, None) => found.push((
                claim.seat.clone(),
                Disagreement::UnknownTo(Custodian::Cinema),
            )),
            (None, Some(_)) => {}
        }
    }
    let is_new = |claim: &&Claim| !expected.iter().any(|known| known.seat == claim.seat);
    found.extend(
        said.iter()
            .filter(is_new)
            .map(|claim| (claim.seat.clone(), Disagreement::UnknownTo(Custodian::Hub))),
    );
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::custody::SeatState;

    fn seats(epochs: &[u32]) -> Vec<LoadedSeat> {
        let seat = |(place, epoch): (usize, &u32)| LoadedSeat {
            place,
            seat: format!("A{}", place + 1).parse().unwrap(),
            record: SeatRecord {
                epoch: Epoch::new(*epoch),
                state: SeatState::Free,
            },
        };
        epochs.iter().enumerate().map(seat).collect()
    }

    /// What is found where the hub has these epochs, of which those at `coming` are on their way, and the box these.
    fn check(hub: &[u32], coming: &[usize], cinema: &[u32], found: &[(usize, Disagreement)]) {
        let (hub, cinema) = (seats(hub), seats(cinema));
        let is_coming = |seat: &SeatId, _| coming.iter().any(|place| hub[*place].seat == *seat);
        let said: Vec<_> = cinema
            .iter()
            .map(|it| Claim::of(Custodian::Cinema, &it.seat, &it.record))
            .collect();
        let expected = expected(&hub, is_coming);
        let named: Vec<_> = found
            .iter()
            .map(|(place, it)| (format!("A{}", place + 1).parse().unwrap(), *it))
            .collect();
        assert_eq!(compare(&hub, &expected, &said), named);
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
        check(&[0], &[], &[2], &[(0, Disagreement::OtherEpoch)]);
        check(&[3], &[], &[1], &[(0, Disagreement::OtherEpoch)]);
        let unknown = Disagreement::UnknownTo(Custodian::Cinema);
        check(&[0, 0], &[], &[0], &[(1, unknown)]);
        let unknown = Disagreement::UnknownTo(Custodian::Hub);
        check(&[0], &[], &[0, 0], &[(1, unknown)]);
    }
}
