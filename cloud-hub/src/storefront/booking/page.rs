//! The page of a booking: when and where, a card for each ticket, what it cost, and the way to give tickets back.

use counter::bookings::{Booking, Stage, Standing};
use counter::catalogue::local;
use maud::{Markup, html};
use words::fill;

use super::{Opened, give_back, head, said, states, ticket};
use crate::storefront::page;
use crate::storefront::tongue::Tongue;
use crate::storefront::{Storefront, booking::routes::KEEPS};

/// The page; nothing, if a code does not fit into a symbol.
pub(super) fn draw(front: &Storefront, tongue: Tongue, opened: &Opened) -> Option<String> {
    let (booking, words) = (&opened.booking, tongue.booking());
    let first = &booking.tickets.first()?.facts;
    let all = booking.tickets.len();
    // What opens the door stands before what does not any more; each has its number, as on paper.
    let numbered = booking.tickets.iter().zip(1_usize..);
    let (shown, off): (Vec<_>, Vec<_>) =
        numbered.partition(|(booked, _)| states::shows_code(booking, booked));
    let has_codes = !shown.is_empty();
    let cards: Vec<Markup> = (shown.into_iter().chain(off))
        .map(|(booked, number)| ticket::draw(tongue, booking, booked, (number, all)))
        .collect::<Option<_>>()?;
    let (day, time) = said(tongue, booking, booking.when.starts_at);
    let (kept_day, kept_time) = said(tongue, booking, booking.as_of);
    let as_of = [("day", kept_day.as_str()), ("time", &kept_time)];
    let is_kept = booking.when.stage != Stage::Over;
    let on_their_way = [Standing::Asked, Standing::Owed];
    let mut tickets = booking.tickets.iter();
    let waits = tickets.any(|booked| on_their_way.contains(&booked.standing));
    let main = html! {
        // A browser that keeps the page says so where it shows what it has kept.
        article.booking data-kept=[is_kept.then_some("no")] data-waits[is_kept && waits] {
            p.told.as-of { (fill(words.kept, &as_of)) }
            div.head {
                h1 { (first.film) }
                p.when { time datetime=(local(booking.when.starts_at, &booking.when.zone)) { (day) ", " (time) } }
                @if let Some(ends) = states::ends(tongue, booking) { p.quiet { (ends) } }
                p { (first.auditorium) ", " (first.cinema) }
                @if !booking.sale.facts.address.is_empty() {
                    p.quiet { (booking.sale.facts.address.join(", ")) }
                }
            }
            @for text in states::of_booking(tongue, booking) {
                p.told data-testid="told" { (text) }
            }
            ol.tickets data-testid="tickets" { @for card in cards { (card) } }
            (sum(tongue, booking))
            p.live {
                a.more href=(tongue.link(&format!("{}/calendar.ics", opened.path))) {
                    @if booking.is_off() { (words.calendar_off) } @else { (words.calendar) }
                }
                @if has_codes {
                    " "
                    a.more href=(tongue.link(&format!("{}/tickets.pdf", opened.path))) { (words.paper) }
                }
            }
            (give_back::section(tongue, opened))
            @if is_kept { script src=(KEEPS) defer {} }
        }
    };
    Some(page::draw(front, tongue, &head(tongue, opened), &main))
}

fn sum(tongue: Tongue, booking: &Booking) -> Markup {
    let words = tongue.booking();
    let tax = tongue.amount(booking.tax());
    let (total, returned) = (booking.total(), booking.returned());
    html! {
        section.sum {
            dl {
                div {
                    dt { @if total.minor > 0 { (words.paid) } @else { (words.total) } }
                    dd { strong { (tongue.amount(total)) } small { (fill(words.tax_inside, &[("tax", &tax)])) } }
                }
                @if returned.minor > 0 {
                    div { dt { (words.returned) } dd { strong { (tongue.amount(returned)) } } }
                }
                div {
                    dt { (words.collection_code) }
                    dd { strong { (booking.sale.collection_code) } small { (words.collection_help) } }
                }
                div { dt { (words.number) } dd { (booking.sale.receipt_number()) } }
            }
        }
    }
}
