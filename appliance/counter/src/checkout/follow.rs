//! What is done outside: the terminal is asked after the commit that intended it, again and again until it says something, and what it says
//! is recorded. A process that begins takes up what it finds.

use std::sync::atomic::Ordering;
use std::time::Duration;

use box_office::checkout::{Payment, PaymentEffect, PaymentEvent, PurchaseFact, Said};
use box_office::{HoldId, TenderId};
use database::{Snapshot, Tx};
use service::Due;

use super::cases::{self, Mover};
use super::purchase::Purchase;
use super::{CheckoutRefused, store};
use crate::Fault;
use crate::counter::{At, Counter};
use crate::following::{Errand, LOOK_LATER, LOOK_SOON, SetBack, Whose};
use crate::in_hand::InHand;
use crate::ports::{Answer, Charge, Details, NoAnswer, Ordered, Stopped};
use crate::running_time::WRITTEN_EVERY;
use crate::sold::PaymentRow;
use crate::{catalogue, holds};

/// What is set aside, in words.
const HOLD: &str = "hold";
const PAYMENT: &str = "payment";

/// The longest pause between two looks at what has come due: the end of a showtime is told by the wall clock, which may jump.
const LOOKED_AT: Duration = WRITTEN_EVERY;

/// How often the ends of showtimes are looked at, at most: a card under way rings several times a second.
const ENDS_EVERY: Duration = Duration::from_secs(1);

/// Asks in the background, and records what is said.
fn begin(counter: &Counter, errand: Errand) {
    let Some(at) = counter.at(&errand.cinema) else {
        return tracing::error!(tender.id = %errand.payment, "a payment's cinema is not known");
    };
    let shutdown = counter.lifecycle.shutdown().clone();
    counter.lifecycle.run("payment", async move {
        let _asked = Asked(&at, errand.payment.clone());
        tokio::select! { biased; () = shutdown.cancelled() => {} () = ask(&at, errand) => {} }
    });
}

/// A payment that is asked about: if a fault of ours ends the question, it is asked again.
struct Asked<'a>(&'a At, TenderId);

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (Self(at, payment), following) = (&*self, &self.0.following);
            following.look_again(payment, at.clock.monotonic() + LOOK_LATER);
        }
    }
}

async fn ask(at: &At, errand: Errand) {
    let (payment, following) = (&errand.payment, &at.following);
    let in_hand = match errand.what {
        PaymentEffect::Return { .. } => match in_hand(at, payment).await {
            Ok(Some(in_hand)) => Some(in_hand),
            Ok(None) => return following.look_again(payment, at.clock.monotonic() + LOOK_LATER),
            Err(fault) => {
                let when = set_aside(at, (PAYMENT, payment.as_str()), &errand.what, &fault);
                return following.look_again(payment, when);
            }
        },
        PaymentEffect::Ask
        | PaymentEffect::Look
        | PaymentEffect::Stop
        | PaymentEffect::LookSoon
        | PaymentEffect::LookLater
        | PaymentEffect::Tell(_) => None,
    };
    let words = following.words_about(payment);
    let answer = answer(at, &errand).await;
    if answer.is_ok() {
        following.speaks(payment);
    }
    let never = answer
        .as_ref()
        .ok()
        .and_then(|(_, details)| details.never.clone());
    let (event, details) = match answer {
        // They have not done what they were asked to do, and are not asked again at once.
        Ok((Said::Captured { .. }, _)) if matches!(errand.what, PaymentEffect::Return { .. }) => {
            (PaymentEvent::NoAnswer, Details::default())
        }
        Ok((Said::NeverHeard, _)) if errand.what == PaymentEffect::Stop => {
            (PaymentEvent::NoAnswer, Details::default())
        }
        Ok((said, details)) => (PaymentEvent::Said(said), details),
        Err(no_answer) => {
            // Once: a terminal may be silent for days.
            if following.is_newly_silent(payment) {
                tracing::warn!(tender.id = %payment, %no_answer, "the terminal gives no outcome; asking again and again");
            }
            (PaymentEvent::NoAnswer, Details::default())
        }
    };
    let recorded = record_answer(at, (payment, words), &errand.hold, event, details).await;
    // Whoever is asked to give it by hand may say so at once.
    drop(in_hand);
    let recorded = match (recorded, never) {
        (Ok(()), Some(why)) => must_give(at, &errand, why).await,
        (recorded, _) => recorded,
    };
    match recorded {
        Ok(()) => goes_on(at, payment.as_str()),
        Err(fault) => {
            let when = set_aside(at, (PAYMENT, payment.as_str()), &event, &fault);
            following.look_again(payment, when);
        }
    }
}

/// Takes a payment in hand that is to go back; nothing, if a person gives it by hand at this moment, or has since it was wanted.
async fn in_hand(at: &At, payment: &TenderId) -> Result<Option<InHand<TenderId>>, Fault> {
    let Some(in_hand) = at.following.returning.take(payment) else {
        return Ok(None);
    };
    let wanted = payment.clone();
    let row = at
        .database
        .read(move |db| store::by_id(db, &wanted))
        .await?;
    let is_returning = row.is_some_and(|row| matches!(row.state, Payment::Returning(_)));
    Ok(is_returning.then_some(in_hand))
}

/// They will not give it back: a person must, however long the showtime lasts yet.
async fn must_give(at: &At, errand: &Errand, why: String) -> Result<(), Fault> {
    let payment = errand.payment.clone();
    move_on(at, &errand.hold, move |tx, purchase| {
        let nothing = Details::default();
        let mut moved = purchase.moved_by(Mover::refused(why.clone()));
        moved.fact(tx, &payment, PaymentEvent::Deadline, &nothing)
    })
    .await
}

async fn answer(at: &At, errand: &Errand) -> Answer {
    let Some(cards) = at.ports.cards() else {
        return Err(NoAnswer("no card terminal is set up".to_owned()));
    };
    let charge = Charge {
        reference: errand.payment.clone(),
        amount: errand.amount,
        cinema: errand.cinema.clone(),
        hold: errand.hold.clone(),
        order: ordered(at, &errand.hold).await?,
        theirs: errand.theirs.clone(),
    };
    match errand.what {
        PaymentEffect::Ask => cards.ask(&charge, errand.card.clone()).await,
        PaymentEffect::Stop => cards.stop(&charge).await,
        PaymentEffect::Return { .. } => cards.give_back(&charge).await,
        PaymentEffect::Look
        | PaymentEffect::LookSoon
        | PaymentEffect::LookLater
        | PaymentEffect::Tell(_) => cards.look(&charge).await,
    }
}

/// What a hold is for.
async fn ordered(at: &At, hold: &HoldId) -> Result<Option<Ordered>, NoAnswer> {
    let hold = hold.clone();
    let find = move |db: &mut Snapshot<'_>| {
        let Some(row) = holds::by_id(db, &hold)? else {
            return Ok(None);
        };
        let showtime = catalogue::named(db, row.showtime)?.id;
        let seats = row.lines.into_iter().map(|line| line.seat).collect();
        Ok::<_, Fault>(Some(Ordered { showtime, seats }))
    };
    let found = at.database.read(find).await;
    found.map_err(|fault| NoAnswer(fault.to_string()))
}

/// Records what has happened to a payment, with all that follows from it.
async fn record(
    at: &At,
    payment: &TenderId,
    hold: &HoldId,
    event: PaymentEvent,
    details: Details,
) -> Result<(), Fault> {
    let payment = payment.clone();
    move_on(at, hold, move |tx, purchase| {
        let mut moved = purchase.moved_by(mover_of(event));
        moved.fact(tx, &payment, event, &details)
    })
    .await
}

/// Who moves a payment by this.
fn mover_of(event: PaymentEvent) -> Mover {
    if let PaymentEvent::Said(said) = event {
        Mover::terminal(said)
    } else {
        Mover::counter()
    }
}

/// Records what was answered to a question that was asked when a person had said so many words about the payment. What was true before
/// another word is no answer to it: they are asked again, else a refund between the answer and the word would never be heard of.
async fn record_answer(
    at: &At,
    (payment, words): (&TenderId, u64),
    hold: &HoldId,
    event: PaymentEvent,
    details: Details,
) -> Result<(), Fault> {
    let (acting, payment) = (at.clone(), payment.clone());
    move_on(at, hold, move |tx, purchase| {
        let is_later = acting.following.words_about(&payment) != words;
        let (event, details) = match is_later {
            true => (PaymentEvent::NoAnswer, Details::default()),
            false => (event, details.clone()),
        };
        let mut moved = purchase.moved_by(mover_of(event));
        moved.fact(tx, &payment, event, &details)
    })
    .await
}

/// Moves a purchase on, in a transaction of its own.
async fn move_on(
    at: &At,
    hold: &HoldId,
    mut by: impl FnMut(&mut Tx<'_>, Purchase) -> Result<(), Fault> + Send + 'static,
) -> Result<(), Fault> {
    let (acting, hold) = (at.clone(), hold.clone());
    at.database
        .write(at.scope(), move |tx| {
            let purchase = Purchase::with(tx, &acting, &hold)?;
            by(tx, purchase)
        })
        .await
}

/// Asks the terminal whether it has given back what a person is about to give back by hand, and records it if so; the answer to an
/// earlier refund may have been lost. While it has the refund in hand, nobody else gives it back. A terminal that is not reached says
/// nothing, and the person must know.
pub(super) async fn look_before_hand(at: &At, payment: &PaymentRow) -> Result<(), CheckoutRefused> {
    let (Payment::Returning(taken), Some(_)) = (payment.state, at.ports.cards()) else {
        return Ok(());
    };
    let words = at.following.words_about(&payment.id);
    match look(at, payment, None).await {
        Ok((Said::Returned, details)) => {
            let event = PaymentEvent::Said(Said::Returned);
            Ok(record_answer(at, (&payment.id, words), &payment.hold, event, details).await?)
        }
        // Who has said that it is here, and says now that it waits, has the refund in hand.
        Ok((Said::Waiting, _)) if taken.heard => Err(CheckoutRefused::RefundUnderWay),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// What became of a payment, as whoever takes the money says at this moment; asked by the name under which they called it, if they have.
async fn look(at: &At, payment: &PaymentRow, theirs: Option<String>) -> Answer {
    let look = Errand::of(at.cinema(), payment, PaymentEffect::Look, None);
    match look {
        Some(mut errand) => {
            errand.theirs = errand.theirs.or(theirs);
            answer(at, &errand).await
        }
        None => Err(NoAnswer("there is nothing to ask".to_owned())),
    }
}

/// Whoever takes the money calls: something has become of a payment. What it is they are asked, and it is recorded when this returns; says
/// whether there is such a payment. `theirs` is by which name they called it, if that is another. To be called twice is no harm, and what is
/// forgotten is looked at in its turn.
///
/// # Errors
/// They do not answer, or it could not be recorded: whoever called should call again.
pub async fn called_about(
    counter: &Counter,
    payment: TenderId,
    theirs: Option<String>,
) -> Result<bool, CalledInVain> {
    if counter.ports.stopped() == Some(Stopped::All) {
        return Err(Fault::Stopped.into());
    }
    let (asking, wanted) = (counter.clone(), payment.clone());
    let find = move |db: &mut Snapshot<'_>| {
        let Some(row) = store::by_id(db, &wanted)? else {
            return Ok(None);
        };
        let at = at_of(db, &asking, &row.hold)?;
        Ok::<_, Fault>(Some((row, at)))
    };
    let Some((row, at)) = counter.database.read(find).await? else {
        return Ok(false);
    };
    let words = at.following.words_about(&payment);
    let (said, details) = look(&at, &row, theirs).await?;
    let event = PaymentEvent::Said(said);
    record_answer(&at, (&payment, words), &row.hold, event, details).await?;
    Ok(true)
}

/// Why nothing came of a call.
#[derive(Debug, thiserror::Error)]
pub enum CalledInVain {
    /// Whoever takes the money does not say what became of it.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// It could not be recorded.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The counter at the cinema of a hold.
pub(super) fn at_of(db: &mut Snapshot<'_>, counter: &Counter, hold: &HoldId) -> Result<At, Fault> {
    let showtime = holds::showtime_of(db, hold)?
        .ok_or_else(|| Fault::Broken(format!("there is no hold {hold}")))?;
    let cinema = catalogue::named(db, showtime)?.cinema;
    counter
        .at(&cinema)
        .ok_or_else(|| Fault::Broken(format!("there is no catalogue of {cinema}")))
}

/// The counter at the cinema of a hold.
pub(super) async fn at(counter: &Counter, hold: &HoldId) -> Result<At, Fault> {
    let (asking, of) = (counter.clone(), hold.clone());
    let found = counter.database.read(move |db| at_of(db, &asking, &of));
    found.await
}

/// Every payment that is not finished hears that a process begins; says whether they could be read.
async fn take_up(counter: &Counter) -> bool {
    let what = "the payments that are not finished";
    let Some(found) = seen(counter, what, store::unfinished).await else {
        return false;
    };
    for (payment, hold) in found {
        tell(counter, &payment, &hold, PaymentEvent::Restart).await;
    }
    true
}

/// What came of ending the purchases of whoever may buy no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoneEnded {
    /// Each has heard of it.
    All {
        /// How many there were.
        ended: usize,
    },
    /// Some have not, and are told as soon as that can be.
    Some {
        /// How many have.
        ended: usize,
        /// How many have not.
        left: usize,
    },
    /// It could not be seen which there are; they are told as soon as that can be.
    Unseen,
}

/// Ends the purchases of whoever may buy no more: their seats are free, what they counted is for a person, and a payment under way is
/// stopped first. What cannot end at once does so later, whatever becomes of the caller.
pub async fn end_of_the_gone(counter: &Counter) -> GoneEnded {
    counter.following.must_end_the_gone();
    let Some(gone) = gone(counter).await else {
        counter.following.ring();
        return GoneEnded::Unseen;
    };
    let mut ended = 0;
    for hold in &gone {
        let told = tell_hold_at_once(counter, hold, PurchaseFact::BuyerGone);
        ended += usize::from(told.await);
    }
    match gone.len() - ended {
        0 => GoneEnded::All { ended },
        left => {
            counter.following.ring();
            GoneEnded::Some { ended, left }
        }
    }
}

/// The same for those who are left; gives when there is more to do, if there is.
async fn end_the_left(counter: &Counter, now: Duration) -> Option<Duration> {
    if !counter.following.take_gone_to_end() {
        return None;
    }
    let mut all = false;
    if let Some(gone) = gone(counter).await {
        all = true;
        for hold in &gone {
            all &= tell_hold(counter, hold, PurchaseFact::BuyerGone).await;
        }
    }
    if all {
        return None;
    }
    counter.following.must_end_the_gone();
    Some(now + LOOK_LATER)
}

/// The holds under way of whoever may buy no more; nothing, where that could not be seen.
async fn gone(counter: &Counter) -> Option<Vec<HoldId>> {
    let mut found = seen(counter, "whose the holds are", holds::buyers).await?;
    found.retain(|(_, buyer)| !counter.ports.is_welcome(buyer));
    Some(found.into_iter().map(|(hold, _)| hold).collect())
}

/// What a look at the database finds; nothing, where it could not look: it looks again before long.
async fn seen<T, E>(
    counter: &Counter,
    what: &'static str,
    look: impl FnOnce(&mut Snapshot<'_>) -> Result<T, E> + Send + 'static,
) -> Option<T>
where
    T: Send + 'static,
    E: From<database::Error> + Into<Fault> + Send + 'static,
{
    match counter.database.read(look).await {
        Ok(found) => {
            counter.following.succeeds(what);
            Some(found)
        }
        Err(fault) => {
            let fault = fault.into();
            counter.broke(&fault);
            if counter.following.fails_anew(what, fault.to_string()) {
                tracing::error!(%fault, "{what} could not be looked at; trying again");
            }
            None
        }
    }
}

/// Gives a fact to a purchase, and says whether it has taken it; one that cannot is set aside and found again by a later sweep, and stops
/// nobody else.
async fn tell_hold(counter: &Counter, hold: &HoldId, fact: PurchaseFact) -> bool {
    let now = counter.clock.monotonic();
    !counter.following.waits_aside(hold.as_str(), now)
        && tell_hold_at_once(counter, hold, fact).await
}

/// The same, though it was set aside.
async fn tell_hold_at_once(counter: &Counter, hold: &HoldId, fact: PurchaseFact) -> bool {
    let told = match at(counter, hold).await {
        Ok(at) => move_on(&at, hold, move |tx, mut of| of.happens(tx, fact)).await,
        Err(fault) => Err(fault),
    };
    match &told {
        Ok(()) => goes_on(counter, hold.as_str()),
        Err(fault) => {
            set_aside(counter, (HOLD, hold.as_str()), &fact, fault);
        }
    }
    told.is_ok()
}

/// Gives an event to a payment; one that cannot take it is set aside and looked at again later, and stops nobody else.
async fn tell(counter: &Counter, payment: &TenderId, hold: &HoldId, event: PaymentEvent) {
    let told = match at(counter, hold).await {
        Ok(at) => record(&at, payment, hold, event, Details::default()).await,
        Err(fault) => Err(fault),
    };
    match told {
        // What it wants asked tells whether it goes on.
        Ok(()) if counter.following.has_errand(payment) => {}
        Ok(()) => goes_on(counter, payment.as_str()),
        Err(fault) => {
            let when = set_aside(counter, (PAYMENT, payment.as_str()), &event, &fault);
            counter.following.look_again(payment, when);
        }
    }
}

/// Counts a fault, and sets aside what it keeps from going on; gives when it is tried again. It is said once, however often it is tried.
fn set_aside(
    counter: &Counter,
    (what, id): (&'static str, &str),
    step: &dyn std::fmt::Debug,
    fault: &Fault,
) -> Duration {
    counter.broke(fault);
    let whose = match fault.is_of_the_thing() {
        true => Whose::Its,
        false => Whose::TheMoments,
    };
    let (why, now) = (fault.to_string(), counter.clock.monotonic());
    let SetBack { again, is_news } = (counter.following).set_aside((what, id), (whose, why), now);
    if is_news {
        tracing::error!(id, %fault, ?step, "a {what} cannot go on; trying again");
    }
    again
}

/// What could not go on goes on.
fn goes_on(counter: &Counter, id: &str) {
    if counter.following.goes_on(id) {
        tracing::info!("what was held up goes on");
    }
}

/// Does what has come due: first of all what an earlier process left, then what commits want asked, payments whose showtime has ended,
/// payments to look at, holds whose time is over.
pub async fn run_due(counter: Counter, now: Duration) -> Due {
    let counter = &counter;
    if let Some(Stopped::All) = counter.ports.stopped() {
        return Due::At(now + LOOK_LATER);
    }
    let taken_up = &counter.following.taken_up;
    let was_taken_up = taken_up.swap(false, Ordering::Relaxed);
    if !was_taken_up {
        counter.following.must_end_the_gone();
    }
    let next_of_the_gone = end_the_left(counter, now).await;
    let has_taken_up = was_taken_up || take_up(counter).await;
    for errand in counter.following.take_errands() {
        begin(counter, errand);
    }
    // What is over is for a person, and before the terminal is asked to stop.
    if counter.following.take_ends_due(now, ENDS_EVERY) {
        deadlines(counter).await;
        wait_for_nothing(counter).await;
    }
    for payment in counter.following.take_due(now) {
        let wanted = payment.clone();
        let find = move |db: &mut Snapshot<'_>| store::standing_of(db, &wanted);
        match seen(counter, "a payment that is due", find).await {
            Some(Some((hold, waits))) => {
                let event = what_is_due(counter, &payment, waits, now);
                tell(counter, &payment, &hold, event).await;
            }
            Some(None) => {}
            None => counter.following.look_again(&payment, now + LOOK_LATER),
        }
    }
    let next_end = lapse(counter, now).await;
    forget_the_ended(counter, now).await;
    if let Some(open) = seen(counter, "the open cases", crate::cases::count_of_money).await {
        counter.following.show_open_cases(open);
    }
    taken_up.store(has_taken_up, Ordering::Relaxed);
    // A hold that is made after this look ends after the next.
    let next_look = now + LOOKED_AT.min(counter.selling.hold_time);
    let due = [
        counter.following.next_due(),
        (counter.following.next_aside()).map(|at| at.max(now + LOOK_SOON)),
        next_of_the_gone,
        next_end,
    ]
    .into_iter()
    .flatten();
    Due::At(due.fold(next_look, Duration::min))
}

/// What a payment that is due hears: that it is time to look again, or that nobody has paid for too long.
fn what_is_due(counter: &Counter, payment: &TenderId, waits: bool, now: Duration) -> PaymentEvent {
    if !waits {
        counter.following.waits_no_more(payment);
        return PaymentEvent::Due;
    }
    if counter.following.waits_for(payment, now) < counter.patience().longest {
        return PaymentEvent::Due;
    }
    tracing::warn!(tender.id = %payment, "nobody has paid at the terminal; it is asked to stop");
    PaymentEvent::Stop
}

/// Payments without an outcome, or owed back, whose showtime has ended become cases.
async fn deadlines(counter: &Counter) {
    let now = counter.clock.now();
    let find = move |db: &mut Snapshot<'_>| {
        let mut due = Vec::new();
        for (payment, hold) in store::unfinished(db)? {
            if !cases::has_one(db, &payment)?
                && let Some(showtime) = holds::showtime_of(db, &hold)?
                && catalogue::named(db, showtime)?.ends_at <= now
            {
                due.push((payment, hold));
            }
        }
        Ok::<_, Fault>(due)
    };
    let due = seen(counter, "the payments without an outcome", find).await;
    let now = counter.clock.monotonic();
    for (payment, hold) in due.unwrap_or_default() {
        if counter.following.waits_aside(payment.as_str(), now) {
            continue;
        }
        tell(counter, &payment, &hold, PaymentEvent::Deadline).await;
    }
}

/// Purchases that wait for the outcome of a payment although none is without one go on: nobody else would move them.
async fn wait_for_nothing(counter: &Counter) {
    let find = |db: &mut Snapshot<'_>| {
        let mut found = Vec::new();
        for hold in holds::waiting(db)? {
            // One whose payments cannot be read is seen to be so when it is told.
            let payments = store::of_hold(db, &hold).unwrap_or_default();
            let is_open = |payment: &PaymentRow| payment.state.is_without_outcome();
            if !payments.iter().any(is_open) {
                found.push(hold);
            }
        }
        Ok::<_, database::Error>(found)
    };
    let found = seen(counter, "the holds that wait", find).await;
    for hold in found.unwrap_or_default() {
        tell_hold(counter, &hold, PurchaseFact::WaitsForNothing).await;
    }
}

/// What was set aside and has ended otherwise, by its buyer or by whoever wanted its seats, is not waited for: no look finds it again.
async fn forget_the_ended(counter: &Counter, now: Duration) {
    let untried = counter.following.untried(now);
    if untried.is_empty() {
        return;
    }
    let find = move |db: &mut Snapshot<'_>| {
        let mut ended = Vec::new();
        for (what, id) in untried {
            let is_under_way = match what {
                HOLD => holds::is_under_way(db, &id)?,
                _ => store::is_unfinished(db, &id)?,
            };
            if !is_under_way {
                ended.push(id);
            }
        }
        Ok::<_, database::Error>(ended)
    };
    let ended = seen(counter, "what was set aside", find).await;
    for id in ended.unwrap_or_default() {
        goes_on(counter, &id);
    }
}

/// Ends the holds whose time is over, each by itself, and writes the running time down. Gives the monotonic time at which the next ends.
async fn lapse(counter: &Counter, now: Duration) -> Option<Duration> {
    let now_ms = counter.running_ms();
    let besides = counter.following.count_aside();
    let find = move |db: &mut Snapshot<'_>| {
        let lapsed = holds::lapsed(db, now_ms, besides)?;
        Ok::<_, database::Error>((lapsed, holds::next_end(db, now_ms)?))
    };
    let (mut lapsed, next_end_ms) = seen(counter, "the holds", find).await?;
    lapsed.retain(|hold| !counter.following.waits_aside(hold.as_str(), now));
    for hold in &lapsed {
        tell_hold(counter, hold, PurchaseFact::Lapse).await;
    }
    if (next_end_ms.is_some() || counter.time.is_needed()) && counter.time.is_stale() {
        write_time(counter).await;
    }
    if !lapsed.is_empty() {
        return Some(now + LOOK_SOON);
    }
    let left_ms = u64::try_from(next_end_ms?.saturating_sub(now_ms)).unwrap_or(0);
    Some(now + Duration::from_millis(left_ms.max(1)))
}

async fn write_time(counter: &Counter) {
    let (what, following) = ("the running time", &counter.following);
    match holds::write_time(counter).await {
        Ok(()) => following.succeeds(what),
        Err(error) if following.fails_anew(what, error.to_string()) => {
            tracing::error!(%error, "{what} could not be written down; trying again");
        }
        Err(_) => {}
    }
}
