//! The drawn room: fitted to its space, moved and zoomed by fingers, wheel, buttons and keys.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Element, Event, FocusEvent, KeyboardEvent, MouseEvent, PointerEvent, ResizeObserver, WheelEvent,
};

use super::board::Board;
use super::gestures::{Fingers, Motion};
use super::grid::{self, Step};
use super::gutter::{Gutter, NamesBeside, Side};
use super::seats;
use super::view::{Size, View};
use super::zoom::ZoomButtons;
use crate::words::say;

/// Numbers are written on seats that are at least this many pixels wide.
const NUMBERS_FROM: i32 = 34;

/// The map of a room.
#[component]
pub fn SeatMap(
    /// The room.
    board: Board,
) -> impl IntoView {
    let holder = NodeRef::<Div>::new();
    let fingers = StoredValue::new(Fingers::default());
    fit_to(holder, board);

    let with_numbers = move || {
        let (view, size) = (board.view.get(), board.size.get());
        size.width * 100 / view.width.max(1) >= NUMBERS_FROM
    };
    let is_closer = move || board.is_closer();
    let at = move |event: &MouseEvent| {
        let corner = holder
            .get_untracked()
            .map(|holder| holder.get_bounding_client_rect());
        let (left, top) =
            corner.map_or((0, 0), |corner| (whole(corner.left()), whole(corner.top())));
        (event.client_x() - left, event.client_y() - top)
    };
    let on_down = move |event: PointerEvent| {
        fingers.update_value(|fingers| fingers.press(event.pointer_id(), at(&event)));
    };
    let on_move = move |event: PointerEvent| {
        let motion = fingers
            .try_update_value(|fingers| fingers.slide(event.pointer_id(), at(&event)))
            .flatten();
        if let Some(motion) = motion {
            follow(board, motion);
        }
    };
    let on_up =
        move |event: PointerEvent| fingers.update_value(|fingers| fingers.lift(event.pointer_id()));
    let on_wheel = move |event: WheelEvent| {
        // Where the page scrolls, that is what a wheel is for; two fingers on a touchpad come as one with Ctrl.
        if page_scrolls() && !event.ctrl_key() {
            return;
        }
        event.prevent_default();
        zoom_at(
            board,
            at(&event),
            if event.delta_y() < 0.0 { 1200 } else { 833 },
        );
    };
    let on_click = move |event: MouseEvent| {
        if fingers.with_value(Fingers::have_moved) {
            return;
        }
        let (size, view, whole) = untrack(|| (board.size.get(), board.view.get(), board.whole()));
        let point = view.room_point(size, at(&event));
        // A click without a pointer comes from a program that reads the screen: it aims well.
        let is_aimed = event.detail() > 0;
        if let Some(closer) = view.brought_closer(whole, size, point).filter(|_| is_aimed) {
            return board.view.set(closer);
        }
        let place =
            touched_seat(&event).or_else(|| board.room.with_value(|room| room.nearest(point)));
        if let Some(place) = place {
            board.touch_seat(place);
        }
    };
    // Not on the grid: a part of a drawing that listens for the keyboard is a stop of its own in Chromium.
    let on_focus = move |event: FocusEvent| {
        if let Some(place) = touched_seat(&event) {
            board.active.set(place);
        }
    };
    view! {
        <div class="seat-map" class:with-numbers=with_numbers class:closer=is_closer data-testid="seat-map">
            <Gutter board side=Side::Left/>
            <div
                class="plan"
                node_ref=holder
                on:pointerdown=on_down
                on:pointermove=on_move
                on:pointerup=on_up
                on:pointercancel=on_up
                on:pointerleave=on_up
                on:wheel=on_wheel
                on:focusin=on_focus
            >
                <svg class="room" viewBox=move || board.view.get().view_box() on:click=on_click>
                    <Surroundings board/>
                    <Rows board holder/>
                    <NamesBeside board/>
                    <BlockNames board/>
                </svg>
            </div>
            <Gutter board side=Side::Right/>
            <ZoomButtons board/>
        </div>
    }
}

/// The screen and the gallery's edge.
#[component]
fn Surroundings(board: Board) -> impl IntoView {
    let (frame, gallery) = board.room.with_value(|room| {
        let (left, right) = (room.frame.x, room.frame.x + room.frame.width);
        let gallery = room.gallery_y.map(|y| (y, room.bend.line(y, left, right)));
        (room.frame, gallery)
    });
    let (left, right) = (frame.x, frame.x + frame.width);
    let middle = frame.middle().0;
    let inset = frame.width / 10;
    let top = frame.y + 120;
    let screen = format!(
        "M{} {top}Q{middle} {} {} {top}",
        left + inset,
        top - 90,
        right - inset
    );
    let screen_words = say(|words| words.screen);
    let gallery_words = say(|words| words.gallery);
    view! {
        <g class="surroundings" aria-hidden="true">
            <path class="screen-light" d=format!("{screen}L{} {}L{} {}z", right - 2 * inset, top + 90, left + 2 * inset, top + 90)></path>
            <path class="screen" d=screen></path>
            <text class="caption" x=middle y=top + 62>{screen_words}</text>
            {gallery.map(|(y, line)| view! {
                <path class="gallery" d=line></path>
                <text class="caption gallery-name" x=middle y=y + 14>{gallery_words}</text>
            })}
        </g>
    }
}

/// The names of the blocks, each above its seats.
#[component]
fn BlockNames(board: Board) -> impl IntoView {
    let blocks = board.room.with_value(|room| room.blocks.clone());
    view! {
        <g class="block-names" aria-hidden="true">
            {blocks.into_iter().map(|block| view! {
                <text x=block.x y=block.y font-size=block.size>{block.name}</text>
            }).collect_view()}
        </g>
    }
}

/// The seats, as a grid for keyboards and screen readers.
#[component]
fn Rows(board: Board, holder: NodeRef<Div>) -> impl IntoView {
    let grid = NodeRef::new();
    seats::draw(board, grid);
    let on_key = move |event: KeyboardEvent| {
        let key = event.key();
        let active = board.active.get_untracked();
        if let Some(step) = Step::of_key(&key, event.ctrl_key()) {
            event.prevent_default();
            go_to(
                board,
                holder,
                board.room.with_value(|room| grid::step(room, active, step)),
            );
        } else if key == "Enter" || key == " " {
            event.prevent_default();
            board.touch_seat(active);
        }
    };
    let label = say(|words| words.seats_of_the_room);
    view! { <g node_ref=grid role="grid" aria-label=label on:keydown=on_key data-testid="seat-grid"></g> }
}

/// Puts the keyboard on a seat and brings it into view.
fn go_to(board: Board, holder: NodeRef<Div>, place: usize) {
    board.active.set(place);
    let whole = untrack(|| board.whole());
    if let Some(point) = board
        .room
        .with_value(|room| room.seats.get(place).map(|seat| (seat.x, seat.y)))
    {
        board
            .view
            .update(|view| *view = view.showing(whole, point, 130));
    }
    let seat = holder.get_untracked().and_then(|holder| {
        holder
            .query_selector(&format!("[data-place='{place}']"))
            .ok()?
    });
    if let Some(seat) = seat {
        let _ = seat.unchecked_into::<web_sys::SvgElement>().focus();
    }
}

fn follow(board: Board, motion: Motion) {
    let (size, whole) = untrack(|| (board.size.get(), board.whole()));
    match motion {
        Motion::Drag { dx, dy } => board.view.update(|view| {
            *view = view.moved(
                whole,
                -view.room_length(size, dx),
                -view.room_length(size, dy),
            );
        }),
        Motion::Pinch { around, permille } => zoom_at(board, around, permille),
    }
}

fn zoom_at(board: Board, pixel: (i32, i32), permille: i32) {
    let (size, whole) = untrack(|| (board.size.get(), board.whole()));
    board
        .view
        .update(|view| *view = view.zoomed(whole, view.room_point(size, pixel), permille));
}

fn page_scrolls() -> bool {
    let page = document().document_element();
    page.is_some_and(|page| page.scroll_height() > page.client_height())
}

/// The place of the seat that an event happens to.
fn touched_seat(event: &Event) -> Option<usize> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target
        .closest("[data-place]")
        .ok()??
        .get_attribute("data-place")?
        .parse()
        .ok()
}

/// Follows the space that the map has: fitted again whenever it changes.
fn fit_to(holder: NodeRef<Div>, board: Board) {
    let observer = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move |_| {
        let Some(element) = holder.get() else { return };
        let measured = element.clone();
        let on_resize = Closure::new(move || {
            let size = Size {
                width: measured.client_width().max(1),
                height: measured.client_height().max(1),
            };
            board.size.set(size);
            board
                .view
                .set(View::fit(board.room.with_value(|room| room.frame), size));
        });
        if let Ok(watching) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
            watching.observe(&element);
            observer.set_value(Some((watching, on_resize)));
        }
    });
    on_cleanup(move || {
        observer.try_update_value(|observer| {
            if let Some((watching, _)) = observer {
                watching.disconnect();
            }
        });
    });
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "an edge on a screen, in pixels"
)]
fn whole(pixels: f64) -> i32 {
    pixels as i32
}
