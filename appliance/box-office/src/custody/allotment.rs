//! Allotment: which free seats a side gives away by itself, so that both can sell while the line is down. Policy only; safety never depends
//! on it. Whole blocks of neighbours are given, never single seats out of them.

mod forecast;

use super::Custodian;
use super::seat::LoadedSeat;
use crate::plan::Plan;
use crate::{SeatId, SeatKind};

pub use forecast::Sales;

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

/// Of a hundred free seats, so many at most are the hub's by the policy: the lobby can always sell.
const MOST_ONLINE_PERCENT: usize = 80;

/// Of a hundred free seats, so many at least are the hub's until online sales end: fewer would be a pair here and a pair there, which no group fits.
const LEAST_ONLINE_PERCENT: usize = 20;

/// Of a hundred free seats, so many are the hub's while nobody is expected on either side.
const UNKNOWN_PERCENT: u64 = 50;

/// What is expected of a side may be off by its root; so finely that is reckoned.
const ROOTS_IN: u64 = 1_000;

/// Off target by less than this nothing moves: seats do not go to and fro with each sale. A pair is what most guests want, so by a pair it may not be off.
const SLACK: usize = 2;

/// One of so many free seats may be held for a guest of the hub.
const HELD_OF_ALL: usize = 10;

/// How many free seats should be the hub's until online sales end: what is expected online, and its part of what is above or below all that is
/// expected. As guests come by chance, what is expected is off by its root: divided by the roots, neither side runs out the more likely.
pub fn share(outlook: &Outlook) -> usize {
    let left_min = outlook.starts_in_min.saturating_sub(outlook.cut_off_min);
    if left_min <= 0 {
        return 0;
    }
    let (online, lobby, free) = (
        u64::from(outlook.online),
        u64::from(outlook.lobby),
        outlook.free as u64,
    );
    let off = |expected: u64| (expected * ROOTS_IN * ROOTS_IN).isqrt().max(ROOTS_IN);
    let (off_online, all) = (off(online), online + lobby);
    let part = |seats: u64| seats * off_online / (off_online + off(lobby));
    let wanted = match free >= all {
        true if all == 0 => free * UNKNOWN_PERCENT / 100,
        true => online + part(free - all),
        false => online.saturating_sub(part(all - free)),
    };
    let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
    let percent = |percent: usize| outlook.free.saturating_mul(percent) / 100;
    wanted.clamp(percent(LEAST_ONLINE_PERCENT), percent(MOST_ONLINE_PERCENT))
}

/// How many free seats of its own a side keeps that asks cannot take: half of what it expects to sell, and at the cinema everything once online
/// sales are over. To keep more turns guests away today for a cut that may never come.
pub fn floor(side: Custodian, outlook: &Outlook) -> usize {
    let online_is_over = outlook.starts_in_min <= outlook.cut_off_min;
    match side {
        Custodian::Cinema if online_is_over => outlook.free,
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
    towards(side, plan, seats, outlook.free, share(outlook))
}

/// The seats that `side` gives away now, if `share` of all the `free` ones should be the hub's.
pub fn towards(
    side: Custodian,
    plan: &Plan,
    seats: &[LoadedSeat],
    free: usize,
    share: usize,
) -> Vec<SeatId> {
    let is_ours = |seat: &&LoadedSeat| seat.record.is_free_for(side);
    let ours = seats.iter().filter(is_ours).count();
    let kept = match side {
        Custodian::Cinema => free.saturating_sub(share),
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
    // What guests hold is free nowhere, and only one side knows of it: what the hub gave back for that would come again.
    let slack = match side {
        Custodian::Cinema => SLACK,
        Custodian::Hub => SLACK.max(free / HELD_OF_ALL),
    };
    if too_many < slack {
        return Vec::new();
    }
    whole_blocks(side, plan, seats, too_many)
}

/// Whole blocks of free neighbours with so many seats at most, from everywhere in the room: neither side is left with its edges. If no block
/// fits, one is cut so that both parts are pairs at least.
pub fn whole_blocks(
    side: Custodian,
    plan: &Plan,
    seats: &[LoadedSeat],
    most: usize,
) -> Vec<SeatId> {
    let mut is_free = vec![false; plan.len()];
    for seat in seats {
        if let Some(free) = is_free.get_mut(seat.place) {
            *free = seat.record.is_free_for(side);
        }
    }
    let blocks = free_blocks(plan, &is_free);
    let all: usize = blocks.iter().map(Vec::len).sum();
    let of_kind = |kind: SeatKind| {
        let of_kind = blocks.iter().filter(|block| kind_of(plan, block) == kind);
        of_kind.cloned().collect::<Vec<_>>()
    };
    // Of each kind the same part: nobody's are all the places for wheelchairs, or the best seats.
    let mut given = Vec::new();
    for kind in KINDS {
        let blocks = of_kind(kind);
        let seats: usize = blocks.iter().map(Vec::len).sum();
        let most = most * seats / all.max(1);
        given.extend(from_everywhere(plan, &blocks, most));
    }
    // What is left over is made up from the seats that there are most of.
    let seats_of = |kind: &SeatKind| of_kind(*kind).iter().map(Vec::len).sum::<usize>();
    let commonest = KINDS.into_iter().max_by_key(seats_of);
    let mut common = commonest.map(of_kind).unwrap_or_default();
    common.retain(|block| !given.contains(&block[0]));
    let left = most.saturating_sub(given.len());
    given.extend(from_everywhere(plan, &common, left));
    // A pair at least is given, and a pair at least stays.
    let can_be_cut = |block: &&Vec<usize>| block.len() >= 4 && most >= 2;
    let best_cut = |block: &&Vec<usize>| {
        let all = most.min(block.len() - 2);
        (std::cmp::Reverse(all), block.len())
    };
    let likest = common.iter().filter(can_be_cut).min_by_key(best_cut);
    if given.is_empty()
        && let Some(block) = likest
    {
        let stays_whole = |cut: usize| plan.partner(block[cut - 1]) != Some(block[cut]);
        let longest = most.min(block.len() - 2);
        let cut = (2..=longest).rev().find(|cut| stays_whole(*cut));
        given.extend(cut.map_or(&[][..], |cut| &block[..cut]));
    }
    given.sort_unstable();
    given
        .into_iter()
        .map(|place| plan.seat(place).clone())
        .collect()
}

/// The kinds of seats that are given in the same parts; who comes along counts as the wheelchair place beside them.
const KINDS: [SeatKind; 4] = [
    SeatKind::Wheelchair,
    SeatKind::LoveSeat,
    SeatKind::Premium,
    SeatKind::Standard,
];

fn kind_of(plan: &Plan, block: &[usize]) -> SeatKind {
    match plan.kind(block[0]) {
        SeatKind::Wheelchair | SeatKind::Companion => SeatKind::Wheelchair,
        kind @ (SeatKind::Standard | SeatKind::Premium | SeatKind::LoveSeat) => kind,
    }
}

/// The blocks of free neighbours, in the order of the plan. A wheelchair place and the seat of who comes along are one.
fn free_blocks(plan: &Plan, is_free: &[bool]) -> Vec<Vec<usize>> {
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    for run in plan.runs() {
        let places: Vec<usize> = run.clone().collect();
        let alike = places.chunk_by(|one, next| is_free[*one] == is_free[*next]);
        for block in alike.filter(|block| is_free[block[0]]) {
            let partner = plan.partner(block[0]);
            match blocks.last_mut() {
                Some(before) if before.last().copied() == partner => before.extend(block),
                Some(_) | None => blocks.push(block.to_vec()),
            }
        }
    }
    blocks
}

/// Of these blocks as many as fit into `most` seats: each time the one with which the seats given are, on average, most like all of them.
fn from_everywhere(plan: &Plan, blocks: &[Vec<usize>], most: usize) -> Vec<usize> {
    let mut rest: Vec<(Stands, &Vec<usize>)> = (blocks.iter())
        .map(|block| (Stands::of(plan, block), block))
        .collect();
    let all = Stands::sum(rest.iter().map(|(stands, _)| *stands));
    let (mut given, mut stands) = (Vec::new(), Stands::default());
    loop {
        let fits =
            |(_, (_, block)): &(usize, &(Stands, &Vec<usize>))| given.len() + block.len() <= most;
        let is_off = |(nth, (block, _)): &(usize, &(Stands, &Vec<usize>))| {
            (Stands::sum([stands, *block]).is_off(&all), *nth)
        };
        let likest = rest.iter().enumerate().filter(fits).min_by_key(is_off);
        let Some((nth, _)) = likest else {
            return given;
        };
        let (block, places) = rest.remove(nth);
        stands = Stands::sum([stands, block]);
        given.extend(places);
    }
}

/// Where seats stand, summed up: from the left, from the screen, and from the focus to the side and to the front or the back, each in
/// thousandths of the room.
#[derive(Debug, Clone, Copy, Default)]
struct Stands {
    seats: u64,
    sums: [u64; 4],
}

impl Stands {
    fn of(plan: &Plan, places: &[usize]) -> Self {
        let layout = plan.layout();
        let part =
            |length: u32, of: i32| u64::from(length) * 1000 / u64::from(of.unsigned_abs().max(1));
        Self::sum(places.iter().filter_map(|place| plan.at(*place)).map(|it| {
            let (x, y) = (it.x.unsigned_abs(), it.y.unsigned_abs());
            let (aside, away) = (it.x.abs_diff(layout.focus.0), it.y.abs_diff(layout.focus.1));
            let (width, depth) = (layout.width, layout.depth);
            let sums = [
                part(x, width),
                part(y, depth),
                part(aside, width),
                part(away, depth),
            ];
            Self { seats: 1, sums }
        }))
    }

    fn sum(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::default(), |sum, one| Self {
            seats: sum.seats + one.seats,
            sums: std::array::from_fn(|nth| sum.sums[nth].saturating_add(one.sums[nth])),
        })
    }

    /// How far the averages are from those of all.
    fn is_off(&self, all: &Self) -> u64 {
        let off = (self.sums.iter().zip(all.sums)).map(|(ours, of_all)| {
            let (ours, of_all) = (
                ours.saturating_mul(all.seats),
                of_all.saturating_mul(self.seats),
            );
            ours.abs_diff(of_all)
        });
        off.fold(0, u64::saturating_add) / self.seats.max(1)
    }
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
    fn the_share_follows_what_is_expected() {
        let share = |lobby, online, min| share(&outlook(lobby, online, min, 100));
        assert_eq!(
            share(10, 30, 600),
            68,
            "30, and the larger part of the rest"
        );
        assert_eq!(share(50, 70, 600), 60, "of too few seats both lack some");
        assert_eq!(share(0, 90, 600), 80, "the lobby can always sell");
        assert_eq!(share(90, 1, 600), 20, "and so can the hub");
        assert_eq!(share(0, 0, 600), 50);
        assert_eq!(share(10, 30, 11), 68, "until the last minute");
        assert_eq!(share(10, 30, 10), 0, "online sales are over");
    }

    #[test]
    fn asks_leave_half_of_what_is_expected() {
        let outlook = |min, free| outlook(20, 30, min, free);
        let floors = |min, free| {
            let both = [Custodian::Cinema, Custodian::Hub];
            both.map(|side| floor(side, &outlook(min, free)))
        };
        assert_eq!(floors(600, 100), [10, 15]);
        assert_eq!(floors(11, 8), [4, 3], "of what there is");
        assert_eq!(floors(10, 100), [100, 0], "online sales are over");
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
            &["......", "******", "......"],
        );
        check(
            Custodian::Hub,
            &["eeeeee", "eeeeee", "......"],
            &evening,
            &["***eee", "eeeeee", "......"],
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
    fn neither_side_gets_the_best_of_the_room_alone() {
        let rows = ["....", "....", "....", "....", "....", "...."];
        let half = outlook(10, 10, 600, 24);
        let of_the_front_and_the_back = ["....", "****", "****", "....", "****", "...."];
        check(Custodian::Cinema, &rows, &half, &of_the_front_and_the_back);
        let aisle = ["...._....", "...._....", "...._....", "...._...."];
        let half = outlook(10, 10, 600, 32);
        let of_the_left_and_the_right = ["****_....", "****_....", "...._****", "...._****"];
        check(Custodian::Cinema, &aisle, &half, &of_the_left_and_the_right);
    }

    #[test]
    fn each_side_has_seats_of_every_kind() {
        let rows = [
            "WC_WC_WC_WC",
            "PPPP",
            "PPPP",
            "LLLL_LLLL",
            "....",
            "....",
            "....",
            "....",
        ];
        let half = outlook(10, 10, 600, 40);
        let given = [
            "WC_**_**_WC",
            "****",
            "PPPP",
            "****_LLLL",
            "....",
            "****",
            "****",
            "....",
        ];
        check(Custodian::Cinema, &rows, &half, &given);
    }

    #[test]
    fn who_comes_along_stays_beside_the_wheelchair_place() {
        let some = outlook(10, 10, 600, 4);
        check(Custodian::Cinema, &["WC_WC"], &some, &["**_WC"]);
        check(Custodian::Cinema, &["WC_CW"], &some, &["**_CW"]);
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
        // Four of five seats: one would stay alone.
        check(
            Custodian::Cinema,
            &["....."],
            &outlook(1, 30, 600, 5),
            &["***.."],
        );
    }
}
