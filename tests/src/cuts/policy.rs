//! How many free seats of a showtime are the hub's while the line is up, by two policies that change hands in the same whole blocks.

use box_office::SeatId;
use box_office::custody::Custodian;
use box_office::custody::allotment::{Outlook, Sales, floor, to_give, towards};
use serde::Serialize;

use super::demand::{CUT_OFF_MIN, MINUTE};
use super::showtime::Showtime;

/// What the hub gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// By `box_office::custody::allotment`: a share that follows what is expected on each side, and a floor that asks cannot take.
    Ours,
    /// Thirty of a hundred free seats until online sales end, topped up and given back like ours; asks take any seat.
    #[serde(rename = "fixed_30")]
    Fixed,
}

/// Of a hundred free seats, so many are the hub's by the fixed split.
const FIXED_PERCENT: usize = 30;

/// A transfer is heard so many seconds after it was decided.
const TRANSFER_TAKES: i64 = 1;

impl Policy {
    /// Both policies.
    pub const ALL: [Self; 2] = [Self::Ours, Self::Fixed];

    /// Each side gives away what is more than its share. Gives how many seats change hands.
    pub fn divide(self, showtime: &mut Showtime<'_>, now: i64) -> usize {
        let mut given = 0;
        for side in [Custodian::Cinema, Custodian::Hub] {
            let seats = self.to_give(side, showtime, now);
            given += seats.len();
            showtime.give(side, seats, now + TRANSFER_TAKES);
        }
        given
    }

    /// So many free seats of the side asks cannot take.
    pub fn floor(self, side: Custodian, showtime: &Showtime<'_>, now: i64) -> usize {
        match self {
            Self::Ours => floor(side, &outlook(showtime, now)),
            Self::Fixed => 0,
        }
    }

    fn to_give(self, side: Custodian, showtime: &Showtime<'_>, now: i64) -> Vec<SeatId> {
        let (plan, seats) = (showtime.plan(), showtime.seats(side));
        match self {
            Self::Ours => to_give(side, plan, seats, &outlook(showtime, now)),
            Self::Fixed => {
                let free = showtime.all_free();
                let share = match left_min(showtime, now) > CUT_OFF_MIN {
                    true => free * FIXED_PERCENT / 100,
                    false => 0,
                };
                towards(side, plan, seats, free, share)
            }
        }
    }
}

/// What both sides know while the line is up.
fn outlook(showtime: &Showtime<'_>, now: i64) -> Outlook {
    let sales = Sales {
        lobby: showtime.sold(Custodian::Cinema),
        online: showtime.sold(Custodian::Hub),
        free: showtime.all_free(),
        seats: showtime.plan().len(),
    };
    Outlook::of(&sales, left_min(showtime, now), CUT_OFF_MIN)
}

fn left_min(showtime: &Showtime<'_>, now: i64) -> i64 {
    (showtime.starts() - now).div_euclid(MINUTE)
}
