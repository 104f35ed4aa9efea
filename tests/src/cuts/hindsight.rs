//! The best that a division of seats could have done, known afterwards.

use std::collections::BTreeSet;

use box_office::SeatId;
use box_office::custody::Custodian;
use box_office::custody::allotment::whole_blocks;

use super::demand::Group;
use super::evening::{Served, serve_in_cut};
use super::showtime::{Showtime, count};

/// What the best division of the free seats would have sold in a cut, to those who came in it and in their order.
///
/// It is searched for, so it can be reached: for every number of seats, the hub has the whole blocks of the room with so many seats at most, and then the
/// cinema has them; with each of these divisions, and with the one that there was, the cut is played by the same rules of seats. The one that sells most, on both
/// sides together, is the best; among equals the first, which is the one that there was.
pub fn best(showtime: &Showtime<'_>, came: &[&Group]) -> Served {
    let mut best = serve_in_cut(showtime.clone(), came);
    for hub in divisions(showtime) {
        if best.all() == came.len() as u64 {
            break;
        }
        let served = serve_in_cut(showtime.divided(&hub), came);
        if served.all() > best.all() {
            best = served;
        }
    }
    best
}

/// Each once: the seats that are the hub's.
fn divisions(showtime: &Showtime<'_>) -> BTreeSet<Vec<SeatId>> {
    let everything = count(&showtime.free());
    let all_cinemas = showtime.divided(&[]);
    let blocks = |most| {
        whole_blocks(
            Custodian::Cinema,
            showtime.plan(),
            all_cinemas.seats(Custodian::Cinema),
            most,
        )
    };
    let everywhere = blocks(everything);
    let mut divisions = BTreeSet::new();
    for most in 0..=everything {
        let given = blocks(most);
        let rest = everywhere.iter().filter(|seat| !given.contains(seat));
        divisions.insert(rest.cloned().collect());
        divisions.insert(given);
    }
    divisions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cuts::demand::Assumptions;

    /// So many pairs of each side, one after the other from each.
    fn pairs(cinema: usize, hub: usize) -> Vec<Group> {
        let pair = |side| Group {
            at: 0,
            showtime: 0,
            side,
            size: 2,
            only_together: true,
            ask_takes_ms: 0,
        };
        let lobby = std::iter::repeat_n(pair(Custodian::Cinema), cinema);
        lobby
            .chain(std::iter::repeat_n(pair(Custodian::Hub), hub))
            .collect()
    }

    /// What is sold as the seats are divided, and in the best way, to so many pairs in the room of 48 seats; `hub` seats are the hub's.
    #[track_caller]
    fn check(hub: usize, (lobby, online): (usize, usize), sold: [u64; 2], best: [u64; 2]) {
        let assumed = Assumptions::read().unwrap();
        let new = Showtime::new(assumed.plan(4), 0);
        let seats = whole_blocks(
            Custodian::Cinema,
            new.plan(),
            new.seats(Custodian::Cinema),
            hub,
        );
        let showtime = new.divided(&seats);
        let groups = pairs(lobby, online);
        let came: Vec<&Group> = groups.iter().collect();
        let served = serve_in_cut(showtime.clone(), &came);
        assert_eq!([served.cinema, served.hub], sold);
        let found = super::best(&showtime, &came);
        assert_eq!([found.cinema, found.hub], best);
    }

    #[test]
    fn the_best_division_is_found() {
        check(0, (5, 4), [5, 0], [5, 4]);
        check(48, (5, 4), [0, 4], [5, 4]);
    }

    #[test]
    fn what_was_right_stays() {
        check(20, (5, 4), [5, 4], [5, 4]);
    }
}
