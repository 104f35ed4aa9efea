//! What is on: large posters with the next times below them. A touch on a time goes straight to its seats.

use counter_api::{FilmOnDay, ShowtimeState};
use leptos::prelude::*;

use super::day_strip::DayStrip;
use super::film_card::FilmCard;
use super::state::Kiosk;
use super::words::say;
use crate::format::day_name;

/// Tonight's films.
#[component]
pub fn AttractScreen() -> impl IntoView {
    let kiosk = Kiosk::here();
    let touch_a_time = say(|words| words.touch_a_time);
    let title = move || {
        let language = kiosk.language.get();
        let today = kiosk
            .cinema
            .with(|cinema| cinema.as_ref().map(|cinema| cinema.business_day.clone()));
        kiosk.programme.with(|programme| {
            programme.as_ref().map(|programme| {
                if Some(&programme.day) == today.as_ref() {
                    language.kiosk().on_today.to_owned()
                } else {
                    day_name(&programme.day, language)
                }
            })
        })
    };
    let nothing = say(|words| words.nothing_on);
    let films = move || {
        match kiosk.programme.with(|programme| programme.as_ref().map(|programme| films_to_show(&programme.films))) {
        None => view! { <Skeleton/> }.into_any(),
        Some(films) if films.is_empty() => view! { <p class="nothing" data-testid="nothing-on">{nothing}</p> }.into_any(),
        Some(films) => view! { <div class="films">{films.into_iter().map(|on_day| view! { <FilmCard on_day/> }).collect_view()}</div> }.into_any(),
    }
    };
    view! {
        <section class="attract screen">
            <div class="screen-head">
                <div>
                    <h1>{title}</h1>
                    <p class="quiet">{touch_a_time}</p>
                </div>
                <DayStrip/>
            </div>
            {films}
        </section>
    }
}

/// The shape of what comes.
#[component]
pub fn Skeleton() -> impl IntoView {
    let wait = say(|words| words.loading);
    view! {
        <div class="films skeleton" role="status" aria-label=wait>
            {(0..4).map(|_| view! { <div class="film-card"><div class="poster"></div><div class="bone"></div><div class="bone short"></div></div> }).collect_view()}
        </div>
    }
}

/// Films that can be bought, the next to begin first; then those that are sold out.
pub fn films_to_show(films: &[FilmOnDay]) -> Vec<FilmOnDay> {
    let first_of = |on_day: &FilmOnDay, states: &[ShowtimeState]| {
        on_day
            .showtimes
            .iter()
            .find(|showtime| states.contains(&showtime.state))
            .map(|showtime| showtime.starts_at.clone())
    };
    let mut shown: Vec<_> = films
        .iter()
        .filter_map(|on_day| {
            let open = first_of(on_day, &[ShowtimeState::OnSale]);
            let sold_out = first_of(on_day, &[ShowtimeState::SoldOut, ShowtimeState::OutOfReach]);
            (open.is_some() || sold_out.is_some())
                .then(|| ((open.is_none(), open.or(sold_out)), on_day))
        })
        .collect();
    shown.sort_by(|(a, _), (b, _)| a.cmp(b));
    shown
        .into_iter()
        .map(|(_, on_day)| on_day.clone())
        .collect()
}
