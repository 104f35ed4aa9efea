//! What the browser remembers of a guest who pays: for which holds of a showtime. Whoever comes back to its page, however late, finds what became
//! of them.

use box_office::HoldId;
use leptos::prelude::window;
use web_sys::Storage;

use super::place::Place;

/// So many are kept for a showtime, the newest.
const MOST: usize = 20;

/// The holds that were paid for the showtime of this page, or were to be, the newest first.
pub fn paid(place: &Place) -> Vec<HoldId> {
    let kept = storage().and_then(|storage| storage.get_item(&key(place)).ok().flatten());
    let kept = kept.unwrap_or_default();
    kept.split(' ')
        .filter_map(|hold| hold.parse().ok())
        .collect()
}

/// Remembers a hold that is to be paid. A browser that keeps nothing loses no more than the way back.
pub fn remember(place: &Place, hold: &HoldId) {
    let mut holds = paid(place);
    if !holds.contains(hold) {
        holds.insert(0, hold.clone());
        holds.truncate(MOST);
        keep(place, &holds);
    }
}

/// Forgets a hold of which nothing was sold.
pub fn forget(place: &Place, hold: &HoldId) {
    let mut holds = paid(place);
    holds.retain(|known| known != hold);
    keep(place, &holds);
}

fn keep(place: &Place, holds: &[HoldId]) {
    if let Some(storage) = storage() {
        let holds: Vec<&str> = holds.iter().map(HoldId::as_str).collect();
        let _ = storage.set_item(&key(place), &holds.join(" "));
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok()?
}

fn key(place: &Place) -> String {
    format!("foyer-paid-{}-{}", place.cinema, place.showtime)
}
