//! What lies in the tray: a paper as lines, codes and pictures.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// One piece of paper, from one cut to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Counts the papers of this printer, from 1.
    pub number: u32,
    /// What is on it, from top to bottom.
    pub elements: Vec<Element>,
    /// Whether it has been cut off; if not, it still lies under the head.
    pub cut: bool,
}

/// One thing on a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// A line of text.
    Line {
        /// Where it stands.
        align: Align,
        /// Its pieces.
        spans: Vec<Span>,
    },
    /// A QR code.
    Code {
        /// Where it stands.
        align: Align,
        /// What it says.
        text: String,
        /// Dots of the printer for a module.
        dots: u8,
        /// Error correction: L, M, Q or H.
        level: char,
    },
    /// A picture.
    Picture {
        /// Where it stands.
        align: Align,
        /// Bytes in a row, eight dots each.
        row_bytes: usize,
        /// Row after row.
        rows: Vec<u8>,
    },
    /// Bytes that the printer did not understand, as hex.
    NotUnderstood(String),
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// A piece of text in one style.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Its style.
    #[serde(flatten)]
    pub style: Style,
}

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Style {
    /// Times the normal width.
    pub width: u8,
    /// Times the normal height.
    pub height: u8,
    /// Bold.
    pub bold: bool,
    /// Underlined.
    pub underline: bool,
    /// White on black.
    pub reverse: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            width: 1,
            height: 1,
            bold: false,
            underline: false,
            reverse: false,
        }
    }
}

impl Document {
    /// The text of every line, without its styles.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for element in &self.elements {
            if let Element::Line { spans, .. } = element {
                text.extend(spans.iter().map(|span| span.text.as_str()));
                text.push('\n');
            }
        }
        text
    }

    /// What its QR codes say.
    pub fn codes(&self) -> Vec<&str> {
        self.elements
            .iter()
            .filter_map(|element| match element {
                Element::Code { text, .. } => Some(text.as_str()),
                Element::Line { .. } | Element::Picture { .. } | Element::NotUnderstood(_) => None,
            })
            .collect()
    }

    /// Whether COPY stands on it.
    pub fn is_copy(&self) -> bool {
        self.text().contains("COPY")
    }

    /// Everything as text for a snapshot: a style stands in brackets before the text that has it.
    pub fn described(&self) -> String {
        let mut described = String::new();
        for element in &self.elements {
            describe(element, &mut described);
        }
        described.push_str(if self.cut {
            "==== cut ====\n"
        } else {
            "(not cut)\n"
        });
        described
    }
}

fn describe(element: &Element, to: &mut String) {
    let written = match element {
        Element::Line { align, spans } => {
            let mut line = String::from(align.sign());
            for span in spans {
                line.push_str(&span.style.described());
                line.push_str(&span.text);
            }
            writeln!(to, "{}", line.trim_end())
        }
        Element::Code {
            align,
            text,
            dots,
            level,
        } => writeln!(
            to,
            "{}[QR, {dots} dots, level {level}] {text}",
            align.sign()
        ),
        Element::Picture {
            align,
            row_bytes,
            rows,
        } => {
            writeln!(
                to,
                "{}[picture, {} x {}]",
                align.sign(),
                row_bytes * 8,
                rows.len() / (*row_bytes).max(1)
            )
        }
        Element::NotUnderstood(bytes) => writeln!(to, "[not understood: {bytes}]"),
    };
    debug_assert!(written.is_ok(), "a String takes everything");
}

impl Align {
    fn sign(self) -> &'static str {
        match self {
            Self::Left => "<",
            Self::Centre => "|",
            Self::Right => ">",
        }
    }
}

impl Style {
    fn described(self) -> String {
        let mut words = Vec::new();
        if (self.width, self.height) != (1, 1) {
            words.push(format!("{}x{}", self.width, self.height));
        }
        for (is, word) in [
            (self.bold, "bold"),
            (self.underline, "underlined"),
            (self.reverse, "reverse"),
        ] {
            if is {
                words.push(word.to_owned());
            }
        }
        if words.is_empty() {
            "[]".to_owned()
        } else {
            format!("[{}]", words.join(" "))
        }
    }
}
