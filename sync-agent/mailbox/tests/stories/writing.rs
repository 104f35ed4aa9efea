//! The outbox.

use database::Snapshot;
use mailbox::outbox::Acknowledged;
use mailbox::{Error, outbox};
use wire::event::CinemaDescribed;
use wire::{Event, EventError, Hash, Position};

use crate::{Writer, draft, saying};

#[test]
fn events_are_numbered_and_chained() {
    let writer = Writer::new();
    assert_eq!(writer.after(0), []);
    let last = ["a", "b", "c"].map(|reason| writer.push(reason))[2];
    let events = writer.after(0);
    assert_eq!(events.iter().map(Event::seq).collect::<Vec<_>>(), [1, 2, 3]);
    let mut head = Position::START;
    for event in &events {
        assert!(event.follows(&head));
        head = event.position();
    }
    assert_eq!(head, last);
    assert_eq!(writer.after(2), events[2..]);
    assert_eq!(writer.after(3), []);
    assert_eq!(writer.after(u64::from(u32::MAX)), []);
}

#[test]
fn an_event_is_written_with_its_change_or_not_at_all() {
    let writer = Writer::new();
    writer.push("a");
    let stream = writer.stream;
    let refused = writer.write(move |tx| {
        outbox::push(tx, stream, 7, &[draft("id-b", saying("b"))], None)?;
        Err::<(), _>(Error::Database(database::Error::Conflict))
    });
    assert!(refused.is_err());
    writer.push("c");
    let events = writer.after(0);
    assert_eq!(events.len(), 2);
    assert!(events[1].follows(&events[0].position()));
}

#[test]
fn an_event_that_is_too_large_is_refused() {
    let writer = Writer::new();
    let stream = writer.stream;
    let refused = writer.write(move |tx| {
        let body = saying(&"x".repeat(100_000));
        outbox::push(tx, stream, 7, &[draft("id-a", body)], None)
    });
    assert!(matches!(
        refused,
        Err(Error::Event(EventError::TooLarge(_)))
    ));
    assert_eq!(writer.after(0), []);
}

#[test]
fn a_long_stream_is_read_in_parts() {
    let writer = Writer::new();
    let stream = writer.stream;
    for (count, bytes) in [(3_000_usize, 10), (30, 50_000)] {
        writer
            .write(move |tx| {
                let numbered =
                    |number| draft(&format!("id-{bytes}-{number}"), saying(&"x".repeat(bytes)));
                let drafts: Vec<_> = (0..count).map(numbered).collect();
                outbox::push(tx, stream, 7, &drafts, None)
            })
            .unwrap();
    }
    let mut parts = 0;
    let mut head = Position::START;
    loop {
        let part = writer.after(head.seq);
        let bytes: usize = part.iter().map(|event| event.bytes().len()).sum();
        assert!(part.len() <= outbox::MOST_EVENTS && bytes < outbox::MOST_BYTES + 60_000);
        for event in &part {
            assert!(event.follows(&head));
            head = event.position();
        }
        if part.is_empty() {
            break;
        }
        parts += 1;
    }
    assert_eq!(head.seq, 3_030);
    assert!((6..=12).contains(&parts), "{parts} parts");
}

#[test]
fn an_acknowledgement_counts_only_with_the_right_hash() {
    let writer = Writer::new();
    let [a, b, c] = ["a", "b", "c"].map(|reason| writer.push(reason));
    let wrong = |seq| Position {
        seq,
        hash: Hash::ZERO,
    };
    let check = |told: Position, meant: Acknowledged, now: Position| {
        assert_eq!(writer.acknowledge(told), meant, "{told:?}");
        assert_eq!(writer.acknowledged(), now);
    };
    check(Position::START, Acknowledged::Known, Position::START);
    check(wrong(2), Acknowledged::Contradicts, Position::START);
    check(b, Acknowledged::Further, b);
    check(b, Acknowledged::Known, b);
    check(a, Acknowledged::Known, b);
    check(wrong(2), Acknowledged::Contradicts, b);
    check(wrong(4), Acknowledged::Contradicts, b);
    check(wrong(u64::MAX), Acknowledged::Contradicts, b);
    check(c, Acknowledged::Further, c);
}

#[test]
fn what_is_not_acknowledged_is_counted_by_type() {
    let writer = Writer::new();
    let stream = writer.stream;
    let first = writer.push("a");
    writer
        .write(move |tx| {
            let body = CinemaDescribed {
                selling: None,
                cinema: crate::cinema(),
                name: "Metropol".into(),
                zone: "Europe/Berlin".into(),
                currency: "EUR".parse().unwrap(),
                day_starts: 360,
            };
            outbox::push(tx, stream, 7, &[draft("id-x", body)], None)
        })
        .unwrap();
    let last = writer.push("b");
    let check = |described: u64, cancelled: u64| {
        let wanted = [
            ("cinema_described", described),
            ("showtime_cancelled", cancelled),
            ("film_imported", 0),
        ];
        for (kind, count) in wanted {
            let waiting = move |snapshot: &mut Snapshot<'_>| {
                outbox::unacknowledged_of(snapshot, stream, kind)
            };
            assert_eq!(writer.read(waiting), count, "{kind}");
        }
    };
    check(1, 2);
    writer.acknowledge(first);
    check(1, 1);
    writer.acknowledge(last);
    check(0, 0);
}

#[test]
fn a_wrong_guess_of_the_head_changes_nothing() {
    let writer = Writer::new();
    let stream = writer.stream;
    let first = writer.push("a");
    let lost = Position {
        seq: 7,
        hash: first.hash,
    };
    for (name, guess) in [
        ("b", Some(first)),
        ("c", Some(first)),
        ("d", Some(lost)),
        ("e", None),
    ] {
        let pushed = writer
            .write(move |tx| outbox::push(tx, stream, 7, &[draft(name, saying(name))], guess));
        assert_eq!(pushed.unwrap(), writer.after(0).last().unwrap().position());
    }
    let events = writer.after(0);
    assert_eq!(events.len(), 5);
    assert!(
        events
            .windows(2)
            .all(|pair| pair[1].follows(&pair[0].position()))
    );
}
