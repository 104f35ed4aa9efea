//! A wheelchair place and the seat of whoever comes along belong together: without the one the other is not sold.

use box_office::{SeatId, SeatKind};
use leptos::prelude::*;

use super::notice::listed;
use super::state::{Kiosk, Sheet as Over};
use crate::icons;
use crate::parts::{Sheet, TextButton};
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
#[component]
pub fn CompanionSheet() -> impl IntoView {
    let kiosk = Kiosk::here();
    let asked = Memo::new(move |_| match kiosk.sheet.get() {
        Some(Over::Companion(wheelchair)) => Some(wheelchair),
        Some(_) | None => None,
    });
    move || {
        asked
            .get()
            .map(|wheelchair| view! { <Question wheelchair/> })
    }
}

#[component]
fn Question(wheelchair: SeatId) -> impl IntoView {
    let kiosk = Kiosk::here();
    let companions = companions(kiosk, &wheelchair);
    let both = StoredValue::new([&[wheelchair], &*companions].concat());
    let say = move |pick: fn(&crate::words::Words) -> &'static str| {
        Signal::derive(move || pick(kiosk.language.get().words()).to_owned())
    };
    let text = move || {
        let showtime = kiosk.order.showtime.get();
        let room = showtime.as_ref().map(|showtime| &showtime.layout);
        let words = kiosk.language.get().words();
        fill(
            words.companion_text,
            &[("seats", &listed(&companions, room))],
        )
    };
    let leave = move || kiosk.sheet.set(None);
    let give_up = move || {
        both.with_value(|both| kiosk.order.toggle(both));
        leave();
    };
    view! {
        <Sheet title=say(|words| words.companion_title) testid="companion" on_leave=leave>
            <p>{text}</p>
            <div class="side-by-side">
                <TextButton icon=icons::CLOSE words=say(|words| words.give_up_both) testid="give-up-both" on_touch=give_up/>
                <TextButton class="next" icon=icons::CHECK words=say(|words| words.keep_both) testid="keep-both" on_touch=leave/>
            </div>
        </Sheet>
    }
}
