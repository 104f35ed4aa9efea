//! What every part of the kiosk shares: where the guest is, the order, the state of the box, and the clock that ticks.

use std::time::Duration;

use appliance_api::Status;
use counter_api::{Cinema, DayProgramme, Sale};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::address::Settings;
use super::flow::{self, Effect as Deed, Event, Loss, Shown, Step};
use super::idle::{Idle, Patience};
use super::paper::Paper;
use super::preferences::{self, Preferences};
use super::words::VOICE;
use crate::buying::{Begun, Buying, Found, found};
use crate::client::{self, Counter};
use crate::clock;
use crate::focus::Place;
use crate::words::{Language, fill};

/// How often the countdowns move.
const TICK: Duration = Duration::from_millis(250);

/// How long after a finger has gone up the browser may take to tell of its click, which must still find its button.
const CLICK_COMES_WITHIN: Duration = Duration::from_millis(400);

/// A sheet over the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheet {
    /// The languages.
    Languages,
    /// How to buy a ticket here.
    Help,
    /// Whether to lose something by what was touched.
    Leaving(Event, Loss),
    /// No paper can come out.
    Paperless,
}

/// The state of the kiosk. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Kiosk {
    pub(super) step: RwSignal<Step>,
    /// The language that is spoken.
    pub language: RwSignal<Language>,
    /// How the screen suits the guest.
    pub preferences: RwSignal<Preferences>,
    /// What the box said last about itself.
    pub status: RwSignal<Option<Status>>,
    /// Whether the box answered the last time.
    pub is_reachable: RwSignal<bool>,
    /// The cinema.
    pub cinema: RwSignal<Option<Cinema>>,
    /// What is on, on the day that is looked at.
    pub programme: RwSignal<Option<DayProgramme>>,
    /// The day that a guest has picked; otherwise today, or the next day with something to sell.
    pub day: RwSignal<Option<String>>,
    /// What is bought.
    pub buying: Buying,
    /// What was sold, once the box has told it.
    pub sale: RwSignal<Option<Sale>>,
    /// How the payment goes, in words.
    pub payment_says: RwSignal<Option<String>>,
    /// The sheet over the screen.
    pub sheet: RwSignal<Option<Sheet>>,
    /// How often this guest has asked for more time.
    pub more_times: RwSignal<u32>,
    /// Whether the box was asked what of this device's is under way.
    pub(super) has_looked: RwSignal<bool>,
    /// Where the keyboard was last.
    pub(super) place: StoredValue<Place, LocalStorage>,
    touched_at: RwSignal<Duration>,
    settings: Settings,
}

impl Kiosk {
    /// Starts everything that runs for as long as the page is open.
    pub fn start() -> Self {
        let settings = Settings::of_the_address();
        let language = RwSignal::new(settings.language);
        let buying = Buying::new(Counter::OF_THE_BOX, language, VOICE);
        let kiosk = Self {
            step: RwSignal::new(Step::default()),
            language,
            preferences: RwSignal::new(settings.preferences),
            status: RwSignal::new(None),
            is_reachable: RwSignal::new(true),
            cinema: RwSignal::new(None),
            programme: RwSignal::new(None),
            day: RwSignal::new(None),
            buying,
            sale: RwSignal::new(None),
            payment_says: RwSignal::new(None),
            sheet: RwSignal::new(None),
            more_times: RwSignal::new(0),
            has_looked: RwSignal::new(false),
            place: StoredValue::new_local(Place::default()),
            touched_at: RwSignal::new(clock::monotonic()),
            settings,
        };
        Effect::new(move |_| preferences::wear(kiosk.preferences.get(), kiosk.language.get()));
        Effect::new(move |_| kiosk.follow_the_day());
        kiosk.listen_for_touches();
        set_interval(move || kiosk.tick(), TICK);
        spawn_local(kiosk.ask_status_for_ever());
        spawn_local(kiosk.ask_programme_for_ever());
        kiosk
    }

    /// The state, below the component that started it.
    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::start)
    }

    /// What the screen shows.
    pub fn shown(self) -> Shown {
        self.status
            .with(|status| self.step.with(|step| flow::shown(step, status.as_ref())))
    }

    /// Lets something happen.
    pub fn happen(self, event: Event) {
        let (step, deed) = flow::next(self.step.get_untracked(), event);
        match deed {
            None => {}
            Some(Deed::ReleaseSeats) => self.buying.order.release(),
            Some(Deed::ForgetBasket) => self.buying.order.forget(),
            Some(Deed::ForgetGuest) => self.forget_guest(),
            Some(Deed::HandOver(sale)) => {
                self.forget_guest();
                // What the box does not hear it forgets by itself after a while.
                spawn_local(async move {
                    let _ = client::hand_over(&sale).await;
                });
            }
        }
        if self.step.with_untracked(|now| *now != step) {
            self.close_sheets();
            self.step.set(step);
            self.begin_clock_anew();
        }
    }

    /// Lets a guest leave the screen, and asks first if something is lost by it.
    pub fn leave(self, event: Event) {
        let loss = untrack(|| {
            let (has_seats, has_paper) = (self.buying.order.has_seats(), self.has_paper());
            self.step
                .with(|step| flow::loss(step, has_seats, has_paper))
        });
        match loss {
            Some(loss) => {
                self.close_sheets();
                self.sheet.set(Some(Sheet::Leaving(event, loss)));
            }
            None => self.happen(event),
        }
    }

    /// Lets the clock that throws people out begin anew: something has happened that they have to read.
    pub fn begin_clock_anew(self) {
        self.touched_at.set(clock::monotonic());
    }

    /// Whether what was sold is on paper, or is about to be.
    pub fn has_paper(self) -> bool {
        self.paper() != Paper::None
    }

    /// How long until the screen is given up, and how long that was at first; only while the question is asked.
    pub fn idle_left(self) -> Option<(Duration, Duration)> {
        match self.idle() {
            Idle::Asking { left, whole } => Some((left, whole)),
            Idle::Active | Idle::Over => None,
        }
    }

    /// That the screen with the codes closes in so long.
    pub fn closing_text(self, left: Duration) -> String {
        let words = self.language.get().kiosk();
        let text = match self.has_paper() {
            true => words.closing_soon,
            false => words.closing_codes,
        };
        let seconds = left.as_millis().div_ceil(1000);
        fill(text, &[("count", &seconds.to_string())])
    }

    /// Where the paper of what was sold is.
    pub fn paper(self) -> Paper {
        self.sale.with(|sale| {
            sale.as_ref()
                .map_or(Paper::Coming, |sale| Paper::of(sale.paper))
        })
    }

    /// More time: for the hold, and before the idle question comes.
    pub fn more_time(self) {
        self.begin_clock_anew();
        self.more_times.update(|times| *times += 1);
        // While a payment is under way the hold's time stands still.
        let is_choosing = self
            .step
            .with_untracked(|step| matches!(step, Step::Seats(_)));
        if is_choosing {
            self.buying.order.extend();
        }
    }

    /// Whether somebody has something to lose: seats, a language, a page.
    pub fn is_in_use(self) -> bool {
        match self.shown() {
            Shown::Waiting | Shown::Pairing | Shown::OutOfService(_) | Shown::Paying(_) => false,
            Shown::Attract => self.day.get().is_some() || self.sheet.with(Option::is_some),
            Shown::Film(_) | Shown::Seats(_) | Shown::Done(_) => true,
        }
    }

    /// Pays by card, or at once where nothing is to be paid; `is_paperless` is whether the guest has agreed to go without paper.
    pub fn pay(self, is_paperless: bool) {
        let Some(hold) = untrack(|| self.buying.order.hold()) else {
            return;
        };
        spawn_local(async move {
            match self.buying.order.pay(hold, None, is_paperless).await {
                Some(Begun::Paying(hold)) => self.happen(Event::PaymentBegan(hold)),
                Some(Begun::Sold(sale)) => self.happen(Event::Sold(sale)),
                None => {}
            }
        });
    }

    fn close_sheets(self) {
        self.sheet.set(None);
        self.buying.sheet.set(None);
    }

    fn idle(self) -> Idle {
        if !self.is_in_use() {
            return Idle::Active;
        }
        self.patience()
            .judge(self.buying.now.get().saturating_sub(self.touched_at.get()))
    }

    fn patience(self) -> Patience {
        let all = self.settings.patiences;
        let patience = match (self.shown(), self.has_paper()) {
            (Shown::Done(_), true) => all.paid,
            (Shown::Done(_), false) => all.only_codes,
            (_, _) => all.choosing,
        };
        patience.longer(self.more_times.get())
    }

    fn tick(self) {
        let settings = self.settings;
        self.buying.now.set(clock::monotonic());
        if self.place.with_value(Place::is_lost) {
            self.place.with_value(Place::go_back);
        }
        let over = untrack(|| self.idle() == Idle::Over);
        if over {
            self.happen(Event::StartAgain);
        }
        let quiet = untrack(|| self.buying.now.get().saturating_sub(self.touched_at.get()))
            > settings.patiences.choosing.quiet;
        let nobody = untrack(|| !self.is_in_use() && self.shown() == Shown::Attract);
        if quiet && nobody && self.preferences.get_untracked() != settings.preferences {
            self.preferences.set(settings.preferences);
        }
        let is_choosing = self
            .step
            .with_untracked(|step| matches!(step, Step::Seats(_)));
        if is_choosing && untrack(|| self.buying.hold_left()) == Some(Duration::ZERO) {
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
                    Some(Found::Paying(_, hold)) => self.happen(Event::PaymentBegan(hold)),
                    Some(Found::Sold(sale)) => self.happen(Event::Sold(sale)),
                    Some(Found::Choosing(_)) | None => {}
                }
            });
        }
    }

    fn forget_guest(self) {
        let settings = self.settings;
        self.buying.order.release();
        self.preferences.set(settings.preferences);
        self.language.set(settings.language);
        self.more_times.set(0);
        self.sale.set(None);
        self.day.set(None);
        self.close_sheets();
        self.touched_at.set(clock::monotonic());
    }

    fn listen_for_touches(self) {
        // While something is asked, a finger or a key that comes down takes nothing away: the button beneath it would go before it is used.
        let begin = move || {
            if untrack(|| self.idle_left()).is_none() {
                self.begin_clock_anew();
            }
        };
        let end = move |after| set_timeout(move || self.begin_clock_anew(), after);
        let _ = window_event_listener(ev::pointerdown, move |_| begin());
        let _ = window_event_listener(ev::keydown, move |_| begin());
        let _ = window_event_listener(ev::pointerup, move |_| end(CLICK_COMES_WITHIN));
        let _ = window_event_listener(ev::pointercancel, move |_| end(CLICK_COMES_WITHIN));
        let _ = window_event_listener(ev::keyup, move |_| end(CLICK_COMES_WITHIN));
        // A program that reads the screen touches without finger or key.
        let _ = window_event_listener(ev::click, move |_| end(Duration::ZERO));
        // A kiosk has no way out of the page: the browser's own way back is the guest's.
        let stay = || {
            let _ = window().history().and_then(|history| {
                history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", None)
            });
        };
        stay();
        let _ = window_event_listener(ev::popstate, move |_| {
            stay();
            self.leave(Event::Back);
        });
    }
}
