//! How many seats of a showtime guests at home hold together without having paid: a share, so that nobody locks a house by choosing, and
//! some work for whoever comes when much of the share is taken.

use box_office::ShowtimeId;

use super::HoldRefused;
use crate::buyer::{Buyer, Crowd};
use crate::counter::At;
use crate::seats;

/// Of the seats that are free or held, how many of a hundred may be held: the other half is for those who come and pay.
const MOST_OF_A_HUNDRED: usize = 50;

/// From how many of a hundred on a browser does some work first: fewer are held on any evening by people who choose.
const WORK_FROM_OF_A_HUNDRED: usize = 25;

/// So many may be held whatever the share is: the largest group.
const ALWAYS: usize = box_office::ledger::MOST_SEATS_PER_HOLD;

/// The seats of a showtime that are free, and those that are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowding {
    free: usize,
    held: usize,
}

/// How crowded a showtime is, if it matters for this buyer. It is what was committed last: a few more at the same moment do no harm.
pub(crate) async fn crowding(
    at: &At,
    buyer: &Buyer,
    showtime: &ShowtimeId,
) -> Result<Option<(Crowding, Crowd)>, HoldRefused> {
    let Some(crowd) = buyer.limits.crowd else {
        return Ok(None);
    };
    let count = || at.shop.live.free_and_held(showtime);
    let counted = match count() {
        Some(counted) => Some(counted),
        None => {
            seats::map(at, showtime).await?;
            count()
        }
    };
    Ok(counted.map(|(free, held)| (Crowding { free, held }, crowd)))
}

/// Whether somebody may hold so many more.
pub(crate) fn check(
    (Crowding { free, held }, crowd): (Crowding, Crowd),
    wanted: usize,
) -> Result<(), HoldRefused> {
    let share = |of_a_hundred: usize| ((free + held) * of_a_hundred / 100).max(ALWAYS);
    let after = held + wanted;
    if after > share(MOST_OF_A_HUNDRED) {
        Err(HoldRefused::Crowded)
    } else if after > share(WORK_FROM_OF_A_HUNDRED) && !crowd.has_worked {
        Err(HoldRefused::WorkNeeded)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_held_freely_half_with_work_and_no_more() {
        let check = |(free, held), wanted, has_worked, expected| {
            let found = check((Crowding { free, held }, Crowd { has_worked }), wanted);
            assert_eq!(found, expected, "{held} of {}, {wanted}", free + held);
        };
        check((200, 0), 10, false, Ok(()));
        check((160, 40), 10, false, Ok(()));
        check((160, 40), 11, false, Err(HoldRefused::WorkNeeded));
        check((160, 40), 11, true, Ok(()));
        check((110, 90), 10, true, Ok(()));
        check((110, 90), 11, true, Err(HoldRefused::Crowded));
        check((110, 90), 11, false, Err(HoldRefused::Crowded));
        // The largest group fits wherever nobody else chooses.
        check((10, 0), 10, false, Ok(()));
        check((9, 1), 10, true, Err(HoldRefused::Crowded));
    }
}
