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

/// A number and random bits: a life of a stream's writer.
type Life = (u64, [u8; 16]);

/// The epochs that the streams, and codes that are ahead of them, give each seat, each with the direction and the life that gave it. What was
/// written in one life and is told once more in another, to a reader that had not heard it, counts once.
fn given(books: &Books) -> BTreeMap<Place, Vec<(u64, Stream, Life)>> {
    let mut given: BTreeMap<Place, Vec<_>> = BTreeMap::new();
    for stream in books.streams.iter().filter(|it| it.fork == 0) {
        for (_, fact) in &stream.facts {
            let Fact::Given { showtime, seats } = fact else {
                continue;
            };
            // Each once: whoever tells it twice in one event means it once.
            for (seat, epoch) in seats.iter().collect::<BTreeSet<_>>() {
                let epochs = given.entry((showtime.clone(), seat.clone())).or_default();
                let new = (*epoch, stream.direction, stream.life);
                let is_told_again =
                    |it: &(u64, Stream, Life)| (it.0, it.1) == (new.0, new.1) && it.2 != new.2;
                if !epochs.iter().any(is_told_again) {
                    epochs.push(new);
                }
            }
        }
    }
    // Whoever scans a code has the seat before the stream says so.
    for (place, epoch) in &books.scanned {
        let epochs = given.entry(place.clone()).or_default();
        if !epochs.iter().any(|(given, ..)| given == epoch) {
            epochs.push((*epoch, Stream::Down, Life::default()));
        }
    }
    for epochs in given.values_mut() {
        epochs.sort_by_key(|(epoch, ..)| *epoch);
    }
    given
}

/// The highest epoch of each seat of which this side was told, as it may have forgotten how it came to it.
fn recalled(books: &Books) -> BTreeMap<Place, u64> {
    let mut recalled: BTreeMap<Place, u64> = BTreeMap::new();
    let heard = books.streams.iter().filter(|it| !it.is_own && it.fork == 0);
    for (_, fact) in heard.flat_map(|it| &it.facts) {
        if let Fact::Recalled { showtime, seats } = fact {
            for (seat, epoch) in seats {
                let place = (showtime.clone(), seat.clone());
                let known = recalled.entry(place).or_default();
                *known = (*epoch).max(*known);
            }
        }
    }
    recalled
}

/// Whether some of what moved seats cannot be read, so that their epochs cannot be derived.
fn is_unread(books: &Books) -> bool {
    let streams = books.streams.iter();
    streams
        .clone()
        .any(|it| it.is_unread || !it.wrong.is_empty())
}

/// Whether each seat has the epoch that the streams of this side give it, from the one that it had when a box took another's place.
pub(crate) fn as_told(books: &Books, findings: &mut Findings<'_>) {
    if is_unread(books) {
        return;
    }
    let (given, recalled) = (given(books), recalled(books));
    let before = |place: &Place| books.former_epochs.get(place).copied().unwrap_or(0);
    let recalled = |place: &Place| recalled.get(place).copied().unwrap_or(0);
    for (place, epochs) in &given {
        let is_pruned = books.is_pruned();
        in_turn(
            place,
            (before(place), recalled(place), is_pruned),
            epochs,
            findings,
        );
    }
    let places: BTreeSet<_> = books.seats.keys().chain(given.keys()).collect();
    for place in places {
        let row = books.seats.get(place);
        // What was before is not known of a showtime that is not imported yet, and of a seat that the room does not have any more.
        let before = row.map_or(0, |_| before(place).max(recalled(place)));
        let row = row.map_or(0, |seat| seat.epoch);
        // What is kept waits for what it names.
        let applied = given.get(place).into_iter().flatten();
        let applied = applied.map(|(epoch, ..)| *epoch);
        let applied = applied.filter(|epoch| !books.kept.contains(&(place.clone(), *epoch)));
        let told = applied.chain([before]).max().unwrap_or(before);
        // By what is pruned it may have changed hands since.
        let is_later = books.is_pruned() && row > told;
        if row != told && !is_later {
            let words = format!(
                "seat {} of {} has epoch {row}; by the streams it changed hands {told} times",
                place.1, place.0
            );
            findings.find(Name::EpochNotAsTold, about(place), words);
        }
    }
}

/// Each epoch follows the one before, from the one that the seat had before this box; up to what was recalled, some may be forgotten, and
/// wherever some may be pruned.
fn in_turn(
    place: &Place,
    (before, recalled, is_pruned): (u64, u64, bool),
    epochs: &[(u64, Stream, Life)],
    findings: &mut Findings<'_>,
) {
    let mut last = before;
    for (epoch, direction, _) in epochs {
        let by_whom = match epoch % 2 {
            0 => Stream::Down,
            _ => Stream::Up,
        };
        let wanted = last + 1;
        let is_forgotten = (wanted..=recalled + 1).contains(epoch);
        let is_forgotten = is_forgotten || is_pruned && *epoch > wanted;
        if (*epoch != wanted && !is_forgotten) || *direction != by_whom {
            let words = format!(
                "seat {} of {} is given at epoch {epoch} in the stream {}, where epoch {wanted} was due",
                place.1,
                place.0,
                direction.as_str()
            );
            findings.find(Name::EpochOutOfTurn, about(place), words);
            return;
        }
        last = *epoch;
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
