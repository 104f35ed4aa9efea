//! From the first seat touched to the printed ticket: hold, basket, tender, sale.

use box_office::text::{LONGEST_LANGUAGE_TAG, is_language_tag};
use box_office::{HoldId, Money, SaleId, SeatId, ShowtimeId, TenderId, TicketKindId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{RefundTerms, Ticket};

/// A seat and the kind of ticket wanted for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SeatChoice {
    /// The seat.
    pub seat: SeatId,
    /// The kind of ticket; the price book's default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_kind: Option<TicketKindId>,
}

/// `POST /api/v1/showtimes/{id}/holds` (with an `Idempotency-Key`), and `PUT /api/v1/holds/{id}/seats` to choose anew:
/// all or none, the time goes on. The PUT also changes ticket kinds of the same seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    /// 1 to 10 different seats.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 10))]
    pub seats: Vec<SeatChoice>,
    /// The guest's language, for the paper: BCP 47; English if absent.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "language_tag"
    )]
    #[cfg_attr(feature = "openapi", schema(max_length = 20))]
    pub language: Option<String>,
}

/// A tag that is kept and printed by: whatever else somebody sends is refused, as an id is that is none.
fn language_tag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let tag = Option::<String>::deserialize(from)?;
    match &tag {
        Some(tag) if !is_language_tag(tag) => {
            let words = format!(
                "a language is a tag of BCP 47 like de or pt-BR, of at most {LONGEST_LANGUAGE_TAG} characters"
            );
            Err(D::Error::custom(words))
        }
        Some(_) | None => Ok(tag),
    }
}

/// Seats kept for a guest. Answer to the two above, to `GET /api/v1/holds/{id}` and to `POST /api/v1/holds/{id}/extend`
/// (as much time as a new hold has; 409 `no_more_time` once ten times as much was gained).
/// `DELETE /api/v1/holds/{id}` gives the seats back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hold {
    /// The hold.
    pub id: HoldId,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// How long it still lasts, in milliseconds. It stands still while a payment is under way.
    pub expires_in_ms: u64,
    /// Whether it may be extended, which can be done ten times at least.
    pub extendable: bool,
    /// Where it stands.
    pub state: HoldState,
    /// What it costs.
    pub basket: Basket,
    /// What a clerk would mention.
    pub warnings: Vec<Warning>,
    /// The payments tried so far, oldest first.
    pub tenders: Vec<Tender>,
    /// The sale that it became.
    pub sale: Option<SaleId>,
    /// Online: until when its tickets go back, RFC 3339 with the cinema's offset, by the rules under which its seats were chosen, whatever is
    /// published later; nothing, if they do not go back, or not any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunds_until: Option<String>,
    /// Online: what the cinema keeps of each of them, tax included, if it keeps any of it; of one that costs less, its whole price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunds_kept: Option<Money>,
}

impl Hold {
    /// By which rules its tickets go back.
    pub fn refund_terms(&self) -> RefundTerms {
        RefundTerms {
            until: self.refunds_until.clone(),
            kept: self.refunds_kept,
        }
    }
}

/// Answer to `GET /api/v1/holds`: what of the device's is under way, for a screen that has forgotten it. A sale belongs to it for ten
/// minutes, or until `POST /api/v1/sales/{id}/handed-over` says that the guest has the tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnderWay {
    /// What is chosen, being paid, or sold, the newest first.
    pub holds: Vec<Hold>,
}

/// Where a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// Seats may be changed and paid for.
    Open,
    /// A card payment is under way: nothing may change and nothing lapses until its outcome is known.
    Paying,
    /// Sold: see `sale`.
    Settled,
    /// Given back or lapsed.
    Ended,
}

/// What the seats of a hold cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Basket {
    /// One line a seat, in the layout's order.
    pub lines: Vec<Line>,
    /// The sum, tax included.
    pub total: Money,
    /// The tax inside the sum: the sum of the lines' taxes.
    pub tax: Money,
    /// What has been paid of it.
    pub paid: Money,
}

impl Basket {
    /// What is chosen, as it is asked for.
    pub fn choices(&self) -> Vec<SeatChoice> {
        let choice = |line: &Line| SeatChoice {
            seat: line.seat.clone(),
            ticket_kind: Some(line.ticket_kind.clone()),
        };
        self.lines.iter().map(choice).collect()
    }
}

/// The price of one seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Line {
    /// The seat.
    pub seat: SeatId,
    /// The kind of ticket.
    pub ticket_kind: TicketKindId,
    /// The price, tax included.
    pub price: Money,
    /// The tax inside it.
    pub tax: Money,
}

/// Something that does not stop the sale (lenient mode), or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Warning {
    /// `single_seat_left`: these seats would be left over alone. `seats_lost`: the hold has ended, and somebody else has these by now;
    /// choose again, at the prices that are shown then.
    pub code: String,
    /// The seats.
    pub seats: Vec<SeatId>,
    /// What would leave none over: as many free seats of the same kinds, as near as can be in the same row. Empty, if there are no such.
    #[serde(default)]
    pub instead: Vec<SeatId>,
}

/// `POST /api/v1/holds/{id}/tenders` (with an `Idempotency-Key`): exactly one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TenderRequest {
    /// Cash counted by a clerk, in minor units: what was handed over. Tills only.
    Cash {
        /// The amount handed over in minor units, more than 0.
        #[cfg_attr(feature = "openapi", schema(minimum = 1))]
        given_minor: i64,
    },
    /// The rest of the total by card. Answered 202 at once; `GET /holds/{id}` tells the outcome. An approved card that
    /// completes the total settles the sale by itself, so that money is never taken without a ticket.
    Card(CardRequest),
}

/// Nothing needs to be said to pay by card at a terminal. What the guest was shown is only compared: an order that was changed elsewhere meanwhile is not paid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CardRequest {
    /// Online: what the payment provider gave the browser for the guest's card. It is no number of a card, and a terminal reads the card
    /// itself.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "card_token"
    )]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub card: Option<String>,
    /// Whether the guest has agreed to go without paper: none is printed, then or later, and the codes are the tickets.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paperless: bool,
    /// The total that the guest was shown, in minor units: 409 `price_changed` if it is not the total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_minor: Option<i64>,
    /// The seats and the kinds of ticket that the guest was shown, if they are said: 409 `order_changed` if the hold has others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<SeatChoice>,
    /// Until when the guest was told that the tickets go back, if they were told that they do: 409 `rules_changed` if the hold has other rules,
    /// `refunds_over` if that time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunds_until: Option<String>,
    /// What is kept of each, as the guest was told, in minor units; compared with that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunds_kept_minor: Option<i64>,
}

/// The longest token of a card: Stripe's have 30 characters or so.
const LONGEST_CARD_TOKEN: usize = 200;

/// What a provider calls a card; what can be the number of one is refused, so that none comes near us.
fn card_token<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let token = Option::<String>::deserialize(from)?;
    let is_one = |token: &String| {
        token.len() <= LONGEST_CARD_TOKEN
            && token.bytes().any(|sign| sign.is_ascii_alphabetic())
            && token
                .bytes()
                .all(|sign| sign.is_ascii_alphanumeric() || b"-_.".contains(&sign))
    };
    match &token {
        Some(token) if !is_one(token) => Err(D::Error::custom(
            "a card is what the payment provider calls it, never its number",
        )),
        Some(_) | None => Ok(token),
    }
}

/// One attempt to pay. `DELETE /api/v1/tenders/{id}` asks the terminal to stop; the outcome is what the terminal says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tender {
    /// The tender; also the reference that the terminal knows it by.
    pub id: TenderId,
    /// How.
    pub way: TenderWay,
    /// How much of the total it pays.
    pub amount: Money,
    /// Where it stands.
    pub state: TenderState,
    /// For an approved card: last four digits and authorisation code, as the slip says them.
    pub card: Option<CardSlip>,
    /// For cash: what was handed over.
    pub given: Option<Money>,
    /// Online, while the bank wants more of the guest: the page that their browser opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// For a declined card: why, if the bank said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<DeclineReason>,
}

/// Why a bank refuses a card, as far as a guest is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// There is not enough on it.
    NotEnoughMoney,
    /// It is no longer good.
    Expired,
    /// The guest, or whoever had the card, said no at the bank's page, or did not say yes.
    NotConfirmed,
    /// The bank gives no reason that it wants told.
    Refused,
    /// It is no matter of the card: whoever takes the money takes none for this side at the moment.
    Unavailable,
}

impl DeclineReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::NotEnoughMoney,
        Self::Expired,
        Self::NotConfirmed,
        Self::Refused,
        Self::Unavailable,
    ];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotEnoughMoney => "not_enough_money",
            Self::Expired => "expired",
            Self::NotConfirmed => "not_confirmed",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What a terminal tells of an approved payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardSlip {
    /// The last four digits.
    pub last_four: String,
    /// The authorisation code.
    pub authorisation: String,
}

/// How a guest pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TenderWay {
    /// Cash.
    Cash,
    /// Card.
    Card,
}

/// Where an attempt to pay stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TenderState {
    /// The terminal is working on it, or cannot be reached and is being asked.
    Pending,
    /// Paid.
    Approved,
    /// Refused by the card's bank.
    Declined,
    /// Stopped before it was paid.
    Cancelled,
    /// Paid, and given back because no ticket could be issued for it.
    Refunded,
}

/// `POST /api/v1/holds/{id}/settle` (with an `Idempotency-Key`): issues the tickets. An empty object where all is paid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SettleRequest {
    /// Cash handed over with this request, in minor units, so that a cash sale takes two requests. Tills only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub cash_given_minor: Option<i64>,
    /// What the seller told the guest, in minor units: 409 `price_changed` if it is not the total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_minor: Option<i64>,
    /// The seats and the kinds of ticket that the guest was shown, if they are said: 409 `order_changed` if the hold has others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<SeatChoice>,
    /// Until when the guest was told that the tickets go back, if they were told that they do: 409 `rules_changed` if the hold has other rules,
    /// `refunds_over` if that time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunds_until: Option<String>,
    /// What is kept of each, as the guest was told, in minor units; compared with that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunds_kept_minor: Option<i64>,
    /// Whether the guest has agreed to go without paper; what was said with a card payment holds too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paperless: bool,
}

/// A sale: answer to settle and to `GET /api/v1/sales/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sale {
    /// The sale.
    pub id: SaleId,
    /// The hold that it came from.
    pub hold: HoldId,
    /// The number on the receipt: series, dash, number without gaps within the series: `1-000042`. The random reference of what was bought
    /// online: `K7QP-2MXD`.
    pub receipt_number: String,
    /// When, RFC 3339 with the cinema's offset.
    pub sold_at: String,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The tickets, in the layout's order.
    pub tickets: Vec<Ticket>,
    /// The sum, tax included.
    pub total: Money,
    /// The tax inside it.
    pub tax: Money,
    /// How it was paid.
    pub tenders: Vec<Tender>,
    /// What the clerk gives back.
    pub change: Money,
    /// Six characters that name the sale to the staff and collect its paper: `K7QP2M`.
    pub collection_code: String,
    /// Where the paper is.
    pub paper: PaperState,
    /// The page of all its tickets, for the guest's phone; none, if phones do not reach the box. At a hub that nobody has told its address
    /// outside it is a path on the host that was asked. `/api/v1/sales/{id}/page.svg` is the address as a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

/// Where the paper of a sale is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaperState {
    /// Waiting for the printer, which is fine.
    Queued,
    /// On its way.
    Printing,
    /// Every ticket came out.
    Printed,
    /// The printer wants paper: the code on the screen is the ticket.
    PaperOut,
    /// The printer is open.
    CoverOpen,
    /// The printer cannot be reached or is broken.
    PrinterFault,
    /// This box has no printer, or the guest goes without paper: the code on the screen is the ticket.
    NoPrinter,
    /// It did not come out, and does not unless somebody has it printed again: the showtime is over, or it cannot be printed.
    SetAside,
}
