//! What became of a seat: which day and showtime, which seat, and then what the hub keeps of it and the cinema has told, the oldest first.

mod story;
mod typed;

use box_office::{CinemaId, Layout};
use counter_api::SeatHistory;
use hub_api::{DayShowtimes, Showtime};
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::access::Access;
use super::source::Source;
use super::words::{Words, say};
use crate::client::{Trouble, hub};
use crate::focus::focus_once;
use crate::format::{clock_time, day_and_time};
use crate::parts::{Sheet, TextButton};
use crate::words::{fill, spoken};
use story::Story;
use typed::{Typed, seat_typed};

/// The way to it.
#[component]
pub(super) fn SeatHistories(access: Access, source: Source, cinema: CinemaId) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let words = say(|words| words.seat_history);
    let cinema = StoredValue::new(cinema);
    view! {
        <TextButton words=words testid="seat-history" on_touch=move || is_open.set(true)/>
        <Show when=move || is_open.get()>
            <Steps access source cinema=cinema.get_value() on_leave=move || is_open.set(false)/>
        </Show>
    }
}

/// The showtimes of a day, and the one that somebody asks about.
#[component]
fn Steps(
    access: Access,
    source: Source,
    cinema: CinemaId,
    on_leave: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let today = source.cinema(&cinema).map(|it| it.today.day);
    let name = source.name_of(cinema.as_str());
    let cinema = StoredValue::new(cinema);
    let day = RwSignal::new(today.unwrap_or_default());
    let (found, failed) = (RwSignal::new(None::<DayShowtimes>), RwSignal::new(false));
    let chosen = RwSignal::new(None::<Showtime>);
    let look = move || {
        let wanted = day.get_untracked();
        spawn_local(async move {
            let answer = hub::showtimes(&cinema.get_value(), &wanted).await;
            // Somebody has left, or named another day meanwhile.
            if day.try_get_untracked() != Some(wanted) {
                return;
            }
            failed.set(answer.is_err());
            match answer {
                Ok(showtimes) => found.set(Some(showtimes)),
                Err(trouble) if trouble.is_outside() => access.ask(),
                Err(_) => found.set(None),
            }
        });
    };
    look();
    let choose_day = move |wanted: String| {
        day.set(wanted);
        look();
    };
    let has_been_here = StoredValue::new(false);
    let title = say(|words| words.seat_history);
    let (close, back) = (say(|words| words.close), say(|words| words.other_showtimes));
    let shown = move || match chosen.get() {
        None => {
            let comes_back = has_been_here.get_value();
            view! { <Which day found failed comes_back on_day=choose_day on_choose=move |it| chosen.set(Some(it))/> }.into_any()
        }
        Some(showtime) => {
            has_been_here.set_value(true);
            view! { <OfShowtime access cinema=cinema.get_value() showtime/> }.into_any()
        }
    };
    view! {
        <Sheet title=title testid="seat-history-sheet" on_leave=on_leave>
            <div class="seat-history">
                <p class="quiet">{name}</p>
                {shown}
            </div>
            <div class="side-by-side">
                <TextButton words=close testid="close-seat-history" is_first=true on_touch=on_leave/>
                <Show when=move || chosen.with(Option::is_some)>
                    <TextButton words=back testid="seat-history-back" on_touch=move || chosen.set(None)/>
                </Show>
            </div>
        </Sheet>
    }
}

/// Which day, and which of its showtimes.
#[component]
fn Which(
    day: RwSignal<String>,
    found: RwSignal<Option<DayShowtimes>>,
    failed: RwSignal<bool>,
    /// Whether somebody was at a showtime and wants another.
    comes_back: bool,
    on_day: impl Fn(String) + Copy + 'static,
    on_choose: impl Fn(Showtime) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let language = spoken();
    let field = NodeRef::<Input>::new();
    if comes_back {
        focus_once(field);
    }
    let (label, wait) = (
        say(|words| words.seat_history_day),
        say(|words| words.loading),
    );
    let (none, unreachable) = (
        say(|words| words.seat_history_none),
        say(|words| words.unreachable),
    );
    let chosen = move |event| {
        let wanted = event_target_value(&event);
        // The field is empty while somebody types.
        if !wanted.is_empty() {
            on_day(wanted);
        }
    };
    let item = move |showtime: Showtime| {
        let testid = format!("seat-history-{}", showtime.id);
        let starts = clock_time(&showtime.starts_at).to_owned();
        let named = format!("{starts}, {}, {}", showtime.film, showtime.auditorium);
        let sold = showtime.clone();
        let sold = move || how_full(&sold, language.get().head_office());
        view! {
            <li>
                <button type="button" class="sheet-item" data-testid=testid on:click=move |_| on_choose(showtime.clone())>
                    <strong>{named}</strong><span class="quiet">{sold}</span>
                </button>
            </li>
        }
    };
    let list = move || {
        match found.get() {
        // What is there of the day before stays until the next comes.
        None if failed.get() => view! { <p class="form-problem" role="alert" data-testid="seat-history-problem">{unreachable}</p> }.into_any(),
        None => view! { <div class="skeleton" role="status" aria-label=wait><div class="bone"></div><div class="bone"></div></div> }.into_any(),
        Some(found) if found.showtimes.is_empty() => {
            view! { <p class="nothing" role="status" data-testid="seat-history-none">{none}</p> }.into_any()
        }
        Some(found) => {
            let items = found.showtimes.into_iter().map(item).collect_view();
            view! { <ul class="sheet-items">{items}</ul> }.into_any()
        }
    }
    };
    view! {
        <label class="sheet-field">{label}
            <input type="date" required node_ref=field data-testid="seat-history-day" prop:value=day on:change=chosen/>
        </label>
        {list}
    }
}

/// How much of a showtime is sold, or that it does not take place.
fn how_full(showtime: &Showtime, words: &Words) -> String {
    if showtime.cancelled {
        return words.showtime_cancelled.to_owned();
    }
    let (sold, seats) = (showtime.sold.to_string(), showtime.seats.to_string());
    let numbers = [("sold", sold.as_str()), ("seats", seats.as_str())];
    fill(words.seat_history_sold, &numbers)
}

/// What came of asking about a seat.
#[derive(Debug, Clone, PartialEq)]
enum Asked {
    /// Nobody has.
    Nothing,
    /// The hub is asked.
    Waiting,
    /// What became of it.
    Told(Box<SeatHistory>),
    /// There is no such seat.
    Unknown(String),
    /// There are several, of which this is one.
    Several(String, String),
    /// The hub keeps no seat of the showtime.
    NothingKept,
    /// It did not work.
    Failed(Trouble),
}

/// A showtime, the field for a seat of it, and what became of that one.
#[component]
fn OfShowtime(access: Access, cinema: CinemaId, showtime: Showtime) -> impl IntoView {
    let language = spoken();
    let (field, typed) = (NodeRef::<Input>::new(), RwSignal::new(String::new()));
    focus_once(field);
    let layout = RwSignal::new(None::<Layout>);
    let (asked, times) = (RwSignal::new(Asked::Nothing), StoredValue::new(0_u32));
    let of = StoredValue::new((cinema, showtime.id.clone()));
    spawn_local(async move {
        let (cinema, showtime) = of.get_value();
        // Of one that is long over, or not sold here, nothing is known but what is typed.
        if let Ok(found) = hub::showtime(&cinema, &showtime).await {
            layout.try_set(Some(found.layout));
        }
    });
    let look = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let words = typed.get_untracked().trim().to_owned();
        let seat = match layout.with_untracked(|layout| seat_typed(&words, layout.as_ref())) {
            Typed::Seat(seat) => seat,
            Typed::Several(one) => return asked.set(Asked::Several(words, one)),
            Typed::Nothing => return asked.set(Asked::Unknown(words)),
        };
        times.update_value(|times| *times += 1);
        let this_time = times.get_value();
        asked.set(Asked::Waiting);
        spawn_local(async move {
            let (cinema, showtime) = of.get_value();
            let answer = hub::seat_history(&cinema, &showtime, &seat).await;
            if times.try_get_value() != Some(this_time) {
                return;
            }
            asked.set(match answer {
                Ok(told) => Asked::Told(Box::new(told)),
                Err(trouble) if trouble.is_outside() => return access.ask(),
                Err(trouble) => match trouble.code() {
                    Some("unknown_seat") => Asked::Unknown(words),
                    Some("unknown_showtime" | "no_programme") => Asked::NothingKept,
                    Some(_) | None => Asked::Failed(trouble),
                },
            });
        });
    };
    let (label, button) = (
        say(|words| words.seat_history_seat),
        say(|words| words.seat_history_look),
    );
    let wait = say(|words| words.loading);
    let named = {
        let (starts, of) = (showtime.starts_at, (showtime.film, showtime.auditorium));
        move || {
            let starts = day_and_time(&starts, language.get());
            format!("{starts}, {}, {}", of.0, of.1)
        }
    };
    let problem = move || asked.with(|asked| problem(asked, language.get().head_office()));
    let seats = move || {
        let label = |layout: &Layout| -> Vec<String> {
            let places = layout.places.iter();
            places.filter_map(|it| layout.label(&it.seat)).collect()
        };
        let labels = layout.with(|layout| layout.as_ref().map(label));
        let option = |label: String| view! { <option value=label></option> };
        labels.into_iter().flatten().map(option).collect_view()
    };
    let told = move || {
        match asked.get() {
        Asked::Told(told) => view! { <Story told=*told layout/> }.into_any(),
        Asked::Waiting => view! { <div class="skeleton" role="status" aria-label=wait><div class="bone short"></div><div class="bone"></div><div class="bone"></div></div> }.into_any(),
        Asked::Nothing | Asked::Unknown(_) | Asked::Several(..) | Asked::NothingKept | Asked::Failed(_) => ().into_any(),
    }
    };
    view! {
        <p><strong>{named}</strong></p>
        <form class="seat-look" on:submit=look>
            <label class="sheet-field">{label}
                <input type="text" node_ref=field required maxlength="64" autocomplete="off" autocapitalize="characters" spellcheck="false" list="seats-of-the-room"
                    aria-describedby="seat-history-problem" data-testid="seat-history-seat" prop:value=typed on:input=move |event| typed.set(event_target_value(&event))/>
            </label>
            <datalist id="seats-of-the-room">{seats}</datalist>
            <button type="submit" class="button next" data-testid="look-up-seat">{button}</button>
            <p class="form-problem" id="seat-history-problem" role="alert" data-testid="seat-history-problem">{problem}</p>
        </form>
        {told}
    }
}

/// Why nothing is told, and the way on.
fn problem(asked: &Asked, words: &Words) -> Option<String> {
    Some(match asked {
        Asked::Nothing | Asked::Waiting | Asked::Told(_) => return None,
        Asked::Unknown(typed) => fill(words.seat_unknown, &[("seat", typed)]),
        Asked::Several(typed, one) => fill(words.seat_in_blocks, &[("seat", typed), ("one", one)]),
        Asked::NothingKept => words.seat_nothing_kept.to_owned(),
        Asked::Failed(Trouble::Unreachable) => words.unreachable.to_owned(),
        Asked::Failed(Trouble::Refused(problem)) => {
            fill(words.did_not_work, &[("request", &problem.request_id)])
        }
    })
}
