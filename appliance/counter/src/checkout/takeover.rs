//! A takeover: seats that the hub may have sold, or that are in quarantine, are sold for cash at once by a manager's word. Hold, money, tickets and
//! the event are one transaction; see `custody::takeover` for what may be taken over.

use box_office::checkout::{Means, PurchaseFact};
use box_office::{CinemaId, HoldId, SeatId, ShowtimeId, TenderId, TicketKindId};
use counter_api::{HoldRequest, SeatChoice};
use database::Tx;
use sha2::{Digest as _, Sha256};
use wire::event::SoldTicket;
use wire::key::hex;

use super::purchase::{Purchase, Tender};
use super::{CheckoutRefused, asks, check_sells, sale, settle_key};
use crate::Fault;
use crate::buyer::Buyer;
use crate::cases::reason_of;
use crate::catalogue::{self, CatalogueRefused};
use crate::counter::{At, Counter};
use crate::custody::{self, CanAsk, KnowsAll, NotTakenOver};
use crate::holds;
use crate::repeats::Repeat;
use crate::sold::Sold;

/// How much of an order's name is in its key: as much as tells the orders of a cinema apart; the whole is kept beside it.
const BYTES_OF_AN_ORDER: usize = 16;

/// What a manager takes over.
#[derive(Debug, Clone)]
pub struct Takeover {
    /// Of which showtime.
    pub showtime: ShowtimeId,
    /// Which seats, each with the kind of ticket that it is sold with.
    pub seats: Vec<SeatChoice>,
    /// Why, for the record.
    pub reason: String,
}

/// What an order to take seats over came to.
#[derive(Debug, Clone)]
pub struct TakenOver {
    /// The sale.
    pub sold: Sold,
    /// Whether it was made before, by the same order.
    pub is_again: bool,
}

/// Takes seats over and sells them, all or none: the guest has paid the whole in cash. The same order again, word for word, is answered with the same
/// tickets. While the line stands the hub is asked for them first: what it can be asked for is sold as any other.
///
/// # Errors
/// Why not: a seat that somebody has or that is on sale, a showtime that has not begun or is over, no reason, or this side is stopped.
pub async fn take_over(
    at: &At,
    buyer: &Buyer,
    takeover: Takeover,
) -> Result<TakenOver, CheckoutRefused> {
    let reason = reason_of(&takeover.reason).ok_or(CheckoutRefused::NoReason)?;
    let can_ask = CanAsk(at.ports.is_linked(at.cinema()));
    let refused = match take_over_now(at, buyer, (&takeover, &reason), can_ask).await {
        Err(refused @ CheckoutRefused::NotTakenOver(NotTakenOver::CanBeAsked)) => refused,
        done => return done,
    };
    let seats = takeover.seats.iter().map(|choice| choice.seat.clone());
    match asks::can_be_had(at, &takeover.showtime, seats.collect()).await? {
        true => Err(refused),
        false => take_over_now(at, buyer, (&takeover, &reason), CanAsk(false)).await,
    }
}

/// The same, as far as is known of the hub.
async fn take_over_now(
    at: &At,
    buyer: &Buyer,
    (takeover, reason): (&Takeover, &str),
    CanAsk(can_ask): CanAsk,
) -> Result<TakenOver, CheckoutRefused> {
    let repeat = order_of(takeover, reason);
    let scheduled = at.showtime(&takeover.showtime);
    let key = scheduled.ok_or(CatalogueRefused::UnknownShowtime)?.key;
    let (acting, buyer) = (at.clone(), buyer.clone());
    let (takeover, reason) = (takeover.clone(), reason.to_owned());
    let now = at.clock.now();
    let hold = HoldId::new(now, at.random.bytes());
    let payment = TenderId::new(now, at.random.bytes());
    let taking = at.database.write(at.scope(), move |tx| {
        if let Some(known) = holds::by_key(tx, &buyer.name(), &repeat.key)? {
            repeat.is(&known.repeat)?;
            let (sold, is_again) = (sale::of_hold(tx, &acting, &known.id)?, true);
            return Ok(TakenOver { sold, is_again });
        }
        check_sells(&acting)?;
        let (sales, scheduled) = catalogue::sold_as(tx, &acting.catalogue(), key)?;
        sales.check_may_issue(now)?;
        let seats: Vec<SeatId> = (takeover.seats.iter())
            .map(|choice| choice.seat.clone())
            .collect();
        let is_on_sale = sales.check_on_sale(now).is_ok();
        let can_ask = is_on_sale && can_ask;
        custody::may_take_over(tx, &acting, &scheduled, (&seats, CanAsk(can_ask)))?;
        let request = HoldRequest {
            seats: takeover.seats.clone(),
            language: None,
        };
        let wish = holds::Wish {
            hold: &hold,
            buyer: &buyer,
            scheduled: &scheduled,
            request: &request,
            repeat: &repeat,
        };
        let row = holds::without_seats(tx, &acting, &wish)?;
        let total_minor = row.total_minor;
        let purchase = Purchase::of(tx, &acting, row)?.taking_over(reason.clone());
        let cash = (total_minor > 0).then(|| Tender {
            id: &payment,
            means: Means::Cash,
            amount_minor: total_minor,
            given_minor: Some(total_minor),
            repeat: Repeat {
                key: settle_key(&repeat),
                request_hash: repeat.request_hash,
            },
        });
        let (sold, is_again) = (purchase.settle(tx, cash, &repeat)?, false);
        Ok(TakenOver { sold, is_again })
    });
    taking.await
}

/// An order as it is known again: by all that was said in it, and by no client's key, for those have no blanks.
fn order_of(takeover: &Takeover, reason: &str) -> Repeat {
    let mut hash = Sha256::new_with_prefix(takeover.showtime.as_str());
    for SeatChoice { seat, ticket_kind } in &takeover.seats {
        let kind = ticket_kind.as_ref().map_or("", TicketKindId::as_str);
        for word in [seat.as_str(), kind] {
            hash.update([0]);
            hash.update(word);
        }
    }
    hash.update([0, 0]);
    hash.update(reason);
    let request_hash: [u8; 32] = hash.finalize().into();
    let key = format!("takeover {}", hex(&request_hash[..BYTES_OF_AN_ORDER]));
    Repeat { key, request_hash }
}

/// The hub hears of a takeover, in the transaction that moves the stream's position: whoever holds the seat here and has no ticket loses it, and
/// what was taken of them goes back. Gives what a person must know, in words.
///
/// # Errors
/// The database's, and that this side is stopped: the position does not move then.
pub fn hear_taken_over(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    (showtime, told): (&ShowtimeId, &SoldTicket),
    knows_all: KnowsAll,
) -> Result<Vec<String>, Fault> {
    if let Some(at) = counter.at_in(tx, cinema)?
        && let Some(scheduled) = readable(catalogue::scheduled(tx, &at.catalogue(), showtime))?
        && let Some(hold) = custody::holder_of(tx, &at, &scheduled, &told.seat)?
        && let Some(mut purchase) = readable(Purchase::with(tx, &at, &hold).map(Some))?
    {
        // Whoever has it there is known before it is free here. A payment that is under way keeps it until its end; then it goes home.
        custody::hear_sold_there(tx, &at, (scheduled.key, showtime), told)?;
        let mut goes_home = purchase.hold.fetched.clone();
        goes_home.push(told.seat.clone());
        holds::set_fetched(tx, &mut purchase.hold, goes_home)?;
        purchase.happens(tx, PurchaseFact::SeatLost)?;
    }
    custody::hear_taken_over(tx, counter, cinema, (showtime, told), knows_all)
}

/// What cannot be read stops nothing that is told: its seat stays as it is, which is a case.
pub(super) fn readable<T>(found: Result<Option<T>, Fault>) -> Result<Option<T>, Fault> {
    match found {
        Err(fault) if fault.is_unreadable() => Ok(None),
        found => found,
    }
}
