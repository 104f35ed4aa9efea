//! Giving tickets back with plain forms: a choice on the page of the booking, a page that says what comes back before it is done, and one
//! that says why it is not.

use box_office::SeatId;
use counter::bookings::{Booked, Booking, Stage};
use counter::refunds::RefundRefused;
use maud::{Markup, html};
use words::fill;

use super::{Opened, head, kind_and_price, price, said, seat_name};
use crate::storefront::Storefront;
use crate::storefront::page;
use crate::storefront::tongue::Tongue;

/// The choice of what goes back, or why nothing does.
pub(super) fn section(tongue: Tongue, opened: &Opened) -> Markup {
    let (booking, words) = (&opened.booking, tongue.booking());
    let open: Vec<&Booked> = booking.may_go_back().collect();
    let (day, time) = said(tongue, booking, booking.when.starts_at);
    match booking.when.stage {
        // It goes back by itself.
        Stage::Cancelled => return html! {},
        Stage::Begun | Stage::Over => {
            return html! {
                section.live {
                    h2 { (words.give_back) }
                    p.quiet { (words.give_back_over) }
                }
            };
        }
        Stage::ToCome if open.is_empty() => return html! {},
        Stage::ToCome => {}
    }
    html! {
        section.live.give-back {
            h2 { (words.give_back) }
            p.quiet { (fill(words.give_back_until, &[("day", &day), ("time", &time)])) }
            form method="get" action={ (opened.path) "/give-back" } {
                (chosen_language(tongue))
                ul {
                    @for booked in &open {
                        li {
                            label data-testid="choose" {
                                input type="checkbox" name="ticket" value=(booked.ticket.id) checked[open.len() == 1];
                                span { (seat_name(tongue, booked)) br; small { (kind_and_price(tongue, booked)) } }
                            }
                        }
                    }
                }
                button type="submit" data-testid="look-first" { (words.look_first) }
            }
        }
    }
}

/// The page that says what comes back, before it is done.
pub(super) fn draw(
    front: &Storefront,
    tongue: Tongue,
    opened: &Opened,
    chosen: &[&Booked],
) -> String {
    let (booking, words) = (&opened.booking, tongue.booking());
    let count = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
    let price = price(booking, chosen);
    let text = match price.minor {
        0 => words.costs_nothing,
        _ => words.comes_back,
    };
    let amount = tongue.amount(price);
    let main = html! { div.booking {
        h1 { (words.give_these_back) }
        ul.these {
            @for booked in chosen {
                li { strong { (seat_name(tongue, booked)) } br; small { (kind_and_price(tongue, booked)) } }
            }
        }
        p.comes-back data-testid="comes-back" { strong { (fill(&tongue.counted(text, count), &[("amount", &amount)])) } }
        p { (tongue.counted(words.what_follows, count)) }
        @if !booking.is_reached { p.told { (tongue.counted(words.cut_meanwhile, count)) } }
        form.steps method="post" action=(tongue.link(&format!("{}/give-back", opened.path))) {
            @for booked in chosen {
                input type="hidden" name="ticket" value=(booked.ticket.id);
            }
            button type="submit" data-testid="give-back" { (tongue.counted(words.give_back_now, count)) }
            a.more href=(tongue.link(&opened.path)) { (words.keep) }
        }
    } };
    page::draw(front, tongue, &head(tongue, opened), &main)
}

/// The page that says why nothing was given back.
pub(super) fn draw_refused(
    front: &Storefront,
    tongue: Tongue,
    opened: &Opened,
    why: &str,
) -> String {
    let words = tongue.booking();
    let main = html! { div.booking {
        h1 { (words.not_given_back) }
        p data-testid="why" { (why) }
        p { a.more href=(tongue.link(&opened.path)) { (words.back_to_booking) } }
    } };
    page::draw(front, tongue, &head(tongue, opened), &main)
}

/// Why none of what was chosen can be given back: nothing was, or it is too late.
pub(super) fn why_none(tongue: Tongue, booking: &Booking) -> String {
    let words = tongue.booking();
    let text = match booking.when.stage {
        Stage::ToCome => words.choose_one,
        Stage::Cancelled => words.cancelled,
        Stage::Begun | Stage::Over => words.refused("too_late").unwrap_or_default(),
    };
    text.to_owned()
}

/// Why tickets do not go back, in a guest's words.
pub(super) fn why_not(tongue: Tongue, booking: &Booking, refused: &RefundRefused) -> String {
    use RefundRefused as R;
    let of_seat = |seat: &SeatId| {
        let mut tickets = booking.tickets.iter();
        let booked = tickets.find(|booked| booked.ticket.seat == *seat);
        booked.map_or_else(|| seat.to_string(), |booked| seat_name(tongue, booked))
    };
    let (word, values) = match refused {
        R::TooLate => ("too_late", None),
        R::HalfOfALoveSeat { seat, other } => {
            ("half_of_a_love_seat", Some((of_seat(seat), of_seat(other))))
        }
        R::AlreadyAdmitted => ("already_admitted", None),
        R::NotStanding => ("not_standing", None),
        R::UnknownSale | R::UnknownTicket => ("unknown_ticket", None),
        R::Fault(_) => ("not_now", None),
        // What only persons of head office are told, and a key that is another's: no guest comes to it.
        R::Repeat(_)
        | R::UnknownCase
        | R::CaseClosed
        | R::WrongDecision
        | R::UnderWay
        | R::NoReason => ("not_now", None),
    };
    let text = tongue.booking().refused(word).unwrap_or_default();
    match values {
        Some((seat, other)) => fill(text, &[("seat", &seat), ("other", &other)]),
        None => text.to_owned(),
    }
}

/// A form that is sent by its fields keeps the language that was chosen in one of them.
fn chosen_language(tongue: Tongue) -> Markup {
    html! {
        @if tongue.is_chosen { input type="hidden" name="lang" value=(tongue.tag()); }
    }
}
