//! What a page that is opened goes on with: what of this guest's is under way for its showtime, and what became of the payment that they come back
//! from. It never leaves a guest who has paid before an empty plan.

use std::sync::Arc;
use std::time::Duration;

use box_office::HoldId;
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
        let of_here = |hold: &&Hold| hold.showtime == place.showtime && hold.sale.is_none();
        let here: Vec<Hold> = holds.iter().filter(of_here).cloned().collect();
        let chosen = chosen(&here, place.paid_for.as_ref()).cloned();
        self.name_others(&holds, chosen.as_ref().map(|hold| &hold.id));
        spawn_local(self.fetch_the_showtime(place.clone()));

        let event = match chosen.as_ref().and_then(found) {
            Some(Found::Paying(_, hold)) => Event::FoundPaying(hold),
            Some(Found::Choosing(_) | Found::Sold(_)) | None => Event::NothingUnderWay,
        };
        if let Some(hold) = chosen {
            self.buying.order.go_on_with(hold);
        }
        let ended = match (&event, &place.paid_for) {
            (Event::FoundPaying(hold), _) => {
                memory::remember(&place, hold);
                None
            }
            (_, Some(paid_for)) => self.comes_back(paid_for).await,
            (_, None) => None,
        };
        self.happen(ended.unwrap_or(event));
        let sold = |hold: &Hold| hold.showtime == place.showtime && hold.sale.is_some();
        let sold = holds.into_iter().filter(sold).map(|hold| hold.id);
        let mut paid: Vec<HoldId> = sold.collect();
        for hold in memory::paid(&place) {
            if !paid.contains(&hold) && place.paid_for.as_ref() != Some(&hold) {
                paid.push(hold);
            }
        }
        for hold in paid {
            self.tell_what_became_of(&place, hold).await;
        }
    }

    /// What this guest keeps beside what the page goes on with.
    pub(super) fn name_others(self, holds: &[Hold], chosen: Option<&HoldId>) {
        let is_other = |hold: &&Hold| {
            matches!(hold.state, HoldState::Open | HoldState::Paying) && chosen != Some(&hold.id)
        };
        self.others
            .set(holds.iter().filter(is_other).cloned().collect());
    }

    /// What became of the hold for which the guest comes back from their bank, if that says where they go on.
    async fn comes_back(self, paid_for: &HoldId) -> Option<Event> {
        let order = self.buying.order;
        let Some(hold) = self.look_until_it_is_known(paid_for).await else {
            // Somebody else's, or begun in another browser.
            self.is_elsewhere.set(true);
            return None;
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
                if is_open {
                    order.go_on_with(hold);
                }
                // An old address says nothing over seats that are kept since.
                if is_open || untrack(|| order.hold()).is_none() {
                    order.notice.set(Notice::of_outcome(&failed));
                }
                is_open.then_some(Event::FoundUnpaid)
            }
        }
    }

    /// Tells of a hold that was to be paid: its tickets, or that its money goes back. One of which nothing was sold is forgotten.
    async fn tell_what_became_of(self, place: &Place, id: HoldId) {
        let Some(hold) = self.look_until_it_is_known(&id).await else {
            return;
        };
        let became = outcome(&hold);
        match (became, hold.state) {
            (Outcome::Sold(sale), _) => {
                memory::remember(place, &id);
                let is_new = |bought: &Vec<_>| bought.iter().all(|(known, _)| *known != sale);
                if self.bought.with_untracked(is_new)
                    && let Ok(found) = self.buying.counter.sale(&sale).await
                    && let Some(page) = found.page
                {
                    self.bought.update(|bought| bought.push((sale, page)));
                }
            }
            (Outcome::Refunded, HoldState::Ended) => {
                if untrack(|| self.buying.order.hold()).is_none() {
                    self.buying.order.notice.set(Some(Notice::Refunded));
                }
                memory::forget(place, &id);
            }
            (_, HoldState::Ended) => memory::forget(place, &id),
            (_, HoldState::Open | HoldState::Paying | HoldState::Settled) => {}
        }
    }

    /// A hold as it is, however long that takes; nothing, if this guest has none of that name.
    async fn look_until_it_is_known(self, id: &HoldId) -> Option<Hold> {
        loop {
            match self.buying.counter.look(id).await {
                Ok(hold) => {
                    self.is_asking.set(false);
                    return Some(hold);
                }
                Err(Trouble::Refused(problem)) if matches!(problem.status, 401 | 404 | 410) => {
                    self.is_asking.set(false);
                    return None;
                }
                Err(_) => {
                    self.is_asking.set(true);
                    clock::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Fetches the showtime until it comes, or until the hub says that there is none.
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
                Err(Trouble::Refused(problem)) if matches!(problem.status, 404 | 410) => {
                    if order.notice.with_untracked(Option::is_none) {
                        order.notice.set(Some(Notice::of_problem(*problem)));
                    }
                    return;
                }
                Err(_) => clock::sleep(PAUSE).await,
            }
        }
    }
}

/// Which of these holds the page goes on with: one that is being paid before all others, then the one that its address names, then the newest.
fn chosen<'a>(here: &'a [Hold], named: Option<&HoldId>) -> Option<&'a Hold> {
    let newest = to_go_on_with(here)?;
    let is_named = |hold: &&Hold| Some(&hold.id) == named && hold.state == HoldState::Open;
    match newest.state {
        HoldState::Paying => Some(newest),
        HoldState::Open | HoldState::Settled | HoldState::Ended => {
            here.iter().find(is_named).or(Some(newest))
        }
    }
}
