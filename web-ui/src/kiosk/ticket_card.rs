//! A ticket on the screen: its code, and the seat in large type.

use counter_api::Ticket;
use leptos::prelude::*;

use super::state::Kiosk;
use crate::words::{say, seat_name};

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
        ..
    } = ticket;
    let seat = move || {
        let words = kiosk.language.get().words();
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
            <figcaption>{seat}</figcaption>
        </figure>
    }
}
