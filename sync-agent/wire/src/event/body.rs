//! Every type of event by its name on the wire, the stream that it travels in, and whether a reader may pass over it.

use serde::{Deserialize, Serialize};

use super::{
    AuditoriumDescribed, CinemaDescribed, ContentAdopted, ContentRefused, CustodyClaimed,
    CustodyTold, CustodyToldAll, EventError, FilmImported, OnlineSales, PaymentDecided,
    PaymentRefunded, PaymentUnknown, PriceBookImported, PrinterReady, PrinterStopped,
    RefundAnswered, RefundRequested, SaleSettled, SeatsFreed, SeatsGranted, SeatsQuarantined,
    SeatsReleased, ShowtimeCancelled, ShowtimeChanged, ShowtimeMoved, ShowtimeScheduled,
    StaffCalled, StaffCame, Stream, TicketAdmitted, TicketsSold, TicketsStanding,
};

const MUST_BE_UNDERSTOOD: bool = false;
const MAY_BE_SKIPPED: bool = true;

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident = $kind:literal, $stream:ident, $skip:expr;)*) => {
        /// What an event says.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Body {
            $($(#[$doc])* $name($name),)*
        }

        impl Body {
            /// The names of all types that this version understands, as a Hello tells them.
            pub const KINDS: &'static [&'static str] = &[$($kind),*];

            /// The name of its type.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $kind,)*
                }
            }

            /// The stream that it travels in.
            pub fn stream(&self) -> Stream {
                match self {
                    $(Self::$name(_) => Stream::$stream,)*
                }
            }

            /// Whether a reader that does not know the type may pass over it.
            pub fn may_be_skipped(&self) -> bool {
                match self {
                    $(Self::$name(_) => $skip,)*
                }
            }

            /// What stands in an event's `data`: the same body gives the same bytes.
            ///
            /// # Errors
            /// Only if it cannot be written as CBOR.
            pub fn to_bytes(&self) -> Result<Vec<u8>, EventError> {
                match self {
                    $(Self::$name(body) => super::encode(body),)*
                }
            }

            /// `None` if the type is unknown, or is not as it is known here.
            pub(super) fn decode(kind: &str, data: &[u8]) -> Option<Self> {
                match kind {
                    $($kind => super::decode::<$name>(data).ok().map(Self::$name),)*
                    _ => None,
                }
            }
        }

        $(impl From<$name> for Body {
            fn from(body: $name) -> Self {
                Self::$name(body)
            }
        })*
    };
}

bodies! {
    /// The cinema's name, zone and currency.
    CinemaDescribed = "cinema_described", Up, MUST_BE_UNDERSTOOD;
    /// A film came in with a programme file.
    FilmImported = "film_imported", Up, MUST_BE_UNDERSTOOD;
    /// A price book came in with a programme file.
    PriceBookImported = "price_book_imported", Up, MUST_BE_UNDERSTOOD;
    /// A room and its seats.
    AuditoriumDescribed = "auditorium_described", Up, MUST_BE_UNDERSTOOD;
    /// A showtime stands in the programme.
    ShowtimeScheduled = "showtime_scheduled", Up, MUST_BE_UNDERSTOOD;
    /// A showtime stands otherwise in the programme.
    ShowtimeChanged = "showtime_changed", Up, MUST_BE_UNDERSTOOD;
    /// A showtime does not take place.
    ShowtimeCancelled = "showtime_cancelled", Up, MUST_BE_UNDERSTOOD;
    /// Tickets were sold at the cinema.
    SaleSettled = "sale_settled", Up, MUST_BE_UNDERSTOOD;
    /// Money that no ticket could be issued for went back.
    PaymentRefunded = "payment_refunded", Up, MUST_BE_UNDERSTOOD;
    /// The cinema gives custody of free seats to the hub.
    SeatsReleased = "seats_released", Up, MUST_BE_UNDERSTOOD;
    /// The hub took a film or price book over.
    ContentAdopted = "content_adopted", Down, MAY_BE_SKIPPED;
    /// The hub knows other content under the same version.
    ContentRefused = "content_refused", Down, MAY_BE_SKIPPED;
    /// The hub gives custody of free seats to the cinema.
    SeatsGranted = "seats_granted", Down, MUST_BE_UNDERSTOOD;
    /// Nobody knows what became of a payment.
    PaymentUnknown = "payment_unknown", Up, MAY_BE_SKIPPED;
    /// What was found out about such a payment.
    PaymentDecided = "payment_decided", Up, MAY_BE_SKIPPED;
    /// Somebody at a kiosk calls the staff.
    StaffCalled = "staff_called", Up, MAY_BE_SKIPPED;
    /// Somebody of the staff has been there.
    StaffCame = "staff_came", Up, MAY_BE_SKIPPED;
    /// The cinema's tickets do not come out.
    PrinterStopped = "printer_stopped", Up, MAY_BE_SKIPPED;
    /// They come out again.
    PrinterReady = "printer_ready", Up, MAY_BE_SKIPPED;
    /// How the hub sells the cinema's seats to guests at home.
    OnlineSales = "online_sales", Down, MAY_BE_SKIPPED;
    /// The hub sold tickets. A box that does not know of them lets their guests in all the same, by the signature.
    TicketsSold = "tickets_sold", Down, MAY_BE_SKIPPED;
    /// A guest was let in.
    TicketAdmitted = "ticket_admitted", Up, MUST_BE_UNDERSTOOD;
    /// The hub wants to take a ticket back. A box that passed over it would open the door to a ticket whose money goes back.
    RefundRequested = "refund_requested", Down, MUST_BE_UNDERSTOOD;
    /// The cinema answers that.
    RefundAnswered = "refund_answered", Up, MUST_BE_UNDERSTOOD;
    /// Seats of the hub are in quarantine.
    SeatsQuarantined = "seats_quarantined", Down, MUST_BE_UNDERSTOOD;
    /// Who has custody of the seats of a showtime.
    CustodyTold = "custody_told", Up, MUST_BE_UNDERSTOOD;
    /// That was told of every showtime.
    CustodyToldAll = "custody_told_all", Up, MUST_BE_UNDERSTOOD;
    /// What one side says of the custody of a showtime's seats. Whoever does not compare it goes on as before.
    CustodyClaimed = "custody_claimed", Down, MAY_BE_SKIPPED;
    /// Seats of the hub are in quarantine no more. A box that passes over it says of them that they may be sold until it hears that they are, or are its.
    SeatsFreed = "seats_freed", Down, MAY_BE_SKIPPED;
    /// A showtime goes to another room with all whose seats it has. A hub that passed over it would go on in the room before.
    ShowtimeMoved = "showtime_moved", Up, MUST_BE_UNDERSTOOD;
    /// For which seats the cinema has heard of tickets that stand.
    TicketsStanding = "tickets_standing", Up, MAY_BE_SKIPPED;
}

/// What a side says beside the types that it understands: of a cinema and its price books it keeps where the cinema is and by which rules tickets go
/// back. Whoever does not say so has dropped that.
pub const KEEPS_PLACE_AND_RULES: &str = "price_book_imported/2";

/// The types that a side understands, as its Hello lists them, and what it keeps of them beyond their first fashion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kinds(Vec<String>);

impl Kinds {
    /// What this version understands.
    pub fn of_this_version() -> Self {
        let kinds = Body::KINDS.iter().chain(&[KEEPS_PLACE_AND_RULES]);
        Self(kinds.map(|&kind| kind.to_owned()).collect())
    }

    /// A list as another version would tell it.
    pub fn listing<'a>(kinds: impl IntoIterator<Item = &'a str>) -> Self {
        Self(kinds.into_iter().map(str::to_owned).collect())
    }

    /// Whether a type is among them.
    pub fn contain(&self, kind: &str) -> bool {
        self.0.iter().any(|known| known == kind)
    }
}
