//! The card that pays: in the provider's own fields, or one of the sandbox's, which are named after what they do.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::bill::Bill;
use super::contact::ContactField;
use super::fields::{CardFields, Hosted};
use super::flow::{Event, Step};
use super::rules::BackRules;
use super::state::Shop;
use super::words::{Words, said};
use crate::buying::{HoldCountdown, NoticeBox, OrderSummary};
use crate::format::money;
use crate::icons;
use crate::parts::TextButton;
use crate::words::fill;

/// A text of a card.
type Pick = fn(&'static Words) -> &'static str;

/// The sandbox's cards, as its book has them, with what they are called here.
const CARDS: [(&str, Pick); 4] = [
    ("card_approve", |words| words.card_approve),
    ("card_step", |words| words.card_step),
    ("card_not_enough_money", |words| words.card_not_enough),
    ("card_refused", |words| words.card_refused),
];

/// Which card, and the button that pays.
#[component]
pub fn CardScreen() -> impl IntoView {
    let shop = Shop::here();
    let buying = shop.buying;
    let order = buying.order;
    let hold = Memo::new(move |_| order.hold());
    let chosen = RwSignal::new(CARDS[0].0);
    let fields = shop.place.with_value(|place| place.fields.clone());
    let hosted = fields.map(Hosted::begin);
    let pay_words = Signal::derive(move || {
        let language = buying.language.get();
        let total = hold.with(|hold| hold.as_ref().map(|hold| hold.basket.total));
        let amount = total.map(|total| money(total, language));
        let values = [("amount", amount.as_deref().unwrap_or_default())];
        fill(language.online().pay_now, &values)
    });
    let is_waiting = Signal::derive(move || {
        order.is_starting_to_pay.get() || hosted.is_some_and(Hosted::is_asking)
    });
    let cannot_pay = Signal::derive(move || {
        let has_no_fields = hosted.is_some_and(|hosted| !hosted.is_ready());
        is_waiting.get() || has_no_fields || hold.with(Option::is_none)
    });
    let pay = move || {
        let Some(asked) = hold.get_untracked() else {
            return;
        };
        let Some(hosted) = hosted else {
            return shop.pay(asked, Some(chosen.get_untracked().to_owned()));
        };
        order.notice.set(None);
        spawn_local(async move {
            // Before the card is asked for: a guest mends one thing after the other.
            if !shop.is_written_to(&asked).await {
                return;
            }
            let card = hosted.card().await;
            if let Some(card) = card.filter(|_| shop.still_pays(&asked, &Step::Card)) {
                shop.pay(asked, Some(card));
            }
        });
    };
    let on_enter = Callback::new(move |()| {
        if !cannot_pay.get_untracked() {
            pay();
        }
    });
    view! {
        <section class="card-screen" data-testid="screen-card">
            <h3>{said(|words| words.pay_by_card)}</h3>
            <OrderSummary hold=hold/>
            <Bill hold/>
            {shop.writes_mails().then(|| view! { <ContactField contact=shop.contact on_enter/> })}
            {match hosted {
                Some(hosted) => view! { <CardFields hosted/> }.into_any(),
                None => view! { <Sandbox chosen is_waiting/> }.into_any(),
            }}
            <BackRules/>
            <NoticeBox/>
            <HoldCountdown/>
            <div class="side-by-side">
                <TextButton class="next" icon=icons::CREDIT_CARD words=pay_words testid="pay-now" disabled=cannot_pay on_touch=pay/>
                <TextButton icon=icons::ARROW_LEFT words=said(|words| words.back_to_seats) testid="back-to-seats" disabled=is_waiting
                    on_touch=move || shop.happen(Event::Back)/>
            </div>
        </section>
    }
}

/// The sandbox's cards.
#[component]
fn Sandbox(chosen: RwSignal<&'static str>, is_waiting: Signal<bool>) -> impl IntoView {
    let cards = CARDS.map(|(card, name)| {
        let is_chosen = move || chosen.get() == card;
        view! {
            <label class="choice card-choice">
                <input type="radio" name="card" value=card data-testid=card prop:checked=is_chosen on:change=move |_| chosen.set(card)/>
                <span>{said(name)}</span>
            </label>
        }
    });
    view! {
        <fieldset class="cards" disabled=is_waiting>
            <legend>{said(|words| words.sandbox)}</legend>
            {cards}
        </fieldset>
    }
}
