use super::*;

#[test]
fn what_no_page_has_is_spelt() {
    let check = |text: &str, as_printed: &str| assert_eq!(printable(text), as_printed);
    check("Amélie – Señales, Çа va", "Amélie – Señales, Çа va");
    check("千と千尋", "Qian toQian Xun ");
    check("Żółć Ελλάς Ğ", "Żółć Ελλάς Ğ");
    check("a\u{1b}@b\tc\u{1d}V\0", "a@b cV");
    check("e\u{301}", "é");
    check("Don\u{ad}au\u{200b}", "Donau");
}

#[test]
fn a_page_is_kept_as_long_as_it_serves() {
    let pages = |text: &str| {
        stretches(text)
            .into_iter()
            .map(|(page, bytes)| (u8::from(page), bytes))
            .collect::<Vec<_>>()
    };
    assert_eq!(pages("Amélie"), [(16, b"Am\xe9lie".to_vec())]);
    // A Latin Ç, then a Cyrillic а.
    assert_eq!(
        pages("Ça Çа!"),
        [(16, b"\xc7a \xc7".to_vec()), (46, b"\xe0!".to_vec())]
    );
}
