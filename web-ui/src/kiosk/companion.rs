//! A wheelchair place and the seat of whoever comes along belong together: without the one the other is not sold.

use box_office::{SeatId, SeatKind};
use leptos::prelude::*;

use super::notice::listed;
use super::question::{Answer, Question, nothing, said};
use super::state::{Kiosk, Sheet as Over};
use crate::icons;
use crate::words::fill;

/// Touches seats that belong together. A wheelchair place is given up with its companion's, after a question.
pub fn touch_seats(kiosk: Kiosk, seats: &[SeatId]) {
    match seats
        .first()
        .filter(|seat| !companions(kiosk, seat).is_empty())
    {
        Some(wheelchair) => kiosk.sheet.set(Some(Over::Companion(wheelchair.clone()))),
        None => kiosk.order.toggle(seats),
    }
}

/// The seats that are wanted only because this one is.
fn companions(kiosk: Kiosk, wheelchair: &SeatId) -> Vec<SeatId> {
    let wants = |seat: &SeatId| {
        kiosk
            .order
            .wishes
            .with_untracked(|wishes| wishes.wants(seat))
    };
    let showtime = kiosk.order.showtime.get_untracked();
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
pub fn question(kiosk: Kiosk, wheelchair: SeatId) -> Question {
    let companions = companions(kiosk, &wheelchair);
    let both = StoredValue::new([&[wheelchair], &*companions].concat());
    let text = Signal::derive(move || {
        let showtime = kiosk.order.showtime.get();
        let room = showtime.as_ref().map(|showtime| &showtime.layout);
        let words = kiosk.language.get().kiosk();
        fill(
            words.companion_text,
            &[("seats", &listed(&companions, room))],
        )
    });
    let give_up = Callback::new(move |()| both.with_value(|both| kiosk.order.toggle(both)));
    Question {
        testid: "companion",
        title: said(kiosk, |words| words.companion_title),
        text,
        other: (
            icons::CLOSE,
            Answer::new(kiosk, ("give-up-both", |words| words.give_up_both), give_up),
        ),
        next: Answer::new(kiosk, ("keep-both", |words| words.keep_both), nothing()),
        goes_on_by_other: false,
    }
}
