//! The seats of a showtime as a plan or as a list, and the basket beside them.

use std::sync::Arc;

use counter_api::{SeatState, ShowtimeWithLayout};
use leptos::prelude::*;

use super::Buying;
use super::basket::Basket;
use super::companion::touch_seats;
use super::together::Together;
use super::wishes::Wishes;
use super::words::say;
use crate::icons;
use crate::seat_map::{Board, Legend, Room, SeatList, SeatMap, look, watch};

/// How the seats are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As a plan.
    Map,
    /// As a list by row.
    List,
}

/// Plan or list, the best seats together, and the basket.
#[component]
pub fn Chooser(
    /// The showtime.
    showtime: Arc<ShowtimeWithLayout>,
    /// How its seats are shown at first.
    begins_as: Shape,
    /// Goes on to pay.
    on_pay: Callback<()>,
) -> impl IntoView {
    let buying = Buying::here();
    let order = buying.order;
    let room = Room::of(&showtime.layout, showtime.curve);
    let live = watch(buying.counter, showtime.showtime.id.clone(), &room);
    let drawn = StoredValue::new(room.clone());
    let touch = Callback::new(move |place| {
        touch_seats(buying, &drawn.with_value(|room| room.together(place)))
    });
    let full_price = showtime.ticket_kinds.first().map(|kind| &kind.id);
    let away = buying.voice.away;
    let board = Board::new(room, (&showtime.prices, full_price), touch, away);
    Effect::new(move |_| {
        let Some(states) = live.states.get() else {
            return;
        };
        order.wishes.with(|wishes| {
            drawn.with_value(|room| {
                board.set_looks(|place| {
                    let seat = &room.seats[place].seat;
                    look(states[place], wishes.has(seat), wishes.wants(seat))
                });
            });
        });
    });
    let shape = RwSignal::new(begins_as);
    let is_away = |states: &Vec<SeatState>| states.contains(&SeatState::OutOfReach);
    let is_cut = Memo::new(move |_| {
        let states = live.states.read();
        states.as_ref().is_some_and(is_away)
    });
    let seats = move || match shape.get() {
        Shape::Map => view! { <SeatMap board/> }.into_any(),
        Shape::List => view! { <SeatList board/> }.into_any(),
    };
    let is_waiting = move || order.wishes.with(Wishes::waits) || live.states.with(Option::is_none);
    view! {
        <ShapeSwitch shape/>
        <Together most=showtime.most_seats filter=board.filter/>
        <div class="seat-area" aria-busy=move || is_waiting().to_string()>
            {seats}
        </div>
        <Legend board is_cut/>
        <Basket showtime on_pay/>
    }
}

/// Map or list.
#[component]
fn ShapeSwitch(shape: RwSignal<Shape>) -> impl IntoView {
    let (map, list, label) = (
        say(|words| words.as_map),
        say(|words| words.as_list),
        say(|words| words.seats_shown),
    );
    let button = move |of: Shape, icon, testid: &'static str| {
        view! {
            <button type="button" data-testid=testid aria-pressed=move || (shape.get() == of).to_string() on:click=move |_| shape.set(of)>
                <icons::Icon of=icon/>
                <span>{move || if of == Shape::Map { map() } else { list() }}</span>
            </button>
        }
    };
    view! {
        <div class="shape-switch" role="group" aria-label=label>
            {button(Shape::Map, icons::MAP, "as-map")}
            {button(Shape::List, icons::LIST, "as-list")}
        </div>
    }
}
