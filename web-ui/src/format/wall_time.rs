//! What a text such as `2026-11-23T20:15:00+01:00` says by itself: the day and the time on the wall of the cinema.

use std::time::Duration;

/// The time on the wall: `20:15`. Empty if the text is not a time.
pub fn clock_time(rfc3339: &str) -> &str {
    rfc3339.get(11..16).unwrap_or_default()
}

/// The calendar day on the wall: `2026-11-23`. Empty if the text is not a time.
pub fn day_of(rfc3339: &str) -> &str {
    rfc3339.get(..10).unwrap_or_default()
}

/// Minutes from one time to a later one, both with an offset; none if a text is not a time.
pub fn minutes_between(from: &str, to: &str) -> Option<i64> {
    Some(minutes_since_epoch(to)? - minutes_since_epoch(from)?)
}

fn minutes_since_epoch(rfc3339: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| rfc3339.get(range)?.parse::<i64>().ok();
    let days = days_from_civil(number(0..4)?, number(5..7)?, number(8..10)?);
    Some((days * 24 + number(11..13)?) * 60 + number(14..16)? - offset_minutes(rfc3339)?)
}

/// The offset at the end: `Z`, `+01:00`, `-05:30`.
fn offset_minutes(rfc3339: &str) -> Option<i64> {
    if rfc3339.ends_with(['Z', 'z']) {
        return Some(0);
    }
    let start = rfc3339.len().checked_sub(6)?;
    let hours: i64 = rfc3339.get(start + 1..start + 3)?.parse().ok()?;
    let minutes: i64 = rfc3339.get(start + 4..)?.parse().ok()?;
    match rfc3339.as_bytes().get(start)? {
        b'+' => Some(hours * 60 + minutes),
        b'-' => Some(-(hours * 60 + minutes)),
        _ => None,
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (the era arithmetic with years that begin in March).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// A time that runs out, as `7:04`. It rounds up, so that it says 0:00 only when nothing is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Countdown(pub Duration);

impl std::fmt::Display for Countdown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0.as_millis().div_ceil(1000);
        write!(f, "{}:{:02}", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_time_is_read_from_the_text() {
        assert_eq!(clock_time("2026-11-23T20:15:00+01:00"), "20:15");
        assert_eq!(day_of("2026-11-23T20:15:00+01:00"), "2026-11-23");
        assert_eq!(clock_time("soon"), "");
    }

    #[test]
    fn minutes_count_across_midnight_and_offsets() {
        let check =
            |from, to, minutes| assert_eq!(minutes_between(from, to), minutes, "{from} {to}");
        check(
            "2026-11-23T23:50:00+01:00",
            "2026-11-24T00:10:00+01:00",
            Some(20),
        );
        check(
            "2026-10-25T02:30:00+02:00",
            "2026-10-25T02:30:00+01:00",
            Some(60),
        );
        check(
            "2026-11-23T20:15:00Z",
            "2026-11-23T20:15:00-05:30",
            Some(330),
        );
        check(
            "2028-02-28T12:00:00Z",
            "2028-03-01T12:00:00Z",
            Some(2 * 24 * 60),
        );
        check("soon", "2026-11-23T20:15:00Z", None);
    }

    #[test]
    fn a_countdown_rounds_up() {
        assert_eq!(
            Countdown(Duration::from_millis(424_001)).to_string(),
            "7:05"
        );
        assert_eq!(Countdown(Duration::from_millis(1)).to_string(), "0:01");
        assert_eq!(Countdown(Duration::ZERO).to_string(), "0:00");
    }
}
