//! What a page that is opened goes on with: what of this guest's is under way for its showtime, and what became of the payment that they come back
//! from. It never leaves a guest who has paid before an empty plan.

use std::sync::Arc;
use std::time::Duration;

use counter_api::{Hold, HoldState};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::flow::Event;
use super::memory;
use super::place::Place;
use super::state::Shop;
use crate::buying::{Found, Notice, Outcome, found, outcome, to_go_on_with};
use crate::client::Trouble;
use crate::clock;

/// Between two tries to reach the hub.
const PAUSE: Duration = Duration::from_secs(2);

impl Shop {
    /// Goes on with what of this guest's is under way.
    pub(super) async fn resume(self, place: Place, holds: Vec<Hold>) {
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            (holds.into_iter()).partition(|hold| hold.showtime == place.showtime);
        let chosen = to_go_on_with(&here)
            .filter(|hold| hold.sale.is_none())
            .cloned();
        let is_other = |hold: &&Hold| {
            hold.state == HoldState::Open
                && chosen.as_ref().is_none_or(|chosen| chosen.id != hold.id)
        };
        let others = here.iter().chain(&elsewhere).filter(is_other);
        self.others
            .set(others.map(|hold| hold.id.clone()).collect());
        spawn_local(self.fetch_the_showtime(place.clone()));

        let sold_before = here.iter().find(|hold| hold.sale.is_some()).cloned();
        let event = match chosen.as_ref().and_then(found) {
            Some(Found::Paying(_, hold)) => Event::FoundPaying(hold),
            Some(Found::Choosing(_) | Found::Sold(_)) | None => Event::NothingUnderWay,
        };
        if let Some(hold) = chosen {
            self.buying.order.take_up(hold);
        }
        let is_paying = matches!(event, Event::FoundPaying(_));
        let ended = match (&place.paid_for, is_paying) {
            (Some(_), false) => self.comes_back(&place).await,
            (Some(_), true) | (None, _) => None,
        };
        self.happen(ended.unwrap_or(event));
        let sold = match sold_before {
            Some(hold) => Some(hold),
            None => match memory::paid_last(&place) {
                Some(last) => self.buying.counter.look(&last).await.ok(),
                None => None,
            },
        };
        if let Some(sold) = sold.and_then(|hold| hold.sale)
            && let Ok(sale) = self.buying.counter.sale(&sold).await
        {
            self.bought.set(Some(sale));
        }
    }

    /// What became of the hold for which the guest comes back from their bank, if that says where they go on.
    async fn comes_back(self, place: &Place) -> Option<Event> {
        let order = self.buying.order;
        let hold = loop {
            match self.buying.counter.look(place.paid_for.as_ref()?).await {
                Ok(hold) => break hold,
                // Somebody else's, or begun in another browser.
                Err(Trouble::Refused(problem)) if matches!(problem.status, 401 | 404 | 410) => {
                    self.is_elsewhere.set(true);
                    return None;
                }
                Err(_) => clock::sleep(PAUSE).await,
            }
        };
        let is_open = hold.state == HoldState::Open;
        match outcome(&hold) {
            Outcome::Sold(sale) => Some(Event::Sold(sale)),
            Outcome::Waiting => Some(Event::FoundPaying(hold.id)),
            // Nobody has tried to pay for it: its seats are gone on with.
            Outcome::NotBegun => None,
            failed @ (Outcome::Declined(_)
            | Outcome::Cancelled
            | Outcome::Refunded
            | Outcome::Ended) => {
                order.notice.set(Notice::of_outcome(&failed));
                is_open.then_some(Event::FoundUnpaid)
            }
        }
    }

    /// Fetches the showtime until it comes, or until the hub says why it does not.
    async fn fetch_the_showtime(self, place: Place) {
        let order = self.buying.order;
        loop {
            match self.buying.counter.showtime(&place.showtime).await {
                Ok(fetched) => {
                    if order.showtime.with_untracked(Option::is_none) {
                        order.showtime.set(Some(Arc::new(fetched)));
                    }
                    return;
                }
                Err(Trouble::Refused(problem)) => {
                    return order.notice.set(Some(Notice::of_problem(*problem)));
                }
                Err(Trouble::Unreachable) => clock::sleep(PAUSE).await,
            }
        }
    }
}
