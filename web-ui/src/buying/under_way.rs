//! What of this device's or guest's is under way, for a page that was opened anew: a reload, a restart, a browser that was wiped.

use box_office::{HoldId, SaleId, ShowtimeId};
use counter_api::{Hold, HoldState};

/// What a device or a guest at home has under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Seats are held.
    Choosing(ShowtimeId),
    /// A payment is under way.
    Paying(ShowtimeId, HoldId),
    /// Sold, and the guest may not have the tickets yet.
    Sold(SaleId),
}

/// Where a hold stands, if its guest may still be here.
pub fn found(hold: &Hold) -> Option<Found> {
    match hold.state {
        HoldState::Open => Some(Found::Choosing(hold.showtime.clone())),
        HoldState::Paying => Some(Found::Paying(hold.showtime.clone(), hold.id.clone())),
        HoldState::Settled => hold.sale.clone().map(Found::Sold),
        HoldState::Ended => None,
    }
}

/// Which of `holds`, the newest first, the page goes on with: one that is being paid before all others, for there is money in it.
pub fn to_go_on_with(holds: &[Hold]) -> Option<&Hold> {
    let is_paying = |hold: &&Hold| hold.state == HoldState::Paying;
    let paying = holds.iter().find(is_paying);
    paying.or_else(|| holds.iter().find(|hold| found(hold).is_some()))
}

#[cfg(test)]
mod tests {
    use super::super::payment::tests::hold;
    use super::*;

    #[test]
    fn money_comes_first_and_then_the_newest() {
        use HoldState::{Ended, Open, Paying, Settled};
        let check = |states: &[(HoldState, Option<&str>)], expected: Option<usize>| {
            let holds: Vec<Hold> = states
                .iter()
                .enumerate()
                .map(|(index, (state, sale))| Hold {
                    id: format!("h{index}").parse().unwrap(),
                    ..hold(*state, &[], *sale)
                })
                .collect();
            let wanted = expected.map(|index| &holds[index]);
            assert_eq!(to_go_on_with(&holds), wanted, "{states:?}");
        };
        check(&[], None);
        check(
            &[(Open, None), (Paying, None), (Settled, Some("1"))],
            Some(1),
        );
        check(&[(Open, None), (Settled, Some("1"))], Some(0));
        check(
            &[(Ended, None), (Settled, Some("1")), (Open, None)],
            Some(1),
        );
        check(&[(Settled, None)], None);
    }
}
