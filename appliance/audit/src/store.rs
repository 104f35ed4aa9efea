//! SQL of the audit: every row of a counter that a promise hangs on, by the tables of either service. Read only.

use std::collections::{BTreeMap, BTreeSet};

use box_office::{CinemaId, Custodian};
use database::{Error, Row, Snapshot, Value, params};
use serde::Deserialize;
use wire::enrolment::FormerShowtime;

use crate::books::{
    AdmissionRow, Books, Evidence, HeardTicket, HoldRow, PaymentRow, RefundRow, SaleRow, SeatRow,
    TicketRow, ToldSale,
};
use crate::streams;

/// Everything that a database holds, by cinema.
pub(crate) fn read(db: &mut Snapshot<'_>, side: Custodian, name: &str) -> Result<Evidence, Error> {
    let mut cinemas = BTreeMap::new();
    for cinema in cinemas_of(db)? {
        let books = books(db, side, &cinema)?;
        cinemas.insert(cinema.to_string(), books);
    }
    Ok(Evidence {
        name: name.to_owned(),
        side,
        cinemas,
    })
}

fn cinemas_of(db: &mut Snapshot<'_>) -> Result<BTreeSet<CinemaId>, Error> {
    let sql = "SELECT id FROM cinema UNION SELECT cinema FROM stream";
    let found = db.query(sql, params![], |row| row.parse(0))?;
    Ok(found.into_iter().collect())
}

fn books(db: &mut Snapshot<'_>, side: Custodian, cinema: &CinemaId) -> Result<Books, Error> {
    let mut books = Books {
        seats: seats(db, cinema)?.into_iter().collect(),
        holds: holds(db, cinema)?.into_iter().collect(),
        payments: payments(db, cinema)?.into_iter().collect(),
        sales: sales(db, cinema)?.into_iter().collect(),
        tickets: tickets(db, cinema)?.into_iter().collect(),
        refunds: refunds(db, cinema)?.into_iter().collect(),
        admissions: admissions(db, cinema)?.into_iter().collect(),
        ..Books::default()
    };
    let of = params![cinema.as_str()];
    let mut grants = |sql: &str| {
        let grants = db.query(sql, of, |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)));
        Ok::<BTreeSet<_>, Error>(grants?.into_iter().collect())
    };
    books.kept = grants("SELECT showtime, seat, epoch FROM kept_grant WHERE cinema = $1")?;
    books.scanned = grants("SELECT showtime, seat, epoch FROM scanned_grant WHERE cinema = $1")?;
    let mut names = |sql: &str| {
        let names = db.query(sql, of, |row| row.get(0));
        Ok::<BTreeSet<String>, Error>(names?.into_iter().collect())
    };
    books.taken_back_by_head_office = names(
        "SELECT r.sale FROM refund_request r JOIN sale ON sale.id = r.sale \
        WHERE sale.cinema = $1 AND r.asked_by LIKE 'operator %'",
    )?;
    books.given_back_by_person = names(
        "SELECT m.about FROM case_move m JOIN refund ON refund.ticket = m.about \
        WHERE refund.cinema = $1 AND m.kind = 'refund' AND m.by = 'person' AND m.what = 'give_back'",
    )?;
    let series = "SELECT series, last FROM receipt_series WHERE cinema = $1";
    let series = db.query(series, of, |row| Ok((row.get(0)?, row.get(1)?)))?;
    books.series = series.into_iter().collect();
    books.cases = cases(db, cinema, "payment")?.into_iter().collect();
    books.refund_cases = cases(db, cinema, "refund")?.into_iter().collect();
    books.admitted_cases = cases(db, cinema, "refund_admitted")?.into_iter().collect();
    books.too_much_cases = cases(db, cinema, "refund_too_much")?.into_iter().collect();
    let released = cases(db, cinema, "quarantine")?.into_iter();
    let of_cinema = format!("{cinema}/");
    let showtimes =
        released.filter_map(|(about, _)| Some(about.strip_prefix(&of_cinema)?.to_owned()));
    books.released = showtimes.collect();
    let mut heard = heard(db, cinema)?;
    let keys = match side {
        Custodian::Cinema => {
            books.losses = count(db, "SELECT COUNT(*) FROM accepted_loss", params![])?;
            books.former_epochs = former_epochs(db, cinema)?;
            let succeeded = "SELECT 1 FROM standing WHERE cinema = $1 AND has_forgotten = 1";
            books.has_succeeded = db.has(succeeded, of)?;
            let key = "SELECT hub_frame_key FROM link WHERE hub_frame_key IS NOT NULL";
            db.query(key, params![], |row| row.get(0))?
        }
        Custodian::Hub => {
            told(db, cinema, &mut books)?;
            let went_on = "SELECT COUNT(*) FROM case_move WHERE kind = 'stopped' AND about = $1 \
                AND what IN ('recovered', 'taken as it is')";
            books.losses = count(db, went_on, of)?;
            heard.extend(told_tickets(db, cinema)?);
            let former = "SELECT incarnation, incarnation_random FROM former_box WHERE cinema = $1";
            let former = db.query(former, of, |row| Ok((row.get(0)?, row.get(1)?)))?;
            books.former_lives = former.into_iter().collect();
            let keys = "SELECT frame_key FROM box WHERE cinema = $1 \
                UNION SELECT frame_key FROM former_box WHERE cinema = $1";
            db.query(keys, of, |row| row.get(0))?
        }
    };
    books.heard = heard.into_iter().collect();
    books.streams = streams::read(db, side, cinema, (&keys, books.has_succeeded))?;
    Ok(books)
}

type Keyed<K, R> = Result<Vec<(K, R)>, Error>;

fn count(db: &mut Snapshot<'_>, sql: &str, of: &[Value]) -> Result<usize, Error> {
    Ok(usize::try_from(db.number(sql, of)?).unwrap_or(0))
}

/// The cases of a kind: what each is about, and whether it is open.
fn cases(db: &mut Snapshot<'_>, cinema: &CinemaId, kind: &str) -> Keyed<String, bool> {
    let sql = "SELECT about, open FROM case_file WHERE kind = $2 AND cinema = $1";
    db.query(sql, params![cinema.as_str(), kind], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// The epochs of seats as a box was told of them that took another's place.
fn former_epochs(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<BTreeMap<(String, String), u64>, Error> {
    let sql = "SELECT body FROM former_showtime WHERE cinema = $1";
    let told: Vec<FormerShowtime> = db.query(sql, params![cinema.as_str()], |row| row.json(0))?;
    let mut epochs = BTreeMap::new();
    for former in told {
        let showtime = former.showtime.to_string();
        let seats = former.seats.into_iter();
        epochs.extend(seats.map(|it| ((showtime.clone(), it.seat.to_string()), it.epoch.into())));
    }
    Ok(epochs)
}

fn seats(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Keyed<(String, String), SeatRow> {
    let sql = "SELECT s.id, seat.seat, seat.epoch, seat.edition, seat.state, seat.holder \
        FROM seat JOIN showtime s ON s.key = seat.showtime WHERE s.cinema = $1 UNION ALL \
        SELECT s.id, b.seat, b.epoch, b.edition, 'free', NULL \
        FROM seat_before b JOIN showtime s ON s.key = b.showtime WHERE s.cinema = $1";
    db.query(sql, params![cinema.as_str()], |row| {
        let seat = SeatRow {
            epoch: row.get(2)?,
            edition: row.get(3)?,
            state: row.get(4)?,
            holder: row.get(5)?,
        };
        Ok(((row.get(0)?, row.get(1)?), seat))
    })
}

/// A line of a hold; what else stands in it is not looked at.
#[derive(Deserialize)]
struct Line {
    seat: String,
}

fn holds(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Keyed<String, HoldRow> {
    let sql = "SELECT hold.id, s.id, hold.state, hold.lines FROM hold JOIN showtime s ON s.key = hold.showtime WHERE s.cinema = $1";
    db.query(sql, params![cinema.as_str()], |row| {
        let lines: Vec<Line> = row.json(3)?;
        let hold = HoldRow {
            showtime: row.get(1)?,
            state: row.get(2)?,
            seats: lines.into_iter().map(|line| line.seat).collect(),
        };
        Ok((row.get(0)?, hold))
    })
}

fn payments(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Keyed<String, PaymentRow> {
    let sql = "SELECT p.id, p.hold, p.means, p.currency, p.amount_minor, p.given_minor, p.state, p.captured_minor, p.returned_minor, p.open \
        FROM payment p JOIN hold ON hold.id = p.hold JOIN showtime s ON s.key = hold.showtime WHERE s.cinema = $1";
    db.query(sql, params![cinema.as_str()], |row| {
        let payment = PaymentRow {
            hold: row.get(1)?,
            means: row.get(2)?,
            currency: row.get(3)?,
            amount_minor: row.get(4)?,
            given_minor: row.get(5)?,
            state: row.get(6)?,
            captured_minor: row.get(7)?,
            returned_minor: row.get(8)?,
            open: row.get(9)?,
        };
        Ok((row.get(0)?, payment))
    })
}

fn sales(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Keyed<String, SaleRow> {
    let sql = "SELECT sale.id, sale.hold, s.id, sale.series, sale.number, sale.currency, sale.total_minor, sale.tax_minor, sale.change_minor, COALESCE(sale.sold_ms, 0) \
        FROM sale JOIN showtime s ON s.key = sale.showtime WHERE sale.cinema = $1";
    db.query(sql, params![cinema.as_str()], |row| {
        let sale = SaleRow {
            hold: row.get(1)?,
            showtime: row.get(2)?,
            series: row.get(3)?,
            number: row.get(4)?,
            currency: row.get(5)?,
            total_minor: row.get(6)?,
            tax_minor: row.get(7)?,
            change_minor: row.get(8)?,
            sold_ms: row.get(9)?,
        };
        Ok((row.get(0)?, sale))
    })
}

fn tickets(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Keyed<String, TicketRow> {
    let sql = "SELECT t.id, t.sale, s.id, t.seat, t.epoch, t.edition, t.price_minor, t.tax_minor, t.live, t.taken_back, t.disputed, t.at_risk, t.facts \
        FROM ticket t JOIN showtime s ON s.key = t.showtime WHERE s.cinema = $1";
    db.query(sql, params![cinema.as_str()], |row| {
        let ticket = TicketRow {
            sale: row.get(1)?,
            showtime: row.get(2)?,
            seat: row.get(3)?,
            epoch: row.get(4)?,
            edition: row.get(5)?,
            price_minor: row.get(6)?,
            tax_minor: row.get(7)?,
            terms: row.json(12)?,
            live: row.get(8)?,
            taken_back: row.get(9)?,
            disputed: row.get(10)?,
            at_risk: row.get(11)?,
        };
        Ok((row.get(0)?, ticket))
    })
}

fn refunds(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Keyed<String, RefundRow> {
    let sql = "SELECT ticket, state, payment, amount_minor, open, kept_minor, kept_tax_minor, kept_why, given_minor, by_hand_minor \
        FROM refund WHERE cinema = $1";
    db.query(sql, params![cinema.as_str()], |row| {
        let refund = RefundRow {
            state: row.get(1)?,
            payment: row.get(2)?,
            amount_minor: row.get(3)?,
            open: row.get(4)?,
            kept_minor: row.get(5)?,
            kept_tax_minor: row.get(6)?,
            kept_why: row.get(7)?,
            given_minor: row.get(8)?,
            by_hand_minor: row.get(9)?,
        };
        Ok((row.get(0)?, refund))
    })
}

/// Whether a ticket that was only presented is one of a seat that somebody freed since without proof: it was sold before that, and whoever freed it bears
/// that two guests come.
const IS_DOUBTED: &str = "EXISTS (SELECT 1 FROM doubted_seat d JOIN showtime s ON s.key = d.showtime \
    WHERE s.cinema = h.cinema AND s.id = h.showtime AND d.seat = h.seat AND d.epoch >= h.epoch)";

fn heard(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Keyed<String, HeardTicket> {
    let sql = format!(
        "SELECT ticket, showtime, seat, epoch, edition, sale, state, seller, CASE WHEN sale IS NULL AND {IS_DOUBTED} THEN 1 ELSE 0 END \
        FROM ticket_heard h WHERE cinema = $1"
    );
    db.query(&sql, params![cinema.as_str()], |row| {
        let epoch: u64 = row.get(3)?;
        let heard = HeardTicket {
            showtime: row.get(1)?,
            seat: row.get(2)?,
            at_risk: epoch.is_multiple_of(2) != (row.get::<String>(7)? == "cinema")
                || row.get::<i64>(8)? == 1,
            epoch,
            edition: row.get(4)?,
            sale: row.get(5)?,
            price_minor: None,
            state: row.get(6)?,
            disputed: false,
        };
        Ok((row.get(0)?, heard))
    })
}

fn admissions(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Keyed<String, AdmissionRow> {
    let sql = format!(
        "SELECT ticket, showtime, seat, proven, found, told, seller, CASE WHEN found = 1 AND {IS_DOUBTED} THEN 1 ELSE 0 END \
        FROM admission h WHERE cinema = $1"
    );
    db.query(&sql, params![cinema.as_str()], |row| {
        let admission = AdmissionRow {
            showtime: row.get(1)?,
            seat: row.get(2)?,
            proven: row.get(3)?,
            found: row.get(4)?,
            told: row.get(5)?,
            is_of_cinema: row.get::<String>(6)? == "cinema",
            at_risk: row.get::<i64>(7)? == 1,
        };
        Ok((row.get(0)?, admission))
    })
}

/// What a hub keeps of what it was told.
fn told(db: &mut Snapshot<'_>, cinema: &CinemaId, books: &mut Books) -> Result<(), Error> {
    let of = params![cinema.as_str()];
    let sales = "SELECT id, day, total, tickets FROM told_sale WHERE cinema = $1";
    let sale = |row: &Row<'_>| {
        let sale = ToldSale {
            day: row.get(1)?,
            total_minor: row.get(2)?,
            tickets: row.get(3)?,
        };
        Ok((row.get(0)?, sale))
    };
    books.told.sales = db.query(sales, of, sale)?.into_iter().collect();
    let tenders = "SELECT id, sale, amount FROM told_tender WHERE cinema = $1";
    let tenders = db.query(tenders, of, |row| {
        Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
    })?;
    books.told.tenders = tenders.into_iter().collect();
    let refunds = "SELECT tender, amount FROM told_refund WHERE cinema = $1";
    let refunds = db.query(refunds, of, |row| Ok((row.get(0)?, row.get(1)?)))?;
    books.told.refunds = refunds.into_iter().collect();
    let sums = "SELECT day, sales, tickets, total FROM told_day_sum WHERE cinema = $1";
    let sums = db.query(sums, of, |row| {
        Ok((row.get(0)?, [row.get(1)?, row.get(2)?, row.get(3)?]))
    })?;
    books.told.day_sums = sums.into_iter().collect();
    let seats = "SELECT showtime, seats FROM told_seats_sold WHERE cinema = $1";
    let seats = db.query(seats, of, |row| Ok((row.get(0)?, row.get(1)?)))?;
    books.told.seats_sold = seats.into_iter().collect();
    Ok(())
}

fn told_tickets(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Keyed<String, HeardTicket> {
    let sql = "SELECT id, showtime, seat, epoch, edition, sale, price, disputed FROM told_ticket WHERE cinema = $1";
    db.query(sql, params![cinema.as_str()], |row| {
        let epoch: u64 = row.get(3)?;
        let heard = HeardTicket {
            showtime: row.get(1)?,
            seat: row.get(2)?,
            at_risk: !epoch.is_multiple_of(2),
            epoch,
            edition: row.get(4)?,
            sale: Some(row.get(5)?),
            price_minor: Some(row.get(6)?),
            state: "live".to_owned(),
            disputed: row.get(7)?,
        };
        Ok((row.get(0)?, heard))
    })
}
