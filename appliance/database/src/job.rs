//! A closure on its way through a writer, with the place where its caller waits.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::statistics::Counters;
use crate::tx::{Outcome, Told, Transaction};
use crate::{Error, Tx};

/// What became of a job in its savepoint.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Whether it is to be kept.
    pub(crate) is_kept: bool,
    /// The first statement that failed.
    pub(crate) failed: Option<Error>,
    /// How many statements it took.
    pub(crate) statements: u64,
}

/// A write, whatever it answers with.
pub(crate) trait Job: Send {
    /// Runs the closure, perhaps again, and keeps its result and what is told after the commit.
    fn run(&mut self, transaction: &mut dyn Transaction, counters: &Counters) -> Ran;

    /// Replaces the result.
    fn fail(&mut self, error: &Error);

    /// Whether the result is one to keep.
    fn is_success(&self) -> bool;

    /// Tells what is to be told, then sends the result to whoever waits.
    fn answer(self: Box<Self>);
}

struct Waiting<T, E, F> {
    work: F,
    result: Option<Result<T, E>>,
    told: Vec<Told>,
    answer: oneshot::Sender<Result<T, E>>,
}

/// Makes a job of a closure.
pub(crate) fn job<T, E, F>(work: F) -> (Box<dyn Job>, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
{
    let (answer, waiting) = oneshot::channel();
    let job = Waiting {
        work,
        result: None,
        told: Vec::new(),
        answer,
    };
    (Box::new(job), waiting)
}

impl<T, E, F> Job for Waiting<T, E, F>
where
    T: Send,
    E: From<Error> + Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, transaction: &mut dyn Transaction, counters: &Counters) -> Ran {
        let mut tx = Tx::new(transaction, counters);
        let ended = catch_unwind(AssertUnwindSafe(|| (self.work)(&mut tx)));
        let mut result = ended.unwrap_or_else(|_| Err(E::from(counters.panicked())));
        let Outcome {
            failed,
            told,
            statements,
        } = tx.into_outcome();
        if let (Ok(_), Some(error)) = (&result, &failed) {
            result = Err(E::from(error.clone()));
        }
        let is_kept = result.is_ok();
        self.told = if is_kept { told } else { Vec::new() };
        self.result = Some(result);
        Ran {
            is_kept,
            failed,
            statements,
        }
    }

    fn fail(&mut self, error: &Error) {
        self.told.clear();
        self.result = Some(Err(E::from(error.clone())));
    }

    fn is_success(&self) -> bool {
        self.result.as_ref().is_some_and(Result::is_ok)
    }

    fn answer(self: Box<Self>) {
        let result = self
            .result
            .unwrap_or_else(|| Err(E::from(Error::OutcomeUnknown)));
        for tell in self.told {
            if catch_unwind(AssertUnwindSafe(tell)).is_err() {
                tracing::error!("what is told after a commit panicked; the commit stands");
            }
        }
        // A caller who has gone away does not undo what is committed.
        drop(self.answer.send(result));
    }
}
