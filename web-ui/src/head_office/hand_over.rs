//! Seats that the hub still sells of a cinema whose line is down, handed over by a code: which showtime, how many, and then the code, for
//! whoever carries it there on a phone.

use box_office::CinemaId;
use hub_api::{HandOver, HandOverCode, HandOverOrder, HandOverShowtime, HandOvers, LinkState};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::access::Access;
use super::words::say;
use crate::client::{Trouble, hub};
use crate::format::{clock_time, day_of, day_short};
use crate::parts::{Sheet, TextButton};
use crate::words::{counted, fill, spoken};

/// So many characters stand together where a code is read aloud or typed.
const TOGETHER: usize = 5;

/// The way to it, while a cinema is not heard.
#[component]
pub(super) fn HandSeatsOver(
    access: Access,
    cinema: CinemaId,
    link: Memo<Option<LinkState>>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let is_cut = move || match link.get() {
        Some(LinkState::Down | LinkState::Refused | LinkState::UpdateNeeded) => true,
        Some(LinkState::Up | LinkState::NotEnrolled) | None => false,
    };
    let words = say(|words| words.hand_over);
    let cinema = StoredValue::new(cinema);
    view! {
        <Show when=move || is_cut() || is_open.get()>
            <TextButton words=words testid="hand-over" on_touch=move || is_open.set(true)/>
        </Show>
        <Show when=move || is_open.get()>
            <Steps access cinema=cinema.get_value() on_leave=move || is_open.set(false)/>
        </Show>
    }
}

/// Where somebody is on the way to a code.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// Which showtime.
    Which(Option<HandOvers>),
    /// How many of its seats.
    HowMany(HandOverShowtime),
    /// The codes, and how many seats were given for them.
    Codes(HandOverShowtime, HandOver),
}

#[component]
fn Steps(
    access: Access,
    cinema: CinemaId,
    on_leave: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let cinema = StoredValue::new(cinema);
    let (step, failed) = (RwSignal::new(Step::Which(None)), RwSignal::new(false));
    let is_busy = RwSignal::new(false);
    let goes_on = move |answer: Result<Step, Trouble>| {
        is_busy.set(false);
        match answer {
            Ok(next) => step.set(next),
            Err(trouble) if trouble.is_outside() => access.ask(),
            Err(_) => failed.set(true),
        }
    };
    let begins = move || {
        failed.set(false);
        is_busy.set(true);
    };
    let look = move || {
        begins();
        step.set(Step::Which(None));
        spawn_local(async move {
            let all = hub::hand_overs(&cinema.get_value()).await;
            goes_on(all.map(|all| Step::Which(Some(all))));
        });
    };
    look();
    // So many seats, or none more: the codes of what is on its way.
    let give = move |showtime: HandOverShowtime, more: Option<u32>| {
        begins();
        spawn_local(async move {
            let cinema = cinema.get_value();
            let given = match more {
                None => hub::hand_over_codes(&cinema, &showtime.showtime).await,
                Some(_) => {
                    let order = HandOverOrder {
                        count: more,
                        seats: Vec::new(),
                    };
                    hub::hand_over(&cinema, &showtime.showtime, &order).await
                }
            };
            goes_on(given.map(|given| Step::Codes(showtime, given)));
        });
    };
    let title = say(|words| words.hand_over_title);
    let (failure, close) = (
        say(|words| words.hand_over_failed),
        say(|words| words.close),
    );
    let shown = move || match step.get() {
        Step::Which(all) => {
            view! { <Which all on_choose=move |it| step.set(Step::HowMany(it))/> }.into_any()
        }
        Step::HowMany(showtime) => {
            view! { <HowMany showtime is_busy on_back=look on_give=give/> }.into_any()
        }
        Step::Codes(showtime, given) => view! { <Codes showtime given/> }.into_any(),
    };
    view! {
        <Sheet title=title testid="hand-over-sheet" on_leave=on_leave>
            {shown}
            <p class="form-problem" role="alert" data-testid="hand-over-problem">{move || failed.get().then(failure)}</p>
            <TextButton words=close testid="close-hand-over" is_first=true on_touch=on_leave/>
        </Sheet>
    }
}

/// The showtimes of which there is something to hand over.
#[component]
fn Which(
    all: Option<HandOvers>,
    on_choose: impl Fn(HandOverShowtime) + Copy + 'static,
) -> impl IntoView {
    let language = spoken();
    let (wait, none) = (
        say(|words| words.loading),
        say(|words| words.hand_over_none),
    );
    let Some(all) = all else {
        return view! { <p class="quiet" role="status">{wait}</p> }.into_any();
    };
    if all.showtimes.is_empty() {
        return view! { <p class="nothing" data-testid="hand-over-none">{none}</p> }.into_any();
    }
    let item = move |showtime: HandOverShowtime| {
        let testid = format!("hand-over-{}", showtime.showtime);
        let (named, seats) = (named(showtime.clone()), StoredValue::new(showtime.clone()));
        let seats = move || seats.with_value(|it| in_numbers(it, language.get()));
        view! {
            <li>
                <button type="button" class="sheet-item" data-testid=testid on:click=move |_| on_choose(showtime.clone())>
                    <strong>{named}</strong><span class="quiet">{seats}</span>
                </button>
            </li>
        }
    };
    let items = all.showtimes.into_iter().map(item).collect_view();
    view! { <ul class="sheet-items">{items}</ul> }.into_any()
}

/// What will happen, in numbers, before it does.
#[component]
fn HowMany(
    showtime: HandOverShowtime,
    is_busy: RwSignal<bool>,
    on_back: impl Fn() + Copy + 'static,
    on_give: impl Fn(HandOverShowtime, Option<u32>) + Copy + 'static,
) -> impl IntoView {
    let language = spoken();
    let HandOverShowtime {
        free, on_their_way, ..
    } = showtime;
    let named = named(showtime.clone());
    let count = RwSignal::new(0);
    let typed = move |event| {
        let count_typed = event_target_value(&event).parse::<u32>();
        count.set(count_typed.unwrap_or(0).min(free));
    };
    let warning = move || {
        counted(
            language.get(),
            language.get().head_office().hand_over_warning,
            count.get().into(),
        )
    };
    let give = move || {
        counted(
            language.get(),
            language.get().head_office().hand_over_give,
            count.get().into(),
        )
    };
    let (how_many, again) = (
        say(|words| words.hand_over_count),
        say(|words| words.hand_over_again),
    );
    let back = say(|words| words.other_showtimes);
    let (once, other) = (
        StoredValue::new(showtime.clone()),
        StoredValue::new(showtime),
    );
    view! {
        <p><strong>{named}</strong></p>
        {(free > 0).then(|| view! {
            <label class="sheet-field hand-over-count">{how_many}
                <input type="number" inputmode="numeric" min="1" max=free.to_string() data-testid="hand-over-count" on:input=typed/>
            </label>
            <p class="quiet" data-testid="hand-over-warning">{move || (count.get() > 0).then(warning)}</p>
        })}
        <div class="hand-over-ways">
            {(free > 0).then(|| view! {
                <TextButton class="next" words=Signal::derive(give) testid="give-seats" disabled=Signal::derive(move || is_busy.get() || count.get() == 0)
                    on_touch=move || on_give(once.get_value(), Some(count.get_untracked()))/>
            })}
            {(on_their_way > 0).then(|| view! {
                <TextButton words=again testid="show-codes" disabled=is_busy on_touch=move || on_give(other.get_value(), None)/>
            })}
            <TextButton words=back testid="hand-over-back" on_touch=on_back/>
        </div>
    }
}

/// The codes for what is on its way.
#[component]
fn Codes(showtime: HandOverShowtime, given: HandOver) -> impl IntoView {
    let language = spoken();
    let named = named(showtime);
    let HandOver { given, codes, .. } = given;
    let said = (given > 0).then(|| {
        let said = move || {
            counted(
                language.get(),
                language.get().head_office().hand_over_given,
                given.into(),
            )
        };
        view! { <p role="status" data-testid="handed-over">{said}</p> }
    });
    let how = say(|words| words.hand_over_how);
    let has_it_all = say(|words| words.hand_over_arrived);
    let all = codes.len();
    let shown = move |(nth, code): (usize, HandOverCode)| {
        let seats = code.seats;
        let words = move || {
            let language = language.get();
            let text = counted(
                language,
                language.head_office().hand_over_code,
                seats.into(),
            );
            fill(
                &text,
                &[("nth", &nth.to_string()), ("all", &all.to_string())],
            )
        };
        let picture = format!("/api/v1/head-office/hand-over-code.svg?text={}", code.text);
        view! {
            <figure class="hand-over-code" data-testid="hand-over-code">
                <figcaption>{words}</figcaption>
                <img src=picture alt=words/>
                <code data-testid="hand-over-text">{apart(&code.text)}</code>
            </figure>
        }
    };
    let shown = (1..).zip(codes).map(shown).collect_view();
    view! {
        <p><strong>{named}</strong></p>
        {said}
        <p class="quiet">{if all == 0 { has_it_all() } else { how() }}</p>
        {shown}
    }
}

/// `Sat 28 Nov, 20:15, Metropolis, Screen 1`
fn named(showtime: HandOverShowtime) -> impl Fn() -> String + Send + Sync + 'static {
    let language = spoken();
    move || {
        let HandOverShowtime {
            film,
            auditorium,
            starts_at,
            ..
        } = &showtime;
        let (day, time) = (day_of(starts_at), clock_time(starts_at));
        format!(
            "{}, {time}, {film}, {auditorium}",
            day_short(day, language.get())
        )
    }
}

fn in_numbers(showtime: &HandOverShowtime, language: crate::words::Language) -> String {
    let words = language.head_office();
    let free = counted(language, words.hand_over_free, showtime.free.into());
    match showtime.on_their_way {
        0 => free,
        some => format!(
            "{free}, {}",
            counted(language, words.hand_over_on_their_way, some.into())
        ),
    }
}

/// In groups, as one reads it aloud. Whoever reads it back minds no space.
fn apart(code: &str) -> String {
    let characters: Vec<char> = code.chars().collect();
    let groups = characters
        .chunks(TOGETHER)
        .map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn a_code_is_read_in_groups() {
        assert_eq!(apart("FOYERH1:ABCDE"), "FOYER H1:AB CDE");
        assert_eq!(apart(""), "");
    }
}
