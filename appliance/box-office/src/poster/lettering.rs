//! The letters of posters: outlines of the screens' own face, so that a poster looks the same on every machine and needs no font.
//!
//! `letters.txt` and `kerning.txt` were written by fontTools 4 from `web-ui/style/fonts` (Figtree, SIL OFL 1.1) at the weight 750, in
//! thousandths of the type's size with y downwards. A letter: itself, how far it moves on, and its outline from the base line, or after each
//! `=` a part with the place it stands at. Parts that are no letters of their own bear private characters. A pair's line: the left letter,
//! then what each of the letters on its right comes nearer.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

static LETTERS: LazyLock<HashMap<char, Letter>> = LazyLock::new(|| {
    let lines = include_str!("letters.txt").lines();
    lines.filter_map(Letter::of_line).collect()
});

static KERNING: LazyLock<HashMap<(char, char), i32>> = LazyLock::new(|| {
    let lines = include_str!("kerning.txt").lines();
    lines.flat_map(pairs_of_line).collect()
});

struct Letter {
    advance: i32,
    outline: Outline,
}

enum Outline {
    /// A path that begins at the letter's origin.
    Path(&'static str),
    /// Other letters and parts, each moved by so much.
    Parts(Vec<(char, i32, i32)>),
}

impl Letter {
    fn of_line(line: &'static str) -> Option<(char, Self)> {
        let mut fields = line.split('\t');
        let letter = fields.next()?.chars().next()?;
        let advance = fields.next()?.parse().ok()?;
        let path = fields.next()?;
        let outline = match path.strip_prefix('=') {
            None => Outline::Path(path),
            Some(_) => Outline::Parts(parts(path)),
        };
        Some((letter, Self { advance, outline }))
    }
}

/// `=e 0 0=´ 30 -12`.
fn parts(line: &str) -> Vec<(char, i32, i32)> {
    let mut rest = line;
    let mut found = Vec::new();
    while let Some(part) = rest.strip_prefix('=') {
        let mut letters = part.chars();
        let Some(letter) = letters.next() else { break };
        let place = letters.as_str();
        let end = place.find('=').unwrap_or(place.len());
        let mut numbers = place[..end].split_whitespace().map(str::parse);
        if let (Some(Ok(x)), Some(Ok(y))) = (numbers.next(), numbers.next()) {
            found.push((letter, x, y));
        }
        rest = &place[end..];
    }
    found
}

fn pairs_of_line(line: &'static str) -> Vec<((char, char), i32)> {
    let mut fields = line.split('\t');
    let Some(left) = fields.next().and_then(|left| left.chars().next()) else {
        return Vec::new();
    };
    let of_group = |group: &'static str| {
        let (nearer, letters) = group.split_once(' ')?;
        let nearer: i32 = nearer.parse().ok()?;
        Some(letters.chars().map(move |right| ((left, right), nearer)))
    };
    fields.filter_map(of_group).flatten().collect()
}

/// How wide a text is set, in thousandths of its size; `None` if the face lacks one of its letters.
pub(super) fn width(text: &str) -> Option<i32> {
    set(text, |_, _| ())
}

/// The outlines of a text as one path that begins at 0, 0 on its base line; `None` if the face lacks one of its letters.
pub(super) fn path(text: &str) -> Option<String> {
    let mut path = String::new();
    set(text, |letter, x| draw(&mut path, letter, (x, 0)))?;
    Some(path)
}

/// Sets a text from the left, gives each letter with its place, and gives back where the last one ends.
fn set(text: &str, mut place: impl FnMut(&Letter, i32)) -> Option<i32> {
    let mut pen = 0;
    let mut before = None;
    for c in text.chars() {
        let letter = LETTERS.get(&c)?;
        pen += before
            .and_then(|before| KERNING.get(&(before, c)))
            .copied()
            .unwrap_or_default();
        place(letter, pen);
        pen += letter.advance;
        before = Some(c);
    }
    Some(pen)
}

fn draw(path: &mut String, letter: &Letter, (x, y): (i32, i32)) {
    match &letter.outline {
        Outline::Path("") => {}
        Outline::Path(outline) => {
            // Writing to a string does not fail.
            let _ = write!(path, "M{x} {y}{outline}");
        }
        Outline::Parts(parts) => {
            for (part, dx, dy) in parts {
                if let Some(part) = LETTERS.get(part) {
                    draw(path, part, (x + dx, y + dy));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_letter_is_there() {
        assert_eq!(LETTERS.len(), include_str!("letters.txt").lines().count());
        for (letter, Letter { outline, .. }) in &*LETTERS {
            if let Outline::Parts(parts) = outline {
                assert!(!parts.is_empty(), "{letter}");
                for (part, ..) in parts {
                    let is_path = |of: &Letter| matches!(of.outline, Outline::Path(_));
                    assert!(LETTERS.get(part).is_some_and(is_path), "{part} of {letter}");
                }
            }
        }
    }

    #[test]
    fn a_text_is_set_letter_by_letter_and_pairs_come_nearer() {
        assert_eq!(
            width("AV").unwrap(),
            width("A").unwrap() + width("V").unwrap() - 86
        );
        let path = path("é").unwrap();
        assert_eq!(
            path.matches('M').count(),
            2,
            "the letter and its accent: {path}"
        );
        assert_eq!(super::path(" ").as_deref(), Some(""));
        assert_eq!(width("千と千尋"), None);
    }
}
