//! Sending the own stream: several frames in flight, sent again from the acknowledged position until they are acknowledged.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Notice, Output, Setup, Topic, Turn};
use crate::context::{Context, End};
use crate::event::{Event, Position};
use crate::frame::{how_many_fit, sign_frame};
use crate::hello::State;
use crate::seal::Refusal;

/// How many frames may be on their way at once: enough to keep a slow line full, little enough to hold in memory.
pub const WINDOW: usize = 8;

/// How long an acknowledgement may take before everything in flight is sent again; doubled at each time.
const PATIENCE: Duration = Duration::from_secs(2);

/// The longest that patience grows.
const LONGEST_PATIENCE: Duration = Duration::from_secs(30);

/// A frame that was sent and is not acknowledged in full.
#[derive(Debug)]
struct InFlight {
    positions: Vec<Position>,
    bytes: Vec<u8>,
}

impl InFlight {
    fn last(&self) -> Position {
        self.positions.last().copied().unwrap_or(Position::START)
    }
}

/// What an acknowledgement tells.
pub(super) enum Heard {
    /// Nothing that was not known, or nothing that is proven.
    Nothing,
    /// More has been committed.
    Progress,
    /// Something that cannot be.
    Contradiction(Refusal),
}

/// The own stream on its way in one session.
#[derive(Debug)]
pub(super) struct Pump {
    acknowledged: Position,
    /// Whether the first of these, where it began, has been told.
    told: bool,
    /// Events that were loaded and are not in a frame.
    ready: VecDeque<Event>,
    in_flight: VecDeque<InFlight>,
    /// Where the stream stands after everything that is in flight.
    sent: Position,
    loading: bool,
    halted: bool,
    patience: Duration,
    resend_at: Duration,
    /// Since when something is sent and nothing is heard.
    pub(super) unheard_since: Option<Duration>,
}

impl Pump {
    /// Begins after what the other end says that it has applied.
    pub(super) fn new(applied: Position) -> Self {
        Self {
            acknowledged: applied,
            told: false,
            ready: VecDeque::new(),
            in_flight: VecDeque::new(),
            sent: applied,
            loading: false,
            halted: false,
            patience: PATIENCE,
            resend_at: Duration::ZERO,
            unheard_since: None,
        }
    }

    pub(super) fn run(
        &mut self,
        setup: &Setup,
        context: &Context,
        peer: &State,
        written: Position,
        topic: Topic,
        turn: &mut Turn,
    ) {
        // Its hash has been compared with the end of the stream, or with the event that follows it.
        let proven = !self.ready.is_empty() || self.acknowledged.seq == written.seq;
        if proven && !self.told {
            self.told = true;
            turn.push(Output::Acknowledged(self.acknowledged));
        }
        while self.in_flight.len() < WINDOW && !self.halted && !self.ready.is_empty() {
            self.send_one(setup, context, peer, topic, turn);
        }
        let wants_more = self.ready.is_empty() && self.sent.seq < written.seq;
        if wants_more && !self.loading && !self.halted && self.in_flight.len() < WINDOW {
            self.loading = true;
            turn.push(Output::Load {
                after: self.sent.seq,
            });
        }
    }

    fn send_one(
        &mut self,
        setup: &Setup,
        context: &Context,
        peer: &State,
        topic: Topic,
        turn: &mut Turn,
    ) {
        let events = self.ready.make_contiguous();
        let fitting = how_many_fit(events);
        let stop = events[..fitting]
            .iter()
            .position(|event| !event.may_be_skipped() && !peer.understands.contain(event.kind()));
        if let Some(event) = stop.and_then(|place| events.get(place)) {
            self.halted = true;
            turn.notice(Notice::PeerMustUpdate {
                kind: event.kind().to_owned(),
                seq: event.seq(),
            });
        }
        let sending = &events[..stop.unwrap_or(fitting)];
        let Some(last) = sending.last().map(Event::position) else {
            return;
        };
        let signed = match sign_frame(&setup.key, setup.end.writes(), context, sending) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.halted = true;
                return turn.notice(Notice::Unwritable(error));
            }
        };
        let positions: Vec<_> = sending.iter().map(Event::position).collect();
        self.ready.drain(..positions.len());
        if self.in_flight.is_empty() {
            self.resend_at = turn.now + self.patience;
        }
        self.unheard_since.get_or_insert(turn.now);
        turn.push(Output::Send {
            topic,
            bytes: signed.clone(),
        });
        self.in_flight.push_back(InFlight {
            positions,
            bytes: signed,
        });
        self.sent = last;
    }

    /// Takes what was read from the own stream, and says whether there is anything to do.
    ///
    /// # Errors
    /// The stream does not go on from what the other end has.
    pub(super) fn loaded(&mut self, events: Vec<Event>) -> Result<bool, Refusal> {
        let Some(first) = events.first().filter(|_| self.loading) else {
            return Ok(false);
        };
        self.loading = false;
        let head = self.ready.back().map_or(self.sent, Event::position);
        if first.follows(&head) {
            self.ready.extend(events);
            return Ok(true);
        }
        // The answer to a question of an earlier session is passed over, and the question asked again.
        if first.seq() == head.seq + 1 {
            Err(Refusal::Forked(head.seq))
        } else {
            Ok(true)
        }
    }

    /// Takes what the other end says that it has applied. Beyond what was sent in this session that is what it had of an earlier one,
    /// after it had said where it stands: the stream goes on from there.
    pub(super) fn acknowledged(
        &mut self,
        own: End,
        applied: Position,
        written: Position,
        now: Duration,
    ) -> Heard {
        if applied.seq <= self.acknowledged.seq {
            return Heard::Nothing;
        }
        if applied.seq > self.sent.seq {
            return match judge_stream(own, applied, written) {
                Ok(()) => {
                    let loading = self.loading;
                    *self = Self {
                        loading,
                        ..Self::new(applied)
                    };
                    Heard::Nothing
                }
                Err(refusal) => Heard::Contradiction(refusal),
            };
        }
        let known = self
            .in_flight
            .iter()
            .flat_map(|frame| &frame.positions)
            .any(|position| *position == applied);
        if !known {
            return Heard::Contradiction(Refusal::Forked(applied.seq));
        }
        self.in_flight
            .retain(|frame| frame.last().seq > applied.seq);
        self.acknowledged = applied;
        self.patience = PATIENCE;
        self.resend_at = now + self.patience;
        Heard::Progress
    }

    /// When what is in flight is sent again.
    pub(super) fn resend_at(&self) -> Option<Duration> {
        (!self.in_flight.is_empty()).then_some(self.resend_at)
    }

    pub(super) fn resend_if_due(&mut self, topic: Topic, turn: &mut Turn) {
        if self.resend_at().is_none_or(|at| turn.now < at) {
            return;
        }
        self.patience = (self.patience * 2).min(LONGEST_PATIENCE);
        self.resend_at = turn.now + self.patience;
        self.unheard_since.get_or_insert(turn.now);
        for frame in &self.in_flight {
            turn.push(Output::Send {
                topic,
                bytes: frame.bytes.clone(),
            });
        }
    }
}

/// Whether a reader can have come as far as it says in a stream that ends where its writer says.
pub(super) fn judge_stream(
    writer: End,
    applied: Position,
    written: Position,
) -> Result<(), Refusal> {
    if applied.seq > written.seq {
        return Err(Refusal::WriterForgot {
            applied: applied.seq,
            written: written.seq,
            writer: Some(writer),
        });
    }
    if applied.seq == written.seq && applied.hash != written.hash {
        return Err(Refusal::Forked(applied.seq));
    }
    Ok(())
}
