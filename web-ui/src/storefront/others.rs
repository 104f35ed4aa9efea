//! Seats that this guest keeps on other pages: they count, and can be gone on with or given back from here.

use counter_api::{Hold, HoldState};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::state::Shop;
use super::words::said;
use crate::buying::Notice;
use crate::client::Trouble;
use crate::icons;
use crate::parts::TextButton;

/// What is kept elsewhere, each with the way there.
#[component]
pub fn Others() -> impl IntoView {
    let shop = Shop::here();
    move || {
        let others = shop.others.get().into_iter();
        others.map(|hold| view! { <Other hold/> }).collect_view()
    }
}

#[component]
fn Other(hold: Hold) -> impl IntoView {
    let shop = Shop::here();
    let page = shop
        .place
        .with_value(|place| format!("/cinemas/{}/holds/{}", place.cinema, hold.id));
    let is_asking = RwSignal::new(false);
    let may_go_back = hold.state == HoldState::Open;
    let id = StoredValue::new(hold.id);
    let give_back = move || {
        is_asking.set(true);
        let hold = id.get_value();
        spawn_local(async move {
            match shop.buying.counter.release(&hold).await {
                Ok(()) => shop
                    .others
                    .update(|others| others.retain(|other| other.id != hold)),
                // It is no longer as it was: what is true is shown.
                Err(Trouble::Refused(_)) => shop.ask_for_others().await,
                Err(Trouble::Unreachable) => {
                    shop.buying.order.notice.set(Some(Notice::Unreachable));
                }
            }
            let _ = is_asking.try_set(false);
        });
    };
    let back = may_go_back.then(|| view! {
        <TextButton icon=icons::ROTATE_CCW words=said(|words| words.give_them_back) testid="give-them-back" disabled=is_asking on_touch=give_back/>
    });
    view! {
        <div class="bought" data-testid="other-seats">
            <p>{said(|words| words.other_seats)}</p>
            <div class="side-by-side">
                <a class="button" href=page>{said(|words| words.show_them)}</a>
                {back}
            </div>
        </div>
    }
}
