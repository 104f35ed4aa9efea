//! Asks before a guest loses chosen seats, or the codes that are the only tickets.

use leptos::prelude::*;

use super::flow::{Event, Loss};
use super::state::{Kiosk, Sheet as Over};
use crate::icons;
use crate::parts::{Sheet, TextButton};
use crate::words::Words;

/// The question before something is lost.
#[component]
pub fn LeaveSheet() -> impl IntoView {
    let kiosk = Kiosk::here();
    let leaving = Memo::new(move |_| match kiosk.sheet.get() {
        Some(Over::Leaving(event, loss)) => Some((event, loss)),
        Some(_) | None => None,
    });
    move || {
        leaving
            .get()
            .map(|(event, loss)| view! { <Question event loss/> })
    }
}

#[component]
fn Question(event: Event, loss: Loss) -> impl IntoView {
    let kiosk = Kiosk::here();
    let said = move |of_seats: fn(&Words) -> &'static str, of_codes: fn(&Words) -> &'static str| {
        let pick = match loss {
            Loss::Seats => of_seats,
            Loss::Codes => of_codes,
        };
        Signal::derive(move || pick(kiosk.language.get().words()).to_owned())
    };
    let stay = move || kiosk.sheet.set(None);
    let title = said(|words| words.leave_seats, |words| words.leave_codes);
    let text = said(
        |words| words.leave_seats_text,
        |words| words.leave_codes_text,
    );
    let keep = said(|words| words.keep_seats, |words| words.keep_codes);
    let go = said(|words| words.give_seats_back, |words| words.close_codes);
    view! {
        <Sheet title described_by="leave-text" testid="leave-sheet" on_leave=stay>
            <p id="leave-text">{text}</p>
            <div class="side-by-side">
                <TextButton icon=icons::ROTATE_CCW words=go testid="leave" on_touch=move || kiosk.happen(event.clone())/>
                <TextButton class="next" icon=icons::CHECK words=keep testid="stay" is_first=true on_touch=stay/>
            </div>
        </Sheet>
    }
}
