//! What proves a guest's place in the queue, as this tab keeps it, and the first question for it.

use hub_api::Place as Turn;
use leptos::prelude::window;
use web_sys::Storage;

use super::place::Place;
use crate::client::{Counter, Trouble};

/// What the hub answers to whoever asks for their turn.
pub type Answer = Result<Turn, Trouble>;

/// Asks for the turn with the first questions of the page, where seats can be chosen on it and others wait for them.
pub async fn first(counter: Counter, place: &Place) -> Option<Answer> {
    if !place.sells || !place.is_waited_for {
        return None;
    }
    Some(counter.come(&place.showtime, kept(place)).await)
}

/// What proves the place of this tab, as the hub said it last.
pub fn kept(place: &Place) -> Option<String> {
    tab()?.get_item(&key(place)).ok().flatten()
}

/// Keeps what the hub said, or forgets it.
pub fn keep(place: &Place, proof: Option<&str>) {
    if let Some(tab) = tab() {
        let _ = match proof {
            Some(proof) => tab.set_item(&key(place), proof),
            None => tab.remove_item(&key(place)),
        };
    }
}

fn tab() -> Option<Storage> {
    window().session_storage().ok()?
}

fn key(place: &Place) -> String {
    format!("foyer-place-{}-{}", place.cinema, place.showtime)
}
