//! The payments that a process has in hand: what is to be asked about which, and when which is looked at again. It knows no room, and asks
//! nobody itself.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use box_office::checkout::PaymentEffect;
use box_office::{CinemaId, HoldId, Money, TenderId};
use parking_lot::Mutex;
use service::metrics::{Counter, Gauge};
use service::{Bell, Metrics};

use crate::in_hand::Hands;
use crate::ports::Patience;
use crate::set_aside::SetAside;
use crate::sold::PaymentRow;

/// Before something is tried again that may well be done by then.
pub(crate) const LOOK_SOON: Duration = Duration::from_millis(500);

/// Between two questions to a terminal that does not answer.
pub(crate) const LOOK_LATER: Duration = Duration::from_secs(2);

/// The longest pause between two tries of what cannot go on: whoever has mended it need not begin the process anew.
const LONGEST_PAUSE_ASIDE: Duration = Duration::from_secs(3_600);

/// The longest pause between two tries of what a fault of the moment keeps from going on: a guest may stand and wait for it.
const LONGEST_PAUSE_OF_THE_MOMENT: Duration = Duration::from_secs(15);

/// Something to be asked about one payment, after the commit that wants it.
#[derive(Debug, Clone)]
pub(crate) struct Errand {
    pub(crate) cinema: CinemaId,
    pub(crate) payment: TenderId,
    pub(crate) hold: HoldId,
    pub(crate) amount: Money,
    pub(crate) what: PaymentEffect,
    /// What the guest's browser was given for their card: known to whoever takes the money alone, and never kept.
    pub(crate) card: Option<String>,
    /// How whoever takes the money calls it, as its slip says.
    pub(crate) theirs: Option<String>,
}

impl Errand {
    /// What this effect of a payment has asked outside; nothing, if it is one of those inside.
    pub(crate) fn of(
        cinema: &CinemaId,
        payment: &PaymentRow,
        what: PaymentEffect,
        card: Option<String>,
    ) -> Option<Self> {
        let amount = match what {
            PaymentEffect::Tell(_) => return None,
            PaymentEffect::Return { amount_minor } => Money::new(amount_minor, payment.currency),
            PaymentEffect::Ask
            | PaymentEffect::Look
            | PaymentEffect::Stop
            | PaymentEffect::LookSoon
            | PaymentEffect::LookLater => payment.amount(),
        };
        Some(Self {
            cinema: cinema.clone(),
            payment: payment.id.clone(),
            hold: payment.hold.clone(),
            amount,
            what,
            card,
            theirs: payment.slip.as_ref().map(|slip| slip.authorisation.clone()),
        })
    }
}

/// The payments that this process has in hand.
#[derive(Debug)]
pub(crate) struct Following {
    /// What is to be asked as soon as somebody does.
    errands: Mutex<Vec<Errand>>,
    /// When each is looked at again, by the process's monotonic time: once, however many wish it.
    due: Mutex<BTreeMap<TenderId, Duration>>,
    /// When the ends of showtimes are looked at again, by the same.
    ends_due: Mutex<Duration>,
    /// Those that the terminal is asked to give back at this moment, or a person says that they do.
    pub(crate) returning: Hands<TenderId>,
    /// How often a person has decided about each.
    words: Mutex<BTreeMap<TenderId, u64>>,
    /// Since when each is seen to wait for whoever pays, by the same.
    waiting: Mutex<BTreeMap<TenderId, Duration>>,
    /// Those of which it was said that the terminal is silent: once, for it may be for days.
    silent: Mutex<HashSet<TenderId>>,
    /// Rung when somebody should look at what has come due.
    pub(crate) bell: Bell,
    /// Whether the last look has ended well: else what is not finished is taken up, as after a start.
    pub(crate) taken_up: AtomicBool,
    /// Whether the purchases of somebody who may buy no more have still to end.
    gone_to_end: AtomicBool,
    /// What could not go on, by its id: it is tried again, ever more seldom, and stops nothing else.
    aside: Mutex<BTreeMap<String, Aside>>,
    /// Taken by whoever reads on in the list of charges.
    pub(crate) list: tokio::sync::Mutex<()>,
    /// What of the counter's own looks and notes fails, and why: it is said once.
    fails: Mutex<BTreeMap<&'static str, String>>,
    open_cases: Gauge,
    set_aside: Gauge,
    held_up: Gauge,
    held_up_tries: Counter,
    /// The seats that box and hub did not agree on.
    disagreements: Counter,
    unreadable: Gauge,
}

/// Something that could not go on.
#[derive(Debug, Clone)]
struct Aside {
    what: &'static str,
    whose: Whose,
    why: String,
    /// When it is tried again, by the process's monotonic time.
    again: Duration,
    pause: Duration,
}

/// Whose fault it is that something does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Its own: a person must see to it.
    Its,
    /// The moment's, as a full disk or a busy server: all else waits as it does.
    TheMoments,
}

/// What came of setting something aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SetBack {
    /// When it is tried again, by the process's monotonic time.
    pub(crate) again: Duration,
    /// Whether this fault is not known yet: of this thing, or at this moment.
    pub(crate) is_news: bool,
}

impl Following {
    pub(crate) fn new(metrics: &Metrics) -> Self {
        Self {
            errands: Mutex::default(),
            due: Mutex::default(),
            ends_due: Mutex::default(),
            returning: Hands::default(),
            words: Mutex::default(),
            waiting: Mutex::default(),
            silent: Mutex::default(),
            bell: Bell::default(),
            taken_up: AtomicBool::new(false),
            gone_to_end: AtomicBool::new(false),
            aside: Mutex::default(),
            list: tokio::sync::Mutex::default(),
            fails: Mutex::default(),
            set_aside: metrics.gauge(
                "selling_set_aside",
                "Holds and payments that cannot go on by a fault of ours: each is tried again ever more seldom, and stops no other",
            ),
            held_up: metrics.gauge(
                "selling_held_up",
                "Holds and payments that a full disk or a busy database keeps from going on: they are tried again after 0.5 to 15 s",
            ),
            held_up_tries: metrics.counter(
                "selling_held_up_tries",
                "How often something was tried that a full disk or a busy database kept from going on",
            ),
            disagreements: metrics.counter(
                "custody_disagreements",
                "Seats of which box and hub said different things when they compared custody: each is a case",
            ),
            unreadable: metrics.gauge(
                "catalogue_unreadable",
                "Films, rooms, price books and showtimes that are stored and cannot be read: what names them is not sold",
            ),
            open_cases: metrics.gauge(
                "payment_cases_open",
                "Payments of which nobody knows the outcome, or that are owed back: a person must decide",
            ),
        }
    }

    /// A seat is found that box and hub do not agree on.
    pub(crate) fn disagreed(&self) {
        self.disagreements.inc();
    }

    /// It is looked at again at that monotonic time, or earlier.
    pub(crate) fn look_again(&self, payment: &TenderId, when: Duration) {
        let mut due = self.due.lock();
        let known = due.entry(payment.clone()).or_insert(when);
        *known = when.min(*known);
        self.ring();
    }

    /// Those that are due.
    pub(crate) fn take_due(&self, now: Duration) -> Vec<TenderId> {
        let mut taken = Vec::new();
        self.due.lock().retain(|payment, when| {
            let is_later = *when > now;
            if !is_later {
                taken.push(payment.clone());
            }
            is_later
        });
        taken
    }

    /// When the next one is due.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.due.lock().values().min().copied()
    }

    /// Whether it is time to look which showtimes have ended; from now on, not for a while.
    pub(crate) fn take_ends_due(&self, now: Duration, every: Duration) -> bool {
        let mut due = self.ends_due.lock();
        let is_due = *due <= now;
        if is_due {
            *due = now + every;
        }
        is_due
    }

    /// What commits want asked since the last time.
    pub(crate) fn take_errands(&self) -> Vec<Errand> {
        std::mem::take(&mut *self.errands.lock())
    }

    /// Takes up an errand, in the order of the commits.
    pub(crate) fn hand_over(&self, errand: Errand, now: Duration, patience: Patience) {
        match errand.what {
            PaymentEffect::LookSoon => {
                self.look_again(&errand.payment, now + patience.between_looks);
            }
            PaymentEffect::LookLater => self.look_again(&errand.payment, now + LOOK_LATER),
            PaymentEffect::Ask
            | PaymentEffect::Look
            | PaymentEffect::Stop
            | PaymentEffect::Return { .. }
            | PaymentEffect::Tell(_) => {
                if errand.what == PaymentEffect::Ask {
                    self.waits_for(&errand.payment, now);
                    self.look_again(&errand.payment, now + patience.longest);
                }
                self.errands.lock().push(errand);
                self.ring();
            }
        }
    }

    /// A person decides about it: what was asked before is answered with what was true before.
    pub(crate) fn hears_a_word(&self, payment: &TenderId) {
        let mut words = self.words.lock();
        let count = words.entry(payment.clone()).or_default();
        *count = count.saturating_add(1);
    }

    /// How often a person has decided about it since this process began.
    pub(crate) fn words_about(&self, payment: &TenderId) -> u64 {
        self.words.lock().get(payment).copied().unwrap_or_default()
    }

    /// The terminal speaks of it again.
    pub(crate) fn speaks(&self, payment: &TenderId) {
        self.silent.lock().remove(payment);
    }

    /// Whether it is said for the first time that the terminal is silent about it.
    pub(crate) fn is_newly_silent(&self, payment: &TenderId) -> bool {
        self.silent.lock().insert(payment.clone())
    }

    /// For how long this process has seen a payment wait for whoever pays.
    pub(crate) fn waits_for(&self, payment: &TenderId, now: Duration) -> Duration {
        let mut waiting = self.waiting.lock();
        now.saturating_sub(*waiting.entry(payment.clone()).or_insert(now))
    }

    /// A payment waits no more.
    pub(crate) fn waits_no_more(&self, payment: &TenderId) {
        self.waiting.lock().remove(payment);
    }

    /// Purchases of somebody who may buy no more have to end.
    pub(crate) fn must_end_the_gone(&self) {
        self.gone_to_end.store(true, Ordering::Relaxed);
    }

    /// Whether some have; whoever asks sees to it.
    pub(crate) fn take_gone_to_end(&self) -> bool {
        self.gone_to_end.swap(false, Ordering::Relaxed)
    }

    /// Somebody should look at what has come due.
    pub(crate) fn ring(&self) {
        self.bell.ring();
    }

    /// Something cannot go on, by this fault.
    pub(crate) fn set_aside(
        &self,
        (what, id): (&'static str, &str),
        (whose, why): (Whose, String),
        now: Duration,
    ) -> SetBack {
        let mut aside = self.aside.lock();
        let before = aside.get(id).filter(|known| known.whose == whose);
        let pause = match (whose, before) {
            (Whose::Its, None) => LOOK_LATER,
            (Whose::Its, Some(known)) => known.pause.saturating_mul(4).min(LONGEST_PAUSE_ASIDE),
            (Whose::TheMoments, None) => LOOK_SOON,
            (Whose::TheMoments, Some(known)) => {
                let longer = known.pause.saturating_mul(2);
                longer.min(LONGEST_PAUSE_OF_THE_MOMENT)
            }
        };
        let is_news = match whose {
            Whose::Its => before.is_none_or(|known| known.why != why),
            Whose::TheMoments => {
                self.held_up_tries.inc();
                !(aside.values()).any(|known| known.whose == whose && known.why == why)
            }
        };
        let again = now + pause;
        let entry = Aside {
            what,
            whose,
            why,
            again,
            pause,
        };
        aside.insert(id.to_owned(), entry);
        self.show_aside(&aside);
        SetBack { again, is_news }
    }

    /// It goes on; says whether nothing is held up by the moment any more.
    pub(crate) fn goes_on(&self, id: &str) -> bool {
        let mut aside = self.aside.lock();
        let Some(known) = aside.remove(id) else {
            return false;
        };
        self.show_aside(&aside);
        known.whose == Whose::TheMoments && !aside.values().any(|other| other.whose == known.whose)
    }

    fn show_aside(&self, aside: &BTreeMap<String, Aside>) {
        for (gauge, whose) in [
            (&self.set_aside, Whose::Its),
            (&self.held_up, Whose::TheMoments),
        ] {
            let count = aside.values().filter(|known| known.whose == whose).count();
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    /// Whether it waits to be asked about already.
    pub(crate) fn has_errand(&self, payment: &TenderId) -> bool {
        let errands = self.errands.lock();
        errands.iter().any(|errand| errand.payment == *payment)
    }

    /// Whether it cannot go on, and is not tried again before `now`.
    pub(crate) fn waits_aside(&self, id: &str, now: Duration) -> bool {
        self.aside
            .lock()
            .get(id)
            .is_some_and(|known| known.again > now)
    }

    /// Whether it cannot go on by its own fault.
    pub(crate) fn is_stuck(&self, id: &str) -> bool {
        let aside = self.aside.lock();
        aside.get(id).is_some_and(|known| known.whose == Whose::Its)
    }

    /// A look or a note of the counter's own fails; says whether it did not for the same reason before.
    pub(crate) fn fails_anew(&self, what: &'static str, why: String) -> bool {
        self.fails.lock().insert(what, why.clone()) != Some(why)
    }

    /// It succeeds.
    pub(crate) fn succeeds(&self, what: &'static str) {
        self.fails.lock().remove(what);
    }

    /// How many things cannot go on, whose fault it ever is.
    pub(crate) fn count_aside(&self) -> usize {
        self.aside.lock().len()
    }

    /// All that cannot go on by its own fault.
    pub(crate) fn all_aside(&self) -> Vec<SetAside> {
        let aside = self.aside.lock();
        let its_own = (aside.iter()).filter(|(_, known)| known.whose == Whose::Its);
        let shown = its_own.map(|(id, known)| SetAside {
            what: known.what,
            id: id.clone(),
            version: None,
            why: format!(
                "{}; its seats stay as they are, and it is tried again every hour and when the box is started",
                known.why
            ),
        });
        shown.collect()
    }

    /// When the next of them is tried again.
    pub(crate) fn next_aside(&self) -> Option<Duration> {
        self.aside.lock().values().map(|known| known.again).min()
    }

    /// Those whose time had come before `now`, and that nobody has tried again: what they are, and their ids.
    pub(crate) fn untried(&self, now: Duration) -> Vec<(&'static str, String)> {
        let aside = self.aside.lock();
        let untried = aside.iter().filter(|(_, known)| known.again <= now);
        untried
            .map(|(id, known)| (known.what, id.clone()))
            .collect()
    }

    /// Shows how much of the catalogues cannot be read.
    pub(crate) fn show_unreadable(&self, pieces: usize) {
        self.unreadable
            .set(i64::try_from(pieces).unwrap_or(i64::MAX));
    }

    /// Shows how many cases wait for a person.
    pub(crate) fn show_open_cases(&self, open: i64) {
        self.open_cases.set(open);
    }
}
