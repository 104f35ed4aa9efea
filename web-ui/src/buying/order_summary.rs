//! What is being paid: the film, when and where, and the seats.

use counter_api::Hold;
use leptos::prelude::*;

use super::Buying;
use super::seat_names::seat_names;
use crate::format::day_and_time;

/// The order in three lines, once its showtime is known.
#[component]
pub fn OrderSummary(
    /// The hold that is paid.
    #[prop(into)]
    hold: Signal<Option<Hold>>,
) -> impl IntoView {
    let buying = Buying::here();
    let lines = move || {
        let showtime = buying.order.showtime.get()?;
        let language = buying.language.get();
        let of = &showtime.showtime;
        let when = day_and_time(&of.starts_at, language);
        let when = format!("{when} · {}", of.auditorium_name);
        let seats: Vec<_> = hold.with(|hold| {
            let lines = hold.iter().flat_map(|hold| &hold.basket.lines);
            lines.map(|line| line.seat.clone()).collect()
        });
        let seats = seat_names(&seats, Some(&showtime.layout), language.buying());
        Some(
            view! { <strong>{showtime.film.title.clone()}</strong><span>{when}</span><span>{seats}</span> },
        )
    };
    view! { <p class="order-summary" data-testid="order">{lines}</p> }
}
