//! A cinema at which this side is stopped, for it lacks what it once told or heard: stopped, listed, and taken as it is by a person.

use box_office::CinemaId;
use box_office::custody::Stopped;
use database::{Database, Scope, Snapshot, Tx};
use jiff::Timestamp;

use crate::Fault;
use crate::cases::{self, By, CaseKey, Move};
use crate::counter::{Counter, scope};
use crate::standing::{self, IsAccepted};

/// The kind of the case of a cinema at which this side is stopped.
const STOPPED: &str = "stopped";

/// The stage of one of which it has forgotten something.
const HAS_FORGOTTEN: &str = "has_forgotten";

/// The stage of one whose box is revoked.
const BOX_REVOKED: &str = "box_revoked";

/// Whether what is missing is more than what a person may have taken as it is before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IsAnother(pub bool);

/// This side lacks what it once wrote or heard at a cinema: it begins nothing there, gives nothing and hears nothing, through every start,
/// until its right data is put back or a person takes what is there. What was begun is still settled.
///
/// # Errors
/// The database refuses.
pub async fn stop(
    counter: &Counter,
    cinema: CinemaId,
    IsAnother(is_another): IsAnother,
) -> Result<(), Fault> {
    let acting = counter.clone();
    let stopping = counter.database.write(scope(&cinema), move |tx| {
        if is_another {
            standing::stop_again(tx, &cinema, Stopped::Behind)?;
        } else if !standing::stop(tx, &cinema, Stopped::Behind)? {
            return Ok(());
        }
        let step = Move {
            by: By::Counter,
            what: "stopped",
            reason: "it lacks what it once told or heard",
            at: acting.clock.now(),
        };
        cases::put(tx, stopped_at(&cinema), &cinema, HAS_FORGOTTEN, true, step)?;
        let cinema = cinema.clone();
        tx.after_commit(move || {
            tracing::error!(%cinema, "nothing of this cinema is sold here until the right data is put back, or a person takes what is there");
        });
        Ok::<_, Fault>(())
    });
    stopping.await
}

/// This process has begun on a database that lacks what it answered: it is stopped at these cinemas before anything of them is read, whatever
/// was taken as it is before; at all of them or at none, so that a start that is broken off stops them with the next one.
///
/// # Errors
/// The database refuses.
pub async fn stop_copy(
    database: &Database,
    cinemas: Vec<CinemaId>,
    now: Timestamp,
) -> Result<(), database::Error> {
    let step = Move {
        by: By::Counter,
        what: "stopped",
        reason: "its data is a copy of before",
        at: now,
    };
    let stopping = database.write(Scope::of("standing", "all"), move |tx| {
        for cinema in &cinemas {
            standing::stop_again(tx, cinema, Stopped::Copy)?;
            cases::put(tx, stopped_at(cinema), cinema, HAS_FORGOTTEN, true, step)?;
        }
        Ok(())
    });
    stopping.await
}

/// A box is enrolled that this side does not know, and that has been enrolled before: it tells what this side has forgotten, which is stopped at
/// its cinema until then, in the transaction that enrols it.
///
/// # Errors
/// The database refuses.
pub fn stop_to_hear(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    now: Timestamp,
) -> Result<(), database::Error> {
    standing::stop_again(tx, cinema, Stopped::Copy)?;
    let step = Move {
        by: By::Counter,
        what: "stopped",
        reason: "its box was enrolled before, and is not known",
        at: now,
    };
    cases::put(tx, stopped_at(cinema), cinema, HAS_FORGOTTEN, true, step)
}

/// Whether this side is stopped at a cinema for what it has forgotten.
///
/// # Errors
/// The database refuses.
pub fn has_forgotten_of(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<bool, database::Error> {
    Ok(match standing::stopped(db, cinema)? {
        Some(Stopped::Copy | Stopped::Behind) => true,
        Some(Stopped::Stale | Stopped::Forked) | None => false,
    })
}

/// Whether this side was ever stopped at a cinema.
///
/// # Errors
/// The database refuses.
pub(crate) fn was_ever_stopped_at(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<bool, database::Error> {
    Ok(cases::find(db, stopped_at(cinema))?.is_some())
}

/// The keys of a cinema's box are revoked: nothing of it is sold here until another box has taken its place, in the transaction that revokes
/// them. Where this side is stopped for what it has forgotten, it stays so: the other box knows nothing of that.
///
/// # Errors
/// The database refuses.
pub fn stop_without_box(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    now: Timestamp,
) -> Result<(), database::Error> {
    let key = stopped_at(cinema);
    if has_forgotten_of(tx, cinema)? {
        return Ok(());
    }
    standing::stop_again(tx, cinema, Stopped::Stale)?;
    let step = Move {
        by: By::Person,
        what: "stopped",
        reason: "its box is revoked",
        at: now,
    };
    cases::put(tx, key, cinema, BOX_REVOKED, true, step)
}

/// A box has taken its place, in the transaction that enrols it: what stopped this side without one is over, and so is what a person took as it
/// is, for the box begins with that.
///
/// # Errors
/// The database refuses.
pub fn go_on_with_another_box(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    now: Timestamp,
) -> Result<(), database::Error> {
    let key = stopped_at(cinema);
    if standing::stopped(tx, cinema)? != Some(Stopped::Stale) {
        return standing::forget_accepted(tx, cinema);
    }
    standing::accept(tx, cinema)?;
    standing::forget_accepted(tx, cinema)?;
    let step = Move {
        by: By::Counter,
        what: "goes on",
        reason: "another box has taken the place",
        at: now,
    };
    cases::put(tx, key, cinema, "closed", false, step)
}

/// Whether a Hello has shown of any cinema that this side has forgotten something of it, and nobody took that as it is; and whether somebody
/// took such a thing as it is.
///
/// # Errors
/// The database refuses.
pub async fn has_forgotten(database: &Database) -> Result<(bool, bool), database::Error> {
    let reading = database.read(|db| {
        let shown = standing::is_any_behind(db, IsAccepted(false))?;
        Ok::<_, database::Error>((shown, standing::is_any_behind(db, IsAccepted(true))?))
    });
    reading.await
}

/// This side begins another life, in the transaction that begins it, with what a person took as it is: no cinema has told it yet what is missing.
///
/// # Errors
/// The database refuses.
pub fn begin_anew_as_accepted(tx: &mut Tx<'_>) -> Result<(), database::Error> {
    standing::begin_anew_as_accepted(tx)
}

/// The cinemas at which this side is stopped, each with since when and why.
///
/// # Errors
/// The database refuses.
pub async fn list_stopped(counter: &Counter) -> Result<Vec<String>, Fault> {
    let lines = counter.database.read(|db| {
        let open = cases::open_of(db, STOPPED)?.into_iter();
        let words = |case: cases::Case| {
            let why = match case.stage.as_str() {
                BOX_REVOKED => "its box is revoked: nothing of it is sold online until another has taken its place",
                _ => "has forgotten something: nothing of it is sold online until its box, reached by a hub that has been started since, has told the rest",
            };
            format!("{}  since {}  {why}", case.about, case.opened_at)
        };
        Ok::<_, Fault>(open.map(words).collect())
    });
    lines.await
}

/// The two sides have met in a session and agree: a loss that is shown from here on is another than what a person may have taken as it is. In
/// another life of this side they agree only once the other has told all that it knows.
///
/// # Errors
/// The database refuses.
pub async fn agree(counter: &Counter, cinema: CinemaId) -> Result<(), Fault> {
    let asked = cinema.clone();
    let accepted = (counter.database).read(move |db| standing::accepted(db, &asked));
    match accepted.await? {
        None | Some(Stopped::Copy) => return Ok(()),
        Some(Stopped::Behind | Stopped::Stale | Stopped::Forked) => {}
    }
    let agreeing = (counter.database).write(scope(&cinema), move |tx| {
        Ok::<_, Fault>(standing::forget_accepted(tx, &cinema)?)
    });
    agreeing.await
}

/// What becomes of a person's word that what is stored of a cinema is taken as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsItIs {
    /// This side goes on.
    Taken,
    /// It was not stopped.
    NotStopped,
    /// It has learnt while it ran that it has forgotten something: what it told in this life would never be heard, for the other side has heard
    /// something else under those numbers. It begins another life first, with its next start.
    BeginsAnewFirst,
}

/// A person takes what is stored of a cinema as it is, and this side goes on. What may have been given and is forgotten is kept back and passed
/// over in the same transaction.
///
/// # Errors
/// The database refuses.
pub(crate) async fn take_as_it_is(
    counter: &Counter,
    cinema: CinemaId,
    reason: String,
    keep_back: fn(&mut Tx<'_>, &Counter, &CinemaId) -> Result<(), Fault>,
) -> Result<AsItIs, Fault> {
    let acting = counter.clone();
    let taking = counter.database.write(scope(&cinema), move |tx| {
        if standing::stopped(tx, &cinema)? == Some(Stopped::Behind) {
            return Ok(AsItIs::BeginsAnewFirst);
        }
        let has_forgotten = has_forgotten_of(tx, &cinema)?;
        if !standing::accept(tx, &cinema)? {
            return Ok(AsItIs::NotStopped);
        }
        if has_forgotten {
            keep_back(tx, &acting, &cinema)?;
        }
        let step = Move {
            by: By::Person,
            what: "taken as it is",
            reason: &reason,
            at: acting.clock.now(),
        };
        cases::put(tx, stopped_at(&cinema), &cinema, "closed", false, step)?;
        Ok::<_, Fault>(AsItIs::Taken)
    });
    taking.await
}

pub(super) fn stopped_at(cinema: &CinemaId) -> CaseKey<'_> {
    CaseKey {
        kind: STOPPED,
        about: cinema.as_str(),
    }
}
