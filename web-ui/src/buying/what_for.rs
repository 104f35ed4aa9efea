//! What is being bought, in one line that stands wherever seats, kinds or money are: the film, the day and the time, and the room.

use leptos::prelude::*;

use super::Buying;
use crate::format::day_and_time;

/// The showtime of the guest's order, once it is known.
#[component]
pub fn WhatFor() -> impl IntoView {
    let buying = Buying::here();
    let words = move || {
        let language = buying.language.get();
        buying.order.showtime.with(|showtime| {
            let of = showtime.as_ref()?;
            let when = day_and_time(&of.showtime.starts_at, language);
            let (film, room) = (&of.film.title, &of.showtime.auditorium_name);
            Some(format!("{film} · {when} · {room}"))
        })
    };
    view! { <p class="what-for" data-testid="what-for">{words}</p> }
}
