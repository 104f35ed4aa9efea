//! What guests and clerks did: every state of a hold and of a payment that there was, with a case at each stage or without one, and papers on
//! every stretch of their way. A name is an id and a key.

use crate::old_box::{LATER, PAST, TOMORROW};

pub(super) struct Hold {
    pub(super) name: &'static str,
    pub(super) device: &'static str,
    pub(super) showtime: &'static str,
    pub(super) state: &'static str,
    pub(super) left_ms: i64,
    pub(super) language: &'static str,
    pub(super) seats: &'static [&'static str],
}

const fn hold(
    name: &'static str,
    (device, showtime): (&'static str, &'static str),
    (state, left_ms): (&'static str, i64),
    language: &'static str,
    seats: &'static [&'static str],
) -> Hold {
    Hold {
        name,
        device,
        showtime,
        state,
        left_ms,
        language,
        seats,
    }
}

pub(super) const HOLDS: [Hold; 13] = [
    hold(
        "open",
        ("kiosk", LATER),
        ("open", 412_000),
        "de",
        &["A2", "A3"],
    ),
    hold(
        "open-half-paid",
        ("till", LATER),
        ("open", 300_000),
        "en",
        &["B1", "B2"],
    ),
    hold(
        "open-extended",
        ("till", TOMORROW),
        ("open", 598_000),
        "fr",
        &["K1", "K2"],
    ),
    hold(
        "paying",
        ("kiosk", LATER),
        ("paying", 250_000),
        "en",
        &["C1", "C2"],
    ),
    hold(
        "paying-stopping",
        ("till", LATER),
        ("paying", 100_000),
        "en",
        &["C4"],
    ),
    hold(
        "paying-unknown",
        ("kiosk", PAST),
        ("paying", 60_000),
        "en",
        &["B1", "B2"],
    ),
    hold(
        "settled-cash",
        ("till", PAST),
        ("settled", 0),
        "en",
        &["C1", "C2", "C3"],
    ),
    hold(
        "settled-card",
        ("kiosk", LATER),
        ("settled", 0),
        "de",
        &["D1", "D2"],
    ),
    hold(
        "settled-mixed",
        ("till", TOMORROW),
        ("settled", 0),
        "en",
        &["M5", "M6"],
    ),
    hold(
        "settled-by-person",
        ("kiosk", PAST),
        ("settled", 0),
        "es",
        &["D1"],
    ),
    hold("ended", ("kiosk", LATER), ("ended", 0), "en", &["A2"]),
    hold(
        "ended-refunding",
        ("kiosk", LATER),
        ("ended", 0),
        "en",
        &["A3"],
    ),
    hold(
        "ended-given-back",
        ("till", PAST),
        ("ended", 0),
        "en",
        &["B1"],
    ),
];

pub(super) struct Tender {
    pub(super) name: &'static str,
    pub(super) hold: &'static str,
    pub(super) way: &'static str,
    pub(super) amount_minor: i64,
    pub(super) given_minor: Option<i64>,
    pub(super) state: &'static str,
    pub(super) cancel_asked: bool,
    pub(super) slip: bool,
}

const fn card(
    name: &'static str,
    hold: &'static str,
    amount_minor: i64,
    state: &'static str,
    slip: bool,
) -> Tender {
    Tender {
        name,
        hold,
        way: "card",
        amount_minor,
        given_minor: None,
        state,
        cancel_asked: false,
        slip,
    }
}

const fn cash(
    name: &'static str,
    hold: &'static str,
    (amount_minor, given_minor): (i64, i64),
    state: &'static str,
) -> Tender {
    Tender {
        name,
        hold,
        way: "cash",
        amount_minor,
        given_minor: Some(given_minor),
        state,
        cancel_asked: false,
        slip: false,
    }
}

/// In the order in which each hold's were made.
pub(super) const TENDERS: [Tender; 22] = [
    cash("half", "open-half-paid", (500, 500), "approved"),
    card("pending", "paying", 2200, "pending", false),
    card("declined-first", "paying-stopping", 1100, "declined", false),
    Tender {
        cancel_asked: true,
        ..card("stopping", "paying-stopping", 1100, "pending", false)
    },
    card("unknown", "paying-unknown", 2200, "pending", false),
    cash("counted", "settled-cash", (3300, 5000), "approved"),
    card("cancelled", "settled-card", 2200, "cancelled", false),
    card("approved", "settled-card", 2200, "approved", true),
    cash("first-half", "settled-mixed", (1000, 1000), "approved"),
    card("second-half", "settled-mixed", 1200, "approved", true),
    card(
        "taken-says-person",
        "settled-by-person",
        1100,
        "approved",
        false,
    ),
    card("refunding", "ended-refunding", 1100, "refunding", true),
    card(
        "owed-says-person",
        "ended-refunding",
        1100,
        "refunding",
        false,
    ),
    card(
        "owed-since-the-end",
        "ended-refunding",
        1100,
        "refunding",
        true,
    ),
    cash(
        "given-back-cash",
        "ended-given-back",
        (1100, 2000),
        "refunded",
    ),
    card(
        "given-back-card",
        "ended-given-back",
        1100,
        "refunded",
        true,
    ),
    card(
        "given-back-by-hand",
        "ended-given-back",
        1100,
        "refunded",
        false,
    ),
    card(
        "given-back-of-slip",
        "ended-given-back",
        1100,
        "refunded",
        true,
    ),
    card(
        "given-back-after-all",
        "ended-given-back",
        1100,
        "refunded",
        true,
    ),
    card(
        "not-taken-says-person",
        "ended-given-back",
        1100,
        "cancelled",
        false,
    ),
    card(
        "not-taken-says-terminal",
        "ended-given-back",
        1100,
        "cancelled",
        false,
    ),
    card(
        "declined-after-all",
        "ended-given-back",
        1100,
        "declined",
        false,
    ),
];

/// A case: its payment, its stage, whether the terminal has spoken, and who did what.
pub(super) type Case = (
    &'static str,
    &'static str,
    bool,
    &'static [(&'static str, &'static str, &'static str)],
);

const OPENED: (&str, &str, &str) = ("box", "opened", "the showtime ended without an outcome");

pub(super) const CASES: [Case; 10] = [
    ("unknown", "unknown", false, &[OPENED]),
    (
        "taken-says-person",
        "closed",
        false,
        &[OPENED, ("person", "taken", "on the statement")],
    ),
    (
        "owed-says-person",
        "refund_owed",
        false,
        &[OPENED, ("person", "taken", "on the statement")],
    ),
    ("owed-since-the-end", "refund_owed", false, &[OPENED]),
    (
        "given-back-by-hand",
        "closed",
        false,
        &[
            OPENED,
            ("person", "taken", "sure"),
            ("person", "refunded", "cash, signed for"),
        ],
    ),
    (
        "given-back-of-slip",
        "closed",
        false,
        &[OPENED, ("person", "refunded", "cash, signed for")],
    ),
    (
        "given-back-after-all",
        "closed",
        true,
        &[OPENED, ("terminal", "refunded", "")],
    ),
    (
        "not-taken-says-person",
        "closed",
        false,
        &[OPENED, ("person", "not_taken", "not on the slip")],
    ),
    (
        "not-taken-says-terminal",
        "closed",
        true,
        &[OPENED, ("terminal", "cancelled", "")],
    ),
    (
        "declined-after-all",
        "closed",
        true,
        &[OPENED, ("terminal", "declined", "")],
    ),
];

pub(super) struct Sale {
    pub(super) hold: &'static str,
    pub(super) receipt: i64,
    pub(super) change_minor: i64,
    /// What the device asked for it with; a card settles by itself, without one.
    pub(super) key: Option<&'static str>,
    /// Language, state, copy and tries of each paper.
    pub(super) papers: &'static [(&'static str, &'static str, i64, i64)],
}

pub(super) const SALES: [Sale; 4] = [
    Sale {
        hold: "settled-cash",
        receipt: 1,
        change_minor: 1700,
        key: Some("settle-cash"),
        papers: &[
            ("en", "printed", 0, 1),
            ("en", "printed", 0, 1),
            ("en", "printed", 1, 2),
        ],
    },
    Sale {
        hold: "settled-by-person",
        receipt: 2,
        change_minor: 0,
        key: None,
        papers: &[],
    },
    Sale {
        hold: "settled-mixed",
        receipt: 3,
        change_minor: 0,
        key: Some("settle-mixed"),
        papers: &[("en", "sending", 0, 1), ("en", "uncertain", 1, 2)],
    },
    Sale {
        hold: "settled-card",
        receipt: 4,
        change_minor: 0,
        key: None,
        papers: &[("de", "queued", 0, 0), ("de", "queued", 0, 0)],
    },
];
