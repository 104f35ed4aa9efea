//! A room's seats as they are told: by rows, so that it stays small; packed where the event would be too large with them as they are.

use std::io::{Read as _, Write as _};

use box_office::{Block, Layout, Place, SeatId, SeatKind};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{EventError, decode, encode};
use crate::bytes::Blob;

/// The most bytes that packed rows may come to: 3000 seats are a third of it, and more would only fill memory.
const MOST_UNPACKED: u64 = 1024 * 1024;

/// A layout, its seats grouped by rows so that it stays small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatingPlan {
    /// The plan version, which custody and tickets name.
    pub version: u32,
    /// The room's width in hundredths of a seat's width.
    pub width: i32,
    /// The room's depth in the same unit.
    pub depth: i32,
    /// Where the eye wants to be (x, y).
    pub focus: (i32, i32),
    /// The row from which the gallery begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gallery: Option<String>,
    /// Its blocks, in the order of their seats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<SeatBlock>,
    /// Rows in the layout's order; a row may come in several pieces.
    #[serde(deserialize_with = "read_rows")]
    pub rows: Vec<Row>,
}

/// A part of a room whose rows are named for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatBlock {
    /// What the ids of its seats begin with.
    pub id: String,
    /// As the signs in the room call it.
    pub name: String,
}

/// Chairs of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The block that it stands in, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// The row's name.
    pub row: String,
    /// From the screen, in hundredths of a seat's width.
    pub y: i32,
    /// From left to right.
    pub chairs: Vec<Chair>,
}

/// One chair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chair {
    /// As written on it: `F7`.
    pub seat: SeatId,
    /// The number in the row.
    #[serde(rename = "no")]
    pub number: String,
    /// What kind of seat; standard if it says nothing.
    #[serde(default = "standard", skip_serializing_if = "is_standard")]
    pub kind: SeatKind,
    /// From the left wall, in hundredths of a seat's width.
    pub x: i32,
    /// From the screen, in the same unit, if it is not where the row is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<i32>,
    /// How many degrees it is turned clockwise from facing the screen, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<i32>,
    /// The other half, or the wheelchair place that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<SeatId>,
    /// Which unbroken run of chairs it is part of.
    pub run: u32,
}

fn standard() -> SeatKind {
    SeatKind::Standard
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_standard(kind: &SeatKind) -> bool {
    *kind == SeatKind::Standard
}

impl From<&Layout> for SeatingPlan {
    fn from(layout: &Layout) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for row in layout.places.chunk_by(Place::is_in_row_of) {
            let y = row[0].y;
            let chairs = row.iter().map(|place| Chair {
                seat: place.seat.clone(),
                number: place.number.clone(),
                kind: place.kind,
                x: place.x,
                y: (place.y != y).then_some(place.y),
                turn: (place.turn != 0).then_some(place.turn),
                with: place.with.clone(),
                run: place.run,
            });
            rows.push(Row {
                block: row[0].block.clone(),
                row: row[0].row.clone(),
                y,
                chairs: chairs.collect(),
            });
        }
        let blocks = layout.blocks.iter().map(|block| SeatBlock {
            id: block.id.clone(),
            name: block.name.clone(),
        });
        Self {
            version: layout.version,
            width: layout.width,
            depth: layout.depth,
            focus: layout.focus,
            gallery: layout.gallery_from.clone(),
            blocks: blocks.collect(),
            rows,
        }
    }
}

impl From<SeatingPlan> for Layout {
    fn from(plan: SeatingPlan) -> Self {
        let places = plan.rows.into_iter().flat_map(|row| {
            row.chairs.into_iter().map(move |chair| Place {
                seat: chair.seat,
                block: row.block.clone(),
                row: row.row.clone(),
                number: chair.number,
                kind: chair.kind,
                x: chair.x,
                y: chair.y.unwrap_or(row.y),
                turn: chair.turn.unwrap_or(0),
                with: chair.with,
                run: chair.run,
            })
        });
        let blocks = plan.blocks.into_iter().map(|block| Block {
            id: block.id,
            name: block.name,
        });
        Self {
            version: plan.version,
            width: plan.width,
            depth: plan.depth,
            focus: plan.focus,
            gallery_from: plan.gallery,
            blocks: blocks.collect(),
            places: places.collect(),
        }
    }
}

/// Rows as they stand in an event.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Plain(Vec<Row>),
    Packed(Blob),
}

/// Rows, packed.
pub(super) fn pack(rows: &[Row]) -> Result<Vec<u8>, EventError> {
    let unreadable = |why: std::io::Error| EventError::Unreadable(why.to_string());
    let mut packing = DeflateEncoder::new(Vec::new(), Compression::best());
    packing.write_all(&encode(&rows)?).map_err(unreadable)?;
    packing.finish().map_err(unreadable)
}

fn read_rows<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Row>, D::Error> {
    let packed = match Told::deserialize(from)? {
        Told::Plain(rows) => return Ok(rows),
        Told::Packed(Blob(packed)) => packed,
    };
    let mut plain = Vec::new();
    let unpacking = DeflateDecoder::new(packed.as_slice());
    unpacking
        .take(MOST_UNPACKED)
        .read_to_end(&mut plain)
        .map_err(D::Error::custom)?;
    decode(&plain).map_err(D::Error::custom)
}
