//! Is anybody there? A ring runs out; any touch goes on. Over codes nothing is asked: a line beside them says that the screen closes.

use leptos::prelude::*;

use super::flow::{Event, Shown};
use super::state::Kiosk;
use super::words::Words;
use crate::icons;
use crate::parts::{Sheet, TextButton};
use crate::words::spoken;

/// The circumference of the ring, in its own units.
const AROUND: u128 = 100;

/// The question.
#[component]
pub fn IdleQuestion() -> impl IntoView {
    let kiosk = Kiosk::here();
    let is_asked =
        Memo::new(move |_| kiosk.idle_left().is_some() && !matches!(kiosk.shown(), Shown::Done(_)));
    let left_ms = move || kiosk.idle_left().map_or(0, |(left, _)| left.as_millis());
    let around = move || {
        kiosk.idle_left().map_or(0, |(left, whole)| {
            left.as_millis() * AROUND / whole.as_millis().max(1)
        })
    };
    let words = |pick: fn(&'static Words) -> &'static str| {
        let language = spoken();
        Signal::derive(move || pick(language.get().kiosk()).to_owned())
    };
    let lost = move || {
        let words = kiosk.language.get().kiosk();
        match kiosk.buying.order.has_seats() {
            true => words.idle_text_seats,
            false => words.idle_text,
        }
    };
    view! {
        <Show when=move || is_asked.get()>
            <Sheet title=words(|words| words.idle_title) described_by="idle-text" testid="idle-question" on_leave=|| ()>
                <div class="ring" aria-hidden="true">
                    <svg viewBox="0 0 40 40">
                        <circle class="ring-track" cx="20" cy="20" r="15.9"></circle>
                        <circle class="ring-left" cx="20" cy="20" r="15.9" pathLength=AROUND.to_string()
                            stroke-dasharray=move || format!("{} {AROUND}", around())></circle>
                    </svg>
                    <strong>{move || left_ms().div_ceil(1000)}</strong>
                </div>
                <p id="idle-text" data-testid="idle-text">{lost}</p>
                <div class="side-by-side">
                    <TextButton icon=icons::ROTATE_CCW words=words(|words| words.start_again) testid="idle-start-again"
                        on_touch=move || kiosk.happen(Event::StartAgain)/>
                    <TextButton icon=icons::TIMER_RESET words=words(|words| words.more_time) testid="idle-more-time" on_touch=move || kiosk.more_time()/>
                    <TextButton class="next" icon=icons::CHECK words=words(|words| words.idle_go_on) testid="idle-go-on" is_first=true on_touch=|| ()/>
                </div>
            </Sheet>
        </Show>
    }
}

/// Says beside the codes that their screen closes, and gives more time. It always has its room, so that nothing moves.
#[component]
pub fn Closing() -> impl IntoView {
    let kiosk = Kiosk::here();
    let is_closing = Memo::new(move |_| kiosk.idle_left().is_some());
    let text = Memo::new(move |_| {
        let left = kiosk.idle_left().map(|(left, _)| left);
        left.map(|left| kiosk.closing_text(left))
    });
    let more = {
        let language = spoken();
        Signal::derive(move || language.get().kiosk().more_time.to_owned())
    };
    view! {
        <div class="closing">
            <Show when=move || is_closing.get()>
                <p data-testid="closing">{text}</p>
                <TextButton icon=icons::TIMER_RESET words=more testid="closing-more-time" on_touch=move || kiosk.more_time()/>
            </Show>
        </div>
    }
}
