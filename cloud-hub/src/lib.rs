#![doc = include_str!("../README.md")]

mod app;
pub mod command;
pub mod config;
mod error;
pub mod router;

mod enrolments;
mod head_office;
mod links;
mod told;

mod broker;
pub mod control;
mod keys;
pub mod migrations;
mod ports;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use database::Database;
use service::http::{Refusal, Router};
use service::process::{OpenError, Process, StartError};
use service::settings::{Data, Http};
use service::{Clock, Lifecycle, Metrics, Random};
use tokio_util::sync::CancellationToken;

pub use app::App;
pub use config::Config;

use control::Order;

impl Process for App {
    const NAME: &'static str = "hub";
    const LISTENS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8090);
    type Settings = Config;
    type Order = Order;

    fn data(settings: &Config) -> &Data {
        &settings.data
    }

    fn http(settings: &Config) -> &Http {
        &settings.http
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

    fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    fn life(&self) -> &Lifecycle {
        &self.life
    }

    fn start(&self) -> Result<(), StartError> {
        links::start(self, broker::transport(&self.config.broker)?);
        Ok(())
    }

    fn router(&self) -> Router {
        router::router(self)
    }

    async fn perform(self, order: Order) -> Result<String, Refusal> {
        control::perform(&self, order).await
    }
}
