//! SQLite: one file, one process, one thread that writes and a few connections that read; or everything on the caller's thread.

mod backup;
mod column;
mod error;
mod fence;
mod log;
mod look;
mod migration;
mod open;
mod proof;
mod queue;
mod reader;
mod schema;
mod statement;
mod sums;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};

use crate::job::Job;
use crate::power::Powered;
use crate::shared::Shared;
use crate::{Error, Migration, OpenError, Place, Snapshot};
pub(crate) use backup::{back_up, put_back};
pub(crate) use look::look;
pub use migration::problems;
pub(crate) use open::lock_folder_of;
use queue::Queue;
use reader::Readers;
pub(crate) use schema::schema;
use writer::Writer;

/// A page of the file.
const PAGE_BYTES: u64 = 4096;

/// An open file, or a database in memory.
#[derive(Debug)]
pub(crate) struct Engine {
    path: Option<PathBuf>,
    hands: Hands,
    shared: Shared,
}

#[derive(Debug)]
enum Hands {
    Threads { queue: Queue, readers: Readers },
    Inline(Mutex<Option<Box<Writer>>>),
}

impl Engine {
    /// With threads of its own.
    pub(crate) fn open(
        path: &Path,
        migrations: &[Migration],
        shared: &Shared,
    ) -> Result<Self, OpenError> {
        let opened = open::writer(path, migrations, shared)?;
        let readers = Readers::open(path)?;
        let writer = Writer::new(opened, shared);
        let queue =
            Queue::start(writer, Arc::clone(&shared.counters)).map_err(OpenError::Thread)?;
        Ok(Self {
            path: Some(path.to_owned()),
            hands: Hands::Threads { queue, readers },
            shared: shared.clone(),
        })
    }

    /// On the caller's thread.
    pub(crate) fn inline(
        place: &Place,
        migrations: &[Migration],
        shared: &Shared,
    ) -> Result<Self, OpenError> {
        let (opened, path) = match place {
            Place::Memory => (open::in_memory(migrations, &shared.options)?, None),
            Place::File(path) => (open::writer(path, migrations, shared)?, Some(path.clone())),
        };
        Ok(Self {
            path,
            hands: Hands::Inline(Mutex::new(Some(Box::new(Writer::new(opened, shared))))),
            shared: shared.clone(),
        })
    }

    pub(crate) fn submit(&self, job: Box<dyn Job>) -> Result<(), Error> {
        match &self.hands {
            Hands::Threads { queue, .. } => queue.submit(job, &self.shared.counters),
            Hands::Inline(writer) => {
                let job = self.powered(job);
                let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                writer.as_mut().ok_or(Error::Closed)?.run(vec![job]);
                Ok(())
            }
        }
    }

    /// The job of a machine whose power may be cut.
    fn powered(&self, job: Box<dyn Job>) -> Box<dyn Job> {
        match &self.shared.options.power {
            Some(power) => {
                power.before();
                let power = Arc::clone(power);
                Box::new(Powered { job, power })
            }
            None => job,
        }
    }

    pub(crate) async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Snapshot<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.hands {
            Hands::Threads { readers, .. } => {
                let shared = self.shared.clone();
                readers
                    .read(&self.shared.counters, move |connection| {
                        reader::run(connection, &shared, work)
                    })
                    .await?
            }
            Hands::Inline(writer) => {
                let writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                let connection = writer.as_ref().ok_or(Error::Closed)?.connection();
                reader::run(connection, &self.shared, work)
            }
        }
    }

    /// Whether the disk and the file have the reserve that what is open may need.
    pub(crate) fn has_room(&self) -> bool {
        let free = self.free_bytes();
        self.path.is_none() || free.is_some_and(|free| free >= self.shared.options.reserve_bytes)
    }

    /// The room on the disk, and in the file if its length is limited.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        let free = match rustix::fs::statvfs(self.path.as_ref()?) {
            Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
            Err(error) => {
                tracing::warn!(%error, "the free space of the disk cannot be read");
                return None;
            }
        };
        let left = self.shared.options.most_pages.map_or(u64::MAX, |most| {
            u64::from(most)
                .saturating_sub(self.shared.counters.pages.load(Relaxed))
                .saturating_mul(PAGE_BYTES)
        });
        Some(free.min(left))
    }

    pub(crate) async fn close(&self) {
        match &self.hands {
            Hands::Threads { queue, readers } => {
                readers.close().await;
                queue.close().await;
            }
            Hands::Inline(writer) => {
                let writer = writer.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(writer) = writer {
                    writer.close();
                }
            }
        }
    }
}
