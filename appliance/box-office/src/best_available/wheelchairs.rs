//! Groups with wheelchair places: the places first, their companion seats next, and the rest of the group as near as it goes.

use super::groups::SEAT_WIDTH;
use super::{Candidate, Closeness, Finder};
use crate::SeatKind;

impl Finder<'_> {
    /// Every group with so many wheelchair places and `others` guests that is as close together as `closeness` says.
    pub(super) fn with_wheelchairs(
        &self,
        closeness: Closeness,
        wheelchairs: usize,
        others: usize,
    ) -> Vec<Candidate> {
        let places = self.free_of(SeatKind::Wheelchair);
        let groups = places.iter().filter_map(|&seed| {
            self.nearest(&places, seed, wheelchairs)
                .map(|group| (seed, group))
        });
        groups
            .flat_map(|(seed, group)| self.seat_others(seed, group, others))
            .filter(|found| found.closeness == closeness)
            .collect()
    }

    fn seat_others(&self, seed: usize, mut group: Vec<usize>, others: usize) -> Vec<Candidate> {
        let mut companions = self.free_of(SeatKind::Companion);
        companions.retain(|&seat| {
            self.plan()
                .partner(seat)
                .is_some_and(|place| group.contains(&place))
        });
        companions.sort_by_key(|&seat| (self.apart(seat, seed), seat));
        companions.truncate(others);
        group.extend(&companions);
        let rest = others - companions.len();
        if rest == 0 {
            return vec![self.whole_group(seed, &group, Vec::new())];
        }
        let windows = self
            .plan()
            .runs()
            .iter()
            .flat_map(|run| self.windows(run.clone(), rest));
        let mut found: Vec<_> = windows
            .map(|window| self.whole_group(seed, &group, window.collect()))
            .collect();
        if let Some(scattered) = self.scattered(rest, seed) {
            found.push(self.whole_group(seed, &group, scattered.places));
        }
        found
    }

    fn whole_group(&self, seed: usize, group: &[usize], rest: Vec<usize>) -> Candidate {
        let mut places = rest;
        places.extend(group);
        places.sort_unstable();
        let apart = places
            .iter()
            .map(|&place| self.apart(place, seed))
            .fold(0, i64::saturating_add);
        self.candidate(
            self.closeness_of(&places),
            places,
            apart.saturating_mul(TOGETHER_BEFORE_FOCUS),
        )
    }

    /// How close together places in order are.
    fn closeness_of(&self, places: &[usize]) -> Closeness {
        let row_of = |place: usize| {
            self.plan()
                .rows()
                .iter()
                .position(|row| row.contains(&place))
                .unwrap_or(0)
        };
        let (first, last) = (
            places.first().copied().unwrap_or(0),
            places.last().copied().unwrap_or(0),
        );
        let (front, back) = (row_of(first), row_of(last));
        let is_near =
            |pair: &[usize]| self.apart(pair[0], pair[1]) < i64::from(2 * SEAT_WIDTH).pow(2);
        let side_by_side = places
            .windows(2)
            .all(|pair| pair[1] == pair[0] + 1 && is_near(pair));
        match back - front {
            0 if side_by_side => Closeness::SideBySide,
            0 if last - first + 1 == places.len() => Closeness::AcrossAnAisle,
            0 => Closeness::OneBehindTheOther,
            1 if self.are_of_one_block(first, last) => Closeness::OneBehindTheOther,
            _ => Closeness::Scattered,
        }
    }

    /// The `count` of these places that are nearest to `seed`, itself among them.
    fn nearest(&self, places: &[usize], seed: usize, count: usize) -> Option<Vec<usize>> {
        let mut by_distance = places.to_vec();
        by_distance.sort_by_key(|&place| (self.apart(place, seed), place));
        by_distance.truncate(count);
        (by_distance.len() == count).then_some(by_distance)
    }

    fn free_of(&self, kind: SeatKind) -> Vec<usize> {
        (0..self.plan().len())
            .filter(|&place| self.plan().kind(place) == kind && self.room.is_free(place))
            .collect()
    }
}

/// For a group with a wheelchair, being near each other counts more than being near the focus.
const TOGETHER_BEFORE_FOCUS: i64 = 4;
