//! SQL of what each cinema told.

use std::collections::BTreeMap;

use box_office::custody::Sale;
use box_office::{
    Currency, Custodian, DeviceId, Epoch, Layout, Money, SeatId, ShowtimeId, TicketId,
};
use counter::custody::Told;
use database::{Error, New, Snapshot, Tx, Value, params};
use hub_api::SoldToday;
use jiff::Timestamp;
use wire::CinemaId;
use wire::event::{
    AuditoriumDescribed, CinemaDescribed, Content, PaidTender, PaymentRefunded, PrinterStopped,
    SaleSettled, ShowtimeScheduled, SoldTicket, StaffCalled, StaffCame, TenderWay, hash_of,
};

/// Something that a case names: what it is, as the contract says it, and which.
pub(super) type Fact<'a> = (&'static str, &'a str);

/// A sale as it was told.
#[derive(Debug)]
pub(super) struct ToldSale {
    /// The number of the event.
    pub(super) seq: u64,
    pub(super) sale: SaleSettled,
    /// Whether its showtime was told before it.
    pub(super) is_known: bool,
}

/// The sale of a seat, as a cinema told it.
#[derive(Debug)]
pub(super) struct SaleOfSeat {
    pub(super) ticket: TicketId,
    pub(super) sold_at: Timestamp,
    pub(super) device: DeviceId,
    /// The series and the number.
    pub(super) receipt: (u32, u64),
    pub(super) disputed: bool,
}

/// What a cinema told of sales of a seat. All that it told is looked through: somebody asks once in a while.
pub(super) fn sales_of_seat(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
    seat: &SeatId,
) -> Result<Vec<SaleOfSeat>, Error> {
    let sql = "SELECT t.id, s.sold_ms, s.device, s.receipt_series, s.receipt_number, t.disputed \
        FROM told_ticket t JOIN told_sale s ON s.cinema = t.cinema AND s.id = t.sale \
        WHERE t.cinema = $1 AND t.showtime = $2 AND t.seat = $3 ORDER BY s.sold_ms";
    let place = params![cinema.as_str(), showtime.as_str(), seat.as_str()];
    db.query(sql, place, |row| {
        Ok(SaleOfSeat {
            ticket: row.parse(0)?,
            sold_at: row.get(1)?,
            device: row.parse(2)?,
            receipt: (row.get(3)?, row.get(4)?),
            disputed: row.get(5)?,
        })
    })
}

/// Keeps what a cinema says of itself.
pub(crate) fn put_cinema(tx: &mut Tx<'_>, told: &CinemaDescribed) -> Result<(), Error> {
    let row = params![
        told.cinema.as_str(),
        told.name.as_str(),
        told.zone.as_str(),
        told.currency.as_str(),
        told.day_starts
    ];
    let sql = "INSERT INTO told_cinema (id, name, zone, currency, day_starts) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, zone = excluded.zone, currency = excluded.currency, \
         day_starts = excluded.day_starts";
    tx.execute(sql, row).map(drop)
}

/// Keeps that a kiosk calls the staff, as it told it last.
pub(super) fn put_staff_call(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    call: &StaffCalled,
) -> Result<(), Error> {
    let row = params![
        cinema.as_str(),
        call.device.as_str(),
        call.name.as_str(),
        call.since,
        call.time,
        call.times
    ];
    let sql = "INSERT INTO told_staff_call (cinema, device, name, since_ms, called_ms, times) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (cinema, device) DO UPDATE SET name = excluded.name, since_ms = excluded.since_ms, \
         called_ms = excluded.called_ms, times = excluded.times";
    tx.execute(sql, row).map(drop)
}

/// Somebody has been there.
pub(super) fn end_staff_call(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    came: &StaffCame,
) -> Result<(), Error> {
    let sql = "DELETE FROM told_staff_call WHERE cinema = $1 AND device = $2";
    tx.execute(sql, params![cinema.as_str(), came.device.as_str()])
        .map(drop)
}

/// Keeps that a cinema's printer does not print, as it told it last.
pub(super) fn put_printer(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    stopped: &PrinterStopped,
) -> Result<(), Error> {
    let row = params![cinema.as_str(), stopped.trouble.code(), stopped.since];
    let sql = "INSERT INTO told_printer (cinema, trouble, since_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (cinema) DO UPDATE SET trouble = excluded.trouble, since_ms = excluded.since_ms";
    tx.execute(sql, row).map(drop)
}

/// It prints again.
pub(super) fn end_printer(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), Error> {
    let sql = "DELETE FROM told_printer WHERE cinema = $1";
    tx.execute(sql, params![cinema.as_str()]).map(drop)
}

/// What a box told of its lobby ends with it: another has kiosks and a printer of its own to tell of.
pub(crate) fn forget_lobby(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), Error> {
    end_printer(tx, cinema)?;
    let sql = "DELETE FROM told_staff_call WHERE cinema = $1";
    tx.execute(sql, params![cinema.as_str()]).map(drop)
}

fn content_key(content: &Content) -> (&'static str, &str) {
    match content {
        Content::Film(film) => ("film", film.as_str()),
        Content::PriceBook(book) => ("price_book", book.as_str()),
    }
}

/// The content that the cinema has told under this id and version.
pub(crate) fn known_content(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
    content: &Content,
    version: u32,
) -> Result<Option<Vec<u8>>, Error> {
    let (kind, id) = content_key(content);
    let find = "SELECT body FROM told_content WHERE cinema = $1 AND kind = $2 AND id = $3 AND version = $4";
    snapshot.first(find, params![cinema.as_str(), kind, id, version], |row| {
        row.get(0)
    })
}

/// Keeps content as the cinema has it, in the place of what it told less completely.
pub(crate) fn put_content(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    content: (&Content, u32),
    name: &str,
    body: &[u8],
) -> Result<(), Error> {
    let (kind, id) = content_key(content.0);
    let row = params![
        cinema.as_str(),
        kind,
        id,
        content.1,
        name,
        hash_of(body).as_bytes(),
        body
    ];
    let sql = "INSERT INTO told_content (cinema, kind, id, version, name, hash, body) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (cinema, kind, id, version) DO UPDATE SET name = excluded.name, hash = excluded.hash, body = excluded.body";
    tx.execute(sql, row).map(drop)
}

/// The cinema has told other content under this version: the showtimes that are sold by it are withheld, and given.
pub(crate) fn refuse_content(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    content: &Content,
    version: u32,
    reason: &str,
) -> Result<Vec<ShowtimeId>, Error> {
    let (kind, id) = content_key(content);
    let key = params![cinema.as_str(), kind, id, version];
    tx.execute(
        "UPDATE told_content SET refused = 1 WHERE cinema = $1 AND kind = $2 AND id = $3 AND version = $4",
        key,
    )?;
    let (named, versioned) = match content {
        Content::Film(_) => ("film", "film_version"),
        Content::PriceBook(_) => ("book", "book_version"),
    };
    let of_it = format!("cinema = $1 AND {named} = $2 AND {versioned} = $3");
    let found = tx.query(
        &format!("SELECT id FROM told_showtime WHERE {of_it}"),
        params![cinema.as_str(), id, version],
        |row| row.parse(0),
    )?;
    tx.execute(
        &format!("UPDATE told_showtime SET withheld = $4 WHERE {of_it}"),
        params![cinema.as_str(), id, version, reason],
    )?;
    Ok(found)
}

/// Whether a showtime is sold by content that was refused.
pub(crate) fn is_content_refused(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
    told: &ShowtimeScheduled,
) -> Result<bool, Error> {
    let find = "SELECT 1 FROM told_content WHERE cinema = $1 AND refused = 1 \
        AND ((kind = 'film' AND id = $2 AND version = $3) OR (kind = 'price_book' AND id = $4 AND version = $5))";
    let key = params![
        cinema.as_str(),
        told.film.as_str(),
        told.film_version,
        told.book.as_str(),
        told.book_version
    ];
    snapshot.has(find, key)
}

/// Keeps a room as it was told last.
pub(crate) fn put_auditorium(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    told: &AuditoriumDescribed,
) -> Result<(), Error> {
    let layout = Layout::from(told.layout.clone());
    let row = params![
        cinema.as_str(),
        told.auditorium.as_str(),
        layout.version,
        told.name.as_str(),
        layout.places.len(),
        Value::json(&layout)?
    ];
    let sql = "INSERT INTO told_auditorium (cinema, id, plan, name, seats, layout) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (cinema, id, plan) DO UPDATE SET name = excluded.name, seats = excluded.seats, layout = excluded.layout";
    tx.execute(sql, row).map(drop)
}

/// Keeps a showtime as it was told last. One that was cancelled stays so.
pub(crate) fn put_showtime(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    told: &ShowtimeScheduled,
    withheld: Option<&str>,
) -> Result<(), Error> {
    let row = params![
        cinema.as_str(),
        told.showtime.as_str(),
        told.film.as_str(),
        told.film_version,
        told.auditorium.as_str(),
        told.plan,
        told.day.as_str(),
        told.start,
        told.end,
        told.book.as_str(),
        told.book_version,
        told.language.as_str(),
        told.format.as_str(),
        told.seats,
        withheld,
    ];
    let sql = "INSERT INTO told_showtime (cinema, id, film, film_version, auditorium, plan, day, start_ms, end_ms, book, book_version, \
         language, format, seats, withheld) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (cinema, id) DO UPDATE SET film = excluded.film, film_version = excluded.film_version, \
         auditorium = excluded.auditorium, plan = excluded.plan, day = excluded.day, start_ms = excluded.start_ms, \
         end_ms = excluded.end_ms, book = excluded.book, book_version = excluded.book_version, \
         language = excluded.language, format = excluded.format, seats = excluded.seats, withheld = excluded.withheld";
    tx.execute(sql, row).map(drop)
}

/// Marks a showtime as cancelled; whether there is one.
pub(crate) fn cancel_showtime(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
    reason: &str,
) -> Result<bool, Error> {
    let row = params![cinema.as_str(), showtime.as_str(), reason];
    let sql = "UPDATE told_showtime SET cancelled = $3 WHERE cinema = $1 AND id = $2";
    Ok(tx.execute(sql, row)? == 1)
}

/// Those of the showtimes that the cinema has told of.
pub(crate) fn known_showtimes<'a>(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtimes: impl Iterator<Item = &'a ShowtimeId>,
) -> Result<Vec<ShowtimeId>, Error> {
    snapshot.query_among(
        "SELECT id FROM told_showtime WHERE cinema = $1 AND id IN",
        params![cinema.as_str()],
        showtimes.map(|id| id.as_str().into()),
        |row| row.parse(0),
    )
}

/// The showtimes of a cinema that end later than `since`, with the tickets that its boxes told of.
pub(crate) fn of_successor(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
    (since, now): (Timestamp, Timestamp),
) -> Result<Vec<Told>, Error> {
    let find = "SELECT id, start_ms, end_ms FROM told_showtime WHERE cinema = $1 AND end_ms > $2 ORDER BY start_ms, id";
    let showtimes = snapshot.query(find, params![cinema.as_str(), since], |row| {
        Ok((
            row.parse::<ShowtimeId>(0)?,
            row.get::<i64>(1)?,
            row.get::<Timestamp>(2)?,
        ))
    })?;
    let sold = "SELECT id, seat, epoch, edition, kind FROM told_ticket WHERE cinema = $1 AND showtime = $2 AND disputed = 0";
    let mut told = Vec::with_capacity(showtimes.len());
    for (showtime, start_ms, ends_at) in showtimes {
        let of = params![cinema.as_str(), showtime.as_str()];
        let tickets = snapshot.query(sold, of, |row| {
            let (seat, epoch) = (row.parse(1)?, Epoch::new(row.get(2)?));
            let sale = Sale::new(seat, Custodian::Cinema, epoch, row.get(3)?);
            Ok((row.parse(0)?, sale, row.parse(4)?))
        })?;
        told.push(Told {
            showtime,
            has_begun: start_ms <= now.as_millisecond(),
            ends_at,
            tickets,
        });
    }
    Ok(told)
}

/// What tells the new rows of an insertion.
const NEW: &str = "ON CONFLICT DO NOTHING RETURNING id";

/// Keeps sales; gives those that are new.
pub(crate) fn add_sales<'a>(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    sales: impl Iterator<Item = &'a SaleSettled>,
) -> Result<New, Error> {
    let rows = sales.map(|sale| {
        [
            cinema.as_str().into(),
            sale.sale.as_str().into(),
            sale.receipt.series.into(),
            sale.receipt.number.into(),
            sale.showtime.as_str().into(),
            sale.device.as_str().into(),
            sale.time.into(),
            sale.day.as_str().into(),
            sale.currency.as_str().into(),
            sale.total.into(),
            sale.tax.into(),
            sale.tickets.len().into(),
        ]
    });
    let into = "INSERT INTO told_sale (cinema, id, receipt_series, receipt_number, showtime, device, sold_ms, day, currency, total, tax, \
         tickets) VALUES";
    tx.insert_new(into, rows, NEW)
}

/// Keeps tickets; gives those that are new and, unless they are disputed, the only ones of their seats.
pub(crate) fn add_tickets(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    tickets: &[(&ToldSale, &SoldTicket)],
    disputed: bool,
) -> Result<New, Error> {
    let rows = tickets.iter().map(|(told, ticket)| {
        [
            cinema.as_str().into(),
            ticket.id.as_str().into(),
            told.sale.sale.as_str().into(),
            told.sale.showtime.as_str().into(),
            ticket.plan.into(),
            ticket.seat.as_str().into(),
            ticket.epoch.into(),
            ticket.edition.into(),
            ticket.kind.as_str().into(),
            ticket.price.into(),
            ticket.tax.into(),
            disputed.into(),
        ]
    });
    let into = "INSERT INTO told_ticket (cinema, id, sale, showtime, plan, seat, epoch, edition, kind, price, tax, disputed) VALUES";
    tx.insert_new(into, rows, NEW)
}

/// Keeps payments; gives those that are new.
pub(crate) fn add_tenders(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    tenders: &[(&ToldSale, &PaidTender)],
) -> Result<New, Error> {
    let rows = tenders.iter().map(|(told, tender)| {
        let way = match tender.way {
            TenderWay::Cash => "cash",
            TenderWay::Card => "card",
        };
        let slip = tender.slip.as_ref();
        [
            cinema.as_str().into(),
            tender.id.as_str().into(),
            told.sale.sale.as_str().into(),
            way.into(),
            tender.amount.into(),
            slip.map(|slip| slip.last_four.as_str()).into(),
            slip.map(|slip| slip.authorisation.as_str()).into(),
        ]
    });
    let into =
        "INSERT INTO told_tender (cinema, id, sale, way, amount, last_four, authorisation) VALUES";
    tx.insert_new(into, rows, NEW)
}

/// Keeps a refund; whether it is new.
pub(crate) fn add_refund(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    refund: &PaymentRefunded,
) -> Result<bool, Error> {
    let row = params![
        cinema.as_str(),
        refund.tender.as_str(),
        refund.hold.as_str(),
        refund.showtime.as_str(),
        refund.device.as_str(),
        refund.time,
        refund.day.as_str(),
        refund.currency.as_str(),
        refund.amount,
        refund.reason.as_str(),
    ];
    let sql = "INSERT INTO told_refund (cinema, tender, hold, showtime, device, refunded_ms, day, currency, amount, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, row)? == 1)
}

/// Keeps something that a person must decide; what it is about lets a later fact settle it.
pub(crate) fn add_dispute(
    tx: &mut Tx<'_>,
    (cinema, seq): (&CinemaId, u64),
    code: &str,
    (words, facts): (&str, &[Fact<'_>]),
    about: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    let facts = Value::json(&facts)?;
    let row = params![now, cinema.as_str(), seq, code, words, about, facts];
    let sql = "INSERT INTO dispute (at_ms, cinema, seq, code, words, about, facts) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.execute(sql, row).map(drop)
}

/// Nobody need decide any more what is about this.
pub(crate) fn settle_disputes(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    about: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE dispute SET settled_ms = $3 WHERE cinema = $1 AND about = $2 AND settled_ms IS NULL";
    tx.execute(sql, params![cinema.as_str(), about, now])
        .map(drop)
}

/// A person has decided about one; gives what it says.
pub(crate) fn close_dispute(
    tx: &mut Tx<'_>,
    number: u64,
    (reason, now): (&str, Timestamp),
) -> Result<Option<String>, Error> {
    let sql = "UPDATE dispute SET settled_ms = $2, settled_why = $3 WHERE id = $1 AND settled_ms IS NULL RETURNING words";
    tx.first(sql, params![number, now, reason], |row| row.get(0))
}

/// Where a case waits for a person: nobody has settled it, and that of the seat or ticket that it is about was not closed since. Those of money come
/// first: somebody is owed something.
pub(crate) const OPEN_DISPUTES: &str = "FROM dispute d WHERE settled_ms IS NULL AND NOT EXISTS (SELECT 1 FROM case_file c \
    JOIN case_move m ON m.kind = c.kind AND m.about = c.about \
    WHERE c.kind IN ('custody', 'disagreement') AND c.about = d.cinema || '/' || d.about AND c.open = 0 AND m.at >= d.at_ms) \
    ORDER BY CASE WHEN code IN ('payment_unknown', 'refund_owed', 'refund_admitted', 'refund_told_twice', 'payment_told_twice') THEN 0 ELSE 1 END, \
    id DESC";

/// Those that wait, a line each.
pub(crate) fn open_disputes(db: &mut Snapshot<'_>) -> Result<Vec<String>, Error> {
    let sql = format!("SELECT id, cinema, words {OPEN_DISPUTES}");
    db.query(&sql, params![], |row| {
        let (id, cinema, words): (u64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(format!("{id}  {cinema}  {words}"))
    })
}

/// What a cinema sold on a business day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DaySum {
    pub(crate) sales: u64,
    pub(crate) tickets: u64,
    /// In minor units of the cinema's currency.
    pub(crate) total: i64,
}

impl DaySum {
    /// The same as head office sees it.
    pub(crate) fn shown(&self, currency: Option<Currency>) -> SoldToday {
        SoldToday {
            sales: self.sales,
            tickets: self.tickets,
            total: currency.map(|currency| Money::new(self.total, currency)),
        }
    }

    /// A sum that no cinema can reach stays where it is.
    pub(crate) fn add(&mut self, more: &Self) {
        self.sales = self.sales.saturating_add(more.sales);
        self.tickets = self.tickets.saturating_add(more.tickets);
        self.total = self.total.saturating_add(more.total);
    }
}

/// What a cinema sold on `day`, `2026-11-23`.
pub(crate) fn day_sum(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
    day: &str,
) -> Result<DaySum, Error> {
    let find = "SELECT sales, tickets, total FROM told_day_sum WHERE cinema = $1 AND day = $2";
    let sum = snapshot.first(find, params![cinema.as_str(), day], |row| {
        Ok(DaySum {
            sales: row.get(0)?,
            tickets: row.get(1)?,
            total: row.get(2)?,
        })
    })?;
    Ok(sum.unwrap_or_default())
}

/// Adds to what a cinema sold on `day`.
pub(crate) fn add_day_sum(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    day: &str,
    sold: &DaySum,
) -> Result<(), Error> {
    let mut sum = day_sum(tx, cinema, day)?;
    sum.add(sold);
    let sql = "INSERT INTO told_day_sum (cinema, day, sales, tickets, total) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (cinema, day) DO UPDATE SET sales = excluded.sales, tickets = excluded.tickets, total = excluded.total";
    let row = params![cinema.as_str(), day, sum.sales, sum.tickets, sum.total];
    tx.execute(sql, row).map(drop)
}

/// Counts seats of showtimes that were sold and are not disputed.
pub(crate) fn add_seats_sold(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    seats: &BTreeMap<&ShowtimeId, u64>,
) -> Result<(), Error> {
    let rows = seats.iter().map(|(showtime, seats)| {
        [
            cinema.as_str().into(),
            showtime.as_str().into(),
            (*seats).into(),
        ]
    });
    let into = "INSERT INTO told_seats_sold (cinema, showtime, seats) VALUES";
    let or = "ON CONFLICT (cinema, showtime) DO UPDATE SET seats = told_seats_sold.seats + excluded.seats";
    tx.insert_or(into, rows, or).map(drop)
}
