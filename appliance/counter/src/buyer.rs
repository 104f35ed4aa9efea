//! Who buys: a paired device of the cinema or a guest's session at the hub. Whoever composes a counter knows them; the counter is told.

use std::fmt;

use box_office::DeviceId;
use box_office::price::Channel;
use database::{Error, Row, Value};

/// Who holds and buys seats, as far as the counter must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Whose id it is.
    pub kind: BuyerKind,
    /// The device or session.
    pub id: DeviceId,
    /// How it buys: the price book's kinds of ticket depend on it.
    pub channel: Channel,
    /// What it may do.
    pub limits: Limits,
}

/// What a buyer may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many holds it may have open at once.
    pub holds: u32,
    /// Whether it may count cash.
    pub cash: bool,
    /// For guests at home: how it stands in the crowd, of which all together may hold a share of a showtime's seats unpaid.
    pub crowd: Option<Crowd>,
}

/// How a guest at home stands in the crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// Whether their browser has done some work for this wish, which is asked for where many choose at once.
    pub has_worked: bool,
    /// Whether it is their turn to choose seats of this showtime.
    pub has_turn: bool,
}

/// Whose id a buyer's is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BuyerKind {
    /// A paired kiosk or till.
    Device,
    /// A guest's session at the hub.
    Guest,
}

/// A buyer as rows name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuyerId {
    /// Whose id it is.
    pub kind: BuyerKind,
    /// The device or session.
    pub id: DeviceId,
}

impl Buyer {
    /// As rows name it.
    pub fn name(&self) -> BuyerId {
        BuyerId {
            kind: self.kind,
            id: self.id.clone(),
        }
    }
}

impl BuyerKind {
    /// As the database writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Guest => "guest",
        }
    }
}

impl BuyerId {
    /// The two columns `buyer_kind, buyer`, the first of them at `index`.
    pub(crate) fn read(row: &Row<'_>, index: usize) -> Result<Self, Error> {
        let kinds = [BuyerKind::Device, BuyerKind::Guest];
        Ok(Self {
            kind: row.one_of(index, kinds, BuyerKind::as_str)?,
            id: row.parse(index + 1)?,
        })
    }

    /// The same two columns, to be bound.
    pub(crate) fn values(&self) -> [Value; 2] {
        [self.kind.as_str().into(), self.id.as_str().into()]
    }
}

impl fmt::Display for BuyerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.id)
    }
}
