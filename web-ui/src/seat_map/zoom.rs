//! Closer, farther, all: for hands that cannot pinch. With them, where they hide no seat, the small map of where one is.

use leptos::prelude::*;

use super::board::Board;
use super::mini_map::MiniMap;
use crate::icons::{self, Icon};
use crate::words::say;

/// The three buttons beside the map, and the small map.
#[component]
pub(super) fn ZoomButtons(board: Board) -> impl IntoView {
    let zoom = move |permille| {
        let whole = untrack(|| board.whole());
        board
            .view
            .update(|view| *view = view.zoomed(whole, view.middle(), permille));
    };
    let (closer, farther, all) = (
        say(|words| words.zoom_in),
        say(|words| words.zoom_out),
        say(|words| words.zoom_all),
    );
    view! {
        <div class="zoom">
            <MiniMap board/>
            <button type="button" aria-label=closer data-testid="zoom-in" on:click=move |_| zoom(1600)><Icon of=icons::PLUS/></button>
            <button type="button" aria-label=farther data-testid="zoom-out" on:click=move |_| zoom(625)><Icon of=icons::MINUS/></button>
            <button type="button" aria-label=all data-testid="zoom-all" on:click=move |_| zoom(1)><Icon of=icons::MAXIMIZE/></button>
        </div>
    }
}
