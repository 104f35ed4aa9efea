//! A purchase with all its payments, composed once more in the plainest way: what the machines promise together, whatever happens to
//! them (`anything`), and with a terminal that is asked, loses answers, and outlives the process that asked (`terminal`).

mod anything;
mod terminal;

use std::collections::VecDeque;

use super::payment::{Payment, PaymentEffect, PaymentEvent, Said, Told, WordRefusal};
use super::purchase::{Purchase, PurchaseEffect, PurchaseFact, PurchaseRefusal, Sums};
use super::{Means, Step};

struct Paying {
    means: Means,
    amount_minor: i64,
    state: Payment,
    /// Whether a person was asked about it.
    is_asked_of_a_person: bool,
    /// Whether a person was told that it was given back twice.
    is_told_twice: bool,
}

struct World {
    purchase: Purchase,
    payments: Vec<Paying>,
    total_minor: i64,
    now_ms: i64,
    may_issue: bool,
    issued: bool,
    freed: bool,
    /// What is to be done outside, by payment.
    outside: Vec<(usize, PaymentEffect)>,
}

impl World {
    fn new(total_minor: i64, ends_ms: i64) -> Self {
        Self {
            purchase: Purchase::Open { ends_ms },
            payments: Vec::new(),
            total_minor,
            now_ms: 0,
            may_issue: true,
            issued: false,
            freed: false,
            outside: Vec::new(),
        }
    }

    fn sums(&self) -> Sums {
        let states = || self.payments.iter().map(|paying| paying.state);
        Sums {
            total_minor: self.total_minor,
            paid_minor: states().map(Payment::paid_minor).sum(),
            in_flight: states().any(Payment::is_without_outcome),
            may_issue: self.may_issue,
        }
    }

    /// Pays by a means: a card takes all that is missing, cash at most so much.
    fn pay(&mut self, means: Means, most_minor: i64) {
        let tendered = self.purchase.tender(means, &self.sums(), self.now_ms);
        let Ok((step, missing_minor)) = tendered else {
            return;
        };
        let amount_minor = match means {
            Means::Cash => missing_minor.min(most_minor),
            Means::Card => missing_minor,
        };
        let begun = Payment::begin(means, amount_minor);
        self.payments.push(Paying {
            means,
            amount_minor,
            state: begun.state,
            is_asked_of_a_person: false,
            is_told_twice: false,
        });
        let nth = self.payments.len() - 1;
        self.outside
            .extend(begun.effects.into_iter().map(|effect| (nth, effect)));
        self.take(step);
    }

    fn settle(&mut self) {
        // Whoever asks for tickets looks first whether there may be any.
        if self.may_issue {
            self.ask(Purchase::settle);
        }
    }

    fn release(&mut self) {
        self.ask(|state, _, _| state.release());
    }

    fn extend(&mut self, time_ms: i64) {
        self.ask(|state, sums, now_ms| state.extend(sums, now_ms, time_ms));
    }

    fn ask(
        &mut self,
        request: impl FnOnce(
            Purchase,
            &Sums,
            i64,
        ) -> Result<Step<Purchase, PurchaseEffect>, PurchaseRefusal>,
    ) {
        if let Ok(step) = request(self.purchase, &self.sums(), self.now_ms) {
            self.take(step);
        }
    }

    fn happen(&mut self, fact: PurchaseFact) {
        self.may_issue &= fact != PurchaseFact::ShowtimeGone;
        let step = self.purchase.on(fact, &self.sums(), self.now_ms);
        self.take(step);
    }

    fn take(&mut self, step: Step<Purchase, PurchaseEffect>) {
        let mut told = VecDeque::new();
        self.apply(step, None, &mut told);
        self.drain(told);
    }

    /// Something happens to a payment, with all that follows.
    fn tell(&mut self, nth: usize, event: PaymentEvent) -> Result<(), WordRefusal> {
        let mut told = VecDeque::new();
        self.move_payment(nth, event, &mut told)?;
        self.drain(told);
        Ok(())
    }

    fn drain(&mut self, mut told: VecDeque<(usize, Told)>) {
        while let Some((nth, what)) = told.pop_front() {
            let fact = match what {
                Told::Captured => PurchaseFact::Captured,
                Told::Failed => PurchaseFact::Failed,
                Told::Unknown | Told::StillOwed => {
                    self.payments[nth].is_asked_of_a_person = true;
                    continue;
                }
                Told::ReturnedTwice => {
                    self.payments[nth].is_told_twice = true;
                    continue;
                }
                Told::Returned | Told::ReturnedUnasked => continue,
            };
            let step = self.purchase.on(fact, &self.sums(), self.now_ms);
            self.apply(step, Some(nth), &mut told);
        }
    }

    fn move_payment(
        &mut self,
        nth: usize,
        event: PaymentEvent,
        told: &mut VecDeque<(usize, Told)>,
    ) -> Result<(), WordRefusal> {
        let paying = &mut self.payments[nth];
        let before = paying.state;
        let step = before.on(paying.means, paying.amount_minor, event)?;
        paying.state = step.state;
        if let PaymentEvent::Said(Said::Captured { amount_minor }) = event
            && before.stored().1.captured_minor == 0
            && !matches!(before, Payment::Returned(_))
        {
            let captured_minor = step.state.stored().1.captured_minor;
            assert_eq!(captured_minor, amount_minor, "a late capture is lost");
        }
        for effect in step.effects {
            match effect {
                PaymentEffect::Tell(what) => told.push_back((nth, what)),
                PaymentEffect::Ask
                | PaymentEffect::Look
                | PaymentEffect::Stop
                | PaymentEffect::Return { .. }
                | PaymentEffect::LookSoon
                | PaymentEffect::LookLater => self.outside.push((nth, effect)),
            }
        }
        Ok(())
    }

    fn apply(
        &mut self,
        step: Step<Purchase, PurchaseEffect>,
        this: Option<usize>,
        told: &mut VecDeque<(usize, Told)>,
    ) {
        self.purchase = step.state;
        for effect in step.effects {
            match effect {
                PurchaseEffect::Issue => {
                    assert!(!self.issued, "issued twice");
                    assert!(!self.freed, "issued after the seats were free");
                    assert!(self.may_issue, "issued for a showtime that is gone");
                    assert_eq!(self.sums().paid_minor, self.total_minor, "not its price");
                    self.issued = true;
                }
                PurchaseEffect::Free => {
                    assert!(!self.freed, "freed twice");
                    assert!(!self.issued, "sold seats were freed");
                    assert!(!self.sums().in_flight, "freed beside a payment in flight");
                    self.freed = true;
                }
                PurchaseEffect::GiveBackAll { by_hand } => {
                    self.each(PaymentEvent::GiveBack { by_hand }, told);
                }
                PurchaseEffect::GiveBackThis => {
                    let nth = this.unwrap_or_else(|| panic!("{effect:?} of no payment"));
                    let event = PaymentEvent::GiveBack { by_hand: false };
                    assert_eq!(self.move_payment(nth, event, told), Ok(()));
                }
                PurchaseEffect::StopAll => self.each(PaymentEvent::Stop, told),
            }
        }
    }

    fn each(&mut self, event: PaymentEvent, told: &mut VecDeque<(usize, Told)>) {
        for nth in 0..self.payments.len() {
            assert_eq!(self.move_payment(nth, event, told), Ok(()));
        }
    }

    /// What holds after every move.
    fn check(&self) {
        for paying in &self.payments {
            let taken = paying.state.stored().1;
            assert!(taken.returned_minor >= 0, "{:?}", paying.state);
            let kept_minor = taken.captured_minor - taken.returned_minor;
            assert!(kept_minor >= 0, "{:?} gives back too much", paying.state);
        }
        let sums = self.sums();
        match self.purchase {
            Purchase::Open { .. } => {
                assert!(!self.issued && !self.freed);
                assert!(!sums.in_flight, "its time runs beside a payment in flight");
            }
            Purchase::Paying { .. } | Purchase::Releasing => {
                assert!(!self.issued && !self.freed);
                assert!(sums.in_flight, "it waits for nothing");
            }
            Purchase::Settled => assert!(self.issued),
            Purchase::Ended => {
                assert!(self.freed);
                assert_eq!(sums.paid_minor, 0, "money without a ticket");
            }
        }
    }

    /// The showtime ends, and so does every wait that is not for a person.
    fn showtime_ends(&mut self) {
        self.may_issue = false;
        for nth in 0..self.payments.len() {
            assert_eq!(self.tell(nth, PaymentEvent::Deadline), Ok(()));
        }
    }

    /// What was taken is a ticket, is back, or is known to a person.
    fn check_end(&mut self) {
        self.now_ms = i64::MAX;
        self.happen(PurchaseFact::Lapse);
        self.showtime_ends();
        self.check();
        let is_over = matches!(self.purchase, Purchase::Settled | Purchase::Ended);
        assert!(is_over, "{:?} after the end", self.purchase);
        for paying in &self.payments {
            match paying.state {
                Payment::Captured(_) => assert!(self.issued, "taken for nothing"),
                Payment::Owed(_) | Payment::Returning(_) => {
                    assert!(paying.is_asked_of_a_person, "owed, and nobody knows");
                }
                Payment::Declined | Payment::Cancelled { .. } | Payment::Returned(_) => {}
                Payment::Intended
                | Payment::Asked
                | Payment::StepNeeded
                | Payment::Stopping
                | Payment::Case => panic!("{:?} after the end", paying.state),
            }
        }
    }
}
