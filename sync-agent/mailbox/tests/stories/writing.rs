//! The outbox.

use mailbox::outbox::Acknowledged;
use mailbox::{Error, outbox};
use wire::event::CinemaDescribed;
use wire::{Body, Event, EventError, Hash, Position};

use crate::{Writer, saying};

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
        outbox::push(tx, stream, "id-b".parse().unwrap(), 7, saying("b"))?;
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
        outbox::push(tx, stream, "id-a".parse().unwrap(), 7, body)
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
                let drafts = (0..count).map(|number| outbox::Draft {
                    id: format!("id-{bytes}-{number}").parse().unwrap(),
                    body: saying(&"x".repeat(bytes)),
                });
                outbox::push_all(tx, stream, 7, drafts)
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
            let body = Body::from(CinemaDescribed {
                selling: None,
                cinema: crate::cinema(),
                name: "Metropol".into(),
                zone: "Europe/Berlin".into(),
                currency: "EUR".parse().unwrap(),
                day_starts: 360,
            });
            outbox::push(tx, stream, "id-x".parse().unwrap(), 7, body)
        })
        .unwrap();
    let last = writer.push("b");
    let check = |described: u64, cancelled: u64| {
        let counts = writer.read(move |snapshot| outbox::unacknowledged(snapshot, stream));
        let wanted = [
            ("cinema_described".to_owned(), described),
            ("showtime_cancelled".to_owned(), cancelled),
        ];
        let wanted: Vec<_> = wanted.into_iter().filter(|(_, count)| *count > 0).collect();
        assert_eq!(counts, wanted);
        let of = writer.read(move |snapshot| {
            outbox::unacknowledged_of(snapshot, stream, "showtime_cancelled")
        });
        assert_eq!(of, cancelled);
    };
    check(1, 2);
    writer.acknowledge(first);
    check(1, 1);
    writer.acknowledge(last);
    check(0, 0);
}
