//! What the browser remembers of a guest who pays: for which hold of a showtime. Whoever comes back to its page, however late, finds what became of it.

use box_office::HoldId;
use leptos::prelude::window;
use web_sys::Storage;

use super::place::Place;

/// The hold that was paid last for the showtime of this page.
pub fn paid_last(place: &Place) -> Option<HoldId> {
    let kept = storage()?.get_item(&key(place)).ok()??;
    kept.parse().ok()
}

/// Remembers a hold that is being paid. A browser that keeps nothing loses no more than the way back.
pub fn remember(place: &Place, hold: &HoldId) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&key(place), hold.as_str());
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok()?
}

fn key(place: &Place) -> String {
    format!("foyer-paid-{}-{}", place.cinema, place.showtime)
}
