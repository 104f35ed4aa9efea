//! Why a programme file is not imported.

use std::time::Duration;

use box_office::text::counted;
use service::http::{FieldProblem, Refusal};

use crate::Fault;
use crate::fault::with_faults;

/// Why a programme file is not imported: nothing of it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgrammeRefused {
    /// What is wrong where.
    Problems(Vec<FieldProblem>),
    /// It touches what is sold, and nobody said that it is meant.
    TouchesSold(Vec<String>),
    /// It was given up, for nobody gets a seat meanwhile.
    TookTooLong {
        /// How long it may take.
        longest: Duration,
    },
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(ProgrammeRefused);

impl From<ProgrammeRefused> for Refusal {
    fn from(refused: ProgrammeRefused) -> Self {
        match refused {
            ProgrammeRefused::Problems(errors) => {
                let words =
                    counted(errors.len(), "problem", "problems") + "; nothing was imported.";
                Refusal::unprocessable("wrong_programme", "The programme file has problems", words)
                    .with_errors(errors)
            }
            ProgrammeRefused::TouchesSold(told) => {
                let words = format!(
                    "{} showtimes of which tickets are sold or seats are held would be others; nothing was imported. If that is meant, import it with --yes.",
                    told.len()
                );
                let told = told.into_iter().map(|detail| {
                    let (at, detail) = detail.split_once(": ").unwrap_or(("a showtime", &detail));
                    FieldProblem {
                        at: format!("showtimes.{at}"),
                        detail: detail.to_owned(),
                    }
                });
                let told: Vec<_> = told.collect();
                Refusal::conflict(
                    "touches_sold",
                    "The import touches what is sold or held",
                    words,
                )
                .with_errors(told)
            }
            ProgrammeRefused::TookTooLong { longest } => Refusal::conflict(
                "took_too_long",
                "The import took too long",
                format!(
                    "It was given up after {} seconds, and nothing was imported: nobody gets a seat meanwhile. Import fewer days at once, \
                     and wait until no other program keeps the disk busy.",
                    longest.as_secs()
                ),
            ),
            ProgrammeRefused::Fault(fault) => fault.into(),
        }
    }
}
