use super::*;

#[test]
fn a_night_counts_to_the_evening_before() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let day = |now: &str| business_day(now.parse().unwrap(), &zone, 300).to_string();
    assert_eq!(day("2026-11-23T20:00:00Z"), "2026-11-23");
    assert_eq!(day("2026-11-24T01:00:00Z"), "2026-11-23");
    assert_eq!(day("2026-11-24T04:00:00Z"), "2026-11-24");
}
