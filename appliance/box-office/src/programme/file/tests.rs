use jiff::civil::date;

use super::*;

/// The sample that ships with the appliance; the tests break it in one place each.
const SAMPLE: &str = include_str!("../../../../sample/programme.toml");

fn today() -> Date {
    date(2026, 11, 23)
}

fn parsed(text: &str) -> Programme {
    Programme::parse(text, today()).unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

fn told(problems: &[ProgrammeProblem]) -> String {
    problems
        .iter()
        .map(|problem| format!("{problem}\n"))
        .collect()
}

#[test]
fn the_sample_is_a_week_of_a_cinema() {
    let programme = parsed(SAMPLE);
    for room in &programme.auditoriums {
        println!(
            "{} {} {}x{}",
            room.id,
            room.layout.places.len(),
            room.layout.width,
            room.layout.depth
        );
    }
    assert_eq!(programme.auditoriums.len(), 6);
    assert_eq!(programme.auditoriums[0].layout.places.len(), 400);
    assert_eq!(programme.films.len(), 10);
    println!("{}", programme.showtimes.len());
}
