//! The sale: seats, money, tickets, the event for the hub and the print jobs, in one transaction. Nobody hears "sold" before it is
//! committed, and whoever asks twice hears the same.

pub(crate) mod routes;
pub(crate) mod store;

use std::time::Duration;

use appliance_api::{Device, HoldState, SettleRequest, TenderWay};
use box_office::{DeviceId, HoldId, SaleId, ShowtimeId, TenderId, TicketId};
use database::{Scope, Snapshot, Tx};
use jiff::Timestamp;

use crate::app::App;
use crate::error::Refused;
use crate::holds::HoldRow;
use crate::repeats::Repeat;
use crate::tenders::{StoredState, TenderRow, paid_minor};
use crate::tickets::TicketRow;
use crate::{holds, link, printing, seats, tenders, tickets};
use box_office::programme::ShowtimeStatus;

/// The series of receipt numbers of a box's first life; a new incarnation opens a new one.
const FIRST_SERIES: i64 = 1;

/// A sale as the box keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SaleRow {
    pub(crate) id: SaleId,
    pub(crate) hold: HoldId,
    pub(crate) device: DeviceId,
    pub(crate) showtime: ShowtimeId,
    pub(crate) series: i64,
    pub(crate) number: i64,
    pub(crate) sold_at: Timestamp,
    pub(crate) total_minor: i64,
    pub(crate) tax_minor: i64,
    pub(crate) change_minor: i64,
    pub(crate) collection_code: String,
}

/// A sale with its tickets and payments.
#[derive(Debug, Clone)]
pub(crate) struct Sold {
    pub(crate) sale: SaleRow,
    pub(crate) tickets: Vec<TicketRow>,
    pub(crate) tenders: Vec<TenderRow>,
}

/// Issues the tickets of a hold that is paid, or is paid in cash by this very request.
pub(crate) async fn settle(
    app: &App,
    device: &Device,
    hold: HoldId,
    request: SettleRequest,
    repeat: Repeat,
) -> Result<Sold, Refused> {
    request
        .cash_given_minor
        .map_or(Ok(()), tenders::check_cash)?;
    let (acting, device, tender) = (
        app.clone(),
        device.id.clone(),
        TenderId::new(app.clock.now().as_millisecond(), app.random.bytes()),
    );
    app.database
        .write(Scope::of("hold", hold.as_str()), move |tx| {
            if let Some((id, known)) = store::by_key(tx, &device, &repeat.key)? {
                repeat.is(&known)?;
                return sold_in(tx, &id);
            }
            let row = holds::store::by_id(tx, &hold)?
                .filter(|row| row.device == device)
                .ok_or(Refused::UnknownHold)?;
            if row.state == HoldState::Settled {
                // The card settled it by itself, or another request did: the sale is the same one.
                let sale = store::of_hold(tx, &hold)?.ok_or(Refused::UnknownSale)?;
                return sold_in(tx, &sale);
            }
            let row = holds::open_for_payment(tx, &device, &hold, acting.clock.monotonic())?;
            check_may_issue(tx, &row.showtime, acting.clock.now())?;
            if request
                .total_minor
                .is_some_and(|told| told != row.total_minor)
            {
                return Err(Refused::PriceChanged {
                    total_minor: row.total_minor,
                });
            }
            let mut tenders = tenders::store::of_hold(tx, &hold)?;
            let missing = row.total_minor - paid_minor(&tenders);
            if let Some(given) = request.cash_given_minor.filter(|_| missing > 0) {
                let cash = cash_with(
                    &row,
                    tender.clone(),
                    given,
                    missing,
                    acting.clock.now(),
                    &repeat,
                )?;
                tenders::store::add(tx, &cash)?;
                tenders.push(cash);
            } else if missing > 0 {
                return Err(Refused::NotPaid {
                    missing_minor: missing,
                });
            }
            settle_in(tx, &acting, &row, &tenders, Some(&repeat))
        })
        .await
}

/// The cash that came with the request to settle: it must complete the total.
fn cash_with(
    row: &HoldRow,
    id: TenderId,
    given: i64,
    missing: i64,
    now: Timestamp,
    repeat: &Repeat,
) -> Result<TenderRow, Refused> {
    if given < missing {
        return Err(Refused::NotPaid {
            missing_minor: missing - given,
        });
    }
    Ok(TenderRow {
        id,
        hold: row.id.clone(),
        device: row.device.clone(),
        way: TenderWay::Cash,
        amount_minor: missing,
        given_minor: Some(given),
        state: StoredState::Approved,
        cancel_asked: false,
        slip: None,
        started_ms: now.as_millisecond(),
        repeat: Repeat {
            key: format!("settle:{}", repeat.key),
            request_hash: repeat.request_hash,
        },
    })
}

/// A sale by its id, with its tickets and payments.
pub(crate) async fn look(app: &App, device: &Device, sale: SaleId) -> Result<Sold, Refused> {
    let device = device.id.clone();
    let sold = app.database.read(move |db| sold_in(db, &sale)).await?;
    if sold.sale.device == device {
        Ok(sold)
    } else {
        Err(Refused::UnknownSale)
    }
}

/// A sale with its tickets and payments, by its id.
pub(crate) fn sold_in(db: &mut Snapshot<'_>, id: &SaleId) -> Result<Sold, Refused> {
    let sale = store::by_id(db, id)?.ok_or(Refused::UnknownSale)?;
    let (tickets, tenders) = (
        tickets::store::of_sale(db, id)?,
        tenders::store::of_hold(db, &sale.hold)?,
    );
    Ok(Sold {
        sale,
        tickets,
        tenders,
    })
}

/// Sells the seats of a hold that `tenders` pay for in full: the one place where tickets come into being.
pub(crate) fn settle_in(
    tx: &mut Tx<'_>,
    app: &App,
    hold: &HoldRow,
    tenders: &[TenderRow],
    repeat: Option<&Repeat>,
) -> Result<Sold, Refused> {
    let scheduled = app
        .catalogue
        .showtime(&hold.showtime)
        .ok_or(Refused::UnknownShowtime)?;
    let ledger = seats::ledger_of(tx, &hold.showtime, &scheduled.plan, &hold.places())?;
    let ids: Vec<TicketId> = hold
        .lines
        .iter()
        .map(|_| TicketId::new(app.clock.now().as_millisecond(), app.random.bytes()))
        .collect();
    let sold: Vec<_> = hold
        .lines
        .iter()
        .zip(&ids)
        .map(|(line, id)| (line.seat.clone(), id.clone()))
        .collect();
    seats::save(tx, app, &hold.showtime, &ledger.sell(&hold.id, &sold)?)?;
    let given: i64 = tenders
        .iter()
        .filter(|tender| tender.state == StoredState::Approved)
        .filter_map(|tender| tender.given_minor)
        .sum();
    let cash: i64 = tenders
        .iter()
        .filter(|tender| tender.given_minor.is_some() && tender.state == StoredState::Approved)
        .map(|tender| tender.amount_minor)
        .sum();
    let sale = SaleRow {
        id: SaleId::new(app.clock.now().as_millisecond(), app.random.bytes()),
        hold: hold.id.clone(),
        device: hold.device.clone(),
        showtime: hold.showtime.clone(),
        series: FIRST_SERIES,
        number: store::next_number(tx, FIRST_SERIES)?,
        sold_at: app.clock.now(),
        total_minor: hold.total_minor,
        tax_minor: hold.tax_minor,
        change_minor: given - cash,
        collection_code: collection_code(app),
    };
    store::add(tx, &sale, repeat)?;
    let mut issued = Vec::with_capacity(ids.len());
    for (line, id) in hold.lines.iter().zip(ids) {
        let (epoch, edition) = seats::store::issue(tx, &hold.showtime, line.place)?;
        let ticket = TicketRow {
            id,
            sale: sale.id.clone(),
            showtime: hold.showtime.clone(),
            place: line.place,
            seat: line.seat.clone(),
            plan: scheduled.plan.layout().version,
            epoch,
            edition,
            kind: line.kind.clone(),
            price_minor: line.price_minor,
            tax_minor: line.tax_minor,
            starts_at: scheduled.showtime.starts_at,
        };
        tickets::store::add(tx, &ticket)?;
        issued.push(ticket);
    }
    holds::store::set_state(tx, &hold.id, HoldState::Settled, Duration::ZERO, hold.since)?;
    printing::enqueue(tx, app, &hold.language, &issued)?;
    let sold = Sold {
        sale,
        tickets: issued,
        tenders: tenders.to_vec(),
    };
    link::tell_sale(tx, app, &scheduled, &sold)?;
    Ok(sold)
}

/// Letters and digits that nobody mistakes for one another, for a code that is read out.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

fn collection_code(app: &App) -> String {
    app.random
        .bytes::<6>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect()
}

/// Whether seats of this showtime may be held or paid for at `now`, read in the transaction that does it.
pub(crate) fn check_on_sale(
    db: &mut Snapshot<'_>,
    showtime: &ShowtimeId,
    now: Timestamp,
) -> Result<(), Refused> {
    let sales = store::sales_of(db, showtime)?.ok_or(Refused::UnknownShowtime)?;
    match sales.state {
        ShowtimeStatus::Cancelled => Err(Refused::ShowtimeCancelled),
        ShowtimeStatus::Closed => Err(Refused::SalesClosed),
        ShowtimeStatus::Open if now >= sales.ends_at => Err(Refused::ShowtimeOver),
        ShowtimeStatus::Open if now >= sales.sales_end_at => Err(Refused::SalesClosed),
        ShowtimeStatus::Open => Ok(()),
    }
}

/// Whether a ticket may still be issued for what was paid: the end of sales does not stop it, a cancellation and the end of the
/// showtime do.
pub(crate) fn check_may_issue(
    db: &mut Snapshot<'_>,
    showtime: &ShowtimeId,
    now: Timestamp,
) -> Result<(), Refused> {
    let sales = store::sales_of(db, showtime)?.ok_or(Refused::UnknownShowtime)?;
    match sales.state {
        ShowtimeStatus::Cancelled => Err(Refused::ShowtimeCancelled),
        ShowtimeStatus::Open | ShowtimeStatus::Closed if now >= sales.ends_at => {
            Err(Refused::ShowtimeOver)
        }
        ShowtimeStatus::Open | ShowtimeStatus::Closed => Ok(()),
    }
}
