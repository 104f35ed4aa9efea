//! Every refusal of the box, named as a clerk would say it, and the one place that gives each its status, code and words.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use box_office::TicketKindId;
use box_office::ledger::{HoldRefusal, SeatsRefusal, SellRefusal};
use box_office::price::PriceRefusal;
use service::http::{FieldProblem, Refusal};

/// Why the box does not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    NotPaired,
    WrongCode,
    TooManyCodes,
    NoCashHere,
    UnknownShowtime,
    UnknownFilm,
    UnknownHold,
    UnknownTender,
    UnknownCase,
    CaseClosed,
    RefundUnderWay,
    WrongDecision,
    NoReason,
    UnknownSale,
    UnknownReceipt,
    NoPrinter,
    UnknownTicket,
    NoProgramme,
    SalesClosed,
    ShowtimeOver,
    ShowtimeCancelled,
    Seats(HoldRefusal),
    TooManyHolds { limit: u32 },
    HoldLapsed,
    AlreadyExtended,
    PaymentUnderWay,
    AlreadySold,
    AlreadyPaid,
    NotPaid { missing_minor: i64 },
    WrongAmount,
    PriceChanged { total_minor: i64 },
    NotThisKind(TicketKindId),
    NothingForSale,
    Price(PriceRefusal),
    NoTerminal,
    KeyReused,
    WrongProgramme(Vec<FieldProblem>),
    WrongQuery(&'static str),
    DiskFull,
    Busy,
    OutcomeUnknown,
    Enrolment(String),
    Internal(String),
}

impl From<HoldRefusal> for Refused {
    fn from(refusal: HoldRefusal) -> Self {
        Self::Seats(refusal)
    }
}

impl From<SeatsRefusal> for Refused {
    fn from(refusal: SeatsRefusal) -> Self {
        Self::Seats(HoldRefusal::Seats(refusal))
    }
}

/// What a hold has is in its own custody and held by it: anything else is a fault of ours.
impl From<SellRefusal> for Refused {
    fn from(refusal: SellRefusal) -> Self {
        Self::Internal(refusal.to_string())
    }
}

impl From<PriceRefusal> for Refused {
    fn from(refusal: PriceRefusal) -> Self {
        Self::Price(refusal)
    }
}

impl From<database::Error> for Refused {
    fn from(error: database::Error) -> Self {
        use database::Error;
        match error {
            Error::Full => Self::DiskFull,
            Error::Busy | Error::Closed | Error::Conflict => Self::Busy,
            Error::OutcomeUnknown => Self::OutcomeUnknown,
            Error::Panicked | Error::Column(_) | Error::Engine(_) => {
                Self::Internal(error.to_string())
            }
        }
    }
}

impl From<mailbox::Error> for Refused {
    fn from(error: mailbox::Error) -> Self {
        match error {
            mailbox::Error::Database(error) => error.into(),
            mailbox::Error::Event(_)
            | mailbox::Error::NoSuchStream
            | mailbox::Error::OtherStream => Self::Internal(error.to_string()),
        }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Refused {
    /// The refusal as it is answered.
    #[expect(clippy::too_many_lines, reason = "the one table of codes and words")]
    pub(crate) fn refusal(self) -> Refusal {
        use StatusCode as S;
        let r = |status, code, title, words: &str| Refusal::new(status, code, title, words);
        match self {
            Self::NotPaired => r(
                S::UNAUTHORIZED,
                "not_paired",
                "This device is not paired with the box",
                "Pair it with a code from `appliance pair`.",
            ),
            Self::WrongCode => r(
                S::FORBIDDEN,
                "wrong_code",
                "The pairing code is wrong",
                "It may be mistyped, used or too old: ask for a new one.",
            ),
            Self::TooManyCodes => r(
                S::TOO_MANY_REQUESTS,
                "too_many_codes",
                "Too many wrong codes",
                "Wait a minute, then try again.",
            ),
            Self::NoCashHere => r(
                S::FORBIDDEN,
                "no_cash_here",
                "This device takes no cash",
                "Pay by card, or at the till.",
            ),
            Self::UnknownShowtime => r(
                S::NOT_FOUND,
                "unknown_showtime",
                "There is no such showtime",
                "Choose one from the programme.",
            ),
            Self::UnknownFilm => r(
                S::NOT_FOUND,
                "unknown_film",
                "There is no such film",
                "Choose one from the programme.",
            ),
            Self::UnknownHold => r(
                S::NOT_FOUND,
                "unknown_hold",
                "There is no such hold",
                "It belongs to another device or never was.",
            ),
            Self::UnknownTender => r(
                S::NOT_FOUND,
                "unknown_tender",
                "There is no such payment",
                "It belongs to another device or never was.",
            ),
            Self::UnknownCase => r(
                S::NOT_FOUND,
                "unknown_case",
                "No person is asked about this payment",
                "`appliance cases` lists those that wait for one.",
            ),
            Self::CaseClosed => r(
                S::CONFLICT,
                "case_closed",
                "This case is closed",
                "It was decided before, or the terminal has spoken after all.",
            ),
            Self::RefundUnderWay => r(
                S::CONFLICT,
                "refund_under_way",
                "The terminal is giving it back at this moment",
                "Give nothing by hand yet. Look again in a minute with `appliance cases`.",
            ),
            Self::WrongDecision => r(
                S::CONFLICT,
                "wrong_decision",
                "This is not what the case is about",
                "First it is said whether the money was taken; only what is owed can be given back.",
            ),
            Self::NoReason => r(
                S::UNPROCESSABLE_ENTITY,
                "no_reason",
                "A reason is missing",
                "Say why in at most 200 characters; it is kept with what you do.",
            ),
            Self::UnknownSale => r(
                S::NOT_FOUND,
                "unknown_sale",
                "There is no such sale",
                "It belongs to another device or never was.",
            ),
            Self::UnknownReceipt => r(
                S::NOT_FOUND,
                "unknown_receipt",
                "There is no such receipt",
                "Its number is at the end of each ticket: two numbers with a dash, as in 1-000042.",
            ),
            Self::NoPrinter => r(
                S::CONFLICT,
                "no_printer",
                "This box has no printer",
                "Name one under [printer] in its settings; the code of a ticket is also on its page.",
            ),
            Self::UnknownTicket => r(
                S::NOT_FOUND,
                "unknown_ticket",
                "There is no such ticket",
                "Check the address.",
            ),
            Self::NoProgramme => r(
                S::NOT_FOUND,
                "no_programme",
                "This box has no programme yet",
                "Import one with `appliance import FILE`.",
            ),
            Self::SalesClosed => r(
                S::CONFLICT,
                "sales_closed",
                "Tickets for this showtime are no longer sold",
                "Choose another showtime.",
            ),
            Self::ShowtimeOver => r(
                S::CONFLICT,
                "showtime_over",
                "This showtime is over",
                "Choose another showtime.",
            ),
            Self::ShowtimeCancelled => r(
                S::CONFLICT,
                "showtime_cancelled",
                "This showtime is cancelled",
                "Choose another showtime.",
            ),
            Self::Seats(refusal) => seats(&refusal),
            Self::TooManyHolds { limit } => Refusal::new(
                S::CONFLICT,
                "too_many_holds",
                "This device holds too many seats at once",
                format!("It may have {limit} holds: finish or release one first."),
            ),
            Self::HoldLapsed => r(
                S::CONFLICT,
                "hold_lapsed",
                "The seats are no longer held",
                "Choose them again.",
            ),
            Self::AlreadyExtended => r(
                S::CONFLICT,
                "already_extended",
                "More time was given already",
                "It is given once.",
            ),
            Self::PaymentUnderWay => r(
                S::CONFLICT,
                "payment_under_way",
                "A payment is under way",
                "Wait for its outcome, or stop it at the terminal.",
            ),
            Self::AlreadySold => r(
                S::CONFLICT,
                "already_sold",
                "These seats are sold",
                "The hold has become a sale.",
            ),
            Self::AlreadyPaid => r(
                S::CONFLICT,
                "already_paid",
                "Everything is paid",
                "Settle the sale.",
            ),
            Self::NotPaid { missing_minor } => {
                let words = format!("{missing_minor} minor units are missing.");
                Refusal::new(S::CONFLICT, "not_paid", "The total is not paid", words)
            }
            Self::WrongAmount => r(
                S::UNPROCESSABLE_ENTITY,
                "wrong_amount",
                "The amount cannot be",
                "In minor units it is more than nothing, and less than any drawer holds.",
            ),
            Self::PriceChanged { total_minor } => {
                let words =
                    format!("It is {total_minor} minor units: tell the guest and try again.");
                Refusal::new(
                    S::CONFLICT,
                    "price_changed",
                    "The total is another one",
                    words,
                )
            }
            Self::NotThisKind(kind) => {
                let words = format!("{kind} tickets are not sold for this film by this device.");
                Refusal::new(
                    S::UNPROCESSABLE_ENTITY,
                    "ticket_kind_not_sold",
                    "This kind of ticket is not sold here",
                    words,
                )
            }
            Self::NothingForSale => r(
                S::CONFLICT,
                "nothing_for_sale",
                "No kind of ticket is sold here",
                "Ask at the till.",
            ),
            Self::Price(refusal) => Refusal::new(
                S::UNPROCESSABLE_ENTITY,
                "ticket_kind_not_sold",
                "This kind of ticket is not sold for this seat",
                refusal.to_string(),
            ),
            Self::NoTerminal => r(
                S::CONFLICT,
                "no_terminal",
                "There is no card terminal",
                "Pay in cash at the till.",
            ),
            Self::KeyReused => r(
                S::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request",
                "Send a new key with each new wish.",
            ),
            Self::WrongProgramme(errors) => {
                let words = format!("{} problems; nothing was imported.", errors.len());
                Refusal::new(
                    S::UNPROCESSABLE_ENTITY,
                    "wrong_programme",
                    "The programme file has problems",
                    words,
                )
                .with_errors(errors)
            }
            Self::WrongQuery(words) => r(
                S::BAD_REQUEST,
                "wrong_query",
                "A value after the question mark does not fit",
                words,
            ),
            Self::DiskFull => r(
                S::INSUFFICIENT_STORAGE,
                "disk_full",
                "The box has no room left",
                "Nothing was changed. What is open can be finished; somebody must make room.",
            ),
            Self::Busy => r(
                S::SERVICE_UNAVAILABLE,
                "busy",
                "The box is busy",
                "Nothing was changed: try again in a moment.",
            ),
            Self::OutcomeUnknown => r(
                S::SERVICE_UNAVAILABLE,
                "outcome_unknown",
                "It is not known whether this was done",
                "Repeat the request with the same Idempotency-Key: it is done once.",
            ),
            Self::Enrolment(words) => Refusal::new(
                S::CONFLICT,
                "not_enrolled",
                "The hub did not enrol this box",
                words,
            ),
            Self::Internal(context) => Refusal::internal(&context),
        }
    }
}

/// The refusals of the ledger.
fn seats(refusal: &HoldRefusal) -> Refusal {
    use StatusCode as S;
    let words = format!("{}.", capital(&refusal.to_string()));
    let of = |status, code, title| Refusal::new(status, code, title, words.clone());
    match refusal {
        HoldRefusal::NoneGiven => of(S::UNPROCESSABLE_ENTITY, "no_seats", "No seat was chosen"),
        HoldRefusal::TooMany { .. } => of(
            S::UNPROCESSABLE_ENTITY,
            "too_many_seats",
            "Too many seats at once",
        ),
        HoldRefusal::Seats(SeatsRefusal::Unknown { seats }) => of(
            S::UNPROCESSABLE_ENTITY,
            "unknown_seats",
            "Some seats are not in this room",
        )
        .about_seats(seats),
        HoldRefusal::Seats(SeatsRefusal::Repeated { seats }) => of(
            S::UNPROCESSABLE_ENTITY,
            "repeated_seats",
            "A seat was chosen twice",
        )
        .about_seats(seats),
        HoldRefusal::Taken { held, sold } => of(S::CONFLICT, "seats_taken", "Some seats are taken")
            .about_seats(held.iter().chain(sold)),
        HoldRefusal::Blocked { seats } => {
            of(S::CONFLICT, "seats_blocked", "Some seats are kept back").about_seats(seats)
        }
        HoldRefusal::NotOurs { seats } => of(
            S::CONFLICT,
            "seats_out_of_reach",
            "Some seats are sold online only now",
        )
        .about_seats(seats),
        HoldRefusal::LoveSeatSplit { seats } => of(
            S::CONFLICT,
            "love_seat_split",
            "A love seat is sold as a whole",
        )
        .about_seats(seats),
        HoldRefusal::CompanionWithoutWheelchair { seats } => of(
            S::CONFLICT,
            "companion_without_wheelchair",
            "A companion seat is sold with its wheelchair place",
        )
        .about_seats(seats),
        HoldRefusal::SingleSeatLeft { seats } => of(
            S::CONFLICT,
            "single_seat_left",
            "A single seat would be left over",
        )
        .about_seats(seats),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.refusal().into_response()
    }
}
