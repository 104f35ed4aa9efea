//! Random halls of several blocks, turned and placed as they come, against a naive search by where seats stand.

use proptest::prelude::*;

use super::{Closeness, Wish, best_available};
use crate::programme::{Programme, SingleSeatMode};
use crate::{Layout, Place, Plan, SeatKind};

/// A hall with blocks of rows A, B, .. each, and a draw by place that says which seats are free.
fn halls() -> impl Strategy<Value = (Layout, Vec<bool>)> {
    let row = "[sspxw .]{1,9}s";
    let block = (prop::collection::vec(row, 1..5), -180..=180, any::<bool>());
    let hall = prop::collection::vec(block, 1..4).prop_map(|blocks| {
        let mut text = "[[auditorium]]\nid = 'r'\nname = 'R'\nlayout_version = 1\n".to_owned();
        for (nth, (rows, turn, placed)) in blocks.into_iter().enumerate() {
            let at = 3000 + nth * 2500;
            text.push_str(&format!("[[auditorium.block]]\nid = 'B{nth}'\nname = 'B{nth}'\nturn = {turn}\nat = [{at}, 3000]\n"));
            text.push_str(if placed { "places = '''\n" } else { "seats = '''\n" });
            for (depth, row) in rows.iter().enumerate() {
                let label = char::from(b'A' + u8::try_from(depth).unwrap());
                let seats = if placed { placed_row(row, depth) } else { row.clone() };
                text.push_str(&format!("{label} | {seats}\n"));
            }
            text.push_str("'''\n");
        }
        let rooms = Programme::rooms_of(&text).unwrap_or_else(|why| panic!("{why:?}\n{text}"));
        rooms.into_iter().next().unwrap().layout
    });
    hall.prop_flat_map(|layout| {
        let seats = layout.places.len();
        (Just(layout), prop::collection::vec(any::<bool>(), seats))
    })
}

/// The seats of a drawn row in a slope, written from the right and numbered at random.
fn placed_row(drawn: &str, depth: usize) -> String {
    let seats = drawn
        .chars()
        .enumerate()
        .filter(|(_, sign)| !matches!(sign, 'x' | ' ' | '.'));
    let words = seats.map(|(column, sign)| {
        format!(
            "{sign}{}@{},{} ",
            column * 7 % 11,
            column * 100,
            depth * 150 + column * 30
        )
    });
    let words: Vec<String> = words.collect();
    words.into_iter().rev().collect()
}

impl Place {
    fn is_beside(&self, other: &Self) -> bool {
        let square = |a: i32, b: i32| i64::from(a - b).pow(2);
        let apart = square(self.x, other.x) + square(self.y, other.y);
        self.shares_row_with(other) && apart > 0 && apart <= 150 * 150
    }

    /// Read from the names that people see, and not by the rule that is on trial.
    fn shares_row_with(&self, other: &Self) -> bool {
        (&self.block, &self.row) == (&other.block, &other.row)
    }
}

/// The least sum of squared distances from the focus of so many free chairs side by side.
fn naive(layout: &Layout, free: &[bool], count: usize) -> Option<i64> {
    let usable = |at: usize| free[at] && layout.places[at].kind != SeatKind::Wheelchair;
    let distance = |at: usize| {
        let place = &layout.places[at];
        i64::from(place.x - layout.focus.0).pow(2) + i64::from(place.y - layout.focus.1).pow(2)
    };
    let mut paths: Vec<Vec<usize>> = (0..free.len())
        .filter(|&at| usable(at))
        .map(|at| vec![at])
        .collect();
    for _ in 1..count {
        paths = paths
            .iter()
            .flat_map(|path| {
                let last = &layout.places[path[path.len() - 1]];
                let next = (0..free.len()).filter(|&at| {
                    usable(at) && !path.contains(&at) && layout.places[at].is_beside(last)
                });
                next.map(|at| [path.as_slice(), &[at]].concat())
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    paths
        .into_iter()
        .map(|path| path.into_iter().map(distance).sum())
        .min()
}

proptest! {
    #[test]
    fn the_best_seats_of_any_hall_are_together(
        (layout, free) in halls(),
        count in 1_usize..5,
        nth in 0_usize..3,
    ) {
        let plan = Plan::new(layout.clone());
        let wish = |nth| Wish { count, wheelchairs: 0, only: None, single_seats: SingleSeatMode::Off, nth };
        let best = naive(&layout, &free, count);
        let first = best_available(&plan, &free, &wish(0));
        let is_together = first.as_ref().is_some_and(|first| first.closeness == Closeness::SideBySide);
        prop_assert_eq!(is_together, best.is_some());
        let Some(found) = best_available(&plan, &free, &wish(nth)) else { return Ok(()) };
        let places: Vec<usize> = found.seats.iter().map(|seat| plan.place_of(seat).unwrap()).collect();
        prop_assert_eq!(places.len(), count);
        prop_assert!(places.iter().all(|&place| free[place]));
        let at = |nth: usize| &layout.places[places[nth]];
        match found.closeness {
            Closeness::SideBySide => {
                for nth in 1..count {
                    prop_assert!(at(nth).is_beside(at(nth - 1)), "{:?}", found.seats);
                }
            }
            Closeness::AcrossAnAisle => {
                prop_assert!((1..count).all(|nth| at(nth).shares_row_with(at(0))), "{:?}", found.seats);
            }
            Closeness::OneBehindTheOther => {
                prop_assert!((1..count).all(|nth| at(nth).block == at(0).block), "{:?}", found.seats);
            }
            Closeness::Scattered => {}
        }
        if let (0, Some(best)) = (nth, best) {
            let square = |a: i32, b: i32| i64::from(a - b).pow(2);
            let sum: i64 = (0..count).map(|nth| square(at(nth).x, layout.focus.0) + square(at(nth).y, layout.focus.1)).sum();
            prop_assert_eq!(sum, best);
        }
    }
}
