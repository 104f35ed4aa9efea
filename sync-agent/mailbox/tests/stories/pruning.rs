//! What both sides have had for long is removed, and what remains says where it begins.

use mailbox::inbox::Applied;
use mailbox::outbox::{self, Acknowledged, Chain, Look};
use mailbox::prune::{self, DAY_MS, MOST_REMOVED, Piece, Retention};
use mailbox::{Error, StreamKey, inbox, stream};
use wire::{Event, OldestCopy, Position, Stream};

use crate::{Reader, Writer, context, draft, events_after, frame_of, saying, up};

/// What a box keeps that may be put back from a copy of five days.
fn retention(writes: Stream) -> Retention {
    Retention {
        writes,
        kept_ms: 10 * DAY_MS,
        copies_ms: 5 * DAY_MS,
    }
}

impl Writer {
    fn push_many(&self, count: usize) -> Position {
        let stream = self.stream;
        self.write(move |tx| {
            let drafts: Vec<_> = (0..count)
                .map(|number| draft(&format!("id-{number}"), saying("many")))
                .collect();
            outbox::push(tx, stream, 7, &drafts, None)
        })
        .unwrap()
    }

    /// One step at this day of the running time.
    fn step(&self, day: i64) -> Piece {
        self.step_at(day * DAY_MS)
    }

    fn step_at(&self, running_ms: i64) -> Piece {
        let (stream, retention) = (self.stream, retention(Stream::Up));
        self.write(move |tx| prune::step(tx, stream, retention, running_ms))
            .unwrap()
    }

    fn is_due(&self, day: i64) -> bool {
        let due = self.read(move |db| prune::due(db, retention(Stream::Up), day * DAY_MS));
        !due.is_empty()
    }

    fn pruned(&self) -> Position {
        let stream = self.stream;
        self.read(move |db| stream::pruned(db, stream))
    }

    /// The other side has told this of the oldest copy of it.
    fn hear(&self, oldest: Option<OldestCopy>) {
        let own = self.stream;
        let down = StreamKey::down(crate::cinema(), context(1, 1).generation);
        self.write(move |tx| {
            let others = stream::open(tx, &down)?;
            prune::hear(tx, own, others, oldest)
        })
        .unwrap();
    }

    fn keeping(&self) -> wire::Keeping {
        let own = self.stream;
        let down = StreamKey::down(crate::cinema(), context(1, 1).generation);
        self.write(move |tx| {
            let others = stream::open(tx, &down)?;
            prune::keeping(tx, own, others)
        })
        .unwrap()
    }
}

/// A writer of three events, all acknowledged and noted on day 1, and of two more.
fn of_five() -> (Writer, Position) {
    let writer = Writer::new();
    for reason in ["a", "b", "c"] {
        writer.push(reason);
    }
    let third = writer.after(0)[2].position();
    assert_eq!(writer.step(1), Piece::Nothing);
    writer.push("d");
    let head = writer.push("e");
    assert_eq!(writer.acknowledge(head), Acknowledged::Further);
    (writer, third)
}

#[test]
fn what_is_acknowledged_and_old_is_pruned_and_nothing_else() {
    let (writer, third) = of_five();
    assert_eq!(writer.step(10), Piece::Nothing, "not old enough");
    assert_eq!(writer.after(0).len(), 5);
    assert!(writer.is_due(11));
    assert_eq!(writer.step(11), Piece::Removed(3));
    assert_eq!(writer.pruned(), third);
    let kept: Vec<u64> = writer.after(3).iter().map(Event::seq).collect();
    assert_eq!(kept, [4, 5]);
    assert_eq!(writer.step(11), Piece::Nothing);
    assert!(!writer.is_due(11));
}

#[test]
fn what_is_not_acknowledged_is_kept_however_old_it_is() {
    let writer = Writer::new();
    for reason in ["a", "b", "c"] {
        writer.push(reason);
    }
    let first = writer.after(0)[0].position();
    writer.step(1);
    for day in [20, 200, 2_000] {
        assert_eq!(writer.step(day), Piece::Nothing);
    }
    writer.acknowledge(first);
    assert_eq!(writer.step(2_000), Piece::Removed(1));
    assert_eq!(writer.after(1).len(), 2);
}

#[test]
fn what_the_other_side_would_need_is_kept() {
    let (writer, _) = of_five();
    let copy = |applied| {
        let written = 0;
        Some(OldestCopy { written, applied })
    };
    writer.hear(copy(0));
    assert_eq!(writer.step(100), Piece::Nothing);
    writer.hear(copy(2));
    assert_eq!(writer.step(100), Piece::Removed(2));
    // One that tells nothing has none.
    writer.hear(None);
    assert_eq!(writer.step(100), Piece::Removed(1));
}

#[test]
fn age_is_counted_by_what_was_noted_and_by_no_clock() {
    let writer = Writer::new();
    let head = writer.push("a");
    writer.acknowledge(head);
    // Nobody has noted it: it may be of this moment.
    assert_eq!(writer.step(1_000), Piece::Nothing);
    assert_eq!(writer.step(1_009), Piece::Nothing);
    assert_eq!(writer.step(1_010), Piece::Removed(1));
}

#[test]
fn the_oldest_copy_has_what_was_there_when_it_may_have_been_made() {
    let writer = Writer::new();
    writer.push("a");
    writer.step(1);
    writer.push("b");
    assert_eq!(writer.keeping().oldest_copy.written, 0);
    writer.step(5);
    assert_eq!(writer.keeping().oldest_copy.written, 0, "noted on day 1");
    writer.step(6);
    assert_eq!(writer.keeping().oldest_copy.written, 1);
    writer.step(10);
    assert_eq!(writer.keeping().oldest_copy.written, 2, "noted on day 5");
    assert_eq!(writer.keeping().pruned, 0);
}

#[test]
fn few_notes_are_kept() {
    let writer = Writer::new();
    for day in 1..100 {
        for hour in [0, 8, 16] {
            let head = writer.push(&format!("day-{day}-{hour}"));
            writer.acknowledge(head);
            writer.step_at(day * DAY_MS + hour * DAY_MS / 24);
        }
    }
    let notes = writer.read(|db| Ok(db.number("SELECT COUNT(*) FROM stream_day", &[])?));
    assert_eq!(notes, 11, "one a day, and the last that is old enough");
    // Of day 89 the first: it ended there when that day was noted.
    assert_eq!(writer.pruned().seq, 3 * 88 + 1);
}

#[test]
fn what_is_pruned_is_asked_for_in_vain_and_in_words() {
    let (writer, third) = of_five();
    writer.step(11);
    let stream = writer.stream;
    for after in [0, 2] {
        let refused = Err(Error::NotKept { after, pruned: 3 });
        let asked = writer.write(move |tx| outbox::after(tx, stream, after));
        assert_eq!(asked, refused);
        let asked =
            writer.write(move |tx| outbox::all_of_after(tx, stream, "showtime_cancelled", after));
        assert_eq!(asked, refused);
    }
    assert_eq!(writer.acknowledge(third), Acknowledged::Known);
}

#[test]
fn a_chain_is_checked_from_where_it_begins() {
    for look in [Look::New, Look::Whole] {
        let (writer, _) = of_five();
        assert_eq!(writer.step(11), Piece::Removed(3));
        let stream = writer.stream;
        let check = move |writer: &Writer| {
            writer
                .write(move |tx| outbox::check(tx, stream, look))
                .unwrap()
        };
        assert_eq!(check(&writer), Chain::Whole);
        writer.push("f");
        assert_eq!(check(&writer), Chain::Whole);
        writer
            .write(|tx| Ok(tx.execute("DELETE FROM event WHERE (place & 255) = 4", &[])?))
            .unwrap();
        let found = writer
            .write(move |tx| outbox::check(tx, stream, Look::Whole))
            .unwrap();
        assert_eq!(found, Chain::Broken { after: 3 });
    }
}

#[test]
fn a_chain_that_is_broken_is_pruned_no_further() {
    let (writer, _) = of_five();
    writer
        .write(|tx| Ok(tx.execute("DELETE FROM event WHERE (place & 255) = 2", &[])?))
        .unwrap();
    assert_eq!(writer.step(11), Piece::Removed(1));
    assert_eq!(writer.step(11), Piece::Broken { after: 1 });
    assert_eq!(writer.pruned().seq, 1);
}

#[test]
fn a_piece_is_small() {
    let writer = Writer::new();
    let count = MOST_REMOVED + 10;
    let head = writer.push_many(count);
    writer.acknowledge(head);
    writer.step(1);
    assert_eq!(writer.step(11), Piece::Removed(MOST_REMOVED as u64));
    assert_eq!(writer.after(MOST_REMOVED as u64).len(), 10);
    assert_eq!(writer.step(11), Piece::Removed(10));
    assert_eq!(writer.step(11), Piece::Nothing);
    // What is written afterwards goes on from there.
    assert_eq!(writer.push("on").seq, count as u64 + 1);
}

impl Reader {
    fn step(&self, day: i64) -> Piece {
        let stream = self.stream;
        self.write(move |tx| prune::step(tx, stream, retention(Stream::Down), day * DAY_MS))
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut mailbox::Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        crate::at_once(self.database.write(database::Scope::Nothing, work)).unwrap()
    }
}

#[test]
fn frames_that_are_old_are_pruned_whole_and_what_comes_goes_on() {
    let reader = Reader::new();
    let events = events_after(Position::START, &["a", "b", "c", "d", "e"]);
    reader.apply(&frame_of(1, &events[..2]));
    reader.apply(&frame_of(1, &events[2..3]));
    reader.step(1);
    reader.apply(&frame_of(1, &events[3..4]));
    assert_eq!(reader.step(11), Piece::Removed(3));
    assert_eq!(reader.journal(reader.stream), events[3..4]);
    // What comes again is known, and what is new is applied.
    for known in [&events[..2], &events[1..3], &events[..4], &events[2..4]] {
        assert_eq!(reader.apply(&frame_of(1, known)), Applied::Known);
        reader.keep_stray(&frame_of(1, known));
    }
    let last = events[4].position();
    assert_eq!(
        reader.apply(&frame_of(1, &events[2..])),
        Applied::Further(last)
    );
    let forks = reader.read(|db| inbox::forks(db, &up(1)));
    assert_eq!(forks, []);
}

#[test]
fn another_history_of_what_is_kept_is_found_though_it_begins_before() {
    let reader = Reader::new();
    let events = events_after(Position::START, &["a", "b", "c"]);
    for event in &events {
        reader.apply(&frame_of(1, std::slice::from_ref(event)));
        reader.step(i64::try_from(event.seq()).unwrap());
    }
    assert_eq!(reader.step(12), Piece::Removed(2));
    let other = events_after(Position::START, &["a", "b", "other"]);
    assert_eq!(reader.apply(&frame_of(1, &other)), Applied::Forked(3));
    let other = events_after(Position::START, &["a", "other"]);
    assert_eq!(reader.apply(&frame_of(1, &other)), Applied::Forked(2));
}

#[test]
fn frames_after_one_that_is_missing_are_kept() {
    let reader = Reader::new();
    let events = events_after(Position::START, &["a", "b", "c"]);
    for event in &events {
        reader.apply(&frame_of(1, std::slice::from_ref(event)));
    }
    reader.step(1);
    reader.write(|tx| Ok(tx.execute("DELETE FROM frame WHERE (place & 255) = 2", &[])?));
    assert_eq!(reader.step(11), Piece::Removed(1));
    assert_eq!(reader.step(11), Piece::Broken { after: 1 });
    assert_eq!(reader.journal(reader.stream), events[2..]);
}

#[test]
fn a_frame_that_reaches_beyond_what_is_old_is_kept_whole() {
    let reader = Reader::new();
    let events = events_after(Position::START, &["a", "b", "c"]);
    reader.apply(&frame_of(1, &events[..3]));
    reader.step(1);
    let (own, others) = (reader.stream, reader.stream);
    reader.write(move |tx| {
        let (written, applied) = (2, 2);
        let told = OldestCopy { written, applied };
        prune::hear(tx, own, others, Some(told))
    });
    assert_eq!(reader.step(100), Piece::Nothing);
    assert_eq!(reader.journal(reader.stream), events);
}

#[test]
fn a_stream_that_is_read_from_behind_a_position_begins_there() {
    let writer = Writer::new();
    let events = events_after(Position::START, &["a", "b"]);
    let key = up(2);
    let position = events[0].position();
    let opened = writer
        .write(move |tx| stream::open_at(tx, &key, position))
        .unwrap();
    assert_eq!(writer.read(move |db| stream::pruned(db, opened)), position);
}
