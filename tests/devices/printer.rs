//! Every way in which a printer fails: what was printed is said, what was not is said, and doubt is called doubt.

use appliance::printer::{Paper, PrintOutcome, Printer, PrinterStatus};
use tests::virtual_printer::{State, VirtualPrinter};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::paper::{CODE, ticket};

async fn with_printer() -> (VirtualPrinter, Printer) {
    let printer = VirtualPrinter::start().await;
    let address = printer.address();
    (printer, Printer::network(address))
}

fn copy() -> Paper {
    Paper {
        copy: true,
        ..ticket()
    }
}

#[tokio::test]
async fn a_printer_that_cannot_print_is_not_sent_anything() {
    let (at_the_desk, printer) = with_printer().await;
    let check = async |state: State, status: PrinterStatus| {
        at_the_desk.set(state);
        assert_eq!(printer.status().await, status);
        assert_eq!(
            printer.print(&ticket()).await,
            PrintOutcome::NotStarted(status)
        );
        assert!(at_the_desk.papers().is_empty());
    };
    check(State::PaperOut, PrinterStatus::PaperOut).await;
    check(State::CoverOpen, PrinterStatus::CoverOpen).await;
    check(
        State::CutterJam,
        PrinterStatus::Fault("the cutter is jammed".to_owned()),
    )
    .await;
    check(State::Offline, PrinterStatus::Fault("offline".to_owned())).await;
    at_the_desk.set(State::PaperLow);
    assert_eq!(printer.status().await, PrinterStatus::PaperLow);
    assert_eq!(printer.print(&ticket()).await, PrintOutcome::Printed);
}

#[tokio::test]
async fn paper_that_runs_out_in_the_middle_leaves_doubt_and_the_copy_is_whole() {
    let (at_the_desk, printer) = with_printer().await;
    at_the_desk.run_out_after(5);
    assert_eq!(
        printer.print(&ticket()).await,
        PrintOutcome::Uncertain(PrinterStatus::PaperOut)
    );
    let half = at_the_desk.papers();
    assert_eq!((half.len(), half[0].cut), (1, false));
    assert!(half[0].text().contains("Amélie") && half[0].codes().is_empty());

    at_the_desk.set(State::Ready);
    assert_eq!(printer.print(&copy()).await, PrintOutcome::Printed);
    let papers = at_the_desk.papers();
    let last = &papers[papers.len() - 1];
    assert!(last.is_copy() && last.cut);
    assert_eq!(last.codes(), [CODE]);
}

#[tokio::test]
async fn a_job_that_breaks_off_at_any_byte_is_followed_by_a_whole_copy() {
    let whole = {
        let (at_the_desk, printer) = with_printer().await;
        assert_eq!(printer.print(&copy()).await, PrintOutcome::Printed);
        at_the_desk.papers()[0].described()
    };
    let (at_the_desk, printer) = with_printer().await;
    let mut broke_off = 0;
    for bytes in (1..3000).step_by(97) {
        at_the_desk.fail_after(bytes);
        match printer.print(&ticket()).await {
            PrintOutcome::Uncertain(PrinterStatus::Unreachable(_)) => broke_off += 1,
            PrintOutcome::Printed => break,
            other @ (PrintOutcome::Uncertain(_)
            | PrintOutcome::NotStarted(_)
            | PrintOutcome::Impossible(_)) => {
                panic!("{other:?} after {bytes} bytes")
            }
        }
        assert_eq!(
            printer.print(&copy()).await,
            PrintOutcome::Printed,
            "after {bytes} bytes"
        );
        let papers = at_the_desk.papers();
        assert_eq!(
            papers[papers.len() - 1].described(),
            whole,
            "after {bytes} bytes"
        );
    }
    assert!(broke_off > 5, "{broke_off}");
}

#[tokio::test]
async fn a_box_that_is_killed_in_the_middle_of_a_code_is_followed_by_a_whole_copy() {
    let (at_the_desk, printer) = with_printer().await;
    // The head of `GS ( k` for a text of 300 bytes, of which 20 arrive before the box dies.
    let mut line = TcpStream::connect(at_the_desk.address()).await.unwrap();
    line.write_all(b"half a ticket\n\x1d(k\x2f\x01\x31\x50\x30FOYER1:NCFOXN%TS3DHP")
        .await
        .unwrap();
    line.shutdown().await.unwrap();
    drop(line);
    assert_eq!(printer.print(&copy()).await, PrintOutcome::Printed);
    let papers = at_the_desk.papers();
    assert_eq!(papers[0].text(), "half a ticket\n");
    assert_eq!((papers[1].codes(), papers[1].is_copy()), (vec![CODE], true));
}

#[tokio::test]
async fn a_lost_answer_is_doubt_although_the_paper_lies_there() {
    let (at_the_desk, printer) = with_printer().await;
    at_the_desk.lose_next_answer();
    assert!(matches!(
        printer.print(&ticket()).await,
        PrintOutcome::Uncertain(PrinterStatus::Unreachable(_))
    ));
    assert_eq!(at_the_desk.papers().len(), 1);
}

#[tokio::test]
async fn a_printer_that_hangs_or_is_away_is_unreachable() {
    let (at_the_desk, printer) = with_printer().await;
    at_the_desk.hang();
    assert!(matches!(
        printer.print(&ticket()).await,
        PrintOutcome::NotStarted(PrinterStatus::Unreachable(_))
    ));
    at_the_desk.set(State::Ready);
    assert_eq!(printer.status().await, PrinterStatus::Ready);
    at_the_desk.stop().await;
    assert!(matches!(
        printer.status().await,
        PrinterStatus::Unreachable(_)
    ));
    assert_eq!(
        Printer::None.print(&ticket()).await,
        PrintOutcome::NotStarted(PrinterStatus::NotSetUp)
    );
}

#[tokio::test]
async fn a_device_file_takes_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lp0");
    let printer = Printer::file(&path);
    assert!(matches!(
        printer.print(&ticket()).await,
        PrintOutcome::NotStarted(PrinterStatus::Unreachable(_))
    ));
    std::fs::write(&path, b"").unwrap();
    assert_eq!(printer.print(&ticket()).await, PrintOutcome::Printed);
    let bytes = std::fs::read(&path).unwrap();
    assert!(
        bytes.starts_with(b"\x1b@")
            && bytes
                .windows(CODE.len())
                .any(|part| part == CODE.as_bytes())
    );
}
