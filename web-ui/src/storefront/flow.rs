//! Where a guest at home is between the first seat and the tickets. Pure: what happens leads to the next step.

use box_office::{HoldId, SaleId};

/// Where the guest is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Step {
    /// The hub has not said yet what of this guest's is under way.
    #[default]
    Looking,
    /// Others choose first.
    Waiting,
    /// Seats and basket.
    Choosing,
    /// The card that pays.
    Card,
    /// The bank has the word.
    Paying(HoldId),
    /// Sold.
    Paid(SaleId),
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Nothing is under way, or seats are held.
    NothingUnderWay,
    /// A payment was under way when the page was opened.
    FoundPaying(HoldId),
    /// A payment had failed, and its seats are still held.
    FoundUnpaid,
    /// Others choose first.
    MustWait,
    /// It is the guest's turn to choose.
    HasTurn,
    /// The guest wants to pay.
    ToPay,
    /// The guest wants to see the seats.
    Back,
    /// The bank is asked for this hold's total.
    Began(HoldId),
    /// Declined or stopped: the seats are still held.
    NotPaid,
    /// The seats are not held any more.
    Lost,
    /// The tickets are issued.
    Sold(SaleId),
}

/// Where `event` leads. What means nothing where the guest is changes nothing.
pub fn next(step: Step, event: Event) -> Step {
    match (step, event) {
        (Step::Paid(sale), _) => Step::Paid(sale),
        (_, Event::Sold(sale)) => Step::Paid(sale),
        (Step::Looking, Event::NothingUnderWay) => Step::Choosing,
        (Step::Looking, Event::FoundPaying(hold)) => Step::Paying(hold),
        (Step::Looking, Event::FoundUnpaid) => Step::Card,
        (Step::Looking | Step::Choosing, Event::MustWait) => Step::Waiting,
        (Step::Looking | Step::Waiting, Event::HasTurn) => Step::Choosing,
        (Step::Choosing, Event::ToPay) => Step::Card,
        (Step::Choosing | Step::Card, Event::Began(hold)) => Step::Paying(hold),
        (Step::Card, Event::Back | Event::Lost) => Step::Choosing,
        // A payment under way ends only with its outcome, or money could be taken for seats that were given back.
        (Step::Paying(_), Event::NotPaid) => Step::Card,
        (Step::Paying(_), Event::Lost) => Step::Choosing,
        (step, _) => step,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(events: &[Event]) -> Step {
        (events.iter().cloned()).fold(Step::default(), next)
    }

    #[test]
    fn a_guest_comes_from_seats_over_the_card_to_the_tickets() {
        let hold: HoldId = "h".parse().unwrap();
        let sale: SaleId = "s".parse().unwrap();
        let paying = [
            Event::NothingUnderWay,
            Event::ToPay,
            Event::Began(hold.clone()),
        ];
        let then = |events: &[Event]| after(&[&paying, events].concat());
        assert_eq!(then(&[]), Step::Paying(hold.clone()));
        assert_eq!(then(&[Event::Back]), Step::Paying(hold.clone()));
        assert_eq!(then(&[Event::NotPaid]), Step::Card, "another card");
        assert_eq!(then(&[Event::NotPaid, Event::Back]), Step::Choosing);
        assert_eq!(then(&[Event::Lost]), Step::Choosing, "other seats");
        let sold = Event::Sold(sale.clone());
        assert_eq!(then(std::slice::from_ref(&sold)), Step::Paid(sale.clone()));
        assert_eq!(then(&[sold, Event::Back, Event::Lost]), Step::Paid(sale));
        assert_eq!(
            after(&[Event::FoundPaying(hold.clone())]),
            Step::Paying(hold.clone())
        );
        assert_eq!(after(&[Event::FoundUnpaid]), Step::Card);
        assert_eq!(
            after(&[Event::NothingUnderWay, Event::FoundPaying(hold)]),
            Step::Choosing,
            "a guest was faster"
        );
    }

    #[test]
    fn a_guest_waits_before_choosing_and_never_once_they_pay() {
        let hold: HoldId = "h".parse().unwrap();
        assert_eq!(after(&[Event::MustWait]), Step::Waiting);
        assert_eq!(after(&[Event::MustWait, Event::HasTurn]), Step::Choosing);
        let lost = [Event::HasTurn, Event::MustWait];
        assert_eq!(after(&lost), Step::Waiting, "others wait as well");
        let paying = [Event::HasTurn, Event::ToPay, Event::MustWait];
        assert_eq!(after(&paying), Step::Card);
        let paying = [paying.as_slice(), &[Event::Began(hold.clone())]].concat();
        let paying = [paying.as_slice(), &[Event::MustWait, Event::HasTurn]].concat();
        assert_eq!(after(&paying), Step::Paying(hold));
    }
}
