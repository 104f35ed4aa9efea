//! Taking the other end's stream in order: what is new of a frame, and what stands in the way of it.

use crate::event::{Body, Event, Meaning, Position};
use crate::frame::{Frame, Verified};

/// Verified events that come next, and the frame that brought them.
#[derive(Debug, Clone)]
pub struct Delivery {
    frame: Box<Frame<Verified>>,
    /// The place in the frame of the first new event, and of the one after the last that is understood.
    first: usize,
    end: usize,
    before: Position,
}

impl Delivery {
    /// The events to apply, in order, each with what it says; `None` for one that may be skipped.
    pub fn events(&self) -> impl Iterator<Item = (&Event, Option<&Body>)> {
        self.new_events().iter().map(|event| match event.meaning() {
            Meaning::Known(body) => (event, Some(&**body)),
            Meaning::MayBeSkipped | Meaning::UpdateNeeded => (event, None),
        })
    }

    /// The whole frame, for the journal: it may begin with events that were applied before.
    pub fn frame(&self) -> &Frame<Verified> {
        &self.frame
    }

    /// Where the stream must stand before these events are applied.
    pub fn before(&self) -> Position {
        self.before
    }

    /// Where it stands afterwards.
    pub fn last(&self) -> Position {
        self.new_events()
            .last()
            .map_or(self.before, Event::position)
    }

    /// Whether there is nothing to apply.
    pub fn is_empty(&self) -> bool {
        self.new_events().is_empty()
    }

    /// How many events there are to apply.
    pub fn len(&self) -> usize {
        self.new_events().len()
    }

    /// The event that stopped it, if one must be understood and is not.
    pub(super) fn halt(&self) -> Option<&Event> {
        self.frame.events().get(self.end)
    }

    fn new_events(&self) -> &[Event] {
        self.frame
            .events()
            .get(self.first..self.end)
            .unwrap_or_default()
    }
}

/// What a frame brought.
pub(super) enum Taken {
    /// Events that come next; none if the very first must be understood and is not.
    New(Delivery),
    /// Nothing after what was received. Whether it is what was received, only the journal can tell.
    Old(Box<Frame<Verified>>),
    /// Events are missing before it.
    Gap,
    /// It tells another history from this event on.
    Forked {
        /// The number of the event from which on the two differ.
        seq: u64,
        /// What tells it.
        frame: Box<Frame<Verified>>,
    },
}

/// What is new in `frame` after `received`.
pub(super) fn take(frame: Frame<Verified>, received: &Position) -> Taken {
    let events = frame.events();
    if frame.first() > received.seq.saturating_add(1) {
        return Taken::Gap;
    }
    if let Some(known) = events.iter().find(|event| event.seq() == received.seq)
        && known.position() != *received
    {
        return forked(frame, received);
    }
    let Some(first) = events.iter().position(|event| event.seq() > received.seq) else {
        return Taken::Old(Box::new(frame));
    };
    if !events[first].follows(received) {
        return forked(frame, received);
    }
    let understood = events[first..]
        .iter()
        .take_while(|event| *event.meaning() != Meaning::UpdateNeeded)
        .count();
    Taken::New(Delivery {
        frame: Box::new(frame),
        first,
        end: first + understood,
        before: *received,
    })
}

fn forked(frame: Frame<Verified>, received: &Position) -> Taken {
    Taken::Forked {
        seq: received.seq,
        frame: Box::new(frame),
    }
}
