//! While others choose: how many are before the guest, about how long it takes, and what is left. It goes on by itself.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::state::Shop;
use super::words::said;
use crate::buying::NoticeBox;
use crate::icons;
use crate::parts::TextButton;
use crate::words::{counted, fill};

/// The guest waits for their turn.
#[component]
pub fn QueueScreen() -> impl IntoView {
    let shop = Shop::here();
    let language = shop.buying.language;
    let ahead = Memo::new(move |_| shop.ahead());
    let before = move || {
        let words = language.get().online();
        match ahead.get() {
            0 => words.queue_next.to_owned(),
            count => counted(language.get(), words.queue_ahead, count.into()),
        }
    };
    let about = move || {
        let words = language.get().online();
        let minutes = shop
            .queue
            .with(|turn| turn.as_ref().and_then(|turn| turn.about_minutes));
        match minutes {
            Some(count) => counted(language.get(), words.queue_about, count.into()),
            None => words.queue_unknown.to_owned(),
        }
    };
    let left = move || {
        let words = language.get().online();
        let seats = shop
            .queue
            .with(|turn| turn.as_ref().and_then(|turn| turn.seats));
        seats.map(|seats| match (seats.free, seats.held) {
            (0, 0) => words.queue_sold_out.to_owned(),
            (free, 0) => counted(language.get(), words.queue_free, free.into()),
            (free, held) => fill(
                words.queue_left,
                &[("free", &free.to_string()), ("held", &held.to_string())],
            ),
        })
    };
    // What a screen reader hears: each time the way has become shorter by half, and not each number.
    let heard = Memo::new(move |_| {
        ahead
            .get()
            .checked_next_power_of_two()
            .filter(|_| ahead.get() > 0)
    });
    Effect::new(move |_| {
        heard.track();
        shop.payment_says.set(Some(untrack(before)));
    });
    on_cleanup(move || shop.payment_says.set(None));
    let is_over = move || {
        let words = said(|words| words.turn_over);
        (shop.turn_is_over.get())
            .then(|| view! { <p class="told" data-testid="turn-over">{words}</p> })
    };
    let leave = move || spawn_local(shop.leave_queue());
    view! {
        <section class="queue" data-testid="screen-queue">
            <h3>{said(|words| words.queue_title)}</h3>
            {is_over}
            <p>{said(|words| words.queue_text)}</p>
            <p class="ahead" data-testid="ahead">{before}</p>
            <progress aria-hidden="true" max=move || shop.first_ahead.get() value=move || shop.first_ahead.get().saturating_sub(ahead.get())></progress>
            <p data-testid="about">{about}</p>
            <p data-testid="left">{left}</p>
            <p class="quiet">{said(|words| words.queue_kept)}</p>
            <NoticeBox/>
            <div class="side-by-side">
                <TextButton icon=icons::CLOSE words=said(|words| words.queue_leave) testid="leave-queue" on_touch=leave/>
            </div>
        </section>
    }
}

/// It is the guest's turn: until when they may choose.
#[component]
pub fn YourTurn() -> impl IntoView {
    let shop = Shop::here();
    let language = shop.buying.language;
    let text = move || {
        let words = language.get().online();
        let left = shop
            .queue
            .with(|turn| turn.as_ref().and_then(|turn| turn.turn_seconds));
        match left {
            Some(left) => {
                let minutes = counted(
                    language.get(),
                    words.your_turn_for,
                    left.div_ceil(60).into(),
                );
                format!("{} {minutes}", words.your_turn)
            }
            None => words.your_turn.to_owned(),
        }
    };
    Effect::new(move |_| shop.payment_says.set(Some(untrack(text))));
    on_cleanup(move || shop.payment_says.set(None));
    view! { <p class="told" data-testid="your-turn">{text}</p> }
}
