use super::*;

#[test]
fn a_code_of_a_ticket_fits_and_one_that_is_too_long_is_none() {
    let picture = svg(&format!("FOYER1:{}", "A".repeat(200))).unwrap();
    assert!(picture.starts_with("<svg") && picture.matches("h1v1").count() > 300);
    assert!(svg(&"A".repeat(5000)).is_none());
}
