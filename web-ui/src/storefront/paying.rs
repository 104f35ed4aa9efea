//! While the bank has the word: what is being asked, the way to the bank's page where it wants one, and the way to stop it.

use std::time::Duration;

use box_office::HoldId;
use counter_api::{Hold, Tender, TenderState};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::flow::Event;
use super::state::Shop;
use super::words::said;
use crate::buying::{Notice, OrderSummary, Outcome, outcome};
use crate::client::Trouble;
use crate::clock;
use crate::icons::{self, Icon};
use crate::parts::TextButton;

/// How often the hub is asked for the outcome.
const ASK_EVERY: Duration = Duration::from_millis(700);

/// The bank's turn.
#[component]
pub fn PayingScreen(
    /// What is paid.
    hold: HoldId,
) -> impl IntoView {
    let shop = Shop::here();
    let seen = RwSignal::new(untrack(|| shop.buying.order.hold()));
    let is_heard = RwSignal::new(true);
    let is_stopping = RwSignal::new(false);
    let is_nobody = RwSignal::new(false);
    // Only whoever has just paid is led there at once, and once: whoever comes back from the bank's page is not sent away again.
    let leads_on = shop.has_begun.get_value();
    shop.has_begun.set_value(false);
    spawn_local(follow(shop, hold, (seen, is_heard, is_nobody)));
    let bank = Memo::new(move |_| seen.with(|hold| hold.as_ref().and_then(bank_of)));
    Effect::new(move |_| {
        if let Some(bank) = bank.get().filter(|_| leads_on) {
            // Fails only for an address that is none.
            let _ = window().location().assign(&bank);
        }
    });
    let what_now = Signal::derive(move || {
        let language = shop.buying.language.get();
        let words = language.online();
        match (
            is_heard.get(),
            is_stopping.get(),
            bank.with(Option::is_some),
        ) {
            (false, _, _) if is_nobody.get() => words.session_lost,
            (false, _, _) => words.asking_again,
            (true, true, _) => words.payment_stopping,
            (true, false, true) => words.step_text,
            (true, false, false) => words.paying_text,
        }
        .to_owned()
    });
    Effect::new(move |_| shop.payment_says.set(Some(what_now.get())));
    on_cleanup(move || shop.payment_says.set(None));
    let title = move || match bank.with(Option::is_some) {
        true => said(|words| words.step_title),
        false => said(|words| words.paying),
    };
    let stop = move || {
        let pending = seen.with_untracked(|hold| hold.as_ref().and_then(pending).cloned());
        if let Some(tender) = pending {
            is_stopping.set(true);
            spawn_local(async move {
                if shop.buying.counter.cancel(&tender.id).await.is_err() {
                    let _ = is_stopping.try_set(false);
                }
            });
        }
    };
    let way_on = move || {
        let bank = bank.get()?;
        Some(view! {
            <a class="button next" href=bank data-testid="to-the-bank"><Icon of=icons::CREDIT_CARD/><span>{said(|words| words.step_go)}</span></a>
        })
    };
    view! {
        <section class="paying-screen" data-testid="screen-paying">
            <h3>{title}</h3>
            <p data-testid="what-now">{what_now}</p>
            <OrderSummary hold=seen/>
            <div class="side-by-side">
                {way_on}
                <TextButton icon=icons::CLOSE words=said(|words| words.stop_payment) testid="stop-payment" disabled=is_stopping on_touch=stop/>
            </div>
        </section>
    }
}

/// The payment that is under way.
fn pending(hold: &Hold) -> Option<&Tender> {
    let mut latest = hold.tenders.iter().rev();
    latest.find(|tender| tender.state == TenderState::Pending)
}

/// The page on which the bank asks the guest.
fn bank_of(hold: &Hold) -> Option<String> {
    pending(hold)?.step.clone()
}

/// Asks for the outcome until there is one. The screen changes only by what the hub says.
async fn follow(
    shop: Shop,
    id: HoldId,
    (seen, is_heard, is_nobody): (RwSignal<Option<Hold>>, RwSignal<bool>, RwSignal<bool>),
) {
    let order = shop.buying.order;
    loop {
        let asked = shop.buying.counter.look(&id).await;
        if is_heard.try_set(asked.is_ok()).is_some() {
            return;
        }
        // Another session knows as little of the payment as none.
        let is_outside =
            matches!(&asked, Err(Trouble::Refused(problem)) if matches!(problem.status, 401 | 404));
        let _ = is_nobody.try_set(is_outside);
        match asked {
            Ok(hold) => match outcome(&hold) {
                Outcome::Waiting => seen.set(Some(hold)),
                Outcome::Sold(sale) => return shop.happen(Event::Sold(sale)),
                failed @ (Outcome::Declined(_)
                | Outcome::Cancelled
                | Outcome::Refunded
                | Outcome::Ended
                | Outcome::NotBegun) => {
                    order.take(hold);
                    order.notice.set(Notice::of_outcome(&failed));
                    let is_to_pay = untrack(|| order.hold())
                        .is_some_and(|hold| hold.basket.total.minor > hold.basket.paid.minor);
                    return shop.happen(match is_to_pay {
                        true => Event::NotPaid,
                        false => Event::Lost,
                    });
                }
            },
            // A hub that begins anew asks the provider by itself and knows the outcome afterwards.
            Err(Trouble::Refused(_) | Trouble::Unreachable) => {}
        }
        clock::sleep(ASK_EVERY).await;
    }
}
