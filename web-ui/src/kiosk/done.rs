//! Sold: the paper comes out, and the same tickets are on the screen. Without paper the codes here are the tickets.

use std::time::Duration;

use box_office::SaleId;
use counter_api::PaperState;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::flow::Event;
use super::idle_question::Closing;
use super::keep::KeepOnPhone;
use super::paper::Paper;
use super::state::Kiosk;
use super::ticket_card::TicketCard;
use super::words::{Words, say};
use crate::clock;
use crate::icons;
use crate::parts::{LongList, TextButton};
use crate::words::{fill, spoken};

/// How often the box is asked where the paper is.
const ASK_EVERY: Duration = Duration::from_millis(700);

/// Paper and codes.
#[component]
pub fn DoneScreen(
    /// The sale.
    sale: SaleId,
) -> impl IntoView {
    let kiosk = Kiosk::here();
    let known = kiosk.sale;
    let is_here = RwSignal::new(());
    spawn_local(follow(kiosk, sale, is_here));
    let paper = Memo::new(move |_| kiosk.paper());
    Effect::new(move |_| {
        paper.track();
        kiosk.begin_clock_anew();
    });
    let tickets = Memo::new(move |_| {
        known.with(|sale| {
            sale.as_ref()
                .map(|sale| sale.tickets.clone())
                .unwrap_or_default()
        })
    });
    let code = move || known.with(|sale| sale.as_ref().map(|sale| sale.collection_code.clone()));
    let has_page = move || known.with(|sale| sale.as_ref().is_some_and(|sale| sale.page.is_some()));
    let words = |pick: fn(&'static Words) -> &'static str| {
        let language = spoken();
        Signal::derive(move || pick(language.get().kiosk()).to_owned())
    };
    let more = Signal::derive(say(|words| words.more_tickets));
    let title = move || {
        let words = kiosk.language.get().kiosk();
        match paper.get() {
            Paper::Coming => words.printing,
            Paper::Out => words.take_your_tickets,
            Paper::None => words.code_is_ticket,
        }
    };
    let explained = move || {
        let words = kiosk.language.get().kiosk();
        match paper.get() {
            Paper::Coming => words.printing_text.to_owned(),
            Paper::Out => words.printed_text.to_owned(),
            Paper::None => {
                let text = match has_page() {
                    true => words.no_paper_scan,
                    false => words.no_paper_text,
                };
                fill(text, &[("code", &code().unwrap_or_default())])
            }
        }
    };
    let class = move || match paper.get() {
        Paper::Coming => "done-screen screen coming",
        Paper::Out => "done-screen screen out",
        Paper::None => "done-screen screen no-paper",
    };
    view! {
        <section class=class>
            <div class="done-words" role="status">
                <PrinterPicture/>
                <h1 data-testid="done-title">{title}</h1>
                <p data-testid="done-text">{explained}</p>
            </div>
            <div class="cards-space">
                <LongList class="cards-scroll" part="ticket-card" more>
                    <div class="ticket-cards">
                        {move || tickets.get().into_iter().map(|ticket| view! { <TicketCard ticket/> }).collect_view()}
                    </div>
                </LongList>
            </div>
            <div class="take-along">
                <KeepOnPhone sale=known/>
                <div class="collection">
                    <span class="quiet">{words(|words| words.collection_code)}</span>
                    <strong data-testid="collection-code">{code}</strong>
                </div>
            </div>
            <div class="screen-end">
                <Closing/>
                <TextButton class="next" icon=icons::CHECK words=words(|words| words.finished) testid="finished" on_touch=move || kiosk.happen(Event::StartAgain)/>
            </div>
        </section>
    }
}

/// A printer with a ticket that comes out of it.
#[component]
fn PrinterPicture() -> impl IntoView {
    view! {
        <svg class="printer-picture" viewBox="0 0 240 170" aria-hidden="true">
            <rect class="printer-body" x="30" y="20" width="180" height="78" rx="16"></rect>
            <rect class="printer-slot" x="58" y="80" width="124" height="10" rx="5"></rect>
            <circle class="printer-light" cx="186" cy="44" r="7"></circle>
            <svg x="62" y="84" width="116" height="86">
                <g class="paper">
                    <rect width="116" height="84"></rect>
                    <path d="M16 22h84M16 38h60M16 54h72"></path>
                </g>
            </svg>
        </svg>
    }
}

/// Asks where the paper is until it is out. Somebody who touched "finished" does not wait for it: `is_here` is gone with the screen.
async fn follow(kiosk: Kiosk, id: SaleId, is_here: RwSignal<()>) {
    loop {
        let answer = kiosk.buying.counter.sale(&id).await;
        if is_here.is_disposed() {
            return;
        }
        if let Ok(sale) = answer {
            let is_out = sale.paper == PaperState::Printed;
            kiosk.sale.set(Some(sale));
            if is_out {
                return;
            }
        }
        clock::sleep(ASK_EVERY).await;
    }
}
