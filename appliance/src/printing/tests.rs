use super::*;

#[test]
fn each_doubtful_copy_waits_longer() {
    let pauses: Vec<u64> = (0..7).map(|tries| pause_after(tries).as_secs()).collect();
    assert_eq!(pauses, [2, 8, 32, 128, 512, 600, 600]);
    assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE);
}

#[test]
fn a_guest_is_told_where_the_paper_is() {
    use JobState::{Printed, Queued, Sending, Uncertain};
    let check = |jobs: &[JobState], printer: PrinterState, paper: PaperState| {
        let jobs: Vec<_> = jobs.iter().copied().map(Standing::InTurn).collect();
        assert_eq!(paper_state(&jobs, printer), paper, "{jobs:?}, {printer:?}");
    };
    check(&[], PrinterState::None, PaperState::NoPrinter);
    check(
        &[Printed, Printed],
        PrinterState::PaperOut,
        PaperState::Printed,
    );
    check(
        &[Printed, Queued],
        PrinterState::PaperOut,
        PaperState::PaperOut,
    );
    check(&[Uncertain], PrinterState::CoverOpen, PaperState::CoverOpen);
    check(
        &[Uncertain],
        PrinterState::Unreachable,
        PaperState::PrinterFault,
    );
    check(
        &[Sending, Queued],
        PrinterState::Ready,
        PaperState::Printing,
    );
    check(
        &[Printed, Queued],
        PrinterState::PaperLow,
        PaperState::Printing,
    );
    check(&[Queued, Queued], PrinterState::Ready, PaperState::Queued);
    let jobs = [Standing::InTurn(Printed), Standing::Aside];
    assert_eq!(
        paper_state(&jobs, PrinterState::PaperOut),
        PaperState::SetAside
    );
}
