//! The ticket's code: a CWT (RFC 8392) in a tagged COSE_Sign1 (RFC 9052, EdDSA with Ed25519), written in base45
//! (RFC 9285) after `FOYER1:`. The README lists the claims by number; what a door may refuse is decided elsewhere.

use base45::{decode, encode};
use box_office::{CinemaId, SeatId, ShowtimeId, TicketId, TicketKindId};
use ciborium::Value;
use coset::cwt::{ClaimName, ClaimsSet, ClaimsSetBuilder};
use coset::{
    CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana,
};

use crate::key::{KeyId, KeyRing, SecretKey, Tickets};

/// What every code begins with: the format and its version.
pub const TICKET_PREFIX: &str = "FOYER1:";

/// The longest code that is looked at, in characters: more than the largest QR code holds.
pub const LONGEST_TICKET: usize = 4_296;

/// The private claim (RFC 8392, section 9.1: numbers below -65536 are for private use) that holds the map of
/// [`SHOWTIME`] to [`EDITION`]: one long number in the code and not six.
pub const ADMISSION: i64 = -65_537;
/// In the admission map: the showtime's id, a text.
pub const SHOWTIME: i64 = 1;
/// In the admission map: the seat, a text.
pub const SEAT: i64 = 2;
/// In the admission map: the kind of ticket, a text.
pub const KIND: i64 = 3;
/// In the admission map: when the showtime starts, in seconds since the Unix epoch, as it stood when the ticket was sold.
pub const START: i64 = 4;
/// In the admission map: the custody epoch under which the seat was sold.
pub const EPOCH: i64 = 5;
/// In the admission map: the edition, which rises with every sale or reprint of the seat.
pub const EDITION: i64 = 6;

/// What a ticket says. The cinema is not among it: it is the key's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The ticket.
    pub ticket: TicketId,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The seat.
    pub seat: SeatId,
    /// The kind of ticket.
    pub kind: TicketKindId,
    /// When the showtime starts, in whole seconds since the Unix epoch.
    pub start: i64,
    /// The custody epoch under which the seat was sold.
    pub epoch: u64,
    /// Rises with every sale or reprint of the seat.
    pub edition: u32,
}

/// A ticket whose signature has been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedTicket {
    /// The cinema that it admits to.
    pub cinema: CinemaId,
    /// The key that signed it.
    pub key: KeyId,
    /// What it says.
    pub claims: Claims,
}

/// Why a code is not a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketRefusal {
    /// Not one of our codes at all.
    #[error("this code is not a ticket of ours")]
    NotOurs,
    /// It begins like one of ours, and then is damaged or of a later version.
    #[error("the ticket's code cannot be read")]
    Unreadable,
    /// Signed by a key that is not in the ring.
    #[error("the ticket is signed by the unknown key {0}")]
    UnknownKey(KeyId),
    /// The signature does not fit what the ticket says.
    #[error("the ticket's signature is wrong")]
    Forged,
    /// Signed by a key of another cinema than the one that it names.
    #[error("the ticket is of another cinema than its key")]
    ForeignKey,
}

/// Signs tickets of one cinema. Ed25519 is deterministic: the same claims give the same code again.
pub type TicketSigner = SecretKey<Tickets>;

/// The keys that a ticket may be signed with.
pub type TicketKeyRing = KeyRing<Tickets>;

impl TicketSigner {
    /// The text of the QR code, of base45's characters only.
    pub fn sign(&self, claims: &Claims) -> String {
        let protected = HeaderBuilder::new()
            .algorithm(iana::Algorithm::EdDSA)
            .key_id(self.public().id().as_bytes().to_vec())
            .build();
        let message = CoseSign1Builder::new()
            .protected(protected)
            .payload(write_claims(self.cinema(), claims))
            .create_signature(&[], |bytes| self.sign_bytes(bytes))
            .build();
        let bytes = message.to_tagged_vec().unwrap_or_default();
        format!("{TICKET_PREFIX}{}", encode(&bytes))
    }
}

/// What the ticket with this code says, if one of `keys` signed it. Pure: whether it admits is the door's decision.
///
/// # Errors
/// See [`TicketRefusal`].
pub fn verify(text: &str, keys: &TicketKeyRing) -> Result<VerifiedTicket, TicketRefusal> {
    let message = read(text)?;
    let header = &message.protected.header;
    let kid =
        <[u8; 8]>::try_from(header.key_id.as_slice()).map_err(|_| TicketRefusal::Unreadable)?;
    if header.alg
        != Some(coset::RegisteredLabelWithPrivate::Assigned(
            iana::Algorithm::EdDSA,
        ))
        || !header.crit.is_empty()
    {
        return Err(TicketRefusal::Unreadable);
    }
    let key = keys
        .find(kid.into())
        .ok_or(TicketRefusal::UnknownKey(kid.into()))?;
    message.verify_signature(&[], |signature, bytes| {
        if key.proves(bytes, signature) {
            Ok(())
        } else {
            Err(TicketRefusal::Forged)
        }
    })?;
    let payload = message
        .payload
        .as_deref()
        .ok_or(TicketRefusal::Unreadable)?;
    let (cinema, claims) = read_claims(payload).ok_or(TicketRefusal::Unreadable)?;
    if cinema != *key.cinema() {
        return Err(TicketRefusal::ForeignKey);
    }
    Ok(VerifiedTicket {
        cinema,
        key: key.id(),
        claims,
    })
}

/// The cinema that a code names. Nothing of it is proven: it says at most where a guest might ask.
pub fn cinema_named_by(text: &str) -> Option<CinemaId> {
    let message = read(text).ok()?;
    let (cinema, _) = read_claims(message.payload.as_deref()?)?;
    Some(cinema)
}

fn read(text: &str) -> Result<CoseSign1, TicketRefusal> {
    let code = text
        .trim()
        .strip_prefix(TICKET_PREFIX)
        .ok_or(TicketRefusal::NotOurs)?;
    if code.len() > LONGEST_TICKET {
        return Err(TicketRefusal::Unreadable);
    }
    let bytes = decode(code).map_err(|_| TicketRefusal::Unreadable)?;
    CoseSign1::from_tagged_slice(&bytes).map_err(|_| TicketRefusal::Unreadable)
}

fn write_claims(cinema: &CinemaId, claims: &Claims) -> Vec<u8> {
    let text = |text: &str| Value::Text(text.to_owned());
    let admission = [
        (SHOWTIME, text(claims.showtime.as_str())),
        (SEAT, text(claims.seat.as_str())),
        (KIND, text(claims.kind.as_str())),
        (START, Value::Integer(claims.start.into())),
        (EPOCH, Value::Integer(claims.epoch.into())),
        (EDITION, Value::Integer(claims.edition.into())),
    ];
    let admission = admission
        .into_iter()
        .map(|(name, value)| (Value::Integer(name.into()), value))
        .collect();
    ClaimsSetBuilder::new()
        .issuer(cinema.as_str().to_owned())
        .cwt_id(write_ticket_id(&claims.ticket))
        .private_claim(ADMISSION, Value::Map(admission))
        .build()
        .to_vec()
        .unwrap_or_default()
}

fn read_claims(payload: &[u8]) -> Option<(CinemaId, Claims)> {
    let set = ClaimsSet::from_slice(payload).ok()?;
    let cinema = set.issuer?.parse().ok()?;
    let ticket = read_ticket_id(&set.cwt_id?)?;
    let (_, admission) = set
        .rest
        .into_iter()
        .find(|(name, _)| *name == ClaimName::PrivateUse(ADMISSION))?;
    let admission = admission.into_map().ok()?;
    let claim = |name: i64| {
        admission
            .iter()
            .find(|(key, _)| *key == Value::Integer(name.into()))
            .map(|(_, value)| value)
    };
    let text = |name: i64| claim(name).and_then(Value::as_text);
    let number = |name: i64| claim(name).and_then(Value::as_integer);
    let claims = Claims {
        ticket,
        showtime: text(SHOWTIME)?.parse().ok()?,
        seat: text(SEAT)?.parse().ok()?,
        kind: text(KIND)?.parse().ok()?,
        start: number(START)?.try_into().ok()?,
        epoch: number(EPOCH)?.try_into().ok()?,
        edition: number(EDITION)?.try_into().ok()?,
    };
    Some((cinema, claims))
}

/// A made id as its 16 bytes, which keeps the code small; any other id as its letters, filled with zeros to 17 bytes.
fn write_ticket_id(ticket: &TicketId) -> Vec<u8> {
    if let Some(bytes) = ticket.bits() {
        return bytes.to_vec();
    }
    let mut letters = ticket.as_str().as_bytes().to_vec();
    letters.resize(letters.len().max(17), 0);
    letters
}

fn read_ticket_id(cti: &[u8]) -> Option<TicketId> {
    if let Ok(bytes) = <[u8; 16]>::try_from(cti) {
        return Some(TicketId::from_bits(bytes));
    }
    std::str::from_utf8(cti)
        .ok()?
        .trim_end_matches('\0')
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{PublicKey, hex};

    fn claims() -> Claims {
        Claims {
            ticket: TicketId::from_bits([0xa5; 16]),
            showtime: "screen-1-2026-11-23-2015".parse().unwrap(),
            seat: "F7".parse().unwrap(),
            kind: "adult".parse().unwrap(),
            start: 1_795_464_900,
            epoch: 0,
            edition: 1,
        }
    }

    fn signer(cinema: &str) -> TicketSigner {
        TicketSigner::from_seed(cinema.parse().unwrap(), &[7; 32])
    }

    fn ring(signer: &TicketSigner) -> TicketKeyRing {
        TicketKeyRing::new([signer.public().clone()])
    }

    #[test]
    fn a_ticket_says_what_was_signed() {
        let signer = signer("metropol");
        let code = signer.sign(&claims());
        let ticket = verify(&code, &ring(&signer)).unwrap();
        assert_eq!(ticket.claims, claims());
        assert_eq!(ticket.cinema.as_str(), "metropol");
        assert_eq!(
            code,
            signer.sign(&claims()),
            "the same claims give the same code"
        );
        assert!(
            code.len() <= 262,
            "fits a QR code of version 9 at level M: {}",
            code.len()
        );
    }

    #[test]
    fn the_bytes_are_frozen() {
        let code = signer("metropol").sign(&claims());
        let bytes = decode(code.strip_prefix(TICKET_PREFIX).unwrap()).unwrap();
        insta::assert_snapshot!(hex(&bytes));
    }

    #[test]
    fn any_ticket_id_survives() {
        let signer = signer("metropol");
        for id in [
            "t1",
            "a-sixteen-letter",
            &"x".repeat(64),
            &"7".repeat(26),
            &"z".repeat(26),
            &TicketId::from_bits([0xff; 16]).to_string(),
        ] {
            let claims = Claims {
                ticket: id.parse().unwrap(),
                ..claims()
            };
            assert_eq!(
                verify(&signer.sign(&claims), &ring(&signer)).map(|t| t.claims),
                Ok(claims)
            );
        }
    }

    #[test]
    fn no_changed_character_passes() {
        let signer = signer("metropol");
        let code = signer.sign(&claims());
        for place in 0..code.len() {
            let mut changed = code.clone().into_bytes();
            changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(
                verify(&changed, &ring(&signer)).is_err(),
                "character {place}"
            );
        }
    }

    #[test]
    fn refusals_say_why() {
        let signer = signer("metropol");
        let code = signer.sign(&claims());
        assert_eq!(
            verify("https://example.org", &ring(&signer)),
            Err(TicketRefusal::NotOurs)
        );
        assert_eq!(
            verify("FOYER1:ABC", &ring(&signer)),
            Err(TicketRefusal::Unreadable)
        );
        assert_eq!(
            verify(&code, &TicketKeyRing::default()),
            Err(TicketRefusal::UnknownKey(signer.public().id()))
        );
        let same_key_elsewhere =
            PublicKey::from_bytes("odeon".parse().unwrap(), signer.public().as_bytes()).unwrap();
        assert_eq!(
            verify(&code, &TicketKeyRing::new([same_key_elsewhere])),
            Err(TicketRefusal::ForeignKey)
        );
        assert_eq!(cinema_named_by(&code).unwrap().as_str(), "metropol");
        assert_eq!(cinema_named_by("FOYER1:ABC"), None);
    }
}
