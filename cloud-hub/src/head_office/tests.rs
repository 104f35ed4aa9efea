use jiff::SignedDuration;

use super::*;

#[test]
fn what_is_sold_online_counts_to_the_day_that_the_cinema_counts_it_to() {
    let begins = "05:00".parse().unwrap();
    let days = BusinessDays::new("Europe/Berlin", begins).unwrap();
    let second = SignedDuration::from_secs(1);
    // On two of these the clock is set.
    for (date, begin) in [
        ("2026-11-23", "2026-11-23T04:00:00Z"),
        ("2027-03-28", "2027-03-28T03:00:00Z"),
        ("2026-10-25", "2026-10-25T04:00:00Z"),
    ] {
        let date: Date = date.parse().unwrap();
        let (from, until) = span(&days, date);
        assert_eq!(from.to_string(), begin);
        assert_eq!([days.day_of(from), days.day_of(until - second)], [date; 2]);
        assert_eq!(days.day_of(until), date.tomorrow().unwrap());
    }
}
