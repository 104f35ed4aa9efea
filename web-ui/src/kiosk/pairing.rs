//! A browser that the box does not know: the one-time code makes it a kiosk.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::keys::{Keys, typed};
use super::state::Kiosk;
use super::words::{VOICE, say};
use crate::buying::Notice;
use crate::client;
use crate::icons::{self, Icon};

/// A field that can be typed into.
#[derive(Clone, Copy)]
enum Field {
    Code,
    Name,
}

/// The screen that asks for the code.
#[component]
pub fn PairingScreen() -> impl IntoView {
    let kiosk = Kiosk::here();
    let code = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let notice = RwSignal::new(None::<Notice>);
    let is_asking = RwSignal::new(false);
    let field = RwSignal::new(Field::Code);
    let here = move || match field.get_untracked() {
        Field::Code => code,
        Field::Name => name,
    };
    let on_sign = Callback::new(move |sign| here().update(|text| *text = typed(text, sign)));
    let on_delete = Callback::new(move |()| {
        here().update(|text| {
            text.pop();
        });
    });
    let pair = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        is_asking.set(true);
        notice.set(None);
        spawn_local(async move {
            let named =
                Some(name.get_untracked().trim().to_owned()).filter(|name| !name.is_empty());
            match client::pair(code.get_untracked().trim(), named).await {
                Ok(_) => kiosk.ask_status().await,
                Err(trouble) => notice.set(Some(Notice::of(trouble))),
            }
            is_asking.set(false);
        });
    };
    let problem = move || {
        notice.with(|notice| {
            notice
                .as_ref()
                .map(|notice| notice.text(VOICE, kiosk.language.get(), None))
        })
    };
    let (title, text) = (
        say(|words| words.pairing_title),
        say(|words| words.pairing_text),
    );
    let (code_label, name_label, button) = (
        say(|words| words.pairing_code),
        say(|words| words.pairing_name),
        say(|words| words.pairing_button),
    );
    view! {
        <section class="pairing screen">
            <form class="pairing-form" on:submit=pair>
                <Icon of=icons::LOCK/>
                <h1>{title}</h1>
                <p class="quiet">{text}</p>
                <label>{code_label}
                    <input type="text" required inputmode="none" autocomplete="off" spellcheck="false" data-testid="pairing-code"
                        on:focus=move |_| field.set(Field::Code)
                        prop:value=code on:input=move |event| code.set(event_target_value(&event))/>
                </label>
                <label>{name_label}
                    <input type="text" maxlength="40" inputmode="none" autocomplete="off" data-testid="pairing-name"
                        on:focus=move |_| field.set(Field::Name)
                        prop:value=name on:input=move |event| name.set(event_target_value(&event))/>
                </label>
                <p class="form-problem" role="alert" data-testid="pairing-problem">{problem}</p>
                <Keys on_sign on_delete/>
                <button type="submit" class="button next" disabled=is_asking data-testid="pair"><span>{button}</span></button>
            </form>
        </section>
    }
}
