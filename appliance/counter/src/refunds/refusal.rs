//! Why a ticket does not go back, as whoever bought it would be told.

use box_office::custody::CustodyRefusal;
use box_office::{Money, SeatId};
use service::http::Refusal;

use crate::Fault;
use crate::custody::CustodyRefused;
use crate::fault::with_faults;
use crate::repeats::KeyReused;

/// Why a ticket does not go back, or nothing is decided about one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundRefused {
    /// It is another guest's, or never was.
    UnknownSale,
    /// The sale has no such ticket.
    UnknownTicket,
    /// The showtime has begun.
    TooLate,
    /// By the rules under which it was sold it went back until some time before the start.
    WindowOver {
        /// How many minutes before.
        minutes: u32,
    },
    /// By those rules it does not go back.
    NeverBack,
    /// Less comes back than whoever asks was told.
    ComesToLess {
        /// What comes back.
        back: Money,
    },
    /// A love seat goes back whole.
    HalfOfALoveSeat {
        /// The half that is to go back.
        seat: SeatId,
        /// The half that would stay.
        other: SeatId,
    },
    /// The guest is inside.
    AlreadyAdmitted,
    /// The ticket does not stand any more, or is not this side's to take back.
    NotStanding,
    /// The key was used for another request.
    Repeat(KeyReused),
    /// No person is asked about this ticket.
    UnknownCase,
    /// It was decided before.
    CaseClosed,
    /// This is not what the case is about.
    WrongDecision,
    /// A person is asked about more than one thing of this ticket, and does not say of which they speak.
    WhichCase,
    /// It is being given back at this moment.
    UnderWay,
    /// Not as much is to be given by hand as is said: some of it went back before, or more.
    OtherAmountGiven {
        /// What went back.
        given: Money,
        /// What was to.
        to_give: Money,
        /// What is left to give by hand.
        left: Money,
    },
    /// What only a person may do needs a reason.
    NoReason,
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(RefundRefused);

impl From<KeyReused> for RefundRefused {
    fn from(reused: KeyReused) -> Self {
        Self::Repeat(reused)
    }
}

impl From<CustodyRefused> for RefundRefused {
    fn from(refused: CustodyRefused) -> Self {
        match refused {
            CustodyRefused::Fault(fault) => Self::Fault(fault),
            CustodyRefused::UnknownShowtime => Self::UnknownTicket,
            CustodyRefused::Custody(refusal) => match refusal {
                CustodyRefusal::Stopped => Self::Fault(Fault::Stopped),
                CustodyRefusal::AlreadyAdmitted => Self::AlreadyAdmitted,
                CustodyRefusal::Unknown => Self::UnknownTicket,
                CustodyRefusal::Revoked
                | CustodyRefusal::NotThisSide(_)
                | CustodyRefusal::NotOurs(_)
                | CustodyRefusal::NotFree(_)
                | CustodyRefusal::Floor
                | CustodyRefusal::OtherPlan
                | CustodyRefusal::Superseded
                | CustodyRefusal::NotBegun
                | CustodyRefusal::OldCode => Self::NotStanding,
            },
        }
    }
}

impl From<RefundRefused> for Refusal {
    fn from(refused: RefundRefused) -> Self {
        use RefundRefused as R;
        match refused {
            R::UnknownSale => Refusal::not_found(
                "unknown_sale",
                "There is no such sale",
                "It belongs to another guest or never was.",
            ),
            R::UnknownTicket => Refusal::not_found(
                "unknown_ticket",
                "The sale has no such ticket",
                "Name tickets of this sale, or none for all of them.",
            ),
            R::TooLate => Refusal::conflict(
                "refund_too_late",
                "The showtime has begun",
                "Tickets go back until it begins. The cinema can still help.",
            ),
            R::WindowOver { minutes } => Refusal::conflict(
                "refund_window_over",
                "The time to give the ticket back is over",
                format!(
                    "It went back until {minutes} {} before the showtime begins. The cinema can still help.",
                    if minutes == 1 { "minute" } else { "minutes" }
                ),
            ),
            R::NeverBack => Refusal::conflict(
                "never_refunded",
                "The ticket does not go back",
                "It was sold under rules by which guests give no ticket back. The cinema can still help.",
            ),
            R::ComesToLess { back } => Refusal::conflict(
                "comes_to_less",
                "Less comes back than was told",
                format!("It is {back}: tell the guest and ask again."),
            ),
            R::HalfOfALoveSeat { seat, other } => Refusal::unprocessable(
                "half_of_a_love_seat",
                "A love seat goes back whole",
                format!(
                    "{seat} and {other} are one love seat: name both tickets. The cinema can still help."
                ),
            ),
            R::AlreadyAdmitted => Refusal::conflict(
                "already_admitted",
                "The guest was let in",
                "A ticket that was used does not go back. The cinema can still help.",
            ),
            R::NotStanding => Refusal::conflict(
                "not_to_be_refunded",
                "The ticket does not stand any more",
                "It was taken back or replaced, or another side sold it.",
            ),
            R::Repeat(reused) => reused.into(),
            R::UnknownCase => Refusal::not_found(
                "unknown_case",
                "No person is asked about this ticket",
                "`cloud-hub cases` lists those that wait for one.",
            ),
            R::CaseClosed => Refusal::conflict(
                "case_closed",
                "This case is closed",
                "It was decided before, or the money has gone back meanwhile.",
            ),
            R::WrongDecision => Refusal::conflict(
                "wrong_decision",
                "This is not what the case is about",
                "`cloud-hub cases` says what each case asks.",
            ),
            R::WhichCase => Refusal::conflict(
                "which_case",
                "A person is asked about more than one thing of this ticket",
                "Say which: `--about admitted` or `--about too-much`.",
            ),
            R::UnderWay => Refusal::conflict(
                "refund_under_way",
                "It is being given back at this moment",
                "Give nothing by hand yet. Look again in a minute with `cloud-hub cases`.",
            ),
            R::OtherAmountGiven {
                given,
                to_give,
                left,
            } => Refusal::conflict(
                "other_amount_given",
                "Another amount is left to give",
                match left.minor {
                    0 => format!(
                        "{given} went back for the ticket already, and {to_give} were to. It is written down as it went: give nothing by hand."
                    ),
                    minor => format!(
                        "{given} went back for the ticket already, and {to_give} were to: give {left} by hand, and say so: `--given-minor {minor}`."
                    ),
                },
            ),
            R::NoReason => Refusal::unprocessable(
                "no_reason",
                "A reason is missing",
                "Say why in at most 200 characters; it is kept with what you do.",
            ),
            R::Fault(fault) => fault.into(),
        }
    }
}
