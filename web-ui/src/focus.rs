//! Where the keyboard is when the page changes beneath it: on the heading of a new screen, back where a sheet was opened, never nowhere.

use std::time::Duration;

use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};

use crate::clock;

/// How often it is looked whether a heading has come.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How often that is at most: half a minute, for a box that restarts.
const MOST_LOOKS: u32 = 1500;

/// What selects the heading of a screen.
pub const OF_THE_SCREEN: &str = "main h1";

/// Goes to the heading that `selector` selects, as soon as it has words, unless somebody moves on meanwhile or `is_wanted` ends.
pub async fn go_to_heading(selector: &str, is_wanted: impl Fn() -> bool) {
    let mut before = None;
    for look in 0..MOST_LOOKS {
        clock::sleep(LOOK_EVERY).await;
        let active = active();
        let has_moved = look > 0 && active.is_some() && active != before;
        if has_moved || !is_wanted() {
            return;
        }
        if let Some(heading) = heading(selector) {
            return focus(&heading);
        }
        before = active;
    }
}

/// Goes to a field as soon as it is there.
pub fn focus_once(field: NodeRef<Input>) {
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // Only fails where it cannot be seen.
            let _ = field.focus();
        }
    });
}

/// A place on the page: an element, then what it stands in, from the inside out.
#[derive(Debug, Clone, Default)]
pub struct Place(Vec<Element>);

impl Place {
    /// Where the keyboard is.
    pub fn here() -> Self {
        let inside_out = std::iter::successors(active(), |inside| inside.parent_element());
        Self(inside_out.collect())
    }

    /// Whether its element is gone and the keyboard is nowhere.
    pub fn is_lost(&self) -> bool {
        let is_gone = |element: &Element| !element.is_connected();
        self.0.first().is_some_and(is_gone) && active().is_none()
    }

    /// Goes back to the element, to the one that has come in its place, or to the nearest that it stood in.
    pub fn go_back(&self) {
        let page = document();
        let named = |element: &Element| page.get_element_by_id(&element.id());
        let Some(first) = self.0.first() else { return };
        let again = match first.is_connected() {
            true => Some(first.clone()),
            false => named(first),
        };
        // A heading that was drawn anew is the screen's heading all the same.
        let was_heading = first.tag_name() == "H1";
        let around = || {
            let around = self.0.iter().skip(1).find(|around| around.is_connected());
            around
                .filter(|around| !was_heading && around.tag_name() != "BODY")
                .cloned()
        };
        match again.or_else(around) {
            // The screen itself: where its heading has no words yet, it is waited for.
            Some(screen) if screen.matches("main, .screen").unwrap_or(false) => {
                heading(OF_THE_SCREEN).iter().for_each(focus);
            }
            Some(element) => focus(&element),
            None => heading(OF_THE_SCREEN).iter().for_each(focus),
        }
    }
}

/// The heading that this selects, once it has words.
fn heading(selector: &str) -> Option<Element> {
    let heading = document().query_selector(selector).ok().flatten();
    heading.filter(|heading| {
        let words = heading.text_content().unwrap_or_default();
        !words.trim().is_empty()
    })
}

/// What the keyboard is on, if it is anywhere.
fn active() -> Option<Element> {
    let active = document().active_element();
    active.filter(|active| active.tag_name() != "BODY")
}

/// Puts the keyboard on an element, which need not be one that Tab reaches.
fn focus(element: &Element) {
    if element.unchecked_ref::<HtmlElement>().tab_index() < 0 && !element.has_attribute("tabindex")
    {
        // Fails only for a name that is none.
        let _ = element.set_attribute("tabindex", "-1");
    }
    let stay = FocusOptions::new();
    stay.set_prevent_scroll(true);
    // Fails only for what cannot be focused.
    let _ = element
        .unchecked_ref::<HtmlElement>()
        .focus_with_options(&stay);
}
