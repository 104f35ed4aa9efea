//! Whether this hub can prove that it has all that it answered, by the mark beside its data folder. One that cannot sells nothing of any
//! cinema until a person takes it as it is. It knows nothing of what is sold.

use counter::{Stopped, custody};
use database::{Database, Doubt};
use service::Clock;
use service::http::Refusal;

use crate::links::Links;

/// Stops the hub at every cinema that it has ever heard of, if its database is in doubt: before anything of them is read.
///
/// # Errors
/// The database refuses.
pub(crate) async fn stop_if_in_doubt(
    database: &Database,
    links: &Links,
    clock: &Clock,
) -> Result<(), database::Error> {
    let Some(doubt) = database.doubt() else {
        return Ok(());
    };
    let cinemas = links.cinemas().await?;
    tracing::error!(
        %doubt,
        cinemas = cinemas.len(),
        "the hub's data is not what was answered last: nothing is sold online until the right data is put back, or a person takes what is there: `cloud-hub cases`"
    );
    custody::stop_copy(database, cinemas, clock.now()).await
}

/// How much is stopped at all cinemas, whatever is known of each: what is stored may not be what was written.
pub(crate) fn stops(database: &Database) -> Option<Stopped> {
    match database.doubt()? {
        Doubt::Behind { .. }
        | Doubt::OtherRun
        | Doubt::OtherDatabase
        | Doubt::NoMark
        | Doubt::Copied => None,
        Doubt::Damaged(_) | Doubt::Gone(_) | Doubt::Unmarked(_) => Some(Stopped::All),
    }
}

/// For whoever asks whether the hub is ready.
pub(crate) fn refusal(database: &Database) -> Option<Refusal> {
    stops(database)?;
    Some(Refusal::unavailable(
        "selling_stopped",
        "Nothing is sold here until somebody has looked",
        words(database)?,
    ))
}

/// What is wrong and what can be done about it, if something is.
pub(crate) fn words(database: &Database) -> Option<String> {
    let doubt = database.doubt()?;
    let way_out = match &doubt {
        Doubt::NoMark | Doubt::Copied => {
            "If the data folder was moved here, its mark belongs beside it (`mark_folder` in [data]): stop the hub, put the mark there, and start it again"
        }
        Doubt::Behind { .. } | Doubt::OtherRun | Doubt::OtherDatabase | Doubt::Damaged(_) => {
            "A copy of the data folder helps only if it is newer than what is here, or if nothing here can be read: stop the hub and put it back"
        }
        Doubt::Gone(_) => "Stop the hub, put the file back if it was moved, and start it again",
        Doubt::Unmarked(_) => {
            "Nothing is missing: give the medium of the mark room, or name another folder as `mark_folder` in [data], and start the hub again"
        }
    };
    Some(format!(
        "This hub cannot prove that it has all that it sold: {doubt}. {way_out}. A person may also take what is stored as it is, cinema by cinema: `cloud-hub accept-loss CINEMA --reason ..`; seats that were sold and are forgotten may then be sold again."
    ))
}

/// A person takes the database as it is; says whether it was in doubt.
///
/// # Errors
/// Nobody can sell from what is left, or the decision could not be kept.
pub(crate) async fn accept(database: &Database) -> Result<bool, Refusal> {
    if database.doubt().is_none() {
        return Ok(false);
    }
    let left = database.accept().await.map_err(counter::Fault::from)?;
    match left {
        None => Ok(true),
        Some(doubt) => Err(Refusal::conflict(
            "data_broken",
            "What is stored cannot be taken as it is",
            doubt.to_string(),
        )),
    }
}
