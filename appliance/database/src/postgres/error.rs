//! What PostgreSQL says, in the words of either engine, and what it means for the connection and the transaction.

use ::postgres::error::{DbError, Severity, SqlState};

use crate::{EngineError, Error};

/// What has befallen a transaction, so that its writes must run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The connection is gone, and with it whatever was not committed.
    Lost,
    /// The server gave this transaction up for another's sake, or a statement that was prepared fits the schema no more.
    Collided,
}

/// What a statement's failure means.
pub(crate) fn told(error: &::postgres::Error) -> (Error, Option<Trouble>) {
    let Some(said) = error.as_db_error() else {
        return (Error::Busy, Some(Trouble::Lost));
    };
    if matches!(
        said.parsed_severity(),
        Some(Severity::Fatal | Severity::Panic)
    ) {
        return (Error::Busy, Some(Trouble::Lost));
    }
    let code = said.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE
        || *code == SqlState::T_R_DEADLOCK_DETECTED
        || is_outdated(said)
    {
        return (Error::Busy, Some(Trouble::Collided));
    }
    (meaning(said), None)
}

/// The same of a statement of a closure: the log has the statement of what should not happen.
pub(crate) fn refused(sql: &str, error: &::postgres::Error) -> (Error, Option<Trouble>) {
    let (told, trouble) = told(error);
    if told.fault().is_some() {
        let rule = error.as_db_error().and_then(DbError::constraint);
        tracing::error!(%error, sql, rule, "a statement failed");
    } else if error.code() == Some(&SqlState::QUERY_CANCELED) {
        tracing::warn!(sql, "a statement took too long");
    }
    (told, trouble)
}

fn meaning(said: &DbError) -> Error {
    let code = said.code();
    if *code == SqlState::DISK_FULL {
        return Error::Full;
    }
    let takes_too_long = [SqlState::LOCK_NOT_AVAILABLE, SqlState::QUERY_CANCELED];
    if takes_too_long.contains(code) || code.code().starts_with("53") {
        return Error::Busy;
    }
    let refused_by_a_type = [
        SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
        SqlState::STRING_DATA_RIGHT_TRUNCATION,
        SqlState::CHARACTER_NOT_IN_REPERTOIRE,
    ];
    if code.code().starts_with("23") || refused_by_a_type.contains(code) {
        return Error::Conflict;
    }
    Error::Engine(EngineError {
        code: code.code().to_owned(),
        message: said.message().to_owned(),
        fatal: false,
        damaged: false,
    })
}

/// Whether another process has changed a table since this connection prepared its statement.
fn is_outdated(said: &DbError) -> bool {
    *said.code() == SqlState::FEATURE_NOT_SUPPORTED
        && said.routine() == Some("RevalidateCachedQuery")
}

/// Why there is no connection, in words for whoever reads the log.
pub(crate) fn cannot_connect(error: &::postgres::Error) -> Error {
    let (code, why) = match error.as_db_error() {
        Some(said) => (said.code().code().to_owned(), said.message().to_owned()),
        None => {
            let cause = std::error::Error::source(error).map(ToString::to_string);
            ("0".to_owned(), cause.unwrap_or_default())
        }
    };
    Error::Engine(EngineError {
        code,
        message: format!("{error}: {why}"),
        fatal: false,
        damaged: false,
    })
}
