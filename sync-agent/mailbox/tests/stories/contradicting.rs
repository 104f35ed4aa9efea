//! Another history under the same numbers: it is kept, and nothing of it is applied.

use mailbox::inbox;
use mailbox::inbox::{Applied, MOST_FORKS};
use wire::{Event, Position};

use crate::{Reader, events_after, frame_of, up};

fn told_ab() -> (Reader, Vec<Event>) {
    let reader = Reader::new();
    let events = events_after(Position::START, &["a", "b", "c"]);
    reader.apply(&frame_of(1, &events[..1]));
    reader.apply(&frame_of(1, &events[1..2]));
    (reader, events)
}

fn forks(reader: &Reader, incarnation: u8) -> Vec<Vec<Event>> {
    let forks = reader.read(move |snapshot| inbox::forks(snapshot, &up(incarnation)));
    forks
        .iter()
        .map(|fork| reader.journal(fork.stream))
        .collect()
}

#[test]
fn a_fork_is_kept_and_never_applied() {
    let (reader, events) = told_ab();
    let other = events_after(events[0].position(), &["B", "C", "D"]);
    let whole = [&events[..1], &other[..]].concat();
    assert_eq!(reader.apply(&frame_of(1, &whole[..3])), Applied::Forked(2));
    assert_eq!(forks(&reader, 1), [other[..2].to_vec()]);

    // Again, and in other pieces: still one fork.
    assert_eq!(reader.apply(&frame_of(1, &whole[..3])), Applied::Forked(2));
    assert_eq!(reader.apply(&frame_of(1, &other[..1])), Applied::Forked(2));
    assert_eq!(reader.apply(&frame_of(1, &other)), Applied::Forked(2));
    assert_eq!(forks(&reader, 1), [other]);

    assert_eq!(reader.told(), ["a", "b"]);
    assert_eq!(
        reader.apply(&frame_of(1, &events[2..])),
        Applied::Further(events[2].position())
    );
    assert_eq!(reader.journal(reader.stream), events);
}

#[test]
fn a_fork_that_begins_after_the_head_is_seen_by_its_hash() {
    let (reader, events) = told_ab();
    let mut other = events_after(events[0].position(), &["B", "C"]);
    let next = other.split_off(1);
    assert_eq!(reader.apply(&frame_of(1, &next)), Applied::Forked(3));
    assert_eq!(forks(&reader, 1), [next]);
    assert_eq!(reader.position(), events[1].position());
}

#[test]
fn a_mad_box_fills_no_disk() {
    let (reader, events) = told_ab();
    for number in 0..MOST_FORKS + 5 {
        let reason = format!("mad-{number}");
        let other = events_after(events[0].position(), &[&reason]);
        assert_eq!(reader.apply(&frame_of(1, &other)), Applied::Forked(2));
    }
    assert_eq!(forks(&reader, 1).len(), MOST_FORKS as usize);
}

#[test]
fn a_stray_frame_moves_nothing() {
    let (reader, events) = told_ab();
    let before = reader.position();
    // What will come again in the open session is not kept.
    reader.keep_stray(&frame_of(1, &events[1..]));
    reader.keep_stray(&frame_of(1, &events[..1]));
    assert!(forks(&reader, 1).is_empty());
    // Another history, and another life, are facts.
    let other = events_after(events[0].position(), &["B"]);
    reader.keep_stray(&frame_of(1, &other));
    assert_eq!(forks(&reader, 1), [other]);
    let life = events_after(Position::START, &["x", "y"]);
    reader.keep_stray(&frame_of(2, &life[..1]));
    reader.keep_stray(&frame_of(2, &life));
    assert_eq!(forks(&reader, 2), [life]);
    assert_eq!(reader.position(), before);
    assert_eq!(reader.told(), ["a", "b"]);
}
