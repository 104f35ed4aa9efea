//! Text that people write, in the one form in which it is kept, shown and printed.

use std::fmt::Display;

use unicode_normalization::UnicodeNormalization;

/// The text on one line, with composed letters (NFC) and without what nobody sees: control characters, soft hyphens and characters without a width.
pub fn plain(text: &str) -> String {
    let spaced = text.chars().map(|character| match character {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
        other => other,
    });
    let seen = spaced.filter(|character| !is_unseen(*character));
    seen.nfc().collect()
}

/// A text as it may stand in SVG or HTML, in an element or in an attribute. What XML cannot carry at all is left out.
pub fn in_markup(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}

/// So many of a thing: "1 film", "2 films".
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(
    count: N,
    one: &str,
    many: &str,
) -> String {
    let things = if count == N::from(1) { one } else { many };
    format!("{count} {things}")
}

/// The longest tag of a language that is taken, in characters.
pub const LONGEST_LANGUAGE_TAG: usize = 20;

/// Whether this is formed like a language's tag in BCP 47, as `de`, `pt-BR` or `zh-Hant-TW`: letters for the language, then groups of up to eight
/// letters and digits.
pub fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    tag.len() <= LONGEST_LANGUAGE_TAG
        && (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// Whether a text has signs that turn the direction of what follows: what is read is then not what is written.
pub fn turns(text: &str) -> bool {
    text.chars().any(is_turn)
}

/// Whether a text has what nobody sees, or what turns the text around it: in a log or on a status line it would show something else than
/// was said.
pub fn hides(text: &str) -> bool {
    text.chars()
        .any(|character| is_unseen(character) || is_turn(character) || is_line_end(character))
}

fn is_line_end(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}')
}

/// Soft hyphen, combining grapheme joiner, Mongolian vowel separator, zero-width space and joiners, word joiner and invisible operators,
/// deprecated shaping marks, zero-width no-break space, interlinear marks, tags.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200d}'
                | '\u{2060}'..='\u{2064}'
                | '\u{206a}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// The marks, embeddings, overrides and isolates of the Unicode Bidirectional Algorithm (UAX #9).
fn is_turn(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_a_short_tag() {
        for tag in [
            "de",
            "DE",
            "pt-BR",
            "zh-Hant-TW",
            "es-419",
            "sl-rozaj-biske-1994",
        ] {
            assert!(is_language_tag(tag), "{tag}");
        }
        let long = "de".repeat(30_000);
        for tag in [
            "",
            "d",
            "-",
            "de-",
            "-de",
            "de--AT",
            "de_AT",
            "de\0",
            "\u{1b}[2J",
            "dé",
            "d3",
            "de-abcdefghi",
            "sl-rozaj-biske-199445",
            long.as_str(),
        ] {
            assert!(!is_language_tag(tag), "{tag:?}");
        }
    }

    #[test]
    fn a_text_brings_no_markup() {
        let safe = in_markup("<b title='x'>\"Q&A\"</b>\u{1b}\u{ffff}");
        let is = "&lt;b title=&#39;x&#39;&gt;&quot;Q&amp;A&quot;&lt;/b&gt;";
        assert_eq!(safe, is);
    }

    #[test]
    fn one_is_not_many() {
        let films = |count: u32| counted(count, "film", "films");
        assert_eq!([0, 1, 2].map(films), ["0 films", "1 film", "2 films"]);
    }

    #[test]
    fn letters_are_composed_and_what_nobody_sees_is_gone() {
        let check = |text: &str, is: &str| assert_eq!(plain(text), is);
        check("Ko\u{308}nigin der Na\u{308}chte", "Königin der Nächte");
        check("Don\u{ad}au\u{200b}dampf\u{feff}er\u{2060}", "Donaudampfer");
        check("a\u{1b}[31mb\u{7}\tc\nd", "a[31mb c d");
        check("a\u{2028}b\u{fff9}c\u{e0041}d\u{206a}e", "a bcde");
        check("Königin, 千と千尋", "Königin, 千と千尋");
        check("one\u{2028}line\u{2029}more", "one line more");
        for hidden in ["a\u{202e}b", "a\u{200b}", "a\u{ad}b", "a\nb", "a\u{2028}b"] {
            assert!(hides(hidden), "{hidden:?}");
        }
        assert!(!hides("Ko\u{308}nigin, שלום"));
        assert!(turns("a\u{202e}b") && turns("\u{2066}a\u{2069}") && !turns("שלום"));
    }
}
