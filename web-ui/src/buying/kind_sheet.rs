//! The kinds of ticket for one seat, each with its price.

use box_office::{SeatId, SeatKind};
use counter_api::TicketKind;
use leptos::prelude::*;

use super::Buying;
use super::what_for::WhatFor;
use super::words::say;
use crate::format::money;
use crate::icons;
use crate::parts::{Sheet, TextButton};
use crate::seat_map::kind_name;
use crate::words::{fill, seat_name};

/// The kinds of ticket for a seat, on a sheet.
#[component]
pub fn Kinds(
    /// The seat.
    seat: SeatId,
) -> impl IntoView {
    let buying = Buying::here();
    let leave = move || buying.sheet.set(None);
    let Some(showtime) = buying.order.showtime.get_untracked() else {
        return ().into_any();
    };
    let Some(place) = showtime
        .layout
        .places
        .iter()
        .find(|place| place.seat == seat)
        .cloned()
    else {
        return ().into_any();
    };
    let block = showtime.layout.block_name(&place).map(str::to_owned);
    let title = Signal::derive(move || {
        let words = buying.language.get().buying();
        let seat = seat_name(words, block.as_deref(), &place.row, &place.number);
        format!("{seat}, {}", kind_name(words, place.kind))
    });
    let close = say(|words| words.close);
    let age = say(|words| words.kinds_by_age);
    let tickets = untrack(|| buying.order.hold()).map_or(0, |hold| hold.basket.lines.len());
    let is_for_all = RwSignal::new(false);
    let for_all = move || {
        let text = buying.language.get().buying().kind_for_all;
        fill(text, &[("count", &tickets.to_string())])
    };
    let switch = (tickets > 1).then(|| {
        view! {
            <button type="button" class="for-all" data-testid="for-all" aria-pressed=move || is_for_all.get().to_string()
                on:click=move |_| is_for_all.update(|all| *all = !*all)>
                <icons::Icon of=icons::CHECK/><span>{for_all}</span>
            </button>
        }
    });
    let kinds = showtime
        .ticket_kinds
        .iter()
        .filter(|kind| price(buying, &kind.id, place.kind).is_some())
        .cloned()
        .map(move |kind| view! { <Kind kind seat=seat.clone() seat_kind=place.kind is_for_all/> })
        .collect_view();
    let is_rated = showtime
        .film
        .age_rating
        .as_ref()
        .is_some_and(|rating| rating.from_age > 0);
    view! {
        <Sheet title testid="kind-sheet" on_leave=leave>
            <WhatFor/>
            {switch}
            <div class="choices">{kinds}</div>
            {is_rated.then(|| view! { <p class="quiet">{age}</p> })}
            <TextButton icon=icons::CLOSE words=Signal::derive(move || close().to_owned()) testid="kind-close" on_touch=leave/>
        </Sheet>
    }
    .into_any()
}

#[component]
fn Kind(
    kind: TicketKind,
    seat: SeatId,
    seat_kind: SeatKind,
    is_for_all: RwSignal<bool>,
) -> impl IntoView {
    let buying = Buying::here();
    let amount = price(buying, &kind.id, seat_kind);
    let accompanied = kind.accompanied_from;
    let beside_a_parent = move || {
        let text = buying.language.get().buying().kind_accompanied;
        accompanied.map(|age| fill(text, &[("age", &age.to_string())]))
    };
    let (named, noted, id) = (kind.names, kind.notes, kind.id);
    let name = move || buying.language.get().pick(&named).map(str::to_owned);
    let note = move || buying.language.get().pick(&noted).map(str::to_owned);
    let price = move || amount.map(|amount| money(amount, buying.language.get()));
    let (of_seat, of_kind) = (seat.clone(), id.clone());
    let is_chosen = move || {
        buying.order.wishes.with(|wishes| {
            wishes.wanted().iter().any(|choice| {
                choice.seat == of_seat && choice.ticket_kind.as_ref() == Some(&of_kind)
            })
        })
    };
    let testid = format!("choose-{id}");
    let pick = move |_| {
        match is_for_all.get_untracked() {
            true => buying.order.want_kind_for_all(&id),
            false => buying.order.want_kind(&seat, id.clone()),
        }
        buying.sheet.set(None);
    };
    view! {
        <button type="button" class="choice kind" data-testid=testid aria-pressed=move || is_chosen().to_string() on:click=pick>
            <span class="choice-name">{name}<small>{note}</small><small class="accompanied">{beside_a_parent}</small></span>
            <strong>{price}</strong>
        </button>
    }
}

fn price(
    buying: Buying,
    kind: &box_office::TicketKindId,
    seat_kind: SeatKind,
) -> Option<box_office::Money> {
    buying.order.showtime.with_untracked(|showtime| {
        let prices = &showtime.as_ref()?.prices;
        prices
            .iter()
            .find(|price| price.ticket_kind == *kind && price.seat_kind == seat_kind)
            .map(|price| price.price)
    })
}
