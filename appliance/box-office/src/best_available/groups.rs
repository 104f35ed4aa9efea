//! Groups of ordinary seats: every way to seat so many guests at one step of closeness.

use std::ops::Range;

use super::{Candidate, Closeness, Finder};
use crate::{SeatKind, turned};

impl Finder<'_> {
    /// Every group of `count` seats that is as close together as `closeness` says and no closer.
    pub(super) fn groups(&self, closeness: Closeness, count: usize) -> Vec<Candidate> {
        match closeness {
            Closeness::SideBySide => self.in_one_run(count),
            Closeness::AcrossAnAisle => self.across_an_aisle(count),
            Closeness::OneBehindTheOther => self.one_behind_the_other(count),
            Closeness::Scattered => self
                .seeds()
                .filter_map(|seed| self.scattered(count, seed))
                .collect(),
        }
    }

    fn in_one_run(&self, count: usize) -> Vec<Candidate> {
        let windows = self
            .plan()
            .runs()
            .iter()
            .flat_map(|run| self.windows(run.clone(), count));
        windows
            .map(|window| self.candidate(Closeness::SideBySide, window.collect(), 0))
            .collect()
    }

    fn across_an_aisle(&self, count: usize) -> Vec<Candidate> {
        let crosses = |window: &Range<usize>| self.plan().run_of(window.start).end < window.end;
        let windows = self
            .plan()
            .rows()
            .iter()
            .flat_map(|row| self.windows(row.clone(), count))
            .filter(crosses);
        windows
            .map(|window| self.candidate(Closeness::AcrossAnAisle, window.collect(), 0))
            .collect()
    }

    fn one_behind_the_other(&self, count: usize) -> Vec<Candidate> {
        let (small, large) = (count / 2, count - count / 2);
        if small == 0 {
            return Vec::new();
        }
        let mut found = Vec::new();
        for rows in self
            .plan()
            .rows()
            .windows(2)
            .filter(|rows| self.are_of_one_block(rows[0].start, rows[1].start))
            .filter(|rows| !self.gallery_begins_at(rows[1].start))
        {
            self.pairs_of_windows(&rows[0], &rows[1], (small, large), &mut found);
            if small != large {
                self.pairs_of_windows(&rows[0], &rows[1], (large, small), &mut found);
            }
        }
        found
    }

    /// Windows of these sizes in two rows, the one standing behind the other at least in part.
    fn pairs_of_windows(
        &self,
        front: &Range<usize>,
        back: &Range<usize>,
        sizes: (usize, usize),
        found: &mut Vec<Candidate>,
    ) {
        let behind = self.windows_of_row(back, sizes.1);
        let turn = self.plan().layout().places[front.start].turn;
        for before in self.windows_of_row(front, sizes.0) {
            let middle = self.middle_twice(&before, turn);
            let overlaps = |after: &&Range<usize>| self.overlap(&before, after, turn);
            for after in behind.iter().filter(overlaps) {
                let aside = i64::from(middle.abs_diff(self.middle_twice(after, turn)));
                let places = before.clone().chain(after.clone()).collect();
                found.push(self.candidate(
                    Closeness::OneBehindTheOther,
                    places,
                    aside.saturating_mul(aside),
                ));
            }
        }
    }

    /// `count` seats in several places, the nearest stretches to `seed` first, each used without leaving a seat over if that
    /// can be done.
    pub(super) fn scattered(&self, count: usize, seed: usize) -> Option<Candidate> {
        let distance = |stretch: &Range<usize>| {
            stretch
                .clone()
                .map(|place| self.apart(place, seed))
                .min()
                .unwrap_or(i64::MAX)
        };
        let mut stretches: Vec<_> = self
            .plan()
            .runs()
            .iter()
            .flat_map(|run| self.usable_stretches(run.clone()))
            .collect();
        stretches.sort_by_key(|stretch| (distance(stretch), stretch.start));
        let places = self
            .gather(&stretches, count, seed, true)
            .or_else(|| self.gather(&stretches, count, seed, false))?;
        let apart = places
            .iter()
            .map(|&place| self.apart(place, seed))
            .fold(0, i64::saturating_add);
        Some(self.candidate(Closeness::Scattered, places, apart))
    }

    fn gather(
        &self,
        stretches: &[Range<usize>],
        count: usize,
        seed: usize,
        leave_no_single: bool,
    ) -> Option<Vec<usize>> {
        let mut places = Vec::with_capacity(count);
        for stretch in stretches {
            let rest = count - places.len();
            let is_left_alone = |window: &Range<usize>| {
                window.start - stretch.start == 1 || stretch.end - window.end == 1
            };
            let best_of = |size: usize| {
                let windows = self
                    .windows(stretch.clone(), size)
                    .into_iter()
                    .filter(|window| !(leave_no_single && is_left_alone(window)));
                windows.min_by_key(|window| {
                    window
                        .clone()
                        .map(|place| self.apart(place, seed))
                        .fold(0, i64::saturating_add)
                })
            };
            places.extend(
                (1..=rest.min(stretch.len()))
                    .rev()
                    .find_map(best_of)
                    .into_iter()
                    .flatten(),
            );
            if places.len() == count {
                return Some(places);
            }
        }
        None
    }

    fn seeds(&self) -> impl Iterator<Item = usize> {
        (0..self.plan().len()).filter(|&place| self.is_usable(place))
    }

    /// Whether an ordinary guest of this wish can have the seat, with its other half if it is a love seat.
    fn is_usable(&self, place: usize) -> bool {
        let kind = self.plan().kind(place);
        self.room.is_free(place)
            && match kind {
                SeatKind::Standard | SeatKind::Premium => self.only.is_none_or(|only| only == kind),
                SeatKind::LoveSeat => {
                    self.with_love_seats
                        && self.only.is_none_or(|only| only == kind)
                        && self
                            .plan()
                            .partner(place)
                            .is_some_and(|half| self.room.is_free(half))
                }
                SeatKind::Wheelchair | SeatKind::Companion => false,
            }
    }

    /// `count` usable seats next to each other in the list, without half a love seat.
    pub(super) fn windows(&self, range: Range<usize>, count: usize) -> Vec<Range<usize>> {
        let whole = |window: &Range<usize>| {
            window.clone().all(|place| match self.plan().kind(place) {
                SeatKind::LoveSeat => self
                    .plan()
                    .partner(place)
                    .is_some_and(|half| window.contains(&half)),
                SeatKind::Standard
                | SeatKind::Premium
                | SeatKind::Wheelchair
                | SeatKind::Companion => true,
            })
        };
        let windows = (range.start..)
            .map(|start| start..start + count)
            .take_while(|window| window.end <= range.end);
        windows
            .filter(|window| window.clone().all(|place| self.is_usable(place)) && whole(window))
            .collect()
    }

    fn windows_of_row(&self, row: &Range<usize>, count: usize) -> Vec<Range<usize>> {
        let runs = self
            .plan()
            .runs()
            .iter()
            .filter(|run| row.contains(&run.start));
        runs.flat_map(|run| self.windows(run.clone(), count))
            .collect()
    }

    /// The longest stretches of usable seats within a run.
    fn usable_stretches(&self, run: Range<usize>) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for place in run.filter(|&place| self.is_usable(place)) {
            match found.last_mut() {
                Some(last) if last.end == place => last.end = place + 1,
                Some(_) | None => found.push(place..place + 1),
            }
        }
        found
    }

    fn gallery_begins_at(&self, place: usize) -> bool {
        let layout = self.plan().layout();
        layout.gallery_from.as_ref() == Some(&layout.places[place].row)
    }

    pub(super) fn are_of_one_block(&self, one: usize, other: usize) -> bool {
        let places = &self.plan().layout().places;
        places[one].block == places[other].block
    }

    /// How far to the right a place is for whoever looks at the screen from a seat that is turned so.
    fn across(&self, place: usize, turn: i32) -> i32 {
        match turn {
            0 => self.stands(place).0,
            _ => turned(self.stands(place), -turn).0,
        }
    }

    fn overlap(&self, one: &Range<usize>, other: &Range<usize>, turn: i32) -> bool {
        let ends = |window: &Range<usize>| {
            let (first, last) = (window.start, window.end - 1);
            (self.across(first, turn), self.across(last, turn))
        };
        let ((left, right), (other_left, other_right)) = (ends(one), ends(other));
        left.saturating_sub(other_right) < SEAT_WIDTH
            && other_left.saturating_sub(right) < SEAT_WIDTH
    }

    fn middle_twice(&self, window: &Range<usize>, turn: i32) -> i32 {
        let last = self.across(window.end - 1, turn);
        self.across(window.start, turn).saturating_add(last)
    }
}

/// A layout's unit is a hundredth of it.
pub(super) const SEAT_WIDTH: i32 = 100;
