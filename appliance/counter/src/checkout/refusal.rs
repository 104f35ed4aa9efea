//! Why a purchase does not go on.

use box_office::checkout::PurchaseRefusal;
use service::http::Refusal;

use crate::Fault;
use crate::catalogue::CatalogueRefused;
use crate::custody::NotTakenOver;
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
    /// No phone reaches the page of the sale from a picture.
    NoPage,
    /// The total is another than the guest was told.
    PriceChanged {
        /// What it is, in minor units.
        total_minor: i64,
    },
    /// The seats or their kinds of ticket are others than the guest was shown.
    OrderChanged,
    /// The tickets go back by other rules than the guest was shown.
    RulesChanged,
    /// The time is over in which its tickets went back, as was shown.
    RefundsOver,
    /// No drawer holds so much, or it is nothing.
    WrongAmount,
    /// This buyer counts no cash.
    NoCashHere,
    /// Nobody takes cards.
    NoTerminal,
    /// Whoever takes the money must be told the card.
    NoCard,
    /// Whoever takes the money takes no amount so small.
    TooLittle {
        /// The least, in minor units.
        least_minor: i64,
    },
    /// Whoever takes the money takes no amount so large.
    TooMuch {
        /// The most, in minor units.
        most_minor: i64,
    },
    /// Whoever takes the money takes round amounts alone.
    NotRound {
        /// Each is a multiple of this, in minor units.
        step_minor: i64,
    },
    /// This side cannot prove that it has all that it sold.
    Stopped,
    /// Another has taken this side's place, or may.
    Revoked,
    /// No person is asked about this payment.
    UnknownCase,
    /// A person is asked about more than one thing of this payment: these.
    WhichCase(Vec<&'static str>),
    /// It was decided before.
    CaseClosed,
    /// The terminal is giving it back at this moment.
    RefundUnderWay,
    /// This is not what the case is about.
    WrongDecision,
    /// It goes on by itself.
    NotSetAside,
    /// Money is under way for it, or was taken and not given back.
    MoneyForIt,
    /// Whoever takes the money gives no list of it, for this reason.
    NoList(String),
    /// What only a person may do needs a reason.
    NoReason,
    /// The seats are not taken over.
    NotTakenOver(NotTakenOver),
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(CheckoutRefused);

impl CheckoutRefused {
    /// So much is missing, in minor units.
    pub(crate) fn not_paid(missing_minor: i64) -> Self {
        PurchaseRefusal::NotPaid { missing_minor }.into()
    }

    /// For a step that nobody asked for, and that nothing can refuse.
    pub(super) fn into_fault(self) -> Fault {
        if let Self::Fault(fault) = self {
            return fault;
        }
        Fault::Broken(format!("what nobody asked for was refused: {self}"))
    }
}

impl From<HoldRefused> for CheckoutRefused {
    fn from(refused: HoldRefused) -> Self {
        Self::Hold(refused)
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

impl From<NotTakenOver> for CheckoutRefused {
    fn from(refused: NotTakenOver) -> Self {
        Self::NotTakenOver(refused)
    }
}

impl From<CheckoutRefused> for Refusal {
    fn from(refused: CheckoutRefused) -> Self {
        use CheckoutRefused as R;
        match refused {
            R::Hold(refused) => refused.into(),
            R::UnknownTender => Refusal::not_found(
                "unknown_tender",
                "There is no such payment",
                "It belongs to another device or never was.",
            ),
            R::UnknownSale => Refusal::not_found(
                "unknown_sale",
                "There is no such sale",
                "It belongs to another device or never was.",
            ),
            R::NoPage => Refusal::not_found(
                "no_page",
                "The sale has no page that a phone could open",
                "Nobody has set the address under which phones reach this side: `[http] public`.",
            ),
            R::PriceChanged { total_minor } => Refusal::conflict(
                "price_changed",
                "The total is another one",
                format!("It is {total_minor} minor units: tell the guest and try again."),
            ),
            R::OrderChanged => Refusal::conflict(
                "order_changed",
                "The order is another one",
                "Its seats or tickets were changed elsewhere: show the guest the hold as it is and try again.",
            ),
            R::RulesChanged => Refusal::conflict(
                "rules_changed",
                "The tickets go back by other rules",
                "The seats were chosen under other rules than were shown: show the guest those of the hold and try again.",
            ),
            R::RefundsOver => Refusal::conflict(
                "refunds_over",
                "The time to give the tickets back is over",
                "They went back until the time that was shown: tell the guest that they do no more, and try again without it.",
            ),
            R::WrongAmount => Refusal::unprocessable(
                "wrong_amount",
                "The amount cannot be",
                "In minor units it is more than nothing, and less than any drawer holds.",
            ),
            R::NoCashHere => Refusal::forbidden(
                "no_cash_here",
                "This device takes no cash",
                "Pay by card, or at the till.",
            ),
            R::NoTerminal => Refusal::conflict(
                "no_terminal",
                "There is no card terminal",
                "Pay in cash at the till.",
            ),
            R::NoCard => Refusal::unprocessable(
                "no_card",
                "The card is missing",
                "Send as `card` what the payment provider gave the browser for it.",
            ),
            R::TooLittle { least_minor } => Refusal::conflict(
                "too_little_to_charge",
                "The amount is too small for a card",
                format!(
                    "Cards are charged at least {least_minor} minor units: choose more, or pay at the cinema."
                ),
            ),
            R::TooMuch { most_minor } => Refusal::conflict(
                "too_much_to_charge",
                "The amount is too large for a card",
                format!(
                    "Cards are charged at most {most_minor} minor units: choose less at once, or pay at the cinema."
                ),
            ),
            R::NotRound { step_minor } => Refusal::conflict(
                "not_round_to_charge",
                "The amount cannot be charged to a card",
                format!(
                    "Cards are charged a multiple of {step_minor} minor units: choose otherwise, or pay at the cinema."
                ),
            ),
            R::Stopped => Fault::Stopped.into(),
            R::Revoked => Refusal::unavailable(
                "box_revoked",
                "Head office has revoked this box",
                "Nothing new is sold at it, for another may sell its seats. `appliance status` says what to do.",
            ),
            R::UnknownCase => Refusal::not_found(
                "unknown_case",
                "No person is asked about this payment",
                "`appliance cases` lists those that wait for one.",
            ),
            R::WhichCase(open) => {
                let each = open.iter().map(|about| format!("`--about {about}`"));
                let each: Vec<String> = each.collect();
                Refusal::conflict(
                    "which_case",
                    "A person is asked about more than one thing of this payment",
                    format!("Say which: {}.", each.join(" or ")),
                )
            }
            R::CaseClosed => Refusal::conflict(
                "case_closed",
                "This case is closed",
                "It was decided before, or the terminal has spoken after all.",
            ),
            R::RefundUnderWay => Refusal::conflict(
                "refund_under_way",
                "The terminal is giving it back at this moment",
                "Give nothing by hand yet. Look again in a minute with `appliance cases`.",
            ),
            R::WrongDecision => Refusal::conflict(
                "wrong_decision",
                "This is not what the case is about",
                "First it is said whether the money was taken; only what is owed can be given back.",
            ),
            R::NotSetAside => Refusal::not_found(
                "not_set_aside",
                "No such hold was set aside",
                "Any other ends by itself. `appliance status` lists those that cannot.",
            ),
            R::MoneyForIt => Refusal::conflict(
                "money_for_it",
                "Money is under way for this hold, or was taken",
                "First it is decided what becomes of that: `appliance cases` lists what waits for a person.",
            ),
            R::NoList(why) => Refusal::unavailable(
                "no_list",
                "The list of payments cannot be compared now",
                format!("{why}. It is tried again by itself; ask again in a minute."),
            ),
            R::NoReason => Refusal::unprocessable(
                "no_reason",
                "A reason is missing",
                "Say why in at most 200 characters; it is kept with what you do.",
            ),
            R::NotTakenOver(refused) => refused.into(),
            R::Fault(fault) => fault.into(),
        }
    }
}
