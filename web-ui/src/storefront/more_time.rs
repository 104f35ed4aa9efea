//! More time for what is held, beside its countdown.

use leptos::prelude::*;

use super::words::said;
use crate::buying::Buying;
use crate::icons;
use crate::parts::TextButton;

/// More time, as long as there is some to give.
#[component]
pub fn MoreTime() -> impl IntoView {
    let order = Buying::here().order;
    let words = said(|words| words.more_time);
    let may = Memo::new(move |_| {
        let hold = order.hold();
        hold.is_some_and(|hold| hold.extendable)
    });
    view! {
        <Show when=move || may.get()>
            <TextButton icon=icons::TIMER_RESET words testid="more-time" on_touch=move || order.extend()/>
        </Show>
    }
}
