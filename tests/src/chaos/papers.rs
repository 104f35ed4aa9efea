//! What the printer put out: which tickets, how often, and whether a repeated one says that it is a copy.

use std::collections::HashMap;

use crate::virtual_printer::Document;

/// The papers of one ticket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Papers {
    /// Without a word about a copy.
    pub originals: u32,
    /// Marked as a copy.
    pub copies: u32,
}

/// The papers that were cut, by the code on them.
pub fn by_code(papers: &[Document]) -> HashMap<String, Papers> {
    let mut found: HashMap<String, Papers> = HashMap::new();
    for paper in papers.iter().filter(|paper| paper.cut) {
        for code in paper.codes() {
            let of_ticket = found.entry(code.to_owned()).or_default();
            match paper.is_copy() {
                true => of_ticket.copies += 1,
                false => of_ticket.originals += 1,
            }
        }
    }
    found
}
