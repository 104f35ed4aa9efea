//! Whose turn it is to choose: asked for before the seats are shown where others wait for them, and kept while they are.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use hub_api::Place as Turn;
use leptos::prelude::*;

use super::flow::{Event, Step};
use super::place::Place;
use super::proof;
use super::state::Shop;
use crate::buying::Notice;
use crate::client::Trouble;
use crate::clock;

/// How often it is looked whether to ask.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often a guest asks who chooses: often enough that nobody takes them for gone.
const WHILE_CHOOSING: Duration = Duration::from_secs(25);

/// When to ask again where nothing was answered, and where it is refused. All pages lose a hub at one moment: they come back one by one.
const PAUSE: Duration = Duration::from_secs(5);
const REFUSED_FOR: Duration = Duration::from_secs(60);

/// What is not answered in so long a time is not waited for: a phone that slept has connections that are none any more.
const NO_ANSWER_AFTER: Duration = Duration::from_secs(10);

impl Shop {
    /// Asks for the turn, for as long as the page is open and nothing is bought. `first` is what was answered already.
    pub(super) async fn keep_turn(self, place: Place, first: Option<proof::Answer>) {
        // The page's own notice is not taken away by what is answered here.
        let mut has_told = false;
        if let Some(first) = first {
            let again = self.hears(&place, first, &mut has_told);
            self.asks_turn_at.set_value(clock::monotonic() + again);
        }
        loop {
            match self.step.get_untracked() {
                Step::Paid(_) => {
                    return proof::keep(&place, None);
                }
                Step::Paying(_) => {}
                // A page that nobody looks at, with nothing chosen, keeps nobody waiting.
                Step::Choosing if document().hidden() && !self.has_seats() => {}
                Step::Looking | Step::Waiting | Step::Choosing | Step::Card => {
                    if clock::monotonic() >= self.asks_turn_at.get_value() {
                        let asked = clock::monotonic() + NO_ANSWER_AFTER;
                        self.asks_turn_at.set_value(asked);
                        let answer = self.asks(&place).await;
                        let again = self.hears(&place, answer, &mut has_told);
                        // Whoever wants to ask at once meanwhile does, of what has happened since.
                        if self.asks_turn_at.get_value() == asked {
                            self.asks_turn_at.set_value(clock::monotonic() + again);
                        }
                    }
                }
            }
            clock::sleep(LOOK_EVERY).await;
        }
    }

    async fn asks(self, place: &Place) -> proof::Answer {
        let coming = (self.buying.counter).come(&place.showtime, proof::kept(place));
        match select(pin!(coming), pin!(clock::sleep(NO_ANSWER_AFTER))).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(Trouble::Unreachable),
        }
    }

    /// Goes where the answer says; when to ask again.
    fn hears(self, place: &Place, answer: proof::Answer, has_told: &mut bool) -> Duration {
        let order = self.buying.order;
        match answer {
            Ok(turn) => {
                if std::mem::take(has_told) {
                    order.notice.set(None);
                }
                proof::keep(place, Some(&turn.proof));
                // Seats that are held are chosen and paid for as ever.
                let may_choose = turn.has_turn || self.has_seats();
                let again = match may_choose {
                    true => WHILE_CHOOSING,
                    false => Duration::from_secs(turn.again_seconds.into()),
                };
                self.takes_turn(turn, may_choose);
                again
            }
            Err(trouble) => {
                // Who chooses already hears of what fails there; not who cannot begin to.
                let is_heard = self.chooses() && (self.has_seats() || self.had_turn());
                let says_less =
                    |notice: &Option<Notice>| notice.is_none() || says_others_turn(notice);
                if !is_heard && order.notice.with_untracked(says_less) {
                    *has_told = true;
                    order.notice.set(Some(Notice::of(trouble.clone())));
                }
                match trouble {
                    Trouble::Refused(problem) if problem.status < 500 => REFUSED_FOR,
                    Trouble::Refused(_) | Trouble::Unreachable => PAUSE + some_time(),
                }
            }
        }
    }

    fn takes_turn(self, turn: Turn, may_choose: bool) {
        let notice = self.buying.order.notice;
        let is_told = notice.with_untracked(says_others_turn);
        if may_choose {
            if is_told {
                notice.set(None);
            }
            self.queue.set(Some(turn));
            self.happen(Event::HasTurn);
            return;
        }
        // Where nobody waited they chose without one.
        let is_over = self.chooses() && self.had_turn();
        if is_over && is_told {
            notice.set(None);
        }
        let is_first = !self.has_waited.get_untracked() || is_over;
        // A place that was lost begins anew.
        if is_first || turn.ahead > self.first_ahead.get_untracked() {
            self.first_ahead.set(turn.ahead.max(1));
        }
        if is_first {
            self.turn_is_over.set(is_over);
        }
        self.has_waited.set(true);
        self.queue.set(Some(turn));
        self.happen(Event::MustWait);
    }

    fn chooses(self) -> bool {
        self.step.with_untracked(|step| *step == Step::Choosing)
    }

    /// Whether it was this guest's turn, as the hub said last.
    fn had_turn(self) -> bool {
        let had_turn = |turn: &Option<Turn>| turn.as_ref().is_some_and(|turn| turn.has_turn);
        self.queue.with_untracked(had_turn)
    }

    fn has_seats(self) -> bool {
        untrack(|| self.buying.order.hold()).is_some()
    }

    /// The guest does not want to wait any more.
    pub(super) async fn leave_queue(self) {
        let place = self.place.get_value();
        proof::keep(&place, None);
        // What is not heard is forgotten as if the guest slept.
        let _ = self.buying.counter.leave_queue(&place.showtime).await;
        // Fails only for an address that is none.
        let _ = window()
            .location()
            .assign(&format!("/cinemas/{}", place.cinema));
    }

    /// Asks at once: the hub says that others come before, or a phone that slept is awake.
    pub(super) fn ask_for_turn_now(self) {
        self.asks_turn_at.set_value(Duration::ZERO);
    }
}

/// Whether the guest is told that others come before them.
fn says_others_turn(notice: &Option<Notice>) -> bool {
    notice
        .as_ref()
        .is_some_and(|it| it.refuses("not_your_turn"))
}

/// Up to five seconds.
fn some_time() -> Duration {
    let chance = clock::random_key();
    let chance = chance
        .get(..2)
        .and_then(|hex| u64::from_str_radix(hex, 16).ok());
    Duration::from_millis(chance.unwrap_or(0) * 20)
}
