use cloud_hub::payments::protocol::Metadata;

use super::*;

fn id(text: &str) -> TenderId {
    text.parse().unwrap()
}

fn wish(reference: &str, amount_minor: i64) -> ChargeRequest {
    ChargeRequest {
        reference: id(reference),
        amount_minor,
        currency: "EUR".parse().unwrap(),
        card: String::new(),
        metadata: Metadata {
            cinema: "metropol".parse().unwrap(),
            hold: "h1".parse().unwrap(),
        },
        return_to: None,
    }
}

fn start(book: &mut Book, reference: &str, card: Card) -> Charge {
    match book.start(wish(reference, 1250), card, "http://here") {
        Start::New(charge, _) | Start::Known(charge) => charge,
        Start::OtherAmount => panic!("another amount"),
    }
}

#[test]
fn a_reference_takes_money_once_and_after_a_cancellation_never() {
    let mut book = Book::open(None).unwrap();
    let first = start(&mut book, "a", Card::Approve);
    assert_eq!(start(&mut book, "a", Card::Approve), first);
    let other = book.start(wish("a", 1251), Card::Approve, "");
    assert_eq!(other, Start::OtherAmount);
    book.cancel(&id("b"));
    assert_eq!(
        start(&mut book, "b", Card::Approve).state,
        ChargeState::Cancelled
    );
    assert_eq!(book.cancel(&id("a")).0, first, "too late");
    assert_eq!(book.sums(), (1250, 0));
}

#[test]
fn a_refund_is_made_once_and_of_no_more_than_was_taken() {
    let mut book = Book::open(None).unwrap();
    start(&mut book, "a", Card::Approve);
    let mut refund = |amount_minor| book.refund(&id("a"), &RefundRequest { amount_minor });
    assert!(refund(1251).is_err() && refund(0).is_err());
    let (_, event) = refund(1250).unwrap().unwrap();
    assert!(event.is_some());
    assert_eq!(
        refund(1250).unwrap().unwrap().1,
        None,
        "nothing has changed"
    );
    assert!(refund(1).is_err());
    let never = book.refund(&id("b"), &RefundRequest { amount_minor: 1 });
    assert_eq!((never, book.sums()), (Ok(None), (1250, 1250)));
}

#[test]
fn a_step_is_decided_once() {
    let mut book = Book::open(None).unwrap();
    let charge = start(&mut book, "a", Card::Step);
    let address = "http://here/steps/a".to_owned();
    assert_eq!(charge.state, ChargeState::Step { address });
    assert!(book.decide(&id("a"), false).is_some());
    assert_eq!(book.decide(&id("a"), true), None);
    let reason = DeclineReason::NotConfirmed;
    assert_eq!(
        book.find(&id("a")).unwrap().state,
        ChargeState::Declined { reason }
    );
}

#[test]
fn what_has_changed_is_listed_in_the_order_of_the_changes() {
    let mut book = Book::open(None).unwrap();
    for number in 0..MOST_LISTED + 2 {
        start(&mut book, &number.to_string(), Card::Never);
    }
    book.decide(&id("0"), true);
    let (mut listed, mut since) = (Vec::new(), 0);
    loop {
        let page = book.since(since);
        since = page.charges.last().map_or(since, |charge| charge.changed);
        listed.extend(
            page.charges
                .into_iter()
                .map(|charge| charge.reference.to_string()),
        );
        if !page.more {
            break;
        }
    }
    let mut expected: Vec<_> = (1..MOST_LISTED + 2)
        .map(|number| number.to_string())
        .collect();
    expected.push("0".to_owned());
    assert_eq!(listed, expected);
    assert!(book.since(since).charges.is_empty());
}

#[test]
fn the_disk_is_the_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    let mut book = Book::open(Some(path.clone())).unwrap();
    start(&mut book, "paid", Card::Approve);
    start(&mut book, "waits", Card::Never);
    let before = (book.all().to_vec(), book.since(0));
    drop(book);
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(br#"{"reference":"torn","amou"#).unwrap();
    for _restart in 0..2 {
        let book = Book::open(Some(path.clone())).unwrap();
        assert_eq!((book.all().to_vec(), book.since(0)), before);
    }
    let mut book = Book::open(Some(path)).unwrap();
    book.decide(&id("waits"), true);
    assert_eq!(
        book.since(2).charges.len(),
        1,
        "the next change has the next number"
    );
}

#[test]
fn a_card_is_what_it_is_named() {
    let check = |name: &str, card: Result<Card, String>| assert_eq!(name.parse(), card, "{name}");
    check("card_approve", Ok(Card::Approve));
    check("card_late_20", Ok(Card::Late { after_ms: 20 }));
    for reason in DeclineReason::ALL {
        check(
            &format!("card_{}", reason.as_str()),
            Ok(Card::Decline(reason)),
        );
    }
    for unknown in ["", "card_", "approve", "card_late_", "4242424242424242"] {
        assert!(unknown.parse::<Card>().is_err(), "{unknown}");
    }
}

#[test]
fn the_price_of_a_ticket_is_given_back_once_and_never_more_than_was_taken() {
    let mut book = Book::open(None).unwrap();
    let taken = start(&mut book, "paid", Card::Approve).amount_minor;
    start(&mut book, "declined", Card::Decline(DeclineReason::Refused));
    let part = |ticket: &str, amount_minor| Part {
        ticket: ticket.parse().unwrap(),
        amount_minor,
    };
    let mut check = |charge: &str, part: Part, expected: Result<Option<bool>, ()>| {
        let given = book.refund_part(&id(charge), part);
        let news = given.map(|given| given.map(|(_, event)| event.is_some()));
        assert_eq!(news.map_err(drop), expected);
    };
    check("never", part("one", 1), Ok(None));
    check("declined", part("one", 1), Err(()));
    check("paid", part("one", 0), Err(()));
    check("paid", part("one", 100), Ok(Some(true)));
    check("paid", part("one", 100), Ok(Some(false)));
    check("paid", part("one", 99), Err(()));
    check("paid", part("two", taken - 99), Err(()));
    check("paid", part("two", taken - 100), Ok(Some(true)));
    assert_eq!(book.sums(), (taken, taken));
    let all = RefundRequest {
        amount_minor: taken,
    };
    assert!(book.refund(&id("paid"), &all).is_err(), "it is given back");
}
