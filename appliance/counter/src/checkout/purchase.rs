//! A purchase with its payments, on its way through one transaction: each event is given to the machine that it concerns, and what follows
//! from one is given to the other until nothing follows any more.

use std::collections::VecDeque;
use std::sync::Arc;

use box_office::checkout::table::{Edge, Line};
use box_office::checkout::{
    self as machine, Means, Payment, PaymentEffect, PaymentEvent, PurchaseEffect, PurchaseFact,
    PurchaseRefusal, PurchaseTrigger, Step, Sums, Told, WordRefusal,
};
use box_office::custody::TicketState;
use box_office::ledger::LeftAlone;
use box_office::{Custodian, Epoch, HoldId, SeatId, ShowtimeId, TenderId};
use counter_api::RefundTerms;
use database::{Snapshot, Tx};

use super::cases::{self, Mover};
use super::sale;
use super::{CheckoutRefused, PurchaseNow, edge, store};
use crate::Fault;
use crate::buyer::Buyer;
use crate::catalogue::{self, CatalogueRefused, Sales, Scheduled};
use crate::counter::{At, Counter};
use crate::custody::{self, Hears, Unsold};
use crate::following::Errand;
use crate::holds::{self, HoldRefused, HoldRow};
use crate::ports::Details;
use crate::repeats::{KeyReused, Repeat};
use crate::seats;
use crate::sold::{PaymentRow, Sold};

/// A step of a purchase.
pub(super) type Moved = Step<machine::Purchase, PurchaseEffect>;

/// A purchase with its payments, as they stand in this transaction.
pub(super) struct Purchase {
    at: At,
    /// Who moves it, and why.
    mover: Mover,
    pub(super) hold: HoldRow,
    pub(super) showtime: ShowtimeId,
    pub(super) payments: Vec<PaymentRow>,
    /// Whether and as what its showtime is sold, once it was asked.
    sales: Option<(Sales, Arc<Scheduled>)>,
    /// Whether a payment was begun of which the hold's row does not know.
    has_begun: bool,
    /// What the guest's browser was given for the card that they pay with.
    card: Option<String>,
    /// By what right its seats are sold.
    right: sale::Right,
}

/// A payment that somebody begins.
pub(super) struct Tender<'a> {
    pub(super) id: &'a TenderId,
    pub(super) means: Means,
    pub(super) amount_minor: i64,
    pub(super) given_minor: Option<i64>,
    pub(super) repeat: Repeat,
}

impl Purchase {
    /// The purchase of a hold, which is unknown at any other cinema than its own.
    pub(super) fn of(db: &mut Snapshot<'_>, at: &At, hold: HoldRow) -> Result<Self, HoldRefused> {
        let showtime = catalogue::name_of(db, &at.catalogue(), hold.showtime)?;
        Ok(Self {
            at: at.clone(),
            mover: Mover::counter(),
            showtime: showtime.ok_or(HoldRefused::UnknownHold)?,
            payments: match hold.payments {
                0 => Vec::new(),
                _ => store::of_hold(db, &hold.id)?,
            },
            hold,
            sales: None,
            has_begun: false,
            card: None,
            right: sale::Right::Held,
        })
    }

    /// The purchase of a hold that is there at its cinema, because something names it.
    pub(super) fn with(db: &mut Snapshot<'_>, at: &At, hold: &HoldId) -> Result<Self, Fault> {
        let found = match holds::by_id(db, hold)? {
            Some(row) => Self::of(db, at, row),
            None => Err(HoldRefused::UnknownHold),
        };
        match found {
            Ok(purchase) => Ok(purchase),
            Err(HoldRefused::Fault(fault)) => Err(fault),
            Err(_) => Err(Fault::Broken(format!(
                "there is no hold {hold} at {}",
                at.cinema()
            ))),
        }
    }

    /// The purchase of this buyer.
    pub(super) fn of_buyer(
        db: &mut Snapshot<'_>,
        at: &At,
        buyer: &Buyer,
        hold: &HoldId,
    ) -> Result<Self, HoldRefused> {
        let row = holds::of_buyer(db, buyer, hold)?;
        Self::of(db, at, row)
    }

    /// Whether and as what its showtime is sold, read once.
    fn sales(
        &mut self,
        db: &mut Snapshot<'_>,
    ) -> Result<&(Sales, Arc<Scheduled>), CatalogueRefused> {
        let read = match self.sales.take() {
            Some(read) => read,
            None => catalogue::sold_as(db, &self.at.catalogue(), self.hold.showtime)?,
        };
        Ok(self.sales.insert(read))
    }

    /// By which rules its tickets go back, as a guest at home is told them while there is time, and whether there is.
    pub(super) fn refund_terms(
        &mut self,
        db: &mut Snapshot<'_>,
    ) -> Result<(RefundTerms, bool), CatalogueRefused> {
        let starts_at = self.sales(db)?.1.showtime.starts_at;
        let terms = self.hold.terms_at_any_time(&self.at, starts_at);
        let terms = terms.unwrap_or_default();
        let now = self.hold.told_terms(&self.at, starts_at);
        let has_time = now.is_some_and(|now| now == terms);
        Ok((terms, has_time))
    }

    /// Whether more money may be taken for it now.
    pub(super) fn check_on_sale(&mut self, db: &mut Snapshot<'_>) -> Result<(), CatalogueRefused> {
        let now = self.at.clock.now();
        self.sales(db)?.0.check_on_sale(now)
    }

    /// Whether tickets may be issued for it now.
    pub(super) fn check_may_issue(
        &mut self,
        db: &mut Snapshot<'_>,
    ) -> Result<(), CatalogueRefused> {
        let now = self.at.clock.now();
        self.sales(db)?.0.check_may_issue(now)
    }

    /// What its payments come to, and whether tickets may be issued now: none for a showtime that cannot be read, so that what was paid for it
    /// is given back.
    pub(super) fn sums(&mut self, db: &mut Snapshot<'_>) -> Result<Sums, Fault> {
        let may_issue = match self.check_may_issue(db) {
            Ok(()) => true,
            Err(CatalogueRefused::Fault(fault)) => return Err(fault),
            Err(_) => false,
        };
        let states = || self.payments.iter().map(|payment| payment.state);
        Ok(Sums {
            total_minor: self.hold.total_minor,
            paid_minor: states().map(Payment::paid_minor).sum(),
            in_flight: states().any(Payment::is_without_outcome),
            may_issue,
        })
    }

    /// As it is answered.
    pub(super) fn now(self, db: &mut Snapshot<'_>) -> Result<PurchaseNow, CheckoutRefused> {
        let (sale, lost) = match self.hold.state {
            machine::Purchase::Settled => (store::sale_of_hold(db, &self.hold.id)?, Vec::new()),
            machine::Purchase::Ended => (None, self.lost(db)?),
            machine::Purchase::Open { .. }
            | machine::Purchase::Paying { .. }
            | machine::Purchase::Releasing => (None, Vec::new()),
        };
        Ok(PurchaseNow {
            hold: self.hold,
            showtime: self.showtime,
            payments: self.payments,
            sale,
            left_alone: LeftAlone::default(),
            lost,
        })
    }

    /// Its seats that somebody has on the other side, or who has shown a ticket that nobody knew. It ends as a whole when it loses one: what is left may
    /// cost something else and leave a seat alone, and nobody pays for what they were not shown.
    fn lost(&self, db: &mut Snapshot<'_>) -> Result<Vec<SeatId>, Fault> {
        let mut lost = Vec::new();
        for line in &self.hold.lines {
            let of_seat = (&line.seat, Epoch::FIRST);
            if seats::is_heard_sold(db, self.hold.showtime, of_seat)? {
                lost.push(line.seat.clone());
            }
        }
        Ok(lost)
    }

    /// Begins a payment, for which the purchase takes `step`; `card` is what the guest's browser was given for it.
    pub(super) fn tender(
        mut self,
        tx: &mut Tx<'_>,
        (tender, card): (Tender<'_>, Option<String>),
        step: Moved,
    ) -> Result<PaymentRow, CheckoutRefused> {
        self.card = card;
        let payment = self.begin(tx, tender)?;
        self.take(tx, step, None)?;
        Ok(payment)
    }

    /// Issues the tickets, with `cash` for what is missing.
    pub(super) fn settle(
        mut self,
        tx: &mut Tx<'_>,
        cash: Option<Tender<'_>>,
        repeat: &Repeat,
    ) -> Result<Sold, CheckoutRefused> {
        // The key is kept once: with the cash, or else with the sale.
        let repeat = cash.is_none().then_some(repeat);
        if let Some(cash) = cash {
            self.begin(tx, cash)?;
        }
        let sums = self.sums(tx)?;
        let step = self.ask(tx, PurchaseTrigger::Settle, &sums)?;
        let sold = self.take(tx, step, repeat)?;
        sold.ok_or_else(|| Fault::Broken("a settled purchase has no sale".into()).into())
    }

    /// The hold's row learns of it by the step that is taken next.
    fn begin(
        &mut self,
        tx: &mut Tx<'_>,
        tender: Tender<'_>,
    ) -> Result<PaymentRow, CheckoutRefused> {
        let step = Payment::begin(tender.means, tender.amount_minor);
        let payment = PaymentRow {
            id: tender.id.clone(),
            hold: self.hold.id.clone(),
            nth: self.hold.payments,
            buyer: self.hold.buyer.clone(),
            means: tender.means,
            currency: self.hold.currency,
            amount_minor: tender.amount_minor,
            given_minor: tender.given_minor,
            state: step.state,
            slip: None,
            step: None,
            declined: None,
            started_ms: self.at.clock.now().as_millisecond(),
            repeat: tender.repeat,
        };
        if !store::add(tx, &payment)? {
            return Err(KeyReused.into());
        }
        (self.hold.payments, self.has_begun) = (self.hold.payments + 1, true);
        self.payments.push(payment.clone());
        for effect in step.effects {
            self.outside(tx, &payment, effect);
        }
        Ok(payment)
    }

    /// Its seats are not held: a person takes them over.
    pub(super) fn taking_over(mut self, reason: String) -> Self {
        self.right = sale::Right::TakenOver(reason);
        self
    }

    /// From here on `mover` moves it.
    pub(super) fn moved_by(mut self, mover: Mover) -> Self {
        self.mover = mover;
        self
    }

    /// Something has happened to a payment, with what is said beside it.
    pub(super) fn fact(
        &mut self,
        tx: &mut Tx<'_>,
        payment: &TenderId,
        event: PaymentEvent,
        details: &Details,
    ) -> Result<(), Fault> {
        self.word(tx, payment, event, details)?.map_err(|refused| {
            Fault::Broken(format!("a fact about {payment} was refused: {refused:?}"))
        })
    }

    /// As [`Purchase::fact`], where a person's word may be refused.
    pub(super) fn word(
        &mut self,
        tx: &mut Tx<'_>,
        payment: &TenderId,
        event: PaymentEvent,
        details: &Details,
    ) -> Result<Result<(), WordRefusal>, Fault> {
        let Some(index) = self.payments.iter().position(|known| known.id == *payment) else {
            return Err(Fault::Broken(format!("there is no payment {payment}")));
        };
        let before = self.payments[index].state;
        let told = match self.move_payment(tx, index, event, details)? {
            Ok(told) => told,
            Err(refused) => return Ok(Err(refused)),
        };
        let queue = told.into_iter().map(|told| (index, told)).collect();
        self.drain(tx, queue, None)
            .map_err(CheckoutRefused::into_fault)?;
        self.keeps_nobody_waiting(tx)?;
        let payment = &self.payments[index];
        cases::moved(tx, &self.at, payment, before, &self.mover)?;
        Ok(Ok(()))
    }

    /// A hub that recovers waits until nothing is held, and whoever holds something can neither pay nor give it back meanwhile: once the payment has
    /// failed that was under way, it is over. So is a hold of before what was forgotten, whatever a person has taken as it is: its seats may be sold.
    fn keeps_nobody_waiting(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let is_open = matches!(self.hold.state, machine::Purchase::Open { .. });
        let is_at_hub = self.at.side == Custodian::Hub;
        if is_open
            && (self.hold.is_doubted
                || is_at_hub && custody::hears(tx, &self.at, self.at.cinema())? == Hears::ToRecover)
        {
            self.moves(tx, PurchaseFact::BuyerGone)?;
        }
        Ok(())
    }

    /// Something has happened to it that is no matter of one payment.
    pub(super) fn happens(&mut self, tx: &mut Tx<'_>, fact: PurchaseFact) -> Result<(), Fault> {
        self.moves(tx, fact)?;
        self.keeps_nobody_waiting(tx)
    }

    fn moves(&mut self, tx: &mut Tx<'_>, fact: PurchaseFact) -> Result<(), Fault> {
        let step = self.on(tx, fact)?;
        self.take(tx, step, None)
            .map_err(CheckoutRefused::into_fault)
            .map(drop)
    }

    fn on(&mut self, tx: &mut Tx<'_>, fact: PurchaseFact) -> Result<Moved, Fault> {
        let sums = self.sums(tx)?;
        self.ask(tx, PurchaseTrigger::Fact(fact), &sums)
            .map_err(|refused| Fault::Broken(format!("{fact:?} was refused: {refused:?}")))
    }

    /// What becomes of it by `trigger`; nothing is saved yet.
    pub(super) fn ask(
        &self,
        tx: &mut Tx<'_>,
        trigger: PurchaseTrigger,
        sums: &Sums,
    ) -> Result<Moved, PurchaseRefusal> {
        let (state, now_ms) = (self.hold.state, self.at.running_ms());
        let step = match self.is_over_by_a_loss(trigger) {
            true => Err(PurchaseRefusal::Lapsed),
            false => state.ask(trigger, sums, now_ms),
        };
        edge::note(tx, self.hold.id.as_str(), || {
            let (given, step) = (*sums, step.clone());
            let edge = Edge {
                given,
                state,
                trigger,
                step,
            };
            Line::of_purchase(&edge, now_ms)
        });
        step
    }

    /// Of before what was forgotten, and waiting for no payment: it can only end.
    fn is_over_by_a_loss(&self, trigger: PurchaseTrigger) -> bool {
        let goes_on = match trigger {
            PurchaseTrigger::Choose
            | PurchaseTrigger::Extend { .. }
            | PurchaseTrigger::Tender(_)
            | PurchaseTrigger::Settle => true,
            PurchaseTrigger::Release | PurchaseTrigger::Fact(_) => false,
        };
        let is_open = matches!(self.hold.state, machine::Purchase::Open { .. });
        goes_on && is_open && self.hold.is_doubted
    }

    /// Takes a step that a person asked for, with all that follows; gives the sale if there is one.
    pub(super) fn take(
        &mut self,
        tx: &mut Tx<'_>,
        step: Moved,
        repeat: Option<&Repeat>,
    ) -> Result<Option<Sold>, CheckoutRefused> {
        let mut queue = VecDeque::new();
        let sold = self.step(tx, step, None, repeat, &mut queue)?;
        let more = self.drain(tx, queue, repeat)?;
        Ok(sold.or(more))
    }

    fn drain(
        &mut self,
        tx: &mut Tx<'_>,
        mut queue: VecDeque<(usize, Told)>,
        repeat: Option<&Repeat>,
    ) -> Result<Option<Sold>, CheckoutRefused> {
        let mut sold = None;
        while let Some((index, told)) = queue.pop_front() {
            let fact = match told {
                Told::Captured => {
                    if self.is_anothers(tx)? {
                        let lost = self.on(tx, PurchaseFact::SeatLost)?;
                        self.step(tx, lost, None, repeat, &mut queue)?;
                    }
                    PurchaseFact::Captured
                }
                Told::Failed => PurchaseFact::Failed,
                Told::Returned
                | Told::ReturnedUnasked
                | Told::ReturnedTwice
                | Told::Unknown
                | Told::StillOwed => {
                    let payment = &self.payments[index];
                    cases::told(tx, &self.at, payment, &self.showtime, told, &self.mover)?;
                    continue;
                }
            };
            let step = self.on(tx, fact)?;
            let more = self.step(tx, step, Some(index), repeat, &mut queue)?;
            sold = sold.or(more);
        }
        Ok(sold)
    }

    /// Whether a seat of a hold of before what was forgotten has gone from under it, or somebody has shown a ticket for one that none of its payments
    /// became: it was sold on in what is forgotten.
    fn is_anothers(&self, db: &mut Snapshot<'_>) -> Result<bool, Fault> {
        if !self.hold.is_doubted {
            return Ok(false);
        }
        let held = seats::held_by(db, self.hold.showtime, &self.hold.id)?;
        if held.len() < self.hold.lines.len() {
            return Ok(true);
        }
        for line in &self.hold.lines {
            let heard = custody::heard_of_seat(db, self.at.cinema(), (&self.showtime, &line.seat))?;
            let mut standing = heard
                .iter()
                .filter(|(_, state)| *state == TicketState::Live)
                .map(|(ticket, _)| ticket)
                .peekable();
            let is_ours = |ticket| sale::may_become(&self.payments, &line.seat, ticket);
            if standing.peek().is_some() && !standing.any(is_ours) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Saves where the purchase stands and does what is to be done; what its payments tell goes to the end of the queue.
    fn step(
        &mut self,
        tx: &mut Tx<'_>,
        step: Moved,
        this: Option<usize>,
        repeat: Option<&Repeat>,
        queue: &mut VecDeque<(usize, Told)>,
    ) -> Result<Option<Sold>, CheckoutRefused> {
        let before = std::mem::replace(&mut self.hold.state, step.state);
        let has_begun = std::mem::take(&mut self.has_begun);
        if (before != step.state || has_begun) && !holds::put_state(tx, &self.hold, before)? {
            let hold = &self.hold.id;
            return Err(Fault::Broken(format!("the hold {hold} was not {before:?}")).into());
        }
        self.tell_who_waits(tx);
        let mut sold = None;
        for effect in step.effects {
            match effect {
                PurchaseEffect::Issue => sold = Some(self.issue(tx, repeat)?),
                PurchaseEffect::Free => self.free(tx)?,
                PurchaseEffect::GiveBackAll { by_hand } => {
                    self.each(tx, PaymentEvent::GiveBack { by_hand }, queue)?;
                }
                PurchaseEffect::GiveBackThis => {
                    if let Some(index) = this {
                        let event = PaymentEvent::GiveBack { by_hand: false };
                        self.give(tx, index, event, queue)?;
                    }
                }
                PurchaseEffect::StopAll => self.each(tx, PaymentEvent::Stop, queue)?,
            }
        }
        Ok(sold)
    }

    /// Its seats are held no more. One of before what was forgotten has those that are its own still.
    fn free(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let (hold, showtime) = (&self.hold, &self.showtime);
        let of = (hold.showtime, showtime);
        let (places, seats): (Vec<usize>, Vec<SeatId>) = match hold.is_doubted {
            true => {
                let held = seats::held_by(tx, hold.showtime, &hold.id)?;
                held.into_iter().unzip()
            }
            false => {
                let seats = hold.lines.iter().map(|line| line.seat.clone());
                (hold.places(), seats.collect())
            }
        };
        seats::free(tx, &self.at, of, &hold.id, &places)?;
        let unsold = Unsold {
            seats: &seats,
            fetched: &hold.fetched,
            is_doubted: hold.is_doubted,
        };
        custody::end_unsold(tx, &self.at, of, unsold)
    }

    fn each(
        &mut self,
        tx: &mut Tx<'_>,
        event: PaymentEvent,
        queue: &mut VecDeque<(usize, Told)>,
    ) -> Result<(), Fault> {
        (0..self.payments.len()).try_for_each(|index| self.give(tx, index, event, queue))
    }

    fn give(
        &mut self,
        tx: &mut Tx<'_>,
        index: usize,
        event: PaymentEvent,
        queue: &mut VecDeque<(usize, Told)>,
    ) -> Result<(), Fault> {
        let told = self
            .move_payment(tx, index, event, &Details::default())?
            .map_err(|refused| Fault::Broken(format!("{event:?} was refused: {refused:?}")))?;
        queue.extend(told.into_iter().map(|told| (index, told)));
        Ok(())
    }

    /// Gives an event to a payment, saves where it stands, and has done after the commit what is to be done outside.
    fn move_payment(
        &mut self,
        tx: &mut Tx<'_>,
        index: usize,
        event: PaymentEvent,
        details: &Details,
    ) -> Result<Result<Vec<Told>, WordRefusal>, Fault> {
        let payment = &mut self.payments[index];
        let (before, former) = (payment.state, payment.clone());
        let step = before.on(payment.means, payment.amount_minor, event);
        edge::note(tx, payment.id.as_str(), || {
            Line::of_payment(&Edge {
                given: payment.means,
                state: before,
                trigger: event,
                step: step.clone(),
            })
        });
        let step = match step {
            Ok(step) => step,
            Err(refused) => return Ok(Err(refused)),
        };
        payment.state = step.state;
        payment.hears(event, details);
        if *payment != former && !store::put_state(tx, payment, before)? {
            let id = &payment.id;
            return Err(Fault::Broken(format!(
                "the payment {id} was not {before:?}"
            )));
        }
        let payment = payment.clone();
        if payment != former {
            self.tell_who_waits(tx);
        }
        let mut told = Vec::new();
        for effect in step.effects {
            match effect {
                PaymentEffect::Tell(what) => told.push(what),
                PaymentEffect::Ask
                | PaymentEffect::Look
                | PaymentEffect::Stop
                | PaymentEffect::Return { .. }
                | PaymentEffect::LookSoon
                | PaymentEffect::LookLater => self.outside(tx, &payment, effect),
            }
        }
        Ok(Ok(told))
    }

    /// Whoever waits for this hold to move hears of it once this is committed.
    fn tell_who_waits(&self, tx: &mut Tx<'_>) {
        let (counter, hold) = (Counter::clone(&self.at), self.hold.id.clone());
        tx.after_commit(move || counter.watching.moved(&hold));
    }

    /// Has something done outside once this is committed.
    fn outside(&self, tx: &mut Tx<'_>, payment: &PaymentRow, effect: PaymentEffect) {
        if let Some(errand) = Errand::of(self.at.cinema(), payment, effect, self.card.clone()) {
            let (counter, now) = (Counter::clone(&self.at), self.at.clock.monotonic());
            let patience = counter.patience();
            tx.after_commit(move || counter.following.hand_over(errand, now, patience));
        }
    }

    fn issue(&mut self, tx: &mut Tx<'_>, repeat: Option<&Repeat>) -> Result<Sold, CheckoutRefused> {
        self.check_may_issue(tx)?;
        let scheduled = Arc::clone(&self.sales(tx)?.1);
        let of = (&self.hold, &self.right);
        sale::issue(tx, &self.at, of, &scheduled, &self.payments, repeat)
    }
}

impl PaymentRow {
    /// Keeps what is said beside an event, and nothing that was said of a state that it has left.
    fn hears(&mut self, event: PaymentEvent, details: &Details) {
        use machine::Said;
        match event {
            PaymentEvent::Said(Said::Captured { .. }) => {
                self.slip = details.slip.clone().or(self.slip.take());
            }
            PaymentEvent::Said(Said::Step) => self.step.clone_from(&details.step),
            PaymentEvent::Said(Said::Declined) => self.declined = details.declined,
            PaymentEvent::Said(
                Said::NeverHeard | Said::Waiting | Said::Cancelled | Said::Returned,
            )
            | PaymentEvent::NoAnswer
            | PaymentEvent::Due
            | PaymentEvent::Stop
            | PaymentEvent::Restart
            | PaymentEvent::GiveBack { .. }
            | PaymentEvent::Deadline
            | PaymentEvent::Word(_) => {}
        }
        if self.state != Payment::StepNeeded {
            self.step = None;
        }
        if self.state != Payment::Declined {
            self.declined = None;
        }
    }
}
