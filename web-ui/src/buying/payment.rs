//! What became of a card payment, read from the hold: the counter decides, the screen only tells.

use box_office::SaleId;
use counter_api::{DeclineReason, Hold, HoldState, TenderState};

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Whoever takes the money is at work, or is being asked.
    Waiting,
    /// Paid, and the tickets are issued.
    Sold(SaleId),
    /// The bank refused, and may have said why.
    Declined(Option<DeclineReason>),
    /// Stopped by the guest, or where the card is read.
    Cancelled,
    /// Paid, and given back or on its way back, because no ticket could be issued.
    Refunded,
    /// The seats were given back meanwhile.
    Ended,
    /// None was begun: the counter never heard of it.
    NotBegun,
}

/// What became of the latest payment of this hold.
pub fn outcome(hold: &Hold) -> Outcome {
    match (hold.state, &hold.sale) {
        (HoldState::Settled, Some(sale)) => Outcome::Sold(sale.clone()),
        (HoldState::Settled, None) | (HoldState::Paying, _) => Outcome::Waiting,
        (HoldState::Open, _) => latest(hold).unwrap_or(Outcome::NotBegun),
        (HoldState::Ended, _) => match latest(hold) {
            // Taken for seats that had gone: it goes back, or has.
            Some(Outcome::Refunded | Outcome::Waiting) => Outcome::Refunded,
            Some(_) | None => Outcome::Ended,
        },
    }
}

fn latest(hold: &Hold) -> Option<Outcome> {
    hold.tenders.last().map(|tender| match tender.state {
        TenderState::Pending | TenderState::Approved => Outcome::Waiting,
        TenderState::Declined => Outcome::Declined(tender.declined),
        TenderState::Cancelled => Outcome::Cancelled,
        TenderState::Refunded => Outcome::Refunded,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use box_office::Money;
    use counter_api::{Basket, Tender, TenderWay};

    use super::*;

    /// A hold in this state with such payments.
    pub fn hold(state: HoldState, tenders: &[TenderState], sale: Option<&str>) -> Hold {
        let zero = Money::zero("EUR".parse().unwrap());
        let tender = |state: &TenderState| Tender {
            id: "t".parse().unwrap(),
            way: TenderWay::Card,
            amount: zero,
            state: *state,
            card: None,
            given: None,
            step: None,
            declined: None,
        };
        Hold {
            id: "h".parse().unwrap(),
            showtime: "s".parse().unwrap(),
            expires_in_ms: 1,
            extendable: false,
            state,
            basket: Basket {
                lines: vec![],
                total: zero,
                tax: zero,
                paid: zero,
            },
            warnings: vec![],
            tenders: tenders.iter().map(tender).collect(),
            sale: sale.map(|id| id.parse().unwrap()),
            refunds_until: None,
            refunds_kept: None,
        }
    }

    #[test]
    fn only_the_latest_tender_counts() {
        use TenderState::{Approved, Declined, Pending, Refunded};
        let check = |state, tenders: &[TenderState], sale, expected| {
            assert_eq!(
                outcome(&hold(state, tenders, sale)),
                expected,
                "{state:?} {tenders:?}"
            );
        };
        check(
            HoldState::Paying,
            &[Declined, Pending],
            None,
            Outcome::Waiting,
        );
        check(HoldState::Open, &[Declined], None, Outcome::Declined(None));
        check(
            HoldState::Open,
            &[Declined, TenderState::Cancelled],
            None,
            Outcome::Cancelled,
        );
        check(HoldState::Open, &[Approved], None, Outcome::Waiting);
        check(
            HoldState::Settled,
            &[Approved],
            Some("1"),
            Outcome::Sold("1".parse().unwrap()),
        );
        check(HoldState::Ended, &[Refunded], None, Outcome::Refunded);
        check(HoldState::Ended, &[Approved], None, Outcome::Refunded);
        check(HoldState::Ended, &[], None, Outcome::Ended);
        check(HoldState::Open, &[], None, Outcome::NotBegun);
    }
}
