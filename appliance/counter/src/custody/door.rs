//! The door: a ticket is proved by its signature and by what is known here of it and of its seat, and its guest is let in once, in one
//! transaction with what tells the hub. Time alone refuses nobody, and neither does a line that is cut or a fence.

mod refusal;
mod store;

use std::collections::BTreeMap;

use box_office::custody::{
    Case, CustodyRefusal, Decision, Effect, Fact, Input, LoadedSeat, Proof, Sale, SeatState,
    TicketMove, TicketRecord, TicketState, decide,
};
use box_office::{
    CinemaId, Custodian, DeviceId, Epoch, HoldId, SaleId, SeatId, ShowtimeId, TicketId,
    TicketKindId,
};
use database::{Snapshot, Tx};
use jiff::{SignedDuration, Timestamp};
use wire::enrolment::{FormerShowtime, TakenBack};
use wire::event::{SeatAtEpoch, TicketAdmitted, TicketsSold};
use wire::ticket::VerifiedTicket;

use super::{Here, keeping};
use crate::Fault;
use crate::catalogue::{self, CatalogueRefused, local};
use crate::counter::{At, Counter, scope};
use crate::ports::Stopped;
use crate::repeats::Repeat;
use crate::seats::{self, Heard};
use crate::tickets;

pub use refusal::NotAdmitted;

/// How many admissions that the other side was not told of are told with the next one: what a fenced box has let in is told bit by bit.
const TOLD_AT_ONCE: u32 = 200;

/// A ticket's code that is held before a device at a showtime's door.
#[derive(Debug, Clone)]
pub struct Scan {
    /// What the code says.
    pub code: String,
    /// The showtime that the usher has open.
    pub showtime: ShowtimeId,
    /// The device.
    pub device: DeviceId,
    /// The request as it is known again.
    pub repeat: Repeat,
}

/// A guest who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The ticket.
    pub ticket: TicketId,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The seat.
    pub seat: SeatId,
    /// The kind of ticket.
    pub kind: TicketKindId,
    /// Who sold it.
    pub seller: Custodian,
    /// The custody epoch under which it was sold.
    pub epoch: Epoch,
    /// Its edition.
    pub edition: u32,
    /// By which device.
    pub device: DeviceId,
    /// When.
    pub at: Timestamp,
    /// How sure it is that nobody was let in with it before.
    pub proof: Proof,
    /// Whether no record knew the ticket.
    pub is_found: bool,
}

/// What stands at a showtime's door.
#[derive(Debug, Clone)]
pub struct AtTheDoor {
    /// The film's title.
    pub film: String,
    /// The room as guests call it.
    pub auditorium: String,
    /// When it begins, as it is planned by now.
    pub starts_at: Timestamp,
    /// How many guests were let in.
    pub admitted: u64,
    /// How many of them nobody can prove.
    pub unproven: u64,
    /// How many tickets that are known here have not been presented.
    pub to_come: u64,
}

/// Whoever holds a seat loses it, for the guest of this ticket has it.
pub(crate) type Loses = fn(&mut Tx<'_>, &At, &HoldId, (&TicketId, &SeatId)) -> Result<(), Fault>;

/// Lets in whoever holds this code before a device, once.
///
/// # Errors
/// Why not.
pub(crate) async fn admit(at: &At, scan: Scan, loses: Loses) -> Result<Admission, NotAdmitted> {
    let verified = match wire::ticket::verify(&scan.code, &tickets::key_ring(at)) {
        Ok(verified) => verified,
        Err(wire::TicketRefusal::UnknownKey(key)) => {
            // Nothing of it is proven: it only says to whom the guest may be sent.
            let named = wire::ticket::cinema_named_by(&scan.code);
            return Err(match named.filter(|named| named != at.cinema()) {
                Some(cinema) => NotAdmitted::OtherCinema(cinema),
                None => NotAdmitted::Code(wire::TicketRefusal::UnknownKey(key)),
            });
        }
        Err(refusal) => return Err(NotAdmitted::Code(refusal)),
    };
    let acting = at.clone();
    at.database
        .write(at.scope(), move |tx| {
            admit_in(tx, &acting, &verified, (&scan, loses))
        })
        .await
}

fn admit_in(
    tx: &mut Tx<'_>,
    at: &At,
    verified: &VerifiedTicket,
    (scan, loses): (&Scan, Loses),
) -> Result<Admission, NotAdmitted> {
    if let Some((admitted, repeat)) = store::by_key(tx, &scan.device, &scan.repeat.key)? {
        scan.repeat.is(&repeat)?;
        return Ok(admitted);
    }
    let (claims, here) = (&verified.claims, Here::at(tx, at, at.cinema())?);
    let mut known = here.load(tx, &scan.showtime, None, [&claims.seat].into_iter())?;
    let scheduled = known.scheduled.clone();
    let scheduled = scheduled.ok_or(CatalogueRefused::UnknownShowtime)?;
    let planned = catalogue::planned_now(tx, at.cinema(), &scan.showtime)?;
    if planned.is_some_and(|planned| planned.is_cancelled) {
        return Err(NotAdmitted::Cancelled);
    }
    if claims.showtime != scan.showtime {
        return Err(NotAdmitted::OtherShowtime(claims.showtime.clone()));
    }
    let is_own = at.catalogue().has_signed(&verified.key) || at.ports.is_of_a_box(verified.key);
    let seller = match is_own {
        true => at.side,
        false => at.side.other(),
    };
    let mut sale = Sale::new(
        claims.seat.clone(),
        seller,
        epoch(claims.epoch),
        claims.edition,
    );
    let mut records = tickets::records(tx, scheduled.key, &claims.seat, &claims.ticket)?;
    let heard = store::heard(
        tx,
        at.cinema(),
        (&scan.showtime, &claims.seat),
        &claims.ticket,
    )?;
    records.extend(heard);
    // Its code does not say that it was sold at risk out of quarantine.
    let known_as = records.get(&claims.ticket);
    sale.at_risk |= known_as.is_some_and(|record| record.sale.at_risk);
    let before = store::admission(tx, at.cinema(), &claims.ticket)?;
    // Whoever has stolen the key signs what they like: only what stands in the records is a ticket then. A side that is stopped may have
    // forgotten its records, and lets in by the signature.
    let is_doubted = at.ports.is_stolen(at.cinema(), verified.key) && at.ports.stopped().is_none();
    if is_doubted && before.is_none() {
        let as_sold = |sale: &Sale| (sale.seat.clone(), sale.seller, sale.epoch, sale.edition);
        let known_as = records.get(&claims.ticket);
        let is_known = known_as.is_some_and(|known| as_sold(&known.sale) == as_sold(&sale))
            && (tickets::is_sold_for(tx, scheduled.key, &claims.ticket)?
                || store::is_heard_for(tx, at.cinema(), (&scan.showtime, &claims.ticket))?);
        if !is_known {
            return Err(NotAdmitted::StolenKey);
        }
    }
    if let Some(before) = &before {
        let record = records.entry(claims.ticket.clone());
        let record = record.or_insert_with(|| TicketRecord::sold(sale.clone()));
        record.admitted = Some(before.proof);
    }
    let doubted = super::store::doubted(tx, scheduled.key, &claims.seat)?;
    let loaded = box_office::custody::Loaded {
        tickets: &records,
        doubted,
        ..known.loaded()
    };
    // It came home after that, and was left behind in another room.
    let mut left = BTreeMap::new();
    if known.seats.is_empty() && !sale.at_risk {
        left = seats::epochs_before(tx, scheduled.key)?;
    }
    let may_have_it = doubted.is_some_and(|epoch| sale.epoch <= epoch);
    let left_at = left.get(&claims.seat).filter(|_| !may_have_it);
    let was_given_away = left_at.is_some_and(|at| *at > sale.epoch);
    let (ticket, seller, found_in) = (claims.ticket.clone(), sale.seller, known.seats.first());
    let is_on_its_way = seller != at.side && found_in.is_some_and(|seat| carries(seat, &sale));
    let presented = Input::Present { ticket, sale };
    let mut decision = decide(&here.standing, &loaded, &presented).map_err(|refusal| {
        let first = before.clone().map(Box::new);
        match (refusal, first) {
            (CustodyRefusal::AlreadyAdmitted, Some(first)) => {
                let at = local(first.at, at.catalogue().zone());
                NotAdmitted::AlreadyAdmitted { first, at }
            }
            (refusal, _) => refusal.into(),
        }
    })?;
    if was_given_away {
        return Err(CustodyRefusal::Superseded.into());
    }
    let is_found = decision.tickets.iter().any(|step| step.before.is_none());
    // Where nothing goes on, what is held ends once somebody has taken what is stored as it is.
    if is_found
        && at.ports.stopped() != Some(Stopped::All)
        && let Some(SeatState::Held(hold)) = known.seats.first().map(|seat| &seat.record.state)
    {
        let hold = hold.clone();
        // Known to be sold before it is free.
        keeping::keep_seat(tx, &here, &scan.showtime, &claims.seat)?;
        loses(tx, at, &hold, (&claims.ticket, &claims.seat))?;
        known = here.load(tx, &scan.showtime, None, [&claims.seat].into_iter())?;
        let loaded = box_office::custody::Loaded {
            tickets: &records,
            doubted,
            ..known.loaded()
        };
        decision = decide(&here.standing, &loaded, &presented)?;
    }
    seats::save_transfer(tx, at, (scheduled.key, &scan.showtime), &decision.seats)?;
    let admitted = admission(at, verified, scan, &decision)?;
    let row = (&admitted, &scan.repeat);
    store::add_admission(tx, at.cinema(), row)?;
    if admitted.is_found {
        store::add_found(tx, at.cinema(), &admitted)?;
        if decision.seats.is_empty() {
            keeping::keep_seat(tx, &here, &scan.showtime, &claims.seat)?;
        }
    }
    for effect in decision.effects {
        match effect {
            // One event tells both; see `tell_admissions`.
            Effect::Tell(Fact::Found(..) | Fact::Admitted(..)) => {}
            // A guest at home bought it while the line is cut: the hub's event is on its way, and a hub that lacks it says so itself.
            Effect::Case(Case::FoundSale(_)) if is_on_its_way => {}
            Effect::Case(case) => {
                let words = here.open_case(tx, &scan.showtime, &case)?;
                tracing::warn!(cinema = %at.cinema(), words, "a guest was let in, and a person must know");
            }
            Effect::Tell(_)
            | Effect::Keep { .. }
            | Effect::Refund(..)
            | Effect::ListInHello(..) => {
                return Err(Fault::Broken("the door does not come to this".into()).into());
            }
        }
    }
    tell_admissions(tx, at, at.cinema())?;
    Ok(admitted)
}

/// The seats of a showtime for which a ticket of the hub's was heard of that stands, each with the epoch under which it was sold.
pub(super) fn sold_there(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<Vec<SeatAtEpoch>, database::Error> {
    store::sold_there(db, cinema, showtime)
}

/// The same of whoever's tickets: one that no record knew is of this side, too.
pub(super) fn standing(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<Vec<SeatAtEpoch>, database::Error> {
    store::standing(db, cinema, showtime)
}

/// The tickets of a seat that were heard of, and whether they stand.
pub(crate) fn heard_of_seat(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    of_seat: (&ShowtimeId, &SeatId),
) -> Result<Vec<(TicketId, TicketState)>, database::Error> {
    store::heard_of_seat(db, cinema, of_seat)
}

/// Whose guests were let in to a seat.
pub(crate) fn admitted_to_seat(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    of_seat: (&ShowtimeId, &SeatId),
) -> Result<Vec<Admission>, database::Error> {
    store::admitted_to_seat(db, cinema, of_seat)
}

/// What is known here of the other side's tickets for a seat, and of this one; with whether its guest was let in.
pub(super) fn heard(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    of_seat: (&ShowtimeId, &SeatId),
    ticket: &TicketId,
) -> Result<BTreeMap<TicketId, TicketRecord>, Fault> {
    let mut records = store::heard(db, cinema, of_seat, ticket)?;
    if let Some(record) = records.get_mut(ticket) {
        record.admitted = proof_of(db, cinema, ticket)?;
    }
    Ok(records)
}

/// Whether a ticket's guest was let in, as far as is known here, and how sure that is.
pub(super) fn proof_of(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    ticket: &TicketId,
) -> Result<Option<Proof>, Fault> {
    let admitted = store::admission(db, cinema, ticket)?;
    Ok(admitted.map(|admitted| admitted.proof))
}

/// A ticket of the other side is from here on as it was decided.
pub(super) fn put(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    (showtime, sale, kind): (&ShowtimeId, &SaleId, &TicketKindId),
    moved: &TicketMove,
) -> Result<(), Fault> {
    if moved.before.is_none() {
        let row = (&moved.ticket, &moved.after.sale, kind);
        store::put_heard(tx, cinema, (showtime, Some(sale)), row)?;
    }
    let after = moved.after.state;
    Ok(store::put_state(tx, cinema, &moved.ticket, after)?)
}

/// Whether the guest of a ticket was let in, as far as is known here.
pub(crate) fn was_let_in(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    ticket: &TicketId,
) -> Result<bool, Fault> {
    Ok(store::admission(db, cinema, ticket)?.is_some())
}

/// When the guest of a ticket was let in, as far as is known here.
pub(crate) fn let_in_at(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    ticket: &TicketId,
) -> Result<Option<Timestamp>, Fault> {
    Ok(store::admission(db, cinema, ticket)?.map(|admission| admission.at))
}

/// How the guest of a ticket was let in, if they were.
pub(super) fn admission_of(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    ticket: &TicketId,
) -> Result<Option<Admission>, Fault> {
    Ok(store::admission(db, cinema, ticket)?)
}

/// So long before its end nobody is inside: a film of ten hours after four of advertisements, and an usher who is early.
const NOBODY_IS_INSIDE: SignedDuration = SignedDuration::from_hours(16);

/// What the hub knows of the tickets of a showtime is known here: who sold them, and whose guests were let in. Whoever it does not know of may have
/// been let in all the same, if that can be by now.
pub(super) fn hear_former(
    tx: &mut Tx<'_>,
    (cinema, now): (&CinemaId, Timestamp),
    former: &FormerShowtime,
) -> Result<(), Fault> {
    let ends = former
        .ends
        .and_then(|ends| Timestamp::from_millisecond(ends).ok());
    let may_be_inside = ends.is_none_or(|ends| ends.duration_since(now) < NOBODY_IS_INSIDE);
    for told in &former.tickets {
        let epoch = Epoch::new(told.epoch);
        let sale = Sale::new(told.seat.clone(), told.seller, epoch, told.edition);
        let row = (&told.ticket, &sale, &told.kind);
        store::put_heard(tx, cinema, (&former.showtime, None), row)?;
        let taken_back = told.taken_back.map(|answered| match answered {
            TakenBack::Revoked => TicketState::Revoked,
            TakenBack::Unproven => TicketState::Unproven,
        });
        if let Some(state) = taken_back {
            store::put_state(tx, cinema, &told.ticket, state)?;
        }
        let Some((at, device, is_proven)) = &told.admitted else {
            if may_be_inside {
                store::may_be_inside(tx, cinema, &told.ticket)?;
            }
            continue;
        };
        let at = Timestamp::from_millisecond(*at);
        let admitted = Admission {
            ticket: told.ticket.clone(),
            showtime: former.showtime.clone(),
            seat: told.seat.clone(),
            kind: told.kind.clone(),
            seller: told.seller,
            epoch: Epoch::new(told.epoch),
            edition: told.edition,
            device: device.clone(),
            at: at.map_err(|why| Fault::Broken(why.to_string()))?,
            proof: match is_proven {
                true => Proof::Proven,
                false => Proof::Unproven,
            },
            is_found: false,
        };
        store::add_told(tx, cinema, &admitted)?;
    }
    Ok(())
}

/// Whether the other side had custody of the seat when it sold this, as far as is known here.
fn carries(seat: &LoadedSeat, sale: &Sale) -> bool {
    seat.record.epoch == sale.epoch
        && seat.record.epoch.custodian() == sale.seller
        && matches!(seat.record.state, SeatState::Free | SeatState::TakenOver(_))
}

fn epoch(told: u64) -> Epoch {
    Epoch::new(u32::try_from(told).unwrap_or(u32::MAX))
}

/// The admission that a decision comes to.
fn admission(
    at: &At,
    verified: &VerifiedTicket,
    scan: &Scan,
    decision: &Decision,
) -> Result<Admission, Fault> {
    let claims = &verified.claims;
    let moved = decision
        .tickets
        .iter()
        .find(|step| step.ticket == claims.ticket);
    let moved = moved.ok_or_else(|| Fault::Broken("a guest is let in without a ticket".into()))?;
    let proof = moved.after.admitted;
    Ok(Admission {
        ticket: claims.ticket.clone(),
        showtime: scan.showtime.clone(),
        seat: claims.seat.clone(),
        kind: claims.kind.clone(),
        seller: moved.after.sale.seller,
        epoch: epoch(claims.epoch),
        edition: claims.edition,
        device: scan.device.clone(),
        at: at.clock.now(),
        proof: proof.ok_or_else(|| Fault::Broken("a guest is let in and is not".into()))?,
        is_found: moved.before.is_none(),
    })
}

/// Tells the other side of the admissions that it was not told of, unless nothing may be told: it is told later then.
fn tell_admissions(tx: &mut Tx<'_>, counter: &Counter, cinema: &CinemaId) -> Result<(), Fault> {
    if counter.side != Custodian::Cinema || counter.ports.stopped() == Some(Stopped::All) {
        return Ok(());
    }
    let untold = store::untold(tx, cinema, TOLD_AT_ONCE)?;
    if untold.is_empty() {
        return Ok(());
    }
    store::mark_told(tx, cinema, &untold)?;
    counter.tell(
        tx,
        cinema,
        untold.iter().map(|admitted| told(admitted).into()),
    )
}

fn told(admitted: &Admission) -> TicketAdmitted {
    TicketAdmitted {
        ticket: admitted.ticket.clone(),
        seller: admitted.seller,
        showtime: admitted.showtime.clone(),
        seat: admitted.seat.clone(),
        epoch: admitted.epoch.number().into(),
        edition: admitted.edition,
        kind: admitted.kind.clone(),
        device: admitted.device.clone(),
        time: admitted.at.as_millisecond(),
        proven: admitted.proof == Proof::Proven,
        found: admitted.is_found,
    }
}

/// Tells, when a box begins, of what could not be told when it was done. What still cannot be told keeps nothing else from beginning.
pub(crate) async fn tell_all_admissions(counter: &Counter) {
    for cinema in counter.cinemas() {
        let (acting, scope) = (counter.clone(), scope(&cinema));
        let telling =
            (counter.database).write(scope, move |tx| tell_admissions(tx, &acting, &cinema));
        if let Err(fault) = telling.await {
            counter.broke(&fault);
            tracing::error!(%fault, "who was let in could not be told; it is told with the next");
        }
    }
}

/// How many tickets of a showtime stand that the other side has told of.
pub(crate) fn count_heard(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<u64, database::Error> {
    store::count_live(db, cinema, showtime)
}

/// How it stands at a showtime's door.
///
/// # Errors
/// There is no such showtime.
pub async fn at_the_door(at: &At, showtime: ShowtimeId) -> Result<AtTheDoor, NotAdmitted> {
    let acting = at.clone();
    at.database
        .read(move |db| {
            let scheduled = catalogue::scheduled(db, &acting.catalogue(), &showtime)?;
            let scheduled = scheduled.ok_or(CatalogueRefused::UnknownShowtime)?;
            let (admitted, unproven) = store::count_admitted(db, acting.cinema(), &showtime)?;
            let own = tickets::count_live(db, scheduled.key)?;
            let heard = store::count_live(db, acting.cinema(), &showtime)?;
            Ok(AtTheDoor {
                film: scheduled.film.title.clone(),
                auditorium: scheduled.auditorium.name.clone(),
                starts_at: scheduled.showtime.starts_at,
                admitted,
                unproven,
                to_come: (own + heard).saturating_sub(admitted),
            })
        })
        .await
}

/// A seat as the usher finds it: block, row and number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeatInWords {
    /// The name of its block, where the room has more than one.
    pub block: Option<String>,
    /// Its row; none, if the room has no such seat any more.
    pub row: Option<String>,
    /// Its number.
    pub number: Option<String>,
}

/// A seat of a showtime in words, as far as its room has it.
pub fn seat_in_words(at: &At, showtime: &ShowtimeId, seat: &SeatId) -> SeatInWords {
    let scheduled = at.showtime(showtime);
    let place = scheduled.as_ref().and_then(|scheduled| {
        let plan = &scheduled.plan;
        Some((plan, plan.at(plan.place_of(seat)?)?))
    });
    place.map_or_else(SeatInWords::default, |(plan, place)| SeatInWords {
        block: plan.layout().block_name(place).map(str::to_owned),
        row: Some(place.row.clone()),
        number: Some(place.number.clone()),
    })
}

/// The cinema hears that the hub sold tickets, in the transaction that moves the stream's position; gives what does not fit, in words.
///
/// # Errors
/// The database's, and that this side is stopped: the position does not move then.
pub fn hear_sold(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &TicketsSold,
) -> Result<Vec<String>, Fault> {
    let here = Here::at(tx, counter, cinema)?;
    let mut cases = Vec::new();
    for ticket in &told.tickets {
        let known = here.load(tx, &told.showtime, None, [&ticket.seat].into_iter())?;
        let mut records = match &known.scheduled {
            Some(scheduled) => tickets::records(tx, scheduled.key, &ticket.seat, &ticket.id)?,
            None => BTreeMap::new(),
        };
        let of_seat = (&told.showtime, &ticket.seat);
        records.extend(store::heard(tx, cinema, of_seat, &ticket.id)?);
        let (seller, sold_at) = (counter.side.other(), epoch(ticket.epoch));
        let sale = Sale::new(ticket.seat.clone(), seller, sold_at, ticket.edition);
        let loaded = box_office::custody::Loaded {
            tickets: &records,
            ..known.loaded()
        };
        let fact = Fact::Sold(ticket.id.clone(), sale.clone());
        let heard = Input::Heard {
            // A ticket is known by its seat, whatever room that was in when it was sold.
            plan: known.plan.unwrap_or(ticket.plan),
            fact,
        };
        // Only who is stopped is refused.
        let decision = decide(&here.standing, &loaded, &heard).map_err(|_| Fault::Stopped)?;
        // What is kept until its showtime is known is a ticket all the same.
        let row = (&ticket.id, &sale, &ticket.kind);
        store::put_heard(tx, cinema, (&told.showtime, Some(&told.sale)), row)?;
        for effect in decision.effects {
            if let Effect::Case(case) = effect {
                cases.push(here.open_case(tx, &told.showtime, &case)?);
            }
        }
    }
    let keys = catalogue::showtime_keys(tx, cinema, [&told.showtime].into_iter())?;
    let seats: BTreeMap<_, _> = (told.tickets.iter())
        .map(|ticket| (ticket.seat.clone(), epoch(ticket.epoch)))
        .collect();
    let shown: Vec<_> = keys.iter().map(|(id, key)| (*key, id, &seats)).collect();
    seats::hear(tx, counter.at(cinema).as_ref(), &shown, Heard::Sold)?;
    Ok(cases)
}

/// The hub hears that a guest was let in, in the transaction that moves the stream's position; gives what does not fit, in words.
///
/// # Errors
/// The database's, and that this side is stopped: the position does not move then.
pub fn hear_admitted(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &TicketAdmitted,
) -> Result<Vec<String>, Fault> {
    let here = Here::at(tx, counter, cinema)?;
    if !here.standing.is_whole() {
        return Err(Fault::Stopped);
    }
    let proof = match told.proven {
        true => Proof::Proven,
        false => Proof::Unproven,
    };
    let Ok(at) = Timestamp::from_millisecond(told.time) else {
        return Ok(vec![format!(
            "ticket {} was let in at no time",
            told.ticket
        )]);
    };
    let admitted = Admission {
        ticket: told.ticket.clone(),
        showtime: told.showtime.clone(),
        seat: told.seat.clone(),
        kind: told.kind.clone(),
        seller: told.seller,
        epoch: epoch(told.epoch),
        edition: told.edition,
        device: told.device.clone(),
        at,
        proof,
        is_found: told.found,
    };
    if !store::add_told(tx, cinema, &admitted)? {
        return Ok(vec![format!("ticket {} was let in before", told.ticket)]);
    }
    if told.found {
        keeping::keep_seat(tx, &here, &told.showtime, &told.seat)?;
    }
    let mut cases = Vec::new();
    if told.seller == counter.side && !tickets::is_known(tx, &told.ticket)? {
        let case = Case::FoundSale(told.ticket.clone());
        cases.push(here.open_case(tx, &told.showtime, &case)?);
    }
    Ok(cases)
}
