//! Whether both sides say the same of who has custody of which seat. The box's Hello carries a hash for each open showtime, with the positions at
//! which it holds, and the hub compares. Where one differs each side tells the other seat by seat what it knows, and each acts on its own: a seat
//! that both claim stops on both, one that nobody claims goes to the side of the higher epoch, and each is a case.

use std::collections::{BTreeMap, BTreeSet};

use box_office::custody::comparison::{self as rule, Claim, Disagreement};
use box_office::custody::{CustodyRefusal, Input, LoadedSeat, decide};
use box_office::{Changes, CinemaId, Custodian, Epoch, SeatId, SeatState, ShowtimeId};
use database::{Snapshot, Tx};
use mailbox::{StreamId, outbox, stream};
use wire::event::{CustodyClaimed, SeatAtEpoch};
use wire::{Body, CustodyHashes, Hash, Meaning, custody_hash};

use super::{Hears, Here, Names, Transfer, hears, standing_of, store};
use crate::cases::{self, By, CaseKey, Move};
use crate::catalogue;
use crate::counter::{At, Counter};
use crate::{Fault, seats};

/// The kind of case of a seat that both sides do not agree on. What else becomes of that seat is a case beside it.
pub(super) const KIND: &str = "disagreement";

/// So many showtimes are compared, the next first: a Hello is one message.
const MOST_SHOWTIMES: usize = 300;

/// So many seats that came by codes are listed; of a showtime that has more no hash is told.
const MOST_SCANNED: usize = 400;

/// So many bytes of names of seats an event has room for; a room with more is not compared seat by seat.
const MOST_BYTES_OF_SEATS: usize = 48 * 1024;

/// Seats at epochs, as an event names them.
type ByEpoch = BTreeMap<u64, Vec<SeatId>>;

/// A seat that both sides do not agree on, and in words.
pub type Disagreed = (SeatId, String);

/// What this side says of custody, where its own stream is written and the other's applied up to these numbers; nothing, while it is stopped. What
/// waits for what it names is not in its rows yet: such a showtime is left out.
///
/// # Errors
/// The database's.
pub fn hashes(
    db: &mut Snapshot<'_>,
    at: &At,
    (up, down): (u64, u64),
) -> Result<Option<CustodyHashes>, Fault> {
    let cinema = at.cinema();
    if !standing_of(db, at, cinema)?.is_whole() {
        return Ok(None);
    }
    let waiting = waiting(db, cinema)?;
    let mut by_code = scanned(db, cinema)?;
    let mut said = CustodyHashes {
        up,
        down,
        codes: store::count_codes(db, cinema)?,
        showtimes: Vec::new(),
        scanned: Vec::new(),
    };
    let mut listed = 0;
    for known in catalogue::on_sale(db, cinema, at.clock.now())? {
        let id = known.stored.showtime.id;
        let by_code = by_code.remove(&id).unwrap_or_default();
        if waiting.contains(&id) || listed + by_code.len() > MOST_SCANNED {
            continue;
        }
        if said.showtimes.len() == MOST_SHOWTIMES {
            break;
        }
        let given = seats::given(db, known.key)?;
        let claims = given.iter().map(|it| Claim::at(at.side, &it.0, it.1));
        said.showtimes.push((id.clone(), hash_of(claims.collect())));
        if !by_code.is_empty() {
            listed += by_code.len();
            said.scanned.push((id, by_code));
        }
    }
    Ok(Some(said))
}

/// The hash of what a side says of a showtime.
fn hash_of(mut claims: Vec<Claim>) -> Hash {
    claims.retain(|claim| claim.epoch > Epoch::FIRST);
    claims.sort_by(|one, other| one.seat.as_str().cmp(other.seat.as_str()));
    let seats = claims.iter();
    custody_hash(seats.map(|it| (&it.seat, it.epoch.number().into(), it.is_mine)))
}

/// The showtimes of which something that was given to this side waits.
fn waiting(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<BTreeSet<ShowtimeId>, Fault> {
    let kept = store::all_kept(db, cinema)?;
    Ok((kept.iter().map(|it| it.names().showtime.clone())).collect())
}

/// What came by codes and not by the stream yet.
fn scanned(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<BTreeMap<ShowtimeId, Vec<SeatAtEpoch>>, Fault> {
    let mut by_code = BTreeMap::<_, Vec<_>>::new();
    for (showtime, seat, epoch) in store::all_scanned(db, cinema)? {
        let epoch = epoch.number().into();
        let seats = by_code.entry(showtime).or_default();
        seats.push(SeatAtEpoch { seat, epoch });
    }
    Ok(by_code)
}

/// Seats that were given to the other side, each with the epoch that it has from then on.
type Given = BTreeSet<(ShowtimeId, SeatId, u64)>;

/// What this side has given to the other behind a position of its own stream; nothing can be said, where some of that is pruned.
fn given_after(db: &mut Snapshot<'_>, at: &At, position: u64) -> Result<Option<Given>, Fault> {
    let Some(own) = stream::find(db, at.stream())? else {
        return Ok(Some(Given::new()));
    };
    match given_in(db, at, own, position) {
        Err(error @ mailbox::Error::NotKept { .. }) => {
            tracing::warn!(cinema = %at.cinema(), %error, "who has custody of which seat is compared with a later Hello");
            Ok(None)
        }
        given => Ok(Some(given?)),
    }
}

/// What the hub gave in the lives before this one, as far as it is kept. What it has told again of it the cinema may have heard in a life that is
/// forgotten here.
fn given_in_former_lives(db: &mut Snapshot<'_>, at: &At) -> Result<Given, Fault> {
    let mut given = Given::new();
    for (of, life, _) in stream::all_down(db, at.cinema())? {
        if life.0 != at.life {
            let position = stream::pruned(db, of)?.seq;
            given.extend(given_in(db, at, of, position)?);
        }
    }
    Ok(given)
}

fn given_in(
    db: &mut Snapshot<'_>,
    at: &At,
    own: StreamId,
    position: u64,
) -> Result<Given, mailbox::Error> {
    let kind = match at.side {
        Custodian::Cinema => "seats_released",
        Custodian::Hub => "seats_granted",
    };
    let mut given = Given::new();
    for event in outbox::all_of_after(db, own, kind, position)? {
        let Meaning::Known(body) = event.meaning() else {
            continue;
        };
        let told = if let Body::SeatsReleased(told) = &**body {
            Transfer::from(told)
        } else if let Body::SeatsGranted(told) = &**body {
            Transfer::from(told)
        } else {
            continue;
        };
        let seats = told.seats.iter();
        given.extend(seats.map(|it| (told.showtime.clone(), it.seat.clone(), it.epoch)));
    }
    Ok(given)
}

/// The hub compares what the box has said in its Hello, in a transaction in which it has applied exactly as much of the box's stream as the box had
/// written then. Of what differs it tells what it knows, and the box answers.
///
/// # Errors
/// The database's.
pub fn compare(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    said: &CustodyHashes,
) -> Result<(), Fault> {
    if hears(tx, counter, cinema)? != Hears::All {
        return Ok(());
    }
    let Some(at) = counter.at_in(tx, cinema)? else {
        return Ok(());
    };
    let Some(given) = given_after(tx, &at, said.down)? else {
        return Ok(());
    };
    let waiting = waiting(tx, cinema)?;
    let ids = said.showtimes.iter().map(|(id, _)| id);
    let keys: BTreeMap<_, _> = (catalogue::showtime_keys(tx, cinema, ids)?.into_iter()).collect();
    let mut given_before = None;
    for (showtime, hash) in &said.showtimes {
        let Some(key) = keys.get(showtime).filter(|_| !waiting.contains(showtime)) else {
            continue;
        };
        let by_code = said.scanned.iter().find(|(of, _)| of == showtime);
        let by_code = by_code.map_or(&[][..], |(_, seats)| seats);
        let is_on_its_way = |seat: &SeatId, epoch: Epoch| {
            let epoch = u64::from(epoch.number());
            let has_come = by_code
                .iter()
                .any(|it| it.seat == *seat && it.epoch == epoch);
            !has_come && given.contains(&(showtime.clone(), seat.clone(), epoch))
        };
        let ours = seats::given(tx, *key)?;
        if hash_of(rule::expected(at.side, &ours, is_on_its_way)) == *hash {
            continue;
        }
        let before = match &given_before {
            Some(before) => before,
            None => given_before.insert(given_in_former_lives(tx, &at)?),
        };
        if given.intersection(before).any(|(of, ..)| of == showtime) {
            tracing::info!(%cinema, %showtime, "what is told again may have come: it is compared with a Hello after it");
            continue;
        }
        tracing::error!(%cinema, %showtime, up = said.up, down = said.down, "box and hub do not agree on who has custody of seats; each tells the other what it knows");
        let here = Here::at(tx, counter, cinema)?;
        let claimed = here.claimed(tx, showtime, said.up)?;
        counter.tell(tx, cinema, claimed.map(Body::from))?;
    }
    Ok(())
}

/// Hears what the other side says of a showtime, in the transaction that moves the stream's position to this number, and acts on what differs;
/// says which seats are found to differ that were not before. The box answers.
///
/// # Errors
/// The database's.
pub fn hear_claimed(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    (number, told): (u64, &CustodyClaimed),
) -> Result<Vec<Disagreed>, Fault> {
    let here = Here::at(tx, counter, cinema)?;
    if hears(tx, counter, cinema)? != Hears::All {
        return Ok(Vec::new());
    }
    if counter.side == Custodian::Cinema {
        let claimed = here.claimed(tx, &told.showtime, number)?;
        counter.tell(tx, cinema, claimed.map(Body::from))?;
    }
    here.compare_with(tx, told)
}

impl Here<'_> {
    /// What this side says of the seats of a showtime, that has heard the other's stream up to this number; nothing, where it does not know it or
    /// something of it waits.
    fn claimed(
        &self,
        db: &mut Snapshot<'_>,
        showtime: &ShowtimeId,
        heard: u64,
    ) -> Result<Option<CustodyClaimed>, Fault> {
        let known = self.load(db, showtime, None, [].into_iter())?;
        let Some(scheduled) = known.scheduled else {
            return Ok(None);
        };
        if waiting(db, self.cinema)?.contains(showtime) {
            return Ok(None);
        }
        let (mut by_epoch, mut by_code) = (ByEpoch::new(), ByEpoch::new());
        for (seat, epoch) in seats::given(db, scheduled.key)? {
            by_epoch
                .entry(epoch.number().into())
                .or_default()
                .push(seat);
        }
        for SeatAtEpoch { seat, epoch } in scanned(db, self.cinema)?
            .remove(showtime)
            .unwrap_or_default()
        {
            by_code.entry(epoch).or_default().push(seat);
        }
        let named = by_epoch.values().chain(by_code.values()).flatten();
        let bytes: usize = named.map(|seat| seat.as_str().len() + 1).sum();
        if bytes > MOST_BYTES_OF_SEATS {
            let cinema = self.cinema;
            tracing::error!(%cinema, %showtime, bytes, "box and hub do not agree on seats of a room too large to be compared seat by seat");
            return Ok(None);
        }
        Ok(Some(CustodyClaimed {
            showtime: showtime.clone(),
            auditorium: scheduled.auditorium.id.clone(),
            plan: scheduled.plan.layout().version,
            heard,
            seats: by_epoch,
            scanned: by_code,
        }))
    }

    fn compare_with(
        &self,
        tx: &mut Tx<'_>,
        told: &CustodyClaimed,
    ) -> Result<Vec<Disagreed>, Fault> {
        let showtime = &told.showtime;
        let Some(at) = &self.at else {
            return Ok(Vec::new());
        };
        let known = self.load(tx, showtime, None, [].into_iter())?;
        let Some(scheduled) = known.scheduled else {
            return Ok(Vec::new());
        };
        if waiting(tx, self.cinema)?.contains(showtime) {
            return Ok(Vec::new());
        }
        let names = Names {
            showtime,
            auditorium: Some(&told.auditorium),
            plan: told.plan,
        };
        let epochs: BTreeMap<&SeatId, Epoch> = at_epochs(&told.seats).collect();
        let ours = seats::given(tx, scheduled.key)?;
        let named = ours.iter().map(|(seat, _)| seat);
        let named: BTreeSet<&SeatId> = named.chain(epochs.keys().copied()).collect();
        let known = self.load(tx, showtime, Some(names), named.iter().copied())?;
        if known.scheduled.is_none() {
            return Ok(Vec::new());
        }
        let ours: Vec<_> = (known.seats.iter())
            .map(|it| (it.seat.clone(), it.record.epoch))
            .collect();
        let claim = |seat: &SeatId| {
            let epoch = epochs.get(seat).copied().unwrap_or(Epoch::FIRST);
            Claim::at(at.side.other(), seat, epoch)
        };
        let said: Vec<_> = named.into_iter().map(claim).collect();
        let Some(given) = given_after(tx, at, told.heard)? else {
            return Ok(Vec::new());
        };
        let by_code: BTreeSet<_> = at_epochs(&told.scanned).collect();
        let is_on_its_way = |seat: &SeatId, epoch: Epoch| {
            let of = (showtime.clone(), seat.clone(), epoch.number().into());
            !by_code.contains(&(seat, epoch)) && given.contains(&of)
        };
        let expected = rule::expected(at.side, &ours, is_on_its_way);
        let (mut moves, mut found, mut claimed) = (Vec::new(), Vec::new(), Vec::new());
        for (seat, disagreement) in rule::compare(at.side, &ours, &expected, &said) {
            let ours = known.seats.iter().find(|it| it.seat == seat);
            let ours_now = ours.map(|it| it.record.epoch);
            let theirs = epochs.get(&seat).copied().unwrap_or(Epoch::FIRST);
            let settled = ours.and_then(|ours| rule::settled(ours, disagreement));
            claimed.push((seat.clone(), theirs.max(ours_now.unwrap_or_default())));
            let is_held = ours.is_some_and(|it| matches!(it.record.state, SeatState::Held(_)));
            let opened = self.open_disagreement(
                tx,
                (showtime, &seat),
                (disagreement, is_held, settled.is_some()),
                (ours_now, theirs),
            )?;
            if let Some(words) = opened {
                moves.extend(settled);
                found.push((seat, words));
            }
        }
        let claimed = claimed.iter().map(|(seat, epoch)| (seat, *epoch));
        store::doubt(tx, scheduled.key, claimed)?;
        let changes = Changes::in_order(moves.into_iter());
        seats::save_transfer(tx, at, (scheduled.key, showtime), &changes)?;
        store::note_passed(tx, scheduled.key, &changes, at.clock.now())?;
        Ok(found)
    }

    /// Opens a case for a person, and gives it in words; nothing, where it is open already, or somebody has closed this very one: what was done about it
    /// then is not done again. A seat that both claim and somebody here holds is dealt with once they hold it no more.
    fn open_disagreement(
        &self,
        tx: &mut Tx<'_>,
        (showtime, seat): (&ShowtimeId, &SeatId),
        (disagreement, is_held, is_acted_on): (Disagreement, bool, bool),
        epochs: (Option<Epoch>, Epoch),
    ) -> Result<Option<String>, Fault> {
        let (mut stage, words) = told(self.counter.side, (showtime, seat), disagreement, epochs);
        if is_held && disagreement == Disagreement::BothClaim {
            stage = "held_and_claimed_by_both";
        }
        let about = format!("{}/{showtime}/{seat}", self.cinema);
        let key = CaseKey {
            kind: KIND,
            about: &about,
        };
        if let Some(case) = cases::find(tx, key)? {
            let is_settled = match case.open {
                true => case.stage == stage,
                false => !is_acted_on && cases::was_closed_at(tx, key, (stage, &words))?,
            };
            if is_settled {
                return Ok(None);
            }
        }
        let step = Move {
            by: By::Counter,
            what: stage,
            reason: &words,
            at: self.counter.clock.now(),
        };
        cases::put(tx, key, self.cinema, stage, true, step)?;
        let (counter, cinema, said) = (self.counter.clone(), self.cinema.clone(), words.clone());
        tx.after_commit(move || {
            counter.following.disagreed();
            tracing::error!(%cinema, "{said}");
        });
        Ok(Some(words))
    }
}

/// The stages of a case of a seat that both sides claim.
const CLAIMED_BY_BOTH: [&str; 2] = ["claimed_by_both", "held_and_claimed_by_both"];

/// Whether a case at this stage is one of a seat that both sides claim.
pub(super) fn is_of_both(stage: &str) -> bool {
    CLAIMED_BY_BOTH.contains(&stage)
}

/// The seats of a showtime that both sides claim, and of which nobody has said whose they are.
pub(super) fn claimed_by_both(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<Vec<SeatId>, Fault> {
    let of_showtime = format!("{cinema}/{showtime}/");
    let mut open = cases::open_of(db, KIND)?;
    // Of before they were a kind of their own.
    open.extend(cases::open_of(db, super::KIND)?);
    let claimed = open.into_iter().filter(|case| is_of_both(&case.stage));
    let seats = claimed.filter_map(|case| case.about.strip_prefix(&of_showtime)?.parse().ok());
    Ok(seats.collect())
}

/// A person closes the case of a seat that both sides claim: this side leaves it to the other, if nobody here has it; says whether it did. Not while this
/// side is stopped.
pub(super) fn leave_to_the_other(tx: &mut Tx<'_>, at: &At, about: &str) -> Result<bool, Fault> {
    let named = about.strip_prefix(&format!("{}/", at.cinema()));
    let named = named.and_then(|named| named.rsplit_once('/'));
    let named =
        named.and_then(|(showtime, seat)| Some((showtime.parse().ok()?, seat.parse().ok()?)));
    let Some((showtime, seat)): Option<(ShowtimeId, SeatId)> = named else {
        return Ok(false);
    };
    let here = Here::at(tx, at, at.cinema())?;
    let known = here.load(tx, &showtime, None, [&seat].into_iter())?;
    let Some(scheduled) = known.scheduled.clone() else {
        return Ok(false);
    };
    let highest = store::doubted(tx, scheduled.key, &seat)?.unwrap_or_default();
    let leave = Input::LeaveToTheOther {
        seat,
        known: highest,
    };
    let decision = match decide(&here.standing, &known.loaded(), &leave) {
        Ok(decision) => decision,
        Err(CustodyRefusal::Stopped) => return Err(Fault::Stopped),
        Err(why) => {
            tracing::info!(about, %why, "a seat that both claim is not left to the other side");
            return Ok(false);
        }
    };
    let names = Names {
        showtime: &showtime,
        auditorium: Some(&scheduled.auditorium.id),
        plan: scheduled.plan.layout().version,
    };
    here.store(tx, names, &known, decision)?;
    Ok(true)
}

/// The other side gives seats at these epochs. Of those that this side has at that epoch, or has had as its own before, it leaves what both claimed:
/// their cases end, and what is in quarantine here a person releases.
pub(super) fn left_to_us(
    tx: &mut Tx<'_>,
    here: &Here<'_>,
    showtime: &ShowtimeId,
    (known, given): (&[LoadedSeat], &[(SeatId, Epoch)]),
) -> Result<(), Fault> {
    for (seat, epoch) in given {
        let is_ours = |known: &&LoadedSeat| {
            let ours = known.record.epoch;
            known.seat == *seat && ours.custodian() == here.counter.side && ours <= *epoch
        };
        if !known.iter().any(|known| is_ours(&known)) {
            continue;
        }
        let about = format!("{}/{showtime}/{seat}", here.cinema);
        let key = CaseKey {
            kind: KIND,
            about: &about,
        };
        if cases::find(tx, key)?.is_some_and(|case| case.open && is_of_both(&case.stage)) {
            let step = Move {
                by: By::Counter,
                what: "closed",
                reason: "the other side leaves it to this one",
                at: here.counter.clock.now(),
            };
            cases::put(tx, key, here.cinema, "closed", false, step)?;
        }
    }
    Ok(())
}

fn at_epochs(by_epoch: &ByEpoch) -> impl Iterator<Item = (&SeatId, Epoch)> {
    let epoch = |number: u64| Epoch::new(u32::try_from(number).unwrap_or(u32::MAX));
    (by_epoch.iter())
        .flat_map(move |(number, seats)| seats.iter().map(move |it| (it, epoch(*number))))
}

/// A disagreement: the stage of its case, and in words.
fn told(
    side: Custodian,
    (showtime, seat): (&ShowtimeId, &SeatId),
    disagreement: Disagreement,
    (ours, theirs): (Option<Epoch>, Epoch),
) -> (&'static str, String) {
    let ours = ours.unwrap_or_default().number();
    let (at_box, at_hub) = match side {
        Custodian::Cinema => (ours, theirs.number()),
        Custodian::Hub => (theirs.number(), ours),
    };
    let epochs = format!("(epoch {at_box} at the box, {at_hub} at the hub)");
    let whose = |epoch: Epoch| match epoch.custodian() {
        Custodian::Cinema => "the box's",
        Custodian::Hub => "the hub's",
    };
    match disagreement {
        Disagreement::BothClaim => (
            "claimed_by_both",
            format!(
                "box and hub both say that seat {seat} of {showtime} is theirs {epochs}: where it is free it is kept back"
            ),
        ),
        Disagreement::NobodyClaims { epoch } => (
            "claimed_by_nobody",
            format!(
                "box and hub each say that the other has seat {seat} of {showtime} {epochs}: it is {}",
                whose(epoch)
            ),
        ),
        Disagreement::OtherEpoch { epoch } => (
            "other_epoch",
            format!(
                "seat {seat} of {showtime} has changed hands more often on one side {epochs}: it is {}",
                whose(epoch)
            ),
        ),
        Disagreement::UnknownTo(side) => (
            "unknown_seat",
            format!(
                "seat {seat} of {showtime} is not known to {}",
                match side {
                    Custodian::Cinema => "the box",
                    Custodian::Hub => "the hub",
                }
            ),
        ),
    }
}
