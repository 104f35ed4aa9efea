//! What a cinema tells the hub. Times are milliseconds since the Unix epoch, amounts minor units of the currency named once.

use std::collections::BTreeMap;

use box_office::{
    AuditoriumId, CinemaId, Currency, Custodian, DayTime, DeviceId, FilmId, GeoPoint, HoldId,
    PriceBookId, PrinterTrouble, SaleId, SeatId, ShowtimeId, ShowtimeStatus, SingleSeatMode,
    TenderId, TicketId, TicketKindId,
};
use ciborium::Value;
use serde::{Deserialize, Serialize};

use super::{EventError, Position, SeatingPlan, encode, plan};
use crate::bytes::Nonce;

/// The cinema's name, zone and currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CinemaDescribed {
    /// The cinema.
    pub cinema: CinemaId,
    /// Its name, as on the tickets.
    pub name: String,
    /// IANA name of its time zone.
    pub zone: String,
    /// What it sells in.
    pub currency: Currency,
    /// When its business day begins, in minutes after midnight.
    pub day_starts: u16,
    /// How it sells; a box of the first version told nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selling: Option<CinemaSelling>,
}

/// How a cinema sells, and what stands on its receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CinemaSelling {
    /// The lines of its address.
    pub address: Vec<String>,
    /// Where it is, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<GeoPoint>,
    /// The seller's tax number.
    pub tax_number: String,
    /// For how many minutes after the start of a showtime its tickets are sold.
    pub sales_end_minutes: u16,
    /// Minutes between the end of one showtime and the start of the next in the same room.
    pub turnaround_minutes: u16,
    /// What happens to a choice that leaves a single seat over.
    pub single_seats: SingleSeatMode,
}

/// A film came in with a programme file: facts only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilmImported {
    /// The film.
    pub film: FilmId,
    /// The version of these facts.
    pub version: u32,
    /// The title.
    pub title: String,
    /// Year of the first release.
    pub year: u16,
    /// Who directed it.
    pub directors: Vec<String>,
    /// Running time without advertisements.
    pub minutes: u16,
    /// Genres, in English words.
    pub genres: Vec<String>,
    /// Original language, BCP 47.
    pub language: String,
    /// Who may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<AgeRating>,
    /// What decides who may have a ticket; a box of the first version told nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selling: Option<FilmSelling>,
}

/// What of a film decides who may have a ticket, and how it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilmSelling {
    /// The title in the original language, if it is another one.
    pub original_title: Option<String>,
    /// From which age guests are admitted beside a parent, where the law knows that.
    pub accompanied_from: Option<u8>,
    /// What it is about, in each language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub synopsis: BTreeMap<String, String>,
    /// Where its trailer is shown on the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trailer: Option<String>,
}

/// Who may see a film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeRating {
    /// The body: `FSK`, `BBFC`.
    pub system: String,
    /// The label as it is shown.
    pub label: String,
    /// From which age, in years.
    pub from: u8,
}

/// A price book came in with a programme file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBookImported {
    /// The price book.
    pub book: PriceBookId,
    /// Its version.
    pub version: u32,
    /// What it prices in.
    pub currency: Currency,
    /// The book itself, in the JSON of the programme file's price book.
    pub content: String,
}

/// A room and its seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditoriumDescribed {
    /// The room.
    pub auditorium: AuditoriumId,
    /// As guests call it: "Screen 3".
    pub name: String,
    /// Its seats.
    pub layout: SeatingPlan,
    /// How it is drawn and used; a box of the first version told nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<AuditoriumUse>,
}

impl AuditoriumDescribed {
    /// Its bytes with packed rows.
    pub(super) fn packed(&self) -> Result<Vec<u8>, EventError> {
        let rows = Value::Bytes(plan::pack(&self.layout.rows)?);
        let written = Value::serialized(self);
        let mut written = written.map_err(|why| EventError::Unreadable(why.to_string()))?;
        if let Some(place) = field(&mut written, "layout").and_then(|it| field(it, "rows")) {
            *place = rows;
        }
        encode(&written)
    }
}

fn field<'v>(of: &'v mut Value, name: &str) -> Option<&'v mut Value> {
    let mut fields = of.as_map_mut()?.iter_mut();
    let found = fields.find(|(known, _)| known.as_text() == Some(name));
    found.map(|(_, value)| value)
}

/// How a room is drawn and used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditoriumUse {
    /// How far the ends of a row as wide as the room stand nearer to the screen than its middle, in hundredths of a seat's width.
    pub curve: i32,
    /// Minutes between the end of one showtime and the start of the next.
    pub turnaround_minutes: u16,
}

/// A showtime stands in the programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowtimeScheduled {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The film.
    pub film: FilmId,
    /// The version of the film's facts.
    pub film_version: u32,
    /// The room.
    pub auditorium: AuditoriumId,
    /// The version of its seating plan.
    pub plan: u32,
    /// The business day, `2026-11-23`.
    pub day: String,
    /// When the programme begins.
    pub start: i64,
    /// When the film itself begins.
    pub film_start: i64,
    /// When it is over.
    pub end: i64,
    /// When sales end.
    pub sales_end: i64,
    /// The price book.
    pub book: PriceBookId,
    /// Its version.
    pub book_version: u32,
    /// The language spoken, BCP 47.
    pub language: String,
    /// Subtitles, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitles: Option<Subtitles>,
    /// How it is projected: `2D`, `3D`.
    pub format: String,
    /// Whether there is an audio description.
    pub audio_description: bool,
    /// How many seats the room has.
    pub seats: u32,
    /// How it is sold; a box of the first version told nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selling: Option<ShowtimeSelling>,
}

/// How a showtime is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowtimeSelling {
    /// Whether it takes place and is sold.
    pub status: ShowtimeStatus,
    /// When it begins by the clock on the wall, counted from the midnight of its business day: what the time bands go by.
    pub time: DayTime,
    /// What happens to a choice that leaves a single seat over.
    pub single_seats: SingleSeatMode,
}

/// Subtitles of a showtime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subtitles {
    /// Their language, BCP 47.
    pub language: String,
    /// With sounds and speakers.
    pub captions: bool,
}

/// A showtime stands otherwise in the programme: all that holds from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShowtimeChanged(pub ShowtimeScheduled);

/// A showtime goes to another room although somebody has, or may have, seats of it: all that holds from here on. Every seat that somebody has
/// or may have is in that room under the name that it had, and whatever is told of seats under their names in the room before is of those.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowtimeMoved {
    /// The showtime.
    pub showtime: ShowtimeScheduled,
    /// The room where it was.
    pub former: AuditoriumId,
    /// The version of that room's plan.
    pub former_plan: u32,
    /// The seats that it had and has not there, each with its epoch: they were the cinema's and free.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<SeatAtEpoch>,
}

/// A showtime does not take place, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowtimeCancelled {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// What the guests are told.
    pub reason: String,
}

/// Tickets were sold at the cinema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleSettled {
    /// The sale.
    pub sale: SaleId,
    /// The number on the receipt.
    pub receipt: Receipt,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The kiosk or till.
    pub device: DeviceId,
    /// When it was answered.
    pub time: i64,
    /// The business day that it counts to, `2026-11-23`.
    pub day: String,
    /// The currency of every amount here.
    pub currency: Currency,
    /// The sum, tax included.
    pub total: i64,
    /// The tax inside it.
    pub tax: i64,
    /// The tickets, in the layout's order.
    pub tickets: Vec<SoldTicket>,
    /// What paid it.
    pub tenders: Vec<PaidTender>,
}

/// The number on a receipt, without gaps within its series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The series.
    pub series: u32,
    /// The number within it, from 1.
    pub number: u64,
}

/// One ticket of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldTicket {
    /// The ticket.
    pub id: TicketId,
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
    /// The price, tax included.
    pub price: i64,
    /// The tax inside it.
    pub tax: i64,
    /// Whether the cinema took the seat over: the hub, or the box before, may have sold it as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub taken_over: bool,
}

/// A tender that paid a part of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidTender {
    /// The tender, which is also the terminal's reference.
    pub id: TenderId,
    /// How.
    pub way: TenderWay,
    /// How much of the total it paid.
    pub amount: i64,
    /// What was handed over, for cash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<i64>,
    /// What the terminal told, for a card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slip: Option<CardSlip>,
}

/// How a tender paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenderWay {
    /// Cash.
    Cash,
    /// Card.
    Card,
}

/// What a terminal tells of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardSlip {
    /// The last four digits.
    pub last_four: String,
    /// The authorisation code.
    pub authorisation: String,
}

/// Money that the terminal captured and that no ticket could be issued for went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRefunded {
    /// The tender, which is also the terminal's reference.
    pub tender: TenderId,
    /// The hold that it was meant for.
    pub hold: HoldId,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The kiosk or till.
    pub device: DeviceId,
    /// When it went back.
    pub time: i64,
    /// The business day that it counts to, `2026-11-23`.
    pub day: String,
    /// How much.
    pub amount: i64,
    /// In which currency.
    pub currency: Currency,
    /// Why no ticket could be issued.
    pub reason: String,
}

/// A guest was let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketAdmitted {
    /// The ticket.
    pub ticket: TicketId,
    /// Who sold it, and so whose key has signed it.
    pub seller: Custodian,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The seat.
    pub seat: SeatId,
    /// The custody epoch under which it was sold.
    pub epoch: u64,
    /// The edition, from 1.
    pub edition: u32,
    /// The kind of ticket.
    pub kind: TicketKindId,
    /// The device at the door.
    pub device: DeviceId,
    /// When.
    pub time: i64,
    /// Whether the box remembered everything that could have spoken against it.
    pub proven: bool,
    /// Whether no record at the box knew the ticket.
    pub found: bool,
}

/// The cinema answers whether a ticket that the hub wants to take back opens no door any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundAnswered {
    /// The ticket.
    pub ticket: TicketId,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// What became of the ticket.
    pub answer: RefundAnswer,
    /// When it was answered.
    pub time: i64,
}

/// What a cinema answers to the wish to take a ticket back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundAnswer {
    /// It opens no door any more, and had not.
    Revoked,
    /// Its guest is inside.
    AlreadyAdmitted,
    /// Nobody can say whether its guest was let in; it opens no door any more.
    Unproven,
}

/// Somebody at a kiosk calls the staff, for the first time or again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffCalled {
    /// The kiosk.
    pub device: DeviceId,
    /// What people call it.
    pub name: String,
    /// Since when it calls.
    pub since: i64,
    /// When it called last.
    pub time: i64,
    /// How often it has called since.
    pub times: u32,
}

/// Somebody of the staff has been at a kiosk that called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffCame {
    /// The kiosk.
    pub device: DeviceId,
    /// When that was said.
    pub time: i64,
}

/// No ticket comes out of the cinema's printer, or it is for another reason than was told last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterStopped {
    /// What keeps it from printing.
    pub trouble: PrinterTrouble,
    /// Since when it prints nothing.
    pub since: i64,
    /// When that was seen.
    pub time: i64,
}

/// The cinema's printer prints again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterReady {
    /// When that was seen.
    pub time: i64,
}

/// A showtime ended and nobody knows what became of a payment, or it is owed back: a person must find out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentUnknown {
    /// The tender, which is also the terminal's reference.
    pub tender: TenderId,
    /// The hold that it was meant for.
    pub hold: HoldId,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The kiosk or till.
    pub device: DeviceId,
    /// When it began.
    pub started: i64,
    /// How much.
    pub amount: i64,
    /// In which currency.
    pub currency: Currency,
}

/// What was found out about a payment that nobody knew the outcome of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentDecided {
    /// The tender.
    pub tender: TenderId,
    /// When.
    pub time: i64,
    /// What came of it.
    pub outcome: PaymentOutcome,
    /// Who said so.
    pub by: DecidedBy,
    /// How they know.
    pub reason: String,
}

/// What came of a payment after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentOutcome {
    /// It was taken and tickets were issued.
    Ticketed,
    /// It was taken, no ticket can be issued, and it has not been given back.
    RefundOwed,
    /// It was not taken.
    NotTaken,
    /// It was taken and has been given back.
    Refunded,
}

/// Who found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// A person at the cinema.
    Person,
    /// The card terminal, which answered after all.
    Terminal,
}

/// The cinema gives custody of free seats to the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatsReleased {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The room whose plan names the seats; boxes and hubs of before do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auditorium: Option<AuditoriumId>,
    /// The plan version that names the seats.
    pub plan: u32,
    /// The seats, each with the epoch that the transfer gives it: odd, the hub's.
    pub seats: Vec<SeatAtEpoch>,
}

/// A seat and its custody epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatAtEpoch {
    /// The seat.
    pub seat: SeatId,
    /// Rises by one at every transfer; even is the cinema's, odd the hub's.
    pub epoch: u64,
}

/// A life of the hub, as events name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifeOfHub {
    /// Its number.
    pub number: u64,
    /// The bits that tell two lives of one number apart.
    pub random: Nonce,
}

/// Who has custody of the seats of a showtime, as far as any of them was ever given away: told to a hub that has forgotten. The higher epoch
/// is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyTold {
    /// The life of the hub that it is told to.
    pub generation: LifeOfHub,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The room whose plan names the seats.
    pub auditorium: AuditoriumId,
    /// The plan version that names the seats.
    pub plan: u32,
    /// The seats.
    pub seats: Vec<SeatAtEpoch>,
}

/// For which seats of a showtime the cinema has heard of a ticket of the hub's that stands: told to a hub that has forgotten, which sold them and may
/// not know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketsStanding {
    /// The life of the hub that it is told to.
    pub generation: LifeOfHub,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The seats, each with the epoch under which it was sold.
    pub seats: Vec<SeatAtEpoch>,
}

/// A hub that has forgotten has been told who has custody of every seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyToldAll {
    /// The life of the hub that it is told to.
    pub generation: LifeOfHub,
    /// The life of the hub that the cinema knew before.
    pub former: LifeOfHub,
    /// The last event of that life which the cinema has applied.
    pub applied: Position,
    /// The same of lives before that one, the oldest first: one may have ended before it was told all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<AppliedOfLife>,
}

/// How far a cinema has applied what the hub wrote in one of its lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedOfLife {
    /// The life.
    pub life: LifeOfHub,
    /// The last event of it which the cinema has applied.
    pub applied: Position,
}
