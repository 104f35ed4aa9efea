//! A ticket as a card: its code, and beside it everything by which whoever sees it alone knows what it is for.

use counter::bookings::{Booked, Booking};
use counter::catalogue::local;
use counter::tickets::code;
use maud::{Markup, PreEscaped, html};

use super::{kind_and_price, said, seat_name, states};
use crate::storefront::tongue::Tongue;

/// The card of a ticket, and which of how many it is; nothing, if its code does not fit into a symbol.
pub(super) fn draw(
    tongue: Tongue,
    booking: &Booking,
    booked: &Booked,
    (number, all): (usize, usize),
) -> Option<Markup> {
    let (words, facts) = (tongue.booking(), &booked.facts);
    let said_of_it = states::of_ticket(tongue, booking, booked);
    let picture = match states::shows_code(booking, booked) {
        true => Some(code::svg(&booked.ticket.code)?),
        false => None,
    };
    let (day, time) = said(tongue, booking, booking.when.starts_at);
    let seat = seat_name(tongue, booked);
    Some(html! {
        li.ticket.off[picture.is_none()] data-testid="ticket" {
            p.of {
                @if all > 1 { span.which { (number) " / " (all) } }
                span class={ "state " (said_of_it.look) } data-testid="state" { (said_of_it.state) }
            }
            @if let Some(meaning) = &said_of_it.meaning { p.meaning data-testid="meaning" { (meaning) } }
            @if let Some(picture) = &picture {
                div.code role="img" aria-label={ (words.code) ", " (seat) } { (PreEscaped(picture)) }
            }
            h2 { (seat) }
            p { strong { (facts.film) } @if let Some(rating) = &facts.rating { " · " (rating) } }
            p {
                time datetime=(local(booking.when.starts_at, &booking.when.zone)) { (day) ", " (time) }
                br;
                (facts.auditorium) ", " (facts.cinema)
            }
            p.quiet { (kind_and_price(tongue, booked)) }
            @if picture.is_some() { p.quiet { (words.show) } }
        }
    })
}
