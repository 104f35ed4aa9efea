//! A room with a screen.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{AuditoriumId, Layout, SeatKind};

/// A room of the cinema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auditorium {
    /// The room's id.
    pub id: AuditoriumId,
    /// The room as guests call it: "Screen 3".
    pub name: String,
    /// Its seats.
    pub layout: Layout,
    /// How far the ends of a row as wide as the room stand nearer to the screen than its middle, in hundredths of a seat's
    /// width; 0 for straight rows. For drawing only.
    pub curve: i32,
    /// Minutes between the end of one showtime and the start of the next.
    pub turnaround_minutes: u16,
}

impl Auditorium {
    /// The kinds of seat that stand in the room.
    pub fn seat_kinds(&self) -> BTreeSet<SeatKind> {
        self.layout.places.iter().map(|place| place.kind).collect()
    }
}
