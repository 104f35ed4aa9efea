//! What a ticket is good for and how far its showtime is, in words.

use counter::bookings::{Booked, Booking, Stage, Standing};
use words::fill;

use super::{kept, said};
use crate::storefront::tongue::Tongue;

/// What is said of a ticket.
pub(super) struct Said {
    /// What it is good for, in short.
    pub(super) state: String,
    /// The class of how that looks.
    pub(super) look: &'static str,
    /// What follows from it, if there is more to say.
    pub(super) meaning: Option<String>,
}

/// What is said of a ticket by now.
pub(super) fn of_ticket(tongue: Tongue, booking: &Booking, booked: &Booked) -> Said {
    let words = tongue.booking();
    let is_free = booked.ticket.price.minor == 0;
    let (state, look, meaning) = match (booking.when.stage, booked.standing) {
        (Stage::Cancelled, Standing::Good | Standing::Asked) => {
            ("cancelled", "cannot", "cancelled")
        }
        (_, Standing::Good) => ("good", "can", ""),
        (_, Standing::LetIn(_)) => ("let_in", "", ""),
        (_, Standing::Asked) => ("asked", "note", "asked"),
        (_, Standing::Owed | Standing::Returned) if is_free => ("back", "", ""),
        (_, Standing::Owed) => ("back", "", "owed"),
        (_, Standing::Returned) => ("back", "", "returned"),
        (_, Standing::NotTakenBack) => ("not_taken_back", "note", "not_taken_back"),
        (_, Standing::Void) => ("void", "cannot", "void"),
    };
    let time = if let Standing::LetIn(at) = booked.standing {
        said(tongue, booking, at).1
    } else {
        String::new()
    };
    let amount = tongue.amount(booked.back());
    let means = words.state_means(meaning);
    let means = means.map(|text| fill(text, &[("amount", &amount)]));
    let keeps = match meaning {
        "asked" | "owed" | "returned" => kept(tongue, booking, &[booked]),
        _ => None,
    };
    let means = match (booked.back().minor, keeps) {
        // Nothing is on its way.
        (0, Some(keeps)) if meaning != "asked" => Some(keeps),
        (_, keeps) => [means, keeps]
            .into_iter()
            .flatten()
            .reduce(|means, keeps| format!("{means} {keeps}")),
    };
    let state = words.state(state).unwrap_or_default();
    Said {
        state: fill(state, &[("time", &time)]),
        look,
        meaning: means,
    }
}

/// Whether the code of a ticket is shown: it may open the door.
pub(super) fn shows_code(booking: &Booking, booked: &Booked) -> bool {
    booked.standing.has_code() && booking.when.stage != Stage::Cancelled
}

/// What is to be known of the whole booking before anything else.
pub(super) fn of_booking(tongue: Tongue, booking: &Booking) -> Vec<String> {
    let words = tongue.booking();
    let mut told = Vec::new();
    match booking.when.stage {
        Stage::Cancelled => told.push(words.cancelled.to_owned()),
        Stage::Over => told.push(words.over.to_owned()),
        Stage::ToCome | Stage::Begun => {
            told.extend(moved(tongue, booking));
            if !booking.is_reached {
                told.push(words.line_cut.to_owned());
            }
        }
    }
    told
}

/// That it begins at another time than its guest was told, if it does.
pub(super) fn moved(tongue: Tongue, booking: &Booking) -> Option<String> {
    let before = booking.when.moved_from?;
    let (day, time) = said(tongue, booking, booking.when.starts_at);
    let (old_day, old_time) = said(tongue, booking, before);
    let values = [
        ("day", day.as_str()),
        ("time", &time),
        ("old_day", &old_day),
        ("old_time", &old_time),
    ];
    Some(fill(tongue.booking().moved, &values))
}

/// When the film itself begins, as far as that is known, and when it ends; nothing, if it does not take place.
pub(super) fn ends(tongue: Tongue, booking: &Booking) -> Option<String> {
    if booking.when.stage == Stage::Cancelled {
        return None;
    }
    let words = tongue.booking();
    let (_, end) = said(tongue, booking, booking.when.ends_at);
    Some(match booking.when.film_starts_at {
        Some(begins) => {
            let (_, begin) = said(tongue, booking, begins);
            fill(words.film_begins, &[("begin", &begin), ("end", &end)])
        }
        None => fill(words.ends, &[("end", &end)]),
    })
}
