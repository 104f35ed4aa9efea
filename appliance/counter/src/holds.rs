//! Holds: seats kept for a buyer for a while, all or none, on the counter's running time. It knows nothing of payments: whoever does tells
//! it what they come to, and ends the holds that are in the way and over.

mod choice;
pub(crate) mod crowd;
mod refusal;
mod store;

use box_office::checkout::Purchase;
use box_office::ledger::LeftAlone;
use box_office::{Currency, Custodian, HoldId, Money, RefundRules, SeatId, TicketKindId};
use counter_api::{HoldRequest, RefundTerms};
use database::{Snapshot, Tx};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::buyer::{Buyer, BuyerId, BuyerKind};
use crate::catalogue::{Scheduled, ShowtimeKey, local};
use crate::counter::{At, Counter};
use crate::repeats::Repeat;
use crate::{Fault, running_time};

pub use crowd::{Demand, SeatsLeft, demand};
pub use refusal::HoldRefused;
pub(crate) use store::{
    OfSeat, any_under_way, buyers, by_id, by_key, doubt_all, doubted_of, end, end_unpaid,
    is_doubted, is_under_way, lapsed, move_to, next_end, of_seat, open_of, put_state, showtime_of,
    under_way, waiting,
};

/// What the paper speaks where nobody said otherwise.
const DEFAULT_LANGUAGE: &str = "en";

/// A hold as the counter keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HoldRow {
    pub(crate) id: HoldId,
    pub(crate) buyer: BuyerId,
    pub(crate) showtime: ShowtimeKey,
    pub(crate) state: Purchase,
    /// The point of running time at which it began.
    pub(crate) begun_ms: i64,
    /// How much time was given to it beyond the first, in milliseconds; 1 if a program gave it that did not count.
    pub(crate) extended_ms: i64,
    /// The guest's language, for the paper: BCP 47.
    pub(crate) language: String,
    pub(crate) lines: Vec<StoredLine>,
    pub(crate) currency: Currency,
    pub(crate) total_minor: i64,
    pub(crate) tax_minor: i64,
    pub(crate) repeat: Repeat,
    /// How many payments were begun for it.
    pub(crate) payments: u32,
    /// Whether the guest goes without paper.
    pub(crate) is_paperless: bool,
    /// Those of its seats that came by an ask: they go home when it ends unsold.
    pub(crate) fetched: Vec<SeatId>,
    /// Whether it is of before what this side has forgotten, as a person has accepted: its seats may be sold there.
    pub(crate) is_doubted: bool,
}

/// One seat of a hold with the price that was shown for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredLine {
    pub(crate) place: usize,
    pub(crate) seat: SeatId,
    pub(crate) kind: TicketKindId,
    pub(crate) price_minor: i64,
    pub(crate) tax_minor: i64,
    /// By which rules the ticket goes back.
    #[serde(default, skip_serializing_if = "RefundRules::are_default")]
    pub(crate) refunds: RefundRules,
}

/// By which rules tickets go back that somebody is about to buy for a showtime that begins then, as they are told them at this moment.
pub fn told_terms(
    rules: RefundRules,
    (starts_at, now): (Timestamp, Timestamp),
    by: (&TimeZone, Currency),
) -> RefundTerms {
    match rules.end(starts_at) {
        Some(end) if now < end => terms_at_any_time(rules, starts_at, by),
        Some(_) | None => RefundTerms::default(),
    }
}

/// The same, whether or not their time is over.
fn terms_at_any_time(
    rules: RefundRules,
    starts_at: Timestamp,
    (zone, currency): (&TimeZone, Currency),
) -> RefundTerms {
    let Some(end) = rules.end(starts_at) else {
        return RefundTerms::default();
    };
    RefundTerms {
        until: Some(local(end, zone)),
        kept: (rules.kept_minor > 0).then(|| Money::new(rules.kept_minor, currency)),
    }
}

impl HoldRow {
    /// What a guest at home is told of how its tickets go back; nothing at a box, where whoever stands there says so.
    pub(crate) fn told_terms(&self, at: &At, starts_at: Timestamp) -> Option<RefundTerms> {
        let line = self.lines.first()?;
        let catalogue = at.catalogue();
        let by = (catalogue.zone(), self.currency);
        let terms = || told_terms(line.refunds, (starts_at, at.clock.now()), by);
        (at.side == Custodian::Hub).then(terms)
    }

    /// By which rules its tickets go back, as a guest was told who looked while there was time; nothing at a box.
    pub(crate) fn terms_at_any_time(&self, at: &At, starts_at: Timestamp) -> Option<RefundTerms> {
        let line = self.lines.first()?;
        let catalogue = at.catalogue();
        let by = (catalogue.zone(), self.currency);
        let terms = || terms_at_any_time(line.refunds, starts_at, by);
        (at.side == Custodian::Hub).then(terms)
    }

    /// Its seats, by place.
    pub(crate) fn places(&self) -> Vec<usize> {
        self.lines.iter().map(|line| line.place).collect()
    }
}

/// Ends a hold that is in the way of another, for its time is over.
pub(crate) type EndLapsed = fn(&mut Tx<'_>, &At, &HoldId) -> Result<(), Fault>;

/// The hold that a buyer made under this key, if there is one.
///
/// # Errors
/// There is none, and they have as many under way as they may.
pub(crate) fn made(
    db: &mut Snapshot<'_>,
    buyer: &Buyer,
    key: &str,
    now_ms: i64,
) -> Result<Option<HoldRow>, HoldRefused> {
    let (made, others): (Vec<_>, Vec<_>) = store::of_buyer(db, &buyer.name(), key)?
        .into_iter()
        .partition(|row| row.repeat.key == key);
    let under_way = others.iter().filter(|row| !row.state.is_over(now_ms));
    let limit = buyer.limits.holds;
    match made.into_iter().next() {
        None if under_way.count() >= limit as usize => Err(HoldRefused::TooManyHolds { limit }),
        made => Ok(made),
    }
}

/// Holds seats for a buyer, in a transaction; gives the hold and the seats that this choice leaves over alone (lenient mode).
pub(crate) fn hold(
    tx: &mut Tx<'_>,
    at: &At,
    wish: &Wish<'_>,
    end_lapsed: EndLapsed,
) -> Result<(HoldRow, LeftAlone), HoldRefused> {
    let chosen = choice::choose(tx, at, wish, &[], end_lapsed)?;
    let left_alone = chosen.left_alone.clone();
    Ok((begin(tx, at, wish, chosen)?, left_alone))
}

/// A hold that has none of the seats that it names: a person takes them over in the same transaction.
pub(crate) fn without_seats(
    tx: &mut Tx<'_>,
    at: &At,
    wish: &Wish<'_>,
) -> Result<HoldRow, HoldRefused> {
    begin(tx, at, wish, choice::only_priced(wish)?)
}

fn begin(
    tx: &mut Tx<'_>,
    at: &At,
    wish: &Wish<'_>,
    chosen: choice::Chosen,
) -> Result<HoldRow, HoldRefused> {
    let (scheduled, now_ms) = (wish.scheduled, at.running_ms());
    let language = wish.request.language.as_deref();
    let row = HoldRow {
        id: wish.hold.clone(),
        buyer: wish.buyer.name(),
        showtime: scheduled.key,
        state: Purchase::Open {
            ends_ms: now_ms.saturating_add(at.hold_ms()),
        },
        begun_ms: now_ms,
        extended_ms: 0,
        language: language.unwrap_or(DEFAULT_LANGUAGE).to_owned(),
        currency: scheduled.price_book.currency,
        total_minor: chosen.total_minor,
        tax_minor: chosen.tax_minor,
        lines: chosen.lines,
        repeat: wish.repeat.clone(),
        payments: 0,
        is_paperless: false,
        fetched: Vec::new(),
        is_doubted: false,
    };
    match store::add(tx, &row)? {
        true => Ok(row),
        false => Err(HoldRefused::KeyReused),
    }
}

/// What somebody wants to hold, of a showtime that is on sale as this transaction has it.
pub(crate) struct Wish<'a> {
    pub(crate) hold: &'a HoldId,
    pub(crate) buyer: &'a Buyer,
    pub(crate) scheduled: &'a Scheduled,
    pub(crate) request: &'a HoldRequest,
    pub(crate) repeat: &'a Repeat,
}

/// Chooses anew within a hold: all or none, the time goes on. Gives the seats that this choice leaves over alone.
pub(crate) fn choose(
    tx: &mut Tx<'_>,
    at: &At,
    buyer: &Buyer,
    row: &mut HoldRow,
    request: &HoldRequest,
    end_lapsed: EndLapsed,
) -> Result<LeftAlone, HoldRefused> {
    let scheduled = at.held_now(tx, row.showtime)?;
    let former: Vec<SeatId> = row.lines.iter().map(|line| line.seat.clone()).collect();
    let wish = Wish {
        hold: &row.id,
        buyer,
        scheduled: &scheduled,
        request,
        repeat: &row.repeat,
    };
    let chosen = choice::choose(tx, at, &wish, &former, end_lapsed)?;
    (row.lines, row.total_minor, row.tax_minor) =
        (chosen.lines, chosen.total_minor, chosen.tax_minor);
    if let Some(language) = &request.language {
        row.language.clone_from(language);
    }
    store::set_lines(tx, row)?;
    Ok(chosen.left_alone)
}

/// Those of its seats that came by an ask are these.
pub(crate) fn set_fetched(
    tx: &mut Tx<'_>,
    row: &mut HoldRow,
    fetched: Vec<SeatId>,
) -> Result<(), database::Error> {
    if row.fetched == fetched {
        return Ok(());
    }
    row.fetched = fetched;
    store::set_fetched(tx, row)
}

/// The guest goes without paper, or not, as they said last.
pub(crate) fn set_paperless(
    tx: &mut Tx<'_>,
    row: &mut HoldRow,
    is_paperless: bool,
) -> Result<(), database::Error> {
    if row.is_paperless == is_paperless {
        return Ok(());
    }
    row.is_paperless = is_paperless;
    store::set_paperless(tx, row)
}

/// How often the whole time of a hold is given once more: ten times at least by WCAG 2.2.1, and an end, so that seats are freed at last.
const MOST_TIMES_MORE: i64 = 10;

/// The same at home, where the time of a hold is four times as long as in the lobby: as much in all as at a kiosk.
const MOST_TIMES_MORE_AT_HOME: i64 = 2;

impl HoldRow {
    /// Whether it may have more time.
    pub(crate) fn is_extendable(&self, at: &At) -> bool {
        self.more_left_ms(at) > 0
    }

    /// What it has once it is given more time: as much as a new one, or what is left to give.
    pub(crate) fn time_with_more_ms(&self, at: &At) -> i64 {
        let left_ms = self.state.left_ms(at.running_ms());
        at.hold_ms().min(left_ms + self.more_left_ms(at))
    }

    fn more_left_ms(&self, at: &At) -> i64 {
        let most_times = match self.buyer.kind {
            BuyerKind::Device => MOST_TIMES_MORE,
            BuyerKind::Guest => MOST_TIMES_MORE_AT_HOME,
        };
        let most_ms = at.hold_ms().saturating_mul(most_times);
        most_ms.saturating_sub(self.extended_ms).max(0)
    }
}

/// Gives a buyer more time: until `state` ends. Only what it gains counts.
pub(crate) fn extend(
    tx: &mut Tx<'_>,
    at: &At,
    row: &mut HoldRow,
    state: Purchase,
) -> Result<(), HoldRefused> {
    if !row.is_extendable(at) {
        return Err(HoldRefused::NoMoreTime);
    }
    let now_ms = at.running_ms();
    row.extended_ms += state.left_ms(now_ms) - row.state.left_ms(now_ms);
    row.state = state;
    Ok(store::extend(tx, row)?)
}

/// The hold of this buyer.
pub(crate) fn of_buyer(
    db: &mut Snapshot<'_>,
    buyer: &Buyer,
    hold: &HoldId,
) -> Result<HoldRow, HoldRefused> {
    store::by_id(db, hold)?
        .filter(|row| row.buyer == buyer.name())
        .ok_or(HoldRefused::UnknownHold)
}

/// Writes the counter's running time down, and so the time left of every open hold.
pub(crate) async fn write_time(counter: &Counter) -> Result<(), database::Error> {
    let acting = counter.clone();
    counter
        .database
        .write(running_time::scope(), move |tx| acting.time.write(tx))
        .await
}

/// Its seats may be sold in what this side has forgotten.
pub(crate) fn doubt(tx: &mut Tx<'_>, row: &mut HoldRow) -> Result<(), database::Error> {
    row.is_doubted = true;
    store::doubt(tx, &row.id)
}
