//! What is to come before what has begun. Pure.

use hub_api::Showtime;

use crate::format::minutes_between;

/// A day's showtimes, each part by start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Day {
    /// Those that will begin, and those that begin this minute.
    pub(super) to_come: Vec<Showtime>,
    /// Those that have begun, or are over.
    pub(super) begun: Vec<Showtime>,
}

impl Day {
    /// The showtimes as they stand at `now`, both with their offsets.
    pub(super) fn at(now: &str, showtimes: &[Showtime]) -> Self {
        let has_begun = |showtime: &&Showtime| {
            minutes_between(&showtime.starts_at, now).is_some_and(|since| since > 0)
        };
        let (begun, to_come) = showtimes.iter().partition::<Vec<_>, _>(has_begun);
        Self {
            to_come: to_come.into_iter().cloned().collect(),
            begun: begun.into_iter().cloned().collect(),
        }
    }

    /// Whether nothing is on.
    pub(super) fn is_empty(&self) -> bool {
        self.to_come.is_empty() && self.begun.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn showtime(id: &str, starts_at: &str) -> Showtime {
        Showtime {
            id: id.parse().unwrap(),
            film: "Metropolis".to_owned(),
            auditorium: "1".to_owned(),
            starts_at: starts_at.to_owned(),
            seats: 10,
            sold: 0,
            online: 0,
            cancelled: false,
            withheld: None,
        }
    }

    #[test]
    fn what_has_begun_comes_last_also_in_the_night_when_the_clock_is_set_back() {
        let showtimes = [
            showtime("a", "2026-10-24T20:15:00+02:00"),
            showtime("b", "2026-10-25T02:40:00+02:00"),
            showtime("c", "2026-10-25T02:20:00+01:00"),
        ];
        let ids = |part: &[Showtime]| -> String {
            part.iter().map(|showtime| showtime.id.as_str()).collect()
        };
        let day = Day::at("2026-10-25T02:10:00+01:00", &showtimes);
        assert_eq!(
            (ids(&day.to_come), ids(&day.begun)),
            ("c".into(), "ab".into())
        );
        let day = Day::at("2026-10-24T20:15:59+02:00", &showtimes);
        assert_eq!(ids(&day.begun), "", "it begins this minute");
        assert!(!day.is_empty() && Day::at("", &[]).is_empty());
    }
}
