//! Before one pays where no paper can come out: whether the guest goes without.

use appliance_api::PrinterState;
use leptos::prelude::*;

use super::state::{Kiosk, Sheet as Over};
use super::words::said;
use crate::icons;
use crate::parts::{Answer, Question};

/// Goes on to pay, after the question where the printer cannot print.
pub fn go_on(kiosk: Kiosk) {
    let printer = untrack(|| kiosk.status.with(|status| Some(status.as_ref()?.printer)));
    match printer.is_some_and(cannot_print) {
        true => kiosk.sheet.set(Some(Over::Paperless)),
        false => kiosk.pay(false),
    }
}

/// Whether a printer that should print cannot. Where none is set up, the codes are the tickets for everybody.
fn cannot_print(printer: PrinterState) -> bool {
    match printer {
        PrinterState::PaperOut
        | PrinterState::CoverOpen
        | PrinterState::Fault
        | PrinterState::Unreachable => true,
        PrinterState::Ready | PrinterState::PaperLow | PrinterState::None => false,
    }
}

/// The question.
pub fn question(kiosk: Kiosk) -> Question {
    let agree = Callback::new(move |()| kiosk.pay(true));
    Question {
        testid: "paperless",
        title: said(|words| words.paperless_title),
        text: said(|words| words.paperless_text),
        other: (
            icons::CREDIT_CARD,
            Answer {
                testid: "pay-without-paper",
                words: said(|words| words.paperless_yes),
                then: agree,
            },
        ),
        next: Answer::harmless("no-pay", said(|words| words.paperless_no)),
        goes_on_by_other: true,
    }
}
