//! A film on the attract screen: its poster, and the next times below it.

use counter_api::{AgeRating, Film, FilmOnDay, Showtime, ShowtimeState};
use leptos::prelude::*;

use super::flow::Event;
use super::state::Kiosk;
use super::time_button::{TimeButton, price_words};
use super::words::say;
use crate::words::{Language, fill};

/// How many times stand below a poster.
const TIMES: usize = 3;

/// A film of the day.
#[component]
pub fn FilmCard(
    /// The film and its showtimes.
    on_day: FilmOnDay,
) -> impl IntoView {
    let kiosk = Kiosk::here();
    let film = on_day.film;
    let facts_of = film.clone();
    let facts = move || facts(&facts_of, kiosk.language.get());
    let id = film.id.clone();
    let (card_id, poster_id) = (format!("film-{id}"), format!("poster-{id}"));
    let price_id = format!("price-from-{id}");
    let title = film.title.clone();
    let lowest = on_day.price_from;
    let lowest = move || lowest.map(|lowest| price_words(lowest, kiosk.language.get()));
    let all = say(|words| words.all_times);
    let all_label = move || format!("{}: {title}", all());
    let times = next_times(&on_day.showtimes);
    let times_class = match begin_together(&times) {
        true => "times with-rooms",
        false => "times",
    };
    let times = times
        .into_iter()
        .map(|showtime| view! { <TimeButton showtime/> })
        .collect_view();
    view! {
        <article class="film-card" data-testid=card_id>
            <button type="button" class="poster" id=poster_id.clone() aria-label=all_label data-testid=poster_id
                on:click=move |_| kiosk.happen(Event::FilmTouched(id.clone()))>
                <img src=format!("/api/v1/films/{}/poster.svg", film.id) alt="" loading="lazy"/>
            </button>
            <div class="film-words">
                <h2>{film.title.clone()}</h2>
                <p class="facts">{film.age_rating.map(|rating| view! { <RatingBadge rating/> })}<span>{facts}</span></p>
                <p class="price-from quiet" data-testid=price_id>{lowest}</p>
            </div>
            <div class=times_class>{times}</div>
        </article>
    }
}

/// The age rating as the label that people know.
#[component]
pub fn RatingBadge(
    /// The rating.
    rating: AgeRating,
) -> impl IntoView {
    view! { <span class="rating" data-age=rating.from_age>{rating.system}" "{rating.label}</span> }
}

/// The times that can still be bought; sold-out ones, and those of which seats are sold elsewhere only, where nothing else is left.
fn next_times(showtimes: &[Showtime]) -> Vec<Showtime> {
    let (open, sold_out): (Vec<&Showtime>, Vec<&Showtime>) = showtimes
        .iter()
        .filter(|showtime| {
            matches!(
                showtime.state,
                ShowtimeState::OnSale | ShowtimeState::SoldOut | ShowtimeState::OutOfReach
            )
        })
        .partition(|showtime| showtime.state == ShowtimeState::OnSale);
    open.into_iter()
        .chain(sold_out)
        .take(TIMES)
        .cloned()
        .collect()
}

/// Whether two of them begin at one time, so that only the room tells them apart.
fn begin_together(showtimes: &[Showtime]) -> bool {
    let mut starts: Vec<_> = showtimes
        .iter()
        .map(|showtime| &showtime.starts_at)
        .collect();
    starts.sort();
    starts.windows(2).any(|two| two[0] == two[1])
}

/// Length and genres: "149 min · Drama, Science fiction".
pub fn facts(film: &Film, language: Language) -> String {
    let words = language.kiosk();
    let genres: Vec<_> = film
        .genres
        .iter()
        .map(|genre| {
            words
                .genre(genre)
                .map_or_else(|| genre.clone(), str::to_owned)
        })
        .collect();
    let length = fill(
        words.minutes,
        &[("count", &film.length_minutes.to_string())],
    );
    if genres.is_empty() {
        length
    } else {
        format!("{length} · {}", genres.join(", "))
    }
}
