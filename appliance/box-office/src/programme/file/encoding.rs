//! The bytes of a programme file as text: UTF-8, or refused with the line where it is not.

use crate::programme::{Programme, ProgrammeProblem};

/// What a file in another encoding is told.
const SAVE_AS_UTF_8: &str = "save the file as UTF-8";

/// As far a file in UTF-16 without a mark gives itself away: every other byte of plain letters is 0.
const LOOKED_INTO: usize = 64;

impl Programme {
    /// The text of a programme file.
    ///
    /// # Errors
    /// It is not UTF-8: where, and what to do.
    pub fn text_of(bytes: Vec<u8>) -> Result<String, ProgrammeProblem> {
        let has_mark = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let begin = bytes.get(..LOOKED_INTO).unwrap_or(&bytes);
        if has_mark || begin.contains(&0) {
            return Err(problem(1, "the file is not UTF-8 but perhaps UTF-16"));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..good).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            problem(line, "a letter here is not UTF-8")
        })?;
        Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        })
    }
}

fn problem(line: usize, what: &str) -> ProgrammeProblem {
    ProgrammeProblem {
        at: format!("line {line}"),
        detail: format!("{what}: {SAVE_AS_UTF_8}"),
    }
}
