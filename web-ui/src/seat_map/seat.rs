//! One seat of the map: outline, mark, sign and number, spoken in full.

use box_office::SeatKind;
use leptos::prelude::*;

use super::board::Board;
use super::drawing;
use super::look::Look;
use crate::icons;

/// A seat.
#[component]
pub(super) fn Seat(
    /// The room it is in.
    board: Board,
    /// Its place in the room.
    place: usize,
    /// Whether the keyboard is on it.
    #[prop(into)]
    is_active: Signal<bool>,
) -> impl IntoView {
    let Some(drawn) = board.room.with_value(|room| room.seats.get(place).cloned()) else {
        return ().into_any();
    };
    let kind = drawn.kind;
    let look = Memo::new(move |_| board.look(place));
    let class = move || {
        let faded = match board.is_passed_over(kind, look.get()) {
            true => " faded",
            false => "",
        };
        format!("seat {} {}{faded}", kind.word(), look.get().class())
    };
    let sign = match kind {
        SeatKind::Wheelchair => Some(icons::ACCESSIBILITY),
        SeatKind::Companion => Some(icons::USER),
        SeatKind::Standard | SeatKind::Premium | SeatKind::LoveSeat => None,
    };
    let number = sign.is_none().then(|| drawn.number.clone());
    view! {
        <g
            class=class
            transform=format!("translate({} {})rotate({})", drawn.x, drawn.y, drawn.turn)
            role="gridcell"
            tabindex=move || if is_active.get() { "0" } else { "-1" }
            aria-label=move || board.spoken(place)
            aria-selected=move || (look.get() == Look::Chosen).to_string()
            aria-disabled=move || (!look.get().can_be_touched()).to_string()
            data-place=place
            data-look=move || look.get().class()
            data-testid=format!("seat-{}", drawn.seat)
            on:focus=move |_| board.active.set(place)
        >
            <path class="outline" d=drawing::outline(drawn.form)></path>
            <path class="mark" d=move || board.mark(look.get())></path>
            {sign.map(|drawing| view! { <g class="sign" transform="translate(-31 -31) scale(2.6)" inner_html=drawing></g> })}
            {number.map(|number| view! { <text class="number" y="13">{number}</text> })}
        </g>
    }
    .into_any()
}
