//! What a cinema tells of its programme, as the events of the wire.

use box_office::PriceBook;
use box_office::programme::{Auditorium, Cinema, Film, Format, ShowtimeStatus};
use wire::Body;
use wire::event as told;

use crate::Fault;
use crate::catalogue::Stored;

pub(super) fn cinema(cinema: &Cinema) -> Body {
    told::CinemaDescribed {
        cinema: cinema.id.clone(),
        name: cinema.name.clone(),
        zone: cinema.time_zone.clone(),
        currency: cinema.currency,
        day_starts: cinema.business_day_start.minutes(),
        selling: Some(told::CinemaSelling {
            address: cinema.address.clone(),
            location: cinema.location,
            tax_number: cinema.tax_number.clone(),
            sales_end_minutes: cinema.sales_end_minutes,
            turnaround_minutes: cinema.turnaround_minutes,
            single_seats: cinema.single_seats,
        }),
    }
    .into()
}

pub(super) fn auditorium(room: &Auditorium) -> told::AuditoriumDescribed {
    told::AuditoriumDescribed {
        auditorium: room.id.clone(),
        name: room.name.clone(),
        layout: (&room.layout).into(),
        usage: Some(told::AuditoriumUse {
            curve: room.curve,
            turnaround_minutes: room.turnaround_minutes,
        }),
    }
}

pub(super) fn film(film: &Film) -> told::FilmImported {
    let rating = film.age_rating.as_ref();
    told::FilmImported {
        film: film.id.clone(),
        version: film.version,
        title: film.title.clone(),
        year: film.year,
        directors: film.directors.clone(),
        minutes: film.length_minutes,
        genres: film.genres.clone(),
        language: film.original_language.clone(),
        rating: rating.map(|rating| told::AgeRating {
            system: rating.system.clone(),
            label: rating.label.clone(),
            from: rating.from_age,
        }),
        selling: Some(told::FilmSelling {
            original_title: film.original_title.clone(),
            accompanied_from: rating.and_then(|rating| rating.accompanied_from_age),
            synopsis: film.synopsis.clone(),
            trailer: film.trailer.clone(),
        }),
    }
}

/// A price book, whole, as a document.
pub(super) fn price_book(book: &PriceBook) -> Result<told::PriceBookImported, Fault> {
    let content = serde_json::to_string(book).map_err(|why| Fault::Broken(why.to_string()))?;
    Ok(told::PriceBookImported {
        book: book.id.clone(),
        version: book.version,
        currency: book.currency,
        content,
    })
}

/// A showtime of a room with so many seats: that it is new, or otherwise, or does not take place.
pub(super) fn showtime(stored: &Stored, seats: usize, is_new: bool) -> Body {
    let (showtime, body) = (&stored.showtime, scheduled(stored, seats));
    match (is_new, showtime.status) {
        (true, _) => body.into(),
        (false, ShowtimeStatus::Cancelled) => told::ShowtimeCancelled {
            showtime: showtime.id.clone(),
            reason: "programme".into(),
        }
        .into(),
        (false, ShowtimeStatus::Open | ShowtimeStatus::Closed) => {
            told::ShowtimeChanged(body).into()
        }
    }
}

/// The type of the event that tells of a move with guests.
pub(super) const MOVED: &str = "showtime_moved";

/// A showtime goes from where it was to a room with so many seats, and whoever has a seat of it goes along; these seats are left.
pub(super) fn moved(
    before: &Stored,
    (stored, seats): (&Stored, usize),
    left: Vec<told::SeatAtEpoch>,
) -> Body {
    told::ShowtimeMoved {
        showtime: scheduled(stored, seats),
        former: before.showtime.auditorium.clone(),
        former_plan: before.plan,
        left,
    }
    .into()
}

/// A showtime of a room with so many seats, as it stands.
pub(super) fn scheduled(stored: &Stored, seats: usize) -> told::ShowtimeScheduled {
    let showtime = &stored.showtime;
    told::ShowtimeScheduled {
        showtime: showtime.id.clone(),
        film: showtime.film.clone(),
        film_version: stored.film_version,
        auditorium: showtime.auditorium.clone(),
        plan: stored.plan,
        day: showtime.business_day.to_string(),
        start: showtime.starts_at.as_millisecond(),
        film_start: showtime.film_starts_at().as_millisecond(),
        end: showtime.ends_at.as_millisecond(),
        sales_end: showtime.sales_end_at().as_millisecond(),
        book: showtime.price_book.clone(),
        book_version: stored.book_version,
        language: showtime.language.clone(),
        subtitles: showtime
            .subtitles
            .as_ref()
            .map(|subtitles| told::Subtitles {
                language: subtitles.language.clone(),
                captions: subtitles.captions,
            }),
        format: match showtime.format {
            Format::Flat => "2D".into(),
            Format::Stereo => "3D".into(),
        },
        audio_description: showtime.audio_description,
        seats: u32::try_from(seats).unwrap_or(u32::MAX),
        selling: Some(told::ShowtimeSelling {
            status: showtime.status,
            time: showtime.time,
            single_seats: showtime.single_seats,
        }),
    }
}
