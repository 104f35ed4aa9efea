//! The words of a poster: the title as large as it fits, and the facts below it, all as outlines.

use super::canvas::{Canvas, HORIZON, WIDTH};
use super::lettering;
use super::palette::Palette;
use crate::programme::Film;
use crate::text::in_markup;

/// What sets a line that has a letter which the face of the posters lacks.
const FACE: &str = "'Helvetica Neue', Arial, 'Liberation Sans', system-ui, sans-serif";

/// From the edge of the sheet to the text.
const MARGIN: i32 = 72;

/// The last line of the title stands on it.
const TITLE_BASE: i32 = 1318;

/// Sizes to try, the largest first; of each the most lines that fit between picture and facts.
const SIZES: [(i32, usize); 8] = [
    (168, 1),
    (148, 1),
    (126, 2),
    (108, 2),
    (92, 3),
    (78, 3),
    (64, 4),
    (52, 5),
];

pub(super) fn draw(canvas: &mut Canvas, film: &Film, palette: Palette) {
    let (size, lines) = set(&film.title, WIDTH - 2 * MARGIN);
    let leading = size * 102 / 100;
    let above = i32::try_from(lines.len()).unwrap_or(1) - 1;
    let first = (TITLE_BASE - above * leading).max(HORIZON + size * 9 / 10);
    canvas.group(format!("fill=\"{}\"", palette.ink), |canvas| {
        for (line, y) in lines.iter().zip((0..).map(|i| first + i * leading)) {
            draw_line(canvas, line, (size, y));
        }
        let directors = shortened(&film.directors.join(", "), 44);
        draw_line(canvas, &directors, (34, 1388));
        let facts = format!("{} · {} min", film.year, film.length_minutes);
        canvas.group("opacity=\".86\"", |canvas| {
            draw_line(canvas, &facts, (31, 1436));
        });
    });
}

fn draw_line(canvas: &mut Canvas, line: &str, (size, y): (i32, i32)) {
    match lettering::path(line) {
        Some(path) => canvas.add(format!(
            "<path transform=\"translate({MARGIN} {y})scale(.{size:03})\" d=\"{path}\"/>"
        )),
        None => canvas.add(format!(
            "<text x=\"{MARGIN}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"750\" font-family=\"{FACE}\">{}</text>",
            in_markup(line)
        )),
    }
}

/// The largest size at which the title fits `width`, and its lines.
fn set(title: &str, width: i32) -> (i32, Vec<String>) {
    // Rather a smaller size than a "2" alone on its line, and that rather than a broken word.
    for shortest in [3, 1] {
        for (size, most) in SIZES {
            let fits =
                |lines: &Vec<String>| lines.len() <= most && !has_short_line(lines, shortest);
            let width = width * 1000 / size;
            if let Some(lines) = wrapped(title, width)
                .map(|lines| balanced(title, lines, width))
                .filter(fits)
            {
                return (size, lines);
            }
        }
    }
    let (size, most) = SIZES[SIZES.len() - 1];
    let fits = usize::try_from(width * 1000 / size / 690).unwrap_or(1);
    let letters: Vec<char> = title.chars().take(fits * most).collect();
    (
        size,
        letters
            .chunks(fits)
            .map(|line| line.iter().collect())
            .collect(),
    )
}

fn has_short_line(lines: &[String], shortest: usize) -> bool {
    lines.len() > 1 && lines.iter().any(|line| line.chars().count() < shortest)
}

/// The title in lines of at most `width` thousandths of its size; nothing if a single word is wider.
fn wrapped(title: &str, width: i32) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        if width_of(word) > width {
            return None;
        }
        match lines.last_mut() {
            Some(line) if width_of(line) + width_of(" ") + width_of(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    Some(lines)
}

/// The same number of lines, as even as they can be: no last word alone under a long line.
fn balanced(title: &str, lines: Vec<String>, width: i32) -> Vec<String> {
    let narrower = (1..=20).rev().map(|step| width * step / 20);
    let even = narrower
        .map_while(|width| wrapped(title, width).filter(|narrow| narrow.len() == lines.len()))
        .last();
    even.unwrap_or(lines)
}

/// How wide a text is in thousandths of its size. Where the face lacks a letter, rather too wide than too narrow, for nobody measures the
/// face that the browser will take.
fn width_of(text: &str) -> i32 {
    lettering::width(text).unwrap_or_else(|| estimate(text))
}

fn estimate(text: &str) -> i32 {
    text.chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 'I' | '\'' | '’' | '.' | ',' | ':' | ';' | '!' | '|' => 350,
            ' ' | 'f' | 't' | 'r' | '-' | '(' | ')' => 440,
            'm' | 'w' => 990,
            'M' | 'W' | '@' | '%' | '&' => 1040,
            'A'..='Z' | 'Ä' | 'Ö' | 'Ü' | 'É' => 780,
            c if c.is_ascii() => 680,
            // Other scripts: those beyond the Latin, Greek and Cyrillic ones are square.
            c if u32::from(c) < 0x1100 => 690,
            _ => 1000,
        })
        .sum()
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_set_as_large_as_it_fits() {
        let lines = |title: &str| set(title, 856).1;
        assert_eq!(set("Dune", 856), (168, vec!["Dune".to_owned()]));
        assert_eq!(
            lines("Die fabelhafte Welt der Amélie"),
            ["Die fabelhafte", "Welt der Amélie"]
        );
        assert_eq!(
            lines("Donaudampfschifffahrtsgesellschaft").concat(),
            "Donaudampfschifffahrtsgesellschaft"
        );
        assert!(lines(&"lang ".repeat(40)).len() <= 5);
    }
}
