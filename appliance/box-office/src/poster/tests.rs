use jiff::civil::date;

use super::*;
use crate::Programme;

fn films() -> Vec<Film> {
    let sample = include_str!("../../../sample/programme.toml");
    Programme::parse(sample, date(2026, 11, 23)).unwrap().films
}

#[test]
fn a_poster_is_the_same_for_ever() {
    let film = &films()[0];
    assert_eq!(poster(film), poster(&film.clone()));
    // A change of the drawing is a change of every wall: look at the posters, then write the new number here.
    let print = |text: &str| {
        text.bytes().fold(0_u32, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        })
    };
    assert_eq!(
        films()
            .iter()
            .map(|film| print(&poster(film)))
            .fold(0, u32::wrapping_add),
        876_310_365
    );
}

#[test]
fn a_title_cannot_leave_its_text() {
    let mut film = films().remove(0);
    film.title = "</text><script>\"'&\u{7}\u{ffff}".to_owned();
    film.directors = vec!["<b>&".to_owned()];
    let svg = poster(&film);
    assert!(!svg.contains("<script") && !svg.contains("<b>") && !svg.contains('\u{7}'));
    assert!(svg.contains("aria-label=\"&lt;/text&gt;&lt;script&gt;&quot;&#39;&amp;\""));
}

#[test]
fn the_words_are_outlines_unless_the_face_lacks_a_letter() {
    for film in films() {
        let svg = poster(&film);
        assert!(!svg.contains("<text"), "{}", film.title);
        assert!(
            svg.matches("<path transform").count() >= 3,
            "{}",
            film.title
        );
    }
    let mut film = films().remove(0);
    film.title = "千と千尋の神隠し".to_owned();
    let svg = poster(&film);
    assert_eq!(svg.matches("<text").count(), 1, "the title alone: {svg}");
    assert!(svg.contains(">千と千尋の神隠し</text>"));
}

#[test]
fn every_genre_has_a_poster_that_reaches_nothing_outside() {
    for genre in crate::programme::GENRES {
        for number in 0..6 {
            let mut film = films().remove(0);
            film.id = format!("film-{number}").parse().unwrap();
            film.genres = vec![genre.to_owned()];
            let svg = poster(&film);
            assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
            assert_eq!(
                svg.matches("<g").count(),
                svg.matches("</g>").count(),
                "{svg}"
            );
            assert_eq!(svg.matches("http").count(), 1, "only the namespace");
        }
    }
}
