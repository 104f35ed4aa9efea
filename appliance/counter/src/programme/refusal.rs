//! Why a programme file is not imported.

use service::http::{FieldProblem, Refusal};

use crate::Fault;
use crate::fault::with_faults;

/// Why a programme file is not imported: nothing of it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgrammeRefused {
    /// What is wrong where.
    Problems(Vec<FieldProblem>),
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(ProgrammeRefused);

impl From<ProgrammeRefused> for Refusal {
    fn from(refused: ProgrammeRefused) -> Self {
        match refused {
            ProgrammeRefused::Problems(errors) => {
                let words = format!("{} problems; nothing was imported.", errors.len());
                Refusal::unprocessable("wrong_programme", "The programme file has problems", words)
                    .with_errors(errors)
            }
            ProgrammeRefused::Fault(fault) => fault.into(),
        }
    }
}
