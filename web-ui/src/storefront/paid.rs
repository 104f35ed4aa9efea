//! Sold: the guest is led to the page of the booking, which has the codes and takes the place of this one. Whoever comes back to the showtime finds
//! the way there again.

use std::time::Duration;

use box_office::SaleId;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::contact::Contact;
use super::state::Shop;
use super::words::said;
use crate::clock;
use crate::icons::{self, Icon};

/// Between two tries to reach the hub.
const PAUSE: Duration = Duration::from_secs(1);

/// Paid, and on the way to the tickets.
#[component]
pub fn PaidScreen(
    /// The sale.
    sale: SaleId,
) -> impl IntoView {
    let shop = Shop::here();
    Contact::forget();
    let page = RwSignal::new(None::<String>);
    spawn_local(async move {
        loop {
            if let Ok(sale) = shop.buying.counter.sale(&sale).await {
                let booking = sale.page.map(|page| in_language(&page, shop));
                if let Some(address) = &booking {
                    // Fails only for an address that is none.
                    let _ = window().location().replace(address);
                }
                let _ = page.try_set(booking);
                return;
            }
            clock::sleep(PAUSE).await;
        }
    });
    let link = move || page.get().map(|page| view! { <Tickets page/> });
    view! {
        <section class="paid-screen" data-testid="screen-paid">
            <h3>{said(|words| words.paid)}</h3>
            <p role="status">{said(|words| words.paid_text)}</p>
            <p>{link}</p>
        </section>
    }
}

/// What this guest has bought for this showtime, for whoever came back to its page.
#[component]
pub fn Bought() -> impl IntoView {
    let shop = Shop::here();
    move || {
        let bought = shop.bought.get().into_iter();
        let each = bought.map(|page| in_language(&page, shop)).map(|page| view! {
            <div class="bought" role="status" data-testid="bought"><p>{said(|words| words.bought)}</p><Tickets page/></div>
        });
        each.collect_view()
    }
}

/// The page of a booking in the language of this one, whatever the browser's is.
fn in_language(page: &str, shop: Shop) -> String {
    format!(
        "{page}?lang={}",
        shop.buying.language.get_untracked().short()
    )
}

#[component]
fn Tickets(page: String) -> impl IntoView {
    view! {
        <a class="button" href=page data-testid="see-tickets"><Icon of=icons::CHECK/><span>{said(|words| words.see_tickets)}</span></a>
    }
}
