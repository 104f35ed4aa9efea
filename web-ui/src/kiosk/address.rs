//! What the address says that the kiosk's browser opens.

use std::time::Duration;

use leptos::prelude::window;
use web_sys::UrlSearchParams;

use super::idle::{Patience, Patiences};
use super::preferences::{Contrast, Preferences};
use crate::client;
use crate::words::Language;

/// Pairs by the code in `/kiosk?pair=CODE`, then takes it out of the address. A refused code leads to the pairing screen.
pub(super) async fn pair_by_the_address() {
    let query = query_of_the_address();
    if let Some(code) = query.as_ref().and_then(|query| query.get("pair")) {
        let _ = client::pair(&code, None).await;
        let path = window().location().pathname().unwrap_or_default();
        let _ = window().history().and_then(|history| {
            history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path))
        });
    }
}

fn query_of_the_address() -> Option<UrlSearchParams> {
    window()
        .location()
        .search()
        .and_then(|search| UrlSearchParams::new_with_str(&search))
        .ok()
}

/// What the address that the kiosk's browser opens may set, as in `/kiosk?contrast=light&language=de`. Guests cannot type.
#[derive(Clone, Copy)]
pub(super) struct Settings {
    pub(super) language: Language,
    pub(super) preferences: Preferences,
    pub(super) patiences: Patiences,
}

impl Settings {
    pub(super) fn of_the_address() -> Self {
        let query = query_of_the_address();
        let value = |name: &str| query.as_ref().and_then(|query| query.get(name));
        let contrast = match value("contrast").as_deref() {
            Some("light") => Contrast::Light,
            Some("high") => Contrast::High,
            Some(_) | None => Contrast::Dark,
        };
        let milliseconds = |name: &str, default: Duration| {
            value(name)
                .and_then(|text| text.parse().ok())
                .map_or(default, Duration::from_millis)
        };
        let patiences = Patiences::default();
        let with = |patience: Patience, quiet: &str| Patience {
            quiet: milliseconds(quiet, patience.quiet),
            ring: milliseconds("ring-ms", patience.ring),
        };
        Self {
            language: value("language")
                .and_then(|tag| Language::of_tag(&tag))
                .unwrap_or_default(),
            preferences: Preferences {
                contrast,
                ..Preferences::default()
            },
            patiences: Patiences {
                choosing: with(patiences.choosing, "idle-ms"),
                paid: with(patiences.paid, "paid-ms"),
                only_codes: with(patiences.only_codes, "codes-ms"),
            },
        }
    }
}
