//! In the low-reach layout the upper part of the screen only shows: the posters of what is on, nothing to touch.

use leptos::prelude::*;

use super::attract::films_to_show;
use super::preferences::Reach;
use super::state::Kiosk;

/// How many posters stand there.
const POSTERS: usize = 3;

/// The posters above the controls.
#[component]
pub fn Hero() -> impl IntoView {
    let kiosk = Kiosk::here();
    let is_shown = Memo::new(move |_| kiosk.preferences.get().reach == Reach::Low);
    let films = Memo::new(move |_| {
        kiosk.programme.with(|programme| {
            let films = programme
                .as_ref()
                .map(|programme| films_to_show(&programme.films));
            films
                .into_iter()
                .flatten()
                .take(POSTERS)
                .map(|on_day| on_day.film.id)
                .collect::<Vec<_>>()
        })
    });
    view! {
        <Show when=move || is_shown.get()>
            <div class="hero" aria-hidden="true">
                {move || films.get().into_iter().map(|film| view! { <img src=format!("/api/v1/films/{film}/poster.svg") alt=""/> }).collect_view()}
            </div>
        </Show>
    }
}
