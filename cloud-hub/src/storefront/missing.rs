//! What is shown in place of what is not there, or cannot be shown for the moment: in plain words, with a way on.

use box_office::programme::Cinema;
use maud::html;

use super::page::{self, Head};
use super::tongue::Tongue;
use super::{Storefront, paths};

/// What is not there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Missing<'a> {
    /// A cinema.
    Cinema,
    /// A film at this one.
    Film(&'a Cinema),
    /// A showtime of this one.
    Showtime(&'a Cinema),
    /// A booking.
    Booking,
    /// A booking that there was: nobody else makes its link.
    ForgottenBooking,
}

pub(super) fn draw(front: &Storefront, tongue: Tongue, what: Missing<'_>) -> String {
    let words = tongue.words();
    let (word, cinema) = match what {
        Missing::Cinema => ("cinema", None),
        Missing::Film(cinema) => ("film", Some(cinema)),
        Missing::Showtime(cinema) => ("showtime", Some(cinema)),
        Missing::Booking => ("booking", None),
        Missing::ForgottenBooking => ("forgotten_booking", None),
    };
    let text = words.unknown(word).unwrap_or_default();
    said(front, tongue, cinema, (words.not_found, text))
}

pub(super) fn draw_trouble(front: &Storefront, tongue: Tongue) -> String {
    let words = tongue.words();
    said(front, tongue, None, (words.trouble_title, words.trouble))
}

fn said(
    front: &Storefront,
    tongue: Tongue,
    cinema: Option<&Cinema>,
    (title, text): (&str, &str),
) -> String {
    let words = tongue.words();
    let head = Head {
        title: title.to_owned(),
        description: text.to_owned(),
        path: cinema.map_or_else(|| paths::HOME.to_owned(), |it| paths::cinema(&it.id)),
        has_program: false,
        is_listed: false,
        cinema,
        about: Vec::new(),
    };
    let main = html! {
        h1 { (title) }
        p { (text) }
        p { a href=(tongue.link(&head.path)) { (words.whats_on) } }
    };
    page::draw(front, tongue, &head, &main)
}
