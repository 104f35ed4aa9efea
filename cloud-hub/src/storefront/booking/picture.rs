//! A ticket's code as a PNG picture, for mail programs, which draw no SVG: black on white, with the quiet zone that ISO/IEC 18004 asks for.

use counter::tickets::code;
use png::{BitDepth, ColorType, Encoder};

/// Modules of white around it.
const QUIET: usize = 4;

/// Pixels of a module: sharp on a phone, and under 3 KiB.
const PIXELS: usize = 6;

/// The picture; nothing, if the text is longer than a symbol holds.
pub(super) fn png(text: &str) -> Option<Vec<u8>> {
    let modules = code::modules(text)?;
    let side = (modules.len() + 2 * QUIET) * PIXELS;
    let row_bytes = side.div_ceil(8);
    // A bit a pixel, 1 is white.
    let white_row = vec![0xff; row_bytes];
    let mut pixels = Vec::with_capacity(side * row_bytes);
    let white = |pixels: &mut Vec<u8>| {
        for _ in 0..QUIET * PIXELS {
            pixels.extend_from_slice(&white_row);
        }
    };
    white(&mut pixels);
    for modules in &modules {
        let mut row = white_row.clone();
        for (nth, _) in modules.iter().enumerate().filter(|(_, is_dark)| **is_dark) {
            let left = (QUIET + nth) * PIXELS;
            for pixel in left..left + PIXELS {
                row[pixel / 8] &= !(0x80 >> (pixel % 8));
            }
        }
        for _ in 0..PIXELS {
            pixels.extend_from_slice(&row);
        }
    }
    white(&mut pixels);
    let side = u32::try_from(side).ok()?;
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, side, side);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_the_code_with_white_around_it() {
        let text = format!("FOYER1:{}", "A".repeat(200));
        let file = png(&text).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let modules = code::modules(&text).unwrap();
        let side = (modules.len() + 8) * PIXELS;
        let side = u32::try_from(side).unwrap();
        assert_eq!((info.width, info.height), (side, side));
        let is_dark = |row: usize, column: usize| {
            let (y, x) = (row * PIXELS + PIXELS / 2, column * PIXELS + PIXELS / 2);
            pixels[y * info.line_size + x / 8] & (0x80 >> (x % 8)) == 0
        };
        for row in 0..modules.len() + 8 {
            for column in 0..modules.len() + 8 {
                let inside = |at: usize| at.checked_sub(QUIET).filter(|it| *it < modules.len());
                let expected = match (inside(row), inside(column)) {
                    (Some(row), Some(column)) => modules[row][column],
                    _ => false,
                };
                assert_eq!(is_dark(row, column), expected, "{row} {column}");
            }
        }
        assert!(png(&"A".repeat(5000)).is_none());
    }
}
