//! The days that have showtimes; a touch shows that day.

use leptos::prelude::*;

use super::state::Kiosk;
use super::words::{Words, say};
use crate::format::day_short;
use crate::words::Language;

/// The strip of days.
#[component]
pub fn DayStrip() -> impl IntoView {
    let kiosk = Kiosk::here();
    let days = Memo::new(move |_| {
        kiosk.programme.with(|programme| {
            programme
                .as_ref()
                .map_or_else(Vec::new, |programme| programme.days.clone())
        })
    });
    let shown_day = Memo::new(move |_| {
        kiosk
            .programme
            .with(|programme| programme.as_ref().map(|programme| programme.day.clone()))
    });
    let today = Memo::new(move |_| {
        kiosk
            .cinema
            .with(|cinema| cinema.as_ref().map(|cinema| cinema.business_day.clone()))
    });
    let label = say(|words| words.days);
    let button = move |day: String| {
        let (of_day, named) = (day.clone(), day.clone());
        let is_shown = move || shown_day.get().as_ref() == Some(&of_day);
        let name = move || {
            let language = kiosk.language.get();
            day_words(&named, today.get().as_deref(), language, language.kiosk())
        };
        view! {
            <button type="button" class="day" aria-pressed=move || is_shown().to_string() data-testid=format!("day-{day}")
                on:click=move |_| kiosk.day.set(Some(day.clone()))>{name}</button>
        }
    };
    view! { <nav class="day-strip" aria-label=label>{move || days.get().into_iter().map(button).collect_view()}</nav> }
}

/// A day as people call it.
pub fn day_words(day: &str, today: Option<&str>, language: Language, words: &Words) -> String {
    if Some(day) == today {
        words.today.to_owned()
    } else {
        day_short(day, language)
    }
}
