//! SQL of enrolment: codes and boxes.

use database::{Error, Snapshot, Tx, params};
use jiff::Timestamp;
use sync_agent::Address;
use wire::CinemaId;
use wire::enrolment::Applicant;

use super::EnrolmentRefused;

/// Keeps the hash of a new code.
pub(crate) fn add_code(
    tx: &mut Tx<'_>,
    hash: &[u8; 32],
    cinema: &CinemaId,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    let row = params![hash, cinema.as_str(), until, now];
    let sql =
        "INSERT INTO enrolment_code (hash, cinema, until_ms, made_ms) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, row).map(drop)
}

/// Whether this cinema's box may be enrolled: it has none, and never had one.
pub(crate) fn check_has_none(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<(), EnrolmentRefused> {
    let sql = "SELECT revoked_ms FROM box WHERE cinema = $1";
    match snapshot.first(sql, params![cinema.as_str()], |row| {
        row.get::<Option<i64>>(0)
    })? {
        None => Ok(()),
        Some(None) => Err(EnrolmentRefused::HasABox),
        Some(Some(_)) => Err(EnrolmentRefused::HadABox),
    }
}

/// Binds the code to the applicant's keys, and enrols the box; says whether it was not, by the same code and key.
pub(crate) fn use_code(
    tx: &mut Tx<'_>,
    hash: &[u8; 32],
    address: &Address,
    applicant: &Applicant,
    now: Timestamp,
) -> Result<bool, EnrolmentRefused> {
    let find = "SELECT until_ms, frame_key FROM enrolment_code WHERE hash = $1 AND cinema = $2";
    let code = tx.first(find, params![hash, address.cinema.as_str()], |row| {
        Ok((row.get::<i64>(0)?, row.get::<Option<Vec<u8>>>(1)?))
    })?;
    let (until_ms, bound_to) = code.ok_or(EnrolmentRefused::WrongCode)?;
    let key = applicant.frame_key.as_bytes();
    match bound_to {
        Some(bound_to) if bound_to == key => return Ok(false),
        Some(_) => return Err(EnrolmentRefused::CodeOfAnotherBox),
        None if now.as_millisecond() > until_ms => return Err(EnrolmentRefused::WrongCode),
        None => check_has_none(tx, &address.cinema)?,
    }
    tx.execute(
        "UPDATE enrolment_code SET frame_key = $2 WHERE hash = $1",
        params![hash, key],
    )?;
    let life = applicant.incarnation.0;
    let row = params![
        address.cinema.as_str(),
        address.device.as_str(),
        key,
        applicant.ticket_key.as_bytes(),
        life.number,
        life.random.as_bytes(),
        now,
    ];
    tx.execute(
        "INSERT INTO box (cinema, device, frame_key, ticket_key, incarnation, incarnation_random, enrolled_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row,
    )?;
    Ok(true)
}

/// Revokes the keys of the cinema's box, if it has one.
pub(crate) fn revoke(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    now: Timestamp,
) -> Result<Option<Address>, Error> {
    let row = params![cinema.as_str(), now];
    tx.execute(
        "UPDATE box SET revoked_ms = $2 WHERE cinema = $1 AND revoked_ms IS NULL",
        row,
    )?;
    tx.first(
        "SELECT cinema, device FROM box WHERE cinema = $1",
        params![cinema.as_str()],
        |row| {
            Ok(Address {
                cinema: row.parse(0)?,
                device: row.parse(1)?,
            })
        },
    )
}
