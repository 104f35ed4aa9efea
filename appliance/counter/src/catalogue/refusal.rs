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
    /// A value after the question mark does not fit; the words say which.
    WrongQuery(&'static str),
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(CatalogueRefused);

impl From<CatalogueRefused> for Refusal {
    fn from(refused: CatalogueRefused) -> Self {
        use CatalogueRefused as R;
        use StatusCode as S;
        let r = |status, code, title, words: &str| Self::new(status, code, title, words);
        match refused {
            R::NoProgramme => r(
                S::NOT_FOUND,
                "no_programme",
                "There is no programme yet",
                "At a box, import one with `appliance import FILE`.",
            ),
            R::UnknownShowtime => r(
                S::NOT_FOUND,
                "unknown_showtime",
                "There is no such showtime",
                "Choose one from the programme.",
            ),
            R::UnknownFilm => r(
                S::NOT_FOUND,
                "unknown_film",
                "There is no such film",
                "Choose one from the programme.",
            ),
            R::SalesClosed => r(
                S::CONFLICT,
                "sales_closed",
                "Tickets for this showtime are no longer sold",
                "Choose another showtime.",
            ),
            R::ShowtimeOver => r(
                S::CONFLICT,
                "showtime_over",
                "This showtime is over",
                "Choose another showtime.",
            ),
            R::ShowtimeCancelled => r(
                S::CONFLICT,
                "showtime_cancelled",
                "This showtime is cancelled",
                "Choose another showtime.",
            ),
            R::WrongQuery(words) => r(
                S::BAD_REQUEST,
                "wrong_query",
                "A value after the question mark does not fit",
                words,
            ),
            R::Fault(fault) => fault.into(),
        }
    }
}
