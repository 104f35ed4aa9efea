//! The evenings of `cargo simulate`: one seed is one evening, and each fault alone is lived through.

use tests::simulation::{Fault, Kept, Plan, What, Who, evening};

/// A short evening without faults.
fn short(seed: u64) -> Plan {
    let mut plan = Plan::of(seed);
    plan.steps = 1_500;
    plan.guests.truncate(80);
    plan.faults.clear();
    plan
}

#[test]
fn the_same_plan_is_the_same_evening_byte_for_byte() {
    let plan = Plan::of(5);
    let (one, other) = (evening(&plan), evening(&plan));
    let differs = (one.trace.iter().zip(&other.trace)).position(|(one, other)| one != other);
    if let Some(place) = differs {
        panic!(
            "they part at {place}: {} | {}",
            one.trace[place], other.trace[place]
        );
    }
    assert_eq!(one.trace.len(), other.trace.len());
    assert_eq!(one.files.len(), 3);
    for (number, (one, other)) in one.files.iter().zip(&other.files).enumerate() {
        let differs = one.iter().zip(other).position(|(one, other)| one != other);
        if let Some(place) = differs {
            let around = place.saturating_sub(40)..(place + 80).min(one.len());
            panic!(
                "database {number} differs at {place}: {:?} | {:?}",
                String::from_utf8_lossy(&one[around.clone()]),
                String::from_utf8_lossy(&other[around])
            );
        }
        assert_eq!(one.len(), other.len(), "database {number}");
    }
}

#[test]
fn each_fault_alone_is_lived_through() {
    let all = [
        What::LineCut(0),
        What::BrokerGone,
        What::Killed(Who::Hub),
        What::Killed(Who::Box(0)),
        What::PowerCut(Who::Hub, Kept::Nothing),
        What::PowerCut(Who::Hub, Kept::Some),
        What::PowerCut(Who::Box(1), Kept::Some),
        What::PowerCut(Who::Box(0), Kept::All),
        What::ClockSet(Who::Hub, 86_400),
        What::ClockSet(Who::Box(0), -3_600),
        What::PrinterOff(0),
        What::TerminalOff(0),
        What::ProviderOff,
        What::Code(0),
        What::HubPutBack,
        What::HubTakenAsItIs,
        What::Moved(0),
    ];
    for (seed, what) in (1..).zip(all) {
        let mut plan = short(seed);
        plan.faults.push(Fault {
            at: 500,
            lasts: 200,
            what,
        });
        let outcome = evening(&plan);
        assert_eq!(outcome.wrong, [""; 0], "{what:?}");
        assert_eq!(outcome.faults, 1, "{what:?}");
        assert!(outcome.sold[1] > 0 && outcome.sold[0] > outcome.sold[1]);
    }
}

/// Cut off, a cinema goes on with seats that were the hub's, and whoever is at home has none of them.
#[test]
fn seats_come_by_code_while_the_line_is_cut() {
    let mut plan = short(31);
    for (at, lasts, what) in [
        (400, 900, What::LineCut(0)),
        (500, 60, What::Code(0)),
        (700, 200, What::Code(0)),
    ] {
        plan.faults.push(Fault { at, lasts, what });
    }
    let outcome = evening(&plan);
    assert_eq!(outcome.wrong, [""; 0]);
    assert_eq!(outcome.faults, 3);
    let scanned: Vec<_> = (outcome.trace.iter())
        .filter(|it| it.starts_with("metropol scans"))
        .collect();
    let is_new = |it: &&&String| it.contains("on sale here");
    let new = scanned.iter().filter(is_new).count();
    assert!(new >= 1 && new < scanned.len(), "{scanned:#?}");
}

/// Back and forth, while the line is cut and seats come by code: who has a seat keeps it, and no epoch falls.
#[test]
fn showtimes_go_to_other_rooms_while_the_line_is_cut() {
    let mut came_along = 0;
    for seed in 41..44 {
        let mut plan = short(seed);
        for (at, lasts, what) in [
            (200, 150, What::Moved(0)),
            (400, 500, What::LineCut(0)),
            (500, 60, What::Code(0)),
            (520, 200, What::Moved(0)),
            (800, 100, What::Code(0)),
            (950, 300, What::Moved(0)),
        ] {
            plan.faults.push(Fault { at, lasts, what });
        }
        let outcome = evening(&plan);
        assert_eq!(outcome.wrong, [""; 0], "{seed}");
        let moved = outcome.trace.iter();
        let moved = moved.filter(|it| it.contains(" instead of "));
        // Where nobody has, or may have, a seat of it there is nothing to go along.
        came_along += moved
            .filter(|it| it.contains("may be sold online") || it.contains("held"))
            .count();
    }
    assert!(came_along >= 2, "{came_along}");
}
