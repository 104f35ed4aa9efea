use super::*;

#[test]
fn a_code_of_a_ticket_fits_and_one_that_is_too_long_is_none() {
    let picture = svg(&format!("FOYER1:{}", "A".repeat(200))).unwrap();
    assert!(picture.starts_with("<svg") && picture.matches("h1v1").count() > 300);
    assert!(svg(&"A".repeat(5000)).is_none());
}

#[test]
fn the_modules_of_a_code_are_a_square_with_its_corners() {
    let rows = modules(&format!("FOYER1:{}", "A".repeat(200))).unwrap();
    assert!(rows.iter().all(|row| row.len() == rows.len()));
    let last = rows.len() - 7;
    for (top, left) in [(0, 0), (0, last), (last, 0)] {
        let side = &rows[top][left..left + 7];
        assert_eq!(side, [true; 7], "{top} {left}");
        assert_eq!(
            rows[top + 1][left..left + 7],
            [true, false, false, false, false, false, true]
        );
    }
    assert!(modules(&"A".repeat(5000)).is_none());
}
