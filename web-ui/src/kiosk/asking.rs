//! What the kiosk asks the box by itself: how it is, what is on, and what of this device's is under way.

use std::time::Duration;

use counter_api::{DayProgramme, Hold, HoldState, ShowtimeState};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::address::pair_by_the_address;
use super::flow::{Event, Step};
use super::state::Kiosk;
use crate::buying::{Found, found, give_back, to_go_on_with};
use crate::client::{self, Trouble};
use crate::clock;

/// How often the box is asked how it is.
const STATUS_EVERY: Duration = Duration::from_secs(3);
/// How often the programme is fetched anew while nobody is there.
const PROGRAMME_EVERY: Duration = Duration::from_secs(60);

impl Kiosk {
    /// Asks the box how it is for as long as the page is open.
    pub(super) async fn ask_status_for_ever(self) {
        pair_by_the_address().await;
        loop {
            self.ask_status().await;
            if self.cinema.with_untracked(Option::is_none)
                && let Ok(cinema) = client::cinema().await
            {
                self.cinema.set(Some(cinema));
            }
            clock::sleep(STATUS_EVERY).await;
        }
    }

    /// Asks the box how it is.
    pub async fn ask_status(self) {
        match client::status().await {
            Ok(status) => {
                self.is_reachable.set(true);
                let must_look = status.device.is_some() && !self.has_looked.get_untracked();
                if must_look && self.take_up().await == Err(Trouble::Unreachable) {
                    return;
                }
                if self
                    .status
                    .with_untracked(|known| known.as_ref() != Some(&status))
                {
                    self.status.set(Some(status));
                }
                if self.is_unpaired() {
                    self.happen(Event::Revoked);
                }
            }
            Err(Trouble::Refused(_)) => self.is_reachable.set(true),
            Err(Trouble::Unreachable) => self.is_reachable.set(false),
        }
    }

    /// Goes on with what of this device's is under way; what nobody goes on with is given back.
    async fn take_up(self) -> Result<(), Trouble> {
        let holds = self.buying.counter.under_way().await?.holds;
        self.has_looked.set(true);
        let chosen = to_go_on_with(&holds).cloned();
        let is_left = |hold: &&Hold| {
            let is_chosen = chosen.as_ref().is_some_and(|chosen| chosen.id == hold.id);
            hold.state == HoldState::Open && !is_chosen
        };
        for hold in holds.iter().filter(is_left) {
            give_back(self.buying.counter, hold.id.clone());
        }
        if let Some(hold) = chosen
            && let Some(found) = found(&hold)
        {
            match found {
                Found::Choosing(_) | Found::Paying(..) => self.buying.order.take_up(hold),
                Found::Sold(_) => {}
            }
            self.happen(Event::Found(found));
        }
        Ok(())
    }

    fn is_unpaired(self) -> bool {
        let status = self.status.get_untracked();
        status.is_some_and(|status| status.device.is_none())
    }

    /// Asks what is on for as long as the page is open.
    pub(super) async fn ask_programme_for_ever(self) {
        loop {
            clock::sleep(PROGRAMME_EVERY).await;
            if self.step.with_untracked(|step| *step == Step::Attract) {
                self.ask_programme(self.day.get_untracked()).await;
            }
        }
    }

    /// Fetches the day that is looked at.
    pub(super) fn follow_the_day(self) {
        let day = self.day.get();
        spawn_local(self.ask_programme(day));
    }

    /// Fetches a day; without one today, or the next day if nothing is left to sell today.
    async fn ask_programme(self, day: Option<String>) {
        let asked = day.clone();
        let fetched = async {
            let programme = client::programme(day.as_deref()).await?;
            let next = programme.days.iter().find(|next| **next > programme.day);
            match next {
                Some(next) if day.is_none() && !has_something_to_sell(&programme) => {
                    client::programme(Some(next)).await
                }
                Some(_) | None => Ok(programme),
            }
        };
        let mut programme = fetched.await;
        while programme.is_err() {
            clock::sleep(STATUS_EVERY).await;
            programme = client::programme(asked.as_deref()).await;
        }
        if let Ok(programme) = programme
            && self.day.get_untracked() == asked
        {
            self.programme.set(Some(programme));
            // A new business day may have begun.
            if let Ok(cinema) = client::cinema().await {
                self.cinema.set(Some(cinema));
            }
        }
    }
}

fn has_something_to_sell(programme: &DayProgramme) -> bool {
    programme
        .films
        .iter()
        .flat_map(|film| &film.showtimes)
        .any(|showtime| showtime.state == ShowtimeState::OnSale)
}
