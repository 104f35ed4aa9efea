//! Single seats left over: whether a choice leaves a chair that nobody would sit beside, and whether that could be helped.
//!
//! Only chairs that the choice itself isolates count. Love seats, wheelchair and companion places are never single seats and
//! end a stretch of chairs as a wall does; so does every seat that cannot be had.

use std::ops::Range;

use crate::SeatKind;
use crate::plan::Plan;

/// What a choice leaves over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LeftOver {
    /// No new single seat.
    None,
    /// Single seats, by place, that another choice of as many seats would not leave, or might not as far as is known.
    Avoidable(Vec<usize>),
    /// Single seats, by place, that every choice of as many seats side by side would leave.
    Unavoidable(Vec<usize>),
}

/// Which seats of a room can be had, as far as they are known.
#[derive(Debug, Clone)]
pub(crate) struct FreeSeats<'a> {
    plan: &'a Plan,
    free: Vec<bool>,
    whole: bool,
    /// The stretches of ordinary free chairs side by side, in order.
    stretches: Vec<Range<usize>>,
}

impl<'a> FreeSeats<'a> {
    /// By place; `whole` if every seat of the room is known and not only a part.
    pub(crate) fn new(plan: &'a Plan, free: Vec<bool>, whole: bool) -> Self {
        let mut it = Self {
            plan,
            free,
            whole,
            stretches: Vec::new(),
        };
        it.stretches = plan
            .runs()
            .iter()
            .flat_map(|run| it.side_by_side(run.clone()))
            .collect();
        it
    }

    pub(crate) fn plan(&self) -> &'a Plan {
        self.plan
    }

    pub(crate) fn is_free(&self, place: usize) -> bool {
        self.free.get(place).copied().unwrap_or(false)
    }

    /// What this choice of free places leaves over.
    ///
    /// A choice of k chairs in a stretch of k + 1 leaves one over whichever it takes. That is avoidable only if another
    /// stretch of the room takes k without leaving one: exactly k chairs, or at least k + 2.
    pub(crate) fn left_over(&self, chosen: &[usize]) -> LeftOver {
        let is_touched =
            |stretch: &&Range<usize>| chosen.iter().any(|place| stretch.contains(place));
        let touched: Vec<_> = self.stretches.iter().filter(is_touched).collect();
        let (mut single, mut avoidable) = (Vec::new(), false);
        for stretch in &touched {
            let alone = isolated(stretch, chosen);
            if alone.is_empty() {
                continue;
            }
            let taken = chosen
                .iter()
                .filter(|place| stretch.contains(place))
                .count();
            avoidable |= stretch.len() != taken + 1 || self.fits_elsewhere(taken, &touched);
            single.extend(alone);
        }
        match (single.is_empty(), avoidable) {
            (true, _) => LeftOver::None,
            (false, true) => LeftOver::Avoidable(single),
            (false, false) => LeftOver::Unavoidable(single),
        }
    }

    /// The chosen chairs, in order, moved along their stretch by as little as leaves nobody alone, or else moved together there, each to one of its
    /// kind; none, if there are no such.
    pub(crate) fn moved_along(&self, chosen: &[usize]) -> Option<Vec<usize>> {
        let has_all = |stretch: &&Range<usize>| chosen.iter().all(|place| stretch.contains(place));
        let stretch = self.stretches.iter().find(has_all)?;
        let is_better = |places: &Vec<usize>| {
            let mut pairs = chosen.iter().zip(places);
            pairs.all(|(&from, &to)| {
                stretch.contains(&to) && self.plan.kind(to) == self.plan.kind(from)
            }) && isolated(stretch, places).is_empty()
        };
        let moved = |by: isize| -> Option<Vec<usize>> {
            let to = chosen.iter().map(|place| place.checked_add_signed(by));
            to.collect::<Option<_>>().filter(is_better)
        };
        let farthest = isize::try_from(stretch.len()).ok()?;
        let along = (1..farthest).flat_map(|by| [-by, by]).find_map(moved);
        let way = |places: &Vec<usize>| -> usize {
            let pairs = chosen.iter().zip(places);
            pairs.map(|(from, to)| from.abs_diff(*to)).sum()
        };
        along.or_else(|| {
            let side_by_side = stretch
                .clone()
                .map(|first| (first..first + chosen.len()).collect());
            side_by_side.filter(is_better).min_by_key(way)
        })
    }

    /// Whether `count` chairs side by side can be had outside the `touched` stretches without leaving one over. Of a part of a
    /// room nobody knows, so it says yes.
    fn fits_elsewhere(&self, count: usize, touched: &[&Range<usize>]) -> bool {
        let fits = |stretch: &Range<usize>| stretch.len() == count || stretch.len() >= count + 2;
        !self.whole
            || self
                .stretches
                .iter()
                .any(|stretch| fits(stretch) && !touched.contains(&stretch))
    }

    /// Whether an ordinary guest could take this chair and others beside it.
    fn is_ordinary(&self, place: usize) -> bool {
        match self.plan.kind(place) {
            SeatKind::Standard | SeatKind::Premium => self.is_free(place),
            SeatKind::LoveSeat | SeatKind::Wheelchair | SeatKind::Companion => false,
        }
    }

    /// The stretches of ordinary free chairs within a run, from left to right.
    fn side_by_side(&self, run: Range<usize>) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for place in run.filter(|&place| self.is_ordinary(place)) {
            match found.last_mut() {
                Some(last) if last.end == place => last.end = place + 1,
                Some(_) | None => found.push(place..place + 1),
            }
        }
        found
    }
}

/// The chairs of a stretch that stand alone once the chosen ones are gone.
fn isolated(stretch: &Range<usize>, chosen: &[usize]) -> Vec<usize> {
    let rest = |place: usize| stretch.contains(&place) && !chosen.contains(&place);
    let has_neighbour = |place: usize| rest(place + 1) || place.checked_sub(1).is_some_and(rest);
    stretch
        .clone()
        .filter(|&place| rest(place) && !has_neighbour(place))
        .collect()
}

#[cfg(test)]
mod tests;
