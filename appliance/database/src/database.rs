//! The handle that the rest of a process has: closures go in, answers come out, and no type of an engine is seen.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::channels::Listening;
use crate::job::job;
use crate::shared::{Asked, Shared};
use crate::statistics::Counters;
use crate::{
    Doubt, Error, Migration, OpenError, Options, Place, Scope, Snapshot, Statistics, Tx, postgres,
    sqlite,
};

/// How long a person waits for what they asked: many times as long as it is looked for it.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

/// A database. Clones share it.
#[derive(Debug, Clone)]
pub struct Database(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: Engine,
    shared: Shared,
    /// What [`Options::locked`] asks for, until the database is closed.
    locked: Mutex<Option<File>>,
}

#[derive(Debug)]
enum Engine {
    Sqlite(Box<sqlite::Engine>),
    Postgres(postgres::Engine),
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
        Self::assemble(options, |shared| {
            let engine = sqlite::Engine::open(path, migrations, shared)?;
            Ok(Engine::Sqlite(Box::new(engine)))
        })
    }

    /// Opens a PostgreSQL database, brings its schema up to date, and starts the writers, the readers and the listener on threads
    /// of their own. `url` is `postgresql://user@host:port/name`, where a host that begins with `%2F` is a socket's folder. Several
    /// processes may have the same database open. Nothing is encrypted on the way: the server is on this machine, on a network that
    /// is trusted, or behind a tunnel.
    ///
    /// # Errors
    /// Another process has what `options` lock or leads where this one should, the server cannot be used as it is, the migrations do not fit, or the system gives no
    /// threads.
    pub fn connect(
        url: &str,
        migrations: &[Migration],
        options: Options,
    ) -> Result<Self, OpenError> {
        let locked = options
            .locked
            .as_deref()
            .map(sqlite::lock_folder_of)
            .transpose()?;
        let database = Self::assemble(options, |shared| {
            postgres::Engine::open(url, migrations, shared).map(Engine::Postgres)
        })?;
        *database.locked() = locked;
        Ok(database)
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
        Self::assemble(options, |shared| {
            let engine = sqlite::Engine::inline(place, migrations, shared)?;
            Ok(Engine::Sqlite(Box::new(engine)))
        })
    }

    fn assemble(
        options: Options,
        open: impl FnOnce(&Shared) -> Result<Engine, OpenError>,
    ) -> Result<Self, OpenError> {
        let shared = Shared::new(options);
        let engine = open(&shared)?;
        let locked = Mutex::default();
        Ok(Self(Arc::new(Inner {
            engine,
            shared,
            locked,
        })))
    }

    fn locked(&self) -> MutexGuard<'_, Option<File>> {
        self.0.locked.lock().unwrap_or_else(PoisonError::into_inner)
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
        let Inner { engine, shared, .. } = &*self.0;
        if shared.has_failed() {
            return Err(E::from(Error::Closed));
        }
        let (job, answer) = job(work);
        match engine {
            // One writer: every scope is held by whoever writes.
            Engine::Sqlite(engine) => engine.submit(job)?,
            Engine::Postgres(engine) => engine.submit(scope, job)?,
        }
        answer.await.unwrap_or_else(|_| Err(E::from(Error::Closed)))
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
        let Inner { engine, shared, .. } = &*self.0;
        Counters::add(&shared.counters.reads, 1);
        match engine {
            Engine::Sqlite(engine) => engine.read(work).await,
            Engine::Postgres(engine) => engine.read(work).await,
        }
    }

    /// Hears what [`Tx::notify`] tells on this channel, of every write that is committed from here on.
    pub fn listen(&self, channel: &str) -> Listening {
        self.0.shared.channels.listen(channel)
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

    /// Why it cannot prove that it has all that it answered, if it cannot: it can be read and written, and whoever sells asks first. Without
    /// [`Options::mark`] nothing is ever proven or doubted.
    pub fn doubt(&self) -> Option<Doubt> {
        self.0.shared.doubt()
    }

    /// A person takes the database as it is: from here on this is what was answered, whatever is missing. Gives why nothing was taken: the
    /// doubt that stays, where the structure is broken, or [`Doubt::Unmarked`], where the decision could not be kept.
    ///
    /// # Errors
    /// As [`Database::check`].
    pub async fn accept(&self) -> Result<Option<Doubt>, Error> {
        if self.doubt().is_some() {
            self.ask(Asked::Accept).await?;
        }
        if let Some(why) = self.0.shared.take_unkept() {
            return Ok(Some(Doubt::Unmarked(why)));
        }
        Ok(self.doubt())
    }

    /// Looks whether all that is stored is as it was written, and its structure sound; nothing is written meanwhile. What is found is in
    /// [`Database::doubt`].
    ///
    /// # Errors
    /// As [`Database::check`].
    pub async fn look_at_all(&self) -> Result<(), Error> {
        self.ask(Asked::Look).await
    }

    async fn ask(&self, what: Asked) -> Result<(), Error> {
        self.0.shared.ask(what);
        match &self.0.engine {
            Engine::Sqlite(_) => self.write(Scope::Nothing, |_| Ok(())).await,
            Engine::Postgres(_) if self.0.shared.options.mark.is_none() => Ok(()),
            Engine::Postgres(_) => {
                let answer = tokio::time::timeout(ANSWERED_WITHIN, self.0.shared.answer());
                answer.await.map_err(|_| Error::Busy)
            }
        }
    }

    /// Whether there is room for something new. If not, only what is open may be finished. On SQLite it costs one system call; on
    /// PostgreSQL, whose disk cannot be seen from here, it is whether the last write that needed room found it.
    pub fn has_room(&self) -> bool {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.has_room(),
            Engine::Postgres(engine) => engine.has_room(),
        }
    }

    /// The room on the disk that the file may use; `None` where it cannot be seen, as that of a server.
    pub fn free_bytes(&self) -> Option<u64> {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.free_bytes(),
            Engine::Postgres(_) => None,
        }
    }

    /// Resolves when the disk has failed, with what it said, or another process leads the database in this one's place. From then on every
    /// write is `Closed`; the process must end. A PostgreSQL server that is gone is no such failure: it is `Busy` until it comes back.
    pub fn failed(&self) -> impl Future<Output = Error> + Send + 'static {
        self.0.shared.failed()
    }

    /// What has been done so far.
    pub fn statistics(&self) -> Statistics {
        self.0.shared.counters.read()
    }

    /// Finishes what waits and gives the file or the server's connections back; later calls are `Closed`. On SQLite the write-ahead
    /// log is emptied. A database that is only dropped does the same in the background.
    pub async fn close(&self) {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.close().await,
            Engine::Postgres(engine) => engine.close().await,
        }
        self.0.shared.channels.close();
        drop(self.locked().take());
    }
}
