//! Why seats are not held, or a hold is not changed.

use axum::http::StatusCode;
use box_office::TicketKindId;
use box_office::checkout::PurchaseRefusal;
use box_office::price::PriceRefusal;
use service::http::Refusal;

use crate::Fault;
use crate::catalogue::CatalogueRefused;
use crate::fault::with_faults;
use crate::repeats::KeyReused;
use crate::seats::SeatsRefused;

/// Why seats are not held, or a hold is not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldRefused {
    /// It is another buyer's, or never was.
    UnknownHold,
    /// The buyer has as many as it may.
    TooManyHolds {
        /// How many that is.
        limit: u32,
    },
    /// Guests at home hold as many seats of this showtime as they may together.
    Crowded,
    /// Others wait for their turn to choose seats of this showtime, and so does this guest.
    NotYourTurn,
    /// So many choose at once that a browser does some work first.
    WorkNeeded,
    /// A guest at home has tried to pay for it as often as one may.
    TooManyPayments,
    /// The buyer may buy no more.
    NotWelcome,
    /// All the time was given that there is.
    NoMoreTime,
    /// They were kept for so long that no payment begins any more.
    TooLateToPay,
    /// Not sold for this film to this buyer.
    NotThisKind(TicketKindId),
    /// No kind of ticket is sold to this buyer.
    NothingForSale,
    /// This kind has no price for this seat.
    Price(PriceRefusal),
    /// The purchase does not allow it where it stands.
    Purchase(PurchaseRefusal),
    /// The seats.
    Seats(SeatsRefused),
    /// The key was used for another request.
    KeyReused,
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(HoldRefused);

impl From<PurchaseRefusal> for HoldRefused {
    fn from(refusal: PurchaseRefusal) -> Self {
        Self::Purchase(refusal)
    }
}

impl From<SeatsRefused> for HoldRefused {
    fn from(refused: SeatsRefused) -> Self {
        Self::Seats(refused)
    }
}

impl From<CatalogueRefused> for HoldRefused {
    fn from(refused: CatalogueRefused) -> Self {
        Self::Seats(refused.into())
    }
}

impl From<KeyReused> for HoldRefused {
    fn from(_: KeyReused) -> Self {
        Self::KeyReused
    }
}

impl From<HoldRefused> for Refusal {
    fn from(refused: HoldRefused) -> Self {
        use HoldRefused as R;
        match refused {
            R::UnknownHold => Refusal::not_found(
                "unknown_hold",
                "There is no such hold",
                "It belongs to another device or never was.",
            ),
            R::TooManyHolds { limit } => Refusal::conflict(
                "too_many_holds",
                "This device holds too many seats at once",
                format!("It may have {limit} holds: finish or release one first."),
            ),
            R::Crowded => Refusal::conflict(
                "too_many_choose",
                "Too many guests choose seats of this showtime at this moment",
                "Some are free again within minutes: try again then.",
            ),
            R::NotYourTurn => Refusal::conflict(
                "not_your_turn",
                "Many guests wait to choose seats of this showtime",
                "Keep a place in the queue with PUT /api/v1/cinemas/{cinema}/showtimes/{showtime}/place, and ask again when it is your turn.",
            ),
            R::WorkNeeded => Refusal::new(
                StatusCode::PRECONDITION_REQUIRED,
                "work_needed",
                "Many guests choose seats of this showtime at this moment",
                "Ask again with a Foyer-Work header, as the answer to POST /api/v1/guests describes it.",
            ),
            R::TooManyPayments => Refusal::conflict(
                "too_many_payments",
                "It was tried to pay for these seats too often",
                "Give them back and choose again.",
            ),
            R::NotWelcome => Refusal::new(
                StatusCode::UNAUTHORIZED,
                "not_welcome",
                "This device may sell no more",
                "It was revoked while it asked.",
            ),
            R::NoMoreTime => Refusal::conflict(
                "no_more_time",
                "These seats cannot be kept longer",
                "All the time was given that there is: pay, or choose again.",
            ),
            R::TooLateToPay => Refusal::conflict(
                "too_late_to_pay",
                "These seats were kept too long to be paid now",
                "Give them back and choose again.",
            ),
            R::NotThisKind(kind) => Refusal::unprocessable(
                "ticket_kind_not_sold",
                "This kind of ticket is not sold here",
                format!("{kind} tickets are not sold for this film by this device."),
            ),
            R::NothingForSale => Refusal::conflict(
                "nothing_for_sale",
                "No kind of ticket is sold here",
                "Ask at the till.",
            ),
            R::Price(refusal) => Refusal::unprocessable(
                "ticket_kind_not_sold",
                "This kind of ticket is not sold for this seat",
                refusal.to_string(),
            ),
            R::Purchase(refusal) => purchase(refusal),
            R::Seats(refused) => refused.into(),
            R::KeyReused => KeyReused.into(),
            R::Fault(fault) => fault.into(),
        }
    }
}

fn purchase(refusal: PurchaseRefusal) -> Refusal {
    match refusal {
        PurchaseRefusal::Lapsed => Refusal::conflict(
            "hold_lapsed",
            "The seats are no longer held",
            "Choose them again.",
        ),
        PurchaseRefusal::PaymentUnderWay => Refusal::conflict(
            "payment_under_way",
            "A payment is under way",
            "Wait for its outcome, or stop it at the terminal.",
        ),
        PurchaseRefusal::AlreadySold => Refusal::conflict(
            "already_sold",
            "These seats are sold",
            "The hold has become a sale.",
        ),
        PurchaseRefusal::AlreadyPaid => {
            Refusal::conflict("already_paid", "Everything is paid", "Settle the sale.")
        }
        PurchaseRefusal::NotPaid { missing_minor } => Refusal::conflict(
            "not_paid",
            "The total is not paid",
            format!("{missing_minor} minor units are missing."),
        ),
    }
}
