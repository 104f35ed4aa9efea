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
use super::proof;
use super::state::Shop;
use crate::buying::{Found, Notice, Outcome, found, outcome, to_go_on_with};
use crate::client::Trouble;
use crate::clock;

/// Between two tries to reach the hub.
const PAUSE: Duration = Duration::from_secs(2);

impl Shop {
    /// Goes on with what of this guest's is under way.
    pub(super) async fn resume(
        self,
        place: Place,
        (holds, turn): (Vec<Hold>, Option<proof::Answer>),
    ) {
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
        let event = ended.unwrap_or(event);
        // Who holds nothing asks first whether it is their turn, where others wait.
        let has_seats = untrack(|| self.buying.order.hold()).is_some();
        let goes_on = !place.sells || !place.is_waited_for || has_seats;
        if goes_on || event != Event::NothingUnderWay {
            self.happen(event);
        }
        if place.sells {
            spawn_local(self.keep_turn(place.clone(), turn));
        }
        let sold = |hold: &Hold| hold.showtime == place.showtime && hold.sale.is_some();
        let mut told = Vec::from_iter(place.paid_for.clone());
        for hold in holds.into_iter().filter(sold) {
            told.push(hold.id.clone());
            self.tell_what_became_of(&place, hold).await;
        }
        let to_tell = memory::paid(&place).into_iter();
        for id in to_tell.filter(|id| !told.contains(id)) {
            if let Some(hold) = self.until_known(|| self.buying.counter.look(&id)).await {
                self.tell_what_became_of(&place, hold).await;
            }
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
        let asked = self.until_known(|| self.buying.counter.look(paid_for));
        let Some(hold) = asked.await else {
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
    async fn tell_what_became_of(self, place: &Place, hold: Hold) {
        match (outcome(&hold), hold.state) {
            (Outcome::Sold(sale), _) => {
                memory::remember(place, &hold.id);
                let asked = self.until_known(|| self.buying.counter.sale(&sale));
                if let Some(page) = asked.await.and_then(|found| found.page) {
                    self.bought.update(|bought| bought.push(page));
                }
            }
            (Outcome::Refunded, HoldState::Ended) => {
                if untrack(|| self.buying.order.hold()).is_none() {
                    self.buying.order.notice.set(Some(Notice::Refunded));
                }
                memory::forget(place, &hold.id);
            }
            (_, HoldState::Ended) => memory::forget(place, &hold.id),
            (_, HoldState::Open | HoldState::Paying | HoldState::Settled) => {}
        }
    }

    /// What the hub answers, however long that takes; nothing, if this guest has nothing of that name.
    async fn until_known<T>(self, ask: impl AsyncFn() -> Result<T, Trouble>) -> Option<T> {
        loop {
            let answer = ask().await;
            let is_known = match &answer {
                Ok(_) => true,
                Err(Trouble::Refused(problem)) => matches!(problem.status, 401 | 404 | 410),
                Err(Trouble::Unreachable) => false,
            };
            self.is_asking.set(!is_known);
            if is_known {
                return answer.ok();
            }
            clock::sleep(PAUSE).await;
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
