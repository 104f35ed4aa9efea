//! SQL of payments and sales.

use box_office::checkout::{Means, Payment, Taken};
use box_office::{CinemaId, HoldId, SaleId, TenderId};
use counter_api::{CardSlip, DeclineReason};
use database::{Error, Row, Snapshot, Tx, Value, params};
use jiff::Timestamp;

use crate::buyer::BuyerId;
use crate::catalogue::ShowtimeKey;
use crate::repeats::Repeat;
use crate::sold::{PaymentRow, SaleRow};

const PAYMENT: &str = "id, hold, nth, buyer_kind, buyer, means, currency, amount_minor, given_minor, state, captured_minor, \
    returned_minor, heard, last_four, authorisation, started_at, key, request_hash, step, declined";

fn payment(row: &Row<'_>) -> Result<PaymentRow, Error> {
    let state: String = row.get(9)?;
    let slip = match (
        row.get::<Option<String>>(13)?,
        row.get::<Option<String>>(14)?,
    ) {
        (Some(last_four), Some(authorisation)) => Some(CardSlip {
            last_four,
            authorisation,
        }),
        (_, _) => None,
    };
    let taken = Taken {
        captured_minor: row.get(10)?,
        returned_minor: row.get(11)?,
        heard: row.get(12)?,
    };
    Ok(PaymentRow {
        id: row.parse(0)?,
        hold: row.parse(1)?,
        nth: row.get(2)?,
        buyer: BuyerId::read(row, 3)?,
        means: row.one_of(5, Means::ALL, Means::as_str)?,
        currency: row.parse(6)?,
        amount_minor: row.get(7)?,
        given_minor: row.get(8)?,
        state: Payment::from_stored(&state, taken)
            .ok_or_else(|| Error::Column(format!("{state} is no state of a payment")))?,
        slip,
        started_ms: row.get(15)?,
        repeat: Repeat::read(row, 16)?,
        step: row.get(18)?,
        declined: match row.get::<Option<String>>(19)? {
            Some(_) => Some(row.one_of(19, DeclineReason::ALL, DeclineReason::as_str)?),
            None => None,
        },
    })
}

/// Whether there is such a payment, readable or not.
pub(super) fn is_known(db: &mut Snapshot<'_>, id: &TenderId) -> Result<bool, Error> {
    db.has("SELECT 1 FROM payment WHERE id = $1", params![id.as_str()])
}

/// How far the list of whoever takes the money was read.
pub(super) fn charges_read(db: &mut Snapshot<'_>) -> Result<u64, Error> {
    let read = db.first("SELECT changed FROM charge_list", params![], |row| {
        row.get(0)
    })?;
    Ok(read.unwrap_or(0))
}

pub(super) fn put_charges_read(tx: &mut Tx<'_>, changed: u64) -> Result<(), Error> {
    let sql = "INSERT INTO charge_list (one, changed) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET changed = excluded.changed";
    tx.execute(sql, params![changed]).map(drop)
}

pub(super) fn by_id(db: &mut Snapshot<'_>, id: &TenderId) -> Result<Option<PaymentRow>, Error> {
    let sql = format!("SELECT {PAYMENT} FROM payment WHERE id = $1");
    db.first(&sql, params![id.as_str()], payment)
}

/// The hold that a payment pays for, and whether whoever pays is waited for.
pub(super) fn standing_of(
    db: &mut Snapshot<'_>,
    id: &TenderId,
) -> Result<Option<(HoldId, bool)>, Error> {
    let sql = "SELECT hold, state FROM payment WHERE id = $1";
    db.first(sql, params![id.as_str()], |row| {
        let state: String = row.get(1)?;
        let waits = matches!(state.as_str(), "intended" | "asked" | "step_needed");
        Ok((row.parse(0)?, waits))
    })
}

/// The payment that this buyer began under this key.
pub(super) fn by_key(
    db: &mut Snapshot<'_>,
    buyer: &BuyerId,
    key: &str,
) -> Result<Option<PaymentRow>, Error> {
    let sql =
        format!("SELECT {PAYMENT} FROM payment WHERE buyer_kind = $1 AND buyer = $2 AND key = $3");
    let [kind, id] = buyer.values();
    db.first(&sql, &[kind, id, key.into()], payment)
}

/// The payments of a hold, oldest first.
pub(super) fn of_hold(db: &mut Snapshot<'_>, hold: &HoldId) -> Result<Vec<PaymentRow>, Error> {
    let sql = format!("SELECT {PAYMENT} FROM payment WHERE hold = $1 ORDER BY nth");
    db.query(&sql, params![hold.as_str()], payment)
}

/// The payments of which something is still to be done, each with its hold.
pub(super) fn unfinished(db: &mut Snapshot<'_>) -> Result<Vec<(TenderId, HoldId)>, Error> {
    let sql = "SELECT id, hold FROM payment WHERE open = 1 ORDER BY id";
    db.query(sql, params![], |row| Ok((row.parse(0)?, row.parse(1)?)))
}

/// Whether there is a payment of this name that has not come to its end.
pub(super) fn is_unfinished(db: &mut Snapshot<'_>, id: &str) -> Result<bool, Error> {
    db.has(
        "SELECT 1 FROM payment WHERE id = $1 AND open = 1",
        params![id],
    )
}

/// The holds of these payments.
pub(super) fn holds_in_question(db: &mut Snapshot<'_>) -> Result<Vec<HoldId>, Error> {
    let sql = "SELECT hold FROM payment WHERE open = 1";
    db.query(sql, params![], |row| row.parse(0))
}

/// Keeps a new payment; says whether its key was not used before.
pub(super) fn add(tx: &mut Tx<'_>, row: &PaymentRow) -> Result<bool, Error> {
    let sql = format!(
        "INSERT INTO payment ({PAYMENT}, open) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, NULL, $14, $15, $16, NULL, NULL, $17) \
         ON CONFLICT (buyer_kind, buyer, key) DO NOTHING"
    );
    let ([kind, buyer], (state, taken)) = (row.buyer.values(), row.state.stored());
    let values: [Value; 17] = [
        row.id.as_str().into(),
        row.hold.as_str().into(),
        row.nth.into(),
        kind,
        buyer,
        row.means.as_str().into(),
        row.currency.as_str().into(),
        row.amount_minor.into(),
        row.given_minor.into(),
        state.into(),
        taken.captured_minor.into(),
        taken.returned_minor.into(),
        taken.heard.into(),
        row.started_ms.into(),
        row.repeat.key.as_str().into(),
        row.repeat.request_hash.as_slice().into(),
        row.state.is_unfinished().into(),
    ];
    Ok(tx.execute(&sql, &values)? == 1)
}

/// The payment has moved from `before`, with what its slip says; says whether it was there still.
pub(super) fn put_state(tx: &mut Tx<'_>, row: &PaymentRow, before: Payment) -> Result<bool, Error> {
    let ((former, _), (state, taken)) = (before.stored(), row.state.stored());
    let slip = row.slip.as_ref();
    let values = params![
        row.id.as_str(),
        state,
        taken.captured_minor,
        taken.returned_minor,
        taken.heard,
        row.state.is_unfinished(),
        slip.map(|slip| slip.last_four.as_str()),
        slip.map(|slip| slip.authorisation.as_str()),
        former,
        row.step.as_deref(),
        row.declined.map(DeclineReason::as_str),
    ];
    let sql = "UPDATE payment SET state = $2, captured_minor = $3, returned_minor = $4, heard = $5, open = $6, \
        last_four = $7, authorisation = $8, step = $10, declined = $11 WHERE id = $1 AND state = $9";
    Ok(tx.execute(sql, values)? == 1)
}

const SALE: &str = "id, hold, buyer_kind, buyer, showtime, series, number, sold_at, currency, total_minor, tax_minor, change_minor, \
    collection_code, facts";

fn sale(row: &Row<'_>) -> Result<SaleRow, Error> {
    Ok(SaleRow {
        id: row.parse(0)?,
        hold: row.parse(1)?,
        buyer: BuyerId::read(row, 2)?,
        showtime: ShowtimeKey(row.get(4)?),
        series: row.get(5)?,
        number: row.get(6)?,
        sold_at: row.get(7)?,
        currency: row.parse(8)?,
        total_minor: row.get(9)?,
        tax_minor: row.get(10)?,
        change_minor: row.get(11)?,
        collection_code: row.get(12)?,
        facts: row.json(13)?,
    })
}

/// The sale of this name.
pub(crate) fn sale_by_id(db: &mut Snapshot<'_>, id: &SaleId) -> Result<Option<SaleRow>, Error> {
    let sql = format!("SELECT {SALE} FROM sale WHERE id = $1");
    db.first(&sql, params![id.as_str()], sale)
}

/// The request by which this buyer settled under this key: it is the sale's, or of the cash that came with it.
pub(super) fn settled_by_key(
    db: &mut Snapshot<'_>,
    buyer: &BuyerId,
    key: &str,
    cash_key: &str,
) -> Result<Option<Repeat>, Error> {
    let sql = "SELECT key, request_hash FROM payment WHERE buyer_kind = $1 AND buyer = $2 AND key = $4 UNION ALL \
        SELECT key, request_hash FROM sale WHERE buyer_kind = $1 AND buyer = $2 AND key = $3";
    let [kind, id] = buyer.values();
    db.first(sql, &[kind, id, key.into(), cash_key.into()], |row| {
        Repeat::read(row, 0)
    })
}

/// The sale that was made last, in the latest series of receipts.
pub(super) fn last_sale(db: &mut Snapshot<'_>) -> Result<Option<SaleRow>, Error> {
    let sql = format!("SELECT {SALE} FROM sale ORDER BY series DESC, number DESC LIMIT 1");
    db.first(&sql, params![], sale)
}

/// The sales to a buyer from this point of running time on, oldest first.
pub(super) fn sales_since(
    db: &mut Snapshot<'_>,
    buyer: &BuyerId,
    since_ms: i64,
) -> Result<Vec<SaleId>, Error> {
    let sql = "SELECT id FROM sale WHERE sold_ms >= $1 AND buyer_kind = $2 AND buyer = $3 ORDER BY sold_ms, id";
    let [kind, of] = buyer.values();
    let values = [since_ms.into(), kind, of];
    db.query(sql, &values, |row| row.parse(0))
}

/// The holds of a cinema's sales to a buyer from this point of running time on that were not handed over, but for those of an earlier
/// process that were sold before `today`: the running time stands still while the power is off.
pub(super) fn not_handed_over(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    buyer: &BuyerId,
    since_ms: i64,
    (this_life_ms, today): (i64, Timestamp),
) -> Result<Vec<HoldId>, Error> {
    let sql = "SELECT hold FROM sale WHERE sold_ms >= $1 AND buyer_kind = $2 AND buyer = $3 AND cinema = $4 AND handed_over = 0 \
        AND (sold_ms >= $5 OR sold_at >= $6)";
    let [kind, of] = buyer.values();
    let values = [
        since_ms.into(),
        kind,
        of,
        cinema.as_str().into(),
        this_life_ms.into(),
        today.as_millisecond().into(),
    ];
    db.query(sql, &values, |row| row.parse(0))
}

/// The guest has what they bought; says whether this buyer has such a sale.
pub(super) fn hand_over(tx: &mut Tx<'_>, sale: &SaleId, buyer: &BuyerId) -> Result<bool, Error> {
    let sql = "UPDATE sale SET handed_over = 1 WHERE id = $1 AND buyer_kind = $2 AND buyer = $3";
    let [kind, of] = buyer.values();
    Ok(tx.execute(sql, &[sale.as_str().into(), kind, of])? == 1)
}

/// One of the payments, whatever became of it.
pub(crate) fn any_payment(db: &mut Snapshot<'_>) -> Result<Option<TenderId>, Error> {
    let sql = "SELECT id FROM payment ORDER BY id DESC LIMIT 1";
    db.first(sql, params![], |row| row.parse(0))
}

/// Whether money is under way for a hold, or was taken for it and not given back.
pub(super) fn is_money_for(db: &mut Snapshot<'_>, hold: &HoldId) -> Result<bool, Error> {
    let sql =
        "SELECT 1 FROM payment WHERE hold = $1 AND (open = 1 OR captured_minor > returned_minor)";
    db.has(sql, params![hold.as_str()])
}

/// The sale with this receipt number.
pub(super) fn sale_by_receipt(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    (series, number): (i64, i64),
) -> Result<Option<SaleId>, Error> {
    let sql = "SELECT id FROM sale WHERE cinema = $1 AND series = $2 AND number = $3";
    db.first(sql, params![cinema.as_str(), series, number], |row| {
        row.parse(0)
    })
}

/// The sale that a hold became.
pub(super) fn sale_of_hold(db: &mut Snapshot<'_>, hold: &HoldId) -> Result<Option<SaleId>, Error> {
    let sql = "SELECT id FROM sale WHERE hold = $1";
    db.first(sql, params![hold.as_str()], |row| row.parse(0))
}

/// The series of receipts that a cinema counts, if it was begun.
pub(super) fn series(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Option<i64>, Error> {
    let sql = "SELECT series FROM receipt_series WHERE cinema = $1 ORDER BY series DESC LIMIT 1";
    db.first(sql, params![cinema.as_str()], |row| row.get(0))
}

/// Counts a series on, if its last number is this one; says whether it was.
pub(super) fn count_from(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    series: i64,
    last: i64,
) -> Result<bool, Error> {
    let sql =
        "UPDATE receipt_series SET last = last + 1 WHERE cinema = $1 AND series = $2 AND last = $3";
    Ok(tx.execute(sql, params![cinema.as_str(), series, last])? == 1)
}

/// Counts a series on by so many numbers, which nobody gets.
pub(super) fn pass_over(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    series: i64,
    numbers: i64,
) -> Result<(), Error> {
    let sql = "INSERT INTO receipt_series (cinema, series, last) VALUES ($1, $2, $3) \
        ON CONFLICT (cinema, series) DO UPDATE SET last = receipt_series.last + excluded.last";
    tx.execute(sql, params![cinema.as_str(), series, numbers])
        .map(drop)
}

/// Counts a series on, and gives its number.
pub(super) fn next_number(tx: &mut Tx<'_>, cinema: &CinemaId, series: i64) -> Result<i64, Error> {
    let count = "INSERT INTO receipt_series (cinema, series, last) VALUES ($1, $2, 1) \
        ON CONFLICT (cinema, series) DO UPDATE SET last = receipt_series.last + 1 RETURNING last";
    let number = tx.first(count, params![cinema.as_str(), series], |row| row.get(0))?;
    number.ok_or_else(|| Error::Column("a series of receipts gives no number".into()))
}

/// Keeps a new sale, made at this point of running time; says whether its key was not used before.
pub(super) fn add_sale(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    (row, sold_ms): (&SaleRow, i64),
    repeat: Option<&Repeat>,
) -> Result<bool, Error> {
    let sql = format!(
        "INSERT INTO sale ({SALE}, cinema, key, request_hash, sold_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT (buyer_kind, buyer, key) WHERE key IS NOT NULL DO NOTHING"
    );
    let [kind, buyer] = row.buyer.values();
    let values: [Value; 18] = [
        row.id.as_str().into(),
        row.hold.as_str().into(),
        kind,
        buyer,
        row.showtime.0.into(),
        row.series.into(),
        row.number.into(),
        row.sold_at.as_millisecond().into(),
        row.currency.as_str().into(),
        row.total_minor.into(),
        row.tax_minor.into(),
        row.change_minor.into(),
        row.collection_code.as_str().into(),
        Value::json(&row.facts)?,
        cinema.as_str().into(),
        repeat.map(|repeat| repeat.key.clone()).into(),
        repeat.map(|repeat| repeat.request_hash.to_vec()).into(),
        sold_ms.into(),
    ];
    Ok(tx.execute(&sql, &values)? == 1)
}
