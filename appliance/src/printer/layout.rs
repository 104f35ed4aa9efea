//! How a ticket looks, in lines of spans, for any printer with a fixed-width font that can be enlarged. What is needed at the
//! door is large and on top: film, time, auditorium, row and seat; then the code; the receipt is at the end.

use super::code_page::printable;
use super::paper::{Paid, Paper};
use super::words::{self, Words};

/// The largest enlargement: 8 by 8 is the limit of ESC/POS; 6 is readable at arm's length and leaves room for two numbers.
const LARGEST: u8 = 6;

/// Lines that a film's title may have before it is cut short.
const TITLE_LINES: usize = 3;

/// One thing on the paper, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// Text, centred.
    Spans(Vec<Span>),
    /// A QR code, centred.
    Code(String),
}

/// A piece of text in one style. A piece without text makes an empty line of its height.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) text: String,
    /// Times the normal width and height, 1 to 8.
    pub(super) size: (u8, u8),
    pub(super) bold: bool,
    /// White on black.
    pub(super) reverse: bool,
}

/// The lines of a ticket on paper that is `columns` normal characters wide.
pub(super) fn lines(paper: &Paper, columns: usize) -> Vec<Line> {
    let (page, words) = (Page { columns }, words::words(paper.language));
    let mut lines = Vec::new();
    if paper.copy {
        lines.extend(page.copy_mark(words));
    }
    lines.extend(page.centred(&paper.cinema, (1, 2), true));
    lines.push(page.rule());
    lines.extend(page.showtime(paper, words));
    lines.push(page.gap());
    lines.extend(page.place(paper));
    lines.push(page.rule());
    // A code needs four empty modules on every side, or scanners miss it.
    lines.push(page.gap());
    lines.push(Line::Code(paper.code.clone()));
    lines.push(page.gap());
    lines.extend(page.centred(&paper.collection_code, (2, 2), true));
    lines.push(page.rule());
    lines.extend(page.money(paper, words));
    lines.push(page.rule());
    lines.extend(page.receipt(paper, words));
    lines
}

/// The width that everything must fit into.
#[derive(Clone, Copy)]
struct Page {
    columns: usize,
}

impl Page {
    fn copy_mark(self, words: &Words) -> Vec<Line> {
        let mark = Span {
            reverse: true,
            ..span(&format!(" {} ", words.copy), (2, 2), true)
        };
        let mut lines = vec![Line::Spans(vec![mark])];
        lines.extend(self.small(words.copy_because));
        lines.push(self.gap());
        lines
    }

    fn showtime(self, paper: &Paper, words: &Words) -> Vec<Line> {
        let shared = paper.language.words();
        let mut lines = self.title(&paper.film);
        lines.extend(self.small(&paper.facts.join(" · ")));
        lines.push(self.gap());
        let news = match (paper.is_cancelled, paper.moved_from) {
            (true, _) => Some(words.cancelled.to_owned()),
            (false, Some(_)) => Some(shared.new_time.to_uppercase()),
            (false, None) => None,
        };
        lines.extend(news.map(|news| {
            let mark = Span {
                reverse: true,
                ..span(&format!(" {news} "), (2, 2), true)
            };
            Line::Spans(vec![mark])
        }));
        lines.extend(self.centred(&paper.language.day(paper.starts_at.date()), (1, 2), true));
        lines.extend(self.centred(&paper.starts_at.strftime("%H:%M").to_string(), (4, 4), true));
        if let Some(before) = paper.moved_from {
            let (day, time) = (paper.language.day(before.date()), before.strftime("%H:%M"));
            lines.extend(self.small(&format!("{} {day}, {time}", shared.before)));
        }
        lines
    }

    /// A film's title, cut short where it is too long: its `…` is the last character of a line.
    fn title(self, film: &str) -> Vec<Line> {
        let columns = self.columns / 2;
        let mut lines = wrapped(&printable(film), columns);
        if lines.len() > TITLE_LINES {
            lines.truncate(TITLE_LINES);
            if let Some(last) = lines.last_mut() {
                let kept: String = last.chars().take(columns - 1).collect();
                *last = format!("{}…", kept.trim_end());
            }
        }
        let spans = lines.iter().map(|line| vec![span(line, (2, 2), true)]);
        spans.map(Line::Spans).collect()
    }

    /// Auditorium, block, row and seat: the row on the left half, the seat on the right half, as large as both can be.
    fn place(self, paper: &Paper) -> Vec<Line> {
        let words = paper.language.words();
        let mut lines = self.as_large_as_it_fits(&paper.auditorium, 4);
        if let Some(block) = &paper.block {
            lines.extend(self.as_large_as_it_fits(block, 3));
        }
        lines.push(self.gap());
        let (row, number) = (printable(&paper.row), printable(&paper.number));
        let half = self.columns / 2;
        let fits = |size: u8| width(&row, size).max(width(&number, size)) < half;
        let size = (1..=LARGEST).rev().find(|size| fits(*size)).unwrap_or(1);
        lines.push(self.halves(words.row, words.seat, (1, 1)));
        lines.push(self.halves(&row, &number, (size, size)));
        lines
    }

    /// A name on one line, enlarged up to `most` times.
    fn as_large_as_it_fits(self, name: &str, most: u8) -> Vec<Line> {
        let name = printable(name);
        let fits = |size: &u8| width(&name, *size) <= self.columns;
        let size = (1..=most).rev().find(fits).unwrap_or(1);
        self.centred(&name, (size, size), true)
    }

    fn money(self, paper: &Paper, words: &Words) -> Vec<Line> {
        let language = paper.language;
        let price = language.amount(paper.price);
        let mut lines = self.pair(&paper.ticket_kind, &price, (1, 2), true);
        let rate = language.rate(paper.tax.basis_points);
        let tax = format!("{} {rate}", words.tax_included);
        lines.extend(self.small_pair(&tax, &language.amount(paper.tax.amount)));
        for paid in &paper.paid {
            match paid {
                Paid::Cash => lines.extend(self.small_pair(words.paid_in_cash, "")),
                Paid::Card(slip) => {
                    let card = format!("**** {}", slip.last_four);
                    lines.extend(self.small_pair(words.paid_by_card, &card));
                    lines.extend(self.small_pair(words.authorisation, &slip.authorisation));
                }
            }
        }
        lines
    }

    fn receipt(self, paper: &Paper, words: &Words) -> Vec<Line> {
        let (ticket, tickets) = paper.ticket_of_sale;
        let number = format!("{} {}", words.receipt, paper.receipt_number);
        let which = format!("{} {ticket} {} {tickets}", words.ticket, words.of);
        let mut lines = self.small_pair(&number, &which);
        let sold_at = paper.sold_at.strftime("%d.%m.%Y %H:%M").to_string();
        lines.extend(self.small_pair(words.sold, &sold_at));
        lines.extend(self.small(&paper.seller.name));
        lines.extend(self.small(&paper.seller.address.join(", ")));
        let tax_number = format!("{} {}", words.tax_number, paper.seller.tax_number);
        lines.extend(self.small(&tax_number));
        lines
    }

    fn small(self, text: &str) -> Vec<Line> {
        self.centred(text, (1, 1), false)
    }

    fn small_pair(self, left: &str, right: &str) -> Vec<Line> {
        self.pair(left, right, (1, 1), false)
    }

    /// Text in the middle, broken between words where it is too long.
    fn centred(self, text: &str, size: (u8, u8), bold: bool) -> Vec<Line> {
        let lines = wrapped(&printable(text), self.columns / usize::from(size.0));
        lines
            .iter()
            .map(|line| Line::Spans(vec![span(line, size, bold)]))
            .collect()
    }

    /// Two texts at the two edges, on two lines where they do not fit on one.
    fn pair(self, left: &str, right: &str, size: (u8, u8), bold: bool) -> Vec<Line> {
        let (left, right) = (printable(left), printable(right));
        let columns = self.columns / usize::from(size.0);
        let (left_wide, right_wide) = (left.chars().count(), right.chars().count());
        let Some(between) = columns
            .checked_sub(left_wide + right_wide)
            .filter(|between| *between > 0 || right_wide == 0)
        else {
            let (left, right): (String, String) = (
                left.chars().take(columns).collect(),
                right.chars().take(columns - 1).collect(),
            );
            let mut lines = self.pair(&left, "", size, bold);
            lines.extend(self.pair("", &right, size, bold));
            return lines;
        };
        let text = format!("{left}{}{right}", " ".repeat(between));
        vec![Line::Spans(vec![span(&text, size, bold)])]
    }

    /// One text in the middle of each half. The space around them is of normal width, so that sizes share one grid.
    fn halves(self, left: &str, right: &str, size: (u8, u8)) -> Line {
        let half = self.columns / 2;
        let mut spans = Vec::new();
        for text in [left, right] {
            let wide = width(text, size.0).min(half);
            let before = (half - wide) / 2;
            let after = half - wide - before;
            spans.extend([
                span(&" ".repeat(before), (1, 1), false),
                span(text, size, true),
                span(&" ".repeat(after), (1, 1), false),
            ]);
        }
        Line::Spans(spans)
    }

    fn rule(self) -> Line {
        Line::Spans(vec![span(&"-".repeat(self.columns), (1, 1), false)])
    }

    fn gap(self) -> Line {
        Line::Spans(vec![span("", (1, 1), false)])
    }
}

fn span(text: &str, size: (u8, u8), bold: bool) -> Span {
    Span {
        text: text.to_owned(),
        size,
        bold,
        reverse: false,
    }
}

fn width(text: &str, size: u8) -> usize {
    text.chars().count() * usize::from(size)
}

/// `text` in lines of at most `columns` characters, broken between words, and inside a word that is longer than a line.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        let room = lines
            .last()
            .map_or(0, |line| columns.saturating_sub(line.chars().count() + 1));
        if let Some(line) = lines.last_mut().filter(|_| word.len() <= room) {
            line.push(' ');
            line.extend(word);
            continue;
        }
        while word.len() > columns {
            let rest = word.split_off(columns);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        lines.push(word.into_iter().collect());
    }
    lines
}

#[cfg(test)]
mod tests;
