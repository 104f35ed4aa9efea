//! Text for a printer that knows only code pages: each character in the first of our pages that has it, else spelt in ASCII.
//!
//! Numbers of the pages (`ESC t n`) are Epson's; its models for Europe have all of them.

use box_office::text::plain;
use encoding_rs::{
    Encoding, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1257,
};
use escpos::utils::PageCode;

/// A code page of the printer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    pub(super) number: PageCode,
    encoding: &'static Encoding,
}

/// Western Europe first: nearly every text needs no other, and every printer has it.
pub(super) const PAGES: [Page; 6] = [
    Page {
        number: PageCode::WPC1252,
        encoding: WINDOWS_1252,
    },
    Page {
        number: PageCode::WPC1250,
        encoding: WINDOWS_1250,
    },
    Page {
        number: PageCode::WPC1251,
        encoding: WINDOWS_1251,
    },
    Page {
        number: PageCode::WPC1253,
        encoding: WINDOWS_1253,
    },
    Page {
        number: PageCode::WPC1254,
        encoding: WINDOWS_1254,
    },
    Page {
        number: PageCode::WPC1257,
        encoding: WINDOWS_1257,
    },
];

/// `text` with only characters that a page has, each of which is one column wide. What no page has is spelt in ASCII as it
/// sounds (千 becomes `Qian`), since a wrong sign says less; control characters, which a printer would obey, and what nobody sees are
/// dropped.
pub(super) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in plain(text).chars() {
        match character {
            _ if character.is_whitespace() => printable.push(' '),
            _ if character.is_control() => {}
            _ if page_of(character).is_some() => printable.push(character),
            _ => printable.push_str(deunicode::deunicode_char(character).unwrap_or("?")),
        }
    }
    printable
}

/// `text` in stretches of one code page each. A character that no page has is left out: see [`printable`].
pub(super) fn stretches(text: &str) -> Vec<(PageCode, Vec<u8>)> {
    let mut stretches: Vec<(PageCode, Vec<u8>)> = Vec::new();
    for character in text.chars() {
        let Some((page, byte)) = page_of(character) else {
            continue;
        };
        match stretches.last_mut() {
            Some((last, bytes)) if *last == page || character.is_ascii() => bytes.push(byte),
            _ => stretches.push((page, vec![byte])),
        }
    }
    stretches
}

fn page_of(character: char) -> Option<(PageCode, u8)> {
    if character.is_ascii() {
        return u8::try_from(character)
            .ok()
            .map(|byte| (PAGES[0].number, byte));
    }
    let mut text = [0; 4];
    let text: &str = character.encode_utf8(&mut text);
    PAGES
        .iter()
        .find_map(|page| match page.encoding.encode(text) {
            (bytes, _, false) => bytes.first().map(|byte| (page.number, *byte)),
            (_, _, true) => None,
        })
}

#[cfg(test)]
mod tests;
