//! Frames and acknowledgements are lost, repeated, reordered and overlap: compared with a naive model at every step, both ends are equal
//! in the end.

use mailbox::inbox::Applied;
use mailbox::outbox::Acknowledged;
use proptest::collection::vec;
use proptest::prelude::*;
use wire::frame::how_many_fit;
use wire::{Event, Frame, Position, Verified};

use crate::{Reader, Writer, frame_of};

/// What happens. An index is taken modulo what there is.
#[derive(Debug, Clone)]
enum Step {
    Write(u8),
    Send { after: usize, events: usize },
    Deliver(usize),
    Lose(usize),
    SayWhatIsApplied,
    DeliverAcknowledgement(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => (1_u8..4).prop_map(Step::Write),
        4 => (any::<usize>(), 1_usize..6).prop_map(|(after, events)| Step::Send { after, events }),
        6 => any::<usize>().prop_map(Step::Deliver),
        1 => any::<usize>().prop_map(Step::Lose),
        1 => Just(Step::SayWhatIsApplied),
        2 => any::<usize>().prop_map(Step::DeliverAcknowledgement),
    ];
    vec(step, 1..60)
}

/// Both ends, what is on its way between them, and what should be.
struct World {
    writer: Writer,
    reader: Reader,
    frames: Vec<Frame<Verified>>,
    acknowledgements: Vec<Position>,
    written: Vec<String>,
    applied: usize,
    acknowledged: u64,
}

impl World {
    fn new() -> Self {
        Self {
            writer: Writer::new(),
            reader: Reader::new(),
            frames: Vec::new(),
            acknowledgements: Vec::new(),
            written: Vec::new(),
            applied: 0,
            acknowledged: 0,
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Write(count) => {
                for _ in 0..*count {
                    let reason = format!("reason-{}", self.written.len());
                    self.writer.push(&reason);
                    self.written.push(reason);
                }
            }
            Step::Send { after, events } => {
                let after = (after % (self.written.len() + 1)) as u64;
                let mut loaded = self.writer.after(after);
                loaded.truncate(*events);
                if !loaded.is_empty() {
                    self.frames.push(frame_of(1, &loaded));
                }
            }
            Step::Deliver(index) => {
                if let Some(frame) = pick(&self.frames, *index).cloned() {
                    self.deliver(&frame);
                }
            }
            Step::Lose(index) => {
                if !self.frames.is_empty() {
                    self.frames.remove(index % self.frames.len());
                }
            }
            Step::SayWhatIsApplied => self.acknowledgements.push(self.reader.position()),
            Step::DeliverAcknowledgement(index) => {
                if let Some(position) = pick(&self.acknowledgements, *index).copied() {
                    self.acknowledge(position);
                }
            }
        }
    }

    fn deliver(&mut self, frame: &Frame<Verified>) {
        let (first, last) = (frame.first(), frame.last());
        let applied = self.applied as u64;
        let wanted = if first > applied + 1 {
            Applied::Gap
        } else if last.seq <= applied {
            Applied::Known
        } else {
            self.applied = usize::try_from(last.seq).unwrap();
            Applied::Further(last)
        };
        assert_eq!(self.reader.apply(frame), wanted);
        assert_eq!(self.reader.told(), self.written[..self.applied]);
    }

    fn acknowledge(&mut self, position: Position) {
        let wanted = if position.seq > self.acknowledged {
            self.acknowledged = position.seq;
            Acknowledged::Further
        } else {
            Acknowledged::Known
        };
        assert_eq!(self.writer.acknowledge(position), wanted);
        assert_eq!(self.writer.acknowledged().seq, self.acknowledged);
    }

    /// Sends from the last acknowledgement until nothing is left.
    fn settle(&mut self) {
        while self.acknowledged < self.written.len() as u64 {
            let events = self.writer.after(self.acknowledged);
            let frame = frame_of(1, &events[..how_many_fit(&events)]);
            self.deliver(&frame);
            self.acknowledge(self.reader.position());
        }
    }

    fn assert_equal(&self) {
        let stream = self.writer.stream;
        assert_eq!(self.reader.told(), self.written);
        assert_eq!(self.reader.position(), self.writer.acknowledged());
        let waiting = self.writer.read(move |snapshot| {
            mailbox::outbox::unacknowledged_of(snapshot, stream, "showtime_cancelled")
        });
        assert_eq!(waiting, 0);
        let written: Vec<Event> = self.writer.after(0);
        assert_eq!(self.reader.journal(self.reader.stream), written);
    }
}

fn pick<T>(from: &[T], index: usize) -> Option<&T> {
    from.get(index.checked_rem(from.len())?)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_ends_are_equal_in_the_end(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
        world.settle();
        world.assert_equal();
    }
}
