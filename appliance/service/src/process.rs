//! The life of a process of ours, whatever it is for: its settings are read, its data opened by one process at a time, its socket for
//! orders and then its port; an order goes to the process that runs, or is done by this one. What it does, [`Process`] says.

use std::future::Future;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use database::Database;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::{TcpListener, UnixStream};
use tokio_util::sync::CancellationToken;

use crate::control::{self, OrderError};
use crate::http::{Refusal, Router};
use crate::settings::{self, Data, Http};
use crate::{Machine, database_meters, lifecycle, log};

/// How long to wait for data that another process has: longer than any order and any start with its migrations, shorter than the
/// patience of whoever typed the command.
const WAIT_FOR_DATA: Duration = Duration::from_secs(60);

/// How often data that another process has is looked at: nobody notices it, and looking costs some system calls.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A process of ours: what is opened, run, told and closed. Clones share it.
pub trait Process: Clone + Send + Sync + 'static {
    /// What whoever types a command calls it: `box`.
    const NAME: &'static str;
    /// Where it listens unless its settings say otherwise.
    const LISTENS: SocketAddr;
    /// Its settings file.
    type Settings: DeserializeOwned + Clone + Send;
    /// What it can be told on its own machine.
    type Order: Serialize + DeserializeOwned + Send;

    /// The section of its data.
    fn data(settings: &Self::Settings) -> &Data;

    /// The section of its port.
    fn http(settings: &Self::Settings) -> &Http;

    /// Opens its data, the database first, so that nothing is read or made while another process has it.
    fn open(
        settings: Self::Settings,
        machine: Machine,
    ) -> impl Future<Output = Result<Self, OpenError>> + Send;

    /// The settings that it was opened with.
    fn settings(&self) -> &Self::Settings;

    /// Its database.
    fn database(&self) -> &Database;

    /// The machine that it was opened on.
    fn machine(&self) -> &Machine;

    /// Starts its background work.
    ///
    /// # Errors
    /// Something that it needs is not there.
    fn start(&self) -> Result<(), StartError>;

    /// What it answers over HTTP.
    fn router(&self) -> Router;

    /// Does what was ordered and says in words what came of it.
    fn perform(self, order: Self::Order) -> impl Future<Output = Result<String, Refusal>> + Send;

    /// Writes what must be kept once nothing else writes any more.
    fn put_away(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

/// Why a process could not start its background work.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;

/// Why a process's data cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or a key in it cannot be read or made.
    #[error("the data folder: {0}")]
    Folder(#[from] io::Error),
    /// The database cannot be opened.
    #[error("the database: {0}")]
    Database(#[from] database::OpenError),
    /// A setting cannot be used.
    #[error("the settings: {0}")]
    Settings(String),
    /// What it holds cannot be read.
    #[error("what the database holds: {0}")]
    Content(String),
}

impl From<database::Error> for OpenError {
    fn from(error: database::Error) -> Self {
        Self::Content(error.to_string())
    }
}

/// Why a process stopped that was not told to.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its background work could not be started.
    #[error(transparent)]
    Start(StartError),
    /// A socket failed.
    #[error("its sockets: {0}")]
    Sockets(#[from] io::Error),
    /// Its database failed: nothing may be answered any more.
    #[error("its database: {0}")]
    Database(database::Error),
}

/// Why a command could not be done, in words for whoever typed it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CommandError(String);

impl CommandError {
    /// Says `what` went wrong and why.
    pub fn new(what: &str, why: &dyn std::fmt::Display) -> Self {
        Self(format!("{what}: {why}"))
    }
}

impl From<OrderError> for CommandError {
    fn from(error: OrderError) -> Self {
        Self(error.to_string())
    }
}

/// The whole `main` of a process: runs it, or has the order done and prints what came of it.
pub fn main<P: Process>(
    settings: &Path,
    order: impl FnOnce() -> Result<Option<P::Order>, CommandError>,
) -> ExitCode {
    log::start();
    match perform::<P>(settings, order) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn perform<P: Process>(
    settings: &Path,
    order: impl FnOnce() -> Result<Option<P::Order>, CommandError>,
) -> Result<(), CommandError> {
    let settings =
        settings::read(settings, std::env::vars()).map_err(|why| CommandError(why.to_string()))?;
    let order = order()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|why| CommandError::new("cannot start", &why))?;
    runtime.block_on(async {
        match order {
            None => run_until_told::<P>(settings).await,
            Some(order) => print(&give::<P>(settings, order).await?),
        }
    })
}

async fn run_until_told<P: Process>(settings: P::Settings) -> Result<(), CommandError> {
    let shutdown =
        lifecycle::on_signals().map_err(|why| CommandError::new("cannot hear signals", &why))?;
    let address = P::http(&settings).listen.unwrap_or(P::LISTENS);
    let opened = tokio::select! {
        biased;
        opened = open_or_reach::<P>(settings, shutdown.clone()) => opened?,
        () = shutdown.cancelled() => return Ok(()),
    };
    let process = match opened {
        Opened::Here(process) => process,
        Opened::Elsewhere(_) => {
            return Err(CommandError(format!(
                "the {} runs already on this data folder",
                P::NAME
            )));
        }
    };
    let bind = async {
        let bound = TcpListener::bind(address).await;
        bound
            .map_err(|why| io::Error::new(why.kind(), format!("cannot listen on {address}: {why}")))
    };
    run(&process, bind)
        .await
        .map_err(|why| CommandError::new(&format!("the {} stopped", P::NAME), &why))
}

/// Sends the order to the process that runs, or does it here.
async fn give<P: Process>(settings: P::Settings, order: P::Order) -> Result<String, CommandError> {
    match open_or_reach::<P>(settings, CancellationToken::new()).await? {
        Opened::Elsewhere(stream) => Ok(control::exchange(stream, &order).await?),
        Opened::Here(process) => {
            let done = process.clone().perform(order).await;
            close(&process).await;
            done.map_err(|refusal| OrderError::Refused(refusal.problem()).into())
        }
    }
}

fn print(words: &str) -> Result<(), CommandError> {
    let mut out = io::stdout();
    writeln!(out, "{words}")
        .and_then(|()| out.flush())
        .map_err(|why| CommandError::new("cannot print the answer", &why))
}

/// Who has the data.
enum Opened<P> {
    /// This process.
    Here(P),
    /// One that runs, and takes orders on this connection.
    Elsewhere(UnixStream),
}

/// Opens the data, or reaches the process that runs on it. While another one has the data and takes no orders (it starts, stops, or does
/// an order itself), this waits.
async fn open_or_reach<P: Process>(
    settings: P::Settings,
    shutdown: CancellationToken,
) -> Result<Opened<P>, CommandError> {
    let name = P::NAME;
    // Only the waiting is counted: a migration of years of sales may take its time.
    let mut waited = Duration::ZERO;
    loop {
        if let Some(stream) = control::reach(&P::data(&settings).folder).await {
            return Ok(Opened::Elsewhere(stream));
        }
        match P::open(settings.clone(), Machine::system(shutdown.clone())).await {
            Ok(process) => return Ok(Opened::Here(process)),
            Err(OpenError::Database(database::OpenError::InUse(_))) => {}
            Err(why) => {
                return Err(CommandError::new(
                    &format!("cannot open the data of the {name}"),
                    &why,
                ));
            }
        }
        if waited.is_zero() {
            tracing::info!("another process has the data of the {name}; waiting for it");
        }
        if waited >= WAIT_FOR_DATA {
            return Err(CommandError(format!(
                "another process has had the data of the {name} for {} s, and takes no orders: end it, or try again",
                WAIT_FOR_DATA.as_secs()
            )));
        }
        tokio::time::sleep(LOOK_EVERY).await;
        waited += LOOK_EVERY;
    }
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
    };
    close(process).await;
    ran
}

async fn serve<P: Process>(
    process: &P,
    bind: impl Future<Output = io::Result<TcpListener>>,
) -> Result<(), RunError> {
    database_meters::show(&process.machine().metrics, process.database());
    process.start().map_err(RunError::Start)?;
    let (life, told) = (&process.machine().lifecycle, process.clone());
    let socket = control::open(&P::data(process.settings()).folder)?;
    life.run(control::serve(socket, life.clone(), move |order| {
        told.clone().perform(order)
    }));
    let listener = bind.await?;
    tracing::info!(address = %listener.local_addr()?, "the {} is open", P::NAME);
    let door = P::http(process.settings()).door();
    crate::http::serve(listener, process.router(), door, life.shutdown().clone()).await;
    Ok(())
}

/// Lets what is under way end, then closes the database.
async fn close<P: Process>(process: &P) {
    let life = &process.machine().lifecycle;
    life.shutdown().cancel();
    if !life.drain().await {
        tracing::warn!("some background work did not end in time; it goes on at the next start");
    }
    process.put_away().await;
    process.database().close().await;
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    /// A process whose data somebody else has, who takes no orders.
    #[derive(Clone)]
    struct KeptOut;

    impl Process for KeptOut {
        const NAME: &'static str = "box";
        const LISTENS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        type Settings = Data;
        type Order = ();

        fn data(settings: &Data) -> &Data {
            settings
        }

        fn http(_: &Data) -> &Http {
            unreachable!("its data comes first")
        }

        async fn open(settings: Data, _: Machine) -> Result<Self, OpenError> {
            Err(database::OpenError::InUse(settings.folder).into())
        }

        fn settings(&self) -> &Data {
            unreachable!("it is never opened")
        }

        fn database(&self) -> &Database {
            unreachable!("it is never opened")
        }

        fn machine(&self) -> &Machine {
            unreachable!("it is never opened")
        }

        fn start(&self) -> Result<(), StartError> {
            unreachable!("it is never opened")
        }

        fn router(&self) -> Router {
            unreachable!("it is never opened")
        }

        async fn perform(self, (): ()) -> Result<String, Refusal> {
            unreachable!("it is never opened")
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let began = tokio::time::Instant::now();
        let settings = Data {
            folder: folder.path().to_owned(),
            synchronous: settings::Syncs::Full,
            keep_free_mebibytes: 0,
        };
        let given = give::<KeptOut>(settings, ()).await;
        let words = given.unwrap_err().to_string();
        assert!(
            words.contains("has had the data of the box for 60 s"),
            "{words}"
        );
        assert!((60..=61).contains(&began.elapsed().as_secs()));
    }
}
