//! The edges that no real box can be brought to today, each with its reason. The list is exact.

use std::collections::BTreeSet;

use box_office::checkout::table::lines;

/// Each reason, and the edges that it is given for.
const OUT_OF_REACH: [(&str, &[&str]); 9] = [
    (
        "no counter tells a purchase so: an import changes the programme alone, and no seat that is held leaves its side",
        &NOBODY_TELLS,
    ),
    (
        "one payment at a time has no outcome, and its hold stands still",
        &ONE_AT_A_TIME,
    ),
    ("whoever settles what is sold is given its sale", &SOLD),
    (
        "no terminal of a box has the guest do something with their bank",
        &NO_STEP,
    ),
    (
        "no person is asked before a showtime is over, nor of what is taken and kept",
        &NO_CASE,
    ),
    (
        "a person is asked when nothing can be issued any more: what they say was taken goes back in the same transaction",
        &AT_ONCE,
    ),
    (
        "the box has counted the cash itself, and no terminal is asked about it",
        &CASH,
    ),
    ("it is a case from the beginning", &IS_A_CASE),
    ("no counter has refunds", &NO_REFUND),
];

/// Every edge at which something changes, is done or is refused.
pub fn all() -> BTreeSet<String> {
    let lines = lines().into_iter();
    let edges = lines.filter(|line| !line.comes_to.is_idle);
    edges.map(|line| line.to_string()).collect()
}

/// Asserts that each edge was taken or is listed, and none both.
pub fn check(taken: &BTreeSet<String>) {
    let all = all();
    let listed: BTreeSet<String> = OUT_OF_REACH
        .iter()
        .flat_map(|(_, edges)| edges.iter().map(|edge| (*edge).to_owned()))
        .collect();
    let complain = |what: &str, edges: Vec<&String>| match edges.is_empty() {
        true => String::new(),
        false => format!("{what}: {edges:#?}\n"),
    };
    let missing = all
        .iter()
        .filter(|edge| !taken.contains(*edge) && !listed.contains(*edge));
    let complaints = [
        complain("no edge of a machine", listed.difference(&all).collect()),
        complain(
            "taken, and listed as out of reach",
            listed.intersection(taken).collect(),
        ),
        complain("neither taken nor listed", missing.collect()),
    ]
    .concat();
    assert!(complaints.is_empty(), "{complaints}");
}

const NOBODY_TELLS: [&str; 6] = [
    "purchase: open, ShowtimeGone: ended, Free, GiveBackAll { by_hand: false }",
    "purchase: open, SeatLost: ended, Free, GiveBackAll { by_hand: false }",
    "purchase: open (time over), ShowtimeGone: ended, Free, GiveBackAll { by_hand: false }",
    "purchase: open (time over), SeatLost: ended, Free, GiveBackAll { by_hand: false }",
    "purchase: paying, ShowtimeGone: releasing, StopAll",
    "purchase: paying, SeatLost: releasing, StopAll",
];

const ONE_AT_A_TIME: [&str; 8] = [
    "purchase: paying, Failed: releasing, StopAll",
    "purchase: releasing, Failed: stays, StopAll",
    "purchase: open, Captured: settled, Issue, StopAll",
    "purchase: open, Captured: stays, GiveBackThis",
    "purchase: open, Captured: releasing, StopAll",
    "purchase: open (time over), Captured: settled, Issue, StopAll",
    "purchase: open (time over), Captured: stays, GiveBackThis",
    "purchase: open (time over), Captured: releasing, StopAll",
];

const SOLD: [&str; 1] = ["purchase: settled, *Settle*: *refused*, AlreadySold"];

const NO_STEP: [&str; 25] = [
    "payment: intended, \"Step\": step_needed, LookSoon",
    "payment: asked, \"Step\": step_needed, LookSoon",
    "payment: step_needed, \"Step\": stays, LookSoon",
    "payment: stopping, \"Step\": stays, LookSoon",
    "payment: case, \"Step\": stays, LookLater",
    "payment: captured (on word), \"Step\": stays, LookLater",
    "payment: cancelled (on word), \"Step\": stays, LookLater",
    "payment: returning, \"Step\": stays, LookLater",
    "payment: returning (on word), \"Step\": stays, LookLater",
    "payment: returned (on word), \"Step\": stays, LookLater",
    "payment: cancelled, \"Step\": cancelled (on word), LookLater",
    "payment: step_needed, \"NeverHeard\": stopping, Stop",
    "payment: step_needed, \"Waiting\": asked, LookSoon",
    "payment: step_needed, \"Captured\": captured, Tell(Captured)",
    "payment: step_needed, \"Declined\": declined, Tell(Failed)",
    "payment: step_needed, \"Cancelled\": cancelled, Tell(Failed)",
    "payment: step_needed, \"Returned\": returned, Tell(Failed)",
    "payment: step_needed, NoAnswer: stays, LookLater",
    "payment: step_needed, Due: stays, Look",
    "payment: step_needed, Restart: stays, Look",
    "payment: step_needed, Stop: stopping, Stop",
    "payment: step_needed, Deadline: case, Tell(Unknown), LookLater",
    "payment: step_needed, *Taken*: *refused*, Closed",
    "payment: step_needed, *NotTaken*: *refused*, Closed",
    "payment: step_needed, *GivenBack*: *refused*, Closed",
];

const NO_CASE: [&str; 12] = [
    "payment: intended, *Taken*: *refused*, Closed",
    "payment: intended, *NotTaken*: *refused*, Closed",
    "payment: intended, *GivenBack*: *refused*, Closed",
    "payment: asked, *Taken*: *refused*, Closed",
    "payment: asked, *NotTaken*: *refused*, Closed",
    "payment: asked, *GivenBack*: *refused*, Closed",
    "payment: stopping, *Taken*: *refused*, Closed",
    "payment: stopping, *NotTaken*: *refused*, Closed",
    "payment: stopping, *GivenBack*: *refused*, Closed",
    "payment: captured, *Taken*: *refused*, Closed",
    "payment: captured, *NotTaken*: *refused*, Closed",
    "payment: captured, *GivenBack*: *refused*, Closed",
];

const AT_ONCE: [&str; 13] = [
    "payment: captured (on word), NoAnswer: stays, LookLater",
    "payment: captured (on word), Due: stays, Look",
    "payment: captured (on word), Restart: stays, Look",
    "payment: captured (on word), *Taken*: *refused*, Closed",
    "payment: captured (on word), *NotTaken*: *refused*, Closed",
    "payment: captured (on word), *GivenBack*: *refused*, Closed",
    "payment: captured (on word), \"NeverHeard\": stays, Stop",
    "payment: captured (on word), \"Waiting\": stays, LookLater",
    "payment: captured (on word), \"Captured\": captured",
    "payment: captured (on word), \"Declined\": captured",
    "payment: captured (on word), \"Cancelled\": captured",
    "payment: captured (on word), \"Returned\": returned, Tell(ReturnedUnasked)",
    "payment: captured (on word), GiveBack { by_hand: true }: returning (on word), Return",
];

const CASH: [&str; 15] = [
    "payment: captured (on word), GiveBack { by_hand: false }: owed (on word), Tell(StillOwed)",
    "payment: captured (on word), GiveBack { by_hand: true }: returned (on word)",
    "payment: owed, \"Returned\": returned, Tell(Returned)",
    "payment: owed (on word), \"Captured\": owed",
    "payment: owed (on word), \"Declined\": cancelled, Tell(Failed)",
    "payment: owed (on word), \"Cancelled\": cancelled, Tell(Failed)",
    "payment: owed (on word), \"Returned\": returned, Tell(Returned)",
    "payment: owed (on word), Deadline: stays, Tell(StillOwed)",
    "payment: owed (on word), *Taken*: *refused*, NotTheQuestion",
    "payment: owed (on word), *NotTaken*: *refused*, NotTheQuestion",
    "payment: owed, *GivenBack*: returned (on word), Tell(Returned), LookLater",
    "payment: owed (on word), *GivenBack*: returned, Tell(Returned)",
    "payment: owed (on word), *GivenBack*: returned (on word), Tell(Returned), LookLater",
    "payment: returning, *GivenBack*: returned, Tell(Returned)",
    "payment: returning (on word), *GivenBack*: returned, Tell(Returned)",
];

const IS_A_CASE: [&str; 2] = [
    "payment: owed, Deadline: stays, Tell(StillOwed)",
    "payment: returning (on word), Deadline: stays, Tell(StillOwed)",
];

const NO_REFUND: [&str; 23] = [
    "refund: requested, Due: revoking, AskToRevoke",
    "refund: revoking, Due: stays, AskToRevoke",
    "refund: requested, Revoked: owed, Free, GiveBack, Tell(Owed)",
    "refund: requested, AlreadyAdmitted: refused, Tell(Refused)",
    "refund: requested, Unproven: owed, GiveBack, Tell(Owed)",
    "refund: requested, Deadline: owed, GiveBack, Tell(Owed)",
    "refund: revoking, Revoked: owed, Free, GiveBack, Tell(Owed)",
    "refund: revoking, AlreadyAdmitted: refused, Tell(Refused)",
    "refund: revoking, Unproven: owed, GiveBack, Tell(Owed)",
    "refund: revoking, Deadline: owed, GiveBack, Tell(Owed)",
    "refund: requested, *GiveBack*: *refused*, Closed",
    "refund: requested, *Keep*: *refused*, Closed",
    "refund: revoking, *GiveBack*: *refused*, Closed",
    "refund: revoking, *Keep*: *refused*, Closed",
    "refund: owed, *GiveBack*: *refused*, Closed",
    "refund: owed, *Keep*: *refused*, Closed",
    "refund: done, *GiveBack*: *refused*, Closed",
    "refund: done, *Keep*: *refused*, Closed",
    "refund: owed, AlreadyAdmitted: stays, Tell(AdmittedAfterAll)",
    "refund: done, AlreadyAdmitted: stays, Tell(AdmittedAfterAll)",
    "refund: owed, Returned: done, Tell(Done)",
    "refund: refused, *GiveBack*: owed, GiveBack, Tell(Owed)",
    "refund: refused, *Keep*: stays, Tell(Kept)",
];
