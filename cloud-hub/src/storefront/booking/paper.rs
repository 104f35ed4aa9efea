//! A booking as a PDF file: A4, a ticket with its code in each third of a page. Lengths are in points, 1/72 inch.

use std::sync::LazyLock;

use counter::bookings::{Booked, Booking};
use deunicode::deunicode_char;
use krilla::Document;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use ttf_parser::Face;

use super::{kind_and_price, said, seat_name, states};
use crate::storefront::tongue::Tongue;
use counter::tickets::code;

/// A4.
const WIDTH: u16 = 595;
const HEIGHT: u16 = 842;

const MARGIN: u16 = 48;

/// Tickets on a page, each in a band of this height.
const A_PAGE: usize = 3;
const BAND: u16 = 244;

/// The side of a module: 0.7 mm, which a phone at arm's length reads off any paper.
const MODULE: u16 = 2;

/// Where the words beside a code begin: the code of a ticket has at most 69 modules.
const WORDS_LEFT: u16 = MARGIN + 69 * MODULE + 18;

/// The most lines that one text has; a longer one is cut.
const MOST_LINES: usize = 2;

/// How a line is written.
#[derive(Debug, Clone, Copy)]
struct Style {
    is_bold: bool,
    size: u16,
    /// From one line to the next.
    line: u16,
}

const SEAT: Style = Style {
    is_bold: true,
    size: 16,
    line: 21,
};
const FILM: Style = Style {
    is_bold: true,
    size: 12,
    line: 17,
};
const BODY: Style = Style {
    is_bold: false,
    size: 11,
    line: 16,
};
const SMALL: Style = Style {
    is_bold: false,
    size: 9,
    line: 13,
};

/// The typefaces, read once.
struct Faces {
    regular: (Font, Face<'static>),
    bold: (Font, Face<'static>),
}

static FACES: LazyLock<Option<Faces>> = LazyLock::new(|| {
    let read =
        |bytes: &'static [u8]| Some((Font::new(bytes.into(), 0)?, Face::parse(bytes, 0).ok()?));
    Some(Faces {
        regular: read(dejavu::sans::regular())?,
        bold: read(dejavu::sans::bold())?,
    })
});

impl Faces {
    fn of(&self, style: Style) -> &(Font, Face<'static>) {
        match style.is_bold {
            true => &self.bold,
            false => &self.regular,
        }
    }
}

/// The file; nothing, if no ticket of it has a code by now, or one does not fit.
pub(super) fn draw(tongue: Tongue, booking: &Booking) -> Option<Vec<u8>> {
    let faces = FACES.as_ref()?;
    let all = booking.tickets.len();
    let numbered = booking.tickets.iter().zip(1_usize..);
    let shown: Vec<(&Booked, usize)> = numbered
        .filter(|(booked, _)| states::shows_code(booking, booked))
        .collect();
    let first = shown.first()?.0;
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(format!("{}: {}", tongue.booking().title, first.facts.film))
            .language(tongue.tag().to_owned()),
    );
    for page_of in shown.chunks(A_PAGE) {
        let settings = PageSettings::from_wh(f32::from(WIDTH), f32::from(HEIGHT))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let mut top = MARGIN;
        for (booked, number) in page_of {
            if top > MARGIN {
                fill(
                    &mut surface,
                    (MARGIN, top - 12),
                    (WIDTH - 2 * MARGIN, 1),
                    LINE,
                )?;
            }
            draw_code(&mut surface, &booked.ticket.code, (MARGIN, top))?;
            let mut pen = Pen {
                surface: &mut surface,
                faces,
                baseline: top,
            };
            let which = format!("{number} / {all}");
            for (text, style) in lines(tongue, booking, booked, &which) {
                pen.write(&text, style);
            }
            top += BAND;
        }
        surface.finish();
        page.finish();
    }
    document.finish().ok()
}

/// What stands beside the code.
fn lines(tongue: Tongue, booking: &Booking, booked: &Booked, which: &str) -> Vec<(String, Style)> {
    let (words, facts) = (tongue.booking(), &booked.facts);
    let (day, time) = said(tongue, booking, booking.when.starts_at);
    let film = match &facts.rating {
        Some(rating) => format!("{} · {rating}", facts.film),
        None => facts.film.clone(),
    };
    let sale = &booking.sale;
    let number = format!("{}: {}", words.number, sale.receipt_number());
    let collection = format!("{}: {}", words.collection_code, sale.collection_code);
    let mut lines = vec![
        (which.to_owned(), SMALL),
        (seat_name(tongue, booked), SEAT),
        (film, FILM),
        (format!("{day}, {time}"), BODY),
        (format!("{}, {}", facts.auditorium, facts.cinema), BODY),
    ];
    if !sale.facts.address.is_empty() {
        lines.push((sale.facts.address.join(", "), BODY));
    }
    lines.extend([
        (kind_and_price(tongue, booked), BODY),
        (format!("{number} · {collection}"), SMALL),
        (words.show.to_owned(), SMALL),
    ]);
    lines
}

/// The grey of a line between two tickets, and black.
const LINE: u8 = 190;
const BLACK: u8 = 0;

fn painted(grey: u8) -> Fill {
    Fill {
        paint: luma::Color::new(grey).into(),
        ..Fill::default()
    }
}

fn fill(
    surface: &mut Surface<'_>,
    (left, top): (u16, u16),
    (width, height): (u16, u16),
    grey: u8,
) -> Option<()> {
    let [left, top, width, height] = [left, top, width, height].map(f32::from);
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(left, top, width, height)?);
    surface.set_fill(Some(painted(grey)));
    surface.draw_path(&path.finish()?);
    Some(())
}

/// The code; the paper's margin is its quiet zone. Dark modules beside each other are one stroke.
fn draw_code(surface: &mut Surface<'_>, text: &str, (left, top): (u16, u16)) -> Option<()> {
    let mut path = PathBuilder::new();
    let module = f32::from(MODULE);
    for (row, modules) in (0_u16..).zip(code::modules(text)?) {
        let mut column: u16 = 0;
        for run in modules.chunk_by(|one, next| one == next) {
            let length = u16::try_from(run.len()).ok()?;
            if run[0] {
                let x = f32::from(left + column * MODULE);
                let y = f32::from(top + row * MODULE);
                path.push_rect(Rect::from_xywh(x, y, f32::from(length * MODULE), module)?);
            }
            column += length;
        }
    }
    surface.set_fill(Some(painted(BLACK)));
    surface.draw_path(&path.finish()?);
    Some(())
}

/// Writes lines below each other.
struct Pen<'a, 'b> {
    surface: &'a mut Surface<'b>,
    faces: &'a Faces,
    baseline: u16,
}

impl Pen<'_, '_> {
    fn write(&mut self, text: &str, style: Style) {
        let (font, face) = self.faces.of(style);
        let text = readable(face, text);
        for line in broken(face, &text, (style.size, WIDTH - MARGIN - WORDS_LEFT)) {
            self.baseline += style.line;
            let start = Point::from_xy(f32::from(WORDS_LEFT), f32::from(self.baseline));
            let size = f32::from(style.size);
            self.surface.set_fill(Some(painted(BLACK)));
            (self.surface).draw_text(start, font.clone(), size, &line, false, TextDirection::Auto);
        }
    }
}

/// The text in signs that the typeface has: what it lacks is written in Latin letters.
fn readable(face: &Face<'_>, text: &str) -> String {
    let mut readable = String::with_capacity(text.len());
    for sign in text.chars() {
        match face.glyph_index(sign) {
            Some(_) => readable.push(sign),
            None => readable.push_str(deunicode_char(sign).unwrap_or_default()),
        }
    }
    readable
}

/// The text in lines that are not wider, broken between words where that is possible; what does not fit into the lines is cut.
fn broken(face: &Face<'_>, text: &str, (size, width): (u16, u16)) -> Vec<String> {
    // In the typeface's own units.
    let most = u64::from(width) * u64::from(face.units_per_em()) / u64::from(size);
    let advance = |sign: char| {
        let glyph = face.glyph_index(sign);
        let advance = glyph.and_then(|glyph| face.glyph_hor_advance(glyph));
        u64::from(advance.unwrap_or_default())
    };
    let wide = |text: &str| text.chars().map(advance).sum::<u64>();
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let mut end = rest.len();
        if wide(rest) > most {
            let mut so_far = 0;
            let fits = rest.char_indices().take_while(|(_, sign)| {
                so_far += advance(*sign);
                so_far <= most
            });
            // At least one sign, or it would never end.
            let fitting = fits.last().map_or(0, |(at, sign)| at + sign.len_utf8());
            let first = rest.chars().next().map_or(0, char::len_utf8);
            end = fitting.max(first);
            let is_between = rest[end..].starts_with(' ');
            let space = rest[..end].rfind(' ').filter(|space| *space > 0);
            if let Some(space) = space.filter(|_| !is_between) {
                end = space;
            }
        }
        if lines.len() + 1 == MOST_LINES && end < rest.len() {
            let mut cut = rest[..end].trim_end().to_owned();
            while wide(&cut) + advance('…') > most && cut.pop().is_some() {}
            lines.push(format!("{cut}…"));
            return lines;
        }
        lines.push(rest[..end].trim_end().to_owned());
        rest = rest[end..].trim_start();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face() -> &'static Face<'static> {
        &FACES.as_ref().unwrap().regular.1
    }

    #[test]
    fn a_text_is_broken_between_words_and_cut_where_it_is_too_long() {
        let check = |text: &str, lines: &[&str]| {
            assert_eq!(broken(face(), text, (10, 100)), lines, "{text}");
        };
        check("", &[]);
        check("Fight Club", &["Fight Club"]);
        check("The Assassination of", &["The Assassination", "of"]);
        check(
            "The Assassination of Jesse James by the Coward",
            &["The Assassination", "of Jesse James by…"],
        );
        check("WWWWWWWWWWWWWWWWWWWWWWWW", &["WWWWWWWWWW", "WWWWWWWWW…"]);
    }

    #[test]
    fn what_the_typeface_lacks_is_written_in_latin_letters() {
        assert_eq!(
            readable(face(), "Łódź, Αθήνα, Москва"),
            "Łódź, Αθήνα, Москва"
        );
        assert_eq!(readable(face(), "東京"), "Dong Jing ");
    }
}
