//! A ticket on the screen: its code, and beside it all that makes a photograph of it a ticket.

use counter_api::Ticket;
use leptos::prelude::*;

use super::state::Kiosk;
use super::words::say;
use crate::format::day_and_time;
use crate::words::seat_name;

/// A ticket.
#[component]
pub fn TicketCard(
    /// The ticket.
    ticket: Ticket,
) -> impl IntoView {
    let kiosk = Kiosk::here();
    let Ticket {
        id,
        seat: seat_id,
        block,
        row,
        number,
        film,
        auditorium_name,
        starts_at,
        ..
    } = ticket;
    let day = move || day_and_time(&starts_at, kiosk.language.get());
    let seat = move || {
        let words = kiosk.language.get().kiosk();
        seat_name(words, block.as_deref(), &row, &number)
    };
    let code_of = say(|words| words.ticket_code);
    let alt = {
        let seat = seat.clone();
        move || format!("{}: {}", code_of(), seat())
    };
    view! {
        <figure class="ticket-card" data-testid=format!("ticket-{seat_id}")>
            <img src=format!("/api/v1/tickets/{id}/code.svg") alt=alt/>
            <figcaption>
                <strong class="ticket-film">{film}</strong>
                <span>{day}</span>
                <span>{auditorium_name}</span>
                <strong class="ticket-seat">{seat}</strong>
            </figcaption>
        </figure>
    }
}
