//! What SQLite says, in the words of either engine.

use rusqlite::ErrorCode;

use crate::{EngineError, Error, OpenError};

/// What a statement's failure means.
pub(crate) fn told(error: &rusqlite::Error) -> Error {
    let said = error.sqlite_error();
    let code = said.map(|said| said.code);
    if code == Some(ErrorCode::DiskFull) {
        return Error::Full;
    }
    if matches!(
        code,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OperationInterrupted)
    ) {
        return Error::Busy;
    }
    if matches!(
        code,
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch)
    ) {
        return Error::Conflict;
    }
    let is_damage = matches!(
        code,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    );
    Error::Engine(EngineError {
        code: said.map_or(0, |said| said.extended_code).to_string(),
        message: error.to_string(),
        fatal: is_damage || code == Some(ErrorCode::SystemIoFailure),
        damaged: is_damage,
    })
}

/// The same of a statement of a closure: the log has the statement of what should not happen.
pub(crate) fn refused(sql: &str, error: &rusqlite::Error) -> Error {
    let told = told(error);
    if told.fault().is_some() {
        tracing::error!(%error, sql, "a statement failed");
    } else if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) {
        tracing::warn!(sql, "a statement took too long");
    }
    told
}

/// What it means while the database is being opened.
pub(crate) fn cannot_open(error: &rusqlite::Error) -> OpenError {
    let told = told(error);
    match told.is_damage() {
        true => OpenError::Damaged(told.to_string()),
        false => OpenError::Engine(told),
    }
}
