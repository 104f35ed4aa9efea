//! The seats of a showtime: loaded for a decision, saved by conditional updates, and shown live.

pub(crate) mod live;
pub(crate) mod routes;
pub(crate) mod store;

use std::sync::Arc;

use appliance_api::{BestAvailable, SeatState as Shown};
use box_office::ledger::{
    Changes, Ledger, MOST_SEATS_PER_HOLD, SeatRecord, SeatState, places_needed,
};
use box_office::{Closeness, Custodian, HoldId, Plan, SeatId, ShowtimeId, Wish, best_available};
use database::{Scope, Snapshot, Tx};

use crate::app::App;
use crate::error::Refused;
use live::{MapBytes, Watch};

/// The map of a showtime as everyone may see it.
pub(crate) async fn map(app: &App, showtime: &ShowtimeId) -> Result<MapBytes, Refused> {
    kept(app, showtime, |live| live.map(showtime)).await
}

/// The changes of a showtime's map after the version `known`, and what follows.
pub(crate) async fn watch(
    app: &App,
    showtime: &ShowtimeId,
    known: Option<u64>,
) -> Result<Watch, Refused> {
    kept(app, showtime, |live| live.watch(showtime, known)).await
}

/// What `ask` gives once the map is kept. It is loaded by a write, whose place among the commits says which changes it has.
async fn kept<T>(
    app: &App,
    showtime: &ShowtimeId,
    ask: impl Fn(&live::LiveSeats) -> Option<T>,
) -> Result<T, Refused> {
    if let Some(found) = ask(&app.live) {
        return Ok(found);
    }
    let scheduled = app
        .catalogue
        .showtime(showtime)
        .ok_or(Refused::UnknownShowtime)?;
    let (acting, id, plan) = (app.clone(), showtime.clone(), Arc::clone(&scheduled.plan));
    app.database
        .write(
            Scope::of("showtime", showtime.as_str()),
            move |tx: &mut Tx<'_>| {
                let states = store::all(tx, &id)?
                    .into_iter()
                    .map(|(_, record)| shown(&record))
                    .collect();
                let (app, id, plan) = (acting.clone(), id.clone(), Arc::clone(&plan));
                tx.after_commit(move || app.live.keep(&id, plan, states));
                Ok::<_, Refused>(())
            },
        )
        .await?;
    ask(&app.live).ok_or(Refused::UnknownShowtime)
}

/// A seat as everyone may see it.
fn shown(record: &SeatRecord) -> Shown {
    match (record.epoch.custodian(), &record.state) {
        (Custodian::Hub, _) => Shown::OutOfReach,
        (Custodian::Cinema, SeatState::Free) => Shown::Free,
        (Custodian::Cinema, SeatState::Held(_)) => Shown::Held,
        (Custodian::Cinema, SeatState::Sold(_)) => Shown::Sold,
        (Custodian::Cinema, SeatState::Blocked(_)) => Shown::Blocked,
    }
}

/// The ledger of as many seats as a decision on these takes: the whole runs that they stand in.
pub(crate) fn ledger_around<'p>(
    db: &mut Snapshot<'_>,
    showtime: &ShowtimeId,
    plan: &'p Plan,
    seats: &[&SeatId],
) -> Result<Ledger<'p>, Refused> {
    let mut records = Vec::new();
    for range in places_needed(plan, seats.iter().copied())? {
        records.extend(store::between(db, showtime, range)?);
    }
    Ok(Ledger::new(plan, Custodian::Cinema, records))
}

/// The ledger of the whole room, for what a part of it cannot tell.
pub(crate) fn whole_ledger<'p>(
    db: &mut Snapshot<'_>,
    showtime: &ShowtimeId,
    plan: &'p Plan,
) -> Result<Ledger<'p>, Refused> {
    let records = store::all(db, showtime)?;
    Ok(Ledger::new(plan, Custodian::Cinema, records))
}

/// The ledger of these places alone, for a decision that looks at nothing beside them.
pub(crate) fn ledger_of<'p>(
    db: &mut Snapshot<'_>,
    showtime: &ShowtimeId,
    plan: &'p Plan,
    places: &[usize],
) -> Result<Ledger<'p>, Refused> {
    let mut records = Vec::with_capacity(places.len());
    for &place in places {
        records.extend(store::between(db, showtime, place..place + 1)?);
    }
    Ok(Ledger::new(plan, Custodian::Cinema, records))
}

/// The holds, other than `own`, that have a seat among those that `ledger` knows.
pub(crate) fn holders(ledger: &Ledger<'_>, plan: &Plan, own: &HoldId) -> Vec<HoldId> {
    let mut found = Vec::new();
    for record in (0..plan.len()).filter_map(|place| ledger.at(place)) {
        if let SeatState::Held(hold) = &record.state
            && hold != own
            && !found.contains(hold)
        {
            found.push(hold.clone());
        }
    }
    found
}

/// Saves a decision and shows it once it is committed. A seat that is no longer as it was seen means a fault of ours, for the
/// writer is alone: nothing is saved then.
pub(crate) fn save(
    tx: &mut Tx<'_>,
    app: &App,
    showtime: &ShowtimeId,
    changes: &Changes,
) -> Result<(), Refused> {
    for step in changes {
        if !store::change(tx, showtime, step)? {
            return Err(Refused::Internal(format!(
                "seat {} of {showtime} was not as it was seen",
                step.seat
            )));
        }
    }
    let live: Vec<_> = changes
        .iter()
        .map(|step| (step.place, shown(&step.after)))
        .collect();
    let (app, showtime) = (app.clone(), showtime.clone());
    tx.after_commit(move || app.live.change(&showtime, &live));
    Ok(())
}

/// What is wanted together; the seats of `hold` count as free, so that a guest can ask for others.
#[derive(Debug, Clone)]
pub(crate) struct Together {
    pub(crate) count: u32,
    pub(crate) wheelchairs: u32,
    pub(crate) nth: u32,
    pub(crate) hold: Option<HoldId>,
}

/// A proposal of seats together; nothing is held.
pub(crate) async fn best(
    app: &App,
    showtime: &ShowtimeId,
    wanted: Together,
) -> Result<BestAvailable, Refused> {
    let scheduled = app
        .catalogue
        .showtime(showtime)
        .ok_or(Refused::UnknownShowtime)?;
    let count = wanted.count as usize;
    if !(1..=MOST_SEATS_PER_HOLD).contains(&count) || wanted.wheelchairs > wanted.count {
        return Err(Refused::WrongQuery(
            "Ask for 1 to 10 seats, of which at most as many are for wheelchairs.",
        ));
    }
    let id = showtime.clone();
    let records = app.database.read(move |db| store::all(db, &id)).await?;
    let free: Vec<bool> = records
        .iter()
        .map(|(_, record)| is_free(record, wanted.hold.as_ref()))
        .collect();
    let wish = Wish {
        count,
        wheelchairs: wanted.wheelchairs as usize,
        only: None,
        single_seats: scheduled.showtime.single_seats,
        nth: wanted.nth as usize,
    };
    Ok(match best_available(&scheduled.plan, &free, &wish) {
        Some(proposal) => BestAvailable {
            together: proposal.closeness == Closeness::SideBySide,
            more: proposal.more,
            seats: proposal.seats,
        },
        None => BestAvailable {
            seats: Vec::new(),
            together: false,
            more: false,
        },
    })
}

fn is_free(record: &SeatRecord, own: Option<&HoldId>) -> bool {
    record.epoch.custodian() == Custodian::Cinema
        && match &record.state {
            SeatState::Free => true,
            SeatState::Held(hold) => Some(hold) == own,
            SeatState::Sold(_) | SeatState::Blocked(_) => false,
        }
}
