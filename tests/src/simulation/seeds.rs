//! Many evenings, one for each seed, on as many threads as there are cores; each by itself in one of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde::Serialize;

use super::matrix::Matrix;
use super::play::{Outcome, Plan, evening};
use super::shrink::shrink;

/// The last line of standard output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    seeds: u64,
    first_seed: u64,
    steps: u64,
    faults: u64,
    double_sales: u64,
    failed_seeds: Vec<u64>,
}

/// What came of many evenings.
#[derive(Debug, Clone, Default)]
pub struct Seeds {
    first_seed: u64,
    each: BTreeMap<u64, Outcome>,
}

impl Seeds {
    /// Plays so many seeds from the first on, as long as more may begin.
    pub fn play(first_seed: u64, count: u64, may_begin: impl Fn() -> bool + Sync) -> Self {
        let next = AtomicU64::new(first_seed);
        let end = first_seed.saturating_add(count);
        let each = Mutex::new(BTreeMap::new());
        let threads = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= end || !may_begin() {
                            break;
                        }
                        let mut outcome = evening(&Plan::of(seed));
                        if outcome.wrong.is_empty() {
                            (outcome.trace, outcome.files) = Default::default();
                        }
                        let mut each = each.lock().unwrap_or_else(PoisonError::into_inner);
                        each.insert(seed, outcome);
                    }
                });
            }
        });
        let each = each.into_inner().unwrap_or_else(PoisonError::into_inner);
        Self { first_seed, each }
    }

    fn failed(&self) -> impl Iterator<Item = (u64, &Outcome)> {
        let each = self.each.iter();
        each.filter(|(_, it)| !it.wrong.is_empty())
            .map(|(seed, it)| (*seed, it))
    }

    /// How many were played.
    pub fn played(&self) -> u64 {
        self.each.len() as u64
    }

    /// What is wrong with each seed that failed.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.failed().map(|(seed, outcome)| {
            let mut lines = vec![format!("seed {seed} fails:")];
            lines.extend(outcome.wrong.iter().take(12).cloned());
            lines.push(format!(
                "again: cargo simulate --seeds 1 --first-seed {seed}"
            ));
            lines.join("\n")
        });
        failed.collect()
    }

    /// The shortest story of the first seed that failed; it takes minutes.
    pub fn story(&self) -> Option<String> {
        let (seed, outcome) = self.failed().next()?;
        Some(shrink(&Plan::of(seed), outcome))
    }

    /// All that happened with the first seed that failed, in its order.
    pub fn trace(&self) -> Option<String> {
        let (_, outcome) = self.failed().next()?;
        Some(outcome.trace.join("\n"))
    }

    /// Which faults have met which states, over all seeds.
    pub fn matrix(&self) -> Matrix {
        let mut matrix = Matrix::default();
        self.each.values().for_each(|it| matrix.add(&it.matrix));
        matrix
    }

    /// How many tickets were sold, and those of them at home.
    pub fn sold(&self) -> [usize; 2] {
        let each = self.each.values().map(|it| it.sold);
        each.fold([0, 0], |[all, home], [more, there]| {
            [all + more, home + there]
        })
    }

    /// The last line.
    pub fn summary(&self) -> Summary {
        let sum = |of: fn(&Outcome) -> u64| self.each.values().map(of).sum();
        Summary {
            seeds: self.played(),
            first_seed: self.first_seed,
            steps: sum(|it| it.steps as u64),
            faults: sum(|it| it.faults as u64),
            double_sales: sum(|it| it.double_sales),
            failed_seeds: self.failed().map(|(seed, _)| seed).collect(),
        }
    }

    /// Whether every seed was as it should be.
    pub fn is_good(&self) -> bool {
        self.failed().next().is_none()
    }
}
