//! Holds: seats kept for a guest for a while. All or none; the time is counted by the monotonic clock and stands still while a
//! payment is under way.

pub(crate) mod routes;
pub(crate) mod store;

use std::time::Duration;

use appliance_api::{Device, DeviceKind, HoldRequest, HoldState, SeatChoice};
use box_office::ledger::{HoldRefusal, HoldRules, Ledger, MOST_SEATS_PER_HOLD};
use box_office::{HoldId, Plan, SeatId, ShowtimeId, TicketKindId};
use database::{Scope, Snapshot, Tx};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::catalogue::Scheduled;
use crate::error::Refused;
use crate::repeats::Repeat;
use crate::{sales, seats, tenders};

/// What the paper speaks where nobody said otherwise.
const DEFAULT_LANGUAGE: &str = "en";

/// A hold as the box keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HoldRow {
    pub(crate) id: HoldId,
    pub(crate) device: box_office::DeviceId,
    pub(crate) showtime: ShowtimeId,
    pub(crate) state: HoldState,
    /// How long it lasted at `since`.
    pub(crate) left: Duration,
    /// The process's monotonic time at which `left` was true.
    pub(crate) since: Duration,
    pub(crate) extended: bool,
    /// The guest's language, for the paper: BCP 47.
    pub(crate) language: String,
    pub(crate) lines: Vec<StoredLine>,
    pub(crate) total_minor: i64,
    pub(crate) tax_minor: i64,
    pub(crate) repeat: Repeat,
}

/// One seat of a hold with the price that was shown for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredLine {
    pub(crate) place: usize,
    pub(crate) seat: SeatId,
    pub(crate) kind: TicketKindId,
    pub(crate) price_minor: i64,
    pub(crate) tax_minor: i64,
}

impl HoldRow {
    /// How long it still lasts at the monotonic time `now`.
    pub(crate) fn left_at(&self, now: Duration) -> Duration {
        match self.state {
            HoldState::Open => self.left.saturating_sub(now.saturating_sub(self.since)),
            HoldState::Paying | HoldState::Settled | HoldState::Ended => self.left,
        }
    }

    /// Whether its time is over at `now`. A hold that a payment was made for does not lapse: see [`tenders::is_paid_for`].
    fn is_over(&self, now: Duration) -> bool {
        self.state == HoldState::Open && self.left_at(now).is_zero()
    }

    /// Its seats, by place.
    pub(crate) fn places(&self) -> Vec<usize> {
        self.lines.iter().map(|line| line.place).collect()
    }
}

/// A hold with what an answer says of it.
#[derive(Debug, Clone)]
pub(crate) struct HoldNow {
    pub(crate) row: HoldRow,
    pub(crate) tenders: Vec<tenders::TenderRow>,
    pub(crate) sale: Option<box_office::SaleId>,
    /// Seats that this choice leaves over alone (lenient mode).
    pub(crate) left_alone: Vec<SeatId>,
}

/// Holds seats for a guest.
pub(crate) async fn hold(
    app: &App,
    device: &Device,
    showtime: ShowtimeId,
    request: HoldRequest,
    repeat: Repeat,
) -> Result<HoldNow, Refused> {
    let scheduled = app
        .catalogue
        .showtime(&showtime)
        .ok_or(Refused::UnknownShowtime)?;
    if !app.database.has_room() {
        return Err(Refused::DiskFull);
    }
    let (acting, kind, device, id) = (
        app.clone(),
        device.kind,
        device.id.clone(),
        HoldId::new(app.clock.now().as_millisecond(), app.random.bytes()),
    );
    app.database
        .write(Scope::of("showtime", showtime.as_str()), move |tx| {
            if let Some(known) = store::by_key(tx, &device, &repeat.key)? {
                repeat.is(&known.repeat)?;
                return look_in(tx, known);
            }
            let (now, wall) = (acting.clock.monotonic(), acting.clock.now());
            sales::check_on_sale(tx, &showtime, wall)?;
            let limit = acting.config.selling.holds_per_device;
            if store::under_way(tx, &device)?
                .iter()
                .filter(|hold| !hold.is_over(now))
                .count()
                >= limit as usize
            {
                return Err(Refused::TooManyHolds { limit });
            }
            let chosen = choose_in(tx, &acting, &scheduled, kind, &request.seats, &id)?;
            let row = HoldRow {
                id: id.clone(),
                device: device.clone(),
                showtime: showtime.clone(),
                state: HoldState::Open,
                left: Duration::from_secs(acting.config.selling.hold_seconds),
                since: now,
                extended: false,
                language: request
                    .language
                    .clone()
                    .unwrap_or_else(|| DEFAULT_LANGUAGE.to_owned()),
                total_minor: chosen.total_minor,
                tax_minor: chosen.tax_minor,
                lines: chosen.lines,
                repeat: repeat.clone(),
            };
            store::add(tx, &row)?;
            Ok(HoldNow {
                row,
                tenders: Vec::new(),
                sale: None,
                left_alone: chosen.left_alone,
            })
        })
        .await
}

/// Chooses anew within a hold: all or none, the time goes on.
pub(crate) async fn choose(
    app: &App,
    device: &Device,
    hold: HoldId,
    request: HoldRequest,
) -> Result<HoldNow, Refused> {
    let (acting, kind, device) = (app.clone(), device.kind, device.id.clone());
    app.database
        .write(Scope::of("hold", hold.as_str()), move |tx| {
            let now = acting.clock.monotonic();
            let mut row = open_for_payment(tx, &device, &hold, now)?;
            if !tenders::store::of_hold(tx, &hold)?
                .iter()
                .all(|tender| tender.state.is_without_effect())
            {
                return Err(Refused::PaymentUnderWay);
            }
            sales::check_on_sale(tx, &row.showtime, acting.clock.now())?;
            let scheduled = acting
                .catalogue
                .showtime(&row.showtime)
                .ok_or(Refused::UnknownShowtime)?;
            let chosen = choose_in(tx, &acting, &scheduled, kind, &request.seats, &hold)?;
            (row.lines, row.total_minor, row.tax_minor) =
                (chosen.lines, chosen.total_minor, chosen.tax_minor);
            if let Some(language) = &request.language {
                row.language.clone_from(language);
            }
            store::set_lines(tx, &row)?;
            let mut found = look_in(tx, row)?;
            found.left_alone = chosen.left_alone;
            Ok(found)
        })
        .await
}

/// Gives a guest more time, once.
pub(crate) async fn extend(app: &App, device: &Device, hold: HoldId) -> Result<HoldNow, Refused> {
    let (device, now) = (device.id.clone(), app.clock.monotonic());
    let time = Duration::from_secs(app.config.selling.hold_seconds);
    app.database
        .write(Scope::of("hold", hold.as_str()), move |tx| {
            let mut row = open_for_payment(tx, &device, &hold, now)?;
            if row.extended {
                return Err(Refused::AlreadyExtended);
            }
            // More time is never less: what a declined card left may be longer than the setting.
            (row.left, row.since, row.extended) = (row.left_at(now).max(time), now, true);
            store::extend(tx, &row)?;
            look_in(tx, row)
        })
        .await
}

/// A hold of this device.
pub(crate) async fn look(app: &App, device: &Device, hold: HoldId) -> Result<HoldNow, Refused> {
    let device = device.id.clone();
    app.database
        .read(move |db| {
            let row = store::by_id(db, &hold)?
                .filter(|row| row.device == device)
                .ok_or(Refused::UnknownHold)?;
            look_in(db, row)
        })
        .await
}

/// Gives the seats of a hold back, and whatever was paid for it. Giving back what is given back already is no error.
pub(crate) async fn release(app: &App, device: &Device, hold: HoldId) -> Result<(), Refused> {
    let (acting, device) = (app.clone(), device.id.clone());
    app.database
        .write(Scope::of("hold", hold.as_str()), move |tx| {
            let row = store::by_id(tx, &hold)?
                .filter(|row| row.device == device)
                .ok_or(Refused::UnknownHold)?;
            match row.state {
                HoldState::Open => end_in(tx, &acting, &row),
                HoldState::Paying => Err(Refused::PaymentUnderWay),
                HoldState::Settled => Err(Refused::AlreadySold),
                HoldState::Ended => Ok(()),
            }
        })
        .await
}

/// Ends the holds whose time is over and writes down how much time the others have left, so that it goes on after a restart.
/// Returns how long nothing will lapse, at most `longest`.
pub(crate) async fn run_due(app: &App, longest: Duration) -> Result<Duration, Refused> {
    let now = app.clock.monotonic();
    let open = app.database.read(store::open).await?;
    let over: Vec<HoldId> = open
        .iter()
        .filter(|hold| hold.is_over(now))
        .map(|hold| hold.id.clone())
        .collect();
    let stale = open
        .iter()
        .any(|hold| now.saturating_sub(hold.since) > WRITE_TIME_LEFT);
    if !over.is_empty() || stale {
        let acting = app.clone();
        app.database
            .write(Scope::of("hold", "all"), move |tx| {
                end_lapsed(tx, &acting, over.clone())?;
                Ok::<_, Refused>(store::write_time_left(tx, now)?)
            })
            .await?;
    }
    let next = open
        .iter()
        .map(|hold| hold.left_at(now))
        .filter(|left| !left.is_zero())
        .min();
    Ok(next.unwrap_or(longest).min(longest))
}

/// How often the time left of open holds is written down: what a guest may gain by a power cut.
const WRITE_TIME_LEFT: Duration = Duration::from_secs(15);

/// The row of a hold of this device that may still be paid for or changed.
pub(crate) fn open_for_payment(
    tx: &mut Tx<'_>,
    device: &box_office::DeviceId,
    hold: &HoldId,
    now: Duration,
) -> Result<HoldRow, Refused> {
    let row = store::by_id(tx, hold)?
        .filter(|row| row.device == *device)
        .ok_or(Refused::UnknownHold)?;
    match row.state {
        HoldState::Open
            if row.is_over(now)
                && tenders::paid_minor(&tenders::store::of_hold(tx, hold)?) == 0 =>
        {
            Err(Refused::HoldLapsed)
        }
        HoldState::Open => Ok(row),
        HoldState::Paying => Err(Refused::PaymentUnderWay),
        HoldState::Settled => Err(Refused::AlreadySold),
        HoldState::Ended => Err(Refused::HoldLapsed),
    }
}

/// Ends a hold: its seats are free, what was paid for it goes back.
pub(crate) fn end_in(tx: &mut Tx<'_>, app: &App, row: &HoldRow) -> Result<(), Refused> {
    let scheduled = app
        .catalogue
        .showtime(&row.showtime)
        .ok_or(Refused::UnknownShowtime)?;
    let ledger = seats::ledger_of(tx, &row.showtime, &scheduled.plan, &row.places())?;
    seats::save(tx, app, &row.showtime, &ledger.release(&row.id))?;
    tenders::give_back_in(tx, app, &row.id)?;
    store::set_state(tx, &row.id, HoldState::Ended, Duration::ZERO, row.since)?;
    Ok(())
}

/// What was chosen, with the prices that the guest is shown.
struct Chosen {
    lines: Vec<StoredLine>,
    total_minor: i64,
    tax_minor: i64,
    left_alone: Vec<SeatId>,
}

/// Decides on the seats that are wanted, at the prices of the house, and saves the seats.
fn choose_in(
    tx: &mut Tx<'_>,
    app: &App,
    scheduled: &Scheduled,
    device: DeviceKind,
    wanted: &[SeatChoice],
    hold: &HoldId,
) -> Result<Chosen, Refused> {
    let seats: Vec<SeatId> = wanted.iter().map(|choice| choice.seat.clone()).collect();
    let (showtime, plan) = (&scheduled.showtime.id, &*scheduled.plan);
    let former = store::by_id(tx, hold)?
        .map(|row| row.lines)
        .unwrap_or_default();
    let around: Vec<&SeatId> = seats
        .iter()
        .chain(
            former
                .iter()
                .map(|line| &line.seat)
                .filter(|seat| !seats.contains(seat)),
        )
        .collect();
    let rules = HoldRules {
        most_seats: MOST_SEATS_PER_HOLD,
        single_seats: scheduled.showtime.single_seats,
    };
    let ledger = without_lapsed(tx, app, plan, hold, |tx| {
        seats::ledger_around(tx, showtime, plan, &around)
    })?;
    let held = match ledger.hold(&seats, hold, &|_| false, &rules) {
        // Whether there is a better choice elsewhere is for the whole room to say.
        Err(HoldRefusal::SingleSeatLeft { .. }) if !ledger.is_whole() => {
            without_lapsed(tx, app, plan, hold, |tx| {
                seats::whole_ledger(tx, showtime, plan)
            })?
            .hold(&seats, hold, &|_| false, &rules)
        }
        decided => decided,
    }?;
    seats::save(tx, app, showtime, &held.changes)?;
    let mut lines = wanted
        .iter()
        .map(|choice| priced(scheduled, device, choice))
        .collect::<Result<Vec<_>, _>>()?;
    lines.sort_by_key(|line| line.place);
    let (total_minor, tax_minor) = sums(&lines)?;
    Ok(Chosen {
        lines,
        total_minor,
        tax_minor,
        left_alone: held.left_alone,
    })
}

/// The ledger that `load` gives once the holds in it whose time is over have ended.
fn without_lapsed<'p>(
    tx: &mut Tx<'_>,
    app: &App,
    plan: &Plan,
    own: &HoldId,
    load: impl Fn(&mut Tx<'_>) -> Result<Ledger<'p>, Refused>,
) -> Result<Ledger<'p>, Refused> {
    let ledger = load(tx)?;
    if end_lapsed(tx, app, seats::holders(&ledger, plan, own))? {
        return load(tx);
    }
    Ok(ledger)
}

/// Ends those of `holds` whose time is over; says whether any was.
fn end_lapsed(tx: &mut Tx<'_>, app: &App, holds: Vec<HoldId>) -> Result<bool, Refused> {
    let (now, mut any) = (app.clock.monotonic(), false);
    for id in holds {
        if let Some(row) = store::by_id(tx, &id)?.filter(|row| row.is_over(now))
            && tenders::paid_minor(&tenders::store::of_hold(tx, &id)?) == 0
        {
            end_in(tx, app, &row)?;
            any = true;
        }
    }
    Ok(any)
}

/// The price of one seat with the kind of ticket that is wanted, or the first that this device sells.
fn priced(
    scheduled: &Scheduled,
    device: DeviceKind,
    choice: &SeatChoice,
) -> Result<StoredLine, Refused> {
    let channel = crate::programme::routes::channel_of(device);
    let place = scheduled
        .plan
        .place_of(&choice.seat)
        .ok_or(Refused::UnknownShowtime)?;
    let seat_kind = scheduled
        .plan
        .at(place)
        .ok_or(Refused::UnknownShowtime)?
        .kind;
    let (book, film) = (&scheduled.price_book, &scheduled.film);
    let sold_here = || book.ticket_kinds_for(film, channel);
    let kind = match &choice.ticket_kind {
        Some(wanted) => sold_here()
            .find(|kind| kind.id == *wanted)
            .map(|kind| kind.id.clone())
            .ok_or_else(|| Refused::NotThisKind(wanted.clone()))?,
        None => sold_here()
            .next()
            .map(|kind| kind.id.clone())
            .ok_or(Refused::NothingForSale)?,
    };
    let line = book.price(&kind, seat_kind, &scheduled.showtime.screening(film))?;
    Ok(StoredLine {
        place,
        seat: choice.seat.clone(),
        kind,
        price_minor: line.price.minor,
        tax_minor: line.tax.minor,
    })
}

fn sums(lines: &[StoredLine]) -> Result<(i64, i64), Refused> {
    let added = lines.iter().try_fold((0_i64, 0_i64), |(total, tax), line| {
        Some((
            total.checked_add(line.price_minor)?,
            tax.checked_add(line.tax_minor)?,
        ))
    });
    added.ok_or_else(|| Refused::Internal("a total is too large".into()))
}

/// A hold with its payments and what became of it.
fn look_in(db: &mut Snapshot<'_>, row: HoldRow) -> Result<HoldNow, Refused> {
    let (tenders, sale) = (
        tenders::store::of_hold(db, &row.id)?,
        sales::store::of_hold(db, &row.id)?,
    );
    Ok(HoldNow {
        row,
        tenders,
        sale,
        left_alone: Vec::new(),
    })
}
