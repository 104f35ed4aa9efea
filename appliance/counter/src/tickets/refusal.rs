//! Why a ticket is not shown.

use service::http::Refusal;

use crate::Fault;
use crate::fault::with_faults;

/// Why a ticket is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketRefused {
    /// There is no such ticket.
    UnknownTicket,
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(TicketRefused);

impl From<TicketRefused> for Refusal {
    fn from(refused: TicketRefused) -> Self {
        match refused {
            TicketRefused::UnknownTicket => Refusal::not_found(
                "unknown_ticket",
                "There is no such ticket",
                "Check the address.",
            ),
            TicketRefused::Fault(fault) => fault.into(),
        }
    }
}
