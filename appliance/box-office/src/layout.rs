//! The seats of an auditorium and where they stand: what a seat map draws and what best-available measures.

use serde::{Deserialize, Serialize};

use crate::SeatId;

/// What kind of seat it is; it decides the price and who may take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SeatKind {
    /// An ordinary seat.
    Standard,
    /// A better seat at another price.
    Premium,
    /// Half of a seat for two: both halves sell together.
    LoveSeat,
    /// A place for a wheelchair.
    Wheelchair,
    /// The seat beside a wheelchair place, for whoever comes along: sold only with it.
    Companion,
}

impl SeatKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Standard,
        Self::Premium,
        Self::LoveSeat,
        Self::Wheelchair,
        Self::Companion,
    ];

    /// The kind as it is written in files and on the wire: `love-seat`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Premium => "premium",
            Self::LoveSeat => "love-seat",
            Self::Wheelchair => "wheelchair",
            Self::Companion => "companion",
        }
    }
}

/// One seat: its name, its kind and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// As written on the chair: row and number, `F7`.
    pub seat: SeatId,
    /// The row's name: `F`.
    pub row: String,
    /// The number in the row: `7`.
    pub number: String,
    /// What kind of seat.
    pub kind: SeatKind,
    /// From the left wall seen from the seats, in hundredths of a seat's width.
    pub x: i32,
    /// From the screen, in hundredths of a seat's width; a row's seats share it.
    pub y: i32,
    /// The other half of a love seat, or the wheelchair place of a companion seat.
    pub with: Option<SeatId>,
    /// Which unbroken run of chairs this is part of, counted through the whole layout: an aisle, a wheelchair place's
    /// border or a missing chair begins the next. Chairs of one run stand side by side in the order of the list.
    pub run: u32,
}

/// An auditorium's seats in the order of rows from the screen, each row from left to right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Layout {
    /// Rises with every change of the room; custody and tickets name it (the plan version).
    pub version: u32,
    /// The room's width in hundredths of a seat's width.
    pub width: i32,
    /// The room's depth in the same unit.
    pub depth: i32,
    /// Where the eye wants to be (x, y): best-available starts here.
    pub focus: (i32, i32),
    /// The row from which the gallery begins, if there is one; drawn as a gap with its name.
    pub gallery_from: Option<String>,
    /// The seats.
    pub places: Vec<Place>,
}
