//! The seats of an auditorium and where they stand: what a seat map draws and what best-available measures.

mod bend;

use serde::{Deserialize, Serialize};

use crate::SeatId;
pub use bend::Bend;

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

/// One seat: its name, its kind and where it stands. People read block, row and number; programs name it by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// Block, row and number: `F7`, `L-F7`.
    pub seat: SeatId,
    /// The block that it stands in, by its id; absent in a room that has no blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// The row's name: `F`. Another block may have a row of that name.
    pub row: String,
    /// The number in the row: `7`.
    pub number: String,
    /// What kind of seat.
    pub kind: SeatKind,
    /// From the left wall seen from the seats, in hundredths of a seat's width.
    pub x: i32,
    /// From the screen, in hundredths of a seat's width.
    pub y: i32,
    /// How many degrees it is turned, clockwise as seen from above, from facing the screen.
    #[serde(default, skip_serializing_if = "is_straight")]
    pub turn: i32,
    /// The other half of a love seat, or the wheelchair place of a companion seat.
    pub with: Option<SeatId>,
    /// Which unbroken run of chairs this is part of, counted through the whole layout: an aisle, a wheelchair place's
    /// border or a missing chair begins the next. Chairs of one run stand side by side in the order of the list.
    pub run: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_straight(turn: &i32) -> bool {
    *turn == 0
}

impl Place {
    /// Whether it stands in the same row of the same block.
    pub fn is_in_row_of(&self, other: &Self) -> bool {
        self.row == other.row && self.block == other.block
    }
}

/// A part of a room whose rows are named for themselves: the stalls on the left, a balcony.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Block {
    /// What the ids of its seats begin with: `L`.
    pub id: String,
    /// As the signs in the room call it.
    pub name: String,
}

/// An auditorium's seats block by block, in the order of rows from the screen, each row from left to right.
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
    /// Its blocks, in the order of their seats; none where every row of the room has a name of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
    /// The seats.
    pub places: Vec<Place>,
}

impl Layout {
    /// The name of the block that a seat stands in, where people need it: in a room with more than one.
    pub fn block_name(&self, place: &Place) -> Option<&str> {
        let id = place.block.as_ref().filter(|_| self.blocks.len() > 1)?;
        let block = self.blocks.iter().find(|block| block.id == *id)?;
        Some(&block.name)
    }

    /// A seat in a few letters, as people read it: `F7`; in a room with more than one block `Left F7`.
    pub fn label(&self, seat: &SeatId) -> Option<String> {
        let place = self.places.iter().find(|place| place.seat == *seat)?;
        let within_block = match &place.block {
            Some(block) => seat.as_str().strip_prefix(&format!("{block}-")),
            None => None,
        };
        let short = within_block.unwrap_or(seat.as_str());
        Some(match self.block_name(place) {
            Some(block) => format!("{block} {short}"),
            None => short.to_owned(),
        })
    }
}

/// A point turned clockwise, as seen from above, about 0, 0 by so many degrees.
pub fn turned((x, y): (i32, i32), degrees: i32) -> (i32, i32) {
    let (sine, cosine) = (sine(degrees), sine(degrees + 90));
    let along = |a: i64, b: i64| {
        let sum = i64::from(x) * a + i64::from(y) * b;
        let rounded = (sum + sum.signum() * ONE / 2) / ONE;
        i32::try_from(rounded).unwrap_or(i32::MAX)
    };
    (along(cosine, -sine), along(sine, cosine))
}

/// What 1 is among sines.
const ONE: i64 = 1_000_000_000;

/// A sine in billionths, by its series: exact to a millionth.
fn sine(degrees: i32) -> i64 {
    let degrees = degrees.rem_euclid(360);
    let (in_half, sign) = (degrees % 180, if degrees < 180 { 1 } else { -1 });
    let angle = i64::from(in_half.min(180 - in_half)) * 3_141_592_654 / 180;
    let squared = angle * angle / ONE;
    let (mut term, mut sum) = (angle, angle);
    for n in 1..7 {
        term = -term * squared / ONE / (2 * n * (2 * n + 1));
        sum += term;
    }
    sign * sum.min(ONE)
}

#[cfg(test)]
mod tests {
    use super::turned;

    #[test]
    fn a_point_turns_about_the_corner() {
        assert_eq!(turned((300, -70), 0), (300, -70));
        assert_eq!(turned((300, 0), 90), (0, 300));
        assert_eq!(turned((300, 50), 180), (-300, -50));
        assert_eq!(turned((0, 300), -90), (300, 0));
        assert_eq!(turned((1000, 0), 30), (866, 500));
        assert_eq!(turned((20_000, 0), -45), (14_142, -14_142));
    }

    #[test]
    fn a_turned_row_keeps_its_length() {
        for degrees in -360..=360 {
            let (x, y) = turned((10_000, 0), degrees);
            let length = (i64::from(x).pow(2) + i64::from(y).pow(2)).isqrt();
            assert!((9_998..=10_001).contains(&length), "{degrees}: {length}");
        }
    }
}
