#![doc = include_str!("../README.md")]

mod app;
pub mod command;
pub mod config;
mod error;
pub mod router;

mod enrolments;
mod head_office;
mod links;
mod screens;
mod told;

mod broker;
mod column;
pub mod control;
mod keys;
pub mod migrations;
mod ports;

use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use database::Database;
use service::http::{Door, Refusal};
use service::process::{OpenError, Process, StartError};
use service::{Clock, Lifecycle, Random};
use tokio_util::sync::CancellationToken;

pub use app::App;
pub use config::Config;

use control::Order;

impl Process for App {
    const NAME: &'static str = "hub";
    type Settings = Config;
    type Order = Order;

    fn folder(settings: &Config) -> &Path {
        &settings.data.folder
    }

    fn listen(settings: &Config) -> SocketAddr {
        settings.http.listen
    }

    async fn open(settings: Config, shutdown: CancellationToken) -> Result<Self, OpenError> {
        Self::open_with(settings, shutdown, Clock::system(), Random::system()).await
    }

    fn settings(&self) -> &Config {
        &self.config
    }

    fn database(&self) -> &Database {
        &self.database
    }

    fn life(&self) -> &Lifecycle {
        &self.life
    }

    fn start(&self) -> Result<(), StartError> {
        links::start(self, broker::transport(&self.config.broker)?);
        Ok(())
    }

    fn served(&self) -> (Router, Door) {
        (router::router(self), Door::default())
    }

    async fn perform(self, order: Order) -> Result<String, Refusal> {
        control::perform(&self, order).await
    }
}
