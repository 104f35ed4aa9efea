//! Hello: how a session begins. The box calls with a nonce, the hub answers it with a session's number and a nonce of its
//! own, and the box answers that one: so each side knows that the other speaks at this moment and where it stands.

use box_office::{CinemaId, SeatId, ShowtimeId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::bytes::{Hash, KeyBytes, Nonce};
use crate::context::{End, Generation, Incarnation};
use crate::event::{EventError, Kinds, Position, SeatAtEpoch};
use crate::key::{Frames, SecretKey};
use crate::key_list::ToldKeyList;
use crate::seal::{Keys, Refusal, Sealed, Word, seal};

/// The version of this protocol.
pub const PROTOCOL: u32 = 1;

/// What one end says at the beginning of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Who speaks.
    pub from: End,
    /// The cinema whose link this is.
    pub cinema: CinemaId,
    /// Fresh random bits, which the other's next Hello must answer.
    pub nonce: Nonce,
    /// The step of the opening.
    pub step: Step,
}

/// The step of the opening. Every step but a knock names what its sender knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// From the hub, unasked: "I have no session with you, call me".
    Knock,
    /// From the box: "answer my nonce".
    Call(State),
    /// From the hub: answers the call's nonce and offers a session.
    Offer {
        /// The nonce of the call.
        answers: Nonce,
        /// The session's number, higher than any before.
        session: u64,
        /// Where the hub stands.
        state: State,
    },
    /// From the box, which has stored the number: answers the offer's nonce. The session is open.
    Open {
        /// The nonce of the offer.
        answers: Nonce,
        /// The session's number.
        session: u64,
        /// Where the box stands.
        state: State,
    },
    /// The other will not be talked to, and why.
    Refuse {
        /// The nonce of the Hello that is refused.
        answers: Nonce,
        /// Why.
        reason: Refusal,
    },
}

/// Where an end stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The version of the protocol that it speaks.
    pub protocol: u32,
    /// Its program's version, for people.
    pub program: String,
    /// This connection to the broker, as in the presence that its last will takes back.
    pub connection: Nonce,
    /// The life of the box, as this end knows it.
    #[serde(rename = "inc")]
    pub incarnation: Incarnation,
    /// The life of the hub, as this end knows it.
    #[serde(rename = "gen")]
    pub generation: Generation,
    /// The number of the last session in which this end has heard the other.
    pub session: u64,
    /// At the box, the sessions after it that it has stored and not been heard in, as far as it knows. Together they prove
    /// that it is the box of the hub's last session, and no copy of an earlier one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<u64>,
    /// The last event that it has written.
    pub written: Position,
    /// The last event of the other that it has applied and committed.
    pub applied: Position,
    /// The event types that it understands.
    pub understands: Kinds,
    /// A hash for each open showtime, where the sender compares custody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custody: Option<CustodyHashes>,
    /// At the hub, the key that signs its tickets of this cinema; a hub of the first version told nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_key: Option<KeyBytes>,
    /// What it keeps and what it may need; a program of the first version told nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeping: Option<Keeping>,
    /// The newest list of the cinema's keys that this end has; a program of the first version told nothing of it. The hub tells what it has
    /// signed, and a box that opens a session what it has kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_list: Option<ToldKeyList>,
}

/// What an end keeps of the stream that it writes, and what it may have forgotten of both if it is put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeping {
    /// The last event of its own stream that is pruned: whoever reads it and stands before that can be told the rest no more.
    pub pruned: u64,
    /// What the oldest copy of its data has that may be put back; the other end keeps what comes after it.
    pub oldest_copy: OldestCopy,
}

/// How far a copy of an end's data has the two streams, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldestCopy {
    /// The stream that the end writes.
    pub written: u64,
    /// The one that it reads.
    pub applied: u64,
}

impl Keeping {
    /// Nothing is pruned, and everything may be needed.
    pub const ALL: Self = Self {
        pruned: 0,
        oldest_copy: OldestCopy {
            written: 0,
            applied: 0,
        },
    };
}

/// Who has custody of which seat, in short, at named positions (protocol, section 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyHashes {
    /// The `up` stream had come this far.
    pub up: u64,
    /// The `down` stream had come this far.
    pub down: u64,
    /// How many hand-over codes had been applied.
    pub codes: u64,
    /// The hash of each open showtime over its seats that were ever given away, in the order of their names.
    pub showtimes: Vec<(ShowtimeId, Hash)>,
    /// What came by those codes and has not come by the `down` stream yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scanned: Vec<(ShowtimeId, Vec<SeatAtEpoch>)>,
}

/// The hash over seats in the order given: name, epoch, and whether the seat is the sender's.
pub fn custody_hash<'a>(seats: impl IntoIterator<Item = (&'a SeatId, u64, bool)>) -> Hash {
    let mut hash = Sha256::new();
    for (seat, epoch, mine) in seats {
        hash.update(seat.as_str());
        hash.update([0, u8::from(mine)]);
        hash.update(epoch.to_be_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    Hash::from(digest)
}

impl Hello {
    /// Whether it wants an answer: a box calls or opens.
    pub(crate) fn asks(&self) -> bool {
        matches!(self.step, Step::Call(_) | Step::Open { .. })
    }

    /// The signed bytes.
    ///
    /// # Errors
    /// Only if it cannot be written as CBOR.
    pub fn sign(&self, key: &SecretKey<Frames>) -> Result<Vec<u8>, EventError> {
        seal(Word::Hello, key, self)
    }

    /// Reads a Hello whose signature is right.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn verify(bytes: &[u8], keys: &Keys) -> Result<Self, Refusal> {
        let (hello, cinema) = Sealed::parse(bytes)?.open::<Self>(Word::Hello, keys)?;
        if hello.cinema == cinema {
            Ok(hello)
        } else {
            Err(Refusal::OtherCinema)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ack::Acknowledgement;
    use crate::context::Context;
    use crate::event::{Body, Event, ShowtimeCancelled, Stream};
    use crate::frame::{Frame, sign_frame};
    use crate::key::hex;

    fn key(seed: u8) -> SecretKey<Frames> {
        SecretKey::from_seed("metropol".parse().unwrap(), &[seed; 32])
    }

    fn context() -> Context {
        Context {
            cinema: "metropol".parse().unwrap(),
            incarnation: Incarnation::first(Nonce::from([1; 16])),
            generation: Generation::first(Nonce::from([2; 16])),
            session: 7,
        }
    }

    fn event() -> Event {
        let body = Body::from(ShowtimeCancelled {
            showtime: "s1".parse().unwrap(),
            reason: "power cut".into(),
        });
        Event::after(
            &Position::START,
            "event-1".parse().unwrap(),
            1_795_464_000_000,
            &body,
        )
        .unwrap()
    }

    fn frame() -> Vec<u8> {
        sign_frame(&key(1), Stream::Up, &context(), &[event()]).unwrap()
    }

    fn acknowledgement() -> Acknowledgement {
        Acknowledgement {
            stream: Stream::Up,
            context: context(),
            applied: event().position(),
        }
    }

    fn hello() -> Hello {
        let state = State {
            protocol: PROTOCOL,
            program: "1.0.0".into(),
            connection: Nonce::from([3; 16]),
            incarnation: context().incarnation,
            generation: context().generation,
            session: 6,
            pending: vec![7],
            written: event().position(),
            applied: Position::START,
            understands: Kinds::listing(["showtime_cancelled"]),
            custody: Some(CustodyHashes {
                up: 1,
                down: 0,
                codes: 0,
                showtimes: vec![(
                    "s1".parse().unwrap(),
                    custody_hash([(&"F7".parse().unwrap(), 2, true)]),
                )],
                scanned: Vec::new(),
            }),
            ticket_key: None,
            keeping: None,
            key_list: None,
        };
        let step = Step::Open {
            answers: Nonce::from([4; 16]),
            session: 8,
            state,
        };
        Hello {
            from: End::Box,
            cinema: "metropol".parse().unwrap(),
            nonce: Nonce::from([5; 16]),
            step,
        }
    }

    #[test]
    fn the_bytes_of_every_message_are_frozen() {
        let lines = [
            frame(),
            acknowledgement().sign(&key(1)).unwrap(),
            hello().sign(&key(1)).unwrap(),
        ];
        insta::assert_snapshot!(lines.map(|bytes| hex(&bytes)).join("\n"));
    }

    #[test]
    fn a_hub_tells_its_key_for_tickets_and_one_of_the_first_version_does_not() {
        let keys = Keys::valid([key(1).public().clone()]);
        let mut told = hello();
        let Step::Open { state, .. } = &mut told.step else {
            panic!("{told:?}");
        };
        state.ticket_key = Some(KeyBytes::from([9; 32]));
        let bytes = told.sign(&key(1)).unwrap();
        assert_eq!(Hello::verify(&bytes, &keys), Ok(told.clone()));
        insta::assert_snapshot!(hex(&bytes));
    }

    #[test]
    fn an_end_tells_what_it_keeps_and_one_of_the_first_version_does_not() {
        let keys = Keys::valid([key(1).public().clone()]);
        let mut told = hello();
        let Step::Open { state, .. } = &mut told.step else {
            panic!("{told:?}");
        };
        state.keeping = Some(Keeping {
            pruned: 7,
            oldest_copy: OldestCopy {
                written: 9,
                applied: 1_000,
            },
        });
        let bytes = told.sign(&key(1)).unwrap();
        assert_eq!(Hello::verify(&bytes, &keys), Ok(told.clone()));
        insta::assert_snapshot!(hex(&bytes));
    }

    #[test]
    fn an_end_tells_its_list_of_keys_and_one_of_the_first_version_does_not() {
        let keys = Keys::valid([key(1).public().clone()]);
        let mut told = hello();
        let Step::Open { state, .. } = &mut told.step else {
            panic!("{told:?}");
        };
        state.key_list = Some(ToldKeyList {
            root: KeyBytes::from([9; 32]),
            list: crate::bytes::Blob(vec![1, 2, 3]),
        });
        let bytes = told.sign(&key(1)).unwrap();
        assert_eq!(Hello::verify(&bytes, &keys), Ok(told.clone()));
        insta::assert_snapshot!(hex(&bytes));
    }

    #[test]
    fn what_came_by_code_is_listed_and_the_bytes_without_it_stay_as_they_are() {
        let keys = Keys::valid([key(1).public().clone()]);
        let mut told = hello();
        let Step::Open { state, .. } = &mut told.step else {
            panic!("{told:?}");
        };
        let custody = state.custody.as_mut().unwrap();
        custody.codes = 1;
        let seat = SeatAtEpoch {
            seat: "F7".parse().unwrap(),
            epoch: 2,
        };
        custody.scanned = vec![("s1".parse().unwrap(), vec![seat])];
        let bytes = told.sign(&key(1)).unwrap();
        assert_eq!(Hello::verify(&bytes, &keys), Ok(told.clone()));
        insta::assert_snapshot!(hex(&bytes));
    }

    #[test]
    fn a_message_counts_for_one_purpose_one_key_and_one_cinema() {
        let keys = Keys::valid([key(1).public().clone()]);
        let bytes = acknowledgement().sign(&key(1)).unwrap();
        assert_eq!(
            Acknowledgement::verify(&bytes, &keys),
            Ok(acknowledgement())
        );
        assert_eq!(
            Hello::verify(&hello().sign(&key(1)).unwrap(), &keys),
            Ok(hello())
        );
        assert_eq!(
            Hello::verify(&bytes, &keys),
            Err(Refusal::WrongSignature),
            "another purpose"
        );
        let other = Keys::valid([key(2).public().clone()]);
        assert_eq!(
            Acknowledgement::verify(&bytes, &other),
            Err(Refusal::UnknownKey(key(1).public().id()))
        );
        let elsewhere =
            crate::PublicKey::from_bytes("odeon".parse().unwrap(), key(1).public().as_bytes())
                .unwrap();
        let verified = Acknowledgement::verify(&bytes, &Keys::valid([elsewhere]));
        assert_eq!(verified, Err(Refusal::OtherCinema));
    }

    #[test]
    fn no_changed_bit_of_a_frame_passes() {
        let keys = Keys::valid([key(1).public().clone()]);
        let frame = frame();
        let verify = |bytes: Vec<u8>| Frame::parse(bytes).and_then(|frame| frame.verify(&keys));
        assert_eq!(verify(frame.clone()).unwrap().events(), [event()]);
        for bit in 0..frame.len() * 8 {
            let mut changed = frame.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(verify(changed).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn events_of_a_frame_follow_one_another() {
        let keys = Keys::valid([key(1).public().clone()]);
        let bytes = sign_frame(&key(1), Stream::Up, &context(), &[event(), event()]).unwrap();
        let verified = Frame::parse(bytes).and_then(|frame| frame.verify(&keys));
        assert_eq!(verified.err(), Some(Refusal::BrokenChain));
    }
}
