//! The seats of a showtime, and the basket beside them.

use std::sync::Arc;
use std::time::Duration;

use appliance_api::LinkState;
use box_office::ShowtimeId;
use counter_api::{SeatState, ShowtimeWithLayout};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::basket::Basket;
use super::companion::touch_seats;
use super::film_page::age_words;
use super::flow::Event;
use super::notice::Notice;
use super::preferences::TypeSize;
use super::state::Kiosk;
use super::time_button::version_words;
use super::together::Together;
use super::words::say;
use crate::client::{self, Trouble};
use crate::clock;
use crate::format::day_and_time;
use crate::icons;
use crate::parts::TextButton;
use crate::seat_map::{Board, Legend, Room, SeatList, SeatMap, look, watch};

/// Between two tries to reach the box.
const PAUSE: Duration = Duration::from_secs(2);

/// How the seats are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Map,
    List,
}

/// Seats and basket.
#[component]
pub fn SeatsScreen(
    /// The showtime.
    showtime: ShowtimeId,
) -> impl IntoView {
    let kiosk = Kiosk::here();
    let back = say(|words| words.back);
    fetch(kiosk, showtime);
    let inside = move || match kiosk.order.showtime.get() {
        None => {
            view! { <div class="seat-area skeleton"><div class="bone map"></div></div> }.into_any()
        }
        Some(showtime) => view! { <Chooser showtime/> }.into_any(),
    };
    view! {
        <section class="seats screen">
            <div class="screen-head">
                <TextButton icon=icons::ARROW_LEFT words=Signal::derive(move || back().to_owned()) testid="back" on_touch=move || kiosk.leave(Event::Back)/>
                {move || kiosk.order.showtime.get().map(|showtime| view! { <Heading showtime/> })}
            </div>
            {inside}
        </section>
    }
}

/// Fetches the showtime, unless it is known from before the payment.
fn fetch(kiosk: Kiosk, id: ShowtimeId) {
    let known = kiosk.order.showtime;
    if known.with_untracked(|known| known.as_ref().is_some_and(|known| known.showtime.id == id)) {
        return;
    }
    spawn_local(async move {
        loop {
            match client::showtime(&id).await {
                Ok(fetched) => {
                    // The guest may have gone back meanwhile.
                    if untrack(|| kiosk.shown()) == super::flow::Shown::Seats(id) {
                        known.set(Some(Arc::new(fetched)));
                    }
                    return;
                }
                Err(Trouble::Refused(problem)) => {
                    kiosk.order.notice.set(Some(Notice::of_problem(*problem)));
                    return;
                }
                Err(Trouble::Unreachable) => clock::sleep(PAUSE).await,
            }
        }
    });
}

#[component]
fn Heading(showtime: Arc<ShowtimeWithLayout>) -> impl IntoView {
    let kiosk = Kiosk::here();
    let (starts_at, room) = (
        showtime.showtime.starts_at.clone(),
        showtime.showtime.auditorium_name.clone(),
    );
    let when = move || {
        let when = day_and_time(&starts_at, kiosk.language.get());
        format!("{when} · {room}")
    };
    let title = showtime.film.title.clone();
    let rating = showtime.film.age_rating.clone();
    let version = move || {
        version_words(
            &showtime.showtime,
            kiosk.language.get(),
            kiosk.language.get().kiosk(),
        )
    };
    let age = move || {
        rating
            .as_ref()
            .and_then(|rating| age_words(rating, kiosk.language.get()))
    };
    view! {
        <div class="heading" data-testid="heading">
            <h1>{title}</h1>
            <p><strong class="when">{when}</strong><span class="quiet">{version}</span></p>
            <p class="age-words" data-testid="age-words">{age}</p>
        </div>
    }
}

#[component]
fn Chooser(showtime: Arc<ShowtimeWithLayout>) -> impl IntoView {
    let kiosk = Kiosk::here();
    let order = kiosk.order;
    let room = Room::of(&showtime.layout, showtime.curve);
    let live = watch(showtime.showtime.id.clone(), &room);
    let drawn = StoredValue::new(room.clone());
    let touch = Callback::new(move |place| {
        touch_seats(kiosk, &drawn.with_value(|room| room.together(place)))
    });
    let full_price = showtime.ticket_kinds.first().map(|kind| &kind.id);
    let board = Board::new(room, &showtime.prices, full_price, touch);
    Effect::new(move |_| {
        let states = live.states.get();
        order.wishes.with(|wishes| {
            drawn.with_value(|room| {
                board.set_looks(|place| {
                    let seat = &room.seats[place].seat;
                    let state = states
                        .as_ref()
                        .map_or(SeatState::Sold, |states| states[place]);
                    look(state, wishes.has(seat), wishes.wants(seat))
                });
            });
        });
    });
    // Whoever needs the largest type reads rather than looks.
    let shape = RwSignal::new(match kiosk.preferences.get_untracked().type_size {
        TypeSize::Normal | TypeSize::Large => Shape::Map,
        TypeSize::Largest => Shape::List,
    });
    let is_cut = Signal::derive(move || {
        kiosk.status.with(|status| {
            status.as_ref().is_some_and(|status| match status.link {
                LinkState::Down | LinkState::Refused => true,
                LinkState::Up | LinkState::UpdateNeeded | LinkState::NotEnrolled => false,
            })
        })
    });
    let seats = move || match shape.get() {
        Shape::Map => view! { <SeatMap board/> }.into_any(),
        Shape::List => view! { <SeatList board/> }.into_any(),
    };
    let is_waiting = move || {
        order.wishes.with(super::wishes::Wishes::waits) || live.states.with(Option::is_none)
    };
    view! {
        <ShapeSwitch shape/>
        <Together most=showtime.most_seats filter=board.filter/>
        <div class="seat-area" aria-busy=move || is_waiting().to_string()>
            {seats}
        </div>
        <Legend board is_cut/>
        <Basket showtime/>
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
