//! Why a purchase does not go on.

use axum::http::StatusCode;
use box_office::checkout::PurchaseRefusal;
use service::http::Refusal;

use crate::Fault;
use crate::catalogue::CatalogueRefused;
use crate::fault::with_faults;
use crate::holds::HoldRefused;
use crate::repeats::KeyReused;

/// Why a purchase does not go on, or a payment is not decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckoutRefused {
    /// The hold.
    Hold(HoldRefused),
    /// It is another buyer's, or never was.
    UnknownTender,
    /// It is another buyer's, or never was.
    UnknownSale,
    /// The total is another than the guest was told.
    PriceChanged {
        /// What it is, in minor units.
        total_minor: i64,
    },
    /// No drawer holds so much, or it is nothing.
    WrongAmount,
    /// This buyer counts no cash.
    NoCashHere,
    /// Nobody takes cards.
    NoTerminal,
    /// No person is asked about this payment.
    UnknownCase,
    /// It was decided before.
    CaseClosed,
    /// The terminal is giving it back at this moment.
    RefundUnderWay,
    /// This is not what the case is about.
    WrongDecision,
    /// What only a person may do needs a reason.
    NoReason,
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(CheckoutRefused);

impl CheckoutRefused {
    /// So much is missing, in minor units.
    pub(crate) fn not_paid(missing_minor: i64) -> Self {
        PurchaseRefusal::NotPaid { missing_minor }.into()
    }
}

impl CheckoutRefused {
    /// For a step that nobody asked for, and that nothing can refuse.
    pub(super) fn into_fault(self) -> Fault {
        if let Self::Fault(fault) = self {
            return fault;
        }
        Fault::Broken(format!("what nobody asked for was refused: {self}"))
    }
}

impl From<PurchaseRefusal> for CheckoutRefused {
    fn from(refusal: PurchaseRefusal) -> Self {
        Self::Hold(refusal.into())
    }
}

impl From<CatalogueRefused> for CheckoutRefused {
    fn from(refused: CatalogueRefused) -> Self {
        Self::Hold(refused.into())
    }
}

impl From<KeyReused> for CheckoutRefused {
    fn from(reused: KeyReused) -> Self {
        Self::Hold(reused.into())
    }
}

impl From<CheckoutRefused> for Refusal {
    fn from(refused: CheckoutRefused) -> Self {
        use CheckoutRefused as R;
        use StatusCode as S;
        let r = |status, code, title, words: &str| Self::new(status, code, title, words);
        match refused {
            R::Hold(refused) => refused.into(),
            R::UnknownTender => r(
                S::NOT_FOUND,
                "unknown_tender",
                "There is no such payment",
                "It belongs to another device or never was.",
            ),
            R::UnknownSale => r(
                S::NOT_FOUND,
                "unknown_sale",
                "There is no such sale",
                "It belongs to another device or never was.",
            ),
            R::PriceChanged { total_minor } => r(
                S::CONFLICT,
                "price_changed",
                "The total is another one",
                &format!("It is {total_minor} minor units: tell the guest and try again."),
            ),
            R::WrongAmount => r(
                S::UNPROCESSABLE_ENTITY,
                "wrong_amount",
                "The amount cannot be",
                "In minor units it is more than nothing, and less than any drawer holds.",
            ),
            R::NoCashHere => r(
                S::FORBIDDEN,
                "no_cash_here",
                "This device takes no cash",
                "Pay by card, or at the till.",
            ),
            R::NoTerminal => r(
                S::CONFLICT,
                "no_terminal",
                "There is no card terminal",
                "Pay in cash at the till.",
            ),
            R::UnknownCase => r(
                S::NOT_FOUND,
                "unknown_case",
                "No person is asked about this payment",
                "`appliance cases` lists those that wait for one.",
            ),
            R::CaseClosed => r(
                S::CONFLICT,
                "case_closed",
                "This case is closed",
                "It was decided before, or the terminal has spoken after all.",
            ),
            R::RefundUnderWay => r(
                S::CONFLICT,
                "refund_under_way",
                "The terminal is giving it back at this moment",
                "Give nothing by hand yet. Look again in a minute with `appliance cases`.",
            ),
            R::WrongDecision => r(
                S::CONFLICT,
                "wrong_decision",
                "This is not what the case is about",
                "First it is said whether the money was taken; only what is owed can be given back.",
            ),
            R::NoReason => r(
                S::UNPROCESSABLE_ENTITY,
                "no_reason",
                "A reason is missing",
                "Say why in at most 200 characters; it is kept with what you do.",
            ),
            R::Fault(fault) => fault.into(),
        }
    }
}
