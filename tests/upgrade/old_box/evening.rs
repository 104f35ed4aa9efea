//! Writes what guests and clerks did, as the old program wrote it.

use box_office::programme::Programme;
use database::{Error, Tx, Value};
use serde_json::json;

use super::states::{CASES, Case, HOLDS, Hold, SALES, Sale, TENDERS, Tender};
use super::{PAST, PRICE, put, ticket};

/// When all of it was done, in milliseconds.
const AT: i64 = 1_795_300_000_000;

pub(super) fn keep(tx: &mut Tx<'_>, programme: &Programme) -> Result<(), Error> {
    HOLDS
        .iter()
        .try_for_each(|hold| keep_hold(tx, programme, hold))?;
    block(tx)?;
    TENDERS
        .iter()
        .try_for_each(|tender| keep_tender(tx, tender))?;
    CASES.iter().try_for_each(|case| keep_case(tx, case))?;
    put(
        tx,
        "receipt_series",
        &[("series", 1.into()), ("last", 4.into())],
    )?;
    SALES
        .iter()
        .try_for_each(|sale| keep_sale(tx, programme, sale))?;
    let reprint = [
        ("sale", "settled-cash".into()),
        ("at", AT.into()),
        ("reason", "torn".into()),
    ];
    put(tx, "reprint", &reprint)
}

fn place(programme: &Programme, showtime: &str, seat: &str) -> usize {
    let room = showtime.get(..6).unwrap();
    let room = programme
        .auditoriums
        .iter()
        .find(|one| one.id.as_str() == room)
        .unwrap();
    let is_it = |place: &box_office::Place| place.seat.as_str() == seat;
    room.layout
        .places
        .iter()
        .position(is_it)
        .unwrap_or_else(|| panic!("no seat {seat} in {showtime}"))
}

fn hash(name: &str) -> Value {
    format!("{name:x<32}").into_bytes().into()
}

fn keep_hold(tx: &mut Tx<'_>, programme: &Programme, hold: &Hold) -> Result<(), Error> {
    let mut lines: Vec<_> = (hold.seats.iter())
        .map(|seat| {
            let place = place(programme, hold.showtime, seat);
            (place, json!({"place": place, "seat": seat, "kind": kind(seat), "price_minor": PRICE.0, "tax_minor": PRICE.1}))
        })
        .collect();
    lines.sort_by_key(|(place, _)| *place);
    let (places, lines): (Vec<usize>, Vec<_>) = lines.into_iter().unzip();
    let seats = i64::try_from(places.len()).unwrap();
    let row = [
        ("id", hold.name.into()),
        ("device", hold.device.into()),
        ("showtime", hold.showtime.into()),
        ("state", hold.state.into()),
        ("left_ms", hold.left_ms.into()),
        ("since_ms", 7_000.into()),
        ("extended", (hold.name == "open-extended").into()),
        ("lines", super::text(&lines)),
        ("total_minor", (seats * PRICE.0).into()),
        ("tax_minor", (seats * PRICE.1).into()),
        ("language", hold.language.into()),
        ("key", format!("hold-{}", hold.name).into()),
        ("request_hash", hash(hold.name)),
    ];
    put(tx, "hold", &row)?;
    if matches!(hold.state, "open" | "paying") {
        for place in places {
            let sql =
                "UPDATE seat SET state = 'held', holder = $3 WHERE showtime = $1 AND place = $2";
            tx.execute(sql, &[hold.showtime.into(), place.into(), hold.name.into()])?;
        }
    }
    Ok(())
}

/// Who sits there: a child on every seat with a 2.
fn kind(seat: &str) -> &'static str {
    if seat.ends_with('2') {
        "child"
    } else {
        "adult"
    }
}

/// A seat that the office blocked, one that was sold and came back, one that is with the hub.
fn block(tx: &mut Tx<'_>) -> Result<(), Error> {
    for change in [
        "state = 'blocked', holder = 'broken'",
        "edition = 2, epoch = 4",
        "epoch = 5",
    ] {
        let sql = format!(
            "UPDATE seat SET {change} WHERE showtime = $1 AND place = \
             (SELECT MAX(place) FROM seat WHERE showtime = $1 AND state = 'free' AND epoch = 0)"
        );
        tx.execute(&sql, &[PAST.into()])?;
    }
    Ok(())
}

fn keep_tender(tx: &mut Tx<'_>, tender: &Tender) -> Result<(), Error> {
    let nth = TENDERS
        .iter()
        .take_while(|one| one.name != tender.name)
        .filter(|one| one.hold == tender.hold)
        .count();
    let device = HOLDS
        .iter()
        .find(|hold| hold.name == tender.hold)
        .unwrap()
        .device;
    let slip = |text: &str| {
        if tender.slip {
            Value::from(text)
        } else {
            Value::Null
        }
    };
    let row = [
        ("id", tender.name.into()),
        ("hold", tender.hold.into()),
        ("nth", nth.into()),
        ("device", device.into()),
        ("way", tender.way.into()),
        ("amount_minor", tender.amount_minor.into()),
        ("given_minor", tender.given_minor.into()),
        ("state", tender.state.into()),
        ("cancel_asked", tender.cancel_asked.into()),
        ("last_four", slip("4242")),
        ("authorisation", slip("A1B2C3")),
        ("started_at", AT.into()),
        ("key", format!("tender-{}", tender.name).into()),
        ("request_hash", hash(tender.name)),
    ];
    put(tx, "tender", &row)
}

fn keep_case(tx: &mut Tx<'_>, (tender, stage, terminal_spoke, moves): &Case) -> Result<(), Error> {
    let row = [
        ("tender", (*tender).into()),
        ("stage", (*stage).into()),
        ("opened_at", AT.into()),
        ("terminal_spoke", (*terminal_spoke).into()),
    ];
    put(tx, "payment_case", &row)?;
    for (by, what, reason) in *moves {
        let row = [
            ("tender", (*tender).into()),
            ("at", AT.into()),
            ("by", (*by).into()),
            ("what", (*what).into()),
            ("reason", (*reason).into()),
        ];
        put(tx, "payment_case_move", &row)?;
    }
    Ok(())
}

fn keep_sale(tx: &mut Tx<'_>, programme: &Programme, sale: &Sale) -> Result<(), Error> {
    let hold = HOLDS.iter().find(|hold| hold.name == sale.hold).unwrap();
    let seats = i64::try_from(hold.seats.len()).unwrap();
    let row = [
        ("id", sale.hold.into()),
        ("hold", sale.hold.into()),
        ("device", hold.device.into()),
        ("showtime", hold.showtime.into()),
        ("series", 1.into()),
        ("number", sale.receipt.into()),
        ("sold_at", AT.into()),
        ("total_minor", (seats * PRICE.0).into()),
        ("tax_minor", (seats * PRICE.1).into()),
        ("change_minor", sale.change_minor.into()),
        ("collection_code", "ABC234".into()),
        ("key", sale.key.map(str::to_owned).into()),
        ("request_hash", sale.key.map_or(Value::Null, hash)),
    ];
    put(tx, "sale", &row)?;
    let showtime = programme
        .showtimes
        .iter()
        .find(|one| one.id.as_str() == hold.showtime)
        .unwrap();
    let room = programme
        .auditoriums
        .iter()
        .find(|room| room.id == showtime.auditorium)
        .unwrap();
    let mut seats: Vec<_> = hold
        .seats
        .iter()
        .map(|seat| (place(programme, hold.showtime, seat), *seat))
        .collect();
    seats.sort_unstable();
    for (nth, (place, seat)) in seats.into_iter().enumerate() {
        let id = ticket(sale.receipt, nth);
        let sql = "UPDATE seat SET state = 'sold', holder = $3, edition = 1 WHERE showtime = $1 AND place = $2";
        tx.execute(
            sql,
            &[hold.showtime.into(), place.into(), id.as_str().into()],
        )?;
        let row = [
            ("id", id.as_str().into()),
            ("sale", sale.hold.into()),
            ("showtime", hold.showtime.into()),
            ("place", place.into()),
            ("seat", seat.into()),
            ("plan", room.layout.version.into()),
            ("epoch", 0.into()),
            ("edition", 1.into()),
            ("kind", kind(seat).into()),
            ("price_minor", PRICE.0.into()),
            ("tax_minor", PRICE.1.into()),
            ("starts_at", showtime.starts_at.as_millisecond().into()),
        ];
        put(tx, "ticket", &row)?;
        let Some((language, state, copy, tries)) = sale.papers.get(nth) else {
            continue;
        };
        let row = [
            ("ticket", id.as_str().into()),
            ("sale", sale.hold.into()),
            ("language", (*language).into()),
            ("state", (*state).into()),
            ("copy", (*copy).into()),
            ("tries", (*tries).into()),
        ];
        put(tx, "print_job", &row)?;
    }
    Ok(())
}
