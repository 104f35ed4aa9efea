//! Where the program stands: what the hub has written into the element that it takes over.

use box_office::{CinemaId, HoldId, ShowtimeId};
use counter_api::RefundTerms;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, UrlSearchParams};

use crate::words::Language;

/// The id of the element.
pub const ELEMENT: &str = "buy";

/// What the page is about.
#[derive(Debug, Clone)]
pub struct Place {
    /// The cinema.
    pub cinema: CinemaId,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The language of the page.
    pub language: Language,
    /// Whether seats can be chosen on it; otherwise it shows what a guest has under way.
    pub sells: bool,
    /// Whether guests waited for its seats when the hub drew the page: whose turn it is is asked for before any seat is shown.
    pub is_waited_for: bool,
    /// Whether the hub writes mails to whoever buys.
    pub writes_mails: bool,
    /// What asks for the guest's card, if that is the provider's own.
    pub fields: Option<Fields>,
    /// The least and the most that a card is charged, in minor units, and what each is a multiple of.
    pub bounds: (i64, i64, i64),
    /// By which rules tickets went back when the hub drew the page.
    pub back: Option<RefundTerms>,
    /// The hold for which the guest comes back from their bank.
    pub paid_for: Option<HoldId>,
}

/// The fields of the payment provider, Stripe's: the card's number goes from them to the provider, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// The address of the script that draws them.
    pub script: String,
    /// The key by which the provider knows whose they are.
    pub key: String,
}

impl Place {
    /// The element, and what it says.
    pub fn on_the_page() -> Option<(HtmlElement, Self)> {
        let page = document();
        let element: HtmlElement = page.get_element_by_id(ELEMENT)?.dyn_into().ok()?;
        let said = |name: &str| element.get_attribute(name);
        let minor = |name: &str| said(name).and_then(|text| text.parse().ok());
        let language = page.document_element()?.get_attribute("lang")?;
        let place = Self {
            cinema: said("data-cinema")?.parse().ok()?,
            showtime: said("data-showtime")?.parse().ok()?,
            language: Language::of_tag(&language).unwrap_or_default(),
            sells: said("data-sells").is_some(),
            is_waited_for: said("data-waited-for").is_some(),
            writes_mails: said("data-mail").is_some(),
            fields: said("data-fields-script")
                .zip(said("data-fields-key"))
                .map(|(script, key)| Fields { script, key }),
            bounds: (
                minor("data-least").unwrap_or(1),
                minor("data-most").unwrap_or(i64::MAX),
                minor("data-step").unwrap_or(1),
            ),
            back: said("data-back").and_then(|terms| serde_json::from_str(&terms).ok()),
            paid_for: paid_for(),
        };
        Some((element, place))
    }
}

/// `/cinemas/metropol/showtimes/tonight?hold=HOLD`, where the hub leads whoever comes back.
fn paid_for() -> Option<HoldId> {
    let search = window().location().search().ok()?;
    let query = UrlSearchParams::new_with_str(&search).ok()?;
    query.get("hold")?.parse().ok()
}
