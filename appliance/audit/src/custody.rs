//! Who has each seat: by the rows, by the events that moved it, and by both sides together. An even epoch is the cinema's, an odd one the
//! hub's.

use std::collections::{BTreeMap, BTreeSet};

use wire::Stream;

use crate::books::{Books, Place};
use crate::finding::{Findings, Name};
use crate::streams::Fact;

/// `today-1/A1`.
pub(crate) fn about(place: &Place) -> String {
    format!("{}/{}", place.0, place.1)
}

/// The epochs that the streams give each seat, each with the direction that gave it.
fn given(books: &Books) -> BTreeMap<Place, Vec<(u64, Stream)>> {
    let mut given: BTreeMap<Place, Vec<_>> = BTreeMap::new();
    for stream in books.streams.iter().filter(|it| it.fork == 0) {
        for (_, fact) in &stream.facts {
            let Fact::Given { showtime, seats } = fact else {
                continue;
            };
            // Each once: whoever tells it twice in one event means it once.
            for (seat, epoch) in seats.iter().collect::<BTreeSet<_>>() {
                let place = (showtime.clone(), seat.clone());
                given
                    .entry(place)
                    .or_default()
                    .push((*epoch, stream.direction));
            }
        }
    }
    for epochs in given.values_mut() {
        epochs.sort_by_key(|(epoch, _)| *epoch);
    }
    given
}

/// Whether some of what moved seats cannot be read, so that their epochs cannot be derived.
fn is_unread(books: &Books) -> bool {
    let streams = books.streams.iter();
    streams
        .clone()
        .any(|it| it.is_unread || !it.wrong.is_empty())
}

/// Whether each seat has the epoch that the streams of this side give it.
pub(crate) fn as_told(books: &Books, findings: &mut Findings<'_>) {
    // What moved seats before a box took another's place stands in no stream of its own.
    if is_unread(books) || books.has_succeeded {
        return;
    }
    let given = given(books);
    for (place, epochs) in &given {
        in_turn(place, epochs, findings);
    }
    let places: BTreeSet<_> = books.seats.keys().chain(given.keys()).collect();
    for place in places {
        let row = books.seats.get(place).map_or(0, |seat| seat.epoch);
        // What is kept waits for what it names.
        let applied = given.get(place).into_iter().flatten();
        let applied = applied.filter(|(epoch, _)| !books.kept.contains(&(place.clone(), *epoch)));
        let told = applied.map(|(epoch, _)| *epoch).max().unwrap_or(0);
        if row != told {
            let words = format!(
                "seat {} of {} has epoch {row}; by the streams it changed hands {told} times",
                place.1, place.0
            );
            findings.find(Name::EpochNotAsTold, about(place), words);
        }
    }
}

fn in_turn(place: &Place, epochs: &[(u64, Stream)], findings: &mut Findings<'_>) {
    for (wanted, (epoch, direction)) in (1..).zip(epochs) {
        let by_whom = match epoch % 2 {
            0 => Stream::Down,
            _ => Stream::Up,
        };
        if *epoch != wanted || *direction != by_whom {
            let words = format!(
                "seat {} of {} is given at epoch {epoch} in the stream {}, where epoch {wanted} was due",
                place.1,
                place.0,
                direction.as_str()
            );
            findings.find(Name::EpochOutOfTurn, about(place), words);
            return;
        }
    }
}

/// Whether each seat has one custodian, or is in transit: told, and not applied yet.
pub(crate) fn both(at_hub: &Books, at_box: &Books, findings: &mut Findings<'_>) {
    let to_hub = in_transit(at_box, at_hub, Stream::Up);
    let to_box = in_transit(at_hub, at_box, Stream::Down);
    let places: BTreeSet<_> = at_hub.seats.keys().chain(at_box.seats.keys()).collect();
    for place in places {
        let here = at_box.seats.get(place).map_or(0, |seat| seat.epoch);
        let there = at_hub.seats.get(place).map_or(0, |seat| seat.epoch);
        let is_in_transit = |moved: &BTreeSet<(Place, u64)>, from: u64, to: u64| {
            from == to + 1 && moved.contains(&(place.clone(), from))
        };
        if here == there
            || is_in_transit(&to_hub, here, there)
            || is_in_transit(&to_box, there, here)
        {
            continue;
        }
        let (seat, showtime) = (&place.1, &place.0);
        let epochs = format!("(epoch {here} at the box, {there} at the hub)");
        let (name, words) = match (here.is_multiple_of(2), !there.is_multiple_of(2)) {
            (true, true) => (
                Name::SeatClaimedByBoth,
                format!(
                    "seat {seat} of {showtime}: box and hub both say that it is theirs {epochs}"
                ),
            ),
            (false, false) => (
                Name::SeatClaimedByNobody,
                format!(
                    "seat {seat} of {showtime}: box and hub each say that the other has it, and no stream carries it {epochs}"
                ),
            ),
            (true, false) | (false, true) => (
                Name::EpochsDiffer,
                format!(
                    "seat {seat} of {showtime} has changed hands more often on one side {epochs}"
                ),
            ),
        };
        findings.find(name, about(place), words);
    }
}

/// What the writer has given and the reader has not applied: beyond where the reader stands, or kept there.
fn in_transit(writer: &Books, reader: &Books, direction: Stream) -> BTreeSet<(Place, u64)> {
    let mut moved = reader.kept.clone();
    let written = writer.streams.iter();
    for stream in written.filter(|it| it.direction == direction && it.fork == 0) {
        let read = reader
            .streams
            .iter()
            .find(|it| it.direction == direction && it.fork == 0 && it.life == stream.life);
        let applied = read.map_or(0, |read| read.head.seq);
        for (seq, fact) in &stream.facts {
            if let Fact::Given { showtime, seats } = fact
                && *seq > applied
            {
                let seats = seats.iter();
                moved.extend(seats.map(|(seat, epoch)| ((showtime.clone(), seat.clone()), *epoch)));
            }
        }
    }
    moved
}
