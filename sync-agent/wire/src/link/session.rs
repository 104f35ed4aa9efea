//! What happens within an open session: frames and acknowledgements go both ways, and silence ends it.

use std::time::Duration;

use super::asks::Asks;
use super::intake::{Taken, take};
use super::pump::{Heard, Pump};
use super::{Closed, HEARTBEAT, LOST_AFTER, Link, Notice, Output, QUIET_AFTER, Topic, Turn};
use crate::ack::Acknowledgement;
use crate::context::{Context, End};
use crate::event::{Event, Stream};
use crate::frame::{Frame, Unverified};
use crate::hello::State;
use crate::seal::Refusal;

/// An open session, or at the box one that the hub has not yet answered in.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) context: Context,
    /// Whether the other end has been heard in it: at the hub from the first moment, for it opens by hearing.
    pub(super) confirmed: bool,
    pub(super) peer: State,
    pub(super) pump: Pump,
    pub(super) asks: Asks,
    pub(super) heard_at: Duration,
    pub(super) said_at: Duration,
    /// Whether this end has said that the other is quiet.
    pub(super) quiet: bool,
    /// Whether this end has said that it must be updated.
    pub(super) halted: bool,
}

impl Session {
    /// When silence is told or ends it, something is sent again, an ask is late, or it is time for a heartbeat.
    pub(super) fn next_due(&self) -> Duration {
        let heartbeat = self.confirmed.then(|| self.said_at + HEARTBEAT);
        let asked = self.asks.next_due();
        let due = [self.pump.resend_at(), heartbeat, self.quiet_at(), asked];
        let due = due.into_iter().flatten();
        due.fold(self.heard_at + LOST_AFTER, Duration::min)
    }

    /// When the other end is quiet, if it says nothing and nobody has said so: what is sent is answered, and without it there are heartbeats.
    fn quiet_at(&self) -> Option<Duration> {
        let heartbeat_at = self.heard_at + HEARTBEAT;
        let asked_at = self.pump.unheard_since.unwrap_or(heartbeat_at);
        let is_told = self.quiet || !self.confirmed;
        (!is_told).then(|| asked_at.min(heartbeat_at) + QUIET_AFTER)
    }
}

impl Link {
    /// What an end says about the stream that it reads.
    fn ack_topic(&self) -> Topic {
        match self.setup.end {
            End::Box => Topic::DownAck,
            End::Hub => Topic::UpAck,
        }
    }

    fn frame_topic(&self) -> Topic {
        match self.setup.end.writes() {
            Stream::Up => Topic::Up,
            Stream::Down => Topic::Down,
        }
    }

    /// Says what has been committed; also the heartbeat.
    pub(super) fn acknowledge(&mut self, turn: &mut Turn) {
        let topic = self.ack_topic();
        let Some(session) = self.session.as_mut().filter(|session| session.confirmed) else {
            return;
        };
        let stream = self.setup.end.other().writes();
        let acknowledgement = Acknowledgement {
            stream,
            context: session.context.clone(),
            applied: self.standing.applied,
        };
        session.said_at = turn.now;
        turn.send(topic, acknowledgement.sign(&self.setup.key));
    }

    pub(super) fn receive_frame(&mut self, bytes: Vec<u8>, turn: &mut Turn) {
        let verified =
            Frame::<Unverified>::parse(bytes).and_then(|frame| frame.verify(&self.setup.peer));
        let frame = match verified {
            Ok(frame) => frame,
            Err(refusal) => return self.refuse(refusal, turn),
        };
        let expected = self.session.as_ref().map(|session| &session.context);
        if expected != Some(frame.context()) || frame.stream() != self.setup.end.other().writes() {
            turn.push(Output::Stray(Box::new(frame)));
            return self.knock(turn);
        }
        self.heard(turn);
        match take(frame, &self.received) {
            Taken::New(delivery) => {
                self.received = delivery.last();
                let halt = delivery
                    .halt()
                    .map(|event| (event.kind().to_owned(), event.seq()));
                // One that stops at its first event is handed over as well, once: where the stream stands is stored.
                let told = self.session.as_ref().is_some_and(|session| session.halted);
                if !delivery.is_empty() || !told {
                    turn.push(Output::Apply(delivery));
                } else {
                    self.acknowledge(turn);
                }
                if let Some((kind, seq)) = halt {
                    self.halt(kind, seq, turn);
                }
            }
            Taken::Gap => self.acknowledge(turn),
            Taken::Old(frame) => {
                turn.push(Output::Stray(frame));
                self.acknowledge(turn);
            }
            Taken::Forked { seq, frame } => {
                turn.push(Output::Stray(frame));
                self.part(Refusal::Forked(seq), turn);
            }
        }
    }

    pub(super) fn receive_acknowledgement(&mut self, bytes: &[u8], turn: &mut Turn) {
        let acknowledgement = match Acknowledgement::verify(bytes, &self.setup.peer) {
            Ok(acknowledgement) => acknowledgement,
            Err(refusal) => return self.refuse(refusal, turn),
        };
        let (own, written) = (self.setup.end, self.standing.written);
        let Some(session) = self
            .session
            .as_mut()
            .filter(|session| session.context == acknowledgement.context)
        else {
            return self.knock(turn);
        };
        if acknowledgement.stream != own.writes() {
            return;
        }
        let applied = acknowledgement.applied;
        match session.pump.acknowledged(own, applied, written, turn.now) {
            Heard::Nothing => self.heard(turn),
            Heard::Progress => {
                self.heard(turn);
                turn.push(Output::Acknowledged(applied));
            }
            Heard::Contradiction(refusal) => {
                self.forgotten(applied, &refusal, turn);
                return self.part(refusal, turn);
            }
        }
        self.pump(turn);
    }

    /// A message of this session came: the other end is there.
    pub(super) fn heard(&mut self, turn: &mut Turn) {
        let Some(session) = &mut self.session else {
            return;
        };
        session.heard_at = turn.now;
        session.quiet = false;
        session.pump.unheard_since = None;
        turn.push(Output::Heard);
        if !session.confirmed {
            session.confirmed = true;
            let (number, peer) = (session.context.session, session.peer.clone());
            self.confirmed(number, peer, turn);
            self.pump(turn);
        }
    }

    /// Sends as much of the own stream as the window allows, once the other end has been heard.
    pub(super) fn pump(&mut self, turn: &mut Turn) {
        let topic = self.frame_topic();
        let Some(session) = self.session.as_mut().filter(|session| session.confirmed) else {
            return;
        };
        session.pump.run(
            &self.setup,
            &session.context,
            &session.peer,
            self.standing.written,
            topic,
            turn,
        );
    }

    pub(super) fn loaded(&mut self, events: Vec<Event>, turn: &mut Turn) {
        if let Some(last) = events
            .last()
            .map(Event::position)
            .filter(|last| last.seq > self.standing.written.seq)
        {
            self.standing.written = last;
        }
        let Some(session) = &mut self.session else {
            return;
        };
        let known = session.peer.applied;
        match session.pump.loaded(events) {
            Ok(true) => self.pump(turn),
            Ok(false) => {}
            Err(refusal) => {
                self.forgotten(known, &refusal, turn);
                self.part(refusal, turn);
            }
        }
    }

    fn halt(&mut self, kind: String, seq: u64, turn: &mut Turn) {
        let Some(session) = self.session.as_mut().filter(|session| !session.halted) else {
            return;
        };
        session.halted = true;
        turn.notice(Notice::UpdateNeeded { kind, seq });
    }

    /// The two histories contradict: the session ends, and a person must look.
    fn part(&mut self, refusal: Refusal, turn: &mut Turn) {
        self.refused = Some(refusal.clone());
        self.close(Closed::Refused, turn);
        self.refuse(refusal, turn);
        self.rest(turn);
        // The box takes the session for open: it calls, and is told.
        if self.forgot.is_some() {
            self.knock(turn);
        }
    }

    pub(super) fn tick_session(&mut self, turn: &mut Turn) {
        let topic = self.frame_topic();
        let Some(session) = &mut self.session else {
            return;
        };
        if turn.now >= session.heard_at + LOST_AFTER {
            self.close(Closed::Silent, turn);
            return self.begin_opening(turn);
        }
        if session.quiet_at().is_some_and(|at| turn.now >= at) {
            session.quiet = true;
            turn.push(Output::Quiet);
        }
        session.asks.run_due(turn);
        session.pump.resend_if_due(topic, turn);
        if turn.now >= session.said_at + HEARTBEAT {
            self.acknowledge(turn);
        }
    }
}
