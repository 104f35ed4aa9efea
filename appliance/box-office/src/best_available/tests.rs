//! Rooms, wishes, and the seats that a good clerk would offer (`o`).

use proptest::prelude::*;

use crate::best_available::{Closeness, Wish, best_available};
use crate::fixture::Room;
use crate::ledger::{HoldRules, MOST_SEATS_PER_HOLD};
use crate::programme::SingleSeatMode;
use crate::{SeatId, SeatKind};

const TWO: Wish = Wish {
    count: 2,
    wheelchairs: 0,
    only: None,
    single_seats: SingleSeatMode::Strict,
    nth: 0,
};

fn places(room: &Room, seats: &[SeatId]) -> Vec<usize> {
    seats
        .iter()
        .map(|seat| room.plan.place_of(seat).unwrap())
        .collect()
}

/// Checks the proposal: the rows with `o` where it is, or nothing.
#[track_caller]
fn check(rows: &[&str], wish: Wish, expected: Option<(&[&str], Closeness)>) {
    let room = Room::of(rows);
    let found = best_available(&room.plan, &room.ledger().sellable(&|_| false), &wish);
    let drawn = found.map(|found| {
        (
            room.marked(&places(&room, &found.seats), 'o'),
            found.closeness,
        )
    });
    let expected = expected.map(|(rows, closeness)| {
        (
            rows.iter().map(|row| (*row).to_owned()).collect(),
            closeness,
        )
    });
    assert_eq!(drawn, expected, "{wish:?} in {rows:?}");
}

#[track_caller]
fn side_by_side(rows: &[&str], wish: Wish, expected: &[&str]) {
    check(rows, wish, Some((expected, Closeness::SideBySide)));
}

#[test]
fn the_middle_of_the_good_row_is_best() {
    side_by_side(
        &["........", "........", "........"],
        TWO,
        &["........", "...oo...", "........"],
    );
    side_by_side(
        &["........", "........", "........"],
        Wish { count: 1, ..TWO },
        &["........", "...o....", "........"],
    );
    side_by_side(
        &["........", "XXXXXXXX", "........"],
        TWO,
        &["...oo...", "XXXXXXXX", "........"],
    );
}

#[test]
fn no_single_seat_is_left_over() {
    side_by_side(&["......."], TWO, &["..oo..."]);
    side_by_side(&["X......X"], Wish { count: 3, ..TWO }, &["Xooo...X"]);
    side_by_side(&[".....", "XX..X"], TWO, &[".....", "XXooX"]);
    side_by_side(&["....."], TWO, &["oo..."]);
    side_by_side(
        &["....."],
        Wish {
            single_seats: SingleSeatMode::Off,
            ..TWO
        },
        &[".oo.."],
    );
}

#[test]
fn a_seat_left_over_that_nobody_can_help_is_no_reason_to_send_guests_away() {
    side_by_side(&["XX...XX"], TWO, &["XXoo.XX"]);
}

#[test]
fn the_step_is_relaxed_only_as_far_as_it_must_be() {
    let four = Wish { count: 4, ..TWO };
    side_by_side(&["...._....", "XXXXXXXX"], four, &["oooo_....", "XXXXXXXX"]);
    check(
        &["XX.._..XX", "X..X_X..X"],
        four,
        Some((&["XXoo_ooXX", "X..X_X..X"], Closeness::AcrossAnAisle)),
    );
    check(
        &["XX..XXXX", "XX..XXXX", "XXXXXX.."],
        four,
        Some((
            &["XXooXXXX", "XXooXXXX", "XXXXXX.."],
            Closeness::OneBehindTheOther,
        )),
    );
    check(
        &["..XXXXXX", "XXXXXXXX", "XXXXXX.."],
        four,
        Some((&["ooXXXXXX", "XXXXXXXX", "XXXXXXoo"], Closeness::Scattered)),
    );
    check(&["..XXXXXX", "XXXXXXXX", "XXXXXX.X"], four, None);
}

#[test]
fn the_halves_of_an_odd_group_differ_by_one() {
    check(
        &["X..X", "X.XX"],
        Wish { count: 3, ..TWO },
        Some((&["XooX", "XoXX"], Closeness::OneBehindTheOther)),
    );
    check(
        &["X.XX", "X..X"],
        Wish { count: 3, ..TWO },
        Some((&["XoXX", "XooX"], Closeness::OneBehindTheOther)),
    );
}

#[test]
fn nobody_sits_behind_the_other_across_the_edge_of_the_gallery() {
    let mut room = Room::of(&["XX..", "XX.."]);
    let mut layout = room.plan.layout().clone();
    layout.gallery_from = Some("B".into());
    room.plan = crate::plan::Plan::new(layout);
    let free = room.ledger().sellable(&|_| false);
    let found = best_available(&room.plan, &free, &Wish { count: 4, ..TWO });
    assert_eq!(
        found.map(|found| found.closeness),
        Some(Closeness::Scattered)
    );
}

#[test]
fn love_seats_are_never_split_and_come_last_unless_asked_for() {
    side_by_side(&["XXLLXX", "X..XXX"], TWO, &["XXLLXX", "XooXXX"]);
    side_by_side(&["XXLLXX", "X.XX.X"], TWO, &["XXooXX", "X.XX.X"]);
    side_by_side(
        &["......", "LLLL"],
        Wish {
            only: Some(SeatKind::LoveSeat),
            ..TWO
        },
        &["......", "LLoo"],
    );
    check(&["LLLL"], Wish { count: 1, ..TWO }, None);
    check(&["LLLL"], Wish { count: 3, ..TWO }, None);
    side_by_side(&["XXLL.X"], Wish { count: 3, ..TWO }, &["XXoooX"]);
    side_by_side(&["XLL..X"], Wish { count: 2, ..TWO }, &["XLLooX"]);
}

#[test]
fn a_party_sits_on_love_seats_only_when_nothing_else_is_left() {
    let four = Wish { count: 4, ..TWO };
    check(
        &["..XX", "XX..", "LLLL"],
        four,
        Some((&["ooXX", "XXoo", "LLLL"], Closeness::Scattered)),
    );
    side_by_side(&["..XX", "XXXX", "LLLL"], four, &["..XX", "XXXX", "oooo"]);
}

#[test]
fn premium_seats_are_neutral_or_asked_for() {
    side_by_side(&[".PPPP.", "......"], TWO, &[".PooP.", "......"]);
    side_by_side(
        &[".PPPP.", "......"],
        Wish {
            only: Some(SeatKind::Standard),
            ..TWO
        },
        &[".PPPP.", "..oo.."],
    );
    side_by_side(
        &[".PPPP.", "......", "......"],
        Wish {
            only: Some(SeatKind::Premium),
            single_seats: SingleSeatMode::Off,
            ..TWO
        },
        &[".PooP.", "......", "......"],
    );
}

#[test]
fn wheelchair_places_and_companions_are_kept_for_those_who_need_them() {
    check(&["WCWC"], TWO, None);
    side_by_side(&["..X", "WCX"], TWO, &["ooX", "WCX"]);
}

#[test]
fn a_wheelchair_comes_with_its_companion() {
    let with_one = Wish {
        count: 2,
        wheelchairs: 1,
        ..TWO
    };
    side_by_side(
        &["........", "WC......"],
        with_one,
        &["........", "oo......"],
    );
    side_by_side(
        &["........", "WC....CW"],
        with_one,
        &["........", "oo....CW"],
    );
    side_by_side(
        &["........", "WX....CW"],
        with_one,
        &["........", "WX....oo"],
    );
    side_by_side(
        &["........", "CWC....."],
        Wish {
            count: 3,
            ..with_one
        },
        &["........", "ooo....."],
    );
    side_by_side(
        &["........", "WC......"],
        Wish {
            count: 4,
            ..with_one
        },
        &["........", "oooo...."],
    );
    side_by_side(
        &["........", "W.......X"],
        with_one,
        &["........", "oo......X"],
    );
    side_by_side(
        &["WCCW"],
        Wish {
            count: 4,
            wheelchairs: 2,
            ..TWO
        },
        &["oooo"],
    );
    side_by_side(
        &["WC.."],
        Wish {
            count: 1,
            wheelchairs: 1,
            ..TWO
        },
        &["oC.."],
    );
    check(&["XC.."], with_one, None);
    check(
        &["WC.."],
        Wish {
            count: 2,
            wheelchairs: 2,
            ..TWO
        },
        None,
    );
    check(
        &["WX_XX", "X..XX"],
        with_one,
        None.or(Some((&["oX_XX", "Xo.XX"], Closeness::OneBehindTheOther))),
    );
}

#[test]
fn the_next_proposals_share_no_seat_and_end() {
    let room = Room::of(&["......", "......"]);
    let free = room.ledger().sellable(&|_| false);
    let mut seen: Vec<SeatId> = Vec::new();
    for nth in 0..6 {
        let found = best_available(&room.plan, &free, &Wish { nth, ..TWO }).unwrap();
        assert!(
            found.seats.iter().all(|seat| !seen.contains(seat)),
            "proposal {nth} repeats a seat"
        );
        assert_eq!(found.more, nth < 5);
        seen.extend(found.seats);
    }
    assert_eq!(
        best_available(&room.plan, &free, &Wish { nth: 6, ..TWO }),
        None
    );
    assert_eq!(seen.len(), 12, "every pair of the room was offered");
}

#[test]
fn a_senseless_wish_gets_nothing() {
    check(&["...."], Wish { count: 0, ..TWO }, None);
    check(
        &["............"],
        Wish {
            count: MOST_SEATS_PER_HOLD + 1,
            ..TWO
        },
        None,
    );
    check(
        &["WWW"],
        Wish {
            count: 1,
            wheelchairs: 2,
            ..TWO
        },
        None,
    );
    check(&[], TWO, None);
}

fn rooms() -> impl Strategy<Value = Vec<String>> {
    let letters = prop::sample::select(vec![
        "..", "..", ".", "X", "XX", "LL", "_", "WC", "CWC", "h", "e", "b", "P", "PP",
    ]);
    let row = prop::collection::vec(letters, 1..8).prop_map(|parts| parts.concat());
    prop::collection::vec(
        row.prop_filter("a row has seats", |row| {
            row.contains(|letter| letter != '_')
        }),
        1..5,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is proposed can be held by the strictest rules, and the proposals never overlap.
    #[test]
    fn what_is_proposed_can_be_held(rows in rooms(), count in 1_usize..=6, wheelchairs in 0_usize..=1, nth in 0_usize..3) {
        let room = Room::of(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        let free = room.ledger().sellable(&|_| false);
        let wish = Wish { count, wheelchairs, only: None, single_seats: SingleSeatMode::Strict, nth };
        if let Some(found) = best_available(&room.plan, &free, &wish) {
            prop_assert_eq!(found.seats.len(), count);
            let chairs = places(&room, &found.seats).into_iter().filter(|&place| room.plan.kind(place) == SeatKind::Wheelchair);
            prop_assert_eq!(chairs.count(), wheelchairs);
            let rules = HoldRules { single_seats: SingleSeatMode::Strict, ..HoldRules::default() };
            let held = room.ledger().hold(&found.seats, &"mine".parse().unwrap(), &|_| false, &rules);
            prop_assert!(held.is_ok(), "{:?} is refused: {:?}", found.seats, held);
            let first = best_available(&room.plan, &free, &Wish { nth: 0, ..wish }).unwrap();
            prop_assert!(nth == 0 || first.seats.iter().all(|seat| !found.seats.contains(seat)));
            prop_assert_eq!(best_available(&room.plan, &free, &Wish { nth: nth + 1, ..wish }).is_some(), found.more);
        }
    }

    /// Compared with trying every window of every run: side by side is found whenever it exists, and the nearest one.
    #[test]
    fn side_by_side_is_found_whenever_it_exists(rows in rooms(), count in 1_usize..=5) {
        let room = Room::of(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        let free = room.ledger().sellable(&|_| false);
        let wish = Wish { count, wheelchairs: 0, only: Some(SeatKind::Standard), single_seats: SingleSeatMode::Off, nth: 0 };
        let layout = room.plan.layout();
        let far = |start: usize| -> i64 {
            let one = |place: usize| {
                let (x, y) = (i64::from(layout.places[place].x - layout.focus.0), i64::from(layout.places[place].y - layout.focus.1));
                x * x + y * y
            };
            (start..start + count).map(one).sum()
        };
        let fits = |start: &usize| (*start..start + count).all(|place| {
            place < free.len() && free[place] && layout.places[place].kind == SeatKind::Standard && layout.places[place].run == layout.places[*start].run
        });
        let best = (0..free.len()).filter(fits).min_by_key(|&start| (far(start), start));
        let found = best_available(&room.plan, &free, &wish).filter(|found| found.closeness == Closeness::SideBySide);
        prop_assert_eq!(found.map(|found| places(&room, &found.seats)), best.map(|start| (start..start + count).collect()));
    }

    /// Nobody who does not mind is sent away while seats are left.
    #[test]
    fn somebody_who_does_not_mind_gets_seats_while_there_are_any(rows in rooms(), count in 1_usize..=6) {
        let room = Room::of(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        let free = room.ledger().sellable(&|_| false);
        let ordinary = |place: &usize| free[*place] && matches!(room.plan.kind(*place), SeatKind::Standard | SeatKind::Premium);
        let enough = (0..free.len()).filter(ordinary).count() >= count;
        let wish = Wish { count, wheelchairs: 0, only: None, single_seats: SingleSeatMode::Off, nth: 0 };
        prop_assert!(!enough || best_available(&room.plan, &free, &wish).is_some());
    }
}
