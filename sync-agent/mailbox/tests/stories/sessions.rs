//! The numbers of sessions.

use mailbox::session;
use wire::{End, Standing};

use crate::{Writer, cinema};

fn standing(end: &Writer) -> Standing {
    let stream = end.stream;
    end.read(move |snapshot| session::standing(snapshot, &cinema(), stream, stream))
}

fn store(end: &Writer, which: End, number: u64) {
    end.write(move |tx| session::store(tx, &cinema(), which, number))
        .unwrap();
}

fn confirm(end: &Writer, number: u64) {
    end.write(move |tx| session::confirm(tx, &cinema(), number))
        .unwrap();
}

#[test]
fn the_hub_gives_and_never_goes_back() {
    let hub = Writer::new();
    assert_eq!(standing(&hub), Standing::START);
    for (number, given) in [(1, 1), (3, 3), (2, 3)] {
        store(&hub, End::Hub, number);
        assert_eq!(standing(&hub).given, given);
    }
    for (number, confirmed) in [(1, 1), (3, 3), (2, 3)] {
        confirm(&hub, number);
        let now = standing(&hub);
        assert_eq!((now.confirmed, now.given), (confirmed, 3));
    }
    assert!(standing(&hub).pending.is_empty());
}

#[test]
fn the_box_remembers_what_it_opened_until_it_was_heard() {
    let the_box = Writer::new();
    for number in [1, 2, 2, 4] {
        store(&the_box, End::Box, number);
    }
    assert_eq!(standing(&the_box).pending, [1, 2, 4]);
    confirm(&the_box, 2);
    let now = standing(&the_box);
    assert_eq!((now.confirmed, now.pending), (2, vec![4]));
    for number in 5..100 {
        store(&the_box, End::Box, number);
    }
    let kept = u64::from(session::MOST_PENDING);
    assert_eq!(
        standing(&the_box).pending,
        (100 - kept..100).collect::<Vec<_>>()
    );
}

#[test]
fn where_an_end_stands_is_where_its_streams_end() {
    let end = Writer::new();
    let head = end.push("a");
    let now = standing(&end);
    assert_eq!((now.written, now.applied), (head, head));
}
