//! The seats, as on every screen, and more time for them.

use leptos::prelude::*;

use super::rules::BackRules;
use super::state::Shop;
use super::words::said;
use crate::buying::{Chooser, NoticeBox, Shape};

/// Seats and basket.
#[component]
pub fn ChoosingScreen(
    /// Goes on to pay.
    on_pay: Callback<()>,
) -> impl IntoView {
    let shop = Shop::here();
    let known = shop.buying.order.showtime;
    // It stays where it stands once there are seats: nothing moves for it.
    let has_waited = shop.has_waited.get_untracked();
    move || match known.get() {
        None => view! { <super::Waiting/><NoticeBox/> }.into_any(),
        Some(showtime) => view! {
            <div class="chooser" data-testid="screen-seats">
                <h3 class="unseen">{said(|words| words.choose_seats)}</h3>
                {has_waited.then(|| view! { <super::queue::YourTurn/> })}
                <Chooser showtime begins_as=Shape::Map on_pay/>
                <BackRules/>
            </div>
        }
        .into_any(),
    }
}
