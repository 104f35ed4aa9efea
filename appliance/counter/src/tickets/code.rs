//! A ticket's code as a picture: the QR symbol as one SVG path, with the quiet zone that ISO/IEC 18004 asks for.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white on every side.
const QUIET: usize = 4;

/// The SVG of `text`, black on white whatever the page's colours are; `None` if it is longer than a symbol holds.
pub(crate) fn svg(text: &str) -> Option<String> {
    let symbol = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, colors) = (symbol.width(), symbol.to_colors());
    let side = width + 2 * QUIET;
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        for (x, _) in row
            .iter()
            .enumerate()
            .filter(|(_, color)| **color == Color::Dark)
        {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\" \
         aria-label=\"QR code\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_a_ticket_fits_and_one_that_is_too_long_is_none() {
        let picture = svg(&format!("FOYER1:{}", "A".repeat(200))).unwrap();
        assert!(picture.starts_with("<svg") && picture.matches("h1v1").count() > 500);
        assert!(svg(&"A".repeat(5000)).is_none());
    }
}
