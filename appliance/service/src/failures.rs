//! Background work that ended by a fault of ours: counted by its name in `/metrics`, and named to whoever looks while it waits to be begun
//! again or has not lasted since.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

/// What failures are counted by: a name that stands in the program.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    task: &'static str,
}

/// What has failed in a process. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Failures {
    counted: Family<Of, Counter>,
    failing: Arc<Mutex<BTreeSet<&'static str>>>,
    found: Arc<Mutex<BTreeMap<&'static str, String>>>,
}

impl Failures {
    /// A task is there, so that its number is 0 and not nothing.
    pub(crate) fn begins(&self, task: &'static str) {
        drop(self.counted.get_or_create(&Of { task }));
    }

    /// It ended by a fault of ours.
    pub(crate) fn failed(&self, task: &'static str, why: &dyn fmt::Display) {
        self.counted.get_or_create(&Of { task }).inc();
        self.names().insert(task);
        tracing::error!(task, %why, "background work ended by a fault; it is begun again");
    }

    /// It has lasted since.
    pub(crate) fn lasts(&self, task: &'static str) {
        self.names().remove(task);
    }

    /// What fails at present, by name.
    pub fn failing(&self) -> Vec<&'static str> {
        self.names().iter().copied().collect()
    }

    /// A task goes on, and has found something that a person should mend; nothing, once it is right.
    pub(crate) fn finds(&self, task: &'static str, wrong: Option<String>) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        match wrong {
            Some(wrong) => found.insert(task, wrong),
            None => found.remove(task),
        };
    }

    /// What a person should mend at present, by the name of who has found it.
    pub fn found(&self) -> Vec<(&'static str, String)> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found
            .iter()
            .map(|(task, wrong)| (*task, wrong.clone()))
            .collect()
    }

    /// Shows them in `/metrics`.
    pub(crate) fn show(&self, metrics: &crate::Metrics) {
        metrics.register(
            "background_failures",
            "Background work that ended by a fault of ours, by its name; what goes on by itself was begun again",
            self.counted.clone(),
        );
    }

    fn names(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
