//! What a paper says, kept with its job: composed from the sale once, in its transaction, and put into the guest's words when it is printed.

use box_office::checkout::{Means, Payment};
use box_office::{CinemaId, Currency, Money, SeatId, ShowtimeId, TicketId, TicketKindId};
use counter::Sold;
use counter::catalogue::PlannedNow;
use counter::sold::{SaleFacts, TicketFacts, TicketRow};
use counter_api::CardSlip;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use wire::ticket::{Claims, TicketSigner};

use crate::printer::Paper;
use crate::printer::paper::{Language, Paid, Seller, Tax};
use crate::printer::words::{name_of, subtitled};
use box_office::programme::Format;

/// Everything that the paper of one ticket says, but for the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Slip {
    cinema: CinemaId,
    pub(super) ticket: TicketId,
    showtime: ShowtimeId,
    seat: SeatId,
    kind: TicketKindId,
    epoch: u32,
    edition: u32,
    starts_ms: i64,
    sold_ms: i64,
    currency: Currency,
    price_minor: i64,
    tax_minor: i64,
    receipt: String,
    /// Which ticket of the sale this is, counted from 1, and how many there are.
    nth: u32,
    of: u32,
    collection_code: String,
    paid: Vec<SlipPaid>,
    sale: SaleFacts,
    sold_as: TicketFacts,
}

/// How a sale was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SlipPaid {
    /// What the terminal's slip says; cash has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    card: Option<CardSlip>,
}

impl Slip {
    /// The papers of a sale, one a ticket.
    pub(crate) fn all(cinema: &CinemaId, sold: &Sold) -> Vec<Self> {
        let paid = paid(sold);
        let of = u32::try_from(sold.tickets.len()).unwrap_or(u32::MAX);
        let slips = (1..).zip(&sold.tickets);
        slips
            .map(|(nth, ticket)| Self::one(cinema, sold, ticket, (nth, of), paid.clone()))
            .collect()
    }

    fn one(
        cinema: &CinemaId,
        sold: &Sold,
        ticket: &TicketRow,
        (nth, of): (u32, u32),
        paid: Vec<SlipPaid>,
    ) -> Self {
        Self {
            cinema: cinema.clone(),
            ticket: ticket.id.clone(),
            showtime: sold.showtime.clone(),
            seat: ticket.seat.clone(),
            kind: ticket.kind.clone(),
            epoch: ticket.epoch.number(),
            edition: ticket.edition,
            starts_ms: ticket.starts_at.as_millisecond(),
            sold_ms: sold.sale.sold_at.as_millisecond(),
            currency: ticket.currency,
            price_minor: ticket.price_minor,
            tax_minor: ticket.tax_minor,
            receipt: sold.receipt_number(),
            nth,
            of,
            collection_code: sold.sale.collection_code.clone(),
            paid,
            sale: sold.sale.facts.clone(),
            sold_as: ticket.facts.clone(),
        }
    }

    /// What it lets in to.
    pub(super) fn showtime(&self) -> (&CinemaId, &ShowtimeId) {
        (&self.cinema, &self.showtime)
    }

    /// The paper, signed and in the guest's words. It says what was sold; only of a showtime that begins otherwise by now, or not at all, it says
    /// so.
    pub(super) fn paper(
        self,
        ticket_seed: &[u8; 32],
        copy: bool,
        planned: Option<PlannedNow>,
    ) -> Paper {
        let code = self.code(ticket_seed);
        let language = Language::of_tag(&self.sale.guest_language);
        // A zone that this machine's data no longer knows prints UTC.
        let zone = TimeZone::get(&self.sold_as.time_zone).unwrap_or(TimeZone::UTC);
        let local = |ms| {
            let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
            at.to_zoned(zone.clone()).datetime()
        };
        let starts_ms =
            planned.map_or(self.starts_ms, |planned| planned.starts_at.as_millisecond());
        let money = |minor| Money::new(minor, self.currency);
        let facts = facts(&self.sold_as, language);
        let ticket_kind = self.sold_as.kind_name(language.tag());
        Paper {
            language,
            seller: Seller {
                name: self.sale.seller,
                address: self.sale.address,
                tax_number: self.sale.tax_number,
            },
            starts_at: local(starts_ms),
            is_cancelled: planned.is_some_and(|planned| planned.is_cancelled),
            moved_from: (starts_ms != self.starts_ms).then(|| local(self.starts_ms)),
            sold_at: local(self.sold_ms),
            price: money(self.price_minor),
            tax: Tax {
                basis_points: self.sold_as.tax_basis_points,
                amount: money(self.tax_minor),
            },
            ticket_kind: ticket_kind.map_or_else(|| self.kind.to_string(), str::to_owned),
            facts,
            cinema: self.sold_as.cinema,
            film: self.sold_as.film,
            auditorium: self.sold_as.auditorium,
            block: self.sold_as.block,
            row: self.sold_as.row,
            number: self.sold_as.number,
            paid: self
                .paid
                .into_iter()
                .map(|paid| paid.card.map_or(Paid::Cash, Paid::Card))
                .collect(),
            receipt_number: self.receipt,
            ticket_of_sale: (self.nth, self.of),
            code,
            collection_code: self.collection_code,
            copy,
        }
    }

    /// Ed25519 is deterministic: it is the code that the guest's screen shows.
    fn code(&self, ticket_seed: &[u8; 32]) -> String {
        TicketSigner::from_seed(self.cinema.clone(), ticket_seed).sign(&Claims {
            ticket: self.ticket.clone(),
            showtime: self.showtime.clone(),
            seat: self.seat.clone(),
            kind: self.kind.clone(),
            start: self.starts_ms.div_euclid(1000),
            epoch: self.epoch.into(),
            edition: self.edition,
        })
    }
}

fn paid(sold: &Sold) -> Vec<SlipPaid> {
    let counting = sold
        .payments
        .iter()
        .filter(|payment| matches!(payment.state, Payment::Captured(_)));
    counting
        .map(|payment| SlipPaid {
            card: match payment.means {
                Means::Cash => None,
                Means::Card => payment.slip.clone(),
            },
        })
        .collect()
}

/// What a guest wants to know about a showtime in one line: who may see it, what is spoken, what is read, glasses or not.
fn facts(sold_as: &TicketFacts, language: Language) -> Vec<String> {
    let mut facts: Vec<String> = sold_as.rating.clone().into_iter().collect();
    facts.push(name_of(language, &sold_as.language));
    facts.extend(
        sold_as
            .subtitles
            .as_ref()
            .map(|subtitles| subtitled(language, subtitles)),
    );
    facts.push(match sold_as.format {
        Format::Flat => "2D".to_owned(),
        Format::Stereo => "3D".to_owned(),
    });
    facts
}
