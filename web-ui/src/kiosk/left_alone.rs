//! Before one pays: a seat that would stay free alone, where the box knows a choice that leaves none. Whoever has chosen so goes on all the same.

use counter_api::{Hold, Warning};
use leptos::prelude::*;

use super::notice::listed;
use super::state::{Kiosk, Sheet as Over};
use crate::icons;
use crate::parts::{Sheet, TextButton};
use crate::words::fill;

/// Goes on to pay, after the question if there is one.
pub fn go_on(kiosk: Kiosk) {
    match untrack(|| kiosk.order.hold()).is_some_and(|hold| better(&hold).is_some()) {
        true => kiosk.sheet.set(Some(Over::LeftAlone)),
        false => kiosk.pay(),
    }
}

/// What is left alone, if another choice would really be better.
fn better(hold: &Hold) -> Option<&Warning> {
    let has_better = |warning: &&Warning| !warning.instead.is_empty();
    hold.warnings.iter().find(has_better)
}

/// The question.
#[component]
pub fn LeftAloneSheet() -> impl IntoView {
    let kiosk = Kiosk::here();
    let is_asked = Memo::new(move |_| kiosk.sheet.get() == Some(Over::LeftAlone));
    move || {
        let hold = is_asked.get().then(|| untrack(|| kiosk.order.hold()))??;
        let warning = better(&hold)?.clone();
        Some(view! { <Question warning/> })
    }
}

#[component]
fn Question(warning: Warning) -> impl IntoView {
    let kiosk = Kiosk::here();
    let Warning { seats, instead, .. } = warning;
    let better = StoredValue::new(instead);
    let say = move |pick: fn(&crate::words::Words) -> &'static str| {
        Signal::derive(move || pick(kiosk.language.get().words()).to_owned())
    };
    let text = move || {
        let showtime = kiosk.order.showtime.get();
        let room = showtime.as_ref().map(|showtime| &showtime.layout);
        let instead = better.with_value(|instead| listed(instead, room));
        let values = [("seats", &*listed(&seats, room)), ("instead", &*instead)];
        fill(kiosk.language.get().words().left_alone_text, &values)
    };
    let leave = move || kiosk.sheet.set(None);
    let take = move || {
        better.with_value(|instead| kiosk.order.move_to(instead));
        leave();
    };
    let keep = move || {
        leave();
        kiosk.pay();
    };
    view! {
        <Sheet title=say(|words| words.left_alone_title) testid="left-alone" on_leave=leave>
            <p>{text}</p>
            <div class="side-by-side">
                <TextButton icon=icons::CREDIT_CARD words=say(|words| words.keep_mine) testid="keep-mine" on_touch=keep/>
                <TextButton class="next" icon=icons::CHECK words=say(|words| words.take_instead) testid="take-instead" on_touch=take/>
            </div>
        </Sheet>
    }
}
