//! Light or dark: as the machine likes it, until somebody says otherwise in this browser.

use leptos::ev;
use leptos::prelude::*;

use super::words::say;
use crate::icons::{self, Icon};

/// Where the browser keeps what was chosen.
const KEPT_AS: &str = "foyer-appearance";

/// Whether the page is dark. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Appearance(RwSignal<bool>);

impl Appearance {
    /// Lets the page look so for as long as it is open.
    pub(super) fn start() -> Self {
        let dark = RwSignal::new(chosen().unwrap_or_else(machine_is_dark));
        Effect::new(move |_| {
            let looks = if dark.get() { "dark" } else { "light" };
            if let Some(page) = document().document_element() {
                // Only fails for a name that is none.
                let _ = page.set_attribute("data-contrast", looks);
            }
        });
        // A machine that turns dark in the evening is followed as soon as somebody looks again.
        let _ = window_event_listener(ev::focus, move |_| {
            if chosen().is_none() {
                dark.set(machine_is_dark());
            }
        });
        Self(dark)
    }

    fn change(self) {
        let is_dark = !self.0.get_untracked();
        self.0.set(is_dark);
        let word = if is_dark { "dark" } else { "light" };
        if let Ok(Some(kept)) = window().local_storage() {
            // A browser that keeps nothing asks again next time.
            let _ = kept.set_item(KEPT_AS, word);
        }
    }
}

/// The other appearance by one touch.
#[component]
pub(super) fn AppearanceButton() -> impl IntoView {
    let appearance = use_context::<Appearance>();
    let is_dark = move || appearance.is_some_and(|appearance| appearance.0.get());
    let (dark, light) = (
        say(|words| words.contrast_dark),
        say(|words| words.contrast_light),
    );
    let words = move || if is_dark() { light() } else { dark() };
    view! {
        <button type="button" class="button appearance" data-testid="appearance" on:click=move |_| { appearance.into_iter().for_each(Appearance::change); }>
            <Icon of=icons::CONTRAST/><span>{words}</span>
        </button>
    }
}

fn chosen() -> Option<bool> {
    let kept = window().local_storage().ok().flatten()?;
    match kept.get_item(KEPT_AS).ok().flatten()?.as_str() {
        "dark" => Some(true),
        "light" => Some(false),
        _ => None,
    }
}

fn machine_is_dark() -> bool {
    window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}
