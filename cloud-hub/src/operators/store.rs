//! SQL of operators and their sessions.

use database::{Error, Snapshot, Tx, params};
use hub_api::Session;
use jiff::Timestamp;

use super::{Hash, OperatorName, SignedInAs};

/// How many sessions an operator may have: beyond them, the one that was used the longest ago ends.
const MOST_SESSIONS: u32 = 20;

/// A session that begins.
#[derive(Debug)]
pub(super) struct NewSession {
    pub(super) token: Hash,
    pub(super) id: String,
    pub(super) operator: OperatorName,
    pub(super) browser: String,
}

/// Sessions that were used or begun before are over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Until {
    pub(super) seen: Timestamp,
    pub(super) made: Timestamp,
}

/// Keeps a link, and the operator if there is none of this name.
pub(super) fn put_link(
    tx: &mut Tx<'_>,
    name: &OperatorName,
    link: &Hash,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO operator (name, link, link_until_ms, made_ms) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (name) DO UPDATE SET link = excluded.link, link_until_ms = excluded.link_until_ms";
    tx.execute(sql, params![name.as_str(), link, until, now])
        .map(drop)
}

/// Every operator, and whether they have chosen a password.
pub(super) fn all(snapshot: &mut Snapshot<'_>) -> Result<Vec<(String, bool)>, Error> {
    let sql =
        "SELECT name, CASE WHEN password IS NULL THEN 0 ELSE 1 END FROM operator ORDER BY name";
    snapshot.query(sql, &[], |row| Ok((row.get(0)?, row.get::<i64>(1)? == 1)))
}

pub(super) fn can_anybody_sign_in(snapshot: &mut Snapshot<'_>) -> Result<bool, Error> {
    snapshot.has("SELECT 1 FROM operator WHERE password IS NOT NULL", &[])
}

/// Whose link it is, as long as it can be used.
pub(super) fn of_link(
    snapshot: &mut Snapshot<'_>,
    link: &Hash,
    now: Timestamp,
) -> Result<Option<OperatorName>, Error> {
    let sql = "SELECT name FROM operator WHERE link = $1 AND link_until_ms > $2";
    snapshot.first(sql, params![link, now], |row| row.parse(0))
}

/// What is kept of the operator's password.
pub(super) fn password(
    snapshot: &mut Snapshot<'_>,
    name: &OperatorName,
) -> Result<Option<String>, Error> {
    let sql = "SELECT password FROM operator WHERE name = $1 AND password IS NOT NULL";
    snapshot.first(sql, params![name.as_str()], |row| row.get(0))
}

/// Uses the link up for a new password, and begins the operator's only session; whether the link could be used.
pub(super) fn choose_password(
    tx: &mut Tx<'_>,
    (name, link): (&OperatorName, &Hash),
    password: &str,
    session: &NewSession,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE operator SET password = $3, link = NULL, link_until_ms = NULL \
         WHERE name = $1 AND link = $2 AND link_until_ms > $4";
    if tx.execute(sql, params![name.as_str(), link, password, now])? == 0 {
        return Ok(false);
    }
    end_all(tx, name)?;
    add_session(tx, session, now)?;
    Ok(true)
}

/// Begins a session, if the password is still the one that was checked; whether it is.
pub(super) fn begin_session(
    tx: &mut Tx<'_>,
    (name, checked): (&OperatorName, &str),
    session: &NewSession,
    now: Timestamp,
) -> Result<bool, Error> {
    if password(tx, name)?.as_deref() != Some(checked) {
        return Ok(false);
    }
    add_session(tx, session, now)?;
    let sql = "DELETE FROM operator_session WHERE operator = $1 AND token NOT IN \
         (SELECT token FROM operator_session WHERE operator = $1 ORDER BY seen_ms DESC, made_ms DESC, token LIMIT $2)";
    tx.execute(sql, params![name.as_str(), MOST_SESSIONS])?;
    Ok(true)
}

fn add_session(tx: &mut Tx<'_>, session: &NewSession, now: Timestamp) -> Result<(), Error> {
    let row = params![
        &session.token,
        session.id.as_str(),
        session.operator.as_str(),
        now,
        session.browser.as_str(),
    ];
    let sql = "INSERT INTO operator_session (token, id, operator, made_ms, seen_ms, browser) VALUES ($1, $2, $3, $4, $4, $5)";
    tx.execute(sql, row).map(drop)
}

fn end_all(tx: &mut Tx<'_>, name: &OperatorName) -> Result<(), Error> {
    let sql = "DELETE FROM operator_session WHERE operator = $1";
    tx.execute(sql, params![name.as_str()]).map(drop)
}

/// Forgets the operator; whether there was one.
pub(super) fn remove(tx: &mut Tx<'_>, name: &OperatorName) -> Result<bool, Error> {
    end_all(tx, name)?;
    let sql = "DELETE FROM operator WHERE name = $1";
    Ok(tx.execute(sql, params![name.as_str()])? == 1)
}

/// Whose session it is and when it was used, if it is not over.
pub(super) fn find_session(
    snapshot: &mut Snapshot<'_>,
    token: &Hash,
    until: Until,
) -> Result<Option<(SignedInAs, Timestamp)>, Error> {
    let sql = "SELECT operator, id, seen_ms FROM operator_session WHERE token = $1 AND seen_ms > $2 AND made_ms > $3";
    snapshot.first(sql, params![token, until.seen, until.made], |row| {
        let found = SignedInAs {
            operator: row.parse(0)?,
            session: row.get(1)?,
        };
        Ok((found, row.get(2)?))
    })
}

/// Whether the session with this id is not over.
pub(super) fn goes_on(snapshot: &mut Snapshot<'_>, id: &str, until: Until) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM operator_session WHERE id = $1 AND seen_ms > $2 AND made_ms > $3";
    snapshot.has(sql, params![id, until.seen, until.made])
}

/// Keeps that a session is used.
pub(super) fn touch_session(tx: &mut Tx<'_>, token: &Hash, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE operator_session SET seen_ms = $2 WHERE token = $1";
    tx.execute(sql, params![token, now]).map(drop)
}

/// The operator's sessions that go on, the last used first.
pub(super) fn sessions(
    snapshot: &mut Snapshot<'_>,
    who: &SignedInAs,
    until: Until,
) -> Result<Vec<Session>, Error> {
    let sql = "SELECT id, made_ms, seen_ms, browser FROM operator_session WHERE operator = $1 AND seen_ms > $2 AND made_ms > $3 \
         ORDER BY seen_ms DESC, made_ms DESC, id";
    let values = params![who.operator.as_str(), until.seen, until.made];
    snapshot.query(sql, values, |row| {
        let id: String = row.get(0)?;
        Ok(Session {
            since: row.get::<Timestamp>(1)?.to_string(),
            seen: row.get::<Timestamp>(2)?.to_string(),
            browser: row.get(3)?,
            is_this: id == who.session,
            id,
        })
    })
}

/// Ends one of the operator's sessions; whether there was one.
pub(super) fn end_session(tx: &mut Tx<'_>, name: &OperatorName, id: &str) -> Result<bool, Error> {
    let sql = "DELETE FROM operator_session WHERE operator = $1 AND id = $2";
    Ok(tx.execute(sql, params![name.as_str(), id])? == 1)
}
