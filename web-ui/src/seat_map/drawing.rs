//! The outlines of seats and the marks on them, around a middle at 0, 0 in hundredths of a seat's width.

use super::look::Look;
use super::room::Form;

/// The outline of a seat.
pub fn outline(form: Form) -> &'static str {
    match form {
        Form::Single => {
            "M-26-42h52a16 16 0 0 1 16 16v52a16 16 0 0 1-16 16h-52a16 16 0 0 1-16-16v-52a16 16 0 0 1 16-16z"
        }
        Form::LeftHalf => "M50-42h-76a16 16 0 0 0-16 16v52a16 16 0 0 0 16 16h76",
        Form::RightHalf => "M-50-42h76a16 16 0 0 1 16 16v52a16 16 0 0 1-16 16h-76",
    }
}

/// The mark that tells a seat's state by its form alone.
///
/// Of a seat that is out of reach it is one of [`ONLINE_ALONE`] and [`CINEMA_ALONE`].
pub fn mark(look: Look, away: &'static str) -> &'static str {
    match look {
        Look::Free | Look::Wanted => "",
        Look::Chosen => "M-19 1l13 15 25-29",
        Look::Held => "M-38 6L6-38M-38 38L38-38M-6 38L38-6",
        Look::Sold => "M-13 0a13 13 0 1 0 26 0a13 13 0 1 0-26 0z",
        Look::Blocked => "M-20-20l40 40M20-20l-40 40",
        Look::OutOfReach => away,
    }
}

/// A cloud: a seat that only guests at home can have for now.
pub const ONLINE_ALONE: &str = "M-15 15h32a13 13 0 0 0 2-26a19 19 0 0 0-36-2a14 14 0 0 0 2 28z";

/// A house: a seat that only guests at the cinema can have for now.
pub const CINEMA_ALONE: &str = "M-21 0l21-20l21 20M-15-4v22h30v-22";
