//! Buying: what a guest in the lobby and one at home do alike before they pay. Seats, ticket kinds, the basket with its time, questions, and what
//! became of a payment. It knows neither of the screens that show it: each brings its counter and its own words.

mod basket;
mod chooser;
mod companion;
mod kind_sheet;
mod left_alone;
mod notice;
mod order;
mod order_summary;
mod payment;
mod seat_names;
mod sheets;
mod together;
mod under_way;
mod what_for;
mod wishes;
mod words;

pub mod announce;

use std::time::Duration;

use box_office::SeatId;
use counter_api::DeclineReason;
use leptos::prelude::*;

pub use basket::{HoldCountdown, NoticeBox};
pub use chooser::{Chooser, Shape};
pub use notice::Notice;
pub use order::{Begun, Order, give_back};
pub use order_summary::OrderSummary;
pub use payment::{Outcome, outcome};
pub use sheets::{asked, sheet_over_seats};
pub use under_way::{Found, found, to_go_on_with};

use crate::client::Counter;
use crate::clock;
use crate::seat_map::Away;
use crate::words::Language;

/// From here on the countdown is no longer quiet.
const LAST_MINUTE: Duration = Duration::from_secs(60);

/// What is said and done otherwise in the lobby and at home.
#[derive(Debug)]
pub struct Voice {
    /// A refusal, by its code.
    pub problem: fn(Language, &str) -> Option<&'static str>,
    /// A refusal that nobody foresaw; `{request}` finds it in the log.
    pub problem_unknown: fn(Language) -> &'static str,
    /// Why a bank refuses, where that is more than that it does.
    pub declined: fn(Language, DeclineReason) -> Option<&'static str>,
    /// Where seats are sold that are out of reach here.
    pub away: Away,
    /// What leads on from the seats where something is to be paid.
    pub to_pay: fn(Language) -> &'static str,
    /// What offers more time beside the countdown, where nothing else on the screen does.
    pub more_time: Option<fn() -> AnyView>,
}

/// A sheet over the seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheet {
    /// The ticket kinds for a seat.
    Kinds(SeatId),
    /// A seat would stay free alone, and others would leave none.
    LeftAlone,
    /// This wheelchair place is to be given up while the place of whoever comes along is kept.
    Companion(SeatId),
}

/// What every part of buying shares. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Buying {
    /// The counter that sells.
    pub counter: Counter,
    /// The language that is spoken.
    pub language: RwSignal<Language>,
    /// The guest's order.
    pub order: Order,
    /// The sheet over the seats.
    pub sheet: RwSignal<Option<Sheet>>,
    /// What is said otherwise here than elsewhere.
    pub voice: &'static Voice,
    /// The browser's clock, as of the last tick.
    pub now: RwSignal<Duration>,
}

impl Buying {
    /// Nothing is chosen yet.
    pub fn new(counter: Counter, language: RwSignal<Language>, voice: &'static Voice) -> Self {
        Self {
            counter,
            language,
            order: Order::new(counter, language),
            sheet: RwSignal::new(None),
            voice,
            now: RwSignal::new(clock::monotonic()),
        }
    }

    /// The state, below the component that gave it as context.
    #[inline(never)]
    pub fn here() -> Self {
        expect_context()
    }

    /// How long the hold still lasts.
    pub fn hold_left(self) -> Option<Duration> {
        let ends_at = self.order.ends_at.get()?;
        Some(ends_at.saturating_sub(self.now.get()))
    }

    /// Whether the hold is in its last minute.
    pub fn is_last_minute(self) -> bool {
        self.hold_left().is_some_and(|left| left <= LAST_MINUTE)
    }

    /// What is told beside the seats, in words.
    pub fn notice_text(self) -> Option<String> {
        self.order.notice.with(|notice| {
            let room = self.order.showtime.get();
            let room = room.as_ref().map(|showtime| &showtime.layout);
            let language = self.language.get();
            (notice.as_ref()).map(|notice| notice.text(self.voice, language, room))
        })
    }
}
