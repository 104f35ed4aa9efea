//! What was sold, as it is kept: a sale, its tickets and its payments, each with the words and the currency of its day. Data only: it is what
//! the rooms of a counter and those above it tell one another.

use std::collections::BTreeMap;

use box_office::checkout::{Means, Payment};
use box_office::programme::{Cinema, Format};
use box_office::{
    Currency, Epoch, HoldId, Money, Place, RefundRules, SaleId, SeatId, ShowtimeId, TenderId,
    TicketId, TicketKindId,
};
use counter_api::{CardSlip, DeclineReason, PaperState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::buyer::BuyerId;
use crate::catalogue::{Scheduled, ShowtimeKey};
use crate::reference::Reference;
use crate::repeats::Repeat;

/// A sale as the counter keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRow {
    /// The sale.
    pub id: SaleId,
    /// The hold that became it.
    pub hold: HoldId,
    /// Who bought.
    pub buyer: BuyerId,
    pub(crate) showtime: ShowtimeKey,
    /// The series of its receipt; [`ONLINE`] of what was sold there.
    pub series: i64,
    /// The number within the series, from 1; its [`Reference`], if it was sold online.
    pub number: i64,
    /// When.
    pub sold_at: Timestamp,
    /// What its amounts are in.
    pub currency: Currency,
    /// The sum, tax included.
    pub total_minor: i64,
    /// The tax inside it.
    pub tax_minor: i64,
    /// What the clerk gave back.
    pub change_minor: i64,
    /// What names the sale to the staff.
    pub collection_code: String,
    /// What it was sold as.
    pub facts: SaleFacts,
}

/// Who sold, in the words of that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleFacts {
    /// The seller's name.
    pub seller: String,
    /// The lines of the seller's address.
    pub address: Vec<String>,
    /// The seller's tax number.
    pub tax_number: String,
    /// The guest's language, for the paper: BCP 47.
    pub guest_language: String,
    /// Whether the guest goes without paper, and has agreed to it before paying.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_paperless: bool,
}

/// A sale with its tickets and payments.
#[derive(Debug, Clone)]
pub struct Sold {
    /// The sale.
    pub sale: SaleRow,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The tickets, in the layout's order.
    pub tickets: Vec<TicketRow>,
    /// The payments made for it.
    pub payments: Vec<PaymentRow>,
    /// Where its paper is.
    pub paper: PaperState,
}

/// What stands in the place of a series where nothing is counted.
pub const ONLINE: i64 = 0;

impl SaleRow {
    /// What names it to people: the number on the receipt, series, dash, number; its reference, if it was sold online.
    pub fn receipt_number(&self) -> String {
        match self.series {
            ONLINE => Reference::of(self.number).to_string(),
            series => format!("{series}-{:06}", self.number),
        }
    }
}

impl Sold {
    /// As [`SaleRow::receipt_number`].
    pub fn receipt_number(&self) -> String {
        self.sale.receipt_number()
    }
}

/// A ticket as the counter keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// The ticket.
    pub id: TicketId,
    /// Its sale.
    pub sale: SaleId,
    /// The showtime.
    pub(crate) showtime: ShowtimeKey,
    /// Where its seat stands in the plan.
    pub(crate) place: usize,
    /// The seat.
    pub seat: SeatId,
    /// The plan version that names the seat.
    pub plan: u32,
    /// The custody epoch under which it was sold.
    pub epoch: Epoch,
    /// Rises with each sale of the seat.
    pub edition: u32,
    /// The kind of ticket.
    pub kind: TicketKindId,
    /// What its amounts are in.
    pub currency: Currency,
    /// The price, tax included.
    pub price_minor: i64,
    /// The tax inside it.
    pub tax_minor: i64,
    /// The start that the guest was told.
    pub starts_at: Timestamp,
    /// What it was sold as.
    pub facts: TicketFacts,
    /// Whether the cinema sold it at its own risk: the hub, or the box before, may have sold its seat as well.
    pub at_risk: bool,
}

/// What a ticket was sold as, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketFacts {
    /// The cinema's name.
    pub cinema: String,
    /// Where its clocks are: an IANA name.
    pub time_zone: String,
    /// The film's title.
    pub film: String,
    /// Who may see it, as it is shown: `FSK 12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<String>,
    /// The language spoken, BCP 47.
    pub language: String,
    /// The language of the subtitles, BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitles: Option<String>,
    /// How it is projected.
    pub format: Format,
    /// The room as guests call it.
    pub auditorium: String,
    /// The name of the block that the seat stands in, where the room has more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// The seat's row.
    pub row: String,
    /// The seat's number.
    pub number: String,
    /// The kind of ticket in each language.
    pub kind_names: BTreeMap<String, String>,
    /// The guest's language, for the ticket's page: BCP 47.
    #[serde(default)]
    pub guest_language: String,
    /// The tax inside the price, in hundredths of a percent.
    pub tax_basis_points: u32,
    /// By which rules it goes back.
    #[serde(default, skip_serializing_if = "RefundRules::are_default")]
    pub refunds: RefundRules,
}

impl TicketFacts {
    /// What a ticket for this place is sold as.
    pub(crate) fn of(
        cinema: &Cinema,
        scheduled: &Scheduled,
        place: &Place,
        (kind, refunds): (&TicketKindId, RefundRules),
        guest_language: &str,
    ) -> Self {
        let (showtime, film, book) = (&scheduled.showtime, &scheduled.film, &scheduled.price_book);
        let rating = film.age_rating.as_ref();
        let kind_names = book
            .ticket_kind(kind)
            .map_or_else(BTreeMap::new, |kind| kind.names.clone());
        Self {
            cinema: cinema.name.clone(),
            time_zone: cinema.time_zone.clone(),
            film: film.title.clone(),
            rating: rating.map(|rating| format!("{} {}", rating.system, rating.label)),
            language: showtime.language.clone(),
            subtitles: showtime
                .subtitles
                .as_ref()
                .map(|subtitles| subtitles.language.clone()),
            format: showtime.format,
            auditorium: scheduled.auditorium.name.clone(),
            block: scheduled.plan.layout().block_name(place).map(str::to_owned),
            row: place.row.clone(),
            number: place.number.clone(),
            kind_names,
            guest_language: guest_language.to_owned(),
            tax_basis_points: book.tax.basis_points().into(),
            refunds,
        }
    }

    /// The name of the ticket's kind in a language, or in the next best.
    pub fn kind_name(&self, language: &str) -> Option<&str> {
        let names = &self.kind_names;
        names
            .get(language)
            .or_else(|| names.get("en"))
            .or_else(|| names.values().next())
            .map(String::as_str)
    }
}

/// One attempt to pay for a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    /// The payment; also the reference that a terminal knows it by.
    pub id: TenderId,
    /// What it pays for.
    pub hold: HoldId,
    /// Which payment of the hold, from 0.
    pub(crate) nth: u32,
    /// Who pays.
    pub buyer: BuyerId,
    /// How.
    pub means: Means,
    /// What its amounts are in.
    pub currency: Currency,
    /// How much of the total it is to take, in minor units.
    pub amount_minor: i64,
    /// For cash: what was handed over.
    pub given_minor: Option<i64>,
    /// Where it stands.
    pub state: Payment,
    /// What the terminal's slip says.
    pub slip: Option<CardSlip>,
    /// While the guest's bank wants more of them: the page that their browser opens.
    pub step: Option<String>,
    /// Why the bank has declined.
    pub declined: Option<DeclineReason>,
    /// When it was begun, in milliseconds since the Unix epoch.
    pub started_ms: i64,
    pub(crate) repeat: Repeat,
}

impl PaymentRow {
    /// How much it is: what was taken, or else what was asked for.
    pub fn amount(&self) -> Money {
        let minor = match self.state.stored().1.captured_minor {
            0 => self.amount_minor,
            taken => taken,
        };
        Money::new(minor, self.currency)
    }
}
