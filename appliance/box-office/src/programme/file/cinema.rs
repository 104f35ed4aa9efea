//! `[cinema]`.

use super::section::{Section, sections};
use super::value;
use crate::business_day::{BusinessDays, DayTime};
use crate::programme::showtime::SINGLE_SEAT_MODES;
use crate::programme::{AgeRating, Cinema, SingleSeatMode};

/// Sales go on while the advertisements run, unless the file says otherwise.
const SALES_END_MINUTES: u16 = 20;

/// Minutes of advertisements before a film, unless the file says otherwise.
const ADVERTISEMENTS_MINUTES: u16 = 20;

/// Minutes to let one audience out, clean, and let the next in, unless the file says otherwise.
const TURNAROUND_MINUTES: u16 = 15;

/// The longest of these times: nothing before or after a film takes four hours.
pub(super) const LONGEST_MINUTES: i64 = 240;

/// The cinema, and what the rest of the file is read with.
pub(super) struct CinemaSection {
    pub(super) cinema: Cinema,
    pub(super) days: BusinessDays,
    pub(super) advertisements_minutes: u16,
    pub(super) age_ratings: Vec<AgeRating>,
}

pub(super) fn read(section: &Section<'_>) -> Option<CinemaSection> {
    let minutes = value::whole::<u16>(0, LONGEST_MINUTES);
    let id = section.required("id", value::id);
    let name = section.required("name", value::text);
    let address = section.some("address", value::text);
    let location = section.optional("location", value::parsed);
    let tax_number = section.required("tax_number", value::text);
    let time_zone = section.required("time_zone", value::text);
    let currency = section.required("currency", value::parsed);
    let business_day_start = section.required("business_day_start", start_of_day);
    let sales_end_minutes = section
        .optional("sales_end_minutes", &minutes)
        .unwrap_or(SALES_END_MINUTES);
    let turnaround_minutes = section
        .optional("turnaround_minutes", &minutes)
        .unwrap_or(TURNAROUND_MINUTES);
    let advertisements_minutes = section
        .optional("advertisements_minutes", &minutes)
        .unwrap_or(ADVERTISEMENTS_MINUTES);
    let single_seats = section
        .optional("single_seats", value::one_of(&SINGLE_SEAT_MODES))
        .unwrap_or(SingleSeatMode::Lenient);
    let age_ratings = section
        .section("age_ratings", false)
        .map(|ratings| read_age_ratings(&ratings))
        .unwrap_or_default();
    section.finish();

    let (time_zone, business_day_start) = (time_zone?, business_day_start?);
    let days = BusinessDays::new(&time_zone, business_day_start);
    let days = match days {
        Ok(days) => days,
        Err(error) => {
            section.problems().push(
                section.line_of("time_zone"),
                format!("`time_zone`: {error}"),
            );
            return None;
        }
    };
    let cinema = Cinema {
        id: id?,
        name: name?,
        address: address?,
        location,
        tax_number: tax_number?,
        time_zone,
        currency: currency?,
        business_day_start,
        sales_end_minutes,
        turnaround_minutes,
        single_seats,
    };
    Some(CinemaSection {
        cinema,
        days,
        advertisements_minutes,
        age_ratings,
    })
}

/// A day that began after noon would leave the afternoon to yesterday.
fn start_of_day(value: &toml::de::DeValue<'_>) -> Result<DayTime, String> {
    let time: DayTime = value::parsed(value)?;
    if time.minutes() <= 12 * 60 {
        Ok(time)
    } else {
        Err(format!(
            "{time} is after noon; a business day begins in the morning, as \"05:00\""
        ))
    }
}

fn read_age_ratings(section: &Section<'_>) -> Vec<AgeRating> {
    let system = section.required("system", value::text);
    let labels = sections(section, "label");
    section.finish();
    let mut ratings: Vec<AgeRating> = Vec::new();
    for label in &labels {
        let age = value::whole::<u8>(0, 99);
        let name = label.required("name", value::text);
        let from_age = label.required("from_age", &age);
        let accompanied_from_age = label.optional("accompanied_from_age", &age);
        label.finish();
        let (Some(system), Some(name), Some(from_age)) = (&system, name, from_age) else {
            continue;
        };
        if ratings.iter().any(|rating| rating.label == name) {
            label.problems().push(
                label.line(),
                format!("the age rating {name:?} is there already"),
            );
            continue;
        }
        if accompanied_from_age.is_some_and(|age| age >= from_age) {
            label.problems().push(label.line_of("accompanied_from_age"), format!("`accompanied_from_age` must be below {from_age}, from which guests are admitted alone"));
        }
        ratings.push(AgeRating {
            system: system.clone(),
            label: name,
            from_age,
            accompanied_from_age,
        });
    }
    ratings
}
