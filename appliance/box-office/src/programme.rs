//! The programme of a cinema: its rooms, films, prices and showtimes, and the file that a person writes them in
//! (`PROGRAMME.md`). Reading is pure: the text and today's date in, a whole programme or every problem out.

mod auditorium;
mod cinema;
mod showtime;

mod file;

pub use crate::film::{AgeRating, Film, Format, GENRES};
pub use auditorium::Auditorium;
pub use cinema::Cinema;
pub use file::{FORMAT, LARGEST_FILE, MOST_PROBLEMS, MOST_SHOWTIMES};
pub use showtime::{Showtime, ShowtimeStatus, SingleSeatMode, Subtitles};

use crate::PriceBook;

/// A programme that was checked as a whole: every id that is named exists, no two showtimes meet in a room, and every
/// seat of every showtime has a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// The cinema itself.
    pub cinema: Cinema,
    /// Its rooms, in the order of the file.
    pub auditoriums: Vec<Auditorium>,
    /// The films, in the order of the file.
    pub films: Vec<Film>,
    /// The price books, in the order of the file.
    pub price_books: Vec<PriceBook>,
    /// The showtimes by start, then room.
    pub showtimes: Vec<Showtime>,
    /// What was decided where the file left something open, for whoever imports it: a time that the clock skips.
    pub remarks: Vec<ProgrammeProblem>,
}

/// Something about a programme file that its writer should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeProblem {
    /// Where: `line 12`.
    pub at: String,
    /// What is wrong and what would be right, in words.
    pub detail: String,
}

impl std::fmt::Display for ProgrammeProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.at, self.detail)
    }
}
