//! What of a cinema is fixed as long as something stands in the way: its currency while money exists, its zone while tickets are to come.

use box_office::CinemaId;
use box_office::programme::{Cinema, Showtime};
use box_office::text::counted;
use database::Snapshot;
use jiff::Timestamp;

use crate::{Fault, catalogue, checkout, holds, tickets};

/// What is to be changed and stands fast: where in the file, and why.
pub(super) fn changes_in_the_way(
    db: &mut Snapshot<'_>,
    (wanted, showtimes): (&Cinema, &[Showtime]),
    now: Timestamp,
) -> Result<Vec<(&'static str, String)>, Fault> {
    let Some(known) = catalogue::cinema(db, &wanted.id)? else {
        return Ok(Vec::new());
    };
    let mut fixed = Vec::new();
    if known.currency != wanted.currency
        && let Some(money) = money(db, (&wanted.id, showtimes), now)?
    {
        let (from, to) = (known.currency, wanted.currency);
        fixed.push((
            "cinema.currency",
            format!("{money} is in {from}, so it cannot become {to}"),
        ));
    }
    if known.time_zone != wanted.time_zone
        && let Some(tickets) = times(db, now)?
    {
        let (from, to) = (&known.time_zone, &wanted.time_zone);
        fixed.push((
            "cinema.time_zone",
            format!("{tickets} by the clocks of {from}, so they cannot become those of {to}"),
        ));
    }
    Ok(fixed)
}

/// What stands in the cinema's currency.
fn money(
    db: &mut Snapshot<'_>,
    (cinema, named): (&CinemaId, &[Showtime]),
    now: Timestamp,
) -> Result<Option<String>, Fault> {
    if let Some(receipt) = checkout::last_receipt(db)? {
        return Ok(Some(format!("what was sold, as by receipt {receipt},")));
    }
    if let Some(payment) = checkout::any_payment(db)? {
        return Ok(Some(format!("the payment {payment}")));
    }
    if let Some(hold) = holds::any_under_way(db)? {
        return Ok(Some(format!("the open hold {hold}")));
    }
    // It would go on being sold at the prices of before.
    let on_sale = catalogue::on_sale(db, cinema, now)?;
    let left = on_sale.iter().map(|known| &known.stored.showtime.id);
    let left = left.filter(|id| named.iter().all(|showtime| showtime.id != **id));
    Ok(left
        .map(|id| format!("the showtime {id}, which the file does not name and which is on sale,"))
        .next())
}

/// What tells people times that are to come.
fn times(db: &mut Snapshot<'_>, now: Timestamp) -> Result<Option<String>, Fault> {
    match tickets::count_to_come(db, now)? {
        0 => {}
        tickets => {
            let told = counted(tickets, "ticket tells its time", "tickets tell their time");
            return Ok(Some(told));
        }
    }
    Ok(holds::any_under_way(db)?.map(|hold| format!("the open hold {hold} tells its time")))
}
