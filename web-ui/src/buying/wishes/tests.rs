//! Guests who touch faster than the box answers.

use box_office::{Money, SeatId};
use counter_api::{Basket, Hold, HoldState, Line, Problem, SeatChoice};

use super::{Answer, Request, Wishes};

fn seats(names: &str) -> Vec<SeatId> {
    names
        .split_whitespace()
        .map(|name| name.parse().unwrap())
        .collect()
}

fn money(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap())
}

/// The box's answer to a request, every seat as an adult's unless another kind was wished.
fn held(wanted: &[SeatChoice]) -> Answer {
    let line = |choice: &SeatChoice| Line {
        seat: choice.seat.clone(),
        ticket_kind: choice
            .ticket_kind
            .clone()
            .unwrap_or_else(|| "adult".parse().unwrap()),
        price: money(1200),
        tax: money(79),
    };
    Answer::Held(Box::new(Hold {
        id: "hold-1".parse().unwrap(),
        showtime: "tonight".parse().unwrap(),
        expires_in_ms: 480_000,
        extendable: true,
        state: HoldState::Open,
        basket: Basket {
            lines: wanted.iter().map(line).collect(),
            total: money(0),
            tax: money(0),
            paid: money(0),
        },
        warnings: vec![],
        tenders: vec![],
        sale: None,
        refunds_until: None,
        refunds_kept: None,
    }))
}

fn refused(names: &str) -> Answer {
    refused_for("seats_taken", names)
}

fn refused_for(code: &str, names: &str) -> Answer {
    Answer::Refused(Box::new(Problem {
        kind: "/problems/about-seats".into(),
        title: String::new(),
        status: 409,
        detail: String::new(),
        code: code.into(),
        request_id: "r".into(),
        seats: seats(names),
        errors: vec![],
    }))
}

fn names(choices: &[SeatChoice]) -> String {
    let names: Vec<_> = choices.iter().map(|choice| choice.seat.as_str()).collect();
    names.join(" ")
}

/// Sends and confirms until the box has nothing more to be asked; gives the requests as words.
fn settle(wishes: &mut Wishes) -> Vec<String> {
    let mut asked = Vec::new();
    while let Some(request) = wishes.next_request() {
        let (words, answer) = match request {
            Request::Hold(wanted) => (format!("hold {}", names(&wanted)), held(&wanted)),
            Request::Choose(_, wanted) => (format!("choose {}", names(&wanted)), held(&wanted)),
            Request::Release(_) => ("release".to_owned(), Answer::Released),
        };
        asked.push(words);
        wishes.answered(answer);
    }
    asked
}

#[test]
fn touches_during_a_request_become_one_last_wish() {
    let mut wishes = Wishes::default();
    wishes.toggle(&seats("F7"));
    let Some(Request::Hold(first)) = wishes.next_request() else {
        panic!("the first touch holds")
    };
    for touch in ["F8", "F9", "F9", "F7"] {
        wishes.toggle(&seats(touch));
        assert_eq!(wishes.next_request(), None, "one request at a time");
    }
    assert!(
        !wishes.has(&seats("F7")[0]),
        "nothing is shown before the box has said so"
    );
    wishes.answered(held(&first));
    assert!(wishes.has(&seats("F7")[0]));
    assert_eq!(settle(&mut wishes), ["choose F8"]);
    assert!(!wishes.has(&seats("F7")[0]) && wishes.has(&seats("F8")[0]));
}

#[test]
fn the_last_seat_given_up_releases_the_hold() {
    let mut wishes = Wishes::default();
    wishes.toggle(&seats("G1 G2"));
    assert_eq!(settle(&mut wishes), ["hold G1 G2"]);
    wishes.toggle(&seats("G1 G2"));
    assert_eq!(settle(&mut wishes), ["release"]);
    assert_eq!(wishes, Wishes::default());
}

#[test]
fn a_seat_that_was_taken_does_not_take_the_others_with_it() {
    let mut wishes = Wishes::default();
    wishes.toggle(&seats("A1"));
    settle(&mut wishes);
    wishes.toggle(&seats("A2"));
    let Some(Request::Choose(..)) = wishes.next_request() else {
        panic!("a hold exists")
    };
    wishes.toggle(&seats("A3"));
    wishes.answered(refused("A2"));
    assert_eq!(settle(&mut wishes), ["choose A1 A3"]);
}

#[test]
fn a_refusal_about_other_seats_goes_back_to_what_is_confirmed() {
    let mut wishes = Wishes::default();
    wishes.toggle(&seats("A1"));
    settle(&mut wishes);
    wishes.toggle(&seats("A3"));
    wishes.next_request();
    wishes.answered(refused("A2"));
    assert_eq!(settle(&mut wishes), Vec::<String>::new());
    assert_eq!(names(wishes.wanted()), "A1");
}

#[test]
fn a_kind_is_kept_while_seats_change() {
    let mut wishes = Wishes::default();
    wishes.want(&seats("B1 B2"));
    settle(&mut wishes);
    let of_the_box = wishes.wanted().iter().map(|choice| &choice.ticket_kind);
    assert!(
        of_the_box.into_iter().all(Option::is_some),
        "what the box chose by itself is kept too"
    );
    wishes.want_kind(&seats("B2")[0], "child".parse().unwrap());
    assert_eq!(settle(&mut wishes), ["choose B1 B2"]);
    wishes.want(&seats("B2 B3"));
    settle(&mut wishes);
    let kinds: Vec<_> = wishes
        .hold()
        .unwrap()
        .basket
        .lines
        .iter()
        .map(|line| line.ticket_kind.as_str())
        .collect();
    assert_eq!(kinds, ["child", "adult"]);
}

#[test]
fn one_kind_is_for_all_seats_that_may_have_it() {
    let mut wishes = Wishes::default();
    wishes.want(&seats("B1 B2 E1"));
    settle(&mut wishes);
    let child = "child".parse().unwrap();
    wishes.want_kind_for_all(&child, |seat| seat.as_str() != "E1");
    let kinds = wishes
        .wanted()
        .iter()
        .map(|choice| choice.ticket_kind.clone());
    let is_child: Vec<_> = kinds.map(|kind| kind.as_ref() == Some(&child)).collect();
    assert_eq!(is_child, [true, true, false]);
    assert_eq!(
        settle(&mut wishes),
        ["choose B1 B2 E1"],
        "one request for them all"
    );
}

#[test]
fn a_lapsed_hold_leaves_nothing_behind() {
    let mut wishes = Wishes::default();
    wishes.toggle(&seats("C4"));
    settle(&mut wishes);
    wishes.toggle(&seats("C5"));
    wishes.next_request();
    wishes.answered(Answer::Gone);
    assert_eq!(wishes, Wishes::default());
}

#[test]
fn a_hold_that_ended_elsewhere_leaves_nothing_behind() {
    for state in [HoldState::Settled, HoldState::Ended] {
        let mut wishes = Wishes::default();
        wishes.toggle(&seats("C4"));
        settle(&mut wishes);
        let hold = wishes.hold().unwrap().clone();
        wishes.refresh(Hold {
            id: "another".parse().unwrap(),
            state,
            ..hold.clone()
        });
        assert!(wishes.has(&seats("C4")[0]), "it is another hold");
        wishes.refresh(Hold { state, ..hold });
        assert_eq!(wishes, Wishes::default());
    }
}

#[test]
fn a_seat_left_over_scolds_nobody_who_goes_on_choosing() {
    let mut wishes = Wishes::default();
    wishes.toggle(&seats("A2"));
    assert!(wishes.next_request().is_some());
    wishes.answered(refused_for("single_seat_left", "A1"));
    assert!(wishes.wants(&seats("A2")[0]), "it is still wanted");
    assert!(wishes.is_put_off() && !wishes.has(&seats("A2")[0]));
    assert_eq!(wishes.next_request(), None, "nothing is asked twice");
    wishes.toggle(&seats("A1"));
    assert!(!wishes.is_put_off());
    assert_eq!(settle(&mut wishes), ["hold A2 A1"]);

    // Beside what is held already, too; given up again, all is as it was.
    wishes.toggle(&seats("A4"));
    assert!(wishes.next_request().is_some());
    wishes.answered(refused_for("single_seat_left", "A3"));
    assert!(wishes.is_put_off() && wishes.has(&seats("A1")[0]));
    wishes.toggle(&seats("A4"));
    assert!(!wishes.is_put_off());
    assert_eq!(wishes.next_request(), None);
}

#[test]
fn touches_while_the_box_answers_that_a_seat_is_left_over_are_asked_for() {
    let mut wishes = Wishes::default();
    wishes.toggle(&seats("A2"));
    assert!(wishes.next_request().is_some());
    wishes.toggle(&seats("A1"));
    wishes.answered(refused_for("single_seat_left", "A1"));
    assert!(!wishes.is_put_off());
    assert_eq!(settle(&mut wishes), ["hold A2 A1"]);
}
