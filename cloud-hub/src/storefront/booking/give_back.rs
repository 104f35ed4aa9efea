//! Giving tickets back with plain forms: a choice on the page of the booking, a page that says what comes back before it is done, and one
//! that says why it is not.

use box_office::{Money, RefundsUntil, SeatId};
use counter::bookings::{Booked, Booking, Stage, Standing};
use counter::refunds::RefundRefused;
use maud::{Markup, html};
use words::fill;

use super::{Opened, back, head, kept, kind_and_price, price, said, seat_name};
use crate::storefront::Storefront;
use crate::storefront::page;
use crate::storefront::tongue::Tongue;

/// The field of the form that says what its guest was told comes back, in minor units.
pub(super) const BACK: &str = "back";

/// The choice of what goes back, or why nothing does.
pub(super) fn section(tongue: Tongue, opened: &Opened) -> Markup {
    let (booking, words) = (&opened.booking, tongue.booking());
    let open: Vec<&Booked> = booking.may_go_back().collect();
    let is_too_late = match booking.when.stage {
        // It goes back by itself.
        Stage::Cancelled => return html! {},
        Stage::Begun | Stage::Over => true,
        Stage::ToCome if open.is_empty() && !has_good(booking) => return html! {},
        Stage::ToCome => open.is_empty(),
    };
    if is_too_late {
        return html! {
            section.live {
                h2 { (words.give_back) }
                p.quiet data-testid="back-over" { (over(tongue, booking)) }
            }
        };
    }
    html! {
        section.live.give-back {
            h2 { (words.give_back) }
            p.quiet data-testid="back-rules" { (rules(tongue, booking)) }
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

/// By which rules tickets go back, as the booking stands: until when, and what comes back.
pub(super) fn rules(tongue: Tongue, booking: &Booking) -> String {
    let words = tongue.booking();
    let first = booking.tickets.first().map(|booked| booked.terms);
    let terms = first.and_then(|terms| Some((terms.rules, terms.end?)));
    let Some((rules, end)) = terms else {
        return words.back_never.to_owned();
    };
    let (day, time) = said(tongue, booking, end);
    let until = match rules.until {
        RefundsUntil::MinutesBefore(0) => words.back_until_begin,
        RefundsUntil::MinutesBefore(_) | RefundsUntil::Never => words.back_until,
    };
    let until = fill(until, &[("day", &day), ("time", &time)]);
    let amount = Money::new(rules.kept_minor, booking.sale.currency);
    let what = match amount.minor {
        0 => words.back_whole.to_owned(),
        _ => fill(words.back_less, &[("kept", &tongue.amount(amount))]),
    };
    format!("{until} {what}")
}

/// That by the rules no ticket goes back any more.
fn over(tongue: Tongue, booking: &Booking) -> String {
    let words = tongue.booking();
    let first = booking.tickets.first().map(|booked| booked.terms);
    let (rules, end) = first.map_or_else(Default::default, |it| (it.rules, it.end));
    let over = match (rules.until, end) {
        (RefundsUntil::MinutesBefore(0), _) => return words.give_back_over.to_owned(),
        (RefundsUntil::Never, _) | (_, None) => words.back_never.to_owned(),
        (RefundsUntil::MinutesBefore(_), Some(end)) => {
            let (day, time) = said(tongue, booking, end);
            fill(words.back_over, &[("day", &day), ("time", &time)])
        }
    };
    format!("{over} {}", words.ask_there)
}

/// Whether a ticket of it would go back, if it were in time.
fn has_good(booking: &Booking) -> bool {
    let mut tickets = booking.tickets.iter();
    tickets.any(|booked| booked.standing == Standing::Good)
}

/// The page that says what comes back, before it is done.
pub(super) fn draw(
    front: &Storefront,
    tongue: Tongue,
    opened: &Opened,
    (chosen, changed): (&[&Booked], Option<&str>),
) -> String {
    let (booking, words) = (&opened.booking, tongue.booking());
    let count = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
    let back = back(booking, chosen);
    let text = match (price(booking, chosen).minor, back.minor) {
        (0, _) => words.costs_nothing,
        (_, 0) => words.comes_to_nothing,
        (_, _) => words.comes_back,
    };
    let amount = tongue.amount(back);
    let keeps = kept(tongue, booking, chosen);
    let main = html! { div.booking {
        h1 { (words.give_these_back) }
        @if let Some(changed) = changed { p.told role="alert" data-testid="changed" { (changed) } }
        ul.these {
            @for booked in chosen {
                li { strong { (seat_name(tongue, booked)) } br; small { (kind_and_price(tongue, booked)) } }
            }
        }
        p.comes-back data-testid="comes-back" { strong { (fill(&tongue.counted(text, count), &[("amount", &amount)])) } }
        @if let Some(keeps) = keeps { p data-testid="kept" { (keeps) } }
        p { (tongue.counted(words.what_follows, count)) }
        @if !booking.is_reached { p.told { (tongue.counted(words.cut_meanwhile, count)) } }
        form.steps method="post" action=(tongue.link(&format!("{}/give-back", opened.path))) {
            @for booked in chosen {
                input type="hidden" name="ticket" value=(booked.ticket.id);
            }
            input type="hidden" name=(BACK) value=(back.minor);
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
    let nothing_is_open = booking.may_go_back().next().is_none();
    match booking.when.stage {
        Stage::ToCome if nothing_is_open && has_good(booking) => over(tongue, booking),
        Stage::ToCome => words.choose_one.to_owned(),
        Stage::Cancelled => words.cancelled.to_owned(),
        Stage::Begun | Stage::Over => words.refused("too_late").unwrap_or_default().to_owned(),
    }
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
        R::WindowOver { .. } => ("window_over", None),
        R::NeverBack => ("never_back", None),
        R::ComesToLess { .. } => ("comes_to_less", None),
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
        | R::WhichCase
        | R::UnderWay
        | R::OtherAmountGiven { .. }
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
