//! What the box says of itself: the status line of the screens, and the same in words for whoever is signed in on its machine.

pub(crate) mod routes;

use std::fmt::Write as _;

use appliance_api::{LinkState, PrinterState, Status, TerminalState};
use box_office::SaleId;
use counter::{Fault, SetAside, checkout};
use counter_api::IfCut;
use database::Snapshot;

use crate::printing::{Aside, Printing};

/// A ticket that did not come out and waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PaperAside {
    receipt: String,
    why: Aside,
}

/// The tickets that are set aside, by their receipts.
pub(crate) fn papers_aside(db: &mut Snapshot<'_>) -> Result<Vec<PaperAside>, Fault> {
    let papers = Printing::aside(db)?;
    let named = |(sale, why): (SaleId, Aside)| {
        let receipt = checkout::receipt_of(db, &sale)?.unwrap_or_else(|| sale.to_string());
        Ok(PaperAside { receipt, why })
    };
    papers.into_iter().map(named).collect()
}

/// How the box is, one thing a line, and for what waits for a person what they can do.
pub(crate) fn words(
    status: &Status,
    (stopped, why_down): (Option<String>, Option<String>),
    papers: &[PaperAside],
    selling: &[SetAside],
) -> String {
    let sells = stopped.is_none();
    let mut text = stopped.map_or_else(String::new, |why| format!("selling: stopped. {why}\n"));
    let why_down = why_down.map_or_else(String::new, |why| format!(": {why}"));
    let _ = write!(
        text,
        "link: {}{}{why_down}; {} sales not yet with the hub{}\nprinter: {}\nterminal: {}\npayments that wait for a person: {}",
        link(status.link),
        if sells { goes_on(status.link) } else { "" },
        status.unsent_sales,
        status.if_cut.map_or_else(String::new, if_cut),
        printer(status.printer),
        terminal(status.terminal),
        status.open_cases,
    );
    if status.open_cases > 0 {
        text.push_str(" (`appliance cases` lists them)");
    }
    let _ = write!(text, "\nset aside: {}", status.set_aside);
    let mut papers = papers.to_vec();
    papers.dedup();
    for PaperAside { receipt, why } in papers {
        let _ = write!(
            text,
            "\n  a ticket of receipt {receipt}: {}; `appliance reprint {receipt} --reason ..` prints it after all",
            why.words()
        );
    }
    for piece in selling {
        let (what, name) = (piece.what.replace('_', " "), piece.name());
        let _ = write!(text, "\n  the {what} {name}: {}", piece.why);
        if piece.what == "hold" {
            let _ = write!(
                text,
                "; `appliance free-hold {name} --reason ..` frees them at once"
            );
        }
    }
    text
}

/// The same with what a person should mend and the background work that fails, by name.
pub(crate) fn with_failing(mut text: String, found: &[(&str, String)], failing: &[&str]) -> String {
    for (what, wrong) in found {
        let _ = write!(text, "\n{what}: {wrong}");
    }
    if !failing.is_empty() {
        let failing = failing.join(", ");
        let _ = write!(
            text,
            "\nfailing, and begun again each time: {failing}; the log says why"
        );
    }
    text
}

fn if_cut(seats: IfCut) -> String {
    let IfCut { lobby, online } = seats;
    format!(
        "\nif the line drops now: {lobby} seats here, {online} online, for what is still sold today"
    )
}

fn link(state: LinkState) -> &'static str {
    match state {
        LinkState::NotEnrolled => "this box is not enrolled with a hub",
        LinkState::Up => "up",
        LinkState::Down => "down",
        LinkState::Refused => "refused",
        LinkState::UpdateNeeded => "an update is needed",
    }
}

fn goes_on(link: LinkState) -> &'static str {
    match link {
        LinkState::NotEnrolled | LinkState::Up => "",
        LinkState::Down | LinkState::Refused | LinkState::UpdateNeeded => ", selling goes on",
    }
}

fn printer(state: PrinterState) -> &'static str {
    match state {
        PrinterState::Ready => "ready",
        PrinterState::PaperLow => "ready, little paper left",
        PrinterState::PaperOut => "out of paper",
        PrinterState::CoverOpen => "its cover is open",
        PrinterState::Fault => "it reports a fault",
        PrinterState::Unreachable => "it does not answer",
        PrinterState::None => "none is set up",
    }
}

fn terminal(state: TerminalState) -> &'static str {
    match state {
        TerminalState::Ready => "ready",
        TerminalState::Unreachable => "it does not answer",
        TerminalState::None => "none is set up",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_should_mend_stands_on_a_line_of_its_own() {
        let found = [("certificate", "cannot read own.pem".to_owned())];
        let text = with_failing("link: up".to_owned(), &found, &["printing"]);
        assert_eq!(
            text,
            "link: up\ncertificate: cannot read own.pem\nfailing, and begun again each time: printing; the log says why"
        );
    }
}
