//! The power of a machine, for a simulation that cuts it.

use std::fmt;
use std::sync::Arc;

use crate::Error;
use crate::job::{Job, Ran};
use crate::statistics::Counters;
use crate::tx::Transaction;

/// The power of the machine under a database without threads, which a simulation cuts in the middle of a commit.
pub trait Power: Send + Sync {
    /// Something is about to be written.
    fn before(&self);

    /// It is committed and not yet answered: whether the power is still there.
    fn is_there(&self) -> bool;

    /// It is not: nobody is answered any more. Whoever waits does so until this is dropped, with all else that the process had.
    fn leaves(&self, unanswered: Unanswered);
}

/// A job of a machine whose power may go before it is answered.
pub(crate) struct Powered {
    pub(crate) job: Box<dyn Job>,
    pub(crate) power: Arc<dyn Power>,
}

/// Somebody who waits for an answer, and whom nobody answers.
pub struct Unanswered {
    _job: Box<dyn Job>,
}

impl fmt::Debug for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unanswered").finish_non_exhaustive()
    }
}

impl Job for Powered {
    fn run(&mut self, transaction: &mut dyn Transaction, counters: &Counters) -> Ran {
        self.job.run(transaction, counters)
    }

    fn fail(&mut self, error: &Error) {
        self.job.fail(error);
    }

    fn is_success(&self) -> bool {
        self.job.is_success()
    }

    fn answer(self: Box<Self>) {
        match self.power.is_there() {
            true => self.job.answer(),
            false => self.power.leaves(Unanswered { _job: self.job }),
        }
    }
}
