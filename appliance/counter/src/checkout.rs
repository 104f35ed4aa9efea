//! Checkout: a hold on its way to tickets, with the payments made for it. The machines in `box-office` decide; here they are loaded, asked,
//! saved in one transaction with all that follows inside, and what must be asked outside is asked after the commit.

mod afterwards;
mod asks;
mod by_hand;
mod cases;
mod decide;
mod edge;
mod follow;
mod forgotten;
mod loss;
mod lost;
mod purchase;
mod refusal;
pub(crate) mod routes;
mod sale;
mod stopped;
mod store;
mod takeover;

use std::pin::pin;
use std::time::Duration;

use box_office::checkout::{
    Means, Payment, PaymentEvent, Purchase as State, PurchaseFact, PurchaseRefusal, PurchaseTrigger,
};
use box_office::ledger::LeftAlone;
use box_office::{CinemaId, HoldId, SaleId, SeatId, ShowtimeId, TenderId};
use counter_api::{HoldRequest, SeatChoice, SettleRequest};
use database::{Database, Scope, Snapshot, Tx};

use crate::Fault;
use crate::buyer::Buyer;
use crate::catalogue::{CatalogueRefused, ShowtimeKey};
use crate::counter::At;
use crate::custody;
use crate::holds::crowd::{self, Crowding};
use crate::holds::{self, HoldRefused, HoldRow, StoredLine};
use crate::ports::{Bounds, Details, Stopped};
use crate::repeats::Repeat;
use crate::sold::{PaymentRow, Sold};
use crate::tickets;

pub use afterwards::{
    About, Afterwards, DisputeStands, Disputed, about_afterwards, hear_afterwards,
};
pub(crate) use asks::answer_ask;
pub use by_hand::free_by_hand;
pub use decide::{Decision, Matter, decide, list};
pub use follow::{CalledInVain, GoneEnded, called_about, end_of_the_gone, run_due};
pub use forgotten::{compare_list, read_list};
pub use loss::{keep_free_back, take_as_it_is, waited_for};
pub use lost::{admit, hear_admitted, hear_custody, hear_standing};
pub use refusal::CheckoutRefused;
pub use sale::{by_receipt, pass_over, receipt_of, sold_within};
pub(crate) use sale::{find as find_sale, last_receipt};
pub use stopped::stopped_payments;
pub(crate) use store::{any_payment, sale_by_id};
pub use takeover::{TakenOver, Takeover, hear_taken_over, take_over};

use purchase::{Purchase, Tender};

/// The showtimes with payments that are not finished: they stay in memory, however long ago they ended.
pub(crate) fn in_question(db: &mut Snapshot<'_>) -> Result<Vec<ShowtimeKey>, Fault> {
    let mut found = Vec::new();
    for hold in store::holds_in_question(db)? {
        found.extend(holds::showtime_of(db, &hold)?);
    }
    Ok(found)
}

/// For which showtime a hold is or was, and in which language; nothing, if nobody here knows it. It tells nothing of who holds.
///
/// # Errors
/// Only the database's.
pub async fn what_for(at: &At, hold: HoldId) -> Result<Option<(ShowtimeId, String)>, Fault> {
    let found = at.database.read(move |db| holds::by_id(db, &hold)).await?;
    let showtime = found.and_then(|row| {
        let scheduled = at.catalogue().showtime_of(row.showtime)?;
        Some((scheduled.showtime.id.clone(), row.language))
    });
    Ok(showtime)
}

/// The showtime of a hold of this buyer's that has not become a sale.
///
/// # Errors
/// They have no such hold, or have paid for it.
pub fn not_yet_bought(
    db: &mut Snapshot<'_>,
    at: &At,
    (buyer, hold): (&Buyer, &HoldId),
) -> Result<ShowtimeId, CheckoutRefused> {
    let row = holds::of_buyer(db, buyer, hold)?;
    if store::sale_of_hold(db, hold)?.is_some() {
        return Err(HoldRefused::Purchase(PurchaseRefusal::AlreadySold).into());
    }
    let scheduled = at
        .catalogue()
        .showtime_of(row.showtime)
        .map(|it| it.showtime.id.clone());
    scheduled.ok_or_else(|| CatalogueRefused::UnknownShowtime.into())
}

/// The most cash of one payment in minor units: no drawer holds more, and sums of it stay far from the end of a number.
const MOST_CASH_MINOR: i64 = 100_000_000;

/// A purchase with what an answer says of it.
#[derive(Debug, Clone)]
pub(crate) struct PurchaseNow {
    pub(crate) hold: HoldRow,
    pub(crate) showtime: ShowtimeId,
    pub(crate) payments: Vec<PaymentRow>,
    pub(crate) sale: Option<SaleId>,
    /// Seats that this choice leaves over alone (lenient mode).
    pub(crate) left_alone: LeftAlone,
    /// Seats of a hold that has ended which somebody else has.
    pub(crate) lost: Vec<SeatId>,
}

impl PurchaseNow {
    /// Whether it is paid for, and whoever takes the money has not said what became of it, nor asked the guest for anything.
    fn waits_for_its_payment(&self) -> bool {
        matches!(self.hold.state, State::Paying { .. })
            && !(self.payments.iter()).any(|payment| payment.state == Payment::StepNeeded)
    }
}

/// Holds seats for a buyer; those that the other side has are asked for.
pub(crate) async fn hold(
    at: &At,
    buyer: &Buyer,
    showtime: ShowtimeId,
    request: HoldRequest,
    repeat: Repeat,
) -> Result<PurchaseNow, CheckoutRefused> {
    let wanted = asks::Wanted {
        showtime: &showtime,
        seats: &request.seats,
        hold: None,
    };
    let attempt = |fetched| hold_now(at, buyer, &showtime, &request, &repeat, fetched);
    asks::reaching(at, wanted, attempt).await
}

/// The same, of seats that are this side's.
async fn hold_now(
    at: &At,
    buyer: &Buyer,
    showtime: &ShowtimeId,
    request: &HoldRequest,
    repeat: &Repeat,
    fetched: Vec<SeatId>,
) -> Result<PurchaseNow, CheckoutRefused> {
    // Its key never changes; all else is read in the transaction.
    let Some(key) = at.showtime(showtime).map(|scheduled| scheduled.key) else {
        // A side in doubt may have lost the showtime itself.
        check_sells(at)?;
        return Err(CatalogueRefused::UnknownShowtime.into());
    };
    if !at.database.has_room() {
        return Err(database::Error::Full.into());
    }
    let (acting, buyer) = (at.clone(), buyer.clone());
    let (request, repeat) = (request.clone(), repeat.clone());
    let id = HoldId::new(at.clock.now(), at.random.bytes());
    at.database
        .write(at.scope(), move |tx| {
            if let Some(known) = holds::made(tx, &buyer, &repeat.key, acting.running_ms())? {
                repeat.is(&known.repeat)?;
                // Two cinemas may each have a showtime of this name.
                if known.showtime != key {
                    return Err(HoldRefused::KeyReused.into());
                }
                return Purchase::of(tx, &acting, known)?.now(tx);
            }
            check_sells(&acting)?;
            if !acting.ports.is_welcome(&buyer.name()) {
                return Err(HoldRefused::NotWelcome.into());
            }
            let scheduled = acting.held_now(tx, key)?;
            if let Some(crowding) = Crowding::of(tx, &acting, key, buyer.limits.crowd)? {
                crowding.check_turn()?;
                crowding.check(request.seats.len())?;
            }
            let wish = holds::Wish {
                hold: &id,
                buyer: &buyer,
                scheduled: &scheduled,
                request: &request,
                repeat: &repeat,
            };
            let (mut hold, left_alone) = holds::hold(tx, &acting, &wish, end_lapsed)?;
            holds::set_fetched(tx, &mut hold, fetched.clone())?;
            Ok(PurchaseNow {
                hold,
                showtime: scheduled.showtime.id.clone(),
                payments: Vec::new(),
                sale: None,
                left_alone,
                lost: Vec::new(),
            })
        })
        .await
}

/// Nothing is sold by a side that cannot prove what it sold before.
pub(super) fn check_sells(at: &At) -> Result<(), CheckoutRefused> {
    check_goes_on(at.ports.stopped(), IsNew(true))
}

/// Whether a step begins something new or takes money.
#[derive(Debug, Clone, Copy)]
struct IsNew(bool);

fn check_goes_on(stopped: Option<Stopped>, step: IsNew) -> Result<(), CheckoutRefused> {
    match (stopped, step) {
        (None, _) | (Some(Stopped::New | Stopped::Revoked), IsNew(false)) => Ok(()),
        (Some(Stopped::All), _) | (Some(Stopped::New), IsNew(true)) => {
            Err(CheckoutRefused::Stopped)
        }
        (Some(Stopped::Revoked), IsNew(true)) => Err(CheckoutRefused::Revoked),
    }
}

/// Chooses anew within a hold: all or none, the time goes on. Seats that the other side has are asked for.
pub(crate) async fn choose(
    at: &At,
    buyer: &Buyer,
    hold: HoldId,
    request: HoldRequest,
) -> Result<PurchaseNow, CheckoutRefused> {
    let attempt = |fetched| choose_now(at, buyer, &hold, &request, fetched);
    let refused = match attempt(Vec::new()).await {
        Err(refused) if asks::is_out_of_reach(&refused) => refused,
        done => return done,
    };
    let showtime = look(at, buyer, hold.clone()).await?.showtime;
    let wanted = asks::Wanted {
        showtime: &showtime,
        seats: &request.seats,
        hold: Some(&hold),
    };
    asks::after(at, wanted, refused, attempt).await
}

/// The same, of seats that are this side's.
async fn choose_now(
    at: &At,
    buyer: &Buyer,
    hold: &HoldId,
    request: &HoldRequest,
    fetched: Vec<SeatId>,
) -> Result<PurchaseNow, CheckoutRefused> {
    let (acting, buyer) = (at.clone(), buyer.clone());
    let (hold, request) = (hold.clone(), request.clone());
    at.database
        .write(at.scope(), move |tx| {
            check_sells(&acting)?;
            let mut purchase = Purchase::of_buyer(tx, &acting, &buyer, &hold)?;
            let sums = purchase.sums(tx)?;
            let _unchanged = purchase.ask(tx, PurchaseTrigger::Choose, &sums)?;
            let row = &mut purchase.hold;
            if let Some(crowding) = Crowding::of(tx, &acting, row.showtime, buyer.limits.crowd)? {
                crowding.check(request.seats.len().saturating_sub(row.lines.len()))?;
            }
            let left_alone = holds::choose(tx, &acting, &buyer, row, &request, end_lapsed)?;
            let (stay, go): (Vec<_>, _) = (row.fetched.iter().cloned().chain(fetched.clone()))
                .partition(|seat| row.lines.iter().any(|line| line.seat == *seat));
            holds::set_fetched(tx, row, stay)?;
            custody::send_home_in(tx, &acting, &purchase.showtime, &go)?;
            Ok(PurchaseNow {
                left_alone,
                ..purchase.now(tx)?
            })
        })
        .await
}

/// Gives a guest more time; a guest at home only while few choose.
pub(crate) async fn extend(
    at: &At,
    buyer: &Buyer,
    hold: HoldId,
) -> Result<PurchaseNow, CheckoutRefused> {
    let (acting, buyer) = (at.clone(), buyer.clone());
    at.database
        .write(at.scope(), move |tx| {
            let mut purchase = Purchase::of_buyer(tx, &acting, &buyer, &hold)?;
            let showtime = purchase.hold.showtime;
            let crowding = Crowding::of(tx, &acting, showtime, buyer.limits.crowd)?;
            if crowding.is_some_and(Crowding::is_much) {
                return Err(HoldRefused::NoMoreTime.into());
            }
            let sums = purchase.sums(tx)?;
            let time_ms = purchase.hold.time_with_more_ms(&acting);
            let step = purchase.ask(tx, PurchaseTrigger::Extend { time_ms }, &sums)?;
            holds::extend(tx, &acting, &mut purchase.hold, step.state)?;
            purchase.now(tx)
        })
        .await
}

/// A hold of this buyer. While its payment waits for nobody but whoever takes the money, it is answered once something has become of it, or
/// after `wait`.
pub(crate) async fn look_for(
    at: &At,
    buyer: &Buyer,
    hold: HoldId,
    wait: Duration,
) -> Result<PurchaseNow, CheckoutRefused> {
    if wait.is_zero() {
        return look(at, buyer, hold).await;
    }
    let (mut watch, shutdown) = (at.watching.watch(&hold), at.lifecycle.shutdown());
    let mut over = pin!(tokio::time::sleep(wait));
    loop {
        let found = look(at, buyer, hold.clone()).await?;
        if over.is_elapsed() || !found.waits_for_its_payment() {
            return Ok(found);
        }
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return Ok(found),
            () = &mut over => return Ok(found),
            () = watch.moved() => {}
        }
    }
}

/// A hold of this buyer.
pub(crate) async fn look(
    at: &At,
    buyer: &Buyer,
    hold: HoldId,
) -> Result<PurchaseNow, CheckoutRefused> {
    let (acting, buyer) = (at.clone(), buyer.clone());
    at.database
        .read(move |db| {
            let row = holds::of_buyer(db, &buyer, &hold)?;
            Purchase::of(db, &acting, row)?.now(db)
        })
        .await
}

/// What is held at these cinemas and not being paid for is over: a hub that has forgotten something waits for nobody who has not decided. Whatever is
/// held may be sold in what it has forgotten.
///
/// # Errors
/// The database refuses.
pub async fn end_unpaid(
    database: &Database,
    cinemas: Vec<CinemaId>,
) -> Result<(), database::Error> {
    let ending = database.write(Scope::of("standing", "all"), move |tx| {
        cinemas.iter().try_for_each(|cinema| {
            holds::doubt_all(tx, cinema)?;
            holds::end_unpaid(tx, cinema)
        })
    });
    ending.await
}

/// Gives the seats of a hold back, and whatever was paid for it. Giving back what is given back already is no error.
pub(crate) async fn release(at: &At, buyer: &Buyer, hold: HoldId) -> Result<(), CheckoutRefused> {
    let (acting, buyer) = (at.clone(), buyer.clone());
    at.database
        .write(at.scope(), move |tx| {
            let mut purchase = Purchase::of_buyer(tx, &acting, &buyer, &hold)?;
            let sums = purchase.sums(tx)?;
            let step = purchase.ask(tx, PurchaseTrigger::Release, &sums)?;
            purchase.take(tx, step, None).map(drop)
        })
        .await
}

/// Ends a hold whose time is over.
pub(crate) fn end_lapsed(tx: &mut Tx<'_>, at: &At, hold: &HoldId) -> Result<(), Fault> {
    Purchase::with(tx, at, hold)?.happens(tx, PurchaseFact::Lapse)
}

/// How somebody pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tendered {
    /// Cash that was counted, in minor units. What is more than the total is change, told by the sale.
    Cash { given_minor: i64 },
    /// A card: at the terminal, or what the guest's browser was given for it.
    Card {
        card: Option<String>,
        /// Whether the guest goes without paper.
        is_paperless: bool,
        shown: Shown,
    },
}

/// What a guest was shown of an order, as far as its screen says it: it is compared with the hold, and never used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) total_minor: Option<i64>,
    pub(crate) seats: Vec<SeatChoice>,
    pub(crate) refunds_until: Option<String>,
    pub(crate) refunds_kept_minor: Option<i64>,
}

impl Shown {
    /// The purchase is as it was shown: another screen of the same device may have chosen anew.
    fn check(&self, db: &mut Snapshot<'_>, purchase: &mut Purchase) -> Result<(), CheckoutRefused> {
        self.check_hold(&purchase.hold)?;
        self.check_rules(db, purchase)
    }

    /// Its tickets go back by the rules that were shown, and there is time to give them back.
    fn check_rules(
        &self,
        db: &mut Snapshot<'_>,
        purchase: &mut Purchase,
    ) -> Result<(), CheckoutRefused> {
        let shown = (self.refunds_until.clone(), self.refunds_kept_minor);
        // Who was told that nothing goes back was promised nothing.
        if shown == (None, None) {
            return Ok(());
        }
        let (terms, has_time) = purchase.refund_terms(db)?;
        if (terms.until, terms.kept.map(|kept| kept.minor)) != shown {
            return Err(CheckoutRefused::RulesChanged);
        }
        match has_time {
            true => Ok(()),
            false => Err(CheckoutRefused::RefundsOver),
        }
    }

    fn check_hold(&self, hold: &HoldRow) -> Result<(), CheckoutRefused> {
        let seats = &self.seats;
        let was_shown = |line: &StoredLine| {
            seats.iter().any(|choice| {
                let kind = choice.ticket_kind.as_ref();
                line.seat == choice.seat && kind.is_none_or(|kind| *kind == line.kind)
            })
        };
        if !seats.is_empty()
            && (seats.len() != hold.lines.len() || !hold.lines.iter().all(was_shown))
        {
            return Err(CheckoutRefused::OrderChanged);
        }
        let total_minor = hold.total_minor;
        if self.total_minor.is_some_and(|told| told != total_minor) {
            return Err(CheckoutRefused::PriceChanged { total_minor });
        }
        Ok(())
    }
}

/// Records cash that a clerk was handed, or begins to take the rest of the total by card: the intent is durable when this returns, the
/// terminal is asked afterwards.
pub(crate) async fn tender(
    at: &At,
    buyer: &Buyer,
    hold: HoldId,
    tendered: Tendered,
    repeat: Repeat,
) -> Result<PaymentRow, CheckoutRefused> {
    let (means, given_minor, card, is_paperless, shown) = match tendered {
        Tendered::Cash { given_minor } => {
            check_cash(given_minor)?;
            (
                Means::Cash,
                Some(given_minor),
                None,
                false,
                Shown::default(),
            )
        }
        Tendered::Card {
            card,
            is_paperless,
            shown,
        } => {
            let cards = at.ports.cards().ok_or(CheckoutRefused::NoTerminal)?;
            if cards.wants_card() && card.is_none() {
                return Err(CheckoutRefused::NoCard);
            }
            (Means::Card, None, card, is_paperless, shown)
        }
    };
    let (acting, buyer) = (at.clone(), buyer.clone());
    let id = TenderId::new(at.clock.now(), at.random.bytes());
    at.database
        .write(at.scope(), move |tx| {
            if let Some(known) = store::by_key(tx, &buyer.name(), &repeat.key)? {
                repeat.is(&known.repeat)?;
                return Ok(known);
            }
            check_sells(&acting)?;
            let mut purchase = Purchase::of_buyer(tx, &acting, &buyer, &hold)?;
            let sums = purchase.sums(tx)?;
            let step = purchase.ask(tx, PurchaseTrigger::Tender(means), &sums)?;
            crowd::check_payment(&purchase.hold, acting.running_ms())?;
            let missing_minor = sums.missing_minor();
            purchase.check_on_sale(tx)?;
            shown.check(tx, &mut purchase)?;
            holds::set_paperless(tx, &mut purchase.hold, is_paperless)?;
            let amount_minor = given_minor.map_or(missing_minor, |given| given.min(missing_minor));
            if means == Means::Card {
                check_bounds(&acting, &purchase, amount_minor)?;
            }
            let tender = Tender {
                id: &id,
                means,
                amount_minor,
                given_minor,
                repeat: repeat.clone(),
            };
            purchase.tender(tx, (tender, card.clone()), step)
        })
        .await
}

/// Whoever takes cards takes such an amount: what they would refuse in any case is told before anybody is asked.
fn check_bounds(at: &At, purchase: &Purchase, amount_minor: i64) -> Result<(), CheckoutRefused> {
    let Bounds {
        least_minor,
        most_minor,
        step_minor,
    } = at.bounds(purchase.hold.currency);
    if amount_minor < least_minor {
        return Err(CheckoutRefused::TooLittle { least_minor });
    }
    if amount_minor > most_minor {
        return Err(CheckoutRefused::TooMuch { most_minor });
    }
    if amount_minor % step_minor.max(1) != 0 {
        return Err(CheckoutRefused::NotRound { step_minor });
    }
    Ok(())
}

/// Cash that was counted is more than nothing, and not more than a slip of the keyboard.
fn check_cash(given_minor: i64) -> Result<(), CheckoutRefused> {
    if (1..=MOST_CASH_MINOR).contains(&given_minor) {
        Ok(())
    } else {
        Err(CheckoutRefused::WrongAmount)
    }
}

/// Asks the terminal to stop. The outcome is what the terminal says: it may be too late.
pub(crate) async fn cancel(
    at: &At,
    buyer: &Buyer,
    payment: TenderId,
) -> Result<PaymentRow, CheckoutRefused> {
    let (acting, buyer) = (at.clone(), buyer.clone());
    at.database
        .write(at.scope(), move |tx| {
            let known = store::by_id(tx, &payment)?
                .filter(|known| known.buyer == buyer.name())
                .ok_or(CheckoutRefused::UnknownTender)?;
            let purchase = Purchase::of_buyer(tx, &acting, &buyer, &known.hold);
            let mut purchase = match purchase {
                Err(HoldRefused::UnknownHold) => return Err(CheckoutRefused::UnknownTender),
                found => found?,
            };
            let nothing = Details::default();
            purchase.fact(tx, &payment, PaymentEvent::Stop, &nothing)?;
            Ok(known)
        })
        .await
}

/// Issues the tickets of a hold that is paid, or is paid in cash by this very request.
pub(crate) async fn settle(
    at: &At,
    buyer: &Buyer,
    hold: HoldId,
    request: SettleRequest,
    repeat: Repeat,
) -> Result<Sold, CheckoutRefused> {
    request.cash_given_minor.map_or(Ok(()), check_cash)?;
    let (acting, buyer) = (at.clone(), buyer.clone());
    let id = TenderId::new(at.clock.now(), at.random.bytes());
    at.database
        .write(at.scope(), move |tx| {
            let purchase = Purchase::of_buyer(tx, &acting, &buyer, &hold)?;
            let known =
                store::settled_by_key(tx, &buyer.name(), &repeat.key, &settle_key(&repeat))?;
            known.map_or(Ok(()), |known| repeat.is(&known))?;
            settle_in(tx, &acting, purchase, &request, &id, &repeat)
        })
        .await
}

fn settle_in(
    tx: &mut Tx<'_>,
    at: &At,
    mut purchase: Purchase,
    request: &SettleRequest,
    id: &TenderId,
    repeat: &Repeat,
) -> Result<Sold, CheckoutRefused> {
    if purchase.hold.state == box_office::checkout::Purchase::Settled {
        return sale::of_hold(tx, at, &purchase.hold.id);
    }
    if request.paperless {
        holds::set_paperless(tx, &mut purchase.hold, true)?;
    }
    let sums = purchase.sums(tx)?;
    let missing_minor = sums.missing_minor();
    let given = request.cash_given_minor.filter(|_| missing_minor > 0);
    // What is paid already becomes tickets.
    check_goes_on(at.ports.stopped(), IsNew(given.is_some()))?;
    match purchase.ask(tx, PurchaseTrigger::Settle, &sums) {
        // Cash may come with this request.
        Ok(_) | Err(PurchaseRefusal::NotPaid { .. }) => {}
        Err(refused) => return Err(refused.into()),
    }
    purchase.check_may_issue(tx)?;
    let shown = Shown {
        total_minor: request.total_minor,
        seats: request.seats.clone(),
        refunds_until: request.refunds_until.clone(),
        refunds_kept_minor: request.refunds_kept_minor,
    };
    shown.check_hold(&purchase.hold)?;
    // What is paid already was paid by the rules that were shown then.
    if missing_minor > 0 || sums.paid_minor == 0 {
        shown.check_rules(tx, &mut purchase)?;
    }
    if let Some(given) = given.filter(|given| *given < missing_minor) {
        return Err(CheckoutRefused::not_paid(missing_minor - given));
    }
    // What is paid already may become tickets when sales have ended; no more is taken then.
    if given.is_some() {
        purchase.check_on_sale(tx)?;
    }
    let cash = given.map(|given| Tender {
        id,
        means: Means::Cash,
        amount_minor: missing_minor,
        given_minor: Some(given),
        repeat: Repeat {
            key: settle_key(repeat),
            request_hash: repeat.request_hash,
        },
    });
    purchase.settle(tx, cash, repeat)
}

/// The key of the payment that came with a request to settle, which is then known by it: no client's, for those have no blanks.
fn settle_key(repeat: &Repeat) -> String {
    format!("settle {}", repeat.key)
}

/// A sale by its id, with its tickets and payments.
pub(crate) async fn look_at_sale(
    at: &At,
    buyer: &Buyer,
    sale: SaleId,
) -> Result<Sold, CheckoutRefused> {
    let asking = at.clone();
    let sold = at
        .database
        .read(move |db| sale::sold(db, &asking, &sale))
        .await?;
    if sold.sale.buyer == buyer.name() {
        Ok(sold)
    } else {
        Err(CheckoutRefused::UnknownSale)
    }
}

/// The address of a sale's page as a picture.
pub(crate) async fn page_code(
    at: &At,
    buyer: &Buyer,
    sale: SaleId,
) -> Result<String, CheckoutRefused> {
    let sold = look_at_sale(at, buyer, sale).await?;
    let page = at.ports.order_page(at.cinema(), &sold.sale.id);
    // What is a path only leads nowhere from a picture.
    let address = page.filter(|page| !page.starts_with('/'));
    let address = address.ok_or(CheckoutRefused::NoPage)?;
    let picture = tickets::code::svg(&address);
    picture.ok_or_else(|| Fault::Broken("an order's address does not fit".into()).into())
}

/// How long after a sale its screen may find it again, in milliseconds of running time: paper has come out by then, and the guest has gone.
pub(crate) const FOUND_AGAIN_FOR_MS: i64 = 10 * 60 * 1000;

/// By the clock on the wall, of a sale before the process began: after that long another guest stands there. Within one process the wall
/// clock says nothing, for it may be set.
const OF_ANOTHER_GUEST_AFTER: Duration = Duration::from_secs(60 * 60);

/// What of a buyer's is under way, the newest first: what is chosen, being paid, or sold and not handed over. A screen that has forgotten
/// everything goes on there.
pub(crate) async fn under_way(at: &At, buyer: &Buyer) -> Result<Vec<PurchaseNow>, CheckoutRefused> {
    let (acting, buyer) = (at.clone(), buyer.name());
    at.database
        .read(move |db| {
            let now_ms = acting.running_ms();
            let mut rows = holds::under_way(db, acting.cinema(), &buyer)?;
            rows.retain(|row| !row.state.is_over(now_ms));
            let since_ms = now_ms.saturating_sub(FOUND_AGAIN_FOR_MS);
            let today = acting.clock.now() - OF_ANOTHER_GUEST_AFTER;
            let sold = (acting.time.this_life_ms(), today);
            for hold in store::not_handed_over(db, acting.cinema(), &buyer, since_ms, sold)? {
                rows.extend(holds::by_id(db, &hold)?);
            }
            rows.sort_by(|one, other| (other.begun_ms, &other.id).cmp(&(one.begun_ms, &one.id)));
            rows.into_iter()
                .map(|row| Purchase::of(db, &acting, row)?.now(db))
                .collect()
        })
        .await
}

/// The guest has the tickets of a sale: it is not under way any more. To say so twice is no error.
pub(crate) async fn hand_over(at: &At, buyer: &Buyer, sale: SaleId) -> Result<(), CheckoutRefused> {
    let (acting, buyer) = (at.clone(), buyer.name());
    at.database
        .write(at.scope(), move |tx| {
            match sale::is_of(tx, &acting, &sale)? && store::hand_over(tx, &sale, &buyer)? {
                true => Ok(()),
                false => Err(CheckoutRefused::UnknownSale),
            }
        })
        .await
}

/// As outsiders see a payment.
pub(crate) fn shown_state(state: Payment) -> counter_api::TenderState {
    use counter_api::TenderState as Shown;
    match state {
        Payment::Intended
        | Payment::Asked
        | Payment::StepNeeded
        | Payment::Stopping
        | Payment::Case => Shown::Pending,
        Payment::Captured(_) | Payment::Owed(_) | Payment::Returning(_) => Shown::Approved,
        Payment::Declined => Shown::Declined,
        Payment::Cancelled { .. } => Shown::Cancelled,
        Payment::Returned(_) => Shown::Refunded,
    }
}

#[cfg(test)]
mod tests;
