//! Opening a session: the box calls, the hub offers a number, the box stores it and opens. Each answers the other's nonce,
//! so a Hello of yesterday opens nothing today. Whether the two fit together is judged on fresh words only.

use std::collections::VecDeque;
use std::time::Duration;

use super::asks::Asks;
use super::pump::{Pump, judge_stream};
use super::session::Session;
use super::{Closed, Link, Notice, Output, Topic, Turn};
use crate::bytes::Nonce;
use crate::context::{End, Generation};
use crate::event::Kinds;
use crate::hello::{CustodyHashes, Hello, PROTOCOL, State, Step};
use crate::key::{Frames, KeyId, SecretKey};
use crate::seal::{Refusal, Sealed};

/// How long an answer may take before the box calls again; doubled at each time, with jitter.
const CALL_AGAIN: Duration = Duration::from_secs(2);

/// The longest that the time between two calls grows.
const LONGEST_CALL_AGAIN: Duration = Duration::from_secs(30);

/// How long after a refusal the box calls again: somebody must look first, and then it shall go on by itself.
const CALL_AFTER_REFUSAL: Duration = Duration::from_secs(60);

/// The shortest time between two knocks, and between two sessions that a knock may end: a knock may be an old one.
const BETWEEN_KNOCKS: Duration = Duration::from_secs(2);

/// How many offers the hub keeps open for one box: calls may arrive twice or late.
const MOST_OFFERS: usize = 4;

/// How many stored sessions the box tells of: as many attempts in a row may have been heard by the hub alone.
const MOST_PENDING: usize = 32;

/// What an end has under way to open a session.
#[derive(Debug)]
pub(super) enum Opening {
    /// The box.
    Box(Calling),
    /// The hub.
    Hub(Offering),
}

#[derive(Debug, Default)]
pub(super) struct Calling {
    /// The nonce of the call that waits for its offer.
    call: Option<Nonce>,
    called_at: Duration,
    /// An offer whose number is being stored.
    storing: Option<Offer>,
    /// The Hello that opened the session, sent again until the hub is heard in it; and its nonce.
    open: Option<(Nonce, Vec<u8>)>,
    /// When to call or to open again.
    again_at: Option<Duration>,
    patience: Duration,
    knocked_at: Option<Duration>,
}

#[derive(Debug, Default)]
pub(super) struct Offering {
    offers: VecDeque<Offer>,
    knocked_at: Option<Duration>,
}

/// A session that may be opened: at the hub what it offered, at the box what it was offered.
#[derive(Debug)]
struct Offer {
    call: Nonce,
    nonce: Nonce,
    session: u64,
    stored: bool,
    /// At the box, where the hub stands.
    state: Option<Box<State>>,
}

impl Opening {
    pub(super) fn new(end: End) -> Self {
        match end {
            End::Box => Self::Box(Calling {
                patience: CALL_AGAIN,
                ..Calling::default()
            }),
            End::Hub => Self::Hub(Offering::default()),
        }
    }

    /// When to call or to open again.
    pub(super) fn next_due(&self) -> Option<Duration> {
        match self {
            Self::Box(calling) => calling.again_at,
            Self::Hub(_) => None,
        }
    }
}

impl Link {
    /// Begins anew: the box calls, the hub asks to be called.
    pub(super) fn begin_opening(&mut self, turn: &mut Turn) {
        self.opening = Opening::new(self.setup.end);
        self.refused = None;
        match self.setup.end {
            End::Box => self.call(turn),
            End::Hub => self.knock(turn),
        }
    }

    /// After a refusal the box rests for a while.
    pub(super) fn rest(&mut self, turn: &mut Turn) {
        self.opening = Opening::new(self.setup.end);
        if let Opening::Box(calling) = &mut self.opening {
            calling.again_at = Some(turn.now + CALL_AFTER_REFUSAL);
        }
    }

    fn call(&mut self, turn: &mut Turn) {
        if self.connection.is_none() {
            return;
        }
        self.close(Closed::Replaced, turn);
        let state = self.state();
        let Opening::Box(calling) = &mut self.opening else {
            return;
        };
        calling.call = Some(turn.nonce);
        calling.called_at = turn.now;
        calling.storing = None;
        calling.open = None;
        let patience = calling.patience.max(CALL_AGAIN);
        calling.again_at = Some(turn.now + patience + jitter(patience, turn.nonce));
        calling.patience = (patience * 2).min(LONGEST_CALL_AGAIN);
        self.say(turn.nonce, Step::Call(state), turn);
    }

    /// The hub asks a box with which it has no session to call.
    pub(super) fn knock(&mut self, turn: &mut Turn) {
        let Opening::Hub(offering) = &mut self.opening else {
            return;
        };
        let too_soon = offering
            .knocked_at
            .is_some_and(|at| turn.now < at + BETWEEN_KNOCKS);
        if self.session.is_some() || self.connection.is_none() || too_soon {
            return;
        }
        offering.knocked_at = Some(turn.now);
        self.say(turn.nonce, Step::Knock, turn);
    }

    pub(super) fn receive_hello(&mut self, bytes: &[u8], turn: &mut Turn) {
        let sealed = match Sealed::parse(bytes) {
            Ok(sealed) if sealed.key() == self.setup.key.public().id() => return,
            Ok(sealed) => sealed,
            Err(refusal) => return self.refuse(refusal, turn),
        };
        let hello = match Hello::verify(bytes, &self.setup.peer) {
            Ok(hello) => hello,
            Err(refusal) => {
                if let Some(hello) = sealed.peek::<Hello>() {
                    self.turn_away(&hello, refusal.clone(), turn);
                }
                return self.refuse(refusal, turn);
            }
        };
        if hello.from == self.setup.end {
            return;
        }
        match (self.setup.end, hello.step) {
            (End::Hub, Step::Call(state)) => self.called(hello.nonce, &state, turn),
            (
                End::Hub,
                Step::Open {
                    answers,
                    session,
                    state,
                },
            ) => self.opened_by_box(hello.nonce, answers, session, state, turn),
            (
                End::Box,
                Step::Offer {
                    answers,
                    session,
                    state,
                },
            ) => self.offered(hello.nonce, answers, session, state, turn),
            (End::Box, Step::Knock) => self.knocked(turn),
            (End::Box, Step::Refuse { answers, reason }) => {
                self.refused_by_hub(answers, reason, turn);
            }
            (End::Hub, Step::Knock | Step::Offer { .. } | Step::Refuse { .. })
            | (End::Box, Step::Call(_) | Step::Open { .. }) => {}
        }
    }

    /// What a box says when it calls is its own, however old it is: what it has heard of the hub the hub has told, and the session that it names
    /// the hub has given. A hub that knows nothing of it was put back, and offers nothing; the numbers that it would give by offering would
    /// in the end be those that the box names.
    fn called(&mut self, call: Nonce, caller: &State, turn: &mut Turn) {
        if is_later(caller.generation, self.setup.generation) {
            self.forgot.get_or_insert(Refusal::OtherGeneration);
            turn.notice(Notice::LaterLife(caller.generation));
        }
        let is_of_these_lives = caller.incarnation == self.setup.incarnation
            && caller.generation == self.setup.generation;
        if is_of_these_lives {
            let given = self.standing.given;
            if let Err(refusal) = judge_stream(End::Hub, caller.applied, self.standing.written) {
                self.forgotten(caller.applied, &refusal, turn);
            } else if caller.session > given {
                let told = caller.session;
                self.forgot
                    .get_or_insert(Refusal::SessionNeverGiven { told, given });
            }
        }
        let Some(reason) = self
            .forgot
            .clone()
            .or_else(|| self.is_put_back_too_old(caller))
        else {
            return self.offer(call, turn);
        };
        self.refused = Some(reason.clone());
        self.say(
            turn.nonce,
            Step::Refuse {
                answers: call,
                reason: reason.clone(),
            },
            turn,
        );
        self.refuse(reason, turn);
    }

    fn offer(&mut self, call: Nonce, turn: &mut Turn) {
        let Opening::Hub(offering) = &mut self.opening else {
            return;
        };
        if let Some(offer) = offering.offers.iter().find(|offer| offer.call == call) {
            let (nonce, session, stored) = (offer.nonce, offer.session, offer.stored);
            if stored {
                self.say_offer(call, nonce, session, turn);
            }
            return;
        }
        self.standing.given += 1;
        let session = self.standing.given;
        if offering.offers.len() == MOST_OFFERS {
            offering.offers.pop_front();
        }
        offering.offers.push_back(Offer {
            call,
            nonce: turn.nonce,
            session,
            stored: false,
            state: None,
        });
        turn.push(Output::StoreSession {
            number: session,
            key_list: None,
        });
    }

    fn say_offer(&mut self, answers: Nonce, nonce: Nonce, session: u64, turn: &mut Turn) {
        let state = self.state();
        self.say(
            nonce,
            Step::Offer {
                answers,
                session,
                state,
            },
            turn,
        );
    }

    fn offered(
        &mut self,
        nonce: Nonce,
        answers: Nonce,
        session: u64,
        state: State,
        turn: &mut Turn,
    ) {
        let confirmed = self.standing.confirmed;
        let newest = self.standing.pending.last().copied().unwrap_or(confirmed);
        let newer = if session > newest {
            Ok(())
        } else {
            Err(Refusal::StaleSession {
                told: session,
                confirmed,
            })
        };
        let fits = self.judge(&state).and(newer);
        let is_ours = state.incarnation == self.setup.incarnation;
        let own = judge_stream(self.setup.end, state.applied, self.standing.written);
        let not_kept = self.judge_kept(&state).err();
        let known = state.applied;
        let Opening::Box(calling) = &mut self.opening else {
            return;
        };
        if calling.call != Some(answers) {
            return;
        }
        calling.call = None;
        // Before the hub is taken for what it is: nothing is told to one that cannot be told all.
        if let Some(refusal) = not_kept.filter(|_| is_ours) {
            self.refused = Some(refusal.clone());
            self.refuse(refusal, turn);
            return self.rest(turn);
        }
        if is_ours && state.generation.0.number > self.setup.generation.0.number {
            turn.notice(Notice::LaterLife(state.generation));
            return self.rest(turn);
        }
        let forgotten = own.err().filter(|_| is_ours);
        match fits {
            Ok(()) => {
                let key_list = state.key_list.clone();
                calling.storing = Some(Offer {
                    call: answers,
                    nonce,
                    session,
                    stored: false,
                    state: Some(Box::new(state)),
                });
                turn.push(Output::StoreSession {
                    number: session,
                    key_list,
                });
            }
            Err(refusal) => {
                if let Some(forgotten) = forgotten {
                    self.forgotten(known, &forgotten, turn);
                }
                self.refused = Some(refusal.clone());
                self.refuse(refusal, turn);
                self.rest(turn);
            }
        }
    }

    pub(super) fn session_stored(
        &mut self,
        number: u64,
        custody: Option<CustodyHashes>,
        turn: &mut Turn,
    ) {
        match &mut self.opening {
            Opening::Hub(offering) => {
                let Some(offer) = offering
                    .offers
                    .iter_mut()
                    .find(|offer| offer.session == number)
                else {
                    return;
                };
                offer.stored = true;
                let (call, nonce) = (offer.call, offer.nonce);
                self.say_offer(call, nonce, number, turn);
            }
            Opening::Box(calling) => {
                remember(&mut self.standing.pending, number);
                let Some(offer) = calling.storing.take_if(|offer| offer.session == number) else {
                    return;
                };
                let Some(peer) = offer.state else { return };
                self.open((offer.nonce, number), custody, *peer, turn);
            }
        }
    }

    /// The box opens: the number is stored. It holds as confirmed when the hub is heard in it.
    fn open(
        &mut self,
        (answers, number): (Nonce, u64),
        custody: Option<CustodyHashes>,
        peer: State,
        turn: &mut Turn,
    ) {
        let step = Step::Open {
            answers,
            session: number,
            state: State {
                custody,
                ..self.state()
            },
        };
        let hello = Hello {
            from: End::Box,
            cinema: self.cinema().clone(),
            nonce: turn.nonce,
            step,
        };
        let bytes = match hello.sign(&self.setup.key) {
            Ok(bytes) => bytes,
            Err(error) => return turn.notice(Notice::Unwritable(error)),
        };
        if let Opening::Box(calling) = &mut self.opening {
            calling.open = Some((turn.nonce, bytes.clone()));
            calling.again_at = Some(turn.now + CALL_AGAIN);
            calling.patience = CALL_AGAIN;
        }
        turn.push(Output::Send {
            topic: Topic::Hello,
            bytes,
        });
        self.start(number, false, peer, turn);
    }

    fn opened_by_box(
        &mut self,
        nonce: Nonce,
        answers: Nonce,
        number: u64,
        state: State,
        turn: &mut Turn,
    ) {
        if self
            .session
            .as_ref()
            .is_some_and(|session| session.context.session == number)
        {
            return self.acknowledge(turn);
        }
        let Opening::Hub(offering) = &mut self.opening else {
            return;
        };
        let Some(place) = offering
            .offers
            .iter()
            .position(|offer| offer.nonce == answers && offer.session == number)
        else {
            return self.knock(turn);
        };
        offering.offers.remove(place);
        let current = self
            .session
            .as_ref()
            .map_or(0, |session| session.context.session);
        if number <= current {
            return;
        }
        let fits = self.judge(&state).and_then(|()| self.judge_session(&state));
        let fits = fits.and_then(|()| self.judge_kept(&state));
        let fits = fits.and_then(|()| self.is_put_back_too_old(&state).map_or(Ok(()), Err));
        if let Err(refusal) = fits {
            self.refused = Some(refusal.clone());
            self.say(
                turn.nonce,
                Step::Refuse {
                    answers: nonce,
                    reason: refusal.clone(),
                },
                turn,
            );
            return self.refuse(refusal, turn);
        }
        self.refused = None;
        self.close(Closed::Replaced, turn);
        let (connection, program) = (state.connection, state.program.clone());
        let (ticket_key, custody) = (state.ticket_key, state.custody.clone());
        let oldest_copy = state.keeping.map(|keeping| keeping.oldest_copy);
        let understands = state.understands.clone();
        self.standing.confirmed = number;
        turn.push(Output::Opened {
            session: number,
            connection,
            program,
            understands,
            ticket_key,
            custody,
            oldest_copy,
            key_list: state.key_list.clone(),
        });
        self.start(number, true, state, turn);
        self.acknowledge(turn);
    }

    fn start(&mut self, number: u64, confirmed: bool, peer: State, turn: &mut Turn) {
        let context = self.context(number);
        let pump = Pump::new(peer.applied);
        self.session = Some(Session {
            context,
            confirmed,
            peer,
            pump,
            asks: Asks::default(),
            heard_at: turn.now,
            said_at: turn.now,
            quiet: false,
            halted: false,
        });
        self.pump(turn);
    }

    /// The hub has been heard in the session that the box opened.
    pub(super) fn confirmed(&mut self, number: u64, peer: State, turn: &mut Turn) {
        self.standing.confirmed = number;
        self.standing.pending.retain(|&pending| pending > number);
        self.refused = None;
        if let Opening::Box(calling) = &mut self.opening {
            calling.open = None;
            calling.again_at = None;
        }
        turn.push(Output::Opened {
            session: number,
            connection: peer.connection,
            program: peer.program,
            understands: peer.understands,
            ticket_key: peer.ticket_key,
            custody: peer.custody,
            oldest_copy: peer.keeping.map(|keeping| keeping.oldest_copy),
            key_list: peer.key_list,
        });
    }

    fn knocked(&mut self, turn: &mut Turn) {
        let Opening::Box(calling) = &mut self.opening else {
            return;
        };
        let too_soon = calling
            .knocked_at
            .is_some_and(|at| turn.now < at + BETWEEN_KNOCKS);
        if too_soon || calling.storing.is_some() {
            return;
        }
        if calling.call.is_some() {
            // The hub may have begun to listen after it; if not, its offer is on its way.
            let again_at = calling.called_at + BETWEEN_KNOCKS;
            calling.again_at = calling.again_at.map(|at| at.min(again_at));
            calling.patience = CALL_AGAIN;
            return;
        }
        calling.knocked_at = Some(turn.now);
        calling.patience = CALL_AGAIN;
        self.call(turn);
    }

    fn refused_by_hub(&mut self, answers: Nonce, reason: Refusal, turn: &mut Turn) {
        let Opening::Box(calling) = &self.opening else {
            return;
        };
        let of_call = calling.call == Some(answers);
        let of_open = calling
            .open
            .as_ref()
            .is_some_and(|(nonce, _)| *nonce == answers);
        if !of_call && !of_open {
            return;
        }
        self.refused = Some(reason.clone());
        turn.notice(Notice::RefusedByPeer(reason));
        self.close(Closed::Refused, turn);
        self.rest(turn);
    }

    /// Tells a caller whose key does not count. Nobody else is answered, so that two refusals never answer each other, and
    /// that a Hello damaged on its way is only lost.
    fn turn_away(&mut self, hello: &Hello, reason: Refusal, turn: &mut Turn) {
        let keyless = matches!(reason, Refusal::UnknownKey(_) | Refusal::RevokedKey(_));
        if self.setup.end == End::Hub && hello.asks() && keyless && hello.cinema == *self.cinema() {
            self.say(
                turn.nonce,
                Step::Refuse {
                    answers: hello.nonce,
                    reason,
                },
                turn,
            );
        }
    }

    /// Whether what the other end says of itself fits with what this end knows.
    fn judge(&self, state: &State) -> Result<(), Refusal> {
        if state.protocol != PROTOCOL {
            let (told, spoken) = (state.protocol, PROTOCOL);
            return Err(Refusal::OtherProtocol { told, spoken });
        }
        if state.incarnation != self.setup.incarnation {
            return Err(Refusal::OtherIncarnation);
        }
        if state.generation != self.setup.generation {
            return Err(Refusal::OtherGeneration);
        }
        let own = self.setup.end;
        judge_stream(own, state.applied, self.standing.written)?;
        judge_stream(own.other(), self.standing.applied, state.written)
    }

    /// Whether this is the box of the last session: its last confirmed one is ours, or it has stored ours since.
    fn judge_session(&self, caller: &State) -> Result<(), Refusal> {
        let (told, confirmed, given) =
            (caller.session, self.standing.confirmed, self.standing.given);
        if told > given {
            return Err(Refusal::SessionNeverGiven { told, given });
        }
        if told < confirmed && !caller.pending.contains(&confirmed) {
            return Err(Refusal::StaleSession { told, confirmed });
        }
        Ok(())
    }

    /// Whether this end can still tell the other all that it has not applied.
    fn judge_kept(&self, reader: &State) -> Result<(), Refusal> {
        let (applied, pruned) = (reader.applied.seq, self.standing.keeping.pruned);
        match applied < pruned {
            true => Err(Refusal::NotKept {
                applied,
                pruned,
                writer: self.setup.end,
            }),
            false => Ok(()),
        }
    }

    /// Why the hub cannot go on from the data that it has: the box has pruned what comes after it.
    fn is_put_back_too_old(&self, caller: &State) -> Option<Refusal> {
        let (applied, pruned) = (self.standing.applied.seq, caller.keeping?.pruned);
        let is_of_this_life = caller.incarnation == self.setup.incarnation;
        (is_of_this_life && applied < pruned).then_some(Refusal::NotKept {
            applied,
            pruned,
            writer: End::Box,
        })
    }

    fn state(&self) -> State {
        State {
            protocol: PROTOCOL,
            program: self.setup.program.clone(),
            connection: self.connection.unwrap_or_else(|| Nonce::from([0; 16])),
            incarnation: self.setup.incarnation,
            generation: self.setup.generation,
            session: self.standing.confirmed,
            pending: self.standing.pending.clone(),
            written: self.standing.written,
            applied: self.standing.applied,
            understands: Kinds::of_this_version(),
            custody: None,
            ticket_key: self.setup.ticket_key,
            keeping: Some(self.standing.keeping),
            key_list: self.key_list.clone(),
        }
    }

    fn say(&mut self, nonce: Nonce, step: Step, turn: &mut Turn) {
        let hello = Hello {
            from: self.setup.end,
            cinema: self.cinema().clone(),
            nonce,
            step,
        };
        turn.send(Topic::Hello, hello.sign(&self.setup.key));
    }

    pub(super) fn tick(&mut self, turn: &mut Turn) {
        if self.connection.is_none() {
            return;
        }
        self.tick_session(turn);
        let Opening::Box(calling) = &mut self.opening else {
            return;
        };
        if calling.again_at.is_none_or(|at| turn.now < at) {
            return;
        }
        match &calling.open {
            // The hub may have missed it. If it has forgotten the offer, it knocks.
            Some((_, bytes)) => {
                let bytes = bytes.clone();
                calling.again_at = Some(turn.now + CALL_AGAIN);
                turn.push(Output::Send {
                    topic: Topic::Hello,
                    bytes,
                });
            }
            None => self.call(turn),
        }
    }
}

/// The hub's answer to a box that it does not know, or whose place another has taken since it was enrolled with the key `former`, signed with
/// the hub's key for the cinema that the box says it is of: nobody but a box that calls or opens is answered, and one that this hub never
/// enrolled does not know the key.
pub fn turn_away_stranger(
    bytes: &[u8],
    former: Option<KeyId>,
    key: &SecretKey<Frames>,
    nonce: Nonce,
) -> Option<Vec<u8>> {
    let sealed = Sealed::parse(bytes).ok()?;
    let hello = sealed.peek::<Hello>()?;
    if !hello.asks() || hello.cinema != *key.cinema() {
        return None;
    }
    let step = Step::Refuse {
        answers: hello.nonce,
        reason: match former {
            Some(former) if former == sealed.key() => Refusal::RevokedKey(former),
            Some(_) | None => Refusal::UnknownKey(sealed.key()),
        },
    };
    let answer = Hello {
        from: End::Hub,
        cinema: hello.cinema,
        nonce,
        step,
    };
    answer.sign(key).ok()
}

/// Whether the hub has begun this life after the one that is known, or beside it.
fn is_later(told: Generation, known: Generation) -> bool {
    told != known && told.0.number >= known.0.number
}

/// Keeps a stored session's number with the latest of those before it.
fn remember(pending: &mut Vec<u64>, number: u64) {
    pending.push(number);
    if pending.len() > MOST_PENDING {
        pending.remove(0);
    }
}

/// Up to a quarter of `patience`, by the first byte of a nonce: so that a thousand boxes do not call as one.
fn jitter(patience: Duration, nonce: Nonce) -> Duration {
    let [byte, ..] = *nonce.as_bytes();
    patience * u32::from(byte) / 1024
}
