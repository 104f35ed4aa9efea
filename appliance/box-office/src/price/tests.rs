use jiff::civil::date;

use super::*;
use crate::Programme;

/// The sample's ordinary price book, and a film that is rated `label`.
fn book() -> PriceBook {
    let sample = include_str!("../../../sample/programme.toml");
    let mut programme = Programme::parse(sample, date(2026, 11, 23)).unwrap();
    programme.price_books.remove(0)
}

fn rated(from_age: u8, accompanied_from_age: Option<u8>) -> AgeRating {
    AgeRating {
        system: "FSK".to_owned(),
        label: from_age.to_string(),
        from_age,
        accompanied_from_age,
    }
}

fn at(day: Date, time: &str) -> Screening<'static> {
    Screening {
        business_day: day,
        time: time.parse().unwrap(),
        format: Format::Flat,
        age_rating: None,
    }
}

fn kind(id: &str) -> TicketKindId {
    id.parse().unwrap()
}

#[track_caller]
fn check(day: Date, time: &str, ticket: &str, seat: SeatKind, minor: i64) {
    assert_eq!(
        book()
            .price(&kind(ticket), seat, &at(day, time))
            .map(|line| line.price.minor),
        Ok(minor)
    );
}

#[test]
fn a_price_depends_on_ticket_seat_day_and_time() {
    let (monday, tuesday, saturday) = (date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 28));
    check(monday, "14:30", "adult", SeatKind::Standard, 850);
    check(monday, "17:00", "adult", SeatKind::Standard, 1050);
    check(monday, "16:59", "child", SeatKind::Premium, 800);
    check(tuesday, "20:15", "adult", SeatKind::LoveSeat, 1000);
    check(saturday, "14:30", "adult", SeatKind::Wheelchair, 1200);
    check(saturday, "20:15", "carer", SeatKind::Companion, 0);
    // A quarter past midnight has the prices of the evening before: of Saturday's, and of Thursday's.
    check(saturday, "24:15", "reduced", SeatKind::LoveSeat, 1450);
    check(
        date(2026, 11, 26),
        "24:15",
        "reduced",
        SeatKind::LoveSeat,
        1250,
    );
}

#[test]
fn a_holiday_has_the_prices_of_a_weekend() {
    check(
        date(2026, 12, 25),
        "14:00",
        "adult",
        SeatKind::Standard,
        1200,
    );
    check(
        date(2029, 12, 25),
        "14:00",
        "adult",
        SeatKind::Standard,
        1200,
    ); // a Tuesday
    check(
        date(2027, 3, 29),
        "20:00",
        "adult",
        SeatKind::Standard,
        1200,
    ); // Easter Monday, in that year only
    check(
        date(2028, 3, 27),
        "20:00",
        "adult",
        SeatKind::Standard,
        1050,
    );
}

#[test]
fn glasses_cost_more_and_the_tax_is_inside() {
    let screening = Screening {
        format: Format::Stereo,
        ..at(date(2026, 11, 23), "14:30")
    };
    let line = book()
        .price(&kind("adult"), SeatKind::Standard, &screening)
        .unwrap();
    assert_eq!(
        (line.price.to_string(), line.tax.to_string()),
        ("11.50 EUR".to_owned(), "0.75 EUR".to_owned())
    );
}

#[test]
fn who_may_not_see_the_film_gets_no_ticket() {
    let rating = rated(16, None);
    let screening = Screening {
        age_rating: Some(&rating),
        ..at(date(2026, 11, 23), "20:15")
    };
    let refused = book().price(&kind("child"), SeatKind::Standard, &screening);
    assert_eq!(
        refused,
        Err(PriceRefusal::TooYoung {
            kind: kind("child"),
            from_age: 16
        })
    );
    assert!(
        book()
            .price(&kind("adult"), SeatKind::Standard, &screening)
            .is_ok()
    );
    // From 12, or from 6 beside a parent: a child may be eleven.
    let beside_a_parent = rated(12, Some(6));
    let screening = Screening {
        age_rating: Some(&beside_a_parent),
        ..screening
    };
    assert!(
        book()
            .price(&kind("child"), SeatKind::Standard, &screening)
            .is_ok()
    );
}

#[test]
fn what_is_not_sold_says_so() {
    let (book, evening) = (book(), at(date(2026, 11, 23), "20:15"));
    let refused = |ticket: &str, seat| {
        book.price(&kind(ticket), seat, &evening)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refused("carer", SeatKind::Standard),
        "carer tickets are not sold for standard seats"
    );
    assert_eq!(
        refused("child", SeatKind::LoveSeat),
        "child tickets are not sold for love-seat seats"
    );
    assert_eq!(
        refused("dog", SeatKind::Standard),
        "there is no ticket kind dog"
    );
}

#[test]
fn each_channel_has_its_kinds_the_default_first() {
    let sample = include_str!("../../../sample/programme.toml");
    let programme = Programme::parse(sample, date(2026, 11, 23)).unwrap();
    let film = |id: &str| {
        programme
            .films
            .iter()
            .find(|film| film.id.as_str() == id)
            .unwrap()
    };
    let kinds = |id: &str, channel| {
        book()
            .ticket_kinds_for(film(id), channel)
            .map(|kind| kind.id.to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        kinds("paddington-2", Channel::Kiosk),
        "adult reduced senior child carer"
    );
    assert_eq!(
        kinds("paddington-2", Channel::Till),
        "adult reduced senior child carer school"
    );
    assert_eq!(
        kinds("fight-club", Channel::Online),
        "adult reduced senior carer"
    );
    assert_eq!(
        book()
            .default_ticket_kind(film("fight-club"), Channel::Kiosk)
            .unwrap()
            .id,
        kind("adult")
    );
}

#[test]
fn the_lowest_full_price_is_of_the_seats_that_the_room_has() {
    let evening = at(date(2026, 11, 23), "20:15");
    let from = |seats: &[SeatKind]| {
        book()
            .price_from(seats.iter().copied(), &evening)
            .map(|price| price.minor)
    };
    assert_eq!(from(&[SeatKind::Premium, SeatKind::Standard]), Some(1050));
    assert_eq!(from(&[SeatKind::LoveSeat, SeatKind::Premium]), Some(1250));
    assert_eq!(from(&[]), None);
}

#[test]
fn a_total_is_the_sum_of_its_lines() {
    let (book, evening) = (book(), at(date(2026, 11, 23), "20:15"));
    let line = book
        .price(&kind("adult"), SeatKind::Standard, &evening)
        .unwrap();
    let total = LinePrice::total(book.currency, [line; 3]).unwrap();
    // 10.50 has 0.69 inside (68.69); three of them 2.07, where 31.50 would have 2.06.
    assert_eq!(
        (
            total.price.minor,
            total.tax.minor,
            book.tax.inside(total.price).minor
        ),
        (3150, 207, 206)
    );
    let huge = LinePrice {
        price: Money::new(i64::MAX, book.currency),
        ..line
    };
    assert_eq!(
        LinePrice::total(book.currency, [huge, huge]),
        Err(MoneyError::TooLarge)
    );
}

#[test]
fn the_book_says_whether_a_child_beside_a_parent_has_a_ticket_of_its_own() {
    let (mut book, twelve) = (book(), rated(12, Some(6)));
    let child = book
        .ticket_kinds
        .iter_mut()
        .find(|kind| kind.max_age == Some(11));
    let child = child.unwrap();
    assert_eq!(child.excluded_by(Some(&twelve)), None);
    assert_eq!(child.accompanied_from(Some(&twelve)), Some(6));
    // Six years and older may come alone: nobody need be told of parents.
    assert_eq!(child.accompanied_from(Some(&rated(6, None))), None);
    assert_eq!(child.accompanied_from(Some(&rated(16, None))), None);
    child.is_only_alone = true;
    assert_eq!(child.excluded_by(Some(&twelve)), Some(12));
    assert_eq!(child.accompanied_from(Some(&twelve)), None);
}

#[test]
fn a_free_companion_is_no_price_to_begin_with() {
    let (book, monday) = (book(), date(2026, 11, 23));
    let seats = [SeatKind::Companion, SeatKind::Premium, SeatKind::Standard];
    let mut with_free = book.clone();
    let adult = with_free.ticket_kinds[0].id.clone();
    for band in &mut with_free.time_bands {
        band.prices
            .get_mut(&adult)
            .unwrap()
            .insert(SeatKind::Companion, 0);
    }
    let screening = at(monday, "20:15");
    let lowest = with_free.price_from(seats, &screening);
    assert_eq!(lowest, book.price_from([SeatKind::Standard], &screening));
}
