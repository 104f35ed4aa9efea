//! The inbox, as long as nobody contradicts.

use ciborium::Value;
use database::Scope;
use mailbox::inbox::{Applied, Halt, Heard};
use mailbox::{Error, inbox};
use wire::{Event, Position};

use crate::{Reader, at_once, events_after, frame_of, up, write_down};

#[test]
fn what_comes_next_is_applied_once() {
    let reader = Reader::new();
    let events = events_after(Position::START, &["a", "b", "c", "d"]);
    let at = |place: usize| events[place].position();
    let check = |from: usize, to: usize, applied: Applied, told: &[&str]| {
        assert_eq!(reader.apply(&frame_of(1, &events[from..to])), applied);
        assert_eq!(reader.told(), told);
    };
    check(1, 2, Applied::Gap, &[]);
    check(0, 2, Applied::Further(at(1)), &["a", "b"]);
    check(0, 1, Applied::Known, &["a", "b"]);
    check(0, 2, Applied::Known, &["a", "b"]);
    check(3, 4, Applied::Gap, &["a", "b"]);
    check(1, 3, Applied::Further(at(2)), &["a", "b", "c"]);
    check(0, 4, Applied::Further(at(3)), &["a", "b", "c", "d"]);
    assert_eq!(reader.position(), at(3));
    assert_eq!(reader.journal(reader.stream), events);
}

#[test]
fn an_error_while_applying_undoes_the_whole_frame() {
    let reader = Reader::new();
    let events = events_after(Position::START, &["a", "b"]);
    let frame = frame_of(1, &events);
    let refused = at_once(reader.database.write(Scope::Nothing, {
        let frame = frame.clone();
        move |tx| {
            inbox::apply(tx, &up(1), &frame, 8, |tx, event, body| {
                write_down(tx, event, body)?;
                match event.seq() {
                    2 => Err(Error::Database(database::Error::Busy)),
                    _ => Ok(Heard::Done),
                }
            })
        }
    }));
    assert_eq!(refused, Err(Error::Database(database::Error::Busy)));
    assert_eq!(reader.position(), Position::START);
    assert_eq!(
        (reader.told(), reader.journal(reader.stream)),
        (vec![], vec![])
    );
    assert_eq!(reader.apply(&frame), Applied::Further(events[1].position()));
}

#[test]
fn a_frame_of_another_stream_is_not_applied() {
    let reader = Reader::new();
    let frame = frame_of(2, &events_after(Position::START, &["a"]));
    let refused = at_once(reader.database.write(Scope::Nothing, move |tx| {
        inbox::apply(tx, &up(1), &frame, 8, write_down)
    }));
    assert_eq!(refused, Err(Error::OtherStream));
}

/// An event of a type that only a later version knows.
fn of_a_later_version(head: &Position, may_be_skipped: bool) -> Event {
    let text = |text: &str| Value::Text(text.to_owned());
    let map = Value::Map(vec![
        (text("seq"), Value::from(head.seq + 1)),
        (text("prev"), Value::Bytes(head.hash.as_bytes().to_vec())),
        (text("id"), text("event-new")),
        (text("type"), text("popcorn_sold")),
        (text("skip"), Value::Bool(may_be_skipped)),
        (text("time"), Value::from(7)),
        (text("data"), Value::Bytes(vec![0xa0])),
    ]);
    let mut bytes = Vec::new();
    ciborium::into_writer(&map, &mut bytes).unwrap();
    Event::decode(bytes).unwrap()
}

#[test]
fn an_unknown_event_that_may_be_skipped_is_passed_over() {
    let reader = Reader::new();
    let mut events = events_after(Position::START, &["a"]);
    events.push(of_a_later_version(&events[0].position(), true));
    events.extend(events_after(events[1].position(), &["c"]));
    let applied = reader.apply(&frame_of(1, &events));
    assert_eq!(applied, Applied::Further(events[2].position()));
    assert_eq!(reader.told(), ["a", "c"]);
}

#[test]
fn an_unknown_event_that_must_be_understood_halts_the_stream() {
    let reader = Reader::new();
    let mut events = events_after(Position::START, &["a"]);
    events.push(of_a_later_version(&events[0].position(), false));
    events.extend(events_after(events[1].position(), &["c"]));
    let halt = Halt {
        seq: 2,
        kind: "popcorn_sold".to_owned(),
    };
    let stream = reader.stream;
    for frame in [&events[..], &events[..], &events[1..]] {
        let applied = reader.apply(&frame_of(1, frame));
        assert_eq!(applied, Applied::Halted(halt.clone()));
        assert_eq!(reader.position(), events[0].position());
        let shown = reader.read(move |snapshot| inbox::halt(snapshot, stream));
        assert_eq!(shown, Some(halt.clone()));
    }
    assert_eq!(reader.told(), ["a"]);
    assert_eq!(reader.journal(stream), events[..1]);
}
