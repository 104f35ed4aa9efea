//! Asks and answers within a session: each is sent once, and what the session leaves open is over with it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::{Link, Output, Topic, Turn};
use crate::ask::{Answer, Ask, Reply, SentOnce, Wish};
use crate::bytes::Nonce;
use crate::context::End;

/// For how long an answer counts.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// How many asks of the other end a session remembers, so that one that comes again is not answered again.
const REMEMBERED: usize = 4096;

/// What became of an ask of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// The other end has answered in time.
    Replied(Reply),
    /// It cannot be asked, or the session ended before it answered.
    OutOfReach,
    /// It did not answer within [`ANSWER_WITHIN`]. What it gives all the same arrives as any transfer.
    Late,
}

/// What is asked and not answered in a session.
#[derive(Debug, Default)]
pub(super) struct Asks {
    /// Those of this end, and until when an answer counts.
    own: BTreeMap<Nonce, Duration>,
    /// Those of the other end that wait for an answer.
    theirs: Vec<Nonce>,
    /// The latest of the other end, answered or not.
    seen: VecDeque<Nonce>,
}

impl Asks {
    /// When the next of this end's counts as unanswered.
    pub(super) fn next_due(&self) -> Option<Duration> {
        self.own.values().min().copied()
    }

    /// Those of this end are out of reach: the session is over.
    pub(super) fn fail(self, turn: &mut Turn) {
        for id in self.own.into_keys() {
            turn.answered(id, Answered::OutOfReach);
        }
    }

    pub(super) fn run_due(&mut self, turn: &mut Turn) {
        let now = turn.now;
        for (id, _) in self.own.extract_if(.., |_, until| *until <= now) {
            turn.answered(id, Answered::Late);
        }
    }

    /// Whether this one of the other end comes for the first time.
    fn is_new(&mut self, id: Nonce) -> bool {
        if self.seen.contains(&id) {
            return false;
        }
        if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back(id);
        true
    }
}

impl End {
    fn asks_on(self) -> Topic {
        match self {
            Self::Box => Topic::UpAsk,
            Self::Hub => Topic::DownAsk,
        }
    }

    fn answers_on(self) -> Topic {
        match self {
            Self::Box => Topic::DownAnswer,
            Self::Hub => Topic::UpAnswer,
        }
    }
}

impl Turn {
    fn answered(&mut self, id: Nonce, answered: Answered) {
        self.push(Output::Answered { id, answered });
    }
}

impl Link {
    /// Sends an ask of this end, if there is a session in which the other end was heard.
    pub(super) fn ask(&mut self, id: Nonce, wish: Wish, turn: &mut Turn) {
        let confirmed = self.session.as_mut().filter(|session| session.confirmed);
        let Some(session) = confirmed.filter(|_| wish.is_for_one_hold()) else {
            return turn.answered(id, Answered::OutOfReach);
        };
        session.asks.own.insert(id, turn.now + ANSWER_WITHIN);
        let ask = Ask {
            from: self.setup.end,
            context: session.context.clone(),
            id,
            wish,
        };
        turn.send(self.setup.end.asks_on(), ask.sign(&self.setup.key));
    }

    /// Sends the answer to an ask of the other end, if it is one of this session.
    pub(super) fn answer(&mut self, id: Nonce, reply: Reply, turn: &mut Turn) {
        let Some(session) = &mut self.session else {
            return;
        };
        let Some(place) = session.asks.theirs.iter().position(|open| *open == id) else {
            return;
        };
        session.asks.theirs.swap_remove(place);
        let answer = Answer {
            from: self.setup.end,
            context: session.context.clone(),
            id,
            reply,
        };
        turn.send(self.setup.end.answers_on(), answer.sign(&self.setup.key));
    }

    pub(super) fn receive_ask(&mut self, bytes: &[u8], turn: &mut Turn) {
        let Some(ask) = self.of_this_session::<Ask>(bytes, turn) else {
            return;
        };
        let Some(session) = &mut self.session else {
            return;
        };
        if ask.wish.is_for_one_hold() && session.asks.is_new(ask.id) {
            session.asks.theirs.push(ask.id);
            let (id, wish) = (ask.id, ask.wish);
            turn.push(Output::Asked { id, wish });
        }
    }

    pub(super) fn receive_answer(&mut self, bytes: &[u8], turn: &mut Turn) {
        let Some(answer) = self.of_this_session::<Answer>(bytes, turn) else {
            return;
        };
        let open = self
            .session
            .as_mut()
            .and_then(|session| session.asks.own.remove(&answer.id));
        match open {
            Some(until) if turn.now < until => {
                turn.answered(answer.id, Answered::Replied(answer.reply));
            }
            Some(_) => turn.answered(answer.id, Answered::Late),
            None => {}
        }
    }

    /// A message of the other end for the open session; what is of another is passed over.
    fn of_this_session<M: SentOnce>(&mut self, bytes: &[u8], turn: &mut Turn) -> Option<M> {
        let message = match M::verify(bytes, &self.setup.peer) {
            Ok(message) => message,
            Err(refusal) => {
                self.refuse(refusal, turn);
                return None;
            }
        };
        let (from, context) = message.origin();
        let session = self.session.as_ref()?;
        if from == self.setup.end || *context != session.context {
            return None;
        }
        self.heard(turn);
        Some(message)
    }
}
