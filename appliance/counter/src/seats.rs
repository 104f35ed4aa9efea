//! The seats of a showtime: loaded for a decision, saved by conditional updates, and shown live. It knows of holds and tickets only their
//! ids.

mod refusal;
pub(crate) mod routes;
mod store;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use box_office::custody::LoadedSeat;
use box_office::custody::moving::{self, Nowhere};
use box_office::ledger::{Ledger, MOST_SEATS_PER_HOLD, places_needed};
use box_office::{
    Changes, Closeness, Custodian, Epoch, HoldId, Layout, Plan, SeatId, SeatKind, SeatMove,
    SeatRecord, SeatState, ShowtimeId, TicketId, Wish, best_available,
};
use counter_api::{BestAvailable, SeatState as Shown};
use database::{Error, Snapshot, Tx};
use parking_lot::Mutex;
use serde::Deserialize;

use crate::Fault;
use crate::catalogue::{self, CatalogueRefused, Scheduled, ShowtimeKey};
use crate::counter::At;
use crate::live::{Count, Counts, KeptMap, MapBytes, Watch};

pub use refusal::SeatsRefused;
pub(crate) use store::{
    Heard, all_free_in_quarantine, all_in_quarantine, count_free_and_held, count_held_and_away,
    free_seats, given, held_by, is_any_doubted, is_any_held, is_any_taken, put_before, put_former,
    taken,
};

/// The map of a showtime as everyone may see it.
pub(crate) async fn map(at: &At, showtime: &ShowtimeId) -> Result<MapBytes, SeatsRefused> {
    Ok(kept(at, showtime).await?.bytes())
}

/// The changes of a showtime's map after the version `known`, and what follows.
pub(crate) async fn watch(
    at: &At,
    showtime: &ShowtimeId,
    known: Option<u64>,
) -> Result<Watch, SeatsRefused> {
    Ok(kept(at, showtime).await?.watch(known))
}

/// The map of a showtime. It is loaded by a write, whose place among the commits says which changes it has.
async fn kept(at: &At, showtime: &ShowtimeId) -> Result<KeptMap, SeatsRefused> {
    if let Some(found) = at.shop.live.kept(showtime) {
        return Ok(found);
    }
    at.showtime(showtime)
        .ok_or(CatalogueRefused::UnknownShowtime)?;
    let wanted_at = at.clock.monotonic();
    let loading = at.shop.live.loading(showtime);
    let mut loading = loading.lock().await;
    if let Some(found) = at.shop.live.kept(showtime) {
        return Ok(found);
    }
    if let Some((failed_at, fault)) = &*loading
        && *failed_at >= wanted_at
    {
        return Err(fault.clone().into());
    }
    let loaded = load_map(at, showtime).await;
    if let Err(SeatsRefused::Fault(fault)) = &loaded {
        *loading = Some((at.clock.monotonic(), fault.clone()));
    }
    loaded
}

async fn load_map(at: &At, showtime: &ShowtimeId) -> Result<KeptMap, SeatsRefused> {
    // The next commit may have it forgotten before whoever loaded it goes on: they have it from here.
    let loaded: Arc<Mutex<Option<KeptMap>>> = Arc::default();
    let (acting, wanted, slot) = (at.clone(), showtime.clone(), Arc::clone(&loaded));
    at.database
        .write(at.scope(), move |tx: &mut Tx<'_>| {
            // The room as it is by now: an import may have changed it meanwhile.
            let scheduled = catalogue::scheduled(tx, &acting.catalogue(), &wanted)?
                .ok_or(CatalogueRefused::UnknownShowtime)?;
            let states = all_shown(tx, &acting, &scheduled)?;
            let (live, slot) = (Arc::clone(&acting.shop.live), Arc::clone(&slot));
            tx.after_commit(move || {
                let plan = Arc::clone(&scheduled.plan);
                *slot.lock() = Some(live.keep(&scheduled.showtime.id, plan, states));
            });
            Ok::<_, SeatsRefused>(())
        })
        .await?;
    let loaded = loaded.lock().take();
    loaded.ok_or_else(|| Fault::Broken("a map that was loaded is not there".into()).into())
}

/// Every seat as everyone may see it: what is in this side's custody by what it is, the rest by what was heard of it.
fn all_shown(
    db: &mut Snapshot<'_>,
    at: &At,
    scheduled: &Scheduled,
) -> Result<Vec<Shown>, SeatsRefused> {
    let mut states = vec![unknown(at.side); scheduled.plan.len()];
    for (place, record) in store::all(db, scheduled.key)? {
        if let Some(state) = states.get_mut(place) {
            *state = shown(at.side, &record);
        }
    }
    for (seat, heard) in store::heard(db, scheduled.key)? {
        let place = scheduled.plan.place_of(&seat);
        if let Some(state) = place.and_then(|place| states.get_mut(place))
            && *state == Shown::OutOfReach
        {
            *state = heard.shown();
        }
    }
    Ok(states)
}

/// What a seat without a row is: it was never anybody's but the cinema's, where every seat has one.
fn unknown(side: Custodian) -> Shown {
    match side {
        Custodian::Cinema => Shown::Blocked,
        Custodian::Hub => Shown::OutOfReach,
    }
}

/// A seat of one's own as everyone may see it.
fn shown(side: Custodian, record: &SeatRecord) -> Shown {
    match &record.state {
        SeatState::TakenOver(_) => Shown::Sold,
        _ if record.epoch.custodian() != side => Shown::OutOfReach,
        SeatState::Free => Shown::Free,
        SeatState::Held(_) => Shown::Held,
        SeatState::Sold(_) | SeatState::Revoking(_) => Shown::Sold,
        SeatState::Blocked(_) | SeatState::Quarantine => Shown::Blocked,
    }
}

/// Gives a new showtime its seats, all free and the cinema's; the hub begins without any.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    at_side: Custodian,
    showtime: ShowtimeKey,
    layout: &Layout,
) -> Result<(), Fault> {
    match at_side {
        Custodian::Cinema => Ok(store::add(tx, showtime, layout)?),
        Custodian::Hub => Ok(()),
    }
}

/// Gives a showtime the seats of another room. Nobody has or had any of it.
pub(crate) fn begin_anew(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    layout: &Layout,
) -> Result<(), Fault> {
    store::remove(tx, showtime)?;
    Ok(store::add(tx, showtime, layout)?)
}

/// Puts a showtime into another plan although somebody has, or may have, seats of it: who has a seat has the one of its name there. Nothing is
/// done if that cannot be. Gives the seats that are left behind, each with its epoch.
pub(crate) fn move_to(
    tx: &mut Tx<'_>,
    side: Custodian,
    showtime: ShowtimeKey,
    to: &Plan,
) -> Result<Result<Vec<(SeatId, Epoch)>, Nowhere>, Fault> {
    let all = store::all_whole(tx, showtime)?;
    let loaded: Vec<LoadedSeat> = all.iter().map(|whole| whole.seat.clone()).collect();
    let moved = match moving::moved(&loaded, to) {
        Ok(moved) => moved,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let editions: BTreeMap<&SeatId, u32> =
        (all.iter().map(|whole| (&whole.seat.seat, whole.edition))).collect();
    let whole = |seat: LoadedSeat| {
        let edition = editions.get(&seat.seat).copied().unwrap_or(0);
        store::Whole { seat, edition }
    };
    let before = store::before(tx, showtime)?;
    let mut seats: Vec<_> = moved.seats.into_iter().map(whole).collect();
    let had: HashSet<&SeatId> = all.iter().map(|whole| &whole.seat.seat).collect();
    for whole in &mut seats {
        // What has a row has gone on from there.
        if !had.contains(&whole.seat.seat)
            && let Some((epoch, edition)) = before.get(&whole.seat.seat)
        {
            store::forget_before(tx, showtime, &whole.seat.seat)?;
            (whole.seat.record.epoch, whole.edition) = (*epoch, *edition);
        }
    }
    // At the hub a seat without a row was never anybody's but the cinema's.
    seats.retain(|it| side == Custodian::Cinema || it.seat.record != SeatRecord::NEW);
    let mut left: Vec<_> = moved.left.into_iter().map(whole).collect();
    left.retain(|it| it.seat.record.epoch > Epoch::FIRST || it.edition > 0);
    store::remove(tx, showtime)?;
    store::put_whole(tx, showtime, &seats)?;
    let kept = left.iter();
    let kept = kept.map(|it| (&it.seat.seat, it.seat.record.epoch, it.edition));
    store::put_before(tx, showtime, kept)?;
    let left = left
        .into_iter()
        .map(|whole| (whole.seat.seat, whole.seat.record.epoch));
    Ok(Ok(left.collect()))
}

/// The cinema has left these seats behind, which were its own and free: what is known of them here up to then is older, unless somebody has one.
pub(crate) fn hear_left(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    left: &[(SeatId, Epoch)],
) -> Result<(), Error> {
    (left.iter()).try_for_each(|(seat, epoch)| store::hear_left(tx, showtime, seat, *epoch))
}

/// What a showtime had in rooms before and has not here, each with its epoch and edition.
pub(crate) fn before(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
) -> Result<Vec<(SeatId, Epoch, u32)>, Error> {
    let before = store::before(db, showtime)?.into_iter();
    Ok(before
        .map(|(seat, (epoch, edition))| (seat, epoch, edition))
        .collect())
}

/// The epochs of the seats that a showtime had in rooms before and has not here: what was told of them up to then is known.
pub(crate) fn epochs_before(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
) -> Result<BTreeMap<SeatId, Epoch>, Error> {
    let before = store::before(db, showtime)?.into_iter();
    Ok(before.map(|(seat, (epoch, _))| (seat, epoch)).collect())
}

/// The ledger of as many seats as a decision on these takes: the whole runs that they stand in.
pub(crate) fn ledger_around<'p>(
    db: &mut Snapshot<'_>,
    side: Custodian,
    scheduled: &'p Scheduled,
    seats: &[&SeatId],
) -> Result<Ledger<'p>, SeatsRefused> {
    let mut records = Vec::new();
    for range in places_needed(&scheduled.plan, seats.iter().copied())? {
        records.extend(store::between(db, scheduled.key, range)?);
    }
    Ok(Ledger::new(&scheduled.plan, side, records))
}

/// The ledger of the whole room, for what a part of it cannot tell.
pub(crate) fn whole_ledger<'p>(
    db: &mut Snapshot<'_>,
    side: Custodian,
    scheduled: &'p Scheduled,
) -> Result<Ledger<'p>, SeatsRefused> {
    let records = store::all(db, scheduled.key)?;
    Ok(Ledger::new(&scheduled.plan, side, records))
}

/// Those of these seats that are known, each once: at the hub, one of the plan without a row was never anybody's but the cinema's.
pub(crate) fn load<'s>(
    db: &mut Snapshot<'_>,
    side: Custodian,
    scheduled: &Scheduled,
    seats: impl Iterator<Item = &'s SeatId>,
) -> Result<Vec<LoadedSeat>, Error> {
    let place_of = |seat: &'s SeatId| Some((scheduled.plan.place_of(seat)?, seat));
    let wanted: BTreeMap<usize, &SeatId> = seats.filter_map(place_of).collect();
    let (Some(first), Some(last)) = (wanted.keys().next(), wanted.keys().next_back()) else {
        return Ok(Vec::new());
    };
    let mut known: BTreeMap<usize, SeatRecord> =
        (store::between(db, scheduled.key, *first..last + 1)?.into_iter()).collect();
    let loaded = wanted.into_iter().filter_map(|(place, seat)| {
        let record = match (known.remove(&place), side) {
            (Some(record), _) => record,
            (None, Custodian::Hub) => SeatRecord::NEW,
            (None, Custodian::Cinema) => return None,
        };
        let seat = seat.clone();
        Some(LoadedSeat {
            place,
            seat,
            record,
        })
    });
    Ok(loaded.collect())
}

/// Every seat of a showtime that has a row.
pub(crate) fn all_known(
    db: &mut Snapshot<'_>,
    scheduled: &Scheduled,
) -> Result<Vec<LoadedSeat>, Error> {
    let rows = store::all(db, scheduled.key)?.into_iter();
    let loaded = rows.filter_map(|(place, record)| {
        let seat = scheduled.plan.at(place)?.seat.clone();
        Some(LoadedSeat {
            place,
            seat,
            record,
        })
    });
    Ok(loaded.collect())
}

/// How many seats of a showtime are this side's and free, and how many are the other's and were not heard to be sold.
pub(crate) fn count_free_and_unsold_elsewhere(
    db: &mut Snapshot<'_>,
    side: Custodian,
    scheduled: &Scheduled,
) -> Result<(u64, u64), Error> {
    let counts = store::count(db, side, scheduled.key)?;
    let elsewhere = (scheduled.plan.len() as u64).saturating_sub(counts.ours_or_sold);
    Ok((counts.free, elsewhere))
}

/// The seats of a showtime of which it was heard that they are sold.
pub(crate) fn heard_sold(
    db: &mut Snapshot<'_>,
    scheduled: &Scheduled,
) -> Result<Vec<SeatId>, Error> {
    let heard = store::heard(db, scheduled.key)?.into_iter();
    let sold = heard.filter(|(_, heard)| *heard == Heard::Sold);
    Ok(sold.map(|(seat, _)| seat).collect())
}

/// Whether it was heard that the other side has sold a seat, at this epoch or later.
pub(crate) fn is_heard_sold(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    (seat, epoch): (&SeatId, Epoch),
) -> Result<bool, Error> {
    store::is_heard_sold(db, showtime, (seat, epoch))
}

/// How many seats of showtimes guests can have, and how many more the other side may have that cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Available {
    pub(crate) free: u32,
    pub(crate) out_of_reach: u32,
}

/// How many seats of each of these showtimes, in their order, can be had here and now, of either side.
pub(crate) async fn available(
    at: &At,
    showtimes: &[Arc<Scheduled>],
) -> Result<Vec<Available>, Error> {
    let counted = counted(at, showtimes).await?;
    let is_reached = at.shop.live.is_reached();
    let few = |seats: u64| u32::try_from(seats).unwrap_or(u32::MAX);
    let available = showtimes.iter().zip(counted).map(|(scheduled, counts)| {
        let ours = few(counts.free);
        let theirs = (scheduled.plan.len() as u64).saturating_sub(counts.ours_or_sold);
        match is_reached {
            true => Available {
                free: ours.saturating_add(few(theirs)),
                out_of_reach: 0,
            },
            false => Available {
                free: ours,
                out_of_reach: few(theirs),
            },
        }
    });
    Ok(available.collect())
}

/// What is counted of each of these showtimes, in their order; those are counted of which something changed since.
async fn counted(at: &At, showtimes: &[Arc<Scheduled>]) -> Result<Vec<Counts>, Error> {
    let live = &at.shop.live;
    let of = |it: &Arc<Scheduled>| live.counted().of(&it.showtime.id);
    let known: Vec<Count> = showtimes.iter().map(of).collect();
    let wanted = showtimes.iter().zip(&known);
    let wanted: Vec<ShowtimeKey> = wanted
        .filter(|(_, count)| matches!(count, Count::Wanted(_)))
        .map(|(scheduled, _)| scheduled.key)
        .collect();
    let mut found = match wanted.is_empty() {
        true => Vec::new().into_iter(),
        false => {
            let side = at.side;
            let count = move |db: &mut Snapshot<'_>| {
                let one = |key: ShowtimeKey| store::count(db, side, key);
                wanted.into_iter().map(one).collect::<Result<Vec<_>, _>>()
            };
            at.database.read(count).await?.into_iter()
        }
    };
    let all = showtimes
        .iter()
        .zip(known)
        .map(|(scheduled, count)| match count {
            Count::Known(counts) => counts,
            Count::Wanted(number) => {
                let counts = found.next().unwrap_or_default();
                live.counted().keep(&scheduled.showtime.id, number, counts);
                counts
            }
        });
    Ok(all.collect())
}

/// Saves what a transfer changes, as [`save`] does; a seat that had no row has one from here on.
pub(crate) fn save_transfer(
    tx: &mut Tx<'_>,
    at: &At,
    showtime: (ShowtimeKey, &ShowtimeId),
    changes: &Changes,
) -> Result<(), Fault> {
    let new = |step: &&SeatMove| at.side == Custodian::Hub && step.before == SeatRecord::NEW;
    store::ensure(tx, showtime.0, changes.iter().filter(new))?;
    save(tx, at, showtime, changes)
}

/// Of these seats those that are this side's and free are in quarantine, of a showtime that need not be readable.
///
/// # Errors
/// The database refuses.
pub(crate) fn free_in_quarantine(
    tx: &mut Tx<'_>,
    at: &At,
    (key, showtime): (ShowtimeKey, &ShowtimeId),
    seats: &[SeatId],
) -> Result<(), Fault> {
    store::free_in_quarantine(tx, key, seats, at.side)?;
    at.reload(tx, at.cinema(), vec![showtime.clone()])
}

/// The holds, other than `own`, that have a seat among those that `ledger` knows.
pub(crate) fn holders(ledger: &Ledger<'_>, own: &HoldId) -> Vec<HoldId> {
    let mut found = Vec::new();
    for record in ledger.known() {
        if let SeatState::Held(hold) = &record.state
            && hold != own
            && !found.contains(hold)
        {
            found.push(hold.clone());
        }
    }
    found
}

/// Saves a decision and shows it once it is committed. A seat that is no longer as it was seen means a fault of ours, for whoever has
/// the cinema's scope is alone: nothing is saved then.
pub(crate) fn save(
    tx: &mut Tx<'_>,
    at: &At,
    showtime: (ShowtimeKey, &ShowtimeId),
    changes: &Changes,
) -> Result<(), Fault> {
    let mut rest: Vec<&SeatMove> = changes.iter().collect();
    while let Some(&SeatMove { before, after, .. }) = rest.first() {
        let is_alike = |step: &&SeatMove| step.before == *before && step.after == *after;
        let (alike, others): (Vec<_>, _) = rest.into_iter().partition(is_alike);
        let places: Vec<usize> = alike.iter().map(|step| step.place).collect();
        if store::change(tx, showtime.0, (before, after), &places)? != places.len() as u64 {
            return Err(not_as_seen(&alike[0].seat, showtime.1));
        }
        rest = others;
    }
    let live = changes
        .iter()
        .map(|step| (step.place, shown(at.side, &step.after)))
        .collect();
    show(tx, at, showtime.1, live);
    Ok(())
}

/// Frees the seats of a hold, which are known by it: there is nothing to decide, and the room need not be in memory.
pub(crate) fn free(
    tx: &mut Tx<'_>,
    at: &At,
    showtime: (ShowtimeKey, &ShowtimeId),
    hold: &HoldId,
    places: &[usize],
) -> Result<(), Fault> {
    if places.is_empty() {
        return Ok(());
    }
    let freed = store::free(tx, showtime.0, hold, places)?;
    if freed != places.len() as u64 {
        return Err(Fault::Broken(format!(
            "{freed} of {} seats of the hold {hold} were its own",
            places.len()
        )));
    }
    let live = places.iter().map(|&place| (place, Shown::Free)).collect();
    show(tx, at, showtime.1, live);
    Ok(())
}

/// Sells the seats of a hold, each with its ticket, and gives the epoch and the edition of each in the same order.
pub(crate) fn sell(
    tx: &mut Tx<'_>,
    at: &At,
    showtime: (ShowtimeKey, &ShowtimeId),
    hold: &HoldId,
    tickets: &[(usize, SeatId, TicketId)],
) -> Result<Vec<(Epoch, u32)>, Fault> {
    let sold = store::sell(tx, showtime.0, hold, tickets, at.side)?;
    let issued = tickets
        .iter()
        .map(|(place, seat, _)| {
            let found = sold.iter().find(|(sold, ..)| sold == place);
            let (_, epoch, edition) = found.ok_or_else(|| not_as_seen(seat, showtime.1))?;
            Ok((*epoch, *edition))
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    let live = tickets
        .iter()
        .map(|(place, _, _)| (*place, Shown::Sold))
        .collect();
    show(tx, at, showtime.1, live);
    Ok(issued)
}

/// The edition of the next ticket for a seat.
pub(crate) fn next_edition(
    tx: &mut Tx<'_>,
    (showtime, id): (ShowtimeKey, &ShowtimeId),
    (place, seat): (usize, &SeatId),
) -> Result<u32, Fault> {
    let edition = store::next_edition(tx, showtime, place)?;
    edition.ok_or_else(|| not_as_seen(seat, id))
}

fn not_as_seen(seat: &SeatId, showtime: &ShowtimeId) -> Fault {
    Fault::Broken(format!(
        "seat {seat} of {showtime}, or one beside it, was not as it was seen"
    ))
}

fn show(tx: &mut Tx<'_>, at: &At, showtime: &ShowtimeId, live: Vec<(usize, Shown)>) {
    let (maps, showtime) = (Arc::clone(&at.shop.live), showtime.clone());
    tx.after_commit(move || maps.change(&showtime, &live));
}

/// What the other side told of a showtime's seats.
pub(crate) type OfShowtime<'a> = (ShowtimeKey, &'a ShowtimeId, &'a BTreeMap<SeatId, Epoch>);

/// Keeps what the other side told of its seats, for display; a map is shown where the cinema's counter is open.
pub(crate) fn hear(
    tx: &mut Tx<'_>,
    at: Option<&At>,
    told: &[OfShowtime<'_>],
    state: Heard,
) -> Result<(), Fault> {
    let rows = told
        .iter()
        .flat_map(|(key, _, seats)| seats.iter().map(|(seat, epoch)| (*key, seat, *epoch)));
    store::hear(tx, rows, state)?;
    for (_, showtime, seats) in told {
        if let Some(at) = at
            && let Some(scheduled) = at.showtime(showtime)
        {
            let places = seats
                .keys()
                .filter_map(|seat| scheduled.plan.place_of(seat));
            let live = places.map(|place| (place, state.shown())).collect();
            show(tx, at, showtime, live);
        }
    }
    Ok(())
}

/// What the other side told of a seat up to this epoch holds no more: it can be had again, there.
pub(crate) fn unhear(
    tx: &mut Tx<'_>,
    at: Option<&At>,
    showtime: (ShowtimeKey, &ShowtimeId),
    seat: &SeatId,
    epoch: Epoch,
) -> Result<(), Fault> {
    let was_heard = store::unhear(tx, showtime.0, seat, epoch)?;
    if let Some(at) = at.filter(|_| was_heard)
        && let Some(scheduled) = at.showtime(showtime.1)
        && let Some(known) = load(tx, at.side, &scheduled, [seat].into_iter())?.first()
    {
        let live = vec![(known.place, shown(at.side, &known.record))];
        show(tx, at, showtime.1, live);
    }
    Ok(())
}

/// How many proposals a guest can leaf through.
const MOST_PROPOSALS: u32 = 50;

/// What is wanted together.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
pub(crate) struct Together {
    /// How many seats in all, 1 to 10.
    #[param(minimum = 1, maximum = 10)]
    count: u32,
    /// How many of them are places for wheelchairs.
    #[serde(default)]
    wheelchairs: u32,
    /// 0 for the best proposal, 1 for the next best, ..
    #[serde(default)]
    #[param(maximum = 50)]
    nth: u32,
    /// Seats of this kind only, apart from places for wheelchairs and who comes along with them.
    kind: Option<SeatKind>,
    /// A hold whose seats count as free: the guest's own.
    hold: Option<HoldId>,
}

/// A proposal of seats together; nothing is held.
pub(crate) async fn best(
    at: &At,
    showtime: &ShowtimeId,
    wanted: Together,
) -> Result<BestAvailable, SeatsRefused> {
    let scheduled = at
        .showtime(showtime)
        .ok_or(CatalogueRefused::UnknownShowtime)?;
    let count = wanted.count as usize;
    if !(1..=MOST_SEATS_PER_HOLD).contains(&count) || wanted.wheelchairs > wanted.count {
        return Err(CatalogueRefused::WrongQuery(
            "Ask for 1 to 10 seats, of which at most as many are for wheelchairs.",
        )
        .into());
    }
    let (plan, mut seen) = kept(at, showtime).await?.shown();
    if let Some(own) = wanted.hold {
        let key = scheduled.key;
        let held = at.database.read(move |db| store::held_by(db, key, &own));
        for (_, seat) in held.await? {
            let place = plan.place_of(&seat);
            if let Some(state) = place.and_then(|place| seen.get_mut(place)) {
                *state = Shown::Free;
            }
        }
    }
    let free: Vec<bool> = seen.iter().map(|state| *state == Shown::Free).collect();
    let wish = Wish {
        count,
        wheelchairs: wanted.wheelchairs as usize,
        only: wanted.kind,
        single_seats: scheduled.showtime.single_seats,
        nth: wanted.nth.min(MOST_PROPOSALS) as usize,
    };
    Ok(match best_available(&plan, &free, &wish) {
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
