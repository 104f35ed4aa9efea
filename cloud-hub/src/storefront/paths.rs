//! Where each page stands, below the hub's address.

use box_office::{CinemaId, FilmId, HoldId, ShowtimeId};
use jiff::civil::Date;

/// The choice of cinema.
pub(super) const HOME: &str = "/";

pub(super) fn cinema(cinema: &CinemaId) -> String {
    format!("/cinemas/{cinema}")
}

/// Of a day other than today's.
pub(super) fn day(cinema: &CinemaId, day: Date) -> String {
    format!("/cinemas/{cinema}?day={day}")
}

pub(super) fn film(cinema: &CinemaId, film: &FilmId) -> String {
    format!("/cinemas/{cinema}/films/{film}")
}

pub(super) fn showtime(cinema: &CinemaId, showtime: &ShowtimeId) -> String {
    format!("/cinemas/{cinema}/showtimes/{showtime}")
}

/// Where the seats of a hold are paid, for whoever comes back from their bank.
pub(crate) fn hold(cinema: &CinemaId, hold: &HoldId) -> String {
    format!("/cinemas/{cinema}/holds/{hold}")
}

/// The page of a showtime, for whoever comes back from their bank.
pub(super) fn paid(cinema: &CinemaId, showtime: &ShowtimeId, hold: &str) -> String {
    format!("/cinemas/{cinema}/showtimes/{showtime}?hold={hold}")
}

/// A film's poster, as the counter draws it.
pub(super) fn poster(cinema: &CinemaId, film: &FilmId) -> String {
    format!("/api/v1/cinemas/{cinema}/films/{film}/poster.svg")
}
