//! The handle that the rest of a process has: closures go in, answers come out, and no type of an engine is seen.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};

use crate::failure::Failure;
use crate::reader::{self, Readers};
use crate::statistics::Counters;
use crate::writer::{Job, Queue, Writer, job};
use crate::{Error, Migration, OpenError, Options, Place, Snapshot, Statistics, Tx, open};

/// A database. Clones share it.
#[derive(Debug, Clone)]
pub struct Database(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: Engine,
    path: Option<PathBuf>,
    options: Options,
    counters: Arc<Counters>,
    failure: Arc<Failure>,
}

#[derive(Debug)]
enum Engine {
    Threads { queue: Queue, readers: Readers },
    Inline(Mutex<Option<Writer>>),
}

/// What a write must have to itself. SQLite has one writer and needs nothing; on PostgreSQL it is an advisory lock, without which a
/// load, a decision and a save would interleave with another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One thing: the kind and the id.
    Of(&'static str, String),
    /// Nothing: the write is a single statement, or one that bears company.
    Nothing,
}

impl Scope {
    /// One thing, such as `("showtime", showtime.as_str())`.
    pub fn of(kind: &'static str, id: impl Into<String>) -> Self {
        Self::Of(kind, id.into())
    }
}

impl Database {
    /// Opens or creates the file, brings its schema up to date, and starts the writer and the readers on threads of their own.
    ///
    /// # Errors
    /// Another process has it, the migrations do not fit, or the disk refuses.
    pub fn open(
        path: &Path,
        migrations: &[Migration],
        options: Options,
    ) -> Result<Self, OpenError> {
        let opened = open::writer(path, migrations, &options)?;
        let readers = Readers::open(path)?;
        Self::assemble(opened, Some(path), options, |writer, counters| {
            let queue = Queue::start(writer, counters).map_err(OpenError::Thread)?;
            Ok(Engine::Threads { queue, readers })
        })
    }

    /// A database without threads: each closure runs on the caller's thread, one at a time, and each write commits alone. For
    /// the simulation, where everything must happen in the same order for the same seed.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn inline(
        place: &Place,
        migrations: &[Migration],
        options: Options,
    ) -> Result<Self, OpenError> {
        let (opened, path) = match place {
            Place::Memory => (open::in_memory(migrations, &options)?, None),
            Place::File(path) => (
                open::writer(path, migrations, &options)?,
                Some(path.as_path()),
            ),
        };
        Self::assemble(opened, path, options, |writer, _| {
            Ok(Engine::Inline(Mutex::new(Some(writer))))
        })
    }

    fn assemble(
        opened: open::Opened,
        path: Option<&Path>,
        options: Options,
        engine: impl FnOnce(Writer, Arc<Counters>) -> Result<Engine, OpenError>,
    ) -> Result<Self, OpenError> {
        let counters = Arc::new(Counters::default());
        let failure = Arc::new(Failure::default());
        let writer = Writer::new(
            opened,
            options.clone(),
            Arc::clone(&counters),
            Arc::clone(&failure),
        );
        Ok(Self(Arc::new(Inner {
            engine: engine(writer, Arc::clone(&counters))?,
            path: path.map(Path::to_owned),
            options,
            counters,
            failure,
        })))
    }

    /// Runs `work` in a transaction and answers when the disk has it: everything that it changed, or nothing if it refuses.
    ///
    /// Writes that wait together share one commit, so `work` may run again when the engine gives up the group: it does SQL and pure
    /// rules only. What must be told (events to pump, caches, live seats, a printer) it gives to [`Tx::after_commit`] or returns.
    ///
    /// **Dropping the future does not cancel the write** once it was polled: an answer that nobody waits for is still committed.
    ///
    /// # Errors
    /// What `work` refuses with. `Busy` or `Full`: try again later. `Panicked`, `Conflict`, `Column`, `Engine`: a fault in `work`.
    /// `Closed`: nothing is written any more. `OutcomeUnknown`: it may have been committed. A statement that failed is
    /// answered even if `work` went on and returned `Ok`.
    pub async fn write<T, E>(
        &self,
        scope: Scope,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        // One writer: every scope is held by whoever writes.
        drop(scope);
        let (job, answer) = job(work);
        self.submit(job)?;
        answer.await.unwrap_or_else(|_| Err(E::from(Error::Closed)))
    }

    fn submit(&self, job: Box<dyn Job>) -> Result<(), Error> {
        if self.0.failure.has_happened() {
            return Err(Error::Closed);
        }
        match &self.0.engine {
            Engine::Threads { queue, .. } => queue.submit(job, &self.0.counters),
            Engine::Inline(writer) => {
                let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                writer.as_mut().ok_or(Error::Closed)?.run(vec![job]);
                Ok(())
            }
        }
    }

    /// Runs `work` on a snapshot that contains every write answered before.
    ///
    /// # Errors
    /// What `work` refuses with; `Busy` if too many reads wait; `Engine` if it took too many steps, since a long reader keeps the
    /// write-ahead log from being emptied.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Snapshot<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        Counters::add(&self.0.counters.reads, 1);
        match &self.0.engine {
            Engine::Threads { readers, .. } => {
                readers
                    .read(&self.0.counters, move |connection| {
                        reader::run(connection, work)
                    })
                    .await?
            }
            Engine::Inline(writer) => {
                let writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                reader::run(writer.as_ref().ok_or(Error::Closed)?.connection(), work)
            }
        }
    }

    /// Whether the database answers: asked of a reader, and of the writer through its queue.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn check(&self) -> Result<(), Error> {
        self.read(|snapshot| snapshot.first("SELECT 1", &[], |row| row.get::<i64>(0)))
            .await?;
        self.write(Scope::Nothing, |tx| {
            tx.first("SELECT 1", &[], |row| row.get::<i64>(0))
        })
        .await?;
        Ok(())
    }

    /// Whether there is room for something new. If not, only what is open may be finished. It costs one system call.
    pub fn has_room(&self) -> bool {
        let Some(path) = &self.0.path else {
            return true;
        };
        let reserve = self.0.options.reserve_bytes;
        let free = match rustix::fs::statvfs(path) {
            Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
            Err(error) => {
                tracing::warn!(%error, "the free space of the disk cannot be read");
                return false;
            }
        };
        free >= reserve && self.0.counters.pages_left_bytes(&self.0.options) >= reserve
    }

    /// Resolves when the disk has failed, with what it said. From then on every write is `Closed`; the process must end.
    pub fn failed(&self) -> impl Future<Output = Error> + Send + 'static {
        let failure = Arc::clone(&self.0.failure);
        async move { failure.wait().await }
    }

    /// What has been done so far.
    pub fn statistics(&self) -> Statistics {
        self.0.counters.read()
    }

    /// Finishes what waits, empties the write-ahead log and gives the file back; later calls are `Closed`. A database that is only
    /// dropped does the same in the background.
    pub async fn close(&self) {
        match &self.0.engine {
            Engine::Threads { queue, readers } => {
                readers.close().await;
                queue.close().await;
            }
            Engine::Inline(writer) => {
                let writer = writer.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(writer) = writer {
                    writer.close();
                }
            }
        }
    }
}

impl Counters {
    fn pages_left_bytes(&self, options: &Options) -> u64 {
        const PAGE_BYTES: u64 = 4096;
        options.most_pages.map_or(u64::MAX, |most| {
            u64::from(most)
                .saturating_sub(self.pages.load(Relaxed))
                .saturating_mul(PAGE_BYTES)
        })
    }
}
