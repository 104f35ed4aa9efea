//! A showtime to touch: the time large, then what decides between two showtimes.

use box_office::Money;
use counter_api::{Format, Showtime, ShowtimeState};
use leptos::prelude::*;

use super::flow::Event;
use super::state::Kiosk;
use super::words::Words;
use crate::format::{clock_time, language_name, money};
use crate::words::{Language, counted, fill};

/// Below a tenth of the seats it says how few are left.
const FEW: u32 = 10;

/// A showtime to touch.
#[component]
pub fn TimeButton(
    /// The showtime.
    showtime: Showtime,
) -> impl IntoView {
    let kiosk = Kiosk::here();
    let time = clock_time(&showtime.starts_at).to_owned();
    let can_be_bought = match showtime.state {
        ShowtimeState::OnSale => true,
        ShowtimeState::SoldOut
        | ShowtimeState::OutOfReach
        | ShowtimeState::Closed
        | ShowtimeState::Cancelled => false,
    };
    let id = showtime.id.clone();
    let shown = showtime.clone();
    let version = move || version_words(&shown, kiosk.language.get(), kiosk.language.get().kiosk());
    let room = showtime.auditorium_name.clone();
    let film = film_title(kiosk, &showtime);
    let lowest = showtime.price_from;
    let lowest = move || can_be_bought.then(|| price_words(lowest, kiosk.language.get()));
    let left = move || left_words(&showtime, kiosk.language.get());
    let testid = format!("time-{id}");
    view! {
        <button type="button" class="time-button" id=testid.clone() disabled=!can_be_bought data-testid=testid
            on:click=move |_| kiosk.happen(Event::TimeTouched(id.clone()))>
            <span class="unseen">{film}", "</span>
            <strong>{time}</strong>
            <span class="room">{room}</span>
            <span class="version">{version}</span>
            <span class="price-from">{lowest}</span>
            <span class="left">{left}</span>
        </button>
    }
}

/// From which price: "from €9.50".
pub fn price_words(lowest: Money, language: Language) -> String {
    fill(
        language.kiosk().price_from,
        &[("amount", &money(lowest, language))],
    )
}

/// The film that a time is of, for whoever hears the time alone.
fn film_title(kiosk: Kiosk, showtime: &Showtime) -> Option<String> {
    kiosk.programme.with_untracked(|programme| {
        let mut films = programme.iter().flat_map(|programme| &programme.films);
        let on_day = films.find(|on_day| on_day.film.id == showtime.film)?;
        Some(on_day.film.title.clone())
    })
}

/// The language, subtitles and format of a showtime: "Japanese, German subtitles, 3D".
pub fn version_words(showtime: &Showtime, language: Language, words: &Words) -> String {
    let mut parts = vec![language_name(&showtime.language, language)];
    if let Some(subtitles) = &showtime.subtitles {
        let text = if subtitles.captions {
            words.captions
        } else {
            words.subtitles
        };
        parts.push(fill(
            text,
            &[("language", &language_name(&subtitles.language, language))],
        ));
    }
    match showtime.format {
        Format::Flat => {}
        Format::Stereo => parts.push("3D".to_owned()),
    }
    if showtime.audio_description {
        parts.push(words.audio_description.to_owned());
    }
    parts.join(", ")
}

fn left_words(showtime: &Showtime, language: Language) -> String {
    let words = language.kiosk();
    let free = u64::from(showtime.seats_free);
    match showtime.state {
        ShowtimeState::OnSale if showtime.seats_free * FEW < showtime.seats => {
            counted(language, words.few_seats, free)
        }
        ShowtimeState::OnSale => counted(language, words.free_seats, free),
        ShowtimeState::SoldOut => words.sold_out.to_owned(),
        ShowtimeState::OutOfReach => words.out_of_reach.to_owned(),
        ShowtimeState::Closed => words.sales_closed.to_owned(),
        ShowtimeState::Cancelled => words.showtime_cancelled.to_owned(),
    }
}
