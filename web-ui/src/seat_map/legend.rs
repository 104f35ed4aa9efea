//! What the forms mean and what each kind of seat costs. A touch on a kind dims the others.

use box_office::SeatKind;
use leptos::prelude::*;

use super::board::{Board, each, kind_name};
use super::drawing;
use super::look::Look;
use super::room::Form;
use crate::format;
use crate::icons;

/// The looks that the legend explains, in its order.
const LOOKS: [Look; 4] = [Look::Free, Look::Chosen, Look::Held, Look::Sold];

/// The legend of a room.
#[component]
pub fn Legend(
    /// The room.
    board: Board,
    /// Whether some seats are out of reach, because the line between cinema and hub is cut.
    #[prop(into)]
    is_cut: Signal<bool>,
) -> impl IntoView {
    let kinds = board.room.with_value(super::room::Room::kinds);
    let explained = move || {
        let away = is_cut.get().then_some(Look::OutOfReach);
        LOOKS
            .into_iter()
            .chain(away)
            .map(|look| view! { <Explained look mark=board.mark(look) words=board.look_name(look, board.language.get())/> })
            .collect_view()
    };
    view! {
        <div class="legend">
            <div class="bands">{kinds.into_iter().map(|kind| view! { <Band board kind/> }).collect_view()}</div>
            <ul class="explained">{explained}</ul>
        </div>
    }
}

/// A kind of seat with its price.
#[component]
fn Band(board: Board, kind: SeatKind) -> impl IntoView {
    let is_picked = move || board.filter.get() == Some(kind);
    let pick = move |_| board.pick(kind);
    let name = move || kind_name(board.language.get().shared(), kind);
    let price = move || {
        let (price, language) = (board.price(kind)?, board.language.get());
        let price = format::money(price, language);
        Some(each(kind, price, language.shared()))
    };
    let form = match kind {
        SeatKind::LoveSeat => {
            "M-66-30h132a14 14 0 0 1 14 14v32a14 14 0 0 1-14 14h-132a14 14 0 0 1-14-14v-32a14 14 0 0 1 14-14z"
        }
        SeatKind::Standard | SeatKind::Premium | SeatKind::Wheelchair | SeatKind::Companion => {
            drawing::outline(Form::Single)
        }
    };
    let sign = match kind {
        SeatKind::Wheelchair => icons::ACCESSIBILITY,
        SeatKind::Companion => icons::USER,
        SeatKind::Standard | SeatKind::Premium | SeatKind::LoveSeat => "",
    };
    view! {
        <button type="button" class="band" aria-pressed=move || is_picked().to_string() on:click=pick data-testid=format!("band-{}", kind.word())>
            <svg viewBox="-84 -50 168 100" aria-hidden="true">
                <g class=format!("seat free {}", kind.word())>
                    <path class="outline" d=form></path>
                    <g class="sign" transform="translate(-31 -31) scale(2.6)" inner_html=sign></g>
                </g>
            </svg>
            <span class="band-name">{name}</span>
            <span class="band-price">{price}</span>
        </button>
    }
}

/// A look and what it means.
#[component]
fn Explained(look: Look, mark: &'static str, words: &'static str) -> impl IntoView {
    view! {
        <li>
            <svg viewBox="-50 -50 100 100" aria-hidden="true">
                <g class=format!("seat standard {}", look.class())>
                    <path class="outline" d=drawing::outline(Form::Single)></path>
                    <path class="mark" d=mark></path>
                </g>
            </svg>
            {words}
        </li>
    }
}
