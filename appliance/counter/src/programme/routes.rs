//! HTTP of the programme, as the screens show it.

use std::sync::Arc;

use axum::extract::Extension;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use box_office::price::Channel;
use box_office::programme::Film;
use box_office::{Custodian, FilmId, ShowtimeId, poster::poster as drawn};
use counter_api as api;
use serde::Deserialize;
use service::http::{Json, Path, Query};

use super::shown;
use crate::buyer::Buyer;
use crate::catalogue::{CatalogueRefused, local};
use crate::counter::At;
use crate::extract::Named;

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
    let wrong = |_| CatalogueRefused::WrongQuery("A day is written as 2026-11-23.");
    let day = wanted
        .day
        .map(|day| day.parse().map_err(wrong))
        .transpose()?;
    let on = shown::on_day(&at, day, channel_of(at.side)).await?;
    let films = on.films.into_iter().map(|of| {
        let showtimes: Vec<api::Showtime> = (of.showtimes.into_iter())
            .map(|listed| listed.showtime)
            .collect();
        let on_sale =
            (showtimes.iter()).filter(|showtime| showtime.state == api::ShowtimeState::OnSale);
        let prices = on_sale.map(|showtime| showtime.price_from);
        api::FilmOnDay {
            price_from: prices.min_by_key(|price| price.minor),
            film: shown_film(&of.film),
            showtimes,
        }
    });
    Ok(Json(api::DayProgramme {
        day: on.day.to_string(),
        days: on.days.iter().map(ToString::to_string).collect(),
        films: films.collect(),
        now: local(on.now, at.catalogue().days.zone()),
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
    let channel = buyer.map_or(channel_of(at.side), |Extension(buyer)| buyer.channel);
    let on = shown::of_showtime(&at, &id, channel).await?;
    Ok(Json(api::ShowtimeWithLayout {
        showtime: on.listed.showtime,
        film: shown_film(&on.film),
        layout: on.plan.layout().clone(),
        curve: on.auditorium.curve,
        ticket_kinds: on.ticket_kinds,
        prices: on.prices,
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
        trailer: film.trailer.clone(),
        age_rating: rating.map(|rating| api::AgeRating {
            system: rating.system.clone(),
            label: rating.label.clone(),
            from_age: rating.from_age,
            accompanied_from_age: rating.accompanied_from_age,
        }),
    }
}
