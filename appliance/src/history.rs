//! What became of a seat, for staff at a till or at the door, and for whoever is signed in on the box's machine: with the names of devices.

pub(crate) mod routes;

use box_office::{SeatId, ShowtimeId};
use counter::At;
use counter::catalogue::CatalogueRefused;
use counter::history::{HistoryRefused, of_seat};
use counter_api::SeatHistory;
use database::Database;

use crate::devices::Devices;

/// What became of a seat of a showtime, as far as this box keeps it.
///
/// # Errors
/// There is no such showtime or seat.
pub(crate) async fn look(
    (database, here, devices): (&Database, Option<At>, &Devices),
    showtime: ShowtimeId,
    seat: SeatId,
) -> Result<SeatHistory, HistoryRefused> {
    let at = here.ok_or(CatalogueRefused::NoProgramme)?;
    let devices = devices.clone();
    let looking = database.read(move |db| {
        let name = |id: &_| devices.name(id);
        of_seat(db, &at, (&showtime, &seat), Vec::new(), &name)
    });
    looking.await
}
