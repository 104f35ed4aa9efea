//! SQL of refunds, and of who has asked for them.

use box_office::checkout::Refund;
use box_office::{CinemaId, Money, SaleId, TenderId, TicketId};
use database::{Error, Row, Snapshot, Tx, Value, params};
use jiff::Timestamp;

use super::{Kept, KeptWhy, RefundRow};
use crate::repeats::Repeat;

const COLUMNS: &str = "ticket, sale, cinema, state, payment, currency, amount_minor, asked_at, \
    kept_minor, kept_tax_minor, kept_why, given_minor, by_hand_minor, all_is_back";

fn read(row: &Row<'_>) -> Result<RefundRow, Error> {
    let state: String = row.get(3)?;
    let why: Option<String> = row.get(10)?;
    let why = why.map(|why| {
        let no_reason = || Error::Column(format!("{why} is no reason to keep anything"));
        KeptWhy::from_stored(&why).ok_or_else(no_reason)
    });
    Ok(RefundRow {
        ticket: row.parse(0)?,
        sale: row.parse(1)?,
        cinema: row.parse(2)?,
        state: Refund::from_stored(&state)
            .ok_or_else(|| Error::Column(format!("{state} is no state of a refund")))?,
        payment: row.parse_if_any(4)?,
        amount: Money::new(row.get(6)?, row.parse(5)?),
        asked_at: row.get(7)?,
        kept: Kept {
            minor: row.get(8)?,
            tax_minor: row.get(9)?,
        },
        kept_why: why.transpose()?,
        given_minor: row.get(11)?,
        by_hand_minor: row.get(12)?,
        all_is_back: row.get(13)?,
    })
}

pub(super) fn by_ticket(
    db: &mut Snapshot<'_>,
    ticket: &TicketId,
) -> Result<Option<RefundRow>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM refund WHERE ticket = $1");
    db.first(&sql, params![ticket.as_str()], read)
}

pub(super) fn of_sale(db: &mut Snapshot<'_>, sale: &SaleId) -> Result<Vec<RefundRow>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM refund WHERE sale = $1");
    db.query(&sql, params![sale.as_str()], read)
}

/// Those that wait for the cinema or for whoever gives the money.
pub(super) fn all_open(db: &mut Snapshot<'_>) -> Result<Vec<RefundRow>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM refund WHERE open = 1 ORDER BY ticket");
    db.query(&sql, params![], read)
}

/// Tickets that stand and that nobody has asked back: of showtimes that do not take place, and of sales of which no money is here any more.
pub(super) fn unasked(db: &mut Snapshot<'_>) -> Result<Vec<(CinemaId, TicketId)>, Error> {
    let sql = "SELECT showtime.cinema, ticket.id FROM showtime JOIN ticket ON ticket.showtime = showtime.key \
        WHERE showtime.state = 'cancelled' AND ticket.live = 1 AND ticket.disputed = 0 \
        AND NOT EXISTS (SELECT 1 FROM refund WHERE refund.ticket = ticket.id) \
        UNION SELECT sale.cinema, ticket.id FROM payment JOIN sale ON sale.hold = payment.hold \
        JOIN ticket ON ticket.sale = sale.id \
        WHERE payment.state = 'returned' AND ticket.live = 1 AND ticket.disputed = 0 \
        AND NOT EXISTS (SELECT 1 FROM payment AS kept WHERE kept.hold = payment.hold AND kept.captured_minor > kept.returned_minor) \
        AND NOT EXISTS (SELECT 1 FROM refund WHERE refund.ticket = ticket.id) ORDER BY 2";
    db.query(sql, params![], |row| Ok((row.parse(0)?, row.parse(1)?)))
}

/// Those that are owed or have gone back, and of which it is not written down yet that nothing is left here of the money of the whole sale.
pub(super) fn of_returned(db: &mut Snapshot<'_>) -> Result<Vec<(CinemaId, TicketId)>, Error> {
    let sql = "SELECT DISTINCT refund.cinema, refund.ticket FROM payment JOIN sale ON sale.hold = payment.hold \
        JOIN refund ON refund.sale = sale.id \
        WHERE payment.state = 'returned' AND refund.all_is_back = 0 AND refund.state IN ('owed', 'done') \
        AND NOT EXISTS (SELECT 1 FROM payment AS kept WHERE kept.hold = payment.hold AND kept.captured_minor > kept.returned_minor) \
        ORDER BY 2";
    db.query(sql, params![], |row| Ok((row.parse(0)?, row.parse(1)?)))
}

pub(super) fn add(tx: &mut Tx<'_>, row: &RefundRow) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO refund ({COLUMNS}, open) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    let values: [Value; 15] = [
        row.ticket.as_str().into(),
        row.sale.as_str().into(),
        row.cinema.as_str().into(),
        row.state.stored().into(),
        row.payment.as_ref().map(TenderId::as_str).into(),
        row.amount.currency.as_str().into(),
        row.amount.minor.into(),
        row.asked_at.as_millisecond().into(),
        row.kept.minor.into(),
        row.kept.tax_minor.into(),
        row.kept_why.map(KeptWhy::stored).into(),
        row.given_minor.into(),
        row.by_hand_minor.into(),
        row.all_is_back.into(),
        row.state.is_unfinished().into(),
    ];
    tx.execute(&sql, &values).map(drop)
}

/// The refund has moved from `before`; says whether it was there still.
pub(super) fn put(tx: &mut Tx<'_>, row: &RefundRow, before: Refund) -> Result<bool, Error> {
    let sql = "UPDATE refund SET state = $2, payment = $3, open = $4, amount_minor = $6, kept_minor = $7, kept_tax_minor = $8, \
        kept_why = $9, given_minor = $10, by_hand_minor = $11, all_is_back = $12 \
        WHERE ticket = $1 AND state = $5";
    let values = params![
        row.ticket.as_str(),
        row.state.stored(),
        row.payment.as_ref().map(TenderId::as_str),
        row.state.is_unfinished(),
        before.stored(),
        row.amount.minor,
        row.kept.minor,
        row.kept.tax_minor,
        row.kept_why.map(KeptWhy::stored),
        row.given_minor,
        row.by_hand_minor,
        row.all_is_back
    ];
    Ok(tx.execute(sql, values)? == 1)
}

/// The request that was made under this key.
pub(super) fn request(
    db: &mut Snapshot<'_>,
    asked_by: &str,
    key: &str,
) -> Result<Option<Repeat>, Error> {
    let sql = "SELECT key, request_hash FROM refund_request WHERE asked_by = $1 AND key = $2";
    db.first(sql, params![asked_by, key], |row| Repeat::read(row, 0))
}

pub(super) fn add_request(
    tx: &mut Tx<'_>,
    (asked_by, reason): (&str, &str),
    repeat: &Repeat,
    sale: &SaleId,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO refund_request (asked_by, key, request_hash, sale, asked_at, reason) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![
        asked_by,
        repeat.key.as_str(),
        repeat.request_hash.as_slice(),
        sale.as_str(),
        now.as_millisecond(),
        reason
    ];
    tx.execute(sql, values).map(drop)
}

#[cfg(test)]
mod tests {
    use database::{Database, Migration, Options};

    use crate::REFUNDS_GIVEN_MIGRATION;

    #[tokio::test]
    async fn what_went_back_before_went_by_whoever_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.db");
        let before = Migration {
            name: "before",
            sql: "CREATE TABLE refund (ticket TEXT NOT NULL PRIMARY KEY, sale TEXT, state TEXT NOT NULL, amount_minor INTEGER NOT NULL, \
                kept_minor INTEGER NOT NULL DEFAULT 0) STRICT; \
                CREATE TABLE sale (id TEXT NOT NULL PRIMARY KEY, hold TEXT NOT NULL) STRICT; \
                CREATE TABLE payment (hold TEXT NOT NULL, state TEXT NOT NULL, captured_minor INTEGER NOT NULL, returned_minor INTEGER NOT NULL) STRICT; \
                INSERT INTO sale VALUES ('s', 'h'), ('all-back', 'b'); \
                INSERT INTO payment VALUES ('h', 'captured', 900, 0), ('b', 'returned', 900, 900); \
                CREATE TABLE case_move (kind TEXT NOT NULL, about TEXT NOT NULL, what TEXT NOT NULL) STRICT; \
                INSERT INTO refund (ticket, sale, state, amount_minor) VALUES ('given', 's', 'done', 900), ('by-hand', 's', 'done', 900), ('owed', 's', 'owed', 900), \
                ('other', 's', 'done', 900), ('back', 'all-back', 'done', 900); \
                INSERT INTO case_move VALUES ('refund', 'by-hand', 'opened'), ('refund', 'by-hand', 'given_back'), ('refund', 'back', 'given_back'), \
                ('payment', 'given', 'given_back'), ('refund', 'other', 'give_back');",
        };
        let migrations = [before, REFUNDS_GIVEN_MIGRATION];
        let stored = Database::open(&path, &migrations, Options::default()).unwrap();
        let sql =
            "SELECT ticket, given_minor, by_hand_minor, all_is_back FROM refund ORDER BY ticket";
        let read = stored.read(move |db| {
            db.query(sql, &[], |row| {
                let is_back: bool = row.get(3)?;
                let (ticket, given, by_hand): (String, i64, i64) =
                    (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(format!("{ticket} {given} {by_hand} {is_back}"))
            })
        });
        let found: Result<Vec<String>, database::Error> = read.await;
        let expected = [
            "back 900 0 true",
            "by-hand 0 900 false",
            "given 900 0 false",
            "other 900 0 false",
            "owed 0 0 false",
        ];
        assert_eq!(found.unwrap(), expected);
        stored.close().await;
    }

    #[tokio::test]
    async fn what_was_asked_of_a_person_before_is_asked_still() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.db");
        let before = Migration {
            name: "before",
            sql: "CREATE TABLE refund (ticket TEXT NOT NULL PRIMARY KEY, sale TEXT NOT NULL, state TEXT NOT NULL, payment TEXT, \
                given_minor INTEGER NOT NULL, all_is_back INTEGER NOT NULL) STRICT; \
                CREATE TABLE sale (id TEXT NOT NULL PRIMARY KEY, hold TEXT NOT NULL) STRICT; \
                CREATE TABLE payment (hold TEXT NOT NULL, state TEXT NOT NULL) STRICT; \
                INSERT INTO sale VALUES ('evening', 'held'), ('returned', 'also'); INSERT INTO payment VALUES ('held', 'captured'), ('also', 'returned'); \
                CREATE TABLE case_file (kind TEXT NOT NULL, about TEXT NOT NULL, cinema TEXT NOT NULL, stage TEXT NOT NULL, open INTEGER NOT NULL, \
                opened_at INTEGER NOT NULL, PRIMARY KEY (kind, about)) STRICT, WITHOUT ROWID; \
                CREATE TABLE case_move (id INTEGER NOT NULL PRIMARY KEY, kind TEXT NOT NULL, about TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, \
                what TEXT NOT NULL, reason TEXT NOT NULL, FOREIGN KEY (kind, about) REFERENCES case_file (kind, about)) STRICT; \
                INSERT INTO refund VALUES ('arrived', 'evening', 'done', 'paid', 900, 0), ('bounced', 'evening', 'done', 'paid', 900, 0), \
                ('inside', 'evening', 'done', 'paid', 900, 0), ('more', 'evening', 'done', 'paid', 1200, 0), ('owed', 'evening', 'owed', NULL, 0, 0), \
                ('whole', 'returned', 'done', 'paid', 900, 0); \
                INSERT INTO case_file VALUES ('refund', 'arrived', 'odeon', 'closed', 0, 1), ('refund', 'bounced', 'odeon', 'owed', 1, 2), \
                ('refund', 'inside', 'odeon', 'admitted_after_all', 1, 3), ('refund', 'more', 'odeon', 'too_much', 1, 4), \
                ('refund', 'owed', 'odeon', 'admitted_after_all', 1, 5), ('refund', 'whole', 'odeon', 'owed', 1, 6), \
                ('dispute', 'asked', 'odeon', 'kept', 0, 7); \
                INSERT INTO case_move (kind, about, at, by, what, reason) VALUES ('refund', 'more', 4, 'counter', 'opened', 'before'), \
                ('refund', 'more', 5, 'counter', 'opened', 'so much'), ('refund', 'inside', 3, 'counter', 'opened', 'inside'), \
                ('refund', 'owed', 4, 'counter', 'opened', 'first'), ('refund', 'owed', 5, 'counter', 'opened', 'inside as well');",
        };
        let migrations = [before, crate::REFUND_CASES_MIGRATION];
        let stored = Database::open(&path, &migrations, Options::default()).unwrap();
        let read = stored.read(|db| {
            let mut found = Vec::new();
            for sql in [
                "SELECT kind || ' ' || about || ' ' || stage FROM case_file WHERE open = 1 ORDER BY opened_at, kind",
                "SELECT kind || ' ' || reason FROM case_move WHERE kind <> 'refund' OR about = 'owed' ORDER BY kind, id",
                "SELECT ticket || ' ' || given_minor || ' ' || all_is_back FROM refund ORDER BY ticket",
                "SELECT stage FROM case_file WHERE kind = 'dispute'",
            ] {
                found.extend(db.query(sql, &[], |row| row.get::<String>(0))?);
            }
            Ok::<_, database::Error>(found)
        });
        let expected = [
            "refund bounced owed",
            "refund_admitted inside admitted_after_all",
            "refund_too_much more too_much",
            "refund owed owed",
            "refund_admitted owed admitted_after_all",
            "refund whole owed",
            "refund first",
            "refund inside as well",
            "refund no payment is known that could give it back",
            "refund_admitted inside",
            "refund_admitted inside as well",
            "refund_too_much so much",
            "arrived 900 0",
            "bounced 0 0",
            "inside 900 0",
            "more 1200 0",
            "owed 0 0",
            "whole 0 1",
            "inquiry_decided",
        ];
        assert_eq!(read.await.unwrap(), expected);
        stored.close().await;
    }
}
