#![doc = include_str!("../README.md")]

mod app;
pub mod backup;
pub mod command;
pub mod config;
pub mod router;

mod enrolments;
mod guests;
mod hand_over;
mod head_office;
mod links;
mod notifications;
pub mod openapi;
mod operators;
pub mod payments;
mod refunds;
mod storefront;
mod told;
mod waiting_room;

mod booking_links;
mod broker;
pub mod control;
mod key_lists;
mod keys;
pub mod migrations;
mod ports;
mod proof;
pub mod prove;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use counter::Counter;
use counter::pruning::Pruning;
use service::http::{Refusal, Router};
use service::process::{Base, OpenError, Process, StartError};
use service::settings::{Data, Http};
use service::{Bell, Machine};
use sync_agent::Address;

pub use app::{App, Surroundings};
pub use config::Config;
pub use keys::Seeds;
pub use operators::OperatorName;

use control::Order;
use migrations::{MIGRATIONS, POSTGRES_MIGRATIONS};
use notifications::Notifications;
use told::Arriving;

/// What the database in the data folder is called, with what lies beside it; also when it is on a server.
const DATABASE: &str = "hub";

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

    async fn open(settings: Config, machine: Machine) -> Result<Self, OpenError> {
        let (data, url) = (&settings.data, &settings.database.url);
        let database = match url {
            None => data.open_marked(DATABASE, MIGRATIONS, &machine.random)?,
            Some(url) => data.connect(url, DATABASE, POSTGRES_MIGRATIONS, &machine.random)?,
        };
        let surroundings = Surroundings::of(&settings, machine, &database).await?;
        Self::open_on(settings, database, surroundings).await
    }

    fn base(&self) -> &Base<Config> {
        &self.base
    }

    fn start(&self) -> Result<(), StartError> {
        let transport = match &self.transport {
            Some(transport) => transport.clone(),
            None => {
                let Machine {
                    clock, lifecycle, ..
                } = &self.base.machine;
                broker::transport(&self.base.settings.broker, clock.now(), lifecycle)?
            }
        };
        let app = self.clone();
        let applies = move |address: &Address| Arriving {
            counter: app.counter.clone(),
            clock: app.base.machine.clock.clone(),
            links: app.links.clone(),
            address: address.clone(),
        };
        self.links.start(transport, applies);
        let (machine, counter) = (&self.base.machine, &self.counter);
        machine.job(
            "asked and left",
            counter.left(),
            counter,
            counter::custody::send_left_home,
        );
        machine.job(
            "allotment",
            counter.allotting(),
            counter,
            counter::allotment::run_due,
        );
        machine.job(
            "checkout",
            counter.bell(),
            counter,
            counter::checkout::run_due,
        );
        machine.job(
            "refunds",
            counter.refunding(),
            counter,
            counter::refunds::run_due,
        );
        machine.job(
            "list of charges",
            counter.listing(),
            counter,
            counter::checkout::read_list,
        );
        let notifications = &self.notifications;
        machine.job(
            "messages to guests",
            notifications.bell(),
            notifications,
            Notifications::run_due,
        );
        machine.job("catalogue", &Bell::default(), counter, Counter::refresh_due);
        let pruning = Pruning::new(counter, self.base.settings.data.backups_kept_days);
        machine.job("pruning", &Bell::default(), &pruning, Pruning::run_due);
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
