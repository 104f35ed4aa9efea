//! A cinema: its link in words, where the two streams stand, and its day.

use box_office::{CinemaId, LinkTrouble, Money};
use hub_api::{Cinema, DayAhead, LinkState};
use leptos::prelude::*;

use super::access::Access;
use super::hand_over::HandSeatsOver;
use super::next::Day;
use super::occupancy::Occupancy;
use super::printer::Printer;
use super::seat_history::SeatHistories;
use super::source::Source;
use super::staff_calls::StaffCalls;
use super::words::{Words, say};
use crate::format::{clock_time, day_of, day_short, money};
use crate::icons::{self, Icon};
use crate::words::{Language, counted, fill, spoken};

/// A cinema.
#[component]
pub(super) fn CinemaCard(access: Access, source: Source, id: CinemaId) -> impl IntoView {
    let language = spoken();
    let testid = format!("cinema-{id}");
    let (to_hand_over, asked_about) = (id.clone(), id.clone());
    let cinema = Memo::new(move |_| source.cinema(&id));
    let stands = Memo::new(move |_| cinema.with(|cinema| Some(cinema.as_ref()?.link.state)));
    let name = move || cinema.with(|cinema| cinema.as_ref().map(|cinema| cinema.name.clone()));
    let link = move || {
        cinema.with(|cinema| {
            cinema.as_ref().map(|cinema| {
                let words = language.get().head_office();
                // What nobody has confirmed lately is not said to be so.
                let (class, icon, words) = match source.is_live.get() {
                    true => link_state(cinema.link.state, words),
                    false => ("quiet", icons::WIFI_OFF, words.link_unknown),
                };
                view! { <span class=format!("link-state {class}") data-testid="link-state" data-state=class><Icon of=icon/>{words}</span> }
            })
        })
    };
    let attention = move || {
        cinema.with(|cinema| {
            let link = &cinema.as_ref()?.link;
            attention(link.trouble, link.attention.as_deref(), language.get())
        })
    };
    let facts = move || {
        cinema.with(|cinema| {
            cinema
                .as_ref()
                .map(|cinema| facts(cinema, language.get()))
                .unwrap_or_default()
        })
    };
    let day = Memo::new(move |_| {
        cinema.with(|cinema| {
            cinema
                .as_ref()
                .map(|cinema| Day::at(&cinema.now, &cinema.today.showtimes))
                .unwrap_or_default()
        })
    });
    let calls = Memo::new(move |_| {
        cinema.with(|cinema| {
            cinema
                .as_ref()
                .map(|cinema| cinema.staff_calls.clone())
                .unwrap_or_default()
        })
    });
    let (printer, now) = (
        Memo::new(move |_| cinema.with(|cinema| cinema.as_ref()?.printer.clone())),
        Memo::new(move |_| {
            cinema.with(|cinema| cinema.as_ref().map(|cinema| day_of(&cinema.now).to_owned()))
        }),
    );
    let ahead = Memo::new(move |_| {
        cinema.with(|cinema| {
            cinema
                .as_ref()
                .map(|cinema| cinema.ahead.clone())
                .unwrap_or_default()
        })
    });
    let clock = move || {
        cinema.with(|cinema| {
            let now = &cinema.as_ref()?.now;
            Some(format!(
                "{} {}",
                day_short(day_of(now), language.get()),
                clock_time(now)
            ))
        })
    };
    view! {
        <article class="cinema-card" data-testid=testid>
            <div class="cinema-head"><h2>{name}</h2><span class="quiet" data-testid="cinema-clock">{clock}</span>{link}</div>
            <p class="attention" data-testid="attention">{attention}</p>
            <div class="card-ways">
                <HandSeatsOver access cinema=to_hand_over link=stands/>
                <SeatHistories access source cinema=asked_about/>
            </div>
            <StaffCalls calls/>
            <Printer printer today=now/>
            <dl class="facts-list">
                {move || facts().into_iter().map(|(name, value, testid)| view! { <div><dt>{name}</dt><dd data-testid=testid>{value}</dd></div> }).collect_view()}
            </dl>
            <Occupancy day/>
            <Ahead ahead/>
        </article>
    }
}

/// What is sold for the days to come.
#[component]
fn Ahead(ahead: Memo<Vec<DayAhead>>) -> impl IntoView {
    let language = spoken();
    let (title, none) = (say(|words| words.ahead), say(|words| words.none_ahead));
    let days = move || {
        let language = language.get();
        let item = |day: DayAhead| {
            let tickets = counted(language, language.head_office().tickets_ahead, day.tickets);
            let of = counted(
                language,
                language.head_office().showtimes_ahead,
                day.showtimes,
            );
            let testid = format!("ahead-{}", day.day);
            view! { <li data-testid=testid><strong>{day_short(&day.day, language)}</strong><span>{tickets}</span><span class="quiet">{of}</span></li> }
        };
        ahead.get().into_iter().map(item).collect_view()
    };
    view! {
        <section class="ahead" data-testid="ahead">
            <h3>{title}</h3>
            <ul>{days}</ul>
            <Show when=move || ahead.with(Vec::is_empty)><p class="quiet">{none}</p></Show>
        </section>
    }
}

/// What a person must see to, in their language. What was heard of it is English: the log has it for all others.
pub(super) fn attention(
    trouble: Option<LinkTrouble>,
    heard: Option<&str>,
    language: Language,
) -> Option<String> {
    let words = language.head_office();
    let told = match (trouble, heard) {
        (None, None) => return None,
        (Some(trouble), _) => words.trouble(trouble.code()).unwrap_or(words.not_kept),
        (None, Some(_)) => words.not_kept,
    };
    Some(match heard {
        Some(heard) if language == Language::English => format!("{told} ({heard})"),
        Some(_) | None => told.to_owned(),
    })
}

/// Name, value and name for tests.
fn facts(cinema: &Cinema, language: Language) -> Vec<(&'static str, String, &'static str)> {
    let words = language.head_office();
    let (link, sold, online) = (&cinema.link, &cinema.today.sold, &cinema.today.online);
    let taken =
        |total: Option<Money>| total.map_or_else(|| "–".to_owned(), |total| money(total, language));
    let tickets = counted(language, words.tickets_ahead, online.tickets);
    let of_them = format!("{tickets} · {}", taken(online.total));
    let sent = fill(
        words.acknowledged,
        &[
            ("acknowledged", &link.acknowledged.to_string()),
            ("written", &link.written.to_string()),
        ],
    );
    let contact = link.last_contact.as_ref().map_or_else(
        || words.never.to_owned(),
        |at| format!("{} {}", day_short(day_of(at), language), clock_time(at)),
    );
    let if_cut = cinema.if_cut.map(|seats| {
        let name = match link.state {
            LinkState::Down => words.while_cut,
            LinkState::Up
            | LinkState::NotEnrolled
            | LinkState::Refused
            | LinkState::UpdateNeeded => words.if_cut,
        };
        let gaps = [
            ("lobby", &*seats.lobby.to_string()),
            ("online", &*seats.online.to_string()),
        ];
        (name, fill(words.if_cut_seats, &gaps), "if-cut")
    });
    let mut facts = vec![
        (words.sales, sold.sales.to_string(), "sales"),
        (words.tickets, sold.tickets.to_string(), "tickets"),
        (words.takings, taken(sold.total), "takings"),
        (words.online, of_them, "online"),
        (words.last_contact, contact, "last-contact"),
        (words.received, link.received.to_string(), "received"),
        (words.sent, sent, "sent"),
        (
            words.program,
            link.program.clone().unwrap_or_else(|| "–".to_owned()),
            "program",
        ),
    ];
    facts.extend(if_cut);
    facts
}

fn link_state(state: LinkState, words: &Words) -> (&'static str, &'static str, &'static str) {
    match state {
        LinkState::Up => ("good", icons::WIFI, words.link_up),
        LinkState::Down => ("warn", icons::WIFI_OFF, words.link_down),
        LinkState::NotEnrolled => ("quiet", icons::LOCK, words.link_not_enrolled),
        LinkState::Refused => ("bad", icons::TRIANGLE_ALERT, words.link_refused),
        LinkState::UpdateNeeded => ("bad", icons::REFRESH_CW, words.link_update),
    }
}
