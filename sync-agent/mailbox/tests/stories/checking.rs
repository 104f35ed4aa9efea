//! Whether the chain of an own stream is whole.

use mailbox::outbox::{self, Chain, Look};

use crate::Writer;

impl Writer {
    fn check(&self, look: Look) -> Chain {
        let stream = self.stream;
        self.write(move |tx| outbox::check(tx, stream, look))
            .unwrap()
    }

    /// Does this to what is stored, which no program of ours does.
    fn spoil(&self, sql: &'static str) {
        self.write(move |tx| Ok(tx.execute(sql, &[])?)).unwrap();
    }
}

const LAST_BYTE_OF_THE_SECOND: &str = "UPDATE event SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS BLOB) WHERE (place & 255) = 2";

#[test]
fn what_was_written_is_whole() {
    let writer = Writer::new();
    assert_eq!(writer.check(Look::New), Chain::Whole);
    for reason in ["a", "b", "c"] {
        writer.push(reason);
        assert_eq!(writer.check(Look::New), Chain::Whole);
    }
    assert_eq!(writer.check(Look::Whole), Chain::Whole);
}

#[test]
fn another_event_a_missing_one_and_another_head_are_found() {
    let head = "UPDATE stream SET seq = seq - 1";
    let gone = "DELETE FROM event WHERE (place & 255) = 2";
    let unreadable = "UPDATE event SET bytes = x'00' WHERE (place & 255) = 2";
    // One that can be read is known to be another by the next, which names the one that was written.
    for (sql, after) in [
        (LAST_BYTE_OF_THE_SECOND, 2),
        (unreadable, 1),
        (gone, 1),
        (head, 2),
    ] {
        let writer = Writer::new();
        for reason in ["a", "b", "c"] {
            writer.push(reason);
        }
        writer.spoil(sql);
        assert_eq!(writer.check(Look::New), Chain::Broken { after }, "{sql}");
        let stream = writer.stream;
        writer
            .write(move |tx| outbox::take_as_checked(tx, stream))
            .unwrap();
        assert_eq!(writer.check(Look::New), Chain::Whole);
    }
}

#[test]
fn only_what_is_new_is_looked_at_unless_all_is_asked_for() {
    let writer = Writer::new();
    for reason in ["a", "b", "c"] {
        writer.push(reason);
    }
    assert_eq!(writer.check(Look::New), Chain::Whole);
    writer.spoil(LAST_BYTE_OF_THE_SECOND);
    writer.push("d");
    assert_eq!(writer.check(Look::New), Chain::Whole);
    assert_eq!(writer.check(Look::Whole), Chain::Broken { after: 2 });
    // It stays found.
    for _ in 0..2 {
        assert_eq!(writer.check(Look::New), Chain::Broken { after: 2 });
    }
}
