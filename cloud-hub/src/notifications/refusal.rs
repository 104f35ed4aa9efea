//! Why an address is not kept.

use counter::Fault;
use counter::catalogue::CatalogueRefused;
use counter::checkout::CheckoutRefused;
use service::http::Refusal;

/// Why an address is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ContactRefused {
    /// Nobody is written to.
    NoMail,
    /// It is none.
    NoAddress,
    /// The cinema has told no programme.
    NoProgramme,
    /// The hold.
    Hold(CheckoutRefused),
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(ContactRefused);

impl From<CheckoutRefused> for ContactRefused {
    fn from(refused: CheckoutRefused) -> Self {
        Self::Hold(refused)
    }
}

impl From<ContactRefused> for Refusal {
    fn from(refused: ContactRefused) -> Self {
        use ContactRefused as R;
        match refused {
            R::NoMail => Refusal::conflict(
                "no_mail",
                "No mails are written here",
                "The hub has no mail server: keep the address of the booking's page.",
            ),
            R::NoAddress => Refusal::unprocessable(
                "no_address",
                "This is no e-mail address",
                "Write it as in name@example.com, in plain letters.",
            ),
            R::NoProgramme => CatalogueRefused::NoProgramme.into(),
            R::Hold(refused) => refused.into(),
            R::Fault(fault) => fault.into(),
        }
    }
}
