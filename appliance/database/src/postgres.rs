//! PostgreSQL: several processes over one database, a few clients a process, each on a thread of its own that nobody else touches.
//! A write has its scope to itself by an advisory lock, and those that wait for one scope share a commit.

mod address;
mod binding;
mod column;
mod error;
mod lanes;
mod lead;
mod listener;
mod look;
mod mark;
mod migration;
mod place;
mod readers;
mod schema;
mod session;
mod writer;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use tokio::sync::oneshot;

use crate::job::Job;
use crate::shared::Shared;
use crate::{Error, Migration, OpenError, Scope, Snapshot};
use address::{Address, Purpose};
use lanes::Lanes;
use listener::Listener;
pub(crate) use look::look;
use mark::Proof;
use readers::Readers;
pub(crate) use schema::schema;
use writer::Writer;

/// Scopes that are written at the same time: more clients than this only wait for the same disk.
const WRITERS: usize = 4;

/// An open database on a server.
#[derive(Debug)]
pub(crate) struct Engine {
    lanes: Arc<Lanes>,
    readers: Readers,
    listener: Listener,
    /// Whether the mark is kept no more.
    has_ended: Arc<AtomicBool>,
}

impl Engine {
    /// Checks the server, applies the migrations and starts the threads.
    pub(crate) fn open(
        url: &str,
        migrations: &[Migration],
        shared: &Shared,
    ) -> Result<Self, OpenError> {
        let address = Arc::new(Address::parse(url, shared.options.synchronous)?);
        // Made first: nothing is changed where another process leads.
        let listener = Listener::start(Arc::clone(&address), shared)?;
        let proof = on_a_thread(|| {
            let mut session = address.open(Purpose::Migrate).map_err(unusable)?;
            session.check_server()?;
            migration::apply(&mut session, migrations)?;
            let mark = shared.options.mark.as_ref();
            mark.map(|mark| Proof::begin(&mut session, mark))
                .transpose()
        })?;
        let lanes = Arc::new(Lanes::new(Arc::clone(&shared.counters)));
        // Its drop ends the threads if one of the next cannot be started.
        let engine = Self {
            readers: Readers::start(&address, &shared.counters)?,
            lanes: Arc::clone(&lanes),
            listener,
            has_ended: Arc::default(),
        };
        if let Some((proof, doubt)) = proof {
            address.is_of(proof.place());
            doubt.into_iter().for_each(|doubt| shared.doubts(doubt));
            proof.keep(
                Arc::clone(&address),
                shared.clone(),
                Arc::clone(&engine.has_ended),
            )?;
        }
        for _ in 0..WRITERS {
            let writer = Writer::new(Arc::clone(&address), shared);
            lanes.serve_with(writer).map_err(OpenError::Thread)?;
        }
        Ok(engine)
    }

    pub(crate) fn submit(&self, scope: Scope, job: Box<dyn Job>) -> Result<(), Error> {
        self.lanes.submit(scope, job)
    }

    pub(crate) async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Snapshot<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, waiting) = oneshot::channel();
        let counters = self.lanes.counters();
        self.readers.submit(Box::new(move |session| {
            let result = session.map_err(E::from).and_then(|session| {
                let mut snapshot = Snapshot::new(session, &counters);
                catch_unwind(AssertUnwindSafe(|| work(&mut snapshot)))
                    .unwrap_or_else(|_| Err(E::from(counters.panicked())))
            });
            // A caller who has gone away needs no answer.
            drop(answer.send(result));
        }))?;
        waiting
            .await
            .unwrap_or_else(|_| Err(E::from(Error::Closed)))
    }

    /// Whether the last write that needed room found it.
    pub(crate) fn has_room(&self) -> bool {
        !self.lanes.counters().server_is_full.load(Relaxed)
    }

    pub(crate) async fn close(&self) {
        self.listener.end();
        self.has_ended.store(true, Relaxed);
        self.readers.close().await;
        self.lanes.close().await;
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.has_ended.store(true, Relaxed);
        self.lanes.end();
    }
}

/// Runs `work` on a thread of its own and waits for it: a client that is used or dropped on a thread of a tokio runtime panics.
fn on_a_thread<T: Send>(
    work: impl FnOnce() -> Result<T, OpenError> + Send,
) -> Result<T, OpenError> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("database opening".to_owned())
            .spawn_scoped(scope, work)
            .map_err(OpenError::Thread)?;
        thread
            .join()
            .unwrap_or_else(|_| Err(OpenError::Engine(Error::Panicked)))
    })
}

fn unusable(error: Error) -> OpenError {
    match error {
        Error::Engine(error) => OpenError::Server(error.message),
        Error::Full
        | Error::Busy
        | Error::Panicked
        | Error::Closed
        | Error::OutcomeUnknown
        | Error::Conflict
        | Error::Column(_) => OpenError::Engine(error),
    }
}
