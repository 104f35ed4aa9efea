//! One guest's order: the showtime, the wishes, what the counter holds, and how long. Every question to the counter about a hold is
//! asked here.

use std::sync::Arc;
use std::time::Duration;

use box_office::{HoldId, SaleId, SeatId, SeatKind, TicketKindId};
use counter_api::{Hold, HoldState, ShowtimeWithLayout};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::notice::Notice;
use super::wishes::{Answer, Request, Wishes};
use crate::client::{Counter, Trouble};
use crate::clock;
use crate::words::Language;

/// Between two tries to reach the counter.
const PAUSE: Duration = Duration::from_secs(2);

/// What has begun with the wish to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// A payment of this hold.
    Paying(HoldId),
    /// Nothing was to be paid.
    Sold(SaleId),
}

/// An order. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Order {
    /// The showtime with its room, once it has come.
    pub showtime: RwSignal<Option<Arc<ShowtimeWithLayout>>>,
    /// Wanted and confirmed seats.
    pub wishes: RwSignal<Wishes>,
    /// When the hold ends, on the browser's clock.
    pub ends_at: RwSignal<Option<Duration>>,
    /// What to tell beside the seats.
    pub notice: RwSignal<Option<Notice>>,
    /// The payment is being started.
    pub is_starting_to_pay: RwSignal<bool>,
    /// How many proposals have been shown, for "try others".
    pub proposals_shown: RwSignal<u32>,
    /// Whether it is being asked how the hold is.
    is_checking: RwSignal<bool>,
    /// How often the time was made longer.
    pub extended: RwSignal<u32>,
    /// The counter that holds.
    counter: Counter,
    /// What the guest speaks, for the paper.
    language: RwSignal<Language>,
}

impl Order {
    /// An empty order.
    pub fn new(counter: Counter, language: RwSignal<Language>) -> Self {
        Self {
            showtime: RwSignal::new(None),
            wishes: RwSignal::new(Wishes::default()),
            ends_at: RwSignal::new(None),
            notice: RwSignal::new(None),
            is_starting_to_pay: RwSignal::new(false),
            proposals_shown: RwSignal::new(0),
            is_checking: RwSignal::new(false),
            extended: RwSignal::new(0),
            counter,
            language,
        }
    }

    /// The hold as the counter confirmed it last.
    pub fn hold(self) -> Option<Hold> {
        self.wishes.with(|wishes| wishes.hold().cloned())
    }

    /// Touches seats that belong together.
    pub fn toggle(self, seats: &[SeatId]) {
        self.proposals_shown.set(0);
        self.wish(|wishes| wishes.toggle(seats));
    }

    /// Wants exactly these seats.
    pub fn want(self, seats: &[SeatId]) {
        self.wish(|wishes| wishes.want(seats));
    }

    /// Wants the tickets of the basket on these seats.
    pub fn move_to(self, seats: &[SeatId]) {
        self.wish(|wishes| wishes.move_to(seats));
    }

    /// Wants another kind of ticket for a seat.
    pub fn want_kind(self, seat: &SeatId, kind: TicketKindId) {
        self.wish(|wishes| wishes.want_kind(seat, kind));
    }

    /// Wants one kind of ticket for all seats on which it is sold.
    pub fn want_kind_for_all(self, kind: &TicketKindId) {
        let Some(showtime) = self.showtime.get_untracked() else {
            return;
        };
        let seats = &showtime.layout.places;
        let may = |seat: &SeatId| {
            let place = seats.iter().find(|place| place.seat == *seat);
            place.is_some_and(|place| {
                (showtime.prices.iter())
                    .any(|price| price.ticket_kind == *kind && price.seat_kind == place.kind)
            })
        };
        self.wish(|wishes| wishes.want_kind_for_all(kind, may));
    }

    /// Wants the best `count` seats together, or the next best if some were shown already.
    pub async fn propose(self, count: u32, only: Option<SeatKind>) {
        let Some(showtime) = self.showtime.get_untracked() else {
            return;
        };
        let wanted = (count, self.proposals_shown.get_untracked());
        let hold = untrack(|| self.hold()).map(|hold| hold.id);
        let (id, hold) = (&showtime.showtime.id, hold.as_ref());
        match self.counter.best_available(id, wanted, only, hold).await {
            Ok(found) if found.seats.is_empty() => {
                self.proposals_shown.set(0);
                self.notice.set(Some(Notice::NoneTogether));
            }
            Ok(found) => {
                self.proposals_shown.update(|shown| *shown += 1);
                self.want(&found.seats);
            }
            Err(trouble) => self.notice.set(Some(Notice::of(trouble))),
        }
    }

    /// Asks for more time for the hold.
    pub fn extend(self) {
        let Some(hold) = untrack(|| self.hold()) else {
            return;
        };
        spawn_local(async move {
            match self.counter.extend(&hold.id).await {
                Ok(hold) => {
                    self.extended.update(|times| *times += 1);
                    self.take(hold);
                }
                Err(trouble) if is_gone(&trouble) => self.lose(&hold.id),
                Err(trouble) => self.notice.set(Some(Notice::of(trouble))),
            }
        });
    }

    /// Asks how the hold is, for its time seems to be over, and gives it as the counter tells it, or as it was while nobody does.
    pub async fn check_time(self) -> Option<Hold> {
        let hold = untrack(|| self.hold())?;
        if self.is_checking.get_untracked() {
            return Some(hold);
        }
        self.is_checking.set(true);
        let found = match self.counter.look(&hold.id).await {
            Ok(hold) => {
                self.take(hold.clone());
                Some(hold)
            }
            Err(trouble) if is_gone(&trouble) => {
                self.lose(&hold.id);
                None
            }
            // It is asked again: the seats may be kept still.
            Err(trouble) => {
                self.notice.set(Some(Notice::of(trouble)));
                clock::sleep(PAUSE).await;
                Some(hold)
            }
        };
        self.is_checking.set(false);
        found
    }

    /// Asks how the hold is, without a word where nobody answers or something else is being asked.
    pub async fn look_again(self) -> Option<Hold> {
        let hold = untrack(|| self.hold())?;
        let waits = || self.wishes.with_untracked(Wishes::waits);
        if waits() {
            return Some(hold);
        }
        match self.counter.look(&hold.id).await {
            Ok(now) if !waits() => {
                self.take(now.clone());
                Some(now)
            }
            Err(trouble) if is_gone(&trouble) => {
                self.lose(&hold.id);
                None
            }
            Ok(_) | Err(_) => Some(hold),
        }
    }

    /// Takes the hold as the counter has it, whatever was wanted and shown here.
    pub async fn take_as_it_is(self, hold: &HoldId) {
        match self.counter.look(hold).await {
            // What the guest has chosen since is another matter.
            Ok(_) if !self.is_of_hold(hold) => {}
            Ok(hold) => {
                self.wishes.set(Wishes::of(hold.clone()));
                self.take(hold);
            }
            Err(trouble) if is_gone(&trouble) => self.lose(hold),
            // It is asked for again with the next touch.
            Err(_) => {}
        }
    }

    /// Goes on with a hold of which the page knows nothing yet, and whose showtime somebody else fetches.
    pub fn go_on_with(self, hold: Hold) {
        self.wishes.set(Wishes::of(hold.clone()));
        self.take(hold);
    }

    /// Goes on with a hold of which the page knows nothing yet.
    pub fn take_up(self, hold: Hold) {
        let id = hold.showtime.clone();
        self.go_on_with(hold);
        spawn_local(async move {
            // Where the seats are shown it is asked for until it comes.
            if let Ok(fetched) = self.counter.showtime(&id).await
                && untrack(|| self.hold()).is_some_and(|hold| hold.showtime == id)
                && self.showtime.with_untracked(Option::is_none)
            {
                self.showtime.set(Some(Arc::new(fetched)));
            }
        });
    }

    /// Whether the guest has chosen seats, or is about to.
    pub fn has_seats(self) -> bool {
        !self.wishes.with(Wishes::is_empty)
    }

    /// Takes note of the hold as the counter tells it. One that the guest has left since says nothing of what they have now.
    pub fn take(self, hold: Hold) {
        if !self.is_of_hold(&hold.id) {
            return;
        }
        match hold.state {
            HoldState::Ended => self.lose(&hold.id),
            HoldState::Open | HoldState::Paying | HoldState::Settled => {
                self.ends_at.set(Some(
                    clock::monotonic() + Duration::from_millis(hold.expires_in_ms),
                ));
                self.wishes.update(|wishes| wishes.refresh(hold));
            }
        }
    }

    /// Gives everything back and forgets it.
    pub fn release(self) {
        if let Some(hold) = untrack(|| self.hold()) {
            give_back(self.counter, hold.id);
        }
        self.forget();
    }

    /// Forgets everything, for the seats are sold or gone.
    pub fn forget(self) {
        self.wishes.set(Wishes::default());
        self.ends_at.set(None);
        self.notice.set(None);
        self.showtime.set(None);
        self.proposals_shown.set(0);
        self.is_starting_to_pay.set(false);
    }

    /// Forgets the seats, for the counter has given them back.
    pub fn forget_seats(self) {
        self.wishes.set(Wishes::default());
        self.ends_at.set(None);
    }

    /// Begins to pay by card for this hold, as the guest was shown it, or has the tickets issued where nothing is to be paid. `card` is what whoever
    /// takes cards online calls it; `is_paperless` is whether the guest has agreed to go without paper. Nothing, if it did not begin: the notice
    /// says why.
    pub async fn pay(self, hold: Hold, card: Option<String>, is_paperless: bool) -> Option<Begun> {
        self.notice.set(None);
        self.is_starting_to_pay.set(true);
        let is_free = hold.basket.total.minor <= hold.basket.paid.minor;
        let began = if is_free {
            let sale = self.counter.settle(&hold, is_paperless).await;
            sale.map(|sale| Begun::Sold(sale.id))
        } else {
            let tender = self.counter.pay_by_card(&hold, card, is_paperless).await;
            tender.map(|_| Begun::Paying(hold.id.clone()))
        };
        let began = match began {
            Ok(begun) => Some(begun),
            // Nobody knows yet whether it began: the hold tells.
            Err(trouble) if is_under_way(&trouble) || trouble == Trouble::Unreachable => {
                Some(Begun::Paying(hold.id))
            }
            // What the guest has chosen since is another matter.
            Err(_) if !self.is_of_hold(&hold.id) => None,
            Err(trouble) if is_gone(&trouble) => {
                self.lose(&hold.id);
                None
            }
            // Another page may have chosen anew, or a time is over: what is true is shown, and the guest looks at it first.
            Err(trouble) => {
                self.take_as_it_is(&hold.id).await;
                // Whoever has lost the seats meanwhile reads that.
                if self.is_of_hold(&hold.id) {
                    self.notice.set(Some(Notice::of(trouble)));
                }
                None
            }
        };
        self.is_starting_to_pay.set(false);
        began
    }

    /// Whether this is the hold that the guest has.
    pub fn is_of_hold(self, id: &HoldId) -> bool {
        let is_it = |wishes: &Wishes| wishes.hold().is_some_and(|hold| hold.id == *id);
        self.wishes.with_untracked(is_it)
    }

    /// The counter has given this hold back, if it is the one that the guest has.
    fn lose(self, id: &HoldId) {
        if self.is_of_hold(id) {
            self.forget_seats();
            self.notice.set(Some(Notice::TimeUp));
        }
    }

    fn wish(self, change: impl FnOnce(&mut Wishes)) {
        self.notice.set(None);
        self.wishes.update(change);
        self.send_next();
    }

    fn send_next(self) {
        let Some(request) = self.wishes.try_update(Wishes::next_request).flatten() else {
            return;
        };
        let Some(showtime) = self.showtime.get_untracked() else {
            return;
        };
        spawn_local(async move {
            let language = self.language.get_untracked();
            let answer = ask(self.counter, &showtime, request, language).await;
            if self.is_of(&showtime) {
                self.hear(answer);
            } else if let Answer::Held(hold) = answer {
                // The guest left while the counter was answering.
                give_back(self.counter, hold.id);
            }
        });
    }

    fn is_of(self, showtime: &Arc<ShowtimeWithLayout>) -> bool {
        self.showtime
            .with_untracked(|now| now.as_ref().is_some_and(|now| Arc::ptr_eq(now, showtime)))
    }

    fn hear(self, answer: Answer) {
        match &answer {
            Answer::Held(hold) => {
                self.ends_at.set(Some(
                    clock::monotonic() + Duration::from_millis(hold.expires_in_ms),
                ));
                self.notice.set(None);
            }
            Answer::Released => self.ends_at.set(None),
            Answer::Refused(problem) => self
                .notice
                .set(Some(Notice::of_problem((**problem).clone()))),
            Answer::Gone => {
                self.ends_at.set(None);
                self.notice.set(Some(Notice::TimeUp));
            }
            Answer::Unreachable => self.notice.set(Some(Notice::Unreachable)),
        }
        self.wishes.update(|wishes| wishes.answered(answer));
        self.send_next();
    }
}

/// The counter says that a payment of this hold is under way: then the screen follows it.
fn is_under_way(trouble: &Trouble) -> bool {
    matches!(
        trouble.code(),
        Some("payment_under_way" | "payment_pending" | "hold_paying")
    )
}

async fn ask(
    counter: Counter,
    showtime: &ShowtimeWithLayout,
    request: Request,
    language: Language,
) -> Answer {
    let answer = match request {
        Request::Hold(seats) => counter.hold(&showtime.showtime.id, seats, language).await,
        Request::Choose(hold, seats) => match counter.choose(&hold, seats, language).await {
            Err(trouble) if is_gone(&trouble) => return Answer::Gone,
            answer => answer,
        },
        Request::Release(hold) => {
            return match counter.release(&hold).await {
                // A hold that the counter no longer knows is given back too.
                Ok(()) | Err(Trouble::Refused(_)) => Answer::Released,
                Err(Trouble::Unreachable) => Answer::Unreachable,
            };
        }
    };
    match answer {
        Ok(hold) => Answer::Held(Box::new(hold)),
        Err(Trouble::Refused(problem)) => Answer::Refused(problem),
        Err(Trouble::Unreachable) => Answer::Unreachable,
    }
}

/// The counter says that there is no such hold any more.
fn is_gone(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Refused(problem) => {
            matches!(problem.status, 404 | 410) || problem.code.starts_with("hold_")
        }
        Trouble::Unreachable => false,
    }
}

/// Gives a hold back.
pub fn give_back(counter: Counter, hold: HoldId) {
    spawn_local(async move {
        // What the counter does not hear it gives back by itself when the time is over.
        let _ = counter.release(&hold).await;
    });
}
