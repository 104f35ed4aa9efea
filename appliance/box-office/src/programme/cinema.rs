//! The cinema: what its tickets, clocks and tills have in common.

use serde::{Deserialize, Serialize};

use crate::business_day::{BusinessDayError, BusinessDays, DayTime};
use crate::programme::SingleSeatMode;
use crate::{CinemaId, Currency, GeoPoint};

/// A cinema: one site with one appliance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cinema {
    /// Its id.
    pub id: CinemaId,
    /// Its name, as on the tickets.
    pub name: String,
    /// Its address in the lines in which it stands on a receipt.
    pub address: Vec<String>,
    /// Where it is, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<GeoPoint>,
    /// The seller's tax number, as it stands on a receipt.
    pub tax_number: String,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// What it sells in.
    pub currency: Currency,
    /// When a business day begins by the clock on the wall.
    pub business_day_start: DayTime,
    /// For how many minutes after the start of a showtime its tickets are sold, unless the showtime says otherwise.
    pub sales_end_minutes: u16,
    /// Minutes between the end of one showtime and the start of the next in the same room.
    pub turnaround_minutes: u16,
    /// What happens to a choice that leaves a single seat over, unless the showtime says otherwise.
    pub single_seats: SingleSeatMode,
}

impl Cinema {
    /// The cinema's business days.
    ///
    /// # Errors
    /// [`BusinessDayError::UnknownZone`]: a cinema that came out of a programme has a known zone.
    pub fn business_days(&self) -> Result<BusinessDays, BusinessDayError> {
        BusinessDays::new(&self.time_zone, self.business_day_start)
    }
}
