//! Custody: which of the two sides may hold, sell, block or refund a seat, and how it passes from one to the other.

use serde::{Deserialize, Serialize};

/// A side that can have custody of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Custodian {
    /// The box in the cinema.
    Cinema,
    /// The cloud hub.
    Hub,
}

impl Custodian {
    /// The other side.
    pub const fn other(self) -> Self {
        match self {
            Self::Cinema => Self::Hub,
            Self::Hub => Self::Cinema,
        }
    }
}

/// How many times a seat of a showtime has changed hands. Even: the cinema's. Odd: the hub's. It never falls.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Epoch(u32);

impl Epoch {
    /// Where every seat starts: in the cinema's custody.
    pub const FIRST: Self = Self(0);

    /// The epoch with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// How many transfers there were.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Who has custody in this epoch.
    pub const fn custodian(self) -> Custodian {
        match self.0 & 1 {
            0 => Custodian::Cinema,
            _ => Custodian::Hub,
        }
    }

    /// The epoch after the next transfer; `None` after four thousand million of them.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

/// What becomes of a transfer to `ours` that tells of the epoch `told`, where the seat's known epoch is `known`
/// (protocol.md section 1: it takes effect only exactly one above).
pub fn arrival(ours: Custodian, known: Epoch, told: Epoch) -> Arrival {
    if told.custodian() != ours {
        return Arrival::NotForUs;
    }
    match known.next() {
        Some(next) if next == told => Arrival::TakesEffect,
        Some(next) if next < told => Arrival::TooEarly,
        Some(_) | None => Arrival::Old,
    }
}

/// What becomes of a transfer that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The seat is ours from now on.
    TakesEffect,
    /// It is known already, or was overtaken by later transfers: nothing changes.
    Old,
    /// Transfers before it are missing: nothing changes, and a person should know.
    TooEarly,
    /// Its epoch is one of the other side's: nothing changes, and a person should know.
    NotForUs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_epochs_are_the_cinemas() {
        assert_eq!(Epoch::FIRST.custodian(), Custodian::Cinema);
        assert_eq!(
            Epoch::FIRST.next().map(Epoch::custodian),
            Some(Custodian::Hub)
        );
        assert_eq!(Epoch::new(u32::MAX).next(), None);
        assert_eq!(Custodian::Hub.other(), Custodian::Cinema);
    }

    #[test]
    fn a_transfer_takes_effect_only_exactly_one_above() {
        let check = |ours, known, told, becomes| {
            assert_eq!(arrival(ours, Epoch::new(known), Epoch::new(told)), becomes);
        };
        check(Custodian::Hub, 0, 1, Arrival::TakesEffect);
        check(Custodian::Hub, 1, 1, Arrival::Old);
        check(Custodian::Hub, 2, 1, Arrival::Old);
        check(Custodian::Hub, 0, 3, Arrival::TooEarly);
        check(Custodian::Hub, 0, 2, Arrival::NotForUs);
        check(Custodian::Cinema, 1, 2, Arrival::TakesEffect);
        check(Custodian::Cinema, 1, 4, Arrival::TooEarly);
        check(Custodian::Cinema, 0, 1, Arrival::NotForUs);
        check(Custodian::Hub, u32::MAX, 1, Arrival::Old);
    }
}
