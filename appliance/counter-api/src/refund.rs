//! A sold ticket on its way back. The cinema says whether its guest was let in, and only then does anything follow from it.

use box_office::{Money, SaleId, SeatId, TicketId};
use serde::{Deserialize, Serialize};

/// By which rules tickets go back that a guest at home is about to buy, as they are told them before they pay.
/// As a hold has them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundTerms {
    /// Until when, RFC 3339 with the cinema's offset; nothing, if they do not go back, or not any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What the cinema keeps of each, tax included, if it keeps any of it; of one that costs less, its whole price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Money>,
}

/// `POST ../sales/{id}/refunds` (with an `Idempotency-Key`): gives tickets back by the rules under which they were sold:
/// until when, and what is kept of each. What is cancelled goes back whole at any time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// Which; the whole sale if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub tickets: Vec<TicketId>,
    /// What the guest was told comes back for them together, in minor units, if they were: 409 `comes_to_less` if less does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_minor: Option<i64>,
}

/// The tickets of a sale that were asked back. Answer to the above and to `GET ../sales/{id}/refunds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refunds {
    /// The sale.
    pub sale: SaleId,
    /// Each ticket of it that was asked back, in the layout's order.
    pub refunds: Vec<Refund>,
}

/// A ticket on its way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refund {
    /// The ticket.
    pub ticket: TicketId,
    /// Its seat.
    pub seat: SeatId,
    /// What comes back: its price without what is kept of it, tax included.
    pub amount: Money,
    /// What the cinema keeps of its price, tax included, if it keeps any of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Money>,
    /// The tax inside what is kept, by the ticket's rate, if anything is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_tax: Option<Money>,
    /// Where it stands.
    pub state: RefundState,
    /// When it was asked for, RFC 3339 with the cinema's offset.
    pub asked_at: String,
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// The cinema is asked whether the guest was let in. The ticket is good until it answers, and the money comes back when the showtime has
    /// ended without an answer.
    Asked,
    /// The ticket is good for nothing any more, and the money is on its way.
    Owed,
    /// The money is back.
    Returned,
    /// The guest was let in: a person says whether money comes back.
    Refused,
}
