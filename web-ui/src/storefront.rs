//! The storefront's program: a guest at home chooses seats and pays, on the page of a showtime that the hub has drawn. This file is its contents
//! page.

mod card;
mod choosing;
mod flow;
mod more_time;
mod paid;
mod paying;
mod place;
mod session;
mod state;
mod voice;
mod words;
mod work;

use leptos::mount::mount_to;
use leptos::prelude::*;

use place::Place;
use session::Session;
use state::Shop;
use words::said;

use crate::buying::announce::Announcer;
use crate::buying::{Buying, sheet_over_seats};
use crate::client::Counter;
use flow::Step;

/// Takes over where the page says so; a page that sells nothing is left alone.
pub fn start() {
    let Some((element, place)) = Place::on_the_page() else {
        return;
    };
    // What the hub has drawn there keeps the room until there is more to see.
    element.set_inner_html("");
    mount_to(element, move || view! { <App place/> }).forget();
}

/// What stands on the page, once the guest has a session.
#[component]
fn App(place: Place) -> impl IntoView {
    provide_context(RwSignal::new(place.language));
    let session = Session::begin(place.cinema.clone());
    let place = StoredValue::new(place);
    move || {
        match session.get() {
        Session::Beginning => view! { <Waiting/> }.into_any(),
        Session::Refused => {
            view! { <p class="cannot" role="alert" data-testid="unavailable">{said(|words| words.unavailable)}</p> }
                .into_any()
        }
        Session::Begun(counter) => {
            view! { <Buy counter place=place.get_value()/> }.into_any()
        }
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
fn Buy(counter: Counter, place: Place) -> impl IntoView {
    let shop = Shop::start(counter, &place);
    provide_context(shop);
    provide_context::<Buying>(shop.buying);
    let on_pay = Callback::new(move |()| shop.go_to_pay());
    let showtime = StoredValue::new(place.showtime);
    let screen = move || match shop.step.get() {
        Step::Looking => view! { <Waiting/> }.into_any(),
        Step::Choosing => {
            view! { <choosing::ChoosingScreen showtime=showtime.get_value() on_pay/> }.into_any()
        }
        Step::Card => view! { <card::CardScreen/> }.into_any(),
        Step::Paying(hold) => view! { <paying::PayingScreen hold/> }.into_any(),
        Step::Paid(sale) => view! { <paid::PaidScreen sale/> }.into_any(),
    };
    let heard = Memo::new(move |_| shop.heard());
    view! {
        <paid::Bought/>
        {screen}
        {move || sheet_over_seats(shop.buying, on_pay)}
        <Announcer heard/>
    }
}
