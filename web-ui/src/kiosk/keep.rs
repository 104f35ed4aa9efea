//! The way onto the guest's phone: one code that opens the whole order there or, where phones do not reach the box, the codes themselves.

use counter_api::Sale;
use leptos::prelude::*;

use super::words::say;
use crate::icons::{self, Icon};

/// How to take the tickets along.
#[component]
pub fn KeepOnPhone(
    /// The sale, once it is known.
    #[prop(into)]
    sale: Signal<Option<Sale>>,
) -> impl IntoView {
    let page = Memo::new(move |_| {
        sale.with(|sale| {
            let sale = sale.as_ref()?;
            sale.page.is_some().then(|| sale.id.clone())
        })
    });
    let open_all = say(|words| words.scan_whole_order);
    let photograph = say(|words| words.scan_to_keep);
    move || match page.get() {
        Some(sale) => view! {
            <div class="keep whole-order">
                <img src=format!("/api/v1/sales/{sale}/page.svg") alt="" data-testid="order-code"/>
                <p>{open_all}</p>
            </div>
        }
        .into_any(),
        None => view! {
            <div class="keep"><Icon of=icons::SMARTPHONE/><p>{photograph}</p></div>
        }
        .into_any(),
    }
}
