//! The problems found so far, by line.

use std::cell::RefCell;

use super::MOST_PROBLEMS;
use super::suggest::did_you_mean;
use crate::programme::ProgrammeProblem;

/// Collects what is wrong in one text.
pub(super) struct Problems<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
    found: RefCell<Lines>,
    remarks: RefCell<Lines>,
}

/// Lines of what was found, as many as could be told, and how many more there were.
#[derive(Default)]
struct Lines {
    kept: Vec<(usize, String)>,
    more: usize,
}

/// Many times what is told: what comes twice is told once.
const MOST_KEPT: usize = 20 * MOST_PROBLEMS;

impl Lines {
    fn add(&mut self, line: usize, detail: String) {
        match self.kept.len() < MOST_KEPT {
            true => self.kept.push((line, detail)),
            false => self.more += 1,
        }
    }
}

impl<'t> Problems<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            text,
            line_starts,
            found: RefCell::default(),
            remarks: RefCell::default(),
        }
    }

    /// The line, counted from 1, of a byte of the text.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= offset)
    }

    /// The text between two bytes.
    pub(super) fn raw(&self, span: std::ops::Range<usize>) -> &'t str {
        self.text.get(span).unwrap_or_default()
    }

    /// Something is wrong: the file will be refused.
    pub(super) fn push(&self, line: usize, detail: impl Into<String>) {
        self.found.borrow_mut().add(line, detail.into());
    }

    /// "Did you mean", unless more is wrong already than is told.
    pub(super) fn hint<'c>(
        &self,
        word: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> String {
        if self.found.borrow().kept.len() < MOST_PROBLEMS {
            did_you_mean(word, candidates)
        } else {
            String::new()
        }
    }

    /// Something that the writer should know, and that refuses nothing.
    pub(super) fn remark(&self, line: usize, detail: impl Into<String>) {
        self.remarks.borrow_mut().add(line, detail.into());
    }

    /// The problems and the remarks, each by line, each at most [`MOST_PROBLEMS`].
    pub(super) fn into_lists(self) -> (Vec<ProgrammeProblem>, Vec<ProgrammeProblem>) {
        (
            told(self.found.into_inner()),
            told(self.remarks.into_inner()),
        )
    }
}

fn told(Lines { kept, more }: Lines) -> Vec<ProgrammeProblem> {
    let mut lines = kept;
    lines.sort();
    lines.dedup();
    let left_out = more + lines.len().saturating_sub(MOST_PROBLEMS);
    lines.truncate(MOST_PROBLEMS);
    let mut told: Vec<_> = lines
        .into_iter()
        .map(|(line, detail)| ProgrammeProblem {
            at: format!("line {line}"),
            detail,
        })
        .collect();
    if left_out > 0 {
        told.push(ProgrammeProblem {
            at: "the file".to_owned(),
            detail: format!("and {left_out} more"),
        });
    }
    told
}
