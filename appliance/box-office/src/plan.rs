//! A layout with what the rules look up in it: places by name, runs, rows and the seats that go together. Made once for a
//! room and shared; it knows nothing of a showtime.

use std::collections::HashMap;
use std::ops::Range;

use crate::{Layout, Place, SeatId, SeatKind};

/// A layout, looked up. A seat's *place* is its index in [`Layout::places`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    layout: Layout,
    by_name: HashMap<SeatId, usize>,
    runs: Vec<Range<usize>>,
    rows: Vec<Range<usize>>,
    run_of: Vec<usize>,
    partner: Vec<Option<usize>>,
}

impl Plan {
    /// Looks a layout up. Of two seats of one name the first is found; the programme's check refuses such a layout.
    pub fn new(layout: Layout) -> Self {
        let places = &layout.places;
        let mut by_name = HashMap::with_capacity(places.len());
        for (place, it) in places.iter().enumerate() {
            by_name.entry(it.seat.clone()).or_insert(place);
        }
        let partner = places
            .iter()
            .map(|it| it.with.as_ref().and_then(|with| by_name.get(with).copied()))
            .collect();
        let runs = stretches(places, |a, b| a.run == b.run && a.is_in_row_of(b));
        let rows = stretches(places, Place::is_in_row_of);
        let mut run_of = vec![0; places.len()];
        for (number, run) in runs.iter().enumerate() {
            run_of[run.clone()].fill(number);
        }
        Self {
            by_name,
            runs,
            rows,
            run_of,
            partner,
            layout,
        }
    }

    /// The layout.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How many seats the room has.
    pub fn len(&self) -> usize {
        self.layout.places.len()
    }

    /// Whether the room has no seat at all.
    pub fn is_empty(&self) -> bool {
        self.layout.places.is_empty()
    }

    /// The place of a seat; `None` if the room has no such seat.
    pub fn place_of(&self, seat: &SeatId) -> Option<usize> {
        self.by_name.get(seat).copied()
    }

    /// What stands at a place; `None` beyond the last one.
    pub fn at(&self, place: usize) -> Option<&Place> {
        self.layout.places.get(place)
    }

    /// The seat at a place of this plan.
    pub(crate) fn seat(&self, place: usize) -> &SeatId {
        &self.layout.places[place].seat
    }

    /// The kind of seat at a place of this plan.
    pub(crate) fn kind(&self, place: usize) -> SeatKind {
        self.layout.places[place].kind
    }

    /// The other half of a love seat.
    pub fn other_half(&self, seat: &SeatId) -> Option<&SeatId> {
        let place = self.at(self.place_of(seat)?)?;
        place
            .with
            .as_ref()
            .filter(|_| place.kind == SeatKind::LoveSeat)
    }

    /// The other half of a love seat, or the wheelchair place of a companion seat.
    pub(crate) fn partner(&self, place: usize) -> Option<usize> {
        self.partner.get(place).copied().flatten()
    }

    /// The unbroken runs of chairs, in the order of the layout.
    pub(crate) fn runs(&self) -> &[Range<usize>] {
        &self.runs
    }

    /// The run that a place is part of.
    pub(crate) fn run_of(&self, place: usize) -> Range<usize> {
        self.runs[self.run_of[place]].clone()
    }

    /// The rows, block by block, from the screen to the back.
    pub(crate) fn rows(&self) -> &[Range<usize>] {
        &self.rows
    }
}

/// Cuts the places into stretches of neighbours that belong together.
fn stretches(places: &[Place], together: impl Fn(&Place, &Place) -> bool) -> Vec<Range<usize>> {
    let mut start = 0;
    places
        .chunk_by(together)
        .map(|stretch| {
            let range = start..start + stretch.len();
            start = range.end;
            range
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::fixture::Room;

    #[test]
    fn rows_runs_and_partners_are_found() {
        let plan = Room::of(&[".._LL", "WC_.."]).plan;
        assert_eq!(plan.rows(), [0..4, 4..8]);
        assert_eq!(plan.runs(), [0..2, 2..4, 4..5, 5..6, 6..8]);
        assert_eq!(plan.run_of(3), 2..4);
        assert_eq!(
            [
                plan.partner(2),
                plan.partner(3),
                plan.partner(4),
                plan.partner(5)
            ],
            [Some(3), Some(2), None, Some(4)]
        );
        assert_eq!(plan.place_of(&"B2".parse().unwrap()), Some(5));
        assert_eq!(plan.place_of(&"Z9".parse().unwrap()), None);
    }
}
