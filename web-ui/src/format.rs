//! Times, days and amounts as people of each language read them. Wall times come as texts with the cinema's own offset, so
//! no zone data is needed.

mod intl;
mod wall_time;

pub use intl::{day_name, day_short, language_name, moment, money, money_spoken};
pub use wall_time::{Countdown, clock_time, day_of, minutes_between};

use crate::words::Language;

/// A day with its time: `Mon 23 Nov, 20:15`.
pub fn day_and_time(rfc3339: &str, language: Language) -> String {
    let day = day_short(day_of(rfc3339), language);
    format!("{day}, {}", clock_time(rfc3339))
}
