//! What every part of the storefront's program shares.

use std::time::Duration;

use box_office::{HoldId, ShowtimeId};
use counter_api::Sale;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::flow::{self, Event, Step};
use super::place::{ELEMENT, Place};
use super::voice::VOICE;
use crate::buying::announce::Heard;
use crate::buying::{Begun, Buying, Found, found, to_go_on_with};
use crate::client::Counter;
use crate::clock;
use crate::focus;
use crate::format::money_spoken;
use crate::words::spoken;

/// How often the countdown moves.
const TICK: Duration = Duration::from_millis(250);

/// Between two tries to reach the hub.
const PAUSE: Duration = Duration::from_secs(2);

/// The state. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Shop {
    /// What is bought.
    pub buying: Buying,
    /// Where the guest is.
    pub step: RwSignal<Step>,
    /// What this guest has bought for this showtime within the last minutes.
    pub bought: RwSignal<Option<Sale>>,
    /// How the payment goes, in words.
    pub payment_says: RwSignal<Option<String>>,
}

impl Shop {
    /// Starts everything that runs for as long as the page is open.
    pub fn start(counter: Counter, place: &Place) -> Self {
        let shop = Self {
            buying: Buying::new(counter, spoken(), VOICE),
            step: RwSignal::new(Step::default()),
            bought: RwSignal::new(None),
            payment_says: RwSignal::new(None),
        };
        spawn_local(shop.look_what_is_under_way(place.showtime.clone(), place.paid_for.clone()));
        set_interval(move || shop.tick(), TICK);
        shop
    }

    /// The state, below the component that started it.
    pub fn here() -> Self {
        expect_context()
    }

    /// Lets something happen.
    pub fn happen(self, event: Event) {
        let before = self.step.get_untracked();
        let step = flow::next(before.clone(), event);
        if step != before {
            self.buying.sheet.set(None);
            self.step.set(step);
            // A page that is opened begins at its top, unless money is under way.
            if before != Step::Looking || matches!(self.step.get_untracked(), Step::Paying(_)) {
                self.show_where_one_is();
            }
        }
    }

    /// Goes on from the seats: to the card, or to the tickets where nothing is to be paid.
    pub fn go_to_pay(self) {
        let hold = untrack(|| self.buying.order.hold());
        let Some(hold) = hold else { return };
        self.buying.order.notice.set(None);
        match hold.basket.total.minor > hold.basket.paid.minor {
            true => self.happen(Event::ToPay),
            false => self.pay(None),
        }
    }

    /// Pays with what the payment provider calls the guest's card.
    pub fn pay(self, card: Option<String>) {
        spawn_local(async move {
            match self.buying.order.pay(card, true).await {
                Some(Begun::Paying(hold)) => self.happen(Event::Began(hold)),
                Some(Begun::Sold(sale)) => self.happen(Event::Sold(sale)),
                None => self.lose_the_lost(),
            }
        });
    }

    /// What can be heard of the page at this moment.
    pub fn heard(self) -> Heard {
        let buying = self.buying;
        let language = buying.language.get();
        let has_time = matches!(self.step.get(), Step::Choosing | Step::Card);
        Heard {
            total: (buying.order.hold()).map(|hold| money_spoken(hold.basket.total, language)),
            notice: buying.notice_text(),
            is_last_minute: has_time && buying.is_last_minute(),
            closing: None,
            payment: self.payment_says.get(),
            more_times: buying.order.extended.get(),
        }
    }

    /// Goes on with what of this guest's is under way for this showtime, and to the tickets of what they have just paid for at their bank. What is
    /// held for other showtimes is another page's.
    async fn look_what_is_under_way(self, showtime: ShowtimeId, paid_for: Option<HoldId>) {
        let under_way = loop {
            match self.buying.counter.under_way().await {
                Ok(found) => break found,
                Err(_) => clock::sleep(PAUSE).await,
            }
        };
        let mut holds = under_way.holds;
        holds.retain(|hold| hold.showtime == showtime);
        let paid = holds
            .iter()
            .find(|hold| paid_for.as_ref() == Some(&hold.id));
        if let Some(sale) = paid.and_then(|hold| hold.sale.clone()) {
            return self.happen(Event::Sold(sale));
        }
        let sold = holds.iter().find_map(|hold| hold.sale.clone());
        let chosen = to_go_on_with(&holds).cloned();
        let event = match chosen.as_ref().and_then(found) {
            Some(Found::Paying(_, hold)) => Event::FoundPaying(hold),
            Some(Found::Choosing(_) | Found::Sold(_)) | None => Event::NothingUnderWay,
        };
        if let Some(hold) = chosen.filter(|hold| hold.sale.is_none()) {
            self.buying.order.take_up(hold);
        }
        self.happen(event);
        if let Some(sold) = sold
            && let Ok(sale) = self.buying.counter.sale(&sold).await
        {
            self.bought.set(Some(sale));
        }
    }

    fn tick(self) {
        self.buying.now.set(clock::monotonic());
        let has_time = self
            .step
            .with_untracked(|step| matches!(step, Step::Choosing | Step::Card));
        if has_time && untrack(|| self.buying.hold_left()) == Some(Duration::ZERO) {
            spawn_local(async move {
                // A payment may have begun whose answer was lost.
                match self
                    .buying
                    .order
                    .check_time()
                    .await
                    .as_ref()
                    .and_then(found)
                {
                    Some(Found::Paying(_, hold)) => self.happen(Event::Began(hold)),
                    Some(Found::Sold(sale)) => self.happen(Event::Sold(sale)),
                    Some(Found::Choosing(_)) => {}
                    None => self.lose_the_lost(),
                }
            });
        }
    }

    /// Back to the seats, if none are held any more.
    fn lose_the_lost(self) {
        if untrack(|| self.buying.order.hold()).is_none() {
            self.happen(Event::Lost);
        }
    }

    /// The keyboard goes to the heading of the new step, and the page to its beginning.
    fn show_where_one_is(self) {
        if let Some(element) = document().get_element_by_id(ELEMENT) {
            element.scroll_into_view();
        }
        let step = self.step.get_untracked();
        let is_here = move || self.step.with_untracked(|now| *now == step);
        spawn_local(focus::go_to_heading(HEADING, is_here));
    }
}

/// What names a step.
const HEADING: &str = "#buy h3";
