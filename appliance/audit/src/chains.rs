//! What is wrong with streams: each by itself, and where two sides hold one.

use wire::Stream;

use crate::books::Books;
use crate::finding::{Findings, Name};
use crate::streams::StreamSeen;

/// What each stream is found to be by itself.
pub(crate) fn each(books: &Books, findings: &mut Findings<'_>) {
    for stream in &books.streams {
        let name = stream.name();
        if stream.fork > 0 {
            let words = format!(
                "another history of the stream {name} was told, up to event {}; it is kept and not applied",
                stream.head.seq
            );
            findings.find(Name::StreamForked, name.clone(), words);
        }
        for (wrong, seq, words) in &stream.wrong {
            let about = format!("{name} event {seq}");
            findings.find(*wrong, about, format!("stream {name}: {words}"));
        }
        if stream.is_pruned {
            findings.waits(format!(
                "the stream {name} is kept from event {} on: what it told before is compared with nothing any more",
                stream.begins.seq + 1
            ));
        }
        if stream.is_unread {
            findings.waits(format!(
                "some of the stream {name} was signed by a key that is not kept any more: only its hashes are compared"
            ));
        }
    }
}

/// Whether both sides hold the same, as far as the reader has come.
pub(crate) fn both(at_hub: &Books, at_box: &Books, findings: &mut Findings<'_>) {
    for direction in [Stream::Up, Stream::Down] {
        let (writer, reader) = match direction {
            Stream::Up => (at_box, at_hub),
            Stream::Down => (at_hub, at_box),
        };
        // The lives of a box that was replaced are nobody's any more; the last one is the box's.
        let last = of(writer, direction).map(|it| it.life.0).max();
        for written in of(writer, direction) {
            let read = of(reader, direction).find(|it| it.life == written.life);
            // What a side has forgotten of an earlier life it was told when it began another.
            let has_forgotten = writer.losses > 0 && last.is_some_and(|it| written.life.0 < it);
            compare((written, has_forgotten), read, findings);
        }
        for read in of(reader, direction) {
            let is_known = of(writer, direction).any(|it| it.life == read.life)
                || reader.former_lives.contains(&read.life);
            if !is_known && last.is_none_or(|last| read.life.0 >= last) && read.head.seq > 0 {
                let name = read.name();
                let words = format!(
                    "{} events of the stream {name} are applied, which its writer does not have",
                    read.head.seq
                );
                findings.find(Name::StreamAheadOfItsWriter, name, words);
            }
        }
    }
}

fn of(books: &Books, direction: Stream) -> impl Iterator<Item = &StreamSeen> {
    let streams = books.streams.iter();
    streams.filter(move |it| it.direction == direction && it.fork == 0)
}

fn compare(
    (written, has_forgotten): (&StreamSeen, bool),
    read: Option<&StreamSeen>,
    findings: &mut Findings<'_>,
) {
    let name = written.name();
    let applied = read.map_or(0, |read| read.head.seq);
    if written.acknowledged.seq > applied {
        let words = format!(
            "stream {name}: event {} counts as acknowledged, and the reader ends at {applied}",
            written.acknowledged.seq
        );
        findings.find(Name::AcknowledgedAndNotThere, name.clone(), words);
    }
    let Some(read) = read else { return };
    if applied > written.head.seq && !has_forgotten {
        let words = format!(
            "stream {name}: event {applied} is applied, and its writer ends at {}",
            written.head.seq
        );
        findings.find(Name::StreamAheadOfItsWriter, name.clone(), words);
    }
    let begins = written.begins.seq.max(read.begins.seq);
    let kept_of = |stream: &StreamSeen| usize::try_from(begins - stream.begins.seq);
    let kept = |stream: &'_ StreamSeen| kept_of(stream).unwrap_or(usize::MAX);
    let of_writer = written.hashes.iter().skip(kept(written));
    let of_reader = read.hashes.iter().skip(kept(read));
    let differs = of_writer
        .zip(of_reader)
        .position(|(one, other)| one != other);
    if let Some(index) = differs {
        let event = begins + index as u64 + 1;
        let about = format!("{name} event {event}");
        let words = format!("stream {name}: the two sides hold another event {event}");
        findings.find(Name::StreamsDiffer, about, words);
    }
}
