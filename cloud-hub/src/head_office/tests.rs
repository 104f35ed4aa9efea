use super::*;

#[test]
fn a_night_counts_to_the_evening_before() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let day = |now: &str| business_day(now.parse().unwrap(), &zone, 300);
    assert_eq!(day("2026-11-23T20:00:00Z"), "2026-11-23");
    assert_eq!(day("2026-11-24T01:00:00Z"), "2026-11-23");
    assert_eq!(day("2026-11-24T04:00:00Z"), "2026-11-24");
}

#[test]
fn times_are_told_with_the_cinemas_offset() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    assert_eq!(
        local("2026-11-23T19:15:00Z".parse().unwrap(), &zone),
        "2026-11-23T20:15:00+01:00"
    );
}
