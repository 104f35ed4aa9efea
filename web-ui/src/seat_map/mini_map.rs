//! Where in the room the map looks, while it does not show all of it.

use std::fmt::Write as _;

use leptos::prelude::*;

use super::board::Board;

/// The small map beside the zoom buttons. Its place is kept while it is not there, so that the plan keeps its size.
#[component]
pub(super) fn MiniMap(board: Board) -> impl IntoView {
    let (frame, dots) = board.room.with_value(|room| {
        let mut dots = String::new();
        for seat in &room.seats {
            // Writing to a string does not fail.
            let _ = write!(dots, "M{} {}h60", seat.x - 30, seat.y);
        }
        (room.frame, dots)
    });
    let zoomed = Memo::new(move |_| board.is_closer());
    view! {
        <Show when=move || zoomed.get()>
            <svg class="mini-map" viewBox=frame.view_box() aria-hidden="true" data-testid="mini-map">
                <path d=dots.clone()></path>
                <rect
                    x=move || board.view.get().x
                    y=move || board.view.get().y
                    width=move || board.view.get().width
                    height=move || board.view.get().height
                ></rect>
            </svg>
        </Show>
    }
}
