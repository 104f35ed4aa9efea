//! Whose turn it is at the printer, and who is set aside so that the next one has theirs.

use counter::catalogue;
use database::{Error, Snapshot, Tx};
use jiff::Timestamp;

use super::{Aside, Job, store};

/// Papers that one transaction sets aside: the rest have their turn in the next.
const MOST_SET_ASIDE: u32 = 500;

/// Doubtful prints of one paper before it is set aside: a quarter of an hour of pauses, and as many papers in the bin.
const MOST_DOUBTS: u32 = 6;

/// Begins the job whose turn it is. What cannot have its turn is set aside on the way.
pub(super) fn begin_next(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<Job>, Error> {
    for _ in 0..MOST_SET_ASIDE {
        let Some((id, job)) = store::oldest(tx)? else {
            return Ok(None);
        };
        let why = match job {
            Ok(mut job) => match why_aside(tx, &mut job, now)? {
                None => {
                    store::begin(tx, &job)?;
                    return Ok(Some(job));
                }
                Some(why) => why,
            },
            Err(error) => {
                tracing::error!(print_job.id = id, %error, "a ticket to be printed cannot be read; it is set aside");
                Aside::Unprintable
            }
        };
        tracing::warn!(
            print_job.id = id,
            why = why.words(),
            "a ticket is set aside"
        );
        store::set_aside(tx, id, why)?;
    }
    Ok(None)
}

/// Why a job should not have its turn, if it should not; the job learns how its showtime is planned by now.
fn why_aside(db: &mut Snapshot<'_>, job: &mut Job, now: Timestamp) -> Result<Option<Aside>, Error> {
    if job.tries >= MOST_DOUBTS {
        return Ok(Some(Aside::Unconfirmed));
    }
    let (cinema, showtime) = job.paper.showtime();
    let Some(planned) = catalogue::planned_now(db, cinema, showtime)? else {
        return Ok(None);
    };
    job.planned = Some(planned);
    let end = planned.ends_at;
    let is_asked_for = job.asked_at.is_some_and(|at| at >= end.as_millisecond());
    Ok((end <= now && !is_asked_for).then_some(Aside::Over))
}
