//! Whether a side may decide about the seats of a cinema, and as whom: read in the transaction of every decision.

mod store;

use box_office::custody::{Authority, Life, Standing, Stopped};
use box_office::{CinemaId, Custodian};
use database::{Error, Snapshot, Tx};

pub(crate) use store::IS_FROZEN;

/// This side has forgotten something of a cinema: it begins nothing there, gives nothing and hears nothing, through every start, unless a
/// person took it as it is before. Says whether that is new.
///
/// # Errors
/// The database refuses.
pub(crate) fn stop(tx: &mut Tx<'_>, cinema: &CinemaId, why: Stopped) -> Result<bool, Error> {
    store::stop(tx, cinema, why)
}

/// The same whatever a person took as it is before: it has forgotten anew.
///
/// # Errors
/// The database refuses.
pub(crate) fn stop_again(tx: &mut Tx<'_>, cinema: &CinemaId, why: Stopped) -> Result<(), Error> {
    store::stop_again(tx, cinema, why)
}

/// Why this side is stopped at a cinema, if it is.
///
/// # Errors
/// The database refuses.
pub(crate) fn stopped(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Option<Stopped>, Error> {
    Ok(store::find(db, cinema)?.stopped)
}

/// A person takes it as it is; says whether it was stopped.
///
/// # Errors
/// The database refuses.
pub(crate) fn accept(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<bool, Error> {
    store::accept(tx, cinema)
}

/// Whether a person took it as it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IsAccepted(pub(crate) bool);

/// Whether this side is known to have forgotten something of any cinema.
///
/// # Errors
/// The database refuses.
pub(crate) fn is_any_behind(
    db: &mut Snapshot<'_>,
    IsAccepted(is_accepted): IsAccepted,
) -> Result<bool, Error> {
    store::is_any_behind(db, is_accepted)
}

/// What a person took as it is, if one did and the two sides have not agreed since.
///
/// # Errors
/// The database refuses.
pub(crate) fn accepted(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Option<Stopped>, Error> {
    store::accepted(db, cinema)
}

/// This side begins another life: what a Hello has shown to be missing, and a person took as it is, is what a copy lacks from here on.
///
/// # Errors
/// The database refuses.
pub(crate) fn begin_anew_as_accepted(tx: &mut Tx<'_>) -> Result<(), Error> {
    store::begin_anew_as_accepted(tx)
}

/// The two sides have met and agree: what may be missing from here on is another loss than the one that was taken as it is.
///
/// # Errors
/// The database refuses.
pub(crate) fn forget_accepted(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), Error> {
    store::forget_accepted(tx, cinema)
}

/// Where this side stands, in its present life.
pub(crate) fn read(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    side: Custodian,
    life: wire::Life,
) -> Result<Standing, Error> {
    let standing = Standing {
        side,
        life: Life {
            number: life.number,
            random: *life.random.as_bytes(),
        },
        other: None,
        authority: Authority::Whole,
        has_forgotten: false,
    };
    let known = store::find(db, cinema)?;
    let standing = Standing {
        has_forgotten: known.has_forgotten,
        ..standing
    };
    Ok(match known.stopped {
        None => standing,
        Some(why) => standing.stopped(why),
    })
}
