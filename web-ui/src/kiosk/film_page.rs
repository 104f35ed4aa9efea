//! A film: its facts and its times, on any day.

use box_office::FilmId;
use counter_api::{Film, FilmOnDay};
use leptos::prelude::*;

use super::day_strip::DayStrip;
use super::film_card::{RatingBadge, facts};
use super::flow::Event;
use super::state::Kiosk;
use super::time_button::TimeButton;
use super::words::say;
use crate::format::language_name;
use crate::icons;
use crate::parts::TextButton;
use crate::words::{Language, fill};

/// A film and its times.
#[component]
pub fn FilmScreen(
    /// The film.
    film: FilmId,
) -> impl IntoView {
    let kiosk = Kiosk::here();
    let poster = format!("/api/v1/films/{film}/poster.svg");
    let on_day = Memo::new(move |_| {
        kiosk.programme.with(|programme| {
            let programme = programme.as_ref()?;
            programme
                .films
                .iter()
                .find(|on_day| on_day.film.id == film)
                .cloned()
        })
    });
    // The film's facts stay when a day is shown on which it does not run.
    let known = Memo::new(move |before: Option<&Option<Film>>| {
        let film = on_day.get().map(|on_day: FilmOnDay| on_day.film);
        film.or_else(|| before.cloned().flatten())
    });
    let back = say(|words| words.back);
    let not_on = say(|words| words.not_on_that_day);
    let times = move || {
        match on_day.get() {
        None => view! { <p class="nothing">{not_on}</p> }.into_any(),
        Some(on_day) => view! { <div class="times">{on_day.showtimes.into_iter().map(|showtime| view! { <TimeButton showtime/> }).collect_view()}</div> }.into_any(),
    }
    };
    view! {
        <section class="film-page screen">
            <div class="screen-head">
                <TextButton icon=icons::ARROW_LEFT words=Signal::derive(move || back().to_owned()) testid="back" on_touch=move || kiosk.happen(Event::Back)/>
            </div>
            <img class="film-poster" src=poster alt=""/>
            <div class="film-body">
                {move || known.get().map(|film| view! { <Facts film/> })}
                <DayStrip/>
                {times}
            </div>
        </section>
    }
}

#[component]
fn Facts(film: Film) -> impl IntoView {
    let kiosk = Kiosk::here();
    let shown = film.clone();
    let facts = move || facts(&shown, kiosk.language.get());
    let directors = film.directors.join(", ");
    let (year, original) = (film.year, film.original_language.clone());
    let origin = move || {
        let language = kiosk.language.get();
        format!("{year} · {}", language_name(&original, language))
    };
    let directed = move || {
        fill(
            kiosk.language.get().kiosk().directed_by,
            &[("names", &directors)],
        )
    };
    let synopsis = film.synopsis.clone();
    let about = move || kiosk.language.get().pick(&synopsis).map(str::to_owned);
    let rated = film.age_rating.clone();
    let age = move || {
        rated
            .as_ref()
            .and_then(|rating| age_words(rating, kiosk.language.get()))
    };
    view! {
        <h1>{film.title}</h1>
        <p class="facts">{film.age_rating.map(|rating| view! { <RatingBadge rating/> })}<span>{facts}</span></p>
        <p class="synopsis" data-testid="synopsis">{about}</p>
        <p class="quiet">{directed}</p>
        <p class="quiet">{origin}</p>
        <p class="age-words" data-testid="age-words">{age}</p>
    }
}

/// What a guest must know about the age rating; nothing where everybody may come.
pub fn age_words(rating: &counter_api::AgeRating, language: Language) -> Option<String> {
    let label = format!("{} {}", rating.system, rating.label);
    let (words, age) = (language.kiosk(), rating.from_age.to_string());
    (rating.from_age > 0).then(|| match rating.accompanied_from_age {
        None => fill(words.age_checked, &[("rating", &label), ("age", &age)]),
        Some(least) => {
            let least = least.to_string();
            let values = [("rating", &*label), ("age", &*age), ("least", &*least)];
            fill(words.age_accompanied, &values)
        }
    })
}
