//! Why a call is not ended.

use counter::Fault;
use service::http::Refusal;

/// Why a call is not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AttendRefused {
    /// Nobody waits at this device.
    NobodyCalls,
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(AttendRefused);

impl From<AttendRefused> for Refusal {
    fn from(refused: AttendRefused) -> Self {
        match refused {
            AttendRefused::NobodyCalls => Refusal::not_found(
                "nobody_calls",
                "Nobody calls the staff there",
                "`appliance status` says which devices call.",
            ),
            AttendRefused::Fault(fault) => fault.into(),
        }
    }
}
