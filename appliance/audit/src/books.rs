//! What a counter has written down of one cinema, as rows: read by `store`, compared by everything else. Ids are texts here: what is
//! stored may be wrong, and is named as it stands.

use std::collections::{BTreeMap, BTreeSet};

use box_office::{Custodian, RefundRules};
use serde::Deserialize;

use crate::streams::StreamSeen;

/// A showtime and a seat of it.
pub type Place = (String, String);

/// What one database holds.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Where it was read, for people.
    pub name: String,
    /// Whose it is.
    pub side: Custodian,
    /// What it holds of each cinema.
    pub cinemas: BTreeMap<String, Books>,
}

/// What is stored of one cinema.
#[derive(Debug, Clone, Default)]
pub struct Books {
    /// The seats that have a row: all of them at a box, those that were ever given at the hub.
    pub seats: BTreeMap<Place, SeatRow>,
    /// Grants that wait until what they name is known: the seat and its epoch.
    pub kept: BTreeSet<(Place, u64)>,
    /// What came by hand-over codes and not by the stream yet: the seat and its epoch.
    pub scanned: BTreeSet<(Place, u64)>,
    /// The holds.
    pub holds: BTreeMap<String, HoldRow>,
    /// The payments.
    pub payments: BTreeMap<String, PaymentRow>,
    /// The sales of this side.
    pub sales: BTreeMap<String, SaleRow>,
    /// The tickets of this side.
    pub tickets: BTreeMap<String, TicketRow>,
    /// The tickets of this side that were asked back.
    pub refunds: BTreeMap<String, RefundRow>,
    /// The sales of which head office has taken tickets back itself.
    pub taken_back_by_head_office: BTreeSet<String>,
    /// The tickets that a person has given back although their guests were let in.
    pub given_back_by_person: BTreeSet<String>,
    /// The tickets that this side has heard of.
    pub heard: BTreeMap<String, HeardTicket>,
    /// Who was let in.
    pub admissions: BTreeMap<String, AdmissionRow>,
    /// The last number of each series of receipts.
    pub series: BTreeMap<i64, i64>,
    /// The payments that a person was, or is, asked about; and whether the case is open.
    pub cases: BTreeMap<String, bool>,
    /// The tickets on their way back that a person was, or is, asked about; and whether the case is open.
    pub refund_cases: BTreeMap<String, bool>,
    /// The same of guests who were let in although their money went back. Before they were cases of their own they were closed among the others.
    pub admitted_cases: BTreeMap<String, bool>,
    /// The same of what went back beyond a ticket's price.
    pub too_much_cases: BTreeMap<String, bool>,
    /// The showtimes whose seats a person has taken out of quarantine.
    pub released: BTreeSet<String>,
    /// How often this side went on although something may be missing; a cinema passed over the numbers of receipts that it may have given.
    pub losses: usize,
    /// Whether this box has taken the place of another: what was before it is known here only as far as the hub has told it.
    pub has_succeeded: bool,
    /// The seats that were somebody's before this box took another's place, each with its epoch then.
    pub former_epochs: BTreeMap<Place, u64>,
    /// The lives of the boxes before, which are nobody's any more: the number and random bits of each.
    pub former_lives: BTreeSet<(u64, [u8; 16])>,
    /// The streams that it writes and hears.
    pub streams: Vec<StreamSeen>,
    /// What only a hub keeps of what it was told.
    pub told: Told,
}

/// A row of `seat`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatRow {
    /// How often it has changed hands.
    pub epoch: u64,
    /// How often it was sold.
    pub edition: u64,
    /// Free, held, sold, ..
    pub state: String,
    /// The hold, ticket or block that has it.
    pub holder: Option<String>,
}

/// A row of `hold`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRow {
    /// The showtime.
    pub showtime: String,
    /// Open, paying, ..
    pub state: String,
    /// Its seats.
    pub seats: Vec<String>,
}

impl HoldRow {
    /// Whether it is neither sold nor given back.
    pub fn is_under_way(&self) -> bool {
        self.state != "settled" && self.state != "ended"
    }
}

/// A row of `payment`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    /// The hold that it pays for.
    pub hold: String,
    /// Cash or card.
    pub means: String,
    /// In which currency.
    pub currency: String,
    /// What it pays.
    pub amount_minor: i64,
    /// What was handed over, for cash.
    pub given_minor: Option<i64>,
    /// Where it stands.
    pub state: String,
    /// What was taken.
    pub captured_minor: i64,
    /// What was given back of it.
    pub returned_minor: i64,
    /// Whether something is still to be done.
    pub open: bool,
}

impl Books {
    /// Whether some of a stream is pruned, so that what it told is not known any more.
    pub(crate) fn is_pruned(&self) -> bool {
        (self.streams.iter()).any(|it| it.fork == 0 && it.is_pruned)
    }

    /// Whether a ticket is one that was sold before this box took another's place, as the hub has told it.
    pub(crate) fn is_of_before(&self, ticket: &str) -> bool {
        self.has_succeeded && self.heard.get(ticket).is_some_and(|it| it.sale.is_none())
    }

    /// Whether a ticket is one that this side sold and has forgotten, as a person has accepted, and whose guest has shown it at the door since.
    pub(crate) fn is_found_again(&self, ticket: &str) -> bool {
        let is_found = |it: &AdmissionRow| it.found && it.is_of_cinema;
        self.losses > 0 && self.admissions.get(ticket).is_some_and(is_found)
    }

    /// Whether a ticket was sold at the cinema's own risk, as far as is known here.
    pub(crate) fn is_at_risk(&self, ticket: &str) -> bool {
        let own = self.tickets.get(ticket).map(|it| it.at_risk);
        own.or_else(|| self.heard.get(ticket).map(|it| it.at_risk)) == Some(true)
    }
}

impl PaymentRow {
    /// Whether nothing of it is here any more.
    pub fn is_all_back(&self) -> bool {
        self.state == "returned"
    }

    /// What is still here.
    pub fn kept_minor(&self) -> i64 {
        self.captured_minor.saturating_sub(self.returned_minor)
    }
}

/// A row of `sale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRow {
    /// The hold that it was.
    pub hold: String,
    /// The showtime.
    pub showtime: String,
    /// The series of its receipt; [`REFERENCES`] of what was sold online.
    pub series: i64,
    /// The number in it.
    pub number: i64,
    /// When on this side's running time, as far as that is kept.
    pub sold_ms: i64,
    /// In which currency.
    pub currency: String,
    /// The sum.
    pub total_minor: i64,
    /// The tax inside it.
    pub tax_minor: i64,
    /// The change that was given.
    pub change_minor: i64,
}

/// What stands in the place of a series where references are drawn and nothing is counted.
pub const REFERENCES: i64 = 0;

/// A row of `ticket`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// The sale.
    pub sale: String,
    /// The showtime.
    pub showtime: String,
    /// The seat.
    pub seat: String,
    /// The epoch under which it was sold.
    pub epoch: u64,
    /// Its edition.
    pub edition: u64,
    /// The price.
    pub price_minor: i64,
    /// The tax inside it.
    pub tax_minor: i64,
    /// By which rules it goes back, and with which tax it was sold.
    pub terms: TicketTerms,
    /// Whether it lets somebody in.
    pub live: bool,
    /// How far it is on its way back, if somebody has asked for it.
    pub taken_back: Option<String>,
    /// Whether a person must decide about it.
    pub disputed: bool,
    /// Whether the cinema sold it at its own risk: another ticket may stand for its seat.
    pub at_risk: bool,
}

/// On what terms a ticket was sold, of all that is kept of it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct TicketTerms {
    /// By which rules it goes back.
    #[serde(default)]
    pub refunds: RefundRules,
    /// The tax inside its price, in hundredths of a percent.
    pub tax_basis_points: u32,
}

impl TicketRow {
    /// Its showtime and seat.
    pub fn place(&self) -> Place {
        (self.showtime.clone(), self.seat.clone())
    }
}

/// A row of `refund`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRow {
    /// Where it stands.
    pub state: String,
    /// The payment that gives it back, where one does.
    pub payment: Option<String>,
    /// What goes back.
    pub amount_minor: i64,
    /// What of the ticket's price is kept.
    pub kept_minor: i64,
    /// The tax inside that.
    pub kept_tax_minor: i64,
    /// Why it is kept; nothing, where it was written down before that was.
    pub kept_why: Option<String>,
    /// What whoever took the money has given back for it.
    pub given_minor: i64,
    /// What a person has given for it by hand.
    pub by_hand_minor: i64,
    /// Whether somebody is waited for.
    pub open: bool,
}

impl RefundRow {
    /// Whether the cinema has not answered.
    pub fn is_asked(&self) -> bool {
        self.state == "requested" || self.state == "revoking"
    }

    /// What of its payment goes back for it: what went, or what is to.
    pub fn of_payment_minor(&self) -> i64 {
        match self.state.as_str() {
            "done" => self.given_minor,
            _ => self.amount_minor,
        }
    }

    /// Whether its money has gone back, or is to.
    pub fn goes_back(&self) -> bool {
        self.state == "owed" || self.state == "done"
    }
}

/// A ticket of the other side, as it was heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardTicket {
    /// The showtime.
    pub showtime: String,
    /// The seat.
    pub seat: String,
    /// The epoch under which it was sold.
    pub epoch: u64,
    /// Its edition.
    pub edition: u64,
    /// The sale that it was told with; none for one that was only presented.
    pub sale: Option<String>,
    /// The price, where it was told.
    pub price_minor: Option<i64>,
    /// Live, revoking, ..
    pub state: String,
    /// Whether a person must decide about it.
    pub disputed: bool,
    /// Whether its seller had no custody of the seat, or somebody has freed it since without proof: another ticket may stand for it.
    pub at_risk: bool,
}

impl HeardTicket {
    /// Whether it lets somebody in, as far as is known.
    pub fn is_live(&self) -> bool {
        self.state == "live" || self.state == "revoking"
    }
}

/// A row of `admission`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmissionRow {
    /// The showtime.
    pub showtime: String,
    /// The seat.
    pub seat: String,
    /// Whether it was proven.
    pub proven: bool,
    /// Whether no record knew the ticket.
    pub found: bool,
    /// Whether the cinema sold the ticket, and not the hub.
    pub is_of_cinema: bool,
    /// Whether the other side was told.
    pub told: bool,
    /// Whether no record knew the ticket, and somebody had freed its seat without proof: another guest may come.
    pub at_risk: bool,
}

/// What a hub was told of sales.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The sales.
    pub sales: BTreeMap<String, ToldSale>,
    /// The payments of sales: of which sale, and how much.
    pub tenders: BTreeMap<String, (String, i64)>,
    /// The money that went back, by payment.
    pub refunds: BTreeMap<String, i64>,
    /// By business day the sales, tickets and money that head office is shown.
    pub day_sums: BTreeMap<String, [i64; 3]>,
    /// By showtime the seats sold that head office is shown.
    pub seats_sold: BTreeMap<String, i64>,
}

/// A sale that a hub was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldSale {
    /// The business day.
    pub day: String,
    /// The sum.
    pub total_minor: i64,
    /// How many tickets.
    pub tickets: i64,
}
