//! What each side could still sell if the line were cut at this moment, by what is in its custody.

use box_office::{Custodian, ShowtimeStatus};
use counter_api::IfCut;
use database::Snapshot;
use jiff::{SignedDuration, Timestamp};

use super::store;
use crate::Fault;
use crate::catalogue::{self, Scheduled};
use crate::counter::At;
use crate::ports::OnlineSales;
use crate::seats;

/// The seats that the lobby and guests at home could buy during a cut that begins now: of the showtimes of the cinema's business day that are
/// open and not past the end of their sales, those in the custody of either side that are free. Online a showtime counts until the hub gives
/// its seats back before the start, and only while the hub sells. This side knows its own exactly; of the other's it counts each that it has
/// not heard sold, also what is held there, kept back or on its way.
///
/// # Errors
/// The database refuses.
pub fn if_cut(db: &mut Snapshot<'_>, at: &At, now: Timestamp) -> Result<IfCut, Fault> {
    let catalogue = at.catalogue();
    let today = catalogue.on(catalogue.days.day_of(now));
    let online_sales = match at.side {
        Custodian::Hub => at.ports.online_sales(),
        Custodian::Cinema => store::find(db, at.cinema())?.flatten(),
    };
    let mut if_cut = IfCut::default();
    for scheduled in today.iter().filter(|it| is_sold(it, now)) {
        let (free, theirs) = seats::count_free_and_unsold_elsewhere(db, at.side, scheduled)?;
        let ours = match may_sell(db, at, scheduled, now)? {
            true => free,
            false => 0,
        };
        let (lobby, online) = match at.side {
            Custodian::Cinema => (ours, theirs),
            Custodian::Hub => (theirs, ours),
        };
        if_cut.lobby += lobby;
        if is_online(scheduled, online_sales, now) {
            if_cut.online += online;
        }
    }
    Ok(if_cut)
}

fn is_sold(scheduled: &Scheduled, now: Timestamp) -> bool {
    let showtime = &scheduled.showtime;
    showtime.status == ShowtimeStatus::Open
        && now < showtime.sales_end_at()
        && now < showtime.ends_at
}

/// Whether this side would sell it.
fn may_sell(
    db: &mut Snapshot<'_>,
    at: &At,
    scheduled: &Scheduled,
    now: Timestamp,
) -> Result<bool, Fault> {
    if at.ports.stopped().is_some() {
        return Ok(false);
    }
    match catalogue::sales(db, scheduled.key) {
        Ok(sales) => Ok(sales.check_on_sale(now).is_ok()),
        // Removed since it was read.
        Err(catalogue::CatalogueRefused::UnknownShowtime) => Ok(false),
        Err(catalogue::CatalogueRefused::Fault(fault)) => Err(fault),
        Err(_) => Ok(false),
    }
}

fn is_online(scheduled: &Scheduled, sales: Option<OnlineSales>, now: Timestamp) -> bool {
    sales.is_some_and(|sales| {
        let before = SignedDuration::from_mins(sales.end_before_start_min.into());
        now.checked_add(before)
            .is_ok_and(|then| then < scheduled.showtime.starts_at)
    })
}
