//! What a showtime will sell on each side while a cut may last: what guests usually do, corrected by what they have done so far.

use super::Outlook;

/// What has been sold of a showtime so far, in seats, and what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sales {
    /// Sold at the cinema.
    pub lobby: usize,
    /// Sold online.
    pub online: usize,
    /// Free seats, of either side.
    pub free: usize,
    /// All seats of the room.
    pub seats: usize,
}

/// So long a cut may last: in a shorter one few showtimes run out of seats on either side, so it is the long one that the seats are divided for.
const CUT_MIN: i64 = 120;

/// Guests who come in one part of the time before a start.
struct Part {
    /// From so many minutes before the start on.
    from_min: i64,
    /// Until so many before it.
    until_min: i64,
    /// Of a thousand seats wanted, so many are wanted online.
    online: u64,
    /// And so many in the lobby.
    lobby: u64,
}

/// What cinemas tell: half is sold ahead, mostly online; of those who come in the last hour most stand in the lobby. It is where a showtime begins;
/// what it sells corrects it.
const USUAL: [Part; 3] = [
    Part {
        from_min: 6 * 24 * 60,
        until_min: 24 * 60,
        online: 260,
        lobby: 90,
    },
    Part {
        from_min: 10 * 60,
        until_min: 60,
        online: 190,
        lobby: 160,
    },
    Part {
        from_min: 60,
        until_min: 0,
        online: 90,
        lobby: 210,
    },
];

/// A showtime of which nothing is known sells so many of a hundred seats.
const USUALLY_SOLD_PERCENT: u64 = 75;

/// What is usual counts as much as so many seats sold, on each side: a showtime must differ by more than chance before its forecast does.
const USUAL_WEIGHS: u64 = 100;

impl Outlook {
    /// What is to be expected of a showtime with these sales, which begins in so many minutes.
    pub fn of(sales: &Sales, starts_in_min: i64, cut_off_min: i64) -> Self {
        let after_min = starts_in_min.saturating_sub(CUT_MIN).max(0);
        let wanted = sales.seats as u64 * USUALLY_SOLD_PERCENT / 100;
        let expected = |share: fn(&Part) -> u64, sold: usize, ends_min: i64| {
            let seats = |from_min: i64, until_min: i64| {
                let shares = USUAL.iter().map(|part| {
                    let last_min = part.until_min.max(ends_min);
                    share(part) * within(part.from_min, last_min, from_min, until_min)
                });
                wanted * shares.sum::<u64>() / WHOLE
            };
            let (so_far, to_come) = (
                seats(i64::MAX, starts_in_min),
                seats(starts_in_min, after_min),
            );
            let corrected = to_come * (sold as u64 + USUAL_WEIGHS) / (so_far + USUAL_WEIGHS);
            u32::try_from(corrected).unwrap_or(u32::MAX)
        };
        Self {
            lobby: expected(|part| part.lobby, sales.lobby, 0),
            online: expected(|part| part.online, sales.online, cut_off_min),
            starts_in_min,
            cut_off_min,
            free: sales.free,
        }
    }
}

/// In so fine parts a share of a part of the time is told: a thousandth of a thousandth.
const WHOLE: u64 = 1_000_000;

/// How much of the time between `from` and `until` lies between `begins` and `ends`, all in minutes before the start, in thousandths.
fn within(from: i64, until: i64, begins: i64, ends: i64) -> u64 {
    let (first, last) = (from.min(begins), until.max(ends));
    let whole = from.saturating_sub(until).max(1);
    u64::try_from(first.saturating_sub(last).max(0) * 1_000 / whole).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is expected in the lobby and online of a room with 100 seats, where so many were sold so far.
    fn expected(sold: (usize, usize), starts_in_min: i64) -> (u32, u32) {
        let sales = Sales {
            lobby: sold.0,
            online: sold.1,
            free: 100 - sold.0 - sold.1,
            seats: 100,
        };
        let outlook = Outlook::of(&sales, starts_in_min, 10);
        assert_eq!(outlook.free, sales.free);
        (outlook.lobby, outlook.online)
    }

    #[test]
    fn near_the_start_guests_stand_in_the_lobby() {
        let as_usual = (18, 33);
        assert_eq!(expected(as_usual, 60), (15, 6), "the last hour");
        assert_eq!(expected(as_usual, 35), (8, 2), "half of it, online less");
        assert_eq!(expected(as_usual, 10), (1, 0), "online sales are over");
        assert_eq!(expected(as_usual, 0), (0, 0));
    }

    #[test]
    fn only_what_a_cut_may_last_is_expected() {
        assert_eq!(expected((7, 18), 1_440), (0, 0), "nobody comes at night");
        assert_eq!(expected((8, 20), 300), (1, 2));
    }

    #[test]
    fn what_was_sold_corrects_what_is_usual() {
        let (lobby, online) = expected((0, 60), 60);
        assert!(lobby < 15 && online > 6, "{lobby} {online}");
        let (lobby, online) = expected((60, 0), 60);
        assert!(lobby > 15 && online < 6, "{lobby} {online}");
    }
}
