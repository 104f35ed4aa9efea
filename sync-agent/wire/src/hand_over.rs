//! A hand-over code: grants that stand in the `down` stream, as a QR symbol or typed, for a box whose line is cut. A key of the hub's
//! for codes signs it (at a box that has no list of keys, the one for frames, with a word of its own), for one cinema and one life of box and hub. Whether it moves custody is the box's decision.

mod base32;

use std::collections::BTreeMap;

use box_office::{AuditoriumId, CinemaId, SeatId, ShowtimeId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::bytes::Hash;
use crate::context::{Generation, Incarnation};
use crate::event::{EventError, SeatAtEpoch};
use crate::key::{PublicKey, Purpose, SecretKey};
use crate::seal::{Refusal, Sealed, Word, seal};

/// What every code begins with: the format and its version. A QR symbol holds it and what follows in its set of capitals and digits.
pub const HAND_OVER_PREFIX: &str = "FOYERH1:";

/// The longest code that is made, in characters: a QR symbol of version 20 at level M (ISO/IEC 18004, table 7) is still read from a phone's
/// screen at arm's length. About a hundred seats with names like `F7` fit.
pub const LONGEST_HAND_OVER: usize = 970;

/// The longest text that is looked at: a code with as many spaces and dashes as somebody may type.
const LONGEST_READ: usize = 8 * LONGEST_HAND_OVER;

/// So many bytes of a SHA-256 at the end tell what is torn or mistyped from what is forged.
const CHECK_BYTES: usize = 4;

/// What a code hands over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// The cinema.
    pub cinema: CinemaId,
    /// The life of its box.
    pub incarnation: Incarnation,
    /// The life of the hub.
    pub generation: Generation,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// Its room, whose plan names the seats.
    pub auditorium: AuditoriumId,
    /// The version of the plan.
    pub plan: u32,
    /// The seats, each with the epoch that the transfer gives it; in the order of epoch and name.
    pub seats: Vec<SeatAtEpoch>,
}

/// Why a text hands nothing over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandOverRefusal {
    /// Not one of these codes at all.
    #[error("this is not a hand-over code")]
    NotACode,
    /// It begins like one, and a part is missing or other than it was.
    #[error("the code is not whole, or mistyped")]
    Torn,
    /// It is whole, and made by a later hub than this program understands.
    #[error("the code is of a later version")]
    Later,
    /// It is for another cinema.
    #[error("the code is for another cinema")]
    OtherCinema,
    /// It is not signed by the hub of this cinema.
    #[error("the code is not signed by this cinema's hub")]
    Forged,
}

/// As it is signed: names as short as can be, and each epoch once.
#[derive(Debug, Serialize, Deserialize)]
struct Content {
    #[serde(rename = "c")]
    cinema: CinemaId,
    #[serde(rename = "i")]
    incarnation: Incarnation,
    #[serde(rename = "g")]
    generation: Generation,
    #[serde(rename = "s")]
    showtime: ShowtimeId,
    #[serde(rename = "a")]
    auditorium: AuditoriumId,
    #[serde(rename = "p")]
    plan: u32,
    #[serde(rename = "e")]
    seats: BTreeMap<u64, Vec<SeatId>>,
}

impl HandOver {
    /// The codes for all of the seats, each with as many as fit. The same seats give the same codes again.
    ///
    /// # Errors
    /// Only if it cannot be written as CBOR, or one seat does not fit.
    pub fn sign<P: Purpose>(
        mut self,
        key: &SecretKey<P>,
    ) -> Result<Vec<(String, usize)>, EventError> {
        self.seats.sort_by(|one, other| {
            (one.epoch, one.seat.as_str()).cmp(&(other.epoch, other.seat.as_str()))
        });
        let all = self.seats.len();
        for codes in 1..=all {
            let parts = self.seats.chunks(all.div_ceil(codes));
            let signed = parts.map(|part| Ok((self.sign_part(part, key)?, part.len())));
            let signed: Vec<_> = signed.collect::<Result<_, EventError>>()?;
            if signed
                .iter()
                .all(|(text, _)| text.len() <= LONGEST_HAND_OVER)
            {
                return Ok(signed);
            }
        }
        match all {
            0 => Ok(Vec::new()),
            _ => Err(EventError::TooLarge(LONGEST_HAND_OVER)),
        }
    }

    fn sign_part<P: Purpose>(
        &self,
        part: &[SeatAtEpoch],
        key: &SecretKey<P>,
    ) -> Result<String, EventError> {
        let mut seats = BTreeMap::<u64, Vec<SeatId>>::new();
        for SeatAtEpoch { seat, epoch } in part {
            seats.entry(*epoch).or_default().push(seat.clone());
        }
        let content = Content {
            cinema: self.cinema.clone(),
            incarnation: self.incarnation,
            generation: self.generation,
            showtime: self.showtime.clone(),
            auditorium: self.auditorium.clone(),
            plan: self.plan,
            seats,
        };
        let mut bytes = seal(Word::HandOver, key, &content)?;
        bytes.extend(check(&bytes));
        Ok(format!("{HAND_OVER_PREFIX}{}", base32::encode(&bytes)))
    }

    /// What a text hands over to `cinema`, if one of the hub's `keys` signed it. Capitals, spaces, line ends and dashes do not matter.
    ///
    /// # Errors
    /// See [`HandOverRefusal`].
    pub fn read<P: Purpose>(
        text: &str,
        cinema: &CinemaId,
        keys: &[PublicKey<P>],
    ) -> Result<(Self, Hash), HandOverRefusal> {
        use HandOverRefusal as R;
        if text.len() > LONGEST_READ {
            return Err(R::NotACode);
        }
        let typed: String = (text.chars())
            .filter(|it| !it.is_whitespace() && *it != '-')
            .map(|it| it.to_ascii_uppercase())
            .collect();
        let code = typed.strip_prefix(HAND_OVER_PREFIX).ok_or(R::NotACode)?;
        let bytes = base32::decode(code).ok_or(R::Torn)?;
        let (signed, told) = bytes.split_last_chunk::<CHECK_BYTES>().ok_or(R::Torn)?;
        if check(signed) != *told {
            return Err(R::Torn);
        }
        let sealed = Sealed::parse(signed).map_err(|_| R::Later)?;
        let named: Content = sealed.peek().ok_or(R::Later)?;
        if named.cinema != *cinema {
            return Err(R::OtherCinema);
        }
        let key = keys.iter().find(|key| key.id() == sealed.key());
        let key = key.ok_or(R::Forged)?;
        let opened = sealed.open_by::<P, Content>(Word::HandOver, key);
        let content = opened.map_err(|why| match why == Refusal::Unreadable {
            true => R::Later,
            false => R::Forged,
        })?;
        if key.cinema() != cinema {
            return Err(R::OtherCinema);
        }
        let name: [u8; 32] = Sha256::digest(signed).into();
        Ok((content.into(), Hash::from(name)))
    }
}

impl From<Content> for HandOver {
    fn from(content: Content) -> Self {
        let Content {
            cinema,
            incarnation,
            generation,
            showtime,
            auditorium,
            plan,
            seats,
        } = content;
        let at_epoch = |(epoch, seats): (u64, Vec<SeatId>)| {
            (seats.into_iter()).map(move |seat| SeatAtEpoch { seat, epoch })
        };
        Self {
            cinema,
            incarnation,
            generation,
            showtime,
            auditorium,
            plan,
            seats: seats.into_iter().flat_map(at_epoch).collect(),
        }
    }
}

fn check(signed: &[u8]) -> [u8; CHECK_BYTES] {
    let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(signed).into();
    [a, b, c, d]
}

#[cfg(test)]
mod tests;
