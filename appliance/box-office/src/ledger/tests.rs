//! The moves of the ledger, one after the other, and every refusal by name.

use crate::custody::{Changes, SeatRecord, SeatState};
use crate::fixture::Room;
use crate::ledger::{
    BlockRefusal, HoldRefusal, HoldRules, MOST_SEATS_PER_HOLD, SeatsRefusal, SellRefusal,
    places_needed,
};
use crate::programme::SingleSeatMode;
use crate::{BlockId, HoldId, SeatId, TicketId};

fn seats(names: &str) -> Vec<SeatId> {
    names
        .split_whitespace()
        .map(|name| name.parse().unwrap())
        .collect()
}

fn mine() -> HoldId {
    "mine".parse().unwrap()
}

/// Makes the changes, as the store does: each only if the seat still is as it was seen.
pub(super) fn store(records: &mut [SeatRecord], changes: &Changes) {
    for step in changes {
        assert_eq!(
            records[step.place], step.before,
            "{} was changed by somebody else",
            step.seat
        );
        records[step.place] = step.after.clone();
    }
}

fn try_hold(room: &Room, wanted: &str) -> Result<(), HoldRefusal> {
    room.ledger()
        .hold(&seats(wanted), &mine(), &|_| false, &HoldRules::default())
        .map(drop)
}

#[track_caller]
fn check_hold(rows: &[&str], wanted: &str, expected: &Result<(), HoldRefusal>) {
    assert_eq!(
        &try_hold(&Room::of(rows), wanted),
        expected,
        "{wanted} in {rows:?}"
    );
}

#[test]
fn a_refused_hold_says_why_and_names_every_seat() {
    let many = "A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11";
    check_hold(&["............"], "", &Err(HoldRefusal::NoneGiven));
    check_hold(
        &["............"],
        many,
        &Err(HoldRefusal::TooMany {
            limit: MOST_SEATS_PER_HOLD,
        }),
    );
    check_hold(
        &["...."],
        "A1 Z1 A2 Z2 Z1",
        &Err(SeatsRefusal::Unknown {
            seats: seats("Z1 Z2"),
        }
        .into()),
    );
    check_hold(
        &["...."],
        "A1 A1 A2 A2 A1",
        &Err(SeatsRefusal::Repeated {
            seats: seats("A1 A2"),
        }
        .into()),
    );
    check_hold(
        &[".hXh."],
        "A1 A2 A3 A4",
        &Err(HoldRefusal::Taken {
            held: seats("A2 A4"),
            sold: seats("A3"),
        }),
    );
    check_hold(
        &[".bb."],
        "A1 A2 A3",
        &Err(HoldRefusal::Blocked {
            seats: seats("A2 A3"),
        }),
    );
    check_hold(
        &[".ee."],
        "A1 A2 A3",
        &Err(HoldRefusal::NotOurs {
            seats: seats("A2 A3"),
        }),
    );
    check_hold(
        &["LLLL"],
        "A2 A3",
        &Err(HoldRefusal::LoveSeatSplit {
            seats: seats("A2 A3"),
        }),
    );
    check_hold(
        &["WC.."],
        "A2 A3",
        &Err(HoldRefusal::CompanionWithoutWheelchair { seats: seats("A2") }),
    );
}

#[test]
fn what_goes_together_can_be_held() {
    check_hold(&["LLLL"], "A3 A4", &Ok(()));
    check_hold(&["WC.."], "A1", &Ok(()));
    check_hold(&["WC.."], "A2 A1 A3", &Ok(()));
    check_hold(&["CWC."], "A3 A2 A1", &Ok(()));
}

#[test]
fn a_refusal_reads_like_a_clerk() {
    let words = |rows: &[&str], wanted| try_hold(&Room::of(rows), wanted).unwrap_err().to_string();
    assert_eq!(words(&["hX.."], "A1 A2"), "already taken: A1, A2");
    assert_eq!(words(&["LL.."], "A1"), "half of a love seat: A1");
    assert_eq!(words(&["...."], "B1"), "there is no seat B1 in this room");
}

#[test]
fn a_hold_becomes_a_sale() {
    let mut room = Room::of(&["...."]);
    let held = room
        .ledger()
        .hold(&seats("A2 A1"), &mine(), &|_| false, &HoldRules::default())
        .unwrap();
    assert_eq!(
        held.changes.seats(),
        seats("A1 A2"),
        "in the order of the layout"
    );
    store(&mut room.records, &held.changes);
    let tickets: Vec<(SeatId, TicketId)> = vec![
        ("A1".parse().unwrap(), "t1".parse().unwrap()),
        ("A2".parse().unwrap(), "t2".parse().unwrap()),
    ];
    let sold = room.ledger().sell(&mine(), &tickets).unwrap();
    store(&mut room.records, &sold);
    assert_eq!(
        room.records[1].state,
        SeatState::Sold("t2".parse().unwrap())
    );
    assert_eq!(
        room.ledger().release(&mine()).len(),
        0,
        "what is sold is not held any more"
    );
}

#[test]
fn exactly_the_seats_of_the_hold_are_sold() {
    let mut room = Room::of(&["...."]);
    let held = room
        .ledger()
        .hold(&seats("A1 A2"), &mine(), &|_| false, &HoldRules::default())
        .unwrap();
    store(&mut room.records, &held.changes);
    let sell = |names: &str| {
        let tickets: Vec<_> = seats(names)
            .into_iter()
            .map(|seat| (seat.clone(), format!("t-{seat}").parse().unwrap()))
            .collect();
        room.ledger()
            .sell(&mine(), &tickets)
            .map(|changes| changes.len())
    };
    assert_eq!(
        sell("A1"),
        Err(SellRefusal::WithoutTicket { seats: seats("A2") })
    );
    assert_eq!(
        sell("A1 A2 A3"),
        Err(SellRefusal::NotInTheHold { seats: seats("A3") })
    );
    assert_eq!(
        sell("A1 A1"),
        Err(SeatsRefusal::Repeated { seats: seats("A1") }.into())
    );
    assert_eq!(sell("A2 A1"), Ok(2));
}

#[test]
fn choosing_anew_frees_what_is_given_up_in_the_same_changes() {
    let mut room = Room::of(&["......"]);
    let first = room
        .ledger()
        .hold(&seats("A1 A2"), &mine(), &|_| false, &HoldRules::default())
        .unwrap();
    store(&mut room.records, &first.changes);
    let second = room
        .ledger()
        .hold(&seats("A2 A3"), &mine(), &|_| false, &HoldRules::default())
        .unwrap();
    assert_eq!(second.changes.seats(), seats("A1 A3"), "A2 stays as it is");
    assert_eq!(second.left_alone.seats, seats("A1"));
    store(&mut room.records, &second.changes);
    assert_eq!(room.records[0], SeatRecord::NEW);
    let kept = room
        .ledger()
        .hold(&seats("A2 A3"), &mine(), &|_| false, &HoldRules::default())
        .unwrap();
    assert!(kept.changes.is_empty());
}

#[test]
fn a_seat_beside_one_of_the_other_sides_may_be_let_go() {
    let check = |row: &str, had: &str, wanted: &str, is_refused: bool| {
        let mut room = Room::of(&[row, "....."]);
        let held = (room.ledger()).hold(&seats(had), &mine(), &|_| false, &HoldRules::default());
        store(&mut room.records, &held.unwrap().changes);
        let rules = HoldRules {
            single_seats: SingleSeatMode::Strict,
            ..HoldRules::default()
        };
        let ledger = room.ledger();
        let held = ledger.hold(&seats(wanted), &mine(), &|_| false, &rules);
        match held {
            Err(HoldRefusal::SingleSeatLeft { .. }) => assert!(is_refused, "{row} {wanted}"),
            Err(other) => panic!("{row} {wanted}: {other:?}"),
            Ok(held) => {
                assert!(!is_refused, "{row} {wanted}");
                assert!(held.left_alone.seats.is_empty(), "{row} {wanted}");
            }
        }
    };
    // Of two seats that were asked for one is let go.
    check("ee..ee", "A3 A4", "A4", false);
    check("ee..ee", "A3 A4", "A3", false);
    check("e..XX", "A2 A3", "A3", false);
    check("X..ee", "A2 A3", "A3", true);
    check("e_..ee", "A2 A3", "A3", true);
    check("X..Xe", "A2 A3", "A3", true);
    // It is no reason to choose so.
    check("e..XX", "B1 B2", "A3", true);
}

#[test]
fn a_lapsed_hold_is_taken_over_and_named_once() {
    let room = Room::of(&["hh.."]);
    let other: HoldId = "other".parse().unwrap();
    let held = room
        .ledger()
        .hold(
            &seats("A1 A2"),
            &mine(),
            &|hold| *hold == other,
            &HoldRules::default(),
        )
        .unwrap();
    assert_eq!(held.lapsed_holds, [other]);
    assert_eq!(held.changes.len(), 2);
}

#[test]
fn blocked_seats_come_back_together() {
    let mut room = Room::of(&["..X."]);
    let school: BlockId = "school".parse().unwrap();
    assert_eq!(
        room.ledger().block(&seats("A2 A3"), &school),
        Err(BlockRefusal::NotFree { seats: seats("A3") })
    );
    let blocked = room.ledger().block(&seats("A1 A2"), &school).unwrap();
    store(&mut room.records, &blocked);
    assert_eq!(
        try_hold(&room, "A1 A4"),
        Err(HoldRefusal::Blocked { seats: seats("A1") })
    );
    assert_eq!(room.ledger().unblock(&school).seats(), seats("A1 A2"));
    assert!(room.ledger().unblock(&"house".parse().unwrap()).is_empty());
}

#[test]
fn whole_runs_are_loaded_with_what_goes_together() {
    let room = Room::of(&["..._....", "WC......", "LL_...."]);
    let needed = |names: &str| {
        let ranges = places_needed(&room.plan, &seats(names))?;
        Ok(ranges
            .into_iter()
            .map(|range| (range.start, range.end))
            .collect::<Vec<_>>())
    };
    assert_eq!(needed("A2"), Ok(vec![(0, 3)]));
    assert_eq!(
        needed("A4 A1"),
        Ok(vec![(0, 7)]),
        "neighbouring runs are one range"
    );
    assert_eq!(needed("B2"), Ok(vec![(7, 9)]), "with the wheelchair place");
    assert_eq!(needed("C1 A1 C2"), Ok(vec![(0, 3), (15, 17)]));
    assert_eq!(
        needed("C9"),
        Err(SeatsRefusal::Unknown { seats: seats("C9") })
    );
}

#[test]
fn a_seat_that_was_not_loaded_is_not_ours() {
    let room = Room::of(&["....", "...."]);
    let part = room.part(std::slice::from_ref(&(0..4)));
    let refused = part.hold(&seats("A1 B1"), &mine(), &|_| false, &HoldRules::default());
    assert_eq!(refused, Err(HoldRefusal::NotOurs { seats: seats("B1") }));
}
