//! Which seats a hold gets, at the prices of the house.

use box_office::ledger::{HoldRefusal, HoldRules, Ledger, LeftAlone, MOST_SEATS_PER_HOLD};
use box_office::{HoldId, SeatId};
use counter_api::SeatChoice;
use database::Tx;

use super::{EndLapsed, HoldRefused, StoredLine, Wish, store};
use crate::catalogue::{CatalogueRefused, Scheduled};
use crate::counter::At;
use crate::seats::{self, SeatsRefused};
use crate::{Buyer, Fault};

/// What was chosen, with the prices that the guest is shown.
pub(super) struct Chosen {
    pub(super) lines: Vec<StoredLine>,
    pub(super) total_minor: i64,
    pub(super) tax_minor: i64,
    pub(super) left_alone: LeftAlone,
}

/// Decides on the seats that are wanted and saves them; `former` are those that the hold has already.
pub(super) fn choose(
    tx: &mut Tx<'_>,
    at: &At,
    wish: &Wish<'_>,
    former: &[SeatId],
    end_lapsed: EndLapsed,
) -> Result<Chosen, HoldRefused> {
    let (scheduled, wanted, hold) = (wish.scheduled, &wish.request.seats, wish.hold);
    let seats: Vec<SeatId> = wanted.iter().map(|choice| choice.seat.clone()).collect();
    let around: Vec<&SeatId> = seats
        .iter()
        .chain(former.iter().filter(|seat| !seats.contains(seat)))
        .collect();
    let rules = HoldRules {
        most_seats: MOST_SEATS_PER_HOLD,
        single_seats: scheduled.showtime.single_seats,
    };
    let load = |tx: &mut Tx<'_>| seats::ledger_around(tx, at.side, scheduled, &around);
    let ledger = without_lapsed(tx, at, scheduled, hold, end_lapsed, load)?;
    let lines: Result<Vec<_>, _> = (wanted.iter())
        .map(|choice| priced(scheduled, wish.buyer, choice))
        .collect();
    let decided = match ledger.hold(&seats, hold, &|_| false, &rules) {
        // Whether there is a better choice elsewhere is for the whole room to say.
        Err(HoldRefusal::SingleSeatLeft { .. }) if !ledger.is_whole() => {
            let load = |tx: &mut Tx<'_>| seats::whole_ledger(tx, at.side, scheduled);
            without_lapsed(tx, at, scheduled, hold, end_lapsed, load)?.hold(
                &seats,
                hold,
                &|_| false,
                &rules,
            )
        }
        decided => decided,
    };
    // What is not sold to them is not asked for either.
    let lines = match &decided {
        Err(HoldRefusal::NotOurs { .. }) => Ok(lines?),
        Ok(_) | Err(_) => lines,
    };
    let held = decided.map_err(SeatsRefused::from)?;
    seats::save(
        tx,
        at,
        (scheduled.key, &scheduled.showtime.id),
        &held.changes,
    )?;
    chosen(lines?, held.left_alone)
}

/// What is wanted at the prices of the house, whoever has the seats.
pub(super) fn only_priced(wish: &Wish<'_>) -> Result<Chosen, HoldRefused> {
    let wanted = wish.request.seats.iter();
    let lines = wanted.map(|choice| priced(wish.scheduled, wish.buyer, choice));
    chosen(lines.collect::<Result<_, _>>()?, LeftAlone::default())
}

fn chosen(mut lines: Vec<StoredLine>, left_alone: LeftAlone) -> Result<Chosen, HoldRefused> {
    lines.sort_by_key(|line| line.place);
    let (total_minor, tax_minor) = sums(&lines)?;
    Ok(Chosen {
        lines,
        total_minor,
        tax_minor,
        left_alone,
    })
}

/// The ledger that `load` gives once the holds in it whose time is over have ended.
fn without_lapsed<'p>(
    tx: &mut Tx<'_>,
    at: &At,
    scheduled: &'p Scheduled,
    own: &HoldId,
    end_lapsed: EndLapsed,
    load: impl Fn(&mut Tx<'_>) -> Result<Ledger<'p>, SeatsRefused>,
) -> Result<Ledger<'p>, HoldRefused> {
    let ledger = load(tx)?;
    let holders = seats::holders(&ledger, own);
    if holders.is_empty() {
        return Ok(ledger);
    }
    let mut lapsed = store::lapsed_of(tx, scheduled.key, at.running_ms())?;
    // One that cannot end keeps its seats, and they are nobody else's trouble.
    let now = at.clock.monotonic();
    lapsed.retain(|hold| holders.contains(hold) && !at.following.waits_aside(hold.as_str(), now));
    for hold in &lapsed {
        end_lapsed(tx, at, hold)?;
    }
    Ok(if lapsed.is_empty() { ledger } else { load(tx)? })
}

/// The price of one seat with the kind of ticket that is wanted, or the first that is sold to this buyer.
fn priced(
    scheduled: &Scheduled,
    buyer: &Buyer,
    choice: &SeatChoice,
) -> Result<StoredLine, HoldRefused> {
    let plan = &scheduled.plan;
    let place = plan
        .place_of(&choice.seat)
        .ok_or(CatalogueRefused::UnknownShowtime)?;
    let seat_kind = plan
        .at(place)
        .ok_or(CatalogueRefused::UnknownShowtime)?
        .kind;
    let (book, film) = (&scheduled.price_book, &scheduled.film);
    let sold_here = || book.ticket_kinds_for(film, buyer.channel);
    let kind = match &choice.ticket_kind {
        Some(wanted) => sold_here()
            .find(|kind| kind.id == *wanted)
            .map(|kind| kind.id.clone())
            .ok_or_else(|| HoldRefused::NotThisKind(wanted.clone()))?,
        None => sold_here()
            .next()
            .map(|kind| kind.id.clone())
            .ok_or(HoldRefused::NothingForSale)?,
    };
    let line = book
        .price(&kind, seat_kind, &scheduled.showtime.screening(film))
        .map_err(HoldRefused::Price)?;
    Ok(StoredLine {
        place,
        seat: choice.seat.clone(),
        kind,
        price_minor: line.price.minor,
        tax_minor: line.tax.minor,
        refunds: book.refunds,
    })
}

fn sums(lines: &[StoredLine]) -> Result<(i64, i64), Fault> {
    let added = lines.iter().try_fold((0_i64, 0_i64), |(total, tax), line| {
        Some((
            total.checked_add(line.price_minor)?,
            tax.checked_add(line.tax_minor)?,
        ))
    });
    added.ok_or_else(|| Fault::Broken("a total is too large".into()))
}
