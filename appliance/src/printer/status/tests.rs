use super::*;

#[test]
fn the_most_urgent_cause_is_told() {
    let check = |answers: [u8; 4], status: PrinterStatus| {
        assert_eq!(
            PrinterStatus::from_answers(answers),
            status,
            "{answers:02x?}"
        );
    };
    check([0x12, 0x12, 0x12, 0x12], PrinterStatus::Ready);
    check([0x12, 0x12, 0x12, 0x1e], PrinterStatus::PaperLow);
    check([0x1a, 0x32, 0x12, 0x7e], PrinterStatus::PaperOut);
    check([0x12, 0x12, 0x12, 0x7e], PrinterStatus::PaperOut);
    check([0x1a, 0x16, 0x12, 0x12], PrinterStatus::CoverOpen);
    check([0x1a, 0x36, 0x12, 0x7e], PrinterStatus::CoverOpen);
    check(
        [0x1a, 0x52, 0x1a, 0x12],
        PrinterStatus::Fault("the cutter is jammed".to_owned()),
    );
    check(
        [0x1a, 0x12, 0x12, 0x12],
        PrinterStatus::Fault("offline".to_owned()),
    );
    check(*b"HTTP", nonsense());
}
