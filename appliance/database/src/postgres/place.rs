//! Which database a connection has met: the server, the history of its own that it is in, and what a dump that is put back makes anew.

use sha2::{Digest as _, Sha256};

use super::session::Session;
use crate::statistics::Counters;
use crate::{Error, Snapshot};

/// Which database this is, in short.
pub(super) type Place = [u8; 16];

/// The server, and the history of its own that it is in: a standby that is promoted begins another. And the table of the mark itself, which
/// a dump that is put back makes anew.
const PLACE: &str = "SELECT CAST(system_identifier AS TEXT) || ' ' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) \
    || ' ' || CAST(CAST('marked' AS regclass) AS oid) FROM pg_control_system()";

/// The same as the first marks have it: the server alone.
const FIRST_PLACE: &str = "SELECT CAST(system_identifier AS TEXT) || ' ' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) \
    FROM pg_control_system()";

/// Which database this is. The schema is up to date.
pub(super) fn place(session: &mut Session) -> Result<Place, Error> {
    digest(session, PLACE)
}

/// The same as the first marks have it.
pub(super) fn first_place(session: &mut Session) -> Result<Place, Error> {
    digest(session, FIRST_PLACE)
}

fn digest(session: &mut Session, sql: &str) -> Result<Place, Error> {
    let named =
        Snapshot::new(session, &Counters::default()).first(sql, &[], |row| row.get::<String>(0))?;
    let digest: [u8; 32] = Sha256::digest(named.unwrap_or_default()).into();
    Ok(std::array::from_fn(|at| digest[at]))
}
