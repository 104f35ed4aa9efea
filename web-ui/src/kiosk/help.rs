//! How to buy a ticket here, in four steps, and how to call the staff, which is all the help there is where nothing is sold.

use leptos::prelude::*;

use super::call_staff::CallStaff;
use super::flow::Shown;
use super::state::{Kiosk, Sheet as Over};
use super::words::Words;
use crate::icons;
use crate::parts::{Sheet, TextButton};
use crate::words::spoken;

/// The sheet with help.
#[component]
pub fn HelpSheet() -> impl IntoView {
    let kiosk = Kiosk::here();
    let is_shown = Memo::new(move |_| kiosk.sheet.get() == Some(Over::Help));
    let leave = move || kiosk.sheet.set(None);
    let words = |pick: fn(&'static Words) -> &'static str| {
        let language = spoken();
        Signal::derive(move || pick(language.get().kiosk()).to_owned())
    };
    let sells =
        Memo::new(move |_| !matches!(kiosk.shown(), Shown::OutOfService(_) | Shown::Pairing));
    let (how_to_buy, help) = (words(|words| words.help_title), words(|words| words.help));
    let title = Signal::derive(move || match sells.get() {
        true => how_to_buy.get(),
        false => help.get(),
    });
    view! {
        <Show when=move || is_shown.get()>
            <Sheet title testid="help-sheet" on_leave=leave>
                <Show when=move || sells.get()>
                    <ol class="help-steps">
                        <li>{words(|words| words.help_time)}</li>
                        <li>{words(|words| words.help_seats)}</li>
                        <li>{words(|words| words.help_pay)}</li>
                        <li>{words(|words| words.help_ticket)}</li>
                    </ol>
                </Show>
                <p>{words(|words| words.help_staff)}</p>
                <CallStaff/>
                <TextButton class="next" icon=icons::CHECK words=words(|words| words.understood) testid="help-close" on_touch=leave/>
            </Sheet>
        </Show>
    }
}
