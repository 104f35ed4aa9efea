//! A process of ours, whatever it is for: what [`Process`] says is opened, run, told and closed alike.

mod command;
mod life;

use std::net::SocketAddr;

use database::Database;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Machine;
use crate::http::{Refusal, Router};
pub use crate::settings::OpenError;
use crate::settings::{Data, Http};
pub use command::{CommandError, answer, main};
pub use life::{RunError, run};

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

    /// What it has as every process.
    fn base(&self) -> &Base<Self::Settings>;

    /// Its database.
    fn database(&self) -> &Database {
        &self.base().database
    }

    /// The machine that it was opened on.
    fn machine(&self) -> &Machine {
        &self.base().machine
    }

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

/// What every process has once it is open.
#[derive(Debug)]
pub struct Base<S> {
    /// The settings that it was opened with.
    pub settings: S,
    /// Its database.
    pub database: Database,
    /// The machine that it was opened on.
    pub machine: Machine,
}

/// Why a process could not start its background work.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;
