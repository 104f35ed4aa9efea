//! The business days of a section: single days and ranges, counted from today or written out.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use toml::de::DeValue;

use super::super::section::Section;
use super::super::value;

/// The longest range of days, and the farthest from today that a relative day may be: a year and a bit.
const MOST_DAYS: i64 = 400;

/// The most ranges of one section, so that days written again and again are not all made.
const MOST_RANGES: usize = 1_000;

/// The days of a section, each once: `day = ".."` or `days = [..]`, one of the two, only those of `weekdays` if that is given.
pub(super) fn read(section: &Section<'_>, today: Date) -> BTreeSet<Date> {
    let (one, many) = (section.has("day"), section.has("days"));
    let weekdays = section
        .has("weekdays")
        .then(|| section.list("weekdays", value::weekdays));
    if one == many {
        section
            .problems()
            .push(section.line(), "[[showtime]] needs either `day` or `days`");
        return BTreeSet::new();
    }
    let ranges = section.list(if one { "day" } else { "days" }, |value| {
        range(value, today)
    });
    let lines = ranges.len();
    if lines > MOST_RANGES {
        section.problems().push(
            section.line(),
            format!("`days` has at most {MOST_RANGES} values, not {lines}"),
        );
        return BTreeSet::new();
    }
    let days: BTreeSet<Date> = ranges
        .into_iter()
        .flat_map(|lined| lined.value.days())
        .collect();
    if let Some(first) = days.range(MAX_FROM..).next() {
        section
            .problems()
            .push(section.line(), format!("{first} is too far away"));
        return BTreeSet::new();
    }
    match weekdays {
        None => days,
        Some(allowed) => {
            let allowed: BTreeSet<u8> = allowed.into_iter().flat_map(|lined| lined.value).collect();
            let fits = |day: &Date| {
                u8::try_from(day.weekday().to_monday_one_offset())
                    .is_ok_and(|number| allowed.contains(&number))
            };
            days.into_iter().filter(fits).collect()
        }
    }
}

/// Beyond it the calendar ends, and with it the end of a showtime.
const MAX_FROM: Date = Date::constant(9000, 1, 1);

/// `today`, `today+3`, `2026-11-23`, or two of them as `today..today+6`.
fn range(value: &DeValue<'_>, today: Date) -> Result<Range, String> {
    let text = value::text(value)?;
    let (first, last) = text.split_once("..").unwrap_or((&text, &text));
    let (first, last) = (day(first, today)?, day(last, today)?);
    if last < first {
        return Err(format!("{:?} ends before it begins", value::shown(&text)));
    }
    if i64::from((last - first).get_days()) >= MOST_DAYS {
        return Err(format!(
            "{:?} is more than {MOST_DAYS} days",
            value::shown(&text)
        ));
    }
    Ok(Range { first, last })
}

/// The days from the first to the last.
struct Range {
    first: Date,
    last: Date,
}

impl Range {
    fn days(self) -> impl Iterator<Item = Date> {
        let Self { first, last } = self;
        first.series(1.day()).take_while(move |day| *day <= last)
    }
}

fn day(text: &str, today: Date) -> Result<Date, String> {
    let refused = || {
        format!(
            "{:?} is not a day: \"2026-11-23\", \"today\", \"today+3\", or two of them as \"today..today+6\"",
            value::shown(text)
        )
    };
    let Some(offset) = text.strip_prefix("today") else {
        let date: Date = text.parse().map_err(|_| refused())?;
        return if text.len() == 10 {
            Ok(date)
        } else {
            Err(refused())
        };
    };
    let offset: i64 = match offset.as_bytes() {
        [] => 0,
        [b'+' | b'-', digits @ ..]
            if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) =>
        {
            offset.parse().map_err(|_| refused())?
        }
        _ => return Err(refused()),
    };
    if offset.abs() > MOST_DAYS {
        return Err(format!(
            "{:?} is more than {MOST_DAYS} days from today",
            value::shown(text)
        ));
    }
    today.checked_add(offset.days()).map_err(|_| refused())
}
