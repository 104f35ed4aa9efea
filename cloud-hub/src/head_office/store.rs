//! SQL of head office's picture.

use box_office::{Currency, PrinterTrouble};
use counter::catalogue::local;
use database::{Column, Error, Row, Snapshot, params};
use hub_api::{Case, CaseFact, DayAhead, RefusedContact, Showtime, StaffCall, StoppedPrinter};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use wire::{CinemaId, Incarnation, Life, Nonce};

use crate::told::{DaySum, OPEN_DISPUTES};

/// A cinema that is known, enrolled or expected.
#[derive(Debug)]
pub(crate) struct CinemaRow {
    pub(crate) id: CinemaId,
    pub(crate) name: Option<String>,
    pub(crate) zone: Option<String>,
    pub(crate) currency: Option<Currency>,
    pub(crate) day_starts: u16,
    /// The life of its box, if it has one.
    pub(crate) incarnation: Option<Incarnation>,
    pub(crate) revoked: bool,
    pub(crate) heard: Option<Timestamp>,
    pub(crate) program: Option<String>,
}

/// How many seats of the showtime `s` the hub's own counter has sold and not taken back.
const SOLD_ONLINE: &str = "(SELECT COUNT(*) FROM showtime k JOIN ticket t ON t.showtime = k.key AND t.live = 1 AND t.disputed = 0 \
    WHERE k.cinema = s.cinema AND k.id = s.id)";

/// Every cinema, by name.
pub(crate) fn cinemas(snapshot: &mut Snapshot<'_>) -> Result<Vec<CinemaRow>, Error> {
    let sql = "SELECT i.id, c.name, c.zone, c.currency, COALESCE(c.day_starts, 0), b.incarnation, b.incarnation_random, \
         CASE WHEN b.revoked_ms IS NULL THEN 0 ELSE 1 END, b.heard_ms, b.program \
         FROM (SELECT id FROM told_cinema UNION SELECT cinema FROM box UNION SELECT cinema FROM enrolment_code) i \
         LEFT JOIN told_cinema c ON c.id = i.id LEFT JOIN box b ON b.cinema = i.id ORDER BY COALESCE(c.name, i.id), i.id";
    snapshot.query(sql, params![], |row| {
        let number: Option<u64> = row.get(5)?;
        let random: Option<[u8; 16]> = row.get(6)?;
        let life = number.zip(random).map(|(number, random)| Life {
            number,
            random: Nonce::from(random),
        });
        Ok(CinemaRow {
            id: row.parse(0)?,
            name: row.get(1)?,
            zone: row.get(2)?,
            currency: row.parse_if_any(3)?,
            day_starts: row.get(4)?,
            incarnation: life.map(Incarnation),
            revoked: row.get::<i64>(7)? == 1,
            heard: row.get(8)?,
            program: row.get(9)?,
        })
    })
}

/// The showtimes of a business day, by start.
pub(crate) fn showtimes(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
    day: &str,
    zone: &TimeZone,
) -> Result<Vec<Showtime>, Error> {
    let sql = format!(
        "SELECT s.id, COALESCE(f.name, s.film), COALESCE(a.name, s.auditorium), s.start_ms, s.seats, \
         COALESCE((SELECT n.seats FROM told_seats_sold n WHERE n.cinema = s.cinema AND n.showtime = s.id), 0), \
         CASE WHEN s.cancelled IS NULL THEN 0 ELSE 1 END, s.withheld, {SOLD_ONLINE} FROM told_showtime s \
         LEFT JOIN told_content f ON f.cinema = s.cinema AND f.kind = 'film' AND f.id = s.film AND f.version = s.film_version \
         LEFT JOIN told_auditorium a ON a.cinema = s.cinema AND a.id = s.auditorium AND a.plan = s.plan \
         WHERE s.cinema = $1 AND s.day = $2 ORDER BY s.start_ms, s.id"
    );
    snapshot.query(&sql, params![cinema.as_str(), day], |row| {
        let (at_the_cinema, online): (u32, u32) = (row.get(5)?, row.get(8)?);
        Ok(Showtime {
            id: row.parse(0)?,
            film: row.get(1)?,
            auditorium: row.get(2)?,
            starts_at: local(row.get(3)?, zone),
            seats: row.get(4)?,
            sold: at_the_cinema.saturating_add(online),
            online,
            cancelled: row.get::<i64>(6)? == 1,
            withheld: row.get(7)?,
        })
    })
}

/// What the hub's own counter sold at a cinema between these moments, as it stands now: of a ticket that went back what is kept counts, no more.
pub(crate) fn sold_online(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
    (from, until): (Timestamp, Timestamp),
) -> Result<DaySum, Error> {
    let sql = "SELECT COUNT(DISTINCT s.id), CAST(COALESCE(SUM(t.live), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN t.live = 1 THEN t.price_minor ELSE COALESCE(r.kept_minor, 0) END), 0) AS BIGINT) \
         FROM sale s JOIN ticket t ON t.sale = s.id LEFT JOIN refund r ON r.ticket = t.id \
         WHERE s.cinema = $1 AND s.sold_at >= $2 AND s.sold_at < $3";
    let span = params![cinema.as_str(), from, until];
    let sold = snapshot.first(sql, span, |row| {
        Ok(DaySum {
            sales: row.get(0)?,
            tickets: row.get(1)?,
            total: row.get(2)?,
        })
    })?;
    Ok(sold.unwrap_or_default())
}

/// The kiosks that call the staff, the longest first.
pub(crate) fn staff_calls(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
    zone: &TimeZone,
) -> Result<Vec<StaffCall>, Error> {
    let sql = "SELECT device, name, since_ms, called_ms, times FROM told_staff_call WHERE cinema = $1 ORDER BY since_ms, device";
    snapshot.query(sql, params![cinema.as_str()], |row| {
        Ok(StaffCall {
            device: row.parse(0)?,
            name: row.get(1)?,
            since: local(row.get(2)?, zone),
            called_at: local(row.get(3)?, zone),
            times: row.get(4)?,
        })
    })
}

/// What keeps the cinema's printer from printing.
pub(crate) fn printer(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
    zone: &TimeZone,
) -> Result<Option<StoppedPrinter>, Error> {
    let sql = "SELECT trouble, since_ms FROM told_printer WHERE cinema = $1";
    snapshot.first(sql, params![cinema.as_str()], |row| {
        Ok(StoppedPrinter {
            trouble: row.one_of(0, PrinterTrouble::ALL, PrinterTrouble::code)?,
            since: local(row.get(1)?, zone),
        })
    })
}

/// What is sold for the days after the first one, up to the last.
pub(crate) fn ahead(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
    (after, last): (&str, &str),
) -> Result<Vec<DayAhead>, Error> {
    let sql = format!(
        "WITH d AS MATERIALIZED (SELECT s.day, {SOLD_ONLINE} + \
         COALESCE((SELECT n.seats FROM told_seats_sold n WHERE n.cinema = s.cinema AND n.showtime = s.id), 0) AS sold FROM told_showtime s \
         WHERE s.cinema = $1 AND s.day > $2 AND s.day <= $3 AND s.cancelled IS NULL) \
         SELECT d.day, CAST(SUM(d.sold) AS BIGINT), COUNT(*) FROM d WHERE d.sold > 0 GROUP BY d.day ORDER BY d.day"
    );
    snapshot.query(&sql, params![cinema.as_str(), after, last], |row| {
        Ok(DayAhead {
            day: row.get(0)?,
            tickets: row.get(1)?,
            showtimes: row.get(2)?,
        })
    })
}

/// Who was refused lately, the latest first, by the clock of the cinema that was named.
pub(crate) fn refused(
    snapshot: &mut Snapshot<'_>,
    most: u32,
    zone_of: &impl Fn(&str) -> TimeZone,
) -> Result<Vec<RefusedContact>, Error> {
    let sql = "SELECT at_ms, cinema, device, code, reason, times FROM refused_contact ORDER BY at_ms DESC LIMIT $1";
    snapshot.query(sql, params![most], |row| {
        let cinema: String = row.get(1)?;
        Ok(RefusedContact {
            at: local(row.get(0)?, &zone_of(&cinema)),
            cinema,
            device: row.get::<String>(2)?.parse().ok(),
            code: row.get(3)?,
            reason: row.get(4)?,
            times: row.get(5)?,
        })
    })
}

/// What a case names; nothing of an older one.
fn facts(row: &Row<'_>, index: usize) -> Result<Vec<CaseFact>, Error> {
    if let Column::Null = row.column(index)? {
        return Ok(Vec::new());
    }
    let named: Vec<(String, String)> = row.json(index)?;
    let named = named.into_iter();
    let fact = |(what, name)| CaseFact {
        what,
        name,
        money: None,
    };
    Ok(named.map(fact).collect())
}

/// What a person must decide, by the cinema's clock: what is about money first, then the latest.
pub(crate) fn disputes(
    snapshot: &mut Snapshot<'_>,
    most: u32,
    zone_of: &impl Fn(&str) -> TimeZone,
) -> Result<Vec<Case>, Error> {
    let sql =
        format!("SELECT id, at_ms, cinema, code, words, facts, about {OPEN_DISPUTES} LIMIT $1");
    snapshot.query(&sql, params![most], |row| {
        let (id, cinema, code): (u64, CinemaId, String) = (row.get(0)?, row.parse(2)?, row.get(3)?);
        let about: Option<String> = row.get(6)?;
        let order = match (&*code, about) {
            ("refund_admitted", Some(ticket)) => {
                Some(format!("decide-refund {ticket} <give-back|keep>"))
            }
            ("custody" | "taken_over", Some(seat)) => Some(format!("close-case {cinema}/{seat}")),
            // Whoever is at the cinema says what became of it.
            ("payment_unknown" | "refund_owed", _) => None,
            _ => Some(format!("close-case {id}")),
        };
        Ok(Case {
            id: Some(id),
            at: Some(local(row.get(1)?, &zone_of(cinema.as_str()))),
            cinema,
            code,
            words: row.get(4)?,
            facts: facts(row, 5)?,
            order: order.map(|order| format!("cloud-hub {order} --reason ..")),
        })
    })
}
