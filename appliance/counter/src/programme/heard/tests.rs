use box_office::programme::Programme;

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
