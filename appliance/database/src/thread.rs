//! The threads of an engine: each has a name, and logs to whoever opened the database.

use std::{io, thread};

use tokio::sync::oneshot;

/// Resolves when a thread has ended; nothing is ever sent.
pub(crate) type Ended = oneshot::Receiver<()>;

/// Starts a thread.
pub(crate) fn start(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<Ended> {
    let (end, ended) = oneshot::channel();
    let log = tracing::dispatcher::get_default(Clone::clone);
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            tracing::dispatcher::with_default(&log, work);
            drop::<oneshot::Sender<()>>(end);
        })?;
    Ok(ended)
}
