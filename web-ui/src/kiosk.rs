//! The kiosk: a guest in the lobby buys tickets by card. This file is its contents page.

mod address;
mod announce;
mod asking;
mod flow;
mod idle;
mod keyboard;
mod paper;
mod paperless;
mod preferences;
mod state;
mod title;
mod words;

mod attract;
mod call_staff;
mod day_strip;
mod done;
mod film_card;
mod film_page;
mod foot_bar;
mod help;
mod hero;
mod idle_question;
mod keep;
mod keys;
mod language_sheet;
mod leave_sheet;
mod out_of_service;
mod pairing;
mod pay;
mod question_sheet;
mod seats;
mod status_line;
mod ticket_card;
mod time_button;

use leptos::prelude::*;

use flow::Shown;
use state::Kiosk;

/// The whole screen.
#[component]
pub fn App() -> impl IntoView {
    let kiosk = Kiosk::start();
    provide_context(kiosk);
    provide_context(kiosk.language);
    provide_context(kiosk.buying);
    let shown = Memo::new(move |_| kiosk.shown());
    kiosk.follow_by_keyboard(shown);
    let screen = move || match shown.get() {
        Shown::Waiting => view! { <attract::Skeleton/> }.into_any(),
        Shown::Pairing => view! { <pairing::PairingScreen/> }.into_any(),
        Shown::OutOfService(code) => {
            view! { <out_of_service::OutOfServiceScreen code/> }.into_any()
        }
        Shown::Attract => view! { <attract::AttractScreen/> }.into_any(),
        Shown::Film(film) => view! { <film_page::FilmScreen film/> }.into_any(),
        Shown::Seats(showtime) => view! { <seats::SeatsScreen showtime/> }.into_any(),
        Shown::Paying(hold) => view! { <pay::PayScreen hold/> }.into_any(),
        Shown::Done(sale) => view! { <done::DoneScreen sale/> }.into_any(),
    };
    view! {
        <status_line::StatusLine/>
        <main class="screen-space" data-testid=move || format!("screen-{}", shown.get().name())>
            <hero::Hero/>
            {screen}
        </main>
        <foot_bar::FootBar/>
        <language_sheet::LanguageSheet/>
        <help::HelpSheet/>
        <question_sheet::QuestionSheet/>
        <idle_question::IdleQuestion/>
        <announce::Voices/>
    }
}
