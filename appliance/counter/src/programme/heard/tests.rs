use box_office::programme::Programme;
use box_office::{RefundRules, RefundsUntil};

use super::*;
use crate::programme::telling;

/// What is told of a whole programme is what was imported.
#[test]
fn what_a_cinema_tells_is_heard_whole() {
    let text = include_str!("../../../../sample/programme.toml");
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let programme = Programme::parse_at(text, now).unwrap();
    let Body::CinemaDescribed(told) = telling::cinema(&programme.cinema) else {
        panic!("a cinema is told as one");
    };
    assert_eq!(described(&told), Some(programme.cinema.clone()));
    for room in &programme.auditoriums {
        let told = telling::auditorium(room);
        assert_eq!(auditorium(&told).as_ref(), Some(room));
    }
    for wanted in &programme.films {
        let told = telling::film(wanted);
        assert_eq!(film(&told).as_ref(), Some(wanted));
        let of_the_first_version = told::FilmImported {
            selling: None,
            ..told
        };
        assert_eq!(film(&of_the_first_version), None);
    }
    assert!(!programme.showtimes.is_empty());
    for wanted in &programme.showtimes {
        let stored = Stored {
            showtime: wanted.clone(),
            film_version: 1,
            plan: 1,
            book_version: 1,
        };
        let Body::ShowtimeScheduled(told) = telling::showtime(&stored, 1, true) else {
            panic!("a showtime is told as one");
        };
        assert_eq!(showtime(&told).as_ref(), Some(wanted));
    }
}

/// As the wire has it: a hub of before reads the same and drops what it does not know.
#[test]
fn the_rules_of_a_price_book_are_told_as_they_were_frozen() {
    let text = include_str!("../../../../sample/programme.toml");
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let mut book = Programme::parse_at(text, now)
        .unwrap()
        .price_books
        .remove(0);
    book.refunds = RefundRules::default();
    let without = telling::price_book(&book).unwrap().content;
    assert!(!without.contains("refunds"), "{without}");
    book.refunds = RefundRules {
        until: RefundsUntil::MinutesBefore(60),
        kept_minor: 100,
    };
    let with = telling::price_book(&book).unwrap().content;
    let frozen = r#""refunds":{"until":{"minutes_before":60},"kept_minor":100},"#;
    assert_eq!(with.replacen(frozen, "", 1), without);
    assert_eq!(with.matches(frozen).count(), 1, "{with}");
    let read: PriceBook = serde_json::from_str(&with).unwrap();
    assert_eq!(read, book);
    book.refunds = RefundRules {
        until: RefundsUntil::Never,
        kept_minor: 0,
    };
    let never = telling::price_book(&book).unwrap().content;
    let frozen = r#""refunds":{"until":"never","kept_minor":0},"#;
    assert_eq!(never.matches(frozen).count(), 1, "{never}");
}
