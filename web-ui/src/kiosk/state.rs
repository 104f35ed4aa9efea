//! What every part of the kiosk shares: where the guest is, the order, the state of the box, and the clock that ticks.

use std::time::Duration;

use appliance_api::Status;
use box_office::SeatId;
use counter_api::{Cinema, DayProgramme, Hold, HoldState, Sale, ShowtimeState};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::UrlSearchParams;

use super::flow::{self, Effect as Deed, Event, Found, Loss, Shown, Step};
use super::idle::{Idle, Patience, Patiences};
use super::notice::Notice;
use super::order::{self, Order};
use super::paper::Paper;
use super::preferences::{self, Contrast, Preferences};
use super::under_way::{found, to_go_on_with};
use crate::client::{self, Trouble};
use crate::clock;
use crate::words::Language;

/// How often the box is asked how it is.
const STATUS_EVERY: Duration = Duration::from_secs(3);
/// How often the programme is fetched anew while nobody is there.
const PROGRAMME_EVERY: Duration = Duration::from_secs(60);
/// How often the countdowns move.
const TICK: Duration = Duration::from_millis(250);

/// A sheet over the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheet {
    /// The languages.
    Languages,
    /// How to buy a ticket here.
    Help,
    /// The ticket kinds for a seat.
    Kinds(SeatId),
    /// Whether to lose something by what was touched.
    Leaving(Event, Loss),
}

/// The state of the kiosk. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Kiosk {
    step: RwSignal<Step>,
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
    /// The guest's order.
    pub order: Order,
    /// What was sold, once the box has told it.
    pub sale: RwSignal<Option<Sale>>,
    /// The sheet over the screen.
    pub sheet: RwSignal<Option<Sheet>>,
    /// How often this guest has asked for more time.
    pub more_times: RwSignal<u32>,
    /// Whether the box was asked what of this device's is under way.
    has_looked: RwSignal<bool>,
    now: RwSignal<Duration>,
    touched_at: RwSignal<Duration>,
    settings: Settings,
}

impl Kiosk {
    /// Starts everything that runs for as long as the page is open.
    pub fn start() -> Self {
        let settings = Settings::of_the_address();
        let language = RwSignal::new(settings.language);
        let kiosk = Self {
            step: RwSignal::new(Step::default()),
            language,
            preferences: RwSignal::new(settings.preferences),
            status: RwSignal::new(None),
            is_reachable: RwSignal::new(true),
            cinema: RwSignal::new(None),
            programme: RwSignal::new(None),
            day: RwSignal::new(None),
            order: Order::new(language),
            sale: RwSignal::new(None),
            sheet: RwSignal::new(None),
            more_times: RwSignal::new(0),
            has_looked: RwSignal::new(false),
            now: RwSignal::new(clock::monotonic()),
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
            Some(Deed::ReleaseSeats) => self.order.release(),
            Some(Deed::ForgetBasket) => self.order.forget(),
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
            self.sheet.set(None);
            self.step.set(step);
            self.begin_clock_anew();
        }
    }

    /// Lets a guest leave the screen, and asks first if something is lost by it.
    pub fn leave(self, event: Event) {
        let loss = untrack(|| {
            let (has_seats, has_paper) = (self.order.has_seats(), self.has_paper());
            self.step
                .with(|step| flow::loss(step, has_seats, has_paper))
        });
        match loss {
            Some(loss) => self.sheet.set(Some(Sheet::Leaving(event, loss))),
            None => self.happen(event),
        }
    }

    /// Lets the clock that throws people out begin anew: something has happened that they have to read.
    pub fn begin_clock_anew(self) {
        self.touched_at.set(clock::monotonic());
    }

    /// Whether what was sold is on paper, or is about to be.
    pub fn has_paper(self) -> bool {
        self.sale.with(|sale| {
            sale.as_ref()
                .is_none_or(|sale| Paper::of(sale.paper) != Paper::None)
        })
    }

    /// How long until the screen is given up, and how long that was at first; only while the question is asked.
    pub fn idle_left(self) -> Option<(Duration, Duration)> {
        match self.idle() {
            Idle::Asking { left, whole } => Some((left, whole)),
            Idle::Active | Idle::Over => None,
        }
    }

    /// How long the hold still lasts.
    pub fn hold_left(self) -> Option<Duration> {
        let ends_at = self.order.ends_at.get()?;
        Some(ends_at.saturating_sub(self.now.get()))
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
            self.order.extend();
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

    /// Pays by card, or at once where nothing is to be paid.
    pub fn pay(self) {
        let Some(hold) = untrack(|| self.order.hold()) else {
            return;
        };
        self.order.notice.set(None);
        self.order.is_starting_to_pay.set(true);
        let is_free = hold.basket.total.minor <= hold.basket.paid.minor;
        spawn_local(async move {
            let began = if is_free {
                client::settle(&hold.id)
                    .await
                    .map(|sale| Event::Sold(sale.id))
            } else {
                client::pay_by_card(&hold.id)
                    .await
                    .map(|_| Event::PaymentBegan(hold.id.clone()))
            };
            self.order.is_starting_to_pay.set(false);
            match began {
                Ok(event) => self.happen(event),
                // Nobody knows yet whether it began: the hold tells.
                Err(trouble) if is_under_way(&trouble) || trouble == Trouble::Unreachable => {
                    self.happen(Event::PaymentBegan(hold.id));
                }
                Err(trouble) => self.order.notice.set(Some(Notice::of(trouble))),
            }
        });
    }

    fn idle(self) -> Idle {
        if !self.is_in_use() {
            return Idle::Active;
        }
        self.patience()
            .judge(self.now.get().saturating_sub(self.touched_at.get()))
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
        self.now.set(clock::monotonic());
        let over = untrack(|| self.idle() == Idle::Over);
        if over {
            self.happen(Event::StartAgain);
        }
        let quiet = untrack(|| self.now.get().saturating_sub(self.touched_at.get()))
            > settings.patiences.choosing.quiet;
        let nobody = untrack(|| !self.is_in_use() && self.shown() == Shown::Attract);
        if quiet && nobody && self.preferences.get_untracked() != settings.preferences {
            self.preferences.set(settings.preferences);
        }
        let is_choosing = self
            .step
            .with_untracked(|step| matches!(step, Step::Seats(_)));
        if is_choosing && untrack(|| self.hold_left()) == Some(Duration::ZERO) {
            spawn_local(async move {
                // A payment may have begun whose answer was lost.
                match self.order.check_time().await.as_ref().and_then(found) {
                    Some(Found::Paying(_, hold)) => self.happen(Event::PaymentBegan(hold)),
                    Some(Found::Sold(sale)) => self.happen(Event::Sold(sale)),
                    Some(Found::Choosing(_)) | None => {}
                }
            });
        }
    }

    fn forget_guest(self) {
        let settings = self.settings;
        self.order.release();
        self.preferences.set(settings.preferences);
        self.language.set(settings.language);
        self.more_times.set(0);
        self.sale.set(None);
        self.day.set(None);
        self.sheet.set(None);
        self.touched_at.set(clock::monotonic());
    }

    fn listen_for_touches(self) {
        let touch = move || self.begin_clock_anew();
        let _ = window_event_listener(ev::pointerdown, move |_| touch());
        let _ = window_event_listener(ev::keydown, move |_| touch());
        // A program that reads the screen touches without finger or key.
        let _ = window_event_listener(ev::click, move |_| touch());
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

    async fn ask_status_for_ever(self) {
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
        let holds = client::under_way().await?.holds;
        self.has_looked.set(true);
        let chosen = to_go_on_with(&holds).cloned();
        let is_left = |hold: &&Hold| {
            let is_chosen = chosen.as_ref().is_some_and(|chosen| chosen.id == hold.id);
            hold.state == HoldState::Open && !is_chosen
        };
        for hold in holds.iter().filter(is_left) {
            order::give_back(hold.id.clone());
        }
        if let Some(hold) = chosen
            && let Some(found) = found(&hold)
        {
            match found {
                Found::Choosing(_) | Found::Paying(..) => self.order.take_up(hold),
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

    async fn ask_programme_for_ever(self) {
        loop {
            clock::sleep(PROGRAMME_EVERY).await;
            if self.step.with_untracked(|step| *step == Step::Attract) {
                self.ask_programme(self.day.get_untracked()).await;
            }
        }
    }

    fn follow_the_day(self) {
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

/// The box says that a payment of this hold is under way: then the screen follows it.
fn is_under_way(trouble: &Trouble) -> bool {
    matches!(
        trouble.code(),
        Some("payment_under_way" | "payment_pending" | "hold_paying")
    )
}

/// Pairs by the code in `/kiosk?pair=CODE`, then takes it out of the address. A refused code leads to the pairing screen.
async fn pair_by_the_address() {
    let query = query_of_the_address();
    if let Some(code) = query.as_ref().and_then(|query| query.get("pair")) {
        let _ = client::pair(&code, None).await;
        let path = window().location().pathname().unwrap_or_default();
        let _ = window().history().and_then(|history| {
            history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path))
        });
    }
}

fn query_of_the_address() -> Option<UrlSearchParams> {
    window()
        .location()
        .search()
        .and_then(|search| UrlSearchParams::new_with_str(&search))
        .ok()
}

/// What the address that the kiosk's browser opens may set, as in `/kiosk?contrast=light&language=de`. Guests cannot type.
#[derive(Clone, Copy)]
struct Settings {
    language: Language,
    preferences: Preferences,
    patiences: Patiences,
}

impl Settings {
    fn of_the_address() -> Self {
        let query = query_of_the_address();
        let value = |name: &str| query.as_ref().and_then(|query| query.get(name));
        let contrast = match value("contrast").as_deref() {
            Some("light") => Contrast::Light,
            Some("high") => Contrast::High,
            Some(_) | None => Contrast::Dark,
        };
        let milliseconds = |name: &str, default: Duration| {
            value(name)
                .and_then(|text| text.parse().ok())
                .map_or(default, Duration::from_millis)
        };
        let patiences = Patiences::default();
        let with = |patience: Patience, quiet: &str| Patience {
            quiet: milliseconds(quiet, patience.quiet),
            ring: milliseconds("ring-ms", patience.ring),
        };
        Self {
            language: value("language")
                .and_then(|tag| Language::of_tag(&tag))
                .unwrap_or_default(),
            preferences: Preferences {
                contrast,
                ..Preferences::default()
            },
            patiences: Patiences {
                choosing: with(patiences.choosing, "idle-ms"),
                paid: with(patiences.paid, "paid-ms"),
                only_codes: with(patiences.only_codes, "codes-ms"),
            },
        }
    }
}
