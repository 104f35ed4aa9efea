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
}

impl<'a> FreeSeats<'a> {
    /// By place; `whole` if every seat of the room is known and not only a part.
    pub(crate) fn new(plan: &'a Plan, free: Vec<bool>, whole: bool) -> Self {
        Self { plan, free, whole }
    }

    pub(crate) fn plan(&self) -> &'a Plan {
        self.plan
    }

    pub(crate) fn is_free(&self, place: usize) -> bool {
        self.free.get(place).copied().unwrap_or(false)
    }

    /// Whether an ordinary guest could take this chair and others beside it.
    pub(crate) fn is_ordinary(&self, place: usize) -> bool {
        match self.plan.kind(place) {
            SeatKind::Standard | SeatKind::Premium => self.is_free(place),
            SeatKind::LoveSeat | SeatKind::Wheelchair | SeatKind::Companion => false,
        }
    }

    /// The stretches of ordinary free chairs within a run, from left to right.
    pub(crate) fn stretches(&self, run: Range<usize>) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for place in run.filter(|&place| self.is_ordinary(place)) {
            match found.last_mut() {
                Some(last) if last.end == place => last.end = place + 1,
                Some(_) | None => found.push(place..place + 1),
            }
        }
        found
    }

    /// What this choice (free places in order) leaves over.
    ///
    /// A choice of k chairs in a stretch of k + 1 leaves one over whichever it takes. That is refused only if another
    /// stretch of the room takes k without leaving one: exactly k chairs, or at least k + 2.
    pub(crate) fn left_over(&self, chosen: &[usize]) -> LeftOver {
        let mut runs: Vec<_> = chosen
            .iter()
            .map(|&place| self.plan.run_of(place))
            .collect();
        runs.dedup();
        let touched: Vec<_> = runs
            .into_iter()
            .flat_map(|run| self.stretches(run))
            .filter(|stretch| chosen.iter().any(|place| stretch.contains(place)))
            .collect();
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

    /// Whether `count` chairs side by side can be had outside the `touched` stretches without leaving one over. Of a part of a
    /// room nobody knows, so it says yes.
    fn fits_elsewhere(&self, count: usize, touched: &[Range<usize>]) -> bool {
        let fits = |stretch: &Range<usize>| {
            (stretch.len() == count || stretch.len() >= count + 2) && !touched.contains(stretch)
        };
        !self.whole
            || self
                .plan
                .runs()
                .iter()
                .any(|run| self.stretches(run.clone()).iter().any(fits))
    }
}

/// The chairs of a stretch that stand alone once the chosen ones are gone. A stretch of one is left alone by others, not by us.
fn isolated(stretch: &Range<usize>, chosen: &[usize]) -> Vec<usize> {
    let rest = |place: usize| stretch.contains(&place) && !chosen.contains(&place);
    let has_neighbour = |place: usize| rest(place + 1) || place.checked_sub(1).is_some_and(rest);
    match stretch.len() {
        0 | 1 => Vec::new(),
        _ => stretch
            .clone()
            .filter(|&place| rest(place) && !has_neighbour(place))
            .collect(),
    }
}

#[cfg(test)]
mod tests;
