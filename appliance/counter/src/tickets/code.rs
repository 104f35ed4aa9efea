//! A ticket's code as a picture: the QR symbol as one SVG path, with the quiet zone that ISO/IEC 18004 asks for, or as its modules.

use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};

/// The SVG of `text`, black on white whatever the page's colours are; `None` if it is longer than a symbol holds.
pub fn svg(text: &str) -> Option<String> {
    let symbol = symbol(text)?;
    let document = symbol.render::<Color<'_>>().module_dimensions(1, 1).build();
    // Inside a page there is no XML declaration.
    let (_, picture) = document.split_once("?>")?;
    Some(picture.to_owned())
}

/// Whether each module is dark, row by row, without a quiet zone; `None` if it is longer than a symbol holds.
pub fn modules(text: &str) -> Option<Vec<Vec<bool>>> {
    let symbol = symbol(text)?;
    let colors = symbol.to_colors();
    let rows = colors.chunks(symbol.width());
    let is_dark = |color: &qrcode::Color| *color == qrcode::Color::Dark;
    Some(rows.map(|row| row.iter().map(is_dark).collect()).collect())
}

fn symbol(text: &str) -> Option<QrCode> {
    QrCode::with_error_correction_level(text, EcLevel::M).ok()
}

#[cfg(test)]
mod tests;
