//! What is on: films, showtimes, rooms and prices as a screen shows them.
//! Times are RFC 3339 texts with the cinema's own offset, so that a browser needs no zone data.

use box_office::{
    AuditoriumId, CinemaId, Currency, FilmId, Layout, Money, SeatKind, ShowtimeId, TicketKindId,
};
use serde::{Deserialize, Serialize};

/// `GET /api/v1/cinema`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cinema {
    /// The cinema's id.
    pub id: CinemaId,
    /// Its name, as on the tickets.
    pub name: String,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// What it sells in.
    pub currency: Currency,
    /// Today's business day, `2026-11-23`: it may have begun yesterday by the calendar.
    pub business_day: String,
}

/// `GET /api/v1/programme?day=2026-11-23` (today's business day by default).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayProgramme {
    /// The business day.
    pub day: String,
    /// Every business day from today on that has showtimes.
    pub days: Vec<String>,
    /// The films of the day, each with its showtimes by start.
    pub films: Vec<FilmOnDay>,
    /// The time at the box.
    pub now: String,
}

/// A film and when it is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FilmOnDay {
    /// The film.
    pub film: Film,
    /// Its showtimes of the day, by start.
    pub showtimes: Vec<Showtime>,
    /// The lowest price of a full-price ticket for those of them that are on sale; none, if none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_from: Option<Money>,
}

/// A film: facts only. Its poster is at `/api/v1/films/{id}/poster.svg`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Film {
    /// The film's id.
    pub id: FilmId,
    /// The title.
    pub title: String,
    /// Year of the first release.
    pub year: u16,
    /// Who directed it.
    pub directors: Vec<String>,
    /// Running time of the film itself, without advertisements.
    pub length_minutes: u16,
    /// Genres, in English words that the screens translate: `drama`, `science-fiction`.
    pub genres: Vec<String>,
    /// Original language, BCP 47: `ja`.
    pub original_language: String,
    /// What it is about, in each language by BCP 47; empty if nothing was written.
    #[serde(default)]
    pub synopsis: std::collections::BTreeMap<String, String>,
    /// Where its trailer is shown on the web, an `https` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trailer: Option<String>,
    /// Who may see it.
    pub age_rating: Option<AgeRating>,
}

/// Who may see a film, by the rating body of the cinema's country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgeRating {
    /// The body: `FSK`, `BBFC`.
    pub system: String,
    /// The label as it is shown: `12`.
    pub label: String,
    /// From which age guests are admitted, in years; 0 for all.
    pub from_age: u8,
    /// From which age they are admitted beside a parent, where the law knows that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accompanied_from_age: Option<u8>,
}

/// How a film is projected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Format {
    /// Flat.
    #[serde(rename = "2D")]
    Flat,
    /// With glasses.
    #[serde(rename = "3D")]
    Stereo,
}

/// Subtitles of a showtime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Subtitles {
    /// Their language, BCP 47.
    pub language: String,
    /// Captions for people who do not hear: with sounds and speakers.
    pub captions: bool,
}

/// Whether tickets can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShowtimeState {
    /// Seats can be bought.
    OnSale,
    /// No seat is free.
    SoldOut,
    /// What may be free is the other side's, and the line is cut.
    OutOfReach,
    /// Sales have ended, or the office closed them.
    Closed,
    /// It does not take place.
    Cancelled,
}

/// One screening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Showtime {
    /// The showtime's id.
    pub id: ShowtimeId,
    /// The film.
    pub film: FilmId,
    /// The room.
    pub auditorium: AuditoriumId,
    /// The room as guests call it: "Screen 3".
    pub auditorium_name: String,
    /// When the programme begins, RFC 3339 with the cinema's offset.
    pub starts_at: String,
    /// When the film itself begins.
    pub film_starts_at: String,
    /// When it is over.
    pub ends_at: String,
    /// When sales end, some minutes after the start.
    pub sales_end_at: String,
    /// The language spoken, BCP 47.
    pub language: String,
    /// Subtitles, if any.
    pub subtitles: Option<Subtitles>,
    /// How it is projected.
    pub format: Format,
    /// Whether there is an audio description.
    pub audio_description: bool,
    /// Whether tickets can be had.
    pub state: ShowtimeState,
    /// How many seats can be bought here and now.
    pub seats_free: u32,
    /// How many seats the room has.
    pub seats: u32,
    /// The lowest price of a full-price ticket, a companion's place aside.
    pub price_from: Money,
}

/// `GET /api/v1/showtimes/{id}`: all that a seat map and a basket need and that does not change with a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShowtimeWithLayout {
    /// The showtime.
    pub showtime: Showtime,
    /// The film.
    pub film: Film,
    /// The room.
    pub layout: Layout,
    /// How far the ends of a row as wide as the room stand nearer to the screen than its middle, in hundredths of a seat's
    /// width; 0 for straight rows. For drawing only.
    pub curve: i32,
    /// The kinds of ticket that may be sold for it here, the default first.
    pub ticket_kinds: Vec<TicketKind>,
    /// The price of each ticket kind on each kind of seat in the room.
    pub prices: Vec<Price>,
    /// The most seats of one hold.
    pub most_seats: u32,
}

/// A kind of ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketKind {
    /// Its id: `child`.
    pub id: TicketKindId,
    /// Its name in each language, by BCP 47: `{"en": "Child", "de": "Kind"}`.
    pub names: std::collections::BTreeMap<String, String>,
    /// What is asked for at the door, in each language: "with a student card".
    pub notes: std::collections::BTreeMap<String, String>,
    /// From which age the film admits whoever may have it beside a parent, if it admits none of them alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accompanied_from: Option<u8>,
}

/// What one kind of ticket costs on one kind of seat, tax included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Price {
    /// The kind of ticket.
    pub ticket_kind: TicketKindId,
    /// The kind of seat.
    pub seat_kind: SeatKind,
    /// The price, tax included.
    pub price: Money,
}
