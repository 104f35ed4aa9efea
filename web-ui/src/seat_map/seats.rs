//! The seats of the map: outline, mark, sign and number, spoken in full.
//!
//! All of them are drawn as one text, and after that only what changed is touched: a room of hundreds of seats costs one drawing, and a seat
//! that is taken costs that seat.

use std::fmt::Write as _;

use box_office::SeatKind;
use leptos::prelude::*;
use leptos::svg;
use web_sys::Element;

use super::board::Board;
use super::drawing;
use super::look::Look;
use super::room::DrawnSeat;
use crate::icons;
use crate::words::{Language, row_name};

/// What changes of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Face {
    look: Look,
    /// Whether it stands back behind the kind that was picked.
    is_faded: bool,
    /// Whether the keyboard is on it.
    is_active: bool,
}

/// What was drawn: the seats' faces by their places, and the language that they are spoken in.
type Drawn = (Language, Vec<Face>);

/// Draws the seats of a room into `grid` once their looks are known, and again what changes.
pub(super) fn draw(board: Board, grid: NodeRef<svg::G>) {
    Effect::new(move |before: Option<Option<Drawn>>| {
        let grid = grid.get()?;
        let language = board.language.get();
        let faces = faces(board)?;
        match before.flatten() {
            Some((spoken, before)) if spoken == language => {
                for (place, (old, new)) in before.iter().zip(&faces).enumerate() {
                    if old != new {
                        draw_again(board, &grid, place, *new);
                    }
                }
            }
            Some(_) | None => grid.set_inner_html(&markup(board, language, &faces)),
        }
        Some((language, faces))
    });
}

/// None until it is known how the seats look.
fn faces(board: Board) -> Option<Vec<Face>> {
    let (looks, active) = (board.looks()?, board.active.get());
    board.room.with_value(|room| {
        let face = |(place, (seat, look)): (usize, (&DrawnSeat, Look))| Face {
            look,
            is_faded: board.is_passed_over(seat.kind, look),
            is_active: place == active,
        };
        let seats = room.seats.iter().zip(looks).enumerate();
        Some(seats.map(face).collect())
    })
}

fn markup(board: Board, language: Language, faces: &[Face]) -> String {
    let mut text = String::new();
    board.room.with_value(|room| {
        for row in &room.rows {
            let name = row_name(language.shared(), row.block.as_deref(), &row.name);
            put(
                &mut text,
                format_args!("<g role=row aria-label=\"{}\">", escaped(&name)),
            );
            for &place in &row.seats {
                put_seat(&mut text, board, place, (&room.seats[place], faces[place]));
            }
            text.push_str("</g>");
        }
    });
    text
}

fn put_seat(text: &mut String, board: Board, place: usize, (seat, face): (&DrawnSeat, Face)) {
    put(
        text,
        format_args!(
            "<g role=gridcell data-place={place} data-testid=\"seat-{}\" transform=\"translate({} {})rotate({})\"",
            escaped(seat.seat.as_str()),
            seat.x,
            seat.y,
            seat.turn
        ),
    );
    for (name, value) in attributes(board, place, seat, face) {
        put(text, format_args!(" {name}=\"{}\"", escaped(&value)));
    }
    let (outline, mark) = (drawing::outline(seat.form), board.mark(face.look));
    put(
        text,
        format_args!("><path class=outline d=\"{outline}\"/><path class=mark d=\"{mark}\"/>"),
    );
    let sign = match seat.kind {
        SeatKind::Wheelchair => Some(icons::ACCESSIBILITY),
        SeatKind::Companion => Some(icons::USER),
        SeatKind::Standard | SeatKind::Premium | SeatKind::LoveSeat => None,
    };
    match sign {
        Some(sign) => put(
            text,
            format_args!(
                "<g class=sign transform=\"translate(-31 -31) scale(2.6)\">{sign}</g></g>"
            ),
        ),
        None => put(
            text,
            format_args!(
                "<text class=number y=13>{}</text></g>",
                escaped(&seat.number)
            ),
        ),
    }
}

/// What of a seat's element tells its face, to the eye and to the ear.
fn attributes(
    board: Board,
    place: usize,
    seat: &DrawnSeat,
    face: Face,
) -> [(&'static str, String); 6] {
    let look = face.look;
    let faded = if face.is_faded { " faded" } else { "" };
    [
        (
            "class",
            format!("seat {} {}{faded}", seat.kind.word(), look.class()),
        ),
        (
            "tabindex",
            if face.is_active { "0" } else { "-1" }.to_owned(),
        ),
        ("aria-label", board.spoken(place)),
        ("aria-selected", (look == Look::Chosen).to_string()),
        ("aria-disabled", (!look.can_be_touched()).to_string()),
        ("data-look", look.class().to_owned()),
    ]
}

fn draw_again(board: Board, grid: &Element, place: usize, face: Face) {
    let Ok(Some(element)) = grid.query_selector(&format!("[data-place='{place}']")) else {
        return;
    };
    board.room.with_value(|room| {
        for (name, value) in attributes(board, place, &room.seats[place], face) {
            // The names are those of attributes.
            let _ = element.set_attribute(name, &value);
        }
    });
    if let Ok(Some(mark)) = element.query_selector(".mark") {
        let _ = mark.set_attribute("d", board.mark(face.look));
    }
}

fn put(text: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = text.write_fmt(part);
}

/// A text as markup: rows and seats have the names that a cinema gave them.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::board::Away;
    use super::super::room::Room;
    use super::super::room::tests::layout;
    use super::*;

    #[test]
    fn a_name_that_a_cinema_gave_is_a_text_and_no_markup() {
        Owner::new().with(|| {
            let mut hall = layout(&[".."]);
            for place in &mut hall.places {
                place.row = "<b>\"A&".to_owned();
            }
            let board = Board::new(
                Room::of(&hall, 0),
                (&[], None),
                Callback::new(|_| ()),
                Away {
                    words: |_| "",
                    mark: "",
                },
            );
            assert_eq!(faces(board), None, "nothing is drawn until it is known");
            board.set_looks(|_| Look::Free);
            let faces = faces(board).unwrap();
            let text = markup(board, Language::English, &faces);
            assert!(!text.contains("<b>"), "{text}");
            assert!(text.contains("Row &lt;b>&quot;A&amp;"), "{text}");
            assert_eq!(text.matches("role=gridcell").count(), 2);
            assert_eq!(text.matches("tabindex=\"0\"").count(), 1);
        });
    }
}
