//! Allotment: which free seats a side gives away by itself, so that both can sell while the line is down. Policy only; safety never depends
//! on it. Whole blocks of neighbours are given, never single seats out of them.

use super::Custodian;
use super::seat::LoadedSeat;
use crate::SeatId;
use crate::plan::Plan;

/// How a showtime sells, and how near it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// Seats sold, or expected, at the cinema in the time that a cut may last.
    pub lobby: u32,
    /// The same online.
    pub online: u32,
    /// Until the start, in minutes; negative after it.
    pub starts_in_min: i64,
    /// Minutes before the start at which online sales end.
    pub cut_off_min: i64,
    /// All free seats, of either side.
    pub free: usize,
}

/// From so many minutes before the start on, seats shift to the cinema: whoever comes now stands in the lobby.
const SHIFTS_FROM_MIN: i64 = 60;

/// Of a hundred free seats, so many at most are the hub's by the policy: the lobby can always sell.
const MOST_ONLINE_PERCENT: usize = 80;

/// Of a hundred free seats, so many at least are the hub's until they shift: a showtime of which nothing is known yet sells on both sides.
const LEAST_ONLINE_PERCENT: usize = 20;

/// Off target by less than this nothing moves: seats do not go to and fro with each sale.
const SLACK: usize = 4;

/// How many free seats should be the hub's.
pub fn share(outlook: &Outlook) -> usize {
    let left_min = outlook.starts_in_min.saturating_sub(outlook.cut_off_min);
    if left_min <= 0 {
        return 0;
    }
    let (online, lobby) = (outlook.online as usize, outlook.lobby as usize);
    let percent = match online.saturating_add(lobby) {
        0 => (LEAST_ONLINE_PERCENT + MOST_ONLINE_PERCENT) / 2,
        all => (online.saturating_mul(100) / all).clamp(LEAST_ONLINE_PERCENT, MOST_ONLINE_PERCENT),
    };
    let by_demand = outlook.free.saturating_mul(percent) / 100;
    let left = usize::try_from(left_min.min(SHIFTS_FROM_MIN)).unwrap_or(0);
    let whole = usize::try_from(SHIFTS_FROM_MIN).unwrap_or(1);
    by_demand.saturating_mul(left) / whole
}

/// How many free seats of its own a side keeps that asks cannot take: a part of its share, at the cinema rising to everything near the start.
pub fn floor(side: Custodian, outlook: &Outlook) -> usize {
    let left_min = outlook.starts_in_min.saturating_sub(outlook.cut_off_min);
    match side {
        Custodian::Cinema if left_min <= 0 => outlook.free,
        Custodian::Cinema if left_min < SHIFTS_FROM_MIN => {
            let near = usize::try_from(SHIFTS_FROM_MIN - left_min).unwrap_or(0);
            let whole = usize::try_from(SHIFTS_FROM_MIN).unwrap_or(1);
            let lobby = outlook.lobby as usize;
            let rest = outlook.free.saturating_sub(lobby);
            lobby.min(outlook.free) + rest.saturating_mul(near) / whole
        }
        Custodian::Cinema => (outlook.lobby as usize).min(outlook.free) / 2,
        Custodian::Hub => (outlook.online as usize).min(share(outlook)) / 2,
    }
}

/// The seats that `side` gives away now: none while it is near its share. The cinema tops the hub up, the hub gives back what is too much; after
/// the cut-off all of it.
pub fn to_give(
    side: Custodian,
    plan: &Plan,
    seats: &[LoadedSeat],
    outlook: &Outlook,
) -> Vec<SeatId> {
    let is_ours = |seat: &&LoadedSeat| seat.record.is_free_for(side);
    let ours = seats.iter().filter(is_ours).count();
    let share = share(outlook);
    let kept = match side {
        Custodian::Cinema => outlook.free.saturating_sub(share),
        Custodian::Hub => share,
    };
    let too_many = ours.saturating_sub(kept);
    if side == Custodian::Hub && share == 0 {
        return seats
            .iter()
            .filter(is_ours)
            .map(|it| it.seat.clone())
            .collect();
    }
    if too_many < SLACK {
        return Vec::new();
    }
    let places = whole_blocks(side, plan, seats, too_many);
    places
        .into_iter()
        .map(|place| plan.seat(place).clone())
        .collect()
}

/// Whole blocks of free neighbours with so many seats at most. What fits best goes first; if none fits, one is cut so that both parts are pairs
/// at least.
fn whole_blocks(side: Custodian, plan: &Plan, seats: &[LoadedSeat], most: usize) -> Vec<usize> {
    let mut is_free = vec![false; plan.len()];
    for seat in seats {
        if let Some(free) = is_free.get_mut(seat.place) {
            *free = seat.record.is_free_for(side);
        }
    }
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    for run in plan.runs() {
        let places: Vec<usize> = run.clone().collect();
        let free = places.chunk_by(|one, next| is_free[*one] == is_free[*next]);
        blocks.extend(
            free.filter(|block| is_free[block[0]])
                .map(<[usize]>::to_vec),
        );
    }
    blocks.sort_by_key(|block| (std::cmp::Reverse(block.len()), block[0]));
    let (mut given, mut left) = (Vec::new(), most);
    for block in &blocks {
        if block.len() <= left {
            left -= block.len();
            given.extend(block);
        }
    }
    let can_be_cut = |block: &&Vec<usize>| block.len() >= most + 2 && most >= 2;
    if given.is_empty()
        && let Some(block) = blocks.iter().rev().find(can_be_cut)
    {
        let stays_whole = |cut: usize| plan.partner(block[cut - 1]) != Some(block[cut]);
        let cut = (2..=most).rev().find(|cut| stays_whole(*cut));
        given.extend(cut.map_or(&[][..], |cut| &block[..cut]));
    }
    given.sort_unstable();
    given
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::custody::SeatRecord;
    use crate::fixture::Room;

    fn outlook(lobby: u32, online: u32, starts_in_min: i64, free: usize) -> Outlook {
        Outlook {
            lobby,
            online,
            starts_in_min,
            cut_off_min: 10,
            free,
        }
    }

    #[test]
    fn the_share_follows_demand_and_time() {
        let share = |lobby, online, min| share(&outlook(lobby, online, min, 100));
        assert_eq!(share(0, 0, 600), 50);
        assert_eq!(share(10, 30, 600), 75);
        assert_eq!(share(0, 9, 600), 80, "the lobby can always sell");
        assert_eq!(share(9, 0, 600), 20);
        assert_eq!(share(10, 30, 40), 37, "half of the last hour is left");
        assert_eq!(share(10, 30, 10), 0, "online sales are over");
    }

    #[test]
    fn the_cinemas_floor_rises_to_everything() {
        let floor = |min| floor(Custodian::Cinema, &outlook(20, 30, min, 100));
        assert_eq!(floor(600), 10);
        assert!(floor(600) < floor(50) && floor(50) < floor(20));
        assert_eq!(floor(10), 100);
    }

    /// What a side gives of a room, marked in it.
    #[track_caller]
    fn check(side: Custodian, rows: &[&str], outlook: &Outlook, expected: &[&str]) {
        let room = Room::of(rows);
        let load = |(place, record): (usize, &SeatRecord)| LoadedSeat {
            place,
            seat: room.plan.seat(place).clone(),
            record: record.clone(),
        };
        let seats: Vec<_> = room.records.iter().enumerate().map(load).collect();
        let given = to_give(side, &room.plan, &seats, outlook);
        let places: Vec<_> = given
            .iter()
            .filter_map(|seat| room.plan.place_of(seat))
            .collect();
        assert_eq!(room.marked(&places, '*'), expected);
    }

    #[test]
    fn whole_blocks_change_hands() {
        let evening = outlook(10, 10, 600, 18);
        check(
            Custodian::Cinema,
            &["......", "......", "......"],
            &evening,
            &["******", "......", "......"],
        );
        check(
            Custodian::Hub,
            &["eeeeee", "eeeeee", "......"],
            &evening,
            &["eeeeee", "eeeeee", "......"],
        );
        let over = outlook(10, 10, 5, 18);
        check(
            Custodian::Hub,
            &["eeXeee", "eeeeee", "......"],
            &over,
            &["**X***", "******", "......"],
        );
    }

    #[test]
    fn near_its_share_nothing_moves() {
        let evening = outlook(10, 10, 600, 12);
        check(
            Custodian::Cinema,
            &["......", "eeeeee"],
            &evening,
            &["......", "eeeeee"],
        );
        check(
            Custodian::Cinema,
            &["........", "eeee...."],
            &evening,
            &["........", "eeee****"],
        );
    }

    #[test]
    fn a_block_that_is_cut_leaves_no_single_seat() {
        let evening = outlook(10, 10, 600, 12);
        check(
            Custodian::Cinema,
            &["............"],
            &evening,
            &["******......"],
        );
        check(
            Custodian::Cinema,
            &["..LLLLLL...."],
            &outlook(10, 10, 600, 10),
            &["******LL...."],
        );
    }
}
