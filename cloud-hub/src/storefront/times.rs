//! A time of a film as a link to its showtime, with what its reader must know to choose it.

use box_office::programme::Cinema;
use counter_api::Showtime;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};

use super::offer::{Offer, WhyNot};
use super::paths;
use super::tongue::Tongue;

/// So few seats are worth a word.
const FEW: u32 = 10;

/// The time on the wall, `20:15`, of a moment that is written with the cinema's own offset.
pub(super) fn clock(moment: &str) -> &str {
    moment.get(11..16).unwrap_or_default()
}

/// The day by the calendar of the same.
pub(super) fn date(moment: &str) -> Option<Date> {
    moment.get(..10)?.parse().ok()
}

/// Whether it can still be gone to: it has not begun, or its tickets are still sold.
pub(super) fn is_to_come(showtime: &Showtime, offer: Offer, now: Timestamp) -> bool {
    let begins: Option<Timestamp> = showtime.starts_at.parse().ok();
    matches!(offer, Offer::Online(_)) || begins.is_some_and(|begins| begins > now)
}

/// The time as a link. `listed` is the day under which it stands: another date is said beside the time.
pub(super) fn link(
    tongue: Tongue,
    cinema: &Cinema,
    (showtime, offer): (&Showtime, Offer),
    listed: Option<Date>,
    detail: &str,
) -> Markup {
    let other_day = date(&showtime.starts_at).filter(|day| Some(*day) != listed);
    let is_off = matches!(offer, Offer::Not(WhyNot::Cancelled | WhyNot::SoldOut));
    html! {
        a.time.off[is_off] href=(tongue.link(&paths::showtime(&cinema.id, &showtime.id))) {
            time datetime=(showtime.starts_at) {
                @if let Some(day) = other_day { (tongue.short_day(day)) ", " }
                (clock(&showtime.starts_at))
            }
            @if !detail.is_empty() { small { (detail) } }
            @if let Some(note) = note(tongue, offer) { small.note { (note) } }
        }
    }
}

/// What there is to know of its tickets, unless they are simply sold.
fn note(tongue: Tongue, offer: Offer) -> Option<String> {
    let words = tongue.words();
    let text = match offer {
        Offer::Online(seats) if seats <= FEW => {
            return Some(tongue.counted(words.few_seats, seats));
        }
        Offer::Online(_) => return None,
        Offer::Not(WhyNot::Cancelled) => words.showtime_cancelled,
        Offer::Not(WhyNot::SoldOut) => words.sold_out,
        Offer::Not(WhyNot::Closed | WhyNot::Ended | WhyNot::Over) => words.sales_closed,
        Offer::Not(
            WhyNot::AtCinema | WhyNot::EndedOnline | WhyNot::Stopped | WhyNot::OutOfReach,
        ) => words.not_online,
    };
    Some(text.to_owned())
}
