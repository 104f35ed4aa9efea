//! SQL of enrolment: codes and boxes.

use database::{Error, Snapshot, Tx, params};
use jiff::Timestamp;
use sync_agent::Address;
use wire::enrolment::Applicant;
use wire::{CinemaId, DeviceId};

use super::EnrolmentRefused;

/// Keeps the hash of a new code.
pub(crate) fn add_code(
    tx: &mut Tx<'_>,
    hash: &[u8; 32],
    (cinema, replaces): (&CinemaId, Option<&DeviceId>),
    until: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    let replaces = replaces.map(DeviceId::as_str);
    let row = params![hash, cinema.as_str(), until, now, replaces];
    let sql = "INSERT INTO enrolment_code (hash, cinema, until_ms, made_ms, replaces) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(sql, row).map(drop)
}

/// The box of a cinema, and when it was heard last.
pub(crate) fn box_of(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Option<(Address, Option<Timestamp>)>, Error> {
    let sql = "SELECT device, heard_ms FROM box WHERE cinema = $1";
    snapshot.first(sql, params![cinema.as_str()], |row| {
        let address = Address {
            cinema: cinema.clone(),
            device: row.parse(0)?,
        };
        Ok((address, row.get(1)?))
    })
}

/// The ticket keys of the boxes whose place others have taken, the first one first.
pub(crate) fn former_ticket_keys(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Vec<[u8; 32]>, Error> {
    let sql = "SELECT ticket_key FROM former_box WHERE cinema = $1 ORDER BY replaced_ms, device";
    snapshot.query(sql, params![cinema.as_str()], |row| row.get(0))
}

/// The boxes that a cinema had before, the last one first.
pub(crate) fn former_devices(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Vec<DeviceId>, Error> {
    let sql = "SELECT device FROM former_box WHERE cinema = $1 ORDER BY replaced_ms DESC, device";
    snapshot.query(sql, params![cinema.as_str()], |row| row.parse(0))
}

/// The ticket key of a box that is or was one of its cinema.
pub(crate) fn ticket_key(
    snapshot: &mut Snapshot<'_>,
    address: &Address,
) -> Result<Option<[u8; 32]>, Error> {
    let sql = "SELECT ticket_key FROM box WHERE cinema = $1 AND device = $2 \
        UNION ALL SELECT ticket_key FROM former_box WHERE cinema = $1 AND device = $2";
    let of = params![address.cinema.as_str(), address.device.as_str()];
    snapshot.first(sql, of, |row| row.get(0))
}

/// What came of presenting a code.
#[derive(Debug)]
pub(crate) struct Used {
    /// Whether the box is enrolled by this, and not by an earlier try.
    pub(crate) is_new: bool,
    /// The box whose place it has taken.
    pub(crate) replaces: Option<DeviceId>,
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

/// Whether a box is or was one of the cinema.
pub(crate) fn has_known(
    snapshot: &mut Snapshot<'_>,
    address: &Address,
) -> Result<bool, database::Error> {
    let sql = "SELECT 1 FROM box WHERE cinema = $1 AND device = $2 \
        UNION ALL SELECT 1 FROM former_box WHERE cinema = $1 AND device = $2";
    snapshot.has(
        sql,
        params![address.cinema.as_str(), address.device.as_str()],
    )
}

/// Binds the code to the applicant's keys, and enrols the box, in the place of another if the code says so; or finds that it was, by the same
/// code and key.
pub(crate) fn use_code(
    tx: &mut Tx<'_>,
    hash: &[u8; 32],
    (address, may_replace): (&Address, bool),
    applicant: &Applicant,
    now: Timestamp,
) -> Result<Used, EnrolmentRefused> {
    let find =
        "SELECT until_ms, frame_key, replaces FROM enrolment_code WHERE hash = $1 AND cinema = $2";
    let code = tx.first(find, params![hash, address.cinema.as_str()], |row| {
        let bound_to = row.get::<Option<Vec<u8>>>(1)?;
        Ok((row.get::<i64>(0)?, bound_to, row.parse_if_any(2)?))
    })?;
    let (until_ms, bound_to, replaces) = code.ok_or(EnrolmentRefused::WrongCode)?;
    let key = applicant.frame_key.as_bytes();
    match (bound_to, &replaces) {
        (Some(bound_to), _) if bound_to == key => {
            return Ok(Used {
                is_new: false,
                replaces,
            });
        }
        (Some(_), _) => return Err(EnrolmentRefused::CodeOfAnotherBox),
        (None, _) if now.as_millisecond() > until_ms => return Err(EnrolmentRefused::WrongCode),
        (None, None) => check_has_none(tx, &address.cinema)?,
        (None, Some(_)) if !may_replace => return Err(EnrolmentRefused::NotBlank),
        (None, Some(former)) => retire(tx, &address.cinema, former, now)?,
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
    Ok(Used {
        is_new: true,
        replaces,
    })
}

/// Makes room for another box: that of the cinema is a former one from here on. A code that names one which is replaced already is used up.
fn retire(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    former: &DeviceId,
    now: Timestamp,
) -> Result<(), EnrolmentRefused> {
    let keep = "INSERT INTO former_box (cinema, device, frame_key, ticket_key, incarnation, incarnation_random, enrolled_ms, heard_ms, \
        replaced_ms) SELECT cinema, device, frame_key, ticket_key, incarnation, incarnation_random, enrolled_ms, heard_ms, $3 FROM box \
        WHERE cinema = $1 AND device = $2";
    let of = params![cinema.as_str(), former.as_str(), now];
    if tx.execute(keep, of)? != 1 {
        return Err(EnrolmentRefused::WrongCode);
    }
    tx.execute(
        "DELETE FROM box WHERE cinema = $1",
        params![cinema.as_str()],
    )?;
    Ok(())
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
