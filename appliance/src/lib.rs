#![doc = include_str!("../README.md")]

mod app;
pub mod backup;
mod calls;
pub mod command;
pub mod config;
pub mod layout;
pub mod router;

mod devices;
mod door;
mod hand_over;
mod history;
mod link;
mod papers;
mod ports;
pub mod printer;
mod printer_watch;
mod printing;
mod proof;
pub mod prove;
mod status;
mod takeover;
pub mod terminal;

pub mod control;
pub mod migrations;
pub mod openapi;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use counter::pruning::Pruning;
use service::http::{Refusal, Router};
use service::process::{Base, OpenError, Process, StartError};
use service::settings::{Data, Http};
use service::{Bell, Machine};

pub use app::{App, Surroundings};
pub use config::Config;

use control::Order;
use devices::Devices;
use printer_watch::PrinterWatch;
use printing::Printing;
use proof::Proof;

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
        let opened = open_marked(settings, machine).await;
        opened.map_err(|why| match why {
            OpenError::Database(
                database::OpenError::Damaged(_) | database::OpenError::Missing(_),
            )
            | OpenError::Unfit(_) => OpenError::Unfit(format!("{why}. {}", proof::AFTER_A_COPY)),
            OpenError::OtherVersion(_) => OpenError::OtherVersion(format!(
                "{why}. Or another box takes its place. {}",
                proof::WHAT_TAKES_ITS_PLACE
            )),
            OpenError::Database(_)
            | OpenError::Folder(_)
            | OpenError::Settings(_)
            | OpenError::Content(_) => why,
        })
    }

    fn base(&self) -> &Base<Config> {
        &self.base
    }

    fn start(&self) -> Result<(), StartError> {
        let (machine, counter) = (&self.base.machine, &self.counter);
        machine.job(
            "checkout",
            counter.bell(),
            counter,
            counter::checkout::run_due,
        );
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
            "printing",
            self.printing.bell(),
            &self.printing,
            Printing::run_due,
        );
        machine.job(
            "telling of the printer",
            self.printing.changed(),
            &self.printer_watch,
            PrinterWatch::run_due,
        );
        machine.job(
            "devices",
            &Bell::default(),
            &self.devices,
            Devices::write_seen_due,
        );
        let pruning = Pruning::new(counter, self.base.settings.data.backups_kept_days);
        machine.job("pruning", &Bell::default(), &pruning, Pruning::run_due);
        machine.job("proof", self.proof.bell(), &self.proof, Proof::keep_due);
        machine.job("terminal", &Bell::default(), self, app::watch_terminal);
        machine.job(
            "catalogue",
            &Bell::default(),
            &self.counter,
            counter::Counter::refresh_due,
        );
        let (counter, link) = (counter.clone(), self.link.clone());
        let applies = ports::Arriving {
            counter: counter.clone(),
            link,
        };
        let cinema = move || counter.here().map(|at| at.cinema().clone());
        self.link.start(cinema, applies);
        Ok(())
    }

    fn router(&self) -> Router {
        router::router(self)
    }

    async fn perform(self, order: Order) -> Result<String, Refusal> {
        control::perform(&self, order).await
    }

    async fn put_away(&self) {
        self.devices.write_seen().await;
        if let Err(error) = counter::close(&self.counter).await {
            tracing::warn!(%error, "the time left of the holds could not be written; they get some of it again");
        }
    }
}

async fn open_marked(settings: Config, machine: Machine) -> Result<App, OpenError> {
    let data = &settings.data;
    let database = data.open_marked("appliance", migrations::MIGRATIONS, &machine.random)?;
    let surroundings = Surroundings::of(&settings, machine, &database).await?;
    let opened = App::open_on(settings, database.clone(), surroundings).await;
    opened.map_err(|why| match database.doubt() {
        Some(doubt) => database::OpenError::Damaged(format!("{doubt}; {why}")).into(),
        None => why,
    })
}
