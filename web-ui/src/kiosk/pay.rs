//! While the card terminal has the word: what to do there, how much it is, and the way to stop it.

use std::sync::Arc;
use std::time::Duration;

use appliance_api::TerminalState;
use box_office::HoldId;
use counter_api::{Hold, TenderState};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::flow::Event;
use super::state::Kiosk;
use super::words::Words;
use crate::buying::{Notice, OrderSummary, Outcome, outcome};
use crate::client::Trouble;
use crate::clock;
use crate::format::money;
use crate::icons::{self, Icon};
use crate::parts::TextButton;
use crate::words::spoken;

/// How often the box is asked for the outcome.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// The terminal's turn.
#[component]
pub fn PayScreen(
    /// What is paid.
    hold: HoldId,
) -> impl IntoView {
    let kiosk = Kiosk::here();
    let seen = RwSignal::new(untrack(|| kiosk.buying.order.hold()));
    let is_stopping = RwSignal::new(false);
    spawn_local(follow(kiosk, hold, seen));
    let words = |pick: fn(&'static Words) -> &'static str| {
        let language = spoken();
        Signal::derive(move || pick(language.get().kiosk()).to_owned())
    };
    let amount = move || {
        seen.with(|hold| {
            hold.as_ref()
                .map(|hold| money(hold.basket.total, kiosk.language.get()))
        })
    };
    let is_asked = Memo::new(move |_| {
        let is_silent = kiosk.status.with(|status| {
            status
                .as_ref()
                .is_some_and(|status| status.terminal == TerminalState::Unreachable)
        });
        is_silent || !kiosk.is_reachable.get()
    });
    let what_now = move || {
        let words = kiosk.language.get().kiosk();
        match (is_asked.get(), is_stopping.get()) {
            (true, _) => words.terminal_silent,
            (false, true) => words.payment_stopping,
            (false, false) => words.follow_terminal,
        }
    };
    Effect::new(move |_| kiosk.payment_says.set(Some(what_now().to_owned())));
    on_cleanup(move || kiosk.payment_says.set(None));
    let stop = move || {
        let pending = seen.with_untracked(|hold| {
            let tenders = hold
                .as_ref()
                .map(|hold| hold.tenders.as_slice())
                .unwrap_or_default();
            tenders
                .iter()
                .rev()
                .find(|tender| tender.state == TenderState::Pending)
                .map(|tender| tender.id.clone())
        });
        if let Some(tender) = pending {
            is_stopping.set(true);
            spawn_local(async move {
                if kiosk.buying.counter.cancel(&tender).await.is_err() {
                    is_stopping.set(false);
                }
            });
        }
    };
    view! {
        <section class="pay-screen screen">
            <div class="pay-words">
                <div class="terminal-picture" aria-hidden="true">
                    <div class="terminal"><div class="terminal-display">{amount}</div><div class="keys"></div></div>
                    <div class="card"><Icon of=icons::CREDIT_CARD/></div>
                </div>
                <h1>{words(|words| words.pay_by_card)}</h1>
                <p class="amount" data-testid="amount">{amount}</p>
                <p class="what-now" data-testid="what-now">{what_now}</p>
                <OrderSummary hold=seen/>
            </div>
            <div class="screen-end">
                <TextButton icon=icons::CLOSE words=words(|words| words.stop_payment) testid="stop-payment" disabled=is_stopping on_touch=stop/>
            </div>
        </section>
    }
}

/// Asks for the outcome until there is one. The screen changes only by what the box says.
async fn follow(kiosk: Kiosk, id: HoldId, seen: RwSignal<Option<Hold>>) {
    loop {
        match kiosk.buying.counter.look(&id).await {
            Ok(hold) => match outcome(&hold) {
                Outcome::Waiting => {
                    know_the_showtime(kiosk, &hold).await;
                    if seen.try_set(Some(hold)).is_some() {
                        return;
                    }
                }
                Outcome::Sold(sale) => return kiosk.happen(Event::Sold(sale)),
                failed @ (Outcome::Declined(_)
                | Outcome::Cancelled
                | Outcome::Refunded
                | Outcome::Ended
                | Outcome::NotBegun) => {
                    kiosk.buying.order.take(hold);
                    kiosk.buying.order.notice.set(Notice::of_outcome(&failed));
                    return kiosk.happen(Event::PaymentFailed);
                }
            },
            Err(Trouble::Refused(problem)) if problem.status == 404 || problem.status == 410 => {
                kiosk.buying.order.forget_seats();
                kiosk.buying.order.notice.set(Some(Notice::TimeUp));
                return kiosk.happen(Event::PaymentFailed);
            }
            // A box that restarts asks the terminal by itself and knows the outcome afterwards.
            Err(Trouble::Refused(_) | Trouble::Unreachable) => {}
        }
        clock::sleep(ASK_EVERY).await;
    }
}

/// Fetches the showtime of what is paid, where the page was opened anew meanwhile.
async fn know_the_showtime(kiosk: Kiosk, hold: &Hold) {
    let known = kiosk.buying.order.showtime;
    if known.with_untracked(Option::is_none)
        && let Ok(showtime) = kiosk.buying.counter.showtime(&hold.showtime).await
    {
        known.set(Some(Arc::new(showtime)));
    }
}
