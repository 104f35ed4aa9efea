//! Calling the staff to this kiosk, and an honest answer: who hears it.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::state::Kiosk;
use super::words::{VOICE, say};
use crate::buying::Notice;
use crate::client;
use crate::format::clock_time;
use crate::icons;
use crate::parts::TextButton;
use crate::words::fill;

/// The button, and what came of it.
#[component]
pub fn CallStaff() -> impl IntoView {
    let kiosk = Kiosk::here();
    let answer = RwSignal::new(None);
    let is_asking = RwSignal::new(false);
    let words = say(|words| words.call_staff);
    let call = move || {
        is_asking.set(true);
        spawn_local(async move {
            let answered = client::call_staff().await;
            // The sheet may be closed by now.
            let _ = answer.try_set(Some(answered));
            let _ = is_asking.try_set(false);
        });
    };
    let says = move || {
        let language = kiosk.language.get();
        let words = language.kiosk();
        answer.with(|answer| {
            Some(match answer.as_ref()? {
                Ok(call) => {
                    let text = match call.head_office {
                        true => words.call_heard,
                        false => words.call_not_heard,
                    };
                    fill(text, &[("time", clock_time(&call.called_at))])
                }
                Err(trouble) => Notice::of(trouble.clone()).text(VOICE, language, None),
            })
        })
    };
    view! {
        <TextButton icon=icons::USERS words=Signal::derive(move || words().to_owned()) testid="call-staff" disabled=is_asking on_touch=call/>
        <p class="call-answer" role="status" data-testid="call-answer">{says}</p>
    }
}
