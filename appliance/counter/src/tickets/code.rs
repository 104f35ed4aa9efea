//! A ticket's code as a picture: the QR symbol as one SVG path, with the quiet zone that ISO/IEC 18004 asks for.

use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};

/// The SVG of `text`, black on white whatever the page's colours are; `None` if it is longer than a symbol holds.
pub fn svg(text: &str) -> Option<String> {
    let symbol = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let document = symbol.render::<Color<'_>>().module_dimensions(1, 1).build();
    // Inside a page there is no XML declaration.
    let (_, picture) = document.split_once("?>")?;
    Some(picture.to_owned())
}

#[cfg(test)]
mod tests;
