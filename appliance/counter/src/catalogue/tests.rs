use super::*;

#[test]
fn times_are_told_with_the_cinemas_offset() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    assert_eq!(
        local("2026-11-23T19:15:00Z".parse().unwrap(), &zone),
        "2026-11-23T20:15:00+01:00"
    );
}
