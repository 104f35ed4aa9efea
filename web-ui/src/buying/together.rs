//! "Two together": the counter proposes the best seats, and other ones on request.

use box_office::SeatKind;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::Buying;
use super::words::say;
use crate::icons::{self, Icon};
use crate::words::fill;

/// How many, and the button that finds them.
#[component]
pub fn Together(
    /// The most seats of one hold.
    most: u32,
    /// The kind of seat that alone is wanted.
    filter: RwSignal<Option<SeatKind>>,
) -> impl IntoView {
    let buying = Buying::here();
    let order = buying.order;
    let count = RwSignal::new(most.clamp(1, 2));
    let is_asking = RwSignal::new(false);
    Effect::new(move |_| {
        filter.track();
        order.proposals_shown.set(0);
    });
    let change = move |by: i32| {
        order.proposals_shown.set(0);
        count.update(|count| *count = count.saturating_add_signed(by).clamp(1, most));
    };
    let words = move || {
        let words = buying.language.get().buying();
        match (order.proposals_shown.get(), count.get()) {
            (0, 1) => words.best_seat.to_owned(),
            (0, count) => fill(words.together, &[("count", &count.to_string())]),
            (_, _) => words.try_others.to_owned(),
        }
    };
    let propose = move |_| {
        is_asking.set(true);
        spawn_local(async move {
            order
                .propose(count.get_untracked(), filter.get_untracked())
                .await;
            is_asking.set(false);
        });
    };
    let is_least = move || count.get() <= 1;
    let is_most = move || count.get() >= most;
    let (fewer, more) = (
        say(|words| words.fewer_seats),
        say(|words| words.more_seats),
    );
    view! {
        <div class="together">
            <button type="button" class="step" aria-label=fewer data-testid="fewer" disabled=is_least on:click=move |_| change(-1)>
                <Icon of=icons::MINUS/>
            </button>
            <output class="count" data-testid="together-count">{count}</output>
            <button type="button" class="step" aria-label=more data-testid="more" disabled=is_most on:click=move |_| change(1)>
                <Icon of=icons::PLUS/>
            </button>
            <button type="button" class="button find" data-testid="together" disabled=is_asking on:click=propose>
                <Icon of=icons::USERS/><span>{words}</span>
            </button>
        </div>
    }
}
