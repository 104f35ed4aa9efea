//! How often guests at home can read what the storefront shows: a day of a cinema, a film, a showtime, each against the bare server with the same bytes.

use std::io;
use std::path::Path;
use std::time::Duration;

use service::Clock;

use crate::bookings::Shop;
use crate::engine::HubDatabase;
use crate::load::appliance_process::answers;
use crate::load::bare;
use crate::load::figure::Figure;
use crate::load::hall::{CINEMA, Hall};
use crate::load::reads::{against_bare, etag_and_body};

/// As much is on as in a large cinema.
const STOCK: Hall = Hall { rooms: 10, days: 7 };

/// Measures it in `folder`, each page for `time`.
///
/// # Errors
/// A process could not be run, or a page could not be read.
pub async fn measure(
    folder: &Path,
    (time, clock): (Duration, &Clock),
    emit: &mut dyn FnMut(Figure),
) -> io::Result<()> {
    let folder = folder.join("storefront");
    let database = HubDatabase::File(folder.join("data/hub.db"));
    let shop = Shop::new(&folder, &database, &STOCK.programme(), clock).await?;
    let running = shop.open(clock).await?;
    let address = shop.hub.address;
    let showtime = &shop.on_sale.showtimes[0];
    let day = &shop.on_sale.first_day;
    for (name, path) in [
        (
            "storefront_day_reads",
            format!("/cinemas/{CINEMA}?lang=en&day={day}"),
        ),
        (
            "storefront_film_reads",
            format!("/cinemas/{CINEMA}/films/short?lang=en"),
        ),
        (
            "storefront_showtime_reads",
            format!("/cinemas/{CINEMA}/showtimes/{showtime}?lang=en"),
        ),
    ] {
        let (etag, body) = etag_and_body(address, &path).await?;
        let bare = bare::Running::start(&folder, &body)?;
        answers(bare.address, "/", clock).await?;
        let ours = (address, path.as_str());
        for figure in against_bare(name, ours, (etag, &bare), (time, clock)).await? {
            emit(figure);
        }
    }
    running.stop()
}
