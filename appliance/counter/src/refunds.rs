//! Refunds of tickets that this side sold to guests at home: the cinema is asked, for it alone knows who was let in, and money goes back on
//! its answer, or when the showtime has ended without one. `box_office::checkout::Refund` decides; each step is stored before anything is
//! done outside, and a process that begins goes on where it stood.

mod decide;
mod give_back;
mod persons;
mod refusal;
pub(crate) mod routes;
mod row;
mod store;
mod terms;
mod unasked;

use std::collections::BTreeSet;
use std::time::Duration;

use box_office::checkout::{Means, Payment, Refund, RefundEffect, RefundEvent, WordRefusal};
use box_office::custody::CustodyRefusal;
use box_office::{CinemaId, Money, SaleId, TenderId, TicketId};
use database::{Snapshot, Tx};
use service::Due;
use wire::event::{RefundAnswer, RefundAnswered};

use crate::Fault;
use crate::buyer::BuyerId;
use crate::cases::By;
use crate::catalogue;
use crate::checkout;
use crate::counter::{At, Counter};
use crate::custody::{self, CustodyRefused};
use crate::ports::{Given, RefundMoved, Stopped};
use crate::repeats::Repeat;
use crate::sold::{PaymentRow, Sold, TicketRow};
use crate::tickets;

pub use decide::{Decision, Matter, Said, decide};
pub use persons::{About, about, did_not_arrive, list};
pub use refusal::RefundRefused;
pub use routes::shown;
pub use row::RefundRow;
pub use terms::{Kept, KeptWhy, Terms};
pub(crate) use terms::{of as terms_of, of_sold as terms_of_sold};

/// How often it is looked whether a showtime has ended whose cinema has not answered.
const ENDS_EVERY: Duration = Duration::from_secs(5);

/// For so long a clock must have stood before it says that a showtime has ended: money that goes back because of a clock that somebody set is gone,
/// and its ticket still opens the door.
const STOOD: Duration = Duration::from_secs(60 * 60);

/// Who wants a ticket back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// Whoever bought it, by the rules under which it was sold.
    Guest(BuyerId),
    /// Whoever has the secret link of the sale, by the same rules.
    Link,
    /// Somebody of head office, at any time, and why.
    Operator {
        /// By which name they sign in, or that they are signed in on the hub's machine.
        name: String,
        /// The reason.
        reason: String,
    },
    /// Nobody need: the cinema has cancelled the showtime, or the money has gone back already.
    Nobody,
}

impl Asker {
    /// As it is stored of a sale.
    fn name(&self, sale: &SaleId) -> String {
        match self {
            Self::Guest(buyer) => buyer.to_string(),
            Self::Link => format!("link {sale}"),
            Self::Operator { name, .. } => format!("operator {name}"),
            Self::Nobody => "nobody".to_owned(),
        }
    }

    fn reason(&self) -> &str {
        match self {
            Self::Guest(_) | Self::Link | Self::Nobody => "",
            Self::Operator { reason, .. } => reason,
        }
    }
}

/// The refunds of a sale as they stand, with what was sold.
#[derive(Debug, Clone)]
pub struct OfSale {
    /// The sale.
    pub sold: Sold,
    /// Each ticket that was asked back.
    pub refunds: Vec<RefundRow>,
}

/// The tickets of a sale that were asked back.
pub(crate) fn rows_of(
    db: &mut Snapshot<'_>,
    sale: &SaleId,
) -> Result<Vec<RefundRow>, database::Error> {
    store::of_sale(db, sale)
}

/// Where a ticket that was asked back stands; nothing, if nobody has.
pub(crate) fn of_ticket(
    db: &mut Snapshot<'_>,
    ticket: &TicketId,
) -> Result<Option<RefundRow>, database::Error> {
    store::by_ticket(db, ticket)
}

/// What somebody wants back.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Which tickets of the sale; all of them if none is named.
    pub tickets: Vec<TicketId>,
    /// What they were told comes back for them together, in minor units, if they were.
    pub told_minor: Option<i64>,
}

/// Asks tickets of a sale back: all that are named or none, and the whole sale if none is. What is on its way back already stays so.
///
/// # Errors
/// Why not.
pub async fn ask(
    at: &At,
    asker: Asker,
    sale: SaleId,
    wanted: Wanted,
    repeat: Repeat,
) -> Result<OfSale, RefundRefused> {
    let acting = at.clone();
    at.database
        .write(at.scope(), move |tx| {
            let sold = sold_to(tx, &acting, &asker, &sale)?;
            let name = asker.name(&sale);
            if let Some(known) = store::request(tx, &name, &repeat.key)? {
                repeat.is(&known)?;
                return of_sale(tx, sold);
            }
            ask_in(tx, &acting, &asker, &sold, &wanted)?;
            let now = acting.clock.now();
            store::add_request(tx, (&name, asker.reason()), &repeat, &sale, now)?;
            let counter = Counter::clone(&acting);
            tx.after_commit(move || counter.refunding.bell.ring());
            of_sale(tx, sold)
        })
        .await
}

/// A sale, where whoever asks may know of it.
fn sold_to(
    db: &mut Snapshot<'_>,
    at: &At,
    asker: &Asker,
    sale: &SaleId,
) -> Result<Sold, RefundRefused> {
    let sold = checkout::find_sale(db, at, sale)?.ok_or(RefundRefused::UnknownSale)?;
    match asker {
        Asker::Guest(buyer) if sold.sale.buyer != *buyer => Err(RefundRefused::UnknownSale),
        Asker::Guest(_) | Asker::Link | Asker::Operator { .. } | Asker::Nobody => Ok(sold),
    }
}

fn of_sale(db: &mut Snapshot<'_>, sold: Sold) -> Result<OfSale, RefundRefused> {
    let mut refunds = store::of_sale(db, &sold.sale.id)?;
    let place_of = |ticket: &TicketId| sold.tickets.iter().position(|row| row.id == *ticket);
    refunds.sort_by_key(|refund| place_of(&refund.ticket));
    Ok(OfSale { sold, refunds })
}

/// The refunds of a sale.
///
/// # Errors
/// Whoever asks has no such sale.
pub async fn look(at: &At, asker: Asker, sale: SaleId) -> Result<OfSale, RefundRefused> {
    let acting = at.clone();
    at.database
        .read(move |db| {
            let sold = sold_to(db, &acting, &asker, &sale)?;
            of_sale(db, sold)
        })
        .await
}

fn ask_in(
    tx: &mut Tx<'_>,
    at: &At,
    asker: &Asker,
    sold: &Sold,
    Wanted {
        tickets: wanted,
        told_minor,
    }: &Wanted,
) -> Result<(), RefundRefused> {
    let wanted: BTreeSet<_> = wanted.iter().collect();
    let is_of_it = |id: &&TicketId| sold.tickets.iter().any(|ticket| ticket.id == **id);
    if !wanted.iter().all(is_of_it) {
        return Err(RefundRefused::UnknownTicket);
    }
    let known = store::of_sale(tx, &sold.sale.id)?;
    let is_new = |ticket: &&TicketRow| {
        (wanted.is_empty() || wanted.contains(&ticket.id))
            && !known.iter().any(|refund| refund.ticket == ticket.id)
    };
    let new: Vec<_> = sold.tickets.iter().filter(is_new).collect();
    match asker {
        Asker::Guest(_) | Asker::Link => {
            let agreed = agreed_in(tx, at, (sold, &new), &known)?;
            let is_meant = |id: &TicketId| wanted.is_empty() || wanted.contains(id);
            let before = known.iter().filter(|refund| is_meant(&refund.ticket));
            let back_minor = before.map(RefundRow::promised_minor).sum::<i64>()
                + agreed.iter().map(|(_, it)| it.back_minor).sum::<i64>();
            if told_minor.is_some_and(|told| told > back_minor) {
                let back = Money::new(back_minor, sold.sale.currency);
                return Err(RefundRefused::ComesToLess { back });
            }
            for (ticket, agreed) in agreed {
                begin(tx, at, asker, (sold, ticket, agreed.kept))?;
            }
        }
        // What no guest has asked for goes back whole.
        Asker::Operator { .. } => {
            goes_whole_in(tx, at, known, &wanted)?;
            for ticket in new {
                let whole = (Kept::NOTHING, KeptWhy::HeadOffice);
                begin(tx, at, asker, (sold, ticket, whole))?;
            }
        }
        Asker::Nobody => {
            let why = why_unasked(tx, at, &sold.sale.id)?;
            for ticket in new {
                begin(tx, at, asker, (sold, ticket, (Kept::NOTHING, why)))?;
            }
        }
    }
    Ok(())
}

/// What a guest gives a ticket back for.
struct Agreed {
    /// What is kept of it, and why.
    kept: (Kept, KeptWhy),
    /// What comes back, in minor units.
    back_minor: i64,
}

/// On what terms a guest gives these tickets back at this moment.
fn agreed_in<'t>(
    db: &mut Snapshot<'_>,
    at: &At,
    (sold, new): (&Sold, &[&'t TicketRow]),
    known: &[RefundRow],
) -> Result<Vec<(&'t TicketRow, Agreed)>, RefundRefused> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let planned = catalogue::planned_now(db, at.cinema(), &sold.showtime)?;
    let planned = planned.ok_or(RefundRefused::TooLate)?;
    for ticket in new {
        terms::of(ticket, &planned).check(&planned, at.clock.now())?;
    }
    check_is_whole(db, at, (sold, new), known)?;
    let agreed = |ticket: &TicketRow| {
        let terms = terms::of(ticket, &planned);
        Agreed {
            kept: (terms.kept, terms.kept_why(&ticket.facts)),
            back_minor: ticket.price_minor - terms.kept.minor,
        }
    };
    Ok(new.iter().map(|ticket| (*ticket, agreed(ticket))).collect())
}

/// Why a ticket goes back whole that nobody has asked for.
fn why_unasked(db: &mut Snapshot<'_>, at: &At, sale: &SaleId) -> Result<KeptWhy, Fault> {
    Ok(match is_back_already(db, at, sale)? {
        true => KeptWhy::AllIsBack,
        false => KeptWhy::Showtime,
    })
}

/// What its guest has asked back on the terms of the sale goes back whole if the cinema takes it back itself. Where less is on its way already, or has
/// gone, the rest is a person's to give.
fn goes_whole_in(
    tx: &mut Tx<'_>,
    at: &At,
    known: Vec<RefundRow>,
    wanted: &BTreeSet<&TicketId>,
) -> Result<(), RefundRefused> {
    for mut row in known {
        let is_wanted = wanted.is_empty() || wanted.contains(&row.ticket);
        let is_waiting = match row.state {
            Refund::Requested | Refund::Revoking | Refund::Owed => true,
            Refund::Done | Refund::Refused => false,
        };
        if !is_wanted || !is_waiting {
            continue;
        }
        row.is_said_to_go_whole(KeptWhy::HeadOffice);
        let state = row.state;
        put(tx, &row, state)?;
        if row.given_minor > 0 {
            persons::must_give_the_rest(tx, at, &row)?;
        }
    }
    Ok(())
}

fn put(tx: &mut Tx<'_>, row: &RefundRow, before: Refund) -> Result<(), Fault> {
    match store::put(tx, row, before)? {
        true => Ok(()),
        false => {
            let words = format!("the refund of {} was not {before:?}", row.ticket);
            Err(Fault::Broken(words))
        }
    }
}

/// A guest gives a love seat back whole: nobody could buy the half that comes back, and whoever keeps the other sits beside nobody.
fn check_is_whole(
    db: &mut Snapshot<'_>,
    at: &At,
    (sold, new): (&Sold, &[&TicketRow]),
    known: &[RefundRow],
) -> Result<(), RefundRefused> {
    let scheduled = match catalogue::scheduled(db, &at.catalogue(), &sold.showtime) {
        // It goes back all the same.
        Err(fault) if fault.is_unreadable() => None,
        found => found?,
    };
    let Some(scheduled) = scheduled else {
        return Ok(());
    };
    let stays = |ticket: &&TicketRow| {
        !new.iter().any(|it| it.id == ticket.id)
            && !known.iter().any(|refund| refund.ticket == ticket.id)
    };
    for ticket in new {
        let Some(other) = scheduled.plan.other_half(&ticket.seat) else {
            continue;
        };
        let mut of_other = sold.tickets.iter().filter(|it| it.seat == *other);
        // Whose guest is inside goes back no more.
        if let Some(kept) = of_other.find(stays)
            && !custody::was_let_in(db, at.cinema(), &kept.id)?
        {
            return Err(RefundRefused::HalfOfALoveSeat {
                seat: ticket.seat.clone(),
                other: other.clone(),
            });
        }
    }
    Ok(())
}

/// Begins the refund of one ticket: the cinema is asked in the same transaction. Whose guest is known to be inside is asked for by nobody; if
/// head office wants it back all the same, or nobody need ask, it says so as of any that was refused.
fn begin(
    tx: &mut Tx<'_>,
    at: &At,
    asker: &Asker,
    (sold, ticket, kept): (&Sold, &TicketRow, (Kept, KeptWhy)),
) -> Result<(), RefundRefused> {
    let event = match (custody::ask_back(tx, at, (ticket, &sold.showtime)), asker) {
        (Ok(()), _) => RefundEvent::Due,
        (
            Err(CustodyRefused::Custody(CustodyRefusal::AlreadyAdmitted)),
            Asker::Operator { .. } | Asker::Nobody,
        ) => RefundEvent::AlreadyAdmitted,
        (Err(refused), _) => return Err(refused.into()),
    };
    let mut row = written_down(tx, at, ticket, kept)?;
    let moved = move_on(tx, at, &mut row, event, &By::Counter.into());
    moved?.map_err(|refused| Fault::Broken(format!("a refund cannot begin: {refused:?}")).into())
}

/// Who moves a refund, what it was in a word, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mover {
    by: By,
    what: &'static str,
    reason: String,
}

impl From<By> for Mover {
    fn from(by: By) -> Self {
        Self {
            by,
            what: "moved",
            reason: String::new(),
        }
    }
}

/// Gives an event to a refund, and stores where it stands with all that follows inside; what is to be done outside is rung for.
fn move_on(
    tx: &mut Tx<'_>,
    at: &At,
    row: &mut RefundRow,
    event: RefundEvent,
    mover: &Mover,
) -> Result<Result<(), WordRefusal>, Fault> {
    let before = row.state;
    let step = match before.on(event) {
        Ok(step) => step,
        Err(refused) => return Ok(Err(refused)),
    };
    row.state = step.state;
    let gives = step.effects.contains(&RefundEffect::GiveBack);
    if gives {
        if matches!(event, RefundEvent::Word(_)) {
            row.is_said_to_go_whole(KeptWhy::Person);
        } else if goes_whole(tx, at, row)? {
            row.goes_whole(KeptWhy::Showtime);
        }
        row.payment = payment_for(tx, at, row)?;
    }
    if row.state != before || gives {
        put(tx, row, before)?;
    }
    if row.state != before {
        let moved = RefundMoved {
            sale: &row.sale,
            ticket: &row.ticket,
            state: row.state,
        };
        at.ports.refund_moved(tx, &moved)?;
    }
    for effect in step.effects {
        match effect {
            // Done in the transaction of the change: see `custody`.
            RefundEffect::AskToRevoke | RefundEffect::Free => {}
            RefundEffect::GiveBack => {
                let counter = Counter::clone(at);
                tx.after_commit(move || counter.refunding.bell.ring());
            }
            RefundEffect::Tell(told) => persons::told(tx, at, row, told, mover)?,
        }
    }
    if gives && is_back_already(tx, at, &row.sale)? {
        return ended_whole(tx, at, row, mover).map(Ok);
    }
    // Whoever took the money may have given some of it on other terms, although nothing is to go back on these.
    let is_for_nobody = row.amount.minor == 0 && (row.kept.minor == 0 || row.payment.is_none());
    if gives && is_for_nobody {
        return move_on(tx, at, row, RefundEvent::Returned, mover);
    }
    if gives && row.payment.is_none() {
        persons::must_give(tx, at, row, "no payment is known that could give it back")?;
    }
    Ok(Ok(()))
}

/// All of the sale is back at whoever took the money, and this ticket's with it.
fn ended_whole(tx: &mut Tx<'_>, at: &At, row: &mut RefundRow, mover: &Mover) -> Result<(), Fault> {
    let Some(ticket) = tickets::by_id(tx, &row.ticket)? else {
        return Ok(());
    };
    row.hears(Given::All, &ticket.facts);
    let moved = move_on(tx, at, row, RefundEvent::Returned, mover)?;
    moved.map_err(|refused| Fault::Broken(format!("what is back was refused: {refused:?}")))
}

/// Whether a ticket goes back whole, whatever was agreed: its cinema has cancelled the showtime or put it at another time before it took the ticket
/// back.
fn goes_whole(db: &mut Snapshot<'_>, at: &At, row: &RefundRow) -> Result<bool, Fault> {
    if row.kept == Kept::NOTHING {
        return Ok(false);
    }
    let Some(sold) = checkout::find_sale(db, at, &row.sale)? else {
        return Ok(false);
    };
    let planned = catalogue::planned_now(db, at.cinema(), &sold.showtime)?;
    let ticket = sold.tickets.iter().find(|ticket| ticket.id == row.ticket);
    let terms = planned.zip(ticket);
    Ok(terms.is_some_and(|(planned, ticket)| terms::of(ticket, &planned).kept == Kept::NOTHING))
}

/// Whether whoever took the money of the whole sale has given it back by themselves.
fn is_back_already(db: &mut Snapshot<'_>, at: &At, sale: &SaleId) -> Result<bool, Fault> {
    let Some(sold) = checkout::find_sale(db, at, sale)? else {
        return Ok(false);
    };
    let back = |payment: &PaymentRow| matches!(payment.state, Payment::Returned(_));
    let is_kept = sold
        .payments
        .iter()
        .any(|payment| payment.state.paid_minor() > 0);
    Ok(!is_kept && sold.payments.iter().any(back))
}

/// The payment that can give this back, as far as one is known.
fn payment_for(db: &mut Snapshot<'_>, at: &At, row: &RefundRow) -> Result<Option<TenderId>, Fault> {
    let Some(sold) = checkout::find_sale(db, at, &row.sale)? else {
        return Ok(None);
    };
    let refunds = store::of_sale(db, &row.sale)?;
    let given_minor = |payment: &TenderId| -> i64 {
        let by_it = refunds.iter().filter(|refund| {
            refund.ticket != row.ticket && refund.payment.as_ref() == Some(payment)
        });
        by_it.map(RefundRow::of_payment_minor).sum()
    };
    let found = sold.payments.into_iter().find(|payment| {
        let left_minor = payment.state.paid_minor() - given_minor(&payment.id);
        payment.means == Means::Card
            && matches!(payment.state, Payment::Captured(_))
            && left_minor >= row.amount.minor
    });
    Ok(found.map(|payment| payment.id))
}

/// The cinema has answered, in the transaction that moves the stream's position; gives what does not fit, in words. What comes when it is not
/// waited for any more moves no seat. An answer to what nobody knows to have asked is to what this side has forgotten: it may have sold the
/// seat anew since, and keeps it back.
///
/// # Errors
/// The database's, and that this side is stopped: the position does not move then.
pub fn hear_answer(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &RefundAnswered,
) -> Result<Option<String>, Fault> {
    let ticket = tickets::by_id(tx, &told.ticket)?;
    let (Some(ticket), Some(at)) = (ticket, counter.at_in(tx, cinema)?) else {
        let words = format!(
            "nobody has asked the ticket {} back, and it is not known",
            told.ticket
        );
        return Ok(Some(words));
    };
    let named = catalogue::named(tx, ticket.showtime)?;
    if named.cinema != *cinema {
        let words = format!("the ticket {} is of another cinema", told.ticket);
        return Ok(Some(words));
    }
    let showtime = named.id;
    let asked = store::by_ticket(tx, &told.ticket)?;
    // Only a hub that has forgotten may have asked and not know it.
    if asked.is_none() && !custody::was_ever_stopped_at(tx, cinema)? {
        let words = format!("nobody has asked the ticket {} back", told.ticket);
        return Ok(Some(words));
    }
    // Who had asked is forgotten: it goes back whole.
    let whole = (Kept::NOTHING, KeptWhy::Forgotten);
    let (mut row, answer) = match (asked, told.answer) {
        (Some(row), answer) => (row, answer),
        (None, RefundAnswer::Revoked) => (
            written_down(tx, &at, &ticket, whole)?,
            RefundAnswer::Unproven,
        ),
        (None, answer @ (RefundAnswer::AlreadyAdmitted | RefundAnswer::Unproven)) => {
            (written_down(tx, &at, &ticket, whole)?, answer)
        }
    };
    let event = match row.state {
        Refund::Requested | Refund::Revoking => {
            let of = (&ticket, &showtime);
            custody::answered(tx, counter, cinema, of, answer)?
        }
        Refund::Owed | Refund::Done | Refund::Refused => Some(match answer {
            RefundAnswer::Revoked => RefundEvent::Revoked,
            RefundAnswer::AlreadyAdmitted => RefundEvent::AlreadyAdmitted,
            RefundAnswer::Unproven => RefundEvent::Unproven,
        }),
    };
    if let Some(event) = event {
        fact(tx, &at, &mut row, event)?;
    }
    if event == Some(RefundEvent::Revoked) && at.ports.online_sales().is_none() {
        // Where the hub sells what it asks for, a seat goes home when nobody has it.
        custody::send_home_in(tx, &at, &showtime, &[ticket.seat])?;
    }
    Ok(None)
}

/// The refund of a ticket, of which the cinema has not been asked.
fn written_down(
    tx: &mut Tx<'_>,
    at: &At,
    ticket: &TicketRow,
    (kept, why): (Kept, KeptWhy),
) -> Result<RefundRow, Fault> {
    let row = RefundRow {
        ticket: ticket.id.clone(),
        sale: ticket.sale.clone(),
        cinema: at.cinema().clone(),
        state: Refund::Requested,
        payment: None,
        amount: Money::new(ticket.price_minor - kept.minor, ticket.currency),
        kept,
        kept_why: Some(why),
        given_minor: 0,
        by_hand_minor: 0,
        all_is_back: false,
        asked_at: at.clock.now(),
    };
    store::add(tx, &row)?;
    Ok(row)
}

/// As [`move_on`], of what nobody can refuse.
fn fact(tx: &mut Tx<'_>, at: &At, row: &mut RefundRow, event: RefundEvent) -> Result<(), Fault> {
    let moved = move_on(tx, at, row, event, &By::Counter.into())?;
    moved.map_err(|refused| Fault::Broken(format!("{event:?} was refused: {refused:?}")))
}

/// Does what has come due: tickets that nobody need ask back, refunds whose showtime has ended without an answer, and money that is to go back.
pub async fn run_due(counter: Counter, now: Duration) -> Due {
    let shutdown = counter.lifecycle.shutdown().clone();
    tokio::select! {
        biased;
        () = shutdown.cancelled() => Due::WhenRung,
        due = run_all_due(&counter, now) => due,
    }
}

async fn run_all_due(counter: &Counter, now: Duration) -> Due {
    if counter.ports.stopped() == Some(Stopped::All) {
        return Due::At(now + ENDS_EVERY);
    }
    let is_any_left = unasked::ask_all(counter).await | unasked::all_is_back(counter).await;
    let open = match counter.database.read(store::all_open).await {
        Ok(open) => open,
        Err(error) => {
            tracing::error!(%error, "the refunds could not be looked at; trying again");
            return Due::At(now + ENDS_EVERY);
        }
    };
    let (waiting, owed): (Vec<_>, Vec<_>) = open
        .into_iter()
        .partition(|row| matches!(row.state, Refund::Requested | Refund::Revoking));
    let is_waiting = !waiting.is_empty();
    for row in waiting {
        let ticket = row.ticket.clone();
        match end_unanswered(counter, row).await {
            // What is stopped goes on once it stands again.
            Ok(()) | Err(Fault::Stopped) => {}
            Err(fault) => {
                counter.broke(&fault);
                if counter.following.fails_anew("a refund", fault.to_string()) {
                    tracing::error!(%ticket, %fault, "a refund cannot go on; trying again");
                }
            }
        }
    }
    counter
        .refunding
        .keep_only(&owed.iter().map(|row| &row.ticket).collect());
    give_back::all(counter, owed, now).await;
    let ends = (is_waiting || is_any_left).then_some(now + ENDS_EVERY);
    let next = [ends, counter.refunding.next()].into_iter().flatten().min();
    next.map_or(Due::WhenRung, Due::At)
}

/// The showtime is over and the cinema has not answered, if that is so beyond doubt.
async fn end_unanswered(counter: &Counter, row: RefundRow) -> Result<(), Fault> {
    let Some(at) = counter.at(&row.cinema) else {
        return Ok(());
    };
    let acting = at.clone();
    at.database
        .write(at.scope(), move |tx| {
            let Some(ticket) = tickets::by_id(tx, &row.ticket)? else {
                return Ok(());
            };
            let named = catalogue::named(tx, ticket.showtime)?;
            let is_over = acting.clock.now() >= named.ends_at;
            if !is_over || acting.clock.steady_for() < STOOD {
                return Ok(());
            }
            // It may have been answered meanwhile.
            let Some(mut row) = store::by_ticket(tx, &row.ticket)? else {
                return Ok(());
            };
            if let Some(event) = custody::unanswered(tx, &acting, (&ticket, &named.id))? {
                tracing::warn!(ticket.id = %row.ticket, "the cinema has not answered by the end of the showtime: the money goes back");
                fact(tx, &acting, &mut row, event)?;
            }
            Ok::<_, Fault>(())
        })
        .await
}
