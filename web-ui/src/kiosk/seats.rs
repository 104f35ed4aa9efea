//! The seats of a showtime, and the basket beside them.

use std::sync::Arc;
use std::time::Duration;

use box_office::ShowtimeId;
use counter_api::ShowtimeWithLayout;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::film_page::age_words;
use super::flow::Event;
use super::paperless;
use super::preferences::TypeSize;
use super::state::Kiosk;
use super::time_button::version_words;
use super::words::say;
use crate::buying::{Chooser, Notice, Shape};
use crate::client::Trouble;
use crate::clock;
use crate::format::day_and_time;
use crate::icons;
use crate::parts::TextButton;

/// Between two tries to reach the box.
const PAUSE: Duration = Duration::from_secs(2);

/// Seats and basket.
#[component]
pub fn SeatsScreen(
    /// The showtime.
    showtime: ShowtimeId,
) -> impl IntoView {
    let kiosk = Kiosk::here();
    let back = say(|words| words.back);
    fetch(kiosk, showtime);
    // Whoever needs the largest type reads rather than looks.
    let begins_as = match kiosk.preferences.get_untracked().type_size {
        TypeSize::Normal | TypeSize::Large => Shape::Map,
        TypeSize::Largest => Shape::List,
    };
    let on_pay = Callback::new(move |()| paperless::go_on(kiosk));
    let inside = move || match kiosk.buying.order.showtime.get() {
        None => {
            view! { <div class="seat-area skeleton"><div class="bone map"></div></div> }.into_any()
        }
        Some(showtime) => view! { <Chooser showtime begins_as on_pay/> }.into_any(),
    };
    view! {
        <section class="seats screen">
            <div class="screen-head">
                <TextButton icon=icons::ARROW_LEFT words=Signal::derive(move || back().to_owned()) testid="back" on_touch=move || kiosk.leave(Event::Back)/>
                {move || kiosk.buying.order.showtime.get().map(|showtime| view! { <Heading showtime/> })}
            </div>
            {inside}
        </section>
    }
}

/// Fetches the showtime, unless it is known from before the payment.
fn fetch(kiosk: Kiosk, id: ShowtimeId) {
    let known = kiosk.buying.order.showtime;
    if known.with_untracked(|known| known.as_ref().is_some_and(|known| known.showtime.id == id)) {
        return;
    }
    spawn_local(async move {
        loop {
            match kiosk.buying.counter.showtime(&id).await {
                Ok(fetched) => {
                    // The guest may have gone back meanwhile.
                    if untrack(|| kiosk.shown()) == super::flow::Shown::Seats(id) {
                        known.set(Some(Arc::new(fetched)));
                    }
                    return;
                }
                Err(Trouble::Refused(problem)) => {
                    kiosk
                        .buying
                        .order
                        .notice
                        .set(Some(Notice::of_problem(*problem)));
                    return;
                }
                Err(Trouble::Unreachable) => clock::sleep(PAUSE).await,
            }
        }
    });
}

#[component]
fn Heading(showtime: Arc<ShowtimeWithLayout>) -> impl IntoView {
    let kiosk = Kiosk::here();
    let (starts_at, room) = (
        showtime.showtime.starts_at.clone(),
        showtime.showtime.auditorium_name.clone(),
    );
    let when = move || {
        let when = day_and_time(&starts_at, kiosk.language.get());
        format!("{when} · {room}")
    };
    let title = showtime.film.title.clone();
    let rating = showtime.film.age_rating.clone();
    let version = move || {
        version_words(
            &showtime.showtime,
            kiosk.language.get(),
            kiosk.language.get().kiosk(),
        )
    };
    let age = move || {
        rating
            .as_ref()
            .and_then(|rating| age_words(rating, kiosk.language.get()))
    };
    view! {
        <div class="heading" data-testid="heading">
            <h1>{title}</h1>
            <p><strong class="when">{when}</strong><span class="quiet">{version}</span></p>
            <p class="age-words" data-testid="age-words">{age}</p>
        </div>
    }
}
