use super::*;

#[test]
fn long_text_breaks_between_words() {
    let check = |text: &str, columns: usize, lines: &[&str]| {
        assert_eq!(wrapped(text, columns), lines, "{text}");
    };
    check(
        "Die fabelhafte Welt der Amélie",
        21,
        &["Die fabelhafte Welt", "der Amélie"],
    );
    check(
        "Donaudampfschifffahrt ahoi",
        10,
        &["Donaudampf", "schifffahr", "t ahoi"],
    );
    check("  ", 10, &[]);
    check("1234567890 12", 10, &["1234567890", "12"]);
}

#[test]
fn a_pair_that_does_not_fit_takes_two_lines() {
    let text = |line: &Line| match line {
        Line::Spans(spans) => spans
            .iter()
            .map(|span| span.text.clone())
            .collect::<String>(),
        Line::Code(code) => code.clone(),
    };
    let check = |left: &str, right: &str, lines: &[&str]| {
        assert_eq!(
            Page { columns: 10 }
                .pair(left, right, (1, 1), false)
                .iter()
                .map(text)
                .collect::<Vec<_>>(),
            lines
        );
    };
    check("Adult", "9.00", &["Adult 9.00"]);
    check("Student", "9.00", &["Student   ", "      9.00"]);
    check("0123456789", "", &["0123456789"]);
    check("0123456789x", "y", &["0123456789", "         y"]);
}

#[test]
fn a_title_too_long_is_cut_before_its_dots() {
    let page = Page { columns: 42 };
    let check = |film: &str, lines: &[&str]| {
        let title = page.title(film);
        let texts: Vec<String> = title
            .iter()
            .map(|line| match line {
                Line::Spans(spans) => spans.iter().map(|span| span.text.as_str()).collect(),
                Line::Code(code) => code.clone(),
            })
            .collect();
        assert_eq!(texts, lines);
    };
    let row = "W".repeat(21);
    let cut = format!("{}…", "W".repeat(20));
    check(&"W".repeat(63), &[&row, &row, &row]);
    check(&"W".repeat(200), &[&row, &row, &cut]);
    let words = "Die fabelhafte Welt der Amélie und noch viel mehr als das und so weiter";
    check(
        words,
        &[
            "Die fabelhafte Welt",
            "der Amélie und noch",
            "viel mehr als das un…",
        ],
    );
}
