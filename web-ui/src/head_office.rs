//! Head office, for whoever is signed in: what is wrong first, then every cinema with its link and its day, live.

mod access;
mod cinema_card;
mod figures;
mod lists;
mod occupancy;
mod sessions;
mod sign_in;
mod source;

use leptos::prelude::*;

use crate::format::clock_time;
use crate::icons::{self, Icon};
use crate::words::{Language, say, spoken};
use access::{Access, Standing};
use cinema_card::{CinemaCard, attention};
use figures::Figures;
use lists::{Cases, RefusedContacts};
use sessions::WhoIsHere;
use sign_in::{ChoosePassword, SignIn};
use source::Source;

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
    });
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
    let title = say(|words| words.ho_title);
    let (live, not_live) = (say(|words| words.ho_live), say(|words| words.ho_not_live));
    let now = move || {
        source
            .view
            .with(|view| view.as_ref().map(|view| clock_time(&view.now).to_owned()))
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
    let broker = move || {
        source.view.with(|view| {
            let broker = view.as_ref()?.broker.as_ref()?;
            let words = language.get().words();
            let why = attention(Some(broker.trouble), Some(&broker.words), words)?;
            Some(view! { <p class="attention" role="alert" data-testid="broker">{words.ho_broker}": "{why}</p> })
        })
    };
    view! {
        <header class="office-head">
            <h1>{title}</h1>
            {link}
            <WhoIsHere access operator/>
            <span class="clock" data-testid="now">{now}</span>
        </header>
        <main class="office-body" data-testid="head-office">
            {broker}
            <Figures source/>
            <div class="office-columns">
                <Cinemas source/>
                <aside class="office-side">
                    <Cases source/>
                    <RefusedContacts source/>
                </aside>
            </div>
        </main>
    }
}

/// The cinemas, by name; a card stays while its figures move.
#[component]
fn Cinemas(source: Source) -> impl IntoView {
    let ids = Memo::new(move |_| {
        source.view.with(|view| {
            view.as_ref().map(|view| {
                view.cinemas
                    .iter()
                    .map(|cinema| cinema.id.clone())
                    .collect::<Vec<_>>()
            })
        })
    });
    let (title, none, wait) = (
        say(|words| words.ho_cinemas),
        say(|words| words.ho_none),
        say(|words| words.loading),
    );
    let cards = move || {
        match ids.get() {
        None => view! { <div class="cinema-card skeleton" role="status" aria-label=wait><div class="bone"></div><div class="bone short"></div></div> }.into_any(),
        Some(ids) if ids.is_empty() => view! { <p class="nothing">{none}</p> }.into_any(),
        Some(ids) => ids.into_iter().map(|id| view! { <CinemaCard source id/> }).collect_view().into_any(),
    }
    };
    view! {
        <section class="cinemas" aria-label=title>{cards}</section>
    }
}

fn language_of_the_browser() -> Language {
    window()
        .navigator()
        .language()
        .and_then(|tag| Language::of_tag(&tag))
        .unwrap_or_default()
}
