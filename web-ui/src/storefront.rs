//! The storefront's program: a guest at home chooses seats and pays, on the page of a showtime that the hub has drawn. This file is its contents
//! page.

mod bill;
mod card;
mod choosing;
mod contact;
mod fields;
mod flow;
mod memory;
mod more_time;
mod others;
mod paid;
mod paying;
mod place;
mod proof;
mod queue;
mod resume;
mod rules;
mod session;
mod state;
mod turn;
mod voice;
mod words;
mod work;

use counter_api::Hold;
use leptos::mount::mount_to;
use leptos::prelude::*;

use place::Place;
use session::Session;
use state::Shop;
use words::{Words, said};

use crate::buying::announce::Announcer;
use crate::buying::{Buying, sheet_over_seats};
use crate::client::{self, Counter};
use flow::Step;

/// Takes over where the page says so.
pub fn start() {
    let Some((element, place)) = Place::on_the_page() else {
        return;
    };
    client::asked::before();
    // What the hub has drawn there keeps the room until there is more to see.
    element.set_inner_html("");
    mount_to(element, move || view! { <App place/> }).forget();
}

/// What stands on the page, once it is known who buys.
#[component]
fn App(place: Place) -> impl IntoView {
    provide_context(RwSignal::new(place.language));
    let session = Session::begin(place.clone());
    let place = StoredValue::new(place);
    let cannot = |why: fn(&'static Words) -> &'static str| {
        view! { <p class="cannot" role="alert" data-testid="unavailable">{said(why)}</p> }
            .into_any()
    };
    move || match session.get() {
        Session::None => ().into_any(),
        Session::Beginning if place.with_value(|place| place.sells) => {
            view! { <Waiting/> }.into_any()
        }
        Session::Beginning => ().into_any(),
        Session::Refused => cannot(|words| words.unavailable),
        Session::Elsewhere => cannot(|words| words.elsewhere),
        Session::NoCookie => cannot(|words| words.no_cookie),
        Session::Begun(counter, holds, turn) => {
            let begun = (holds, turn);
            view! { <Buy counter begun place=place.get_value()/> }.into_any()
        }
    }
}

/// The shape of what comes.
#[component]
fn Waiting() -> impl IntoView {
    view! { <div class="chooser skeleton" aria-busy="true"><div class="bone map"></div></div> }
}

/// Seats, card, payment.
#[component]
fn Buy(counter: Counter, begun: (Vec<Hold>, Option<proof::Answer>), place: Place) -> impl IntoView {
    let sells = place.sells;
    let shop = Shop::start(counter, place, begun);
    provide_context(shop);
    provide_context::<Buying>(shop.buying);
    let on_pay = Callback::new(move |()| shop.go_to_pay());
    let has_hold = Memo::new(move |_| shop.buying.order.hold().is_some());
    let screen = move || match shop.step.get() {
        Step::Looking if shop.is_asking.get() => {
            view! { <p role="status" data-testid="asking">{said(|words| words.asking_again)}</p> }
                .into_any()
        }
        Step::Looking if !sells => ().into_any(),
        Step::Looking => view! { <Waiting/><crate::buying::NoticeBox/> }.into_any(),
        Step::Waiting => view! { <queue::QueueScreen/> }.into_any(),
        // Where nothing is sold, only what is held already can be changed and paid.
        Step::Choosing if !sells && !has_hold.get() => {
            view! { <crate::buying::NoticeBox/> }.into_any()
        }
        Step::Choosing => view! { <choosing::ChoosingScreen on_pay/> }.into_any(),
        Step::Card => view! { <card::CardScreen/> }.into_any(),
        Step::Paying(hold) => view! { <paying::PayingScreen hold/> }.into_any(),
        Step::Paid(sale) => view! { <paid::PaidScreen sale/> }.into_any(),
    };
    let over = Memo::new(move |_| shop.buying.sheet.get());
    let heard = Memo::new(move |_| shop.heard());
    let elsewhere = move || {
        let words = said(|words| words.elsewhere);
        (shop.is_elsewhere.get())
            .then(|| view! { <p class="told" role="status" data-testid="elsewhere">{words}</p> })
    };
    view! {
        <paid::Bought/>
        {elsewhere}
        <others::Others/>
        {screen}
        {move || sheet_over_seats(shop.buying, over.get()?, on_pay)}
        <Announcer heard/>
    }
}
