//! Tickets of guests at home that head office takes back, and what it decides where a guest was let in.

pub(crate) mod routes;

use box_office::{CinemaId, SaleId, TicketId};
use counter::cases::reason_of;
use counter::refunds::{
    Asker, Decision, OfSale, RefundRefused, Said, Wanted as TicketsWanted, ask as ask_back,
};
use counter::{At, Counter, Repeat};
use database::Database;
use jiff::Timestamp;

use crate::told;

/// What head office wants back.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// At which cinema.
    pub(crate) cinema: CinemaId,
    /// Which sale.
    pub(crate) sale: SaleId,
    /// Which of its tickets; all of them if none is named.
    pub(crate) tickets: Vec<TicketId>,
    /// Why.
    pub(crate) reason: String,
}

/// Asks tickets back for head office, at any time.
pub(crate) async fn ask(
    counter: &Counter,
    by: &str,
    wanted: Wanted,
    repeat: Repeat,
) -> Result<(At, OfSale), RefundRefused> {
    let reason = reason_of(&wanted.reason).ok_or(RefundRefused::NoReason)?;
    let at = counter.at(&wanted.cinema);
    let at = at.ok_or(RefundRefused::UnknownSale)?;
    let name = by.to_owned();
    let asker = Asker::Operator { name, reason };
    let Wanted { sale, tickets, .. } = wanted;
    let tickets = TicketsWanted {
        tickets,
        told_minor: None,
    };
    let asked = ask_back(&at, asker, sale, tickets, repeat).await?;
    Ok((at, asked))
}

/// Records what somebody at head office decides and why; the picture that everybody there sees shows the case no more.
pub(crate) async fn decide(
    (counter, database, now): (&Counter, &Database, Timestamp),
    ticket: TicketId,
    decision: Decision,
    said: Said<'_>,
) -> Result<&'static str, RefundRefused> {
    let deciding = counter::refunds::decide(counter, ticket.clone(), decision, said);
    let (cinema, decided) = deciding.await?;
    told::settle(database, &cinema, &ticket, now).await?;
    Ok(decided)
}
