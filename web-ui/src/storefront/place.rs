//! Where the program stands: what the hub has written into the element that it takes over.

use box_office::{CinemaId, HoldId, ShowtimeId};
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
    /// Whether the hub writes mails to whoever buys.
    pub writes_mails: bool,
    /// The hold for which the guest comes back from their bank.
    pub paid_for: Option<HoldId>,
}

impl Place {
    /// The element, and what it says.
    pub fn on_the_page() -> Option<(HtmlElement, Self)> {
        let page = document();
        let element: HtmlElement = page.get_element_by_id(ELEMENT)?.dyn_into().ok()?;
        let said = |name: &str| element.get_attribute(name);
        let language = page.document_element()?.get_attribute("lang")?;
        let place = Self {
            cinema: said("data-cinema")?.parse().ok()?,
            showtime: said("data-showtime")?.parse().ok()?,
            language: Language::of_tag(&language).unwrap_or_default(),
            sells: said("data-sells").is_some(),
            writes_mails: said("data-mail").is_some(),
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
