//! A fact that contradicts what is stored.

use counter::Fault;
use database::Tx;
use jiff::Timestamp;
use wire::CinemaId;

use super::store::{self, Fact};

/// Shows the event of the cinema that told it to a person.
pub(super) fn dispute(
    tx: &mut Tx<'_>,
    (cinema, seq): (&CinemaId, u64),
    code: &str,
    (words, facts): (&str, &[Fact<'_>]),
    now: Timestamp,
) -> Result<(), Fault> {
    tracing::warn!(%cinema, event.seq = seq, code, words, "a fact contradicts what is stored");
    Ok(store::add_dispute(
        tx,
        (cinema, seq),
        code,
        (words, facts),
        None,
        now,
    )?)
}
