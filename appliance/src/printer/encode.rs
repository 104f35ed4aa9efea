//! A paper as the bytes of one job: from a clean state to the cut, and a question that the printer answers once it is there.

use std::cell::RefCell;
use std::rc::Rc;

use escpos::driver::Driver;
use escpos::errors::Result as EscPosResult;
use escpos::printer::Printer as Encoder;
use escpos::utils::{JustifyMode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};

use super::code_page::stretches;
use super::layout::{Line, Span, lines};
use super::{COLUMNS, Paper};

/// `GS r 1`. Unlike the real-time questions it waits its turn behind what was sent before, so its answer says that the cut is done.
pub(super) const ARE_YOU_THERE: [u8; 3] = [0x1d, b'r', 1];

/// `GS a 0`: no status unasked, which could be taken for an answer.
const NO_STATUS_UNASKED: [u8; 3] = [0x1d, b'a', 0];

/// Empty bytes before a copy: a job that broke off inside a command leaves the printer waiting for the rest of it, at most the
/// text of a code. A printer that waits for nothing ignores them.
const PADDING: [u8; 1024] = [0; 1024];

/// Dots of the printer for one module of the code: 0.6 mm, which a handheld scanner reads from a hand's width away.
const CODE_DOTS: u8 = 5;

/// The bytes of `paper`.
///
/// # Errors
/// The text of the code is longer than a QR code can be.
pub(super) fn job(paper: &Paper) -> Result<Vec<u8>, String> {
    let buffer = Buffer::default();
    match write(paper, buffer.clone()) {
        Ok(()) => Ok(buffer.0.take()),
        Err(error) => Err(error.to_string()),
    }
}

fn write(paper: &Paper, buffer: Buffer) -> EscPosResult<()> {
    let mut encoder = Encoder::new(buffer, Protocol::default(), None);
    if paper.copy {
        encoder.custom(&PADDING)?.init()?.cut()?;
    }
    encoder
        .init()?
        .custom(&NO_STATUS_UNASKED)?
        .justify(JustifyMode::CENTER)?;
    for line in lines(paper, COLUMNS) {
        match line {
            Line::Spans(spans) => {
                for span in &spans {
                    write_span(&mut encoder, span)?;
                }
                encoder.feed()?;
            }
            Line::Code(text) => {
                let option =
                    QRCodeOption::new(QRCodeModel::Model2, CODE_DOTS, QRCodeCorrectionLevel::M);
                encoder.qrcode_option(&text, option)?;
            }
        }
    }
    encoder.cut()?.custom(&ARE_YOU_THERE)?.print()?;
    Ok(())
}

fn write_span(encoder: &mut Encoder<Buffer>, span: &Span) -> EscPosResult<()> {
    encoder
        .size(span.size.0, span.size.1)?
        .bold(span.bold)?
        .reverse(span.reverse)?;
    for (page, bytes) in stretches(&span.text) {
        encoder.page_code(page)?.custom(&bytes)?;
    }
    Ok(())
}

/// Keeps what the crate writes.
#[derive(Clone, Default)]
struct Buffer(Rc<RefCell<Vec<u8>>>);

impl Driver for Buffer {
    fn name(&self) -> String {
        "buffer".to_owned()
    }

    fn write(&self, bytes: &[u8]) -> EscPosResult<()> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }

    fn read(&self, _buffer: &mut [u8]) -> EscPosResult<usize> {
        Ok(0)
    }

    fn flush(&self) -> EscPosResult<()> {
        Ok(())
    }
}
