//! The seats by row, as buttons in words: equal to the map for whoever reads rather than looks.

use leptos::prelude::*;

use super::board::{Board, kind_name};
use super::look::Look;
use crate::format;
use crate::words::{counted, row_name};

/// Every row of the room that has something to offer.
#[component]
pub fn SeatList(
    /// The room.
    board: Board,
) -> impl IntoView {
    let rows: Vec<_> = board.room.with_value(|room| {
        room.rows
            .iter()
            .map(|row| (row.block.clone(), row.name.clone(), row.seats.clone()))
            .collect()
    });
    view! {
        <div class="seat-list" data-testid="seat-list">
            {rows.into_iter().map(|(block, name, seats)| view! { <ListedRow board block name seats/> }).collect_view()}
        </div>
    }
}

#[component]
fn ListedRow(
    board: Board,
    block: Option<String>,
    name: String,
    seats: Vec<usize>,
) -> impl IntoView {
    let words = move || board.language.get().shared();
    let places = seats.clone();
    let free = Memo::new(move |_| {
        let is_free = |place: &&usize| board.look(**place) == Look::Free;
        places.iter().filter(is_free).count() as u64
    });
    let title = move || row_name(words(), block.as_deref(), &name);
    let summary = move || {
        let language = board.language.get();
        counted(language, language.shared().free_in_row, free.get())
    };
    view! {
        <section class="listed-row">
            <h2>{title}<small>{summary}</small></h2>
            <ul>{seats.into_iter().map(|place| view! { <ListedSeat board place/> }).collect_view()}</ul>
        </section>
    }
}

/// A seat that can be had; a seat that cannot is left out.
#[component]
fn ListedSeat(board: Board, place: usize) -> impl IntoView {
    let Some((number, kind, seat)) = board.room.with_value(|room| {
        room.seats
            .get(place)
            .map(|seat| (seat.number.clone(), seat.kind, seat.seat.clone()))
    }) else {
        return ().into_any();
    };
    let look = Memo::new(move |_| board.look(place));
    let shown = move || look.get().can_be_touched() && !board.is_passed_over(kind, look.get());
    let price = move || {
        board
            .price(kind)
            .map(|price| format::money(price, board.language.get()))
    };
    view! {
        <Show when=shown>
            <li>
                <button
                    type="button"
                    class=format!("listed-seat {}", kind.word())
                    aria-pressed=move || (look.get() == Look::Chosen).to_string()
                    data-testid=format!("listed-{seat}")
                    on:click=move |_| board.touch_seat(place)
                >
                    <span class="unseen">{move || board.spoken(place)}</span>
                    <strong aria-hidden="true">{number.clone()}</strong>
                    <span aria-hidden="true">{move || kind_name(board.language.get().shared(), kind)}</span>
                    <span aria-hidden="true">{price}</span>
                </button>
            </li>
        </Show>
    }
    .into_any()
}
