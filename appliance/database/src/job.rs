//! A closure on its way through a writer, with the place where its caller waits.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::tx::Told;
use crate::{Error, Tx};

/// What a job wants done with its savepoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Undo,
}

/// A write, whatever it answers with.
pub(crate) trait Job: Send {
    /// Runs the closure, perhaps again, and keeps its result.
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict;

    /// Keeps what is told after the commit.
    fn tell_when_committed(&mut self, told: Vec<Told>);

    /// Replaces the result.
    fn fail(&mut self, error: &Error);

    /// Remembers why the engine gave up the transaction, and forgets the result.
    fn note_loss(&mut self, error: &Error);

    /// Makes the remembered loss the result.
    fn fail_with_its_loss(&mut self);

    /// Whether the result is one to keep.
    fn is_success(&self) -> bool;

    /// Tells what is to be told, then sends the result to whoever waits.
    fn answer(self: Box<Self>);
}

struct Waiting<T, E, F> {
    work: F,
    result: Option<Result<T, E>>,
    told: Vec<Told>,
    loss: Option<Error>,
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
        loss: None,
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
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict {
        self.told.clear();
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(tx)))
            .unwrap_or_else(|_| Err(E::from(Error::Panicked)));
        let verdict = if result.is_ok() {
            Verdict::Keep
        } else {
            Verdict::Undo
        };
        self.result = Some(result);
        verdict
    }

    fn tell_when_committed(&mut self, told: Vec<Told>) {
        self.told = told;
    }

    fn fail(&mut self, error: &Error) {
        self.told.clear();
        self.result = Some(Err(E::from(error.clone())));
    }

    fn note_loss(&mut self, error: &Error) {
        self.told.clear();
        self.result = None;
        self.loss = Some(error.clone());
    }

    fn fail_with_its_loss(&mut self) {
        let loss = self.loss.take().unwrap_or(Error::OutcomeUnknown);
        self.result = Some(Err(E::from(loss)));
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

/// Gives every job of a group the same bad end.
pub(crate) fn fail(group: &mut [Box<dyn Job>], error: &Error) {
    for job in group {
        job.fail(error);
    }
}
