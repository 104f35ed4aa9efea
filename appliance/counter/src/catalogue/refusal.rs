//! Why something that is on, or not, is refused.

use axum::http::StatusCode;
use service::http::Refusal;

use crate::Fault;
use crate::fault::with_faults;

/// Why what was asked of the programme is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogueRefused {
    /// No programme was ever imported.
    NoProgramme,
    /// There is no such showtime.
    UnknownShowtime,
    /// There is no such film.
    UnknownFilm,
    /// Its tickets are not sold any more, or not now.
    SalesClosed,
    /// It is over.
    ShowtimeOver,
    /// It does not take place.
    ShowtimeCancelled,
    /// It, or what it names, cannot be read.
    Unreadable,
    /// A value after the question mark does not fit; the words say which.
    WrongQuery(&'static str),
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(CatalogueRefused);

impl From<CatalogueRefused> for Refusal {
    fn from(refused: CatalogueRefused) -> Self {
        use CatalogueRefused as R;
        match refused {
            R::NoProgramme => Refusal::not_found(
                "no_programme",
                "There is no programme yet",
                "At a box, import one with `appliance import FILE`.",
            ),
            R::UnknownShowtime => Refusal::not_found(
                "unknown_showtime",
                "There is no such showtime",
                "Choose one from the programme.",
            ),
            R::UnknownFilm => Refusal::not_found(
                "unknown_film",
                "There is no such film",
                "Choose one from the programme.",
            ),
            R::SalesClosed => Refusal::conflict(
                "sales_closed",
                "Tickets for this showtime are no longer sold",
                "Choose another showtime.",
            ),
            R::ShowtimeOver => Refusal::conflict(
                "showtime_over",
                "This showtime is over",
                "Choose another showtime.",
            ),
            R::ShowtimeCancelled => Refusal::conflict(
                "showtime_cancelled",
                "This showtime is cancelled",
                "Choose another showtime.",
            ),
            R::Unreadable => Refusal::conflict(
                "showtime_unreadable",
                "Tickets for this showtime cannot be sold",
                "What is stored of it cannot be read; `appliance status` says what and what to do. Choose another showtime.",
            ),
            R::WrongQuery(words) => Refusal::new(
                StatusCode::BAD_REQUEST,
                "wrong_query",
                "A value after the question mark does not fit",
                words,
            ),
            R::Fault(fault) => fault.into(),
        }
    }
}
