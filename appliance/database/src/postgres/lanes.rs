//! The writes that wait, in a lane for each scope. A lane is served by one writer at a time, so that what waits in it shares a commit
//! and never waits for a lock of this process; different lanes are served at the same time.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::writer::Writer;
use crate::group::Group;
use crate::job::Job;
use crate::statistics::Counters;
use crate::thread::{self, Ended};
use crate::{Error, Scope};

/// Writes that may wait, as on SQLite: who comes later is better told at once.
const WAITING_WRITES: usize = 1_024;

/// Writes that share a commit: a server keeps 64 savepoints of a transaction at hand, and looks further ones up.
const LARGEST_GROUP: usize = 60;

#[derive(Debug)]
pub(crate) struct Lanes {
    state: Mutex<State>,
    wake: Condvar,
    counters: Arc<Counters>,
}

#[derive(Debug, Default)]
struct State {
    lanes: HashMap<Scope, Lane>,
    /// Those in which writes wait and nobody writes, longest waiting first.
    ready: VecDeque<Scope>,
    waiting: usize,
    is_closed: bool,
    threads: Vec<Ended>,
}

#[derive(Default)]
struct Lane {
    jobs: VecDeque<Box<dyn Job>>,
    /// Whether a writer has it; a lane without a scope belongs to nobody.
    is_served: bool,
}

impl Lanes {
    pub(crate) fn new(counters: Arc<Counters>) -> Self {
        Self {
            state: Mutex::default(),
            wake: Condvar::new(),
            counters,
        }
    }

    pub(crate) fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    pub(crate) fn submit(&self, scope: Scope, job: Box<dyn Job>) -> Result<(), Error> {
        let mut state = self.state();
        if state.is_closed {
            return Err(Error::Closed);
        }
        if state.waiting >= WAITING_WRITES {
            Counters::add(&self.counters.refused_busy, 1);
            return Err(Error::Busy);
        }
        state.waiting += 1;
        self.counters.queue_length.fetch_add(1, Relaxed);
        let lane = state.lanes.entry(scope.clone()).or_default();
        let is_ready = lane.jobs.is_empty() && !lane.is_served;
        lane.jobs.push_back(job);
        if is_ready {
            state.ready.push_back(scope);
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Gives a writer a thread of its own.
    pub(crate) fn serve_with(self: &Arc<Self>, writer: Writer) -> std::io::Result<()> {
        let lanes = Arc::clone(self);
        let ended = thread::start("database writer", move || lanes.serve(writer))?;
        self.state().threads.push(ended);
        Ok(())
    }

    fn serve(&self, mut writer: Writer) {
        let served = catch_unwind(AssertUnwindSafe(|| {
            while let Some((scope, group)) = self.take() {
                writer.run(&scope, group);
                self.give_back(scope);
            }
        }));
        if served.is_err() {
            // The writer's own code panicked, so that nobody knows what became of its group.
            writer.fail_for_good();
            self.end();
        }
    }

    /// The next lane and what waits in it, once there is one; nothing after the end.
    fn take(&self) -> Option<(Scope, Group)> {
        let mut state = self.state();
        loop {
            if let Some(scope) = state.ready.pop_front() {
                return Some(self.group(&mut state, scope));
            }
            if state.is_closed {
                return None;
            }
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn group(&self, state: &mut State, scope: Scope) -> (Scope, Group) {
        let lane = state.lanes.entry(scope.clone()).or_default();
        let size = lane.jobs.len().min(LARGEST_GROUP);
        let group: Vec<_> = lane.jobs.drain(..size).collect();
        match scope {
            Scope::Of(..) => lane.is_served = true,
            Scope::Nothing if lane.jobs.is_empty() => {}
            Scope::Nothing => {
                state.ready.push_back(scope.clone());
                self.wake.notify_one();
            }
        }
        state.waiting -= group.len();
        self.counters
            .queue_length
            .fetch_sub(group.len() as u64, Relaxed);
        (scope, group)
    }

    fn give_back(&self, scope: Scope) {
        let mut state = self.state();
        let Some(lane) = state.lanes.get_mut(&scope) else {
            return;
        };
        let was_served = std::mem::take(&mut lane.is_served);
        if lane.jobs.is_empty() {
            state.lanes.remove(&scope);
        } else if was_served {
            state.ready.push_back(scope);
            self.wake.notify_one();
        }
    }

    /// Takes no more writes; the threads end when nothing waits.
    pub(crate) fn end(&self) {
        self.state().is_closed = true;
        self.wake.notify_all();
    }

    /// As [`Lanes::end`], and waits until the threads have ended.
    pub(crate) async fn close(&self) {
        self.end();
        let threads = std::mem::take(&mut self.state().threads);
        for ended in threads {
            drop(ended.await);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lane")
            .field("jobs", &self.jobs.len())
            .field("is_served", &self.is_served)
            .finish()
    }
}
