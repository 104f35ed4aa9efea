use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_464_000 + seconds).unwrap()
}

fn told(trouble: PrinterTrouble, since: i64) -> Told {
    Told {
        trouble,
        since: at(since),
    }
}

fn stopped(trouble: PrinterTrouble, since: i64) -> Seen {
    Seen::Stopped {
        trouble,
        since: at(since),
    }
}

#[test]
fn what_head_office_knows_is_not_told_again_and_an_evening_without_paper_is_one() {
    use PrinterTrouble::{CoverOpen, PaperOut};
    let check = |known: Option<Told>, seen: Seen, expected: Option<News>| {
        assert_eq!(News::of(known, seen), expected, "{known:?} {seen:?}");
    };
    check(None, Seen::Prints, None);
    let out = told(PaperOut, 0);
    check(None, stopped(PaperOut, 0), Some(News::Stopped(out)));
    check(Some(out), stopped(PaperOut, 0), None);
    // After a restart it is seen anew.
    check(Some(out), stopped(PaperOut, 60), None);
    check(Some(out), Seen::NotYet, None);
    check(None, Seen::NotYet, None);
    // Whoever puts paper in opens the cover.
    let open = News::Stopped(told(CoverOpen, 0));
    check(Some(out), stopped(CoverOpen, 90), Some(open));
    check(Some(out), Seen::Prints, Some(News::Ready));
}

#[test]
fn a_printer_that_goes_to_and_fro_fills_no_stream() {
    let mut budget = Budget::default();
    let second = Duration::from_secs;
    for told_at in 0..6 {
        assert_eq!(budget.wait(second(told_at)), None);
        budget.spend(second(told_at));
    }
    assert_eq!(budget.wait(second(6)), Some(second(600)));
    assert_eq!(budget.wait(second(599)), Some(second(600)));
    assert_eq!(budget.wait(second(600)), None);
    budget.spend(second(600));
    assert_eq!(budget.wait(second(600)), Some(second(601)));
}
