//! What head office does about tickets that go back.

use box_office::{CinemaId, SaleId, TicketId};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/head-office/refunds` (with an `Idempotency-Key`): asks tickets back that were sold to a guest at home, at any time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundOrder {
    /// At which cinema.
    pub cinema: CinemaId,
    /// Of which sale.
    pub sale: SaleId,
    /// Which tickets; the whole sale if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tickets: Vec<TicketId>,
    /// Why, in a sentence.
    pub reason: String,
}

/// `POST /api/v1/head-office/refunds/{ticket}`: decides what waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundDecision {
    /// What.
    pub decision: RefundWord,
    /// Why, in a sentence.
    pub reason: String,
    /// With `given_back`: what was given by hand, in minor units, if that is less than was to go back: 409 `other_amount_given` if it is not what is
    /// left to give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_minor: Option<i64>,
    /// With `seen`: what, where more than one thing is asked about the ticket: 409 `which_case` if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<RefundMatter>,
}

/// What somebody may have seen of a ticket on its way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefundMatter {
    /// That the guest was let in although the money went back.
    Admitted,
    /// That more went back than the ticket has cost.
    TooMuch,
}

/// What a person says of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefundWord {
    /// The money goes back although the guest was let in.
    GiveBack,
    /// It does not, for the guest was let in.
    Keep,
    /// What nobody gave by themselves is given back by hand.
    GivenBack,
    /// Somebody knows that the guest was let in although the money went back, or that more went back than the ticket has cost.
    Seen,
}
