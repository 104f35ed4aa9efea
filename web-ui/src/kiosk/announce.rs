//! What of the kiosk is said aloud when it changes by itself.

use leptos::prelude::*;

use super::flow::Shown;
use super::state::Kiosk;
use crate::buying::announce::{Announcer, Heard};
use crate::format::money_spoken;

/// The voices of the kiosk.
#[component]
pub fn Voices() -> impl IntoView {
    let kiosk = Kiosk::here();
    let heard = Memo::new(move |_| heard(kiosk));
    view! { <Announcer heard/> }
}

fn heard(kiosk: Kiosk) -> Heard {
    let language = kiosk.language.get();
    let is_choosing = matches!(kiosk.shown(), Shown::Seats(_));
    let is_done = matches!(kiosk.shown(), Shown::Done(_));
    // Only how long it is when it begins, so that it does not change by the second.
    let closing = kiosk.idle_left().filter(|_| is_done);
    Heard {
        total: kiosk
            .buying
            .order
            .hold()
            .map(|hold| money_spoken(hold.basket.total, language)),
        notice: kiosk.buying.notice_text(),
        is_last_minute: is_choosing && kiosk.buying.is_last_minute(),
        closing: closing.map(|(_, whole)| kiosk.closing_text(whole)),
        payment: kiosk.payment_says.get(),
        more_times: kiosk.more_times.get(),
    }
}
