//! The bar at the foot: how the screen suits its guest, more time, help, and the way back to the beginning.

use leptos::prelude::*;

use super::flow::{Event, Shown};
use super::preferences::Reach;
use super::state::{Kiosk, Sheet};
use super::words::Words;
use crate::icons;
use crate::parts::IconButton;
use crate::words::spoken;

/// The bar at the foot.
#[component]
pub fn FootBar() -> impl IntoView {
    let kiosk = Kiosk::here();
    let label = move |pick: fn(&'static Words) -> &'static str| {
        let language = spoken();
        Signal::derive(move || pick(language.get().kiosk()).to_owned())
    };
    let set = kiosk.preferences;
    let words = move || kiosk.language.get().kiosk();
    let language = Signal::derive(move || kiosk.language.get().own_name().to_owned());
    let size = Signal::derive(move || set.get().type_size.name(words()).to_owned());
    let contrast = Signal::derive(move || set.get().contrast.name(words()).to_owned());
    let reach = Signal::derive(move || {
        let words = words();
        match set.get().reach {
            Reach::Whole => words.off,
            Reach::Low => words.on,
        }
        .to_owned()
    });
    let more = Signal::derive(move || match kiosk.more_times.get() {
        0 => String::new(),
        times => format!("+{times}"),
    });
    let cannot_start_again =
        Signal::derive(move || matches!(kiosk.shown(), Shown::Paying(_) | Shown::Pairing));
    // Where nothing is sold there is nothing to reach, and nothing to begin again; how it reads still matters, and the staff are needed most.
    let sells = Memo::new(move |_| !matches!(kiosk.shown(), Shown::OutOfService(_)));
    view! {
        <footer class="foot-bar" data-testid="foot-bar">
            <IconButton testid="language" icon=icons::LANGUAGES words=label(|words| words.language) setting=language
                on_touch=move || kiosk.sheet.set(Some(Sheet::Languages))/>
            <IconButton testid="type-size" icon=icons::A_LARGE_SMALL words=label(|words| words.type_size) setting=size
                on_touch=move || set.update(|set| set.type_size = set.type_size.next())/>
            <IconButton testid="contrast" icon=icons::CONTRAST words=label(|words| words.contrast) setting=contrast
                on_touch=move || set.update(|set| set.contrast = set.contrast.next())/>
            <Show when=move || sells.get()>
                <IconButton testid="low-reach" icon=icons::ARROW_DOWN_TO_LINE words=label(|words| words.low_reach) setting=reach
                    on_touch=move || set.update(|set| set.reach = set.reach.other())/>
                <IconButton testid="more-time" icon=icons::TIMER_RESET words=label(|words| words.more_time) setting=more on_touch=move || kiosk.more_time()/>
            </Show>
            <IconButton testid="help" icon=icons::CIRCLE_QUESTION_MARK words=label(|words| words.help)
                on_touch=move || kiosk.sheet.set(Some(Sheet::Help))/>
            <Show when=move || sells.get()>
                <IconButton testid="start-again" icon=icons::ROTATE_CCW words=label(|words| words.start_again) disabled=cannot_start_again
                    on_touch=move || kiosk.leave(Event::StartAgain)/>
            </Show>
        </footer>
    }
}
