//! A paper as a picture: SVG in dots of the printer, 8 a millimetre, on a roll of 80 mm.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use super::document::{Align, Document, Element, Span};

/// A normal character, in dots.
const CHARACTER: (usize, usize) = (12, 24);

/// From line to line at least, in dots.
const SPACING: usize = 30;

/// The printable width and the margin at each side of the paper, in dots.
const WIDTH: usize = 576;
const MARGIN: usize = 32;

/// From the last line to the cut, in dots.
const TAIL: usize = 60;

/// The paper as an SVG document.
pub(super) fn svg(document: &Document) -> String {
    let mut picture = String::new();
    let mut y = TAIL;
    for element in &document.elements {
        y += match element {
            Element::Line { align, spans } => line(&mut picture, y, *align, spans),
            Element::Code {
                align,
                text,
                dots,
                level,
            } => code(&mut picture, y, *align, text, *dots, *level),
            Element::Picture {
                align,
                row_bytes,
                rows,
            } => bitmap(&mut picture, y, *align, *row_bytes, rows),
            Element::NotUnderstood(bytes) => {
                let text = format!("?? {bytes}");
                text_at(
                    &mut picture,
                    (MARGIN, y),
                    &text,
                    (1, 1),
                    r##" fill="#c00""##,
                );
                SPACING
            }
        };
    }
    let (width, height) = (WIDTH + 2 * MARGIN, y + TAIL);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="'DejaVu Sans Mono','Liberation Mono',monospace" font-size="20" fill="#111"><rect width="{width}" height="{height}" fill="#fdfcf7"/>{picture}</svg>"##
    )
}

/// Draws a line with the feet of its letters on one height, and says how high it is.
fn line(picture: &mut String, y: usize, align: Align, spans: &[Span]) -> usize {
    let wide =
        |span: &Span| span.text.chars().count() * usize::from(span.style.width) * CHARACTER.0;
    let high = spans
        .iter()
        .map(|span| usize::from(span.style.height) * CHARACTER.1)
        .max()
        .unwrap_or(0);
    let mut x = left(align, spans.iter().map(wide).sum());
    for span in spans {
        let (width, height) = (wide(span), usize::from(span.style.height) * CHARACTER.1);
        let top = y + high - height;
        let mut look = String::new();
        if span.style.bold {
            look.push_str(r#" font-weight="bold""#);
        }
        if span.style.underline {
            look.push_str(r#" text-decoration="underline""#);
        }
        if span.style.reverse {
            put(
                picture,
                format_args!(r##"<rect x="{x}" y="{top}" width="{width}" height="{height}"/>"##),
            );
            look.push_str(r##" fill="#fdfcf7""##);
        }
        if !span.text.trim().is_empty() {
            text_at(
                picture,
                (x, top),
                &span.text,
                (span.style.width, span.style.height),
                &look,
            );
        }
        x += width;
    }
    high.max(SPACING)
}

fn text_at(
    picture: &mut String,
    (x, y): (usize, usize),
    text: &str,
    (width, height): (u8, u8),
    look: &str,
) {
    let length = text.chars().count() * CHARACTER.0;
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace(' ', "\u{a0}");
    let baseline = y + usize::from(height) * 19;
    put(
        picture,
        format_args!(
            r#"<text transform="translate({x} {baseline}) scale({width} {height})" textLength="{length}" lengthAdjust="spacingAndGlyphs"{look}>{text}</text>"#
        ),
    );
}

fn code(picture: &mut String, y: usize, align: Align, text: &str, dots: u8, level: char) -> usize {
    let level = match level {
        'M' => EcLevel::M,
        'Q' => EcLevel::Q,
        'H' => EcLevel::H,
        _ => EcLevel::L,
    };
    let Ok(code) = QrCode::with_error_correction_level(text, level) else {
        return SPACING;
    };
    let (modules, dots) = (code.width(), usize::from(dots));
    let x = left(align, modules * dots);
    let mut path = String::new();
    for (place, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let (column, row) = (place % modules, place / modules);
            put(
                &mut path,
                format_args!(
                    "M{} {}h{dots}v{dots}h-{dots}z",
                    x + column * dots,
                    y + row * dots
                ),
            );
        }
    }
    put(
        picture,
        format_args!(r#"<path shape-rendering="crispEdges" d="{path}"/>"#),
    );
    modules * dots
}

fn bitmap(picture: &mut String, y: usize, align: Align, row_bytes: usize, rows: &[u8]) -> usize {
    let row_bytes = row_bytes.max(1);
    let x = left(align, row_bytes * 8);
    let mut path = String::new();
    for (place, byte) in rows.iter().enumerate() {
        for bit in (0..8).filter(|bit| byte >> (7 - bit) & 1 == 1) {
            put(
                &mut path,
                format_args!(
                    "M{} {}h1v1h-1z",
                    x + place % row_bytes * 8 + bit,
                    y + place / row_bytes
                ),
            );
        }
    }
    put(
        picture,
        format_args!(r#"<path shape-rendering="crispEdges" d="{path}"/>"#),
    );
    rows.len() / row_bytes
}

fn left(align: Align, width: usize) -> usize {
    let room = WIDTH.saturating_sub(width);
    MARGIN
        + match align {
            Align::Left => 0,
            Align::Centre => room / 2,
            Align::Right => room,
        }
}

fn put(to: &mut String, what: std::fmt::Arguments<'_>) {
    let written = to.write_fmt(what);
    debug_assert!(written.is_ok(), "a String takes everything");
}
