//! One screening of one film in one room.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::business_day::DayTime;
use crate::film::{Film, Format};
use crate::price::Screening;
use crate::{AuditoriumId, FilmId, PriceBookId, ShowtimeId};

/// A showtime as the programme plans it; what was sold of it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Showtime {
    /// The showtime's id.
    pub id: ShowtimeId,
    /// The film.
    pub film: FilmId,
    /// The room.
    pub auditorium: AuditoriumId,
    /// The prices.
    pub price_book: PriceBookId,
    /// The business day that it belongs to.
    pub business_day: Date,
    /// When it begins by the clock on the wall, counted from the midnight of its business day.
    pub time: DayTime,
    /// When it begins: the advertisements, then the film.
    pub starts_at: Timestamp,
    /// Minutes of advertisements and trailers before the film.
    pub advertisements_minutes: u16,
    /// When the film is over.
    pub ends_at: Timestamp,
    /// For how many minutes after the start tickets are sold.
    pub sales_end_minutes: u16,
    /// The language spoken, BCP 47.
    pub language: String,
    /// Subtitles, if any.
    pub subtitles: Option<Subtitles>,
    /// How it is projected.
    pub format: Format,
    /// Whether there is an audio description.
    pub audio_description: bool,
    /// What happens to a choice that leaves a single seat over.
    pub single_seats: SingleSeatMode,
    /// Whether it takes place and is sold.
    pub status: ShowtimeStatus,
}

impl Showtime {
    /// When the film itself begins.
    pub fn film_starts_at(&self) -> Timestamp {
        self.after_start(self.advertisements_minutes)
    }

    /// When sales end.
    pub fn sales_end_at(&self) -> Timestamp {
        self.after_start(self.sales_end_minutes)
    }

    /// What of it decides a price.
    pub fn screening<'a>(&self, film: &'a Film) -> Screening<'a> {
        Screening {
            business_day: self.business_day,
            time: self.time,
            format: self.format,
            age_rating: film.age_rating.as_ref(),
        }
    }

    fn after_start(&self, minutes: u16) -> Timestamp {
        self.starts_at
            .saturating_add(SignedDuration::from_mins(minutes.into()))
            .unwrap_or(self.starts_at)
    }
}

/// Subtitles of a showtime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subtitles {
    /// Their language, BCP 47.
    pub language: String,
    /// Captions for people who do not hear: with sounds and speakers.
    pub captions: bool,
}

/// Whether a showtime takes place and is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShowtimeStatus {
    /// It takes place, and its seats are sold until sales end.
    Open,
    /// It takes place, and the office has closed its sales.
    Closed,
    /// It does not take place.
    Cancelled,
}

/// What happens to a choice of seats that leaves a single seat over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SingleSeatMode {
    /// It is refused.
    Strict,
    /// It is taken, with a warning.
    Lenient,
    /// It is taken.
    Off,
}

/// The words of a programme file for [`SingleSeatMode`].
pub(super) const SINGLE_SEAT_MODES: [(&str, SingleSeatMode); 3] = [
    ("strict", SingleSeatMode::Strict),
    ("lenient", SingleSeatMode::Lenient),
    ("off", SingleSeatMode::Off),
];

/// The words of a programme file for [`Format`].
pub(super) const FORMATS: [(&str, Format); 2] = [("2D", Format::Flat), ("3D", Format::Stereo)];

/// The words of a programme file for [`ShowtimeStatus`].
pub(super) const STATUSES: [(&str, ShowtimeStatus); 3] = [
    ("open", ShowtimeStatus::Open),
    ("closed", ShowtimeStatus::Closed),
    ("cancelled", ShowtimeStatus::Cancelled),
];
