//! Head office, for whoever is signed in: what is wrong first, then every cinema with its link and its day, live.

mod access;
mod appearance;
mod cinema_card;
mod figures;
mod hand_over;
mod lists;
mod mails;
mod next;
mod occupancy;
mod printer;
mod seat_history;
mod sessions;
mod sign_in;
mod source;
mod staff_calls;
mod undelivered;
mod words;

use box_office::CinemaId;
use hub_api::{Cinema, HeadOffice as HeadOfficeView, LinkState};
use leptos::prelude::*;

use crate::format::{clock_time, moment};
use crate::icons::{self, Icon};
use crate::words::{Language, fill, spoken};
use access::{Access, Standing};
use appearance::{Appearance, AppearanceButton};
use cinema_card::{CinemaCard, attention};
use figures::Figures;
use lists::{Cases, RefusedContacts};
use mails::Mails;
use sessions::WhoIsHere;
use sign_in::{ChoosePassword, SignIn};
use source::Source;
use words::{say, when};

/// The whole screen.
#[component]
pub fn HeadOffice() -> impl IntoView {
    let language = RwSignal::new(language_of_the_browser());
    provide_context(language);
    Effect::new(move |_| {
        if let Some(page) = document().document_element() {
            // Only fails for a name that is none.
            let _ = page.set_attribute("lang", language.get().short());
        }
        document().set_title(language.get().head_office().title);
    });
    let appearance = Appearance::start();
    provide_context(appearance);
    let access = Access::start();
    let wait = say(|words| words.loading);
    move || match access.0.get() {
        Standing::Asking => {
            view! { <main class="office-door"><p class="quiet" role="status">{wait}</p></main> }
                .into_any()
        }
        Standing::Outside { nobody_yet } => {
            view! { <main class="office-door"><SignIn access nobody_yet/></main> }.into_any()
        }
        Standing::Choosing { link } => {
            view! { <main class="office-door"><ChoosePassword access link/></main> }.into_any()
        }
        Standing::Inside { operator } => view! { <Office access operator/> }.into_any(),
    }
}

/// What is seen inside.
#[component]
fn Office(access: Access, operator: String) -> impl IntoView {
    let source = Source::start(access);
    let shows_mails = mails::are_shown();
    let title = say(|words| words.title);
    let (live, not_live) = (say(|words| words.live), say(|words| words.not_live));
    let now = move || {
        let now = source.view.with(|view| view.as_ref().and_then(one_now));
        now.map(|now| clock_time(&now).to_owned())
    };
    let link = move || {
        let (class, icon, words) = if source.is_live.get() {
            ("good", icons::WIFI, live())
        } else {
            ("warn", icons::WIFI_OFF, not_live())
        };
        view! { <span class=format!("live {class}") role="status" data-testid="live"><Icon of=icon/>{words}</span> }
    };
    let language = spoken();
    let silent = move || {
        let drawn = source.view_before_silence()?;
        let time = match one_now(&drawn) {
            Some(now) => when(&now, language.get()),
            None => moment(&drawn.now, language.get()),
        };
        let silent = fill(language.get().head_office().silent, &[("time", &time)]);
        Some(view! { <p class="attention" role="alert" data-testid="silent">{silent}</p> })
    };
    let broker = move || {
        source.view.with(|view| {
            let broker = view.as_ref()?.broker.as_ref()?;
            let language = language.get();
            let why = attention(Some(broker.trouble), Some(&broker.words), language)?;
            let told = fill(language.head_office().broker, &[("why", &why)]);
            Some(view! { <p class="attention" role="alert" data-testid="broker">{told}</p> })
        })
    };
    let ways = move || match shows_mails.get() {
        true => {
            view! { <a class="button" href="#" data-testid="to-the-cinemas">{say(|words| words.cinemas)}</a> }
        }
        false => {
            view! { <a class="button" href=mails::ADDRESS data-testid="to-the-mails">{say(|words| words.mails)}</a> }
        }
    };
    view! {
        <header class="office-head">
            <h1>{title}</h1>
            {link}
            <nav class="office-ways">{ways}</nav>
            <AppearanceButton/>
            <WhoIsHere access operator/>
            <span class="clock" data-testid="now">{now}</span>
        </header>
        <main class="office-body" data-testid="head-office">
            {silent}
            {broker}
            {move || match shows_mails.get() {
                true => view! { <Mails access source/> }.into_any(),
                false => view! { <Day access source/> }.into_any(),
            }}
        </main>
    }
}

/// How the day goes at every cinema.
#[component]
fn Day(access: Access, source: Source) -> impl IntoView {
    view! {
        <Figures source/>
        <div class="office-columns">
            <Cinemas access source/>
            <aside class="office-side">
                <Cases source/>
                <RefusedContacts source/>
            </aside>
        </div>
    }
}

/// The cinemas, those that wait for a person first, otherwise by name; a card stays while its figures move.
#[component]
fn Cinemas(access: Access, source: Source) -> impl IntoView {
    let ids = Memo::new(move |_| {
        source
            .view
            .with(|view| view.as_ref().map(|view| what_waits_first(&view.cinemas)))
    });
    let (title, none, wait) = (
        say(|words| words.cinemas),
        say(|words| words.none),
        say(|words| words.loading),
    );
    let cards = move || {
        match ids.get() {
        None => view! { <div class="cinema-card skeleton" role="status" aria-label=wait><div class="bone"></div><div class="bone short"></div></div> }.into_any(),
        Some(ids) if ids.is_empty() => view! { <p class="nothing">{none}</p> }.into_any(),
        Some(ids) => ids.into_iter().map(|id| view! { <CinemaCard access source id/> }).collect_view().into_any(),
    }
    };
    view! {
        <section class="cinemas" aria-label=title>{cards}</section>
    }
}

/// Cinemas at which somebody calls the staff, then those that are not heard as they should be or print nothing, then all others.
fn what_waits_first(cinemas: &[Cinema]) -> Vec<CinemaId> {
    let mut cinemas: Vec<&Cinema> = cinemas.iter().collect();
    cinemas.sort_by_key(|cinema| {
        let is_heard = match cinema.link.state {
            LinkState::Up | LinkState::NotEnrolled => cinema.link.trouble.is_none(),
            LinkState::Down | LinkState::Refused | LinkState::UpdateNeeded => false,
        };
        let is_well = is_heard && cinema.printer.is_none();
        (cinema.staff_calls.is_empty(), is_well)
    });
    cinemas.iter().map(|cinema| cinema.id.clone()).collect()
}

/// The time on the wall, where it is the same in every cinema.
fn one_now(view: &HeadOfficeView) -> Option<String> {
    let mut clocks = view.cinemas.iter().map(|cinema| &cinema.now);
    let first = clocks.next()?;
    clocks.all(|now| now == first).then(|| first.clone())
}

fn language_of_the_browser() -> Language {
    window()
        .navigator()
        .language()
        .and_then(|tag| Language::of_tag(&tag))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use box_office::PrinterTrouble;
    use hub_api::{Cinema, StoppedPrinter};
    use serde_json::{Value, json};

    use super::what_waits_first;

    fn cinema(id: &str, state: &str, calls: &Value) -> Cinema {
        let now = "2026-11-23T19:00:00+01:00";
        let none = json!({ "sales": 0, "tickets": 0 });
        let cinema = json!({
            "id": id, "name": id, "now": now, "staff_calls": calls, "ahead": [],
            "link": { "state": state, "received": 0, "written": 0, "acknowledged": 0 },
            "today": { "day": "2026-11-23", "sold": none, "online": none, "showtimes": [] },
        });
        serde_json::from_value(cinema).unwrap()
    }

    #[test]
    fn what_waits_for_a_person_stands_first() {
        let call = json!([{ "device": "k1", "name": "Kiosk 1", "since": "19:00", "called_at": "19:00", "times": 1 }]);
        let none = json!([]);
        let no_paper = StoppedPrinter {
            trouble: PrinterTrouble::PaperOut,
            since: "2026-11-23T19:00:00+01:00".to_owned(),
        };
        let cinemas = [
            cinema("astor", "up", &none),
            cinema("bali", "down", &none),
            cinema("city", "not_enrolled", &none),
            cinema("delphi", "up", &call),
            cinema("elite", "refused", &none),
            Cinema {
                printer: Some(no_paper),
                ..cinema("filmeck", "up", &none)
            },
        ];
        let order: Vec<String> = what_waits_first(&cinemas)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            order,
            ["delphi", "bali", "elite", "filmeck", "astor", "city"]
        );
    }
}
