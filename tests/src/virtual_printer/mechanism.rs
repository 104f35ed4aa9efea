//! Head, paper and memory of the printer: bytes go in, papers and status answers come out. Real-time questions are answered as
//! they arrive; everything else waits in its memory while the printer has to stop.

use encoding_rs::{
    Encoding, IBM866, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254,
    WINDOWS_1257,
};
use serde::{Deserialize, Serialize};

use super::command::{Command, first};
use super::document::{Align, Document, Element, Span, Style};

/// Normal characters in a line: 576 dots of 12 each.
const COLUMNS: usize = 48;

/// Papers that are kept: more than a long run of the chaos test prints. The oldest goes first.
const KEPT: usize = 200_000;

/// How the printer is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It prints.
    #[default]
    Ready,
    /// It prints, and the roll is nearly at its end.
    PaperLow,
    /// No paper.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// Switched off line at its panel.
    Offline,
    /// The cutter is jammed.
    CutterJam,
    /// It takes bytes and does nothing.
    Hung,
}

/// What happens to the connection after some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    Stays,
    Breaks,
}

/// What happens to a printer in the middle of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// Its power fails for a moment.
    PowerFails,
    /// It stops listening.
    Hangs,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Mechanism {
    state: State,
    lines_left: Option<u32>,
    /// What happens after so many more bytes of jobs.
    mishap: Option<(usize, Mishap)>,
    loses_next_answer: bool,
    breaks: bool,
    real_time: Vec<u8>,
    memory: Vec<u8>,
    answers: Vec<u8>,
    head: Head,
    papers: Vec<Document>,
    printed: u32,
}

/// What the head is set to, and the line and paper under it.
#[derive(Debug, Default)]
struct Head {
    page: u8,
    style: Style,
    align: Align,
    code_dots: u8,
    code_level: u8,
    code_text: Vec<u8>,
    line: Vec<Span>,
    paper: Vec<Element>,
}

impl Mechanism {
    pub(super) fn state(&self) -> State {
        self.state
    }

    pub(super) fn papers(&self) -> Vec<Document> {
        let under_the_head = (!self.head.paper.is_empty()).then(|| Document {
            number: self.printed + 1,
            elements: self.head.paper.clone(),
            cut: false,
        });
        self.papers.iter().cloned().chain(under_the_head).collect()
    }

    pub(super) fn set(&mut self, state: State) {
        self.state = state;
        if state == State::Ready {
            self.lines_left = None;
        }
        self.obey();
    }

    pub(super) fn run_out_after(&mut self, lines: u32) {
        self.lines_left = Some(lines);
    }

    pub(super) fn suffer(&mut self, after_bytes: usize, mishap: Mishap) {
        self.mishap = Some((after_bytes, mishap));
    }

    pub(super) fn lose_next_answer(&mut self) {
        self.loses_next_answer = true;
    }

    /// Somebody connects: answers to the one before are gone.
    pub(super) fn connected(&mut self) {
        self.answers.clear();
        self.real_time.clear();
    }

    /// Takes bytes from the line.
    pub(super) fn receive(&mut self, bytes: &[u8]) {
        if self.state == State::Hung {
            return;
        }
        for byte in bytes {
            self.take(*byte);
            if let Some((0, mishap)) = self.mishap {
                self.mishap = None;
                self.obey();
                match mishap {
                    Mishap::PowerFails => self.power_fails(),
                    Mishap::Hangs => self.state = State::Hung,
                }
                return;
            }
        }
        self.obey();
    }

    /// What it has to say since it was last asked, and whether the connection holds.
    pub(super) fn answers(&mut self) -> (Vec<u8>, Line) {
        let line = if std::mem::take(&mut self.breaks) {
            Line::Breaks
        } else {
            Line::Stays
        };
        (std::mem::take(&mut self.answers), line)
    }

    /// One byte: a real-time question (`DLE EOT n`) is answered and goes no further, wherever it stands.
    fn take(&mut self, byte: u8) {
        self.real_time.push(byte);
        match self.real_time[..] {
            [0x10] | [0x10, 4] => {}
            [0x10, 4, question] => {
                self.real_time.clear();
                let answer = self.real_time_status(question);
                self.answers.extend(answer);
            }
            _ => {
                let bytes = std::mem::take(&mut self.real_time);
                if let Some((left, _)) = &mut self.mishap {
                    *left = left.saturating_sub(bytes.len());
                }
                self.memory.extend(bytes);
            }
        }
    }

    /// Epson's answers to `DLE EOT 1` to `4`; bits 1 and 4 are always set.
    fn real_time_status(&self, question: u8) -> Option<u8> {
        let (cover, paper_out, error) = (
            self.state == State::CoverOpen,
            self.state == State::PaperOut,
            self.state == State::CutterJam,
        );
        let bit = |is: bool, bits: u8| if is { bits } else { 0 };
        let causes = match question {
            1 => bit(!self.prints(), 0x08),
            2 => bit(cover, 0x04) | bit(paper_out, 0x20) | bit(error, 0x40),
            3 => bit(error, 0x08),
            4 => bit(paper_out || self.state == State::PaperLow, 0x0c) | bit(paper_out, 0x60),
            _ => return None,
        };
        Some(0x12 | causes)
    }

    fn prints(&self) -> bool {
        match self.state {
            State::Ready | State::PaperLow => true,
            State::PaperOut
            | State::CoverOpen
            | State::Offline
            | State::CutterJam
            | State::Hung => false,
        }
    }

    /// Obeys what lies in the memory, as far as it can.
    fn obey(&mut self) {
        let mut done = 0;
        while self.prints() && !self.breaks {
            let Some((command, length)) = first(&self.memory[done..]) else {
                break;
            };
            done += length;
            if command == Command::Cut {
                self.cut();
            } else if command == Command::Status {
                self.say_how_it_is();
            } else {
                self.feed(command);
            }
        }
        self.memory.drain(..done);
    }

    /// The answer to `GS r`.
    fn say_how_it_is(&mut self) {
        if std::mem::take(&mut self.loses_next_answer) {
            self.breaks = true;
        } else {
            self.answers.push(if self.state == State::PaperLow {
                0x03
            } else {
                0
            });
        }
    }

    fn feed(&mut self, command: Command) {
        let lines = self.head.obey(command);
        if let Some(left) = self.lines_left {
            self.lines_left = Some(left.saturating_sub(lines));
            if left <= lines && lines > 0 {
                self.state = State::PaperOut;
            }
        }
    }

    fn cut(&mut self) {
        self.head.end_line();
        let elements = std::mem::take(&mut self.head.paper);
        if elements.is_empty() {
            return;
        }
        self.printed += 1;
        if self.papers.len() == KEPT {
            self.papers.remove(0);
        }
        self.papers.push(Document {
            number: self.printed,
            elements,
            cut: true,
        });
    }

    /// What was not printed is forgotten, with the settings of the head; the paper lies where it lies.
    fn power_fails(&mut self) {
        let paper = std::mem::take(&mut self.head.paper);
        self.head = Head {
            paper,
            ..Head::default()
        };
        self.memory.clear();
        self.answers.clear();
        self.breaks = true;
    }
}

impl Head {
    /// Obeys a command and says how many lines of paper that took.
    fn obey(&mut self, command: Command) -> u32 {
        match command {
            Command::Text(bytes) => return self.write(&bytes),
            Command::LineFeed => return self.end_line_or_feed(),
            Command::Feed(lines) => return (0..lines).map(|_| self.end_line_or_feed()).sum(),
            Command::Initialise => {
                let paper = std::mem::take(&mut self.paper);
                *self = Self {
                    paper,
                    ..Self::default()
                };
            }
            Command::CodePage(page) => self.page = page,
            Command::Bold(bold) => self.style.bold = bold,
            Command::Underline(underline) => self.style.underline = underline,
            Command::Reverse(reverse) => self.style.reverse = reverse,
            Command::Size(width, height) => (self.style.width, self.style.height) = (width, height),
            Command::Justify(0) => self.align = Align::Left,
            Command::Justify(1) => self.align = Align::Centre,
            Command::Justify(_) => self.align = Align::Right,
            Command::CodeDots(dots) => self.code_dots = dots,
            Command::CodeLevel(level) => self.code_level = level,
            Command::CodeText(text) => self.code_text = text,
            Command::PrintCode => return self.code(),
            Command::Picture { row_bytes, rows } => {
                self.paper.push(Element::Picture {
                    align: self.align,
                    row_bytes,
                    rows,
                });
                return 1;
            }
            Command::StatusUnasked(0) | Command::WithoutEffect | Command::Cut | Command::Status => {
            }
            Command::StatusUnasked(n) => self.not_understood(&[0x1d, b'a', n]),
            Command::Unknown(bytes) => self.not_understood(&bytes),
        }
        0
    }

    fn write(&mut self, bytes: &[u8]) -> u32 {
        let mut lines = 0;
        for character in decode(self.page, bytes).chars() {
            let used: usize = self
                .line
                .iter()
                .map(|span| span.text.chars().count() * usize::from(span.style.width))
                .sum();
            if used + usize::from(self.style.width) > COLUMNS {
                lines += self.end_line();
            }
            match self.line.last_mut().filter(|span| span.style == self.style) {
                Some(span) => span.text.push(character),
                None => self.line.push(Span {
                    text: character.to_string(),
                    style: self.style,
                }),
            }
        }
        lines
    }

    fn end_line_or_feed(&mut self) -> u32 {
        if self.line.is_empty() {
            self.paper.push(Element::Line {
                align: self.align,
                spans: Vec::new(),
            });
            return 1;
        }
        self.end_line()
    }

    fn end_line(&mut self) -> u32 {
        let spans = std::mem::take(&mut self.line);
        if spans.is_empty() {
            return 0;
        }
        self.paper.push(Element::Line {
            align: self.align,
            spans,
        });
        1
    }

    fn code(&mut self) -> u32 {
        let level = match self.code_level {
            49 => 'M',
            50 => 'Q',
            51 => 'H',
            _ => 'L',
        };
        let text = String::from_utf8_lossy(&self.code_text).into_owned();
        self.paper.push(Element::Code {
            align: self.align,
            text,
            dots: self.code_dots,
            level,
        });
        // As high as ten lines of text.
        10
    }

    fn not_understood(&mut self, bytes: &[u8]) {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.paper.push(Element::NotUnderstood(hex.join(" ")));
    }
}

/// Text of a code page by Epson's number; a page that this printer has not is printed as the signs of ASCII and nonsense.
fn decode(page: u8, bytes: &[u8]) -> String {
    let encoding: &'static Encoding = match page {
        16 => WINDOWS_1252,
        17 => IBM866,
        45 => WINDOWS_1250,
        46 => WINDOWS_1251,
        47 => WINDOWS_1253,
        48 => WINDOWS_1254,
        51 => WINDOWS_1257,
        _ => {
            return bytes
                .iter()
                .map(|byte| {
                    if byte.is_ascii() {
                        char::from(*byte)
                    } else {
                        '\u{fffd}'
                    }
                })
                .collect();
        }
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_that_ran_out_goes_on_where_it_stopped() {
        let mut printer = Mechanism::default();
        printer.run_out_after(2);
        printer.receive(b"one\ntwo\nthree\n\x1dVA\0\x1dr\x01");
        assert_eq!(
            (printer.state(), printer.answers().0),
            (State::PaperOut, vec![])
        );
        assert_eq!(printer.papers()[0].text(), "one\ntwo\n");
        printer.receive(&[0x10, 4, 1, 0x10, 4, 2, 0x10, 4, 4]);
        assert_eq!(printer.answers().0, [0x1a, 0x32, 0x7e]);
        printer.set(State::Ready);
        assert_eq!(printer.answers().0, [0]);
        assert_eq!(printer.papers()[0].text(), "one\ntwo\nthree\n");
        assert!(printer.papers()[0].cut);
    }

    #[test]
    fn a_command_that_broke_off_swallows_what_follows() {
        let mut printer = Mechanism::default();
        printer.suffer(6, Mishap::PowerFails);
        printer.receive(b"kept\nlost\n");
        assert_eq!(printer.answers(), (vec![], Line::Breaks));
        printer.receive(b"\x1d(k\x06\x001P0");
        printer.receive(b"\x1b@x\n");
        assert_eq!(printer.papers()[0].text(), "kept\n\n");
    }
}
