//! Where something is on the earth, in whole millionths of a degree: a tenth of a metre.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A place on the earth (WGS 84), as a map names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeoPoint {
    /// North of the equator, in millionths of a degree: at most 90 degrees either way.
    pub latitude_microdegrees: i32,
    /// East of Greenwich, in millionths of a degree: at most 180 degrees either way.
    pub longitude_microdegrees: i32,
}

/// What is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no place on a map: write its latitude, a comma, its longitude, in degrees with a point, as \"52.520008, 13.404954\""
)]
pub struct NoPlace;

/// A degree, in millionths of it.
const DEGREE: i32 = 1_000_000;

/// As many digits as a degree has millionths.
const DIGITS: usize = 6;

impl GeoPoint {
    /// The latitude in degrees: `52.520008`.
    pub fn latitude(&self) -> String {
        degrees(self.latitude_microdegrees)
    }

    /// The longitude in degrees: `13.404954`.
    pub fn longitude(&self) -> String {
        degrees(self.longitude_microdegrees)
    }
}

impl fmt::Display for GeoPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.latitude(), self.longitude())
    }
}

impl FromStr for GeoPoint {
    type Err = NoPlace;

    /// Reads `52.520008, 13.404954`; what is finer than a millionth of a degree is cut off.
    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (latitude, longitude) = text.split_once(',').ok_or(NoPlace)?;
        Ok(Self {
            latitude_microdegrees: microdegrees(latitude.trim(), 90).ok_or(NoPlace)?,
            longitude_microdegrees: microdegrees(longitude.trim(), 180).ok_or(NoPlace)?,
        })
    }
}

fn degrees(microdegrees: i32) -> String {
    let sign = if microdegrees < 0 { "-" } else { "" };
    let (degree, rest) = (
        microdegrees.unsigned_abs() / DEGREE.unsigned_abs(),
        microdegrees.unsigned_abs() % DEGREE.unsigned_abs(),
    );
    format!("{sign}{degree}.{rest:06}")
}

fn microdegrees(text: &str, most_degrees: i32) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if !are_digits(whole) || !are_digits(part) || whole.len() > 3 {
        return None;
    }
    let part: String = part.chars().chain("000000".chars()).take(DIGITS).collect();
    let whole: i32 = whole.parse().ok()?;
    let part: i32 = part.parse().ok()?;
    let found = whole * DEGREE + part;
    (found <= most_degrees * DEGREE).then_some(sign * found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let read: Result<GeoPoint, NoPlace> = text.parse();
        assert_eq!(read.map(|it| it.to_string()), Ok(expected.to_owned()));
    }

    #[test]
    fn a_place_is_read_as_maps_write_it() {
        check("52.520008, 13.404954", "52.520008, 13.404954");
        check("-33.8568,151.2153", "-33.856800, 151.215300");
        check("40.7484405, -73.98566439999999", "40.748440, -73.985664");
        check("0, -0.000001", "0.000000, -0.000001");
        check("90, 180", "90.000000, 180.000000");
    }

    #[test]
    fn what_is_no_place_is_none() {
        for wrong in [
            "",
            "52.5",
            "52.5 13.4",
            "52,5, 13,4",
            "90.000001, 0",
            "0, 180.1",
            "1e1, 0",
            "+1, 0",
            "--1, 0",
            "1., 0",
            ".5, 0",
            "N 52, E 13",
            "9999999999, 0",
        ] {
            assert_eq!(wrong.parse::<GeoPoint>(), Err(NoPlace), "{wrong:?}");
        }
    }
}
