//! What the hub tells a cinema.

use std::collections::BTreeMap;

use box_office::{
    AuditoriumId, Currency, FilmId, PriceBookId, SaleId, SeatId, ShowtimeId, TicketId, TicketKindId,
};
use serde::{Deserialize, Serialize};

use super::up::{SeatAtEpoch, SoldTicket};

/// Content with versions, whose writer is the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A film's facts.
    Film(FilmId),
    /// A price book.
    PriceBook(PriceBookId),
}

/// The hub took a version that a cinema had imported over as its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentAdopted {
    /// What.
    pub content: Content,
    /// Which version.
    pub version: u32,
}

/// The hub refuses what a cinema imported; the cinema goes on with it, and its office is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentRefused {
    /// What.
    pub content: Content,
    /// Which version.
    pub version: u32,
    /// Why.
    pub reason: RefusedContent,
}

/// Why the hub refuses content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedContent {
    /// Other content is known under the same id and version.
    OtherContentUnderThisVersion,
}

/// How the hub sells the cinema's seats to guests at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineSales {
    /// Whether it does.
    pub is_open: bool,
    /// So many minutes before its start a showtime's seats go back to the cinema.
    pub end_before_start_min: u16,
}

/// The hub sold tickets for seats in its custody. Who bought them, and what was paid how, is the hub's alone to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketsSold {
    /// The sale.
    pub sale: SaleId,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// When it was answered.
    pub time: i64,
    /// The currency of the prices.
    pub currency: Currency,
    /// The tickets, in the layout's order.
    pub tickets: Vec<SoldTicket>,
}

/// The hub gives custody of free seats to the cinema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatsGranted {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The room whose plan names the seats; boxes and hubs of before do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auditorium: Option<AuditoriumId>,
    /// The plan version that names the seats.
    pub plan: u32,
    /// The seats, each with the epoch that the transfer gives it: even, the cinema's.
    pub seats: Vec<SeatAtEpoch>,
}

/// The hub wants to take back a ticket that it sold. The cinema, which alone knows who was let in, answers with a `RefundAnswered`; that it
/// has this is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequested {
    /// The ticket.
    pub ticket: TicketId,
    /// The sale that it is of.
    pub sale: SaleId,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The seat.
    pub seat: SeatId,
    /// The plan version that names the seat.
    pub plan: u32,
    /// The custody epoch under which it was sold.
    pub epoch: u64,
    /// The edition, from 1.
    pub edition: u32,
    /// The kind of ticket.
    pub kind: TicketKindId,
    /// When it was asked for.
    pub time: i64,
}

/// Nobody can prove what became of these seats in the hub's custody: they are not sold again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatsQuarantined {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The room whose plan names the seats.
    pub auditorium: AuditoriumId,
    /// The plan version that names the seats.
    pub plan: u32,
    /// The seats.
    pub seats: Vec<SeatId>,
}

/// A person answers for it that these seats in the hub's custody, which were in quarantine, are sold to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatsFreed {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The room whose plan names the seats.
    pub auditorium: AuditoriumId,
    /// The plan version that names the seats.
    pub plan: u32,
    /// The seats.
    pub seats: Vec<SeatId>,
}

/// What one side says of the custody of a showtime's seats, for a Hello has shown that the two say different things: the hub begins, the box
/// answers, and each compares the other's with its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyClaimed {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The room whose plan names the seats.
    pub auditorium: AuditoriumId,
    /// The plan version that names the seats.
    pub plan: u32,
    /// The last event of the other side that its writer had applied: what the other gave later is on its way.
    pub heard: u64,
    /// The seats that were ever given away, by their epochs.
    pub seats: BTreeMap<u64, Vec<SeatId>>,
    /// What has come by hand-over codes, and not by the stream, by its epochs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scanned: BTreeMap<u64, Vec<SeatId>>,
}
