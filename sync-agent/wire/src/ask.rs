//! An ask for seats that the other end has, and its answer. Neither is an event: each counts in its session only, is sent once, and may be lost.

use box_office::{AuditoriumId, MOST_SEATS_PER_HOLD, SeatId, ShowtimeId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bytes::Nonce;
use crate::context::{Context, End};
use crate::event::EventError;
use crate::key::{Frames, SecretKey};
use crate::seal::{Keys, Refusal, Sealed, Word, seal};

/// What one end wants of the other for one guest of its: all of it, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// Its room, whose plan names the seats.
    pub auditorium: AuditoriumId,
    /// The version of the plan.
    pub plan: u32,
    /// As many as one hold may have at most.
    pub seats: Vec<SeatId>,
}

impl Wish {
    /// Whether one hold could have what it names.
    pub fn is_for_one_hold(&self) -> bool {
        (1..=MOST_SEATS_PER_HOLD).contains(&self.seats.len())
    }
}

/// An ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ask {
    /// Who asks.
    pub(crate) from: End,
    /// The session and lives that it was signed for.
    #[serde(rename = "at")]
    pub(crate) context: Context,
    /// Random bits that name it.
    pub(crate) id: Nonce,
    /// What is asked for.
    pub(crate) wish: Wish,
}

/// An answer to an ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// Who answers.
    pub(crate) from: End,
    /// The session and lives that it was signed for.
    #[serde(rename = "at")]
    pub(crate) context: Context,
    /// The ask.
    #[serde(rename = "answers")]
    pub(crate) id: Nonce,
    /// What became of it.
    pub(crate) reply: Reply,
}

/// What became of an ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// All of the seats are given: the transfer is committed in the stream of whoever answers.
    Given,
    /// None is, for these are not free.
    Taken(Vec<SeatId>),
    /// None is.
    Refused(NotGiven),
}

/// Why an ask is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotGiven {
    /// Too few would be left.
    Floor,
    /// One of the seats is not free, and whoever is asked is too old to say which: see [`Reply::Taken`].
    NotFree,
    /// One of the seats is not in the custody of whoever is asked.
    NotOurs,
    /// The plan has another version there.
    OtherPlan,
    /// There is no such showtime or seat there.
    Unknown,
    /// Whoever is asked has forgotten something, and gives nothing before that is mended.
    Stopped,
    /// It waited for too long to be answered.
    TooSlow,
}

/// A message of a session that is sent once.
pub(crate) trait SentOnce: Serialize + DeserializeOwned {
    /// What its signature is for.
    const WORD: Word;

    /// Who sent it, and for which session.
    fn origin(&self) -> (End, &Context);

    /// The signed bytes.
    fn sign(&self, key: &SecretKey<Frames>) -> Result<Vec<u8>, EventError> {
        seal(Self::WORD, key, self)
    }

    /// Reads one whose signature is right.
    fn verify(bytes: &[u8], keys: &Keys) -> Result<Self, Refusal> {
        let (message, cinema) = Sealed::parse(bytes)?.open::<Self>(Self::WORD, keys)?;
        if message.origin().1.cinema == cinema {
            Ok(message)
        } else {
            Err(Refusal::OtherCinema)
        }
    }
}

impl SentOnce for Ask {
    const WORD: Word = Word::Ask;

    fn origin(&self) -> (End, &Context) {
        (self.from, &self.context)
    }
}

impl SentOnce for Answer {
    const WORD: Word = Word::Answer;

    fn origin(&self) -> (End, &Context) {
        (self.from, &self.context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Generation, Incarnation};
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

    fn ask() -> Ask {
        Ask {
            from: End::Box,
            context: context(),
            id: Nonce::from([6; 16]),
            wish: Wish {
                showtime: "s1".parse().unwrap(),
                auditorium: "1".parse().unwrap(),
                plan: 3,
                seats: vec!["F7".parse().unwrap(), "F8".parse().unwrap()],
            },
        }
    }

    fn answer(reply: Reply) -> Answer {
        Answer {
            from: End::Hub,
            context: context(),
            id: ask().id,
            reply,
        }
    }

    #[test]
    fn the_bytes_of_asks_and_answers_are_frozen() {
        let replies = [
            Reply::Given,
            Reply::Refused(NotGiven::Floor),
            Reply::Refused(NotGiven::NotFree),
            Reply::Refused(NotGiven::NotOurs),
            Reply::Refused(NotGiven::OtherPlan),
            Reply::Refused(NotGiven::Unknown),
            Reply::Refused(NotGiven::Stopped),
            Reply::Refused(NotGiven::TooSlow),
            Reply::Taken(vec!["A1".parse().unwrap()]),
        ];
        let mut lines = vec![hex(&ask().sign(&key(1)).unwrap())];
        lines.extend(replies.map(|reply| hex(&answer(reply).sign(&key(2)).unwrap())));
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn each_counts_for_its_purpose_only_and_of_the_other_end() {
        let theirs = Keys::valid([key(2).public().clone()]);
        let answer = answer(Reply::Given);
        let bytes = answer.sign(&key(2)).unwrap();
        assert_eq!(Answer::verify(&bytes, &theirs), Ok(answer));
        assert_eq!(Ask::verify(&bytes, &theirs), Err(Refusal::WrongSignature));
        let bytes = ask().sign(&key(1)).unwrap();
        let unknown = Err(Refusal::UnknownKey(key(1).public().id()));
        assert_eq!(Ask::verify(&bytes, &theirs), unknown);
    }

    #[test]
    fn no_changed_bit_passes() {
        let theirs = Keys::valid([key(2).public().clone()]);
        let bytes = answer(Reply::Given).sign(&key(2)).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(Answer::verify(&changed, &theirs).is_err(), "bit {bit}");
        }
    }
}
