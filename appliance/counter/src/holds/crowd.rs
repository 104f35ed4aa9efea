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

/// The seats of a showtime that are free and those that are held, and how the buyer stands among whoever holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowding {
    free: usize,
    held: usize,
    crowd: Crowd,
}

impl Crowding {
    /// So much is held that nobody keeps unpaid seats for longer than a hold lasts.
    pub(crate) fn is_much(self) -> bool {
        self.held > self.share(WORK_FROM_OF_A_HUNDRED)
    }

    fn share(self, of_a_hundred: usize) -> usize {
        ((self.free + self.held) * of_a_hundred / 100).max(ALWAYS)
    }
}

/// How crowded a showtime is, if it matters for this buyer. It is what was committed last: a few more at the same moment do no harm.
pub(crate) async fn crowding(
    at: &At,
    buyer: &Buyer,
    showtime: &ShowtimeId,
) -> Result<Option<Crowding>, HoldRefused> {
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
    Ok(counted.map(|(free, held)| Crowding { free, held, crowd }))
}

/// Whether somebody may hold so many more; whoever holds no more than before always may.
pub(crate) fn check(crowding: Crowding, more: usize) -> Result<(), HoldRefused> {
    let after = crowding.held + more;
    if more == 0 {
        Ok(())
    } else if after > crowding.share(MOST_OF_A_HUNDRED) {
        Err(HoldRefused::Crowded)
    } else if after > crowding.share(WORK_FROM_OF_A_HUNDRED) && !crowding.crowd.has_worked {
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
        let check = |(free, held), more, has_worked, expected| {
            let crowd = Crowd { has_worked };
            let found = check(Crowding { free, held, crowd }, more);
            assert_eq!(found, expected, "{held} of {}, {more}", free + held);
        };
        check((200, 0), 10, false, Ok(()));
        check((160, 40), 10, false, Ok(()));
        check((160, 40), 11, false, Err(HoldRefused::WorkNeeded));
        check((160, 40), 11, true, Ok(()));
        check((110, 90), 10, true, Ok(()));
        check((110, 90), 11, true, Err(HoldRefused::Crowded));
        check((110, 90), 11, false, Err(HoldRefused::Crowded));
        check((10, 190), 0, false, Ok(()));
        // The largest group fits wherever nobody else chooses.
        check((10, 0), 10, false, Ok(()));
        check((9, 1), 10, true, Err(HoldRefused::Crowded));
    }
}
