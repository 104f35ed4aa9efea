//! A hold that cannot go on by a fault of ours is ended by a person, without a word to the machine that it breaks.

use box_office::text::counted;
use box_office::{HoldId, SeatId};

use super::{CheckoutRefused, follow, store};
use crate::cases::{self, By, CaseKey, Move, reason_of};
use crate::counter::Counter;
use crate::custody::{self, Unsold};
use crate::{Fault, catalogue, holds, seats};

/// The kind of these cases: each is closed with its only move, which says who did it and why.
const KIND: &str = "hold";

/// Ends a hold that was set aside, and frees the seats that are its own still; says how many.
///
/// # Errors
/// It is none of those that were set aside, money is under way or was taken for it, no reason is given, or the database refuses.
pub async fn free_by_hand(
    counter: &Counter,
    hold: HoldId,
    reason: &str,
) -> Result<String, CheckoutRefused> {
    let reason = reason_of(reason).ok_or(CheckoutRefused::NoReason)?;
    if !counter.following.is_stuck(hold.as_str()) {
        return Err(CheckoutRefused::NotSetAside);
    }
    let at = follow::at(counter, &hold).await?;
    let (acting, id) = (at.clone(), hold.clone());
    let freeing = at.database.write(at.scope(), move |tx| {
        if store::is_money_for(tx, &id)? {
            return Err(CheckoutRefused::MoneyForIt);
        }
        let key = holds::showtime_of(tx, &id)?;
        let key = key.ok_or_else(|| Fault::Broken(format!("there is no hold {id}")))?;
        let showtime = catalogue::named(tx, key)?.id;
        let held = seats::held_by(tx, key, &id)?;
        let places: Vec<usize> = held.iter().map(|(place, _)| *place).collect();
        let seats: Vec<SeatId> = held.into_iter().map(|(_, seat)| seat).collect();
        seats::free(tx, &acting, (key, &showtime), &id, &places)?;
        // Which of them came by an ask stands in a row that may be unreadable: they are free here then.
        let fetched = match holds::by_id(tx, &id) {
            Ok(Some(row)) => row.fetched,
            Ok(None) | Err(_) => Vec::new(),
        };
        let unsold = Unsold {
            seats: &seats,
            fetched: &fetched,
            is_doubted: holds::is_doubted(tx, &id)?,
        };
        custody::end_unsold(tx, &acting, (key, &showtime), unsold)?;
        holds::end(tx, &id)?;
        let about = CaseKey {
            kind: KIND,
            about: id.as_str(),
        };
        let step = Move {
            by: By::Person,
            what: "freed",
            reason: &reason,
            at: acting.clock.now(),
        };
        cases::put(tx, about, acting.cinema(), "freed", false, step)?;
        Ok(places.len())
    });
    let freed = freeing.await?;
    counter.following.goes_on(hold.as_str());
    tracing::warn!(%hold, freed, "a hold that could not end was ended by a person");
    let freed = counted(freed, "seat", "seats");
    Ok(format!("the hold has ended; free again: {freed}"))
}
