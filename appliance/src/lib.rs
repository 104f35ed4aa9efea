#![doc = include_str!("../README.md")]

mod app;
pub mod command;
pub mod config;
pub mod router;

mod devices;
mod link;
mod papers;
mod ports;
pub mod printer;
mod printing;
mod status;
pub mod terminal;

pub mod control;
pub mod migrations;
pub mod openapi;
mod watched;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use database::Database;
use service::Machine;
use service::http::{Refusal, Router};
use service::process::{OpenError, Process, StartError};
use service::settings::{Data, Http};

pub use app::{App, Surroundings};
pub use config::Config;

use control::Order;

impl Process for App {
    const NAME: &'static str = "box";
    const LISTENS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
    type Settings = Config;
    type Order = Order;

    fn data(settings: &Config) -> &Data {
        &settings.data
    }

    fn http(settings: &Config) -> &Http {
        &settings.http
    }

    async fn open(settings: Config, machine: Machine) -> Result<Self, OpenError> {
        let database = settings.data.open("appliance.db", migrations::MIGRATIONS)?;
        let surroundings = Surroundings::of(&settings, machine)?;
        Self::open_on(settings, database, surroundings).await
    }

    fn settings(&self) -> &Config {
        &self.config
    }

    fn database(&self) -> &Database {
        &self.database
    }

    fn machine(&self) -> &Machine {
        &self.machine
    }

    fn start(&self) -> Result<(), StartError> {
        start(self);
        Ok(())
    }

    fn router(&self) -> Router {
        router::router(self)
    }

    async fn perform(self, order: Order) -> Result<String, Refusal> {
        control::perform(&self, order).await
    }

    async fn put_away(&self) {
        if let Err(error) = counter::close(&self.counter).await {
            tracing::warn!(%error, "the time left of the holds could not be written; they get some of it again");
        }
    }
}

/// Starts the background work.
fn start(app: &App) {
    let life = &app.machine.lifecycle;
    let counter = app.counter.clone();
    life.supervise("checkout", move || counter::checkout::run(counter.clone()));
    let supervised = app.clone();
    life.supervise("terminal", move || app::watch_terminal(supervised.clone()));
    let printing = app.printing.clone();
    life.supervise("printing", move || printing.clone().run());
    let (link, counter) = (app.link.clone(), app.counter.clone());
    let arriving = Arc::new(ports::Arriving {
        counter: counter.clone(),
        link: link.clone(),
    });
    life.supervise("link", move || {
        let counter = counter.clone();
        let cinema = move || counter.here().map(|at| at.cinema().clone());
        link.clone().run(cinema, Arc::clone(&arriving))
    });
}
