//! Who wants seats on a full Friday, and when: drawn from a seed after `tests/demand.toml`, which holds assumptions and no measurements.

use std::collections::BTreeMap;
use std::ops::Range;

use box_office::custody::Custodian;
use box_office::{Plan, Programme};
use serde::Deserialize;
use service::Random;

const ASSUMPTIONS: &str = include_str!("../../demand.toml");

/// The rooms of the sample programme: they are as large as the assumptions say.
const ROOMS: &str = include_str!("../../../appliance/sample/programme.toml");

/// In seconds.
pub const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
/// In seconds.
pub const DAY: i64 = 24 * HOUR;

/// Online sales end so many minutes before a start.
pub const CUT_OFF_MIN: i64 = 10;

/// The first film of a room begins at two or in the hour after; then one begins every two hours, the last at eleven at the latest.
const FIRST_START: Range<i64> = 14 * HOUR..15 * HOUR + 1;
const BETWEEN_STARTS: usize = 2 * 60 * 60;

/// Starts stand at full five minutes.
const START_STEP: i64 = 5 * MINUTE;

/// Who goes on the same day decides from nine in the morning on.
const MORNING: i64 = 9 * HOUR;

/// An ask takes a fifth of a second to a second and a half, as over a line of the country; one in a hundred meets a bad moment and takes up to
/// twenty seconds.
const ASK_TAKES_MS: Range<u64> = 200..1_500;
const SLOW_ASK_TAKES_MS: Range<u64> = 1_500..20_000;
const SLOW_ASKS_IN_A_THOUSAND: u64 = 10;

/// What a Friday is drawn from.
#[derive(Debug)]
pub struct Assumptions {
    plans: Vec<Plan>,
    showtimes_a_room: usize,
    /// Seats wanted, in thousandths of the seats there are.
    wanted: Range<u64>,
    sizes: Vec<(usize, u64)>,
    /// When a group buys, in how many of a thousand cases, and how many of a thousand such groups buy online.
    when: Vec<(When, u64, u64)>,
    walks_away: u64,
    /// An ask that takes longer loses a guest at home, in milliseconds.
    pub gives_up_after_ms: u64,
    /// The lengths of a cut.
    pub cut_minutes: Vec<i64>,
    cut_begins: Range<i64>,
}

/// When a group buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// One to six days before.
    Far,
    /// On the same day, until an hour before.
    SameDay,
    /// In the last hour.
    LastHour,
}

/// A day in the cinema, and who wants to come. Times are in seconds from its midnight; tickets are sold from days before on.
#[derive(Debug)]
pub struct Friday {
    /// Every showtime.
    pub showtimes: Vec<Planned>,
    /// Whoever wants seats, in the order in which they come.
    pub groups: Vec<Group>,
    /// When the line drops.
    pub cut_begins: i64,
}

/// A showtime.
#[derive(Debug, Clone, Copy)]
pub struct Planned {
    /// The number of its room.
    pub room: usize,
    /// When it begins.
    pub starts: i64,
}

/// Guests who come together: one sale, if it comes about.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// When they ask for seats.
    pub at: i64,
    /// The number of the showtime.
    pub showtime: usize,
    /// In the lobby, or at home.
    pub side: Custodian,
    /// How many they are.
    pub size: usize,
    /// Whether they walk away if they cannot sit side by side.
    pub only_together: bool,
    /// How long an ask takes, if there is one.
    pub ask_takes_ms: u64,
}

impl Assumptions {
    /// Those of `tests/demand.toml`.
    ///
    /// # Errors
    /// A text that is not what it should be, in words.
    pub fn read() -> Result<Self, String> {
        Self::of(ASSUMPTIONS)
    }

    /// Those of another text of this form.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn of(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let File {
            cinema,
            guests,
            cut,
        } = file;
        let rooms = Programme::rooms_of(ROOMS).map_err(|why| format!("{why:?}"))?;
        let plan = |seats: &usize| {
            let room = rooms.iter().find(|room| room.layout.places.len() == *seats);
            let room = room.ok_or_else(|| format!("the sample has no room of {seats} seats"))?;
            Ok(Plan::new(room.layout.clone()))
        };
        let plans = cinema
            .auditoriums
            .iter()
            .map(plan)
            .collect::<Result<_, String>>()?;
        let sizes = guests.group_size.iter().map(|(size, share)| {
            let size = size.parse().map_err(|_| format!("{size} is no size"))?;
            Ok((size, per_thousand(*share)))
        });
        let (often, online) = (&guests.when, &guests.online_share);
        let when = [
            (When::Far, often.far, online.far),
            (When::SameDay, often.same_day, online.same_day),
            (When::LastHour, often.last_hour, online.last_hour),
        ];
        let [from, to] = cut.begins.at_random_in;
        Ok(Self {
            plans,
            showtimes_a_room: cinema.showtimes_per_auditorium,
            wanted: per_thousand(cinema.occupancy_wanted[0])
                ..per_thousand(cinema.occupancy_wanted[1]),
            sizes: sizes.collect::<Result<_, String>>()?,
            when: when
                .map(|(when, share, online)| (when, per_thousand(share), per_thousand(online)))
                .to_vec(),
            walks_away: per_thousand(guests.walks_away_if_not_together),
            gives_up_after_ms: guests.gives_up_after_seconds * 1_000,
            cut_minutes: cut.minutes,
            cut_begins: of_day(&from)?..of_day(&to)?,
        })
    }

    /// The room with this number.
    pub fn plan(&self, room: usize) -> &Plan {
        &self.plans[room]
    }

    /// The Friday of this seed.
    pub fn friday(&self, seed: u64) -> Friday {
        let dice = Dice(Random::seeded(seed));
        let (mut showtimes, mut groups) = (Vec::new(), Vec::new());
        for (room, plan) in self.plans.iter().enumerate() {
            let first = dice.time_in(&FIRST_START) / START_STEP * START_STEP;
            for starts in (first..)
                .step_by(BETWEEN_STARTS)
                .take(self.showtimes_a_room)
            {
                let wanted = plan.len() as u64 * dice.in_range(&self.wanted) / 1_000;
                groups.extend(self.groups(&dice, showtimes.len(), starts, wanted));
                showtimes.push(Planned { room, starts });
            }
        }
        groups.sort_by_key(|group| group.at);
        let cut_begins = dice.time_in(&self.cut_begins);
        Friday {
            showtimes,
            groups,
            cut_begins,
        }
    }

    /// Groups that want so many seats together, within a group.
    fn groups(&self, dice: &Dice, showtime: usize, starts: i64, wanted: u64) -> Vec<Group> {
        let (mut groups, mut seats) = (Vec::new(), 0);
        while seats < wanted {
            let (when, _, online) = *dice.one_of(&self.when, |(_, share, _)| *share);
            let side = match dice.below(1_000) < online {
                true => Custodian::Hub,
                false => Custodian::Cinema,
            };
            let (size, _) = *dice.one_of(&self.sizes, |(_, share)| *share);
            let takes = match dice.below(1_000) < SLOW_ASKS_IN_A_THOUSAND {
                true => SLOW_ASK_TAKES_MS,
                false => ASK_TAKES_MS,
            };
            groups.push(Group {
                at: dice.time_in(&when.before(starts, side)),
                showtime,
                side,
                size,
                only_together: dice.below(1_000) < self.walks_away,
                ask_takes_ms: dice.in_range(&takes),
            });
            seats += size as u64;
        }
        groups
    }
}

impl When {
    /// The time in which such groups come: at home until online sales end.
    fn before(self, starts: i64, side: Custodian) -> Range<i64> {
        let last = match side {
            Custodian::Cinema => starts,
            Custodian::Hub => starts - CUT_OFF_MIN * MINUTE,
        };
        match self {
            Self::Far => starts - 6 * DAY..starts - DAY,
            Self::SameDay => MORNING..starts - HOUR,
            Self::LastHour => starts - HOUR..last,
        }
    }
}

/// What the seed decides.
struct Dice(Random);

impl Dice {
    fn below(&self, sides: u64) -> u64 {
        u64::from_le_bytes(self.0.bytes()) % sides.max(1)
    }

    fn in_range(&self, range: &Range<u64>) -> u64 {
        range.start + self.below(range.end - range.start)
    }

    fn time_in(&self, range: &Range<i64>) -> i64 {
        range.start + self.below(range.start.abs_diff(range.end)).cast_signed()
    }

    /// One of several, each as often as its weight says.
    fn one_of<'a, T>(&self, all: &'a [T], weight: impl Fn(&T) -> u64) -> &'a T {
        let mut left = self.below(all.iter().map(&weight).sum());
        let chosen = all.iter().find(|one| {
            let is_it = left < weight(one);
            left = left.saturating_sub(weight(one));
            is_it
        });
        chosen.unwrap_or(&all[0])
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cinema: CinemaPart,
    guests: GuestsPart,
    cut: CutPart,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CinemaPart {
    auditoriums: Vec<usize>,
    showtimes_per_auditorium: usize,
    occupancy_wanted: [f64; 2],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuestsPart {
    group_size: BTreeMap<String, f64>,
    online_share: ByTime,
    when: ByTime,
    walks_away_if_not_together: f64,
    gives_up_after_seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ByTime {
    far: f64,
    same_day: f64,
    last_hour: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CutPart {
    minutes: Vec<i64>,
    begins: Begins,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begins {
    at_random_in: [String; 2],
}

#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "shares are no money"
)]
fn per_thousand(share: f64) -> u64 {
    (share * 1_000.0).round() as u64
}

/// `21:30` in seconds of the day.
fn of_day(text: &str) -> Result<i64, String> {
    let parts = text.split_once(':').and_then(|(hours, minutes)| {
        Some(hours.parse::<i64>().ok()? * HOUR + minutes.parse::<i64>().ok()? * MINUTE)
    });
    parts.ok_or_else(|| format!("{text} is no time of day"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_friday_and_groups_come_as_assumed() {
        let assumed = Assumptions::read().unwrap();
        let (one, again) = (assumed.friday(3), assumed.friday(3));
        assert_eq!(format!("{one:?}"), format!("{again:?}"));
        assert_ne!(format!("{one:?}"), format!("{:?}", assumed.friday(4)));

        let days: Vec<Friday> = (1..=20).map(|seed| assumed.friday(seed)).collect();
        let groups: Vec<&Group> = days.iter().flat_map(|day| &day.groups).collect();
        let share = |all: &[&Group], is_meant: &dyn Fn(&Group) -> bool| {
            all.iter().filter(|group| is_meant(group)).count() * 100 / all.len()
        };
        assert!((51..=53).contains(&share(&groups, &|group| group.size == 2)));
        assert!((59..=61).contains(&share(&groups, &|group| group.only_together)));
        assert!((34..=36).contains(&share(&groups, &|group| group.at < 0)));
        let far: Vec<&Group> = groups
            .iter()
            .copied()
            .filter(|group| group.at < 0)
            .collect();
        assert!((74..=76).contains(&share(&far, &|group| group.side == Custodian::Hub)));
        for day in &days {
            assert_eq!(day.showtimes.len(), 30);
            assert!(
                day.showtimes
                    .iter()
                    .all(|it| (14 * HOUR..=23 * HOUR).contains(&it.starts))
            );
            assert!((16 * HOUR..=21 * HOUR + 30 * MINUTE).contains(&day.cut_begins));
            for group in &day.groups {
                let left = day.showtimes[group.showtime].starts - group.at;
                assert!(
                    left > 0 && (group.side == Custodian::Cinema || left > CUT_OFF_MIN * MINUTE)
                );
            }
        }
    }

    #[test]
    fn a_text_of_another_form_is_refused() {
        let refused =
            |from: &str, to: &str| Assumptions::of(&ASSUMPTIONS.replacen(from, to, 1)).unwrap_err();
        assert_eq!(refused("400", "401"), "the sample has no room of 401 seats");
        assert_eq!(refused("21:30", "late"), "late is no time of day");
        assert!(refused("minutes", "hours").contains("unknown field"));
    }
}
