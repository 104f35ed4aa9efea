//! Whether a side may decide about the seats of a cinema, and as whom: read in the transaction of every decision.

mod store;

use box_office::custody::{Authority, Life, Standing};
use box_office::{CinemaId, Custodian};
use database::{Error, Snapshot};

pub(crate) use store::IS_FROZEN;

/// Where this side stands, in its present life.
pub(crate) fn read(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    side: Custodian,
    life: wire::Life,
) -> Result<Standing, Error> {
    let standing = Standing {
        side,
        life: Life {
            number: life.number,
            random: *life.random.as_bytes(),
        },
        other: None,
        authority: Authority::Whole,
        has_forgotten: false,
    };
    Ok(match store::stopped(db, cinema)? {
        None => standing,
        Some(why) => standing.stopped(why),
    })
}
