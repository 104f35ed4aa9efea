//! Times, days and amounts as people of each language read them. Wall times come as texts with the cinema's own offset, so
//! no zone data is needed.

mod intl;
mod wall_time;

pub use intl::{day_name, day_short, language_name, money, money_spoken};
pub use wall_time::{Countdown, clock_time, day_of, minutes_between};
