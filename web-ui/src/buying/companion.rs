//! A wheelchair place and the seat of whoever comes along belong together: without the one the other is not sold.

use box_office::{SeatId, SeatKind};
use leptos::prelude::*;

use super::notice::listed;
use super::words::said;
use super::{Buying, Sheet};
use crate::icons;
use crate::parts::{Answer, Question};
use crate::words::fill;

/// Touches seats that belong together. A wheelchair place is given up with its companion's, after a question.
pub fn touch_seats(buying: Buying, seats: &[SeatId]) {
    match seats
        .first()
        .filter(|seat| !companions(buying, seat).is_empty())
    {
        Some(wheelchair) => buying.sheet.set(Some(Sheet::Companion(wheelchair.clone()))),
        None => buying.order.toggle(seats),
    }
}

/// The seats that are wanted only because this one is.
fn companions(buying: Buying, wheelchair: &SeatId) -> Vec<SeatId> {
    let wants = |seat: &SeatId| {
        buying
            .order
            .wishes
            .with_untracked(|wishes| wishes.wants(seat))
    };
    let showtime = buying.order.showtime.get_untracked();
    let places = showtime.as_ref().map(|showtime| &showtime.layout.places);
    let of_it = places.into_iter().flatten().filter(|place| {
        place.kind == SeatKind::Companion && place.with.as_ref() == Some(wheelchair)
    });
    match wants(wheelchair) {
        true => of_it
            .map(|place| place.seat.clone())
            .filter(wants)
            .collect(),
        false => Vec::new(),
    }
}

/// The question.
pub fn question(buying: Buying, wheelchair: SeatId) -> Question {
    let companions = companions(buying, &wheelchair);
    let both = StoredValue::new([&[wheelchair], &*companions].concat());
    let text = Signal::derive(move || {
        let showtime = buying.order.showtime.get();
        let room = showtime.as_ref().map(|showtime| &showtime.layout);
        let words = buying.language.get().buying();
        fill(
            words.companion_text,
            &[("seats", &listed(&companions, room))],
        )
    });
    let give_up = Callback::new(move |()| both.with_value(|both| buying.order.toggle(both)));
    Question {
        testid: "companion",
        title: said(|words| words.companion_title),
        text,
        other: (
            icons::CLOSE,
            Answer {
                testid: "give-up-both",
                words: said(|words| words.give_up_both),
                then: give_up,
            },
        ),
        next: Answer::harmless("keep-both", said(|words| words.keep_both)),
        goes_on_by_other: false,
    }
}
