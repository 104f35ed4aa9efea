//! Whether this hub can prove that it has all that it answered, by the mark beside its data folder. One that cannot sells nothing of any
//! cinema until a person takes it as it is. It knows nothing of what is sold.

use counter::{Fault, Stopped, checkout, custody};
use database::{Database, Doubt};
use service::Clock;
use service::http::Refusal;

use crate::links::Links;

/// What the hub knows at its start of what it has forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forgotten {
    /// Nothing.
    Nothing,
    /// What a person has taken as it is: no box has heard it since.
    Accepted,
    /// Something: by its mark, or as a box has shown it before this start.
    Something,
}

impl Forgotten {
    /// What is known of it.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn of(database: &Database) -> Result<Self, database::Error> {
        let is_missing = |doubt| !matches!(doubt, Doubt::Unmarked(_));
        if database.doubt().is_some_and(is_missing) {
            return Ok(Self::Something);
        }
        Ok(match custody::has_forgotten(database).await? {
            (true, _) => Self::Something,
            (false, true) => Self::Accepted,
            (false, false) => Self::Nothing,
        })
    }
}

/// Stops the hub, which has forgotten, at every cinema that it has ever heard of: before anything of them is read.
///
/// # Errors
/// The database refuses.
pub(crate) async fn stop_everywhere(
    database: &Database,
    links: &Links,
    clock: &Clock,
) -> Result<(), database::Error> {
    let doubt = database.doubt().map(|doubt| doubt.to_string());
    let doubt = doubt.unwrap_or_else(|| "a box has shown that something is missing".to_owned());
    let cinemas = links.cinemas().await?;
    tracing::error!(
        doubt,
        cinemas = cinemas.len(),
        "the hub's data is not what was answered last: nothing of a cinema is sold online until its box has told the rest: `cloud-hub cases`"
    );
    custody::stop_copy(database, cinemas.clone(), clock.now()).await?;
    checkout::end_unpaid(database, cinemas).await
}

/// How much is stopped at all cinemas, whatever is known of each: what is stored may not be what was written.
pub(crate) fn stops(database: &Database) -> Option<Stopped> {
    match database.doubt()? {
        Doubt::Behind { .. }
        | Doubt::OtherRun
        | Doubt::OtherDatabase
        | Doubt::NoMark
        | Doubt::Copied
        | Doubt::Backup => None,
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
        Doubt::Backup => "The box of each cinema tells it what is missing, once it is reached",
        Doubt::Behind { .. } | Doubt::OtherRun | Doubt::OtherDatabase | Doubt::Damaged(_) => {
            "A copy of the data folder helps only if it is newer than what is here, or if nothing here can be read: stop the hub and put it back"
        }
        Doubt::Gone(_) => "Stop the hub, put the file back if it was moved, and start it again",
        Doubt::Unmarked(_) => {
            "Nothing is missing: give the medium of the mark room, or name another folder as `mark_folder` in [data], and start the hub again"
        }
    };
    Some(format!(
        "This hub cannot prove that it has all that it sold: {doubt}. {way_out}. A person may also take what is stored as it is, cinema by cinema: `cloud-hub accept-loss CINEMA --reason ..`; what is free then may be sold in what is forgotten, and is kept back until `cloud-hub release CINEMA SHOWTIME --reason ..` sells it."
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
    let left = database.accept().await.map_err(Fault::from)?;
    match left {
        None => Ok(true),
        Some(doubt) => Err(Refusal::conflict(
            "data_broken",
            "What is stored cannot be taken as it is",
            doubt.to_string(),
        )),
    }
}
