//! Each loss that the audit looks for is found, and nothing else is.

use super::*;
use crate::chaos::forgotten::Ticket;
use crate::chaos::stored::{StoredTender, StoredTicket};

const PRICE: i64 = 1000;

/// Two sales, one by cash and one by card, and everything as it should be.
fn sound() -> Evidence {
    let answered = |ticket: &str, seat: &str, paid| Answered {
        cinema: "north".into(),
        showtime: "tonight".into(),
        tickets: BTreeMap::from([(ticket.to_owned(), seat.to_owned())]),
        total_minor: PRICE,
        paid,
    };
    let ticket = |id: &str, sale: &str, seat: &str| StoredTicket {
        id: id.into(),
        sale: sale.into(),
        cinema: "north".into(),
        showtime: "tonight".into(),
        seat: seat.into(),
        price_minor: PRICE,
    };
    let once = Papers {
        originals: 1,
        copies: 0,
    };
    Evidence {
        answered: BTreeMap::from([
            ("cash".into(), answered("t1", "A1", Paid::Cash(PRICE))),
            (
                "card".into(),
                answered("t2", "A2", Paid::Card("ref".into())),
            ),
        ]),
        complaints: Vec::new(),
        stored: Stored {
            sales: vec!["cash".into(), "card".into()],
            tickets: vec![ticket("t1", "cash", "A1"), ticket("t2", "card", "A2")],
            cards: vec![
                StoredTender {
                    id: "ref".into(),
                    sale: Some("card".into()),
                },
                StoredTender {
                    id: "lone".into(),
                    sale: None,
                },
            ],
            sold_seats: vec![
                ("tonight".into(), "A1".into(), "t1".into()),
                ("tonight".into(), "A2".into(), "t2".into()),
            ],
        },
        taken_back: BTreeSet::new(),
        taken: vec![taken("ref", PRICE)],
        papers: Some(HashMap::from([
            ("t1".to_owned(), once),
            ("t2".to_owned(), once),
        ])),
        at_hub: Some(BTreeSet::from(["cash".to_owned(), "card".to_owned()])),
        forgotten: Forgotten::default(),
        streams_equal: true,
    }
}

/// Nothing was sold at home.
fn nobody_at_home() -> Evidence {
    Evidence {
        answered: BTreeMap::new(),
        complaints: Vec::new(),
        stored: Stored::default(),
        taken_back: BTreeSet::new(),
        taken: Vec::new(),
        papers: None,
        at_hub: None,
        ..sound()
    }
}

fn taken(reference: &str, minor: i64) -> Taken {
    Taken {
        reference: reference.to_owned(),
        minor,
    }
}

/// Double sales, lost sales and unexplained money once `spoil` has been done.
#[track_caller]
fn check<T>(spoil: impl FnOnce(&mut Evidence) -> T, double: u64, lost: u64, money: u64) {
    let mut evidence = sound();
    let _ = spoil(&mut evidence);
    let verdict = audit(&[evidence], None);
    assert_eq!(
        (
            verdict.double_sales,
            verdict.answered_sales_lost,
            verdict.money_unexplained_minor
        ),
        (double, lost, money),
        "{:?}",
        verdict.findings
    );
    assert!(!verdict.is_good());
}

#[test]
fn what_is_sound_is_called_good() {
    let verdict = audit(&[sound()], None);
    assert!(verdict.is_good(), "{:?}", verdict.findings);
    assert_eq!(verdict.seats_sold, 2);
}

#[test]
fn a_seat_with_two_tickets_is_found() {
    check(|it| it.stored.tickets[1].seat = "A1".into(), 1, 1, 0);
    check(|it| it.stored.sold_seats[0].2 = "t3".into(), 0, 1, 0);
}

#[test]
fn an_answered_sale_that_is_gone_is_found() {
    check(
        |it| {
            it.stored.tickets.remove(0);
            it.stored.sales.remove(0);
        },
        0,
        1,
        1000,
    );
    check(|it| it.stored.sold_seats.remove(1), 0, 1, 0);
    check(|it| it.at_hub.as_mut().unwrap().remove("cash"), 0, 1, 0);
    check(|it| it.papers.as_mut().unwrap().remove("t2"), 0, 1, 0);
}

#[test]
fn money_without_a_ticket_and_a_ticket_without_money_are_found() {
    check(|it| it.taken.push(taken("lone", PRICE)), 0, 0, 1000);
    check(
        |it| it.taken.push(taken("never-heard-of", PRICE)),
        0,
        0,
        1000,
    );
    check(|it| it.taken[0].minor = 0, 0, 0, 1000);
    check(
        |it| it.answered.get_mut("cash").unwrap().paid = Paid::Cash(900),
        0,
        0,
        100,
    );
}

#[test]
fn money_given_back_is_explained() {
    let mut evidence = sound();
    evidence.taken.push(taken("lone", 0));
    assert!(audit(&[evidence], None).is_good());
}

#[test]
fn a_second_original_and_a_paper_without_a_sale_are_found() {
    check(
        |it| it.papers.as_mut().unwrap().get_mut("t1").unwrap().originals = 2,
        0,
        0,
        0,
    );
    check(
        |it| {
            it.papers
                .as_mut()
                .unwrap()
                .insert("t9".into(), Papers::default())
        },
        0,
        0,
        0,
    );
    check(|it| it.complaints.push("a 500".into()), 0, 0, 0);
    check(|it| it.streams_equal = false, 0, 0, 0);
}

#[test]
fn a_seat_that_both_counters_sold_is_found() {
    let mut home = nobody_at_home();
    home.stored.tickets.push(StoredTicket {
        id: "t8".into(),
        sale: "home".into(),
        cinema: "north".into(),
        showtime: "tonight".into(),
        seat: "A2".into(),
        price_minor: 0,
    });
    let verdict = audit(&[sound()], Some(&home));
    assert_eq!((verdict.double_sales, verdict.seats_sold_online), (1, 1));
    assert!(!verdict.is_good());
}

/// The guest of the card gives their ticket back, and gets so much of its price.
fn give_back(evidence: &mut Evidence, minor: i64) {
    evidence.stored.tickets.remove(1);
    evidence.stored.sold_seats.remove(1);
    evidence.papers.as_mut().unwrap().remove("t2");
    evidence.taken_back.insert("t2".into());
    evidence.taken[0].minor -= minor;
}

#[test]
fn a_ticket_that_went_back_with_its_money_is_sound_and_its_seat_may_be_sold_again() {
    let mut evidence = sound();
    give_back(&mut evidence, PRICE);
    let mut home = nobody_at_home();
    let again = StoredTicket {
        id: "t3".into(),
        sale: "again".into(),
        ..sound().stored.tickets[1].clone()
    };
    let seat = ("tonight".into(), "A2".into(), "t3".into());
    home.stored.sales.push("again".into());
    home.stored.tickets.push(again);
    home.stored.sold_seats.push(seat);
    home.stored.cards.push(StoredTender {
        id: "again".into(),
        sale: Some("again".into()),
    });
    home.taken.push(taken("again", PRICE));
    let verdict = audit(&[evidence], Some(&home));
    assert!(verdict.is_good(), "{:?}", verdict.findings);
    check(|it| give_back(it, 0), 0, 0, 1000);
    check(|it| give_back(it, 2 * PRICE), 0, 0, 1000);
    let unasked = |it: &mut Evidence| {
        give_back(it, PRICE);
        it.taken_back.clear();
    };
    check(unasked, 0, 1, 0);
}

/// A hub that was put back does not know the sale by card: the guest is inside, and a person has seen the money.
fn forget(evidence: &mut Evidence) {
    evidence.stored.sales.retain(|sale| sale != "card");
    evidence.stored.tickets.retain(|it| it.sale != "card");
    evidence.stored.sold_seats.retain(|it| it.2 != "t2");
    evidence.stored.cards.retain(|it| it.id != "ref");
    evidence.papers.as_mut().unwrap().remove("t2");
    let ticket = Ticket {
        id: "t2".into(),
        price_minor: PRICE,
        said: Said::Inside,
        was_heard: false,
    };
    let (sales, payments) = (&mut evidence.forgotten.sales, "kept".to_owned());
    sales.insert("card".into(), vec![ticket]);
    (evidence.forgotten.payments).insert("ref".into(), payments);
}

fn said(evidence: &mut Evidence, said: Said) {
    evidence.forgotten.sales.get_mut("card").unwrap()[0].said = said;
}

#[test]
fn a_forgotten_sale_whose_guest_is_inside_is_counted_and_sound() {
    let mut evidence = sound();
    forget(&mut evidence);
    let verdict = audit(&[evidence], None);
    assert!(verdict.is_good(), "{:?}", verdict.findings);
    assert_eq!(
        (verdict.sales_forgotten, verdict.sales_forgotten_by_all),
        (1, 1)
    );
    assert_eq!(verdict.payments_forgotten_and_returned, 0);
}

#[test]
fn a_forgotten_ticket_that_went_back_with_its_money_is_sound() {
    let mut evidence = sound();
    forget(&mut evidence);
    said(&mut evidence, Said::TakenBack);
    evidence.taken_back.insert("t2".into());
    evidence.taken[0].minor = 0;
    evidence
        .forgotten
        .payments
        .insert("ref".into(), "returned".into());
    let verdict = audit(&[evidence.clone()], None);
    assert!(verdict.is_good(), "{:?}", verdict.findings);
    // And with the money kept it is not.
    evidence.taken[0].minor = PRICE;
    let verdict = audit(&[evidence], None);
    assert_eq!(verdict.captured_without_ticket_or_refund, 1);
}

#[test]
fn what_becomes_of_no_forgotten_sale_is_found() {
    let forgotten = |spoil: &dyn Fn(&mut Evidence)| {
        let mut evidence = sound();
        forget(&mut evidence);
        spoil(&mut evidence);
        audit(&[evidence], None)
    };
    // No person was shown its money, or has looked.
    let unseen = forgotten(&|it| it.forgotten.payments.clear());
    assert_eq!(unseen.answered_sales_lost, 1);
    let waits = forgotten(&|it| {
        (it.forgotten.payments).insert("ref".into(), "forgotten".into());
    });
    assert_eq!(waits.answered_sales_lost, 1);
    // It was answered before the copy was made.
    let known_before = forgotten(&|it| it.forgotten.sales.clear());
    assert_eq!(known_before.answered_sales_lost, 1);
    assert_eq!(known_before.captured_without_ticket_or_refund, 1);
    // The door, the money, the seat.
    let refused = forgotten(&|it| said(it, Said::Refused("409".into())));
    assert_eq!(refused.tickets_wrongly_refused, 1);
    let unpaid = forgotten(&|it| it.taken[0].minor = 0);
    assert_eq!(unpaid.money_unexplained_minor, PRICE.unsigned_abs());
    let sold_again = forgotten(&|it| it.stored.tickets[0].seat = "A2".into());
    assert_eq!(sold_again.double_sales, 1);
    let of_no_guest = forgotten(&|it| {
        it.taken.push(taken("unheard", 0));
        (it.forgotten.payments).insert("unheard".into(), "returned".into());
    });
    assert!(of_no_guest.is_good(), "{:?}", of_no_guest.findings);
    assert_eq!(of_no_guest.payments_forgotten_and_returned, 1);
}
