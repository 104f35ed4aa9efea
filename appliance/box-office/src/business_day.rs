//! The business day: a cinema's day ends after midnight, so that 00:30 belongs to yesterday.
//! It knows time zones and their changes of the clock; the time of now always comes in from outside.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A time of a business day in minutes since its midnight, `00:00` to `29:59`: 25:30 is half past one of the night after.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = "^[0-2][0-9]:[0-5][0-9]$"))]
#[serde(try_from = "String", into = "String")]
pub struct DayTime(u16);

/// The first minute that no business day has: 30:00, six in the morning of the next day.
const LATEST: u16 = 30 * 60;

/// A text is not a time of the day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time: two digits, a colon, two digits, from \"00:00\" to \"29:59\"")]
pub struct NotADayTime(String);

impl DayTime {
    /// Minutes since the midnight with which the calendar day of the business day begins, 0 to 1799.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// The time so many minutes after that midnight; nothing, if no business day has it.
    pub const fn after_minutes(minutes: u16) -> Option<Self> {
        if minutes < LATEST {
            Some(Self(minutes))
        } else {
            None
        }
    }

    /// Four digits, as in an id: `2015`.
    pub fn digits(self) -> String {
        format!("{:02}{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for DayTime {
    type Err = NotADayTime;
    fn from_str(text: &str) -> Result<Self, NotADayTime> {
        let refused = || NotADayTime(text.chars().take(20).collect());
        let [a, b, b':', c, d] = text.as_bytes() else {
            return Err(refused());
        };
        if ![a, b, c, d].iter().all(|digit| digit.is_ascii_digit()) {
            return Err(refused());
        }
        let two = |tens: &u8, ones: &u8| u16::from(tens - b'0') * 10 + u16::from(ones - b'0');
        let (hours, minutes) = (two(a, b), two(c, d));
        let sum = hours * 60 + minutes;
        if minutes < 60 && sum < LATEST {
            Ok(Self(sum))
        } else {
            Err(refused())
        }
    }
}

impl TryFrom<String> for DayTime {
    type Error = NotADayTime;
    fn try_from(text: String) -> Result<Self, NotADayTime> {
        text.parse()
    }
}

impl From<DayTime> for String {
    fn from(time: DayTime) -> String {
        time.to_string()
    }
}

impl fmt::Display for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The business days of one cinema: its time zone and the hour at which a new day begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessDays {
    zone: TimeZone,
    start: DayTime,
}

/// A moment that was written as a day and a time, and whether the clock's change had a say in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The clock shows that time once.
    Plain(Timestamp),
    /// The clock jumps over that time: the moment as far after the jump as was meant.
    Skipped(Timestamp),
    /// The clock shows that time twice: the earlier of the two.
    Twice(Timestamp),
}

impl Moment {
    /// The moment, however it was found.
    pub fn timestamp(self) -> Timestamp {
        match self {
            Self::Plain(at) | Self::Skipped(at) | Self::Twice(at) => at,
        }
    }
}

/// A zone that the time zone database does not have, or a day beyond its calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BusinessDayError {
    /// Not an IANA name.
    #[error("{0:?} is not a time zone: an IANA name, as \"Europe/Berlin\"")]
    UnknownZone(String),
    /// Before the year -9999 or after 9999.
    #[error("the day lies outside the calendar")]
    OutOfCalendar,
}

impl BusinessDays {
    /// The business days of a cinema in the zone with this IANA name, each beginning at `start` by the clock on the wall.
    ///
    /// # Errors
    /// [`BusinessDayError::UnknownZone`].
    pub fn new(zone: &str, start: DayTime) -> Result<Self, BusinessDayError> {
        let zone = TimeZone::get(zone)
            .map_err(|_| BusinessDayError::UnknownZone(zone.chars().take(60).collect()))?;
        Ok(Self { zone, start })
    }

    /// The cinema's time zone, for times as guests read them.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The business day that `at` belongs to. It is the day whose beginning is the last one not after `at`.
    pub fn day_of(&self, at: Timestamp) -> Date {
        let mut day = self.zone.to_datetime(at).date();
        // Once or not at all, but twice where a zone left out a whole day (Samoa, 2011).
        while self.begins(day).is_ok_and(|begin| begin > at) {
            let Ok(before) = day.yesterday() else { break };
            day = before;
        }
        day
    }

    /// The moment at which the business day `day` begins.
    ///
    /// # Errors
    /// [`BusinessDayError::OutOfCalendar`].
    pub fn begins(&self, day: Date) -> Result<Timestamp, BusinessDayError> {
        Ok(self.moment(day, self.start)?.timestamp())
    }

    /// The moment at which the clock on the wall shows `time` of the business day `day`.
    ///
    /// # Errors
    /// [`BusinessDayError::OutOfCalendar`].
    pub fn moment(&self, day: Date, time: DayTime) -> Result<Moment, BusinessDayError> {
        let beyond = |_| BusinessDayError::OutOfCalendar;
        let midnight = day.to_datetime(Time::midnight());
        let wall = midnight
            .checked_add(Span::new().minutes(time.minutes()))
            .map_err(beyond)?;
        let found = self.zone.to_ambiguous_timestamp(wall);
        let kind = match found.offset() {
            AmbiguousOffset::Unambiguous { .. } => Moment::Plain,
            AmbiguousOffset::Gap { .. } => Moment::Skipped,
            AmbiguousOffset::Fold { .. } => Moment::Twice,
        };
        Ok(kind(found.compatible().map_err(beyond)?))
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn berlin(start: &str) -> BusinessDays {
        BusinessDays::new("Europe/Berlin", start.parse().unwrap()).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn half_past_midnight_belongs_to_yesterday() {
        let days = berlin("05:00");
        assert_eq!(
            days.day_of(at("2026-11-24T00:30:00+01:00")),
            date(2026, 11, 23)
        );
        assert_eq!(
            days.day_of(at("2026-11-24T04:59:59+01:00")),
            date(2026, 11, 23)
        );
        assert_eq!(
            days.day_of(at("2026-11-24T05:00:00+01:00")),
            date(2026, 11, 24)
        );
    }

    #[test]
    fn a_late_show_is_written_with_the_day_it_ends() {
        let days = berlin("05:00");
        let late = days
            .moment(date(2026, 11, 23), "24:30".parse().unwrap())
            .unwrap();
        assert_eq!(late, Moment::Plain(at("2026-11-24T00:30:00+01:00")));
        assert_eq!(days.day_of(late.timestamp()), date(2026, 11, 23));
    }

    #[test]
    fn the_clock_jumps_over_a_time_in_spring_and_shows_one_twice_in_autumn() {
        let days = berlin("05:00");
        // 2027-03-28: 02:00 is followed by 03:00. 2026-10-25: 03:00 is followed by 02:00.
        let spring = days
            .moment(date(2027, 3, 27), "26:30".parse().unwrap())
            .unwrap();
        assert_eq!(spring, Moment::Skipped(at("2027-03-28T03:30:00+02:00")));
        let autumn = days
            .moment(date(2026, 10, 24), "26:30".parse().unwrap())
            .unwrap();
        assert_eq!(autumn, Moment::Twice(at("2026-10-25T02:30:00+02:00")));
    }

    #[test]
    fn a_day_that_begins_in_a_jump_begins_once() {
        let days = berlin("02:30");
        assert_eq!(
            days.day_of(at("2027-03-28T01:59:00+01:00")),
            date(2027, 3, 27)
        );
        assert_eq!(
            days.day_of(at("2027-03-28T03:29:00+02:00")),
            date(2027, 3, 27)
        );
        assert_eq!(
            days.day_of(at("2027-03-28T03:30:00+02:00")),
            date(2027, 3, 28)
        );
        // The second 02:15 of the autumn night comes after the first 02:30, with which the day began.
        assert_eq!(
            days.day_of(at("2026-10-25T02:15:00+01:00")),
            date(2026, 10, 25)
        );
    }

    #[test]
    fn a_time_is_five_characters_up_to_half_past_five_and_a_bit() {
        assert_eq!("29:59".parse::<DayTime>().unwrap().minutes(), 1799);
        assert_eq!("00:05".parse::<DayTime>().unwrap().digits(), "0005");
        for text in [
            "30:00", "8:15", "20:60", "20.15", "", "２0:15", "20:15:00", "-1:00",
        ] {
            assert_eq!(text.parse::<DayTime>(), Err(NotADayTime(text.to_owned())));
        }
        assert!(BusinessDays::new("Europe/Atlantis", "05:00".parse().unwrap()).is_err());
    }

    proptest! {
        /// Every moment lies in its business day: not before its beginning, and before the beginning of the next.
        #[test]
        fn every_moment_lies_in_its_day(
            second in 0_i64..4_000_000_000,
            start in 0_u16..720,
            zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca"]),
        ) {
            let days = BusinessDays::new(zone, DayTime(start)).unwrap();
            let at = Timestamp::from_second(second).unwrap();
            let day = days.day_of(at);
            prop_assert!(days.begins(day).unwrap() <= at);
            prop_assert!(at < days.begins(day.checked_add(1.day()).unwrap()).unwrap());
        }
    }
}
