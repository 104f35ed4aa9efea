//! HTTP of the programme, as the screens show it.

use std::sync::Arc;

use axum::extract::Extension;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use box_office::price::Channel;
use box_office::programme::{Film, Format, ShowtimeStatus};
use box_office::{Custodian, FilmId, ShowtimeId, poster::poster as drawn};
use counter_api as api;
use jiff::civil::Date;
use serde::Deserialize;
use service::http::{Json, Path, Query};

use crate::buyer::Buyer;
use crate::catalogue::{Catalogue, CatalogueRefused, Scheduled, local};
use crate::counter::At;
use crate::extract::Named;
use crate::seats::{self, Available};

/// The cinema.
#[utoipa::path(get, path = "/api/v1/cinema", tag = "programme",
    responses((status = 200, body = api::Cinema), (status = 404, body = api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn cinema(at: At) -> Result<Json<api::Cinema>, CatalogueRefused> {
    let catalogue = at.catalogue();
    let cinema = &catalogue.cinema;
    Ok(Json(api::Cinema {
        id: cinema.id.clone(),
        name: cinema.name.clone(),
        time_zone: cinema.time_zone.clone(),
        currency: cinema.currency,
        business_day: catalogue.days.day_of(at.clock.now()).to_string(),
    }))
}

/// Which day is wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(crate) struct Wanted {
    /// A business day, `2026-11-23`; today's if absent.
    day: Option<String>,
}

/// The films and showtimes of a business day.
#[utoipa::path(get, path = "/api/v1/programme", tag = "programme", params(Wanted),
    responses((status = 200, body = api::DayProgramme), (status = "4XX", body = api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn day(
    at: At,
    Query(wanted): Query<Wanted>,
) -> Result<Json<api::DayProgramme>, CatalogueRefused> {
    let catalogue = at.catalogue();
    let now = at.clock.now();
    let today = catalogue.days.day_of(now);
    let day: Date = match wanted.day {
        Some(day) => day
            .parse()
            .map_err(|_| CatalogueRefused::WrongQuery("A day is written as 2026-11-23."))?,
        None => today,
    };
    let on = catalogue.on(day);
    let available = seats::available(&at, &on).await?;
    let mut films: Vec<api::FilmOnDay> = Vec::new();
    for (scheduled, seats) in on.iter().zip(available) {
        let showtime = shown(&at, &catalogue, scheduled, seats);
        match films
            .iter_mut()
            .find(|film| film.film.id == scheduled.film.id)
        {
            Some(film) => film.showtimes.push(showtime),
            None => films.push(api::FilmOnDay {
                film: shown_film(&scheduled.film),
                showtimes: vec![showtime],
                price_from: None,
            }),
        }
    }
    for film in &mut films {
        let on_sale =
            (film.showtimes.iter()).filter(|showtime| showtime.state == api::ShowtimeState::OnSale);
        let prices = on_sale.map(|showtime| showtime.price_from);
        film.price_from = prices.min_by_key(|price| price.minor);
    }
    let days = catalogue
        .days_from(today)
        .iter()
        .map(ToString::to_string)
        .collect();
    Ok(Json(api::DayProgramme {
        day: day.to_string(),
        days,
        films,
        now: local(now, catalogue.days.zone()),
    }))
}

/// A film's poster, drawn from its facts.
#[utoipa::path(get, path = "/api/v1/films/{id}/poster.svg", tag = "programme", params(("id" = FilmId, Path)),
    responses((status = 200, content_type = "image/svg+xml", body = String),
        (status = 404, body = api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn poster(
    at: At,
    Path(Named { id }): Path<Named<FilmId>>,
) -> Result<impl IntoResponse, CatalogueRefused> {
    let film = at
        .catalogue()
        .film(&id)
        .cloned()
        .ok_or(CatalogueRefused::UnknownFilm)?;
    Ok((
        [
            (CONTENT_TYPE, "image/svg+xml"),
            (CACHE_CONTROL, "public, max-age=3600"),
        ],
        drawn(&film),
    ))
}

/// A showtime with its room, its kinds of ticket and its prices for whoever asks.
#[utoipa::path(get, path = "/api/v1/showtimes/{id}", tag = "programme", params(("id" = ShowtimeId, Path)),
    responses((status = 200, body = api::ShowtimeWithLayout), (status = 404, body = api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn showtime(
    at: At,
    buyer: Option<Extension<Buyer>>,
    Path(Named { id }): Path<Named<ShowtimeId>>,
) -> Result<Json<api::ShowtimeWithLayout>, CatalogueRefused> {
    let catalogue = at.catalogue();
    let scheduled = catalogue
        .showtime(&id)
        .ok_or(CatalogueRefused::UnknownShowtime)?;
    let available = seats::available(&at, std::slice::from_ref(&scheduled)).await?;
    let seats = available.first().copied().unwrap_or_default();
    let channel = buyer.map_or(channel_of(at.side), |Extension(buyer)| buyer.channel);
    let (ticket_kinds, prices) = for_sale(&scheduled, channel);
    Ok(Json(api::ShowtimeWithLayout {
        showtime: shown(&at, &catalogue, &scheduled, seats),
        film: shown_film(&scheduled.film),
        layout: scheduled.plan.layout().clone(),
        curve: scheduled.auditorium.curve,
        ticket_kinds,
        prices,
        most_seats: u32::try_from(box_office::ledger::MOST_SEATS_PER_HOLD).unwrap_or(u32::MAX),
    }))
}

/// How a guest buys here who has not said who they are.
fn channel_of(side: Custodian) -> Channel {
    match side {
        Custodian::Cinema => Channel::Kiosk,
        Custodian::Hub => Channel::Online,
    }
}

fn for_sale(scheduled: &Scheduled, channel: Channel) -> (Vec<api::TicketKind>, Vec<api::Price>) {
    let screening = scheduled.showtime.screening(&scheduled.film);
    let (mut kinds, mut prices) = (Vec::new(), Vec::new());
    for kind in scheduled
        .price_book
        .ticket_kinds_for(&scheduled.film, channel)
    {
        kinds.push(api::TicketKind {
            id: kind.id.clone(),
            names: kind.names.clone(),
            notes: kind.notes.clone(),
            accompanied_from: kind.accompanied_from(scheduled.film.age_rating.as_ref()),
        });
        for seat_kind in scheduled.auditorium.seat_kinds() {
            if let Ok(line) = scheduled.price_book.price(&kind.id, seat_kind, &screening) {
                prices.push(api::Price {
                    ticket_kind: kind.id.clone(),
                    seat_kind,
                    price: line.price,
                });
            }
        }
    }
    (kinds, prices)
}

fn shown_film(film: &Arc<Film>) -> api::Film {
    let rating = film.age_rating.as_ref();
    api::Film {
        id: film.id.clone(),
        title: film.title.clone(),
        year: film.year,
        directors: film.directors.clone(),
        length_minutes: film.length_minutes,
        genres: film.genres.clone(),
        original_language: film.original_language.clone(),
        synopsis: film.synopsis.clone(),
        age_rating: rating.map(|rating| api::AgeRating {
            system: rating.system.clone(),
            label: rating.label.clone(),
            from_age: rating.from_age,
            accompanied_from_age: rating.accompanied_from_age,
        }),
    }
}

fn shown(at: &At, catalogue: &Catalogue, scheduled: &Scheduled, seats: Available) -> api::Showtime {
    let (showtime, zone, now) = (&scheduled.showtime, catalogue.days.zone(), at.clock.now());
    let state = match showtime.status {
        ShowtimeStatus::Cancelled => api::ShowtimeState::Cancelled,
        ShowtimeStatus::Closed => api::ShowtimeState::Closed,
        ShowtimeStatus::Open if now >= at.holds_until(showtime) || now >= showtime.ends_at => {
            api::ShowtimeState::Closed
        }
        ShowtimeStatus::Open if seats.free > 0 => api::ShowtimeState::OnSale,
        ShowtimeStatus::Open if seats.out_of_reach > 0 => api::ShowtimeState::OutOfReach,
        ShowtimeStatus::Open => api::ShowtimeState::SoldOut,
    };
    let price_from = scheduled.price_book.price_from(
        scheduled.auditorium.seat_kinds(),
        &showtime.screening(&scheduled.film),
    );
    api::Showtime {
        id: showtime.id.clone(),
        film: showtime.film.clone(),
        auditorium: showtime.auditorium.clone(),
        auditorium_name: scheduled.auditorium.name.clone(),
        starts_at: local(showtime.starts_at, zone),
        film_starts_at: local(showtime.film_starts_at(), zone),
        ends_at: local(showtime.ends_at, zone),
        sales_end_at: local(at.holds_until(showtime), zone),
        language: showtime.language.clone(),
        subtitles: showtime.subtitles.as_ref().map(|subtitles| api::Subtitles {
            language: subtitles.language.clone(),
            captions: subtitles.captions,
        }),
        format: match showtime.format {
            Format::Flat => api::Format::Flat,
            Format::Stereo => api::Format::Stereo,
        },
        audio_description: showtime.audio_description,
        state,
        seats_free: seats.free,
        seats: u32::try_from(scheduled.plan.len()).unwrap_or(u32::MAX),
        price_from: price_from.unwrap_or(box_office::Money::zero(catalogue.cinema.currency)),
    }
}
