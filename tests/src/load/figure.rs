//! One measured figure with the limit of the same machine that it is held against, as a JSON line.
#![expect(clippy::float_arithmetic, reason = "measurements are no money")]

use serde::Serialize;

/// How a measured whole number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Measured as such.
    SeatsPerSecond,
    /// Measured in hundredths.
    Statements,
    /// Measured as such.
    SyncsPerSecond,
    /// Measured in hundredths.
    SalesPerSync,
    /// Measured as such.
    ReadsPerSecond,
    /// Measured as such.
    EventsPerSecond,
    /// Measured as such.
    BookingsPerSecond,
    /// Measured in microseconds.
    Milliseconds,
    /// Measured in bytes.
    Mebibytes,
    /// Measured in bytes.
    Kibibytes,
    /// Measured as such.
    InAThousand,
    /// Measured as such.
    Count,
}

/// Which way a figure should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// What a figure must reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Nothing was promised.
    None,
    /// So many times the limit, in hundredths.
    OfLimit(u64),
    /// This much, measured like the figure.
    Fixed(u64),
}

/// A measured figure.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its name in the design.
    pub name: String,
    /// What was measured.
    pub measured: u64,
    /// In which unit.
    pub unit: Unit,
    /// Which way it should go.
    pub better: Better,
    /// What the machine itself can do: its name and what was measured, in the same unit.
    pub limit: Option<(&'static str, u64)>,
    /// What it must reach.
    pub target: Target,
}

#[derive(Serialize)]
struct Line<'a> {
    figure: &'a str,
    value: f64,
    unit: &'static str,
    better: Better,
    limit: Option<&'static str>,
    limit_value: Option<f64>,
    ratio: Option<f64>,
    target: Option<f64>,
    met: Option<bool>,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::SeatsPerSecond => "seats/s",
            Self::Statements => "statements",
            Self::SyncsPerSecond => "syncs/s",
            Self::SalesPerSync => "sales/sync",
            Self::ReadsPerSecond => "reads/s",
            Self::EventsPerSecond => "events/s",
            Self::BookingsPerSecond => "bookings/s",
            Self::Milliseconds => "ms",
            Self::Mebibytes => "MiB",
            Self::Kibibytes => "KiB",
            Self::InAThousand => "of 1000",
            Self::Count => "times",
        }
    }

    fn value(self, measured: f64) -> f64 {
        let value = match self {
            Self::SeatsPerSecond
            | Self::ReadsPerSecond
            | Self::EventsPerSecond
            | Self::BookingsPerSecond
            | Self::SyncsPerSecond
            | Self::InAThousand
            | Self::Count => measured,
            Self::SalesPerSync | Self::Statements => measured / 100.0,
            Self::Milliseconds => measured / 1_000.0,
            Self::Mebibytes => measured / (1024.0 * 1024.0),
            Self::Kibibytes => measured / 1024.0,
        };
        rounded(value)
    }
}

impl Figure {
    /// The line of standard output.
    pub fn line(&self) -> String {
        let target = self.target();
        let met = target.map(|target| match self.better {
            Better::Higher => float(self.measured) >= target,
            Better::Lower => float(self.measured) <= target,
        });
        let limit = self.limit.filter(|(_, measured)| *measured > 0);
        let line = Line {
            figure: &self.name,
            value: self.unit.value(float(self.measured)),
            unit: self.unit.name(),
            better: self.better,
            limit: limit.map(|(name, _)| name),
            limit_value: limit.map(|(_, measured)| self.unit.value(float(measured))),
            ratio: limit.map(|(_, measured)| rounded(float(self.measured) / float(measured))),
            target: target.map(|target| self.unit.value(target)),
            met,
        };
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// What must be reached, measured like the figure.
    fn target(&self) -> Option<f64> {
        match (self.target, self.limit) {
            (Target::None, _) | (Target::OfLimit(_), None) => None,
            (Target::Fixed(target), _) => Some(float(target)),
            (Target::OfLimit(hundredths), Some((_, limit))) => {
                Some(float(limit) * float(hundredths) / 100.0)
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody measures beyond 52 bits")]
fn float(measured: u64) -> f64 {
    measured as f64
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// The value below which `per_thousand` of the sorted samples lie; 0 without samples.
pub fn percentile(sorted: &[u64], per_thousand: usize) -> u64 {
    let last = sorted.len().saturating_sub(1);
    let rank = (sorted.len() * per_thousand)
        .div_ceil(1000)
        .saturating_sub(1);
    sorted.get(rank.min(last)).copied().unwrap_or(0)
}

/// The middle one; 0 without samples.
pub fn median(samples: &mut [u64]) -> u64 {
    samples.sort_unstable();
    percentile(samples, 500)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_exactly_the_agreed_keys() {
        let mut figure = Figure {
            name: "hold_p99".into(),
            measured: 1_500,
            unit: Unit::Milliseconds,
            better: Better::Lower,
            limit: Some(("fdatasync p99", 1_000)),
            target: Target::OfLimit(300),
        };
        let expected = r#"{"figure":"hold_p99","value":1.5,"unit":"ms","better":"lower","limit":"fdatasync p99","limit_value":1.0,"ratio":1.5,"target":3.0,"met":true}"#;
        assert_eq!(figure.line(), expected);
        figure.measured = 3_001;
        assert!(figure.line().ends_with(r#""met":false}"#));
        figure.target = Target::None;
        assert!(figure.line().ends_with(r#""target":null,"met":null}"#));
        figure.target = Target::Fixed(3_001);
        assert!(figure.line().ends_with(r#""met":true}"#));
    }

    #[test]
    fn percentiles_are_of_those_below() {
        let samples: Vec<u64> = (1..=100).collect();
        assert_eq!(
            [
                percentile(&samples, 500),
                percentile(&samples, 990),
                percentile(&samples, 1000)
            ],
            [50, 99, 100]
        );
        assert_eq!(percentile(&[], 500), 0);
        assert_eq!(median(&mut [3, 1, 2]), 2);
    }
}
