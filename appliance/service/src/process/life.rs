//! The life of an opened process: its background work, its socket for orders and at last its port; then everything ends well.

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::{Process, StartError};
use crate::{Bell, control, database_meters, files, lifecycle};

/// Why a process stopped that was not told to.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its background work could not be started.
    #[error(transparent)]
    Start(StartError),
    /// A socket failed.
    #[error("its sockets: {0}")]
    Sockets(#[from] io::Error),
    /// Something that it is of no use without, and that it cannot begin again.
    #[error("{0}")]
    Ended(String),
    /// Its database failed: nothing may be answered any more.
    #[error("its database: {0}")]
    Database(database::Error),
}

/// Runs an opened process until its life ends, then lets everything end well. `bind` gives the port; it is asked last, so that whatever
/// takes connections is ready: data and orders are open by then.
///
/// # Errors
/// See [`RunError`].
pub async fn run<P: Process>(
    process: &P,
    bind: impl Future<Output = io::Result<TcpListener>>,
) -> Result<(), RunError> {
    let ran = tokio::select! {
        biased;
        ran = serve(process, bind) => ran,
        error = process.database().failed() => {
            // Nobody knows what the disk holds: nothing more is answered, and the next start reads what is there.
            tracing::error!(%error, "the database failed; stopping at once");
            return Err(RunError::Database(error));
        }
        why = process.machine().lifecycle.failed() => Err(RunError::Ended(why)),
    };
    close(process).await;
    ran
}

async fn serve<P: Process>(
    process: &P,
    bind: impl Future<Output = io::Result<TcpListener>>,
) -> Result<(), RunError> {
    let http = P::http(&process.base().settings);
    let door = http.door(&process.machine().clock);
    let door = door.map_err(|why| RunError::Start(why.into()))?;
    files::allow(http.most_connections)?;
    database_meters::show(&process.machine().metrics, process.database());
    process.start().map_err(RunError::Start)?;
    let (life, told) = (&process.machine().lifecycle, process.clone());
    let socket = Arc::new(control::open(&P::data(&process.base().settings).folder)?);
    let (of, perform) = (life.clone(), move |order| {
        let told = told.clone();
        async move {
            let done = told.clone().perform(order).await;
            if let Err(refusal) = &done
                && let Some(kind) = refusal.broken_kind()
            {
                told.machine().metrics.broke(kind);
            }
            done
        }
    });
    life.keep("orders", move || {
        control::serve(Arc::clone(&socket), of.clone(), perform.clone())
    });
    let listener = bind.await?;
    tracing::info!(address = %listener.local_addr()?, "the {} is open", P::NAME);
    if let Some(encrypted) = &door.encrypted {
        let hangup = Bell::default();
        let machine = process.machine();
        let (wrong, shown) = (
            machine.metrics.gauge(
                "certificate_wrong",
                "Whether the own certificate or its files are not as they should be, so that it is not trusted or the next start meets them: 1, or 0",
            ),
            encrypted.clone(),
        );
        (machine.metrics).before_each_reading(move || {
            wrong.set(shown.wrong().is_some().into());
        });
        let failures = life.failures().clone();
        machine.job("certificate", &hangup, encrypted, move |encrypted, now| {
            let failures = failures.clone();
            async move {
                let due = encrypted.clone().look_due(now).await;
                failures.finds("certificate", encrypted.wrong());
                due
            }
        });
        lifecycle::ring_on_hangup(life, hangup)?;
    }
    let (metrics, shutdown) = (&process.machine().metrics, life.shutdown().clone());
    crate::http::serve(listener, process.router(), door, metrics, shutdown).await;
    Ok(())
}

/// Lets what is under way end, then closes the database.
pub(super) async fn close<P: Process>(process: &P) {
    let life = &process.machine().lifecycle;
    life.shutdown().cancel();
    if !life.drain().await {
        tracing::warn!("some background work did not end in time; it goes on at the next start");
    }
    process.put_away().await;
    process.database().close().await;
}
