//! Rooms with a choice in them, and what it leaves over.

use proptest::prelude::*;

use crate::fixture::Room;
use crate::ledger::{HoldRefusal, HoldRules};
use crate::programme::SingleSeatMode;
use crate::single_seats::{FreeSeats, LeftOver};

/// Checks that the chosen seats (`o`) leave over those that `left` marks with `!`, and whether that could be helped.
#[track_caller]
fn check(rows: &[&str], left: &[&str], helped: Option<bool>) {
    let room = Room::of(rows);
    let sellable = room.ledger().sellable(&|_| false);
    let found = FreeSeats::new(&room.plan, sellable, true).left_over(&room.chosen);
    let (places, could) = match found {
        LeftOver::None => (Vec::new(), None),
        LeftOver::Avoidable(places) => (places, Some(true)),
        LeftOver::Unavoidable(places) => (places, Some(false)),
    };
    let drawn: Vec<_> = left
        .iter()
        .map(|row| {
            row.replace('o', ".")
                .replace('p', "P")
                .replace('w', "W")
                .replace('c', "C")
                .replace('l', "L")
        })
        .collect();
    assert_eq!(room.marked(&places, '!'), drawn, "for {rows:?}");
    assert_eq!(could, helped, "for {rows:?}");
}

#[track_caller]
fn fine(rows: &[&str]) {
    check(rows, rows, None);
}

#[test]
fn a_choice_that_isolates_nobody_is_fine() {
    fine(&["oo......"]);
    fine(&["..oo...."]);
    fine(&["oooooooo"]);
    fine(&["..oo..oo"]);
    fine(&["XXoo..XX"]);
    fine(&["o..."]);
}

#[test]
fn a_seat_between_the_choice_and_a_wall_is_left_over() {
    check(&[".oo....."], &["!oo....."], Some(true));
    check(&[".....oo."], &[".....oo!"], Some(true));
    check(&["..._.oo..."], &["..._!oo..."], Some(true));
    check(&["....oo._...."], &["....oo!_...."], Some(true));
}

#[test]
fn a_seat_between_the_choice_and_another_guest_is_left_over() {
    check(&["XX.oo..."], &["XX!oo..."], Some(true));
    check(&["hh.oo..."], &["hh!oo..."], Some(true));
    check(&["bb.oo..."], &["bb!oo..."], Some(true));
    check(&["ee.oo..."], &["ee!oo..."], Some(true));
}

#[test]
fn a_seat_within_the_choice_is_left_over() {
    check(&["..o.o..."], &["..o!o..."], Some(true));
    check(&["o.o"], &["o!o"], Some(false));
    check(&["o.o.."], &["o!o.."], Some(true));
}

#[test]
fn a_seat_that_was_alone_before_is_not_our_fault() {
    fine(&["X.X.XX..oo"]);
    fine(&["XXoX....", ".X.X...."]);
    fine(&["XoX....."]);
}

#[test]
fn the_last_but_one_of_a_stretch_may_be_chosen_if_nothing_better_is_left() {
    check(&["XXoo.XX"], &["XXoo!XX"], Some(false));
    check(&["XX.ooXX"], &["XX!ooXX"], Some(false));
    check(
        &["XXoo.XX", "XX...XX"],
        &["XXoo!XX", "XX...XX"],
        Some(false),
    );
    check(
        &["XXoo.XX", "XXX.XXX"],
        &["XXoo!XX", "XXX.XXX"],
        Some(false),
    );
    check(
        &["XXo.XXX", "XX..XXX"],
        &["XXo!XXX", "XX..XXX"],
        Some(false),
    );
}

#[test]
fn it_may_not_be_chosen_if_others_fit() {
    check(&["XXoo.XX", "XX..XXX"], &["XXoo!XX", "XX..XXX"], Some(true));
    check(&["XXoo.XX", "XX....X"], &["XXoo!XX", "XX....X"], Some(true));
    check(&["XXo.XXX", "XXX.XXX"], &["XXo!XXX", "XXX.XXX"], Some(true));
    check(&["XXo.XXX", "XX...XX"], &["XXo!XXX", "XX...XX"], Some(true));
}

#[test]
fn all_seats_of_a_group_count_as_one_choice() {
    fine(&["oo....oo"]);
    fine(&["..oo", "..oo"]);
    check(
        &["XXoo.XX", "XXooXXX"],
        &["XXoo!XX", "XXooXXX"],
        Some(false),
    );
    check(&[".oo..", ".oo.."], &["!oo..", "!oo.."], Some(true));
}

#[test]
fn wheelchair_places_companions_and_love_seats_are_walls_and_never_single() {
    check(&["W.oo...."], &["W!oo...."], Some(true));
    check(&["WC.oo..."], &["WC!oo..."], Some(true));
    check(&["LL.oo..."], &["LL!oo..."], Some(true));
    fine(&["Woo....."]);
    fine(&["WwoooCC"]);
    fine(&["ooC"]);
    fine(&["LLll...."]);
}

#[test]
fn premium_and_standard_seats_are_neighbours() {
    fine(&["oo.P...."]);
    check(&["oo.XP..."], &["oo!XP..."], Some(true));
    check(&["P.pp...."], &["P.pp...."], None);
    check(&[".pp....."], &["!pp....."], Some(true));
}

#[test]
fn the_modes_refuse_warn_and_do_not_mind() {
    let room = Room::of(&[".oo....."]);
    let wanted = room.names(&room.chosen);
    let ask = |single_seats| {
        room.ledger().hold(
            &wanted,
            &"mine".parse().unwrap(),
            &|_| false,
            &HoldRules {
                single_seats,
                ..HoldRules::default()
            },
        )
    };
    let a1 = vec!["A1".parse().unwrap()];
    assert_eq!(
        ask(SingleSeatMode::Strict),
        Err(HoldRefusal::SingleSeatLeft { seats: a1.clone() })
    );
    assert_eq!(
        ask(SingleSeatMode::Lenient).map(|held| held.left_alone.seats),
        Ok(a1)
    );
    assert_eq!(
        ask(SingleSeatMode::Off).map(|held| held.left_alone.seats),
        Ok(Vec::new())
    );
}

#[test]
fn strict_mode_lets_the_unavoidable_pass_with_a_warning() {
    let room = Room::of(&["XXoo.XX"]);
    let rules = HoldRules {
        single_seats: SingleSeatMode::Strict,
        ..HoldRules::default()
    };
    let held = room.ledger().hold(
        &room.names(&room.chosen),
        &"mine".parse().unwrap(),
        &|_| false,
        &rules,
    );
    assert_eq!(
        held.map(|held| held.left_alone.seats),
        Ok(vec!["A5".parse().unwrap()])
    );
}

#[test]
fn what_is_named_instead_leaves_nobody_alone_and_is_of_the_same_kind() {
    let instead = |row: &str| {
        let room = Room::of(&[row]);
        let held = room.ledger().hold(
            &room.names(&room.chosen),
            &"mine".parse().unwrap(),
            &|_| false,
            &HoldRules::default(),
        );
        held.unwrap().left_alone.instead
    };
    let seats =
        |names: &[&str]| -> Vec<_> { names.iter().map(|name| name.parse().unwrap()).collect() };
    assert_eq!(instead(".oo..."), seats(&["A1", "A2"]), "one to the left");
    assert_eq!(instead("..o."), seats(&["A4"]), "the nearest");
    assert_eq!(
        instead("oo."),
        seats(&[]),
        "whichever two are taken, one is left"
    );
    assert_eq!(instead("oo...."), seats(&[]), "nobody is left alone");
    assert_eq!(
        instead("..o.o..."),
        seats(&["A3", "A4"]),
        "a gap between one's own seats is closed, by as little as can be"
    );
    assert_eq!(
        instead(".o.oo"),
        seats(&["A3", "A4", "A5"]),
        "only one of three moves"
    );
    assert_eq!(
        instead("o.p.."),
        seats(&[]),
        "a chair of another kind costs another price"
    );
}

#[test]
fn a_part_of_the_room_refuses_what_only_the_whole_can_allow() {
    let room = Room::of(&["XXoo.XX", "XX...XX"]);
    let rules = HoldRules {
        single_seats: SingleSeatMode::Strict,
        ..HoldRules::default()
    };
    let wanted = room.names(&room.chosen);
    let needed = crate::ledger::places_needed(&room.plan, &wanted).unwrap();
    let part = room.part(&needed);
    assert!(!part.is_whole());
    let refused = HoldRefusal::SingleSeatLeft {
        seats: vec!["A5".parse().unwrap()],
    };
    assert_eq!(
        part.hold(&wanted, &"mine".parse().unwrap(), &|_| false, &rules),
        Err(refused)
    );
    assert!(
        room.ledger()
            .hold(&wanted, &"mine".parse().unwrap(), &|_| false, &rules)
            .is_ok()
    );
}

#[test]
fn a_free_seat_beyond_the_room_is_none() {
    let room = Room::of(&["..."]);
    assert!(!FreeSeats::new(&room.plan, vec![true; 3], true).is_free(3));
}

proptest! {
    /// What a part of the room answers is the whole's answer, but for this one refusal, upon which the whole is asked.
    #[test]
    fn a_part_first_and_the_whole_if_it_refuses_is_the_whole(
        rows in prop::collection::vec("[.oXhbeP_]{2,9}", 1..5),
        strict in any::<bool>(),
    ) {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let room = Room::of(&rows);
        let rules = HoldRules {
            single_seats: if strict { SingleSeatMode::Strict } else { SingleSeatMode::Lenient },
            ..HoldRules::default()
        };
        let (wanted, mine) = (room.names(&room.chosen), "mine".parse().unwrap());
        let needed = crate::ledger::places_needed(&room.plan, &wanted).unwrap();
        let whole = room.ledger().hold(&wanted, &mine, &|_| false, &rules);
        let part = room.part(&needed).hold(&wanted, &mine, &|_| false, &rules);
        if !matches!(part, Err(HoldRefusal::SingleSeatLeft { .. })) {
            prop_assert_eq!(part, whole);
        }
    }
}
