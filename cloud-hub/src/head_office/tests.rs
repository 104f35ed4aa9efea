use super::*;

#[test]
fn a_night_counts_to_the_evening_before() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let day = |now: &str| business_day(now.parse().unwrap(), &zone, 300).to_string();
    assert_eq!(day("2026-11-23T20:00:00Z"), "2026-11-23");
    assert_eq!(day("2026-11-24T01:00:00Z"), "2026-11-23");
    assert_eq!(day("2026-11-24T04:00:00Z"), "2026-11-24");
}

#[test]
fn a_day_begins_and_ends_where_its_sales_are_counted_to_it() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    for (date, day_starts) in [("2026-11-23", 300), ("2027-03-28", 120), ("2026-10-25", 0)] {
        let date: Date = date.parse().unwrap();
        let (from, until) = span(date, &zone, day_starts);
        let of = |at: Timestamp| business_day(at, &zone, day_starts);
        let second = SignedDuration::from_secs(1);
        assert_eq!([of(from), of(until - second)], [date; 2]);
        assert_eq!(of(from - second), date.yesterday().unwrap());
        assert_eq!(of(until), date.tomorrow().unwrap());
    }
}
