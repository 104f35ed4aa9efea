//! Why custody is not given.

use box_office::custody::CustodyRefusal;

use crate::Fault;

/// Why custody is not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustodyRefused {
    /// There is no such showtime.
    #[error("there is no such showtime")]
    UnknownShowtime,
    /// The rules of custody.
    #[error(transparent)]
    Custody(#[from] CustodyRefusal),
    /// Something broke on our side.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<database::Error> for CustodyRefused {
    fn from(error: database::Error) -> Self {
        Self::Fault(error.into())
    }
}
