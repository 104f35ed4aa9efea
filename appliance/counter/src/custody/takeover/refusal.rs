//! Why seats are not taken over.

use box_office::SeatId;
use service::http::Refusal;

use crate::Fault;
use crate::fault::with_faults;

/// Why seats are not taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTakenOver {
    /// None, too many, or one of them twice.
    WrongSeats,
    /// The room has no such seats.
    UnknownSeats(Vec<SeatId>),
    /// They are free here.
    OnSale(Vec<SeatId>),
    /// They are held, sold or blocked here, or the hub itself does not know who has them.
    Taken(Vec<SeatId>),
    /// The hub has told that it sold them.
    SoldOnline(Vec<SeatId>),
    /// The hub can be asked for them.
    CanBeAsked,
    /// The hub may have sold them, and their guests may still come in time.
    NotBegun,
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(NotTakenOver);

fn named(seats: &[SeatId]) -> String {
    let names: Vec<_> = seats.iter().map(SeatId::as_str).collect();
    names.join(", ")
}

impl From<NotTakenOver> for Refusal {
    fn from(refused: NotTakenOver) -> Self {
        use NotTakenOver as R;
        match refused {
            R::WrongSeats => Refusal::unprocessable(
                "wrong_seats",
                "These seats cannot be taken over together",
                "Name one to ten seats, each once.",
            ),
            R::UnknownSeats(seats) => Refusal::not_found(
                "unknown_seats",
                "The room has no such seats",
                format!(
                    "There is no {} in it. Seats are named as they stand on the chairs.",
                    named(&seats)
                ),
            ),
            R::OnSale(seats) => Refusal::conflict(
                "seats_on_sale",
                "These seats are on sale here",
                format!(
                    "Nobody else can have sold {}: sell them as any other.",
                    named(&seats)
                ),
            ),
            R::Taken(seats) => Refusal::conflict(
                "seats_taken",
                "These seats have somebody, or nobody can say whether they have",
                format!(
                    "`appliance seat-history` says what is known of {}. Choose others.",
                    named(&seats)
                ),
            ),
            R::SoldOnline(seats) => Refusal::conflict(
                "seats_sold_online",
                "These seats are sold online",
                format!(
                    "A guest with a ticket for {} may come at any moment. Choose others.",
                    named(&seats)
                ),
            ),
            R::CanBeAsked => Refusal::conflict(
                "hub_can_be_asked",
                "The line is up",
                "The hub can be asked for these seats while they are on sale: sell them as any other.",
            ),
            R::NotBegun => Refusal::conflict(
                "not_begun",
                "The showtime has not begun",
                "What may be sold online is taken over once it has: until then its guests are on their way. Head office can hand seats over by a code \
                 (`appliance hand-over`).",
            ),
            R::Fault(fault) => fault.into(),
        }
    }
}
