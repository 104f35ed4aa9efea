//! The seats, as on every screen, and more time for them.

use std::sync::Arc;
use std::time::Duration;

use box_office::ShowtimeId;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::state::Shop;
use super::words::said;
use crate::buying::{Chooser, Notice, NoticeBox, Shape};
use crate::client::Trouble;
use crate::clock;

/// Between two tries to reach the hub.
const PAUSE: Duration = Duration::from_secs(2);

/// Seats and basket.
#[component]
pub fn ChoosingScreen(
    /// The showtime.
    showtime: ShowtimeId,
    /// Goes on to pay.
    on_pay: Callback<()>,
) -> impl IntoView {
    let shop = Shop::here();
    let known = shop.buying.order.showtime;
    if known.with_untracked(Option::is_none) {
        spawn_local(fetch(shop, showtime));
    }
    move || match known.get() {
        None => view! { <super::Waiting/><NoticeBox/> }.into_any(),
        Some(showtime) => view! {
            <div class="chooser" data-testid="screen-seats">
                <h3 class="unseen">{said(|words| words.choose_seats)}</h3>
                <Chooser showtime begins_as=Shape::Map on_pay/>
            </div>
        }
        .into_any(),
    }
}

/// Fetches the showtime until it comes, or until the hub says why it does not.
async fn fetch(shop: Shop, id: ShowtimeId) {
    let order = shop.buying.order;
    loop {
        match shop.buying.counter.showtime(&id).await {
            Ok(fetched) => return order.showtime.set(Some(Arc::new(fetched))),
            Err(Trouble::Refused(problem)) => {
                return order.notice.set(Some(Notice::of_problem(*problem)));
            }
            Err(Trouble::Unreachable) => clock::sleep(PAUSE).await,
        }
    }
}
