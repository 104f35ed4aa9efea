//! The chosen seats with their ticket kinds, the total, how long they are kept, and the one next step.

use std::sync::Arc;

use box_office::SeatKind;
use counter_api::{Hold, Line, ShowtimeWithLayout};
use leptos::prelude::*;

use super::companion::touch_seats;
use super::left_alone;
use super::{Buying, Sheet};

use super::words::say;
use crate::format::{Countdown, money};
use crate::icons::{self, Icon};
use crate::parts::{LongList, TextButton};
use crate::seat_map::kind_name;
use crate::words::{fill, seat_name};

/// The basket.
#[component]
pub fn Basket(
    /// The showtime.
    showtime: Arc<ShowtimeWithLayout>,
    /// Goes on to pay.
    on_pay: Callback<()>,
) -> impl IntoView {
    let buying = Buying::here();
    let order = buying.order;
    let hold = Memo::new(move |_| order.hold());
    let showtime = StoredValue::new(showtime);
    let empty = say(|words| words.basket_empty);
    let has_seats = Memo::new(move |_| hold.with(Option::is_some));
    let more = Signal::derive(say(|words| words.more_tickets));
    let lines = move || match has_seats.get() {
        false => view! { <p class="basket-empty">{empty}</p> }.into_any(),
        true => view! {
            <LongList class="lines" part="ticket-line" more>
                <ul>{move || hold.get().map(|hold| lines_of(&hold, showtime))}</ul>
            </LongList>
        }
        .into_any(),
    };
    let heading = say(|words| words.your_seats);
    view! {
        <section class="basket" aria-label=heading data-testid="basket">
            {lines}
            <div class="basket-end">
                <NoticeBox/>
                <Footer hold on_pay/>
            </div>
        </section>
    }
}

fn lines_of(hold: &Hold, showtime: StoredValue<Arc<ShowtimeWithLayout>>) -> impl IntoView + use<> {
    hold.basket
        .lines
        .clone()
        .into_iter()
        .map(|line| view! { <TicketLine line showtime/> })
        .collect_view()
}

/// What is to be told. A screen reader hears it of the announcer.
#[component]
pub fn NoticeBox() -> impl IntoView {
    let buying = Buying::here();
    let notice = buying.order.notice;
    let class = move || match notice
        .with(|notice| notice.as_ref().is_some_and(|notice| !notice.is_calm()))
    {
        false => "notice",
        true => "notice bad",
    };
    view! {
        <div class=class data-testid="notice">
            {move || buying.notice_text().map(|text| view! { <Icon of=icons::INFO/><p>{text}</p> })}
        </div>
    }
}

/// A seat with its ticket kind and price; a touch on the kind shows the others.
#[component]
fn TicketLine(line: Line, showtime: StoredValue<Arc<ShowtimeWithLayout>>) -> impl IntoView {
    let buying = Buying::here();
    let named = line.clone();
    let seat_words = move || {
        let words = buying.language.get().buying();
        showtime.with_value(|showtime| {
            let layout = &showtime.layout;
            let place = layout.places.iter().find(|place| place.seat == named.seat);
            place.map(|place| {
                let block = layout.block_name(place);
                let name = seat_name(words, block, &place.row, &place.number);
                match place.kind {
                    SeatKind::Standard | SeatKind::Premium => name,
                    SeatKind::LoveSeat | SeatKind::Wheelchair | SeatKind::Companion => {
                        format!("{name}, {}", kind_name(words, place.kind))
                    }
                }
            })
        })
    };
    let kind_id = line.ticket_kind.clone();
    let kind_words = move || {
        showtime.with_value(|showtime| {
            let kind = showtime
                .ticket_kinds
                .iter()
                .find(|kind| kind.id == kind_id)?;
            buying.language.get().pick(&kind.names).map(str::to_owned)
        })
    };
    let price = move || money(line.price, buying.language.get());
    let remove = say(|words| words.remove_seat);
    let (of_sheet, removed, testid) = (line.seat.clone(), line.seat.clone(), line.seat.clone());
    let remove_label = {
        let seat_words = seat_words.clone();
        move || format!("{}: {}", remove(), seat_words().unwrap_or_default())
    };
    let take_out = move |_| {
        let seats = showtime.with_value(|showtime| {
            let room = crate::seat_map::Room::of(&showtime.layout, showtime.curve);
            room.place(&removed)
                .map(|place| room.together(place))
                .unwrap_or_default()
        });
        touch_seats(buying, &seats);
    };
    view! {
        <li class="ticket-line" data-testid=format!("line-{testid}")>
            <strong class="line-seat">{seat_words}</strong>
            <button type="button" class="line-kind" id=format!("kind-{testid}") data-testid=format!("kind-{testid}")
                on:click=move |_| buying.sheet.set(Some(Sheet::Kinds(of_sheet.clone())))>
                <span>{kind_words}</span><Icon of=icons::CHEVRON_RIGHT/>
            </button>
            <span class="line-price">{price}</span>
            <button type="button" class="line-remove" id=format!("remove-{testid}") aria-label=remove_label data-testid=format!("remove-{testid}") on:click=take_out>
                <Icon of=icons::CLOSE/>
            </button>
        </li>
    }
}

/// Total, countdown and the way on.
#[component]
fn Footer(hold: Memo<Option<Hold>>, on_pay: Callback<()>) -> impl IntoView {
    let buying = Buying::here();
    let order = buying.order;
    let total_words = say(|words| words.total);
    let total = move || {
        hold.with(|hold| {
            hold.as_ref().map_or_else(
                || "–".to_owned(),
                |hold| money(hold.basket.total, buying.language.get()),
            )
        })
    };
    let pay_words = Signal::derive(move || {
        let words = buying.language.get().buying();
        hold.with(|hold| match hold {
            None => words.choose_seats.to_owned(),
            Some(hold) => {
                let language = buying.language.get();
                let words = match hold.basket.total.minor {
                    0 => words.pay_amount,
                    _ => (buying.voice.to_pay)(language),
                };
                fill(words, &[("amount", &money(hold.basket.total, language))])
            }
        })
    });
    let cannot_pay = Signal::derive(move || {
        hold.with(Option::is_none)
            || order.is_starting_to_pay.get()
            || order
                .wishes
                .with(|wishes| wishes.waits() || wishes.is_put_off())
    });
    view! {
        <div class="basket-foot">
            <div class="total">
                <span class="quiet">{total_words}</span>
                <strong data-testid="total">{total}</strong>
            </div>
            <HoldCountdown/>
            <TextButton class="next pay" icon=icons::CREDIT_CARD words=pay_words testid="pay" disabled=cannot_pay on_touch=move || left_alone::go_on(buying, on_pay)/>
        </div>
    }
}

/// How long the seats are kept; and more time, where nothing else on the screen offers it.
#[component]
pub fn HoldCountdown() -> impl IntoView {
    let buying = Buying::here();
    let left = Memo::new(move |_| {
        buying
            .hold_left()
            .map(|left| (Countdown(left).to_string(), buying.is_last_minute()))
    });
    let kept = say(|words| words.kept_for);
    let class = move || {
        if left.get().is_some_and(|(_, is_last)| is_last) {
            "countdown last-minute"
        } else {
            "countdown"
        }
    };
    view! {
        <div class=class data-testid="countdown">
            {move || left.get().map(|(text, _)| view! {
                <span class="quiet">{kept}</span>
                <time role="timer">{text}</time>
            })}
            {buying.voice.more_time.map(|more_time| more_time())}
        </div>
    }
}
