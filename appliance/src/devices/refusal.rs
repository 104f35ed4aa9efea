//! Why a device is not known, not paired, or not changed.

use std::time::Duration;

use axum::http::StatusCode;
use counter::Fault;
use service::http::Refusal;

use super::LONGEST_NAME;

/// Why a device is not known, or not paired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PairingRefused {
    /// It shows no token that the box gave.
    NotPaired,
    /// It is a device at the door, which sells nothing.
    SellsNothing,
    /// It is none at the door.
    NotAtTheDoor,
    /// It stands in the lobby, for guests.
    NotStaffs,
    /// The code is none that the box gave, or its time is over.
    WrongCode,
    /// Its name has signs that nobody sees.
    WrongName,
    /// The address has tried too many wrong codes.
    TooManyCodes {
        /// For how long it has to pause.
        wait: Duration,
    },
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(PairingRefused);

/// Why a device is not renamed or revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeviceRefused {
    /// No device has this id, or it was revoked before.
    UnknownDevice,
    /// The name has signs that nobody sees.
    WrongName,
    /// The name is empty, or too long for a status line.
    NameLength,
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(DeviceRefused);

impl From<DeviceRefused> for Refusal {
    fn from(refused: DeviceRefused) -> Self {
        match refused {
            DeviceRefused::UnknownDevice => Refusal::not_found(
                "unknown_device",
                "There is no such device",
                "`appliance devices` lists those that are paired; one that is revoked is none any more.",
            ),
            DeviceRefused::WrongName => wrong_name(),
            DeviceRefused::NameLength => Refusal::unprocessable(
                "wrong_name",
                "The name cannot be used",
                format!("A name has 1 to {LONGEST_NAME} characters."),
            ),
            DeviceRefused::Fault(fault) => fault.into(),
        }
    }
}

fn wrong_name() -> Refusal {
    Refusal::unprocessable(
        "wrong_name",
        "The name cannot be used",
        "It has signs that nobody sees, as line ends or marks of direction: type it anew.",
    )
}

impl From<PairingRefused> for Refusal {
    fn from(refused: PairingRefused) -> Self {
        match refused {
            PairingRefused::NotPaired => Refusal::new(
                StatusCode::UNAUTHORIZED,
                "not_paired",
                "This device is not paired with the box",
                "Pair it with a code from `appliance pair`.",
            ),
            PairingRefused::SellsNothing => Refusal::forbidden(
                "sells_nothing",
                "This device is at the door and sells nothing",
                "Pair one that sells with a code from `appliance pair till` or `appliance pair kiosk`.",
            ),
            PairingRefused::NotAtTheDoor => Refusal::forbidden(
                "not_at_the_door",
                "This device lets nobody in",
                "Pair one that does with a code from `appliance pair door`.",
            ),
            PairingRefused::NotStaffs => Refusal::forbidden(
                "not_for_guests",
                "This is not shown to guests",
                "Ask at a till or a device at the door.",
            ),
            PairingRefused::WrongCode => Refusal::forbidden(
                "wrong_code",
                "The pairing code is wrong",
                "It may be mistyped, used or too old: ask for a new one.",
            ),
            PairingRefused::WrongName => wrong_name(),
            PairingRefused::TooManyCodes { wait } => Refusal::too_many_codes(wait),
            PairingRefused::Fault(fault) => fault.into(),
        }
    }
}
