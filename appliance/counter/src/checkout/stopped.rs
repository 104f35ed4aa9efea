//! The payments that are under way while selling is stopped: they are no cases, nothing follows them, and money may have been taken.

use std::collections::BTreeSet;

use box_office::checkout::{Means, Payment};
use database::Snapshot;
use jiff::Timestamp;

use super::{cases, store};
use crate::counter::Counter;
use crate::sold::PaymentRow;
use crate::{Fault, catalogue, holds};

/// The payments under way in words, one a line, for whoever decides about a box that sells nothing.
pub async fn stopped_payments(counter: &Counter) -> String {
    match counter.database.read(lines).await {
        Ok(lines) if lines.is_empty() => "no payment was under way".to_owned(),
        Ok(lines) => format!(
            "payments that were under way; ask the terminal or the bank what became of each:\n  {}",
            lines.join("\n  ")
        ),
        Err(fault) => format!(
            "the payments that were under way cannot be read ({fault}): look at the terminal's own list"
        ),
    }
}

fn lines(db: &mut Snapshot<'_>) -> Result<Vec<String>, Fault> {
    let unfinished = store::unfinished(db)?.into_iter().map(|(_, hold)| hold);
    let holds = holds::buyers(db)?.into_iter().map(|(hold, _)| hold);
    let holds: BTreeSet<_> = unfinished
        .chain(holds)
        .map(|hold| hold.to_string())
        .collect();
    let mut lines = Vec::new();
    for hold in holds.iter().filter_map(|hold| hold.parse().ok()) {
        let Some(row) = holds::by_id(db, &hold)? else {
            continue;
        };
        let showtime = catalogue::named(db, row.showtime)?.id;
        let seats: Vec<_> = row.lines.iter().map(|line| line.seat.as_str()).collect();
        for payment in store::of_hold(db, &hold)? {
            let Some(how) = how(payment.state) else {
                continue;
            };
            if cases::is_open(db, &payment.id)? {
                continue;
            }
            lines.push(line(&payment, showtime.as_str(), &seats.join(" "), how));
        }
    }
    Ok(lines)
}

fn line(payment: &PaymentRow, showtime: &str, seats: &str, how: &str) -> String {
    let (id, amount) = (&payment.id, payment.amount());
    let means = match payment.means {
        Means::Cash => "cash",
        Means::Card => "card",
    };
    let since = Timestamp::from_millisecond(payment.started_ms)
        .map_or_else(|_| String::new(), |since| since.to_string());
    format!("{id}  {amount}  {means}  {showtime}  {seats}  since {since}  {how}")
}

/// What is open about it; nothing, where it came to its end without money.
fn how(payment: Payment) -> Option<&'static str> {
    match payment {
        Payment::Intended
        | Payment::Asked
        | Payment::StepNeeded
        | Payment::Stopping
        | Payment::Case => Some("taken or not taken?"),
        Payment::Captured(_) => Some("taken, no tickets yet"),
        Payment::Owed(_) | Payment::Returning(_) => Some("taken, to be given back"),
        Payment::Declined | Payment::Cancelled { .. } | Payment::Returned(_) => None,
    }
}
