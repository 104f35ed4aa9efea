//! What every part of the storefront's program shares.

use std::time::Duration;

use counter_api::{Hold, RefundTerms};
use hub_api::Place as Turn;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::contact::Contact;
use super::flow::{self, Event, Step};
use super::memory;
use super::place::{ELEMENT, Place};
use super::proof;
use super::voice::VOICE;
use crate::buying::announce::Heard;
use crate::buying::{Begun, Buying, Found, Notice, found};
use crate::client::Counter;
use crate::clock;
use crate::focus;
use crate::format::money_spoken;
use crate::words::spoken;

/// How often the countdown moves.
const TICK: Duration = Duration::from_millis(250);

/// Why tickets go back otherwise than the page said when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherRules {
    /// The rules are others.
    Changed,
    /// They are the same, and their time is over.
    Over,
}

/// Whether a moment is past by the reader's clock: the hub goes by its own.
fn is_over(moment: &str) -> bool {
    js_sys::Date::now() >= js_sys::Date::new(&moment.into()).get_time()
}

/// The state. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Shop {
    /// What is bought.
    pub buying: Buying,
    /// Where the guest is.
    pub step: RwSignal<Step>,
    /// The pages of what this guest has bought for this showtime.
    pub bought: RwSignal<Vec<String>>,
    /// Where the tickets go.
    pub contact: Contact,
    /// How the payment goes, or the queue, in words.
    pub payment_says: RwSignal<Option<String>>,
    /// Where the guest stands: whether it is their turn, and if not, how many are before them.
    pub queue: RwSignal<Option<Turn>>,
    /// How many were before them when they came.
    pub first_ahead: RwSignal<u32>,
    /// They have waited for their turn.
    pub has_waited: RwSignal<bool>,
    /// They have waited, it is their turn now, and they hold nothing yet.
    pub is_called: RwSignal<bool>,
    /// They had their turn before, and chose nothing.
    pub turn_is_over: RwSignal<bool>,
    /// When they ask for their turn again, on the page's clock.
    pub asks_turn_at: StoredValue<Duration>,
    /// What this guest keeps beside: seats of other showtimes, or of another page.
    pub others: RwSignal<Vec<Hold>>,
    /// What became of a payment is being asked, and the hub does not answer.
    pub is_asking: RwSignal<bool>,
    /// The guest comes back from a payment that another browser has begun.
    pub is_elsewhere: RwSignal<bool>,
    /// Whether this page has begun the payment: it then leads on to the bank by itself.
    pub has_begun: StoredValue<bool>,
    /// What the page is about.
    pub place: StoredValue<Place>,
    /// Where the keyboard was last.
    focused: StoredValue<focus::Place, LocalStorage>,
}

impl Shop {
    /// Starts everything that runs for as long as the page is open.
    pub fn start(
        counter: Counter,
        place: Place,
        begun: (Vec<Hold>, Option<proof::Answer>),
    ) -> Self {
        let shop = Self {
            buying: Buying::new(counter, spoken(), VOICE),
            step: RwSignal::new(Step::default()),
            bought: RwSignal::new(Vec::new()),
            is_asking: RwSignal::new(false),
            contact: Contact::new(),
            payment_says: RwSignal::new(None),
            queue: RwSignal::new(None),
            first_ahead: RwSignal::new(1),
            has_waited: RwSignal::new(false),
            is_called: RwSignal::new(false),
            turn_is_over: RwSignal::new(false),
            asks_turn_at: StoredValue::new(Duration::ZERO),
            others: RwSignal::new(Vec::new()),
            is_elsewhere: RwSignal::new(false),
            has_begun: StoredValue::new(false),
            place: StoredValue::new(place.clone()),
            focused: StoredValue::new_local(focus::Place::default()),
        };
        shop.listen();
        spawn_local(shop.resume(place, begun));
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
            // A page that is opened begins at its top, unless money is under way or was refused.
            if before != Step::Looking
                || matches!(self.step.get_untracked(), Step::Paying(_) | Step::Card)
            {
                self.show_where_one_is();
            }
        }
    }

    /// Goes on from the seats: to the card, or to the tickets where nothing is to be paid.
    pub fn go_to_pay(self) {
        let hold = untrack(|| self.buying.order.hold());
        let Some(hold) = hold else { return };
        let (least, most, step) = self.place.with_value(|place| place.bounds);
        let missing = hold.basket.total.minor - hold.basket.paid.minor;
        // Before the guest types a card that nobody would charge.
        let refused = match missing {
            ..=0 => return self.pay(hold, None),
            missing if missing < least => Some("too_little_to_charge"),
            missing if missing > most => Some("too_much_to_charge"),
            missing if missing % step.max(1) != 0 => Some("not_round_to_charge"),
            _ => None,
        };
        self.buying.order.notice.set(refused.map(Notice::of_code));
        if refused.is_none() {
            self.happen(Event::ToPay);
        }
    }

    /// Pays for this hold, as it was shown, with what the payment provider calls the guest's card.
    pub fn pay(self, hold: Hold, card: Option<String>) {
        let step = self.step.get_untracked();
        // Before it is asked: the page may go before the answer.
        self.place
            .with_value(|place| memory::remember(place, &hold.id));
        spawn_local(async move {
            if !self.is_written_to(&hold).await || !self.still_pays(&hold, &step) {
                return;
            }
            match self.buying.order.pay(hold, card, true).await {
                Some(Begun::Paying(hold)) => {
                    self.has_begun.set_value(true);
                    self.happen(Event::Began(hold));
                }
                Some(Begun::Sold(sale)) => self.happen(Event::Sold(sale)),
                None => self.lose_the_lost(),
            }
        });
    }

    /// Whether the guest is still where they wanted to pay for this hold. Whoever is asked meanwhile may answer when they have other seats.
    pub fn still_pays(self, hold: &Hold, at: &Step) -> bool {
        self.buying.order.is_of_hold(&hold.id) && self.step.with_untracked(|step| step == at)
    }

    /// Whether the hub asks for an address before it sells, to which it writes.
    pub fn writes_mails(self) -> bool {
        self.place.with_value(|place| place.writes_mails)
    }

    /// Tells the hub where the tickets of this hold go; whether the guest may go on. What else it refuses is told by what comes next.
    pub async fn is_written_to(self, hold: &Hold) -> bool {
        let order = self.buying.order;
        let email = self.contact.email.get_untracked();
        // Where nothing is to be paid nobody is asked.
        let is_asked = self.step.get_untracked() == Step::Card || !email.trim().is_empty();
        if !self.writes_mails() || !is_asked {
            return true;
        }
        order.notice.set(None);
        order.is_starting_to_pay.set(true);
        let told = self.buying.counter.write_to(&hold.id, email.clone()).await;
        order.is_starting_to_pay.set(false);
        match told {
            Err(trouble) if trouble.code() == Some("no_address") => {
                let has_field = self.step.get_untracked() == Step::Card;
                if has_field {
                    self.contact.refuse();
                }
                !has_field
            }
            Ok(()) => {
                self.contact.keep(&email);
                true
            }
            // What comes next says it of the seats.
            Err(trouble)
                if trouble
                    .code()
                    .is_some_and(|code| OF_THE_SEATS.contains(&code)) =>
            {
                true
            }
            Err(trouble) => {
                order.notice.set(Some(Notice::of(trouble)));
                false
            }
        }
    }

    /// Whether tickets go back otherwise by these rules than the page said when it was opened, and why: the rules are others, or their time is over.
    pub fn reads_other_rules(self, terms: &RefundTerms) -> Option<OtherRules> {
        let of_page = self.place.with_value(|place| place.back.clone());
        let read = of_page.filter(|read| read != terms)?;
        let was_until = read.until.filter(|_| terms.until.is_none());
        Some(match was_until.is_some_and(|until| is_over(&until)) {
            true => OtherRules::Over,
            false => OtherRules::Changed,
        })
    }

    /// How many guests are before this one.
    pub fn ahead(self) -> u32 {
        self.queue
            .with(|turn| turn.as_ref().map_or(0, |turn| turn.ahead))
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

    fn tick(self) {
        self.buying.now.set(clock::monotonic());
        if self.focused.with_value(focus::Place::is_lost) {
            self.focused.with_value(focus::Place::go_back);
        }
        let has_time = self
            .step
            .with_untracked(|step| matches!(step, Step::Choosing | Step::Card));
        if has_time && untrack(|| self.buying.hold_left()) == Some(Duration::ZERO) {
            spawn_local(self.check_time());
        }
    }

    /// Asks how the hold is, for its time is over.
    async fn check_time(self) {
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
    }

    /// Asks how the hold is, for the browser's clock may have stood still.
    async fn look_again(self) {
        match self
            .buying
            .order
            .look_again()
            .await
            .as_ref()
            .and_then(found)
        {
            Some(Found::Paying(_, hold)) => self.happen(Event::Began(hold)),
            Some(Found::Sold(sale)) => self.happen(Event::Sold(sale)),
            Some(Found::Choosing(_)) | None => self.lose_the_lost(),
        }
    }

    /// Asks what this guest keeps beside what stands on this page.
    pub async fn ask_for_others(self) {
        if let Ok(under_way) = self.buying.counter.under_way().await {
            let own = untrack(|| self.buying.order.hold());
            self.name_others(&under_way.holds, own.as_ref().map(|hold| &hold.id));
        }
    }

    fn listen(self) {
        let order = self.buying.order;
        let _ = window_event_listener(ev::focusin, move |_| {
            self.focused.set_value(focus::Place::here());
        });
        // A phone that slept has counted no time.
        let _ = window_event_listener(ev::visibilitychange, move |_| {
            if document().hidden() {
                return;
            }
            self.ask_for_turn_now();
            if self.may_lapse() {
                spawn_local(self.look_again());
            }
        });
        // Another page of this guest's pays for the same seats.
        Effect::new(move |_| {
            let says = |code| {
                let refuses =
                    |notice: &Option<Notice>| notice.as_ref().is_some_and(|it| it.refuses(code));
                order.notice.with(refuses)
            };
            let is_paid_elsewhere = says("payment_under_way");
            if says("too_many_holds") {
                spawn_local(self.ask_for_others());
            }
            let is_others_turn = says("not_your_turn");
            if is_others_turn {
                self.ask_for_turn_now();
            }
            if is_paid_elsewhere && let Some(hold) = untrack(|| order.hold()) {
                order.notice.set(None);
                self.happen(Event::Began(hold.id));
            }
        });
        Effect::new(move |_| {
            let chooses_nothing = self.step.get() == Step::Choosing && order.hold().is_none();
            self.is_called.set(self.has_waited.get() && chooses_nothing);
        });
        // What a guest has read of how tickets go back does not hold for these seats: they are told at once, and before they pay.
        let other_rules = Memo::new(move |_| {
            let terms = order.hold()?.refund_terms();
            self.reads_other_rules(&terms).map(|why| (why, terms))
        });
        Effect::new(move |_| {
            if let Some((why, _)) = other_rules.get() {
                order.notice.set(Some(Notice::of_code(match why {
                    OtherRules::Changed => "rules_changed",
                    OtherRules::Over => "refunds_over",
                })));
            }
        });
        let title = document().title();
        Effect::new(move |_| {
            let step = self.step.get();
            let words = self.buying.language.get().online();
            let here = match step {
                Step::Choosing if self.is_called.get() => Some(words.your_turn.to_owned()),
                Step::Looking | Step::Choosing => None,
                // Whoever looks at another page sees in its tab how far it is.
                Step::Waiting => Some(format!("({}) {}", self.ahead() + 1, words.queue_title)),
                Step::Card => Some(words.pay_by_card.to_owned()),
                Step::Paying(_) => Some(words.paying.to_owned()),
                Step::Paid(_) => Some(words.paid.to_owned()),
            };
            let parts = here.into_iter().chain([title.clone()]);
            document().set_title(&parts.collect::<Vec<_>>().join(" · "));
        });
    }

    /// Whether seats are held whose time runs.
    fn may_lapse(self) -> bool {
        let has_time = matches!(self.step.get_untracked(), Step::Choosing | Step::Card);
        has_time && untrack(|| self.buying.order.hold()).is_some()
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

/// What is refused of an address because of its seats, or because the hub has begun anew and writes no mails.
const OF_THE_SEATS: [&str; 3] = ["unknown_hold", "already_sold", "no_mail"];

/// What names a step.
const HEADING: &str = "#buy h3";
