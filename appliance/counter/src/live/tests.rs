use box_office::{Layout, Place, SeatKind};

use super::*;

fn layout() -> Layout {
    let place = |number: i32| Place {
        seat: format!("A{number}").parse().unwrap(),
        block: None,
        row: "A".into(),
        number: number.to_string(),
        kind: SeatKind::Standard,
        x: number * 100,
        y: 100,
        turn: 0,
        with: None,
        run: 0,
    };
    let places = (1..=3).map(place).collect();
    Layout {
        version: 1,
        width: 500,
        depth: 300,
        focus: (200, 100),
        gallery_from: None,
        blocks: Vec::new(),
        places,
    }
}

fn live() -> (LiveSeats, ShowtimeId) {
    let (live, showtime) = (LiveSeats::new([7; 8]), "one".parse().unwrap());
    keep(&live, &showtime, layout());
    (live, showtime)
}

fn keep(live: &LiveSeats, showtime: &ShowtimeId, layout: Layout) {
    let plan = Arc::new(Plan::new(layout));
    live.keep(showtime, plan, vec![SeatState::Free; 3]);
}

fn kept(live: &LiveSeats, showtime: &ShowtimeId) -> KeptMap {
    live.kept(showtime).unwrap()
}

#[test]
fn a_watcher_gets_what_it_missed_or_is_told_to_fetch() {
    let (live, showtime) = live();
    let first = kept(&live, &showtime).bytes().version;
    live.change(&showtime, &[(1, SeatState::Held)]);
    live.change(&showtime, &[(1, SeatState::Held)]);
    live.change(&showtime, &[(1, SeatState::Sold), (7, SeatState::Sold)]);
    let map = kept(&live, &showtime).bytes();
    assert_eq!(map.version, first + 2, "what changes nothing is no version");
    assert!(String::from_utf8_lossy(&map.json).contains(r#"{"seat":"A2","state":"sold"}"#));
    let missed = |known| {
        kept(&live, &showtime)
            .watch(known)
            .missed
            .map(|changes| changes.len())
    };
    assert_eq!(missed(Some(first)), Some(2));
    assert_eq!(missed(Some(first + 1)), Some(1));
    assert_eq!(missed(Some(first + 2)), Some(0));
    assert_eq!(missed(Some(first + 3)), None, "a version of another life");
    assert_eq!(missed(None), None);
    assert_eq!(missed(Some(u64::MAX)), None, "no version at all");
    for _ in 0..REMEMBERED {
        live.change(&showtime, &[(0, SeatState::Held)]);
        live.change(&showtime, &[(0, SeatState::Free)]);
    }
    assert_eq!(missed(Some(first + 2)), None, "too old");
}

#[test]
fn a_map_that_nobody_asked_for_is_not_kept() {
    let (live, _) = live();
    let other = "other".parse().unwrap();
    live.change(&other, &[(0, SeatState::Sold)]);
    assert!(live.kept(&other).is_none());
}

#[test]
fn a_map_that_is_drawn_anew_has_no_version_of_an_earlier_one() {
    let (live, showtime) = live();
    let mut known = kept(&live, &showtime).bytes().version;
    for changes in [0, 3, 1] {
        for _ in 0..changes {
            live.change(&showtime, &[(0, SeatState::Held)]);
            live.change(&showtime, &[(0, SeatState::Free)]);
        }
        known = known.max(kept(&live, &showtime).bytes().version);
        live.keep_only(|_| false);
        assert!(live.kept(&showtime).is_none());
        keep(&live, &showtime, layout());
        let version = kept(&live, &showtime).bytes().version;
        assert!(version > known, "{version} after {known}");
        let missed = kept(&live, &showtime).watch(Some(known)).missed;
        assert!(missed.is_none(), "whoever knew the other one fetches it");
    }
    let other = LiveSeats::new([8; 8]);
    keep(&other, &showtime, layout());
    assert_ne!(kept(&other, &showtime).bytes().version, known);
}

#[test]
fn a_map_that_is_forgotten_is_read_as_it_was_by_whoever_has_it_and_watched_no_more() {
    let (live, showtime) = live();
    let map = kept(&live, &showtime);
    let mut watch = map.watch(None);
    let before = map.bytes();
    live.forget(&showtime);
    assert!(live.kept(&showtime).is_none());
    // As by whoever had looked it up a moment before.
    map.0.lock().change(&[(0, SeatState::Held)]);
    let after = map.bytes();
    assert_eq!(after.version, before.version, "the next one begins there");
    assert_eq!(after.json, before.json, "of one version there is one map");
    assert_eq!(map.shown().0.len(), 3);
    drop(map);
    let ended = broadcast::error::TryRecvError::Closed;
    assert_eq!(watch.following.try_recv().unwrap_err(), ended);
}

#[test]
fn what_the_other_side_has_is_free_while_it_is_reached() {
    let (live, showtime) = live();
    let of = |live: &LiveSeats| kept(live, &showtime).shown().1;
    let second = Duration::from_secs(1);
    use SeatState::{Free, Held, OutOfReach, Sold};
    live.change(&showtime, &[(0, OutOfReach), (1, OutOfReach)]);
    assert_eq!(of(&live), [OutOfReach, OutOfReach, Free]);

    let before = kept(&live, &showtime).bytes().version;
    live.reach(true, second);
    assert_eq!(of(&live), [Free, Free, Free]);
    let missed = kept(&live, &showtime).watch(Some(before)).missed.unwrap();
    let told: Vec<_> = missed.iter().flat_map(|change| &change.seats).collect();
    assert_eq!(told.len(), 2, "whoever watches is told: {told:?}");
    live.reach(true, second);
    let after = kept(&live, &showtime).bytes().version;
    assert_eq!(after, before + 1, "what changes nothing is no version");

    let asked = ["A1".parse().unwrap(), "A3".parse().unwrap()];
    live.not_given(&showtime, &asked, second);
    assert_eq!(of(&live), [Held, Free, Free], "A3 is this side's");
    live.reach(true, second * 30);
    assert_eq!(of(&live), [Held, Free, Free]);
    live.reach(false, second * 30);
    assert_eq!(of(&live), [OutOfReach, OutOfReach, Free]);
    live.reach(true, second * 31);
    assert_eq!(of(&live), [Free, Free, Free], "it may have let it go");

    live.not_given(&showtime, &asked, second * 31);
    live.change(&showtime, &[(0, Sold), (1, Free)]);
    live.reach(false, second * 31);
    assert_eq!(of(&live), [Sold, Free, Free]);
    let other = "other".parse().unwrap();
    live.reach(true, second * 31);
    live.keep(&other, Arc::new(Plan::new(layout())), vec![OutOfReach; 3]);
    assert_eq!(kept(&live, &other).shown().1, [Free; 3]);
}

#[test]
fn what_was_counted_holds_until_a_seat_changes_and_every_change_is_noted() {
    let (live, showtime) = live();
    let unkept: ShowtimeId = "unkept".parse().unwrap();
    let count = |showtime: &ShowtimeId| {
        if let Count::Wanted(number) = live.counted().of(showtime) {
            let counts = Counts::default();
            live.counted().keep(showtime, number, counts);
        }
    };
    let check = |what: &str, change: &dyn Fn(), is_known: [bool; 2]| {
        count(&showtime);
        count(&unkept);
        let before = live.changes();
        change();
        assert!(live.changes() > before, "{what} is noted");
        let known = [&showtime, &unkept].map(|it| live.counted().of(it));
        let known = known.map(|count| matches!(count, Count::Known(_)));
        assert_eq!(known, is_known, "{what}");
    };
    let held = &[(1, SeatState::Held)];
    check("a seat", &|| live.change(&showtime, held), [false, true]);
    // Nobody watches it, and it is counted all the same.
    check("unkept", &|| live.change(&unkept, held), [true, false]);
    check("another room", &|| live.forget(&showtime), [false, true]);
    let reach = || live.reach(true, Duration::ZERO);
    check("the other side", &reach, [true, true]);
    let keep_only = || live.keep_only(|it| *it == showtime);
    check("a new programme", &keep_only, [true, false]);
}
