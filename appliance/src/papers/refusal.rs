//! Why tickets are not printed again.

use counter::Fault;
use counter::checkout::CheckoutRefused;
use service::http::Refusal;

/// Why tickets are not printed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReprintRefused {
    /// There is no such receipt.
    UnknownReceipt,
    /// A person must say why.
    NoReason,
    /// The box has no printer.
    NoPrinter,
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(ReprintRefused);

impl From<ReprintRefused> for Refusal {
    fn from(refused: ReprintRefused) -> Self {
        match refused {
            ReprintRefused::UnknownReceipt => Refusal::not_found(
                "unknown_receipt",
                "There is no such receipt",
                "Its number is at the end of each ticket: two numbers with a dash, as in 1-000042.",
            ),
            ReprintRefused::NoReason => CheckoutRefused::NoReason.into(),
            ReprintRefused::NoPrinter => Refusal::conflict(
                "no_printer",
                "This box has no printer",
                "Name one under [printer] in its settings; the code of a ticket is also on its page.",
            ),
            ReprintRefused::Fault(fault) => fault.into(),
        }
    }
}
