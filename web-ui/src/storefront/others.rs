//! Seats that this guest keeps on other pages: they count, and can be gone on with or given back from here.

use box_office::HoldId;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::state::Shop;
use super::words::said;
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
fn Other(hold: HoldId) -> impl IntoView {
    let shop = Shop::here();
    let page = shop
        .place
        .with_value(|place| format!("/cinemas/{}/holds/{hold}", place.cinema));
    let give_back = move || {
        let hold = hold.clone();
        spawn_local(async move {
            if shop.buying.counter.release(&hold).await.is_ok() {
                shop.others
                    .update(|others| others.retain(|other| *other != hold));
            }
        });
    };
    view! {
        <div class="bought" data-testid="other-seats">
            <p>{said(|words| words.other_seats)}</p>
            <div class="side-by-side">
                <a class="button" href=page>{said(|words| words.show_them)}</a>
                <TextButton icon=icons::ROTATE_CCW words=said(|words| words.give_them_back) testid="give-them-back" on_touch=give_back/>
            </div>
        </div>
    }
}
