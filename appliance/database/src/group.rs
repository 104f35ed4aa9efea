//! Writes that share a commit: they are run together, or each alone where the engine gives up the group, and then answered.

use crate::Error;
use crate::job::Job;
use crate::statistics::Counters;

/// The writes that waited together.
pub(crate) type Group = Vec<Box<dyn Job>>;

/// Whether a write of a group can be undone alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Savepoints {
    /// It cannot, once it has changed something.
    None,
    /// It has one.
    Each,
}

/// Nothing of a group was committed, though none of it was refused.
#[derive(Debug)]
pub(crate) struct Lost {
    /// What each of it is answered with.
    pub(crate) error: Error,
    /// Whether each of it may fare better alone.
    pub(crate) better_alone: bool,
}

/// Has the group committed and answers it.
pub(crate) fn run(
    mut group: Group,
    counters: &Counters,
    mut commit: impl FnMut(&mut [Box<dyn Job>]) -> Result<(), Lost>,
) {
    counters.count_group(group.len());
    match commit(&mut group) {
        Ok(()) => answer(group, counters),
        Err(lost) if lost.better_alone => {
            Counters::add(&counters.groups_lost, 1);
            for job in group {
                let mut alone = vec![job];
                if let Err(lost) = commit(&mut alone) {
                    fail(&mut alone, &lost.error);
                }
                answer(alone, counters);
            }
        }
        Err(lost) => {
            fail(&mut group, &lost.error);
            answer(group, counters);
        }
    }
}

/// Gives each of the group the same bad end.
pub(crate) fn fail(group: &mut [Box<dyn Job>], error: &Error) {
    for job in group {
        job.fail(error);
    }
}

fn answer(group: Group, counters: &Counters) {
    for job in group {
        // Counted first, so that whoever was answered finds himself counted.
        let counter = if job.is_success() {
            &counters.committed
        } else {
            &counters.undone
        };
        Counters::add(counter, 1);
        job.answer();
    }
}
