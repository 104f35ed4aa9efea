//! The languages, each by its own name.

use leptos::prelude::*;

use super::state::{Kiosk, Sheet as Over};
use super::words::say;
use crate::icons;
use crate::parts::{Sheet, TextButton};
use crate::words::Language;

/// The sheet of languages.
#[component]
pub fn LanguageSheet() -> impl IntoView {
    let kiosk = Kiosk::here();
    let is_shown = Memo::new(move |_| kiosk.sheet.get() == Some(Over::Languages));
    let leave = move || kiosk.sheet.set(None);
    let (title, close) = (say(|words| words.language), say(|words| words.close));
    let choice = move |language: Language| {
        let pick = move |_| {
            kiosk.language.set(language);
            leave();
        };
        view! {
            <button type="button" class="choice" lang=language.short() data-testid=format!("language-{}", language.short())
                aria-pressed=move || (kiosk.language.get() == language).to_string() on:click=pick>
                {language.own_name()}
            </button>
        }
    };
    view! {
        <Show when=move || is_shown.get()>
            <Sheet title=Signal::derive(move || title().to_owned()) testid="language-sheet" on_leave=leave>
                <div class="choices">{Language::ALL.map(choice)}</div>
                <TextButton icon=icons::CLOSE words=Signal::derive(move || close().to_owned()) testid="language-close" on_touch=leave/>
            </Sheet>
        </Show>
    }
}
